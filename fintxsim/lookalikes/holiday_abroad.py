"""A holiday abroad: more and dearer purchases than ever at home, in another country, with cash from its machines."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from fintxsim.behaviour.cash import withdraw
from fintxsim.behaviour.outings import city_at, is_too_early
from fintxsim.behaviour.purchases import has_card_ready
from fintxsim.behaviour.trips import whereabouts as on_a_trip
from fintxsim.compiled import Record, compiled, kernel
from fintxsim.institution import Service
from fintxsim.lookalikes.base import Crowd, Lookalike, LookalikeConfig
from fintxsim.lookalikes.episodes import has_episode, plot_of, row_draws, step_of
from fintxsim.lookalikes.parts import OWN, around, begin, buy, can_afford
from fintxsim.numerics import log
from fintxsim.population.categories import BY_NAME
from fintxsim.population.customers import DESTINATIONS
from fintxsim.population.people import AT_HOME, DEBIT_CARD, is_in_hand
from fintxsim.streams import uniform
from fintxsim.vocabulary import Channel, TransactionType

NUMBER = 1
_EXTRA, _DEARER = 0, 1  # knobs
_CITY, _COUNT, _CASH = 8, 62, 63
CASH_SHARE = 0.35  # of days on which cash is needed beyond that (assumption)
WEB_SHARE = 0.3  # of what is bought is booked on the country's web shops, from there (assumption)
_CATEGORIES = np.array(
    [
        BY_NAME[name]
        for name in (
            "restaurant", "restaurant", "restaurant", "hotel", "attractions", "attractions", "clothing", "bar",
            "department_store", "grocery", "taxi", "entertainment", "fast_food", "shoes", "fuel", "liquor",
        )
    ]
)  # fmt: skip


class HolidayAbroadConfig(LookalikeConfig):
    """Settings of holiday_abroad."""

    purchases_per_day: float = Field(
        2.0, ge=0, le=8, description="Purchases on a day of the holiday beyond those of an ordinary trip (assumption)."
    )
    price_factor: float = Field(
        1.7, ge=0.2, le=10, description="Factor on the usual prices of what is bought beyond that (assumption)."
    )


class HolidayAbroad(Lookalike):
    name: ClassVar[str] = "holiday_abroad"
    number: ClassVar[int] = NUMBER
    summary: ClassVar[str] = "A few days in another country, with far more and dearer purchases than at home."
    resembles: ClassVar[str] = "stolen or copied cards used abroad"
    needs: ClassVar[frozenset[Service]] = frozenset({Service.CARDS, Service.SHOPS})
    config: ClassVar[type[LookalikeConfig]] = HolidayAbroadConfig
    days: ClassVar[tuple[int, int]] = (3, 7)

    def happens_to(self, people: npt.NDArray[np.void], euro: float) -> npt.NDArray[np.bool_]:
        travels: npt.NDArray[np.bool_] = people["trip_every_days"] > 0
        return travels

    def expected_rows(self, config: LookalikeConfig, crowd: Crowd) -> float:
        assert isinstance(config, HolidayAbroadConfig)
        ordinary = 1.5 * crowd.purchases_per_day + 0.25
        return 5.0 * 0.84 * (ordinary + config.purchases_per_day + CASH_SHARE)

    def knobs(self, config: LookalikeConfig) -> tuple[float, ...]:
        assert isinstance(config, HolidayAbroadConfig)
        return config.purchases_per_day, log(config.price_factor)


@compiled
def whereabouts(person: Record, customer: int, day: Record, w: Record) -> int:
    """City that the customer visits today, on such a holiday or on an ordinary trip, or ``AT_HOME``."""
    if has_episode(person, customer, day.number, day, w):
        step, _ = step_of(person, customer, NUMBER, day.number, day, w)
        if step >= 0:
            return int(w.abroad[int(uniform(plot_of(person, customer, NUMBER, w), _CITY) * DESTINATIONS)])
    return on_a_trip(person, customer, day.number, w)


@kernel
def city_on(
    people: npt.NDArray[np.void], customer: int, number: int, local: int, days: npt.NDArray[np.void],
    worlds: npt.NDArray[np.void],
) -> int:  # fmt: skip
    """City where a customer is on day ``number`` at a time of it, in microseconds since local midnight.

    ``people`` are all customers, ``days`` is today. Outings are known of today alone; before day 0 not everybody has
    planned one.
    """
    person, day, w = people[customer], days[0], worlds[0]
    if number != day.number:
        visited = on_a_trip(person, customer, number, w)
        return visited if visited != AT_HOME else person.city
    visited = whereabouts(person, customer, day, w)
    if visited == AT_HOME and number < 0:
        return person.city
    return city_at(person, visited, float(local))


@compiled
def live_holiday_abroad(
    diary: npt.NDArray[np.void], before: int, n: int, person: Record, customer: int, visited: int, day: Record,
    w: Record,
) -> int:  # fmt: skip
    """Whatever is paid on the trip, entries ``before`` to ``n - 1``, is part of it; and there is more of it."""
    for k in range(before, n):
        if _is_paid_on_the_way(diary[k]):
            diary[k].anomaly = NUMBER
    if not can_afford(person, w):
        return n
    knobs = w.lookalikes[NUMBER].knobs
    count = around(uniform(row_draws(customer, NUMBER, day.number, _COUNT, w), OWN), knobs[_EXTRA])
    for k in range(count):
        draws = row_draws(customer, NUMBER, day.number, k, w)
        category = _CATEGORIES[int(uniform(draws, OWN) * _CATEGORIES.shape[0])]
        on_web = uniform(draws, OWN + 1) < WEB_SHARE
        place = w.n_cities + w.city_country[visited] if on_web else visited
        buy(diary[n], person, customer, NUMBER, category, place, knobs[_DEARER], visited, draws, day, w)
        n += has_card_ready(diary[n], person) and not is_too_early(diary[n], person, w)
    draws = row_draws(customer, NUMBER, day.number, _CASH, w)
    if uniform(draws, OWN) < CASH_SHARE and is_in_hand(person, DEBIT_CARD):
        begin(diary[n], customer, NUMBER, draws)
        withdraw(diary[n], person, customer, visited, draws, day, w)
        n += not is_too_early(diary[n], person, w)
    return n


@compiled
def _is_paid_on_the_way(draft: Record) -> bool:
    """Not what goes on at home: salary, standing orders, bills, subscriptions."""
    is_bill = draft.recurring == 1 or draft.type == TransactionType.BILL_PAYMENT
    return draft.channel <= Channel.WEB_BANK and not is_bill
