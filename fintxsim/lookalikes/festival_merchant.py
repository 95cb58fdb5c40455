"""A festival: for a weekend, a merchant whom nobody has seen before is used by half the town within hours."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from fintxsim.behaviour.purchases import has_card_ready
from fintxsim.compiled import Record, compiled
from fintxsim.institution import Service
from fintxsim.lookalikes.base import Anchor, Crowd, Lookalike, LookalikeConfig
from fintxsim.lookalikes.episodes import row_draws
from fintxsim.lookalikes.festivals import festival_hour, stall
from fintxsim.lookalikes.parts import OWN, around, buy_from, can_afford, happen_at
from fintxsim.population.people import AT_HOME
from fintxsim.streams import uniform

NUMBER = 8
_PAYMENTS = 1  # knob; the first one is that of ``festivals``
_COUNT = 63
_DEARER = 0.7  # log: one pays for a round, twice the usual price (assumption)


class FestivalMerchantConfig(LookalikeConfig):
    """Settings of festival_merchant."""

    every_weeks: int = Field(2, ge=1, le=52, description="Weeks from one festival of a city to the next (assumption).")
    payments: float = Field(6.0, ge=1, le=20, description="Payments of an average visitor in a day (assumption).")


class FestivalMerchant(Lookalike):
    name: ClassVar[str] = "festival_merchant"
    number: ClassVar[int] = NUMBER
    summary: ClassVar[str] = "For a weekend many customers of a city pay at one new merchant within hours."
    resembles: ClassVar[str] = "a collusive young merchant, or stolen cards tried at one till"
    needs: ClassVar[frozenset[Service]] = frozenset({Service.SHOPS})
    config: ClassVar[type[LookalikeConfig]] = FestivalMerchantConfig
    anchor: ClassVar[Anchor] = Anchor.FESTIVAL

    def happens_to(self, people: npt.NDArray[np.void], euro: float) -> npt.NDArray[np.bool_]:
        goes_out: npt.NDArray[np.bool_] = people["age_band"] <= 4  # up to 64
        return goes_out

    def expected_rows(self, config: LookalikeConfig, crowd: Crowd) -> float:
        assert isinstance(config, FestivalMerchantConfig)
        return 0.88 * config.payments * crowd.means

    def knobs(self, config: LookalikeConfig) -> tuple[float, ...]:
        assert isinstance(config, FestivalMerchantConfig)
        return float(config.every_weeks), config.payments


@compiled
def live_festival_merchant(
    diary: npt.NDArray[np.void], n: int, person: Record, customer: int, day: Record, w: Record
) -> int:
    if not can_afford(person, w):
        return n
    visit = row_draws(customer, NUMBER, day.number, _COUNT, w)
    merchant = stall(person.city, day.date, w)
    hour = festival_hour(person.city, day.date, w) + 2.0 * uniform(visit, OWN)
    for k in range(around(uniform(visit, OWN + 1), w.lookalikes[NUMBER].knobs[_PAYMENTS])):
        draws = row_draws(customer, NUMBER, day.number, k, w)
        buy_from(diary[n], person, customer, NUMBER, merchant, _DEARER, AT_HOME, draws, day, w)
        happen_at(diary[n], hour, person.city, day, w)
        hour += 0.05 + 0.3 * uniform(draws, OWN)
        n += has_card_ready(diary[n], person)
    return n
