"""Campaigns that take weeks to prepare: how many are prepared at a time, so that one is ready when its turn comes.

Nurtured identities and batches of copied cards are a stock: criminals prepare them all the time and use them when there
is an occasion. The pacer calls one when frauds are missing; here is decided how many are prepared. The stock holds what
will be called while one of them is prepared, and is filled up slowly, so that at day 0 it is of all ages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

_SPARE = 1.0  # campaigns in stock beyond what will be needed: they come whole
_MOST_TIMES_NEEDED = 2.0  # a day's preparations begin at most so many times as often as campaigns are called

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
        room = needed_per_day * self.ready_days + _SPARE - self.preparing - len(self.waiting)
        self.carry += max(min(_MOST_TIMES_NEEDED * needed_per_day, room), 0.0)
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

    def call(self, count: int) -> list[T]:
        """The turn of so many has come, the oldest first; fewer if there are not so many."""
        called, self.waiting = self.waiting[:count], self.waiting[count:]
        return called
