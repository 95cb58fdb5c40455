"""Genuine customers, their own cards, devices and shops: what is disputed looks like everything else."""

from __future__ import annotations

from itertools import pairwise
from math import log
from statistics import mean, median

from fintxsim.population.categories import BY_NAME, CATEGORIES
from fintxsim.typologies.campaign import DAY_US, HOUR_US
from fintxsim.typologies.door import Hand
from fintxsim.typologies.friendly_fraud import FriendlyFraud
from fintxsim.typologies.market import Shop
from fintxsim.typologies.tickets import AVERAGE_TICKET
from tests.plugins.kit import USUAL, Ask, FakeDoor, FakeMarket, Play, alternate, decline, defaults

CAMPAIGNS = range(1, 301)
KIND = FriendlyFraud()


def played(**changes: float) -> list[Play]:
    return [Play(KIND, defaults(KIND, **changes), number).to_the_end() for number in CAMPAIGNS]


def asks(plays: list[Play]) -> list[Ask]:
    return [ask for play in plays for ask in play.door.asks]


def shop_of(ask: Ask) -> Shop:
    shop: Shop = ask.details[1]
    return shop


def test_everything_is_a_purchase_with_the_customers_own_card_and_device() -> None:
    everything = asks(played())
    assert {ask.what for ask in everything} == {"pay_online", "pay_in_person"}
    assert {ask.details[0].quality for ask in everything} == {0.0}
    online = [ask for ask in everything if ask.what == "pay_online"]
    assert {ask.details[2:] for ask in online} == {(True, None, Hand.HOLDER, False)}


def test_every_row_is_the_perpetrators_own_offence() -> None:
    assert {ask.part for ask in asks(played())} == {None}
    assert KIND.part.authorised_party


def test_as_many_purchases_are_disputed_as_set() -> None:
    counts = [len(play.door.asks) for play in played(purchases_mean=4.0, gap_days_mean=2.0)]
    assert abs(mean(counts) - 4.0) < 5 * 3.5 / len(counts) ** 0.5


def test_purchases_are_days_apart() -> None:
    gaps = []
    for play in played(purchases_mean=6.0, gap_days_mean=5.0):
        times = [ask.time for ask in play.door.asks]
        gaps += [(later - earlier) / DAY_US for earlier, later in pairwise(times)]
    assert abs(mean(gaps) - 5.5) < 1.0  # half a day until the hour of day suits
    assert min(gaps) > 0


def test_as_many_spells_as_set_are_of_two_customers_of_a_household() -> None:
    sizes = [len(play.campaign.victims) for play in played(household_share=0.4)]
    assert set(sizes) == {1, 2}
    assert abs(mean(size == 2 for size in sizes) - 0.4) < 5 * (0.4 * 0.6 / len(sizes)) ** 0.5


def test_both_of_a_household_buy() -> None:
    plays = played(household_share=1.0, purchases_mean=12.0, gap_days_mean=2.0)
    assert mean(len({ask.customer for ask in play.door.asks}) for play in plays) > 1.7


def test_tills_are_visited_while_shops_are_open() -> None:
    shopping = [ask for ask in asks(played()) if ask.what == "pay_in_person"]
    assert shopping
    assert all(9 * HOUR_US <= ask.time % DAY_US < 19.5 * HOUR_US for ask in shopping)


def test_favourites_have_their_share_while_they_are_open() -> None:
    by_day = [ask for ask in asks(played(favourite_share=0.5)) if 9 <= ask.time % DAY_US / HOUR_US < 19.5]
    share = mean(shop_of(ask).merchant >= 2000 for ask in by_day)
    assert abs(share - 0.5) < 5 * (0.25 / len(by_day)) ** 0.5


def excesses(camouflage: float) -> list[float]:
    """Logarithms of amounts against the median ticket of such a shop for such a customer."""
    tickets = {c.name: c.median * USUAL / AVERAGE_TICKET for c in CATEGORIES}
    return [log(ask.amount / tickets[shop_of(ask).category]) for ask in asks(played(camouflage=camouflage))]


def test_who_hides_buys_for_exactly_what_he_always_does() -> None:
    assert abs(median(excesses(1.0))) < 0.2


def test_who_does_not_hide_buys_what_is_worth_disputing() -> None:
    assert abs(median(excesses(0.0)) - median(excesses(1.0)) - log(2.0)) < 0.2


def test_what_is_bought_on_the_web_is_sold_there() -> None:
    online = {shop_of(ask).category for ask in asks(played()) if shop_of(ask).city < 0}
    assert all(CATEGORIES[BY_NAME[category]].online_share > 0.2 for category in online)


def test_a_declined_order_is_often_tried_again_within_the_hour() -> None:
    waits = []
    for number in CAMPAIGNS:
        times = [ask.time for ask in Play(KIND, defaults(KIND), number, FakeDoor(decline)).to_payment(2)]
        waits += [times[1] - times[0]] if len(times) > 1 else []
    assert abs(mean(wait < HOUR_US for wait in waits) - 0.6) < 5 * (0.24 / len(waits)) ** 0.5


def test_declines_do_not_end_a_spell_at_once() -> None:
    plays = [Play(KIND, defaults(KIND), number, FakeDoor(alternate)).to_the_end() for number in CAMPAIGNS]
    assert all(len(play.door.asks) >= play.campaign.wanted for play in plays if play.crew.patience > 0)


def test_a_declined_order_is_made_up_for_more_often_than_not() -> None:
    plays = [Play(KIND, defaults(KIND), number, FakeDoor(alternate)).to_the_end() for number in CAMPAIGNS]
    taken, wanted = (sum(getattr(play.campaign, name) for play in plays) for name in ("taken", "wanted"))
    assert 0.6 < taken / wanted < 0.9


def test_what_is_over_long_before_the_run_is_not_even_planned() -> None:
    play = Play(KIND, defaults(KIND), market=FakeMarket(forgets=True))
    assert play.is_over
    assert not play.campaign.victims


def test_who_denied_a_purchase_has_no_card_for_a_week() -> None:
    config = defaults(KIND, gap_days_mean=1.0, purchases_mean=5.0, household_share=0.0)
    plays = [Play(KIND, config, number, FakeDoor(decline, card_code="43")).to_the_end() for number in CAMPAIGNS]
    gaps = [(later.time - earlier.time) / DAY_US for play in plays for earlier, later in pairwise(play.door.asks)]
    assert len(gaps) > 100
    assert min(gaps) > 7.0
