"""When look-alikes happen: life is cut into windows of 32 days; in each, each kind happens once or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from fintxsim.streams import Purpose
from tests.oracle.draws import Stream, stream
from tests.oracle.records import Record, Scene

_WINDOW = 32
_ORIGIN = 4096  # days before day 0
_AVERAGE_DAY = 2.0**20
_LAST_KIND = 15
_DAYS_BACK = 48  # of which today's calendar knows
_PAY_DAY, _FESTIVAL = 1, 2
_KIND, _ROWS = 2**40, 2**36


@dataclass(frozen=True)
class Episode:
    """An episode of a customer's, from ``first`` on for some days."""

    kind: int
    first: int
    days: int
    plot: Stream
    window: int


def episodes_on(scene: Scene, number: int) -> list[Episode]:
    """Episodes under way on a day, by kind; ``number`` may lie two weeks before the scene's day."""
    phase = scene.stream(Purpose.LOOKALIKE, -1).bits(0) % _WINDOW
    start = number - (number + _ORIGIN + phase) % _WINDOW
    found = [_episode(scene, kind, start) for kind in range(1, _LAST_KIND + 1)]
    return [e for e in found if e is not None and e.first <= number < e.first + e.days]


def _episode(scene: Scene, kind: int, start: int) -> Episode | None:
    """The episode of a kind in the window that begins on a day."""
    settings = scene.world.lookalikes[kind]
    if settings.per_day == 0 or not scene.person.lookalikes >> kind & 1:
        return None
    window = (start + _ORIGIN) // _WINDOW
    plot = scene.stream(Purpose.LOOKALIKE, kind * _KIND + window)
    weights = [_weight(scene, kind, day) for day in range(start, start + _WINDOW)]
    if plot.uniform(0) >= settings.per_day * sum(weights) / _AVERAGE_DAY:
        return None
    days = settings.shortest + int(plot.uniform(2) * (settings.longest - settings.shortest + 1))
    last_start = _WINDOW - days
    fitting = [w if _may_begin(scene, settings, start + k) else 0 for k, w in enumerate(weights) if k <= last_start]
    left = int(plot.uniform(1) * sum(fitting))
    for k, weight in enumerate(fitting):
        if left < weight:
            return Episode(kind, start + k, days, plot, window)
        left -= weight
    return None


def _weight(scene: Scene, kind: int, number: int) -> int:
    before: list[int] = scene.day.weight_before[kind]
    column = number - scene.day.number + _DAYS_BACK
    return before[column + 1] - before[column]


def _may_begin(scene: Scene, settings: Record, number: int) -> bool:
    ahead = number - scene.day.number
    if settings.anchor == _PAY_DAY:
        return bool(scene.day.due_around[ahead + _DAYS_BACK] >> scene.person.pay_day & 1)
    if settings.anchor == _FESTIVAL:
        return is_festival(scene.world, scene.person.city, scene.day.date + ahead, int(settings.knobs[0]))
    return True


def day_of(scene: Scene, episode: Episode) -> int:
    """0 on the first day of an episode."""
    return int(scene.day.number) - episode.first


def luck_of_row(scene: Scene, kind: int, number: int, ordinal: int) -> Stream:
    return scene.stream(Purpose.LOOKALIKE, kind * _KIND + _ROWS + 64 * (number + _ORIGIN) + ordinal)


# --- festivals --------------------------------------------------------------------------------------

_THURSDAY = 3  # 1 January 1970


def is_festival(world: Record, city: int, date: int, every: int) -> bool:
    """Both days of one weekend in so many, in turns of the city's own."""
    week, weekday = divmod(date + _THURSDAY, 7)
    turn = stream(world.keys[Purpose.LOOKALIKE], city, -2).bits(0) % every
    return weekday in (5, 6) and (week + turn) % every == 0


def festival(world: Record, city: int, date: int) -> Stream:
    """What all visitors of a weekend's festival have in common."""
    return stream(world.keys[Purpose.LOOKALIKE], city, 2**30 + (date + _THURSDAY) // 7)
