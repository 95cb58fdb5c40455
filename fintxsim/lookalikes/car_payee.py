"""A car: the savings are moved to the current account, and several thousand go to somebody never paid before."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from fintxsim.compiled import Record, compiled
from fintxsim.institution import Service
from fintxsim.lookalikes.base import Crowd, Lookalike, LookalikeConfig
from fintxsim.lookalikes.episodes import row_draws
from fintxsim.lookalikes.parts import (
    OWN,
    happen_at,
    money_at_hand,
    pay_stranger,
    pull_savings,
    round_sum,
    savings_to_spare,
)
from fintxsim.numerics import exp, log, normal_quantile
from fintxsim.population.people import CURRENT, SAVINGS
from fintxsim.streams import uniform

NUMBER = 10
_PRICE = 0  # knob
_SELLER = 2  # of the strangers
CHEAPEST = 1500.0  # euros that a car costs at least (assumption)


class CarPayeeConfig(LookalikeConfig):
    """Settings of car_payee."""

    price_median: float = Field(
        6500.0, ge=CHEAPEST, le=200_000, description="Median price of a car, in euros of 2024 (assumption)."
    )


class CarPayee(Lookalike):
    name: ClassVar[str] = "car_payee"
    number: ClassVar[int] = NUMBER
    summary: ClassVar[str] = "Savings are moved, and several thousand euros go to a payee never used before: a car."
    resembles: ClassVar[str] = "a payment that a fraudster has talked the customer into"
    needs: ClassVar[frozenset[Service]] = frozenset({Service.TRANSFERS})
    config: ClassVar[type[LookalikeConfig]] = CarPayeeConfig

    def happens_to(self, people: npt.NDArray[np.void], euro: float) -> npt.NDArray[np.bool_]:
        wealth = people["balance"][:, CURRENT] + people["balance"][:, SAVINGS]
        can_afford: npt.NDArray[np.bool_] = (people["has_savings"] > 0) & (wealth > 3.0 * CHEAPEST * euro)
        return can_afford

    def expected_rows(self, config: LookalikeConfig, crowd: Crowd) -> float:
        return 1.8

    def knobs(self, config: LookalikeConfig) -> tuple[float, ...]:
        assert isinstance(config, CarPayeeConfig)
        return (log(config.price_median),)


@compiled
def live_car_payee(diary: npt.NDArray[np.void], n: int, person: Record, customer: int, day: Record, w: Record) -> int:
    """Nothing happens if by now there is not the money for a cheap car."""
    draws = row_draws(customer, NUMBER, day.number, 0, w)
    can_spend = 0.9 * (money_at_hand(person) + savings_to_spare(person))
    if can_spend < CHEAPEST * w.bank.euro:
        return n
    euros = exp(w.lookalikes[NUMBER].knobs[_PRICE] + 0.55 * normal_quantile(uniform(draws, OWN)))
    price = round_sum(min(max(euros, CHEAPEST) * w.bank.euro, can_spend), 50.0, w)
    hour = 9.0 + 8.0 * uniform(draws, OWN + 1)
    missing = price - 0.3 * money_at_hand(person)
    if missing > 0.0 and savings_to_spare(person) > 0:
        pulled = min(round_sum(missing, 100.0, w), savings_to_spare(person))
        moved = row_draws(customer, NUMBER, day.number, 1, w)
        pull_savings(diary[n], person, customer, NUMBER, pulled, moved, day, w)
        happen_at(diary[n], hour, person.city, day, w)
        n += 1
    pay_stranger(diary[n], person, customer, NUMBER, _SELLER, price, draws, day, w)
    happen_at(diary[n], hour + 0.1 + 3.0 * uniform(draws, OWN + 2), person.city, day, w)
    return n + 1
