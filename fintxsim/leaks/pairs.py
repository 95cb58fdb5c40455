"""Two columns of numbers that are equal, or in a fixed proportion, for frauds alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import ClassVar

from fintxsim.leaks.base import Candidate, Judgement, LeakCheck, judged
from fintxsim.leaks.bins import binned
from fintxsim.leaks.features import Feature, are_equal, ratio
from fintxsim.leaks.gates import behaviour_gate
from fintxsim.leaks.one_rule import judged_rules
from fintxsim.leaks.subject import CannotTellError, NothingToCheckError, Subject

_MOST_COLUMNS = 24


class Pairs(LeakCheck):
    name: ClassVar[str] = "pairs"
    meaning: ClassVar[str] = "no two numbers are equal or in a fixed proportion for frauds alone"

    def judge(self, table: Subject) -> Judgement:
        table.require_frauds()
        features = list(pair_features(table.numbers, ratios=True))
        if not features:
            raise NothingToCheckError("there are no two columns of numbers")
        rows = table.thin
        by_rule = judged_rules(table, rows, [(feature, False) for feature in features])
        candidates = [Candidate(f.name, f.columns[0], binned(f.read(rows.frame))) for f in features]
        by_tree = judged(candidates, rows.cases, rows.cases.plain, behaviour_gate(rows.cases.base), table.place)
        findings = by_rule.findings or by_tree.findings
        if not findings and len(table.numbers) > _MOST_COLUMNS:
            raise CannotTellError(f"of {len(table.numbers)} columns of numbers only {_MOST_COLUMNS} were paired")
        return Judgement(findings, by_tree.measured)


def pair_features(names: Sequence[str], *, ratios: bool) -> Iterator[Feature]:
    """Whether two numbers are equal, and their ratio, for every pair of the first columns."""
    for one, other in combinations(names[:_MOST_COLUMNS], 2):
        yield are_equal(one, other)
        if ratios:
            yield ratio(one, other)
