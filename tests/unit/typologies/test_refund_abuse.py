"""Refunds of four kinds: of goods kept, without a purchase, to another card, and by a clerk's hand."""

from __future__ import annotations

from collections import Counter
from statistics import mean
from typing import Any

import pytest
from pydantic import ValidationError

from fintxsim.typologies.campaign import DAY_US, HOUR_US
from fintxsim.typologies.door import BYSTANDER, Hand
from fintxsim.typologies.refund_abuse import RefundAbuse, RefundAbuseConfig, usual_life_days
from fintxsim.vocabulary import FraudParty
from tests.plugins.kit import Ask, FakeDoor, FakeMarket, Play, decline, defaults

CAMPAIGNS = range(1, 301)
KIND = RefundAbuse()


def played(kind: str, **changes: Any) -> list[Play]:
    """Campaigns of one kind; unless it is set otherwise all refunds go to cards."""
    config = defaults(KIND, kinds={kind: 1.0}, **({"to_account_share": 0.0} | changes))
    return [Play(KIND, config, number).to_the_end() for number in CAMPAIGNS]


def refunds(play: Play) -> list[Ask]:
    return [ask for ask in play.door.asks if ask.what == "refund"]


def bought(play: Play) -> dict[int, Ask]:
    return {ask.time: ask for ask in play.door.payments}


# --- kinds ----------------------------------------------------------------------------------------------


