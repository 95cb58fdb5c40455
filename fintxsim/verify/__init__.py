"""Judges a run by what is on disk, never by the simulator's memory."""

from __future__ import annotations

from pathlib import Path

from fintxsim.dataset import open_run
from fintxsim.outcomes import CheckResult, Finding, Outcome
from fintxsim.verify.anomalies import Anomalies
from fintxsim.verify.base import Check, Context, VerifyReport
from fintxsim.verify.files import Files
from fintxsim.verify.keys import Keys
from fintxsim.verify.labels import Alerts, Labels
from fintxsim.verify.leaks import leak_results
from fintxsim.verify.lookahead import Lookahead
from fintxsim.verify.money import Money
from fintxsim.verify.nulls import Nulls
from fintxsim.verify.ranges import Ranges
from fintxsim.verify.rates import Rates
from fintxsim.verify.references import References
from fintxsim.verify.schema import Schema
from fintxsim.verify.time_order import TimeOrder
from fintxsim.verify.timeline import Timeline
from fintxsim.verify.values import Values

__all__ = ["CHECKS", "Check", "CheckResult", "Finding", "Outcome", "VerifyReport", "verify_run"]

CHECKS: tuple[Check, ...] = (
    Files(),
    Values(),
    Schema(),
    Nulls(),
    Ranges(),
    Keys(),
    References(),
    TimeOrder(),
    Lookahead(),
    Money(),
    Rates(),
    Timeline(),
    Anomalies(),
    Labels(),
    Alerts(),
)


def verify_run(path: Path | str, *, leaks: bool = True) -> VerifyReport:
    """Run every check on a finished run, and the leak audit unless it is not wanted.

    RunNotFoundError; DamagedRunError when the manifest itself is broken.
    """
    run = open_run(path)
    context = Context(run)
    results = tuple(check.evaluate(context) for check in CHECKS)
    return VerifyReport(run.path, (*results, *leak_results(run)) if leaks else results)
