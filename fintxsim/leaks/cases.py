"""What is judged, row by row or id by id: frauds and genuine ones, in two halves that know nothing of each other.

A rule is found in one half and tried in the other, so that the best of many rules gets no credit for luck. All frauds
of a group, such as a campaign, lie in one half.

A matter of form is judged among rows of the same kind: online payments have a device and payments at a till have none,
and a fraud that is committed online has one for that reason alone. Genuine rows are therefore weighted so that their
kinds are as frequent as among the frauds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fintxsim.leaks.evidence import effective, group_sizes
from fintxsim.leaks.frames import Flags, Floats, Ints

_GENUINE_PER_KIND = 30
"""Genuine rows that a kind needs in each half; frauds of a rarer kind are compared with a broader one (assumption)."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each genuine case counts; frauds have 0. ``effective`` is how many independent ones they are worth."""

    values: Floats
    effective: float


def scrambled(numbers: Ints) -> NDArray[np.uint64]:
    """A hash of whole numbers: the finaliser of splitmix64 (Steele, Lea, Flood 2014)."""
    x = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


class Cases:
    """Frauds and genuine ones. ``levels`` are codes of their kind, from broad to narrow; none: all are of one kind."""

    def __init__(self, fraud: Flags, group: Ints, weight: float = 1.0, levels: Sequence[Ints] = ()) -> None:
        self.frauds = np.flatnonzero(fraud)
        known = group[self.frauds]
        self.groups = np.where(known < 0, -1 - self.frauds, known)
        self.half = (scrambled(np.arange(len(fraud))) & np.uint64(1)).astype(np.int64)
        self.half[self.frauds] = _balanced_halves(self.groups)
        self.plain = _weights(np.where(fraud, 0.0, weight))
        self.matched = _weights(self._matched(fraud, weight, levels)) if levels else self.plain
        total = float(self.plain.values.sum()) + len(self.frauds)
        self.base = len(self.frauds) / total if total else 0.0
        self.independent = effective(group_sizes(self.groups))
        """How many independent frauds there are."""

    def _matched(self, fraud: Flags, weight: float, levels: Sequence[Ints]) -> Floats:
        """Weights of genuine cases, by half: of each kind as much as among the frauds of the half."""
        matched = np.zeros(len(fraud))
        todo = np.ones(len(self.frauds), np.bool_)
        for kind in [*reversed(levels), np.zeros(len(fraud), np.int64)]:
            cell = kind * 2 + self.half
            cells = int(cell.max()) + 1
            genuine = np.bincount(cell[~fraud], minlength=cells)
            is_enough = genuine >= (_GENUINE_PER_KIND if kind.any() else 1)
            now = todo & is_enough[cell[self.frauds]]
            wanted = np.bincount(cell[self.frauds[now]], minlength=cells)
            matched += np.divide(wanted, genuine, out=np.zeros(cells), where=genuine > 0)[cell]
            todo &= ~now
        matched[fraud] = 0.0
        return self._as_many_as_before(matched, fraud, weight)

    def _as_many_as_before(self, matched: Floats, fraud: Flags, weight: float) -> Floats:
        """Scaled so that each half has its base rate again."""
        for half in (0, 1):
            chosen = ~fraud & (self.half == half)
            total = matched[chosen].sum()
            if total > 0.0:
                matched[chosen] *= weight * np.count_nonzero(chosen) / total
        return matched


def _weights(values: Floats) -> Weights:
    return Weights(values, effective(values))


def _balanced_halves(groups: Ints) -> Ints:
    """0 or 1 for each fraud: the larger groups first, each to the half that has fewer frauds so far."""
    keys, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.lexsort((scrambled(keys), -sizes))
    sign, gap = np.zeros(len(keys), np.int64), 0
    for i in order.tolist():
        sign[i] = 0 if gap <= 0 else 1
        gap += int(sizes[i]) if sign[i] == 0 else -int(sizes[i])
    return sign[place]
