"""What a leak check is, and how the usual one answers: score features, compare the best with a gate."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from fintxsim.leaks.bins import Bins
from fintxsim.leaks.cases import Cases, Weights
from fintxsim.leaks.evidence import nats_needed
from fintxsim.leaks.scores import REGIONS, Score, column_score
from fintxsim.leaks.subject import Subject
from fintxsim.outcomes import Finding


class Leak(Finding):
    """A finding whose message names its column."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self.file}: {self.message}" if self.file else self.message


@dataclass(frozen=True, slots=True)
class Judgement:
    """Leaks that were found, the worst first, and what the answer rests on."""

    findings: tuple[Leak, ...] = ()
    measured: str = ""


class LeakCheck(ABC):
    """One check: class attributes and one method. ``is_form``: it is about the form of rows, not about behaviour."""

    name: ClassVar[str]
    meaning: ClassVar[str]
    is_form: ClassVar[bool] = False

    @abstractmethod
    def judge(self, table: Subject) -> Judgement:
        """Look for a leak. CannotTellError when it cannot be told, NothingToCheckError when nothing is there."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that might tell of fraud; ``column`` is the one to name in a finding."""

    name: str
    column: str
    bins: Bins


def judged(
    candidates: Sequence[Candidate], cases: Cases, weights: Weights, gate: float, place: str, looks: int = 0
) -> Judgement:
    """Findings about every candidate whose average precision exceeds a gate.

    ``looks`` is how many candidates there were, when these are what is left of more.
    """
    nats = nats_needed(max(len(candidates), looks) * REGIONS)
    scores = [column_score(cases, weights, candidate.bins, candidate.name) for candidate in candidates]
    ranked = sorted(zip(scores, candidates, strict=True), key=lambda pair: -pair[0].average_precision)
    findings = tuple(
        Leak(told(candidate.name, score, gate, cases.base), place, column=candidate.column)
        for score, candidate in ranked
        if score.exceeds(gate, nats)
    )
    best = ranked[0] if ranked else None
    measured = f"best of {len(ranked)}: {best[1].name}, {level(best[0], gate, cases.base)}" if best else ""
    return Judgement(findings, measured)


def told(name: str, score: Score, gate: float, base: float) -> str:
    """A finding's text."""
    rule = f"{score.text} holds for {percent(score.recall)} of frauds and {percent(score.passed)} of genuine ones"
    return f"{name}: {level(score, gate, base)}; {rule}"


def level(score: Score, gate: float, base: float) -> str:
    return f"average precision {score.average_precision:.2g} (gate {gate:.2g}, base rate {percent(base)})"


def percent(share: float) -> str:
    """A share with two significant digits: ``0.009 %``."""
    return f"{float(f'{100.0 * share:.2g}'):.12g} %"
