"""Hours of the day: real fraud has its own. Fraud that keeps none, while everybody else sleeps, was made by lot.

What is measured is the share of frauds that keep the hours of genuine rows of their kind, if all others are spread
evenly: 1 when frauds happen when everybody pays, 0 when they are even, less than 0 when they prefer the night.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fintxsim.leaks.base import Judgement, Leak, LeakCheck
from fintxsim.leaks.evidence import summed, x_log_x
from fintxsim.leaks.features import hours
from fintxsim.leaks.frames import Floats, Ints
from fintxsim.leaks.subject import CannotTellError, NothingToCheckError, Subject

_HOURS = 24
_DIURNAL = 0.05
"""Divergence from an even day, in nats, from which genuine rows have hours at all (assumption)."""

_EVEN = 0.25
"""Share of frauds with everybody's hours, and of everybody's divergence, up to which frauds are even (assumption)."""

_ERRORS = 1.645
"""Standard errors that a normal estimate exceeds one time in twenty."""


class Hours(LeakCheck):
    name: ClassVar[str] = "hours"
    meaning: ClassVar[str] = "frauds are not spread evenly over the day while genuine rows of their kind are not"

    def judge(self, table: Subject) -> Judgement:
        table.require_clock()
        table.require_frauds()
        cases = table.cases
        hour = hours(table.frame, table.roles.time, table.roles.offset)
        profile = _profile(summed(hour, cases.matched.values, _HOURS))
        if _unevenness(profile) < _DIURNAL:
            raise NothingToCheckError("genuine rows are spread evenly over the day themselves")
        found = _compared(hour[cases.frauds], cases.groups, profile)
        measured = f"{found.share:.2f} of frauds keep the hours of genuine rows (standard error {found.error:.2f})"
        if found.error * _ERRORS > _EVEN and found.share - found.error * _ERRORS < _EVEN:
            raise CannotTellError(f"the frauds are too few for their hours: {measured}")
        return Judgement((_leak(table, profile),) if found.is_even(profile) else (), measured)


@dataclass(frozen=True, slots=True)
class _Compared:
    """``share`` of frauds with everybody's hours and its standard error; divergence of frauds from an even day."""

    share: float
    error: float
    unevenness: float

    def is_even(self, profile: Floats) -> bool:
        is_near = abs(self.share) + _ERRORS * self.error < _EVEN
        return is_near and self.unevenness < _EVEN * _unevenness(profile)


def _compared(hour: Ints, groups: Ints, profile: Floats) -> _Compared:
    """Hours of frauds against a profile. Frauds of a group count as one in the standard error (Liang, Zeger 1986)."""
    log = np.log(profile)
    even, everybody = float(log.mean()), float((profile * log).sum())
    score = (log[hour] - even) / (everybody - even)
    share = float(score.mean())
    apart = score - share
    by_group = np.bincount(np.unique(groups, return_inverse=True)[1], apart)
    worth = float((by_group**2).sum()) / max(float((apart**2).sum()), 1e-12)
    by_luck = (_HOURS - 1) * worth / (2.0 * len(hour))
    counts = np.bincount(hour, minlength=_HOURS)
    error = math.sqrt(float((by_group**2).sum())) / len(hour)
    return _Compared(share, error, _unevenness(counts / len(hour)) - by_luck)


def _profile(counts: Floats) -> Floats:
    """Shares of the hours, none of them 0."""
    return np.asarray((counts + 0.5) / (counts.sum() + 0.5 * len(counts)))


def _unevenness(profile: Floats) -> float:
    """Kullback-Leibler divergence from an even day, in nats."""
    return float(x_log_x(profile).sum()) + math.log(_HOURS)


def _leak(table: Subject, profile: Floats) -> Leak:
    time, most, least = table.roles.time, float(profile.max()) * _HOURS, float(profile.min()) * _HOURS
    text = (
        f"hour of {time}: frauds are spread evenly over 24 hours, while genuine rows of their kind are {most:.2g} "
        f"times as frequent as on average in one hour and {least:.2g} times in another"
    )
    return Leak(text, table.place, column=time)
