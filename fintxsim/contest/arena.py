"""Customers under attack: their day runs event by event, shared between them and whoever attacks them.

The moment a criminal first acts on a customer today, that customer's day is opened; before each further act it is
lived up to that moment, by the same compiled code as everybody's. What remains is lived to midnight afterwards. So
a criminal sees the balance, the limits and the card as they are at that very moment, and the customer's own
payments see what he left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fintxsim.bank.labels.cases import Way
from fintxsim.bank.ledger import empty_books
from fintxsim.behaviour import day as days
from fintxsim.behaviour.draft import DRAFT, EVENT
from fintxsim.population.block import BLOCK, Block
from fintxsim.setting import Setting
from fintxsim.typologies.base import Part

MOST_ATTEMPTS = 512  # rows that a customer under attack can have in a day


class OpenDay:
    """The day of one customer under attack, as far as it has been lived."""

    def __init__(self) -> None:
        self.diary = np.empty(days.DIARY, DRAFT)
        self.order, self.progress = np.zeros(days.DIARY, np.int64), np.zeros(4, np.int64)
        self.rows = np.empty(4 * days.DIARY + MOST_ATTEMPTS, DRAFT)
        self.later = np.empty(2 * days.DIARY, DRAFT)
        self.events = np.empty(8 * days.DIARY + MOST_ATTEMPTS, EVENT)
        self.counts, self.books = np.zeros(4, np.int64), empty_books()

    def begin(self, customer: int, block: Block) -> None:
        """Whose day it is; what was before is forgotten."""
        self.customer, self.block = customer, block
        self.index = customer - block.first
        self.counts[:] = 0
        self.books[:] = 0

    def make_room(self) -> None:
        """However often the customer is attacked, there is room for the rest of the day."""
        if len(self.rows) - self.counts[0] < 3 * days.DIARY:
            self.rows = np.resize(self.rows, 2 * len(self.rows))
        if len(self.events) - self.counts[2] < 5 * days.DIARY:
            self.events = np.resize(self.events, 2 * len(self.events))

    def written(self) -> npt.NDArray[np.void]:
        return self.rows[: self.counts[0]]

    def last_row(self) -> npt.NDArray[np.void]:
        """The row written last, as an array of one."""
        return self.rows[self.counts[0] - 1 : self.counts[0]]

    def refunds(self) -> npt.NDArray[np.void]:
        return self.later[: self.counts[1]]

    def noted(self) -> npt.NDArray[np.void]:
        return self.events[: self.counts[2]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the engine records of one act of crime, for truth and for the bank's cases. Amounts in minor units."""

    time: int
    customer: int
    card_slot: int
    billing: int
    approved: bool
    part: Part
    way: Way


@dataclass
class Arena:
    """All customers under attack today."""

    setting: Setting
    blocks: list[Block]
    day: npt.NDArray[np.void]
    due_of: Callable[[int], npt.NDArray[np.void]]
    limits: list[tuple[int, int, int]]  # (time, customer, new credit limit in minor units) of today
    spare: list[OpenDay]  # days of yesterday, whose memory can be used again
    open_days: dict[int, OpenDay] = field(default_factory=dict)

    def __post_init__(self) -> None:
        day = self.day[0]
        self.spacing, self.shift, self.end = int(day["spacing"]), int(day["shift"]), int(day["end"])
        self.earliest = int(day["start"]) + 3 * self.spacing  # first moment at which anything can begin today
        self.latest = self.end - 80 * self.spacing  # and the last
        self._nobody = np.zeros(BLOCK, np.bool_)
        self._nothing = np.zeros(0, DRAFT)

    def enter(self, customer: int, time: int) -> OpenDay:
        """The customer's day, lived up to a moment."""
        today = self.open_days.get(customer) or self._begin(customer)
        today.make_room()
        self._live(today, time)
        return today

    def close(self) -> None:
        """Live the rest of every open day."""
        for today in self.open_days.values():
            today.make_room()
            self._live(today, self.end)

    def _begin(self, customer: int) -> OpenDay:
        today = self.spare.pop() if self.spare else OpenDay()
        today.begin(customer, self.blocks[customer // BLOCK])
        self.open_days[customer] = today
        self._live(today, 0, opens=True)
        return today

    def _live(self, today: OpenDay, until: int, *, opens: bool = False) -> None:
        block, due = today.block, self.due_of(today.customer) if opens else self._nothing
        days.live_block(
            block.people, block.favourites, block.contracts, block.first, today.index, today.index + 1, opens, until,
            self._nobody, due, today.diary, today.order, today.progress, today.rows, today.later, today.events,
            today.counts, self.day, self.setting.world, today.books,
        )  # fmt: skip
