"""Sums by key that grow with the number of different keys, never with the number of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fintxsim.fidelity.payments import Floats, Ints

GROUPS = 20
"""Parts into which customers, or merchants, are split by a hash of their id: the unit of sampling intervals."""

_MERGE_FROM = 1 << 19
"""Keys that wait before they are merged."""


def mixed(ids: Ints) -> NDArray[np.uint64]:
    """A hash of whole numbers (the finaliser of splitmix64, Steele, Lea and Flood 2014)."""
    x = ids.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)), np.uint64)


def groups_of(ids: Ints) -> Ints:
    """The group of each id, 0 to GROUPS - 1."""
    return (mixed(ids) % np.uint64(GROUPS)).astype(np.int64)


class Counts:
    """Sums of ``width`` numbers per whole-number key."""

    def __init__(self, width: int = 1) -> None:
        self._width = width
        self._keys: list[Ints] = []
        self._sums: list[Floats] = []
        self._waiting = 0

    def add(self, keys: Ints, *numbers: Any) -> None:
        """Add a row of numbers to each key; without numbers each row counts 1."""
        distinct, at = np.unique(keys, return_inverse=True)
        columns = numbers or (np.ones(len(keys)),)
        self._keys.append(distinct)
        self._sums.append(np.stack([np.bincount(at, column, len(distinct)) for column in columns]))
        self._waiting += len(distinct)
        if self._waiting > max(_MERGE_FROM, len(self._keys[0])):
            self._merge()

    def table(self) -> tuple[Ints, Floats]:
        """Different keys in rising order, and their sums: one row per number, one column per key."""
        if len(self._keys) != 1:
            self._merge()
        return self._keys[0], self._sums[0]

    def _merge(self) -> None:
        keys = np.concatenate([np.zeros(0, np.int64), *self._keys])
        sums = np.concatenate([np.zeros((self._width, 0)), *self._sums], axis=1)
        distinct, at = np.unique(keys, return_inverse=True)
        self._keys = [distinct]
        self._sums = [np.stack([np.bincount(at, row, len(distinct)) for row in sums])]
        self._waiting = 0
