"""When episodes happen, without any memory of them.

A customer's life is cut into windows of 32 days, beginning on a day of the customer's own. In each window each kind of
look-alike that can happen to the customer has one episode or none, all of it inside the window; whether, when and how
long it is are draws keyed by customer, kind and window. So episodes of one kind do not depend on those of another,
twice the rate gives all the episodes of the single one and as many more, and on day 0 episodes are under way.

What a window holds is worked out once, as one bit per day. A day without an episode costs a look at a bit.
"""

from __future__ import annotations

import numpy as np

from fintxsim.behaviour.timing import DAYS_BACK, LOOKALIKES
from fintxsim.compiled import Record, compiled
from fintxsim.lookalikes.base import AVERAGE_DAY, Anchor
from fintxsim.lookalikes.festivals import is_festival
from fintxsim.streams import Purpose, bits, stream, uniform

WINDOW = 32
_LONG_AGO = 4096  # days before day 0 from which windows are counted
_KIND, _ROWS = 1 << 40, 1 << 36  # set the streams of kinds apart, and those of rows from those of episodes
_HAPPENS, _BEGINS, _LASTS = range(3)
_PHASE = -1  # number of a stream that lasts for life
_K_LOOKALIKE = int(Purpose.LOOKALIKE)
_PAY_DAY, _FESTIVAL = int(Anchor.PAY_DAY), int(Anchor.FESTIVAL)


@compiled
def has_episode(person: Record, customer: int, number: int, day: Record, w: Record) -> bool:
    """Whether any episode is under way on day ``number``, which is ``day`` or up to two weeks before it."""
    into = number - person.window_start
    if into < 0 or into >= WINDOW:
        _enter_window(person, customer, number, day, w)
        into = number - person.window_start
    return (person.episode_days >> np.uint32(into)) & np.uint32(1) == np.uint32(1)


@compiled
def _enter_window(person: Record, customer: int, number: int, day: Record, w: Record) -> None:
    phase = int(bits(stream(w.keys[_K_LOOKALIKE], customer, _PHASE), 0) & np.uint64(WINDOW - 1))
    person.window_start = number - (number + _LONG_AGO + phase) % WINDOW
    days = np.uint32(0)
    for kind in range(1, LOOKALIKES):
        first, length = _episode(person, customer, kind, day, w)
        for k in range(first, first + length):
            days |= np.uint32(1) << np.uint32(k)
    person.episode_days = days


@compiled
def step_of(person: Record, customer: int, kind: int, number: int, day: Record, w: Record) -> tuple[int, int]:
    """How many days ago the kind's episode began, 0 on its first day, and its length; -1 and 0 if none is under way.

    Ask ``has_episode`` of the day before.
    """
    first, length = _episode(person, customer, kind, day, w)
    step = number - person.window_start - first
    return (step, length) if 0 <= step < length else (-1, 0)


@compiled
def _episode(person: Record, customer: int, kind: int, day: Record, w: Record) -> tuple[int, int]:
    """Where in the customer's window the episode of a kind begins, and its days; 0 and 0 if there is none."""
    own = w.lookalikes[kind]
    if own.per_day == 0.0 or (person.lookalikes >> kind) & 1 == 0:
        return 0, 0
    plot = plot_of(person, customer, kind, w)
    column = person.window_start - day.number + DAYS_BACK
    weight = day.weight_before[kind, column + WINDOW] - day.weight_before[kind, column]
    if uniform(plot, _HAPPENS) >= own.per_day * weight / AVERAGE_DAY:
        return 0, 0
    length = own.shortest + int(uniform(plot, _LASTS) * (own.longest - own.shortest + 1))
    first = _first_day(person, kind, plot, length, column, day, w)
    return (first, length) if first >= 0 else (0, 0)


@compiled
def _first_day(person: Record, kind: int, plot: np.uint64, length: int, column: int, day: Record, w: Record) -> int:
    """A day of the window, the likely ones more often; -1 if none will do."""
    total = 0
    for k in range(WINDOW - length + 1):
        total += _weight(person, kind, column + k, day, w)
    left = int(uniform(plot, _BEGINS) * total)
    for k in range(WINDOW - length + 1):
        left -= _weight(person, kind, column + k, day, w)
        if left < 0:
            return k
    return -1


@compiled
def _weight(person: Record, kind: int, column: int, day: Record, w: Record) -> int:
    """Weight of one of the days around ``day``; 0 if no episode of this customer can begin on it."""
    own = w.lookalikes[kind]
    if own.anchor == _PAY_DAY and (day.due_around[column] >> np.uint32(person.pay_day)) & np.uint32(1) == np.uint32(0):
        return 0
    if own.anchor == _FESTIVAL and not is_festival(person.city, day.date + column - DAYS_BACK, own.knobs, w):
        return 0
    return day.weight_before[kind, column + 1] - day.weight_before[kind, column]


@compiled
def window_of(person: Record) -> int:
    """Number of the customer's window, one more than that of the one before."""
    return (person.window_start + _LONG_AGO) // WINDOW


@compiled
def plot_of(person: Record, customer: int, kind: int, w: Record) -> np.uint64:
    """Stream of what is settled for the whole of an episode; draws 0 to 7 are those of this module."""
    return stream(w.keys[_K_LOOKALIKE], customer, kind * _KIND + window_of(person))


@compiled
def row_draws(customer: int, kind: int, number: int, ordinal: int, w: Record) -> np.uint64:
    """Stream of row ``ordinal`` (below 64) of an episode on day ``number``."""
    return stream(w.keys[_K_LOOKALIKE], customer, kind * _KIND + _ROWS + (number + _LONG_AGO) * 64 + ordinal)
