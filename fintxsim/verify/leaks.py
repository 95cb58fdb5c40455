"""The leak audit as further checks of a run."""

from __future__ import annotations

from dataclasses import replace

from fintxsim.dataset import Run
from fintxsim.errors import DamagedRunError
from fintxsim.leaks import CHECKS, audit_run
from fintxsim.outcomes import CheckResult, Outcome

PREFIX = "leak: "


def leak_results(run: Run) -> tuple[CheckResult, ...]:
    """A result per check of the audit. What a run has too few frauds for does not apply to it, and fails nothing."""
    try:
        results = audit_run(run, too_few=Outcome.NOT_APPLICABLE).results
    except DamagedRunError as error:
        results = tuple(CheckResult(check.name, Outcome.NOT_EVALUATED, reason=str(error)) for check in CHECKS)
    return tuple(replace(result, name=f"{PREFIX}{result.name}") for result in results)


def meanings() -> dict[str, str]:
    """What holds, by the name of the result."""
    return {f"{PREFIX}{check.name}": check.meaning for check in CHECKS}
