"""Everything that is counted of the transactions, in one pass and in bounded memory.

``requests`` are all rows but the credit sides of transfers within the bank, whose debit sides already count;
``approved`` are those among them that the rates of the manifest count. Where an axis is called ``what`` it is that of
``truths``: genuine, fraud, leg.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fintxsim import columns as c
from fintxsim.dataset import Run
from fintxsim.report.truths import FRAUD, SPARING, Ints, Told, Truths, Words, integers
from fintxsim.vocabulary import Direction

Numbers = NDArray[np.float64]

BINS_PER_DECADE = 8
FIRST_DECADE, LAST_DECADE = -2, 8
AMOUNT_BINS = (LAST_DECADE - FIRST_DECADE) * BINS_PER_DECADE
WHATS = 3
_HOUR_US, _MINUTE_US = 3_600_000_000, 60_000_000
_WEEK_HOURS = 7 * 24
_MONDAY = 3 * 24  # hours from Monday to the first hour of the epoch, a Thursday

COLUMNS = (
    "transaction_id", "event_time", "utc_offset_minutes", "channel", "amount_billing", "direction", "transfer_id",
    "customer_id", "merchant_id", "mcc", "response_code", "reason_code", "is_approved",
)  # fmt: skip


class Grid:
    """Counts by codes from 0; an axis grows as larger codes turn up."""

    def __init__(self, *shape: int) -> None:
        self.counts = np.zeros(shape)

    def add(self, *codes: Ints, weights: Numbers | None = None) -> None:
        if not len(codes[0]):
            return
        needed = tuple(int(axis.max()) + 1 for axis in codes)
        shape = tuple(np.maximum(needed, self.counts.shape).tolist())
        grown = np.zeros(shape)
        grown[tuple(slice(size) for size in self.counts.shape)] = self.counts
        flat = np.ravel_multi_index(codes, shape)
        self.counts = grown + np.bincount(flat, weights, grown.size).reshape(shape)


class Tallies:
    """The counts of a run. Arrays are complete once ``read`` has passed over all transactions."""

    def __init__(self, run: Run) -> None:
        self.starts = day_starts(run)
        self.rows = 0
        self.days = Grid(len(self.starts), 2)  # day, approved
        self.fraud_days = Grid(len(self.starts), 0, 2)  # day, typology, approved
        self.week = Grid(WHATS, _WEEK_HOURS)  # what, hour of the payer's local week from Monday
        self.amounts = Grid(WHATS, AMOUNT_BINS)  # what, bin; approved
        self.channels, self.mccs = Words(), Words()
        self.by_channel = Shares()
        self.by_mcc = Shares()
        self.reasons = {"response_code": Words(), "reason_code": Words()}
        self.declines = {name: Grid(WHATS, 0) for name in self.reasons}
        self.asked = {name: Grid(WHATS) for name in self.reasons}  # requests of the card rail, of the others
        self.fraud_ids: list[Ints] = []
        self.fraud_times: list[Ints] = []
        self.truths = Truths(run)

    @property
    def typologies(self) -> list[str]:
        return list(self.truths.typologies)

    def add(self, batch: pa.RecordBatch) -> Told:
        """Count a batch; what truth/ says of its rows."""
        ids, times = integers(batch.column("transaction_id")), integers(batch.column("event_time"))
        told = self.truths.of(ids)
        self.rows += len(ids)
        approved = integers(batch.column("is_approved"))
        keep = np.flatnonzero(is_request(batch))
        what, typology, said = told.what[keep], told.typology[keep], approved[keep]
        self._when(times[keep], integers(batch.column("utc_offset_minutes"))[keep], what, typology, said)
        self._answers(batch, keep, what, said)
        self._money(batch, keep, what, said)
        passed = (told.what == FRAUD) & (approved > 0)
        self.fraud_ids.append(ids[passed])
        self.fraud_times.append(times[passed])
        return told

    def _when(self, times: Ints, offsets: Ints, what: Ints, typology: Ints, said: Ints) -> None:
        days = np.clip(np.searchsorted(self.starts, times, "right") - 1, 0, len(self.starts) - 1)
        self.days.add(days, said)
        fraud = (what == FRAUD) & (typology >= 0)
        self.fraud_days.add(days[fraud], typology[fraud], said[fraud])
        local = times + offsets * _MINUTE_US
        self.week.add(what, (local // _HOUR_US + _MONDAY) % _WEEK_HOURS)

    def _answers(self, batch: pa.RecordBatch, keep: Ints, what: Ints, said: Ints) -> None:
        is_card = integers(batch.column("response_code").is_valid())[keep] > 0
        for name, rail in (("response_code", is_card), ("reason_code", ~is_card)):
            codes = self.reasons[name].codes(batch.column(name))[keep]
            self.asked[name].add(what[rail])
            no = rail & (said == 0) & (codes >= 0)
            self.declines[name].add(what[no], codes[no])

    def _money(self, batch: pa.RecordBatch, keep: Ints, what: Ints, said: Ints) -> None:
        passed = said > 0
        kept, what = keep[passed], what[passed]
        amounts = batch.column("amount_billing").to_numpy(zero_copy_only=False)[kept]
        self.amounts.add(what[amounts > 0], amount_bins(amounts[amounts > 0]))
        self.by_channel.add(what, self.channels.codes(batch.column("channel"))[kept], amounts)
        mcc = self.mccs.codes(batch.column("mcc"))[kept]
        self.by_mcc.add(what[mcc >= 0], mcc[mcc >= 0], amounts[mcc >= 0])


class Shares:
    """Approved rows and their value by what they are and a word."""

    def __init__(self) -> None:
        self.rows, self.value = Grid(WHATS, 0), Grid(WHATS, 0)

    def add(self, what: Ints, codes: Ints, amounts: Numbers) -> None:
        self.rows.add(what, codes)
        self.value.add(what, codes, weights=amounts)


def day_starts(run: Run) -> Ints:
    """UTC microseconds at which the bank's local days of the run begin."""
    zone, first = ZoneInfo(run.manifest.timezone), dt.date.fromisoformat(run.manifest.start_date)
    midnights = (dt.datetime.combine(first + dt.timedelta(days=k), dt.time(), zone) for k in range(run.manifest.days))
    return np.array([round(midnight.timestamp() * 1e6) for midnight in midnights], np.int64)


