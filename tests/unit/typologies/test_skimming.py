"""Skimming: cards that passed one terminal within weeks, a few of which are used later by stripe somewhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any

import pytest
from pydantic import ValidationError

from fintxsim.typologies import typology
from fintxsim.typologies.campaign import DAY_US
from fintxsim.typologies.market import Shop
from fintxsim.vocabulary import EntryMode
from tests.plugins.kit import HOME_CITIES, FakeDoor, FakeMarket, Play, Verdict, approve, decline, defaults

KIND = typology("skimming")
MANY = range(1, 401)
SEEN = 120  # cards at any terminal of the kit's market


@dataclass
class Street(FakeMarket):
    """Remembers what was done at terminals."""

    watched: list[Shop] = field(default_factory=list)
    since: list[int] = field(default_factory=list)

    def watch(self, shop: Shop) -> None:
        self.watched.append(shop)

    def cards_seen(self, shop: Shop, since: int) -> list[tuple[int, int, int]]:
        assert shop in self.watched
        self.since.append(since)
        return super().cards_seen(shop, since)


class Deserted(FakeMarket):
    def cards_seen(self, shop: Shop, since: int) -> list[tuple[int, int, int]]:
        return []


def plays(verdict: Verdict = approve, code: str = "51", *, pays_stripes: bool = False, **changes: Any) -> list[Play]:
    """Campaigns; unless it is set otherwise no copy that works in person is used on the web, and the home country asks for chips."""
    config = defaults(KIND, **({"web_share": 0.0} | changes))
    streets = [Street(pays_stripes=pays_stripes) for _ in MANY]
    return [
        Play(KIND, config, k, FakeDoor(verdict, card_code=code), street).to_the_end()
        for k, street in zip(MANY, streets, strict=True)
    ]


def street(play: Play) -> Street:
    assert isinstance(play.market, Street)
    return play.market


def test_one_busy_terminal_is_watched_from_the_first_day_on() -> None:
    for play in plays():
        (terminal,) = street(play).watched
        assert terminal.terminal >= 0
        assert street(play).since == [play.campaign.started]


def test_nothing_is_asked_of_the_bank_while_cards_are_read() -> None:
    waits = [(play.door.asks[0].time - play.campaign.started) / DAY_US for play in plays() if play.door.asks]
    assert min(waits) > 11
    assert 20 < median(waits) < 40


def test_few_of_the_cards_read_are_ever_used() -> None:
    used = [len(play.campaign.victims) for play in plays(camouflage=0.0)]
    share = sum(used) / len(used) / SEEN
    assert 0.025 < share < 0.05  # 0.035, and one card at least


def test_those_who_are_robbed_came_by_the_terminal() -> None:
    for play in plays():
        came = {customer for customer, _, _ in play.market.cards_seen(play.campaign.shops[0], 0)}
        assert set(play.campaign.victims) <= came


def test_when_nobody_came_by_nothing_happens() -> None:
    for number in MANY:
        play = Play(KIND, defaults(KIND), number, market=Deserted()).to_the_end()
        assert play.door.asks == []


def test_copies_are_read_by_stripe_abroad_and_by_fallback_at_home() -> None:
    asks = [ask for play in plays() for ask in play.door.payments if ask.what == "pay_in_person"]
    read = {(ask.details[1].country > 0, EntryMode(ask.details[2])) for ask in asks}
    assert read == {(True, EntryMode.MAGSTRIPE), (False, EntryMode.FALLBACK)}


def test_copies_are_used_in_another_city() -> None:
    for play in plays():
        assert play.campaign.shops[0].city not in {ask.details[1].city for ask in play.door.payments}


def test_copies_stay_where_stripes_are_paid() -> None:
    asks = [ask for play in plays(pays_stripes=True, pin_share=1.0) for ask in play.door.payments]
    assert {ask.details[1].country for ask in asks} == {0}
    assert "cash_machine" in {ask.target for ask in asks}


def test_copies_of_chip_cards_leave_the_country_but_for_as_many_batches_as_set() -> None:
    batches = [play for play in plays(home_share=0.2, pin_share=1.0) if play.door.payments]
    at_home = sum(play.door.payments[0].details[1].city < HOME_CITIES for play in batches)
    assert abs(at_home / len(batches) - 0.2) < 5 * (0.16 / len(batches)) ** 0.5


def test_where_chips_are_asked_for_no_machine_gives_cash_for_a_copy() -> None:
    at_home = plays(home_share=1.0, pin_share=1.0)
    assert "cash_machine" not in {ask.target for play in at_home for ask in play.door.payments}
    abroad = plays(home_share=0.0, pin_share=1.0)
    assert "cash_machine" in {ask.target for play in abroad for ask in play.door.payments}


def test_a_copy_without_its_pin_is_good_for_signatures_abroad() -> None:
    asks = [ask for play in plays(pin_share=0.3) for ask in play.door.payments if ask.what == "pay_in_person"]
    without = [ask for ask in asks if not ask.details[3]]
    assert len(without) > 200
    assert {ask.details[1].country > 0 for ask in without} == {True}
    assert "cash_machine" not in {ask.target for ask in without}


def test_at_home_a_copy_without_its_pin_is_used_on_the_web_and_no_other_copy_is() -> None:
    batches = plays(pays_stripes=True, pin_share=0.3)
    asks = [ask for play in batches for ask in play.door.payments]
    on_the_web = {ask.customer for ask in asks if ask.what == "pay_online"}
    assert {ask.details[2] for ask in asks if ask.what == "pay_online"} == {False}  # the CVV
    assert 0.5 < len(on_the_web) / len({ask.customer for ask in asks}) < 0.9
    assert all(ask.details[3] for ask in asks if ask.what == "pay_in_person")


def test_some_uses_are_web_orders_wherever_the_copy_would_work() -> None:
    asks = [ask for play in plays(pin_share=1.0, web_share=0.3) for ask in play.door.payments]
    on_the_web = sum(ask.what == "pay_online" for ask in asks)
    assert abs(on_the_web / len(asks) - 0.3) < 5 * (0.21 / len(asks)) ** 0.5


def test_cash_is_what_copies_with_a_pin_are_used_for_most() -> None:
    asks = [ask for play in plays(pin_share=1.0) for ask in play.door.payments]
    assert 0.3 < sum(ask.target == "cash_machine" for ask in asks) / len(asks) < 0.6


def test_a_copy_is_used_two_or_three_times() -> None:
    batches = plays()
    victims = sum(len(play.campaign.victims) for play in batches)
    assert 2.0 < sum(len(play.door.payments) for play in batches) / victims < 3.2


def test_a_dead_copy_is_thrown_away_at_once() -> None:
    for play in plays(decline, code="62"):
        assert len(play.door.payments) == len(play.campaign.victims)


def test_after_a_decline_less_is_asked_for() -> None:
    sums: dict[int, list[float]] = {0: [], 1: [], 2: []}
    for play in plays(decline):
        tries: dict[int, int] = {}
        for ask in play.door.payments:
            number = tries[ask.customer] = tries.get(ask.customer, -1) + 1
            sums.setdefault(number, []).append(ask.amount)
    assert median(sums[0]) > median(sums[1]) > median(sums[2])


def test_cards_of_a_batch_are_used_within_a_few_days_of_one_another() -> None:
    firsts = []
    for play in plays(used_share=0.2):
        first = {ask.customer: ask.time for ask in reversed(play.door.payments)}
        firsts.append((max(first.values()) - min(first.values())) / DAY_US if first else 0.0)
    assert 0.5 < median(firsts) < 5


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidationError, match="window_days_min is 20; it must not be above window_days_max, 15"):
        defaults(KIND, window_days_min=20, window_days_max=15)


def test_cashers_come_back_where_a_copy_was_paid_and_only_there() -> None:
    """The terminal with the skimmer is none of those shops."""
    paid, declined = (plays(verdict, pin_share=1.0, used_share=0.2) for verdict in (approve, decline))

    def returns(play: Play) -> int:
        shops = [ask.details[1] for ask in play.door.payments]
        return len(shops) - len(set(shops))

    assert sum(map(returns, paid)) > 0.4 * sum(len(play.door.payments) for play in paid)
    assert sum(map(returns, declined)) < 0.05 * sum(len(play.door.payments) for play in declined)


def test_abroad_cashers_stay_in_one_city() -> None:
    """The next country that pays stripes is an ocean away."""
    for play in plays(decline, home_share=0.0):
        assert len({ask.details[1].city for ask in play.door.payments if ask.what == "pay_in_person"}) <= 1
