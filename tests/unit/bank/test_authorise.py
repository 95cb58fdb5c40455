"""What the bank answers, and in which order it looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest

from fintxsim.bank.ledger import BOOKS, empty_books
from fintxsim.population.people import CARD_LOST, CARD_OK, CARD_RESTRICTED, CARD_STOLEN, CREDIT, CURRENT
from fintxsim.streams import uniform
from fintxsim.vocabulary import (
    CvvResult,
    Direction,
    Eci,
    EntryMode,
    IncumbentAction,
    NameMatch,
    Rail,
    ThreeDS,
    TransactionType,
)
from tests.unit.bank.kit import (
    ACCOUNT_DRAW,
    CENTS,
    HOUR,
    KNOWN_DEVICE,
    NOON,
    PERMIT_DRAW,
    STRANGE_DEVICE,
    SYSTEM_DRAW,
    TODAY,
    Request,
    an_average_person,
    luck,
)

Change = Callable[[Request], None]
CHIP, STRIPE, WEB = int(EntryMode.CHIP), int(EntryMode.MAGSTRIPE), int(EntryMode.ECOM)
ANY = frozenset({CHIP, STRIPE, WEB})


# --- what can be wrong with a card payment --------------------------------------------------------------


def outage(r: Request) -> None:
    r.bank["outage_start"], r.bank["outage_end"] = NOON - 1, NOON + 1


def mistyped_number(r: Request) -> None:
    r.bank["wrong_details_share"] = 2.5  # 0.4 of it are wrong numbers: all


def blocked_card(r: Request) -> None:
    r.person["card_status"], r.person["card_back_day"] = CARD_STOLEN, TODAY + 3


def replaced_card(r: Request) -> None:
    r.draft["card"] = int(r.person["card_generation"][0]) - 1


def unpermitted(r: Request) -> None:
    r.draft["draw"] = luck(stripe_not_permitted)


def stripe_not_permitted(state: np.uint64) -> bool:
    return uniform(state, PERMIT_DRAW) < 0.03 and uniform(state, SYSTEM_DRAW) > 0.01


def blocked_pin(r: Request) -> None:
    r.person["pin_failures"] = 3


def wrong_pin(r: Request) -> None:
    r.bank["wrong_pin_share"] = 1.0


def wrong_cvv(r: Request) -> None:
    r.draft["cvv"] = CvvResult.NO_MATCH


def failed_challenge(r: Request) -> None:
    r.draft["three_ds"], r.draft["pass_challenge"] = ThreeDS.CHALLENGED, 0.0


def every_alarm(r: Request) -> None:
    r.draft["device"], r.draft["ip_country"] = STRANGE_DEVICE, 1
    r.person["usual_log_amount"] = 1.0
    r.person["last_card_time"] = NOON - HOUR // 2
    r.person["recent_attempts"], r.person["recent_declines"] = 10, 3


def strict_bank(r: Request) -> None:
    r.bank["decline_score"] = 0.0


def careful_bank(r: Request) -> None:
    r.bank["step_up_score"] = 0.0


def many_payments(r: Request) -> None:
    r.person["card_day_count"] = int(r.bank["card_day_count"])


def much_spent(r: Request) -> None:
    r.person["card_day_spent"] = 1_000_000 * CENTS


def no_money(r: Request) -> None:
    r.person["balance"] = 0


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, the answer when nothing else is, and the ways of paying in which it can be."""

    change: Change
    code: str
    ways: frozenset[int] = ANY

    @property
    def name(self) -> str:
        return f"{self.change.__name__}:{self.code}"


IN_ORDER = (
    Fault(outage, "91"),
    Fault(mistyped_number, "14", frozenset({WEB})),
    Fault(blocked_card, "43"),
    Fault(replaced_card, "54"),
    Fault(unpermitted, "57", frozenset({STRIPE})),
    Fault(blocked_pin, "75", frozenset({CHIP})),
    Fault(wrong_pin, "55", frozenset({CHIP})),
    Fault(wrong_cvv, "82", frozenset({WEB})),
    Fault(failed_challenge, "63"),
    Fault(every_alarm, "59"),
    Fault(strict_bank, "05"),
    Fault(careful_bank, "65", frozenset({STRIPE, WEB})),  # a chip with PIN is strong enough
    Fault(many_payments, "65"),
    Fault(much_spent, "61"),
    Fault(no_money, "51"),
)
ALONE = [pytest.param(fault, way, id=f"{fault.name}-{way}") for fault in IN_ORDER for way in sorted(fault.ways)]
TOGETHER = [
    pytest.param(first, second, way, id=f"{first.name}-{second.name}-{way}")
    for first, second in combinations(IN_ORDER, 2)
    for way in sorted(first.ways & second.ways)
]


