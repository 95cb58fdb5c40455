"""Computes every fact of a run and compares it with what real data have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fintxsim.dataset import Run, open_run
from fintxsim.errors import InputError
from fintxsim.fidelity.amounts import AMOUNTS
from fintxsim.fidelity.bands import Band, bands
from fintxsim.fidelity.base import CannotTellError, DoesNotApplyError, Fact, checked, interval
from fintxsim.fidelity.customers import CUSTOMERS
from fintxsim.fidelity.distances import distances
from fintxsim.fidelity.frauds import FRAUDS
from fintxsim.fidelity.measured import Measured
from fintxsim.fidelity.merchants import MERCHANTS
from fintxsim.fidelity.reference import TablePayments
from fintxsim.fidelity.report import FactResult, FidelityReport
from fintxsim.fidelity.runs import RunPayments, find_scope
from fintxsim.fidelity.scopes import Scope, scope_named
from fintxsim.fidelity.tally import measure
from fintxsim.fidelity.times import TIMES
from fintxsim.outcomes import Outcome

FACTS: tuple[Fact, ...] = (*AMOUNTS, *TIMES, *CUSTOMERS, *MERCHANTS, *FRAUDS)


def measure_fidelity(
    run: Run | Path | str,
    *,
    scope: str | None = None,
    reference: Path | str | None = None,
    columns: Mapping[str, str] | None = None,
) -> FidelityReport:
    """Compare the payments of a run with facts of real data, or with a table of payments that you have.

    ``scope`` names the kind of payments; without it, the run's rails and channels tell. ``reference`` is a CSV or
    Parquet file, or a directory of them, and ``columns`` says which of its columns tell time and amount, and if it has
    them customer, merchant, category, card and fraud. InputError for what cannot be used, RunNotFoundError,
    DamagedRunError.
    """
    opened = run if isinstance(run, Run) else open_run(run)
    kind = scope_named(scope) if scope else find_scope(opened)
    table = None if reference is None else TablePayments(Path(reference), columns or {})
    if table is None and columns:
        raise InputError(f"{opened.path}: a map of columns is for a reference; name one, or leave the map out.")
    measured = measure(RunPayments(opened, kind))
    rows, every = measured.rows, measured.details.every
    if table is None:
        return FidelityReport(opened.path, kind.name, rows, every, judge(measured, kind))
    theirs = measure(table)
    facts = tuple(_compared(fact, measured, theirs, kind) for fact in FACTS)
    return FidelityReport(opened.path, kind.name, rows, every, facts, Path(table.name), distances(measured, theirs))


def judge(measured: Measured, scope: Scope) -> tuple[FactResult, ...]:
    """Every fact beside the band of its scope."""
    return tuple(_judged(fact, measured, scope) for fact in FACTS)


def _judged(fact: Fact, measured: Measured, scope: Scope) -> FactResult:
    band = scope.band(fact.id)
    try:
        value = checked(fact, measured)
    except CannotTellError as error:
        return _result(fact, scope, band, Outcome.NOT_EVALUATED, str(error), error.value)
    except DoesNotApplyError as error:
        return _result(fact, scope, band, Outcome.NOT_APPLICABLE, str(error))
    sure = interval(fact, measured, value)
    if band is None:
        reason = f"no real data of {scope.meaning} are behind a band"
        return _result(fact, scope, band, Outcome.NOT_APPLICABLE, reason, value, sure)
    outcome = Outcome.PASS if band.low_wide <= value <= band.high_wide else Outcome.FAIL
    return _result(fact, scope, band, outcome, "", value, sure)


def _compared(fact: Fact, measured: Measured, reference: Measured, scope: Scope) -> FactResult:
    """A fact beside that of a reference, whose sampling interval is the band."""
    try:
        theirs = checked(fact, reference)
        value = checked(fact, measured)
    except CannotTellError as error:
        return _result(fact, scope, None, Outcome.NOT_EVALUATED, str(error))
    except DoesNotApplyError as error:
        return _result(fact, scope, None, Outcome.NOT_APPLICABLE, str(error))
    low, high = interval(fact, reference, theirs) or (theirs, theirs)
    band = bands()[fact.id].narrowed(low, high, "the reference", is_share=fact.is_share)
    outcome = Outcome.PASS if band.low_wide <= value <= band.high_wide else Outcome.FAIL
    result = _result(fact, scope, band, outcome, "", value, interval(fact, measured, value))
    return replace(result, reference=theirs)


def _result(
    fact: Fact,
    scope: Scope,
    band: Band | None,
    outcome: Outcome,
    reason: str,
    value: float | None = None,
    sure: tuple[float, float] | None = None,
) -> FactResult:
    declared = bands()[fact.id]
    return FactResult(
        id=fact.id,
        metric=declared.metric,
        group=str(fact.group),
        value=value,
        low=band.low if band else None,
        high=band.high if band else None,
        low_wide=band.low_wide if band else None,
        high_wide=band.high_wide if band else None,
        interval=sure,
        outcome=outcome,
        reason=reason,
        scope=scope.name,
        definition=declared.definition,
        evidence=band.evidence if band else "",
    )
