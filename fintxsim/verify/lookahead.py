"""Nothing in data/ or labels/ tells of a later time than its row's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.types as pat
from numpy.typing import NDArray

from fintxsim import columns as c
from fintxsim.verify.base import Batch, Check, Context, Finding, lookup
from fintxsim.verify.references import references

# settled_time is known at the response only; expires is printed on the card when it is issued.
ALLOWED = frozenset({"settled_time", "expires"})

_EPOCH = dt.date(1970, 1, 1)


class Lookahead(Check):
    name = "lookahead"
    meaning = "no date is ahead of its row, and nothing is used before its valid_from"

    def findings(self, run: Context) -> Iterator[Finding]:
        for table in c.TABLES:
            if table.folder != "truth":
                yield from _dates_ahead(run, table)
        yield from _used_too_early(run)


def _dates_ahead(run: Context, table: c.Table) -> Iterator[Finding]:
    """Dates are local days: a row may name the day that it lies in."""
    names = [
        column.name
        for column in table
        if column.name != table.time and column.name not in ALLOWED and pat.is_temporal(column.type)
    ]
    for batch in run.batches(table, [table.time, *names]) if names else ():
        for name in names:
            begin = _starts(run, batch, name) if pat.is_date(table[name].type) else batch.ints(name)
            present = np.asarray(batch.column(name).is_valid(), np.bool_)
            yield from batch.findings(present & (begin > batch.ints(table.time)), name, f"ahead of {table.time}")


def _starts(run: Context, batch: Batch, name: str) -> NDArray[np.int64]:
    """First microsecond (UTC) of the local days in a date column."""
    days, inverse = np.unique(batch.ints(name, null=0), return_inverse=True)
    zone = ZoneInfo(run.manifest.timezone)
    return np.array([_midnight(day, zone) for day in days.tolist()], np.int64)[inverse]


def _midnight(day: int, zone: ZoneInfo) -> int:
    local = dt.datetime.combine(_EPOCH + dt.timedelta(days=day), dt.time(), zone)
    return round(local.timestamp()) * 1_000_000


def _used_too_early(run: Context) -> Iterator[Finding]:
    for target, sources in references().items():
        table = c.table(target)
        if table.time != "valid_from":
            continue
        keys, since = _first_valid(run, table)
        for user, column in sources:
            if user in (c.TRANSACTIONS, c.EVENTS):
                yield from _early(run, user, column, keys, since)


def _first_valid(run: Context, table: c.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sorted keys of a table and the time from which each is known."""
    rows = run.gathered(table, [table.key, table.time])
    order = np.lexsort([rows[table.time], rows[table.key]])
    keys, first = np.unique(rows[table.key][order], return_index=True)
    return keys, rows[table.time][order][first]


def _early(
    run: Context, user: c.Table, column: str, keys: NDArray[np.int64], since: NDArray[np.int64]
) -> Iterator[Finding]:
    """Uses before valid_from; ids without a row are the business of the references check."""
    for batch in run.batches(user, [user.time, column]) if len(keys) else ():
        at = lookup(keys, batch.ints(column))
        bad = (at >= 0) & (batch.ints(user.time) < since[at])
        yield from batch.findings(bad, column, "used before its valid_from")
