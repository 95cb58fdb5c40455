"""Lost and stolen cards: taps near the place of the theft and, with the PIN, cash and goods, within hours."""

from __future__ import annotations

from statistics import mean, median
from typing import Any

import pytest

from fintxsim.streams import Draws
from fintxsim.typologies import typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US, MINUTE_US
from fintxsim.typologies.market import Shop, Sighting
from fintxsim.vocabulary import EntryMode
from tests.plugins.kit import HOME_CITIES, Ask, FakeDoor, FakeMarket, Play, Verdict, approve, decline, defaults

KIND = typology("lost_or_stolen_card")
MANY = range(1, 401)
LATE = {"cash_machine", "fuel", "fast_food", "bar", "taxi"}


def plays(verdict: Verdict = approve, code: str = "05", **changes: Any) -> list[Play]:
    config = defaults(KIND, **changes)
    return [Play(KIND, config, k, FakeDoor(verdict, card_code=code)).to_the_end() for k in MANY]


def entry(ask: Ask) -> EntryMode:
    return EntryMode(ask.details[2])


def knows_pin(ask: Ask) -> bool:
    return bool(ask.details[3])


def watched(play: Play) -> bool:
    return play.campaign.entry_point == "shoulder_surfing"


def test_the_card_is_taken_from_its_holder_once_and_before_it_is_used() -> None:
    for play in plays():
        assert [ask.what for ask in play.door.asks].count("take_card") == 1
        assert play.door.asks[0].what == "take_card"
        assert play.door.asks[0].details == (play.campaign.cards[0].slot,)


def test_a_card_is_first_tapped_below_the_limit_and_without_a_pin() -> None:
    for play in plays():
        if play.door.payments:
            first = play.door.payments[0]
            assert (entry(first), knows_pin(first)) == (EntryMode.CONTACTLESS, False)
            assert first.amount < 50


def test_taps_stay_below_the_limit() -> None:
    taps = [ask.amount for play in plays() for ask in play.door.payments if entry(ask) == EntryMode.CONTACTLESS]
    assert max(taps) < 50


def test_a_card_is_used_where_its_holder_was() -> None:
    for play in plays():
        city = play.campaign.victims[0] % HOME_CITIES
        assert {ask.details[1].city for ask in play.door.payments} <= {city}


def test_who_watched_the_pin_goes_on_to_cash_and_goods() -> None:
    asks = [ask for play in plays() if watched(play) for ask in play.door.payments]
    with_pin = [ask for ask in asks if knows_pin(ask)]
    machines = sum(ask.target == "cash_machine" for ask in with_pin)
    assert len(with_pin) > 0.5 * len(asks)
    assert 0.25 < machines / len(with_pin) < 0.6


def test_as_many_pins_are_watched_as_set() -> None:
    share = sum(map(watched, plays(pin_seen_share=0.25))) / len(MANY)
    assert abs(share - 0.25) < 5 * (0.25 * 0.75 / len(MANY)) ** 0.5


def test_who_does_not_know_the_pin_has_little_but_taps() -> None:
    others = [play for play in plays(guesser_share=0.0, pin_seen_share=0.0) if play.door.payments]
    assert {entry(ask) for play in others for ask in play.door.payments} == {EntryMode.CONTACTLESS}


def test_some_guess_a_pin_and_few_are_right() -> None:
    """Before a bank that declines a PIN that is not the right one."""
    guesses, right = 0, 0
    for number in MANY:
        door = FakeDoor(approve, card_code="55")
        play = Play(KIND, defaults(KIND, pin_seen_share=0.0, guesser_share=1.0), number, door)
        while not play.is_over:
            door.verdict = decline if play.campaign.stage >= 2 else approve
            play.act()
        with_pin = [ask for ask in play.door.payments if entry(ask) == EntryMode.CHIP]
        guesses += len(with_pin)
        right += sum(map(knows_pin, with_pin))
    assert guesses > 300
    assert 0.05 < right / guesses < 0.25


def test_the_thief_gives_up_after_a_few_wrong_pins() -> None:
    for play in plays(decline, code="55"):
        assert len(play.door.payments) <= play.crew.patience + 1


def test_who_is_asked_for_the_pin_stops_tapping() -> None:
    declined = plays(decline, code="65")
    assert all(
        entry(ask) != EntryMode.CONTACTLESS or ask.amount < 50 for play in declined for ask in play.door.payments
    )
    assert all(sum(not knows_pin(ask) for ask in play.door.payments) == 1 for play in declined if watched(play))


