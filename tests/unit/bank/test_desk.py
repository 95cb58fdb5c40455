"""What the fraud desk does when somebody speaks: labels, orders, and what comes back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fintxsim.bank.alerts import Alert, AlertsConfig
from fintxsim.bank.desk import FraudDesk, Measure, Order
from fintxsim.bank.labels.cases import NEVER, Case, Fraud, LabelRow, Offence, Opinion, Way
from fintxsim.bank.labels.delays import DAY_US, HOUR_US
from fintxsim.bank.recovery import RecoveryConfig
from fintxsim.population.people import CURRENT, account_code, outside_code
from fintxsim.streams import purpose_key
from fintxsim.vocabulary import Label, LabelSource, ObservationClass
from tests.unit.bank.labels.kit import HOURS, SILENCE, labels_config

Class = ObservationClass
NOW = 1_767_265_200_000_000
FOREVER = 1 << 62
AMOUNT = 5_000
CUSTOMER, CAMPAIGN = 7, 50
KEYS = np.array([purpose_key(1, purpose) for purpose in range(64)], np.uint64)
EVERYTHING_BACK = RecoveryConfig(
    remote_card_share=1, present_card_share=1, within_hour=1, within_day=1, within_week=1, later=1
)


def desk(silent: float = 0.0, since: int = 0, **alerts: Any) -> FraudDesk:
    """A desk that hears of every case (or of none), and gets everything back."""
    sections: dict[str, Any] = {section: {share: silent} for section, share in SILENCE.values()}
    sections["third_party"]["account_never_reported_share"] = silent
    labels = labels_config(**sections)
    return FraudDesk(labels, AlertsConfig.model_validate(alerts), EVERYTHING_BACK, KEYS, since, HOURS)


def offence(
    time: int = NOW, observation: Class = Class.THIRD_PARTY_REPORTED, *, customer: int = CUSTOMER, slot: int = 0,
    approved: bool = True, is_fraud: bool = True, campaign: int = CAMPAIGN, payee: int = -1,
) -> Offence:  # fmt: skip
    way = Way.CARD_REMOTE if slot >= 0 else Way.ACCOUNT
    return Offence(campaign, "", observation, customer, slot, Fraud(time, AMOUNT, way, payee), approved, is_fraud)


def alert(about: Offence | None, *, closed: int = NOW + HOUR_US, approved: bool = True, slot: int = 0) -> Alert:
    """A worked alert on an offence, or on a genuine request."""
    if about is None:
        return Alert(NOW, CUSTOMER, slot, approved, 0.8, 0.5, closed=closed)
    return Alert(about.fraud.time, about.customer, about.card_slot, about.approved, 0.8, 0.5, about, closed)


def seen(at: FraudDesk, *offences: Offence) -> Case:
    cases = [at.witness(one) for one in offences]
    assert cases[-1] is not None
    return cases[-1]


def all_labels(at: FraudDesk) -> list[LabelRow]:
    return at.last_labels()


# --- cases ----------------------------------------------------------------------------------------------


def test_a_declined_attempt_opens_no_case_and_gets_no_label() -> None:
    one = desk()
    assert one.witness(offence(approved=False)) is None
    assert all_labels(one) == []


def test_a_leg_that_moves_stolen_money_on_opens_no_case() -> None:
    one = desk()
    assert one.witness(offence(observation=Class.LAUNDERING, is_fraud=False)) is None
    assert all_labels(one) == []


def test_frauds_on_one_victim_are_one_case_and_those_on_another_another() -> None:
    one = desk()
    first, second = offence(), offence(NOW + 5)
    assert seen(one, first) is seen(one, second)
    assert seen(one, offence(NOW + 9, customer=8)) is not seen(one, second)


def test_all_sales_of_a_colluding_merchant_are_one_case() -> None:
    one = desk()
    sales = [offence(NOW + k, Class.ACQUIRER_OBSERVED, customer=k) for k in range(5)]
    assert len({id(seen(one, sale)) for sale in sales}) == 1
    labels = all_labels(one)
    assert len(labels) == 5
    assert max(label.time for label in labels) - min(label.time for label in labels) < HOUR_US


def test_every_false_claim_is_a_case_of_its_own() -> None:
    one = desk()
    cases = [seen(one, offence(NOW + k * DAY_US, Class.FIRST_PARTY_DISPUTE)) for k in range(40)]
    delays = {case.delay for case in cases}
    assert len(delays) == 40
    assert len({case.opinion for case in cases}) == 3


def test_a_colluding_merchant_is_reported_when_he_is_gone() -> None:
    one, other = desk(), desk()
    early = seen(one, offence(observation=Class.ACQUIRER_OBSERVED))
    sales = [offence(NOW + k * DAY_US, Class.ACQUIRER_OBSERVED) for k in range(200)]
    case = seen(other, *sales)
    assert case.opened + case.delay == early.opened + early.delay + 199 * DAY_US
    assert case.report_time == HOURS.next(case.opinion.source, case.opened + case.delay)
    assert min(label.time for label in all_labels(other)) >= case.report_time


def test_a_merchant_who_is_never_found_out_is_not_found_out_later_either() -> None:
    one = desk(silent=1)
    assert seen(one, *(offence(NOW + k, Class.ACQUIRER_OBSERVED) for k in range(9))).report_time == NEVER


@pytest.mark.parametrize("observation", ObservationClass, ids=lambda word: word.text)
def test_whoever_is_heard_of_is_labelled_after_the_fact_and_whoever_is_not_is_not(observation: Class) -> None:
    heard, silent = desk(silent=0), desk(silent=1)
    for one in (heard, silent):
        seen(one, offence(observation=observation))
    assert min(label.time for label in all_labels(heard)) > NOW
    assert all_labels(silent) == []


def test_a_day_tells_what_was_reported_before_its_end_alone() -> None:
    one = desk()
    case = seen(one, offence())
    assert one.evening(case.report_time, {CAMPAIGN}) == []
    (label,) = one.evening(case.report_time + HOUR_US, {CAMPAIGN})
    assert label.transaction_time == NOW
    assert one.evening(case.report_time + 2 * HOUR_US, {CAMPAIGN}) == []


def test_what_is_stolen_after_the_report_is_labelled_too() -> None:
    one = desk()
    case = seen(one, offence())
    one.evening(case.report_time + HOUR_US, {CAMPAIGN})
    late = case.report_time + 2 * DAY_US
    seen(one, offence(late))
    (label,) = one.evening(late + DAY_US, {CAMPAIGN})
    assert label.transaction_time == late


def test_a_case_is_forgotten_when_its_campaign_is_over_and_all_is_told() -> None:
    one = desk()
    case = seen(one, offence())
    one.evening(case.report_time + 1, {CAMPAIGN})
    assert len(one.cases) == 1
    one.evening(case.report_time + 2, set())
    assert one.cases == {}


def test_a_silent_case_is_kept_as_long_as_an_alert_on_it_can_be_open() -> None:
    one = desk(silent=1, expire_days=3)
    seen(one, offence())
    one.evening(NOW + 3 * DAY_US, set())
    assert len(one.cases) == 1
    one.evening(NOW + 3 * DAY_US + 1, set())
    assert one.cases == {}


# --- orders ---------------------------------------------------------------------------------------------


def orders_after(observation: Class, slot: int) -> list[tuple[Measure, int, int]]:
    one = desk()
    seen(one, offence(observation=observation, slot=slot))
    all_labels(one)
    return [(order.measure, order.customer, order.card_slot) for order in one.take_orders()]


def test_a_stolen_card_is_blocked_and_a_stolen_login_reset() -> None:
    assert orders_after(Class.THIRD_PARTY_REPORTED, 1) == [(Measure.BLOCK_CARD, CUSTOMER, 1)]
    assert orders_after(Class.THIRD_PARTY_REPORTED, -1) == [(Measure.RESET_CREDENTIALS, CUSTOMER, -1)]


@pytest.mark.parametrize(
    "observation",
    [Class.VICTIM_AUTHORISED, Class.DEFERRED, Class.ACQUIRER_OBSERVED, Class.LAUNDERING, Class.MERCHANT_ONLY],
)
def test_where_no_card_or_login_was_stolen_a_report_blocks_nothing(observation: Class) -> None:
    assert orders_after(observation, 0) == []


HERE, ELSEWHERE = account_code(31, CURRENT), outside_code(4, 2)


def reported(at: FraudDesk) -> list[tuple[int, int, int]]:
    orders = [order for order in at.take_orders() if order.measure == Measure.REPORT_ACCOUNT]
    return [(order.account, order.customer, order.time) for order in orders]


def test_a_report_names_the_accounts_to_which_the_money_went() -> None:
    one = desk()
    scam = offence(observation=Class.VICTIM_AUTHORISED, slot=-1, payee=HERE)
    more = [offence(NOW + 5, Class.VICTIM_AUTHORISED, slot=-1, payee=account) for account in (ELSEWHERE, -1)]
    case = seen(one, scam, *more)
    assert one.evening(case.report_time, {CAMPAIGN}) == []
    assert reported(one) == []
    one.evening(FOREVER, {CAMPAIGN})
    assert reported(one) == [(ELSEWHERE, -1, case.report_time), (HERE, 31, case.report_time)]


def test_where_money_goes_after_the_report_is_known_at_once() -> None:
    one = desk()
    case = seen(one, offence(observation=Class.VICTIM_AUTHORISED, slot=-1))
    one.evening(case.report_time + HOUR_US, {CAMPAIGN})
    late = case.report_time + 2 * DAY_US
    seen(one, offence(late, Class.VICTIM_AUTHORISED, slot=-1, payee=HERE))
    one.evening(late + DAY_US, {CAMPAIGN})
    assert reported(one) == [(HERE, 31, late)]


def test_the_account_of_a_scam_is_known_even_if_nothing_was_paid_yet() -> None:
    one = desk(silent=1)
    declined = offence(observation=Class.VICTIM_AUTHORISED, slot=-1, payee=HERE, approved=False)
    one.witness(declined)
    one.confirm(alert(declined, slot=-1))
    assert reported(one) == [(HERE, 31, NOW + HOUR_US)]
    assert all_labels(one) == []


def test_the_victim_of_a_scam_that_was_stopped_in_time_believes_no_more() -> None:
    one = desk(silent=1)
    declined = offence(observation=Class.VICTIM_AUTHORISED, slot=-1, approved=False)
    one.witness(declined)
    one.confirm(alert(declined, slot=-1))
    assert one.cases[CAMPAIGN, CUSTOMER].is_heard(NOW + HOUR_US + 1)
    one.evening(FOREVER, ())
    assert one.cases == {}


def test_an_analyst_who_finds_a_theft_or_a_scam_learns_where_the_money_went() -> None:
    for observation in (Class.THIRD_PARTY_REPORTED, Class.VICTIM_AUTHORISED):
        one = desk(silent=1)
        theft = offence(observation=observation, slot=-1, payee=HERE)
        seen(one, theft)
        one.confirm(alert(theft, slot=-1))
        assert reported(one) == [(HERE, 31, NOW + HOUR_US)]


def test_a_case_is_answered_once_at_the_time_of_its_report() -> None:
    one = desk()
    case = seen(one, offence(), offence(NOW + 5))
    one.evening(FOREVER, {CAMPAIGN})
    seen(one, offence(case.report_time + DAY_US))
    one.evening(FOREVER, {CAMPAIGN})
    assert [order.time for order in one.take_orders()] == [case.report_time]
    assert one.take_orders() == []


def test_orders_are_taken_in_the_order_of_time() -> None:
    one = desk()
    one.orders = [Order(NOW + k, Measure.BLOCK_CARD, k, 0) for k in (3, 1, 2)]
    assert [order.customer for order in one.take_orders()] == [1, 2, 3]


# --- alerts ---------------------------------------------------------------------------------------------


def test_a_confirmed_alert_labels_its_row_and_makes_the_victim_tell_the_rest() -> None:
    one = desk(silent=1)
    first, second = offence(), offence(NOW + 5)
    seen(one, first, second)
    one.confirm(alert(second))
    said = {label.transaction_time: label.opinion for label in all_labels(one)}
    assert said == {
        NOW: Opinion(Label.FRAUD, LabelSource.CUSTOMER_REPORT),
        NOW + 5: Opinion(Label.FRAUD, LabelSource.ALERT_CONFIRMED),
    }


def test_a_declined_attempt_that_is_confirmed_has_no_label_but_brings_the_case_to_light() -> None:
    one = desk(silent=1)
    seen(one, offence())
    declined = offence(NOW + 5, approved=False)
    one.witness(declined)
    one.confirm(alert(declined))
    assert [label.transaction_time for label in all_labels(one)] == [NOW]


@pytest.mark.parametrize(
    "observation", [Class.FIRST_PARTY_DISPUTE, Class.DEFERRED, Class.ACQUIRER_OBSERVED, Class.MERCHANT_ONLY]
)
def test_who_defrauds_the_bank_himself_tells_nothing_of_the_rest(observation: Class) -> None:
    one = desk(silent=1)
    first, second = offence(observation=observation), offence(NOW + 5, observation)
    seen(one, first, second)
    one.confirm(alert(first))
    assert [label.transaction_time for label in all_labels(one)] == [NOW]


def test_a_row_that_was_labelled_before_is_not_labelled_by_its_alert() -> None:
    one = desk()
    case = seen(one, offence())
    told = one.evening(case.report_time + HOUR_US, {CAMPAIGN})
    one.confirm(alert(offence(), closed=case.report_time + 2 * HOUR_US))
    assert len(told) == 1
    assert all_labels(one) == []


def test_an_approved_leg_that_an_analyst_confirms_is_labelled() -> None:
    one = desk()
    leg = offence(observation=Class.LAUNDERING, is_fraud=False)
    one.witness(leg)
    one.confirm(alert(leg))
    assert [label.opinion.source for label in all_labels(one)] == [LabelSource.ALERT_CONFIRMED]


def test_a_genuine_payment_taken_for_fraud_is_put_right() -> None:
    one = desk(cleared_share=1)
    one.confirm(alert(None))
    first, second = all_labels(one)
    assert (first.opinion, first.is_revised) == (Opinion(Label.FRAUD, LabelSource.ALERT_CONFIRMED), True)
    assert (second.opinion, second.revises) == (Opinion(Label.GENUINE, LabelSource.CUSTOMER_REPORT), True)


def test_a_genuine_payment_that_was_declined_gets_no_label_but_loses_its_card() -> None:
    one = desk()
    one.confirm(alert(None, approved=False))
    assert all_labels(one) == []
    assert [order.measure for order in one.take_orders()] == [Measure.BLOCK_CARD]


@pytest.mark.parametrize(
    ("observation", "slot", "measure"),
    [
        (Class.THIRD_PARTY_REPORTED, 0, Measure.BLOCK_CARD),
        (Class.THIRD_PARTY_REPORTED, -1, Measure.RESET_CREDENTIALS),
        (Class.DEFERRED, 1, Measure.FREEZE_ACCOUNTS),
        (Class.LAUNDERING, -1, Measure.FREEZE_ACCOUNTS),
        (None, 0, Measure.BLOCK_CARD),
        (None, -1, Measure.FREEZE_ACCOUNTS),
    ],
)
def test_what_the_bank_does_after_a_confirmed_alert(observation: Class | None, slot: int, measure: Measure) -> None:
    one = desk()
    about = None if observation is None else offence(observation=observation, slot=slot)
    if about:
        one.witness(about)
    one.confirm(alert(about, slot=slot))
    assert one.take_orders() == [Order(NOW + HOUR_US, measure, CUSTOMER, slot)]


def test_the_victim_of_a_scam_keeps_the_use_of_accounts_and_cards() -> None:
    one = desk()
    scam = offence(observation=Class.VICTIM_AUTHORISED, slot=-1)
    one.witness(scam)
    one.confirm(alert(scam, slot=-1))
    one.evening(FOREVER, ())
    assert one.take_orders() == []


def test_offences_are_known_to_alerts_of_the_same_day() -> None:
    one = desk()
    one.witness(offence())
    assert one.today[NOW].campaign == CAMPAIGN
    one.evening(NOW + HOUR_US, {CAMPAIGN})
    assert one.today == {}


# --- mistakes -------------------------------------------------------------------------------------------


def test_a_mistaken_holder_loses_the_card_when_he_reports_it() -> None:
    one = desk()
    one.mistake(NOW, CUSTOMER, 1)
    one.evening(NOW + DAY_US, ())
    assert one.take_orders() == []
    (label, *_) = one.evening(FOREVER, ())
    assert one.take_orders() == [Order(label.time, Measure.BLOCK_CARD, CUSTOMER, 1)]


# --- what comes back ------------------------------------------------------------------------------------


def test_what_comes_back_is_counted_for_the_campaign() -> None:
    one = desk()
    seen(one, offence(), offence(NOW + 5), offence(NOW + 6, customer=8), offence(NOW + 9, campaign=51))
    all_labels(one)
    assert one.recovered == {CAMPAIGN: 3 * AMOUNT, 51: AMOUNT}


def test_nothing_comes_back_of_what_nobody_reports() -> None:
    one = desk(silent=1)
    assert seen(one, offence()).report_time == NEVER
    all_labels(one)
    assert one.recovered == {}


@pytest.mark.parametrize("observation", ObservationClass, ids=lambda word: word.text)
def test_the_bank_asks_for_money_back_where_somebody_was_robbed_or_says_so(observation: Class) -> None:
    one = desk()
    seen(one, offence(observation=observation))
    all_labels(one)
    robbed = (Class.THIRD_PARTY_REPORTED, Class.VICTIM_AUTHORISED, Class.FIRST_PARTY_DISPUTE)
    assert (one.recovered != {}) == (observation in robbed)


def test_a_confirmed_alert_gets_the_row_back_once() -> None:
    one = desk()
    seen(one, offence(), offence(NOW + 5))
    one.confirm(alert(offence()))
    all_labels(one)
    assert one.recovered == {CAMPAIGN: 2 * AMOUNT}


def test_what_was_stolen_before_the_run_is_not_counted() -> None:
    one = desk(since=NOW + 1)
    seen(one, offence(), offence(NOW + 5))
    all_labels(one)
    assert one.recovered == {CAMPAIGN: AMOUNT}
