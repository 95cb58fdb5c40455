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


class Seen:
    """Transactions of each id of a table: how many, how many frauds, and the campaign of one fraud (-1: none)."""

    def __init__(self, ids: Ints) -> None:
        self._ids = np.unique(ids)
        self._rows, self._frauds = np.zeros(len(self._ids) + 1, np.int64), np.zeros(len(self._ids) + 1, np.int64)
        self._campaign = np.full(len(self._ids) + 1, -1, np.int64)

    def add(self, ids: Ints, fraud: Flags, campaign: Ints) -> None:
        """Count transactions; those of ids that the table has not are left out."""
        at = places(self._ids, ids)
        known = at >= 0
        self._rows += np.bincount(at[known], minlength=len(self._rows))
        self._frauds += np.bincount(at[known & fraud], minlength=len(self._rows))
        self._campaign[at[known & fraud]] = campaign[known & fraud]

    def of(self, ids: Ints) -> tuple[Ints, Ints, Ints]:
        """Rows, frauds and campaign of ids; 0, 0 and -1 of those without a transaction."""
        at = places(self._ids, ids)
        return self._rows[at], self._frauds[at], self._campaign[at]


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
        """Frauds and laundering rows by rising transaction_id; an entry that fits no row stands behind them."""
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
            left_out = self._truth.laundering[at]
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
class Labels:
    """What is known of each row of a table: whether it is looked at, its label, its campaign, its exposure if any."""

    kept: Flags
    fraud: Flags
    campaign: Ints
    exposure: Ints | None = None


class RunTable(Source):
    """Another table of a run, labelled row by row."""

    def __init__(self, run: Run, table: c.Table, labels: Labels) -> None:
        self.name, self.schema = f"{run.path}/{table.path}", table.schema()
        if labels.exposure is not None:
            self.schema = self.schema.append(pa.field(EXPOSURE, pa.int64()))
        self._scan, self._labels = run.scan(table.path), labels

    def frames(self, columns: Sequence[str]) -> Iterator[Frame]:
        labels, at = self._labels, 0
        names = [name for name in columns if name in self._scan.schema.names]
        for batch in self._scan.to_batches(columns=names or self._scan.schema.names[:1], batch_size=_BATCH_ROWS):
            part = slice(at, at + len(batch))
            at += len(batch)
            rows = pa.Table.from_batches([batch])
            if labels.exposure is not None:
                rows = rows.append_column(EXPOSURE, pa.array(labels.exposure[part]))
            yield Frame(rows, labels.fraud[part], labels.campaign[part]).take(labels.kept[part])


@dataclass(frozen=True, slots=True)
class Side:
    """A table beside the transactions, or a part of them of which the form alone is judged."""

    place: str
    rows: Source
    roles: Roles
    only_form: bool = False


def sides(run: Run, source: RunTransactions, frame: Frame) -> Iterator[Side]:
    """What is audited beside the transactions: those of single typologies, of a frame; dimensions; events."""
    typologies = list(source.by_typology(frame))
    for name, rows in typologies if len(typologies) > 1 else ():
        yield Side(f"{c.TRANSACTIONS.path} ({name})", rows, transaction_roles(), only_form=True)
    seen = seen_by_key(run, source)
    for table in DIMENSIONS:
        yield Side(table.path, dimension(run, table, seen[table.key]), side_roles(table, EXPOSURE))
    yield Side(c.EVENTS.path, events(run, seen[c.DEVICES.key]), side_roles(c.EVENTS))


def side_roles(table: c.Table, exposure: str = "") -> Roles:
    """Columns of another table; a dimension, which has an exposure, is no log."""
    ids = tuple(column.name for column in table if is_id(column))
    behaviour = tuple(name for name in table.names() if name not in ids and name != table.time)
    return Roles(behaviour, ids, (), table.time, "", exposure, is_log=not exposure)


def seen_by_key(run: Run, source: RunTransactions) -> dict[str, Seen]:
    """Transactions of every customer, account, card, merchant, terminal and device."""
    seen = {table.key: Seen(_column(run, table, table.key)) for table in DIMENSIONS}
    for frame in source.frames(list(seen)):
        for key, found in seen.items():
            found.add(_ints(frame.rows.column(key)), frame.fraud, frame.group)
    return seen


def dimension(run: Run, table: c.Table, seen: Seen) -> RunTable:
    """A dimension's first row of each key, labelled by its transactions; keys without any are left out."""
    keys = _column(run, table, table.key)
    is_first = np.zeros(len(keys), np.bool_)
    is_first[np.unique(keys, return_index=True)[1]] = True
    rows, frauds, campaign = seen.of(keys)
    exposure = np.floor(np.log2(np.maximum(rows, 1))).astype(np.int64)
    return RunTable(run, table, Labels(is_first & (rows > 0), frauds > 0, campaign, exposure))


def events(run: Run, devices: Seen) -> RunTable:
    """Events, labelled by their devices; events without a device, or with one that is not known, are left out."""
    rows, frauds, campaign = devices.of(_column(run, c.EVENTS, "device_id"))
    return RunTable(run, c.EVENTS, Labels(rows > 0, frauds == rows, campaign))


def _column(run: Run, table: c.Table, name: str) -> Ints:
    return _ints(run.scan(table.path).to_table(columns=[name]).column(name))


def _ints(column: Any) -> Ints:
    """Whole numbers; nulls become -1."""
    return np.asarray(column.fill_null(-1) if column.null_count else column, np.int64)
