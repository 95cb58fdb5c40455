"""What the checks of a row's form share: candidates judged among rows of the same kind."""

from __future__ import annotations

from collections.abc import Iterable

from fintxsim.leaks.base import Candidate, Judgement, judged
from fintxsim.leaks.features import Feature
from fintxsim.leaks.gates import form_gate
from fintxsim.leaks.subject import Subject


def judged_form(table: Subject, features: Iterable[Feature]) -> Judgement:
    """Findings about features that must not tell of fraud at all, other than by the kind of row."""
    candidates = [Candidate(feature.name, feature.columns[0], table.binned(feature)) for feature in features]
    return judged(candidates, table.cases, table.cases.matched, form_gate(table.cases.base), table.place)
