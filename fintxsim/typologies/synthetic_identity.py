"""Identities that a crew has made up, nurtured as thin-file customers, and busted out together."""

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
from fintxsim.typologies.sizes import exponential, log_normal
from fintxsim.typologies.spree import FIRST_WEIGHTS, SpreeConfig, act_or_wait, cultivate
from fintxsim.vocabulary import FraudParty, ObservationClass, Role

_LONGEST_NURTURE_DAYS = 90.0  # what the warm-up has room for; the identities exist from the start
_STRIKE_WITHIN_DAYS = 5.0  # all identities of a ring (assumption)


class SyntheticIdentityConfig(SpreeConfig):
    """Settings of synthetic_identity."""

    impostors: float = Field(
        0.004, ge=0, le=0.2,
        description="Share of all customers who are made-up identities from the start (assumption).",
    )  # fmt: skip
    identities_mean: float = Field(
        2.0,
        ge=1,
        le=6,
        description="Mean number of identities that a crew busts out together; twice as many at most (assumption).",
    )
    nurture_days_median: float = Field(
        60.0, gt=0, le=90,
        description="Median days from the first request for more credit until a ring is ready (assumption; the "
        "identities are 6 to 24 months old by then).",
    )  # fmt: skip
    limit_raises_max: int = Field(
        5, ge=0, le=12, description="Most limit increases that an identity asks for before the spree (assumption)."
    )
    raise_factor_max: float = Field(
        2.0, ge=1.1, le=5,
        description="Largest factor by which one increase raises the limit (assumption; it brings the loss nearer to "
        "the mean charge-off of 15,000 USD that the Federal Reserve reported for 2016).",
    )  # fmt: skip
    bounced_share: float = Field(
        0.4, ge=0, le=1, description="Share of identities whose limit a payment that bounces frees again (assumption)."
    )


class SyntheticIdentity(Typology):
    name: ClassVar[str] = "synthetic_identity"
    number: ClassVar[int] = 10
    summary: ClassVar[str] = (
        "Made-up identities with a thin file are nurtured for months, then their credit is used up within days."
    )
    codes: ClassVar[dict[str, str | None]] = {
        "fraud_classifier": "authorized party / synthetic ID",
        "eba": None,
        "uk_finance": None,
    }
    config: ClassVar[type[TypologyConfig]] = SyntheticIdentityConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.FIRST_PARTY
    observation_class: ClassVar[ObservationClass] = ObservationClass.DEFERRED
    role: ClassVar[Role] = Role.PERPETRATOR
    authorised_party: ClassVar[bool] = True
    entry_points: ClassVar[tuple[str, ...]] = ("fabricated_identity", "compiled_identity")
    expected_amount: ClassVar[float] = 300.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.CARDS, Service.SHOPS, Service.CREDIT})
    longest_days: ClassVar[int] = 115
    ready_days: ClassVar[int] = 90
    usual_days: ClassVar[tuple[float, float] | None] = (0.3, 10.0)
    exhausts: ClassVar[Wanted | None] = Wanted.IMPOSTOR

    def impostor_share(self, config: TypologyConfig) -> float:
        assert isinstance(config, SyntheticIdentityConfig)
        return config.impostors

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, SyntheticIdentityConfig)
        return config.identities_mean * (1.0 + 0.8 * config.bounced_share) * 2000.0 / config.amount_median

    def size(self, campaign: Campaign, config: TypologyConfig) -> float:
        assert isinstance(config, SyntheticIdentityConfig)
        return len(campaign.victims) / config.identities_mean

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number,
            skill=draws.next(),
            patience=2 + draws.below(4),
            devices=1 + draws.below(3),
            shift_hours=0,
            favourites=[weight * draws.between(0.3, 1.7) for weight in FIRST_WEIGHTS],
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, SyntheticIdentityConfig)
        size = 1 + int(min(exponential(config.identities_mean - 0.5, draws.next()), 2.0 * config.identities_mean - 1.0))
        campaign.victims = market.pick_customers(draws, size, Wanted.IMPOSTOR)
        campaign.wanted = len(campaign.victims)
        campaign.tool = draws.below(crew.devices)
        campaign.entry_point = self.entry_points[draws.below(len(self.entry_points))]
        days = min(log_normal(config.nurture_days_median, 0.5, draws.next()), _LONGEST_NURTURE_DAYS)
        cultivate(campaign, campaign.started + int(days * DAY_US), config, market, draws)

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, SyntheticIdentityConfig)
        act_or_wait(campaign, crew, config, market, door, draws, within_days=_STRIKE_WITHIN_DAYS)
