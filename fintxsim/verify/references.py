"""Every reference leads to a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fintxsim import columns as c
from fintxsim.verify.base import Check, Context, Finding, lookup

Sources = list[tuple[c.Table, str]]


class References(Check):
    name = "references"
    meaning = "every id that refers to a row of another table finds it"

    def findings(self, run: Context) -> Iterator[Finding]:
        for target, sources in references().items():
            if target == c.TRANSACTIONS.path:
                known = _known_transactions(run, sources)
            else:
                table = c.table(target)
                known = np.unique(run.gathered(table, [table.key])[table.key])
            for table, column in sources:
                yield from _dangling(run, table, column, known, target)


def references() -> dict[str, Sources]:
    """Columns that refer to each table's key, by the table's path."""
    by_target: dict[str, Sources] = defaultdict(list)
    for table in c.TABLES:
        for column in table:
            if column.references:
                by_target[_path(column.references.split(".")[0])].append((table, column.name))
    return by_target


def _path(name: str) -> str:
    """The first declared table of a name: ``transactions`` means data/transactions."""
    return next(table.path for table in c.TABLES if table.name == name)


def _known_transactions(run: Context, sources: Sources) -> NDArray[np.int64]:
    """Of the transactions that anything refers to, those that exist; few, though transactions are many."""
    asked = [np.unique(run.gathered(table, [column])[column]) for table, column in sources]
    wanted = np.unique(np.concatenate(asked))
    found = np.zeros(len(wanted), np.bool_)
    for batch in run.batches(c.TRANSACTIONS, [c.TRANSACTIONS.key]):
        at = lookup(wanted, batch.ints(c.TRANSACTIONS.key))
        found[at[at >= 0]] = True
    return wanted[found]


def _dangling(run: Context, table: c.Table, column: str, known: NDArray[np.int64], target: str) -> Iterator[Finding]:
    for batch in run.batches(table, [column]):
        ids = batch.ints(column)
        bad = (lookup(known, ids) < 0) & np.asarray(batch.column(column).is_valid(), np.bool_)
        yield from batch.findings(bad, column, f"no such row in {target}")
