"""The bank's rule controls: points for what looks wrong, added up to a score between 0 and 1.

The rules see the request and what the bank remembers of the customer, never the truth. Points are assumptions, set so
that a few genuine requests in a thousand are stepped up.
"""

from __future__ import annotations

from fintxsim.bank.velocity import ADDRESS, CARD_RANGE, DEVICE, MERCHANT
from fintxsim.compiled import Record, compiled
from fintxsim.vocabulary import AvsResult, CvvResult, IncumbentAction, NameMatch

HOUR_US = 3_600_000_000


@compiled
def knows_device(person: Record, device: int) -> bool:
    """Whether the bank has approved something from this device before (the last four)."""
    known = person.devices
    return device == known[0] or device == known[1] or device == known[2] or device == known[3]


@compiled
def remember_device(person: Record, device: int) -> None:
    if device >= 0 and not knows_device(person, device):
        person.devices[3] = person.devices[2]
        person.devices[2] = device


@compiled
def risk_score(person: Record, draft: Record, log_amount: float, risky_category: int, euro: float) -> float:
    """Score of a request, 0 to 1; ``log_amount`` is ln of minor units, ``euro`` minor units per euro."""
    score = 0.02
    remote = draft.device >= 0 and draft.on_file == 0
    if remote and draft.new_device:
        score += 0.30
    if draft.ip_country >= 0 and draft.ip_country != 0:
        score += 0.16
    if draft.hot:
        score += _heat_points(draft.hot)
    if draft.card_slot >= 0:
        score += _card_points(person, draft, log_amount, risky_category)
    elif draft.payee_new == 1:
        score += _payee_points(draft, euro)
    return min(score, 1.0)


@compiled
def _heat_points(hot: int) -> float:
    """Points for a merchant, device, address or card range at which much was refused in the last slice of time."""
    points = 0.18 * (hot >> MERCHANT & 1)
    points += 0.30 * (hot >> DEVICE & 1)
    points += 0.12 * (hot >> ADDRESS & 1)
    return points + 0.08 * (hot >> CARD_RANGE & 1)


@compiled
def _card_points(person: Record, draft: Record, log_amount: float, risky_category: int) -> float:
    points = 0.0
    excess = log_amount - person.usual_log_amount if person.usual_log_amount > 0.0 else 0.0
    if excess > 3.2:
        points += 0.30
    elif excess > 2.2:
        points += 0.16
    elif excess > 1.4:
        points += 0.07
    if draft.time - person.last_card_time < HOUR_US:
        points += 0.07 * min(max(person.recent_attempts - 2, 0), 5)
        points += 0.12 * min(person.recent_declines, 3)
        if draft.entry < 3 and person.last_country >= 0 and person.last_country != draft.merchant_country:
            points += 0.35  # in person in two countries within the hour
    if risky_category:
        points += 0.08
    if draft.avs == AvsResult.NO_MATCH:
        points += 0.10
    if draft.cvv == CvvResult.NOT_PROVIDED and draft.recurring == 0:
        points += 0.06
    if draft.merchant_country != 0 and draft.entry >= 4:
        points += 0.08
    return points


@compiled
def _payee_points(draft: Record, euro: float) -> float:
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


@compiled
def action_for(score: float, step_up: float, decline: float) -> int:
    if score >= decline:
        return IncumbentAction.BLOCK if score >= 0.97 else IncumbentAction.DECLINE
    return IncumbentAction.STEP_UP if score >= step_up else IncumbentAction.APPROVE
