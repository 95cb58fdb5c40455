"""Amounts: price points of each kind of shop, usual amounts, and what cash machines give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fintxsim.behaviour.config import WORLD, BehaviourConfig
from fintxsim.behaviour.prices import (
    PRICE_LASTS_DAYS,
    agent_sum,
    cash_amount,
    named_sum,
    price,
    price_point,
    routine_amount,
    usual_amount,
)
from fintxsim.population.categories import Price

ANY_TIME = settings(deadline=None)  # the first call compiles
SHOPS = st.integers(0, (1 << 64) - 1)  # states of merchants' streams
WANTED = st.floats(0.01, 5000.0)  # units of about one euro
UNIFORMS = st.integers(0, 2**52 - 1).map(lambda n: (n + 0.5) * 2.0**-52)
STYLES = st.sampled_from(Price)
CUSTOMERS = st.integers(0, 10_000_000)
MERCHANTS = st.integers(0, (1 << 45) - 1)
SEVERAL = BehaviourConfig().several_share


def point(style: Price, shop: int, wanted: float, v: float) -> float:
    return float(price_point(int(style), np.uint64(shop), wanted, SEVERAL, v))


def cents(amount: float) -> int:
    """The amount in cents; fails if there is a fraction of one."""
    whole = round(amount * 100.0)
    assert amount * 100.0 == pytest.approx(whole, abs=1e-6)
    return whole


def a_category(style: Price, *, median: float = 20.0, sigma: float = 0.8) -> Any:
    category = np.zeros(1, WORLD["categories"].base)[0]
    category["log_median"], category["sigma"], category["price"] = np.log(median), sigma, style
    return category


# --- price points


@ANY_TIME
@given(STYLES, SHOPS, WANTED, UNIFORMS)
def test_every_price_is_a_positive_number_of_cents(style: Price, shop: int, wanted: float, v: float) -> None:
    assert cents(point(style, shop, wanted, v)) >= 1


@ANY_TIME
@given(STYLES.filter(lambda style: style not in (Price.FIXED, Price.FARE)), SHOPS, st.floats(5.0, 5000.0), UNIFORMS)
def test_a_price_is_near_what_was_wanted(style: Price, shop: int, wanted: float, v: float) -> None:
    assert abs(point(style, shop, wanted, v) - wanted) <= max(2.5, wanted / 4.0)


@ANY_TIME
@given(SHOPS, WANTED, st.floats(0.40, 1.0, exclude_min=True, exclude_max=True))
def test_charm_prices_end_in_99_95_50_or_nothing(shop: int, wanted: float, v: float) -> None:
    assert cents(point(Price.CHARM, shop, wanted, v)) % 100 in (99, 95, 50, 0)


@ANY_TIME
@given(SHOPS, st.floats(0.01, 25.0), st.floats(0.0, 0.68, exclude_min=True, exclude_max=True))
def test_most_menu_prices_are_half_euros(shop: int, wanted: float, v: float) -> None:
    assert cents(point(Price.MENU, shop, wanted, v)) % 50 == 0


@ANY_TIME
@given(SHOPS, WANTED, st.floats(0.82, 1.0, exclude_min=True, exclude_max=True))
def test_the_last_menu_prices_are_twentieths_from_half_a_euro_on(shop: int, wanted: float, v: float) -> None:
    amount = cents(point(Price.MENU, shop, wanted, v))
    assert amount % 5 == 0
    assert amount >= 50


@ANY_TIME
@given(SHOPS, WANTED, st.floats(0.68, 0.82, exclude_min=True, exclude_max=True))
def test_between_them_menu_prices_are_tenths_from_half_a_euro_on(shop: int, wanted: float, v: float) -> None:
    amount = cents(point(Price.MENU, shop, wanted, v))
    assert amount % 10 == 0
    assert amount >= 50


@ANY_TIME
@given(SHOPS, st.floats(3.0, 5000.0), UNIFORMS)
def test_round_sums_are_fives_then_25s_then_hundreds(shop: int, wanted: float, v: float) -> None:
    step = 5 if wanted < 60.0 else 25 if wanted < 300.0 else 100
    assert point(Price.ROUND, shop, wanted, v) % step == 0.0


@ANY_TIME
@given(SHOPS, st.lists(WANTED, min_size=20, max_size=60), UNIFORMS)
def test_a_merchant_with_fixed_prices_has_four_of_them(shop: int, wanted: list[float], v: float) -> None:
    assert len({point(Price.FIXED, shop, amount, v) for amount in wanted}) <= 4


@ANY_TIME
@given(SHOPS, WANTED, UNIFORMS)
def test_fares_are_twentieths(shop: int, wanted: float, v: float) -> None:
    assert cents(point(Price.FARE, shop, wanted, v)) % 5 == 0


@ANY_TIME
@given(SHOPS, WANTED, UNIFORMS, UNIFORMS)
def test_fixed_prices_leave_nothing_to_luck(shop: int, wanted: float, one: float, other: float) -> None:
    assert point(Price.FIXED, shop, wanted, one) == point(Price.FIXED, shop, wanted, other)


@ANY_TIME
@given(SHOPS, WANTED, st.floats(0.0, 0.22, exclude_min=True, exclude_max=True))
def test_who_stops_at_a_round_sum_stops_at_a_multiple_of_five(shop: int, wanted: float, v: float) -> None:
    assert point(Price.METERED, shop, wanted, v) % 5.0 == 0.0


@ANY_TIME
@given(SHOPS, st.floats(0.01, 5000.0), st.floats(0.0, 0.96, exclude_min=True, exclude_max=True))
def test_a_basket_costs_what_it_costs(shop: int, wanted: float, v: float) -> None:
    assert abs(point(Price.BASKET, shop, wanted, v) - wanted) <= 0.005 + 1e-9


# --- amounts


@ANY_TIME
@given(STYLES, SHOPS, st.floats(-3.0, 3.0), st.sampled_from([(100.0, 100.0), (100.0, 16_500.0), (1.0, 1.0)]), UNIFORMS)
def test_an_amount_is_at_least_one_minor_unit(
    style: Price, shop: int, purse: float, money: tuple[float, float], u: float
) -> None:
    step, rate = money
    assert price(a_category(style, median=1.0), np.uint64(shop), purse, step, rate, SEVERAL, u, 0.5) >= 1


def test_the_median_of_a_category_is_the_median_of_its_amounts() -> None:
    category = a_category(Price.BASKET, median=20.0)
    count = 4001
    amounts = [
        price(category, np.uint64(k), 0.0, 100.0, 100.0, SEVERAL, (k % 61 + 0.5) / 61, 0.5) for k in range(count)
    ]
    spread = 0.8**2 + 0.4**2  # variances of the logarithms of tickets and of price levels
    standard_error = 1.2533 * (spread / count) ** 0.5
    assert abs(np.log(np.median(amounts) / 2000.0)) < 5.0 * standard_error


@ANY_TIME
@given(SHOPS, UNIFORMS, st.floats(0.1, 2.0))
def test_a_fuller_purse_pays_more(shop: int, u: float, more: float) -> None:
    category = a_category(Price.BASKET)
    poor, rich = (price(category, np.uint64(shop), purse, 100.0, 100.0, SEVERAL, u, 0.5) for purse in (0.0, more))
    assert rich >= poor


@ANY_TIME
@given(CUSTOMERS, MERCHANTS, SHOPS, STYLES)
def test_the_usual_costs_the_same_every_time(customer: int, merchant: int, shop: int, style: Price) -> None:
    order = (customer, merchant, np.uint64(shop), a_category(style), 0.0, 100.0, 100.0, SEVERAL)
    assert usual_amount(*order) == usual_amount(*order)


def test_what_is_usual_differs_from_customer_to_customer() -> None:
    category = a_category(Price.BASKET)
    amounts = {usual_amount(customer, 5, np.uint64(9), category, 0.0, 100.0, 100.0, SEVERAL) for customer in range(50)}
    assert len(amounts) > 40


def test_the_routine_costs_the_same_until_its_price_rises_which_it_does_once_in_507_days() -> None:
    days = range(int(2 * PRICE_LASTS_DAYS))
    paid = [routine_amount(17, 5, np.uint64(9), 40.0, 100.0, day) for day in days]
    assert paid == sorted(paid)
    assert len(set(paid)) == 3


def test_prices_rise_on_a_day_of_each_customer_s_own() -> None:
    def days_at_first_price(customer: int) -> int:
        first = routine_amount(customer, 5, np.uint64(9), 40.0, 100.0, 0)
        return next(day for day in range(600) if routine_amount(customer, 5, np.uint64(9), 40.0, 100.0, day) != first)

    assert len({days_at_first_price(customer) for customer in range(20)}) > 15


# --- cash


@ANY_TIME
@given(WANTED, UNIFORMS)
def test_machines_give_tens(wanted: float, v: float) -> None:
    amount = cash_amount(wanted, v)
    assert amount >= 10.0
    assert amount % 10.0 == 0.0


@ANY_TIME
@given(st.floats(40.0, 5000.0), st.floats(0.0, 0.75, exclude_min=True, exclude_max=True))
def test_most_large_sums_are_fifties(wanted: float, v: float) -> None:
    assert cash_amount(wanted, v) % 50.0 == 0.0


@ANY_TIME
@given(WANTED, WANTED, UNIFORMS)
def test_who_wants_more_cash_gets_no_less(one: float, other: float, v: float) -> None:
    low, high = sorted((one, other))
    assert cash_amount(low, v) <= cash_amount(high, v)


# --- sums that people name ------------------------------------------------------------------------------


def a_world(euro: float, step: float) -> Any:
    """A world in which a euro is so many minor units, and ``step`` of them are priced like one."""
    world = np.zeros(1, WORLD)
    world[0]["bank"]["euro"], world[0]["countries"][0]["step"] = euro, step
    return world[0]


@ANY_TIME
@given(st.integers(1, 1_000_000))
def test_in_euros_a_sum_is_named_to_the_cent(cents: int) -> None:
    assert named_sum(cents / 100.0, a_world(100.0, 100.0)) == cents


@ANY_TIME
@given(st.integers(1, 200), st.floats(60.0, 140.0))
def test_what_is_round_in_euros_is_round_in_pounds(fives: int, euro: float) -> None:
    assert named_sum(5.0 * fives, a_world(euro, 100.0)) % 500 == 0


@ANY_TIME
@given(st.floats(1.0, 3000.0))
def test_nobody_names_cents_of_a_shilling(euros: float) -> None:
    assert named_sum(euros, a_world(6278.0, 10_000.0)) % 100 == 0


@ANY_TIME
@given(st.floats(0.01, 5000.0))
def test_agents_change_round_sums(wanted: float) -> None:
    units = agent_sum(wanted)
    assert units > 0
    assert units % (0.5 if wanted < 10 else 1.0 if wanted < 50 else 5.0) == 0
