"""Facts about time on tables small enough to compute by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fintxsim.fidelity.base import CannotTellError
from fintxsim.fidelity.times import day_gap_burstiness
from tests.unit.fidelity.tables import MONDAY, measured, table, value


def at(days: Any, hours: Any = 12.0) -> pd.DatetimeIndex:
    """Times so many days after a Monday, at an hour."""
    return pd.DatetimeIndex(MONDAY + pd.to_timedelta(np.asarray(days) * 24.0 + np.asarray(hours), unit="h"))


def daily(counts: Any) -> pd.DataFrame:
    """A table of so many payments a day."""
    return table(time=at(np.repeat(np.arange(len(counts)), counts)))


def test_weekend_days_are_compared_with_weekdays() -> None:
    assert value("T1", daily([4, 4, 4, 4, 4, 2, 4])) == 0.75


def test_a_weekend_takes_a_week() -> None:
    with pytest.raises(CannotTellError, match="6 days; 7 are needed"):
        value("T1", daily([4, 4, 4, 4, 4, 2]))


def test_strays_of_travellers_are_no_day() -> None:
    week = [40, 40, 40, 40, 40, 20, 20]
    assert value("T1", daily([*week, *week, 2])) == value("T1", daily(week))
    assert measured(daily([1, *week])).days.counts.shape[1] == 7


def test_night_is_from_midnight_to_six() -> None:
    assert value("T3", table(time=at([0] * 5, [0.0, 5.99, 6.0, 12.0, 23.99]))) == 0.4


def test_the_peak_is_told_in_mean_hours() -> None:
    # 3 of 4 payments at noon: three quarters of 24
    assert value("T4", table(time=at([0] * 4, [12.0, 12.5, 12.9, 9.0]))) == 18.0


def test_hours_of_weekends_are_compared_with_those_of_weekdays() -> None:
    # Weekdays: half at 9, half at 12; Saturday: all at 12
    frame = table(time=at([0, 1, 5, 5, 5], [9.0, 12.0, 12.0, 12.0, 12.0]))
    assert value("T6", frame) == 0.5


def test_hours_of_weekends_take_a_weekend() -> None:
    with pytest.raises(CannotTellError, match="no weekdays, or no weekends"):
        value("T6", table(time=at([0, 1])))


@pytest.mark.parametrize("fact", ["T3", "T4", "T6"])
def test_dates_have_no_hours(fact: str) -> None:
    with pytest.raises(CannotTellError, match="times have no hour of the day"):
        value(fact, table(time=at([0, 1, 5], 0.0)))


def test_days_that_repeat_every_week_correlate_as_far_as_the_weeks_overlap() -> None:
    counts = [9, *[10, 20, 30, 40, 50, 60, 70] * 13, 9]
    # 12 of 13 weeks have a next one; ends are dropped
    assert value("T7", daily(counts)) == pytest.approx(12 / 13)


def test_a_short_table_tells_its_weekly_correlation_without_a_judgement() -> None:
    with pytest.raises(CannotTellError, match="21 days are too short for it; 84 are needed") as told:
        value("T7", daily([9, *[10, 20, 30, 40, 50, 60, 70] * 3, 9]))
    assert told.value.value == pytest.approx(2 / 3)


def test_a_weekly_correlation_takes_two_weeks_at_least() -> None:
    with pytest.raises(CannotTellError, match="10 days between the first and the last; 14 are needed"):
        value("T7", daily([9] * 12))


def test_days_that_are_all_alike_correlate_with_nothing() -> None:
    with pytest.raises(CannotTellError, match="does not vary"):
        value("T7", daily([9] * 100))


def test_weekdays_and_trends_are_no_shocks() -> None:
    week = np.array([100, 90, 110, 100, 120, 60, 50])
    counts = np.rint(np.tile(week, 12) * np.linspace(1.0, 2.0, 84)).astype(int)
    assert value("T8", daily(counts)) == 0.0


def test_shocks_beyond_poisson_are_told_relative_to_the_mean() -> None:
    # 110 and 90 by turns over whole fortnights: weekdays are alike on average, and so is the trend
    counts = [*[110, 90] * 42]
    excess = (10.0**2 - 100.0) / 100.0**2
    assert value("T8", daily(counts)) == pytest.approx(math.sqrt(excess), abs=0.02)


def test_shocks_of_a_known_size_are_found() -> None:
    rng = np.random.default_rng(3)
    shock = 1.0 + 0.2 * rng.standard_normal(400)
    counts = rng.poisson(np.maximum(500.0 * shock, 1.0))
    assert value("T8", daily(counts)) == pytest.approx(0.2, abs=0.03)


def test_poisson_days_have_no_shocks() -> None:
    counts = np.random.default_rng(3).poisson(500.0, 400)
    assert value("T8", daily(counts)) < 0.02


def test_shocks_take_a_payment_now_and_then() -> None:
    with pytest.raises(CannotTellError, match="29 days in a row without a payment"):
        value("T8", daily([*[9] * 30, *[0] * 29, *[9] * 30]))


def test_a_table_of_weekends_has_no_weekdays_to_compare_with() -> None:
    with pytest.raises(CannotTellError, match="does not vary, or is empty"):
        value("T1", daily([0] * 5 + [9, 9] + [0] * 5 + [9, 9]))


def test_shocks_take_eight_weeks() -> None:
    with pytest.raises(CannotTellError, match="55 days; 56 are needed"):
        value("T8", daily([9] * 55))


def test_burstiness_is_told_beside_that_of_a_geometric_gap() -> None:
    # Gaps 1 and 3 by turns, ten and ten: mean 2, deviation 1
    days = np.cumsum([0, *[1, 3] * 10])
    found, group = day_gap_burstiness(np.full(21, 5), days, np.array([3]))
    by_lot = math.sqrt(0.5)
    assert found[0] == pytest.approx((1 - 2) / (1 + 2) - (by_lot - 1) / (by_lot + 1))
    assert group.tolist() == [3]


def test_customers_of_fewer_than_twenty_days_have_no_burstiness() -> None:
    found, _ = day_gap_burstiness(np.repeat([5, 6], [19, 20]), np.r_[:19, :20], np.array([0, 0]))
    assert len(found) == 1


def test_the_spread_of_burstiness_is_that_of_customers() -> None:
    """Half of the customers pay every day, half every second day in pairs: two values, so the deciles are theirs."""
    steady, pairs = np.arange(30), np.cumsum([0, *[1, 3] * 15])
    customers = [*np.repeat(np.arange(60), 30), *np.repeat(np.arange(60, 120), 31)]
    frame = table(customer=customers, time=at([*np.tile(steady, 60), *np.tile(pairs, 60)]))
    by_lot = math.sqrt(0.5)
    every_day, paired = -1.0 + 1.0, -1.0 / 3.0 - (by_lot - 1.0) / (by_lot + 1.0)
    assert value("T9", frame) == pytest.approx(abs(every_day - paired))


def test_a_month_is_too_short_to_tell_who_is_bursty() -> None:
    frame = table(customer=np.repeat(np.arange(120), 30), time=at([*np.tile(np.arange(30), 120)]))
    with pytest.raises(CannotTellError, match="30 days are too short for it; 56 are needed") as told:
        value("T9", frame)
    assert told.value.value == pytest.approx(0.0)


def test_payments_of_the_same_day_are_one_active_day() -> None:
    frame = table(customer=[1, 1, 1, 2], time=at([0, 0, 1, 0], [1.0, 2.0, 3.0, 4.0]))
    customer, _, rows = measured(frame).details.active_days
    assert (customer.tolist(), rows.tolist()) == ([1, 1, 2], [2, 1, 1])


def test_the_spread_of_burstiness_takes_a_hundred_customers() -> None:
    with pytest.raises(CannotTellError, match="0 customers have 20 active days; 100 are needed"):
        value("T9", table(customer=[1] * 30))
