"""Places of rows: among rows of the same time, and in the whole table if its rows are not in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from fintxsim.leaks.base import Candidate, Judgement, LeakCheck, judged
from fintxsim.leaks.bins import binned
from fintxsim.leaks.cases import Cases
from fintxsim.leaks.evidence import FRAUDS_NEEDED
from fintxsim.leaks.frames import Floats, Ints, Numbers
from fintxsim.leaks.gates import form_gate
from fintxsim.leaks.subject import Subject


class RowOrder(LeakCheck):
    name: ClassVar[str] = "row order"
    meaning: ClassVar[str] = "rows of frauds stand among the others as if shuffled"
    is_form: ClassVar[bool] = True

    def judge(self, table: Subject) -> Judgement:
        table.require_frauds()
        judgements = [_judged(table, name, place) for name, place in _places(table)]
        findings = tuple(leak for judgement in judgements for leak in judgement.findings)
        return Judgement(findings, "; ".join(judgement.measured for judgement in judgements))


def _judged(table: Subject, name: str, place: Floats) -> Judgement:
    """Only rows that have a place are compared; without enough frauds among them there is no leak."""
    placed = ~np.isnan(place)
    frauds = int((placed & table.frame.fraud).sum())
    if frauds < FRAUDS_NEEDED:
        return Judgement((), f"{name}: {frauds} frauds have one")
    kinds = [kind[placed] for kind in table.kinds]
    cases = Cases(table.frame.fraud[placed], table.group[placed], table.sample.weight, kinds)
    candidate = Candidate(name, table.roles.time, binned(Numbers(place[placed])))
    return judged([candidate], cases, cases.matched, form_gate(cases.base), table.place)


def _places(table: Subject) -> Iterator[tuple[str, Floats]]:
    everywhere = np.arange(len(table.frame)) / max(len(table.frame) - 1, 1)
    if not table.roles.time:
        yield "place in the table", everywhere
        return
    times = table.frame.times(table.roles.time)
    yield f"place among rows of the same {table.roles.time}", place_among_equals(times)
    if (np.diff(times) < 0).any():
        yield "place in the table", everywhere


def place_among_equals(times: Ints) -> Floats:
    """0 for the first row of a time to 1 for its last; NaN where there is no other row of that time."""
    order = np.argsort(times, kind="stable")
    begins = np.concatenate([[True], np.diff(times[order]) != 0])
    starts = np.flatnonzero(begins)
    run = np.cumsum(begins) - 1
    size = np.diff(np.append(starts, len(times)))[run]
    place = np.empty(len(times))
    with np.errstate(invalid="ignore"):
        place[order] = np.where(size > 1, (np.arange(len(times)) - starts[run]) / (size - 1), np.nan)
    return place
