"""Trips: life is cut into periods of the customer's own length, each with one trip somewhere in it."""

from __future__ import annotations

from fintxsim.streams import Purpose
from tests.oracle.records import NULL, Scene

_DESTINATIONS = 256
_LONG_AGO = 4000  # days before day 0 from which periods are counted


def whereabouts(scene: Scene, number: int) -> int:
    """City that the customer visits on a day, or NULL."""
    person, world = scene.person, scene.world
    if person.trip_every_days <= 0.0 or world.habits.trips <= 0.0:
        return NULL
    period = max(person.trip_every_days / world.habits.trips, 12.0)
    position = (number + _LONG_AGO) / period + scene.stream(Purpose.TRIP, 1 << 20).uniform(0)
    ordinal = int(position)
    trip = scene.stream(Purpose.TRIP, ordinal)
    u = trip.uniform(0)
    length = 2.0 + 8.0 * u * u + (5.0 if u > 0.9 else 0.0)
    departure = trip.uniform(1) * max(period - length, 0.0)
    days_on_trip = (position - ordinal) * period - departure
    if not 0.0 <= days_on_trip < length:
        return NULL
    destinations = world.abroad if trip.uniform(2) < person.abroad else world.domestic
    return int(destinations[int(trip.uniform(3) * _DESTINATIONS)])
