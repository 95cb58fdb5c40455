"""Missing values.

A null often follows from what the row is: a transfer has no merchant. Rows of the same kind are therefore compared; the
kind is told by columns that are never null. A null that follows from the value of another column, as a check of the
payee's name follows from a payee being new, tells no more than that value does; nor does one that follows from a few
columns together, as the check does from a payment being a transfer and going out. Few frauds cannot tell the kind that
well; the nulls themselves can.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from fintxsim.leaks.base import Candidate, Judgement, LeakCheck, judged
from fintxsim.leaks.bins import Bins
from fintxsim.leaks.cases import Cases
from fintxsim.leaks.features import is_null
from fintxsim.leaks.frames import Flags, Ints
from fintxsim.leaks.gates import form_gate
from fintxsim.leaks.kinds import can_name_kinds, split
from fintxsim.leaks.subject import NothingToCheckError, Subject

_EXCEPTIONS = 0.001
"""Share of rows that may differ where a null is said to follow from another column (assumption)."""

_EXCEPTIONS_TOGETHER = 0.05
"""The same from several columns that are never null: they make kinds, within which rows are still compared, so more may
differ (assumption)."""

_TOGETHER = 3
"""Columns that a null may follow from together (assumption)."""


class Nulls(LeakCheck):
    name: ClassVar[str] = "nulls"
    meaning: ClassVar[str] = "values are missing among frauds as often as among rows of their kind"
    is_form: ClassVar[bool] = True

    def judge(self, table: Subject) -> Judgement:
        table.require_frauds()
        columns = (*table.behaviour, *table.ids)
        candidates = [
            Candidate(f"{name} is null", name, table.binned(is_null(name)))
            for name in columns
            if 0 < np.count_nonzero(table.frame.nulls(name)) < len(table.frame)
        ]
        if not candidates:
            raise NothingToCheckError("nothing is missing, or always missing")
        cases = Cases(table.frame.fraud, table.group, table.sample.weight, table.kinds_without_nulls)
        first = judged(candidates, cases, cases.matched, form_gate(cases.base), table.place)
        suspects = {leak.column for leak in first.findings}
        findings = tuple(
            leak for candidate in candidates if candidate.column in suspects
            for leak in _explained(table, candidate, len(candidates)).findings
        )  # fmt: skip
        return Judgement(findings, first.measured)


def _explained(table: Subject, candidate: Candidate, looks: int) -> Judgement:
    """What is left when rows are first compared by the columns that the null follows from."""
    nulls = table.frame.nulls(candidate.column)
    first = np.zeros(len(nulls), np.int64)
    for feature, bins in zip(table.features, table.bins, strict=True):
        if feature.name != candidate.column and can_name_kinds(bins) and _follows(nulls, bins):
            first = split(first, bins)
    for bins in _telling(nulls, table.columns_without_nulls):
        first = split(first, bins)
    levels = [first, *(kind * (int(first.max()) + 1) + first for kind in table.kinds_without_nulls)]
    cases = Cases(table.frame.fraud, table.group, table.sample.weight, levels)
    return judged([candidate], cases, cases.matched, form_gate(cases.base), table.place, looks)


def _telling(nulls: Flags, columns: Sequence[Bins]) -> list[Bins]:
    """The fewest columns, found one after the other, that together say where the nulls are; none if three do not."""
    kind, chosen, left = np.zeros(len(nulls), np.int64), list[Bins](), list(columns)
    while left and len(chosen) < _TOGETHER:
        best = min(range(len(left)), key=lambda at: _undecided(_counts(split(kind, left[at]), nulls)))
        chosen.append(left.pop(best))
        kind = split(kind, chosen[-1])
        if _undecided(_counts(kind, nulls)) <= _EXCEPTIONS_TOGETHER * min(nulls.sum(), (~nulls).sum()):
            return chosen
    return []


def _counts(kind: Ints, nulls: Flags) -> Ints:
    """Rows of each kind without and with a null."""
    return np.bincount(kind * 2 + nulls, minlength=2 * int(kind.max()) + 2).reshape(-1, 2)


def _follows(nulls: Flags, bins: Bins) -> bool:
    """Whether the known values of another column say where the nulls are."""
    known = bins.codes > 0
    counts = np.bincount(bins.codes[known] * 2 + nulls[known], minlength=bins.count * 2).reshape(-1, 2)
    return bool(_undecided(counts) <= _EXCEPTIONS * counts.sum(axis=0).min() and counts.sum(axis=0).min() > 0)


def _undecided(counts: Ints) -> int:
    return int(counts.min(axis=1).sum())