def card_payment(way: int = CHIP) -> Request:
    request = Request()
    request.draft["entry"] = way
    if way == WEB:
        request.draft["device"], request.draft["ip_country"], request.draft["cvv"] = KNOWN_DEVICE, 0, CvvResult.MATCH
    return request


@pytest.mark.parametrize("way", sorted(ANY))
def test_a_payment_with_nothing_wrong_is_approved(way: int) -> None:
    assert card_payment(way).ask() == "00"


@pytest.mark.parametrize(("fault", "way"), ALONE)
def test_each_fault_has_its_code(fault: Fault, way: int) -> None:
    request = card_payment(way)
    fault.change(request)
    assert request.ask() == fault.code


@pytest.mark.parametrize(("first", "second", "way"), TOGETHER)
def test_of_two_faults_the_one_that_is_looked_at_first_answers(first: Fault, second: Fault, way: int) -> None:
    request = card_payment(way)
    second.change(request)
    first.change(request)
    assert request.ask() == first.code


@pytest.mark.parametrize(("fault", "way"), ALONE)
def test_a_declined_payment_moves_no_money(fault: Fault, way: int) -> None:
    request = card_payment(way)
    fault.change(request)
    before = request.person["balance"].copy()
    request.ask()
    assert not request.is_approved
    assert (request.person["balance"] == before).all()
    assert not request.books.any()


def test_who_types_a_wrong_cvv_does_not_learn_that_there_is_no_money() -> None:
    request = card_payment(WEB)
    wrong_cvv(request)
    no_money(request)
    assert request.ask() == "82"


def test_a_blocked_card_is_refused_before_its_pin_is_looked_at() -> None:
    request = card_payment(CHIP)
    blocked_card(request)
    wrong_pin(request)
    assert request.ask() == "43"
    assert request.person["pin_failures"][0] == 0


def test_in_an_outage_nobody_learns_anything() -> None:
    request = card_payment(WEB)
    for fault in reversed(IN_ORDER):
        if WEB in fault.ways:
            fault.change(request)
    assert request.ask() == "91"


# --- cards ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "code"), [(CARD_LOST, "41"), (CARD_STOLEN, "43"), (CARD_RESTRICTED, "62")])
@pytest.mark.parametrize("generation", [0, -1], ids=["new", "old"])
def test_a_card_answers_why_it_was_blocked(status: int, code: str, generation: int) -> None:
    request = card_payment(WEB)
    request.person["card_status"], request.person["card_back_day"] = status, TODAY + 1
    request.draft["card"] = generation
    assert request.ask() == code


@pytest.mark.parametrize(("status", "code"), [(CARD_OK, "54"), (CARD_STOLEN, "43")])
def test_the_old_number_of_a_replaced_card_stays_useless(status: int, code: str) -> None:
    request = card_payment(WEB)
    request.person["card_status"], request.person["card_generation"] = status, 1
    assert request.ask() == code


def test_the_new_number_of_a_stolen_card_works() -> None:
    request = card_payment(WEB)
    request.person["card_status"], request.person["card_generation"] = CARD_STOLEN, 1
    request.draft["card"] = 1
    assert request.ask() == "00"


def test_one_blocked_card_does_not_block_the_other() -> None:
    request = card_payment(CHIP)
    request.person["card_status"] = [CARD_STOLEN, CARD_OK]
    request.person["card_back_day"] = [TODAY + 1, -1]
    request.draft["card_slot"], request.draft["account"] = 1, CREDIT
    assert request.ask() == "00"


def test_the_third_wrong_pin_in_a_row_blocks_the_chip() -> None:
    request = card_payment(CHIP)
    wrong_pin(request)
    assert [request.ask() for _ in range(4)] == ["55", "55", "55", "75"]


def test_a_right_pin_forgets_the_wrong_ones() -> None:
    request = card_payment(CHIP)
    request.person["pin_failures"] = 2
    assert request.ask() == "00"
    assert request.person["pin_failures"][0] == 0


