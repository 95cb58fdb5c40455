"""The columns of one block of customers: the unit of work that one thread lives through."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fintxsim.memory import zeros
from fintxsim.population.people import CONTRACT, N_CONTRACTS, N_FAVOURITES, PERSON

BLOCK = 8192  # customers in a block; part of what a scenario means, never a matter of workers


@dataclass
class Block:
    """Customers ``first`` ... ``first + len(people) - 1``."""

    first: int
    people: npt.NDArray[np.void]
    favourites: npt.NDArray[np.int64] = field(repr=False)
    contracts: npt.NDArray[np.void] = field(repr=False)

    def __len__(self) -> int:
        return len(self.people)


def empty_blocks(customers: int) -> tuple[npt.NDArray[np.void], list[Block]]:
    """Records of all customers, and the blocks that are views of them."""
    people = zeros(customers, PERSON)
    favourites, contracts = zeros((customers, N_FAVOURITES), np.int64), zeros((customers, N_CONTRACTS), CONTRACT)
    parts = [slice(first, first + BLOCK) for first in range(0, customers, BLOCK)]
    return people, [Block(part.start, people[part], favourites[part], contracts[part]) for part in parts]
