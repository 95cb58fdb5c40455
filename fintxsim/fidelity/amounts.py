"""Facts about amounts: how they spread, which are frequent, what they depend on."""

from __future__ import annotations

import math

import numpy as np

from fintxsim.fidelity.arithmetic import quantile, share_explained, variance
from fintxsim.fidelity.base import CannotTellError, Fact, Group, require
from fintxsim.fidelity.measured import Measured
from fintxsim.fidelity.payments import Floats, Ints

_FREQUENT = 20
_DEAREST = 0.01
_BENFORD_ROWS = 10_000
_CATEGORY_SHARE = 0.005
_BENFORD = np.log10(1.0 + 1.0 / np.arange(1, 10))


def paid(measured: Measured) -> tuple[Ints, Ints]:
    """Positive amounts in cents and how often each occurs. CannotTellError when there are fewer than two."""
    cents, count = measured.amount_counts
    require(int(count.sum()), 2, "positive amounts")
    return cents, count


def spread(measured: Measured) -> float:
    """A1: standard deviation of ln(amount)."""
    cents, count = paid(measured)
    return math.sqrt(variance(np.log(cents / 100.0), count))


def tail(measured: Measured) -> float:
    """A2: 99th percentile over median."""
    cents, count = paid(measured)
    return quantile(cents, count, 0.99) / quantile(cents, count, 0.5)


def _ending(measured: Measured, ending: int) -> float:
    cents, count = paid(measured)
    if not (cents % 100).any():
        raise CannotTellError("no amount has cents")
    return float(count[cents % 100 == ending].sum() / count.sum())


def round_share(measured: Measured) -> float:
    """A5: share of amounts without cents."""
    return _ending(measured, 0)


def charm_share(measured: Measured) -> float:
    """A8: share of amounts that end in 99 cents."""
    return _ending(measured, 99)


def frequent_share(measured: Measured) -> float:
    """A7: share of the 20 most frequent amounts."""
    _, count = paid(measured)
    return float(np.sort(count)[-_FREQUENT:].sum() / count.sum())


def dearest_share(measured: Measured) -> float:
    """A9: share of all value in the largest hundredth of payments; a part of a payment counts as that part."""
    cents, count = paid(measured)
    wanted = _DEAREST * float(count.sum())
    falling, often = cents[::-1].astype(np.float64), count[::-1]
    before = np.cumsum(often) - often
    taken = np.clip(wanted - before, 0.0, often)
    return float((falling * taken).sum() / (falling * often).sum())


def refund_share(measured: Measured) -> float:
    """A11: refunds of all rows."""
    if "refund" not in measured.parts and not measured.totals[:, 1].any():
        raise CannotTellError("no amount is negative; give refunds as negative amounts")
    return measured.refunds / measured.rows


def first_digits(measured: Measured) -> float:
    """A12: mean distance of the shares of first digits from Benford's law."""
    cents, count = paid(measured)
    require(int(count.sum()), _BENFORD_ROWS, "positive amounts")
    digit = cents // 10 ** np.floor(np.log10(cents) + 1e-12).astype(np.int64)
    found = np.bincount(digit, count, 10)[1:] / count.sum()
    return float(np.abs(found - _BENFORD).mean())


def category_range(measured: Measured) -> float:
    """A13: largest over smallest median of categories that have more than 0.5 % of the rows."""
    category, cents, count = measured.category_counts
    rows = np.bincount(category, count)
    large = np.flatnonzero(rows > _CATEGORY_SHARE * rows.sum())
    require(len(large), 2, "categories with more than 0.5 % of the rows")
    medians = [quantile(cents[category == code], count[category == code], 0.5) for code in large.tolist()]
    return max(medians) / min(medians)


def category_part(measured: Measured) -> float:
    """A14: share of the variance of ln(amount) that lies between categories."""
    category, cents, count = measured.category_counts
    log: Floats = np.log(cents / 100.0)
    rows, sums, squares = (np.bincount(category, count * factor) for factor in (np.ones(len(log)), log, log * log))
    return share_explained(rows.astype(np.float64), sums.astype(np.float64), squares.astype(np.float64))


def customer_part(measured: Measured) -> float:
    """A16: share of the variance of ln(amount) that lies between customers."""
    seen = measured.seen_customers
    return share_explained(seen.paid, seen.log, seen.log2)


AMOUNTS = (
    Fact("A1", Group.AMOUNTS, spread),
    Fact("A2", Group.AMOUNTS, tail, is_ratio=True),
    Fact("A5", Group.AMOUNTS, round_share, is_share=True),
    Fact("A7", Group.AMOUNTS, frequent_share, is_share=True),
    Fact("A8", Group.AMOUNTS, charm_share, is_share=True),
    Fact("A9", Group.AMOUNTS, dearest_share, is_share=True),
    Fact("A11", Group.AMOUNTS, refund_share, is_share=True),
    Fact("A12", Group.AMOUNTS, first_digits),
    Fact("A13", Group.AMOUNTS, category_range, needs=("category",), is_ratio=True),
    Fact("A14", Group.AMOUNTS, category_part, needs=("category",), is_share=True),
    Fact("A16", Group.AMOUNTS, customer_part, needs=("customer",), is_share=True),
)
