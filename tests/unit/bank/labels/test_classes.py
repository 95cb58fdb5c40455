"""Per observation class: who speaks, when, what is said, and when the bank changes its mind."""

from __future__ import annotations

import itertools
from collections import Counter
from math import sqrt
from typing import Any

import pytest

from fintxsim.bank.labels.cases import Case, Claim, Opinion, Scope, Way
from fintxsim.bank.labels.classes import CONTEST, MistakenConfig
from fintxsim.bank.labels.config import LabelsConfig
from fintxsim.bank.labels.delays import DAY_US
from fintxsim.streams import Draws
from fintxsim.vocabulary import Label, LabelSource, ObservationClass
from tests.unit.bank.labels.kit import (
    CASES,
    HOURS,
    KEY,
    SILENCE,
    delay_days,
    is_silent,
    labels_config,
    many_cases,
    nobody_silent,
    second_thoughts,
    within_5_standard_errors,
)

Class = ObservationClass
EVERY_CLASS = pytest.mark.parametrize("observation", ObservationClass, ids=lambda word: word.text)
EDGES_DAYS = (1 / 24, 1.0, 7.0, 30.0, 120.0)
CHARGEBACK = Opinion(Label.FRAUD, LabelSource.CHARGEBACK, Claim.NOT_MINE)
CLAIM = Opinion(Label.DISPUTED, LabelSource.CHARGEBACK, Claim.NOT_RECEIVED)
LOSS = Opinion(Label.DISPUTED, LabelSource.CREDIT_LOSS)
SUSPICION = Opinion(Label.DISPUTED, LabelSource.SUSPICIOUS_ACTIVITY)


def sources(cases: list[Case]) -> set[LabelSource]:
    return {case.opinion.source for case in cases}


def shares_by_range(cases: list[Case]) -> list[int]:
    """Cases reported within a day, a week, a month, and later."""
    spans = itertools.pairwise(EDGES_DAYS)
    return [sum(low <= delay_days(case) < high for case in cases) for low, high in spans]


# --- every class ----------------------------------------------------------------------------------------


@EVERY_CLASS
@pytest.mark.parametrize("share", [0.1, 0.6])
def test_the_share_of_silent_cases_is_as_set(observation: Class, share: float) -> None:
    section, silence = SILENCE[observation]
    cases = many_cases(observation, labels_config(**{section: {silence: share}}))
    assert within_5_standard_errors(sum(map(is_silent, cases)), share)


@EVERY_CLASS
def test_a_report_waits_for_its_hours_and_comes_no_sooner_than_its_delay(observation: Class) -> None:
    for case in many_cases(observation, nobody_silent(), count=2000):
        assert case.report_time == HOURS.next(case.opinion.source, case.opened + case.delay)
        assert 0 <= case.report_time - case.opened - case.delay < 5 * DAY_US


@EVERY_CLASS
def test_whether_a_case_is_silent_says_nothing_of_its_delay(observation: Class) -> None:
    section, silence = SILENCE[observation]
    some = many_cases(observation, labels_config(**{section: {silence: 0.5}}))
    everybody = many_cases(observation, nobody_silent())
    assert [one for one, case in zip(everybody, some, strict=True) if not is_silent(case)] == [
        case for case in some if not is_silent(case)
    ]


@EVERY_CLASS
def test_no_report_comes_within_the_hour(observation: Class) -> None:
    assert min(map(delay_days, many_cases(observation, nobody_silent()))) >= 1 / 24


@EVERY_CLASS
def test_the_same_draws_open_the_same_case(observation: Class) -> None:
    one, other = (many_cases(observation, LabelsConfig(), count=50) for _ in range(2))
    assert one == other


@EVERY_CLASS
@pytest.mark.parametrize("way", Way)
def test_what_is_said_first_is_never_that_the_row_is_genuine(observation: Class, way: Way) -> None:
    labels = {case.opinion.label for case in many_cases(observation, nobody_silent(), way)}
    assert labels <= {Label.FRAUD, Label.DISPUTED}


