"""Gift cards before the holidays: several of them, for round sums, one soon after the other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from fintxsim.behaviour.purchases import has_card_ready, show_card
from fintxsim.compiled import Record, compiled
from fintxsim.institution import Service
from fintxsim.lookalikes.base import Crowd, Lookalike, LookalikeConfig
from fintxsim.lookalikes.episodes import row_draws
from fintxsim.lookalikes.parts import OWN, around, buy, buy_from, can_afford, happen_at
from fintxsim.population.categories import BY_NAME
from fintxsim.population.people import AT_HOME
from fintxsim.streams import uniform

if TYPE_CHECKING:
    from fintxsim.clock import Calendar

NUMBER = 5
_CARDS = 0  # knob
_COUNT = 63
ONLINE_SHARE = 0.75  # of gift cards are bought on the web (assumption, as of that category)
SAME_SHOP_SHARE = 0.6  # buy all of them at one shop (assumption)
_GIFT_CARDS = BY_NAME["gift_cards"]
_FACE_VALUES = np.array([20.0, 25.0, 25.0, 50.0, 50.0, 50.0, 100.0, 150.0])  # units priced like a euro
_BEFORE_DAYS = 12  # in which people look for presents
_PRESENTS = ((2, 14), (12, 25))  # month and day: Valentine's Day, Christmas


class GiftCardSeasonConfig(LookalikeConfig):
    """Settings of gift_card_season."""

    cards: float = Field(4.0, ge=1, le=20, description="Gift cards bought on an average occasion (assumption).")
    season_factor: float = Field(
        6.0, ge=1, le=50,
        description="How many times likelier on one of the 12 days before a public holiday, Christmas or Valentine's "
        "Day than on other days of the month (assumption).",
    )  # fmt: skip


class GiftCardSeason(Lookalike):
    name: ClassVar[str] = "gift_card_season"
    number: ClassVar[int] = NUMBER
    summary: ClassVar[str] = "Several gift cards for round sums, bought in quick succession, mostly before holidays."
    resembles: ClassVar[str] = "stolen card details turned into gift cards"
    needs: ClassVar[frozenset[Service]] = frozenset({Service.SHOPS})
    config: ClassVar[type[LookalikeConfig]] = GiftCardSeasonConfig

    def happens_to(self, people: npt.NDArray[np.void], euro: float) -> npt.NDArray[np.bool_]:
        return np.ones(len(people), np.bool_)

    def expected_rows(self, config: LookalikeConfig, crowd: Crowd) -> float:
        assert isinstance(config, GiftCardSeasonConfig)
        return 0.83 * config.cards * crowd.means

    def season(self, config: LookalikeConfig, day: date, calendar: Calendar) -> float:
        assert isinstance(config, GiftCardSeasonConfig)
        ahead = [day + timedelta(days=k) for k in range(1, _BEFORE_DAYS + 1)]
        near = any((each.month, each.day) in _PRESENTS or calendar.is_holiday(each) for each in ahead)
        return config.season_factor if near else 1.0

    def knobs(self, config: LookalikeConfig) -> tuple[float, ...]:
        assert isinstance(config, GiftCardSeasonConfig)
        return (config.cards,)


@compiled
def live_gift_card_season(
    diary: npt.NDArray[np.void], n: int, person: Record, customer: int, day: Record, w: Record
) -> int:
    if not can_afford(person, w):
        return n
    first = n
    list_ = row_draws(customer, NUMBER, day.number, _COUNT, w)
    place = w.n_cities if uniform(list_, OWN) < ONLINE_SHARE else person.city
    same = uniform(list_, OWN + 1) < SAME_SHOP_SHARE
    hour = 10.5 + 9.0 * uniform(list_, OWN + 2)
    for k in range(around(uniform(list_, OWN + 3), w.lookalikes[NUMBER].knobs[_CARDS])):
        draws = row_draws(customer, NUMBER, day.number, k, w)
        if k > 0 and same:
            buy_from(diary[n], person, customer, NUMBER, diary[first].merchant, 0.0, AT_HOME, draws, day, w)
        else:
            buy(diary[n], person, customer, NUMBER, _GIFT_CARDS, place, 0.0, AT_HOME, draws, day, w)
        value = _FACE_VALUES[int(uniform(draws, OWN) * _FACE_VALUES.shape[0])] * w.countries[0].step
        diary[n].amount = int(value + 0.5)
        diary[n].billing = diary[n].amount
        show_card(diary[n], person, customer, -1, AT_HOME, draws, day, w)  # again, for this amount
        happen_at(diary[n], hour, person.city, day, w)
        hour += 0.03 + 0.2 * uniform(draws, OWN + 1)
        n += has_card_ready(diary[n], person)
    return n
