"""Kinds of rows: what a row is, told by the few columns that say most of where frauds are found.

Columns of words are taken one after the other, each the one that adds most to what the others tell of fraud, as long as
what it adds is worth its number of words (Schwarz 1978).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fintxsim.leaks.bins import Bins
from fintxsim.leaks.evidence import x_log_x
from fintxsim.leaks.frames import Flags, Floats, Ints

_MOST_COLUMNS = 4
_MOST_WORDS = 64
_MOST_KINDS = 4096


def can_name_kinds(bins: Bins) -> bool:
    """Whether a column has few enough words or numbers."""
    return 2 < bins.count <= _MOST_WORDS + 1 and (not bins.is_ordered or bins.is_exact)


def kinds(columns: Sequence[Bins], fraud: Flags, first: Ints | None = None) -> list[Ints]:
    """Kinds of all rows, from broad to narrow; each level splits the one before. ``first`` is a level to begin with."""
    levels = [] if first is None else [first]
    left = list(columns)
    while left and len(levels) < _MOST_COLUMNS:
        before = levels[-1] if levels else np.zeros(len(fraud), np.int64)
        gains = [_gain(before, bins, fraud) for bins in left]
        best = int(np.argmax(gains))
        if gains[best] <= 0.0:
            break
        levels.append(split(before, left.pop(best)))
    return levels


def split(kind: Ints, bins: Bins) -> Ints:
    """Kinds split by a column, numbered without gaps."""
    cell = kind * bins.count + bins.codes
    used = np.bincount(cell) > 0
    return np.asarray((np.cumsum(used) - 1)[cell], np.int64)


def _gain(kind: Ints, bins: Bins, fraud: Flags) -> float:
    """What a column adds to the likelihood of the labels, less its price; 0 when there would be too many kinds."""
    kinds = int(kind.max()) + 1
    if kinds * bins.count > _MOST_KINDS:
        return 0.0
    cell = kind * bins.count + bins.codes
    size = kinds * bins.count
    frauds = np.bincount(cell[fraud], minlength=size).astype(np.float64)
    rows = np.bincount(cell, minlength=size).astype(np.float64)
    before = _likelihood(frauds.reshape(kinds, -1).sum(axis=1), rows.reshape(kinds, -1).sum(axis=1))
    further = np.count_nonzero(rows) - kinds
    return _likelihood(frauds, rows) - before - 0.5 * further * math.log(len(fraud))


def _likelihood(frauds: Floats, rows: Floats) -> float:
    return float((x_log_x(frauds) + x_log_x(rows - frauds) - x_log_x(rows)).sum())
