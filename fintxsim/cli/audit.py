"""``fintxsim audit``: does anything but behaviour tell of fraud, in a run or in anybody's table?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fintxsim.cli.answers import answers
from fintxsim.cli.guard import DONE, NO
from fintxsim.cli.options import AsJson
from fintxsim.cli.show import counted, note, result, result_json

if TYPE_CHECKING:
    from fintxsim.leaks import Audited, AuditReport

_TABLE = "Directory of a run; or a CSV or Parquet file, or a directory of them, with --label."
_IDS = "Column of identifiers, judged by form alone; repeatable."
_ENTITIES = "Column of customers, accounts or cards; repeatable."


def audit(
    table: Annotated[Path, typer.Argument(metavar="RUN|TABLE", help=_TABLE, show_default=False)],
    label: Annotated[str | None, typer.Option(metavar="COLUMN", help="What is fraud: 0 and 1, no and yes.")] = None,
    ids: Annotated[list[str] | None, typer.Option("--id", metavar="COLUMN", help=_IDS)] = None,
    time: Annotated[str | None, typer.Option(metavar="COLUMN", help="When rows happened.")] = None,
    entities: Annotated[list[str] | None, typer.Option("--entity", metavar="COLUMN", help=_ENTITIES)] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Column that nobody knows in time; repeatable.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Look for what gives fraud away: columns, rules, ids, nulls, decimals, seconds, hours, order.

    Exit code 0: no leak; 1: a leak, or a check that could not be evaluated; 2: the table or a column cannot be used.
    """
    from fintxsim.leaks import CHECKS
    from fintxsim.leaks import audit as look

    report = look(table, label, ids=ids or (), time=time, entities=entities or (), ignore=ignore or ())
    if as_json:
        result_json(_facts(report))
    else:
        result("\n".join(answers(report, {check.name: check.meaning for check in CHECKS})))
        note("\n".join([*map(summary, report.tables), *few(report)]))
        if len(report.tables) == 1:
            note(columns(report.tables[0]))
        note(verdict(report))
    return NO if report.failed else DONE


def summary(table: Audited) -> str:
    """What was looked at, in a line."""
    rate = f"{100.0 * table.frauds / table.rows:.2g} %"
    line = f"{table.name}: {counted(table.rows, 'row')}, {counted(table.frauds, 'fraud')} ({rate})"
    if table.rows_read == table.rows:
        return line
    return f"{line}; {counted(table.rows_read, 'row')} were looked at, one genuine row of {table.every}"


def few(report: AuditReport) -> list[str]:
    """Which tables were not audited."""
    if not report.tables:
        return ["no table was audited: there are too few frauds"]
    return [f"too few frauds to audit {', '.join(report.small)}"] if report.small else []


def columns(table: Audited) -> str:
    """Which columns were judged, and how."""
    by_form = [f"{name} (so many words)" if name in table.taken_for_ids else name for name in table.ids]
    line = f"judged by value: {', '.join(table.behaviour)}"
    return f"{line}; by form alone: {', '.join(by_form)}" if by_form else line


def verdict(report: AuditReport) -> str:
    """The answer in a line."""
    leaks = [r.name for r in report.results if r.outcome == "fail"]
    silent = [r.name for r in report.results if r.outcome == "not evaluated"]
    passed = sum(r.outcome == "pass" for r in report.results)
    parts = [f"leaks found by {', '.join(leaks)}"] if leaks else []
    parts += [f"not evaluated: {', '.join(silent)}"] if silent else []
    none = f"no leak; {counted(passed, 'check')} passed"
    return f"{report.path}: {'; '.join(parts) or none}."


def _facts(report: AuditReport) -> dict[str, Any]:
    return {
        "ok": not report.failed,
        "path": str(report.path),
        "tables": [
            {
                "name": t.name, "rows": t.rows, "frauds": t.frauds, "rows_read": t.rows_read,
                "by_value": list(t.behaviour), "by_form": list(t.ids), "taken_for_ids": list(t.taken_for_ids),
            }
            for t in report.tables
        ],
        "too_small": list(report.small),
        "checks": [
            {
                "name": r.name, "outcome": str(r.outcome), "reason": r.reason, "measured": r.measured,
                "findings": [{"table": f.file, "column": f.column, "text": f.message} for f in r.findings],
            }
            for r in report.results
        ],
    }  # fmt: skip