def test_a_blocked_card_is_thrown_away_at_once() -> None:
    assert all(len(play.door.payments) <= 1 for play in plays(decline, code="41"))


def test_a_run_is_over_within_hours() -> None:
    spans = [play.door.payments[-1].time - play.door.asks[0].time for play in plays() if play.door.payments]
    assert median(spans) < 12 * HOUR_US
    assert max(spans) < 8 * DAY_US


def test_a_pin_makes_a_run_worth_many_times_as_much() -> None:
    sums: dict[bool, list[float]] = {True: [], False: []}
    for play in plays(camouflage=0.0, guesser_share=0.0):
        sums[watched(play)].append(sum(ask.amount for ask in play.door.payments))
    assert mean(sums[True]) > 5 * mean(sums[False])


def test_a_run_brings_some_hundred_euros_on_average() -> None:
    """About 450; the bank of these tests declines nothing, and so gives more than a real one."""
    sums = [sum(ask.amount for ask in play.door.payments) for play in plays(camouflage=0.0)]
    assert 300 < mean(sums) < 1000


def test_when_shops_are_closed_only_some_places_are_visited() -> None:
    asks = [ask for play in plays() for ask in play.door.payments]
    hours = [(ask, ask.time % DAY_US / HOUR_US) for ask in asks]
    assert {ask.target for ask, hour in hours if not 8 <= hour < 21} <= LATE
    assert len({ask.target for ask, hour in hours if 8 <= hour < 21}) > len(LATE)


class Neighbourhood(FakeMarket):
    """Everybody often buys at one shop near home."""

    def favourite_shop(self, customer: int, draws: Draws) -> Shop:
        return Shop(5000, "grocery", 0, customer % HOME_CITIES)


@pytest.mark.parametrize(("camouflage", "low", "high"), [(0.0, 0.0, 0.0), (1.0, 0.2, 0.5)])
def test_in_disguise_the_card_is_used_where_its_holder_often_goes(camouflage: float, low: float, high: float) -> None:
    config = defaults(KIND, camouflage=camouflage)
    asks = [
        ask
        for number in MANY
        for ask in Play(KIND, config, number, market=Neighbourhood()).to_the_end().door.payments
        if ask.target != "cash_machine"
    ]
    assert low <= sum(ask.details[1].merchant == 5000 for ask in asks) / len(asks) <= high


def test_a_blocked_pin_ends_it() -> None:
    """Nobody but its holder can have it unblocked."""
    for play in plays(decline, "75", guesser_share=1.0):
        assert len(play.door.payments) == 1


def test_a_machine_is_asked_for_what_it_gives() -> None:
    sums = [
        ask.amount for play in plays(cash_median=3000.0) for ask in play.door.payments if ask.target == "cash_machine"
    ]
    assert max(sums) == 1000.0


def test_a_thief_whose_victim_has_no_such_card_does_nothing() -> None:
    for number in MANY:
        play = Play(KIND, defaults(KIND), number, FakeDoor(has_card=False)).to_the_end()
        assert play.door.payments == []


def test_a_pin_is_watched_at_a_payment_and_the_card_stolen_within_two_hours() -> None:
    delays = []
    for play in filter(watched, plays()):
        seen = play.market.next_pin(play.campaign.victims[0], 0, play.campaign.started)
        assert seen is not None
        delays.append((play.door.asks[0].time - seen.time) / MINUTE_US)
        assert play.campaign.place == seen.city
    assert 0 < min(delays) < max(delays) <= 121
    assert 10 < median(delays) < 30


class Asleep(FakeMarket):
    """Nobody pays with a PIN today."""

    def next_pin(self, customer: int, slot: int, after: int) -> Sighting | None:
        return None


def test_where_nobody_types_a_pin_none_is_watched() -> None:
    config = defaults(KIND, pin_seen_share=1.0)
    assert not any(watched(Play(KIND, config, number, market=Asleep())) for number in MANY)


def test_cards_are_stolen_when_people_are_out() -> None:
    hours = [play.door.asks[0].time % DAY_US / HOUR_US for play in plays(pin_seen_share=0.0)]
    assert 8 <= min(hours) < max(hours) <= 20
