"""Local days, changes of offset, business days, seasons and due dates."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fintxsim.clock import Calendar, day_window_us, load_zone, near_matches, zone_day, zone_days, zone_names
from fintxsim.errors import FintxsimError, InputError

HOUR_US = 3_600_000_000
ANY_ZONE = st.sampled_from(sorted(zone_names()))
DAYS_TO_COME = st.dates(date(2024, 1, 1), date(2040, 12, 31))
COUNTRIES = ("NL", "GB", "US", "IN", "JP", "KE", "BR", "TR", "SA", "ZZ")


def instant_us(*parts: int) -> int:
    return (datetime(*parts, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def year(country: str, number: int) -> Calendar:
    return Calendar(country, date(number, 1, 1), date(number, 12, 31))


def days_of(calendar: Calendar) -> list[date]:
    return [calendar.first + timedelta(days=k) for k in range((calendar.last - calendar.first).days + 1)]


# --- zones


def test_a_zone_is_read_once():
    assert load_zone("Asia/Tokyo") is load_zone("Asia/Tokyo")


def test_zones_do_not_come_from_the_system(monkeypatch):
    monkeypatch.setattr(zoneinfo, "TZPATH", ())
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    load_zone.cache_clear()
    assert load_zone("Africa/Nairobi").utcoffset(datetime(2026, 1, 1)) == timedelta(hours=3)


def test_an_unknown_zone_is_refused_with_near_matches():
    with pytest.raises(InputError, match=r"timezone: 'europe/amsterdm'.*Did you mean Europe/Amsterdam"):
        load_zone("europe/amsterdm")


@pytest.mark.parametrize("name", ["", "../zones", "Europe", "/etc/localtime", "Europe/Amsterdam "])
def test_a_path_is_not_a_zone(name):
    with pytest.raises(InputError):
        load_zone(name)


def test_nothing_near_gives_no_suggestion():
    assert near_matches("qqqq", ["EUR", "USD"]) == ""


# --- windows of local days


def test_a_plain_day_lasts_from_midnight_to_midnight():
    window = day_window_us(load_zone("Asia/Tokyo"), date(2026, 1, 1))
    assert window == (instant_us(2025, 12, 31, 15), instant_us(2026, 1, 1, 15))


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_summer_time_changes_the_length_of_a_day(day, hours):
    start, end = day_window_us(load_zone("Europe/Amsterdam"), day)
    assert end - start == hours * HOUR_US


def test_a_day_without_midnight_begins_where_the_gap_does():
    start, end = day_window_us(load_zone("America/Sao_Paulo"), date(2018, 11, 4))
    assert (start, end - start) == (instant_us(2018, 11, 4, 3), 23 * HOUR_US)


def test_of_two_midnights_the_first_begins_the_day():
    # St John's went back from 00:01 to 23:01.
    start, _ = day_window_us(load_zone("America/St_Johns"), date(2010, 11, 7))
    assert start == instant_us(2010, 11, 7, 2, 30)


def test_a_skipped_day_is_empty():
    start, end = day_window_us(load_zone("Pacific/Apia"), date(2011, 12, 30))
    assert start == end == instant_us(2011, 12, 30, 10)


@pytest.mark.parametrize("day", [date(1969, 12, 31), date(2200, 1, 1)])
def test_a_day_outside_the_supported_years_is_refused(day):
    with pytest.raises(InputError, match="cannot be simulated"):
        day_window_us(load_zone("UTC"), day)


@given(ANY_ZONE, DAYS_TO_COME)
def test_windows_of_consecutive_days_touch_and_last_22_to_26_hours(name, day):
    zone = load_zone(name)
    start, end = day_window_us(zone, day)
    assert day_window_us(zone, day + timedelta(days=1))[0] == end
    assert 22 * HOUR_US <= end - start <= 26 * HOUR_US


@given(ANY_ZONE, st.dates(date(1970, 1, 1), date(2199, 12, 30)))
def test_windows_touch_and_never_run_backwards_in_any_year(name, day):
    zone = load_zone(name)
    start, end = day_window_us(zone, day)
    assert start <= end == day_window_us(zone, day + timedelta(days=1))[0]


@given(ANY_ZONE, DAYS_TO_COME)
def test_a_window_begins_at_the_first_instant_of_its_date(name, day):
    zone = load_zone(name)
    start, _ = day_window_us(zone, day)
    first = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=start)
    assert first.astimezone(zone).date() == day
    assert (first - timedelta(microseconds=1)).astimezone(zone).date() == day - timedelta(days=1)


# --- changes of offset within a window


def test_a_zone_without_a_change_keeps_its_offset():
    assert zone_day("Asia/Kolkata", 0, 24 * HOUR_US) == (330, 330, 24 * HOUR_US)


def test_a_change_splits_the_window_at_its_instant():
    window = day_window_us(load_zone("Asia/Tokyo"), date(2026, 3, 29))
    assert zone_day("Europe/Amsterdam", *window) == (60, 120, instant_us(2026, 3, 29, 1))


def test_a_change_at_the_start_is_over_and_one_at_the_end_is_to_come():
    change = instant_us(2026, 3, 29, 1)
    assert zone_day("Europe/Amsterdam", change, change + HOUR_US) == (120, 120, change + HOUR_US)
    assert zone_day("Europe/Amsterdam", change - HOUR_US, change) == (60, 60, change)


def test_offsets_before_utc_with_minutes_keep_their_sign():
    assert zone_day("America/St_Johns", instant_us(2026, 1, 1), instant_us(2026, 1, 2))[0] == -210


def test_many_zones_give_one_row_each():
    rows = zone_days(["UTC", "Asia/Kolkata"], 0, HOUR_US)
    assert rows.dtype == np.int64
    assert rows.tolist() == [[0, 0, HOUR_US], [330, 330, HOUR_US]]


def test_no_zones_give_no_rows():
    assert zone_days([], 0, HOUR_US).shape == (0, 3)


@given(ANY_ZONE, DAYS_TO_COME, st.integers(0, 10**6))
def test_the_offsets_of_a_window_are_those_of_the_zone(name, day, millionth):
    start, end = day_window_us(load_zone("UTC"), day)
    before, after, change = zone_day(name, start, end)
    instant = start + (end - start - 1) * millionth // 10**6
    moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=instant)
    expected = moment.astimezone(load_zone(name)).utcoffset()
    assert timedelta(minutes=before if instant < change else after) == expected


# --- business days and seasons


def test_a_public_holiday_is_no_business_day():
    calendar = year("NL", 2026)
    assert calendar.is_holiday(date(2026, 4, 27))
    assert not calendar.is_business_day(date(2026, 4, 27))
    assert calendar.is_business_day(date(2026, 4, 28))


def test_the_weekend_is_that_of_the_country():
    friday, sunday = date(2026, 6, 12), date(2026, 6, 14)
    assert [year("NL", 2026).is_business_day(day) for day in (friday, sunday)] == [True, False]
    assert [year("SA", 2026).is_business_day(day) for day in (friday, sunday)] == [False, True]


def test_an_unknown_country_has_no_holidays():
    assert not any(year("ZZ", 2026).is_holiday(day) for day in days_of(year("ZZ", 2026)))


@pytest.mark.parametrize("ask", ["is_holiday", "is_business_day", "season_weight", "week_weight", "due_days"])
@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_a_date_outside_the_calendar_is_refused(ask, day):
    with pytest.raises(FintxsimError, match="outside the calendar"):
        getattr(year("NL", 2026), ask)(day)


@pytest.mark.parametrize("country", COUNTRIES)
def test_season_weights_average_1(country):
    calendar = year(country, 2026)
    weights = [calendar.season_weight(day) for day in days_of(calendar)]
    assert sum(weights) / len(weights) == pytest.approx(1.0, abs=0.01)


def test_the_middle_of_a_month_has_the_month_s_weight():
    assert year("NL", 2026).season_weight(date(2026, 2, 15)) == 0.93


def test_between_two_middles_the_weight_is_linear():
    assert year("NL", 2026).season_weight(date(2026, 5, 1)) == pytest.approx(0.99 + 0.02 * 16 / 30)


def test_the_days_before_christmas_are_the_busiest_where_it_is_a_holiday():
    calendar = year("NL", 2026)
    assert max(days_of(calendar), key=calendar.season_weight) == date(2026, 12, 24)


def test_without_a_christmas_holiday_december_only_follows_the_table():
    assert year("SA", 2026).season_weight(date(2026, 12, 24)) < 1.15


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_days_of_a_week_without_a_holiday_average_1(country):
    calendar = year(country, 2026)
    week = next(
        week
        for week in (days_of(calendar)[k : k + 7] for k in range(300))
        if not any(calendar.is_holiday(day) for day in week)
    )
    assert sum(calendar.week_weight(day) for day in week) / 7 == pytest.approx(1.0)


def test_a_week_s_volume_is_largest_on_its_first_day_off_and_smallest_on_its_last():
    week = [date(2026, 6, 15) + timedelta(days=k) for k in range(7)]
    for country, first, last in (("NL", 5, 6), ("SA", 4, 5)):
        by_volume = sorted(week, key=year(country, 2026).week_weight)
        assert (by_volume[-1].weekday(), by_volume[0].weekday()) == (first, last)


def test_a_public_holiday_is_like_a_sunday():
    calendar = year("NL", 2026)
    assert calendar.week_weight(date(2026, 4, 27)) == calendar.week_weight(date(2026, 5, 3))


# --- due dates


def bits(*days: int) -> int:
    return sum(1 << day for day in days)


def test_a_business_day_is_due_for_itself():
    assert year("NL", 2026).due_days(date(2026, 6, 10)) == bits(10)


def test_a_monday_is_due_for_the_weekend_too():
    assert year("NL", 2026).due_days(date(2026, 6, 15)) == bits(13, 14, 15)


def test_nothing_is_due_on_a_day_off():
    calendar = year("NL", 2026)
    assert [calendar.due_days(day) for day in (date(2026, 6, 13), date(2026, 4, 27))] == [0, 0]


def test_days_that_a_short_month_lacks_go_with_its_last_day():
    assert year("NL", 2026).due_days(date(2026, 4, 30)) == bits(30, 31)


def test_days_off_at_a_month_s_end_roll_into_the_next_month():
    assert year("NL", 2026).due_days(date(2026, 3, 2)) == bits(28, 29, 30, 31, 1, 2)


def test_the_first_day_of_a_calendar_looks_back_beyond_it():
    assert Calendar("NL", date(2026, 6, 15), date(2026, 6, 15)).due_days(date(2026, 6, 15)) == bits(13, 14, 15)


@pytest.mark.parametrize("country", ["NL", "DE", "FR", "GB", "US", "IN", "JP", "KE", "BR", "ZZ"])
@pytest.mark.parametrize("number", range(2024, 2032))
def test_every_day_of_the_month_is_due_12_times_a_year(country, number):
    calendar = year(country, number)
    due = [calendar.due_days(day) for day in days_of(calendar)]
    assert [sum(mask >> k & 1 for mask in due) for k in range(1, 29)] == [12] * 28


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(COUNTRIES), st.integers(2000, 2040))
def test_between_two_business_days_every_date_is_due_once(country, number):
    calendar = Calendar(country, date(number, 1, 1), date(number + 1, 2, 1))
    open_days = [day for day in days_of(calendar) if calendar.is_business_day(day)]
    dates = [day for day in days_of(calendar) if open_days[0] < day <= open_days[-1]]
    due = [calendar.due_days(day) for day in dates]
    counts = [sum(mask >> k & 1 for mask in due) for k in range(1, 29)]
    assert counts == [sum(day.day == k for day in dates) for k in range(1, 29)]


def test_years_beyond_the_known_moving_holidays_keep_the_fixed_ones():
    assert year("IN", 2045).is_holiday(date(2045, 8, 15))
