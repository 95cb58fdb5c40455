"""Microseconds that nobody shares, and moments of the day in local time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fintxsim.behaviour.timing import (
    DAY,
    DAY_US,
    HOUR_US,
    KNOTS,
    MINUTE_US,
    event_spacing,
    hour_tables,
    in_opening_hours,
    inside,
    offset_at,
    opening_table,
    own_microsecond,
    time_of_day,
    to_utc,
)
from fintxsim.population.categories import Hours
from fintxsim.streams import bits, mix

ANY_TIME = settings(deadline=None)  # the first call compiles
WORD = 1 << 64
KEYS = st.integers(0, WORD - 1)
SPANS = st.integers(0, 1 << 34)
UNIFORMS = st.floats(0.0, 1.0, exclude_max=True)
CURVES = st.sampled_from(Hours)
WEEKENDS = st.integers(0, 1)
LOCAL_TIMES = st.floats(0.0, DAY_US - 1.0)
OFFSETS = st.integers(-48, 56).map(lambda quarters: 15 * quarters)  # minutes: from UTC-12 to UTC+14
TABLES = hour_tables()
MIDNIGHT_UTC = 20_000 * DAY_US
NEVER = 1 << 62


def moment(key: int, span: int, shift: int, customer: int, twin: int) -> int:
    return int(own_microsecond(np.uint64(key), span, shift, customer, twin))


def owner(key: int, shift: int, time: int) -> tuple[int, int]:
    """Customer and twin to whom a microsecond belongs: the permutation backwards. That there is one proves it one."""
    size, span = 1 << shift, time >> shift
    state = int(mix(np.uint64(key ^ span)))
    odd = int(bits(np.uint64(state), 0)) | 1
    x = (time - span * size - (odd >> 32)) * pow(odd, -1, size) % size
    unfolded = x
    for _ in range(shift // 9 + 1):
        unfolded = x ^ unfolded >> 9
    x = (unfolded * pow(odd, -1, size) ^ state) % size
    return x // 2, x % 2


def a_day(*, home: int = 0, change: int = NEVER, by: int = 0, customers: int = 1000) -> Any:
    """A day of a home zone ``home`` minutes ahead of UTC whose clocks change ``by`` minutes at ``change``."""
    day = np.zeros(1, DAY)[0]
    day["spacing"] = event_spacing(customers)
    day["shift"] = int(day["spacing"]).bit_length() - 1
    day["start"] = MIDNIGHT_UTC - home * MINUTE_US
    day["end"] = day["start"] + DAY_US - (by * MINUTE_US if change < NEVER else 0)
    day["zones"][0] = home, home + by, change
    return day


def zone_of(offset: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A zone whose clocks do not change."""
    return np.array([offset, offset, NEVER])


def clock(zone: np.ndarray[Any, np.dtype[np.int64]], time: int) -> int:
    """What the clocks of a zone show, in microseconds since midnight."""
    return (time + int(offset_at(zone, time)) * MINUTE_US) % DAY_US


def is_moved(day: Any, time: int) -> bool:
    """Whether a time lies where the day's first and last moments are moved to."""
    return time in (day["start"] + 2 * day["spacing"], day["end"] - 64 * day["spacing"])


# --- a microsecond of one's own


