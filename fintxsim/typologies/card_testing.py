"""Cards tried with nothing or next to nothing at shops that ask little; those that answer are spent elsewhere.

An attack tries 100 to 100,000 numbers within minutes to hours. Most of them are another bank's cards, or nobody's, and
never reach this bank's ledger: a campaign is the part of an attack that hits cards of this bank.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from pydantic import Field

from fintxsim.institution import Service
from fintxsim.streams import Draws
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US, MINUTE_US, SECOND_US, Campaign, Crew, Errand, drawn
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Answer, Door
from fintxsim.typologies.market import Market, Shop, Wanted
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

# Shops where details are tried, with their weights (assumptions): those that many know, those that keep a card, and
# donations. A machine needs nothing but a form, so nearly every kind of shop will do.
_TRIED_AT = {"marketplace": 5.0, "digital_media": 3.0, "clothing": 2.5, "fast_food": 2.5, "food_delivery": 1.0,
             "digital_games": 1.0, "department_store": 1.0, "parking": 1.0, "taxi": 1.0, "transit": 1.0, "books": 0.7,
             "entertainment": 0.7, "mobile_top_up": 0.6, "pharmacy": 0.5, "sports": 0.5, "electronics": 0.5,
             "software": 0.4, "charity": 0.5}  # fmt: skip
_TRIED, _WEIGHTS = tuple(_TRIED_AT), tuple(_TRIED_AT.values())
_NEVER_VERIFIES = "charity"
_WRONG_CVV = "82"
_WRONG_GUESS = frozenset({"14", _WRONG_CVV})  # answers after which a guesser guesses again
_GUESSERS, _OTHERS = 0.6, 0.3  # shares of easy shops that are chosen because they ask for no CVV (assumptions)
_AT_ANY_HOUR = 0.15  # share of attacks (assumption)
_KNOWN, _UNKNOWN = 0.0, 1.0  # quality of a card whose CVV was found, and of one that is a bare number


class Step(IntEnum):
    """What an errand is for. ``hop`` counts declines in a row of the card; an order's ``note`` orders still wanted."""

    TRIAL = 0
    ORDER = 1


class CardTestingConfig(TypologyConfig):
    """Settings of card_testing."""

    enumeration_share: float = Field(
        0.4, ge=0, le=1,
        description="Share of attacks that guess numbers within a BIN; the others try a bought list (assumption).",
    )  # fmt: skip
    cards_mean: float = Field(
        9.0, ge=1, le=200, description="Mean number of this bank's cards that an attack hits (assumption)."
    )
    hours_median: float = Field(
        1.0, gt=0, le=72, description="Median hours for which an attack reaches this bank's cards (minutes to hours)."
    )
    verification_share: float = Field(
        0.3, ge=0, le=1, description="Mean share of trials that are zero-value verifications (assumption)."
    )
    trial_amount_max: float = Field(4.0, gt=0, le=5, description="Largest sum of other trials, in euros (assumption).")
    guess_share: float = Field(
        0.45, ge=0, le=1, description="Chance that a guess is right which reaches a card of this bank (assumption)."
    )
    cvv_share: float = Field(
        0.85, ge=0, le=1, description="Share of cards on a bought list whose CVV is right (assumption)."
    )
    used_share: float = Field(
        0.33, ge=0, le=1, description="Share of cards that answered which are spent (Visa: a third)."
    )
    used_within_days: float = Field(
        5.0, gt=0, le=60, description="Most days from the answer to the first larger purchase (Visa: 5)."
    )
    orders_per_card_mean: float = Field(2.2, ge=1, le=20, description="Mean purchases tried on a card (assumption).")
    amount_median: float = Field(
        80.0, gt=0, le=10_000,
        description="Median amount of a purchase wanted, in euros at an average shop (assumption).",
    )  # fmt: skip
    amount_sigma: float = Field(1.2, ge=0, le=3, description="Standard deviation of its logarithm (assumption).")
    foreign_share: float = Field(0.35, ge=0, le=1, description="Share of foreign web shops (assumption).")


