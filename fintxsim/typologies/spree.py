"""Credit that will never be paid back: cultivated, used up within days, and freed once more by a payment that bounces.

Bust-outs and made-up identities have this in common. Every holder goes through the same steps, each an errand of the
campaign: ``amount`` is what the holder reckons can still be spent, ``note`` what it was when the round began and
``hop`` the number of declines in a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from pydantic import Field

from fintxsim.streams import Draws
from fintxsim.typologies.agenda import is_awake, next_daytime, next_hour, shops_are_open
from fintxsim.typologies.campaign import DAY_US, HOUR_US, MINUTE_US, Campaign, Crew, Errand
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import BYSTANDER, Answer, Door, Hand
from fintxsim.typologies.market import Market, Shop, StolenCard
from fintxsim.typologies.sizes import between_in_log, log_normal
from fintxsim.typologies.stolen_cards import BLOCKED
from fintxsim.typologies.tickets import cash_sum, is_sold_in_town, named_sum, pay_at_till, usual_ticket
from fintxsim.vocabulary import Rail

# What is bought: goods that find a buyer. The first weights are assumptions; crews learn.
GOODS = ("electronics", "gift_cards", "marketplace", "clothing", "shoes", "department_store", "sports", "travel_agency",
         "airline", "liquor", "home_improvement")  # fmt: skip
FIRST_WEIGHTS = (1.9, 0.7, 2.0, 1.2, 0.7, 1.0, 0.5, 0.3, 0.3, 0.4, 0.6)
_CASH, _ORDINARY = len(GOODS), len(GOODS) + 1  # targets that crews have no taste for: they need both
_LEAST_BUDGET = 100.0  # euros that are worth the trouble
_PLENTY = 20_000.0  # euros of credit beyond which a bank wants to see papers (assumption)
_USUAL_BUDGET = 2500.0  # euros left at which purchases are of the configured size; they grow with it
_ENOUGH_TODAY = "61"  # the answer when the day's limit is used up
_TRIES_SMALLER = 0.25  # share of holders who try once more on the same day (assumption)
_BATCH_HOURS = 0.3, 5.8  # of the night in which banks settle with each other
_NOTHING_LEFT = 0.04  # share of the limit that nobody bothers to spend


class Step(IntEnum):
    ASK = 0  # for a higher limit
    SPEND = 1
    PAY_IN = 2  # money that is not there
    SPEND_AGAIN = 3
    BOUNCE = 4
    READY = 5  # everything has been asked for


class SpreeConfig(TypologyConfig):
    """Settings that bust_out and synthetic_identity share."""

    limit_raises_max: int = Field(
        3, ge=0, le=12, description="Most limit increases that a holder asks for before the spree (assumption)."
    )
    raise_factor_max: float = Field(
        1.6, ge=1.1, le=5, description="Largest factor by which one increase raises the limit (assumption)."
    )
    amount_median: float = Field(
        140.0,
        gt=0,
        le=10_000,
        description="Median amount wanted per purchase when 2,500 can be spent, in euros (assumption).",
    )
    amount_sigma: float = Field(
        0.85, ge=0, le=3, description="Standard deviation of ln(amount) of the spree (assumption)."
    )
    cash_share: float = Field(
        0.22, ge=0, le=1,
        description="Share of the spree's requests that are cash advances and quasi-cash (assumption).",
    )  # fmt: skip
    bounced_share: float = Field(
        0.55, ge=0, le=1,
        description="Share of holders who free the limit once more by a payment that bounces (assumption; "
        "Experian calls such payments typical).",
    )  # fmt: skip


def cultivate(campaign: Campaign, ready: int, config: SpreeConfig, market: Market, draws: Draws) -> None:
    """Put the holders' requests for more credit, spread over the time until they are ready, on the agenda."""
    for customer in campaign.victims:
        count = draws.below(config.limit_raises_max + 1)
        spread = max(ready - campaign.started - DAY_US, 0) / max(count, 1)
        for number in range(count):
            moment = campaign.started + int((number + draws.next()) * spread)
            campaign.send(Errand(next_daytime(market, customer, moment, draws.next()), Step.ASK, customer))
    last = max((errand.time for errand in campaign.errands), default=campaign.started)
    campaign.send(Errand(max(ready, last + MINUTE_US), Step.READY, campaign.victims[0]))
    campaign.next_time = campaign.errands[0].time


