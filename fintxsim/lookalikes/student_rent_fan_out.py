"""A student who pays for the whole flat: collects the shares of the flatmates, then pays rent, energy and internet."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from fintxsim.compiled import Record, compiled
from fintxsim.institution import Service
from fintxsim.lookalikes.base import Crowd, Lookalike, LookalikeConfig
from fintxsim.lookalikes.episodes import row_draws
from fintxsim.lookalikes.parts import OWN, around, happen_at, money_at_hand, pay_stranger, receive, round_sum
from fintxsim.numerics import exp, log, normal_quantile
from fintxsim.streams import uniform
from fintxsim.vocabulary import Segment

if TYPE_CHECKING:
    from fintxsim.clock import Calendar

NUMBER = 7
_FLATMATES, _SHARE = 0, 1  # knobs
_FLAT, _PAYMENTS = 63, 60  # number of the day's draws, and of the first payment's
_FIRST_PAYEE, _FIRST_PAYER = 4, 8  # of the strangers
MOST_FLATMATES = 4.0  # on average, so that 1.4 times as many have a number
RENT_FACTOR = 10.0  # how many times likelier in the days around the first of the month (assumption)


class StudentRentFanOutConfig(LookalikeConfig):
    """Settings of student_rent_fan_out."""

    flatmates: float = Field(
        3.0, ge=1, le=MOST_FLATMATES, description="Flatmates of an average student who pays for the flat (assumption)."
    )
    share_median: float = Field(
        380.0, gt=0, le=5000, description="Median rent that each of them owes, in euros of 2024 (assumption)."
    )


class StudentRentFanOut(Lookalike):
    name: ClassVar[str] = "student_rent_fan_out"
    number: ClassVar[int] = NUMBER
    summary: ClassVar[str] = "A student collects from flatmates and soon pays several new payees for all of them."
    resembles: ClassVar[str] = "a young mule who passes money on"
    needs: ClassVar[frozenset[Service]] = frozenset({Service.TRANSFERS})
    config: ClassVar[type[LookalikeConfig]] = StudentRentFanOutConfig

    def happens_to(self, people: npt.NDArray[np.void], euro: float) -> npt.NDArray[np.bool_]:
        studies: npt.NDArray[np.bool_] = people["segment"] == int(Segment.STUDENT)
        return studies

    def expected_rows(self, config: LookalikeConfig, crowd: Crowd) -> float:
        assert isinstance(config, StudentRentFanOutConfig)
        return config.flatmates + 2.6

    def season(self, config: LookalikeConfig, day: date, calendar: Calendar) -> float:
        return RENT_FACTOR if day.day >= 27 or day.day <= 4 else 1.0

    def knobs(self, config: LookalikeConfig) -> tuple[float, ...]:
        assert isinstance(config, StudentRentFanOutConfig)
        return config.flatmates, log(config.share_median)


@compiled
def live_student_rent_fan_out(
    diary: npt.NDArray[np.void], n: int, person: Record, customer: int, day: Record, w: Record
) -> int:
    """All flatmates owe the same, and pay by the afternoon; the bills go out within two hours."""
    knobs = w.lookalikes[NUMBER].knobs
    flat = row_draws(customer, NUMBER, day.number, _FLAT, w)
    share = round_sum(exp(knobs[_SHARE] + 0.25 * normal_quantile(uniform(flat, OWN))) * w.bank.euro, 5.0, w)
    flatmates = around(uniform(flat, OWN + 1), knobs[_FLATMATES])
    for k in range(flatmates):
        draws = row_draws(customer, NUMBER, day.number, k, w)
        hour = 8.0 + 7.0 * uniform(draws, OWN)
        receive(diary[n], person, customer, NUMBER, _FIRST_PAYER + k, share, hour, draws, day, w)
        n += 1
    own = share if money_at_hand(person) > 2 * share else 0
    hour = 15.5 + 5.0 * uniform(flat, OWN + 2)
    for k in range(3):  # the landlord, then energy and internet
        draws = row_draws(customer, NUMBER, day.number, _PAYMENTS + k, w)
        amount = round_sum((30.0 + 90.0 * uniform(draws, OWN)) * w.bank.euro, 1.0, w)
        if k == 0:
            amount = flatmates * share + own - round_sum(0.2 * share, 5.0, w)
        pay_stranger(diary[n], person, customer, NUMBER, _FIRST_PAYEE + k, amount, draws, day, w)
        happen_at(diary[n], hour, person.city, day, w)
        hour += 0.1 + 0.8 * uniform(draws, OWN + 1)
        n += 1
    return n
