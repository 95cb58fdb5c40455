"""Which of a day's rows become alerts, and which genuine payments are taken for fraud."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from fintxsim.bank.scan import noteworthy
from fintxsim.streams import Draws, Purpose, purpose_key
from fintxsim.vocabulary import Direction, EntryMode, IncumbentAction, ResponseCode, TransactionType
from tests.unit.bank.kit import NOON, empty_drafts

KEY, ALERT_KEY = purpose_key(1, Purpose.OPINION), purpose_key(1, Purpose.ALERT)
SCORE = 0.45


def rows(count: int, **values: Any) -> npt.NDArray[np.void]:
    """Approved remote card payments of no interest, a microsecond apart, each field as given."""
    drafts = empty_drafts(count)
    drafts["time"] = NOON + np.arange(count)
    drafts["customer"] = np.arange(count) % 1000
    drafts["card_slot"], drafts["entry"], drafts["response"], drafts["approved"] = (
        0,
        EntryMode.ECOM,
        ResponseCode._00,
        1,
    )
    for name, value in values.items():
        drafts[name] = value
    return drafts


def scan(drafts: npt.NDArray[np.void], share: float = 0.0, score: float = SCORE) -> tuple[list[int], list[int]]:
    """Positions of suspicious and of mistaken rows."""
    found, luck = np.empty((2, len(drafts)), np.int64), np.empty(len(drafts))
    alerts, mistakes = noteworthy(drafts, score, ALERT_KEY, KEY, share, found[0], luck, found[1])
    foretold = [Draws(ALERT_KEY, int(row["time"]), int(row["customer"])).next() for row in drafts[found[0, :alerts]]]
    assert luck[:alerts].tolist() == foretold
    return found[0, :alerts].tolist(), found[1, :mistakes].tolist()


@pytest.mark.parametrize(("score", "is_alert"), [(0.44, False), (0.46, True), (1.0, True)])
def test_a_high_score_makes_an_alert(score: float, is_alert: bool) -> None:
    assert scan(rows(1, score=score))[0] == [0] * is_alert


@pytest.mark.parametrize("action", IncumbentAction)
def test_what_the_controls_refuse_is_an_alert_whatever_its_score(action: IncumbentAction) -> None:
    assert scan(rows(1, score=0.1, action=action))[0] == [0] * (action >= IncumbentAction.DECLINE)


@pytest.mark.parametrize("code", ResponseCode, ids=lambda code: code.text)
def test_requests_on_cards_that_are_blocked_or_unknown_are_no_alerts(code: ResponseCode) -> None:
    known = code.text not in ("14", "41", "43", "54", "62")
    assert scan(rows(1, score=0.9, response=code, approved=0))[0] == [0] * known


def test_a_transfer_makes_an_alert_on_its_debit_side_alone() -> None:
    pair = rows(2, score=0.9, card_slot=-1, response=-1)
    pair["direction"] = [Direction.DEBIT, Direction.CREDIT]
    assert scan(pair)[0] == [0]


def test_positions_are_those_of_the_rows() -> None:
    drafts = rows(100, score=0.1)
    drafts["score"][[3, 50, 99]] = 0.8
    assert scan(drafts)[0] == [3, 50, 99]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3])
def test_payments_are_not_recognised_as_often_as_set(share: float) -> None:
    count = len(scan(rows(50_000), share)[1])
    assert abs(count - 50_000 * share) <= 5 * sqrt(50_000 * share * (1 - share))


@pytest.mark.parametrize(
    "other",
    [
        {"approved": 0},
        {"entry": EntryMode.CHIP},
        {"card_slot": -1},
        {"type": TransactionType.REFUND},
        {"type": TransactionType.ACCOUNT_VERIFICATION},
    ],
)
def test_only_remote_card_payments_that_went_through_are_mistaken(other: dict[str, Any]) -> None:
    assert scan(rows(100, **other), 1.0)[1] == []
    assert len(scan(rows(100), 1.0)[1]) == 100


def test_no_row_is_both_suspicious_and_mistaken() -> None:
    drafts = rows(100)
    drafts["score"][::2] = 0.9
    suspicious, mistaken = scan(drafts, 1.0)
    assert (suspicious, mistaken) == (list(range(0, 100, 2)), list(range(1, 100, 2)))


def test_whether_a_payment_is_recognised_does_not_depend_on_the_others() -> None:
    drafts = rows(20_000)
    alone = [k for k in scan(drafts, 0.01)[1] if k >= 10_000]
    assert alone
    assert [10_000 + k for k in scan(drafts[10_000:], 0.01)[1]] == alone
