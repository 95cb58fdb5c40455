"""No null where the declaration forbids it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fintxsim import columns as c
from fintxsim.verify.base import Check, Context, Finding


class Nulls(Check):
    name = "nulls"
    meaning = "columns that are declared not null hold no null"

    def findings(self, run: Context) -> Iterator[Finding]:
        for table in c.TABLES:
            names = [column.name for column in table if not column.nullable]
            for batch in run.batches(table, names):
                for name in names:
                    if batch.column(name).null_count:
                        bad = np.asarray(batch.column(name).is_null(), np.bool_)
                        yield from batch.findings(bad, name, "is null, which the declaration forbids")
