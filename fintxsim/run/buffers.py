"""Column buffers of transactions, one row group each, used again and again.

Fresh memory is dear: the system hands it out zeroed, page by page. So a set of buffers is filled to the brim, from
whatever days its rows are, handed to the writer as it is, and filled anew once it has been written. Without a writer
in the background one small set, which a processor's cache nearly holds, serves the whole run.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import numpy.typing as npt

from fintxsim.run import rows as r

GROUP_ROWS = 262_144  # rows of a set, 44 MB; three times as many would save 0.6 bytes a row in the files
_STAGGER_BYTES = 192  # columns a multiple of 4 kB apart would share a few lines of the cache: twice the time

_GROUPS: tuple[tuple[tuple[str, ...], Any], ...] = (
    (r.INT64, np.int64),
    (r.INT16, np.int16),
    (r.INT8, np.int8),
    (r.FLOAT64, np.float64),
    (r.FLOAT32, np.float32),
)


class ColumnSet:
    """Buffers of all columns of transactions: ``arrays`` has one of shape (columns, rows and some) for each width."""

    def __init__(self, rows: int = GROUP_ROWS) -> None:
        self.rows = rows
        self.used = 0
        self.arrays: list[npt.NDArray[Any]] = [
            np.empty((len(names), rows + _STAGGER_BYTES // np.dtype(kind).itemsize), kind) for names, kind in _GROUPS
        ]

    @property
    def room(self) -> int:
        """Rows that can still be filled in."""
        return self.rows - self.used

    def columns(self, first: int = 0) -> dict[str, npt.NDArray[Any]]:
        """Every column by name, from row ``first`` on; views of the buffers."""
        pairs = zip(_GROUPS, self.arrays, strict=True)
        return {
            name: values[first : self.used]
            for (names, _), array in pairs
            for name, values in zip(names, array, strict=True)
        }


class Rotation:
    """Sets of buffers that take turns: one is being filled, those taken wait to be written, the others are free."""

    def __init__(self, rows: int = GROUP_ROWS) -> None:
        self._rows = rows
        self._filling: ColumnSet | None = None
        # The writer's thread releases while the other takes; append and popleft are atomic.
        self._taken: deque[ColumnSet] = deque()
        self._free: deque[ColumnSet] = deque()

    @property
    def current(self) -> ColumnSet:
        """The set to fill. It is chosen late: the one that was taken last may be free by then."""
        if self._filling is None:
            self._filling = self._free.popleft() if self._free else ColumnSet(self._rows)
        return self._filling

    def take(self) -> dict[str, npt.NDArray[Any]]:
        """What has been filled so far; it stays as it is until it is released."""
        taken = self.current
        self._taken.append(taken)
        self._filling = None
        return taken.columns()

    def release(self) -> None:
        """Let the set that was taken first be filled anew."""
        done = self._taken.popleft()
        done.used = 0
        self._free.append(done)
