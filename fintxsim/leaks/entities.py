"""Customers, accounts and cards with fraud live a normal life too."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from fintxsim.leaks.base import Judgement, Leak, LeakCheck, percent
from fintxsim.leaks.evidence import FRAUDS_NEEDED, divergence, nats_needed
from fintxsim.leaks.frames import are_among
from fintxsim.leaks.gates import FORM_LIFT, halfway
from fintxsim.leaks.owners import Owned, owned
from fintxsim.leaks.subject import CannotTellError, NothingToCheckError, Subject

_LEAST_SHARE = 0.1
"""Share of the defrauded without a genuine row that is always allowed: new cards, unused cards (assumption)."""

_SPARSE = 0.5
"""Where so many would have no genuine row by chance, nothing can be said."""


class Entities(LeakCheck):
    name: ClassVar[str] = "entities"
    meaning: ClassVar[str] = "customers, accounts and cards with fraud have genuine rows too"

    def judge(self, table: Subject) -> Judgement:
        if not table.roles.entities:
            raise NothingToCheckError("no column of customers, accounts or cards is named")
        table.require_frauds()
        leaks, measured, reasons = list[Leak](), list[str](), list[str]()
        for entity in table.roles.entities:
            try:
                leak, text = _judged(table, entity)
            except CannotTellError as error:
                reasons.append(str(error))
                continue
            leaks += [leak] if leak else []
            measured.append(text)
        if not measured:
            raise CannotTellError("; ".join(reasons))
        return Judgement(tuple(leaks), "; ".join(measured))


def _judged(table: Subject, entity: str) -> tuple[Leak | None, str]:
    rows = owned(table, entity)
    defrauded, lonely = _lonely(rows)
    if defrauded < FRAUDS_NEEDED:
        raise CannotTellError(f"{entity}: {defrauded} have fraud; {FRAUDS_NEEDED} are needed")
    by_chance = _unseen_share(rows)
    if by_chance >= _SPARSE:
        raise CannotTellError(f"{entity}: too few rows each to compare")
    gate = max(_LEAST_SHARE, min(FORM_LIFT * by_chance, halfway(by_chance)))
    share = lonely / defrauded
    text = f"{entity}: {lonely:,} of {defrauded:,} with fraud have no genuine row"
    nats = defrauded * divergence(share, gate)
    if share <= gate or lonely < FRAUDS_NEEDED or nats < nats_needed(len(table.roles.entities)):
        return None, text
    full = f"{text}, {percent(by_chance)} would by chance (gate {percent(gate)})"
    return Leak(full, table.place, column=entity), text


def _lonely(rows: Owned) -> tuple[int, int]:
    """How many owners have fraud, and how many of them nothing else."""
    defrauded = np.unique(rows.owner[rows.fraud])
    return len(defrauded), int((~are_among(np.unique(rows.owner[~rows.fraud]), defrauded)).sum())


def _unseen_share(rows: Owned) -> float:
    """Share of all owners that one expects not to see at all, from those seen once and twice (Chao 1984)."""
    counts = np.unique(rows.owner[~rows.fraud & rows.is_reference], return_counts=True)[1]
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    unseen = once * (once - 1) / (2.0 * (twice + 1))
    return unseen / max(unseen + len(counts), 1.0)
