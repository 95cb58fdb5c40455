"""Cards copied at a terminal with a skimmer on it, sold, and used weeks later with a copied stripe somewhere else.

Only a few of the cards that pass the skimmer are ever used. What they have in common is one terminal within a few
weeks. A copy has no chip. Where the home country still pays stripes without it, copies stay there: a terminal falls
back to the stripe and asks for the PIN, which a camera has seen, or not. From elsewhere, as from all of Europe, they
leave for countries that do, where some are paid for a signature; at home only a few tills fall back. A stripe holds
number and expiry date, but no CVV: web shops that ask for none are good for some uses of any copy, and all that is left
at home without the PIN.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from pydantic import Field, model_validator

from fintxsim.institution import Service
from fintxsim.streams import Draws
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US, MINUTE_US, Campaign, Crew, Errand, drawn
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Answer, Door
from fintxsim.typologies.market import Market, Shop, StolenCard
from fintxsim.typologies.sizes import exponential, log_normal
from fintxsim.typologies.stolen_cards import (
    DEAD,
    WEB_GOODS,
    are_open,
    choose_goods,
    disguised,
    less_after,
    ordered,
    shopping_hour,
    web_tastes,
)
from fintxsim.vocabulary import EntryMode, FraudParty, ObservationClass

# Where skimmers are put (FICO: 35 % of US compromises of 2023 were at banks' machines, most others elsewhere).
_SKIMMED = ("cash_machine", "fuel", "grocery")
_GOODS = ("cash_machine", "electronics", "grocery", "clothing", "department_store", "fuel", "liquor")
_FIRST_WEIGHTS = (3.4, 1.0, 0.9, 0.8, 0.6, 0.6, 0.3)  # assumptions; cashers learn
_MACHINE = 0
_LONGEST_SALE_DAYS = 30.0  # older copies are worthless: cards have been replaced
_CARDS_READ = 60.0  # of this bank at a terminal, on average (a first guess)
_COMES_BACK = 0.8  # share of uses at a shop that has paid before, where there is one (assumption)
_SHOPS_KEPT = 8  # shops that cashers remember
_DEBIT = 0  # slot of the card that machines take


class Stage(IntEnum):
    COLLECTING = 0  # the skimmer is on the terminal
    CASHING = 1  # copies are in use
    FOR_SALE = 2  # the skimmer is off, and what it read has been copied
    SOLD = 3  # or soon will be: the batch waits for its buyers


class SkimmingConfig(TypologyConfig):
    """Settings of skimming."""

    window_days_min: float = Field(
        11.0, gt=0, le=36, description="Fewest days for which a skimmer reads cards (FICO, average of 2016: 11)."
    )
    window_days_max: float = Field(
        36.0, gt=0, le=60, description="Most days for which a skimmer reads cards (FICO, average of 2014: 36)."
    )
    sale_days_mean: float = Field(
        9.0, gt=0, le=60, description="Mean days from the last reading to the first use (assumption)."
    )
    used_share: float = Field(
        0.035, ge=0, le=1,
        description="Share of the cards read that are ever used (2-5 % of breached cards show fraud; an event of 2023 "
        "had nearly 200 cards of all banks, FICO).",
    )  # fmt: skip
    pin_share: float = Field(0.7, ge=0, le=1, description="Share of copies whose PIN was seen too (assumption).")
    home_share: float = Field(
        0.08, ge=0, le=1,
        description="Share of batches that are used at home although the home country asks for chips (assumption).",
    )  # fmt: skip
    web_share: float = Field(
        0.2, ge=0, le=1,
        description="Share of uses that are orders at web shops for which number and expiry date are enough, although "
        "the copy could be used in person (assumption).",
    )  # fmt: skip
    uses_per_card_mean: float = Field(2.6, ge=1, le=20, description="Mean uses wanted of a copy (assumption).")
    cash_median: float = Field(170.0, gt=0, le=5000, description="Median withdrawal wanted, in euros (assumption).")
    goods_median: float = Field(55.0, gt=0, le=5000, description="Median purchase wanted, in euros (assumption).")

    @model_validator(mode="after")
    def _in_order(self) -> SkimmingConfig:
        if self.window_days_min > self.window_days_max:
            raise ValueError(
                f"window_days_min is {self.window_days_min:g}; it must not be above window_days_max, "
                f"{self.window_days_max:g}"
            )
        return self


class Skimming(Typology):
    name: ClassVar[str] = "skimming"
    number: ClassVar[int] = 4
    summary: ClassVar[str] = (
        "A skimmer copies the cards read at a busy terminal for weeks; a few are used later by stripe, elsewhere."
    )
    codes: ClassVar[dict[str, str | None]] = {
        "fraud_classifier": "unauthorized party / physical forgery or counterfeit",
        "eba": "counterfeit card",
        "uk_finance": "counterfeit card",
    }
    config: ClassVar[type[TypologyConfig]] = SkimmingConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.THIRD_PARTY
    observation_class: ClassVar[ObservationClass] = ObservationClass.THIRD_PARTY_REPORTED
    entry_points: ClassVar[tuple[str, ...]] = ("cash_machine", "fuel_pump", "shop_till")
    expected_amount: ClassVar[float] = 95.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.CARDS, Service.SHOPS})
    longest_days: ClassVar[int] = 72
    ready_days: ClassVar[int] = 50
    usual_days: ClassVar[tuple[float, float] | None] = (0.0, 4.0)

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, SkimmingConfig)
        return 0.9 * max(_CARDS_READ * config.used_share, 1.0) * config.uses_per_card_mean

    def size(self, campaign: Campaign, config: TypologyConfig) -> float:
        assert isinstance(config, SkimmingConfig)
        return len(campaign.cards) / max(_CARDS_READ * config.used_share, 1.0)

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number,
            skill=draws.next(),
            patience=1 + draws.below(3),
            devices=1 + draws.below(3),
            shift_hours=0 if draws.next() < 0.6 else 1 + draws.below(5),  # some go out late
            favourites=[weight * draws.between(0.4, 1.6) for weight in _FIRST_WEIGHTS],
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, SkimmingConfig)
        u = draws.next()
        where = 0 if u < 0.5 else 1 if u < 0.8 else 2
        campaign.entry_point = self.entry_points[where]
        terminal = market.busy_terminal(draws, _SKIMMED[where])
        market.watch(terminal)
        campaign.shops, campaign.place = [terminal], terminal.city
        campaign.stage = Stage.COLLECTING
        campaign.wanted = 1
        campaign.tool = draws.below(crew.devices)
        window = draws.between(config.window_days_min, config.window_days_max)
        campaign.next_time = campaign.started + int(window * DAY_US)

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, SkimmingConfig)
        if campaign.stage == Stage.COLLECTING:
            self._take_off_skimmer(campaign, config, market, draws)
            return
        if campaign.stage == Stage.FOR_SALE:
            campaign.stage = Stage.SOLD
            campaign.wait()
            return
        if campaign.stage == Stage.SOLD:
            self._hand_out(campaign, crew, config, market, draws)
        else:
            errand = campaign.due_errand()
            assert errand is not None
            self._cash_in(errand, campaign, crew, config, market, door, draws)
        campaign.go_on()

    def _take_off_skimmer(self, campaign: Campaign, config: SkimmingConfig, market: Market, draws: Draws) -> None:
        """Offer what was read. The buyers will use a few of the cards in one city."""
        campaign.stage = Stage.FOR_SALE
        abroad = draws.next() >= config.home_share and not market.pays_stripes
        chosen = self._choose_cards(campaign, config, market, draws)
        if not chosen:
            campaign.over()
            return
        campaign.place, campaign.note = market.another_city(draws, campaign.place, abroad=abroad), float(abroad)
        campaign.victims, campaign.cards = [card.customer for card in chosen], chosen
        campaign.next_time += int(min(exponential(config.sale_days_mean, draws.next()), _LONGEST_SALE_DAYS) * DAY_US)

    def _hand_out(self, campaign: Campaign, crew: Crew, config: SkimmingConfig, market: Market, draws: Draws) -> None:
        """The batch has found its buyers, who use the cards within a few days of one another."""
        campaign.stage = Stage.CASHING
        for card in campaign.cards:
            wanted = 1 + min(int(exponential(config.uses_per_card_mean - 0.5, draws.next())), 30)
            day = campaign.next_time + int(exponential(0.7, draws.next()) * DAY_US)
            time = self._hour(day, card, campaign.place, crew, config, market, draws)
            campaign.send(Errand(time, Stage.CASHING, card.customer, note=float(wanted)))  # hop: declines in a row

    def _choose_cards(
        self, campaign: Campaign, config: SkimmingConfig, market: Market, draws: Draws
    ) -> list[StolenCard]:
        """The few cards that somebody will use; one at least, or the bank would not be part of the story."""
        seen = market.cards_seen(campaign.shops[0], campaign.started)
        slots: dict[int, int] = {}
        for customer, slot, _ in seen:
            if draws.next() < config.used_share:
                slots.setdefault(customer, slot)
        if seen and not slots:
            customer, slot, _ = seen[draws.below(len(seen))]
            slots[customer] = slot
        return [market.stolen_card(customer, draws, slot=slot) for customer, slot in slots.items()]

    def _cash_in(
        self, errand: Errand, campaign: Campaign, crew: Crew, config: SkimmingConfig, market: Market, door: Door,
        draws: Draws,
    ) -> None:  # fmt: skip
        """One use of a copy, and what it is good for after the answer."""
        card = campaign.cards[campaign.victims.index(errand.customer)]
        answer = self._use(card, errand.hop, campaign, crew, config, market, door, draws)
        if answer.approved and errand.note <= 1.0:
            return
        if not answer.approved and (answer.code in DEAD or errand.hop >= crew.patience):
            return
        time = campaign.next_time + int(draws.between(2, 50) * MINUTE_US)
        if draws.next() < 0.4:  # another day, when what may be drawn in a day begins anew
            time = self._hour(campaign.next_time + 9 * HOUR_US, card, campaign.place, crew, config, market, draws)
        elif not self._fits_machines(card, config):
            time = shopping_hour(time, card.customer, campaign.place, market, draws)
        left, declines = (errand.note - 1.0, 0) if answer.approved else (errand.note, errand.hop + 1)
        campaign.send(errand._replace(time=time, note=left, hop=declines))

    def _use(
        self, card: StolenCard, declines: int, campaign: Campaign, crew: Crew, config: SkimmingConfig, market: Market,
        door: Door, draws: Draws,
    ) -> Answer:  # fmt: skip
        """Cash if the PIN is known and machines pay stripes, else goods that can be sold."""
        is_abroad = campaign.note > 0.0
        at_machines = self._fits_machines(card, config) and (market.pays_stripes or is_abroad)
        goods = choose_goods(crew, draws.next(), at_machines=at_machines)
        if at_machines and not are_open(campaign.next_time, card.customer, campaign.place, market):
            goods = _MACHINE
        median, sigma = (config.cash_median, 0.6) if goods == _MACHINE else (config.goods_median, 0.9)
        wanted = log_normal(median, sigma, draws.next()) * crew.nerve * less_after(declines)
        amount = disguised(wanted, card, campaign, draws)
        shop = self._where(_GOODS[goods], campaign, market, draws)
        knows_pin = card.quality < config.pin_share
        if (knows_pin or is_abroad) and draws.next() >= config.web_share:
            entry = EntryMode.MAGSTRIPE if is_abroad else EntryMode.FALLBACK
            answer = door.pay_in_person(card, campaign.next_time, shop, amount, entry=entry, knows_pin=knows_pin)
            crew.learn(goods, approved=answer.approved)
            if answer.approved and shop not in campaign.shops:
                campaign.shops = [campaign.shops[0], shop, *campaign.shops[1:_SHOPS_KEPT]]
        else:
            answer = self._order(card, declines, campaign, crew, config, market, door, draws)
            crew.learn(len(_GOODS), approved=answer.approved)  # of nerve alone: goods in town are another matter
        if not answer.approved and not is_abroad and draws.next() < 0.3:
            campaign.place = market.another_city(draws, campaign.place, abroad=False)
        return answer

    def _where(self, category: str, campaign: Campaign, market: Market, draws: Draws) -> Shop:
        """Mostly where a copy was paid before: cashers come back to machines and shops that do not look closely."""
        fitting = [shop for shop in campaign.shops[1:] if (shop.category, shop.city) == (category, campaign.place)]
        if fitting and draws.next() < _COMES_BACK:
            return fitting[0]
        return market.shop_in(draws, category, campaign.place)

    def _order(
        self, card: StolenCard, declines: int, campaign: Campaign, crew: Crew, config: SkimmingConfig, market: Market,
        door: Door, draws: Draws,
    ) -> Answer:  # fmt: skip
        """Something from a web shop that asks for no CVV."""
        category = WEB_GOODS[drawn(web_tastes(draws), draws.next())]
        wanted = log_normal(config.goods_median, 0.9, draws.next()) * crew.nerve * less_after(declines)
        shop = market.web_shop(draws, category, asks_cvv=False)
        amount = ordered(wanted, shop, card, campaign, draws)
        return door.pay_online(card, campaign.next_time, shop, amount, has_cvv=False, pass_challenge=0.04)

    def _fits_machines(self, card: StolenCard, config: SkimmingConfig) -> bool:
        return card.slot == _DEBIT and card.quality < config.pin_share

    def _hour(
        self, after: int, card: StolenCard, city: int, crew: Crew, config: SkimmingConfig, market: Market, draws: Draws
    ) -> int:
        """The next time that cashers go out: when other people do, and some later, when shops are closed."""
        hour = (market.daytime(draws.next(), online=False) + crew.shift_hours) % 24
        time = market.local_time(card.customer, after, hour, city=city)
        time = time if time >= after else time + DAY_US
        if self._fits_machines(card, config):
            return time
        return shopping_hour(time, card.customer, city, market, draws)
