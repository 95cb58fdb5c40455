"""The results of checks as lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fintxsim.cli.show import aligned

if TYPE_CHECKING:
    from fintxsim.outcomes import Report


def answers(report: Report, meanings: Mapping[str, str]) -> list[str]:
    """A line per check with why it has no answer, what it measured or what it means, and its findings below it."""
    from fintxsim.scenario.nodes import printable

    heads = aligned([(str(r.outcome), r.name, r.reason or r.measured or meanings[r.name]) for r in report.results])
    return [
        printable(line)
        for head, r in zip(heads, report.results, strict=True)
        for line in (head, *(f"    {finding}" for finding in r.findings))
    ]
