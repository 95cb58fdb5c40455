"""Rings of made-up identities; what they do with their credit is in test_spree."""

from __future__ import annotations

from statistics import mean

from fintxsim.streams import Draws
from fintxsim.typologies.campaign import DAY_US
from fintxsim.typologies.market import Wanted
from fintxsim.typologies.synthetic_identity import SyntheticIdentity
from tests.plugins.kit import FakeMarket, Play, defaults

CAMPAIGNS = range(1, 301)
KIND = SyntheticIdentity()


def test_the_identities_are_the_typologys_own() -> None:
    wanted = []

    class Asked(FakeMarket):
        def pick_customers(self, draws: Draws, count: int, wanted_: Wanted = Wanted.ONLINE) -> list[int]:
            wanted.append(wanted_)
            return super().pick_customers(draws, count, wanted_)

    Play(KIND, defaults(KIND), market=Asked())
    assert wanted == [Wanted.IMPOSTOR]


def test_a_world_holds_as_many_made_up_identities_as_set() -> None:
    assert KIND.impostor_share(defaults(KIND, impostors=0.03)) == 0.03


def test_rings_are_as_large_as_set_on_average() -> None:
    sizes = [len(Play(KIND, defaults(KIND, identities_mean=3.0), number).campaign.victims) for number in CAMPAIGNS]
    assert 2.5 < mean(sizes) < 3.4
    assert min(sizes) == 1
    assert max(sizes) <= 12


def test_all_identities_of_a_ring_strike_within_days() -> None:
    for number in CAMPAIGNS[:60]:
        play = Play(KIND, defaults(KIND), number).to_the_end()
        first = {}
        for ask in play.door.payments:
            first.setdefault(ask.customer, ask.time)
        assert max(first.values()) - min(first.values()) <= 7 * DAY_US


def test_the_ring_is_nurtured_for_months() -> None:
    plays = [Play(KIND, defaults(KIND), number).to_the_end() for number in CAMPAIGNS[:100]]
    days = sorted((play.door.payments[0].time - play.campaign.started) / DAY_US for play in plays)
    assert days[len(days) // 2] > 45
