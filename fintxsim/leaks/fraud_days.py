"""Days of a fraud: the victim, who knows nothing of it, pays as on other days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fintxsim.leaks.base import Judgement, Leak, LeakCheck
from fintxsim.leaks.evidence import FRAUDS_NEEDED, effective, group_sizes, nats_needed, poisson_nats
from fintxsim.leaks.frames import Ints, are_among, places
from fintxsim.leaks.gates import FORM_LIFT
from fintxsim.leaks.owners import Owned, owned
from fintxsim.leaks.subject import CannotTellError, NothingToCheckError, Subject

_DAYS_BEFORE = 14
"""Days before a day of fraud that say how often the owner pays; those with fraud themselves are left out."""

_SPAN = 1 << 20
"""Room for a day's number beside its owner's."""


class FraudDays(LeakCheck):
    name: ClassVar[str] = "fraud days"
    meaning: ClassVar[str] = "customers and cards have genuine rows on days of fraud as on the days before"

    def judge(self, table: Subject) -> Judgement:
        if not table.roles.entities:
            raise NothingToCheckError("no column of customers, accounts or cards is named")
        if not table.has_days:
            raise NothingToCheckError("no column of times is named, or it has no days")
        table.require_frauds()
        days = {entity: _fraud_days(owned(table, entity)) for entity in table.roles.entities}
        needed = nats_needed(len(days))
        telling = {entity: found for entity, found in days.items() if found.expected * found.worth >= needed}
        telling = {entity: found for entity, found in telling.items() if found.days >= FRAUDS_NEEDED}
        if not telling:
            told = "; ".join(f"{entity}: {found.expected:.1f} of {found.days}" for entity, found in days.items())
            raise CannotTellError(f"genuine rows are expected on too few days of fraud ({told})")
        leaks = tuple(_leak(table, entity, found) for entity, found in telling.items() if found.is_leak(needed))
        measured = "; ".join(f"{e}: on {found.seen} of {found.days} days" for e, found in telling.items())
        return Judgement(leaks, measured)


@dataclass(frozen=True, slots=True)
class _Days:
    """Days of fraud, those with a genuine row too, how many were expected, and what one is worth as evidence."""

    days: int
    seen: int
    expected: float
    worth: float

    def is_leak(self, needed: float) -> bool:
        is_rare = self.seen < self.expected / FORM_LIFT
        return is_rare and poisson_nats(self.seen, self.expected) * self.worth >= needed


def _leak(table: Subject, entity: str, found: _Days) -> Leak:
    text = (
        f"{entity}: a genuine row on {found.seen:,} of {found.days:,} days of fraud, "
        f"{found.expected:,.0f} would be as on the days before"
    )
    return Leak(text, table.place, column=entity)


def _fraud_days(rows: Owned) -> _Days:
    fraud, genuine = _owners_and_days(rows)
    quiet, active = np.zeros(len(fraud)), np.zeros(len(fraud))
    for back in range(1, _DAYS_BEFORE + 1):
        before = fraud - back
        counts = ~are_among(fraud, before) & (fraud % _SPAN >= back)
        active += counts & are_among(genuine, before)
        quiet += counts & ~are_among(genuine, before)
    known = active + quiet > 0
    expected = float((active[known] / (active + quiet)[known]).sum())
    owners = fraud[known] // _SPAN
    worth = effective(group_sizes(owners)) / max(len(owners), 1)
    return _Days(int(known.sum()), int(are_among(genuine, fraud)[known].sum()), expected, worth)


def _owners_and_days(rows: Owned) -> tuple[Ints, Ints]:
    """Each defrauded owner and day with a fraud, and with a genuine row, as one number; days count from the first."""
    place = places(np.unique(rows.owner[rows.fraud]), rows.owner)
    first = rows.day.min() if len(rows.day) else 0  # a column of nulls alone has no owners
    pair = place * _SPAN + rows.day - first
    return np.unique(pair[rows.fraud]), np.unique(pair[(place >= 0) & ~rows.fraud])
