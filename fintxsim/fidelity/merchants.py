"""Facts about merchants: how unequal they are, and how faithful customers are to them."""

from __future__ import annotations

import numpy as np

from fintxsim.fidelity.arithmetic import gini, quantile
from fintxsim.fidelity.base import CannotTellError, Fact, Group, Unit, require
from fintxsim.fidelity.measured import Measured
from fintxsim.fidelity.payments import Floats

_MERCHANTS = 100
_TAIL_FROM = 5
_CUSTOMERS = 100
_UNSEEN = 0.25
"""Share of further payments that would go to merchants not seen yet, from which a table is too small a sample to tell
how unequal merchants are (assumption). The share of payments to merchants seen once estimates it (Good 1953)."""


def _rows(measured: Measured) -> Floats:
    rows = measured.merchant_rows
    require(len(rows), _MERCHANTS, "merchants")
    return rows


def _told(value: float, rows: Floats) -> float:
    """The value. CannotTellError when too much of what there is was not seen."""
    unseen = float((rows == 1).sum() / rows.sum())
    if unseen > _UNSEEN:
        raise CannotTellError(
            f"{unseen:.0%} of further payments would go to merchants not seen yet; at most {_UNSEEN:.0%} may", value
        )
    return value


def concentration(measured: Measured) -> float:
    """M1: Gini coefficient of rows per merchant."""
    rows = _rows(measured)
    return _told(gini(rows), rows)


def exponent(measured: Measured) -> float:
    """M4: exponent of a power law of rows per merchant from 5 rows on, by maximum likelihood."""
    rows = _rows(measured)
    tail = rows[rows >= _TAIL_FROM]
    require(len(tail), _MERCHANTS, f"merchants with {_TAIL_FROM} rows")
    return _told(1.0 + len(tail) / float(np.log(tail / (_TAIL_FROM - 0.5)).sum()), rows)


def favourite(measured: Measured) -> float:
    """M6: share of the merchant that a customer uses most, for the median customer of those with 20 rows."""
    share, group = measured.details.favourite_shares
    seen = np.sort(share[measured.groups[group]])
    require(len(seen), _CUSTOMERS, "customers have 20 rows")
    return quantile(seen, np.ones(len(seen), np.int64), 0.5)


def repeats(measured: Measured) -> float:
    """M7: share of positive rows that repeat an earlier one: same customer, merchant and exact amount."""
    details = measured.details
    seen = measured.groups[details.group] & (details.cents > 0)
    require(int(seen.sum()), 1, "positive amounts")
    return float(details.is_repeat[seen].mean())


MERCHANTS = (
    Fact("M1", Group.MERCHANTS, concentration, Unit.MERCHANTS, needs=("merchant",), is_share=True),
    Fact("M4", Group.MERCHANTS, exponent, Unit.MERCHANTS, needs=("merchant",)),
    Fact("M6", Group.MERCHANTS, favourite, needs=("customer", "merchant"), is_share=True),
    Fact("M7", Group.MERCHANTS, repeats, needs=("customer", "merchant"), is_share=True),
)