def strike(campaign: Campaign, within_days: float, market: Market, draws: Draws) -> None:
    """Their turn has come: all holders begin to spend within so many days."""
    for customer in campaign.victims:
        moment = campaign.next_time + int(within_days * draws.next() * DAY_US)
        campaign.send(Errand(next_daytime(market, customer, moment, draws.next()), Step.SPEND, customer))


def act_or_wait(
    campaign: Campaign, crew: Crew, config: SpreeConfig, market: Market, door: Door, draws: Draws, *,
    within_days: float,
) -> None:  # fmt: skip
    """One act of such a campaign: the next errand, or the strike when it has been called."""
    errand = campaign.due_errand()
    if errand is None:
        strike(campaign, within_days, market, draws)
    elif errand.what == Step.READY:
        campaign.wait()
        return
    else:
        Spree(campaign, crew, config, market, door, draws).do(errand)
    campaign.go_on()


@dataclass(frozen=True, slots=True)
class Spree:
    """One act of a holder who will not pay back."""

    campaign: Campaign
    crew: Crew
    config: SpreeConfig
    market: Market
    door: Door
    draws: Draws

    @property
    def now(self) -> int:
        return self.campaign.next_time

    @property
    def _payer(self) -> int:
        """The account elsewhere from which this campaign pays."""
        return self.campaign.number % 1000

    def do(self, errand: Errand) -> None:
        if errand.what == Step.ASK:
            self._ask_for_more(errand.customer)
        elif errand.what == Step.PAY_IN:
            self._pay_in(errand)
        elif errand.what == Step.BOUNCE:
            self.door.bounce(
                errand.customer, self.now, self._payer, errand.amount, original=int(errand.note),
                rail=Rail.ACCOUNT_TO_ACCOUNT, credit=True, part=BYSTANDER,
            )  # fmt: skip
        else:
            self._spend(errand)

    def _ask_for_more(self, customer: int) -> None:
        """Who has used up everything would not get it, and who has plenty would be asked why."""
        if _LEAST_BUDGET < self.door.credit_left(customer) < _PLENTY:
            self.door.raise_limit(customer, self.now, self.draws.between(1.1, self.config.raise_factor_max))

    def _spend(self, errand: Errand) -> None:
        """Buy one thing or draw cash; the first time, look what there is."""
        customer, left, budget = errand.customer, errand.amount, errand.note
        if budget == 0.0:
            self.door.stop_repaying(customer)
            left = budget = self.door.credit_left(customer) * self.draws.between(0.95, 1.08)
            if budget < _LEAST_BUDGET:
                return
        answer = self._use_card(customer, budget, left, errand.hop)
        declines = 0 if answer.approved else errand.hop + 1
        if answer.approved:
            self.campaign.taken += 1
            left -= answer.amount
        elif answer.code == "51":
            left = min(left, self.door.credit_left(customer))
        if answer.code in BLOCKED:
            return
        if left > _NOTHING_LEFT * budget and declines <= self.crew.patience:
            time = self._tomorrow(customer) if answer.code == _ENOUGH_TODAY else self._next_moment(customer)
            self.campaign.send(Errand(time, errand.what, customer, left, declines, budget))
        elif errand.what == Step.SPEND and self.draws.next() < self.config.bounced_share:
            self._plan_payment(customer, budget - left)

    def _use_card(self, customer: int, budget: float, left: float, declines: int) -> Answer:
        """Cash, goods, or something ordinary in between, so that it does not stand out."""
        card = self.market.own_card(customer, credit=True)
        hides = self.campaign.camouflage
        plenty = min(max(budget / _USUAL_BUDGET, 0.6), 6.0) - 1.0
        size = (1.0 + plenty * (1.0 - 0.2 * hides)) * self.crew.nerve * 0.6**declines
        u = self.draws.next() - self.config.cash_share * (1.0 - 0.4 * hides)
        if u < 0.0:
            target, answer = _CASH, self._draw_cash(card, min(self._sum(card) * 1.3 * size, left))
        elif u < 0.35 * hides and shops_are_open(self.market, customer, self.now):
            target, answer = _ORDINARY, self._buy_as_usual(card, left)
        else:
            target = self.crew.choose(self.draws.next())
            answer = self._buy(card, GOODS[target], min(self._sum(card) * size, left))
        self.crew.learn(target, approved=answer.approved)
        return answer

    def _sum(self, card: StolenCard) -> float:
        wanted = log_normal(self.config.amount_median, self.config.amount_sigma, self.draws.next())
        usual = card.usual * log_normal(1.0, 0.6, self.draws.next())
        return between_in_log(wanted, usual, 0.5 * self.campaign.camouflage)

    def _draw_cash(self, card: StolenCard, wanted: float) -> Answer:
        """A cash advance at a machine, or what is as good as cash from a web shop."""
        draws = self.draws
        if draws.next() < 0.25:
            return self._order(card, self.market.web_shop(draws, "quasi_cash"), wanted)
        city = self.market.whereabouts(card.customer, self.now)
        machine = self.market.shop_in(draws, "cash_machine", city)
        return pay_at_till(self.door, card, self.now, machine, cash_sum(wanted, draws.next()), draws.next())

    def _buy_as_usual(self, card: StolenCard, left: float) -> Answer:
        shop = self.market.favourite_shop(card.customer, self.draws)
        amount = min(usual_ticket(shop.category, card.usual, self.draws.next()), left)
        if shop.city < 0:
            return self._order(card, shop, amount)
        return pay_at_till(self.door, card, self.now, shop, amount, self.draws.next())

    def _buy(self, card: StolenCard, category: str, amount: float) -> Answer:
        """Goods: from a shop in town while it is open, otherwise from the web."""
        draws = self.draws
        open_now = shops_are_open(self.market, card.customer, self.now)
        if not (open_now and is_sold_in_town(category)) or draws.next() < 0.45:
            return self._order(card, self.market.web_shop(draws, category), amount)
        shop = self.market.shop_in(draws, category, self.market.whereabouts(card.customer, self.now))
        return pay_at_till(self.door, card, self.now, shop, amount, draws.next())

    def _order(self, card: StolenCard, shop: Shop, amount: float) -> Answer:
        return self.door.pay_online(card, self.now, shop, amount, has_cvv=True, by=Hand.HOLDER)

    def _next_moment(self, customer: int) -> int:
        """Soon, or at some other hour of the same or the next day; who hides takes more time."""
        draws = self.draws
        soon = self.now + int(draws.between(4, 70) * MINUTE_US)
        if draws.next() < 0.93 - 0.22 * self.campaign.camouflage and is_awake(self.market, customer, soon):
            return soon
        return next_daytime(self.market, customer, self.now + HOUR_US, draws.next(), online=draws.next() < 0.5)

    def _tomorrow(self, customer: int) -> int:
        """Most who have used up what can be spent in a day wait for the next; the others try a smaller sum."""
        if self.draws.next() < _TRIES_SMALLER:
            return self._next_moment(customer)
        morning = next_hour(self.market, customer, self.now, 0.0)
        return next_daytime(self.market, customer, morning, self.draws.next(), online=self.draws.next() < 0.5)

    def _plan_payment(self, customer: int, spent: float) -> None:
        if spent < _LEAST_BUDGET:
            return
        moment = self.now + int(self.draws.between(0.2, 2.5) * DAY_US)
        amount = named_sum(spent * self.draws.between(0.5, 1.05), self.draws.next())
        when = next_daytime(self.market, customer, moment, self.draws.next())
        self.campaign.send(Errand(when, Step.PAY_IN, customer, amount))

    def _pay_in(self, errand: Errand) -> None:
        """Money from an account elsewhere that has none; the limit is free at once, and what is spent is gone."""
        draws, customer = self.draws, errand.customer
        received = self.door.receive(
            customer, self.now, self._payer, errand.amount, rail=Rail.ACCOUNT_TO_ACCOUNT, credit=True, part=BYSTANDER
        )
        moment = self.now + int(draws.between(1.5, 4.5) * DAY_US)
        returned = next_hour(self.market, customer, moment, draws.between(*_BATCH_HOURS))
        again = next_daytime(self.market, customer, self.now + int(draws.between(0.5, 18) * HOUR_US), draws.next())
        self.campaign.send(Errand(returned, Step.BOUNCE, customer, errand.amount, note=float(received.time)))
        self.campaign.send(Errand(again, Step.SPEND_AGAIN, customer))
