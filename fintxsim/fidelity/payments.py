"""Payments as facts see them, wherever they come from: a run of ours or anybody's table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
UNKNOWN = -1
"""An id that is not known."""

PARTS = ("time", "amount", "customer", "merchant", "category", "card", "fraud")
"""What a column of payments can tell; facts need time and amount, and say what else."""

GENUINE, FRAUD, NEITHER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Payments:
    """Consecutive rows. A part that the table has not is UNKNOWN in every row.

    ``time_us`` is local time since 1970, ``cents`` hundredths of a major unit, negative for a refund. ``fraud`` is
    GENUINE, FRAUD or NEITHER. Rows that are not ``is_payment``, such as cash taken by card, count for frauds alone.
    """

    time_us: Ints
    cents: Ints
    customer: Ints
    merchant: Ints
    category: Ints
    card: Ints
    fraud: NDArray[np.int8]
    is_payment: Flags

    def __len__(self) -> int:
        return len(self.time_us)

    def where(self, chosen: Flags) -> Payments:
        """The chosen rows."""
        return Payments(*(getattr(self, name)[chosen] for name in self.__slots__))


class Source(ABC):
    """Payments from somewhere. ``name`` is what messages call it, ``parts`` what it knows of each row."""

    name: str
    parts: frozenset[str]

    @abstractmethod
    def batches(self) -> Iterator[Payments]:
        """All rows, a part at a time. InputError or DamagedRunError when they cannot be read."""


def to_cents(amounts: Floats) -> Ints:
    """Hundredths, rounded; a currency with finer units loses them."""
    return np.rint(amounts * 100.0).astype(np.int64)


def text_ids(texts: Any) -> Ints:
    """Texts as whole numbers of 63 bits, the same in every table; two texts share one with a chance of 1e-19."""
    hashed = pd.util.hash_array(np.asarray(texts, dtype=object), categorize=False)
    return (hashed >> np.uint64(1)).astype(np.int64)
