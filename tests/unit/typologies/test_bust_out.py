"""A holder of good standing; what he does with his credit is in test_spree."""

from __future__ import annotations

from fintxsim.streams import Draws
from fintxsim.typologies.bust_out import BustOut
from fintxsim.typologies.campaign import DAY_US
from fintxsim.typologies.market import Wanted
from tests.plugins.kit import FakeMarket, Play, defaults

CAMPAIGNS = range(1, 301)
KIND = BustOut()


def days_to_the_spree(**changes: float) -> list[float]:
    plays = [Play(KIND, defaults(KIND, **changes), number).to_the_end() for number in CAMPAIGNS]
    return sorted((play.door.payments[0].time - play.campaign.started) / DAY_US for play in plays)


def test_customers_with_a_credit_card_are_who_does_it() -> None:
    wanted = []

    class Asked(FakeMarket):
        def pick_customers(self, draws: Draws, count: int, wanted_: Wanted = Wanted.ONLINE) -> list[int]:
            wanted.append((count, wanted_))
            return super().pick_customers(draws, count, wanted_)

    Play(KIND, defaults(KIND), market=Asked())
    assert wanted == [(1, Wanted.CREDIT)]


def test_it_is_prepared_for_weeks() -> None:
    days = days_to_the_spree(cultivation_days_median=30.0)
    assert 27 < days[len(days) // 2] < 34
    assert days[len(days) // 10] > 8


def test_some_do_not_wait_long_and_some_wait_for_months() -> None:
    days = days_to_the_spree()
    assert days[0] < 10
    assert days[-1] > 80
