"""When in the day things happen, in the payer's local time, and how each gets a microsecond of its own.

Hour-of-day curves: ``ONLINE`` follows the genuine payments of an online processor (MultiMAuS, 2017, MIT licence),
``SHOP`` the US Federal Reserve's Diary of Consumer Payment Choice 2017-19 (all instruments), both as given in their
hourly shares; the other curves and the weekend variants are assumptions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.compiled import Record, compiled
from fintxsim.population.categories import Hours
from fintxsim.streams import bits, mix

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
KNOTS = 256
LOOKALIKES = 16  # numbers that a kind of look-alike can have, 0 standing for none
DAYS_BACK, DAYS_AHEAD = 48, 32  # how far around today a day knows the calendar of look-alikes

DAY = np.dtype(
    [
        ("start", "i8"),  # UTC microseconds of the scenario's local midnight
        ("end", "i8"),
        ("spacing", "i8"),  # a power of two: distance of two events of one customer, in microseconds
        ("shift", "i8"),  # its logarithm
        ("number", "i8"),  # days from the first day of the run
        ("date", "i8"),  # days since 1970-01-01
        ("volume", "f8"),  # season times the shock that everybody shares today
        ("due", "u4"),  # days of the month whose payments fall due today
        ("weekday", "i4"),  # 0 Monday
        ("weekend", "i4"),  # 1 on Saturdays, Sundays and public holidays
        ("day_of_month", "i4"),
        ("month_length", "i4"),
        ("pad", "i4"),
        ("zones", "i8", (64, 3)),  # offsets before and after, and the moment of a change: see clock.zone_days
        ("due_around", "u4", (DAYS_BACK + DAYS_AHEAD,)),  # ``due`` of the days from DAYS_BACK days ago on
        ("weight_before", "i8", (LOOKALIKES, DAYS_BACK + DAYS_AHEAD + 1)),  # see lookalikes.seasons
    ],
    align=True,
)

_CURVES: dict[Hours, tuple[str, str]] = {
    Hours.SHOP: (
        "2 1 1 1 1 3 8 18 40 48 66 82 104 95 86 80 84 92 76 58 32 14 6 3",
        "3 2 1 1 1 2 4 10 28 55 88 108 116 104 94 86 78 66 52 38 24 14 7 4",
    ),
    Hours.MORNING: (
        "1 1 1 1 3 14 60 130 140 95 70 60 66 50 36 34 40 46 34 20 8 4 2 1",
        "1 1 1 1 2 6 26 80 140 160 130 90 60 40 30 28 28 26 18 10 6 3 2 1",
    ),
    Hours.MEALS: (
        "16 11 6 5 5 12 20 42 46 34 36 92 150 100 46 38 44 74 96 74 44 26 16 10",
        "26 20 14 9 6 6 8 18 32 40 44 74 110 96 62 50 54 80 106 90 56 36 26 22",
    ),
    Hours.DINNER: (
        "6 3 2 1 1 1 3 8 12 12 18 54 110 96 36 22 30 66 128 150 116 70 38 16",
        "16 9 5 2 1 1 2 6 14 22 34 62 104 92 52 36 42 76 124 134 98 60 38 24",
    ),
    Hours.NIGHT: (
        "46 30 18 10 6 6 14 22 20 14 12 18 28 24 20 26 44 76 90 92 98 104 98 72",
        "106 90 66 44 20 8 6 8 10 12 16 22 30 32 34 38 42 52 62 68 74 82 92 104",
    ),
    Hours.COMMUTE: (
        "4 3 2 3 9 34 74 118 92 50 40 42 46 44 46 58 86 104 72 40 24 16 10 6",
        "8 5 4 3 4 8 18 32 50 68 80 86 88 84 80 78 76 72 60 44 28 20 14 12",
    ),
    Hours.OFFICE: (
        "1 1 1 1 1 1 6 30 92 120 124 112 76 84 104 100 80 42 18 8 4 2 1 1",
        "1 1 1 1 1 1 4 18 70 130 150 140 90 76 80 72 50 30 16 8 4 2 1 1",
    ),
    Hours.ONLINE: (
        "49 21 9 10 6 6 6 12 20 32 43 51 51 56 54 53 51 52 51 51 48 78 86 107",
        "52 25 11 10 6 6 5 8 15 29 48 62 68 68 66 64 60 57 54 52 54 66 74 84",
    ),
    Hours.LEISURE: (
        "6 3 2 1 1 2 6 14 26 42 48 52 54 52 54 62 74 92 108 104 78 44 22 10",
        "12 6 4 2 1 1 4 10 26 58 86 98 98 96 92 84 76 68 64 56 40 24 16 12",
    ),
    Hours.CASH: (
        "6 4 3 2 2 5 14 32 56 72 82 90 96 86 78 78 84 84 62 42 26 16 10 8",
        "16 12 8 6 4 4 8 18 40 70 90 98 98 86 76 70 66 60 52 42 32 22 18 16",
    ),
}

# Opening hours of shops in person, in minutes of the day, by curve; web shops and machines never close.
_OPENING = {
    Hours.SHOP: (420, 1320), Hours.MORNING: (330, 1230), Hours.MEALS: (0, 1440), Hours.DINNER: (0, 1440),
    Hours.NIGHT: (0, 1440), Hours.COMMUTE: (0, 1440), Hours.OFFICE: (465, 1125), Hours.ONLINE: (0, 1440),
    Hours.LEISURE: (0, 1440), Hours.CASH: (0, 1440),
}  # fmt: skip


def hour_tables() -> npt.NDArray[np.float64]:
    """Local time of day in microseconds at 257 equally spaced quantiles: shape (curves, 2: weekday or weekend, 257)."""
    tables = np.empty((len(Hours), 2, KNOTS + 1))
    for hours in Hours:
        for weekend in (0, 1):
            share = np.array([float(word) for word in _CURVES[hours][weekend].split()])
            cumulative = np.concatenate([[0.0], np.cumsum(share)]) / share.sum()
            tables[hours, weekend] = np.interp(np.arange(KNOTS + 1) / KNOTS, cumulative, np.arange(25.0) * HOUR_US)
    return tables


def opening_table() -> npt.NDArray[np.int64]:
    """Opening and closing minute by curve, shape (curves, 2)."""
    return np.array([_OPENING[hours] for hours in Hours], np.int64)


def event_spacing(customers: int) -> int:
    """Microseconds between two events of one customer: each owns two slots in every span of this length.

    0.5 s for 200,000 customers, 2 s for a million.
    """
    return max(1 << (2 * customers - 1).bit_length(), 1 << 16)


@compiled
def time_of_day(table: npt.NDArray[np.float64], curve: int, weekend: int, u: float) -> float:
    """Local microseconds since midnight at quantile ``u`` of a curve."""
    x = u * KNOTS
    k = int(x)
    return table[curve, weekend, k] + (x - k) * (table[curve, weekend, k + 1] - table[curve, weekend, k])


@compiled
def in_opening_hours(local: float, u: float, opens: float, closes: float) -> float:
    """The same time if the shop is open, else another moment of its day."""
    if opens * MINUTE_US <= local < closes * MINUTE_US:
        return local
    return (opens + (closes - opens) * u) * MINUTE_US


@compiled
def to_utc(day: Record, zone: npt.NDArray[np.int64], local: float) -> int:
    """UTC time of a local time of day within the day's window; ``zone`` is the payer's row of ``day.zones``."""
    shifted = local + (day.zones[0, 0] - zone[0]) * MINUTE_US
    if shifted < 0.0:
        shifted += DAY_US
    elif shifted >= DAY_US:
        shifted -= DAY_US
    time = day.start + int(shifted)
    if time >= zone[2]:
        time -= (zone[1] - zone[0]) * MINUTE_US
    return inside(day, time)


@compiled
def inside(day: Record, time: int) -> int:
    """The nearest time that leaves room for what follows before the day is over."""
    return min(max(time, day.start + 2 * day.spacing), day.end - 64 * day.spacing)


@compiled
def offset_at(zone: npt.NDArray[np.int64], time: int) -> int:
    """Minutes to add to UTC at ``time`` in a zone."""
    return zone[0] if time < zone[2] else zone[1]


@compiled
def own_microsecond(key: np.uint64, span: int, shift: int, customer: int, twin: int) -> int:
    """The one microsecond of span number ``span`` (of ``2**shift`` microseconds) that belongs to a customer
    (``twin`` 1: to a credit he causes).

    A keyed bijection of the customers onto the span's microseconds, another one in each span: no two customers ever
    share a microsecond, and nothing about the customer shows in it. So event times are distinct without any row having
    to look at another, and row numbers made from them are the same in twin worlds.
    """
    mask = (np.uint64(1) << np.uint64(shift)) - np.uint64(1)
    state = mix(key ^ np.uint64(span))
    odd = bits(state, 0) | np.uint64(1)
    x = (np.uint64(2 * customer + twin) ^ state) & mask
    x = (x * odd) & mask
    x ^= x >> np.uint64(9)
    x = (x * odd + (odd >> np.uint64(32))) & mask
    return (span << shift) + int(x)