@ANY_TIME
@given(KEYS, SPANS, st.integers(1, 11))
def test_the_slots_of_a_span_are_dealt_out_one_to_one(key: int, span: int, shift: int) -> None:
    dealt = [moment(key, span, shift, slot // 2, slot % 2) for slot in range(1 << shift)]
    assert sorted(dealt) == list(range(span << shift, (span + 1) << shift))


@ANY_TIME
@given(KEYS, SPANS, st.integers(16, 24), st.data())
def test_a_microsecond_tells_whose_it_is_to_those_who_have_the_key(
    key: int, span: int, shift: int, data: st.DataObject
) -> None:
    customer, twin = data.draw(st.integers(0, (1 << shift - 1) - 1)), data.draw(st.integers(0, 1))
    time = moment(key, span, shift, customer, twin)
    assert time >> shift == span
    assert owner(key, shift, time) == (customer, twin)


@pytest.mark.parametrize("customers", [1, 1000, 32_768, 32_769, 100_000])
def test_no_two_customers_share_a_microsecond(customers: int) -> None:
    shift = event_spacing(customers).bit_length() - 1
    taken = {moment(42, 7, shift, customer, twin) for customer in range(customers) for twin in (0, 1)}
    assert len(taken) == 2 * customers


def test_each_span_deals_its_slots_anew() -> None:
    orders = {tuple(np.argsort([moment(42, span, 16, customer, 0) for customer in range(50)])) for span in range(100)}
    assert len(orders) == 100


def test_a_low_number_is_not_early() -> None:
    customers, spans, shift = 1000, 20, 16
    times = [[moment(42, span, shift, c, 0) for c in range(customers)] for span in range(spans)]
    places = np.array(times) % (1 << shift)
    correlation = np.corrcoef(np.tile(np.arange(customers), spans), places.ravel())[0, 1]
    assert abs(correlation) < 5.0 / (customers * spans) ** 0.5


@given(st.integers(1, 50_000_000))
def test_a_span_has_two_slots_for_each_customer(customers: int) -> None:
    spacing = event_spacing(customers)
    assert spacing >= 2 * customers
    assert spacing.bit_count() == 1
    assert spacing == 1 << 16 or spacing < 4 * customers


def test_two_events_of_a_customer_are_half_a_second_apart_in_a_bank_of_200_000_and_two_in_one_of_a_million() -> None:
    assert event_spacing(200_000) == pytest.approx(0.5e6, rel=0.05)
    assert event_spacing(1_000_000) == pytest.approx(2e6, rel=0.05)


# --- hours of the day


def test_curves_rise_from_midnight_to_midnight() -> None:
    assert TABLES.shape == (len(Hours), 2, KNOTS + 1)
    assert (np.diff(TABLES, axis=2) > 0.0).all()
    assert (TABLES[:, :, 0] == 0.0).all()
    assert TABLES[:, :, -1] == pytest.approx(np.full((len(Hours), 2), DAY_US))


@ANY_TIME
@given(CURVES, WEEKENDS, UNIFORMS, UNIFORMS)
def test_a_higher_quantile_is_later_in_the_same_day(curve: int, weekend: int, one: float, other: float) -> None:
    earlier, later = (time_of_day(TABLES, int(curve), weekend, u) for u in sorted((one, other)))
    assert 0.0 <= earlier <= later <= DAY_US


@pytest.mark.parametrize("curve", [hours for hours in Hours if hours not in (Hours.NIGHT, Hours.ONLINE)])
def test_people_are_out_by_day(curve: Hours) -> None:
    quantiles = [time_of_day(TABLES, int(curve), 0, (k + 0.5) / 1000) for k in range(1000)]
    asleep = sum(2 * HOUR_US <= time < 5 * HOUR_US for time in quantiles)
    assert asleep < 20


# --- opening hours


@ANY_TIME
@given(LOCAL_TIMES, UNIFORMS, st.sampled_from(opening_table().tolist()), st.floats(-30.0, 30.0))
def test_nobody_buys_at_a_closed_shop(local: float, u: float, hours: list[int], shift: float) -> None:
    opens, closes = hours[0] + shift, hours[1] + shift
    assert opens * MINUTE_US <= in_opening_hours(local, u, opens, closes) <= closes * MINUTE_US


@ANY_TIME
@given(st.floats(7.0 * HOUR_US, 22.0 * HOUR_US, exclude_max=True), UNIFORMS)
def test_who_comes_to_an_open_shop_is_served_at_once(local: float, u: float) -> None:
    assert in_opening_hours(local, u, 7.0 * 60.0, 22.0 * 60.0) == local


# --- from local time to UTC


@ANY_TIME
@given(OFFSETS, OFFSETS, LOCAL_TIMES)
def test_clocks_at_the_payer_show_his_local_time(home: int, offset: int, local: float) -> None:
    day, zone = a_day(home=home), zone_of(offset)
    time = int(to_utc(day, zone, local))
    assume(not is_moved(day, time))
    assert abs(clock(zone, time) - local) <= 1.0


@ANY_TIME
@given(OFFSETS, LOCAL_TIMES, st.integers(0, 24), st.sampled_from([-60, -30, 30, 60, 120]))
def test_clocks_show_the_local_time_on_a_day_on_which_they_change(home: int, local: float, hour: int, by: int) -> None:
    change = MIDNIGHT_UTC - home * MINUTE_US + hour * HOUR_US
    day = a_day(home=home, change=change, by=by)
    time = int(to_utc(day, day["zones"][0], local))
    is_skipped_or_repeated = abs(local - hour * HOUR_US) <= abs(by) * MINUTE_US
    assume(not is_skipped_or_repeated and not is_moved(day, time))
    assert abs(clock(day["zones"][0], time) - local) <= 1.0


@ANY_TIME
@given(OFFSETS, OFFSETS, LOCAL_TIMES, st.sampled_from([-60, 0, 60]))
def test_what_a_day_brings_lies_inside_it(home: int, offset: int, local: float, by: int) -> None:
    change = MIDNIGHT_UTC - home * MINUTE_US + 2 * HOUR_US if by else NEVER
    day = a_day(home=home, change=change, by=by)
    assert day["start"] < to_utc(day, zone_of(offset), local) < day["end"]


@ANY_TIME
@given(st.integers(-2 * DAY_US, 2 * DAY_US))
def test_inside_leaves_room_for_what_follows(minutes: int) -> None:
    day = a_day()
    time = inside(day, MIDNIGHT_UTC + minutes)
    assert day["start"] + 2 * day["spacing"] <= time <= day["end"] - 64 * day["spacing"]


@ANY_TIME
@given(st.integers(2 << 16, DAY_US - (64 << 16)))
def test_inside_moves_nothing_that_has_room(since_midnight: int) -> None:
    assert inside(a_day(), MIDNIGHT_UTC + since_midnight) == MIDNIGHT_UTC + since_midnight


def test_the_offset_changes_at_the_moment_of_the_change() -> None:
    zone = np.array([60, 120, MIDNIGHT_UTC])
    assert [offset_at(zone, MIDNIGHT_UTC + k) for k in (-1, 0, 1)] == [60, 120, 120]
