"""What is particular to scams in which the victim pays: eight kinds, each with its own signature."""

from __future__ import annotations

from collections import Counter
from functools import cache, partial
from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from fintxsim.streams import Draws
from fintxsim.typologies import typology
from fintxsim.typologies.app_scam import KINDS, SCRIPTS
from fintxsim.typologies.campaign import DAY_US, HOUR_US
from fintxsim.typologies.door import Hand, Payee
from fintxsim.typologies.market import Wanted
from fintxsim.vocabulary import FraudParty, NameMatch, ObservationClass
from tests.plugins.kit import Ask, FakeDoor, FakeMarket, Play, alternate, decline, defaults

KIND = typology("app_scam")
EVERY_KIND = pytest.mark.parametrize("name", KINDS)
EURO = 1.15  # euros in a pound


class CuriousMarket(FakeMarket):
    """Remembers who was looked for."""

    def __init__(self) -> None:
        self.looked_for: list[Wanted] = []

    def pick_customers(self, draws: Draws, count: int, wanted: Wanted = Wanted.ONLINE) -> list[int]:
        self.looked_for.append(wanted)
        return super().pick_customers(draws, count, wanted)


@cache
def campaigns(name: str, *, wealth: float = 100_000.0, saved: float = 50_000.0) -> tuple[Play, ...]:
    """Many campaigns of one kind against victims who can pay."""
    config = defaults(KIND, kinds={name: 1.0}, mules_here_share=0)
    return tuple(
        Play(KIND, config, number, FakeDoor(wealth=wealth, saved=saved)).to_the_end() for number in range(1, 150)
    )


def stories(plays: tuple[Play, ...]) -> list[list[Ask]]:
    """The payments of each victim, in order."""
    told = [[a for a in play.door.payments if a.customer == v] for play in plays for v in play.campaign.victims]
    return [story for story in told if story]


def totals(name: str) -> list[float]:
    return [sum(ask.amount for ask in story) for story in stories(campaigns(name))]


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


# --- what all have in common ----------------------------------------------------------------------------


def test_the_victim_authorises() -> None:
    assert (KIND.fraud_party, KIND.observation_class) == (
        FraudParty.VICTIM_AUTHORISED, ObservationClass.VICTIM_AUTHORISED,
    )  # fmt: skip
    assert KIND.authorised_party


@EVERY_KIND
def test_the_victim_pays_with_the_own_device(name: str) -> None:
    asks = [ask for play in campaigns(name) for ask in play.door.payments]
    assert {(ask.what, ask.details[2]) for ask in asks} == {("transfer", Hand.HOLDER)}


@pytest.mark.parametrize("heed", [0.0, 0.3, 1.0])
def test_some_victims_do_not_confirm_a_payment_when_the_bank_asks(heed: float) -> None:
    plays = [Play(KIND, defaults(KIND, heeds_warning_share=heed), number).to_the_end() for number in range(1, 20)]
    confirms = {ask.details[1] for play in plays for ask in play.door.payments}
    assert confirms == {0.96 * (1.0 - heed)}


@EVERY_KIND
def test_a_victim_who_did_not_confirm_a_payment_pays_no_more(name: str) -> None:
    config, door = defaults(KIND, kinds={name: 1.0}), partial(FakeDoor, decline, reason="AG01")
    plays = [Play(KIND, config, number, door()).to_the_end() for number in range(1, 50)]
    asked = [len(story) for story in stories(tuple(plays))]
    assert asked
    assert set(asked) == {1}


@EVERY_KIND
def test_nobody_pays_more_than_he_has(name: str) -> None:
    asks = [ask for play in campaigns(name, wealth=700.0, saved=0.0) for ask in play.door.payments]
    assert all(ask.amount <= 700.0 for ask in asks)


@EVERY_KIND
def test_who_has_nothing_pays_nothing(name: str) -> None:
    assert stories(campaigns(name, wealth=30.0, saved=0.0)) == []


@EVERY_KIND
def test_a_kind_is_classified(name: str) -> None:
    codes = KIND.codes | KIND.kind_codes[name]
    assert codes["eba"] == "manipulation of the payer"
    assert all(codes.values())


def test_all_kinds_have_a_script_a_share_and_a_class() -> None:
    assert set(KIND.kinds) == set(SCRIPTS) == set(KINDS) == set(KIND.kind_codes)


def test_declines_bring_smaller_sums_and_other_accounts() -> None:
    config = defaults(KIND)
    plays = [Play(KIND, config, number, FakeDoor(decline)).to_the_end() for number in range(1, 200)]
    pairs = [pair for story in stories(tuple(plays)) for pair in pairwise(story)]
    assert all(second.amount <= first.amount for first, second in pairs)
    assert any(second.amount < 0.9 * first.amount for first, second in pairs)
    assert mean([first.target != second.target for first, second in pairs]) > 0.8


