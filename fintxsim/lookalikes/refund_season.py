"""Refunds after the sales: several things ordered at once, to try on, and most of them sent back on one day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from fintxsim.behaviour.aftermath import is_refunded, luck, make_refund
from fintxsim.behaviour.timing import DAY_US
from fintxsim.compiled import Record, compiled
from fintxsim.lookalikes.base import Crowd, Lookalike, LookalikeConfig
from fintxsim.lookalikes.episodes import has_episode, row_draws, step_of
from fintxsim.lookalikes.parts import OWN, around, buy, buy_from, can_afford, happen_at
from fintxsim.population.categories import BY_NAME
from fintxsim.population.people import AT_HOME
from fintxsim.streams import uniform

if TYPE_CHECKING:
    from fintxsim.clock import Calendar

NUMBER = 9
_ARTICLES = 0  # knob
_COUNT = 63
SAME_SHOP_SHARE = 0.6  # order everything at one shop (assumption)
LONGEST_WAIT_DAYS = 14  # until all is sent back
_CATEGORIES = np.array([BY_NAME[name] for name in ("clothing", "clothing", "shoes", "marketplace", "sports")])
_SALES = (((1, 2), (1, 25)), ((7, 1), (7, 28)), ((11, 24), (12, 2)), ((12, 27), (12, 31)))  # first and last days


class RefundSeasonConfig(LookalikeConfig):
    """Settings of refund_season."""

    articles: float = Field(4.0, ge=2, le=20, description="Articles ordered on an average occasion (assumption).")
    returned_share: float = Field(0.85, gt=0, le=1, description="Share of the articles that is sent back (assumption).")
    season_factor: float = Field(
        5.0, ge=1, le=50,
        description="How many times likelier during the sales (2-25 January, July, the last week of November, the days "
        "after Christmas) than on other days of the month (assumption).",
    )  # fmt: skip


class RefundSeason(Lookalike):
    name: ClassVar[str] = "refund_season"
    number: ClassVar[int] = NUMBER
    summary: ClassVar[str] = "Several articles are ordered in the sales, and most are sent back on one later day."
    resembles: ClassVar[str] = "refund abuse"
    config: ClassVar[type[LookalikeConfig]] = RefundSeasonConfig

    def happens_to(self, people: npt.NDArray[np.void], euro: float) -> npt.NDArray[np.bool_]:
        shops_online: npt.NDArray[np.bool_] = people["digital"] > 0
        return shops_online

    def expected_rows(self, config: LookalikeConfig, crowd: Crowd) -> float:
        assert isinstance(config, RefundSeasonConfig)
        return 0.84 * config.articles * (1.0 + config.returned_share)

    def season(self, config: LookalikeConfig, day: date, calendar: Calendar) -> float:
        assert isinstance(config, RefundSeasonConfig)
        on_sale = any(first <= (day.month, day.day) <= last for first, last in _SALES)
        return config.season_factor if on_sale else 1.0

    def knobs(self, config: LookalikeConfig) -> tuple[float, ...]:
        assert isinstance(config, RefundSeasonConfig)
        return (config.articles,)

    def returned_share(self, config: LookalikeConfig) -> float:
        assert isinstance(config, RefundSeasonConfig)
        return config.returned_share


@compiled
def live_refund_season(
    diary: npt.NDArray[np.void], n: int, person: Record, customer: int, number: int, day: Record, w: Record
) -> int:
    """The orders of day ``number``; what is sent back follows from them. See ``aftermath``."""
    if not can_afford(person, w):
        return n
    first = n
    basket = row_draws(customer, NUMBER, number, _COUNT, w)
    same = uniform(basket, OWN) < SAME_SHOP_SHARE
    hour = 17.0 + 5.0 * uniform(basket, OWN + 1)
    for k in range(around(uniform(basket, OWN + 2), w.lookalikes[NUMBER].knobs[_ARTICLES])):
        draws = row_draws(customer, NUMBER, number, k, w)
        if k > 0 and same:
            buy_from(diary[n], person, customer, NUMBER, diary[first].merchant, 0.0, AT_HOME, draws, day, w)
        else:
            category = _CATEGORIES[int(uniform(draws, OWN) * _CATEGORIES.shape[0])]
            buy(diary[n], person, customer, NUMBER, category, w.n_cities, 0.0, AT_HOME, draws, day, w)
        happen_at(diary[n], hour, person.city, day, w)
        hour += 0.04 + 0.25 * uniform(draws, OWN + 1)
        n += 1
    return n


@compiled
def pending_returns(
    out: npt.NDArray[np.void], written: int, orders: npt.NDArray[np.void], person: Record, customer: int, day: Record,
    w: Record,
) -> int:  # fmt: skip
    """Refunds to come on day 0, which ``day`` is, or later of what was ordered before it; ``orders`` is scratch."""
    if w.lookalikes[NUMBER].per_day == 0.0:
        return written
    for ago in range(LONGEST_WAIT_DAYS, 0, -1):
        if not has_episode(person, customer, -ago, day, w):
            continue
        if step_of(person, customer, NUMBER, -ago, day, w)[0] < 0:
            continue
        for k in range(live_refund_season(orders, 0, person, customer, -ago, day, w)):
            orders[k].time -= ago * DAY_US
            if written < out.shape[0] and is_refunded(orders[k], luck(orders[k], w), w):
                out[written] = orders[k]
                make_refund(out[written], w)
                written += out[written].time >= day.start
    return written
