"""Card testing: trials of nothing or little at a few shops, then orders elsewhere with some of the cards that answered."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import median
from typing import Any

from fintxsim.streams import Draws
from fintxsim.typologies import typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US
from fintxsim.typologies.market import Shop
from tests.plugins.kit import (
    SMALL_CHANGE,
    Ask,
    FakeDoor,
    FakeMarket,
    Play,
    Verdict,
    alternate,
    approve,
    decline,
    defaults,
)

KIND = typology("card_testing")
MANY = range(1, 301)


def plays(verdict: Verdict = approve, number: range = MANY, code: str = "05", **changes: Any) -> list[Play]:
    config = defaults(KIND, **changes)
    return [Play(KIND, config, k, FakeDoor(verdict, card_code=code)).to_the_end() for k in number]


def trials(play: Play) -> list[Ask]:
    """What is asked at the shops that were found for trials. Orders that happen to be tiny are too few to matter."""
    return [ask for ask in play.door.payments if ask.amount <= SMALL_CHANGE]


def test_trials_verify_or_charge_next_to_nothing() -> None:
    amounts = [ask.amount for play in plays(used_share=0.0) for ask in play.door.payments]
    assert max(amounts) <= 4.0
    assert 0.2 < amounts.count(0.0) / len(amounts) < 0.4


def test_attacks_differ_in_how_often_they_verify() -> None:
    shares = [
        [ask.amount for ask in play.door.payments].count(0.0) / len(play.door.payments)
        for play in plays(used_share=0.0)
        if len(play.door.payments) > 8
    ]
    assert min(shares) < 0.2
    assert max(shares) > 0.6


def test_trials_are_made_at_a_few_shops() -> None:
    shops = [len({ask.details[1] for ask in play.door.payments}) for play in plays(used_share=0.0)]
    assert max(shops) <= 4


def test_an_attack_lasts_minutes_to_hours() -> None:
    spans = [trials(play)[-1].time - trials(play)[0].time for play in plays(camouflage=0.0) if len(trials(play)) > 3]
    assert 5 / 60 < median(spans) / HOUR_US < 3


def test_disguise_slows_an_attack_down() -> None:
    naive, full = (
        sum(play.door.payments[-1].time - play.campaign.started for play in plays(camouflage=camouflage, used_share=0))
        for camouflage in (0.0, 1.0)
    )
    assert full > naive


def test_a_third_of_the_cards_that_answered_are_spent() -> None:
    answered = spent = 0
    for play in plays():
        answered += len({ask.customer for ask in play.door.payments})
        spent += len({ask.customer for ask in play.door.takings})
    assert abs(spent / answered - 0.33) < 5 * (0.33 * 0.67 / answered) ** 0.5


def test_cards_are_spent_after_their_trial_and_within_days() -> None:
    for play in plays():
        first_trial = {ask.customer: ask.time for ask in reversed(play.door.payments)}
        orders = {ask.customer: ask.time for ask in reversed(play.door.takings)}
        assert all(0 < orders[customer] - first_trial[customer] < 7 * DAY_US for customer in orders)


def test_cards_are_spent_at_other_shops_than_they_were_tried() -> None:
    for play in plays(alternate):
        assert not {ask.details[1] for ask in play.door.takings} & set(play.campaign.shops)


def test_orders_are_much_larger_than_trials() -> None:
    orders = [ask.amount for play in plays(camouflage=0.0) for ask in play.door.takings]
    assert 40 < median(orders) < 160


def test_cards_that_never_answer_are_never_spent() -> None:
    assert all(play.door.takings == [] for play in plays(decline))


def test_both_kinds_of_attack_are_as_frequent_as_set() -> None:
    kinds = Counter(play.campaign.kind for play in plays(number=range(1, 601), enumeration_share=0.3))
    assert abs(kinds["enumeration"] / 600 - 0.3) < 5 * (0.3 * 0.7 / 600) ** 0.5


def test_an_enumeration_has_bare_numbers_and_a_list_has_what_was_stolen() -> None:
    for play in plays():
        bare = [not card.has_address for card in play.campaign.cards]
        assert all(bare) if play.campaign.kind == "enumeration" else not any(bare)
        assert (play.campaign.entry_point == "enumeration") == (play.campaign.kind == "enumeration")


def most_tries(play: Play) -> int:
    return max(Counter(ask.customer for ask in play.door.payments).values())


def test_only_guessers_try_again_after_a_wrong_cvv() -> None:
    tries = {"enumeration": 0, "bought_list": 0}
    for play in plays(decline, code="82"):
        tries[play.campaign.kind] = max(tries[play.campaign.kind], most_tries(play))
    assert tries["bought_list"] == 1
    assert tries["enumeration"] > 2


class Catalogue(FakeMarket):
    """Shops that ask for no CVV have odd numbers."""

    def web_shop(self, draws: Draws, category: str, *, foreign: bool = False, asks_cvv: bool | None = None) -> Shop:
        shop = super().web_shop(draws, category, foreign=foreign, asks_cvv=asks_cvv)
        return shop._replace(merchant=2 * shop.merchant + (asks_cvv is False))


def share_without_cvv(verdict: Verdict, kind: str, code: str = "05") -> float:
    config = defaults(KIND, enumeration_share=float(kind == "enumeration"), used_share=0.0)
    doors = [FakeDoor(verdict, card_code=code) for _ in MANY]
    for k, door in zip(MANY, doors, strict=True):
        Play(KIND, config, k, door, Catalogue()).to_the_end()
    shops = [ask.details[1] for door in doors for ask in door.payments]
    return sum(shop.merchant % 2 for shop in shops) / len(shops)


def test_who_has_bare_numbers_tries_them_where_no_cvv_is_asked_for_more_often() -> None:
    guessers, others = (share_without_cvv(approve, kind) for kind in ("enumeration", "bought_list"))
    assert guessers > 0.5 > 0.4 > others


def test_told_that_the_cvv_is_wrong_crews_move_on_to_shops_that_ask_for_none() -> None:
    told, not_told = (share_without_cvv(decline, "enumeration", code) for code in ("82", "91"))
    assert told > not_told + 0.1


def test_a_bank_that_always_declines_is_left_alone() -> None:
    abandoned = [
        play for play in plays(decline) if {ask.customer for ask in play.door.payments} < set(play.campaign.victims)
    ]
    assert len(abandoned) > 30


def test_after_suspicion_crews_change_tools_and_shops() -> None:
    declined, approved = plays(decline), plays(approve)
    assert sum(play.campaign.rotation for play in declined) > 3 * sum(play.campaign.rotation for play in approved)
    found = [{ask.details[1] for ask in play.door.payments} for play in declined]
    assert max(map(len, found)) > 4


def test_the_next_trial_of_a_card_is_often_at_another_shop() -> None:
    moved = tried = 0
    for play in plays(decline):
        for one, other in pairwise(play.door.payments):
            if one.customer == other.customer:
                tried += 1
                moved += one.details[1] != other.details[1]
    assert tried > 200
    assert 0.3 < moved / tried < 0.95


def test_an_order_after_a_refusal_is_smaller() -> None:
    """A bank that lets trials pass and declines every order for want of money."""
    for number in MANY:
        door = FakeDoor(approve, card_code="51")
        play = Play(KIND, defaults(KIND, camouflage=0.0), number, door)
        wanted: dict[int, float] = {}
        while not play.is_over:
            errand = play.campaign.errands[0]
            door.verdict = decline if errand.what == 1 else approve
            play.act()
            if errand.what == 1:
                assert errand.amount < wanted.get(errand.customer, 1e9)
                wanted[errand.customer] = errand.amount
