"""The tables of a run of ours, labelled by its truth.

A transaction is a fraud if truth says so. Rows that launder the proceeds of another crime are neither fraud nor genuine
and are left out. A customer, an account, a card, a merchant, a terminal or a device is a fraud's if one of its
transactions is a fraud, and an event is one if it came from a device with which nothing but fraud was committed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from fintxsim import columns as c
from fintxsim.dataset import Run
from fintxsim.leaks.frames import Flags, Frame, Ints, Words, places
from fintxsim.leaks.roles import Roles
from fintxsim.leaks.sources import LabelledTable, Source

ENTITIES = ("customer_id", "account_id", "card_id")
EXPOSURE = "size"
DIMENSIONS = (c.CUSTOMERS, c.ACCOUNTS, c.CARDS, c.MERCHANTS, c.TERMINALS, c.DEVICES)

_BATCH_ROWS = 262_144


@dataclass(frozen=True, slots=True)
class Seen:
    """Transactions of each id of a column: how many, how many frauds, and the campaign of one fraud (-1: none)."""

    ids: Ints
    rows: Ints
    frauds: Ints
    campaign: Ints

    def of(self, ids: Ints) -> tuple[Ints, Ints, Ints]:
        """Rows, frauds and campaign of ids; 0, 0 and -1 of those without a transaction."""
        at = places(self.ids, ids)
        return np.append(self.rows, 0)[at], np.append(self.frauds, 0)[at], np.append(self.campaign, -1)[at]


@dataclass(frozen=True, slots=True)
class _Truth:
    """Columns of truth/transactions; all but ``keys`` end with what holds for a row that is not there."""

    keys: Ints
    fraud: Flags
    laundering: Flags
    campaign: Ints
    typology: Words


class RunTransactions(Source):
    """data/transactions with the frauds of truth/transactions."""

    def __init__(self, run: Run) -> None:
        self.name, self.schema = f"{run.path}/{c.TRANSACTIONS.path}", c.TRANSACTIONS.schema()
        self._run = run

    @cached_property
    def _truth(self) -> _Truth:
        """Frauds and rows that launder by rising transaction_id; an entry that fits no row stands behind them."""
        rows = self._run.scan(c.TRUTH_TRANSACTIONS.path).to_table().sort_by("transaction_id")
        typology = Frame(rows, np.zeros(0, np.bool_), np.zeros(0, np.int64)).values("typology")
        assert isinstance(typology, Words)
        return _Truth(
            _ints(rows.column("transaction_id")),
            np.append(np.asarray(rows.column("is_fraud"), np.bool_), False),
            np.append(np.asarray(rows.column("is_laundering"), np.bool_), False),
            np.append(_ints(rows.column("campaign_id")), -1),
            Words(np.append(typology.codes, np.int32(-1)), typology.texts),
        )

    def frames(self, columns: Sequence[str]) -> Iterator[Frame]:
        names = list(dict.fromkeys(["transaction_id", *columns]))
        for batch in self._run.scan().to_batches(columns=names, batch_size=_BATCH_ROWS):
            rows = pa.Table.from_batches([batch])
            at = places(self._truth.keys, _ints(rows.column("transaction_id")))
            frame = Frame(rows.select(list(columns)), self._truth.fraud[at], self._truth.campaign[at])
            left_out = self._truth.laundering[at] & ~frame.fraud
            yield frame.take(~left_out) if left_out.any() else frame

    def by_typology(self, frame: Frame) -> Iterator[tuple[str, LabelledTable]]:
        """The genuine rows of a frame with the frauds of one typology after the other."""
        at = places(self._truth.keys, _ints(frame.rows.column("transaction_id")))
        typology = self._truth.typology
        for code, name in enumerate(typology.texts):
            chosen = ~frame.fraud | (typology.codes[at] == code)
            part = frame.take(chosen)
            yield name, LabelledTable(self.name, part.rows, part.fraud, part.group)


def transaction_roles() -> Roles:
    """The request columns of transactions; of them, identifiers are those that are whole numbers called so."""
    names = [name for name in c.TRANSACTIONS.names(c.KnownAt.REQUEST) if name != c.TRANSACTIONS.time]
    ids = tuple(name for name in names if is_id(c.TRANSACTIONS[name]))
    behaviour = tuple(name for name in names if name not in ids and name != "utc_offset_minutes")
    return Roles((*behaviour, "utc_offset_minutes"), ids, ENTITIES, c.TRANSACTIONS.time, "utc_offset_minutes")


def is_id(column: c.Column) -> bool:
    return column.name.endswith("_id") and pa.types.is_integer(column.type)


@dataclass(frozen=True, slots=True)
class Side:
    """A table beside the transactions, or a part of them of which the form alone is judged."""

    place: str
    rows: LabelledTable
    roles: Roles
    only_form: bool = False


def sides(run: Run, source: RunTransactions, frame: Frame) -> Iterator[Side]:
    """What is audited beside the transactions: those of single typologies, of a frame; dimensions; events."""
    typologies = list(source.by_typology(frame))
    for name, rows in typologies if len(typologies) > 1 else ():
        yield Side(f"{c.TRANSACTIONS.path} ({name})", rows, transaction_roles(), only_form=True)
    seen = seen_by_key(source)
    for table in DIMENSIONS:
        yield Side(table.path, *dimension(run, table, seen[table.key]))
    yield Side(c.EVENTS.path, *events(run, seen[c.DEVICES.key]))


def seen_by_key(source: RunTransactions) -> dict[str, Seen]:
    """Transactions of every customer, account, card, merchant, terminal and device."""
    keys = [table.key for table in DIMENSIONS]
    parts: dict[str, list[tuple[Ints, Flags, Ints]]] = {key: [] for key in keys}
    for frame in source.frames(keys):
        for key in keys:
            known = ~frame.nulls(key)
            ids = _ints(frame.rows.column(key))[known]
            parts[key].append((ids, frame.fraud[known], frame.group[known]))
    return {key: _gathered(found) for key, found in parts.items()}


def dimension(run: Run, table: c.Table, seen: Seen) -> tuple[LabelledTable, Roles]:
    """A dimension's first row of each key, labelled by its transactions; keys without any are left out."""
    rows = run.scan(table.path).to_table()
    keys = _ints(rows.column(table.key))
    first = np.sort(np.unique(keys, return_index=True)[1])
    count, frauds, campaign = seen.of(keys[first])
    kept = count > 0
    rows = rows.take(first[kept])
    size = np.floor(np.log2(count[kept])).astype(np.int64)
    labelled = rows.append_column(EXPOSURE, pa.array(size))
    ids = tuple(column.name for column in table if is_id(column))
    behaviour = tuple(name for name in table.names() if name not in ids and name != table.time)
    roles = Roles(behaviour, ids, (), table.time, "", EXPOSURE, is_log=False)
    return LabelledTable(f"{run.path}/{table.path}", labelled, frauds[kept] > 0, campaign[kept]), roles


