"""A table as rows in memory: all of them, or a sample when there are very many.

A table of more than LIMIT rows is read twice: once to count, once to keep every fraud and, of the genuine rows, one in
so many, chosen by a hash of the row's number. Each genuine row kept then stands for as many, so that base rates and
precisions are those of the whole table. Conditions that look like a leak are counted again in all rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fintxsim.errors import InputError
from fintxsim.leaks.cases import scrambled
from fintxsim.leaks.frames import Frame, joined
from fintxsim.leaks.sources import Source

LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """``frame`` holds the rows that were kept; each genuine one stands for ``weight`` rows for each that a fraud does.

    ``rows`` and ``frauds`` count the whole table; ``every`` is how many genuine rows one was kept of.
    """

    frame: Frame
    rows: int
    frauds: int
    every: int
    weight: float

    @property
    def is_whole(self) -> bool:
        return len(self.frame) == self.rows


def read_sample(source: Source, columns: Sequence[str], limit: int = LIMIT) -> Sample:
    """Read the columns of a table. InputError when its label is constant or it has no rows."""
    rows, frauds = counted(source)
    if not rows:
        raise InputError(f"{source.name}: the table has no rows; give one that has.")
    if frauds in (0, rows):
        what = "no row is a fraud" if not frauds else "every row is a fraud"
        raise InputError(f"{source.name}: {source.label} is constant, {what}; give a table with both.")
    every_fraud = math.ceil(frauds / (limit / 2))
    every = math.ceil((rows - frauds) / max(limit - frauds, limit / 2))
    kept, at = [], 0
    for frame in source.frames(columns):
        chance = scrambled(np.arange(at, at + len(frame)))
        at += len(frame)
        share = np.where(frame.fraud, np.uint64(every_fraud), np.uint64(every))
        kept.append(frame if every_fraud == every == 1 else frame.take(chance % share == 0))
    return Sample(joined(kept), rows, frauds, every, every / every_fraud)


def counted(source: Source) -> tuple[int, int]:
    """Rows of a table, and how many of them are frauds."""
    rows = frauds = 0
    for frame in source.frames(()):
        rows += len(frame)
        frauds += int(frame.fraud.sum())
    return rows, frauds
