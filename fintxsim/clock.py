"""Calendar time: local days as UTC microseconds, holidays, retail seasons, and when payments fall due.

Zones come from the tzdata package alone, never from the system's database or the machine's own zone, so
that the same release of tzdata gives the same instants everywhere. Holidays come from the holidays package.
"""

from __future__ import annotations

import difflib
import warnings
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fintxsim.errors import FintxsimError, InputError

FIRST_DAY = date(1970, 1, 1)
LAST_DAY = date(2199, 12, 31)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)


def near_matches(value: str, allowed: Iterable[str]) -> str:
    """`` Did you mean A or B?`` for the closest allowed values, case ignored; empty when none is close."""
    by_lower = {text.lower(): text for text in allowed}
    close = difflib.get_close_matches(value.lower(), by_lower, n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(by_lower[text] for text in close)}?" if close else ""


# --- zones -----------------------------------------------------------------------------------------


@cache
def zone_names() -> frozenset[str]:
    """Every zone and alias of the tzdata package."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())


@cache
def load_zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; InputError when tzdata does not know it."""
    if name not in zone_names():
        raise InputError(
            f"timezone: {name!r} is not a time zone; allowed are the IANA names, such as Europe/Amsterdam or UTC."
            f"{near_matches(name, zone_names())} Give one of these names."
        )
    path = files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with path.open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


