"""What follows an answer: trying again after a decline, reversals within the hour, refunds days later.

Each ``make_`` function turns a copy of the row into the one that follows it.
"""

from __future__ import annotations

import numpy as np

from fintxsim.behaviour.purchases import use_card
from fintxsim.behaviour.timing import DAY_US, MINUTE_US, inside
from fintxsim.compiled import Record, compiled
from fintxsim.numerics import log
from fintxsim.population.people import CREDIT_CARD, is_in_hand
from fintxsim.streams import Purpose, mix, stream, uniform
from fintxsim.vocabulary import (
    Channel,
    CvvResult,
    Direction,
    Eci,
    EntryMode,
    IncumbentAction,
    ResponseCode,
    ScaExemption,
    ThreeDS,
    TransactionType,
)

_K_AFTERMATH = int(Purpose.AFTERMATH)
_RETRY, _DELAY, _REVERSE, _REFUND, _LAG, _PART, _HOUR = range(7)
_SWITCH = 9
TOGETHER_DAYS = 12.0  # within them several articles of one day are brought back, from the third day on (assumption)
REFUND_DAYS_MEAN = 9.0  # assumption: return windows of 14 to 30 days, money back within two weeks


@compiled
def luck(draft: Record, w: Record) -> np.uint64:
    """Stream of what follows one row."""
    return stream(w.keys[_K_AFTERMATH], draft.customer, draft.time)


@compiled
def _is_dead(code: int) -> bool:
    """Whether an answer says that the card is of no use any more."""
    return code == ResponseCode._41 or code == ResponseCode._43 or code == ResponseCode._62 or code == ResponseCode._54


@compiled
def _has_another_card(draft: Record, person: Record) -> bool:
    """Whether a purchase could be paid with the customer's other card."""
    other = CREDIT_CARD - draft.card_slot
    if draft.type != TransactionType.PURCHASE or (other == CREDIT_CARD and person.has_credit == 0):
        return False
    return draft.channel != Channel.POS or is_in_hand(person, other)


@compiled
def tries_again(draft: Record, person: Record, w: Record) -> bool:
    """Whether the customer repeats a declined card payment at once; who does not gives up, or pays cash."""
    code = draft.response
    if draft.attempt > 0 or draft.type > TransactionType.CASH_WITHDRAWAL or draft.recurring == 1:
        return False
    if _is_dead(code) and not _has_another_card(draft, person):
        return False
    willing = w.habits.retry_share
    if code == ResponseCode._51 or code == ResponseCode._61 or code == ResponseCode._59 or code == ResponseCode._75:
        willing *= 0.4
    return uniform(luck(draft, w), _RETRY) < willing


@compiled
def make_retry(copy: Record, person: Record, day: Record, w: Record) -> None:
    """The same again, with the mistake mended: right PIN, right CVV, strong authentication, a smaller sum, or with the
    other card."""
    draws = luck(copy, w)
    code = copy.response
    copy.time = inside(day, copy.time + int((15.0 + 75.0 * uniform(draws, _DELAY)) * 1e6))
    copy.draw = mix(copy.draw + np.uint64(1))
    copy.attempt = 1
    if copy.cvv == CvvResult.NO_MATCH:
        copy.cvv = CvvResult.MATCH
    if code == ResponseCode._65 and copy.three_ds >= 0:
        copy.three_ds, copy.eci, copy.sca = ThreeDS.CHALLENGED, Eci._05, ScaExemption.NONE
    if code == ResponseCode._65 and copy.entry == EntryMode.CONTACTLESS:
        copy.entry = EntryMode.CHIP
    if copy.three_ds == ThreeDS.FAILED:
        copy.three_ds, copy.eci = ThreeDS.CHALLENGED, Eci._05
    if code == ResponseCode._51 and copy.type == TransactionType.CASH_WITHDRAWAL and copy.currency == 0:
        notes = int(10.0 * w.countries[0].step)
        copy.amount = max(copy.amount // (2 * notes), 1) * notes
        copy.billing = copy.amount
    refused = _is_dead(code) or code == ResponseCode._51 or code == ResponseCode._05 or code == ResponseCode._59
    switches = refused and (_is_dead(code) or uniform(draws, _SWITCH) < w.habits.switch_share)
    if switches and _has_another_card(copy, person):
        use_card(copy, person, CREDIT_CARD - copy.card_slot)
    _unanswered(copy)


@compiled
def _unanswered(copy: Record) -> None:
    copy.response = -1
    copy.reason = -1
    copy.approved = 0
    copy.score = 0.0
    copy.action = IncumbentAction.APPROVE


@compiled
def is_reversed(draft: Record, draws: np.uint64, w: Record) -> bool:
    return draft.type <= TransactionType.CASH_WITHDRAWAL and uniform(draws, _REVERSE) < w.habits.reversal_share


@compiled
def make_reversal(copy: Record, day: Record, w: Record) -> None:
    """A technical reversal: the payment is undone within the hour."""
    minutes = 1.0 + 44.0 * uniform(luck(copy, w), _DELAY)
    copy.original = copy.time
    copy.time = inside(day, copy.time + int(minutes * MINUTE_US))
    copy.type = TransactionType.REVERSAL
    _money_back(copy)


@compiled
def is_refunded(draft: Record, draws: np.uint64, w: Record) -> bool:
    if draft.type != TransactionType.PURCHASE or draft.category < 0:
        return False
    share = w.categories[draft.category].refund_share * w.habits.refunds
    return uniform(draws, _REFUND) < max(share, w.lookalikes[draft.anomaly].returned)


@compiled
def make_refund(copy: Record, w: Record) -> None:
    """Money back days later: mostly all of it, sometimes a part; by day, when shops are open."""
    draws = luck(copy, w)
    date = (copy.time + copy.offset * MINUTE_US) // DAY_US
    lag = 1 + int(-REFUND_DAYS_MEAN * log(uniform(draws, _LAG)))
    if w.lookalikes[copy.anomaly].returned > 0.0:  # what was bought on one day is brought back on one day
        lag = 3 + int(TOGETHER_DAYS * uniform(stream(w.keys[_K_AFTERMATH], copy.customer, date), _LAG))
    copy.original = copy.time
    midnight = date * DAY_US - copy.offset * MINUTE_US
    copy.time = midnight + min(lag, 60) * DAY_US + int((9.0 + 10.0 * uniform(draws, _HOUR)) * 60.0 * MINUTE_US)
    copy.type = TransactionType.REFUND
    if uniform(draws, _PART) < 0.3:
        part = 0.2 + 0.6 * uniform(draws, _PART + 1)
        copy.amount = max(int(copy.amount * part), 1)
        copy.billing = max(int(copy.billing * part), 1)
    _money_back(copy)


@compiled
def _money_back(copy: Record) -> None:
    copy.direction = Direction.CREDIT
    copy.device = -1
    copy.ip = -1
    copy.ip_country = -1
    copy.session = -1
    copy.new_device = 0
    copy.on_file = 0
    copy.cvv = -1
    copy.avs = -1
    copy.three_ds = -1
    copy.eci = -1
    copy.sca = -1
    _unanswered(copy)
