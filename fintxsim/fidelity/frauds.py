"""Facts about fraud. They take a thousand frauds, or do not apply."""

from __future__ import annotations

import numpy as np

from fintxsim.fidelity.arithmetic import auc, quantile, shares
from fintxsim.fidelity.base import FRAUDS_NEEDED, CannotTellError, DoesNotApplyError, Fact, Group
from fintxsim.fidelity.measured import Measured
from fintxsim.fidelity.payments import DAY_US

_EPISODE_US = 7 * DAY_US
_NIGHT = slice(0, 6)


def require_frauds(measured: Measured) -> None:
    """DoesNotApplyError when a table, whatever a view sees of it, has too few frauds."""
    frauds = int(measured.frauds.rows[:, 1].sum())
    if frauds < FRAUDS_NEEDED:
        raise DoesNotApplyError(f"{frauds:,} frauds; {FRAUDS_NEEDED:,} are needed")


def rate(measured: Measured) -> float:
    """F1: frauds of all rows."""
    require_frauds(measured)
    genuine, fraud = measured.fraud_rows
    return fraud / (genuine + fraud)


def amount_tells(measured: Measured) -> float:
    """F2: area under the ROC curve of the amount alone."""
    require_frauds(measured)
    _, genuine, fraud = measured.fraud_amounts
    if not genuine.any() or not fraud.any():
        raise CannotTellError("no positive amount is genuine, or none is fraud")
    return auc(genuine, fraud)


def amount_ratio(measured: Measured) -> float:
    """F3: median amount of frauds over that of genuine rows."""
    require_frauds(measured)
    cents, genuine, fraud = measured.fraud_amounts
    if not genuine.any() or not fraud.any():
        raise CannotTellError("no positive amount is genuine, or none is fraud")
    return quantile(cents, fraud, 0.5) / quantile(cents, genuine, 0.5)


def night_ratio(measured: Measured) -> float:
    """F6: share of frauds from midnight to six over that of genuine rows."""
    require_frauds(measured)
    if not measured.has_hours:
        raise CannotTellError("times have no hour of the day")
    genuine, fraud = (float(shares(hours)[_NIGHT].sum()) for hours in measured.fraud_hours)
    if not genuine:
        raise CannotTellError("nothing genuine happens from midnight to six")
    return fraud / genuine


def frauds_per_episode(measured: Measured) -> float:
    """F7: mean frauds of a card in an episode; more than 7 days without fraud begin a new one."""
    require_frauds(measured)
    card, time_us = measured.fraud_episodes
    if not len(card):
        raise CannotTellError("no fraud has a card")
    new = (np.diff(card, prepend=card[0] - 1) != 0) | (np.diff(time_us, prepend=time_us[0]) > _EPISODE_US)
    return len(card) / int(new.sum())


def detector(_: Measured) -> float:
    """F8 and F9 need a detector."""
    raise CannotTellError("it takes the benchmark of detectors, which does not exist yet")


FRAUDS = (
    Fact("F1", Group.FRAUD, rate, needs=("fraud",), is_share=True),
    Fact("F2", Group.FRAUD, amount_tells, needs=("fraud",), is_share=True),
    Fact("F3", Group.FRAUD, amount_ratio, needs=("fraud",), is_ratio=True),
    Fact("F6", Group.FRAUD, night_ratio, needs=("fraud",), is_ratio=True),
    Fact("F7", Group.FRAUD, frauds_per_episode, needs=("fraud", "card")),
    Fact("F8", Group.FRAUD, detector, needs=("fraud",)),
    Fact("F9", Group.FRAUD, detector, needs=("fraud",)),
)
