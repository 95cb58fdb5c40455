"""Large arrays of zeros."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def zeros(shape: int | tuple[int, ...], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """``numpy.zeros`` for an array that will be used all over.

    numpy asks the system for large pages when it makes an empty array, not when it makes one of zeros; and small pages,
    each fetched when it is first touched, took longer than all that was done with them.
    """
    array = np.empty(shape, dtype)
    array.reshape(-1).view(np.uint8).fill(0)
    return array
