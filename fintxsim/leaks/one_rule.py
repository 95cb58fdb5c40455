"""One condition on one column that is nearly always fraud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fintxsim.leaks.base import Judgement, Leak, LeakCheck, percent
from fintxsim.leaks.evidence import FRAUDS_NEEDED, GROUPS_NEEDED, divergence, effective, group_sizes, nats_needed
from fintxsim.leaks.features import Feature, column
from fintxsim.leaks.gates import RULE_RECALL, rule_gate
from fintxsim.leaks.rules import Found, Rule, Search
from fintxsim.leaks.subject import Rows, Subject


@dataclass(frozen=True, slots=True)
class Caught:
    """Frauds and genuine rows, of the whole table, for which a rule holds."""

    rule: Rule
    frauds: int
    genuine: int

    @property
    def precision(self) -> float:
        return self.frauds / max(self.frauds + self.genuine, 1)


class OneRule(LeakCheck):
    name: ClassVar[str] = "one rule"
    meaning: ClassVar[str] = "no condition on a single column is fraud nine times in ten"

    def judge(self, table: Subject) -> Judgement:
        table.require_frauds()
        texts = [column(name) for name in table.taken_for_ids]
        return judged_rules(table, table.whole, [(f, False) for f in table.features] + [(f, True) for f in texts])


def judged_rules(table: Subject, rows: Rows, features: Sequence[tuple[Feature, bool]]) -> Judgement:
    """Findings about features with a rule that is a leak; ``True`` beside a feature: it is an id."""
    gate = rule_gate(table.base)
    least = max(FRAUDS_NEEDED, RULE_RECALL * len(rows.cases.frauds))
    search = Search(rows.frame, rows.cases.half, rows.weight, gate, least)
    caught = [
        found for feature, is_id in features
        for found in _best(_confirmed(table, search.rules(feature, is_id=is_id), len(features), gate, least))
    ]  # fmt: skip
    worst = sorted(caught, key=lambda found: -found.frauds)
    measured = f"{len(features)} columns, a precision of {gate:.2g} at a recall of {percent(RULE_RECALL)}"
    return Judgement(tuple(_leak(table, found) for found in worst), measured)


def _best(found: Iterator[Caught]) -> list[Caught]:
    """The rule that catches most; of several the first."""
    return sorted(found, key=lambda caught: -caught.frauds)[:1]


def _confirmed(table: Subject, rules: Iterable[Found], columns: int, gate: float, least: float) -> Iterator[Caught]:
    """Rules that hold in the whole table, for frauds of several groups, and not by chance."""
    for found in rules:
        holds = found.rule.holds(table.frame)
        groups = table.cases.groups[holds[table.cases.frauds]]
        if len(groups) < least or len(np.unique(groups)) < GROUPS_NEEDED:
            continue
        caught = _counted(table, found.rule)
        rows = (caught.frauds + caught.genuine) * effective(group_sizes(groups)) / len(groups)
        nats = rows * divergence(caught.precision, table.base)
        if caught.precision >= gate and nats >= nats_needed(columns * found.looks):
            yield caught


def _counted(table: Subject, rule: Rule) -> Caught:
    """Of a sample the rule is counted again in all rows."""
    frauds = genuine = 0
    for frame in table.frames(rule.feature.columns):
        holds = rule.holds(frame)
        frauds += int((holds & frame.fraud).sum())
        genuine += int((holds & ~frame.fraud).sum())
    return Caught(rule, frauds, genuine)


def _leak(table: Subject, caught: Caught) -> Leak:
    rows = caught.frauds + caught.genuine
    recall = caught.frauds / table.sample.frauds
    text = (
        f"{caught.rule.text}: precision {caught.precision:.2f} ({caught.frauds:,} of {rows:,}) at recall {recall:.2g}, "
        f"base rate {percent(table.base)}"
    )
    return Leak(text, table.place, column=caught.rule.feature.columns[0])
