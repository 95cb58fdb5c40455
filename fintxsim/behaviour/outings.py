"""Where a customer is in the course of a day: at home, in another town, or on the way.

On a day between two nights at home there is one outing at most: to the second town, where many customers are on working
days, or to any other where people of the home town shop. Whatever is paid in person between leaving and returning is
paid there. When two nights are spent in different cities, the day between them begins with the journey, and nothing is
paid in person before its end. So two payments in person are as far apart in time as the way between them takes.
"""

from __future__ import annotations

import numpy as np

from fintxsim.behaviour.timing import HOUR_US, MINUTE_US
from fintxsim.compiled import Record, compiled
from fintxsim.population.customers import town_for
from fintxsim.population.merchants import place_of
from fintxsim.population.people import AT_HOME, NO_NIGHT_YET
from fintxsim.streams import Purpose, stream, uniform

# All assumptions. Minutes count from local midnight.
TO_SECOND_TOWN = (0.8, 0.4)  # share of the days on which the second town is where one goes: working days, others
_LEAVES_FOR_WORK, _LEAVES = (390.0, 150.0), (510.0, 330.0)  # earliest, and how much later at most
_STAYS_AT_WORK, _STAYS = (450.0, 180.0), (180.0, 330.0)  # shortest, and how much longer at most
_SHORTEST_STAY, _LATEST_RETURN = 60, 1380
_IN_TIME = 30  # minutes before the routine purchase at which one has arrived
_SET_OUT, _KM_PER_MINUTE, _FARTHEST = 20.0, 1.2, 210.0  # a way takes 20 minutes and 50 more for each 60 km
_KM_PER_HOUR, _BEFORE_FLIGHT, _KM_PER_FLIGHT_HOUR = 70.0, 4.0, 750.0  # of journeys
_LEAVES_FOR_TRIP, _LATEST_ARRIVAL = (6.0, 8.0), 22.0  # hours

_K_OUTING = int(Purpose.OUTING)
_WHICH, _TOWN, _LEAVING, _STAYING = range(4)


@compiled
def begin_day(person: Record, customer: int, visited: int, stays: bool, day: Record, w: Record) -> None:
    """Settle where the customer is today, who spends the coming night in ``visited``; ``stays``: goes nowhere else."""
    before = person.stayed
    person.stayed = visited
    person.town, person.arrival = AT_HOME, 0
    draws = stream(w.keys[_K_OUTING], customer, day.number)
    if before != visited and before != NO_NIGHT_YET:
        _travel(person, before, visited, draws, day, w)
    elif visited == AT_HOME and not stays:
        _go_out(person, draws, day, w)


@compiled
def _travel(person: Record, before: int, visited: int, draws: np.uint64, day: Record, w: Record) -> None:
    """By road or rail, or by air where that is quicker."""
    origin = person.city if before == AT_HOME else before
    goal = person.city if visited == AT_HOME else visited
    km = distance_km(origin, goal, w)
    hours = min(0.5 + km / _KM_PER_HOUR, _BEFORE_FLIGHT + km / _KM_PER_FLIGHT_HOUR)
    hours += _LEAVES_FOR_TRIP[0] + _LEAVES_FOR_TRIP[1] * uniform(draws, _LEAVING)
    person.arrival = day.start + int(min(hours, _LATEST_ARRIVAL) * HOUR_US)


@compiled
def _go_out(person: Record, draws: np.uint64, day: Record, w: Record) -> None:
    """To another town for a part of the day, if today's is another one and not too far."""
    habitual = uniform(draws, _WHICH) < TO_SECOND_TOWN[day.weekend]
    town = person.second_town
    if not habitual:
        town = town_for(person.city, uniform(draws, _TOWN), w)
    way = _SET_OUT + distance_km(person.city, town, w) / _KM_PER_MINUTE
    if town == person.city or way > _FARTHEST or w.city_zone[town] != w.city_zone[person.city]:
        return
    works = habitual and day.weekend == 0
    leaves, stays = (_LEAVES_FOR_WORK, _STAYS_AT_WORK) if works else (_LEAVES, _STAYS)
    left = int(leaves[0] + leaves[1] * uniform(draws, _LEAVING))
    if works and person.routine > 0.0:
        left = min(left, max(person.routine_minute - _IN_TIME - int(way), 0))
    arrived = left + int(way)
    zone = day.zones[w.city_zone[person.city]]
    latest = _LATEST_RETURN + min(zone[0] - day.zones[0, 0], 0)  # before the day of the run is over
    back = min(arrived + int(stays[0] + stays[1] * uniform(draws, _STAYING)) + int(way), latest)
    if back - int(way) - arrived >= _SHORTEST_STAY:
        person.town = town
        person.leaves, person.arrives, person.departs, person.returns = left, arrived, back - int(way), back


@compiled
def distance_km(a: int, b: int, w: Record) -> float:
    """Between two cities, near enough to tell how long the way takes."""
    north = w.city_north_km[a] - w.city_north_km[b]
    lon = abs(w.city_lon[a] - w.city_lon[b])
    lon = min(lon, 360.0 - lon)
    east = lon * 0.5 * (w.city_degree_km[a] + w.city_degree_km[b])
    return float(np.sqrt(north * north + east * east))


@compiled
def city_at(person: Record, visited: int, local: float) -> int:
    """City in which is paid what is paid in person at a time of today, in microseconds since local midnight."""
    if visited != AT_HOME:
        return visited
    return person.town if _is_in_town(person, local) else person.city


@compiled
def _is_in_town(person: Record, local: float) -> bool:
    """Up to half way there one pays at home; the second half, in town."""
    if person.town == AT_HOME:
        return False
    twice = 2.0 * local
    return (person.leaves + person.arrives) * MINUTE_US <= twice < (person.departs + person.returns) * MINUTE_US


@compiled
def off_the_way(person: Record, local: float) -> float:
    """The same time, if it is not on the way to or from town; else one as long before leaving or after arriving."""
    if person.town == AT_HOME:
        return local
    if person.leaves * MINUTE_US < local < person.arrives * MINUTE_US:
        turn = person.arrives if _is_in_town(person, local) else person.leaves
    elif person.departs * MINUTE_US < local < person.returns * MINUTE_US:
        turn = person.departs if _is_in_town(person, local) else person.returns
    else:
        return local
    return 2.0 * turn * MINUTE_US - local


@compiled
def on_the_spot(person: Record, place: int, wanted: float, open_at: float, opens: float, closes: float) -> float:
    """When an errand at ``wanted`` is done at a shop in ``place``, where the customer is then.

    ``open_at`` is the same time, or another one at which the shop is open, if it is closed then; it may be one at which
    the customer is elsewhere, who then waits for the shop to open or comes before it closes (minutes of the day).
    """
    if city_at(person, AT_HOME, open_at) == place:
        return off_the_way(person, open_at)
    return min(max(off_the_way(person, wanted), opens * MINUTE_US), closes * MINUTE_US)


@compiled
def is_too_early(draft: Record, person: Record, w: Record) -> bool:
    """Whether it would be paid in person before a journey has come to its end."""
    return draft.time < person.arrival and draft.merchant >= 0 and place_of(draft.merchant) < w.n_cities
