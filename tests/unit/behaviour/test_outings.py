"""Where a customer is at a time of the day, on an outing and on a journey."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fintxsim.behaviour.draft import DRAFT
from fintxsim.behaviour.outings import begin_day, city_at, distance_km, is_too_early, off_the_way, on_the_spot
from fintxsim.behaviour.timing import DAY_US, HOUR_US, MINUTE_US
from fintxsim.population.people import AT_HOME, PERSON
from fintxsim.setting import Setting
from tests.oracle.merchants import pack
from tests.oracle.worlds import Recipe, populate

Array = npt.NDArray[Any]
ANY_TIME = settings(deadline=None)  # the first call compiles
LOCAL_TIMES = st.floats(0.0, DAY_US - 1.0)
HOME, TOWN = 3, 7
DAYS = 14


def on_an_outing() -> Any:
    """Leaves at 9, is in town from 10 to 16, and back at 17."""
    person = np.zeros(1, PERSON)[0]
    person["city"], person["town"] = HOME, TOWN
    person["leaves"], person["arrives"], person["departs"], person["returns"] = 540, 600, 960, 1020
    return person


@pytest.fixture(scope="module")
def setting() -> Setting:
    return Recipe("Europe/Amsterdam", date(2026, 1, 1), seed=3, customers=400, days=DAYS).setting()


@pytest.mark.parametrize(("hour", "city"), [(8, HOME), (9.4, HOME), (9.6, TOWN), (15, TOWN), (16.6, HOME), (20, HOME)])
def test_on_the_way_the_nearer_end_counts(hour: float, city: int) -> None:
    assert city_at(on_an_outing(), AT_HOME, hour * HOUR_US) == city


def test_on_a_trip_the_city_visited_counts() -> None:
    assert city_at(on_an_outing(), 20, 12.0 * HOUR_US) == 20


@ANY_TIME
@given(LOCAL_TIMES)
def test_nothing_is_paid_on_the_way_and_moving_a_payment_off_it_does_not_change_its_city(local: float) -> None:
    person = on_an_outing()
    moved = off_the_way(person, local)
    assert not 540 * MINUTE_US < moved < 600 * MINUTE_US
    assert not 960 * MINUTE_US < moved < 1020 * MINUTE_US
    assert city_at(person, AT_HOME, moved) == city_at(person, AT_HOME, local)


def test_who_would_be_elsewhere_when_the_shop_is_open_waits_at_its_door() -> None:
    """Wanted at home at half past eight; the shop opens a quarter of an hour later, and noon would be in town."""
    paid = on_the_spot(on_an_outing(), HOME, 8.5 * HOUR_US, 12.0 * HOUR_US, 525.0, 1200.0)
    assert paid == 525 * MINUTE_US


def test_before_a_journey_has_ended_only_web_shops_are_paid(setting: Setting) -> None:
    world, person = setting.world[0], np.zeros(1, PERSON)[0]
    person["arrival"] = 100
    early, late, web, transfer = np.zeros(4, DRAFT)
    early["time"], late["time"], web["time"], transfer["time"] = 99, 100, 99, 99
    early["merchant"] = late["merchant"] = pack(HOME, 0, 0, 0)
    web["merchant"], transfer["merchant"] = pack(int(world["n_cities"]), 0, 0, 0), -1
    assert [is_too_early(draft, person, world) for draft in (early, late, web, transfer)] == [True, False, False, False]


def test_distances_agree_with_the_great_circle(setting: Setting) -> None:
    geography, world = setting.geography, setting.world[0]
    first = geography.cities[0]
    for number, city in enumerate(geography.cities[: geography.home_cities]):
        lat_a, lat_b = radians(first.lat), radians(city.lat)
        half = sin((lat_a - lat_b) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(first.lon - city.lon) / 2) ** 2
        assert distance_km(0, number, world) == pytest.approx(2 * 6371 * asin(sqrt(half)), rel=0.01, abs=0.1)


def days_of(setting: Setting, nights: list[int]) -> tuple[Array, list[Array]]:
    """Days of everybody, who all spend the same nights away; what is known of them on each day."""
    people, _ = populate(setting)
    known = []
    for number, visited in enumerate(nights):
        day = setting.day_record(number)
        for customer in range(len(people)):
            begin_day(people[customer], customer, visited, False, day[0], setting.world[0])
        known.append(people.copy())
    return people, known


def test_many_go_out_and_come_back_and_it_takes_as_long_as_the_way_is(setting: Setting) -> None:
    world = setting.world[0]
    _, days = days_of(setting, [AT_HOME] * DAYS)
    out = [person for people in days for person in people if person["town"] != AT_HOME]
    assert 0.3 < len(out) / (DAYS * len(days[0])) < 0.7
    for person in out:
        km = distance_km(int(person["city"]), int(person["town"]), world)
        assert 0 <= person["leaves"] < person["arrives"] < person["departs"] < person["returns"] < 24 * 60
        assert person["arrives"] - person["leaves"] >= km / 1.25
        assert person["returns"] - person["departs"] >= km / 1.25
    assert all((people["arrival"] == 0).all() for people in days)


def test_most_outings_on_working_days_lead_to_the_second_town(setting: Setting) -> None:
    _, days = days_of(setting, [AT_HOME] * DAYS)
    commuters = np.flatnonzero(days[0]["second_town"] != days[0]["city"])
    workdays = [people for number, people in enumerate(days) if not setting.day_record(number)[0]["weekend"]]
    there = np.mean([people["town"][commuters] == people["second_town"][commuters] for people in workdays])
    assert 0.6 < there <= 0.95


def test_between_nights_in_two_cities_there_is_a_journey_and_no_outing(setting: Setting) -> None:
    far = setting.geography.home_cities
    nights = [AT_HOME, far, far, AT_HOME]
    _, days = days_of(setting, nights)
    for number, (before, after) in enumerate(pairwise(nights), start=1):
        start = int(setting.day_record(number)[0]["start"])
        hours = (days[number]["arrival"] - start) / HOUR_US
        assert (hours > 6.0).all() if before != after else (days[number]["arrival"] == 0).all()
        assert (hours <= 22.0).all()
        if before != after or after != AT_HOME:
            assert (days[number]["town"] == AT_HOME).all()


def test_before_the_first_day_nobody_is_on_a_journey(setting: Setting) -> None:
    _, (first,) = days_of(setting, [setting.geography.home_cities])
    assert (first["arrival"] == 0).all()