@lru_cache(maxsize=4096)  # agents ask for today's again and again
def day_window_us(zone: ZoneInfo, day: date) -> tuple[int, int]:
    """First microsecond of the local ``day`` and of the next one, in UTC since 1970.

    A day begins at the first instant whose local time is its midnight or later, so that the windows of
    consecutive days touch. A day lasts 22 to 26 hours, save where a zone was redrawn: one that it skipped
    (Pacific/Apia, 2011-12-30) is an empty window. InputError outside FIRST_DAY to LAST_DAY.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InputError(f"date: {day} cannot be simulated; allowed are {FIRST_DAY} to {LAST_DAY}. Choose another.")
    return _start_of_day_us(zone, day), _start_of_day_us(zone, day + _DAY)


def local_time(zone: ZoneInfo, at_us: int) -> datetime:
    """Date and time of day at an instant, which is microseconds in UTC since 1970."""
    return (_EPOCH + timedelta(microseconds=at_us)).astimezone(zone)


def instant_us(moment: datetime) -> int:
    """The instant of a date and time of day that knows its zone."""
    return (moment - _EPOCH) // _MICROSECOND


def _start_of_day_us(zone: ZoneInfo, day: date) -> int:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    fold_0, fold_1 = instant_us(midnight), instant_us(midnight.replace(fold=1))
    # Where midnight does not exist, fold 0 reads it with the offset before the gap and fold 1 with the one
    # after, which makes fold 1 the earlier instant. The day then begins where the gap does.
    return _change_us(zone, fold_1, fold_0) if fold_1 < fold_0 else fold_0


def zone_day(zone_name: str, start_us: int, end_us: int) -> tuple[int, int, int]:
    """Offset from UTC at the window's start, the one after its first change, and the UTC instant of that change.

    Offsets are minutes, rounded down (none has had seconds since 1972). Without a change in the window
    both offsets are alike and the instant is ``end_us``; a change at ``start_us`` itself is over. The window is
    a day or shorter: no zone of tzdata has changed twice within six days since 1970.
    """
    zone = load_zone(zone_name)
    before, after = _offset(zone, start_us), _offset(zone, end_us)
    change = end_us if after == before else _change_us(zone, start_us, end_us)
    return _minutes(before), _minutes(before if change == end_us else after), change


def zone_days(zone_names: Sequence[str], start_us: int, end_us: int) -> NDArray[np.int64]:
    """``zone_day`` of many zones: one row (before, after, instant) each, shape (n, 3)."""
    rows = [zone_day(name, start_us, end_us) for name in zone_names]
    return np.array(rows, dtype=np.int64).reshape(len(rows), 3)


@lru_cache(maxsize=4096)  # a day begins where the one before ended
def _offset(zone: ZoneInfo, at_us: int) -> timedelta:
    offset = local_time(zone, at_us).utcoffset()
    assert offset is not None, "a ZoneInfo always knows its offset"
    return offset


def _minutes(offset: timedelta) -> int:
    return offset // timedelta(minutes=1)


def _change_us(zone: ZoneInfo, low_us: int, high_us: int) -> int:
    """First instant in (low, high] whose offset is not that of ``low_us``, when one change lies between."""
    before = _offset(zone, low_us)
    while high_us - low_us > 1:
        middle_us = (low_us + high_us) // 2
        if _offset(zone, middle_us) == before:
            low_us = middle_us
        else:
            high_us = middle_us
    return high_us


# --- calendar --------------------------------------------------------------------------------------

# Retail volume in the middle of each month, January first; the twelve average 1. Assumption: flat, with a trough after
# the holidays and a peak in December, as retail sales have in most countries; not fitted to any one series.
_SEASON = (0.93, 0.93, 0.98, 0.99, 1.01, 1.00, 0.99, 0.99, 0.98, 1.00, 1.05, 1.15)
_MIDDLE_OF_MONTH = 15

# Retail volume by place in the week, which begins on the day after the weekend; the seven average 1. Assumption: most
# on Fridays and Saturdays, least on Sundays, when many shops are closed, as on public holidays. A weekend day has .96
# of a weekday's volume, and less in card payments because work brings some of its own (Swiss cards .75-.78 in person
# and .84-.87 on the web, Monitoring Consumption Switzerland 2019-23; .99-1.10 in the US, Diary of Consumer Payment
# Choice).
_WEEK = (0.95, 0.94, 0.96, 1.02, 1.19, 1.30, 0.64)

# Where 25 December is a public holiday, shopping for it adds a share that grows over the days before. Assumption.
_CHRISTMAS_DAYS = 14
_CHRISTMAS_PEAK = 0.25


@dataclass(frozen=True)
class Calendar:
    """Holidays, seasons and due dates of one country for the dates ``first`` to ``last``.

    A country that the holidays package does not know has no public holidays and a weekend of Saturday and Sunday; years
    beyond those that it knows (India: 2001 to 2035) have only the holidays with fixed dates, or none.
    Asking for a date outside the calendar is a FintxsimError.
    """

    country: str
    first: date
    last: date
    _holidays: frozenset[date] = field(init=False, repr=False)
    _weekend: frozenset[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # One year more on either side: the days before ``first`` decide what is due on it.
        holidays, weekend = _country_days(self.country, self.first.year - 1, self.last.year + 1)
        object.__setattr__(self, "_holidays", holidays)
        object.__setattr__(self, "_weekend", weekend)

    def is_holiday(self, day: date) -> bool:
        """Whether the day is a public holiday of the whole country."""
        self._check(day)
        return day in self._holidays

    def is_business_day(self, day: date) -> bool:
        """Whether banks work: neither on the country's weekend nor on a public holiday."""
        self._check(day)
        return self._is_open(day)

    def season_weight(self, day: date) -> float:
        """Retail volume of the day against the year's mean, which is 1 within 1 %; weekdays play no part."""
        self._check(day)
        return _month_weight(day) * (1.0 + self._christmas_share(day))

    def week_weight(self, day: date) -> float:
        """Retail volume of the day against the mean of its week; a public holiday is like the last day of a weekend."""
        self._check(day)
        last = max((d for d in self._weekend if (d + 1) % 7 not in self._weekend), default=6)
        return _WEEK[6 if day in self._holidays else (day.weekday() - last - 1) % 7]

    def due_days(self, day: date) -> int:
        """Days of the month whose payments are made on this date, as bits: bit k stands for day k, 1 to 31.

        On a business day these are its own day of the month and those of the days off just before it; on any
        other day none. Days 29 to 31 that a month lacks go with its last day, so each of the 31 is due once for every
        month, at times early in the next.
        """
        self._check(day)
        if not self._is_open(day):
            return 0
        due = _days_standing_for(day)
        earlier = day - _DAY
        while not self._is_open(earlier):
            due |= _days_standing_for(earlier)
            earlier -= _DAY
        return due

    def _is_open(self, day: date) -> bool:
        return day.weekday() not in self._weekend and day not in self._holidays

    def _christmas_share(self, day: date) -> float:
        christmas = date(day.year, 12, 25)
        days_before = (christmas - day).days
        if not 1 <= days_before <= _CHRISTMAS_DAYS or christmas not in self._holidays:
            return 0.0
        return _CHRISTMAS_PEAK * (_CHRISTMAS_DAYS + 1 - days_before) / _CHRISTMAS_DAYS

    def _check(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise FintxsimError(f"{day} is outside the calendar {self.first} to {self.last}; build a longer one.")


def _country_days(country: str, first_year: int, last_year: int) -> tuple[frozenset[date], frozenset[int]]:
    """Public holidays and the weekend (Monday is 0) of a country."""
    import holidays  # takes 60 ms to import, which `--help` need not wait for

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a year lies beyond its moving holidays: Calendar says so
            found = holidays.country_holidays(country, years=range(first_year, last_year + 1))
    except NotImplementedError:
        return frozenset(), frozenset({5, 6})
    return frozenset(found), frozenset(found.weekend)


def _days_standing_for(day: date) -> int:
    """Bit of the day of the month; on a month's last day also those of the days that the month lacks."""
    last = monthrange(day.year, day.month)[1]
    top = 31 if day.day == last else day.day
    return sum(1 << number for number in range(day.day, top + 1))


def _month_weight(day: date) -> float:
    """The season table, linear between the middles of the months."""
    left = day.replace(day=_MIDDLE_OF_MONTH)
    if day < left:
        left = (left - timedelta(days=_MIDDLE_OF_MONTH)).replace(day=_MIDDLE_OF_MONTH)
    right = (left + timedelta(days=31)).replace(day=_MIDDLE_OF_MONTH)
    share = (day - left).days / (right - left).days
    return _SEASON[left.month - 1] * (1.0 - share) + _SEASON[right.month - 1] * share
