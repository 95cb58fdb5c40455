"""Festivals: which weekends a city has one, and the stall that has come for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.compiled import Record, compiled
from fintxsim.population.categories import BY_NAME
from fintxsim.population.merchants import opened_day, tenant
from fintxsim.streams import Purpose, bits, stream, uniform

EVERY_WEEKS = 0  # knob: a city has a festival every so many weeks
_K_LOOKALIKE, _K_MERCHANT = int(Purpose.LOOKALIKE), int(Purpose.MERCHANT)
_TURN, _WEEK = -2, 1 << 30  # numbers of streams of a city, apart from those of customers
_SATURDAY = 5
_LOOKED_AT = 64  # pitches among which the youngest merchant is the one that has come for the festival
_TRADES = np.array([BY_NAME[name] for name in ("bar", "fast_food", "attractions")])


@compiled
def week_of(date: int) -> int:
    """Number of the week, Monday to Sunday, of a date in days since 1970-01-01, a Thursday."""
    return (date + 3) // 7


@compiled
def is_festival(city: int, date: int, knobs: npt.NDArray[np.float64], w: Record) -> bool:
    """Whether the city has a festival on a date: on both days of every so many weekends, each city in its own turn."""
    every = int(knobs[EVERY_WEEKS])
    turn = int(bits(stream(w.keys[_K_LOOKALIKE], city, _TURN), 0) % np.uint64(every))
    return (date + 3) % 7 >= _SATURDAY and (week_of(date) + turn) % every == 0


@compiled
def festival_hour(city: int, date: int, w: Record) -> float:
    """Local hour, 13 to 19, at which people begin to come to the city's festival of that weekend."""
    return 13.0 + 6.0 * uniform(stream(w.keys[_K_LOOKALIKE], city, _WEEK + week_of(date)), 0)


@compiled
def stall(city: int, date: int, w: Record) -> int:
    """The pop-up merchant of the weekend: the youngest of some little-known ones of the city."""
    draws = stream(w.keys[_K_LOOKALIKE], city, _WEEK + week_of(date))
    category = _TRADES[int(uniform(draws, 1) * _TRADES.shape[0])]
    size = int(w.sizes[city, category])
    first = int(uniform(draws, 2) * size)
    found, youngest = -1, 0
    for k in range(min(size, _LOOKED_AT)):
        code = tenant(w.keys[_K_MERCHANT], city, category, (first + k) % size, date, w.lease)
        opened = opened_day(w.keys[_K_MERCHANT], code, w.lease)
        if found < 0 or opened > youngest:
            found, youngest = code, opened
    return found
