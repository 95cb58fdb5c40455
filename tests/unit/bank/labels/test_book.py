"""Cases become labels: all at once when they are reported, in the order of time, each about one row once."""

from __future__ import annotations

import pytest

from fintxsim.bank.labels.book import LabelBook
from fintxsim.bank.labels.cases import NEVER, Case, Change, Claim, Fraud, LabelRow, Opinion, Way
from fintxsim.bank.labels.config import LabelsConfig
from fintxsim.bank.labels.delays import DAY_US, HOUR_US
from fintxsim.vocabulary import Label, LabelSource, ObservationClass
from tests.unit.bank.labels.kit import CENTS, HOURS, KEY, NOW, labels_config, many_cases, nobody_silent

FOREVER = 1 << 62
REPORT = Opinion(Label.FRAUD, LabelSource.CUSTOMER_REPORT)
CHARGEBACK = Opinion(Label.FRAUD, LabelSource.CHARGEBACK, Claim.NOT_MINE)
GENUINE = Opinion(Label.GENUINE, LabelSource.MERCHANT_REPORT)


def a_book(config: LabelsConfig | None = None) -> LabelBook:
    return LabelBook(config or LabelsConfig(), HOURS, KEY)


def a_case(report_time: int, opinion: Opinion = REPORT, *times: int) -> Case:
    case = Case(ObservationClass.THIRD_PARTY_REPORTED, 7, 0, NOW, report_time, opinion)
    for time in times:
        case.add(Fraud(time, 10 * CENTS, Way.CARD_REMOTE))
    return case


def test_all_frauds_before_the_report_are_labelled_within_the_hour_after_it() -> None:
    book, report = a_book(), NOW + 5 * DAY_US
    frauds = [NOW + k * DAY_US for k in range(4)]
    book.tell(a_case(report, REPORT, *frauds))
    labels = book.until(FOREVER)
    assert sorted(label.transaction_time for label in labels) == frauds
    assert all(report < label.time < report + HOUR_US for label in labels)


def test_a_fraud_after_the_report_is_labelled_soon_after_it_happens() -> None:
    book, late = a_book(), NOW + 9 * DAY_US
    book.tell(a_case(NOW + DAY_US, REPORT, late))
    (label,) = book.until(FOREVER)
    assert late + HOUR_US < label.time < late + 2 * HOUR_US


def test_nothing_is_told_twice() -> None:
    book, case = a_book(), a_case(NOW + DAY_US, REPORT, NOW)
    assert [len(book.tell(case)) for _ in range(2)] == [1, 0]
    assert len(book) == 1


def test_every_label_of_a_case_is_what_was_said() -> None:
    book = a_book(labels_config(third_party={"overturned_share": 0}))
    book.tell(a_case(NOW + DAY_US, CHARGEBACK, NOW, NOW + 1, NOW + 2))
    assert {label.opinion for label in book.until(FOREVER)} == {CHARGEBACK}


def test_the_code_of_a_claim_is_that_of_its_scheme_and_of_how_each_row_was_paid() -> None:
    book, case = a_book(), a_case(NOW + DAY_US, CHARGEBACK)
    case.scheme = 2
    for time, way in enumerate(Way, NOW):
        case.add(Fraud(time, 10 * CENTS, way))
    book.tell(case)
    said = {label.transaction_time: label.reason for label in book.until(FOREVER) if not label.revises}
    assert said == {NOW: "UA01", NOW + 1: "UA02", NOW + 2: "FRAD"}


def test_who_asks_for_no_money_gives_no_code() -> None:
    book = a_book()
    book.tell(a_case(NOW + DAY_US, REPORT, NOW))
    assert [label.reason for label in book.until(FOREVER)] == [None]


def test_a_mistake_is_denied_with_the_code_of_a_remote_purchase() -> None:
    for scheme, code in enumerate(("10.4", "4837", "UA02")):
        book = a_book()
        book.mistake(NOW, scheme)
        assert book.until(FOREVER)[0].reason == code


def test_a_fraud_at_night_after_the_report_is_labelled_in_the_morning() -> None:
    book, night = a_book(), NOW + 9 * DAY_US + 11 * HOUR_US  # 23:00
    frauds = [night + k for k in range(40)]
    book.tell(a_case(NOW + DAY_US, REPORT, *frauds))
    late = [label.time for label in book.until(FOREVER) if label.time > night + 8 * HOUR_US]
    assert len(late) > 25
    assert max(late) < night + 12 * HOUR_US


def test_nobody_corrects_a_label_outside_office_hours() -> None:
    corrections = [row for row in mistakes(1.0) if row.opinion.source == LabelSource.MERCHANT_REPORT]
    assert len(corrections) > 50
    assert all(HOURS.next(LabelSource.MERCHANT_REPORT, row.time) == row.time for row in corrections)


