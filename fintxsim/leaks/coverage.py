"""Whether there are labels all the time: a stretch without any fraud was not labelled."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from fintxsim.leaks.base import Judgement, Leak, LeakCheck, percent
from fintxsim.leaks.evidence import nats_needed
from fintxsim.leaks.frames import DAY_US, Ints, written_day
from fintxsim.leaks.subject import CannotTellError, Subject

_PARTS = 50
_LEAST_SHARE = 0.04
"""Share of the rows from which a stretch without fraud counts (assumption)."""

_TELLABLE = 0.75
"""Share of the rows without fraud that it must be possible to tell (assumption)."""


class Coverage(LeakCheck):
    name: ClassVar[str] = "label coverage"
    meaning: ClassVar[str] = "no long stretch of time is without fraud"

    def judge(self, table: Subject) -> Judgement:
        table.require_time()
        table.require_frauds()
        needed = nats_needed(_PARTS * _PARTS / 2)
        groups = len(np.unique(table.cases.groups))  # where there is none of a group, its size does not matter
        if _nats(groups, _TELLABLE) < needed:
            enough = math.ceil(needed / _nats(1, _TELLABLE))
            raise CannotTellError(f"the frauds are of {groups} campaigns or entities; {enough} are needed")
        times = table.frame.times(table.roles.time)
        order = np.argsort(times, kind="stable")
        share = np.cumsum(table.cases.plain.values[order])
        part = np.minimum((share / share[-1] * _PARTS).astype(np.int64), _PARTS - 1)
        frauds = np.bincount(part[table.frame.fraud[order]], minlength=_PARTS)
        first, count = _longest_gap(frauds)
        measured = f"the longest stretch without fraud has {percent(count / _PARTS)} of the rows"
        if count / _PARTS < _LEAST_SHARE or _nats(groups, count / _PARTS) < needed:
            return Judgement((), measured)
        inside = times[order][(part >= first) & (part < first + count)]
        begin, end = _written(table, int(inside[0])), _written(table, int(inside[-1]))
        text = f"{table.roles.time}: no fraud from {begin} to {end}, {percent(count / _PARTS)} of the rows"
        return Judgement((Leak(text, table.place, column=table.roles.time),), measured)


def _nats(groups: int, share: float) -> float:
    """Evidence that a share of the rows without any of so many groups is no chance."""
    return -groups * math.log(1.0 - share)


def _longest_gap(frauds: Ints) -> tuple[int, int]:
    """First part and number of parts of the longest run without fraud."""
    edges = np.concatenate([[-1], np.flatnonzero(frauds > 0), [len(frauds)]])
    gaps = np.diff(edges) - 1
    at = int(np.argmax(gaps))
    return int(edges[at]) + 1, int(gaps[at])


def _written(table: Subject, time: int) -> str:
    return written_day(time // DAY_US) if table.has_days else str(time)
