"""When the bank hears of a fraud, from whom, and of which never."""

from __future__ import annotations

from collections import Counter
from math import sqrt

import pytest
from pydantic import ValidationError

from fintxsim.bank.labels import (
    CHARGEBACK_REASONS,
    DAY_US,
    RECALL_REASON,
    Case,
    DelayConfig,
    LabelBook,
    LabelsConfig,
    open_case,
)
from fintxsim.streams import Draws, Purpose, purpose_key
from fintxsim.vocabulary import LabelSource

CASES = 20_000
KEY = purpose_key(1, Purpose.LABEL)
NOW = 1_767_265_200_000_000
HOUR_US = DAY_US // 24
CARD, ACCOUNT = 0, -1
EDGES_DAYS = (1 / 24, 1.0, 7.0, 30.0, 120.0)
NOBODY_SILENT = LabelsConfig.model_validate({"never_reported_share": 0.0})


def within_5_standard_errors(count: int, share: float) -> bool:
    return abs(count - CASES * share) <= 5 * sqrt(CASES * share * (1 - share))


def many_cases(config: LabelsConfig, slot: int) -> list[Case]:
    return [open_case(config, Draws(KEY, number, 0), 7, NOW, slot) for number in range(CASES)]


def delay_days(case: Case) -> float:
    return (case.report_time - case.opened) / DAY_US


@pytest.fixture(scope="module")
def card_cases() -> list[Case]:
    return many_cases(NOBODY_SILENT, CARD)


@pytest.fixture(scope="module")
def account_cases() -> list[Case]:
    return many_cases(NOBODY_SILENT, ACCOUNT)


# --- delays ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(4))
def test_delays_of_cards_come_in_the_shares_of_their_mixture(card_cases: list[Case], part: int) -> None:
    low, high = EDGES_DAYS[part : part + 2]
    count = sum(low <= delay_days(case) < high for case in card_cases)
    assert within_5_standard_errors(count, (0.25, 0.45, 0.20, 0.10)[part])


@pytest.mark.parametrize("part", range(4))
def test_takeovers_are_noticed_sooner(account_cases: list[Case], part: int) -> None:
    low, high = EDGES_DAYS[part : part + 2]
    count = sum(low <= delay_days(case) < high for case in account_cases)
    assert within_5_standard_errors(count, (0.5, 0.42, 0.08, 0.0)[part])


@pytest.mark.parametrize("part", range(4))
def test_a_mixture_of_one_part_stays_within_its_range(part: int) -> None:
    names = ("within_day", "within_week", "within_month", "later")
    config = DelayConfig.model_validate(dict.fromkeys(names, 0.0) | {names[part]: 1.0})
    delays = [config.draw_us(Draws(KEY, number, 1)) / DAY_US for number in range(2000)]
    low, high = EDGES_DAYS[part : part + 2]
    assert low <= min(delays) < low + 0.05 * (high - low)
    assert high - 0.05 * (high - low) < max(delays) <= high


def test_shares_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValidationError, match="they must add up to 1"):
        DelayConfig.model_validate({"within_day": 0.5})


def test_no_report_comes_before_the_fraud(card_cases: list[Case], account_cases: list[Case]) -> None:
    assert min(case.report_time - case.opened for case in card_cases + account_cases) >= HOUR_US


# --- silence --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slot", [CARD, ACCOUNT])
@pytest.mark.parametrize("share", [0.1, 0.6])
def test_the_share_of_silent_cases_is_as_set(slot: int, share: float) -> None:
    cases = many_cases(LabelsConfig.model_validate({"never_reported_share": share}), slot)
    assert within_5_standard_errors(sum(case.report_time < 0 for case in cases), share)


def test_whether_a_case_is_silent_says_nothing_of_its_delay(card_cases: list[Case]) -> None:
    config = LabelsConfig.model_validate({"never_reported_share": 0.5})
    heard = [case for case in many_cases(config, CARD) if case.report_time >= 0]
    mean, same = (sum(map(delay_days, cases)) / len(cases) for cases in (heard, card_cases))
    spread = sqrt(sum((delay_days(case) - same) ** 2 for case in card_cases) / CASES)
    assert abs(mean - same) < 5 * spread / sqrt(len(heard))


def test_a_silent_case_is_never_labelled() -> None:
    book = LabelBook()
    book.fraud(Case(7, NOW, -1, LabelSource.CHARGEBACK, "10.4", CARD), NOW)
    assert book.until(1 << 62) == []


