"""A young merchant, the same cards again and again, more every week, and then gone."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import mean

import pytest

from fintxsim.streams import Draws
from fintxsim.typologies.campaign import DAY_US, HOUR_US
from fintxsim.typologies.door import Hand
from fintxsim.typologies.market import Wanted
from fintxsim.typologies.merchant_collusion import (
    ACCOMPLICE,
    IN_TOWN,
    ON_THE_WEB,
    STOLEN,
    MerchantCollusion,
    neighbours,
    next_sale,
    trade_of,
)
from fintxsim.vocabulary import Role
from tests.plugins.kit import KEY, START, Ask, FakeDoor, FakeMarket, Play, decline, defaults

CAMPAIGNS = range(1, 121)
KIND = MerchantCollusion()


def played(**changes: float) -> list[Play]:
    return [Play(KIND, defaults(KIND, **changes), number).to_the_end() for number in CAMPAIGNS]


def sales(plays: list[Play]) -> list[Ask]:
    return [ask for play in plays for ask in play.door.payments]


def test_all_sales_are_at_one_young_shop() -> None:
    for play in played(age_days_max=200):
        (shop,) = {ask.details[1] for ask in play.door.payments}
        assert 1000 <= shop.merchant < 1200


def test_as_many_merchants_sell_on_the_web_as_set() -> None:
    online = [play.campaign.shops[0].city < 0 for play in played(online_share=0.3)]
    assert abs(mean(online) - 0.3) < 5 * (0.21 / len(online)) ** 0.5


def test_trades_are_as_common_as_what_is_bought() -> None:
    seen = Counter(trade_of(IN_TOWN, (k + 0.5) / 1000) for k in range(1000))
    assert set(seen) == set(IN_TOWN)
    assert seen["fast_food"] > seen["restaurant"] > seen["hairdresser"]


@pytest.mark.parametrize("trades", [IN_TOWN, ON_THE_WEB])
def test_every_quantile_is_some_trade(trades: tuple[str, ...]) -> None:
    assert trade_of(trades, 1.0) == trades[-1]


def halves(ramp: float) -> float:
    """Mean share of a merchant's sales in the second half of its life."""
    shares = []
    for play in played(ramp_exponent=ramp, split_share=0.0):
        middle = play.campaign.started + play.campaign.place * DAY_US // 2
        shares.append(mean(ask.time > middle for ask in play.door.payments))
    return mean(shares)


def test_sales_grow_and_grow_faster() -> None:
    steady, ramped, steep = (halves(ramp) for ramp in (1.0, 2.2, 4.0))
    assert abs(steady - 0.5) < 0.1
    assert 0.68 < ramped < 0.85
    assert steep > 0.87


def test_then_the_merchant_is_gone() -> None:
    for play in played():
        assert play.door.payments[-1].time <= play.campaign.started + 1.2 * play.campaign.place * DAY_US + DAY_US


def test_the_same_cards_come_again() -> None:
    for play in played():
        if len(play.door.payments) > 3 * len(play.campaign.victims):
            assert max(Counter(ask.customer for ask in play.door.payments).values()) >= 3


def test_rows_say_who_their_customer_is() -> None:
    for play in played():
        known = int(play.campaign.note)
        parts = {None: play.campaign.victims[:1], ACCOMPLICE: play.campaign.victims[1:known]}
        parts[STOLEN] = play.campaign.victims[known:]
        assert all(ask.customer in parts[ask.part] for ask in play.door.payments)
    assert (KIND.part.role, ACCOMPLICE.role, STOLEN.role) == (Role.COLLUSIVE_MERCHANT, Role.PERPETRATOR, Role.VICTIM)


def test_stolen_cards_are_charged_on_the_web_alone_and_with_the_criminals_own_tools() -> None:
    stolen = [ask for ask in sales(played()) if ask.part == STOLEN]
    assert stolen
    assert {(ask.what, ask.details[4]) for ask in stolen} == {("pay_online", Hand.CREW)}
    assert all(ask.details[0].quality < 0.85 for ask in stolen)


def test_without_stolen_cards_all_are_in_the_know() -> None:
    assert {ask.part for ask in sales(played(stolen_cards_mean=0.0))} == {None, ACCOMPLICE}


def test_many_tickets_are_round_and_fewer_when_it_hides() -> None:
    naive, hidden = (mean(ask.amount % 10 == 0 for ask in sales(played(camouflage=c))) for c in (0.0, 1.0))
    assert abs(naive - 0.55) < 0.05
    assert 0.1 < hidden < 0.25


def test_some_sales_are_split_over_two_tickets_with_one_card() -> None:
    same = []
    for play in played(split_share=0.4):
        asks = play.door.payments
        same += [a.customer == b.customer for a, b in pairwise(asks)]
    assert abs(mean(same) - 0.4) < 0.03


def test_an_empty_account_is_not_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeDoor, "balance", lambda self, customer, savings=False: 0.0)
    monkeypatch.setattr(FakeDoor, "credit_left", lambda self, customer: 0.0)
    assert {ask.part for ask in sales(played())} == {STOLEN}


def test_the_till_is_closed_when_two_cards_in_a_row_are_burnt() -> None:
    for number in CAMPAIGNS:
        play = Play(KIND, defaults(KIND), number, FakeDoor(decline)).to_the_end()
        tried = Counter(ask.customer for ask in play.door.payments)
        assert list(tried.values()) == [play.crew.patience + 1] * 2


class Town(FakeMarket):
    """Every other customer lives in city 3."""

    def pick_residents(self, draws: Draws, count: int, wanted: Wanted, city: int) -> list[int]:
        near = [k for k in self.pick_customers(draws, 3 * count, wanted) if self.whereabouts(k, START) == city]
        return near[:count]

    def whereabouts(self, customer: int, time: int) -> int:
        return 3 if customer % 2 else 4


def test_cards_for_a_till_are_of_customers_near_it() -> None:
    chosen = neighbours(Town(), 3, 5, Wanted.NEEDY, START, Draws(KEY, 1, 1))
    assert len(chosen) == 5
    assert all(customer % 2 for customer in chosen)


def test_who_is_far_away_lends_a_card_when_nobody_is_near() -> None:
    assert len(neighbours(Town(), 7, 5, Wanted.NEEDY, START, Draws(KEY, 1, 1))) == 5


def test_nothing_is_sold_at_a_till_at_night() -> None:
    for online in (True, False):
        hours = [next_sale(NIGHT, 1, START, (k + 0.5) / 100, online=online) % DAY_US / HOUR_US for k in range(100)]
        assert (min(hours) < 7.0) is online


class NightMarket(FakeMarket):
    """People are about at any hour."""

    def daytime(self, u: float, *, online: bool = True) -> float:
        return 24.0 * u


NIGHT = NightMarket()


def test_what_is_over_long_before_the_run_is_not_even_planned() -> None:
    plays = [Play(KIND, defaults(KIND), number, market=FakeMarket(forgets=True)) for number in range(1, 20)]
    assert all(play.is_over and not play.campaign.victims for play in plays)
