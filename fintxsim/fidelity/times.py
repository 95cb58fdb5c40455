"""Facts about time: hours of the day, days of the week, and what a day has in common for everybody."""

from __future__ import annotations

import math

import numpy as np

from fintxsim.fidelity.arithmetic import autocorrelation, quantile, shares, total_variation
from fintxsim.fidelity.base import CannotTellError, Fact, Group, Unit, require
from fintxsim.fidelity.measured import Measured
from fintxsim.fidelity.payments import Floats, Ints

_NIGHT = slice(0, 6)
_ACF_DAYS = 84
"""Twelve weeks: with fewer, chance moves an autocorrelation by more than the band is wide (assumption)."""

_TREND_DAYS = 29
_TREND_NEEDS = 56
"""Days from which there are four weeks with a whole centred trend (assumption: that is the least)."""

_LONG_GAPS_NEED = 56
"""Days: who is active on 20 of 30 can have no long gap, and so everybody's gaps are alike (assumption: eight weeks)."""

_ACTIVE_DAYS = 20
_ACTIVE_CUSTOMERS = 100
"""Customers from which deciles are told (assumption)."""


def weekend_level(measured: Measured) -> float:
    """T1: mean rows of a weekend day over those of a weekday."""
    counts, weekend = measured.day_counts, measured.days.weekday >= 5
    kept = measured.day_is_kept
    require(len(counts), 7, "days")
    if not (weekend & kept).any() or not counts[~weekend & kept].any():  # as in a view without the only weekend
        return math.nan
    return float(counts[weekend & kept].mean() / counts[~weekend & kept].mean())


def hours_of(measured: Measured) -> Ints:
    """Rows by hour on weekdays and at weekends. CannotTellError when times are only dates."""
    if not measured.has_hours:
        raise CannotTellError("times have no hour of the day")
    return measured.hour_counts


def night_share(measured: Measured) -> float:
    """T3: share of rows from midnight to six."""
    return float(shares(hours_of(measured).sum(axis=0))[_NIGHT].sum())


def peak(measured: Measured) -> float:
    """T4: rows of the busiest hour over those of a mean hour."""
    return float(shares(hours_of(measured).sum(axis=0)).max()) * 24.0


def weekend_hours(measured: Measured) -> float:
    """T6: distance between the hours of weekdays and those of weekends."""
    weekday, weekend = hours_of(measured)
    if not weekday.any() or not weekend.any():
        raise CannotTellError("there are no weekdays, or no weekends")
    return total_variation(weekday, weekend)


def week_memory(measured: Measured) -> float:
    """T7: autocorrelation of daily rows at a lag of seven days, without the first and the last day."""
    counts = measured.day_counts[1:-1]
    require(len(counts), 14, "days between the first and the last")
    found = autocorrelation(counts, measured.day_is_kept[1:-1], 7)
    if len(counts) < _ACF_DAYS:
        raise CannotTellError(f"{len(counts)} days are too short for it; {_ACF_DAYS} are needed", found)
    return found


def shared_shocks(measured: Measured) -> float:
    """T8: what daily rows vary beyond a Poisson count, relative to their mean.

    A day is expected to have the mean of the 29 days around it, times the factor of its weekday; days without 29
    around them are left out.
    """
    counts = measured.day_counts
    require(len(counts), _TREND_NEEDS, "days")
    half = _TREND_DAYS // 2
    inner = slice(half, len(counts) - half)
    trend = np.convolve(counts, np.full(_TREND_DAYS, 1.0 / _TREND_DAYS), "valid")
    if trend.min() < 0.5 / _TREND_DAYS:
        raise CannotTellError(f"there are {_TREND_DAYS} days in a row without a payment")
    counts, weekday, kept = counts[inner], measured.days.weekday[inner], measured.day_is_kept[inner]
    factor = np.bincount(weekday, counts / trend, 7) / np.maximum(np.bincount(weekday, minlength=7), 1)
    expected = trend * factor[weekday]
    excess = float(((counts - expected) ** 2 - expected)[kept].mean())
    return float(np.sqrt(max(excess, 0.0)) / counts[kept].mean())


def burstiness_spread(measured: Measured) -> float:
    """T9: p90 - p10 over customers of the burstiness of their active days beyond that of days by lot."""
    burstiness, group = day_gap_burstiness(*measured.details.active_days[:2], measured.details.group_of_customers)
    seen = np.sort(burstiness[measured.groups[group]])
    require(len(seen), _ACTIVE_CUSTOMERS, f"customers have {_ACTIVE_DAYS} active days")
    once = np.ones(len(seen), np.int64)
    found = quantile(seen, once, 0.9) - quantile(seen, once, 0.1)
    if (days := len(measured.day_counts)) < _LONG_GAPS_NEED:
        raise CannotTellError(f"{days} days are too short for it; {_LONG_GAPS_NEED} are needed", found)
    return found


def day_gap_burstiness(customer: Ints, day: Ints, group: Ints) -> tuple[Floats, Ints]:
    """Burstiness (s - m) / (s + m) (Goh and Barabasi 2008) of the gaps between days, minus that of geometric gaps of
    the same mean, of customers with 20 days; and their groups. Rows are by customer and day, ``group`` per customer."""
    _, start, days = np.unique(customer, return_index=True, return_counts=True)
    gap = np.diff(day, append=0).astype(np.float64)
    gap[start + days - 1] = 0.0  # the last day of a customer has no next one
    sums = np.add.reduceat(np.stack([gap, gap * gap]), start, axis=1) if len(start) else np.zeros((2, 0))
    often = days >= _ACTIVE_DAYS
    mean, square = sums[:, often] / (days[often] - 1)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0.0))
    by_lot = np.sqrt(1.0 - 1.0 / mean)  # deviation of a geometric gap over its mean
    return (deviation - mean) / (deviation + mean) - (by_lot - 1.0) / (by_lot + 1.0), group[often]


TIMES = (
    Fact("T1", Group.TIME, weekend_level, Unit.WEEKS),
    Fact("T3", Group.TIME, night_share, is_share=True),
    Fact("T4", Group.TIME, peak),
    Fact("T6", Group.TIME, weekend_hours, is_share=True),
    Fact("T7", Group.TIME, week_memory, Unit.WEEKS),
    Fact("T8", Group.TIME, shared_shocks, Unit.WEEKS),
    Fact("T9", Group.TIME, burstiness_spread, needs=("customer",)),
)
