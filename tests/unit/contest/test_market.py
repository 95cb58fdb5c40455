"""What criminals can find on the market of a small world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fintxsim.behaviour.timing import DAY_US, HOUR_US
from fintxsim.contest.market import StreetMarket
from fintxsim.engine import World
from fintxsim.population.merchants import MAX_TERMINALS, asks_for_cvv, opened_day, profile
from fintxsim.population.people import SAVINGS
from fintxsim.population.places import STRIPE_COUNTRIES
from fintxsim.streams import Draws, Purpose, purpose_key
from fintxsim.typologies.market import Shop, Wanted
from fintxsim.vocabulary import Direction, EntryMode, Segment
from tests.worlds.kit import open_world

KEY = purpose_key(1, 2)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    opened = open_world(tmp_path_factory.mktemp("market"), customers=2_000, days=6)
    opened.step()
    yield opened
    opened.close()


@pytest.fixture
def market(world: World) -> StreetMarket:
    return world.street_market


def draws(number: int = 0) -> Draws:
    return Draws(KEY, number, 0)


def picked(market: StreetMarket, wanted: Wanted) -> np.ndarray:
    return np.array(market.pick_customers(draws(), 300, wanted))


def test_customers_are_picked_each_once(market: StreetMarket) -> None:
    for wanted in Wanted:
        some = market.pick_customers(draws(3), 50, wanted)
        assert len(set(some)) == len(some) == 50 or wanted == Wanted.SAVER


def test_who_fits_is_picked(world: World, market: StreetMarket) -> None:
    people = world.people
    assert people["has_credit"][picked(market, Wanted.CREDIT)].all()
    assert (people["balance"][picked(market, Wanted.SAVER), SAVINGS] > 0).all()
    assert (people["age_band"][picked(market, Wanted.ELDERLY)] >= 5).mean() > 1.5 * (people["age_band"] >= 5).mean()
    business = (Segment.SELF_EMPLOYED, Segment.SMALL_BUSINESS)
    share = np.isin(people["segment"], business).mean()
    assert np.isin(people["segment"][picked(market, Wanted.BUSINESS)], business).mean() > 2 * share


def test_web_shops_are_where_they_are_asked_for(market: StreetMarket) -> None:
    at_home = [market.web_shop(draws(k), "electronics") for k in range(20)]
    abroad = [market.web_shop(draws(k), "electronics", foreign=True) for k in range(20)]
    assert {shop.country for shop in at_home} == {0}
    assert 0 not in {shop.country for shop in abroad}
    assert {shop.city for shop in (*at_home, *abroad)} == {-1}
    assert {shop.category for shop in (*at_home, *abroad)} == {"electronics"}


def test_foreign_web_shops_are_in_the_countries_where_honest_customers_buy(world: World, market: StreetMarket) -> None:
    countries = [market.web_shop(draws(k), "clothing", foreign=True).country for k in range(2000)]
    setting = world.setting
    travelled = setting.geography.city_country[setting.world[0]["abroad"]]
    others = len(setting.geography.countries) - 1
    far = 0.04 * others / (others + 1)
    for country in range(1, others + 1):
        share = (0.14 * np.mean(travelled == country) + far / others) / (0.14 + far)
        assert abs(np.mean(np.array(countries) == country) - share) < 5 * (share * (1 - share) / 2000) ** 0.5


def test_a_shop_that_does_not_ask_for_the_cvv_is_mostly_found(world: World, market: StreetMarket) -> None:
    key = world.setting.keys[Purpose.MERCHANT]

    def asking(asks_cvv: bool | None) -> float:
        shops = [market.web_shop(draws(k), "marketplace", asks_cvv=asks_cvv) for k in range(100)]
        return float(np.mean([bool(asks_for_cvv(np.uint64(profile(key, shop.merchant)))) for shop in shops]))

    assert asking(None) > 0.8
    assert asking(False) < 0.1


def test_a_young_shop_has_just_opened(world: World, market: StreetMarket) -> None:
    key, lease = world.setting.keys[Purpose.MERCHANT], world.setting.world[0]["lease"]
    today = int(world.day[0]["date"])
    for number in range(10):
        shop = market.young_shop(draws(number), "electronics", online=number % 2 == 0, most_days=90)
        assert today - int(opened_day(key, shop.merchant, lease)) >= 0
        assert (shop.city == -1) == (number % 2 == 0)


def test_a_favourite_shop_is_one_of_the_customers_own(world: World, market: StreetMarket) -> None:
    favourites = world.blocks[0].block.favourites
    assert all(market.favourite_shop(k, draws(k)).merchant in favourites[k].tolist() for k in range(50))


@pytest.mark.parametrize("category", ["fuel", "cash_machine", "grocery"])
def test_a_busy_terminal_has_regulars(market: StreetMarket, world: World, category: str) -> None:
    day_zero = world.setting.window(0)[0]
    counts = []
    for number in range(8):
        shop = market.busy_terminal(draws(number), category)
        assert shop.terminal >= 0
        reads = market.cards_seen(shop, day_zero - 30 * DAY_US)
        assert [time for _, _, time in reads] == sorted(time for _, _, time in reads)
        counts.append(len(reads))
    assert sum(counts) > 8


def test_a_watched_terminal_sees_the_cards_that_were_read_there(world: World, market: StreetMarket) -> None:
    rows = world.book.rows[0]
    in_person = rows[(rows["entry"] <= EntryMode.FALLBACK) & (rows["merchant"] >= 0)]
    terminals = in_person["merchant"] * MAX_TERMINALS + in_person["terminal"]
    busiest, count = max(zip(*np.unique(terminals, return_counts=True), strict=True), key=lambda pair: pair[1])
    shop = Shop(int(busiest) // MAX_TERMINALS, "grocery", 0, 0, int(busiest) % MAX_TERMINALS)
    market.watch(shop)
    world.watchlist.observe(world.book.rows)
    seen = market.cards_seen(shop, int(world.day[0]["start"]))
    expected = {(int(r["customer"]), int(r["card_slot"])) for r in in_person[terminals == busiest]}
    assert {(customer, slot) for customer, slot, _ in seen} == expected
    assert 1 <= len(seen) <= count


def test_customers_are_somewhere_and_people_travel_elsewhere(world: World, market: StreetMarket) -> None:
    noon = int(world.day[0]["start"]) + DAY_US // 2
    cities = [market.whereabouts(customer, noon) for customer in range(200)]
    at_home = np.mean([city == world.people[k]["city"] for k, city in enumerate(cities)])
    assert 0.5 < at_home < 1.0
    night = int(world.day[0]["start"]) + HOUR_US
    assert np.mean([market.whereabouts(k, night) == world.people[k]["city"] for k in range(200)]) > at_home
    assert market.another_city(draws(), cities[0], abroad=False) != cities[0]


def test_abroad_copies_are_taken_to_countries_that_pay_stripes(world: World, market: StreetMarket) -> None:
    geography = world.setting.geography
    cities = [market.another_city(draws(k), 0, abroad=True) for k in range(300)]
    assert {geography.countries[geography.city_country[city]].code for city in cities} <= STRIPE_COUNTRIES
    assert not market.pays_stripes


def test_hours_follow_ordinary_activity(market: StreetMarket) -> None:
    online, in_shops = ([market.daytime((k + 0.5) / 500, online=kind) for k in range(500)] for kind in (True, False))
    night = [np.mean(np.array(hours) < 6) for hours in (online, in_shops)]
    assert night[0] > night[1]
    assert online == sorted(online)


def test_who_types_a_pin_today_can_be_watched(tmp_path: Path) -> None:
    """On a day that is planned and not yet lived: at a till or machine, at the time at which the row comes."""
    world = open_world(tmp_path, customers=300, days=2)
    world.day_number += 1
    world._phase_open()
    assert world.street_market.next_pin(5, 0, 0) is None  # nobody has planned anything
    world._phase_wishes()
    noon = int(world.day[0]["start"]) + DAY_US // 2
    seen = {customer: world.street_market.next_pin(customer, 0, noon) for customer in range(300)}
    world._phase_customers(int(world.day[0]["end"]))
    rows = world.blocks[0].today.written()
    typed = rows[np.isin(rows["entry"], (EntryMode.CHIP, EntryMode.FALLBACK)) & (rows["card_slot"] == 0)]
    typed = typed[typed["direction"] == Direction.DEBIT]
    assert sum(sighting is not None for sighting in seen.values()) > 15
    for customer, sighting in seen.items():
        times = typed["time"][(typed["customer"] == customer) & (typed["attempt"] == 0)]
        after = times[times >= noon + DAY_US // 500]
        if sighting is not None:
            assert sighting.time >= noon
            assert abs(times - sighting.time).min() < DAY_US // 500
            assert 0 <= sighting.city < world.setting.universe.n_cities
        else:
            assert len(after) == 0
    world.close()
