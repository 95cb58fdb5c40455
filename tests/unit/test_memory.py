"""Large arrays of zeros."""

from __future__ import annotations

import numpy as np

from fintxsim.memory import zeros
from fintxsim.population.people import CONTRACT


def test_arrays_are_of_the_shape_and_all_zero() -> None:
    for shape, dtype in (((3, 5), np.dtype(np.int64)), (7, CONTRACT), ((4, 2), CONTRACT), (0, CONTRACT)):
        array = zeros(shape, dtype)
        expected = np.zeros(shape, dtype)
        assert array.shape == expected.shape
        assert array.dtype == dtype
        assert array.tobytes() == expected.tobytes()
