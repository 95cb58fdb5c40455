"""The bank's answer to one request: checks in a fixed order, the first that fails gives the code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from fintxsim.vocabulary import (
    AccountKind,
    CvvResult,
    Direction,
    Eci,
    EntryMode,
    IncumbentAction,
    Rail,
    ReasonCode,
    ResponseCode,
    ThreeDS,
    TransactionType,
)
from tests.oracle.arithmetic import log, single
from tests.oracle.controls import action_for, is_unknown, remember_device, risk_score
from tests.oracle.records import CARD_LOST, CARD_STOLEN, NULL, Draft, Record, Scene
from tests.oracle.timing import HOUR

_WRONG_DETAILS, _PIN, _CHALLENGE, _NOT_PERMITTED, _BAD_ACCOUNT, _SYSTEM, _REFUSED = range(7)
_OK = ResponseCode._00
_MOST_REMEMBERED = 100
_HARMLESS = {ResponseCode._51, ResponseCode._91}  # declines that say nothing about who pays


class Books(defaultdict[str, list[int]]):
    """Debits and credits by book."""

    def __init__(self) -> None:
        super().__init__(lambda: [0, 0])

    def move(self, debited: str, credited: str, amount: int) -> None:
        self[debited][0] += amount
        self[credited][1] += amount


def authorise(scene: Scene, draft: Draft, books: Books) -> bool:
    """Answer a draft, update what the bank remembers, and post it if approved. Credits are always taken."""
    if draft.direction == Direction.CREDIT or draft.type == TransactionType.REVERSAL:
        draft.approved = 1
        draft.response = NULL if draft.card_slot == NULL else _OK
    elif draft.card_slot != NULL:
        _answer_card(scene, draft)
    else:
        _answer_account(scene, draft)
    if draft.approved:
        post(scene.person, draft, books)
        remember_device(draft.device, scene.person)
    return draft.approved == 1


def post(person: Record, draft: Draft, books: Books) -> None:
    """Both sides of a posting: the customer's account and the bank's book for it."""
    own, other = f"customers:{AccountKind(draft.account).text}", _other_side(draft)
    if draft.direction == Direction.CREDIT:
        person.balance[draft.account] += draft.billing
        books.move(other, own, draft.billing)
    else:
        person.balance[draft.account] -= draft.billing
        books.move(own, other, draft.billing)


def _other_side(draft: Draft) -> str:
    if draft.transfer != NULL:
        return "bank:transit"
    if draft.type == TransactionType.FEE:
        return "bank:fees"
    if draft.type == TransactionType.INTEREST:
        return "bank:interest"
    return f"bank:{Rail(draft.rail).text}"


def _answer_card(scene: Scene, draft: Draft) -> None:
    """Reachable, card usable, cardholder verified, controls, limits, funds."""
    person, bank = scene.person, scene.world.bank
    draft.new_device = int(is_unknown(draft.device, person))
    if draft.time - person.last_card_time >= HOUR:
        person.recent_attempts = person.recent_declines = 0
    risky = scene.world.categories[draft.category].risky if draft.category != NULL else 0
    draft.score = risk_score(draft, person, risky, bank) if bank.controls else 0.0
    checks: tuple[Callable[[Scene, Draft], int], ...] = (
        _reachable, _card_usable, _cardholder_verified, _card_controls, _within_limits, _funds,
    )  # fmt: skip
    draft.response = next((code for check in checks if (code := check(scene, draft)) != _OK), _OK)
    draft.approved = int(draft.response == _OK)
    _remember_card_use(person, draft)


def _reachable(scene: Scene, draft: Draft) -> int:
    bank = scene.world.bank
    if bank.outage_start <= draft.time < bank.outage_end:
        return ResponseCode._91
    return ResponseCode._96 if draft.bank_luck.uniform(_SYSTEM) < 0.0003 else _OK


def _card_usable(scene: Scene, draft: Draft) -> int:
    person, slot = scene.person, draft.card_slot
    is_typed = draft.entry in (EntryMode.ECOM, EntryMode.MANUAL)
    mistyped_share = 0.4 * scene.world.bank.wrong_details_share
    if is_typed and draft.attempt == 0 and draft.bank_luck.uniform(_WRONG_DETAILS) < mistyped_share:
        return ResponseCode._14
    if draft.card != person.card_generation[slot]:
        return _code_of(person.card_status[slot]) if person.card_status[slot] else ResponseCode._54
    if person.card_back_day[slot] > scene.day.number:
        return _code_of(person.card_status[slot])
    if person.frozen_until > scene.day.number:
        return ResponseCode._62
    if draft.entry == EntryMode.MAGSTRIPE and draft.bank_luck.uniform(_NOT_PERMITTED) < 0.03:
        return ResponseCode._57
    return _OK


def _code_of(status: int) -> int:
    return {CARD_LOST: ResponseCode._41, CARD_STOLEN: ResponseCode._43}.get(status, ResponseCode._62)


def _cardholder_verified(scene: Scene, draft: Draft) -> int:
    """PIN for a chip that is read; CVV for details typed for the first time."""
    if draft.entry in (EntryMode.CHIP, EntryMode.FALLBACK):
        code = _check_pin(scene, draft)
        if code != _OK:
            return code
    if draft.entry == EntryMode.ECOM and draft.attempt == 0:
        wrong_cvv_share = 0.6 * scene.world.bank.wrong_details_share
        if draft.bank_luck.uniform(_WRONG_DETAILS) > 1.0 - wrong_cvv_share:
            draft.cvv = CvvResult.NO_MATCH
    return ResponseCode._82 if draft.cvv == CvvResult.NO_MATCH else _OK


def _check_pin(scene: Scene, draft: Draft) -> int:
    """After three wrong ones the PIN is blocked; after one more request of his the customer has been to a machine."""
    failures, slot = scene.person.pin_failures, draft.card_slot
    if failures[slot] >= 3:
        failures[slot] = 3 if draft.pass_challenge < 0 else 0
        return ResponseCode._75
    if draft.pass_challenge < 0 or draft.bank_luck.uniform(_PIN) < scene.world.bank.wrong_pin_share:
        failures[slot] += 1
        return ResponseCode._55
    failures[slot] = 0
    return _OK


def _card_controls(scene: Scene, draft: Draft) -> int:
    bank = scene.world.bank
    if draft.three_ds == ThreeDS.CHALLENGED and draft.bank_luck.uniform(_CHALLENGE) > draft.pass_challenge:
        draft.three_ds, draft.eci = ThreeDS.FAILED, Eci._07
        return ResponseCode._63
    if not bank.controls:
        return _OK
    draft.action = action_for(draft.score, bank)
    if draft.action == IncumbentAction.BLOCK:
        return ResponseCode._59
    if draft.action == IncumbentAction.DECLINE:
        return ResponseCode._05
    is_strong = draft.three_ds == ThreeDS.CHALLENGED or draft.entry == EntryMode.CHIP or draft.recurring
    return ResponseCode._65 if draft.action == IncumbentAction.STEP_UP and not is_strong else _OK


def _within_limits(scene: Scene, draft: Draft) -> int:
    person, bank, slot = scene.person, scene.world.bank, draft.card_slot
    if person.card_day_count[slot] >= bank.card_day_count:
        return ResponseCode._65
    if draft.entry == EntryMode.CONTACTLESS and draft.billing > bank.contactless_limit:
        return ResponseCode._65
    limit = max(bank.card_day_limit, 0.8 * person.income)
    return ResponseCode._61 if person.card_day_spent[slot] + draft.billing > limit else _OK


def _funds(scene: Scene, draft: Draft) -> int:
    refused = draft.billing > 0 and draft.bank_luck.uniform(_REFUSED) < scene.world.bank.issuer_refused_share
    return _OK if _has_funds(scene, draft) and not refused else ResponseCode._51


def _has_funds(scene: Scene, draft: Draft) -> bool:
    person = scene.person
    return bool(person.balance[draft.account] + person.limit[draft.account] >= draft.billing)


def _remember_card_use(person: Record, draft: Draft) -> None:
    slot = draft.card_slot
    person.last_card_time = draft.time
    person.recent_attempts = min(person.recent_attempts + 1, _MOST_REMEMBERED)
    if not draft.approved:
        if draft.response not in _HARMLESS:
            person.recent_declines = min(person.recent_declines + 1, _MOST_REMEMBERED)
        return
    person.card_day_count[slot] += 1
    person.card_day_spent[slot] += draft.billing
    if draft.entry in (EntryMode.CHIP, EntryMode.CONTACTLESS, EntryMode.MAGSTRIPE, EntryMode.FALLBACK):
        person.last_country = draft.merchant_country
    if draft.type == TransactionType.PURCHASE:
        _learn_usual_amount(person, log(max(float(draft.billing), 1.0)))


def _learn_usual_amount(person: Record, log_amount: float) -> None:
    seen = person.usual_log_amount
    person.usual_log_amount = single(log_amount if seen < 0.0 else seen + 0.04 * (log_amount - seen))


def _answer_account(scene: Scene, draft: Draft) -> None:
    """Destination, controls, funds; what comes without a device is not scored."""
    person, bank = scene.person, scene.world.bank
    draft.new_device = int(is_unknown(draft.device, person))
    if bank.controls and draft.device != NULL:
        draft.score = risk_score(draft, person, 0, bank)
    reason = ReasonCode.AC06 if person.frozen_until > scene.day.number else _destination(draft)
    if reason == NULL:
        reason = _account_controls(scene, draft)
    if reason == NULL and not _has_funds(scene, draft):
        reason = ReasonCode.AM04
    draft.reason = reason
    draft.approved = int(reason == NULL)


def _destination(draft: Draft) -> int:
    """A new payee's account may be closed or blocked."""
    if draft.payee_new != 1:
        return NULL
    u = draft.bank_luck.uniform(_BAD_ACCOUNT)
    return ReasonCode.AC04 if u < 0.004 else ReasonCode.AC06 if u < 0.006 else NULL


def _account_controls(scene: Scene, draft: Draft) -> int:
    bank = scene.world.bank
    if not bank.controls:
        return NULL
    draft.action = action_for(draft.score, bank)
    if draft.action >= IncumbentAction.DECLINE:
        return ReasonCode.FR01
    is_own = draft.friend == draft.customer
    if draft.rail == Rail.INSTANT and draft.billing > 10_000.0 * bank.euro and not is_own:
        return ReasonCode.AM02
    if draft.action == IncumbentAction.STEP_UP and draft.bank_luck.uniform(_CHALLENGE) > draft.pass_challenge:
        return ReasonCode.AG01
    return NULL
