"""What follows an answer: trying again after a decline, reversals within the hour, refunds days later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fintxsim.streams import Purpose
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
from tests.oracle.arithmetic import log
from tests.oracle.draws import Stream, mix
from tests.oracle.purchases import holds, use_card
from tests.oracle.records import CREDIT_CARD, DEBIT_CARD, NULL, Draft, Scene
from tests.oracle.timing import DAY, MINUTE, SECOND, inside

_RETRY, _DELAY, _REVERSE, _REFUND, _LAG, _PART, _HOUR = range(7)
_SWITCH = 9
_REFUND_DAYS = 9.0
_TOGETHER_DAYS = 12.0  # what is brought back together takes three to fourteen days
_HOPELESS = {ResponseCode._41, ResponseCode._43, ResponseCode._54, ResponseCode._62}
_DISCOURAGING = {ResponseCode._51, ResponseCode._59, ResponseCode._61, ResponseCode._75}
_UNANSWERED: dict[str, Any] = {
    "response": NULL,
    "reason": NULL,
    "approved": 0,
    "score": 0.0,
    "action": IncumbentAction.APPROVE,
}
_NO_PAYER: dict[str, Any] = {
    **dict.fromkeys(("device", "ip", "ip_country", "session", "cvv", "avs", "three_ds", "eci", "sca"), NULL),
    "new_device": 0,
    "on_file": 0,
}


def _luck(draft: Draft, scene: Scene) -> Stream:
    return scene.stream(Purpose.AFTERMATH, draft.time)


def _is_card_payment(draft: Draft) -> bool:
    return draft.type in (TransactionType.PURCHASE, TransactionType.CASH_WITHDRAWAL)


def tries_again(draft: Draft, scene: Scene) -> bool:
    """Whether the customer repeats a declined card payment at once."""
    if draft.attempt or draft.recurring or not _is_card_payment(draft):
        return False
    if draft.response in _HOPELESS and _other_card(draft, scene) is None:
        return False
    willing = scene.world.habits.retry_share * (0.4 if draft.response in _DISCOURAGING else 1.0)
    return bool(_luck(draft, scene).uniform(_RETRY) < willing)


def retry(draft: Draft, scene: Scene) -> Draft:
    """The same again a little later, with the mistake mended."""
    again = replace(draft, attempt=1, draw=mix(draft.bank_luck.state + 1), **_UNANSWERED)
    delay_s = 15.0 + 75.0 * _luck(draft, scene).uniform(_DELAY)
    again.time = inside(scene.day, draft.time + int(delay_s * SECOND))
    if draft.cvv == CvvResult.NO_MATCH:
        again.cvv = CvvResult.MATCH
    if draft.response == ResponseCode._65:
        _prove_who_pays(again)
    if draft.three_ds == ThreeDS.FAILED:
        again.three_ds, again.eci = ThreeDS.CHALLENGED, Eci._05
    if draft.response == ResponseCode._51 and draft.type == TransactionType.CASH_WITHDRAWAL and draft.currency == 0:
        tens = int(10.0 * scene.home.step)
        again.amount = again.billing = max(draft.amount // 2 // tens, 1) * tens
    other = _other_card(draft, scene)
    if other is not None and (draft.response in _HOPELESS or _prefers_other(draft, scene)):
        use_card(again, scene, other)
    return again


def _other_card(draft: Draft, scene: Scene) -> int | None:
    """The other card, if a purchase could be paid with it."""
    other = DEBIT_CARD if draft.card_slot == CREDIT_CARD else CREDIT_CARD
    has_it = other == DEBIT_CARD or bool(scene.person.has_credit)
    reaches_it = draft.channel != Channel.POS or holds(scene.person, other)
    return other if draft.type == TransactionType.PURCHASE and has_it and reaches_it else None


def _prefers_other(draft: Draft, scene: Scene) -> bool:
    if draft.response not in (ResponseCode._51, ResponseCode._05, ResponseCode._59):
        return False
    return bool(_luck(draft, scene).uniform(_SWITCH) < scene.world.habits.switch_share)


def _prove_who_pays(again: Draft) -> None:
    """Strong authentication on the web; in the shop the card is put in, not held against the terminal."""
    if again.three_ds != NULL:
        again.three_ds, again.eci, again.sca = ThreeDS.CHALLENGED, Eci._05, ScaExemption.NONE
    if again.entry == EntryMode.CONTACTLESS:
        again.entry = EntryMode.CHIP


def is_reversed(draft: Draft, scene: Scene) -> bool:
    return _is_card_payment(draft) and _luck(draft, scene).uniform(_REVERSE) < scene.world.habits.reversal_share


def reversal(draft: Draft, scene: Scene) -> Draft:
    """A technical reversal: the payment is undone within the hour."""
    minutes = 1.0 + 44.0 * _luck(draft, scene).uniform(_DELAY)
    undone = _money_back(draft, TransactionType.REVERSAL)
    undone.time = inside(scene.day, draft.time + int(minutes * MINUTE))
    return undone


def is_refunded(draft: Draft, scene: Scene) -> bool:
    if draft.type != TransactionType.PURCHASE or draft.category == NULL:
        return False
    share = scene.world.categories[draft.category].refund_share * scene.world.habits.refunds
    if draft.anomaly:
        share = max(share, scene.world.lookalikes[draft.anomaly].returned)
    return bool(_luck(draft, scene).uniform(_REFUND) < share)


def refund(draft: Draft, scene: Scene) -> Draft:
    """Money back one to 60 days later, between 9 and 19 at the merchant's; three in ten give a part back."""
    luck = _luck(draft, scene)
    back = _money_back(draft, TransactionType.REFUND)
    ahead_of_utc = draft.offset * MINUTE
    local_midnight = (draft.time + ahead_of_utc) // DAY * DAY
    days = min(1 + int(-_REFUND_DAYS * log(luck.uniform(_LAG))), 60)
    if draft.anomaly and scene.world.lookalikes[draft.anomaly].returned > 0.0:
        of_the_date = scene.stream(Purpose.AFTERMATH, local_midnight // DAY)
        days = 3 + int(_TOGETHER_DAYS * of_the_date.uniform(_LAG))
    hour = 9.0 + 10.0 * luck.uniform(_HOUR)
    back.time = local_midnight - ahead_of_utc + days * DAY + int(hour * 60.0 * MINUTE)
    if luck.uniform(_PART) < 0.3:
        part = 0.2 + 0.6 * luck.uniform(_PART + 1)
        back.amount = max(int(draft.amount * part), 1)
        back.billing = max(int(draft.billing * part), 1)
    return back


def _money_back(draft: Draft, kind: int) -> Draft:
    """A credit by the merchant, without anything that the payer did."""
    return replace(draft, type=kind, original=draft.time, direction=Direction.CREDIT, **_NO_PAYER, **_UNANSWERED)
