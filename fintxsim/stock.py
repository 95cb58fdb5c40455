"""Campaigns that take weeks to prepare: how many are prepared at a time, so that one is ready when its turn comes.

Nurtured identities and batches of copied cards are a stock: criminals prepare them all the time and use them when there
is an occasion. The pacer calls one when frauds are missing, a fixed pressure calls them at random, and timelines are
about these calls; here is decided how many are prepared. The stock holds what will be called while one of them is
prepared, and is filled up slowly, so that at day 0 it is of all ages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_SPARE = 5.0  # campaigns in stock beyond what will be needed: they come whole, and one may be too large
_FILLED_WITHIN = 0.5  # of the time that preparing takes, an empty stock is filled

T = TypeVar("T")


@dataclass(slots=True)
class Stock(Generic[T]):
    """What one typology has prepared or is preparing."""

    ready_days: float
    carry: float  # part of a campaign that is still to begin; drawn by lot at first
    preparing: int = 0
    waiting: list[T] = field(default_factory=list)  # ready, in the order in which they became so

    def begin(self, needed_per_day: float) -> int:
        """Preparations that begin today, when so many campaigns a day will be called."""
        if needed_per_day == 0.0:
            return 0
        wanted = needed_per_day * self.ready_days + _SPARE
        room = wanted - self.preparing - len(self.waiting)
        self.carry += max(min(wanted / (_FILLED_WITHIN * self.ready_days), room - self.carry), 0.0)
        count = int(self.carry)
        self.carry -= count
        self.preparing += count
        return count

    def line_up(self, campaign: T) -> None:
        """One is ready and waits for its turn."""
        self.preparing -= 1
        self.waiting.append(campaign)

    def give_up(self) -> None:
        """One has come to nothing while it was being prepared."""
        self.preparing -= 1

    def call(self, wanted: float, size_of: Callable[[T], float], *, fit: float, most: int) -> list[T]:
        """Those whose turn has come, the oldest first, when so much is wanted, in campaigns of average size.

        At most ``most``. One is called if the share ``fit`` of its size is wanted: what is too large for this
        bank waits, or never comes.
        """
        called: list[T] = []
        left: list[T] = []
        for campaign in self.waiting:
            size = size_of(campaign)
            fits = wanted >= fit * size and len(called) < most
            (called if fits else left).append(campaign)
            wanted -= size if fits else 0.0
        self.waiting = left
        return called
