"""Shares with standard errors that count the independent unit, and a refusal of samples that can show nothing."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import pandas as pd

ERRORS = 5.0  # standard errors: with forty such claims a new seed breaks one in 40,000 times


class TooSmallSampleError(AssertionError):
    """The sample could not show the error that a test looks for."""


@dataclass(frozen=True)
class Share:
    """A share and its standard error."""

    value: float
    error: float

    @property
    def margin(self) -> float:
        return ERRORS * self.error

    def resolving(self, relative: float) -> Share:
        """This share, if the sample can show an error of that part of it; TooSmallSampleError if not."""
        if not self.margin <= relative * self.value:
            raise TooSmallSampleError(f"{self.value:.4g} +- {self.margin:.2g} cannot show an error of {relative:.0%}")
        return self

    def is_about(self, expected: float) -> bool:
        return abs(self.value - expected) <= self.margin

    def is_within(self, low: float, high: float) -> bool:
        return low - self.margin <= self.value <= high + self.margin

    def is_more_than(self, other: Share, factor: float = 1.0) -> bool:
        """Surely more than so many times the other."""
        return self.value - factor * other.value > ERRORS * sqrt(self.error**2 + (factor * other.error) ** 2)


def share(of: pd.Series, units: pd.Series) -> Share:
    """Share of true among ``of``, whose rows come in independent ``units`` (customers, campaigns): ratio estimator."""
    per_unit = of.astype(float).groupby(units.to_numpy()).agg(["sum", "size"])
    value = float(per_unit["sum"].sum() / per_unit["size"].sum())
    residuals = per_unit["sum"] - value * per_unit["size"]
    return Share(value, sqrt(float((residuals**2).sum())) / float(per_unit["size"].sum()))


def gini(counts: pd.Series) -> float:
    """Gini coefficient of non-negative counts."""
    rising = counts.sort_values().to_numpy()
    n = len(rising)
    weighted = float((rising * range(1, n + 1)).sum())
    return 2.0 * weighted / (n * float(rising.sum())) - (n + 1) / n