# --- third party ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def card_cases() -> list[Case]:
    return many_cases(Class.THIRD_PARTY_REPORTED, nobody_silent())


@pytest.fixture(scope="module")
def account_cases() -> list[Case]:
    return many_cases(Class.THIRD_PARTY_REPORTED, nobody_silent(), Way.ACCOUNT)


@pytest.mark.parametrize("part", range(4))
def test_stolen_cards_are_reported_as_fast_as_set(card_cases: list[Case], part: int) -> None:
    assert within_5_standard_errors(shares_by_range(card_cases)[part], (0.25, 0.45, 0.20, 0.10)[part])


@pytest.mark.parametrize("part", range(4))
def test_takeovers_are_noticed_sooner(account_cases: list[Case], part: int) -> None:
    assert within_5_standard_errors(shares_by_range(account_cases)[part], (0.7, 0.27, 0.03, 0.0)[part])


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_the_share_of_takeovers_that_nobody_reports_is_their_own(share: float) -> None:
    config = labels_config(third_party={"account_never_reported_share": share, "never_reported_share": 0.9})
    cases = many_cases(Class.THIRD_PARTY_REPORTED, config, Way.ACCOUNT)
    assert within_5_standard_errors(sum(map(is_silent, cases)), share)


def test_chargebacks_take_more_than_a_week_and_deny_the_payment(card_cases: list[Case]) -> None:
    chargebacks = [case for case in card_cases if case.opinion.source == LabelSource.CHARGEBACK]
    assert {case.opinion for case in chargebacks} == {CHARGEBACK}
    assert min(map(delay_days, chargebacks)) > 7


def test_card_networks_speak_within_a_day(card_cases: list[Case]) -> None:
    told = [case for case in card_cases if case.opinion.source == LabelSource.NETWORK_REPORT]
    assert max(map(delay_days, told)) < 1


def test_of_takeovers_a_fifth_comes_as_a_recall(account_cases: list[Case]) -> None:
    recalls = [case for case in account_cases if case.opinion.source == LabelSource.RECALL_REQUEST]
    assert {case.opinion.claim for case in recalls} == {Claim.NOT_MINE}
    assert within_5_standard_errors(len(recalls), 0.2)


def test_sources_belong_to_the_kind_of_case(card_cases: list[Case], account_cases: list[Case]) -> None:
    of_cards = {LabelSource.CUSTOMER_REPORT, LabelSource.NETWORK_REPORT, LabelSource.CHARGEBACK}
    assert sources(card_cases) == of_cards
    assert sources(account_cases) == {LabelSource.CUSTOMER_REPORT, LabelSource.RECALL_REQUEST}


def test_theft_is_always_called_fraud(card_cases: list[Case], account_cases: list[Case]) -> None:
    assert {case.opinion.label for case in card_cases + account_cases} == {Label.FRAUD}


def test_merchants_overturn_some_chargebacks_of_thefts_and_nothing_else() -> None:
    config = labels_config(third_party={"overturned_share": 0.2})
    overturned = second_thoughts(Class.THIRD_PARTY_REPORTED, CHARGEBACK, config)
    report = Opinion(Label.FRAUD, LabelSource.CUSTOMER_REPORT)
    assert within_5_standard_errors(len(overturned), 0.2)
    assert {change.opinion for change in overturned} == {Opinion(Label.GENUINE, LabelSource.MERCHANT_REPORT)}
    assert second_thoughts(Class.THIRD_PARTY_REPORTED, report, config) == []


# --- scams ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "within_week"),
    [
        ("impersonation_bank", 0.85),
        ("ceo", 0.85),
        ("purchase", 0.35),
        ("invoice_and_mandate", 0.35),
        ("romance", 0.10),
        ("investment", 0.10),
    ],
)
def test_how_long_victims_believe_depends_on_the_scam(kind: str, within_week: float) -> None:
    cases = many_cases(Class.VICTIM_AUTHORISED, nobody_silent(), Way.ACCOUNT, kind)
    assert within_5_standard_errors(sum(shares_by_range(cases)[:2]), within_week)


