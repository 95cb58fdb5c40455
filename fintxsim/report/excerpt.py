"""A few customers of a run, held in memory: whoever tells of them need not read the whole run once for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads

from fintxsim import columns as c
from fintxsim.dataset import Run
from fintxsim.report.choice import Drawn, picked
from fintxsim.report.truths import Told, integers

_DAY_US = 86_400_000_000
AROUND_DAYS = 4  # of a campaign, kept of everybody in it
LIFE_DAYS = 45  # before and after a campaign, kept of a customer whose life is drawn


class Collector:
    """Keeps the transactions around the chosen campaigns as the batches of a run pass by."""

    def __init__(self, drawn: Sequence[Drawn], lives: Iterable[tuple[int, Drawn]]) -> None:
        self._campaigns = np.array(sorted(each.campaign for each in drawn), np.int64)
        self._spans = _spans(drawn, lives)
        self._customers = np.array(sorted(self._spans), np.int64)
        bounds = np.array([self._spans[customer] for customer in self._customers.tolist()], np.int64).reshape(-1, 2)
        self._first, self._last = bounds[:, 0], bounds[:, 1]
        self._kept: list[pa.RecordBatch] = []

    def watch(self, batch: pa.RecordBatch, told: Told) -> None:
        """Keep what belongs to a chosen campaign or to the life around it."""
        keep = np.isin(told.campaign, self._campaigns) | self._is_around(batch)
        if keep.any():
            self._kept.append(batch.take(np.flatnonzero(keep)))

    def _is_around(self, batch: pa.RecordBatch) -> Any:
        if not len(self._customers):
            return np.zeros(len(batch), np.bool_)
        customers, times = integers(batch.column("customer_id")), integers(batch.column("event_time"))
        at = np.minimum(np.searchsorted(self._customers, customers), len(self._customers) - 1)
        is_inside = (times >= self._first[at]) & (times <= self._last[at])
        return (self._customers[at] == customers) & is_inside

    def rows(self) -> pa.Table:
        empty = c.TRANSACTIONS.schema().empty_table()
        return pa.Table.from_batches(self._kept).unify_dictionaries() if self._kept else empty


def _spans(drawn: Sequence[Drawn], lives: Iterable[tuple[int, Drawn]]) -> dict[int, tuple[int, int]]:
    """First and last microsecond that is kept of each customer."""
    wanted = [(customer, each, AROUND_DAYS) for each in drawn for customer in each.customers]
    wanted += [(customer, each, LIFE_DAYS) for customer, each in lives]
    spans: dict[int, tuple[int, int]] = {}
    for customer, each, days in wanted:
        first, last = each.first_us - days * _DAY_US, each.last_us + days * _DAY_US
        known = spans.get(customer, (first, last))
        spans[customer] = min(first, known[0]), max(last, known[1])
    return spans


class Excerpt(Run):
    """Part of a run, to be read like the run."""

    def __init__(self, run: Run, transactions: pa.Table, drawn: Sequence[Drawn]) -> None:
        super().__init__(run.path, run.manifest)
        campaigns = [each.campaign for each in drawn]
        customers, ids = _values(transactions, "customer_id"), _values(transactions, "transaction_id")
        self._rows = {
            c.TRANSACTIONS.path: transactions,
            c.MERCHANTS.path: picked(run, c.MERCHANTS, "merchant_id", _values(transactions, "merchant_id")),
            c.TRUTH_TRANSACTIONS.path: picked(run, c.TRUTH_TRANSACTIONS, "transaction_id", ids),
            c.CAMPAIGNS.path: picked(run, c.CAMPAIGNS, "campaign_id", campaigns),
        }
        for table in (c.EVENTS, c.CUSTOMERS, c.ACCOUNTS, c.CARDS):
            self._rows[table.path] = picked(run, table, "customer_id", customers)
        for table in (c.LABELS, c.ALERTS):
            self._rows[table.path] = picked(run, table, "transaction_id", ids)
        self._rows = {path: rows.combine_chunks() for path, rows in self._rows.items()}

    def scan(self, table: str = c.TRANSACTIONS.path) -> pads.Dataset:
        """The rows that are held, or those of the run for a table of which nothing is."""
        return pads.dataset(self._rows[table]) if table in self._rows else super().scan(table)


def _values(rows: pa.Table, column: str) -> list[int]:
    values: list[Any] = pc.unique(rows.column(column).drop_null()).to_pylist()
    return values
