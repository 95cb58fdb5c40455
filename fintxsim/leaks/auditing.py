"""Runs every leak check on a table, or on the tables of a run of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from fintxsim import columns as c
from fintxsim.dataset import Run, open_run
from fintxsim.errors import DamagedRunError, InputError
from fintxsim.leaks import runs
from fintxsim.leaks.base import LeakCheck
from fintxsim.leaks.best_column import BestColumn
from fintxsim.leaks.coverage import Coverage
from fintxsim.leaks.decimals import Decimals
from fintxsim.leaks.entities import Entities
from fintxsim.leaks.evidence import FRAUDS_NEEDED
from fintxsim.leaks.first_appearance import FirstAppearance
from fintxsim.leaks.fraud_days import FraudDays
from fintxsim.leaks.hours import Hours
from fintxsim.leaks.id_order import IdOrder
from fintxsim.leaks.nulls import Nulls
from fintxsim.leaks.one_rule import OneRule
from fintxsim.leaks.pairs import Pairs
from fintxsim.leaks.questions import Questions
from fintxsim.leaks.roles import Asked, roles_of
from fintxsim.leaks.row_order import RowOrder
from fintxsim.leaks.samples import counted
from fintxsim.leaks.seconds import Seconds
from fintxsim.leaks.sources import LabelledFiles
from fintxsim.leaks.subject import CannotTellError, NothingToCheckError, Subject
from fintxsim.manifest import MANIFEST_NAME
from fintxsim.outcomes import CheckResult, Finding, Outcome, Report

CHECKS: tuple[LeakCheck, ...] = (
    OneRule(),
    BestColumn(),
    Questions(),
    Pairs(),
    IdOrder(),
    Nulls(),
    Decimals(),
    Seconds(),
    Hours(),
    FraudDays(),
    Entities(),
    RowOrder(),
    Coverage(),
    FirstAppearance(),
)

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Audited:
    """A table that was audited. Of many rows ``rows_read`` were looked at: one genuine row of ``every``."""

    name: str
    rows: int
    frauds: int
    rows_read: int
    every: int
    behaviour: tuple[str, ...]
    ids: tuple[str, ...]
    taken_for_ids: tuple[str, ...]


@dataclass(frozen=True)
class AuditReport(Report):
    """One result per check, and the tables that they are about. ``small`` names those with too few frauds."""

    path: Path
    results: tuple[CheckResult, ...]
    tables: tuple[Audited, ...] = field(default=())
    small: tuple[str, ...] = field(default=())


def audit(
    path: Path | str,
    label: str | None = None,
    *,
    ids: Sequence[str] = (),
    time: str | None = None,
    entities: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> AuditReport:
    """Look for columns, rules and forms that give the label away, in a table or in a run of ours.

    A table is a CSV or Parquet file, or a directory of them. ``label`` is its column of 0 and 1, ``ids`` are columns
    whose values are not judged, only their form, ``time`` orders the rows, ``entities`` are customers, accounts or
    cards, ``ignore`` is what nobody knows in time. A run needs none of these. InputError, RunNotFoundError,
    DamagedRunError.
    """
    place = Path(path)
    asked = Asked(ids, time or "", entities, ignore)
    if label is None:
        return audit_run(open_run(_require_run(place, asked)))
    if (place / MANIFEST_NAME).is_file():
        raise InputError(f"{place}: is a run, whose labels are known; leave out the label.")
    files = LabelledFiles(place, label)
    subject = Subject(files, roles_of(files, label, asked))
    results = tuple(_result(check, [subject], Outcome.NOT_EVALUATED) for check in CHECKS)
    return AuditReport(place, results, (_audited(subject),))


def audit_run(run: Run, too_few: Outcome = Outcome.NOT_EVALUATED) -> AuditReport:
    """Audit the tables of a run. ``too_few`` is the outcome of a check for which the run has too few frauds."""
    try:
        return _audit_run(run, too_few)
    except (OSError, pa.ArrowException) as error:
        raise DamagedRunError(f"{run.path}: cannot be read: {error}; see `fintxsim verify`.") from error


def _audit_run(run: Run, too_few: Outcome) -> AuditReport:
    source = runs.RunTransactions(run)
    frauds = counted(source)[1]
    if frauds < FRAUDS_NEEDED:
        return _silent(run, frauds, too_few)
    subjects, small = [Subject(source, runs.transaction_roles(), c.TRANSACTIONS.path)], list[str]()
    for side in runs.sides(run, source, subjects[0].thin.frame):
        rows, frauds = counted(side.rows)
        if FRAUDS_NEEDED <= frauds <= rows - FRAUDS_NEEDED:
            subjects.append(Subject(side.rows, side.roles, side.place, only_form=side.only_form))
        else:
            small.append(side.place)
    results = tuple(_result(check, subjects, too_few) for check in CHECKS)
    return AuditReport(run.path, results, tuple(map(_audited, subjects)), tuple(small))


def _silent(run: Run, frauds: int, too_few: Outcome) -> AuditReport:
    """The report on a run that has no fraud, or too few frauds to say anything of them."""
    none = Outcome.NOT_APPLICABLE
    outcome, reason = (too_few, f"{frauds} frauds; {FRAUDS_NEEDED} are needed") if frauds else (none, "no fraud")
    return AuditReport(run.path, tuple(CheckResult(check.name, outcome, reason=reason) for check in CHECKS))


def _result(check: LeakCheck, subjects: Sequence[Subject], too_few: Outcome) -> CheckResult:
    """The first table decides what the check rests on; a leak in any table is a leak."""
    asked = [subject for subject in subjects if check.is_form or not subject.only_form]
    first, *others = [_judged(check, subject) for subject in asked]
    findings = tuple(finding for result in (first, *others) for finding in result.findings)[:SHOWN]
    untold = [s.place for s, other in zip(asked[1:], others, strict=True) if other.outcome is Outcome.NOT_EVALUATED]
    measured = f"{first.measured}; too few frauds in {', '.join(untold)}" if untold else first.measured
    outcome = too_few if first.outcome is Outcome.NOT_EVALUATED else first.outcome
    return CheckResult(check.name, Outcome.FAIL if findings else outcome, findings, first.reason, measured)


def _judged(check: LeakCheck, subject: Subject) -> CheckResult:
    try:
        judgement = check.judge(subject)
    except CannotTellError as error:
        return CheckResult(check.name, Outcome.NOT_EVALUATED, reason=str(error))
    except NothingToCheckError as error:
        return CheckResult(check.name, Outcome.NOT_APPLICABLE, reason=str(error))
    found: tuple[Finding, ...] = judgement.findings
    return CheckResult(check.name, Outcome.FAIL if found else Outcome.PASS, found, measured=judgement.measured)


def _require_run(place: Path, asked: Asked) -> Path:
    """InputError for a table without a label, and for columns of a run."""
    if place.exists() and not (place / MANIFEST_NAME).is_file():
        raise InputError(f"{place}: is no run of fintxsim; say which of its columns tells fraud with --label COLUMN.")
    if asked != Asked():
        raise InputError(f"{place}: --id, --time, --entity and --ignore are for tables; leave them out for a run.")
    return place


def _audited(subject: Subject) -> Audited:
    sample = subject.sample
    return Audited(
        subject.place or subject.source.name, sample.rows, sample.frauds, len(subject.frame), sample.every,
        tuple(feature.name for feature in subject.features), subject.ids, subject.taken_for_ids,
    )  # fmt: skip
