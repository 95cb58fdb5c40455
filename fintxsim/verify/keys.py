"""The key of a table is unique."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fintxsim import columns as c
from fintxsim.verify.base import Check, Context, Finding

# Numbered in the order of their rows: rising means unique, in constant memory. The other tables are small.
RISING = (c.TRANSACTIONS, c.EVENTS, c.LABELS, c.ALERTS, c.TRUTH_TRANSACTIONS)

# Change rows: a key may come again with a later valid_from.
CHANGING = (c.CUSTOMERS, c.ACCOUNTS)


class Keys(Check):
    name = "keys"
    meaning = "keys are unique, and rise where rows are numbered"

    def findings(self, run: Context) -> Iterator[Finding]:
        for table in c.TABLES:
            yield from _not_rising(run, table) if table in RISING else _repeated(run, table)


def _not_rising(run: Context, table: c.Table) -> Iterator[Finding]:
    last = -1
    for batch in run.batches(table, [table.key]):
        keys = batch.ints(table.key)
        bad = np.diff(keys, prepend=last) <= 0
        yield from batch.findings(bad, table.key, "key is not greater than that of the row before")
        last = int(keys[-1]) if len(keys) else last


def _repeated(run: Context, table: c.Table) -> Iterator[Finding]:
    """Rows whose key occurred in an earlier row."""
    names = [table.key, table.time] if table in CHANGING else [table.key]
    columns = run.gathered(table, names)
    order = np.lexsort([columns[name] for name in reversed(names)])
    same = np.ones(max(len(order) - 1, 0), np.bool_)
    for name in names:
        same &= np.diff(columns[name][order]) == 0
    repeated = np.zeros(len(order), np.bool_)
    repeated[order[1:][same]] = True
    at = 0
    for batch in run.batches(table, names) if repeated.any() else ():
        yield from batch.findings(repeated[at : at + len(batch)], table.key, "key occurs twice")
        at += len(batch)
