"""The best tree over a single column."""

from __future__ import annotations

from typing import ClassVar

from fintxsim.leaks.base import Candidate, Judgement, LeakCheck, judged
from fintxsim.leaks.gates import behaviour_gate
from fintxsim.leaks.subject import Subject


class BestColumn(LeakCheck):
    name: ClassVar[str] = "best column"
    meaning: ClassVar[str] = "no single column tells of fraud more than behaviour does"

    def judge(self, table: Subject) -> Judgement:
        table.require_frauds()
        found = zip(table.features, table.bins, strict=True)
        candidates = [Candidate(feature.name, feature.columns[0], bins) for feature, bins in found]
        return judged(candidates, table.cases, table.cases.plain, behaviour_gate(table.base), table.place)
