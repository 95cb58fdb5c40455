"""Who often goes where, looked up by place: for those who were at a terminal before day 0, when nobody was looking."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from fintxsim.population.block import Block

Index = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]  # keys in order, and the customer of each


class Regulars:
    """Customers by favourite shop and by home town, as they were when first asked for."""

    def __init__(self, people: npt.NDArray[np.void], blocks: list[Block]) -> None:
        self._people, self._blocks = people, blocks

    def of_shop(self, merchant: int) -> npt.NDArray[np.int64]:
        """Customers who have a merchant among their favourites, each once, in order."""
        return np.unique(_found(self._by_shop, merchant))

    def of_town(self, city: int) -> npt.NDArray[np.int64]:
        """Customers who live in a city, in order."""
        return _found(self._by_town, city)

    @cached_property
    def _by_shop(self) -> Index:
        favourites = np.concatenate([block.favourites for block in self._blocks])
        keys, customers = _ordered(favourites.ravel())
        return keys, customers // favourites.shape[1]

    @cached_property
    def _by_town(self) -> Index:
        return _ordered(self._people["city"].astype(np.int64))


def _ordered(keys: npt.NDArray[np.int64]) -> Index:
    order = np.argsort(keys, kind="stable")
    return keys[order], order


def _found(index: Index, key: int) -> npt.NDArray[np.int64]:
    keys, customers = index
    first, last = np.searchsorted(keys, (key, key + 1))
    return customers[first:last]
