"""Small decision trees over bins: three yes-or-no questions, so at most eight leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fintxsim.leaks.bins import Bins
from fintxsim.leaks.evidence import summed, x_log_x
from fintxsim.leaks.frames import Flags, Floats, Ints

DEPTH = 3
_LEAST_ROWS = 5.0
"""Rows that a leaf must have, counted with their weights."""

_LEAST_GAIN = 2.0
"""Nats that a question must gain (assumption); less is luck, and a simpler tree is easier to read."""

_PRIOR_ROWS = 50.0
"""Rows at the base rate that are added to a bin or leaf before its share of frauds is taken (assumption)."""


def smoothed(fraud: Floats, genuine: Floats) -> Floats:
    """Share of frauds in each bin, drawn towards the share in all where there are few rows."""
    total = fraud.sum() + genuine.sum()
    base = fraud.sum() / total if total else 0.0
    return (fraud + base * _PRIOR_ROWS) / (fraud + genuine + _PRIOR_ROWS)


def in_order(fraud: Floats, genuine: Floats, is_ordered: bool) -> Ints:
    """The order in which bins may be cut in two: their own, or by their share of frauds."""
    if is_ordered:
        return np.arange(len(fraud))
    return np.argsort(smoothed(fraud, genuine), kind="stable")


def best_cut(fraud: Floats, genuine: Floats) -> tuple[int, float]:
    """Bins to put on the left, and what that gains in nats; 0 bins when no cut is possible."""
    left_f, left_g = np.cumsum(fraud)[:-1], np.cumsum(genuine)[:-1]
    right_f, right_g = fraud.sum() - left_f, genuine.sum() - left_g
    allowed = (left_f + left_g >= _LEAST_ROWS) & (right_f + right_g >= _LEAST_ROWS)
    if not allowed.any():
        return 0, 0.0
    whole = float(_log_likelihood(fraud.sum(), genuine.sum()))
    gains = np.where(allowed, _log_likelihood(left_f, left_g) + _log_likelihood(right_f, right_g) - whole, -np.inf)
    at = int(np.argmax(gains))
    return at + 1, float(gains[at])


def _log_likelihood(fraud: Floats, genuine: Floats) -> Floats:
    return np.asarray(x_log_x(fraud) + x_log_x(genuine) - x_log_x(fraud + genuine))


def leaves_of_bins(fraud: Floats, genuine: Floats, is_ordered: bool) -> Ints:
    """Leaf of each bin in the tree over one column; leaf 0 is the most fraudulent."""
    order = in_order(fraud, genuine, is_ordered)
    parts = [order]
    for _ in range(DEPTH):
        parts = [half for part in parts for half in _halved(part, fraud, genuine)]
    leaf = np.zeros(len(fraud), np.int64)
    for number, part in enumerate(parts):
        leaf[part] = number
    return by_rate(leaf, fraud, genuine)[leaf]


def _halved(part: Ints, fraud: Floats, genuine: Floats) -> list[Ints]:
    cut, gain = best_cut(fraud[part], genuine[part])
    return [part[:cut], part[cut:]] if gain > _LEAST_GAIN else [part]


def by_rate(leaf: Ints, fraud: Floats, genuine: Floats) -> Ints:
    """Place of each leaf when the most fraudulent comes first; ``fraud`` and ``genuine`` weigh what is in it."""
    count = int(leaf.max()) + 1
    rate = smoothed(summed(leaf, fraud, count), summed(leaf, genuine, count))
    place = np.zeros(count, np.int64)
    place[np.argsort(-rate, kind="stable")] = np.arange(count)
    return place


@dataclass(frozen=True, slots=True)
class Node:
    """A question to a column, with what follows when its bin is on the left and when it is on the right; or a leaf."""

    column: int = -1
    is_left: Flags | None = None
    left: Node | None = None
    right: Node | None = None
    leaf: int = -1


class Tree:
    """A tree over several columns. ``leaves`` is how many it has."""

    def __init__(self, columns: Sequence[Bins], rows: Ints, fraud: Floats, genuine: Floats) -> None:
        self._columns, self._fraud, self._genuine = columns, fraud, genuine
        self.leaves = 0
        self.root = self._grow(rows, DEPTH)

    def leaf_of(self, rows: Ints) -> Ints:
        """Leaf of each of the rows."""
        found = np.zeros(len(rows), np.int64)
        self._sort_in(self.root, rows, np.arange(len(rows)), found)
        return found

    def path(self, leaf: int) -> list[tuple[int, Flags]]:
        """The questions on the way to a leaf: a column, and the bins that lead on."""
        return _path(self.root, leaf) or []

    def _grow(self, rows: Ints, depth: int) -> Node:
        best = self._best_question(rows) if depth else None
        if best is None:
            self.leaves += 1
            return Node(leaf=self.leaves - 1)
        column, is_left = best
        goes_left = is_left[self._columns[column].codes[rows]]
        return Node(column, is_left, self._grow(rows[goes_left], depth - 1), self._grow(rows[~goes_left], depth - 1))

    def _best_question(self, rows: Ints) -> tuple[int, Flags] | None:
        fraud, genuine = self._fraud[rows], self._genuine[rows]
        best, best_gain = None, _LEAST_GAIN
        for number, bins in enumerate(self._columns):
            codes = bins.codes[rows]
            f, g = summed(codes, fraud, bins.count), summed(codes, genuine, bins.count)
            order = in_order(f, g, bins.is_ordered)
            cut, gain = best_cut(f[order], g[order])
            if gain > best_gain:
                is_left = np.zeros(bins.count, np.bool_)
                is_left[order[:cut]] = True
                best, best_gain = (number, is_left), gain
        return best

    def _sort_in(self, node: Node, rows: Ints, places: Ints, found: Ints) -> None:
        if node.is_left is None or node.left is None or node.right is None:
            found[places] = node.leaf
            return
        goes_left = node.is_left[self._columns[node.column].codes[rows[places]]]
        self._sort_in(node.left, rows, places[goes_left], found)
        self._sort_in(node.right, rows, places[~goes_left], found)


def _path(node: Node, leaf: int) -> list[tuple[int, Flags]] | None:
    if node.is_left is None or node.left is None or node.right is None:
        return [] if node.leaf == leaf else None
    for child, bins in ((node.left, node.is_left), (node.right, ~node.is_left)):
        below = _path(child, leaf)
        if below is not None:
            return [(node.column, bins), *below]
    return None
