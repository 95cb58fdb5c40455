"""When in the day things happen, in local time, and how each gets a microsecond of its own."""

from __future__ import annotations

from fintxsim.streams import Purpose
from tests.oracle.draws import Stream, mix
from tests.oracle.records import Record, Scene

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_KNOTS = 256


def time_of_day(world: Record, curve: int, weekend: int, u: float) -> float:
    """Local microseconds since midnight at a quantile of an hour-of-day curve."""
    table = world.hours[curve][weekend]
    x = u * _KNOTS
    k = int(x)
    low, high = table[k], table[k + 1]
    return float(low + (x - k) * (high - low))


def in_opening_hours(local: float, u: float, opens: float, closes: float) -> float:
    """Who comes to closed doors comes at another moment of the shop's day; ``opens`` and ``closes`` in minutes."""
    if opens * MINUTE <= local < closes * MINUTE:
        return local
    return (opens + (closes - opens) * u) * MINUTE


def to_utc(day: Record, zone: list[int], local: float) -> int:
    """The moment of today's window at which the clocks of a zone show a local time of day."""
    before, after, change = zone
    since_start = local + (day.zones[0][0] - before) * MINUTE
    if since_start < 0.0:
        since_start += DAY
    elif since_start >= DAY:
        since_start -= DAY
    time = day.start + int(since_start)
    if time >= change:
        time -= (after - before) * MINUTE
    return inside(day, time)


def inside(day: Record, time: int) -> int:
    """Not at the very start, and early enough that what follows still fits into the day."""
    return int(min(max(time, day.start + 2 * day.spacing), day.end - 64 * day.spacing))


def offset_at(zone: list[int], time: int) -> int:
    before, after, change = zone
    return before if time < change else after


def span_of(day: Record, time: int) -> int:
    """Time is cut into spans; in each, a customer has one microsecond for rows and one for credits that he causes."""
    return int(time // day.spacing)


def own_microsecond(key: int, span: int, spacing: int, customer: int, twin: int) -> int:
    """The customer's microsecond of a span: a keyed permutation that nobody else's can collide with."""
    luck = Stream(mix(key ^ span))
    odd = luck.bits(0) | 1
    x = ((2 * customer + twin) ^ luck.state) % spacing
    x = x * odd % spacing
    x ^= x >> 9
    x = (x * odd + (odd >> 32)) % spacing
    return span * spacing + x


def row_time(scene: Scene, span: int, twin: int, customer: int) -> int:
    return own_microsecond(scene.world.keys[Purpose.TIMES], span, scene.day.spacing, customer, twin)