def events(run: Run, devices: Seen) -> tuple[LabelledTable, Roles]:
    """Events, labelled by their devices; events without a device, or with one that is not known, are left out."""
    names = [column.name for column in c.EVENTS if not column.nullable or column.name != "account_id"]
    rows = run.scan(c.EVENTS.path).to_table(columns=names)
    count, frauds, campaign = devices.of(_ints(rows.column("device_id")))
    kept = count > 0
    ids = tuple(name for name in names if is_id(c.EVENTS[name]))
    behaviour = tuple(name for name in names if name not in ids and name != c.EVENTS.time)
    roles = Roles(behaviour, ids, (), c.EVENTS.time)
    fraud = (frauds == count)[kept]
    rows = rows.filter(pa.array(kept))
    return LabelledTable(f"{run.path}/{c.EVENTS.path}", rows, fraud, campaign[kept]), roles


def _gathered(parts: list[tuple[Ints, Flags, Ints]]) -> Seen:
    ids = np.concatenate([part[0] for part in parts])
    fraud, group = (np.concatenate([part[at] for part in parts]) for at in (1, 2))
    keys, place, rows = np.unique(ids, return_inverse=True, return_counts=True)
    campaign = np.full(len(keys), -1, np.int64)
    campaign[place[fraud]] = group[fraud]
    return Seen(keys, rows, np.bincount(place[fraud], minlength=len(keys)), campaign)


def _ints(column: Any) -> Ints:
    """Whole numbers; nulls become -1."""
    return np.asarray(column.fill_null(-1) if column.null_count else column, np.int64)
