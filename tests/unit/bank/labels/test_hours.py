"""What would be said at night or on a day off waits, and nothing else does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from fintxsim.bank.labels.delays import DAY_US, HOUR_US, DelayConfig
from fintxsim.bank.labels.hours import AWAKE, FRAUD_TEAM, OFFICE, SHIFTS, Hours
from fintxsim.clock import Calendar, instant_us, load_zone, local_time
from fintxsim.streams import Draws
from fintxsim.vocabulary import LabelSource
from tests.unit.bank.labels.kit import CALENDAR, CASES, HOURS, KEY, within_5_standard_errors

AMSTERDAM = load_zone("Europe/Amsterdam")
MONDAY = date(2026, 2, 2)
EVERY_SOURCE = pytest.mark.parametrize("source", LabelSource, ids=lambda source: source.text)
REPORT, CHARGEBACK = LabelSource.CUSTOMER_REPORT, LabelSource.CHARGEBACK


def at(hour: float, days: int = 0, zone: ZoneInfo = AMSTERDAM) -> int:
    """An hour of a day counted from a Monday."""
    moment = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=zone) + timedelta(days=days, hours=hour)
    return instant_us(moment)


def said(source: LabelSource, first: int, count: int = 2000, step: int = 1) -> list[datetime]:
    """When is said, local time, what would be said at moments in a row."""
    return [local_time(AMSTERDAM, HOURS.next(source, first + k * step)) for k in range(count)]


def test_every_source_has_its_hours() -> None:
    assert set(SHIFTS) == set(LabelSource)


@EVERY_SOURCE
def test_by_day_on_a_working_day_nothing_waits(source: LabelSource) -> None:
    moments = [at(9) + k * HOUR_US // 100 for k in range(799)]
    assert [HOURS.next(source, moment) for moment in moments] == moments


@EVERY_SOURCE
def test_nothing_comes_earlier_and_nothing_waits_twice(source: LabelSource) -> None:
    for k in range(3000):
        moment = at(0) + k * 7_777_777_777
        then = HOURS.next(source, moment)
        assert then >= moment
        assert HOURS.next(source, then) == then


def test_who_is_asleep_speaks_in_the_morning_after() -> None:
    slept = [moment for moment in said(REPORT, at(23.5)) if moment.hour != 23]
    assert {moment.date() for moment in slept} == {MONDAY + timedelta(days=1)}
    assert {moment.hour for moment in slept} == {7, 8, 9}
    assert {moment.date() for moment in said(REPORT, at(3))} == {MONDAY}


def test_a_tenth_of_those_who_would_speak_at_night_do() -> None:
    awake = sum(moment.hour == 3 for moment in said(REPORT, at(3), CASES))
    assert within_5_standard_errors(awake, AWAKE.odd_share)


def test_at_night_a_few_per_cent_of_the_reports_are_made() -> None:
    night = sum(moment.hour < 6 for moment in said(REPORT, at(0), CASES, DAY_US * 13 // 97))
    assert within_5_standard_errors(night, 6 / 24 * AWAKE.odd_share)


def test_chargebacks_are_booked_in_office_hours_of_working_days_alone() -> None:
    booked = said(CHARGEBACK, at(0), 5000, DAY_US * 13 // 97)
    assert {moment.hour for moment in booked} == set(range(OFFICE.opens, OFFICE.closes))
    assert all(CALENDAR.is_business_day(moment.date()) for moment in booked)


def test_the_post_of_a_weekend_is_booked_over_the_monday() -> None:
    booked = said(CHARGEBACK, at(12, days=5))
    assert {moment.date() for moment in booked} == {MONDAY + timedelta(days=7)}
    assert {moment.hour for moment in booked} == set(range(OFFICE.opens, OFFICE.closes))


def test_nothing_is_booked_on_a_public_holiday() -> None:
    king_s_day = instant_us(datetime(2026, 4, 27, 12, tzinfo=AMSTERDAM))
    assert {moment.date() for moment in said(CHARGEBACK, king_s_day)} == {date(2026, 4, 28)}


def test_what_the_card_network_tells_is_entered_by_the_team_on_any_day() -> None:
    entered = said(LabelSource.NETWORK_REPORT, at(0), 5000, DAY_US * 13 // 97)
    assert {moment.hour for moment in entered} == set(range(FRAUD_TEAM.opens, FRAUD_TEAM.closes))
    assert {moment.weekday() for moment in entered} == set(range(7))


def test_hours_are_those_of_the_bank_s_zone() -> None:
    tokyo = load_zone("Asia/Tokyo")
    hours = Hours(tokyo, Calendar("JP", date(2025, 6, 1), date(2032, 12, 31)), KEY)
    noon = at(12, zone=tokyo)
    assert hours.next(CHARGEBACK, noon) == noon
    assert HOURS.next(CHARGEBACK, noon) > noon  # four in the morning in Amsterdam


def test_on_the_day_of_the_change_to_summer_time_morning_is_by_the_clock() -> None:
    night = instant_us(datetime(2026, 3, 29, 1, 30, tzinfo=AMSTERDAM))
    assert {moment.hour for moment in said(REPORT, night) if moment.hour > 1} == {7, 8, 9}


def test_waiting_for_the_morning_leaves_delays_in_the_shares_of_their_mixture() -> None:
    """Of thefts by day: a report at the end of a range may move beyond it by a night."""
    edges = [edge * DAY_US for edge in (0, 1, 7, 30, 125)]
    delays = []
    for k in range(CASES):
        theft = at(8 + 14 * (k / CASES), days=k % 7)
        delays.append(HOURS.next(REPORT, theft + DelayConfig().draw_us(Draws(KEY, k, 0))) - theft)
    shares = [sum(low < delay <= high for delay in delays) / CASES for low, high in pairwise(edges)]
    assert shares == pytest.approx([0.25, 0.45, 0.20, 0.10], abs=0.02)


def test_the_same_moment_always_waits_as_long() -> None:
    again = Hours(AMSTERDAM, CALENDAR, KEY)
    assert [again.next(REPORT, at(2) + k) for k in range(50)] == [HOURS.next(REPORT, at(2) + k) for k in range(50)]


def test_the_epoch_is_utc() -> None:
    assert local_time(load_zone("UTC"), 0) == datetime(1970, 1, 1, tzinfo=UTC)
