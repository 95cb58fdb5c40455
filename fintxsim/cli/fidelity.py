"""``fintxsim fidelity``: are a run's payments like those of real data?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fintxsim.cli.guard import DONE, NO
from fintxsim.cli.options import AsJson
from fintxsim.cli.show import aligned, counted, note, result, result_json

if TYPE_CHECKING:
    from fintxsim.fidelity import FactResult, FidelityReport

_REFERENCE = "Payments of your own: a CSV or Parquet file, or a directory of them."
_MAP = "Its columns: time=..., amount=..., and customer, merchant, category, card, fraud if there; repeatable."
_SCOPE = "Kind of payments, when the run's rails and channels do not tell."


def fidelity(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Directory of a finished run.", show_default=False)],
    scope: Annotated[str | None, typer.Option(metavar="NAME", help=_SCOPE)] = None,
    reference: Annotated[Path | None, typer.Option(metavar="FILE", help=_REFERENCE, show_default=False)] = None,
    columns: Annotated[list[str] | None, typer.Option("--map", metavar="PART=COLUMN,...", help=_MAP)] = None,
    as_json: AsJson = False,
) -> int:
    """Compare the payments of a run with facts of real data: amounts, times, customers, merchants, fraud.

    With --reference the facts and the distances are those from your own data. Exit code 0: every fact that could be
    evaluated is like real data; 1: some are not; 2: the run, or what you gave, cannot be used.
    """
    from fintxsim.fidelity import measure_fidelity, parse_map

    report = measure_fidelity(run, scope=scope, reference=reference, columns=parse_map(columns or ()))
    if as_json:
        result_json(_facts(report))
    else:
        result("\n".join([*table(report), *(["", *distances(report)] if report.distances else [])]))
        note("\n".join([summary(report), verdict(report)]))
    return NO if report.failed else DONE


def table(report: FidelityReport) -> list[str]:
    """A line per fact: value, sampling interval, the widened band that decides, and what it is or why there is no
    answer."""
    from fintxsim.scenario.nodes import printable

    head = ("outcome", "fact", "value", "interval", "reference" if report.reference else "", "band", "what it is")
    lines = [head, *map(_line, report.facts)]
    if report.reference is None:
        lines = [(*line[:4], *line[5:]) for line in lines]
    return [printable(line) for line in aligned(lines, right=(2,))]


def _line(fact: FactResult) -> tuple[str, ...]:
    from fintxsim.fidelity.report import between, number, pair

    told = f"{fact.metric}: {fact.reason}" if fact.reason else fact.metric
    band = between(pair(fact.low_wide, fact.high_wide))
    sides = number(fact.value), between(fact.interval), number(fact.reference)
    return str(fact.outcome), fact.id, *sides, band, told


def distances(report: FidelityReport) -> list[str]:
    """A line per distance from the reference: in times the distance of its halves, the distance, that of its halves."""
    from fintxsim.fidelity.report import number
    from fintxsim.scenario.nodes import printable

    head = ("times", "distance", "of halves", "between", "what it is")
    lines = [
        (f"{d.ratio:.1f}x" if d.ratio else "", number(d.value), number(d.floor), d.name, d.reason or d.meaning)
        for d in report.distances
    ]
    return [printable(line) for line in aligned([head, *lines], right=(0, 1, 2))]


def summary(report: FidelityReport) -> str:
    """What was looked at."""
    line = f"scope {report.scope}: {counted(report.rows, 'payment')}"
    if report.every == 1:
        return line
    return f"{line}; T9, M6 and M7 look at one customer of {report.every}"


def verdict(report: FidelityReport) -> str:
    """The answer in a line."""
    like = "real data" if report.reference is None else str(report.reference)
    parts = [f"{report.passed} of {counted(report.passed + report.failed, 'fact')} are like {like}"]
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
        "facts": [asdict(fact) for fact in report.facts],
        "reference": None if report.reference is None else str(report.reference),
        "distances": [asdict(distance) | {"ratio": distance.ratio} for distance in report.distances],
    }
