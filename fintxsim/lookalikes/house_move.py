"""A house move: a deposit and movers to be paid, a new address, then furniture, paint and appliances within days."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from fintxsim.behaviour.bills import MONTHLY_RENT
from fintxsim.behaviour.purchases import has_card_ready
from fintxsim.compiled import Record, compiled
from fintxsim.institution import Service
from fintxsim.lookalikes.base import Crowd, Lookalike, LookalikeConfig
from fintxsim.lookalikes.episodes import row_draws
from fintxsim.lookalikes.parts import (
    OWN,
    around,
    buy,
    can_afford,
    happen_at,
    money_at_hand,
    note,
    pay_stranger,
    pull_savings,
    round_sum,
    savings_to_spare,
)
from fintxsim.numerics import log
from fintxsim.population.categories import BY_NAME
from fintxsim.population.people import AT_HOME, phone_code
from fintxsim.streams import uniform
from fintxsim.vocabulary import EventType

NUMBER = 2
_PURCHASES, _DEARER = 0, 1  # knobs
_SAVINGS, _DEPOSIT, _MOVERS, _ADDRESS, _COUNT = range(59, 64)
_LANDLORD, _MOVING_FIRM = 0, 1  # strangers
ONLINE_SHARE = 0.35  # of what is bought for the new home (assumption)
_WANTED = ("furniture", "furniture", "home_improvement", "home_improvement", "electronics", "department_store")
_CATEGORIES = np.array([BY_NAME[name] for name in _WANTED])


class HouseMoveConfig(LookalikeConfig):
    """Settings of house_move."""

    purchases_per_day: float = Field(
        1.5, ge=0, le=8, description="Purchases for the new home on a day of the move (assumption)."
    )
    price_factor: float = Field(
        1.8, ge=0.2, le=10, description="Factor on the usual prices of what is bought for it (assumption)."
    )


class HouseMove(Lookalike):
    name: ClassVar[str] = "house_move"
    number: ClassVar[int] = NUMBER
    summary: ClassVar[str] = (
        "A deposit and movers are paid, the address changes, and large purchases follow within days."
    )
    resembles: ClassVar[str] = "account takeover, then spending on goods that sell well"
    needs: ClassVar[frozenset[Service]] = frozenset({Service.SHOPS, Service.TRANSFERS})
    config: ClassVar[type[LookalikeConfig]] = HouseMoveConfig
    days: ClassVar[tuple[int, int]] = (6, 9)

    def happens_to(self, people: npt.NDArray[np.void], euro: float) -> npt.NDArray[np.bool_]:
        earns: npt.NDArray[np.bool_] = people["income"] > 1200.0 * euro
        return earns

    def expected_rows(self, config: LookalikeConfig, crowd: Crowd) -> float:
        assert isinstance(config, HouseMoveConfig)
        return 2.4 + 7.5 * 0.69 * config.purchases_per_day * crowd.means

    def knobs(self, config: LookalikeConfig) -> tuple[float, ...]:
        assert isinstance(config, HouseMoveConfig)
        return config.purchases_per_day, log(config.price_factor)


@compiled
def live_house_move(
    diary: npt.NDArray[np.void], n: int, events: npt.NDArray[np.void], size: int, span: int, person: Record,
    customer: int, step: int, day: Record, w: Record,
) -> tuple[int, int, int]:  # fmt: skip
    if step == 0:
        n = _pay_deposit(diary, n, person, customer, day, w)
    if step == 1:
        size, span = _change_address(events, size, span, person, customer, day, w)
    if not can_afford(person, w):
        return n, size, span
    knobs = w.lookalikes[NUMBER].knobs
    count = around(uniform(row_draws(customer, NUMBER, day.number, _COUNT, w), OWN), knobs[_PURCHASES])
    for k in range(count):
        draws = row_draws(customer, NUMBER, day.number, k, w)
        category = _CATEGORIES[int(uniform(draws, OWN) * _CATEGORIES.shape[0])]
        place = w.n_cities if uniform(draws, OWN + 1) < ONLINE_SHARE else person.city
        buy(diary[n], person, customer, NUMBER, category, place, knobs[_DEARER], AT_HOME, draws, day, w)
        n += has_card_ready(diary[n], person)
    return n, size, span


@compiled
def _change_address(
    events: npt.NDArray[np.void], size: int, span: int, person: Record, customer: int, day: Record, w: Record
) -> tuple[int, int]:
    draws = row_draws(customer, NUMBER, day.number, _ADDRESS, w)
    device, hour = phone_code(person.phone_owner, person.phone_generation), 7.0 + 3.0 * uniform(draws, OWN)
    kind, u = EventType.CONTACT_CHANGE, uniform(draws, OWN + 1)
    return note(events, size, span, kind, person, customer, device, hour, u, 0, day, w)


@compiled
def _pay_deposit(diary: npt.NDArray[np.void], n: int, person: Record, customer: int, day: Record, w: Record) -> int:
    """Two rents to the landlord and the movers' bill, from the savings if there are any; less if that is too much."""
    draws = row_draws(customer, NUMBER, day.number, _SAVINGS, w)
    hour = 9.0 + 8.0 * uniform(draws, OWN)
    wanted = 2.0 * MONTHLY_RENT * person.income
    pulled = round_sum(min(wanted, 0.9 * savings_to_spare(person)), 50.0, w)
    if pulled <= savings_to_spare(person):
        pull_savings(diary[n], person, customer, NUMBER, pulled, draws, day, w)
        happen_at(diary[n], hour, person.city, day, w)
        n += 1
    else:
        pulled = 0
    deposit = round_sum(min(wanted, 0.8 * (money_at_hand(person) + pulled)), 50.0, w)
    pay_stranger(
        diary[n], person, customer, NUMBER, _LANDLORD, deposit, row_draws(customer, NUMBER, day.number, _DEPOSIT, w),
        day, w,
    )  # fmt: skip
    happen_at(diary[n], hour + 0.2 + uniform(draws, OWN + 1), person.city, day, w)
    draws = row_draws(customer, NUMBER, day.number, _MOVERS, w)
    bill = round_sum((150.0 + 450.0 * uniform(draws, OWN)) * w.bank.euro, 10.0, w)
    pay_stranger(diary[n + 1], person, customer, NUMBER, _MOVING_FIRM, bill, draws, day, w)
    happen_at(diary[n + 1], hour + 1.5 + 3.0 * uniform(draws, OWN + 1), person.city, day, w)
    return n + 2