def test_an_invoice_that_was_refused_stays_the_same() -> None:
    config = defaults(KIND, kinds={"invoice_and_mandate": 1.0})
    plays = [Play(KIND, config, number, FakeDoor(decline)).to_the_end() for number in range(1, 60)]
    told = [story for story in stories(tuple(plays)) if len(story) > 1]
    assert len(told) > 10
    assert all(len({ask.amount for ask in story}) == 1 for story in told)


@pytest.mark.parametrize(("name", "waits"), [("ceo", True), ("invoice_and_mandate", True), ("romance", False)])
def test_who_is_told_at_work_pays_nothing_on_a_public_holiday(name: str, waits: bool) -> None:
    market = FakeMarket(banks_are_open=False)
    play = Play(KIND, defaults(KIND, kinds={name: 1.0}, mules_here_share=0), 3, market=market)
    first = play.campaign.next_time
    play.act()
    assert (play.door.payments == []) == waits
    if waits:
        assert play.campaign.next_time == first + DAY_US


def test_victims_of_one_campaign_share_accounts() -> None:
    plays = [play for play in campaigns("purchase") if len(play.campaign.victims) > 3]
    assert len(plays) > 20
    for play in plays:
        accounts = {ask.target for ask in play.door.payments}
        assert len(accounts) <= (len(play.campaign.victims) + 1) // 2


# --- the kinds ------------------------------------------------------------------------------------------


def test_campaigns_are_of_the_kinds_in_the_shares_set() -> None:
    kinds = {"purchase": 0.5, "romance": 0.3, "ceo": 0.2}
    plays = [Play(KIND, defaults(KIND, kinds=kinds), number) for number in range(1, 600)]
    found = Counter(play.campaign.kind for play in plays)
    for name, share in kinds.items():
        assert abs(found[name] / len(plays) - share) < 5 * (share * (1 - share) / len(plays)) ** 0.5


@EVERY_KIND
def test_each_kind_looks_for_the_victims_it_suits(name: str) -> None:
    market = CuriousMarket()
    Play(KIND, defaults(KIND, kinds={name: 1.0}, mules_here_share=0), market=market)
    assert market.looked_for == [SCRIPTS[name].wanted]


@pytest.mark.parametrize(
    ("name", "pounds"),
    [("purchase", 549), ("romance", 8774), ("investment", 10_542), ("impersonation_bank", 11_402),
     ("impersonation_other", 7504), ("ceo", 50_000)],
)  # fmt: skip
def test_losses_of_victims_who_can_pay_are_near_those_published(name: str, pounds: float) -> None:
    """UK Finance's mean loss per case, 2018 to 2024, within a factor of 1.8: few victims here own so much."""
    assert pounds * EURO / 1.8 < mean(totals(name)) < pounds * EURO * 1.8


def test_a_purchase_is_mostly_one_payment() -> None:
    counts = Counter(len(story) for story in stories(campaigns("purchase")))
    assert counts[1] > 0.85 * counts.total()


def test_romance_is_about_ten_growing_payments_over_months() -> None:
    told = stories(campaigns("romance"))
    assert 8 < mean([len(story) for story in told]) < 14
    long = [story for story in told if len(story) > 5]
    assert sum(story[-1].amount > story[0].amount for story in long) > 0.8 * len(long)
    assert 45 < mean([(story[-1].time - story[0].time) / DAY_US for story in long]) < 150


def test_an_investment_begins_with_a_small_payment_and_grows_over_weeks() -> None:
    told = [story for story in stories(campaigns("investment")) if len(story) > 2]
    assert sum(story[1].amount > 2 * story[0].amount for story in told) > 0.9 * len(told)
    assert 7 < mean([(story[-1].time - story[0].time) / DAY_US for story in told]) < 60


def test_an_impersonated_bank_has_several_payments_made_within_two_hours() -> None:
    told = [story for story in stories(campaigns("impersonation_bank")) if len(story) > 1]
    quick = [story[-1].time - story[0].time < 2 * HOUR_US for story in told if len(story) <= 4]
    assert mean([len(story) for story in told]) > 3
    assert mean(quick) > 0.9


def test_savings_are_fetched_before_an_impersonated_bank_is_paid() -> None:
    plays = campaigns("impersonation_bank", wealth=3000.0, saved=50_000.0)
    first = [play.door.asks[0] for play in plays]
    assert mean([ask.what == "move_savings" for ask in first]) > 0.5
    assert {ask.details for ask in first if ask.what == "move_savings"} == {(Hand.HOLDER,)}


