"""Terminals that somebody watches: the cards that are read there, day by day (a skimmer is on it)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.evening import MARKS, card_reads, mark

CardRead = tuple[int, int, int]  # customer, slot, time
_MOST_READS = 4096  # of one day


@dataclass
class Watchlist:
    """The cards read at watched terminals; a terminal is merchant code x MAX_TERMINALS + number."""

    seen: dict[int, list[CardRead]] = field(default_factory=dict)

    def watch(self, terminal: int) -> None:
        self.seen.setdefault(terminal, [])

    def observe(self, parts: list[npt.NDArray[np.void]]) -> None:
        """Take note of today's cards."""
        if not self.seen:
            return
        watched, marks = np.array(sorted(self.seen), np.int64), np.zeros(MARKS, np.uint8)
        mark(watched, marks)
        reads = np.empty((4, _MOST_READS), np.int64)
        today: list[tuple[int, int, int, int]] = []
        for rows in parts:
            count = card_reads(rows, watched, marks, reads)
            today += [tuple(read) for read in reads[:, :count].T.tolist()]
        for time, terminal, customer, slot in sorted(today):
            self.seen[terminal].append((customer, slot, time))