@pytest.mark.parametrize("share", [0.15, 0.5])
def test_the_share_of_scams_taken_for_a_quarrel_is_as_set(share: float) -> None:
    config = labels_config(victim_authorised={"refused_share": share, "never_reported_share": 0})
    cases = many_cases(Class.VICTIM_AUTHORISED, config, Way.ACCOUNT)
    assert within_5_standard_errors(sum(case.opinion.label == Label.DISPUTED for case in cases), share)


def test_scam_payments_are_asked_back_within_a_week_or_not_at_all() -> None:
    cases = many_cases(Class.VICTIM_AUTHORISED, nobody_silent(), Way.ACCOUNT, "ceo")
    recalls = [case for case in cases if case.opinion.source == LabelSource.RECALL_REQUEST]
    assert sources(cases) == {LabelSource.CUSTOMER_REPORT, LabelSource.RECALL_REQUEST}
    assert max(map(delay_days, recalls)) < 7
    assert {case.opinion.claim for case in recalls} == {Claim.NOT_MINE}


def test_scams_are_reported_less_often_than_thefts() -> None:
    config = LabelsConfig()
    silent = {
        observation: sum(map(is_silent, many_cases(observation, config, Way.ACCOUNT)))
        for observation in (Class.VICTIM_AUTHORISED, Class.THIRD_PARTY_REPORTED)
    }
    assert silent[Class.VICTIM_AUTHORISED] > 2 * silent[Class.THIRD_PARTY_REPORTED]


# --- false claims ---------------------------------------------------------------------------------------


def test_false_claims_are_chargebacks_with_the_claim_that_goes_with_their_label() -> None:
    cases = many_cases(Class.FIRST_PARTY_DISPUTE, nobody_silent())
    said = {(case.opinion.label, case.opinion.claim) for case in cases}
    assert sources(cases) == {LabelSource.CHARGEBACK}
    assert said == {
        (Label.FRAUD, Claim.NOT_MINE),
        (Label.DISPUTED, Claim.NOT_RECEIVED),
        (Label.DISPUTED, Claim.NOT_AS_DESCRIBED),
    }


def test_nobody_claims_that_what_was_bought_in_a_shop_never_came() -> None:
    cases = many_cases(Class.FIRST_PARTY_DISPUTE, nobody_silent(), Way.CARD_PRESENT)
    assert {case.opinion.claim for case in cases} == {Claim.NOT_MINE, Claim.NOT_AS_DESCRIBED}


@pytest.mark.parametrize("share", [0.2, 0.65])
def test_the_share_of_remote_purchases_that_never_came_is_as_set(share: float) -> None:
    config = labels_config(first_party={"never_came_share": share, "fraud_claim_share": 0})
    cases = many_cases(Class.FIRST_PARTY_DISPUTE, config)
    assert within_5_standard_errors(sum(case.opinion.claim == Claim.NOT_RECEIVED for case in cases), share)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_the_share_of_false_claims_that_deny_the_payment_is_as_set(share: float) -> None:
    config = labels_config(first_party={"fraud_claim_share": share})
    count = sum(case.opinion.label == Label.FRAUD for case in many_cases(Class.FIRST_PARTY_DISPUTE, config))
    assert within_5_standard_errors(count, share)


@pytest.mark.parametrize("opinion", [CHARGEBACK, CLAIM])
@pytest.mark.parametrize(("contested", "won"), [(0.21, 0.54), (0.7, 0.54), (0.7, 0.0)])
def test_what_merchants_contest_and_win_becomes_genuine(opinion: Opinion, contested: float, won: float) -> None:
    config = labels_config(first_party={"contested_share": contested, "won_share": won})
    changes = second_thoughts(Class.FIRST_PARTY_DISPUTE, opinion, config)
    assert within_5_standard_errors(len(changes), contested * won)
    assert {change.opinion for change in changes} <= {Opinion(Label.GENUINE, LabelSource.MERCHANT_REPORT)}


