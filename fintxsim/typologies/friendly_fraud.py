"""Customers who buy as they always do, get what they paid for, and dispute the payment all the same."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from fintxsim.institution import Service
from fintxsim.streams import Draws
from fintxsim.typologies.agenda import next_daytime, shops_are_open
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US, MINUTE_US, Campaign, Crew, Errand
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Answer, Door, Hand
from fintxsim.typologies.market import Market, Shop, StolenCard, Wanted
from fintxsim.typologies.sizes import between_in_log, exponential, log_normal
from fintxsim.typologies.stolen_cards import BLOCKED
from fintxsim.typologies.tickets import pay_at_till, usual_ticket
from fintxsim.vocabulary import FraudParty, ObservationClass, Role

# What is easily disputed: parcels that may have been lost, and what leaves no trace. The first weights are
# assumptions; households learn.
GOODS = ("marketplace", "clothing", "electronics", "digital_games", "digital_media", "shoes", "food_delivery",
         "hotel", "travel_agency", "software", "sports", "entertainment", "gambling")  # fmt: skip
_FIRST_WEIGHTS = (2.3, 2.0, 1.1, 1.0, 0.8, 0.8, 0.7, 0.3, 0.2, 0.4, 0.5, 0.4, 0.3)
_LONGEST_DAYS = 100
_NEW_CARD_DAYS = 8.0  # within which a blocked card has been replaced (banks' default: at most a week)
_RETRY_SHARE = 0.6  # of declined orders that are tried again within the hour
_PAID_SHARE = 0.93  # of what is wanted that is paid in the end, measured in small worlds


class FriendlyFraudConfig(TypologyConfig):
    """Settings of friendly_fraud."""

    purchases_mean: float = Field(
        3.5, ge=1, le=50, description="Mean purchases that a household disputes in a spell (assumption)."
    )
    gap_days_mean: float = Field(
        12.0, gt=0, le=90, description="Mean days between two disputed purchases of a household (assumption)."
    )
    household_share: float = Field(
        0.2, ge=0, le=1, description="Share of spells in which two customers of a household take part (assumption)."
    )
    favourite_share: float = Field(
        0.3,
        ge=0,
        le=1,
        description="Share of disputed purchases made where the customer often buys, if it is open (assumption).",
    )
    excess_median: float = Field(
        2.0, ge=0.2, le=20,
        description="Median factor on the customer's own ticket when nothing is disguised (assumption; with it the "
        "mean dispute is near 76 USD, a figure of vendors).",
    )  # fmt: skip


class FriendlyFraud(Typology):
    name: ClassVar[str] = "friendly_fraud"
    number: ClassVar[int] = 11
    summary: ClassVar[str] = "Genuine customers dispute ordinary purchases after delivery, again and again."
    codes: ClassVar[dict[str, str | None]] = {
        "fraud_classifier": "authorized party / false claim",
        "eba": None,
        "uk_finance": None,
    }
    config: ClassVar[type[TypologyConfig]] = FriendlyFraudConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.FIRST_PARTY
    observation_class: ClassVar[ObservationClass] = ObservationClass.FIRST_PARTY_DISPUTE
    role: ClassVar[Role] = Role.PERPETRATOR
    authorised_party: ClassVar[bool] = True
    entry_points: ClassVar[tuple[str, ...]] = ("opportunity", "regret", "habit")
    expected_amount: ClassVar[float] = 70.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.CARDS})
    longest_days: ClassVar[int] = 110
    usual_days: ClassVar[tuple[float, float] | None] = (0.2, 54.0)

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, FriendlyFraudConfig)
        return _PAID_SHARE * min(config.purchases_mean, 1.0 + _LONGEST_DAYS / config.gap_days_mean)

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number,
            skill=draws.next(),
            patience=1 + draws.below(3),
            devices=1,
            shift_hours=0,
            favourites=[weight * draws.between(0.2, 1.8) for weight in _FIRST_WEIGHTS],
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, FriendlyFraudConfig)
        spell = self._spell(campaign.started, config, draws)
        moments = [moment for moment in spell if not market.is_forgotten(moment + DAY_US)]
        if not moments:
            campaign.over()
            return
        size = 2 if draws.next() < config.household_share else 1
        campaign.victims = market.pick_customers(draws, size, Wanted.ONLINE)
        campaign.wanted = len(moments)
        campaign.entry_point = self.entry_points[draws.below(len(self.entry_points))]
        for moment in moments:
            buyer = campaign.victims[draws.below(len(campaign.victims))]
            campaign.send(Errand(next_daytime(market, buyer, moment, draws.next()), 0, buyer))
        campaign.next_time = campaign.errands[0].time

    def _spell(self, start: int, config: FriendlyFraudConfig, draws: Draws) -> list[int]:
        """When the household will want something that it disputes: days lie between."""
        moments = [start]
        for _ in range(min(int(exponential(config.purchases_mean - 0.5, draws.next())), 100)):
            moments.append(moments[-1] + HOUR_US + int(exponential(config.gap_days_mean, draws.next()) * DAY_US))
        return [moment for moment in moments if moment <= start + _LONGEST_DAYS * DAY_US]

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, FriendlyFraudConfig)
        errand = campaign.due_errand()
        assert errand is not None
        card = market.own_card(errand.customer, credit=draws.next() < 0.6)
        target, answer = self._buy(campaign, crew, config, card, market, door, draws)
        crew.learn(target, approved=answer.approved)
        campaign.taken += answer.approved
        campaign.declines = 0 if answer.approved else campaign.declines + 1
        if campaign.declines > crew.patience:
            campaign.over()
            return
        if answer.code in BLOCKED:
            self._wait_for_the_new_card(errand.customer, campaign)
        elif not answer.approved and draws.next() < _RETRY_SHARE:
            soon = campaign.next_time + int(draws.between(1, 50) * MINUTE_US)
            campaign.send(errand._replace(time=soon))
        campaign.go_on()

    def _wait_for_the_new_card(self, customer: int, campaign: Campaign) -> None:
        """Whoever denied a purchase has no card for some days; what was to be bought with it comes later."""
        plans, campaign.errands = campaign.errands, []
        again = campaign.next_time + int(_NEW_CARD_DAYS * DAY_US)
        for errand in plans:
            late = errand.customer == customer and errand.time < again
            campaign.send(errand._replace(time=errand.time + int(_NEW_CARD_DAYS * DAY_US)) if late else errand)

    def _buy(
        self, campaign: Campaign, crew: Crew, config: FriendlyFraudConfig, card: StolenCard, market: Market, door: Door,
        draws: Draws,
    ) -> tuple[int, Answer]:  # fmt: skip
        """What the customer wants anyway, from a shop that is known well and open."""
        target, shop = len(GOODS), market.favourite_shop(card.customer, draws)
        closed = shop.city >= 0 and not shops_are_open(market, card.customer, campaign.next_time)
        if closed or draws.next() > config.favourite_share:
            target = crew.choose(draws.next())
            shop = market.web_shop(draws, GOODS[target])
        amount = self._ticket(campaign, config, card, shop, draws)
        if shop.city >= 0:
            return target, pay_at_till(door, card, campaign.next_time, shop, amount, draws.next())
        answer = door.pay_online(card, campaign.next_time, shop, amount, has_cvv=True, by=Hand.HOLDER)
        return target, answer

    def _ticket(
        self, campaign: Campaign, config: FriendlyFraudConfig, card: StolenCard, shop: Shop, draws: Draws
    ) -> float:
        """The customer's own ticket; the less disguised, the more it is worth disputing."""
        own = usual_ticket(shop.category, card.usual, draws.next())
        excess = log_normal(config.excess_median, 0.4, draws.next())
        return between_in_log(own * excess, own, campaign.camouflage) * float(0.7**campaign.declines)
