"""One block of customers on one day: its diaries, what has been lived of them, and the buffers for both."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from fintxsim.bank.ledger import Books, empty_books
from fintxsim.behaviour import day as days
from fintxsim.behaviour.draft import DRAFT, EVENT
from fintxsim.behaviour.theft import lose_card, next_with_pin
from fintxsim.behaviour.timing import DAY
from fintxsim.population.block import Block

_ROWS_PER_CUSTOMER = 6


def rows_reserved(block: Block) -> int:
    """Room for a block's rows of one day; only what is used takes memory."""
    return _ROWS_PER_CUSTOMER * len(block) + 4 * days.MOST_ENTRIES


class BlockDay:
    """The day of a block's customers; used again every day. ``out`` is room for the rows."""

    def __init__(self, block: Block, out: npt.NDArray[np.void], worlds: npt.NDArray[np.void]) -> None:
        size = len(block)
        self.block, self.worlds = block, worlds
        self.books: Books = empty_books()
        self.rows = out
        self.later = np.empty(size // 2 + 4 * days.MOST_ENTRIES, DRAFT)
        self.events = np.empty(3 * size + 4 * days.MOST_ENTRIES, EVENT)
        self.log = np.zeros(4 * size + 16 * days.MOST_ENTRIES, np.int64)  # of the slice under way, see bank.velocity
        self.diaries, self.when = np.zeros(size, days.DIARY), np.zeros(size, np.int64)
        self.counts, self._one = np.zeros(4, np.int64), np.zeros(1, np.int64)
        self.due = np.zeros(0, DRAFT)
        self.day = np.zeros(0, DAY)
        self._first = self.diaries["first"]
        self._planned: dict[int, None] = {}  # who has a diary today; not kept once everybody has
        self._all_planned = True

    def begin(self, day: npt.NDArray[np.void], due: npt.NDArray[np.void]) -> None:
        """A new day, nobody's planned yet; ``due`` are today's refunds by customer and time."""
        self.day, self.due = day, due
        if not self.is_begun:
            return
        self.counts[:] = 0
        self.log[0] = 0
        whose = slice(None) if self._all_planned else list(self._planned)
        self._first[whose] = days.UNPLANNED
        self.when[whose] = days.NEVER
        self._planned, self._all_planned = {}, False

    @property
    def is_begun(self) -> bool:
        """Whether anybody has a diary today."""
        return self._all_planned or bool(self._planned)

    def plan(self) -> None:
        """Plan everybody's day."""
        self._all_planned = True
        self._repeat(lambda start: self._plan(start, len(self.block), self.due), 0, len(self.block))

    def plan_one(self, i: int) -> None:
        """Plan the day of one customer, unless it has been planned."""
        if self._all_planned or i in self._planned:
            return
        self._planned[i] = None
        due = self.due
        if len(due):
            first, last = due["customer"].searchsorted((self.block.first + i, self.block.first + i + 1))
            due = due[first:last]
        self.counts[days.DUE] = 0
        self._repeat(lambda start: self._plan(start, i + 1, due), i, i + 1)

    def _plan(self, start: int, stop: int, due: npt.NDArray[np.void]) -> int:
        block = self.block
        end = days.plan_block(
            block.people, block.favourites, block.contracts, block.first, start, stop, due, self.rows, self.diaries,
            self.when, self.events, self.counts, self.day, self.worlds,
        )  # fmt: skip
        return int(end)

    def live(self, until: int) -> None:
        """Live everybody's day up to a moment."""
        is_time = self.when < until
        if until >= int(self.day[0]["end"]):
            is_time |= self._first >= 0  # what nobody counts across accounts
        whom = np.flatnonzero(is_time)
        self._repeat(lambda start: self._live(whom, start, until), 0, len(whom))

    def live_one(self, i: int, until: int) -> None:
        """Live the day of one customer up to a moment."""
        self.plan_one(i)
        first = self._first[i]
        if first >= 0 and self.rows["time"][first] < until:
            self._one[0] = i
            self._repeat(lambda start: self._live(self._one, start, until), 0, 1)

    def _live(self, whom: npt.NDArray[np.int64], start: int, until: int) -> int:
        end = days.live_block(
            self.block.people, whom, start, until, self.rows, self.diaries, self.when, self.later, self.events,
            self.counts, self.log, self.day, self.worlds, self.books,
        )  # fmt: skip
        return int(end)

    def attempt(self, i: int, draft: npt.NDArray[np.void]) -> bool:
        """A request by somebody else in a customer's name; ``draft`` holds one record and then the answer."""
        self.plan_one(i)
        while True:
            answer = days.attempt(
                self.block.people, i, draft, self.rows, self.diaries, self.when, self.later, self.events, self.counts,
                self.log, self.day, self.worlds, self.books,
            )  # fmt: skip
            if answer != days.NO_ROOM:
                return bool(answer)
            self._grow()

    def lose_card(self, i: int, slot: int) -> None:
        """From now on a customer has a card no longer; his day was lived up to now."""
        block, n = self.block, self.counts[days.ROWS]
        self.counts[days.ROWS] = lose_card(block.people, block.first, i, slot, self.rows, n, self.diaries)

    def next_with_pin(self, i: int, slot: int, after: int) -> tuple[int, int] | None:
        """When, and at which merchant, a customer will next type a card's PIN today, as far as his day is planned."""
        at = next_with_pin(self.rows, self.diaries, i, slot, after)
        return None if at < 0 else (int(self.rows["time"][at]), int(self.rows["merchant"][at]))

    def written(self) -> npt.NDArray[np.void]:
        """Rows so far; those still in a diary are among them."""
        return self.rows[: self.counts[days.ROWS]]

    def refunds(self) -> npt.NDArray[np.void]:
        return self.later[: self.counts[days.REFUNDS]]

    def noted(self) -> npt.NDArray[np.void]:
        return self.events[: self.counts[days.EVENTS]]

    def _repeat(self, work: Callable[[int], int], start: int, stop: int) -> None:
        """Work through the customers; on a busy day with larger buffers."""
        while start < stop:
            start = work(start)
            if start < stop:
                self._grow()

    def make_room(self) -> None:
        """However often a customer is attacked, there is room for what follows."""
        rows, refunds, events, _ = self.counts.tolist()
        spare = 2 * days.MOST_ENTRIES
        fits = rows + spare <= len(self.rows) and refunds + spare <= len(self.later)
        if not (fits and events + spare <= len(self.events) and int(self.log[0]) + 4 * spare <= len(self.log)):
            self._grow()

    def _grow(self) -> None:
        self.rows, self.later = np.resize(self.rows, 2 * len(self.rows)), np.resize(self.later, 2 * len(self.later))
        self.events, self.log = np.resize(self.events, 2 * len(self.events)), np.resize(self.log, 2 * len(self.log))
