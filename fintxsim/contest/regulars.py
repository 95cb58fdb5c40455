"""Who often goes where, looked up by place: for those who were at a terminal before day 0, when nobody was looking.

Shops are looked up by a 16-bit hash, which numpy sorts by radix, in a tenth of the time that their codes would take.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from fintxsim.population.block import Block
from fintxsim.streams import GOLDEN

Keys = npt.NDArray[np.uint16] | npt.NDArray[np.int16]
Index = tuple[Keys, npt.NDArray[np.int64]]  # keys in order, and the place of each before that


class Regulars:
    """Customers by favourite shop and by home town, as they were when first asked for."""

    def __init__(self, people: npt.NDArray[np.void], blocks: list[Block]) -> None:
        self._people, self._blocks = people, blocks

    def of_shop(self, merchant: int) -> npt.NDArray[np.int64]:
        """Customers who have a merchant among their favourites, each once, in order."""
        candidates = _found(self._by_shop, int(_hashed(np.array([merchant]))[0]))
        favourites, width = self._favourites.ravel(), self._favourites.shape[1]
        return np.unique(candidates[favourites[candidates] == merchant] // width)

    def of_town(self, city: int) -> npt.NDArray[np.int64]:
        """Customers who live in a city, in order."""
        return _found(self._by_town, city)

    @cached_property
    def _favourites(self) -> npt.NDArray[np.int64]:
        """Shape (customers, favourites)."""
        return np.concatenate([block.favourites for block in self._blocks])

    @cached_property
    def _by_shop(self) -> Index:
        return _ordered(_hashed(self._favourites.ravel()))

    @cached_property
    def _by_town(self) -> Index:
        return _ordered(self._people["city"].astype(np.int16))


def _hashed(merchants: npt.NDArray[np.int64]) -> npt.NDArray[np.uint16]:
    return (merchants.view(np.uint64) * GOLDEN >> np.uint64(48)).astype(np.uint16)


def _ordered(keys: Keys) -> Index:
    order = np.argsort(keys, kind="stable")
    return keys[order], order


def _found(index: Index, key: int) -> npt.NDArray[np.int64]:
    keys, places = index
    wanted = keys.dtype.type(key)  # or numpy would make all keys wider first
    first, last = keys.searchsorted(wanted, side="left"), keys.searchsorted(wanted, side="right")
    return places[first:last]
