"""How well something tells frauds from genuine cases: average precision, and what of it is beyond doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fintxsim.leaks.bins import Bins
from fintxsim.leaks.cases import Cases, Weights
from fintxsim.leaks.evidence import LIKELY, lower_bound, summed, upper_bound
from fintxsim.leaks.frames import Flags, Floats, Ints
from fintxsim.leaks.trees import DEPTH, Tree, by_rate, leaves_of_bins

REGIONS = 2**DEPTH - 1
"""A tree is looked at with its best leaf alone, with its best two, and so on."""


@dataclass(frozen=True, slots=True)
class Score:
    """``average_precision`` is measured in the half that the tree was not grown in, ``base`` is the share of frauds.

    ``regions`` are the best leaf, the best two and so on: shares of the frauds and of the genuine cases in them, which
    are worth ``frauds`` and ``genuine`` independent ones. ``text`` is the condition of the best leaf of a tree grown in
    both halves, ``recall`` and ``passed`` the shares in that leaf.
    """

    average_precision: float
    base: float
    regions: tuple[tuple[float, float], ...]
    frauds: float
    genuine: float
    text: str
    recall: float
    passed: float

    def exceeds(self, gate: float, nats: float) -> bool:
        """Whether it likely lies above a gate, and above the base rate with an evidence that rules luck out."""
        return self.average_precision > gate and self._least(LIKELY) > gate and self._least(nats) > self.base

    def _least(self, nats: float) -> float:
        """The least average precision that a region leaves possible; frauds outside it count at the base rate."""
        least = self.base
        for recall, passed in self.regions:
            low, high = lower_bound(recall, self.frauds, nats), upper_bound(passed, self.genuine, nats)
            precision = float(_precision(np.array(low), np.array(high), self.base))
            least = max(least, low * precision + (1.0 - low) * self.base)
        return least


@dataclass(frozen=True, slots=True)
class _Leaves:
    """Shares of the frauds and of the genuine cases of a half in each leaf, the leaf with the most frauds first."""

    fraud: Floats
    genuine: Floats
    frauds: float


def column_score(cases: Cases, weights: Weights, bins: Bins, name: str) -> Score:
    """How well the best tree over one column does."""
    fraud, genuine = _tallies(cases, weights, bins)
    halves = []
    for half in (0, 1):
        leaf = leaves_of_bins(fraud[half], genuine[half], bins.is_ordered)
        halves.append(_shares(leaf, fraud[1 - half], genuine[1 - half]))
    whole_f, whole_g = fraud.sum(axis=0), genuine.sum(axis=0)
    best = leaves_of_bins(whole_f, whole_g, bins.is_ordered) == 0
    return _score(cases, weights, halves, bins.text(name, best, whole_f), _share(best, whole_f, whole_g))


def questions_score(cases: Cases, weights: Weights, columns: Sequence[Bins], names: Sequence[str]) -> Score:
    """How well a tree of three questions does that may ask any column."""
    fraud = np.zeros(len(cases.half))
    fraud[cases.frauds] = 1.0
    rows = np.flatnonzero((fraud > 0.0) | (weights.values > 0.0))
    halves = [_tried(cases, weights, columns, rows, fraud, half) for half in (0, 1)]
    tree = Tree(columns, rows, fraud, weights.values)
    leaf = tree.leaf_of(rows)
    tally = summed(leaf, fraud[rows], tree.leaves), summed(leaf, weights.values[rows], tree.leaves)
    best = by_rate(np.arange(tree.leaves), *tally) == 0
    path = tree.path(int(np.argmax(best)))
    weight = [summed(columns[at].codes[cases.frauds], fraud[cases.frauds], columns[at].count) for at, _ in path]
    parts = [columns[at].text(names[at], chosen, w) for (at, chosen), w in zip(path, weight, strict=True)]
    return _score(cases, weights, halves, " and ".join(parts) or "any row", _share(best, *tally))


def _tried(cases: Cases, weights: Weights, columns: Sequence[Bins], rows: Ints, fraud: Floats, half: int) -> _Leaves:
    """A tree grown in one half, as it does in the other."""
    own, others = rows[cases.half[rows] == half], rows[cases.half[rows] != half]
    tree = Tree(columns, own, fraud, weights.values)
    place = by_rate(tree.leaf_of(own), fraud[own], weights.values[own])
    leaf = tree.leaf_of(others)
    caught, passed = summed(leaf, fraud[others], tree.leaves), summed(leaf, weights.values[others], tree.leaves)
    return _shares(place, caught, passed)


def _tallies(cases: Cases, weights: Weights, bins: Bins) -> tuple[Floats, Floats]:
    """Frauds and weighted genuine cases by half and bin."""
    cell = bins.codes.astype(np.int64) * 2 + cases.half
    genuine = summed(cell, weights.values, bins.count * 2)
    fraud = np.bincount(cell[cases.frauds], minlength=bins.count * 2).astype(np.float64)
    return fraud.reshape(-1, 2).T, genuine.reshape(-1, 2).T


def _shares(leaf: Ints, fraud: Floats, genuine: Floats) -> _Leaves:
    count = 2**DEPTH
    f, g = summed(leaf, fraud, count), summed(leaf, genuine, count)
    return _Leaves(f / max(f.sum(), 1e-300), g / max(g.sum(), 1e-300), float(f.sum()))


def _share(best: Flags, fraud: Floats, genuine: Floats) -> tuple[float, float]:
    return float(fraud[best].sum() / fraud.sum()), float(genuine[best].sum() / max(genuine.sum(), 1e-300))


def _score(cases: Cases, weights: Weights, halves: Sequence[_Leaves], text: str, shares: tuple[float, float]) -> Score:
    part = np.array([half.frauds for half in halves])
    part = part / max(part.sum(), 1e-300)
    average = sum(p * _average_precision(half, cases.base) for p, half in zip(part, halves, strict=True))
    recall = np.cumsum(sum(p * half.fraud for p, half in zip(part, halves, strict=True)))
    passed = np.cumsum(sum(p * half.genuine for p, half in zip(part, halves, strict=True)))
    regions = tuple(zip(recall[:REGIONS].tolist(), passed[:REGIONS].tolist(), strict=True))
    return Score(float(average), cases.base, regions, cases.independent, weights.effective, text, *shares)


def _average_precision(leaves: _Leaves, base: float) -> float:
    return float((leaves.fraud * _precision(np.cumsum(leaves.fraud), np.cumsum(leaves.genuine), base)).sum())


def _precision(recall: Floats, passed: Floats, base: float) -> Floats:
    fraud, genuine = recall * base, passed * (1.0 - base)
    return np.asarray(fraud / np.maximum(fraud + genuine, 1e-300))
