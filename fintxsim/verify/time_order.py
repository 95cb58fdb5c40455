"""Rows come in the order of their time, within files and from file to file."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fintxsim import columns as c
from fintxsim.verify.base import Check, Context, Finding

_LEAST = np.iinfo(np.int64).min


class TimeOrder(Check):
    name = "time order"
    meaning = "times never go back"

    def findings(self, run: Context) -> Iterator[Finding]:
        for table in c.TABLES:
            last = _LEAST
            for batch in run.batches(table, [table.time]):
                times = batch.ints(table.time)
                before = np.concatenate((np.array([last]), times))[: len(times)]
                yield from batch.findings(times < before, table.time, "earlier than the row before")
                last = int(times[-1]) if len(times) else last
