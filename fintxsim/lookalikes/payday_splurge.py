"""A splurge on pay day: an afternoon in the shops, or an evening on the web, one dear thing after another."""

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
from fintxsim.lookalikes.parts import OWN, around, buy, happen_at
from fintxsim.numerics import log
from fintxsim.population.categories import BY_NAME
from fintxsim.population.people import AT_HOME
from fintxsim.streams import uniform

NUMBER = 4
_PURCHASES, _DEARER = 0, 1  # knobs
_COUNT = 63
ONLINE_SHARE = 0.5  # of splurges (assumption)
_CATEGORIES = np.array(
    [
        BY_NAME[name]
        for name in ("clothing", "clothing", "shoes", "electronics", "department_store", "sports", "books", "pharmacy")
    ]
)  # fmt: skip


class PaydaySplurgeConfig(LookalikeConfig):
    """Settings of payday_splurge."""

    purchases: float = Field(7.0, ge=1, le=20, description="Purchases of an average splurge (assumption).")
    price_factor: float = Field(
        1.5, ge=0.2, le=10, description="Factor on the usual prices of what is bought (assumption)."
    )


class PaydaySplurge(Lookalike):
    name: ClassVar[str] = "payday_splurge"
    number: ClassVar[int] = NUMBER
    summary: ClassVar[str] = "On the day of the salary, many dear purchases within hours."
    resembles: ClassVar[str] = "a stolen card that is used up quickly"
    needs: ClassVar[frozenset[Service]] = frozenset({Service.SHOPS})
    config: ClassVar[type[LookalikeConfig]] = PaydaySplurgeConfig
    anchor: ClassVar[Anchor] = Anchor.PAY_DAY

    def happens_to(self, people: npt.NDArray[np.void], euro: float) -> npt.NDArray[np.bool_]:
        paid: npt.NDArray[np.bool_] = people["pay_day"] > 0
        return paid

    def expected_rows(self, config: LookalikeConfig, crowd: Crowd) -> float:
        assert isinstance(config, PaydaySplurgeConfig)
        return 0.87 * config.purchases * crowd.means

    def knobs(self, config: LookalikeConfig) -> tuple[float, ...]:
        assert isinstance(config, PaydaySplurgeConfig)
        return config.purchases, log(config.price_factor)


@compiled
def live_payday_splurge(
    diary: npt.NDArray[np.void], n: int, person: Record, customer: int, day: Record, w: Record
) -> int:
    knobs = w.lookalikes[NUMBER].knobs
    mood = row_draws(customer, NUMBER, day.number, _COUNT, w)
    online = uniform(mood, OWN) < ONLINE_SHARE
    place = w.n_cities if online else person.city
    hour = 18.5 + 2.5 * uniform(mood, OWN + 1) if online else 11.0 + 4.0 * uniform(mood, OWN + 1)
    count = around(uniform(mood, OWN + 2), knobs[_PURCHASES])
    pause = (1.5 if online else 3.5) / max(count, 1)  # hours from one purchase to the next
    for k in range(count):
        draws = row_draws(customer, NUMBER, day.number, k, w)
        category = _CATEGORIES[int(uniform(draws, OWN) * _CATEGORIES.shape[0])]
        buy(diary[n], person, customer, NUMBER, category, place, knobs[_DEARER], AT_HOME, draws, day, w)
        happen_at(diary[n], hour, person.city, day, w)
        hour += pause * (0.3 + 1.4 * uniform(draws, OWN + 1))
        n += has_card_ready(diary[n], person)
    return n
