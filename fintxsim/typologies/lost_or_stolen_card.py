"""A lost or stolen card in the hands of a thief, who uses it nearby until it is blocked or he no longer dares.

Without the PIN a card is good for a few contactless payments below the limit. Who stood behind somebody at a till or
machine, saw the PIN and took the card soon afterwards goes on to cash machines and goods; some others try the PIN that
the rest of the wallet suggests.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from pydantic import Field

from fintxsim.institution import Service
from fintxsim.streams import Draws
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US, MINUTE_US, Campaign, Crew, Errand
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Answer, Door
from fintxsim.typologies.market import Market, Wanted
from fintxsim.typologies.sizes import exponential, log_normal
from fintxsim.typologies.stolen_cards import DEAD, are_open, choose_goods, disguised, less_after, shopping_hour
from fintxsim.typologies.tickets import MACHINE_GIVES
from fintxsim.vocabulary import EntryMode, FraudParty, ObservationClass

_GOODS = ("cash_machine", "grocery", "convenience", "fuel", "electronics", "fast_food", "liquor", "clothing",
          "department_store", "pharmacy", "bar", "taxi")  # fmt: skip
_FIRST_WEIGHTS = (8.0, 2.0, 1.6, 1.0, 1.2, 0.9, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2)  # assumptions; thieves learn
_MACHINE = 0
_LATE = (3, 5, 10, 11)  # goods that are sold when shops are closed
_DEBIT = 0  # slot of the card that machines take
_TAP_LIMIT = 50.0  # euros; largest payment without PIN (PSD2 RTS, article 11)
_WATCHED = "shoulder_surfing"
_PIN_ASKED, _PIN_BLOCKED = "65", "75"
_LOOKS = 200  # people at whom a thief looks to see somebody type a PIN today
_FOLLOWS_MINUTES = 120.0  # longest time for which he follows whom he has watched (assumption)


class Stage(IntEnum):
    TAKEN = 0  # the card has just changed hands
    TAPPING = 1  # contactless, no PIN asked
    GUESSING = 2  # at a machine, with a PIN that may be right
    KNOWING = 3  # with the PIN


class LostOrStolenConfig(TypologyConfig):
    """Settings of lost_or_stolen_card."""

    pin_seen_share: float = Field(
        0.4, ge=0, le=1, description="Share of cards whose PIN the thief watched before the theft (assumption)."
    )
    theft_minutes_mean: float = Field(
        25.0, gt=0, le=120,
        description="Mean minutes from the payment at which a PIN is watched to the theft, at most 120 (assumption).",
    )  # fmt: skip
    guesser_share: float = Field(
        0.25, ge=0, le=1, description="Share of the others who try a PIN at a machine (assumption)."
    )
    guess_share: float = Field(
        0.09, ge=0, le=1,
        description="Chance that what else is in the wallet tells the PIN (Bonneau et al. 2012: 1 wallet in 11).",
    )  # fmt: skip
    first_use_minutes_mean: float = Field(
        35.0, gt=0, le=1440, description="Mean minutes until the thief first pays (assumption)."
    )
    hours_dared_mean: float = Field(
        18.0, gt=0, le=72, description="Mean hours for which a thief dares to go on (assumption)."
    )
    taps_mean: float = Field(3.0, ge=1, le=20, description="Mean contactless payments wanted (assumption).")
    tap_median: float = Field(
        18.0, gt=0, le=50, description="Median contactless payment wanted, in euros (assumption)."
    )
    purchases_mean: float = Field(
        8.0, ge=1, le=50, description="Mean withdrawals and purchases wanted with the PIN (assumption)."
    )
    cash_median: float = Field(340.0, gt=0, le=5000, description="Median withdrawal wanted, in euros (assumption).")
    goods_median: float = Field(
        90.0, gt=0, le=5000, description="Median purchase wanted with the PIN, in euros (assumption)."
    )


class LostOrStolenCard(Typology):
    name: ClassVar[str] = "lost_or_stolen_card"
    number: ClassVar[int] = 3
    summary: ClassVar[str] = (
        "A stolen card is tapped near the place of the theft and, if the PIN is known, used for cash and goods soon."
    )
    codes: ClassVar[dict[str, str | None]] = {
        "fraud_classifier": "unauthorized party / impersonated authorized party",
        "eba": "lost or stolen card",
        "uk_finance": "lost and stolen card",
    }
    config: ClassVar[type[TypologyConfig]] = LostOrStolenConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.THIRD_PARTY
    observation_class: ClassVar[ObservationClass] = ObservationClass.THIRD_PARTY_REPORTED
    entry_points: ClassVar[tuple[str, ...]] = (_WATCHED, "pickpocketing", "left_behind", "burglary")
    expected_amount: ClassVar[float] = 75.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.CARDS, Service.SHOPS})
    longest_days: ClassVar[int] = 3
    usual_days: ClassVar[tuple[float, float] | None] = (0.1, 1.0)

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, LostOrStolenConfig)
        return 0.8 * config.taps_mean + 0.75 * config.pin_seen_share * config.purchases_mean

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number,
            skill=draws.next(),
            patience=1 + draws.below(4),
            devices=1,
            shift_hours=0,
            favourites=[weight * draws.between(0.4, 1.6) for weight in _FIRST_WEIGHTS],
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, LostOrStolenConfig)
        watches = draws.next() < config.pin_seen_share
        watched = watches and self._watch(campaign, config, market, draws)
        if not watched:
            self._come_across(campaign, market, draws)
        campaign.entry_point = self.entry_points[0 if watched else 1 + draws.below(3)]
        campaign.stage = Stage.TAKEN
        taps = config.taps_mean * (0.5 if watched else 1.0)
        campaign.wanted = 1 + int(exponential(max(taps - 0.5, 0.1), draws.next()))

    def _watch(self, campaign: Campaign, config: LostOrStolenConfig, market: Market, draws: Draws) -> bool:
        """Find somebody who types the PIN of a debit card, and rob him soon afterwards. False if nobody does today."""
        wanted = self._whom(0.5, draws)
        for _ in range(_LOOKS):
            victim = market.pick_customers(draws, 1, wanted)[0]
            seen = market.next_pin(victim, _DEBIT, campaign.started)
            if seen is not None:
                self._choose(campaign, victim, _DEBIT, market, draws)
                campaign.place = seen.city
                minutes = 1.0 + min(exponential(config.theft_minutes_mean, draws.next()), _FOLLOWS_MINUTES)
                campaign.next_time = seen.time + int(minutes * MINUTE_US)
                return True
        return False

    def _come_across(self, campaign: Campaign, market: Market, draws: Draws) -> None:
        """Rob anybody, or find what he left behind, at a time at which people are out."""
        victim = market.pick_customers(draws, 1, self._whom(0.15, draws))[0]
        self._choose(campaign, victim, None, market, draws)
        taken = market.local_time(victim, campaign.started, market.daytime(draws.next(), online=False))
        campaign.next_time = taken if taken >= campaign.started else taken + DAY_US
        campaign.place = market.whereabouts(victim, campaign.next_time)

    def _whom(self, frail_share: float, draws: Draws) -> Wanted:
        return Wanted.ELDERLY if draws.next() < frail_share else Wanted.ANYBODY

    def _choose(self, campaign: Campaign, victim: int, slot: int | None, market: Market, draws: Draws) -> None:
        campaign.victims, campaign.cards = [victim], [market.stolen_card(victim, draws, slot=slot)]

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, LostOrStolenConfig)
        if campaign.due_errand():  # the card is thrown away
            campaign.over()
        elif campaign.stage == Stage.TAKEN:
            self._take(campaign, config, market, door, draws)
        else:
            self._pay(campaign, crew, config, market, door, draws)

    def _take(self, campaign: Campaign, config: LostOrStolenConfig, market: Market, door: Door, draws: Draws) -> None:
        """The card changes hands, if it is in the purse; the thief dares to use it for some hours."""
        victim, now, slot = campaign.victims[0], campaign.next_time, campaign.cards[0].slot
        if not door.take_card(victim, slot, now):
            campaign.over()
            return
        campaign.cards = [market.stolen_card(victim, draws, slot=slot)]  # it may have been renewed since it was seen
        campaign.stage = Stage.TAPPING
        first = now + int((2.0 + exponential(config.first_use_minutes_mean, draws.next())) * MINUTE_US)
        if draws.next() < (0.25 if campaign.entry_point == _WATCHED else 0.7):  # machines are open at night, too
            first = shopping_hour(first, victim, campaign.place, market, draws)
        dared = 0.3 + exponential(config.hours_dared_mean, draws.next())
        campaign.send(Errand(first + int(dared * HOUR_US), 0, victim))
        campaign.go_on(first)

    def _pay(
        self, campaign: Campaign, crew: Crew, config: LostOrStolenConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        """One payment or withdrawal, and whether and how it goes on after the answer."""
        taps = campaign.stage == Stage.TAPPING
        pay = self._tap if taps else self._use_pin
        answer = pay(campaign, crew, config, market, door, draws)
        campaign.taken += answer.approved
        campaign.declines = 0 if answer.approved else campaign.declines + 1
        useless = answer.code in DEAD or answer.code == _PIN_BLOCKED or campaign.declines > crew.patience
        enough = campaign.taken >= campaign.wanted or (taps and answer.code == _PIN_ASKED)
        if useless or (enough and not (taps and self._has_pin_to_try(campaign, config, draws))):
            campaign.over()
        else:
            self._move_on(campaign, market, draws)

    def _has_pin_to_try(self, campaign: Campaign, config: LostOrStolenConfig, draws: Draws) -> bool:
        """After the taps: on to machines and goods for whoever knows the PIN or dares to guess it."""
        guesses = draws.next() < config.guesser_share
        campaign.taken = 0
        campaign.wanted = 1 + int(exponential(config.purchases_mean - 0.5, draws.next()))
        if campaign.entry_point == _WATCHED:
            campaign.stage = Stage.KNOWING
            return True
        campaign.stage = Stage.GUESSING
        return guesses

    def _tap(
        self, campaign: Campaign, crew: Crew, config: LostOrStolenConfig, market: Market, door: Door, draws: Draws
    ) -> Answer:
        """A contactless payment below the limit."""
        goods = choose_goods(crew, draws.next(), at_machines=False)
        if not are_open(campaign.next_time, campaign.victims[0], campaign.place, market):
            goods = _LATE[draws.below(len(_LATE))]
        wanted = log_normal(config.tap_median, 0.6, draws.next()) * crew.nerve * less_after(campaign.declines)
        amount = disguised(wanted, campaign.cards[0], campaign, draws)
        if amount > 0.96 * _TAP_LIMIT:
            amount = _TAP_LIMIT * draws.between(0.4, 0.96) * less_after(campaign.declines)
        return self._at_till(goods, amount, EntryMode.CONTACTLESS, False, campaign, crew, market, door, draws)

    def _use_pin(
        self, campaign: Campaign, crew: Crew, config: LostOrStolenConfig, market: Market, door: Door, draws: Draws
    ) -> Answer:
        """Cash, or goods worth more than a tap; a machine for whoever guesses, and mostly when shops are closed."""
        card = campaign.cards[0]
        if campaign.stage == Stage.GUESSING and draws.next() < config.guess_share:
            campaign.stage = Stage.KNOWING
        knows = campaign.stage == Stage.KNOWING
        at_machines = card.slot == _DEBIT
        goods = choose_goods(crew, draws.next(), at_machines=at_machines)
        if not are_open(campaign.next_time, card.customer, campaign.place, market):
            goods = _MACHINE if at_machines and draws.next() < 0.6 else _LATE[draws.below(len(_LATE))]
        if at_machines and not knows:
            goods = _MACHINE
        smaller = crew.nerve * less_after(campaign.declines)
        if goods == _MACHINE:
            median = config.cash_median * (1.0 - 0.3 * campaign.camouflage)
            amount = min(log_normal(median, 0.6, draws.next()) * smaller, MACHINE_GIVES)
        else:
            amount = disguised(log_normal(config.goods_median, 0.9, draws.next()) * smaller, card, campaign, draws)
        taps = goods != _MACHINE and amount < 0.9 * _TAP_LIMIT and draws.next() < 0.6
        entry = EntryMode.CONTACTLESS if taps else EntryMode.CHIP
        return self._at_till(goods, amount, entry, knows, campaign, crew, market, door, draws)

    def _at_till(
        self, goods: int, amount: float, entry: EntryMode, knows_pin: bool, campaign: Campaign, crew: Crew,
        market: Market, door: Door, draws: Draws,
    ) -> Answer:  # fmt: skip
        """Near where the card was taken; in disguise now and then where its holder often goes."""
        card = campaign.cards[0]
        shop = market.shop_in(draws, _GOODS[goods], campaign.place)
        if goods != _MACHINE and draws.next() < 0.35 * campaign.camouflage:
            favourite = market.favourite_shop(card.customer, draws)
            shop = favourite if favourite.city == campaign.place else shop
        answer = door.pay_in_person(card, campaign.next_time, shop, amount, entry=entry, knows_pin=knows_pin)
        crew.learn(goods, approved=answer.approved)
        return answer

    def _move_on(self, campaign: Campaign, market: Market, draws: Draws) -> None:
        """To the next shop nearby, mostly at once; when shops close, some go on where it is still open."""
        hurried = draws.next() < 0.85
        pause = int(draws.between(3, 30) * MINUTE_US if hurried else draws.between(0.7, 5) * HOUR_US)
        time = campaign.next_time + pause
        if draws.next() < 0.5:
            time = shopping_hour(time, campaign.victims[0], campaign.place, market, draws)
        campaign.go_on(time)
