"""Identities that criminals made up before the run began: thin files, with an address and a phone in common.

They are chosen among the customers by keyed draws, so that nobody else's life depends on how many there are. A ring
shares the address and the phone of its first identity, as applications from one flat do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fintxsim.streams import Draws, draws_of

MOST_IN_RING = 6
_CHOSEN, _RING = 0, 1  # ordinals of the draws


@dataclass
class Impostors:
    """Made-up identities by typology, and which of them are in use."""

    identities: dict[int, list[int]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    def __iter__(self) -> Iterator[int]:
        return (customer for identities in self.identities.values() for customer in identities)

    def take(self, typology: int, count: int, draws: Draws) -> list[int]:
        """Identities for a campaign, each once; unused ones while there are any."""
        mine = self.identities.get(typology, [])
        free = [customer for customer in mine if customer not in self.used] or list(mine)
        taken = [free.pop(draws.below(len(free))) for _ in range(min(count, len(free)))]
        self.used.update(taken)
        return taken


def disguise(people: npt.NDArray[np.void], key: np.uint64, share: float, typology: int) -> list[int]:
    """Turn a share of the customers, one at least, into identities of a typology's crews; returns their numbers.

    ``key`` is that of a stream of the typology's own. Customers who are somebody's identity already stay what they are.
    """
    draws = np.empty((2, len(people)))
    draws_of(key, np.arange(len(people)), 0, 0, draws)
    draws[_CHOSEN, people["impostor"] > 0] = 1.0
    chosen = np.flatnonzero(draws[_CHOSEN] < max(share, float(draws[_CHOSEN].min()) * (1.0 + 1e-12))).tolist()
    leader, left = -1, 0
    for customer in chosen:
        if left == 0:
            leader, left = customer, 2 + int(draws[_RING, customer] * (MOST_IN_RING - 1))
        _join(people, customer, leader, typology)
        left -= 1
    return chosen


def _join(people: npt.NDArray[np.void], customer: int, leader: int, typology: int) -> None:
    identity, first = people[customer], people[leader]
    identity["impostor"], identity["address"], identity["lookalikes"] = typology, leader, 0
    identity["city"], identity["phone_owner"] = first["city"], leader
    identity["phone_generation"] = first["phone_generation"]
    identity["devices"][0] = first["devices"][0]
