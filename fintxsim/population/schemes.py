"""Card schemes: invented names, and whose cards are of which."""

from __future__ import annotations

import numpy as np

from fintxsim.streams import Draws

SCHEMES = ("Meridian", "Corvo", "Union Azul")
SCHEME_LOT = 70  # ordinal of the draw in a person's stream


def scheme_of(key: np.uint64, customer: int) -> int:
    """Number of the scheme of all cards of a customer; ``key`` is that of the streams of persons."""
    return int(Draws(key, customer, 0).uniform(SCHEME_LOT) * len(SCHEMES))
