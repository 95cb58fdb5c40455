"""What a fact is, and how sure its value is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from fintxsim.fidelity.measured import Measured
from fintxsim.fidelity.payments import Floats

Value = Callable[[Measured], float]

FRAUDS_NEEDED = 1_000

_STUDENT = 2.093
"""97.5 % quantile of Student's t with 19 degrees of freedom, one less than the groups."""


class CannotTellError(Exception):
    """A fact cannot be told from these payments; the message says why. It is not evaluated.

    ``value`` is what the payments give all the same, when that is too little to judge.
    """

    def __init__(self, reason: str, value: float | None = None) -> None:
        super().__init__(reason)
        self.value = value


class DoesNotApplyError(Exception):
    """A fact says nothing of these payments; the message says why. It is not applicable."""


class Group(StrEnum):
    AMOUNTS = "amounts"
    TIME = "time"
    CUSTOMERS = "customers"
    MERCHANTS = "merchants"
    FRAUD = "fraud"


class Unit(StrEnum):
    """What is independent of each other, and is left out in turn to see how sure a value is."""

    CUSTOMERS = "customers"
    MERCHANTS = "merchants"
    WEEKS = "weeks"


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of a table of payments. ``value`` raises CannotTellError or DoesNotApplyError rather than guess.

    ``needs`` are parts of a row beside time and amount. A ratio has its interval on a logarithmic scale; a share does
    not exceed 1.
    """

    id: str
    group: Group
    value: Value
    unit: Unit = Unit.CUSTOMERS
    needs: tuple[str, ...] = ()
    is_ratio: bool = False
    is_share: bool = False


def checked(fact: Fact, measured: Measured) -> float:
    """The value of a fact. CannotTellError also when it is no number; DoesNotApplyError."""
    require_parts(fact.needs, measured)
    if not measured.rows:
        raise CannotTellError("there are no payments")
    value = fact.value(measured)
    if not math.isfinite(value):
        raise CannotTellError("what it compares does not vary, or is empty")
    return value


def interval(fact: Fact, measured: Measured, value: float) -> tuple[float, float] | None:
    """Where the value would lie 95 times in 100 with other customers, merchants or weeks of the same kind.

    Delete-a-group jackknife (Kott 2001): customers or merchants in 20 groups by a hash of the id, or weeks in up to 20
    blocks, are left out in turn. None when fewer than five can be left out.
    """
    views = {
        Unit.CUSTOMERS: measured.without_customers,
        Unit.MERCHANTS: measured.without_merchants,
        Unit.WEEKS: measured.without_weeks,
    }[fact.unit]
    found = np.array(list(_values(fact, views())))
    if len(found) < 5:
        return None
    if fact.is_ratio:
        width = math.exp(_STUDENT * _error(np.log(found)))
        return value / width, value * width
    error = _error(found)
    return value - _STUDENT * error, value + _STUDENT * error


def _error(found: Floats) -> float:
    """Standard error from what is left when one group after the other is left out."""
    return math.sqrt((len(found) - 1) / len(found) * float(((found - found.mean()) ** 2).sum()))


def _values(fact: Fact, views: Iterable[Measured]) -> Iterable[float]:
    for view in views:
        try:
            value = fact.value(view)
        except (CannotTellError, DoesNotApplyError):
            continue
        if math.isfinite(value):
            yield value


def require_parts(needs: Iterable[str], measured: Measured) -> None:
    """CannotTellError when a table has not all parts that are needed."""
    for part in needs:
        if part not in measured.parts:
            raise CannotTellError(f"no {part} column; add {part}=COLUMN to --map")


def require(number: int, least: int, what: str) -> None:
    """CannotTellError when there are fewer than needed."""
    if number < least:
        raise CannotTellError(f"{number:,} {what}; {least:,} are needed")