def test_a_chargeback_that_is_overturned_is_superseded_by_genuine() -> None:
    book = a_book(labels_config(third_party={"overturned_share": 1}))
    book.tell(a_case(NOW + DAY_US, CHARGEBACK, NOW))
    first, second = book.until(FOREVER)
    assert (first.opinion, first.is_revised, first.revises) == (CHARGEBACK, True, False)
    assert (second.opinion, second.is_revised, second.revises) == (GENUINE, False, True)
    assert (first.transaction_time, second.transaction_time) == (NOW, NOW)
    assert second.time > first.time + DAY_US


def test_a_change_of_mind_at_the_same_moment_still_comes_second() -> None:
    book = a_book()
    book.say(NOW, NOW + 5, REPORT, Change(0, GENUINE))
    assert [label.revises for label in book.until(FOREVER)] == [False, True]


def busy_book() -> LabelBook:
    """Labels of 300 cases of two frauds each, in no order."""
    book = a_book(nobody_silent())
    cases = many_cases(ObservationClass.THIRD_PARTY_REPORTED, nobody_silent(), count=300)
    for number, case in enumerate(cases):
        case.add(Fraud(NOW + 1000 * number, CENTS, Way.CARD_REMOTE))
        case.add(Fraud(NOW + DAY_US + 1000 * number, CENTS, Way.CARD_REMOTE))
        book.tell(case)
    return book


def test_labels_come_in_the_order_of_their_time() -> None:
    book = busy_book()
    told = [label for day in range(300) for label in book.until(NOW + day * DAY_US)]
    assert sum(not label.revises for label in told) == 600
    assert [label.time for label in told] == sorted(label.time for label in told)
    assert len(book) == 0


def test_a_day_gives_out_the_labels_before_its_end_alone() -> None:
    book, end = busy_book(), NOW + 3 * DAY_US
    assert max(label.time for label in book.until(end)) < end
    assert min(label.time for label in book.until(FOREVER)) >= end


def test_no_label_is_given_out_twice() -> None:
    book = busy_book()
    first = book.until(NOW + 10 * DAY_US)
    assert first
    assert book.until(NOW + 10 * DAY_US) == []
    assert not set(first) & set(book.until(FOREVER))


# --- mistakes -------------------------------------------------------------------------------------------


def mistakes(cleared_share: float, count: int = 200) -> list[LabelRow]:
    book = a_book(labels_config(mistaken={"cleared_share": cleared_share}))
    for k in range(count):
        book.mistake(NOW + k, 0)
    return book.until(FOREVER)


def test_a_mistake_is_first_called_fraud_then_genuine() -> None:
    rows = mistakes(1.0)
    assert len(rows) == 400
    assert {(row.opinion.label, row.revises) for row in rows} == {(Label.FRAUD, False), (Label.GENUINE, True)}


def test_a_mistake_that_nobody_notices_stays_fraud() -> None:
    assert {(row.opinion.label, row.is_revised) for row in mistakes(0.0)} == {(Label.FRAUD, False)}


def test_a_mistake_is_told_when_it_is_labelled() -> None:
    book = a_book()
    heard = book.mistake(NOW, 0)
    assert heard == book.until(FOREVER)[0].time > NOW


# --- cases ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("report_time", "heard"), [(NEVER, False), (NOW - 1, True), (NOW, False), (NOW + 1, False)])
def test_a_case_is_heard_of_after_its_report(report_time: int, heard: bool) -> None:
    assert a_case(report_time).is_heard(NOW) is heard


@pytest.mark.parametrize("report_time", [NEVER, NOW + 9 * DAY_US])
def test_a_victim_who_is_asked_speaks_now(report_time: int) -> None:
    case = a_case(report_time, CHARGEBACK)
    case.hear(NOW + HOUR_US)
    assert (case.report_time, case.opinion) == (NOW + HOUR_US, REPORT)


def test_a_victim_who_has_spoken_is_not_heard_again() -> None:
    case = a_case(NOW + HOUR_US, CHARGEBACK)
    case.hear(NOW + DAY_US)
    assert (case.report_time, case.opinion) == (NOW + HOUR_US, CHARGEBACK)


def test_a_row_that_is_taken_out_is_not_told_with_the_case() -> None:
    case = a_case(NOW + DAY_US, REPORT, NOW, NOW + 1)
    taken = case.take(NOW)
    assert taken is not None
    assert taken.time == NOW
    assert case.take(NOW) is None
    assert [fraud.time for fraud in a_book().tell(case)] == [NOW + 1]
