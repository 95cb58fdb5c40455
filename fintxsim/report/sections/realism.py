"""Facts of the run beside those of real data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fintxsim.markup import joined, table, tag
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Section
from fintxsim.report.verdicts import LATER, outcome

if TYPE_CHECKING:
    from fintxsim.fidelity import FactResult

_TEXT = (
    "Facts of the run's payments beside the band that real data have; the widened band decides. fintxsim fidelity "
    "says what each is, and where its band comes from."
)


def realism(facts: Facts) -> Section:
    return Section("realism", "Realism", list(_content(facts)))


def _content(facts: Facts) -> Iterator[object]:
    yield _TEXT
    report = facts.fidelity
    if report is None:
        yield LATER
        return
    if isinstance(report, str):
        yield tag("p", report, class_="warning")
        return
    passed, failed = report.passed, report.failed
    yield f"Payments of the kind {report.scope}: {passed} facts are within their band, {failed} are not."
    head = ("fact", "value", "95 of 100 samples", "band", "widened", "outcome")
    yield tag("div", table(head, map(_line, report.facts), (1, 2, 3, 4)), class_="wide")


def _line(fact: FactResult) -> tuple[object, ...]:
    reason = [tag("small", fact.reason)] if fact.reason else []
    return (
        joined([fact.metric, tag("small", fact.group)], " "), _number(fact.value), _between(fact.interval),
        _between((fact.low, fact.high)), _between((fact.low_wide, fact.high_wide)),
        joined([outcome(fact.outcome), *reason], " "),
    )  # fmt: skip


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def _between(ends: tuple[float | None, float | None] | None) -> str:
    if ends is None or None in ends:
        return "–"
    return f"{_number(ends[0])} – {_number(ends[1])}"
