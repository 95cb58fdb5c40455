"""Where a customer is in the course of a day: at home, on an outing to another town, or still on a journey."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from fintxsim.streams import Purpose
from tests.oracle.merchants import place_of
from tests.oracle.records import NULL, Draft, Record, Scene
from tests.oracle.timing import HOUR, MINUTE

_DESTINATIONS = 256
_DAYS_OUT = 1.75
_WHICH, _TOWN, _LEAVING, _STAYING = range(4)


@dataclass(frozen=True)
class Outing:
    """A town and four moments of the local day, in minutes."""

    town: int
    leaves: int
    arrives: int
    departs: int
    returns: int


def town_for(world: Record, city: int, u: float) -> int:
    """Home, or one of the towns around more often than a single purchase is made there."""
    table: list[int] = world.gravity[city]
    return table[int((1.0 - (1.0 - u) / _DAYS_OUT) * _DESTINATIONS)]


def journey_ends(scene: Scene, last_night: int) -> int:
    """Moment at which a journey between two nights in different cities is over; 0 if there is none."""
    if last_night == scene.visited:
        return 0
    home = scene.person.city
    km = _km(scene.world, home if last_night == NULL else last_night, scene.visited if scene.is_away else home)
    hours = min(0.5 + km / 70.0, 4.0 + km / 750.0)
    hours += 6.0 + 8.0 * scene.stream(Purpose.OUTING, scene.day.number).uniform(_LEAVING)
    return int(scene.day.start + int(min(hours, 22.0) * HOUR))


def outing(scene: Scene) -> Outing | None:
    """Today's, of somebody who spends the day at home otherwise."""
    person, day, world = scene.person, scene.day, scene.world
    luck = scene.stream(Purpose.OUTING, day.number)
    is_habit = luck.uniform(_WHICH) < (0.4 if day.weekend else 0.8)
    town = person.second_town if is_habit else town_for(world, person.city, luck.uniform(_TOWN))
    way = 20.0 + _km(world, person.city, town) / 1.2
    if town == person.city or way > 210.0 or world.city_zone[town] != world.city_zone[person.city]:
        return None
    is_work = is_habit and not day.weekend
    if is_work:
        leaves = int(390.0 + 150.0 * luck.uniform(_LEAVING))
        stays = int(450.0 + 180.0 * luck.uniform(_STAYING))
    else:
        leaves = int(510.0 + 330.0 * luck.uniform(_LEAVING))
        stays = int(180.0 + 330.0 * luck.uniform(_STAYING))
    if is_work and person.routine > 0.0:  # there half an hour before the usual coffee
        leaves = min(leaves, max(person.routine_minute - 30 - int(way), 0))
    behind = min(scene.home_zone[0] - day.zones[0][0], 0)  # clocks at home, against those of the run
    returns = min(leaves + stays + 2 * int(way), 23 * 60 + behind)
    found = Outing(town, leaves, leaves + int(way), returns - int(way), returns)
    return found if found.departs - found.arrives >= 60 else None


def _km(world: Record, a: int, b: int) -> float:
    north = world.city_north_km[a] - world.city_north_km[b]
    degrees = abs(world.city_lon[a] - world.city_lon[b])
    east = min(degrees, 360.0 - degrees) * 0.5 * (world.city_degree_km[a] + world.city_degree_km[b])
    return sqrt(north * north + east * east)


def city_at(scene: Scene, local: float) -> int:
    """Where the customer pays in person at a time of the local day; on the way, at the nearer end of it."""
    if scene.is_away:
        return scene.visited
    out = scene.outing
    if out is None:
        return int(scene.person.city)
    from_then, until = (out.leaves + out.arrives) / 2 * MINUTE, (out.departs + out.returns) / 2 * MINUTE
    return int(out.town if from_then <= local < until else scene.person.city)


def off_the_way(scene: Scene, local: float) -> float:
    """Nothing is paid on the way: as long before its beginning, or after its end, whichever is nearer."""
    out = scene.outing
    for start, end in ((out.leaves, out.arrives), (out.departs, out.returns)) if out is not None else ():
        if start * MINUTE < local < end * MINUTE:
            nearer = start if 2.0 * local < (start + end) * MINUTE else end
            return 2.0 * nearer * MINUTE - local
    return local


def on_the_spot(scene: Scene, place: int, wanted: float, when_open: float, opens: float, closes: float) -> float:
    """``when_open``, unless the customer is elsewhere then, who came at ``wanted``: at the door's next opening."""
    if city_at(scene, when_open) == place:
        return off_the_way(scene, when_open)
    return min(max(off_the_way(scene, wanted), opens * MINUTE), closes * MINUTE)


def is_too_early(scene: Scene, draft: Draft) -> bool:
    """In person, and before the end of today's journey."""
    return draft.merchant != NULL and place_of(draft.merchant) < scene.world.n_cities and draft.time < scene.arrival
