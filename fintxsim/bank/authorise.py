"""The bank's answer to one request, in the standard order.

Cards: issuer reachable (91), card known and usable (14, 41, 43, 54, 57, 62), PIN, CVV and cryptogram (55, 75, 82),
controls (05, 59; 63 for failed, 65 for missing strong authentication), limits (61, 65), funds (51). Whoever types a
wrong CVV therefore never learns whether there is money. Account rails answer with ISO 20022 reasons.

Genuine and criminal requests pass through this one door. Whoever does not know a PIN has no chance to pass a challenge
(``pass_challenge`` below 0). Money that is taken back after it turned out not to be covered asks nobody.
"""

from __future__ import annotations

from fintxsim.bank.controls import HOUR_US, action_for, knows_device, remember_device, risk_score
from fintxsim.bank.ledger import Books, post
from fintxsim.compiled import Record, compiled
from fintxsim.numerics import log
from fintxsim.population.people import CARD_LOST, CARD_OK, CARD_STOLEN
from fintxsim.streams import uniform
from fintxsim.vocabulary import (
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

# Ordinals of the draws of one request.
_WRONG_DETAILS, _PIN, _CHALLENGE, _NOT_PERMITTED, _BAD_ACCOUNT, _SYSTEM, _REFUSED = range(7)


@compiled
def authorise(person: Record, draft: Record, day_number: int, bank: Record, risky_category: int, books: Books) -> bool:
    """Answer a draft, update what the bank remembers, and post it if approved."""
    if draft.direction == Direction.CREDIT or draft.type == TransactionType.REVERSAL:
        draft.approved = 1
        if draft.card_slot >= 0:
            draft.response = ResponseCode._00
    elif draft.card_slot >= 0:
        _answer_card(person, draft, day_number, bank, risky_category)
    else:
        _answer_account(person, draft, day_number, bank)
    if draft.approved:
        post(person.balance, draft, books)
        remember_device(person, draft.device)
    return draft.approved == 1


@compiled
def _answer_card(person: Record, draft: Record, day_number: int, bank: Record, risky_category: int) -> None:
    draft.new_device = draft.device >= 0 and not knows_device(person, draft.device)
    if draft.time - person.last_card_time >= HOUR_US:
        person.recent_attempts = 0
        person.recent_declines = 0
    log_amount = log(max(draft.billing, 1.0))
    draft.score = risk_score(person, draft, log_amount, risky_category, bank) if bank.controls > 0.0 else 0.0
    code = _reachable(draft, bank)
    if code == ResponseCode._00:
        code = _card_usable(person, draft, day_number, bank)
    if code == ResponseCode._00:
        code = _cardholder_verified(person, draft, bank)
    if code == ResponseCode._00:
        code = _controls(draft, bank)
    if code == ResponseCode._00:
        code = _within_limits(person, draft, bank)
    if code == ResponseCode._00 and (not _has_funds(person, draft) or _is_refused(draft, bank)):
        code = ResponseCode._51
    draft.response = code
    draft.approved = code == ResponseCode._00
    _remember_card_use(person, draft, log_amount)


@compiled
def _reachable(draft: Record, bank: Record) -> int:
    if bank.outage_start <= draft.time < bank.outage_end:
        return ResponseCode._91
    if uniform(draft.draw, _SYSTEM) < 0.0003:
        return ResponseCode._96
    return ResponseCode._00


@compiled
def _card_usable(person: Record, draft: Record, day_number: int, bank: Record) -> int:
    slot = draft.card_slot
    typed = draft.entry == EntryMode.ECOM or draft.entry == EntryMode.MANUAL
    if typed and draft.attempt == 0 and uniform(draft.draw, _WRONG_DETAILS) < 0.4 * bank.wrong_details_share:
        return ResponseCode._14
    if draft.card != person.card_generation[slot]:
        return _blocked_code(person.card_status[slot]) if person.card_status[slot] != CARD_OK else ResponseCode._54
    if person.card_back_day[slot] > day_number:
        return _blocked_code(person.card_status[slot])
    if person.frozen_until > day_number:
        return ResponseCode._62
    if draft.entry == EntryMode.MAGSTRIPE and uniform(draft.draw, _NOT_PERMITTED) < 0.03:
        return ResponseCode._57
    return ResponseCode._00


@compiled
def _blocked_code(status: int) -> int:
    if status == CARD_LOST:
        return ResponseCode._41
    return ResponseCode._43 if status == CARD_STOLEN else ResponseCode._62


@compiled
def _cardholder_verified(person: Record, draft: Record, bank: Record) -> int:
    """PIN at terminals and machines, CVV for typed details."""
    slot = draft.card_slot
    if draft.entry == EntryMode.CHIP or draft.entry == EntryMode.FALLBACK:
        if person.pin_failures[slot] >= 3:
            if draft.pass_challenge >= 0.0:
                person.pin_failures[slot] = 0  # its holder has it unblocked before the next payment
            return ResponseCode._75
        if draft.pass_challenge < 0.0 or uniform(draft.draw, _PIN) < bank.wrong_pin_share:
            person.pin_failures[slot] += 1
            return ResponseCode._55
        person.pin_failures[slot] = 0
    typed = draft.entry == EntryMode.ECOM and draft.attempt == 0
    if typed and uniform(draft.draw, _WRONG_DETAILS) > 1.0 - 0.6 * bank.wrong_details_share:
        draft.cvv = CvvResult.NO_MATCH
    return ResponseCode._82 if draft.cvv == CvvResult.NO_MATCH else ResponseCode._00


@compiled
def _controls(draft: Record, bank: Record) -> int:
    if draft.three_ds == ThreeDS.CHALLENGED and uniform(draft.draw, _CHALLENGE) > draft.pass_challenge:
        draft.three_ds = ThreeDS.FAILED
        draft.eci = Eci._07
        return ResponseCode._63
    if bank.controls == 0.0:
        return ResponseCode._00
    draft.action = action_for(draft.score, bank.step_up_score, bank.decline_score)
    if draft.action == IncumbentAction.BLOCK:
        return ResponseCode._59
    if draft.action == IncumbentAction.DECLINE:
        return ResponseCode._05
    strong = draft.three_ds == ThreeDS.CHALLENGED or draft.entry == EntryMode.CHIP or draft.recurring == 1
    return ResponseCode._65 if draft.action == IncumbentAction.STEP_UP and not strong else ResponseCode._00


@compiled
def _within_limits(person: Record, draft: Record, bank: Record) -> int:
    slot = draft.card_slot
    if person.card_day_count[slot] >= bank.card_day_count:
        return ResponseCode._65
    if draft.entry == EntryMode.CONTACTLESS and draft.billing > bank.contactless_limit:
        return ResponseCode._65  # insert the card and type the PIN
    limit = max(bank.card_day_limit, 0.8 * person.income)
    return ResponseCode._61 if person.card_day_spent[slot] + draft.billing > limit else ResponseCode._00


@compiled
def _has_funds(person: Record, draft: Record) -> bool:
    """Balances stay above minus the overdraft or credit limit."""
    account = draft.account
    return person.balance[account] + person.limit[account] >= draft.billing


@compiled
def _is_refused(draft: Record, bank: Record) -> bool:
    """Whether the card's own bank, of whose accounts nothing is known here, says that the money is not there."""
    return draft.billing > 0 and uniform(draft.draw, _REFUSED) < bank.issuer_refused_share


@compiled
def _remember_card_use(person: Record, draft: Record, log_amount: float) -> None:
    slot = draft.card_slot
    person.last_card_time = draft.time
    person.recent_attempts = min(person.recent_attempts + 1, 100)
    if not draft.approved:
        if draft.response != ResponseCode._51 and draft.response != ResponseCode._91:
            person.recent_declines = min(person.recent_declines + 1, 100)
        return
    person.card_day_count[slot] += 1
    person.card_day_spent[slot] += draft.billing
    if draft.entry < EntryMode.MANUAL:
        person.last_country = draft.merchant_country
    if draft.type == TransactionType.PURCHASE:
        seen = person.usual_log_amount
        person.usual_log_amount = log_amount if seen < 0.0 else seen + 0.04 * (log_amount - seen)


@compiled
def _answer_account(person: Record, draft: Record, day_number: int, bank: Record) -> None:
    """Transfers, direct debits, bills, cash over the counter, fees and interest."""
    draft.new_device = draft.device >= 0 and not knows_device(person, draft.device)
    draft.score = risk_score(person, draft, 0.0, 0, bank) if bank.controls > 0.0 and draft.device >= 0 else 0.0
    reason = ReasonCode.AC06 if person.frozen_until > day_number else _destination(draft)
    if reason < 0:
        reason = _account_controls(draft, bank)
    if reason < 0 and not _has_funds(person, draft):
        reason = ReasonCode.AM04
    draft.reason = reason
    draft.approved = reason < 0


@compiled
def _destination(draft: Record) -> int:
    """A mistyped or closed account at the other end."""
    if draft.payee_new == 1:
        u = uniform(draft.draw, _BAD_ACCOUNT)
        if u < 0.004:
            return ReasonCode.AC04
        if u < 0.006:
            return ReasonCode.AC06
    return -1


@compiled
def _account_controls(draft: Record, bank: Record) -> int:
    if bank.controls == 0.0:
        return -1
    draft.action = action_for(draft.score, bank.step_up_score, bank.decline_score)
    if draft.action >= IncumbentAction.DECLINE:
        return ReasonCode.FR01
    leaves = draft.friend != draft.customer  # not between somebody's own accounts
    if leaves and draft.rail == Rail.INSTANT and draft.billing > 10_000.0 * bank.euro:
        return ReasonCode.AM02
    if draft.action == IncumbentAction.STEP_UP and uniform(draft.draw, _CHALLENGE) > draft.pass_challenge:
        return ReasonCode.AG01
    return -1
