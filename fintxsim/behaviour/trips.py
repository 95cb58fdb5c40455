"""Trips: where a customer is on a day, without any memory of it.

Life is cut into periods of the customer's own length; each holds one trip at a keyed place in it. On a trip the
customer pays in the destination's currency and local time, and leaves the shops at home alone.
"""

from __future__ import annotations

from fintxsim.compiled import Record, compiled
from fintxsim.population.customers import DESTINATIONS
from fintxsim.population.people import AT_HOME
from fintxsim.streams import Purpose, stream, uniform

_K_TRIP = int(Purpose.TRIP)


@compiled
def whereabouts(person: Record, customer: int, day_number: int, w: Record) -> int:
    """City that the customer visits on a day, or ``AT_HOME``."""
    factor = w.habits.trips
    if person.trip_every_days <= 0.0 or factor <= 0.0:
        return AT_HOME
    key = w.keys[_K_TRIP]
    period = max(person.trip_every_days / factor, 12.0)
    start = uniform(stream(key, customer, 1 << 20), 0)
    position = (day_number + 4000) / period + start
    number = int(position)
    state = stream(key, customer, number)
    u = uniform(state, 0)
    length = 2.0 + 8.0 * u * u + (5.0 if u > 0.9 else 0.0)
    into = (position - number) * period - uniform(state, 1) * max(period - length, 0.0)
    if into < 0.0 or into >= length:
        return AT_HOME
    slot = int(uniform(state, 3) * DESTINATIONS)
    return w.abroad[slot] if uniform(state, 2) < person.abroad else w.domestic[slot]
