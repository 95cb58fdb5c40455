"""How sure a finding is: bounds that hold for a sample of any size, and how many frauds clustered ones are worth.

All bounds are Chernoff's (1952): of ``n`` independent trials with chance ``p``, the share that succeeds exceeds ``s``
with a probability of at most ``exp(-n * divergence(s, p))``. The exponent is the evidence, in nats. A search that looks
at many rules needs more of it, one ``log(looks)`` more, so a table whose labels are drawn by lot shows a leak with a
chance of at most CHANCE per check, however many columns it has.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FRAUDS_NEEDED = 20
"""Frauds that must stand behind an answer."""

GROUPS_NEEDED = 5
"""Campaigns, customers or the like that these frauds must come from (assumption): one crew's habit is no leak."""

CHANCE = 1e-6
"""Chance that a check finds a leak in a table without any (assumption)."""

LIKELY = math.log(20.0)
"""Evidence for being above a gate, once luck is ruled out: one in twenty, as is usual."""

_HALVINGS = 60


def nats_needed(looks: float) -> float:
    """Evidence that the best of so many looks must have."""
    return math.log(max(looks, 1.0) / CHANCE)


def divergence(share: float, chance: float) -> float:
    """Kullback-Leibler divergence of two coins, in nats."""
    return _term(share, chance) + _term(1.0 - share, 1.0 - chance)


def _term(share: float, chance: float) -> float:
    if share <= 0.0:
        return 0.0
    return share * math.log(share / chance) if chance > 0.0 else math.inf


def lower_bound(share: float, n: float, nats: float) -> float:
    """The least chance that n trials with this share of successes leave possible."""
    low, high = 0.0, share
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if n * divergence(share, middle) > nats else (low, middle)
    return low


def upper_bound(share: float, n: float, nats: float) -> float:
    """The greatest chance that n trials with this share of successes leave possible."""
    return 1.0 - lower_bound(1.0 - share, n, nats)


def poisson_nats(seen: float, expected: float) -> float:
    """Evidence that a count differs from its expectation; Chernoff's bound for a sum of independent chances."""
    if expected <= 0.0:
        return math.inf if seen > 0.0 else 0.0
    return expected - seen + (seen * math.log(seen / expected) if seen > 0.0 else 0.0)


def effective(sizes: NDArray[np.float64]) -> float:
    """How many independent ones weighted ones are worth (Kish 1965): one group of 30 counts as one, 30 of one as 30."""
    squares = float((sizes * sizes).sum())
    return float(sizes.sum()) ** 2 / squares if squares > 0.0 else 0.0


def group_sizes(groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Members of each group that occurs."""
    return np.unique(groups, return_counts=True)[1].astype(np.float64)


def x_log_x(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 at 0."""
    return np.asarray(np.where(x > 0.0, x * np.log(np.where(x > 0.0, x, 1.0)), 0.0))


def summed(
    codes: NDArray[np.int32] | NDArray[np.int64], weights: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Sum of the weights of each code from 0."""
    return np.asarray(np.bincount(codes, weights, count), np.float64)
