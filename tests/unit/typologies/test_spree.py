"""What bust-outs and made-up identities have in common: credit cultivated, used up within days, freed by bad money."""

from __future__ import annotations

from itertools import pairwise
from statistics import mean

import pytest

from fintxsim.typologies import typology
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US
from fintxsim.typologies.door import BYSTANDER, Hand
from fintxsim.typologies.spree import GOODS
from tests.plugins.kit import CREDIT_LEFT, Ask, FakeDoor, Play, approve, decline, defaults

CAMPAIGNS = range(1, 81)
NAMES = ["bust_out", "synthetic_identity"]


@pytest.fixture(params=NAMES)
def kind(request: pytest.FixtureRequest) -> Typology:
    return typology(request.param)


def played(kind: Typology, **changes: float) -> list[Play]:
    """Campaigns before a bank that approves everything."""
    config = defaults(kind, **changes)
    return [Play(kind, config, number, FakeDoor(approve)).to_the_end() for number in CAMPAIGNS]


def of_each_holder(plays: list[Play]) -> list[list[Ask]]:
    return [
        [ask for ask in play.door.asks if ask.customer == holder] for play in plays for holder in play.campaign.victims
    ]


def payments(asks: list[Ask]) -> list[Ask]:
    return [ask for ask in asks if ask.what.startswith("pay_")]


def named(asks: list[Ask], what: str) -> list[Ask]:
    return [ask for ask in asks if ask.what == what]


def test_more_credit_is_asked_for_before_the_spree_alone(kind: Typology) -> None:
    for asks in of_each_holder(played(kind)):
        first = payments(asks)[0].time
        assert all(ask.time < first for ask in named(asks, "raise_limit"))


def test_as_many_increases_are_asked_for_as_set(kind: Typology) -> None:
    counts = [len(named(asks, "raise_limit")) for asks in of_each_holder(played(kind, limit_raises_max=2))]
    assert set(counts) == {0, 1, 2}


def test_an_increase_is_by_a_factor_within_its_range(kind: Typology) -> None:
    factors = [ask.details[0] for asks in of_each_holder(played(kind)) for ask in named(asks, "raise_limit")]
    assert 1.1 <= min(factors) < max(factors) <= defaults(kind).model_dump()["raise_factor_max"]


def test_everything_is_paid_with_the_holders_own_credit_card(kind: Typology) -> None:
    for asks in of_each_holder(played(kind)):
        assert {ask.details[0].slot for ask in payments(asks)} == {1}
        assert {ask.details[4] for ask in named(asks, "pay_online")} <= {Hand.HOLDER}


def test_the_limit_is_used_up_and_not_much_more(kind: Typology) -> None:
    for asks in of_each_holder(played(kind, bounced_share=0.0)):
        assert 0.85 * CREDIT_LEFT < sum(ask.amount for ask in payments(asks)) < 1.2 * CREDIT_LEFT