@pytest.mark.parametrize("name", ["invoice_and_mandate", "ceo", "impersonation_bank"])
def test_calls_and_invoices_come_on_working_days(name: str) -> None:
    firsts = [story[0] for story in stories(campaigns(name))]
    assert all((ask.time // DAY_US + 3) % 7 < 5 for ask in firsts)
    assert all(7 <= ask.time // HOUR_US % 24 < 22 for ask in firsts)


@pytest.mark.parametrize("name", ["invoice_and_mandate", "ceo"])
def test_the_name_of_a_false_supplier_seldom_matches_his_account(name: str) -> None:
    targets = [story[0].target for story in stories(campaigns(name))]
    matches = Counter(payee.match for payee in targets if isinstance(payee, Payee) and not payee.is_foreign)
    assert set(matches) == {NameMatch.NO_MATCH, NameMatch.UNAVAILABLE}
    assert 0.35 < matches[NameMatch.NO_MATCH] / matches.total() < 0.75


def test_who_has_been_paid_before_is_not_checked_again() -> None:
    later = [ask.target for story in stories(campaigns("ceo")) for ask in story[1:]]
    assert {payee.match for payee in later if isinstance(payee, Payee)} == {None}


def test_amounts_mostly_lie_where_ordinary_transfers_do() -> None:
    config = defaults(KIND)
    plays = tuple(Play(KIND, config, number, FakeDoor(alternate)).to_the_end() for number in range(1, 300))
    amounts = sorted(ask.amount for story in stories(plays) for ask in story)
    assert 100 < amounts[len(amounts) // 2] < 600


# --- settings -------------------------------------------------------------------------------------------


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="impersonation_bank"):
        defaults(KIND, kinds={"lottery": 1.0})


def test_shares_of_kinds_must_add_up() -> None:
    with pytest.raises(ValidationError, match=r"shares must add up to 1; these add up to 0\.9"):
        defaults(KIND, kinds={"purchase": 0.5, "romance": 0.4})


def test_the_order_in_which_kinds_are_named_does_not_matter() -> None:
    def kinds_drawn(mix: dict[str, float]) -> list[str]:
        return [Play(KIND, defaults(KIND, kinds=mix), number).campaign.kind for number in range(1, 50)]

    assert kinds_drawn({"purchase": 0.5, "ceo": 0.5}) == kinds_drawn({"ceo": 0.5, "purchase": 0.5})


def test_more_persuasive_crews_get_more() -> None:
    def taken(persuasion: float) -> float:
        config: Any = defaults(KIND, persuasion=persuasion)
        plays = tuple(Play(KIND, config, number).to_the_end() for number in range(1, 100))
        return sum(ask.amount for story in stories(plays) for ask in story)

    assert taken(2.0) > 1.3 * taken(1.0)


def test_scams_that_are_over_long_before_the_run_are_not_even_planned() -> None:
    plays = [Play(KIND, defaults(KIND), number, market=FakeMarket(forgets=True)) for number in range(1, 20)]
    assert all(play.is_over and not play.campaign.victims for play in plays)


@pytest.mark.parametrize("kind", sorted(SCRIPTS))
def test_few_scams_last_longer_than_their_script_says(kind: str) -> None:
    config: Any = defaults(KIND, kinds={kind: 1.0})
    plays = [Play(KIND, config, number) for number in range(1, 150)]
    usual = [play.campaign.errands[-1].time + SCRIPTS[kind].afterwards_us for play in plays]
    ends = [max((ask.time for ask in play.to_the_end().door.asks), default=0) for play in plays]
    assert sum(end > soon for end, soon in zip(ends, usual, strict=True)) <= 0.3 * len(ends)


def test_who_has_told_the_bank_pays_no_more() -> None:
    config = defaults(KIND, kinds={"romance": 1.0}, mules_here_share=0)
    plays = [
        Play(KIND, config, number, FakeDoor(wealth=100_000.0, doubts_after=2)).to_the_end() for number in range(1, 150)
    ]
    payments = [len(story) for story in stories(tuple(plays))]
    assert max(payments) == 2
    assert max(len(story) for story in stories(campaigns("romance"))) > 10


def test_in_one_call_savings_are_fetched_for_what_is_asked_not_to_be_left_where_they_are() -> None:
    asks = [
        ask for play in campaigns("impersonation_bank", wealth=1000.0, saved=9_000.0) for ask in play.door.asks
        if ask.what == "move_savings"
    ]  # fmt: skip
    assert 0.4 * 9_000.0 < mean([ask.amount for ask in asks]) < 0.8 * 9_000.0


def test_false_invoices_come_by_mail_and_false_banks_call() -> None:
    found = {name: Counter(play.campaign.entry_point for play in campaigns(name)) for name in SCRIPTS}
    assert set(found["invoice_and_mandate"]) == {"email"}
    assert found["impersonation_bank"]["phone_call"] > 0.5 * found["impersonation_bank"].total()
    assert set().union(*found.values()) <= set(KIND.entry_points)
