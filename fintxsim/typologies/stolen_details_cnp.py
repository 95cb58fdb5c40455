"""Card details bought on the black market and spent in web shops.

A batch is goods with a shelf life: its cards die one after another as the breach becomes known. The crew orders with
one card after another, returns to shops that let it through, and sells what is left of a batch that it has lost faith
in; whoever buys that goes on later with tools of his own.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from pydantic import Field

from fintxsim.institution import Service
from fintxsim.streams import Draws
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US, MINUTE_US, Campaign, Crew
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Answer, Door, Hand
from fintxsim.typologies.market import Market, Shop, StolenCard
from fintxsim.typologies.sizes import exponential, log_normal
from fintxsim.typologies.stolen_cards import (
    DEAD,
    SUSPECTED,
    after_refusal,
    cover_tracks,
    goods_of,
    ordered,
    web_shop_for,
    web_tastes,
    working_hour,
)
from fintxsim.vocabulary import FraudParty, ObservationClass

_INFOSTEALER = "infostealer"
_SHOPS_KEPT = 3  # shops that a crew remembers as easy


class Stage(IntEnum):
    BOUGHT = 0  # the crew spends what it has bought
    SOLD_ON = 1  # somebody else spends what was left


class StolenDetailsConfig(TypologyConfig):
    """Settings of stolen_details_cnp."""

    cards_per_batch_mean: float = Field(
        4.0, ge=1, le=50, description="Mean number of cards in a bought batch (assumption)."
    )
    amount_median: float = Field(
        45.0, gt=0, le=10_000,
        description="Median amount wanted when nothing is disguised, in euros at an average shop; where goods are "
        "cheap or dear, it is less or more. What is approved in disguise has about "
        "the genuine median (ratio of medians .40 in ULB 2013, 1.28 in IEEE-CIS).",
    )  # fmt: skip
    amount_sigma: float = Field(
        2.6, ge=0, le=3,
        description="Standard deviation of ln(amount) at an average shop. What is approved in disguise has a mean of "
        "about 47 EUR, 1.4 times the genuine one; the EEA's is about 87 EUR, the United Kingdom's about 154 GBP, twice "
        "and more.",
    )  # fmt: skip
    frauds_per_card_mean: float = Field(
        2.6, ge=1, le=20,
        description="Mean purchases tried on a card (Worldline: about 3 per compromised card and day).",
    )  # fmt: skip
    cvv_share: float = Field(0.85, ge=0, le=1, description="Share of cards sold with a CVV that is right (assumption).")
    foreign_share: float = Field(0.35, ge=0, le=1, description="Share of purchases at foreign web shops (assumption).")
    infostealer_share: float = Field(
        0.25, ge=0, le=1,
        description="Share of batches from infected computers, through whose browsers the crew orders: shops see the "
        "holder's own device and address (as sold on Genesis Market until 2023; the share is an assumption).",
    )  # fmt: skip
    stored_share: float = Field(
        0.3, ge=0, le=1,
        description="Share of further orders with a card that are made where it was let through, which has its details "
        "on file (assumption).",
    )  # fmt: skip
    shelf_life_days: float = Field(
        5.0, gt=0, le=60, description="Mean days after which a crew sells or drops what is left (assumption)."
    )
    resale_share: float = Field(
        0.4, ge=0, le=1, description="Share of dropped batches whose rest is sold on, not thrown away (assumption)."
    )


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
    entry_points: ClassVar[tuple[str, ...]] = ("data_breach", "phishing", "skimmer_script", _INFOSTEALER)
    expected_amount: ClassVar[float] = 42.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.CARDS})
    longest_days: ClassVar[int] = 12
    usual_days: ClassVar[tuple[float, float] | None] = (0.0, 4.5)

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, StolenDetailsConfig)
        return 0.42 * config.cards_per_batch_mean * config.frauds_per_card_mean

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number,
            skill=draws.next(),
            patience=1 + draws.below(4),
            devices=1 + draws.below(6),
            shift_hours=0 if draws.next() < 0.8 else draws.below(24),
            favourites=web_tastes(draws),
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, StolenDetailsConfig)
        size = 1 + min(int(exponential(config.cards_per_batch_mean - 0.5, draws.next())), 200)
        campaign.victims = market.pick_customers(draws, size)
        campaign.cards = [market.stolen_card(customer, draws) for customer in campaign.victims]
        infected = draws.next() < config.infostealer_share
        campaign.entry_point = _INFOSTEALER if infected else self.entry_points[draws.below(len(self.entry_points) - 1)]
        campaign.stage = Stage.BOUGHT
        campaign.rotation = int(draws.next() < 0.3 + 0.4 * crew.skill)  # old tools, or new ones
        campaign.hides = draws.next() < 0.55 + 0.4 * max(crew.skill, campaign.camouflage)
        self._take_up_card(campaign, crew, config, draws)
        campaign.next_time = working_hour(campaign.started, campaign.victims[0], crew, market, draws)

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, StolenDetailsConfig)
        answer = self._order(campaign, crew, config, market, door, draws)
        burnt = answer.code in DEAD or campaign.declines > crew.patience
        if burnt or campaign.taken >= campaign.wanted:
            campaign.current += 1
            if campaign.current == len(campaign.victims) or not self._keeps_on(campaign, crew, config, burnt, draws):
                campaign.over()
                return
            self._take_up_card(campaign, crew, config, draws)
        if draws.next() < 0.7:
            campaign.next_time += int(draws.between(2, 40) * MINUTE_US)
        else:
            victim, after = campaign.victims[campaign.current], campaign.next_time + HOUR_US
            campaign.next_time = working_hour(after, victim, crew, market, draws)

    def _order(
        self, campaign: Campaign, crew: Crew, config: StolenDetailsConfig, market: Market, door: Door, draws: Draws
    ) -> Answer:
        """One order, and what the crew makes of the answer."""
        card = campaign.cards[campaign.current]
        has_cvv = card.quality < config.cvv_share
        wanted = log_normal(config.amount_median, config.amount_sigma, draws.next()) * crew.nerve * campaign.note
        kept = self._where_on_file(campaign, config, draws)
        shop = kept or self._shop(card, campaign, crew, config, market, draws, has_cvv)
        amount = ordered(wanted, shop, card, campaign, draws)
        answer = door.pay_online(
            card, campaign.next_time, shop, amount, has_cvv=has_cvv, pass_challenge=0.04 + 0.1 * crew.skill,
            is_stored=kept is not None, by=self._seen_as(campaign),
        )  # fmt: skip
        crew.learn(goods_of(shop), approved=answer.approved)
        if answer.approved:
            campaign.taken += 1
            campaign.declines = 0
            campaign.place = shop.merchant
            if shop not in campaign.shops:
                campaign.shops = [shop, *campaign.shops[: _SHOPS_KEPT - 1]]
        else:
            campaign.declines += 1
            campaign.note = max(after_refusal(campaign.note, answer.code), 0.1)
            campaign.shops = [kept for kept in campaign.shops if kept != shop]
            if answer.code in SUSPECTED:
                cover_tracks(campaign, crew, draws)
        return answer

    def _seen_as(self, campaign: Campaign) -> Hand:
        """Whose device orders seem to come from. Whoever buys the rest of a batch gets the numbers alone."""
        is_inside = campaign.entry_point == _INFOSTEALER and campaign.stage == Stage.BOUGHT
        return Hand.HOLDER if is_inside else Hand.CREW

    def _where_on_file(self, campaign: Campaign, config: StolenDetailsConfig, draws: Draws) -> Shop | None:
        """The shop of the last order with the current card, if the crew orders there again: nothing has to be typed."""
        stored = next((shop for shop in campaign.shops if shop.merchant == campaign.place), None)
        return stored if stored is not None and draws.next() < config.stored_share else None

    def _shop(
        self, card: StolenCard, campaign: Campaign, crew: Crew, config: StolenDetailsConfig, market: Market,
        draws: Draws, has_cvv: bool,
    ) -> Shop:  # fmt: skip
        """Now and then again where the crew was let through."""
        if has_cvv and campaign.shops and draws.next() < 0.3 * (1.0 - 0.5 * campaign.camouflage):
            return campaign.shops[draws.below(len(campaign.shops))]
        return web_shop_for(
            card, campaign, crew, market, draws, foreign_share=config.foreign_share, has_cvv=has_cvv
        )  # fmt: skip

    def _take_up_card(self, campaign: Campaign, crew: Crew, config: StolenDetailsConfig, draws: Draws) -> None:
        """Turn to the current card, on one of the crew's devices; who is clever has another address for each."""
        campaign.taken = 0
        campaign.declines = 0
        campaign.place = -1  # the merchant with whom the card is on file
        campaign.note = 1.0
        campaign.wanted = 1 + min(int(exponential(config.frauds_per_card_mean - 0.6, draws.next())), 100)
        campaign.tool = draws.below(crew.devices)
        if campaign.current > 0 and draws.next() < 0.4 + 0.5 * crew.skill:
            campaign.change_tools()

    def _keeps_on(self, campaign: Campaign, crew: Crew, config: StolenDetailsConfig, burnt: bool, draws: Draws) -> bool:
        """Whether the batch is still worth something to somebody; the crew itself loses faith in old and dead goods."""
        age_days = (campaign.next_time - campaign.started) / DAY_US
        stale = age_days > config.shelf_life_days * (0.5 + crew.skill)
        if campaign.stage == Stage.SOLD_ON or not (stale or (burnt and draws.next() < 0.15)):
            return True
        if draws.next() >= config.resale_share:
            return False
        campaign.stage = Stage.SOLD_ON
        campaign.shops = []
        campaign.change_tools()
        campaign.hides = draws.next() < 0.75
        campaign.next_time += int(draws.between(0.5, 8.0) * DAY_US)
        return True
