"""What ``fintxsim fidelity`` answers."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from fintxsim.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class FactResult:
    """One fact. ``low_wide`` to ``high_wide`` decides; ``interval`` is where 95 of 100 samples of the kind would lie.

    With a reference the band is that of the reference, whose value is ``reference``. ``value`` is None when there is
    none, and ``reason`` says why there is no answer.
    """

    id: str
    metric: str
    group: str
    value: float | None
    low: float | None
    high: float | None
    low_wide: float | None
    high_wide: float | None
    interval: tuple[float, float] | None
    outcome: Outcome
    reason: str
    scope: str
    definition: str
    evidence: str
    reference: float | None = None


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a run is from a reference, and how far the reference's halves are from each other; ``ratio`` of both."""

    name: str
    meaning: str
    value: float | None
    floor: float | None
    reason: str = ""

    @property
    def ratio(self) -> float | None:
        """1 is as close as the reference is to itself."""
        return self.value / self.floor if self.value is not None and self.floor else None


@dataclass(frozen=True)
class FidelityReport:
    """Facts of a run beside those of real data.

    ``rows`` payments were looked at; what needs single rows looked at one customer of ``every``. ``distances`` are
    there when there is a reference.
    """

    path: Path
    scope: str
    rows: int
    every: int
    facts: tuple[FactResult, ...]
    reference: Path | None = None
    distances: tuple[Distance, ...] = ()

    def __getitem__(self, fact: str) -> FactResult:
        return next(result for result in self.facts if result.id == fact)

    def count(self, outcome: Outcome) -> int:
        """How many facts have an outcome."""
        return sum(result.outcome is outcome for result in self.facts)

    @property
    def passed(self) -> int:
        return self.count(Outcome.PASS)

    @property
    def failed(self) -> int:
        return self.count(Outcome.FAIL)

    @property
    def is_good(self) -> bool:
        """Something was evaluated, and nothing failed."""
        return self.passed > 0 and self.failed == 0

    def frame(self) -> pd.DataFrame:
        """A line per fact."""
        lines = [_line(result) for result in self.facts]
        return pd.DataFrame(lines, columns=list(_COLUMNS)).set_index("id")

    def distance_frame(self) -> pd.DataFrame:
        """A line per distance from the reference."""
        lines = [(d.name, d.value, d.floor, d.ratio, d.reason) for d in self.distances]
        return pd.DataFrame(lines, columns=["distance", "value", "floor", "ratio", "reason"]).set_index("distance")

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr>{''.join(map(_cell, line))}</tr>" for line in _shown(self))
        head = "".join(f"<th>{html.escape(name)}</th>" for name in _HEAD)
        title = f"{self.path}: {self.scope}, {self.passed} facts pass, {self.failed} fail"
        return f"<table><caption>{html.escape(title)}</caption><tr>{head}</tr>{rows}</table>"


_COLUMNS = (
    "id", "group", "metric", "value", "low", "high", "low_wide", "high_wide", "interval_low", "interval_high",
    "outcome", "reason", "scope", "reference",
)  # fmt: skip
_HEAD = ("fact", "metric", "value", "95 % interval", "band", "widened", "outcome", "reason")


def _line(result: FactResult) -> list[object]:
    fields = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
    fields["interval_low"], fields["interval_high"] = result.interval or (None, None)
    fields["outcome"] = str(result.outcome)
    return [fields[name] for name in _COLUMNS]


def _shown(report: FidelityReport) -> Iterator[tuple[str, ...]]:
    for result in report.facts:
        yield (
            result.id, result.metric, number(result.value), between(result.interval),
            between(pair(result.low, result.high)), between(pair(result.low_wide, result.high_wide)),
            str(result.outcome), result.reason,
        )  # fmt: skip


def _cell(text: str) -> str:
    return f"<td>{html.escape(text)}</td>"


def number(value: float | None) -> str:
    """A number to three significant digits; nothing when there is none."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def pair(low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if low is None or high is None else (low, high)


def between(ends: tuple[float, float] | None) -> str:
    """Two numbers as a range."""
    return "" if ends is None else f"{number(ends[0])} .. {number(ends[1])}"
