"""The bank's rule controls: points for what looks wrong, added up to a score between 0 and 1."""

from __future__ import annotations

from fintxsim.vocabulary import AvsResult, CvvResult, EntryMode, IncumbentAction, NameMatch
from tests.oracle.arithmetic import log, single
from tests.oracle.records import NULL, Draft, Record
from tests.oracle.timing import HOUR

_IN_PERSON = {EntryMode.CHIP, EntryMode.CONTACTLESS, EntryMode.MAGSTRIPE}
_NOT_IN_PERSON = {EntryMode.MANUAL, EntryMode.ECOM, EntryMode.ON_FILE, EntryMode.NONE}


def is_unknown(device: int, person: Record) -> bool:
    """Whether the bank has not approved anything from a device, of those that it remembers."""
    return device != NULL and device not in person.devices


def remember_device(device: int, person: Record) -> None:
    """The first two places are the customer's phone and browser; the others hold the two latest strangers."""
    if is_unknown(device, person):
        person.devices[2:] = [device, person.devices[2]]


def risk_score(draft: Draft, person: Record, risky: int, bank: Record) -> float:
    """Score of a request. The order of the sums matters to the last bit."""
    score, rules = 0.02, bank.rules
    if draft.new_device and not draft.on_file:
        score += rules.new_device
    if draft.ip_country not in (NULL, 0):
        score += rules.foreign_address
    if draft.card_slot != NULL:
        score += _card_points(draft, person, risky, rules)
    elif draft.payee_new == 1 or _was_new_today(draft, person):
        score += _payee_points(draft, person, bank.euro, rules)
    return single(min(score, 1.0))


def _card_points(draft: Draft, person: Record, risky: int, rules: Record) -> float:
    points: float = _size_points(draft, person, rules)
    if draft.time - person.last_card_time < HOUR:
        points += rules.velocity * min(max(person.recent_attempts - 2, 0), 5)
        points += rules.declines * min(person.recent_declines, 3)
        if draft.entry in _IN_PERSON and person.last_country not in (NULL, draft.merchant_country):
            points += rules.impossible_travel
    if risky:
        points += rules.risky_category
    if draft.avs == AvsResult.NO_MATCH:
        points += rules.address_mismatch
    if draft.cvv == CvvResult.NOT_PROVIDED and not draft.recurring:
        points += rules.no_cvv
    if draft.merchant_country != 0 and draft.entry in _NOT_IN_PERSON:
        points += rules.foreign_shop
    return points


def _size_points(draft: Draft, person: Record, rules: Record) -> float:
    """More than usual: e**1.4 is four times, e**2.2 nine times, e**3.2 twenty-five times."""
    if person.usual_log_amount <= 0.0:
        return 0.0
    excess = log(max(float(draft.billing), 1.0)) - person.usual_log_amount
    steps = ((3.2, rules.amount_beyond), (2.2, rules.amount_far_above), (1.4, rules.amount_above_usual))
    return next((points for least, points in steps if excess > least), 0.0)


def _was_new_today(draft: Draft, person: Record) -> bool:
    return bool(draft.counterparty == person.last_payee and draft.time < person.last_payee_time + 24 * HOUR)


def _payee_points(draft: Draft, person: Record, euro: float, rules: Record) -> float:
    points: float = rules.new_payee
    if draft.billing > 1000.0 * euro:
        points += rules.new_payee_large
    elif draft.billing > 300.0 * euro:
        points += rules.new_payee_amount
    if draft.billing > 300.0 * euro and draft.billing > 0.8 * person.balance[draft.account]:
        points += rules.new_payee_drains
    if draft.name_match == NameMatch.NO_MATCH:
        points += rules.payee_mismatch
    if draft.counterparty_country > 0:
        points += rules.payee_abroad
    return points


def action_for(score: float, bank: Record) -> int:
    if score >= bank.decline_score:
        return IncumbentAction.BLOCK if score >= 0.97 else IncumbentAction.DECLINE
    return IncumbentAction.STEP_UP if score >= bank.step_up_score else IncumbentAction.APPROVE
