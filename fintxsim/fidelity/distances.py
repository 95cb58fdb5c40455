"""How far two tables of payments are from each other, and how far halves of one of them are from each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from fintxsim.fidelity.amounts import paid
from fintxsim.fidelity.arithmetic import autocorrelation, total_variation
from fintxsim.fidelity.base import CannotTellError, require, require_parts
from fintxsim.fidelity.counts import GROUPS, mixed
from fintxsim.fidelity.details import MOST_PER_DAY, VELOCITY_RULES
from fintxsim.fidelity.measured import Measured
from fintxsim.fidelity.payments import Flags, Floats, Ints
from fintxsim.fidelity.report import Distance
from fintxsim.fidelity.times import hours_of

Compare = Callable[[Measured, Measured], float]

_SPLITS = 5
_LAGS = range(1, 15)
_DAYS = 28
"""Days from which correlations of up to two weeks are compared."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A distance between two tables; ``needs`` are parts of a row that both must have."""

    name: str
    meaning: str
    compare: Compare
    needs: tuple[str, ...] = ()


def _common(one: Measured, other: Measured) -> tuple[Ints, Floats, Floats]:
    """Amounts of either table in cents, rising, and the share of payments up to each in both."""
    (cents, count), (cents_, count_) = paid(one), paid(other)
    both = np.asarray(np.union1d(cents, cents_), np.int64)
    return both, _up_to(both, cents, count), _up_to(both, cents_, count_)


def _up_to(places: Ints, values: Ints, counts: Ints) -> Floats:
    ends = np.append(0, np.cumsum(counts))
    return np.asarray(ends[np.searchsorted(values, places, "right")] / ends[-1], np.float64)


def amount_ks(one: Measured, other: Measured) -> float:
    _, up_to, up_to_ = _common(one, other)
    return float(np.abs(up_to - up_to_).max())


def amount_wasserstein(one: Measured, other: Measured) -> float:
    cents, up_to, up_to_ = _common(one, other)
    return float((np.abs(up_to - up_to_)[:-1] * np.diff(np.log(cents))).sum())


def hours(one: Measured, other: Measured) -> float:
    return total_variation(hours_of(one).sum(axis=0), hours_of(other).sum(axis=0))


def weekdays(one: Measured, other: Measured) -> float:
    """Days are weighed alike, so that a span that begins in mid-week tells nothing."""
    return total_variation(*(_mean_days(side) for side in (one, other)))


def _mean_days(measured: Measured) -> Floats:
    counts, weekday = measured.day_counts, measured.days.weekday
    require(len(counts), 7, "days")
    return np.asarray(np.bincount(weekday, counts, 7) / np.bincount(weekday, minlength=7), np.float64)


def categories(one: Measured, other: Measured) -> float:
    """Categories that only one table has count in full."""
    sides = [_by_category(side) for side in (one, other)]
    if not set(sides[0]) & set(sides[1]):
        raise CannotTellError("no category occurs in both tables; give merchant category codes")
    names = sorted({*sides[0], *sides[1]})
    return total_variation(*([side.get(name, 0.0) for name in names] for side in sides))


def _by_category(measured: Measured) -> dict[int, float]:
    category, _, count = measured.category_counts
    totals = np.bincount(category, count)
    names = measured.amounts.categories
    return {int(names[code]): float(totals[code]) for code in np.flatnonzero(totals).tolist()}


def day_memory(one: Measured, other: Measured) -> float:
    return float(np.abs(_memory(one) - _memory(other)).mean())


def _memory(measured: Measured) -> Floats:
    counts = measured.day_counts[1:-1]
    require(len(counts), _DAYS, "days between the first and the last")
    kept = np.ones(len(counts), np.bool_)
    found = np.array([autocorrelation(counts, kept, lag) for lag in _LAGS])
    if not np.isfinite(found).all():
        raise CannotTellError("all days have as many payments")
    return found


def waits(one: Measured, other: Measured) -> float:
    return _ks(*(_waits(side) for side in (one, other)))


