"""The crowd of merchants: codes, popularity by rank, leases that end, and what the bank has met."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fintxsim.errors import InputError
from fintxsim.population.categories import BY_NAME
from fintxsim.population.merchants import (
    HEAD,
    MAX_TERMINALS,
    build_universe,
    category_of,
    draw_rank,
    generation_of,
    mark_seen,
    opened_day,
    pack,
    place_of,
    profile,
    rank_of,
    tenant,
    terminals_of,
)
from fintxsim.population.places import build_geography

ANY_TIME = settings(deadline=None)  # the first call compiles
KEYS = st.integers(0, (1 << 64) - 1)
PLACES, CATEGORIES = st.integers(0, (1 << 11) - 1), st.integers(0, 63)
RANKS, GENERATIONS = st.integers(0, (1 << 22) - 1), st.integers(0, 63)
DATES = st.integers(7305, 30_000)  # from 1990-01-01 to 2052
LEASES = st.tuples(st.floats(2.0, 50.0), st.floats(0.0, 50.0)).map(
    lambda years: np.array([years[0], years[0] + years[1]]) * 365.25
)
UNIFORMS = st.integers(0, 2**52 - 1).map(lambda n: (n + 0.5) * 2.0**-52)
SIZES = st.integers(1, (1 << 22) - 1)
LAST_GENERATION = 63


def share_below(rank: float, size: int) -> float:
    """Share of the customers who go to the merchants before a rank, by the law (r + q)**-1.125."""
    return float((1.0 - (1.0 + rank / HEAD) ** -0.125) / (1.0 - (1.0 + size / HEAD) ** -0.125))


def ranks_at_equal_steps(size: int, count: int) -> np.ndarray:
    return np.array([draw_rank((k + 0.5) / count, size) for k in range(count)])


def holder(key: int, rank: int, date: int, lease: np.ndarray) -> int:
    return int(tenant(np.uint64(key), 3, 7, rank, date, lease))


# --- codes


@ANY_TIME
@given(PLACES, CATEGORIES, RANKS, GENERATIONS)
def test_a_code_keeps_its_parts_in_45_bits(place: int, category: int, rank: int, generation: int) -> None:
    code = pack(place, category, rank, generation)
    assert 0 <= code < 1 << 45
    assert (place_of(code), category_of(code), rank_of(code), generation_of(code)) == (
        place,
        category,
        rank,
        generation,
    )


@ANY_TIME
@given(KEYS, RANKS)
def test_every_merchant_has_one_to_eight_tills(key: int, rank: int) -> None:
    assert 1 <= terminals_of(np.uint64(profile(np.uint64(key), pack(3, 7, rank, 0))), rank) <= MAX_TERMINALS


# --- popularity


@ANY_TIME
@given(UNIFORMS, SIZES)
def test_a_rank_is_one_of_the_place(u: float, size: int) -> None:
    assert 0 <= draw_rank(u, size) < size


@ANY_TIME
@given(UNIFORMS, SIZES)
def test_a_rank_is_drawn_as_often_as_the_law_says(u: float, size: int) -> None:
    rank = draw_rank(u, size)
    assert share_below(rank, size) <= u + 1e-9
    assert share_below(rank + 1, size) >= u - 1e-9


@pytest.mark.parametrize("size", [300, 10_000, 1_000_000])
def test_the_largest_shop_takes_about_a_twentyfifth(size: int) -> None:
    ranks = ranks_at_equal_steps(size, 20_000)
    assert 0.02 < (ranks == 0).mean() < 0.05


def test_popularity_falls_with_the_power_of_one_and_an_eighth() -> None:
    ranks = ranks_at_equal_steps(1_000_000, 400_000)
    middles, shares = [], []
    for low in (64, 256, 1024, 4096, 16_384):
        middles.append(2.0**0.5 * low + HEAD)
        shares.append(((ranks >= low) & (ranks < 2 * low)).mean() / low)
    slope = np.polyfit(np.log(middles), np.log(shares), 1)[0]
    assert slope == pytest.approx(-1.125, abs=0.01)


# --- leases


@ANY_TIME
@given(KEYS, RANKS, DATES, LEASES)
def test_a_merchant_opened_no_later_than_it_is_met(key: int, rank: int, date: int, lease: np.ndarray) -> None:
    assert opened_day(np.uint64(key), holder(key, rank, date, lease), lease) <= date


@ANY_TIME
@given(KEYS, RANKS, DATES, LEASES)
def test_on_the_day_of_its_opening_a_merchant_takes_over(key: int, rank: int, date: int, lease: np.ndarray) -> None:
    code = holder(key, rank, date, lease)
    assume(generation_of(code) > 0)
    opened = opened_day(np.uint64(key), code, lease)
    assert holder(key, rank, opened, lease) == code
    assert holder(key, rank, opened - 1, lease) == code - 1


@ANY_TIME
@given(KEYS, RANKS, LEASES)
def test_a_lease_lasts_as_long_as_leases_do(key: int, rank: int, lease: np.ndarray) -> None:
    last = generation_of(holder(key, rank, 30_000, lease))
    opened = [opened_day(np.uint64(key), pack(3, 7, rank, generation), lease) for generation in range(last + 1)]
    lasted = np.diff(opened)
    assert (lasted >= lease[0] - 1.0).all()
    assert (lasted <= lease[1] + 1.0).all()
    assert np.ptp(lasted) <= 1 if len(lasted) else True


@ANY_TIME
@given(KEYS, RANKS, DATES, st.integers(0, 3660), LEASES)
def test_tenants_follow_one_another(key: int, rank: int, date: int, later: int, lease: np.ndarray) -> None:
    now, then = holder(key, rank, date, lease), holder(key, rank, date + later, lease)
    assert now <= then <= now + later / lease[0] + 1
    assert now - generation_of(now) == then - generation_of(then)


@ANY_TIME
@given(KEYS, RANKS, LEASES)
def test_generations_end_with_the_last_that_a_code_can_hold(key: int, rank: int, lease: np.ndarray) -> None:
    assert generation_of(holder(key, rank, 10_000_000, lease)) == LAST_GENERATION


# --- what the bank has met


def test_a_merchant_and_a_till_are_new_once() -> None:
    codes = np.array([pack(0, 0, 1, 0), -1, pack(0, 0, 1, 0), pack(0, 0, 1, 0), pack(0, 1, 0, 0), pack(0, 0, 1, 1)])
    tills = np.array([0, 0, 0, 1, 0, 0], np.int32)
    offsets, seen = np.array([[0, 4]]), np.zeros(8, np.uint64)
    merchants_at, tills_at = np.zeros(6, np.int64), np.zeros(6, np.int64)
    found = mark_seen(codes, tills, offsets, seen, merchants_at, tills_at)
    assert merchants_at[: found[0]].tolist() == [0, 4, 5]
    assert tills_at[: found[1]].tolist() == [0, 3, 4, 5]
    assert mark_seen(codes, tills, offsets, seen, merchants_at, tills_at) == (0, 0)


# --- how many there are


def test_every_place_has_a_merchant_of_every_category() -> None:
    geography = build_geography("Europe/Amsterdam")
    universe = build_universe(geography, None, (4.0, 20.0))
    assert universe.sizes.shape[0] == len(geography.cities) + len(geography.countries)
    assert universe.sizes.min() >= 1
    assert universe.total == universe.sizes.sum() == universe.offsets[-1, -1] + universe.sizes[-1, -1]


def test_the_cities_at_home_have_as_many_merchants_as_asked_for() -> None:
    geography = build_geography("Europe/Amsterdam")
    sizes = build_universe(geography, 200_000, (4.0, 20.0)).sizes[: geography.home_cities]
    assert abs(int(sizes.sum()) - 200_000) <= sizes.size  # each of them is rounded


def test_a_city_has_the_merchants_of_its_region() -> None:
    """The listed cities hold about a third of the Dutch; there is a restaurant for every 400 of all of them."""
    geography = build_geography("Europe/Amsterdam")
    sizes = build_universe(geography, None, (4.0, 20.0)).sizes[: geography.home_cities, BY_NAME["restaurant"]]
    assert sizes.sum() == pytest.approx(18e6 / 400, rel=0.2)


def test_where_few_shops_take_payments_there_are_few_merchants() -> None:
    geography = build_geography("Europe/London")
    few, all_of_them = (build_universe(geography, None, (4.0, 20.0), share) for share in (0.05, 1.0))
    assert few.total == pytest.approx(0.05 * all_of_them.total, rel=0.05)


def test_more_merchants_than_can_be_remembered_are_refused() -> None:
    with pytest.raises(InputError, match=r"population.merchants: 1,000,000,000 merchants need .* MiB"):
        build_universe(build_geography("Europe/Amsterdam"), 1_000_000_000, (4.0, 20.0))
