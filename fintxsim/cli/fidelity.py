"""``fintxsim fidelity``: are a run's payments like those of real data?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fintxsim.cli.guard import DONE, NO
from fintxsim.cli.options import AsJson
from fintxsim.cli.show import aligned, counted, note, result, result_json

if TYPE_CHECKING:
    from fintxsim.fidelity import FactResult, FidelityReport

_SCOPE = "Kind of payments, when the run's rails and channels do not tell."


def fidelity(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Directory of a finished run.", show_default=False)],
    scope: Annotated[str | None, typer.Option(metavar="NAME", help=_SCOPE)] = None,
    as_json: AsJson = False,
) -> int:
    """Compare the payments of a run with facts of real data: amounts, times, customers, merchants, fraud.

    Exit code 0: every fact that could be evaluated is like real data; 1: some are not; 2: the run cannot be used.
    """
    from fintxsim.fidelity import measure_fidelity

    report = measure_fidelity(run, scope=scope)
    if as_json:
        result_json(_facts(report))
    else:
        result("\n".join(table(report)))
        note("\n".join([summary(report), verdict(report)]))
    return NO if report.failed else DONE


def table(report: FidelityReport) -> list[str]:
    """A line per fact: value, sampling interval, the widened band that decides, and what it is or why there is no
    answer."""
    head = ("outcome", "fact", "value", "interval", "band", "what it is")
    return aligned([head, *map(_line, report.facts)], right=(2,))


def _line(fact: FactResult) -> tuple[str, ...]:
    from fintxsim.fidelity.report import between, number, pair

    told = f"{fact.metric}: {fact.reason}" if fact.reason else fact.metric
    band = between(pair(fact.low_wide, fact.high_wide))
    return str(fact.outcome), fact.id, number(fact.value), between(fact.interval), band, told


def summary(report: FidelityReport) -> str:
    """What was looked at."""
    line = f"scope {report.scope}: {counted(report.rows, 'payment')}"
    if report.every == 1:
        return line
    return f"{line}; T9, M6 and M7 look at one customer of {report.every}"


def verdict(report: FidelityReport) -> str:
    """The answer in a line."""
    parts = [f"{report.passed} of {counted(report.passed + report.failed, 'fact')} are like real data"]
    silent = len(report.facts) - report.passed - report.failed
    parts += [f"{silent} could not be evaluated or do not apply"] if silent else []
    failed = ", ".join(fact.id for fact in report.facts if fact.outcome == "fail")
    parts += [f"outside their bands: {failed}"] if failed else []
    return f"{report.path}: {'; '.join(parts)}."


def _facts(report: FidelityReport) -> dict[str, Any]:
    return {
        "ok": not report.failed,
        "path": str(report.path),
        "scope": report.scope,
        "rows": report.rows,
        "one_customer_of": report.every,
        "facts": [dict(_fields(fact)) for fact in report.facts],
    }


def _fields(fact: FactResult) -> Iterator[tuple[str, Any]]:
    from dataclasses import fields

    for field in fields(fact):
        value = getattr(fact, field.name)
        yield field.name, None if isinstance(value, float) and not math.isfinite(value) else value
