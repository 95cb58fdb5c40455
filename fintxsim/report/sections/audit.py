"""What the leak audit says."""

from __future__ import annotations

from fintxsim.markup import joined, table, tag
from fintxsim.outcomes import CheckResult
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Section
from fintxsim.report.verdicts import LATER, outcome

_TEXT = (
    "Does anything but the fraudsters' behaviour tell of fraud? The audit looks for leaks in the request columns and "
    "in the tables beside them. It finds the gross ones: that it finds none does not prove that there is none."
)


def audit(facts: Facts) -> Section:
    if facts.audit is None:
        return Section("audit", "Audit for leaks", [_TEXT, LATER])
    head = ("check", "outcome", "what it rests on")
    lines = table(head, [_line(result) for result in facts.audit.results])
    return Section("audit", "Audit for leaks", [_TEXT, tag("div", lines, class_="wide")])


def _line(result: CheckResult) -> tuple[object, ...]:
    told = [tag("div", text) for text in (result.reason, result.measured) if text]
    return (
        result.name,
        outcome(result.outcome),
        joined([*told, *(tag("div", finding, class_="bad") for finding in result.findings)]),
    )
