"""What a check answers, and a report made of answers; ``verify`` and the leak audit share it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fintxsim.markup import joined, table


class Outcome(StrEnum):
    """``not evaluated``: it should have been checked and could not. ``not applicable``: there is nothing to check."""

    PASS = "pass"
    FAIL = "fail"
    NOT_EVALUATED = "not evaluated"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``row`` counts from 0 within the file; None and "" when it concerns more."""

    message: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        row = "" if self.row is None else f"row {self.row}"
        value = f"= {self.value}" if self.value else ""
        where = " ".join(part for part in (self.file, row, self.column, value) if part)
        return f"{where}: {self.message}" if where else self.message


@dataclass(frozen=True, slots=True)
class CheckResult:
    """``findings`` holds the first few; ``reason`` says why there is no answer, ``measured`` what it rests on."""

    name: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    measured: str = ""


class Report:
    """One result per check."""

    results: tuple[CheckResult, ...]

    @property
    def failed(self) -> bool:
        """True when a check failed or could not be carried out: what was not evaluated proves nothing."""
        return any(result.outcome in (Outcome.FAIL, Outcome.NOT_EVALUATED) for result in self.results)

    def __getitem__(self, name: str) -> CheckResult:
        return next(result for result in self.results if result.name == name)

    def lines(self) -> Iterator[str]:
        """A line per check, and one per finding below it."""
        for result in self.results:
            yield f"{result.outcome:<14} {result.name}" + (f": {result.reason}" if result.reason else "")
            yield from (f"    {finding}" for finding in result.findings)

    def _repr_html_(self) -> str:
        """For notebooks: a line per check."""
        rows = [(r.name, r.outcome, joined((r.reason or r.measured, *r.findings), "\n")) for r in self.results]
        return table(("check", "outcome", "what it rests on"), rows)
