"""``fintxsim generate``: makes a run."""

from __future__ import annotations

import math
import os
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fintxsim.cli.check import promise
from fintxsim.cli.guard import DONE, INTERRUPTED, NO
from fintxsim.cli.options import Changes, Source
from fintxsim.cli.show import note, result
from fintxsim.errors import DamagedRunError, InputError, OutputPathError

if TYPE_CHECKING:
    from fintxsim.run.plan import Plan

Say = Callable[[str], None]


def generate(
    source: Source,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Where the run goes; output/<name>-s<seed> when left out."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all randomness, instead of the scenario's.")] = None,
    days: Annotated[int | None, typer.Option(help="Number of days, instead of the scenario's.")] = None,
    scale: Annotated[float | None, typer.Option(help="Factor on the number of customers, such as 0.1.")] = None,
    changes: Changes = None,
    workers: Annotated[int, typer.Option(min=1, max=1024, help="Threads; the values do not depend on it.")] = 1,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a run that is already there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and write nothing.")] = False,
    no_report: Annotated[bool, typer.Option("--no-report", help="Make no page.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Show nothing but errors.")] = False,
) -> int:
    """Make a run of a scenario, and a page of it: report.html.

    Prints the run's directory. Making the same run again at the same place checks the one that is there.
    """
    if scale is not None and not (math.isfinite(scale) and scale > 0):
        raise InputError(f"--scale: must be a positive number (got {scale:g}); give for example 0.1.")
    from fintxsim.run.plan import prepare

    plan = prepare(source, output, overrides=changes or (), seed=seed, days=days, scale=scale)
    say = _silence if quiet else note
    for warning in plan.warnings:
        say(warning)
    say(f"{promise(plan)}.")
    is_done = not overwrite and _is_done(plan)
    if dry_run:
        return _rehearse(plan, say, is_done=is_done, overwrite=overwrite)
    if is_done:
        return _confirm(plan, say, draw=not no_report)
    return _make(plan, say, workers=workers, overwrite=overwrite, quiet=quiet, draw=not no_report)


def _silence(_: str) -> None:
    """Where notes go with -q."""


def _is_done(plan: Plan) -> bool:
    try:
        return plan.already_done()
    except DamagedRunError:  # something is there; the store says what
        return False


def _rehearse(plan: Plan, say: Say, *, is_done: bool, overwrite: bool) -> int:
    """--dry-run: also tells whether the place could be used."""
    from fintxsim.run.staging import require_replaceable

    if not is_done:
        _require_reachable(plan.path)
        require_replaceable(plan.path, overwrite=overwrite)
    ending = ": this run is already there." if is_done else "; leave out --dry-run to make the run."
    say(f"nothing was written{ending}")
    result(str(plan.path))
    return DONE


def _require_reachable(path: Path) -> None:
    """OutputPathError unless the nearest directory that exists can be written in."""
    nearest = next(parent for parent in path.absolute().parents if parent.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise OutputPathError(f"{path}: cannot write in {nearest}; choose another output directory with -o.")


def _confirm(plan: Plan, say: Say, *, draw: bool) -> int:
    """The same run is there: check it instead of making it again; make its page if it has none."""
    from fintxsim.cli.verify import table, verdict
    from fintxsim.manifest import REPORT_NAME
    from fintxsim.verify import verify_run

    say(f"{plan.path}: this run is already there; checking it instead of making it again.")
    report = verify_run(plan.path, leaks=False)
    if report.failed:
        note("\n".join(table(report)))
        note(f"{plan.path}: the run that is there is damaged; make it again with --overwrite.")
        return NO
    say(verdict(report))
    result(str(plan.path))
    return _draw(plan.path, say) if draw and not (plan.path / REPORT_NAME).exists() else DONE


def _draw(path: Path, say: Say) -> int:
    """Make the page of the run at a path. The run stays whatever happens here."""
    from fintxsim.dataset import open_run
    from fintxsim.report import write_report

    sys.stdout.flush()
    try:
        say(f"page: {write_report(open_run(path), judged=False)}")
    except KeyboardInterrupt:
        note(f"interrupted; the run is finished, its page is not: fintxsim report {shlex.quote(str(path))} makes it.")
        return INTERRUPTED
    return DONE


def _make(plan: Plan, say: Say, *, workers: int, overwrite: bool, quiet: bool, draw: bool) -> int:
    from fintxsim.cli.closing import closing
    from fintxsim.cli.progress import display
    from fintxsim.compiled import is_compiled_before
    from fintxsim.run.generate import run

    if not is_compiled_before():
        say("first use: compiling once, about a minute.")
    started = time.perf_counter()
    with display(quiet=quiet, terminal=os.environ.get("TERM", "")) as progress:
        manifest = run(plan, workers=workers, overwrite=overwrite, progress=progress)
    say("\n".join(closing(manifest, time.perf_counter() - started)))
    result(str(plan.path))
    code = _draw(plan.path, say) if draw else DONE
    say(f"next: fintxsim verify {shlex.quote(str(plan.path))}")
    return code