def test_merchants_answer_within_the_time_of_the_schemes() -> None:
    delays = [change.delay / DAY_US for change in second_thoughts(Class.FIRST_PARTY_DISPUTE, CLAIM, LabelsConfig())]
    assert CONTEST.min_days <= min(delays)
    assert max(delays) <= CONTEST.max_days == 45


# --- nobody complains -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("observation", "opinion", "low", "high"),
    [
        (Class.DEFERRED, LOSS, 90, 180),
        (Class.ACQUIRER_OBSERVED, Opinion(Label.FRAUD, LabelSource.NETWORK_REPORT), 30, 120),
        (Class.LAUNDERING, SUSPICION, 14, 120),
        (Class.MERCHANT_ONLY, Opinion(Label.FRAUD, LabelSource.MERCHANT_REPORT), 7, 60),
    ],
)
def test_what_no_victim_reports_is_told_late_and_by_others(
    observation: Class, opinion: Opinion, low: float, high: float
) -> None:
    cases = many_cases(observation, nobody_silent())
    delays = list(map(delay_days, cases))
    assert {case.opinion for case in cases} == {opinion}
    assert low <= min(delays) < low + 0.01 * (high - low)
    assert high - 0.01 * (high - low) < max(delays) <= high


@pytest.mark.parametrize(
    ("observation", "opinion", "section", "share"),
    [
        (Class.DEFERRED, LOSS, "deferred", "corrected_share"),
        (Class.LAUNDERING, SUSPICION, "laundering", "confirmed_share"),
    ],
)
@pytest.mark.parametrize("value", [0.0, 0.1, 0.5])
def test_a_part_of_what_is_disputed_is_later_called_fraud(
    observation: Class, opinion: Opinion, section: str, share: str, value: float
) -> None:
    changes = second_thoughts(observation, opinion, labels_config(**{section: {share: value}}))
    assert within_5_standard_errors(len(changes), value)
    assert {change.opinion for change in changes} <= {Opinion(Label.FRAUD, opinion.source)}


def test_a_colluding_merchant_is_reported_with_everything_at_once_and_false_claims_are_made_one_by_one() -> None:
    scopes = {word: LabelsConfig().of(word).scope for word in Class}
    assert scopes.pop(Class.ACQUIRER_OBSERVED) == Scope.CAMPAIGN
    assert scopes.pop(Class.FIRST_PARTY_DISPUTE) == Scope.ROW
    assert set(scopes.values()) == {Scope.CUSTOMER}


def test_the_bank_blocks_cards_where_the_holder_speaks() -> None:
    stopped = {word for word in Class if LabelsConfig().of(word).stops_access}
    assert stopped == {Class.THIRD_PARTY_REPORTED, Class.FIRST_PARTY_DISPUTE}


# --- genuine payments taken for fraud -------------------------------------------------------------------


def mistaken(**settings: Any) -> MistakenConfig:
    return MistakenConfig.model_validate(settings)


@pytest.mark.parametrize("share", [0.0, 0.7, 1.0])
def test_mistaken_disputes_are_put_right_as_often_as_set(share: float) -> None:
    config = mistaken(cleared_share=share)
    cleared = [change for k in range(CASES) if (change := config.think_again(Draws(KEY, k, 1), CHARGEBACK))]
    assert within_5_standard_errors(len(cleared), share)
    assert {change.opinion.label for change in cleared} <= {Label.GENUINE}


def test_mistaken_disputes_look_like_those_of_victims() -> None:
    assert {mistaken().hear(Draws(KEY, k, 0), Way.CARD_REMOTE).opinion for k in range(50)} == {CHARGEBACK}


def test_who_puts_it_right_is_the_customer_or_the_merchant() -> None:
    config = mistaken(cleared_share=1.0)
    changes = [change for k in range(CASES) if (change := config.think_again(Draws(KEY, k, 1), CHARGEBACK))]
    by = Counter(change.opinion.source for change in changes)
    assert set(by) == {LabelSource.CUSTOMER_REPORT, LabelSource.MERCHANT_REPORT}
    assert abs(by[LabelSource.CUSTOMER_REPORT] - CASES / 2) < 5 * sqrt(CASES) / 2