def test_it_takes_days(kind: Typology) -> None:
    times = [[ask.time for ask in payments(asks)] for asks in of_each_holder(played(kind, bounced_share=0.0))]
    days = sorted((spree[-1] - spree[0]) / DAY_US for spree in times)
    assert days[len(days) // 2] < 7
    assert days[int(0.95 * len(days))] < 16


def test_nobody_shops_in_the_small_hours(kind: Typology) -> None:
    asks = [ask for play in played(kind) for ask in play.door.payments]
    assert sum(ask.time % DAY_US < 6 * HOUR_US for ask in asks) < 0.05 * len(asks)


def test_tills_are_visited_while_shops_are_open(kind: Typology) -> None:
    shopping = [
        ask for play in played(kind) for ask in named(play.door.asks, "pay_in_person") if ask.target != "cash_machine"
    ]
    assert all(9 * HOUR_US <= ask.time % DAY_US < 19.5 * HOUR_US for ask in shopping)


def test_cash_has_its_share_of_the_requests(kind: Typology) -> None:
    asks = [ask for play in played(kind, camouflage=0.0, cash_share=0.3) for ask in play.door.payments]
    share = mean(ask.target in ("cash_machine", "quasi_cash") for ask in asks)
    assert abs(share - 0.3) < 5 * (0.3 * 0.7 / len(asks)) ** 0.5


def test_machines_are_asked_for_notes(kind: Typology) -> None:
    sums = {ask.amount for play in played(kind) for ask in play.door.payments if ask.target == "cash_machine"}
    assert all(amount % 10 == 0 for amount in sums)


def test_who_hides_buys_ordinary_things_in_between(kind: Typology) -> None:
    hidden, naive = (
        {ask.target for play in played(kind, camouflage=c) for ask in play.door.payments} for c in (1.0, 0.0)
    )
    assert "grocery" in hidden
    assert naive <= {*GOODS, "cash_machine", "quasi_cash"}


def test_from_the_spree_on_nothing_is_paid_back(kind: Typology) -> None:
    for play in played(kind):
        assert set(play.door.stopped) == {ask.customer for ask in play.door.payments}


def test_as_many_holders_as_set_free_the_limit_once_more(kind: Typology) -> None:
    paid_in = [bool(named(asks, "receive")) for asks in of_each_holder(played(kind, bounced_share=0.4))]
    assert abs(mean(paid_in) - 0.4) < 5 * (0.4 * 0.6 / len(paid_in)) ** 0.5


def test_money_that_frees_the_limit_goes_to_the_credit_account_and_bounces_days_later(kind: Typology) -> None:
    for asks in of_each_holder(played(kind, bounced_share=1.0)):
        (received,), (bounced,) = named(asks, "receive"), named(asks, "bounce")
        assert (bounced.amount, bounced.target) == (received.amount, received.target)
        assert bounced.details[0] == received.time
        assert received.details[1] is bounced.details[2] is True
        assert 1.5 * DAY_US <= bounced.time - received.time <= 6 * DAY_US


def test_what_bad_money_frees_is_spent_before_it_bounces(kind: Typology) -> None:
    early = [
        any(named(asks, "receive")[0].time < ask.time < named(asks, "bounce")[0].time for ask in payments(asks))
        for asks in of_each_holder(played(kind, bounced_share=1.0))
    ]
    assert mean(early) > 0.95


def test_bad_money_itself_takes_nothing_from_the_bank(kind: Typology) -> None:
    moved = [ask for play in played(kind) for ask in play.door.asks if ask.what in ("receive", "bounce")]
    assert {ask.part for ask in moved} == {BYSTANDER}


def test_without_credit_there_is_no_spree(kind: Typology, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeDoor, "credit_left", lambda self, customer: 20.0)
    assert [ask for play in played(kind) for ask in play.door.payments] == []


def test_who_is_declined_to_the_end_pays_nothing_in(kind: Typology) -> None:
    config = defaults(kind, bounced_share=1.0)
    plays = [Play(kind, config, number, FakeDoor(decline)).to_the_end() for number in CAMPAIGNS]
    assert [ask for play in plays for ask in named(play.door.asks, "receive")] == []


def test_a_holder_whose_card_is_blocked_stops(kind: Typology) -> None:
    plays = [Play(kind, defaults(kind), number, FakeDoor(decline, card_code="62")).to_the_end() for number in CAMPAIGNS]
    assert {len(payments(asks)) for asks in of_each_holder(plays)} == {1}


def test_who_has_reached_the_days_limit_mostly_waits_for_the_next_day(kind: Typology) -> None:
    plays = [Play(kind, defaults(kind), number, FakeDoor(decline, card_code="61")).to_the_end() for number in CAMPAIGNS]
    later = [
        second.time // DAY_US > first.time // DAY_US
        for asks in of_each_holder(plays) for first, second in pairwise(payments(asks))
    ]  # fmt: skip
    assert 0.7 < mean(later) < 0.95
