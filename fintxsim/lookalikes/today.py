"""What look-alikes add to a customer's day: the one place where the day meets them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.timing import LOOKALIKES
from fintxsim.compiled import Record, compiled, kernel
from fintxsim.lookalikes.car_payee import NUMBER as CAR_PAYEE
from fintxsim.lookalikes.car_payee import live_car_payee
from fintxsim.lookalikes.crowdfunding_fan_in import NUMBER as CROWDFUNDING_FAN_IN
from fintxsim.lookalikes.crowdfunding_fan_in import live_crowdfunding_fan_in
from fintxsim.lookalikes.episodes import has_episode, plot_of, step_of
from fintxsim.lookalikes.festival_merchant import NUMBER as FESTIVAL_MERCHANT
from fintxsim.lookalikes.festival_merchant import live_festival_merchant
from fintxsim.lookalikes.gift_card_season import NUMBER as GIFT_CARD_SEASON
from fintxsim.lookalikes.gift_card_season import live_gift_card_season
from fintxsim.lookalikes.holiday_abroad import NUMBER as HOLIDAY_ABROAD
from fintxsim.lookalikes.holiday_abroad import live_holiday_abroad
from fintxsim.lookalikes.house_move import NUMBER as HOUSE_MOVE
from fintxsim.lookalikes.house_move import live_house_move
from fintxsim.lookalikes.new_phone import NUMBER as NEW_PHONE
from fintxsim.lookalikes.new_phone import live_new_phone
from fintxsim.lookalikes.payday_splurge import NUMBER as PAYDAY_SPLURGE
from fintxsim.lookalikes.payday_splurge import live_payday_splurge
from fintxsim.lookalikes.refund_season import NUMBER as REFUND_SEASON
from fintxsim.lookalikes.refund_season import live_refund_season
from fintxsim.lookalikes.student_rent_fan_out import NUMBER as STUDENT_RENT_FAN_OUT
from fintxsim.lookalikes.student_rent_fan_out import live_student_rent_fan_out
from fintxsim.population.people import AT_HOME

FULL_DAY = 96  # entries from which on nothing more is added; one kind adds 42 at most


@kernel  # so that a second process can compile it while the first compiles the rest of the day
def add_lookalikes(
    diary: npt.NDArray[np.void], before: int, n: int, events: npt.NDArray[np.void], size: int, span: int,
    person: Record, customer: int, visited: int, day: Record, w: Record,
) -> tuple[int, int, int]:  # fmt: skip
    """Add what episodes bring to the entries ``before`` to ``n - 1`` of today; who is away, or on the way, has no other
    than a holiday.

    Returns the numbers of entries and events, and the span of the last event.
    """
    if not has_episode(person, customer, day.number, day, w):
        return n, size, span
    is_elsewhere = visited != AT_HOME or person.arrival > 0
    for kind in range(1, LOOKALIKES):
        step, length = step_of(person, customer, kind, day.number, day, w)
        if step < 0 or n - before > FULL_DAY or (is_elsewhere and kind != HOLIDAY_ABROAD):
            continue
        if kind == HOUSE_MOVE:
            n, size, span = live_house_move(diary, n, events, size, span, person, customer, step, day, w)
        elif kind == NEW_PHONE:
            n, size, span = live_new_phone(diary, n, events, size, span, person, customer, step, length, day, w)
        else:
            n = _live(diary, before, n, kind, person, customer, step, length, visited, day, w)
    return n, size, span


@compiled
def _live(
    diary: npt.NDArray[np.void], before: int, n: int, kind: int, person: Record, customer: int, step: int, length: int,
    visited: int, day: Record, w: Record,
) -> int:  # fmt: skip
    """A day of an episode that shows in rows alone."""
    if kind == HOLIDAY_ABROAD:
        return live_holiday_abroad(diary, before, n, person, customer, visited, day, w)
    if kind == PAYDAY_SPLURGE:
        return live_payday_splurge(diary, n, person, customer, day, w)
    if kind == GIFT_CARD_SEASON:
        return live_gift_card_season(diary, n, person, customer, day, w)
    if kind == CROWDFUNDING_FAN_IN:
        plot = plot_of(person, customer, kind, w)
        return live_crowdfunding_fan_in(diary, n, person, customer, plot, step, length, day, w)
    if kind == STUDENT_RENT_FAN_OUT:
        return live_student_rent_fan_out(diary, n, person, customer, day, w)
    if kind == FESTIVAL_MERCHANT:
        return live_festival_merchant(diary, n, person, customer, day, w)
    if kind == REFUND_SEASON:
        return live_refund_season(diary, n, person, customer, day.number, day, w)
    return live_car_payee(diary, n, person, customer, day, w) if kind == CAR_PAYEE else n
