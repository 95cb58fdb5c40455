"""A holder of good standing who uses up all of his credit within days, and disappears."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from fintxsim.institution import Service
from fintxsim.streams import Draws
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, Campaign, Crew
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Door
from fintxsim.typologies.market import Market, Wanted
from fintxsim.typologies.sizes import log_normal
from fintxsim.typologies.spree import FIRST_WEIGHTS, SpreeConfig, act_or_wait, cultivate
from fintxsim.vocabulary import FraudParty, ObservationClass, Role

_LONGEST_CULTIVATION_DAYS = 95.0  # what the warm-up has room for; the good conduct before it is the holder's own life


class BustOutConfig(SpreeConfig):
    """Settings of bust_out."""

    cultivation_days_median: float = Field(
        35.0, gt=0, le=90,
        description="Median days of preparation, during which limit increases are asked for "
        "(assumption; Experian: four months to two years from the opening of the account).",
    )  # fmt: skip


class BustOut(Typology):
    name: ClassVar[str] = "bust_out"
    number: ClassVar[int] = 9
    summary: ClassVar[str] = (
        "After long good conduct and limit increases, a holder uses up the credit in days and never pays it back."
    )
    codes: ClassVar[dict[str, str | None]] = {"fraud_classifier": None, "eba": None, "uk_finance": None}
    config: ClassVar[type[TypologyConfig]] = BustOutConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.FIRST_PARTY
    observation_class: ClassVar[ObservationClass] = ObservationClass.DEFERRED
    role: ClassVar[Role] = Role.PERPETRATOR
    authorised_party: ClassVar[bool] = True
    entry_points: ClassVar[tuple[str, ...]] = ("own_account", "recruited_holder")
    expected_amount: ClassVar[float] = 300.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.CARDS, Service.SHOPS, Service.CREDIT})
    longest_days: ClassVar[int] = 115
    ready_days: ClassVar[int] = 85
    usual_days: ClassVar[tuple[float, float] | None] = (0.1, 6.0)
    exhausts: ClassVar[Wanted | None] = Wanted.CREDIT

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, BustOutConfig)
        return (1.0 + 0.8 * config.bounced_share) * 2000.0 / config.amount_median

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number,
            skill=draws.next(),
            patience=2 + draws.below(4),
            devices=1,
            shift_hours=0,
            favourites=[weight * draws.between(0.3, 1.7) for weight in FIRST_WEIGHTS],
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, BustOutConfig)
        campaign.victims = market.pick_customers(draws, 1, Wanted.CREDIT)
        campaign.wanted = 1
        campaign.entry_point = self.entry_points[draws.next() < 0.3]
        days = min(log_normal(config.cultivation_days_median, 0.7, draws.next()), _LONGEST_CULTIVATION_DAYS)
        cultivate(campaign, campaign.started + int(days * DAY_US), config, market, draws)

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, BustOutConfig)
        act_or_wait(campaign, crew, config, market, door, draws, within_days=0.0)
