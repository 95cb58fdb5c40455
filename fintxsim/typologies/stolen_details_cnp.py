"""Card details bought on the black market and spent in web shops."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from fintxsim.streams import Draws
from fintxsim.typologies.base import (
    DAY_US,
    HOUR_US,
    MINUTE_US,
    Answer,
    Campaign,
    Crew,
    Door,
    Market,
    StolenCard,
    Typology,
    TypologyConfig,
)
from fintxsim.typologies.sizes import between_in_log, exponential, log_normal
from fintxsim.vocabulary import FraudParty, ObservationClass

# What crews buy: resold goods and whatever can be used up at once. The first weights are assumptions; crews learn.
TARGETS = ("marketplace", "electronics", "gift_cards", "digital_games", "digital_media", "clothing", "airline",
           "travel_agency", "food_delivery", "mobile_top_up", "software")  # fmt: skip
_FIRST_WEIGHTS = (2.4, 0.9, 0.8, 1.4, 1.2, 1.2, 0.3, 0.2, 0.9, 0.7, 0.5)

_SUSPECTED = frozenset({"05", "63", "65"})  # answers that say the order itself looked wrong
_DEAD = frozenset({"14", "41", "43", "54", "62", "57", "59", "82"})  # answers after which the details are worthless


class StolenDetailsConfig(TypologyConfig):
    """Settings of stolen_details_cnp."""

    cards_per_batch_mean: float = Field(
        4.0, ge=1, le=50, description="Mean number of cards in a bought batch (assumption)."
    )
    amount_median: float = Field(
        30.0, gt=0, le=10_000,
        description="Median amount wanted, in euros; card-not-present fraud is often smaller than genuine "
        "(ratio of medians .40 in ULB 2013, 1.28 in IEEE-CIS).",
    )  # fmt: skip
    amount_sigma: float = Field(
        1.6,
        ge=0,
        le=3,
        description="Standard deviation of ln(amount); with the median it gives the EEA mean of about 87 EUR.",
    )
    frauds_per_card_mean: float = Field(
        2.6,
        ge=1,
        le=20,
        description="Mean purchases tried on a card (Worldline: about 3 per compromised card and day).",
    )
    cvv_share: float = Field(0.85, ge=0, le=1, description="Share of cards sold with a CVV that is right (assumption).")
    foreign_share: float = Field(0.35, ge=0, le=1, description="Share of purchases at foreign web shops (assumption).")


class StolenDetailsCnp(Typology):
    name: ClassVar[str] = "stolen_details_cnp"
    number: ClassVar[int] = 2
    summary: ClassVar[str] = "Stolen card details are bought in batches and spent in web shops until each card dies."
    codes: ClassVar[dict[str, str | None]] = {
        "fraud_classifier": "unauthorized party / compromised credentials",
        "eba": "card details theft",
        "uk_finance": "remote purchase (card not present)",
    }
    config: ClassVar[type[TypologyConfig]] = StolenDetailsConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.THIRD_PARTY
    observation_class: ClassVar[ObservationClass] = ObservationClass.THIRD_PARTY_REPORTED
    entry_points: ClassVar[tuple[str, ...]] = ("data_breach", "phishing", "skimmer_script")
    expected_amount: ClassVar[float] = 55.0
    longest_days: ClassVar[int] = 14
    usual_days: ClassVar[tuple[float, float] | None] = (0.0, 3.3)

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, StolenDetailsConfig)
        return 0.43 * config.cards_per_batch_mean * config.frauds_per_card_mean

    def recruit(self, number: int, draws: Draws) -> Crew:
        skill = draws.next()
        return Crew(
            number,
            skill=skill,
            patience=1 + draws.below(4),
            devices=1 + draws.below(6),
            shift_hours=0 if draws.next() < 0.8 else draws.below(24),
            favourites=[weight * draws.between(0.4, 1.6) for weight in _FIRST_WEIGHTS],
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, StolenDetailsConfig)
        size = 1 + min(int(exponential(config.cards_per_batch_mean - 0.5, draws.next())), 200)
        campaign.victims = market.pick_customers(draws, size)
        campaign.entry_point = self.entry_points[draws.below(len(self.entry_points))]
        campaign.tool = draws.below(crew.devices)
        campaign.hides = draws.next() < 0.55 + 0.4 * max(crew.skill, campaign.camouflage)
        self._next_card(campaign, config, draws)
        campaign.next_time = self._working_hour(campaign.started, campaign, crew, market, draws)

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, StolenDetailsConfig)
        card = market.stolen_card(campaign.victims[campaign.current], draws)
        answer, target = self._buy(campaign, crew, config, card, market, door, draws)
        crew.learn(target, approved=answer.approved)
        if answer.approved:
            campaign.taken += 1
            campaign.declines = 0
        else:
            campaign.declines += 1
            campaign.note = max(campaign.note * 0.5, 0.1) if answer.code in ("51", "61") else campaign.note * 0.8
            if answer.code in _SUSPECTED and draws.next() < 0.3 + 0.6 * crew.skill:
                campaign.change_tools()
        spent = campaign.taken >= campaign.wanted
        burnt = answer.code in _DEAD or campaign.declines > crew.patience
        if spent or burnt:
            campaign.current += 1
            if campaign.current == len(campaign.victims):
                campaign.over()
                return
            self._next_card(campaign, config, draws)
            if draws.next() < 0.4 + 0.5 * crew.skill:
                campaign.change_tools()
        if draws.next() < 0.7:
            campaign.next_time += int(draws.between(2, 40) * MINUTE_US)
        else:
            campaign.next_time = self._working_hour(campaign.next_time + HOUR_US, campaign, crew, market, draws)

    def _buy(
        self, campaign: Campaign, crew: Crew, config: StolenDetailsConfig, card: StolenCard, market: Market, door: Door,
        draws: Draws,
    ) -> tuple[Answer, int]:  # fmt: skip
        """One order at a web shop that the crew believes in."""
        target = crew.choose(draws.next())
        wanted = log_normal(config.amount_median, config.amount_sigma, draws.next()) * crew.nerve * campaign.note
        usual = card.usual * log_normal(1.0, 0.6, draws.next())
        amount = between_in_log(wanted, usual, 0.5 * campaign.camouflage)
        foreign = draws.next() < config.foreign_share * (1.0 - 0.5 * campaign.camouflage)
        has_cvv = card.quality < config.cvv_share
        shop = market.web_shop(draws, TARGETS[target], foreign=foreign, asks_cvv=None if has_cvv else False)
        answer = door.pay_online(
            card, campaign.next_time, shop, amount, has_cvv=has_cvv, pass_challenge=0.04 + 0.1 * crew.skill
        )
        return answer, target

    def _next_card(self, campaign: Campaign, config: StolenDetailsConfig, draws: Draws) -> None:
        campaign.taken = 0
        campaign.declines = 0
        campaign.note = 1.0
        campaign.wanted = 1 + min(int(exponential(config.frauds_per_card_mean - 0.6, draws.next())), 100)

    def _working_hour(self, after: int, campaign: Campaign, crew: Crew, market: Market, draws: Draws) -> int:
        """When the crew works next: mostly while ordinary customers are about; some live on another clock."""
        hour = (market.daytime(draws.next()) + crew.shift_hours) % 24
        wanted = market.local_time(campaign.victims[campaign.current], after, hour)
        return wanted if wanted >= after else wanted + DAY_US
