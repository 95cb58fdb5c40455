"""Which days are likely ones for the episodes of each kind: seasons, and how much happens at all in a season.

Compiled code needs the likelihood of any span of days within reach of today, the same to the last bit on whichever day
it asks. So weights are whole numbers, and a day knows their running sum.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.timing import DAYS_AHEAD, DAYS_BACK, LOOKALIKES
from fintxsim.clock import Calendar
from fintxsim.lookalikes.base import AVERAGE_DAY, Lookalike, LookalikeConfig

PURCHASES = 0.57  # share of plain rows that follow the retail season, as measured; the others keep to the month
MARGIN_DAYS = max(DAYS_BACK, DAYS_AHEAD) + 31  # further than this from a day nothing is asked of the calendar

Ints = npt.NDArray[np.int64]


class EpisodeCalendar:
    """Weights of days by kind. A month's weights average 1 times the month's retail season."""

    def __init__(self, calendar: Calendar, active: Sequence[tuple[Lookalike, LookalikeConfig]]) -> None:
        self._calendar, self._active = calendar, active
        self._months: dict[tuple[int, int], Ints] = {}
        self._due: dict[date, int] = {}

    def due_around(self, today: date) -> npt.NDArray[np.uint32]:
        """Days of the month whose payments fall due, for every day within reach of today."""
        if not self._active:
            return np.zeros(DAYS_BACK + DAYS_AHEAD, np.uint32)
        around = _around(today)
        for day in around:
            if day not in self._due:
                self._due[day] = self._calendar.due_days(day)
        return np.array([self._due[day] for day in around], np.uint32)

    def weight_before(self, today: date) -> Ints:
        """Sum of the weights of the days within reach before each of them, shape (LOOKALIKES, days + 1)."""
        sums = np.zeros((LOOKALIKES, DAYS_BACK + DAYS_AHEAD + 1), np.int64)
        if self._active:
            weights = np.stack([self._month(day.year, day.month)[:, day.day - 1] for day in _around(today)], axis=1)
            sums[:, 1:] = np.cumsum(weights, axis=1)
        return sums

    def _month(self, year: int, month: int) -> Ints:
        """Weights of the days of a month, shape (LOOKALIKES, days)."""
        if (year, month) not in self._months:
            days = [date(year, month, 1) + timedelta(days=k) for k in range(monthrange(year, month)[1])]
            level = [1.0 + PURCHASES * (self._calendar.season_weight(day) - 1.0) for day in days]
            weights = np.zeros((LOOKALIKES, len(days)), np.int64)
            for kind, config in self._active:
                likely = [kind.season(config, day, self._calendar) * a for day, a in zip(days, level, strict=True)]
                scale = AVERAGE_DAY * sum(level) / sum(likely)
                weights[kind.number] = [round(scale * weight) for weight in likely]
            self._months[year, month] = weights
        return self._months[year, month]


def _around(today: date) -> list[date]:
    return [today + timedelta(days=k) for k in range(-DAYS_BACK, DAYS_AHEAD)]
