"""Places of rows: among rows of the same time, and in the whole table if its rows are not in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from fintxsim.leaks.base import Candidate, Judgement, LeakCheck, judged
from fintxsim.leaks.bins import binned
from fintxsim.leaks.cases import Cases
from fintxsim.leaks.frames import Floats, Ints, Numbers
from fintxsim.leaks.gates import form_gate
from fintxsim.leaks.subject import Subject


class RowOrder(LeakCheck):
    name: ClassVar[str] = "row order"
    meaning: ClassVar[str] = "rows of frauds stand among the others as if shuffled"
    is_form: ClassVar[bool] = True

    def judge(self, table: Subject) -> Judgement:
        table.require_frauds()
        places = list(_places(table))
        candidates = [Candidate(name, table.roles.time, binned(Numbers(place))) for name, place in places]
        cases = Cases(table.frame.fraud, table.group, table.sample.weight, _kinds(table, places[0][1]))
        return judged(candidates, cases, cases.matched, form_gate(cases.base), table.place)


def _places(table: Subject) -> Iterator[tuple[str, Floats]]:
    everywhere = np.arange(len(table.frame)) / max(len(table.frame) - 1, 1)
    if not table.roles.time:
        yield "place in the table", everywhere
        return
    times = table.frame.times(table.roles.time)
    yield f"place among rows of the same {table.roles.time}", place_among_equals(times)
    if (np.diff(times) < 0).any():
        yield "place in the table", everywhere


def _kinds(table: Subject, place: Floats) -> list[Ints]:
    """Kinds of rows; a row that shares its time is never compared with one that does not."""
    shares = (~np.isnan(place)).astype(np.int64)
    return [shares, *(kind * 2 + shares for kind in table.kinds)]


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
