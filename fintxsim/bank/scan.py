"""What is worth a second look among a day's rows: one pass over all of them, which finds few."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.compiled import Record, compiled, kernel
from fintxsim.streams import stream, uniform
from fintxsim.vocabulary import Direction, EntryMode, IncumbentAction, ResponseCode, TransactionType


@compiled
def _is_suspicious(row: Record, score: float) -> bool:
    """Found suspicious by the controls. Of a card that is blocked or unknown nobody needs to be told."""
    if row.direction == Direction.CREDIT or (row.score < score and row.action < IncumbentAction.DECLINE):
        return False
    code = row.response
    return not (
        code == ResponseCode._14
        or code == ResponseCode._41
        or code == ResponseCode._43
        or code == ResponseCode._54
        or code == ResponseCode._62
    )


@compiled
def _is_remote_purchase(row: Record) -> bool:
    remote = row.card_slot >= 0 and row.entry >= EntryMode.MANUAL
    return remote and row.approved == 1 and row.type == TransactionType.PURCHASE


@kernel
def noteworthy(
    rows: npt.NDArray[np.void], score: float, alert_key: np.uint64, opinion_key: np.uint64, mistaken_share: float,
    suspicious: npt.NDArray[np.int64], luck: npt.NDArray[np.float64], mistaken: npt.NDArray[np.int64],
) -> tuple[int, int]:  # fmt: skip
    """Find the rows that become alerts, and the remote card payments whose cardholder will not recognise them.

    Their positions go to ``suspicious`` and ``mistaken``, which are as long as ``rows``, and the luck of whoever works
    an alert to ``luck``; returns how many there are of each. No row is both. Whether a payment is recognised is keyed
    by its customer and time, and so is an analyst's luck.
    """
    alerts = mistakes = 0
    for k in range(rows.shape[0]):
        row = rows[k]
        if _is_suspicious(row, score):
            suspicious[alerts] = k
            luck[alerts] = uniform(stream(alert_key, row.time, row.customer), 0)
            alerts += 1
        elif _is_remote_purchase(row) and uniform(stream(opinion_key, row.customer, row.time), 0) < mistaken_share:
            mistaken[mistakes] = k
            mistakes += 1
    return alerts, mistakes
