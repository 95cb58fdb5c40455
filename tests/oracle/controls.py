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


def risk_score(draft: Draft, person: Record, risky: int, euro: float) -> float:
    """Score of a request; ``euro`` is minor units per euro. The order of the sums matters to the last bit."""
    score = 0.02
    if draft.new_device and not draft.on_file:
        score += 0.30
    if draft.ip_country not in (NULL, 0):
        score += 0.16
    if draft.card_slot != NULL:
        score += _card_points(draft, person, risky)
    elif draft.payee_new == 1:
        score += _payee_points(draft, euro)
    return single(min(score, 1.0))


def _card_points(draft: Draft, person: Record, risky: int) -> float:
    points = _size_points(draft, person)
    if draft.time - person.last_card_time < HOUR:
        points += 0.07 * min(max(person.recent_attempts - 2, 0), 5)
        points += 0.12 * min(person.recent_declines, 3)
        if draft.entry in _IN_PERSON and person.last_country not in (NULL, draft.merchant_country):
            points += 0.35
    if risky:
        points += 0.08
    if draft.avs == AvsResult.NO_MATCH:
        points += 0.10
    if draft.cvv == CvvResult.NOT_PROVIDED and not draft.recurring:
        points += 0.06
    if draft.merchant_country != 0 and draft.entry in _NOT_IN_PERSON:
        points += 0.08
    return points


def _size_points(draft: Draft, person: Record) -> float:
    """More than usual: e**1.4 is four times, e**2.2 nine times, e**3.2 twenty-five times."""
    if person.usual_log_amount <= 0.0:
        return 0.0
    excess = log(max(float(draft.billing), 1.0)) - person.usual_log_amount
    return 0.30 if excess > 3.2 else 0.16 if excess > 2.2 else 0.07 if excess > 1.4 else 0.0


def _payee_points(draft: Draft, euro: float) -> float:
    points = 0.10
    if draft.billing > 1000.0 * euro:
        points += 0.22
    elif draft.billing > 300.0 * euro:
        points += 0.10
    if draft.name_match == NameMatch.NO_MATCH:
        points += 0.16
    if draft.counterparty_country > 0:
        points += 0.10
    return points


def action_for(score: float, bank: Record) -> int:
    if score >= bank.decline_score:
        return IncumbentAction.BLOCK if score >= 0.97 else IncumbentAction.DECLINE
    return IncumbentAction.STEP_UP if score >= bank.step_up_score else IncumbentAction.APPROVE
