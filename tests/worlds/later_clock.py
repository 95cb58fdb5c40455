"""Generates a run in a process whose clock is three years ahead. Arguments: scenario, output. Prints the year it sees.

Time is moved for ``time.time`` and for every module of the package that took ``datetime`` or ``date`` by name.
"""

from __future__ import annotations

import datetime
import sys
import time
from typing import Any

from fintxsim.run import generate as engine_room

AHEAD = datetime.timedelta(days=3 * 365 + 1)
_time, _time_ns = time.time, time.time_ns


class _Alike(type):
    """Takes real dates for its own."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, cls.__mro__[1])


class LaterDate(datetime.date, metaclass=_Alike):
    @classmethod
    def today(cls) -> datetime.date:  # type: ignore[override]
        return datetime.date.today() + AHEAD


class LaterDatetime(datetime.datetime, metaclass=_Alike):
    @classmethod
    def now(cls, tz: Any = None) -> datetime.datetime:  # type: ignore[override]
        return datetime.datetime.now(tz) + AHEAD

    @classmethod
    def utcnow(cls) -> datetime.datetime:  # type: ignore[override]
        return datetime.datetime.now(datetime.UTC).replace(tzinfo=None) + AHEAD

    @classmethod
    def today(cls) -> datetime.datetime:  # type: ignore[override]
        return datetime.datetime.now() + AHEAD


def move_clock() -> None:
    time.time = lambda: _time() + AHEAD.total_seconds()
    time.time_ns = lambda: _time_ns() + int(AHEAD.total_seconds()) * 1_000_000_000
    later = {datetime.date: LaterDate, datetime.datetime: LaterDatetime}
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("fintxsim", "holidays", "numba", "mesa"):
            for attribute, value in list(vars(module).items()):
                if isinstance(value, type) and value in later:
                    setattr(module, attribute, later[value])


if __name__ == "__main__":
    move_clock()
    engine_room.generate(sys.argv[1], sys.argv[2])
    print(vars(engine_room)["datetime"].now(datetime.UTC).year)
