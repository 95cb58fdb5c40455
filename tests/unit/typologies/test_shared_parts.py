"""What several typologies use: appointments, hours, tickets, shares of kinds."""

from __future__ import annotations

import json
from math import exp, sqrt
from statistics import median

import pytest

from fintxsim.typologies.agenda import hour_of, is_awake, next_daytime, next_hour, shops_are_open
from fintxsim.typologies.campaign import DAY_US, HOUR_US, OVER, Campaign, Errand
from fintxsim.typologies.kinds import check_shares, draw_kind
from fintxsim.typologies.market import Shop
from fintxsim.typologies.tickets import (
    AVERAGE_TICKET,
    cash_sum,
    is_sold_in_town,
    named_sum,
    pay_at_till,
    ticket_for,
    usual_ticket,
)
from fintxsim.vocabulary import EntryMode
from tests.plugins.kit import START, FakeDoor, FakeMarket

MARKET = FakeMarket()
QUANTILES = [(k + 0.5) / 200 for k in range(200)]


def a_campaign(*errands: Errand) -> Campaign:
    return Campaign(1, 1, START, START, 0.5, "found", errands=list(errands))


# --- appointments ---------------------------------------------------------------------------------------


def test_the_next_act_is_the_earliest_errand() -> None:
    campaign = a_campaign(Errand(START + DAY_US, 1, 7), Errand(START + 2 * DAY_US, 2, 7))
    campaign.go_on()
    assert campaign.next_time == START + DAY_US


def test_errands_of_the_same_moment_are_done_one_after_the_other() -> None:
    campaign = a_campaign(Errand(START, 1, 7), Errand(START, 2, 7))
    assert campaign.due_errand() == Errand(START, 1, 7)
    campaign.go_on()
    assert START < campaign.next_time < START + HOUR_US
    assert campaign.due_errand() == Errand(START, 2, 7)


def test_a_campaign_without_errands_is_over() -> None:
    campaign = a_campaign()
    campaign.go_on()
    assert campaign.next_time == OVER


def test_shops_that_a_campaign_comes_back_to_survive_plain_data() -> None:
    shop = Shop(5, "grocery", 0, 3, 1)
    plain = json.loads(json.dumps([5, "grocery", 0, 3, 1]))
    assert Campaign(1, 1, START, START, 0.5, "found", shops=[plain]).shops == [shop]  # type: ignore[list-item]


# --- hours ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hour", "expected"), [(15.0, 15.0), (9.0, 33.0), (12.0, 36.0)])
def test_an_hour_that_is_over_is_tomorrows(hour: float, expected: float) -> None:
    assert next_hour(MARKET, 1, START + 12 * HOUR_US, hour) == START + int(expected * HOUR_US)


def test_ordinary_hours_come_within_a_day() -> None:
    after = START + 12 * HOUR_US
    times = [next_daytime(MARKET, 1, after, u) for u in QUANTILES]
    assert all(after < time <= after + DAY_US for time in times)


@pytest.mark.parametrize(
    ("hour", "awake", "is_open"), [(3, False, False), (8, True, False), (15, True, True), (22, True, False)]
)
def test_people_sleep_and_shops_close(hour: int, awake: bool, is_open: bool) -> None:
    time = START + hour * HOUR_US
    assert hour_of(MARKET, 1, time) == hour
    assert is_awake(MARKET, 1, time) is awake
    assert shops_are_open(MARKET, 1, time) is is_open


# --- tickets --------------------------------------------------------------------------------------------


def test_who_wants_much_pays_much_for_what_each_kind_of_shop_sells() -> None:
    kinds = ("fast_food", "food_delivery", "mobile_top_up", "electronics", "airline")
    average, greedy = ([ticket_for(kind, wanted) for kind in kinds] for wanted in (AVERAGE_TICKET, 2000.0))
    assert average == [9.2, 24.0, 15.0, 80.0, 170.0]
    assert greedy[0] < 120.0
    assert greedy[1] < 170.0
    assert greedy[2] < 110.0
    assert greedy[3] > 1000.0
    assert greedy[4] > 1000.0


def test_no_shop_sells_a_ticket_of_any_price() -> None:
    """Not even to who would spend a million in an average shop."""
    assert 100.0 < ticket_for("fast_food", 1e6) < 9.2 * exp(5.0 * sqrt(0.7**2 + 0.4**2))
    assert ticket_for("fast_food", 1e5) < ticket_for("fast_food", 1e6)


def test_a_ticket_is_that_of_its_kind_of_shop_for_such_a_customer() -> None:
    small, large = (median(usual_ticket("electronics", usual, u) for u in QUANTILES) for usual in (18.0, 36.0))
    assert abs(small - 80) < 2
    assert abs(large / small - 2) < 1e-9


def test_machines_give_notes_and_people_like_fifties() -> None:
    sums = [cash_sum(170.0, u) for u in QUANTILES]
    assert all(amount % 10 == 0 for amount in sums)
    assert sum(amount % 50 == 0 for amount in sums) > 0.7 * len(sums)
    assert cash_sum(3.0, 0.5) == 10.0


def test_typed_sums_are_mostly_round_and_near_what_is_wanted() -> None:
    sums = [named_sum(1234.56, u) for u in QUANTILES]
    assert 0.7 < sum(amount % 10 == 0 for amount in sums) / len(sums) < 0.8
    assert max(abs(amount - 1234.56) for amount in sums) <= 50
    assert named_sum(3.0, 0.1) == 100.0


def test_what_is_sold_on_the_web_alone_is_not_looked_for_in_town() -> None:
    assert is_sold_in_town("clothing")
    assert not is_sold_in_town("airline")


@pytest.mark.parametrize(
    ("amount", "category", "u", "entry"),
    [
        (20.0, "grocery", 0.1, EntryMode.CONTACTLESS),
        (20.0, "grocery", 0.9, EntryMode.CHIP),
        (60.0, "grocery", 0.1, EntryMode.CHIP),
        (20.0, "cash_machine", 0.1, EntryMode.CHIP),
    ],
)
def test_small_sums_are_tapped(amount: float, category: str, u: float, entry: EntryMode) -> None:
    door = FakeDoor()
    pay_at_till(door, MARKET.own_card(1, credit=False), START, Shop(5, category, 0, 3), amount, u)
    assert door.asks[0].details[2] == entry


# --- kinds ----------------------------------------------------------------------------------------------

KINDS = ("one", "two", "three")


def test_shares_of_some_kinds_are_enough() -> None:
    check_shares({"two": 0.25, "one": 0.75}, KINDS)


@pytest.mark.parametrize(
    ("shares", "message"), [({"one": 0.9}, "add up to 0.9"), ({"four": 1.0}, "unknown kind 'four'; allowed: one, two")]
)
def test_shares_that_cannot_be_are_errors(shares: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_shares(shares, KINDS)


def test_kinds_are_drawn_by_their_shares_whatever_their_order() -> None:
    shares = {"three": 0.5, "one": 0.25, "two": 0.25}
    assert [draw_kind(shares, KINDS, u) for u in (0.1, 0.3, 0.6, 1.0)] == ["one", "two", "three", "three"]


def test_a_kind_without_a_share_is_never_drawn() -> None:
    assert {draw_kind({"one": 0.5, "two": 0.5, "three": 0.0}, KINDS, u) for u in (*QUANTILES, 1.0)} == {"one", "two"}


def test_a_machine_gives_so_much_and_no_more() -> None:
    assert max(cash_sum(wanted, u) for wanted in (900.0, 1_000.0, 1_040.0, 5_000.0) for u in QUANTILES) == 1_000.0