def test_a_retry_has_the_number_right() -> None:
    request = card_payment(WEB)
    mistyped_number(request)
    request.draft["attempt"] = 1
    assert request.ask() == "00"


def test_a_failed_challenge_is_written_on_the_row() -> None:
    request = card_payment(WEB)
    failed_challenge(request)
    request.ask()
    assert (request.draft["three_ds"], request.draft["eci"]) == (ThreeDS.FAILED, Eci._07)


def test_without_controls_alarms_are_not_even_heard() -> None:
    request = card_payment(WEB)
    every_alarm(request)
    request.bank["controls"] = 0.0
    assert request.ask() == "00"
    assert (request.draft["score"], request.draft["action"]) == (0.0, IncumbentAction.APPROVE)


def test_alarms_of_more_than_an_hour_ago_are_forgotten() -> None:
    request = card_payment(CHIP)
    request.person["last_card_time"] = NOON - HOUR
    request.person["recent_attempts"], request.person["recent_declines"] = 50, 50
    request.ask()
    assert (request.person["recent_attempts"], request.person["recent_declines"]) == (1, 0)


@pytest.mark.parametrize(("change", "heard"), [(no_money, 0), (outage, 0), (much_spent, 1), (wrong_cvv, 1)])
def test_declines_alarm_the_bank_unless_they_are_ordinary(change: Change, heard: int) -> None:
    request = card_payment(WEB)
    change(request)
    request.ask()
    assert request.person["recent_declines"] == heard


def test_a_breakdown_of_the_system_comes_before_the_card() -> None:
    request = card_payment(CHIP)
    request.draft["draw"] = luck(lambda state: uniform(state, SYSTEM_DRAW) < 0.0003)
    blocked_card(request)
    assert request.ask() == "96"


def test_the_last_cent_can_be_spent_and_no_more() -> None:
    request = card_payment(CHIP)
    request.person["balance"] = 20 * CENTS
    assert [request.ask(), request.ask()] == ["00", "51"]
    assert request.person["balance"][CURRENT] == 0


def test_an_overdraft_can_be_used_up_to_its_limit() -> None:
    request = card_payment(CHIP)
    request.person["balance"], request.person["limit"] = 0, 20 * CENTS
    assert [request.ask(), request.ask()] == ["00", "51"]
    assert request.person["balance"][CURRENT] == -20 * CENTS


def test_an_approved_payment_counts_towards_the_limits_of_the_day() -> None:
    request = card_payment(CHIP)
    request.ask()
    assert (request.person["card_day_count"][0], request.person["card_day_spent"][0]) == (1, 20 * CENTS)


def test_the_credit_card_draws_on_its_own_account() -> None:
    request = card_payment(CHIP)
    request.draft["card_slot"], request.draft["account"] = 1, CREDIT
    request.ask()
    assert request.person["balance"].tolist() == [5_000 * CENTS, 5_000 * CENTS, 4_980 * CENTS]


def test_a_device_is_known_once_it_has_been_approved() -> None:
    request = card_payment(WEB)
    request.draft["device"] = STRANGE_DEVICE
    request.ask()
    assert request.draft["new_device"] == 1
    request.ask()
    assert request.draft["new_device"] == 0


def test_a_declined_device_stays_strange() -> None:
    request = card_payment(WEB)
    request.draft["device"] = STRANGE_DEVICE
    no_money(request)
    request.ask()
    request.ask()
    assert request.draft["new_device"] == 1


def test_money_that_comes_in_is_always_approved() -> None:
    request = card_payment(CHIP)
    request.draft["direction"] = Direction.CREDIT
    for fault in IN_ORDER:
        fault.change(request)
    assert request.ask() == "00"
    assert request.person["balance"][CURRENT] == 20 * CENTS


# --- accounts -------------------------------------------------------------------------------------------


def transfer(euros: int = 20) -> Request:
    """A transfer to a new payee from a known device."""
    request = Request(people=an_average_person(20_000 * CENTS))
    draft = request.draft
    draft["card_slot"], draft["card"], draft["entry"] = -1, -1, EntryMode.NONE
    draft["type"], draft["rail"] = TransactionType.TRANSFER, Rail.INSTANT
    draft["amount"] = draft["billing"] = euros * CENTS
    draft["device"], draft["ip_country"] = KNOWN_DEVICE, 0
    draft["payee_new"], draft["name_match"], draft["counterparty_country"] = 1, NameMatch.MATCH, 0
    draft["merchant"] = draft["category"] = draft["merchant_country"] = -1
    return request