def test_kinds_have_the_shares_set() -> None:
    shares = {"kept_goods": 0.1, "no_purchase": 0.2, "other_card": 0.3, "clerk": 0.4}
    seen = Counter(Play(KIND, defaults(KIND, kinds=shares), number).campaign.kind for number in range(1, 1001))
    for kind, share in shares.items():
        assert abs(seen[kind] / 1000 - share) < 5 * (share * (1 - share) / 1000) ** 0.5


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ({"clerk": 0.5}, "add up to 0.5; they must add up to 1"),
        ({"clerks": 1.0}, "unknown kind 'clerks'; allowed: kept"),
    ],
)
def test_shares_that_cannot_be_are_refused(kinds: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        defaults(KIND, kinds=kinds)


def test_what_a_clerk_does_is_the_merchants_fraud() -> None:
    assert KIND.kind_parties == {"clerk": FraudParty.MERCHANT}
    assert KIND.fraud_party == FraudParty.FIRST_PARTY


# --- goods kept -----------------------------------------------------------------------------------------


def test_each_purchase_is_refunded_to_the_card_that_paid_at_the_shop_that_sold() -> None:
    for play in played("kept_goods"):
        paid = bought(play)
        assert sorted(ask.details[2] for ask in refunds(play)) == sorted(paid)
        for ask in refunds(play):
            assert ask.details[:2] == paid[ask.details[2]].details[:2]


def test_purchases_are_no_offence_and_their_refunds_are() -> None:
    for play in played("kept_goods"):
        assert {ask.part for ask in play.door.payments} == {BYSTANDER}
        assert {ask.part for ask in refunds(play)} == {None}


def test_most_refunds_are_of_all_that_was_paid_and_none_is_of_more() -> None:
    ratios = [
        ask.amount / bought(play)[ask.details[2]].amount
        for play in played("kept_goods", partial_share=0.2)
        for ask in refunds(play)
    ]
    assert max(ratios) == 1.0
    assert abs(mean(ratio < 1.0 for ratio in ratios) - 0.2) < 5 * (0.16 / len(ratios)) ** 0.5


def test_goods_are_kept_for_days_or_weeks_but_not_longer_than_shops_allow() -> None:
    days = [
        (ask.time - ask.details[2]) / DAY_US
        for play in played("kept_goods", keep_days_mean=16.0)
        for ask in refunds(play)
    ]
    assert 14 < mean(days) < 19
    assert min(days) > 0
    assert max(days) < 90


def test_purchases_are_made_by_the_holder() -> None:
    asks = [ask for play in played("kept_goods") for ask in play.door.payments if ask.what == "pay_online"]
    assert {ask.details[4] for ask in asks} == {Hand.HOLDER}


def test_what_is_declined_is_not_refunded() -> None:
    config = defaults(KIND, kinds={"kept_goods": 1.0})
    plays = [Play(KIND, config, number, FakeDoor(decline)).to_the_end() for number in CAMPAIGNS]
    assert [ask for play in plays for ask in refunds(play)] == []


# --- nothing bought, another card, a clerk --------------------------------------------------------------


@pytest.mark.parametrize("kind", ["no_purchase", "other_card", "clerk"])
def test_these_refunds_name_no_purchase(kind: str) -> None:
    asks = [ask for play in played(kind) for ask in refunds(play)]
    assert asks
    assert {ask.details[2] for ask in asks} == {None}


@pytest.mark.parametrize("kind", ["no_purchase", "other_card", "clerk"])
def test_some_of_these_refunds_are_paid_to_an_account(kind: str) -> None:
    plays = played(kind, to_account_share=0.4)
    paid = [ask for play in plays for ask in play.door.asks if ask.what == "receive"]
    count = len(paid) + sum(len(refunds(play)) for play in plays)
    assert abs(len(paid) / count - 0.4) < 5 * (0.24 / count) ** 0.5
    assert {ask.part for ask in paid} == {None}


def test_what_one_has_bought_oneself_is_refunded_to_the_card() -> None:
    asks = [ask for play in played("kept_goods", to_account_share=1.0) for ask in play.door.asks]
    assert "receive" not in {ask.what for ask in asks}


def test_an_institution_without_transfers_sends_refunds_to_cards_alone() -> None:
    class CardsAlone(FakeMarket):
        has_transfers = False

    config = defaults(KIND, kinds={"clerk": 1.0}, to_account_share=1.0)
    plays = [Play(KIND, config, number, market=CardsAlone()).to_the_end() for number in CAMPAIGNS]
    assert {ask.what for play in plays for ask in play.door.asks} == {"refund"}


@pytest.mark.parametrize("kind", ["no_purchase", "clerk"])
def test_these_campaigns_buy_nothing(kind: str) -> None:
    assert [ask for play in played(kind) for ask in play.door.payments] == []


def test_money_for_what_one_customer_bought_goes_to_the_card_of_another() -> None:
    for play in played("other_card"):
        assert {ask.customer for ask in play.door.payments} == {play.campaign.victims[0]}
        assert {ask.customer for ask in refunds(play)} <= {play.campaign.victims[1]}


def test_a_clerk_works_at_one_till_for_several_customers() -> None:
    plays = played("clerk", accomplices_max=4)
    for play in plays:
        assert len({ask.details[1] for ask in refunds(play)}) == 1
        assert refunds(play)[0].details[1].terminal >= 0
    assert {len(play.campaign.victims) for play in plays} == {1, 2, 3, 4}


def test_a_clerk_makes_out_more_refunds_than_a_customer_gets() -> None:
    clerks, customers = (mean(len(refunds(play)) for play in played(kind)) for kind in ("clerk", "kept_goods"))
    assert clerks > 2 * customers


@pytest.mark.parametrize("kind", ["kept_goods", "no_purchase", "other_card", "clerk"])
def test_money_is_given_back_while_shops_are_open(kind: str) -> None:
    hours = [ask.time % DAY_US / HOUR_US for play in played(kind) for ask in refunds(play)]
    assert min(hours) >= 9
    assert max(hours) < 19.6


# --- long before the run --------------------------------------------------------------------------------


def test_what_is_over_long_before_the_run_is_not_even_planned() -> None:
    plays = [Play(KIND, defaults(KIND), number, market=FakeMarket(forgets=True)) for number in range(1, 20)]
    assert all(play.is_over and not play.campaign.victims for play in plays)


@pytest.mark.parametrize("kind", KIND.kinds)
def test_few_campaigns_last_longer_than_such_campaigns_usually_do(kind: str) -> None:
    late = 0
    for play in played(kind):
        assert isinstance(play.config, RefundAbuseConfig)
        usual = int(usual_life_days(play.campaign, play.config) * DAY_US)
        late += play.door.asks[-1].time > play.campaign.started + usual
    assert late < 0.25 * len(CAMPAIGNS)
