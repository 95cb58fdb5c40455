"""``fintxsim verify``: judges a run by what is on disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fintxsim.cli.guard import DONE, NO
from fintxsim.cli.options import AsJson
from fintxsim.cli.show import aligned, counted, note, result, result_json

if TYPE_CHECKING:
    from fintxsim.verify import VerifyReport


def verify(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Directory of a finished run.", show_default=False)],
    as_json: AsJson = False,
) -> int:
    """Check the files of a run.

    Exit code 0: every check passed; 1: a check failed or could not be evaluated; 2: the path is not a run.
    """
    from fintxsim.verify import verify_run

    report = verify_run(run)
    if as_json:
        result_json(_facts(report))
    else:
        result("\n".join(table(report)))
        note(verdict(report))
    return NO if report.failed else DONE


def table(report: VerifyReport) -> list[str]:
    """A line per check with what it means, and its findings below it."""
    from fintxsim.scenario.nodes import printable
    from fintxsim.verify import CHECKS

    meanings = {check.name: check.meaning for check in CHECKS}
    heads = aligned([(str(r.outcome), r.name, r.reason or meanings[r.name]) for r in report.results])
    return [
        printable(line)
        for head, r in zip(heads, report.results, strict=True)
        for line in (head, *(f"    {finding}" for finding in r.findings))
    ]


def verdict(report: VerifyReport) -> str:
    """The answer in a line."""
    passed = sum(result.outcome == "pass" for result in report.results)
    if not report.failed:
        return f"{report.path}: all {counted(passed, 'check')} passed."
    return f"{report.path}: {passed} of {counted(len(report.results), 'check')} passed; generate the run anew."


def _facts(report: VerifyReport) -> dict[str, Any]:
    return {
        "ok": not report.failed,
        "path": str(report.path),
        "checks": [
            {"name": r.name, "outcome": str(r.outcome), "reason": r.reason, "findings": [str(f) for f in r.findings]}
            for r in report.results
        ],
    }