# --- who speaks -----------------------------------------------------------------------------------------


def test_chargebacks_take_more_than_a_week_and_have_a_reason(card_cases: list[Case]) -> None:
    chargebacks = [case for case in card_cases if case.source == LabelSource.CHARGEBACK]
    assert {case.reason for case in chargebacks} == set(CHARGEBACK_REASONS)
    assert min(map(delay_days, chargebacks)) > 7


def test_card_networks_speak_within_a_day(card_cases: list[Case]) -> None:
    assert max(delay_days(case) for case in card_cases if case.source == LabelSource.NETWORK_REPORT) < 1


def test_of_takeovers_a_fifth_comes_as_a_recall(account_cases: list[Case]) -> None:
    recalls = [case for case in account_cases if case.source == LabelSource.RECALL_REQUEST]
    assert {case.reason for case in recalls} == {RECALL_REASON}
    assert within_5_standard_errors(len(recalls), 0.2)


def test_sources_belong_to_the_kind_of_case(card_cases: list[Case], account_cases: list[Case]) -> None:
    of_cards = {LabelSource.CUSTOMER_REPORT, LabelSource.NETWORK_REPORT, LabelSource.CHARGEBACK}
    of_accounts = {LabelSource.CUSTOMER_REPORT, LabelSource.RECALL_REQUEST}
    assert set(Counter(case.source for case in card_cases)) == of_cards
    assert set(Counter(case.source for case in account_cases)) == of_accounts


def test_the_same_draws_open_the_same_case() -> None:
    one, other = (open_case(LabelsConfig(), Draws(KEY, 5, 6), 6, NOW, CARD) for _ in range(2))
    assert one == other


# --- the book -------------------------------------------------------------------------------------------


def a_case(report_time: int) -> Case:
    return Case(7, NOW, report_time, LabelSource.CUSTOMER_REPORT, None, CARD)


def test_all_frauds_before_the_report_are_labelled_within_the_hour_after_it() -> None:
    book, report = LabelBook(), NOW + 5 * DAY_US
    frauds = [NOW + k * DAY_US for k in range(4)]
    for time in frauds:
        book.fraud(a_case(report), time)
    labels = book.until(1 << 62)
    assert sorted(label.transaction_time for label in labels) == frauds
    assert all(report < label.time < report + HOUR_US for label in labels)


def test_a_fraud_after_the_report_is_labelled_soon_after_it_happens() -> None:
    book, late = LabelBook(), NOW + 9 * DAY_US
    book.fraud(a_case(NOW + DAY_US), late)
    (label,) = book.until(1 << 62)
    assert late + HOUR_US < label.time < late + 2 * HOUR_US


def test_every_label_of_a_case_names_its_source_and_reason() -> None:
    book = LabelBook()
    case = Case(7, NOW, NOW + DAY_US, LabelSource.CHARGEBACK, "4837", CARD)
    for k in range(3):
        book.fraud(case, NOW + k)
    assert {(label.source, label.reason) for label in book.until(1 << 62)} == {(LabelSource.CHARGEBACK, "4837")}


@pytest.fixture
def busy_book() -> LabelBook:
    """Labels of 300 cases of two frauds each, in no order."""
    book = LabelBook()
    for number in range(300):
        case = open_case(NOBODY_SILENT, Draws(KEY, number, 2), number, NOW, CARD)
        book.fraud(case, NOW + 1000 * number)
        book.fraud(case, NOW + DAY_US + 1000 * number)
    return book


def test_labels_come_in_the_order_of_their_time(busy_book: LabelBook) -> None:
    told = [label for day in range(200) for label in busy_book.until(NOW + day * DAY_US)]
    assert len(told) == 600
    assert [label.time for label in told] == sorted(label.time for label in told)


def test_a_day_gives_out_the_labels_before_its_end_alone(busy_book: LabelBook) -> None:
    end = NOW + 3 * DAY_US
    assert max(label.time for label in busy_book.until(end)) < end
    assert min(label.time for label in busy_book.waiting) >= end


def test_no_label_is_given_out_twice(busy_book: LabelBook) -> None:
    first = busy_book.until(NOW + 10 * DAY_US)
    assert first
    assert busy_book.until(NOW + 10 * DAY_US) == []
    assert not set(first) & set(busy_book.until(1 << 62))
