"""Crowdfunding: many small sums from people who have nothing to do with each other, then the whole paid out at once."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from fintxsim.compiled import Record, compiled
from fintxsim.institution import Service
from fintxsim.lookalikes.base import Crowd, Lookalike, LookalikeConfig
from fintxsim.lookalikes.episodes import row_draws
from fintxsim.lookalikes.parts import OWN, around, happen_at, pay_stranger, receive, round_sum
from fintxsim.numerics import exp, log, normal_quantile
from fintxsim.streams import uniform

NUMBER = 6
_PAYERS, _SUM = 0, 1  # knobs
_PAY_OUT = 63
_COUNT, _FIRST_DRAW = 8, 16  # draws of the episode; each payer has three
_ORGANISER, _FIRST_PAYER = 3, 22  # of the strangers
MOST_PAYERS = 30.0  # on average, so that 1.4 times as many have a number


class CrowdfundingFanInConfig(LookalikeConfig):
    """Settings of crowdfunding_fan_in."""

    payers: float = Field(
        16.0, ge=2, le=MOST_PAYERS, description="People who contribute to an average collection (assumption)."
    )
    contribution_median: float = Field(
        35.0, gt=0, le=1000, description="Median contribution, in euros of 2024 (assumption)."
    )


class CrowdfundingFanIn(Lookalike):
    name: ClassVar[str] = "crowdfunding_fan_in"
    number: ClassVar[int] = NUMBER
    summary: ClassVar[str] = "Many people who are strangers to each other pay in within days; then all is paid on."
    resembles: ClassVar[str] = "a mule's account that gathers money and passes it on"
    needs: ClassVar[frozenset[Service]] = frozenset({Service.TRANSFERS})
    config: ClassVar[type[LookalikeConfig]] = CrowdfundingFanInConfig
    days: ClassVar[tuple[int, int]] = (3, 5)

    def happens_to(self, people: npt.NDArray[np.void], euro: float) -> npt.NDArray[np.bool_]:
        return np.ones(len(people), np.bool_)

    def expected_rows(self, config: LookalikeConfig, crowd: Crowd) -> float:
        assert isinstance(config, CrowdfundingFanInConfig)
        return 0.94 * config.payers + 0.9

    def knobs(self, config: LookalikeConfig) -> tuple[float, ...]:
        assert isinstance(config, CrowdfundingFanInConfig)
        return config.payers, log(config.contribution_median)


@compiled
def live_crowdfunding_fan_in(
    diary: npt.NDArray[np.void], n: int, person: Record, customer: int, plot: np.uint64, step: int, length: int,
    day: Record, w: Record,
) -> int:  # fmt: skip
    """Money comes on all days but the last, most of it on the first; on the last it goes out."""
    total = 0
    for k in range(around(uniform(plot, _COUNT), w.lookalikes[NUMBER].knobs[_PAYERS])):
        amount = _contribution(uniform(plot, _FIRST_DRAW + 3 * k), w)
        total += amount
        eagerness = uniform(plot, _FIRST_DRAW + 3 * k + 1)
        if int(eagerness * eagerness * (length - 1)) == step:
            draws = row_draws(customer, NUMBER, day.number, k, w)
            hour = 8.0 + 15.0 * uniform(plot, _FIRST_DRAW + 3 * k + 2)
            receive(diary[n], person, customer, NUMBER, _FIRST_PAYER + k, amount, hour, draws, day, w)
            n += 1
    if step == length - 1:
        draws = row_draws(customer, NUMBER, day.number, _PAY_OUT, w)
        pay_stranger(diary[n], person, customer, NUMBER, _ORGANISER, total, draws, day, w)
        happen_at(diary[n], 9.0 + 10.0 * uniform(draws, OWN), person.city, day, w)
        n += 1
    return n


@compiled
def _contribution(u: float, w: Record) -> int:
    euros = exp(w.lookalikes[NUMBER].knobs[_SUM] + 0.8 * normal_quantile(u))
    return round_sum(euros * w.bank.euro, 5.0, w)