def closed_account(r: Request) -> None:
    r.draft["draw"] = luck(lambda state: uniform(state, ACCOUNT_DRAW) < 0.004)


def no_transactions_allowed(r: Request) -> None:
    r.draft["draw"] = luck(lambda state: 0.004 <= uniform(state, ACCOUNT_DRAW) < 0.006)


def asked_and_failed(r: Request) -> None:
    careful_bank(r)
    r.draft["pass_challenge"] = 0.0


def too_much_at_once(r: Request) -> None:
    r.draft["billing"] = 10_001 * CENTS


ACCOUNT_FAULTS = (closed_account, strict_bank, too_much_at_once, asked_and_failed, no_money)
REASONS = ("AC04", "FR01", "AM02", "AG01", "AM04")
ACCOUNT_PAIRS = [pair for pair in combinations(range(5), 2) if pair != (1, 3)]  # a bank that declines does not ask


def test_a_transfer_with_nothing_wrong_has_no_reason() -> None:
    request = transfer()
    assert request.ask() == ""
    assert request.is_approved


@pytest.mark.parametrize(
    ("change", "reason"), [*zip(ACCOUNT_FAULTS, REASONS, strict=True), (no_transactions_allowed, "AC06")]
)
def test_each_fault_of_a_transfer_has_its_reason(change: Change, reason: str) -> None:
    request = transfer()
    change(request)
    assert request.ask() == reason
    assert not request.is_approved


@pytest.mark.parametrize(("first", "second"), ACCOUNT_PAIRS)
def test_of_two_faults_of_a_transfer_the_first_answers(first: int, second: int) -> None:
    request = transfer()
    ACCOUNT_FAULTS[second](request)
    ACCOUNT_FAULTS[first](request)
    assert request.ask() == REASONS[first]


def test_a_large_sum_can_go_by_another_rail() -> None:
    request = transfer()
    too_much_at_once(request)
    request.draft["rail"] = Rail.WIRE
    assert request.ask() == ""


def test_between_ones_own_accounts_any_sum_goes_at_once() -> None:
    """The limit is that of payments between banks."""
    request = transfer()
    too_much_at_once(request)
    request.draft["friend"] = request.draft["customer"]
    assert request.ask() == ""


def test_a_payee_paid_before_is_never_mistyped() -> None:
    request = transfer()
    closed_account(request)
    request.draft["payee_new"] = 0
    assert request.ask() == ""


def test_who_passes_the_challenge_may_go_on() -> None:
    request = transfer()
    careful_bank(request)
    request.draft["pass_challenge"] = 1.0
    assert request.ask() == ""
    assert request.draft["action"] == IncumbentAction.STEP_UP


def test_an_outage_of_the_card_issuer_does_not_stop_transfers() -> None:
    request = transfer()
    outage(request)
    assert request.ask() == ""


def test_large_sums_to_a_stranger_in_another_name_abroad_score_higher() -> None:
    small, large = transfer(20), transfer(2_000)
    large.draft["name_match"], large.draft["counterparty_country"] = NameMatch.NO_MATCH, 1
    small.ask()
    large.ask()
    assert large.draft["score"] > small.draft["score"] + 0.4


def test_a_transfer_goes_through_the_book_of_its_rail() -> None:
    request = transfer()
    request.ask()
    expected = empty_books()
    expected[BOOKS.index("customers:current"), 0] = 20 * CENTS
    expected[BOOKS.index("bank:instant"), 1] = 20 * CENTS
    assert (request.books == expected).all()


def test_the_same_request_gets_the_same_answer() -> None:
    one, other = card_payment(WEB), card_payment(WEB)
    one.ask()
    other.ask()
    assert one.drafts.tobytes() == other.drafts.tobytes()


def test_a_blocked_pin_stays_blocked_for_who_does_not_know_it_and_its_holder_has_it_unblocked() -> None:
    thief, holder = card_payment(CHIP), card_payment(CHIP)
    for request in (thief, holder):
        blocked_pin(request)
    thief.draft["pass_challenge"] = -1.0
    assert [thief.ask() for _ in range(3)] == ["75", "75", "75"]
    assert [holder.ask() for _ in range(2)] == ["75", "00"]
