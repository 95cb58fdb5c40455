"""Statistics of values that come with how often each occurs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fintxsim.fidelity.payments import Floats, Ints


def quantile(values: Any, counts: Ints, share: float) -> float:
    """Quantile of rising values with counts, interpolated as numpy does."""
    ends = np.cumsum(counts)
    at = share * (int(ends[-1]) - 1)
    below, above = (float(values[np.searchsorted(ends, place, "right")]) for place in (math.floor(at), math.ceil(at)))
    return below + (above - below) * (at - math.floor(at))


def variance(values: Floats, counts: Ints) -> float:
    """Variance of values with counts, with n - 1 below."""
    rows = int(counts.sum())
    mean = float((values * counts).sum()) / rows
    return float(((values - mean) ** 2 * counts).sum()) / (rows - 1)


def gini(values: Floats) -> float:
    """Gini coefficient of values that are not negative: 0 when all are equal, towards 1 when one has all."""
    rising = np.sort(values)
    n, total = len(rising), float(rising.sum())
    ranks = np.arange(1, n + 1)
    return float((2.0 * ranks - n - 1.0) @ rising) / (n * total)


def share_explained(rows: Floats, sums: Floats, squares: Floats, least: int = 5) -> float:
    """Share of a variance that lies between groups, adjusted for their number: 1 - within / (N - k) : all / (N - 1).

    Per group: rows, sum, and sum of squares; groups of fewer than ``least`` rows are left out. NaN without two groups.
    """
    large = rows >= least
    rows, sums, squares = rows[large], sums[large], squares[large]
    n, k = float(rows.sum()), len(rows)
    if k < 2 or n <= k:
        return math.nan
    total = float(squares.sum()) - float(sums.sum()) ** 2 / n
    within = float((squares - sums**2 / rows).sum())
    return 1.0 - (within / (n - k)) / (total / (n - 1.0)) if total > 0.0 else math.nan


def auc(low: Ints, high: Ints) -> float:
    """Chance that a draw from ``high`` exceeds one from ``low``, ties half; both are counts at common rising values."""
    below = np.cumsum(low) - low
    pairs = float(low.sum()) * float(high.sum())
    return float((high * (below + 0.5 * low)).sum()) / pairs


def shares(counts: Any) -> Floats:
    """Counts as shares of their sum."""
    numbers = np.asarray(counts, np.float64)
    return np.asarray(numbers / numbers.sum())


def total_variation(one: Any, other: Any) -> float:
    """Half the L1 distance between the shares of two counts."""
    return 0.5 * float(np.abs(shares(one) - shares(other)).sum())


def autocorrelation(values: Floats, kept: Any, lag: int) -> float:
    """Autocorrelation at a lag; of pairs and squares those between kept values count. NaN when nothing varies."""
    apart = values - values[kept].mean()
    both = kept[lag:] & kept[:-lag]
    squares = float((apart[kept] ** 2).sum())
    products = float((apart[lag:] * apart[:-lag])[both].sum())
    return products / squares if squares > 0.0 else math.nan
