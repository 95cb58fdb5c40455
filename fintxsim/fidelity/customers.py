"""Facts about customers: how unequal they are in what they do and spend."""

from __future__ import annotations

from fintxsim.fidelity.arithmetic import gini
from fintxsim.fidelity.base import Fact, Group, require
from fintxsim.fidelity.measured import Customers, Measured

_CUSTOMERS = 100
"""Customers from which a Gini coefficient is told (assumption)."""


def _customers(measured: Measured) -> Customers:
    seen = measured.seen_customers
    require(len(seen.rows), _CUSTOMERS, "customers")
    return seen


def activity(measured: Measured) -> float:
    """C1: Gini coefficient of rows per customer."""
    return gini(_customers(measured).rows)


def spending(measured: Measured) -> float:
    """C3: Gini coefficient of what customers spend, refunds aside."""
    return gini(_customers(measured).spend)


CUSTOMERS = (
    Fact("C1", Group.CUSTOMERS, activity, needs=("customer",), is_share=True),
    Fact("C3", Group.CUSTOMERS, spending, needs=("customer",), is_share=True),
)
