"""Stolen details: batches with a shelf life, spent card by card, and sold on when the crew has lost faith in them."""

from __future__ import annotations

from itertools import groupby, pairwise
from statistics import median
from typing import Any

from fintxsim.typologies import typology
from fintxsim.typologies.campaign import DAY_US
from fintxsim.typologies.door import Hand
from fintxsim.typologies.stolen_details_cnp import Stage
from tests.plugins.kit import FakeDoor, Play, Verdict, alternate, approve, decline, defaults

KIND = typology("stolen_details_cnp")
MANY = range(1, 301)


def plays(verdict: Verdict = approve, code: str = "05", **changes: Any) -> list[Play]:
    config = defaults(KIND, **changes)
    return [Play(KIND, config, k, FakeDoor(verdict, card_code=code)).to_the_end() for k in MANY]


def test_cards_of_a_batch_are_spent_one_after_another() -> None:
    for play in plays():
        spent = [customer for customer, _ in groupby(ask.customer for ask in play.door.payments)]
        assert spent == play.campaign.victims[: len(spent)]


def test_every_order_is_made_with_the_card_as_it_was_stolen() -> None:
    for play in plays():
        assert {ask.details[0] for ask in play.door.payments} <= set(play.campaign.cards)


def tries_per_card(**changes: Any) -> float:
    batches = plays(**changes)
    cards = sum(len({ask.customer for ask in play.door.payments}) for play in batches)
    return sum(len(play.door.payments) for play in batches) / cards


def test_what_is_ordered_is_what_such_a_shop_sells() -> None:
    """Meals never cost what flights do; in each kind of shop the sums are around its usual ticket."""
    sums: dict[str, list[float]] = {}
    for play in plays(camouflage=0.0, frauds_per_card_mean=8.0):
        for ask in play.door.payments:
            sums.setdefault(str(ask.target), []).append(ask.amount)
    for kind, lowest, highest in (("fast_food", 9.2, 28.0), ("mobile_top_up", 15.0, 40.0), ("airline", 170.0, 700.0)):
        assert lowest < median(sums[kind]) < highest
    assert max(sums["fast_food"]) < 250.0
    assert max(sums["airline"]) > 1000.0


def test_a_card_is_good_for_two_or_three_orders() -> None:
    assert 2.0 < tries_per_card() < 3.2


def test_a_dead_card_is_dropped_at_once() -> None:
    assert tries_per_card(verdict=decline, code="43") == 1.0


def returns(play: Play) -> int:
    """Orders at a shop where the campaign ordered before."""
    shops = [ask.details[1] for ask in play.door.payments]
    return len(shops) - len(set(shops))


def test_crews_come_back_to_shops_that_let_them_through() -> None:
    approved, declined = (sum(map(returns, plays(verdict))) for verdict in (approve, decline))
    assert approved > 10 * max(declined, 1)


def test_a_card_is_on_file_only_where_it_was_let_through_before() -> None:
    stored = 0
    for play in plays(alternate, stored_share=0.5):
        let_through: dict[int, int] = {}
        for ask in play.door.payments:
            if ask.details[5]:
                stored += 1
                assert ask.details[1].merchant == let_through[ask.customer]
            if ask.is_approved:
                let_through[ask.customer] = ask.details[1].merchant
    assert stored > 30


def test_nothing_is_on_file_when_crews_never_come_back_with_a_card() -> None:
    assert not any(ask.details[5] for play in plays(stored_share=0.0) for ask in play.door.payments)


def test_as_many_batches_as_set_come_from_infected_computers() -> None:
    infected = sum(play.campaign.entry_point == "infostealer" for play in plays(infostealer_share=0.4))
    assert abs(infected / len(MANY) - 0.4) < 5 * (0.24 / len(MANY)) ** 0.5


def test_orders_through_an_infected_computer_seem_to_be_the_holders() -> None:
    for share, hand in ((1.0, Hand.HOLDER), (0.0, Hand.CREW)):
        asks = [ask for play in plays(infostealer_share=share, resale_share=0.0) for ask in play.door.payments]
        assert {ask.details[4] for ask in asks} == {hand}


def test_whoever_buys_the_rest_of_a_batch_has_no_infected_computers() -> None:
    batches = plays(infostealer_share=1.0, shelf_life_days=0.1, resale_share=1.0)
    sold = [play for play in batches if play.campaign.stage == Stage.SOLD_ON]
    assert {play.door.payments[-1].details[4] for play in sold} == {Hand.CREW}


def test_a_batch_beyond_its_shelf_life_is_thrown_away_when_nobody_buys_it() -> None:
    whole, cut = (plays(shelf_life_days=days, resale_share=0.0) for days in (60.0, 0.1))
    left = [sum(len({ask.customer for ask in play.door.payments}) for play in batch) for batch in (whole, cut)]
    assert left[1] < 0.7 * left[0]


def test_what_is_sold_on_rests_for_a_while_and_comes_back_from_other_tools() -> None:
    sold = [play for play in plays(shelf_life_days=0.1, resale_share=1.0) if play.campaign.stage == Stage.SOLD_ON]
    assert len(sold) > 100
    for play in sold:
        times = [ask.time for ask in play.door.payments]
        assert max(b - a for a, b in pairwise(times)) > 0.5 * DAY_US
        assert play.campaign.rotation > 0


def test_a_batch_that_is_sold_on_is_spent_to_the_end() -> None:
    for play in plays(shelf_life_days=0.1, resale_share=1.0):
        assert [*dict.fromkeys(ask.customer for ask in play.door.payments)] == play.campaign.victims


def test_a_crew_spreads_the_cards_over_its_devices() -> None:
    config = defaults(KIND, cards_per_batch_mean=20.0, shelf_life_days=60.0)
    spread = []
    for number in MANY:
        play, tools = Play(KIND, config, number), set()
        while not play.is_over:
            tools.add(play.campaign.tool)
            play.act()
        assert tools <= set(range(play.crew.devices))
        if play.crew.devices > 1 and play.campaign.current > 12:
            spread.append(len(tools))
    assert len(spread) > 50
    assert min(spread) > 1


def test_after_suspicion_the_clever_change_tools_more_often_than_the_clumsy() -> None:
    changes = sorted((play.crew.skill, play.campaign.rotation / len(play.door.payments)) for play in plays(decline))
    half = len(changes) // 2
    clumsy, clever = (sum(share for _, share in part) for part in (changes[:half], changes[half:]))
    assert clever > 1.2 * clumsy
