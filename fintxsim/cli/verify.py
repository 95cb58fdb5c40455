"""``fintxsim verify``: judges a run by what is on disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fintxsim.cli.answers import answers
from fintxsim.cli.guard import DONE, NO
from fintxsim.cli.options import AsJson
from fintxsim.cli.show import counted, note, result, result_json

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
    from fintxsim.verify import CHECKS
    from fintxsim.verify.leaks import meanings

    return answers(report, {check.name: check.meaning for check in CHECKS} | meanings())


def verdict(report: VerifyReport) -> str:
    """The answer in a line."""
    from fintxsim.verify.leaks import PREFIX

    passed = sum(result.outcome == "pass" for result in report.results)
    asked = [result for result in report.results if result.outcome != "not applicable"]
    silent = len(report.results) - len(asked)
    more = f", {silent} not applicable" if silent else ""
    if not report.failed:
        return f"{report.path}: all {counted(passed, 'check')} passed{more}."
    if all(result.outcome == "pass" or result.name.startswith(PREFIX) for result in asked):
        return f"{report.path}: {passed} of {counted(len(asked), 'check')} passed{more}; the files are whole, but leak."
    return f"{report.path}: {passed} of {counted(len(asked), 'check')} passed{more}; generate the run anew."


def _facts(report: VerifyReport) -> dict[str, Any]:
    return {
        "ok": not report.failed,
        "path": str(report.path),
        "checks": [
            {"name": r.name, "outcome": str(r.outcome), "reason": r.reason, "findings": [str(f) for f in r.findings]}
            for r in report.results
        ],
    }