def _waits(measured: Measured) -> Ints:
    wait, group = measured.details.waits_us
    seen = wait[measured.groups[group]]
    require(len(seen), 1, "payments after an earlier one of the same customer")
    return np.sort(seen)


def _ks(one: Ints, other: Ints) -> float:
    """Largest difference between the shares of values up to a place; both are rising."""
    both = np.concatenate([one, other])
    up_to = (np.searchsorted(side, both, "right") / len(side) for side in (one, other))
    return float(np.abs(next(up_to) - next(up_to)).max())


def bursts(one: Measured, other: Measured) -> float:
    return total_variation(*(_per_day(side) for side in (one, other)))


def _per_day(measured: Measured) -> Ints:
    """Days of a customer by the number of payments."""
    customer, _, rows = measured.details.active_days
    per_customer = np.diff(customer, prepend=-1) != 0
    group = measured.details.group_of_customers[np.cumsum(per_customer) - 1]
    seen = rows[measured.groups[group]]
    require(len(seen), 1, "days with payments")
    return np.bincount(np.minimum(seen, MOST_PER_DAY), minlength=MOST_PER_DAY + 1)


def known_merchants(one: Measured, other: Measured) -> float:
    return abs(_known(one) - _known(other))


def _known(measured: Measured) -> float:
    seen = _rows(measured)
    return float(measured.details.is_known_merchant[seen].mean())


def velocity(one: Measured, other: Measured) -> float:
    return float(np.abs(np.sqrt(_triggers(one)) - np.sqrt(_triggers(other))).mean())


def _triggers(measured: Measured) -> Floats:
    """Share of payments on which each velocity rule fires."""
    seen, details = _rows(measured), measured.details
    return np.array([details.fires(rows, seconds)[seen].mean() for _, rows, seconds in VELOCITY_RULES])


def _rows(measured: Measured) -> Flags:
    seen = measured.groups[measured.details.group]
    require(int(seen.sum()), 1, "payments of known customers")
    return np.asarray(seen)


_RULES = ", ".join(name for name, *_ in VELOCITY_RULES)
MEASURES: tuple[Measure, ...] = (
    Measure("amount, KS", "largest difference between distributions of ln(amount)", amount_ks),
    Measure("amount, Wasserstein", "area between distributions of ln(amount)", amount_wasserstein),
    Measure("hour of day", "half the L1 distance of shares", hours),
    Measure("day of week", "half the L1 distance of shares", weekdays),
    Measure("category", "half the L1 distance of shares", categories, ("category",)),
    Measure("daily counts", "mean difference of autocorrelations at lags of 1 to 14 days", day_memory),
    Measure("waits", "largest difference between distributions of times to the next payment", waits, ("customer",)),
    Measure("bursts", "half the L1 distance of payments per customer and active day", bursts, ("customer",)),
    Measure("known merchants", "difference of shares of payments at a merchant used before", known_merchants,
            ("customer", "merchant")),
    Measure("velocity rules", f"mean difference of roots of trigger rates: {_RULES}", velocity, ("customer",)),
)  # fmt: skip


def distances(run: Measured, reference: Measured) -> tuple[Distance, ...]:
    """Every distance between a run and a reference, beside the mean distance of the reference's halves."""
    return tuple(_distance(measure, run, reference) for measure in MEASURES)


def _distance(measure: Measure, run: Measured, reference: Measured) -> Distance:
    try:
        require_parts(measure.needs, reference)
        value = measure.compare(run, reference)
        floor = float(np.mean([measure.compare(*halves) for halves in split_halves(reference)]))
    except CannotTellError as error:
        return Distance(measure.name, measure.meaning, None, None, str(error))
    return Distance(measure.name, measure.meaning, value, floor, "" if floor else "the reference's halves are equal")


def split_halves(measured: Measured) -> Iterator[tuple[Measured, Measured]]:
    """Several splits of the customers into two halves, always the same ones; rows when there are no customers."""
    for split in range(_SPLITS):
        order = np.argsort(mixed(np.arange(GROUPS) + GROUPS * split), kind="stable")
        first = np.isin(np.arange(GROUPS), order[: GROUPS // 2])
        yield measured.of_customers(first), measured.of_customers(~first)