def is_request(batch: pa.RecordBatch) -> NDArray[np.bool_]:
    """Rows but the credit sides of transfers within the bank."""
    directions: Any = batch.column("direction")
    texts = directions.dictionary.to_pylist()
    credit = texts.index(Direction.CREDIT.text) if Direction.CREDIT.text in texts else -1
    is_inside = integers(batch.column("transfer_id"), -1) >= 0
    return np.asarray(~((integers(directions.indices) == credit) & is_inside), np.bool_)


def amount_bins(amounts: Numbers) -> Ints:
    """The bin of each positive amount; what is too small or too large is in the first or the last one."""
    places = np.floor((np.log10(amounts) - FIRST_DECADE) * BINS_PER_DECADE).astype(np.int64)
    return np.asarray(np.clip(places, 0, AMOUNT_BINS - 1), np.int64)


def bin_edges() -> Numbers:
    """Lower ends of the bins of amounts, and the upper end of the last one."""
    return np.asarray(10.0 ** (FIRST_DECADE + np.arange(AMOUNT_BINS + 1) / BINS_PER_DECADE))


Watcher = Callable[[pa.RecordBatch, Told], None]


def read(run: Run, columns: tuple[str, ...] = COLUMNS, watch: Watcher | None = None) -> Tallies:
    """Pass over all transactions once. ``watch`` sees each batch, of the given columns, and what truth/ says of it."""
    tallies = Tallies(run)
    for batch in _batches(run, columns):
        told = tallies.add(batch)
        if watch:
            watch(batch, told)
    return tallies


def _batches(run: Run, columns: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    scanned = run.scan(c.TRANSACTIONS.path).to_batches(columns=list(columns), **SPARING)
    return (batch for batch in scanned if len(batch))
