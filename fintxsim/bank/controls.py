"""The bank's rule controls: points for what looks wrong, added up to a score between 0 and 1.

The rules see the request and what the bank remembers of the customer, never the truth. How many points each of them
gives is a setting, see ``bank.rules``.
"""

from __future__ import annotations

from fintxsim.bank.velocity import ADDRESS, CARD_RANGE, DEVICE, MERCHANT, PAYEE
from fintxsim.compiled import Record, compiled
from fintxsim.vocabulary import AvsResult, CvvResult, IncumbentAction, NameMatch

HOUR_US = 3_600_000_000
FRESH_US = 24 * HOUR_US  # for so long a payee counts as new after the first payment (assumption)


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
def risk_score(person: Record, draft: Record, log_amount: float, risky_category: int, bank: Record) -> float:
    """Score of a request, 0 to 1; ``log_amount`` is ln of minor units."""
    score, rules = 0.02, bank.rules
    remote = draft.device >= 0 and draft.on_file == 0
    if remote and draft.new_device:
        score += rules.new_device
    if draft.ip_country >= 0 and draft.ip_country != 0:
        score += rules.foreign_address
    if draft.hot:
        score += _heat_points(draft.hot, rules)
    if draft.card_slot >= 0:
        score += _card_points(person, draft, log_amount, risky_category, rules)
    elif draft.payee_new == 1 or _is_fresh(person, draft):
        score += _payee_points(person, draft, bank.euro, rules)
    return min(score, 1.0)


@compiled
def _is_fresh(person: Record, draft: Record) -> bool:
    """Whether the payee was paid for the first time within the last day."""
    return draft.counterparty == person.last_payee and draft.time - person.last_payee_time < FRESH_US


@compiled
def _heat_points(hot: int, rules: Record) -> float:
    """Points for a merchant, device, address or card range at which much was refused in the last slice of time, and
    for a payee of whom somebody has complained."""
    points = rules.hot_merchant * (hot >> MERCHANT & 1)
    points += rules.hot_device * (hot >> DEVICE & 1)
    points += rules.hot_address * (hot >> ADDRESS & 1)
    points += rules.reported_payee * (hot >> PAYEE & 1)
    return points + rules.hot_card_range * (hot >> CARD_RANGE & 1)


@compiled
def _card_points(person: Record, draft: Record, log_amount: float, risky_category: int, rules: Record) -> float:
    points = _size_points(person, log_amount, rules)
    if draft.time - person.last_card_time < HOUR_US:
        points += rules.velocity * min(max(person.recent_attempts - 2, 0), 5)
        points += rules.declines * min(person.recent_declines, 3)
        if draft.entry < 3 and person.last_country >= 0 and person.last_country != draft.merchant_country:
            points += rules.impossible_travel
    if risky_category:
        points += rules.risky_category
    if draft.avs == AvsResult.NO_MATCH:
        points += rules.address_mismatch
    if draft.cvv == CvvResult.NOT_PROVIDED and draft.recurring == 0:
        points += rules.no_cvv
    if draft.merchant_country != 0 and draft.entry >= 4:
        points += rules.foreign_shop
    return points


@compiled
def _size_points(person: Record, log_amount: float, rules: Record) -> float:
    """More than usual: e**1.4 is four times, e**2.2 nine times, e**3.2 twenty-five times."""
    excess = log_amount - person.usual_log_amount if person.usual_log_amount > 0.0 else 0.0
    if excess > 3.2:
        return rules.amount_beyond
    if excess > 2.2:
        return rules.amount_far_above
    return rules.amount_above_usual if excess > 1.4 else 0.0


@compiled
def _payee_points(person: Record, draft: Record, euro: float, rules: Record) -> float:
    points = rules.new_payee
    if draft.billing > 1000.0 * euro:
        points += rules.new_payee_large
    elif draft.billing > 300.0 * euro:
        points += rules.new_payee_amount
    if draft.billing > max(300.0 * euro, 0.8 * person.balance[draft.account]):
        points += rules.new_payee_drains
    if draft.name_match == NameMatch.NO_MATCH:
        points += rules.payee_mismatch
    if draft.counterparty_country > 0:
        points += rules.payee_abroad
    return points


@compiled
def action_for(score: float, step_up: float, decline: float) -> int:
    if score >= decline:
        return IncumbentAction.BLOCK if score >= 0.97 else IncumbentAction.DECLINE
    return IncumbentAction.STEP_UP if score >= step_up else IncumbentAction.APPROVE