class CardTesting(Typology):
    name: ClassVar[str] = "card_testing"
    number: ClassVar[int] = 1
    summary: ClassVar[str] = (
        "Cards are tried with tiny sums or none at a few easy shops; those that answer are spent elsewhere within days."
    )
    codes: ClassVar[dict[str, str | None]] = {
        "fraud_classifier": "unauthorized party / compromised credentials",
        "eba": "card details theft",
        "uk_finance": "remote purchase (card not present)",
    }
    kinds: ClassVar[tuple[str, ...]] = ("enumeration", "bought_list")
    config: ClassVar[type[TypologyConfig]] = CardTestingConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.THIRD_PARTY
    observation_class: ClassVar[ObservationClass] = ObservationClass.THIRD_PARTY_REPORTED
    entry_points: ClassVar[tuple[str, ...]] = ("enumeration", "data_breach", "skimmer_script")
    expected_amount: ClassVar[float] = 8.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.CARDS})
    longest_days: ClassVar[int] = 8
    usual_days: ClassVar[tuple[float, float] | None] = (0.1, 1.8)

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, CardTestingConfig)
        return config.cards_mean * (0.45 + 0.4 * config.used_share * config.orders_per_card_mean)

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number,
            skill=draws.next(),
            patience=1 + draws.below(6),
            devices=1 + draws.below(4),
            shift_hours=0 if draws.next() < 0.8 else draws.below(24),
            favourites=web_tastes(draws),
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, CardTestingConfig)
        guesses = draws.next() < config.enumeration_share
        campaign.kind = self.kinds[0 if guesses else 1]
        campaign.entry_point = self.entry_points[0 if guesses else 1 + draws.below(2)]
        size = 1 + min(int(exponential(config.cards_mean - 0.5, draws.next())), 400)
        campaign.victims = market.pick_customers(draws, size, Wanted.ANYBODY if guesses else Wanted.ONLINE)
        campaign.cards = [market.stolen_card(customer, draws) for customer in campaign.victims]
        if guesses:
            campaign.cards = [card._replace(quality=_UNKNOWN, has_address=False) for card in campaign.cards]
        campaign.wanted = len(campaign.victims)
        campaign.tool = draws.below(crew.devices)
        campaign.rotation = int(draws.next() < 0.3 + 0.6 * crew.skill)  # old tools, or new ones
        campaign.hides = draws.next() < 0.5 + 0.45 * max(crew.skill, campaign.camouflage)
        campaign.place = 0  # which of the shops is used
        campaign.shops = [self._easy_shop(campaign, config, market, draws) for _ in range(1 + draws.below(4))]
        lean = draws.between(-0.35, 0.35)  # attacks differ in whether they verify cards or charge a little
        campaign.note = min(max(config.verification_share + lean, 0.0), 1.0)
        self._queue_trials(campaign, crew, config, market, draws)

    def _easy_shop(
        self, campaign: Campaign, config: CardTestingConfig, market: Market, draws: Draws, *, asks_less: bool = False
    ) -> Shop:
        """A shop that may ask little, often one at home: orders from abroad make banks suspicious.

        Who has bare numbers, or has just been told that his CVV is wrong, looks for a shop that asks for none.
        """
        category = _TRIED[drawn(_WEIGHTS, draws.next())]
        foreign = draws.next() < 0.5 * config.foreign_share
        wants_none = draws.next() < (_GUESSERS if campaign.kind == "enumeration" else _OTHERS)
        return market.web_shop(draws, category, foreign=foreign, asks_cvv=False if asks_less or wants_none else None)

    def _queue_trials(
        self, campaign: Campaign, crew: Crew, config: CardTestingConfig, market: Market, draws: Draws
    ) -> None:
        """One trial for each card, a machine's work but for this bank with gaps; slower in disguise. Some machines are
        started at any hour."""
        hours = log_normal(config.hours_median, 0.9, draws.next()) * (1.0 + 3.0 * campaign.camouflage)
        time = working_hour(campaign.started, campaign.victims[0], crew, market, draws)
        if draws.next() < _AT_ANY_HOUR:
            time = campaign.started
        for customer in campaign.victims:
            campaign.send(Errand(time, Step.TRIAL, customer))
            time += int(exponential(hours / len(campaign.victims), draws.next()) * HOUR_US)
        campaign.go_on()

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, CardTestingConfig)
        errand = campaign.due_errand()
        assert errand is not None
        if errand.what == Step.TRIAL:
            self._try(errand, campaign, crew, config, market, door, draws)
        else:
            self._order(errand, campaign, crew, config, market, door, draws)
        campaign.go_on()

    def _try(
        self, errand: Errand, campaign: Campaign, crew: Crew, config: CardTestingConfig, market: Market, door: Door,
        draws: Draws,
    ) -> None:  # fmt: skip
        """See whether a card answers."""
        at = campaign.victims.index(errand.customer)
        card, shop = campaign.cards[at], campaign.shops[campaign.place]
        threshold = config.guess_share if campaign.kind == "enumeration" else config.cvv_share
        luck = draws.next() if card.quality == _UNKNOWN else card.quality
        has_cvv = luck < threshold
        verifies = draws.next() < campaign.note and shop.category != _NEVER_VERIFIES
        amount = 0.0 if verifies else max(config.trial_amount_max * draws.next(), 0.2)
        answer = door.pay_online(card, campaign.next_time, shop, amount, has_cvv=has_cvv, pass_challenge=0.02)
        crew.count(approved=answer.approved)
        if not answer.approved:
            self._try_again_or_not(errand, answer, campaign, crew, config, market, draws)
            return
        campaign.declines = 0
        if has_cvv:
            campaign.cards[at] = card._replace(quality=_KNOWN)
        if draws.next() < config.used_share:
            self._hand_over(errand.customer, campaign, crew, config, market, draws)

    def _try_again_or_not(
        self, errand: Errand, answer: Answer, campaign: Campaign, crew: Crew, config: CardTestingConfig,
        market: Market, draws: Draws,
    ) -> None:  # fmt: skip
        """Elsewhere, later, with other tools if that may help; a bank that always declines is left alone."""
        campaign.declines += 1
        if campaign.declines > 6 + 4 * crew.patience:
            campaign.errands = [waiting for waiting in campaign.errands if waiting.what != Step.TRIAL]
            return
        suspected = answer.code in SUSPECTED
        told = answer.code == _WRONG_CVV and draws.next() < 0.3 + 0.6 * crew.skill
        if told or (suspected and cover_tracks(campaign, crew, draws)):
            campaign.shops[campaign.place] = self._easy_shop(campaign, config, market, draws, asks_less=told)
        if draws.next() < 0.5:
            campaign.place = (campaign.place + 1) % len(campaign.shops)
        guesses = campaign.kind == "enumeration" and answer.code in _WRONG_GUESS and draws.next() < 0.5
        if errand.hop < crew.patience and (guesses or answer.code not in DEAD):
            pause = 3.0 + exponential(90.0, draws.next())
            if suspected and draws.next() < crew.skill:  # what happened within an hour is held against the card
                pause += 3600.0 * draws.between(0.9, 3.0)
            time = campaign.next_time + int(pause) * SECOND_US
            campaign.send(Errand(time, Step.TRIAL, errand.customer, hop=errand.hop + 1))

    def _hand_over(
        self, customer: int, campaign: Campaign, crew: Crew, config: CardTestingConfig, market: Market, draws: Draws
    ) -> None:
        """The card is good: the crew, or whoever buys it, will order with it, mostly soon."""
        u = draws.next()
        after = campaign.next_time + int(config.used_within_days * u * u * DAY_US)
        wanted = 1 + min(int(exponential(config.orders_per_card_mean - 0.6, draws.next())), 50)
        amount = log_normal(config.amount_median, config.amount_sigma, draws.next())
        time = working_hour(after, customer, crew, market, draws)
        campaign.send(Errand(time, Step.ORDER, customer, amount, note=float(wanted)))

    def _order(
        self, errand: Errand, campaign: Campaign, crew: Crew, config: CardTestingConfig, market: Market, door: Door,
        draws: Draws,
    ) -> None:  # fmt: skip
        """A purchase with a card that has answered, from tools that were not used for trials."""
        at = campaign.victims.index(errand.customer)
        card, tools_of_trials = campaign.cards[at], campaign.rotation
        campaign.rotation = 16 + (at % 12 if crew.skill > 0.4 else 0) + errand.hop  # the careful keep cards apart
        has_cvv = card.quality < config.cvv_share
        shop = web_shop_for(card, campaign, crew, market, draws, foreign_share=config.foreign_share, has_cvv=has_cvv)
        amount = ordered(errand.amount * crew.nerve, shop, card, campaign, draws)
        answer = door.pay_online(
            card, campaign.next_time, shop, amount, has_cvv=has_cvv, pass_challenge=0.04 + 0.1 * crew.skill
        )
        campaign.rotation = tools_of_trials
        crew.learn(goods_of(shop), approved=answer.approved)
        again = self._next_order(errand, answer, crew, config, draws)
        if again is None:
            return
        time = campaign.next_time + int(draws.between(3, 60) * MINUTE_US)
        if draws.next() < 0.4:
            time = working_hour(campaign.next_time + HOUR_US, errand.customer, crew, market, draws)
        campaign.send(again._replace(time=time))

    def _next_order(
        self, errand: Errand, answer: Answer, crew: Crew, config: CardTestingConfig, draws: Draws
    ) -> Errand | None:
        """What is ordered next with the card, if anything: less after a decline."""
        if answer.approved:
            amount = log_normal(config.amount_median, config.amount_sigma, draws.next())
            return errand._replace(amount=amount, hop=0, note=errand.note - 1.0) if errand.note > 1.0 else None
        if answer.code in DEAD or errand.hop >= crew.patience:
            return None
        return errand._replace(amount=after_refusal(errand.amount, answer.code), hop=errand.hop + 1)
