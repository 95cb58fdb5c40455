"""Fields of records, for code that looks at one record at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


class Fields(dict[str, npt.NDArray[Any]]):
    """A view of each field of an array of records, by name, made when it is first asked for.

    ``fields["city"][k]`` is ``records[k]["city"]`` in a tenth of the time: numpy makes a scalar of a whole record
    before it looks at a field. Writing to a view writes to the records.
    """

    def __init__(self, records: npt.NDArray[np.void]) -> None:
        super().__init__()
        self._records = records

    def __missing__(self, name: str) -> npt.NDArray[Any]:
        view = self[name] = self._records[name]
        return view
