"""Column buffers that days of transactions fill one after another, used again and again.

Fresh memory is dear: the system hands it out zeroed, page by page. So a few sets of buffers take turns. A set is
filled until a row group's worth of rows has come, handed to the writer as it is, and filled anew when the others have
had their turn; by then it has been written.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fintxsim.run import rows as r
from fintxsim.run.parquet import BUFFER_ROWS

_GROUPS: tuple[tuple[tuple[str, ...], Any], ...] = (
    (r.INT64, np.int64),
    (r.INT16, np.int16),
    (r.INT8, np.int8),
    (r.FLOAT64, np.float64),
    (r.FLOAT32, np.float32),
)


class ColumnSet:
    """Buffers of all columns of transactions, shape (columns, capacity) for each width."""

    def __init__(self) -> None:
        self.used = 0
        self._capacity = 0
        self._arrays: list[npt.NDArray[Any]] = []

    def reserve(self, rows: int) -> list[npt.NDArray[Any]]:
        """Every group of columns, with room for ``rows`` more rows from ``used`` on."""
        if not self._arrays or self.used + rows > self._capacity:
            self._grow(max(self.used, BUFFER_ROWS) + rows + rows // 2)  # days are added until BUFFER_ROWS have come
        return self._arrays

    def _grow(self, capacity: int) -> None:
        old, used = self._arrays, self.used
        self._arrays = [np.empty((len(names), capacity), kind) for names, kind in _GROUPS]
        for new, before in zip(self._arrays, old, strict=False):
            new[:, :used] = before[:, :used]
        self._capacity = capacity

    def columns(self, first: int = 0) -> dict[str, npt.NDArray[Any]]:
        """Every column by name, from row ``first`` on; views of the buffers."""
        pairs = zip(_GROUPS, self._arrays, strict=True)
        return {
            name: values[first : self.used]
            for (names, _), array in pairs
            for name, values in zip(names, array, strict=True)
        }


class Rotation:
    """A few sets of buffers that take turns."""

    def __init__(self, sets: int) -> None:
        self._sets = [ColumnSet() for _ in range(sets)]
        self._turn = 0

    @property
    def current(self) -> ColumnSet:
        return self._sets[self._turn]

    def take(self) -> dict[str, npt.NDArray[Any]]:
        """What has been filled so far; it stays as it is until all other sets have had their turn."""
        columns = self.current.columns()
        self._turn = (self._turn + 1) % len(self._sets)
        self.current.used = 0
        return columns
