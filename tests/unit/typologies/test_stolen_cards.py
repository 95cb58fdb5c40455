"""What thieves of cards have in common."""

from __future__ import annotations

import pytest

from fintxsim.streams import Draws
from fintxsim.typologies.campaign import HOUR_US, Campaign, Crew
from fintxsim.typologies.market import Shop, StolenCard
from fintxsim.typologies.stolen_cards import (
    WEB_GOODS,
    after_refusal,
    are_open,
    choose_goods,
    cover_tracks,
    disguised,
    goods_of,
    less_after,
    shopping_hour,
    web_shop_for,
)
from tests.plugins.kit import KEY, START, FakeMarket

CARD = StolenCard(7, 0, 0, 0.2, True, 250.0)
MANY = range(400)


class Mailbox(FakeMarket):
    """Where the victims' habits are known: they buy at one web shop."""

    def favourite_shop(self, customer: int, draws: Draws) -> Shop:
        return Shop(5000 + customer, "books", 0, -1)


def a_crew(skill: float = 0.5, favourites: list[float] | None = None) -> Crew:
    return Crew(1, skill, patience=1, devices=1, shift_hours=0, favourites=favourites or [1.0] * len(WEB_GOODS))


def a_campaign(camouflage: float = 0.0) -> Campaign:
    return Campaign(1, 1, START, START, camouflage, "phishing")


def share_at_favourites(camouflage: float) -> float:
    shops = [
        web_shop_for(
            CARD, a_campaign(camouflage), a_crew(), Mailbox(), Draws(KEY, k, 1), foreign_share=0.3, has_cvv=True
        )
        for k in MANY
    ]
    return sum(shop.merchant == 5007 for shop in shops) / len(shops)


def test_the_naive_never_buy_where_the_victim_does() -> None:
    assert share_at_favourites(0.0) == 0.0


def test_in_disguise_they_often_buy_where_the_victim_does() -> None:
    assert 0.1 < share_at_favourites(0.5) < share_at_favourites(1.0) < 0.6


def test_favourites_in_town_are_of_no_use_on_the_web() -> None:
    shop = web_shop_for(
        CARD, a_campaign(1.0), a_crew(), FakeMarket(), Draws(KEY, 3, 1), foreign_share=0.0, has_cvv=True
    )
    assert shop.city == -1


@pytest.mark.parametrize("goods", WEB_GOODS)
def test_crews_learn_about_the_goods_of_a_shop(goods: str) -> None:
    assert WEB_GOODS[goods_of(Shop(1, goods, 0, -1))] == goods


def test_of_other_shops_crews_learn_nothing() -> None:
    assert goods_of(Shop(1, "bakery", 0, 3)) == len(WEB_GOODS)


def test_disguise_brings_sums_nearer_to_the_usual_and_the_naive_ask_what_they_want() -> None:
    sums = [disguised(10.0, CARD, a_campaign(camouflage), Draws(KEY, 1, 1)) for camouflage in (0.0, 0.5, 1.0)]
    assert sums == sorted(sums)
    assert sums[0] == pytest.approx(10.0)


def test_too_much_is_halved_and_everything_else_a_little_less() -> None:
    assert (after_refusal(100.0, "51"), after_refusal(100.0, "61"), after_refusal(100.0, "05")) == (50.0, 50.0, 80.0)


def test_in_person_less_is_asked_for_after_every_decline() -> None:
    factors = [less_after(declines) for declines in range(6)]
    assert factors[0] == 1.0
    assert factors == sorted(set(factors), reverse=True)
    assert less_after(60) == factors[-1]


def test_who_cannot_use_machines_chooses_among_the_other_goods() -> None:
    crew = a_crew(favourites=[5.0, 1.0, 1.0])
    chosen = {choose_goods(crew, (k + 0.5) / 100, at_machines=False) for k in range(100)}
    assert chosen == {1, 2}


def test_who_can_use_machines_does_so_in_proportion() -> None:
    crew = a_crew(favourites=[5.0, 3.0, 2.0])
    assert [choose_goods(crew, (k + 0.5) / 10, at_machines=True) for k in range(10)].count(0) == 5


def test_the_clever_cover_their_tracks_more_often() -> None:
    clumsy, clever = (
        sum(cover_tracks(a_campaign(), a_crew(skill), Draws(KEY, k, 2)) for k in MANY) for skill in (0.0, 1.0)
    )
    assert clumsy < 0.45 * len(MANY) < 0.8 * len(MANY) < clever


def test_whoever_covers_his_tracks_uses_other_tools() -> None:
    for k in MANY:
        campaign = a_campaign()
        assert cover_tracks(campaign, a_crew(0.6), Draws(KEY, k, 2)) == (campaign.rotation == 1)


def test_while_shops_are_open_nobody_waits() -> None:
    noon = START + 12 * HOUR_US
    assert shopping_hour(noon, 7, 3, FakeMarket(), Draws(KEY, 1, 3)) == noon


@pytest.mark.parametrize("hour", [0, 5, 22])
def test_when_shops_are_closed_one_waits_until_they_are_open(hour: int) -> None:
    night, market = START + hour * HOUR_US, FakeMarket()
    for k in MANY:
        time = shopping_hour(night, 7, 3, market, Draws(KEY, k, 3))
        assert night < time <= night + 24 * HOUR_US
        assert are_open(time, 7, 3, market)
