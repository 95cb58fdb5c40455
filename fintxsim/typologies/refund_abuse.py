"""Refunds that nobody is owed: of goods kept or used, of nothing at all, to another card, or by a clerk's own hand.

Where the card that paid is not there, because nothing was paid or somebody else pockets the money, shops also pay to an
account.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from pydantic import Field, field_validator

from fintxsim.institution import Service
from fintxsim.streams import Draws
from fintxsim.typologies.agenda import SHOPS_CLOSE, SHOPS_OPEN, next_daytime, next_hour
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, Campaign, Crew, Errand
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import BYSTANDER, Answer, Door, Hand
from fintxsim.typologies.kinds import check_shares, draw_kind
from fintxsim.typologies.market import Market, Shop, StolenCard, Wanted
from fintxsim.typologies.sizes import between_in_log, exponential, log_normal
from fintxsim.typologies.tickets import is_sold_in_town, pay_at_till, shelf_price, usual_ticket
from fintxsim.vocabulary import FraudParty, ObservationClass, Rail, Role

# Where goods are taken back without many questions. The first weights are assumptions; customers learn.
GOODS = ("clothing", "marketplace", "electronics", "shoes", "department_store", "home_improvement", "sports",
         "furniture", "books")  # fmt: skip
_FIRST_WEIGHTS = (2.4, 2.2, 0.7, 0.7, 1.0, 0.5, 0.35, 0.15, 0.1)
_CLERKS_WORK_AT = ("clothing", "clothing", "department_store", "electronics", "home_improvement", "discount_store")
_CLERKS_HURRY = 3.0  # times as often as a customer, who has to come to the shop
_LONGEST_WAIT_DAYS = 88.0  # the most generous return windows
_ACCOUNTS_OF_SHOPS = 8192  # as many, from this number on, pay
_SLOW = 1.5  # times as long as on average: few take longer
_MOST_DAYS = 75  # after which nothing more is bought or claimed


class Step(IntEnum):
    BUY = 0
    RETURN = 1  # what was bought: ``hop`` is its place in ``campaign.shops``, ``note`` the time of the purchase
    CLAIM = 2  # money for nothing


class Card(IntEnum):
    """Which of his cards the customer pays with; a campaign's ``stage``."""

    DEBIT = 0
    CREDIT = 1


class RefundAbuseConfig(TypologyConfig):
    """Settings of refund_abuse."""

    kinds: dict[str, float] = Field(
        default_factory=lambda: {"kept_goods": 0.55, "no_purchase": 0.2, "other_card": 0.1, "clerk": 0.15},
        description="Shares of the kinds kept_goods, no_purchase, other_card and clerk; they add up to 1 (assumption; "
        "over 60 % of retailers see used goods returned, 89 % see employees involved, NRF 2011).",
    )  # fmt: skip
    refunds_mean: float = Field(
        4.0, ge=1, le=50, description="Mean refunds that a customer gets in a spell (assumption)."
    )
    clerk_refunds_mean: float = Field(
        14.0, ge=1, le=200, description="Mean refunds that a clerk makes out to accomplices (assumption)."
    )
    accomplices_max: int = Field(
        5, ge=1, le=50, description="Most customers to whose cards a clerk sends money (assumption)."
    )
    gap_days_mean: float = Field(
        9.0, gt=0, le=60, description="Mean days between two purchases, or two refunds without one (assumption)."
    )
    keep_days_mean: float = Field(
        16.0, gt=0, le=60, description="Mean days for which goods are kept or used before the refund (assumption)."
    )
    amount_median: float = Field(
        75.0, gt=0, le=10_000, description="Median refund wanted when nothing is disguised, in euros (assumption)."
    )
    to_account_share: float = Field(
        0.5, ge=0, le=1,
        description="Share of refunds not tied to a card that paid which shops send to an account (assumption).",
    )  # fmt: skip
    partial_share: float = Field(
        0.15, ge=0, le=1, description="Share of refunds of a purchase that are for a part of it (assumption)."
    )

    @field_validator("kinds")
    @classmethod
    def _add_up(cls, kinds: dict[str, float]) -> dict[str, float]:
        check_shares(kinds, RefundAbuse.kinds)
        return kinds


class RefundAbuse(Typology):
    name: ClassVar[str] = "refund_abuse"
    number: ClassVar[int] = 12
    summary: ClassVar[str] = "Customers, or a clerk for them, get refunds of goods kept or used, or of nothing at all."
    codes: ClassVar[dict[str, str | None]] = {"fraud_classifier": None, "eba": None, "uk_finance": None}
    kinds: ClassVar[tuple[str, ...]] = ("kept_goods", "no_purchase", "other_card", "clerk")
    config: ClassVar[type[TypologyConfig]] = RefundAbuseConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.FIRST_PARTY
    kind_parties: ClassVar[dict[str, FraudParty]] = {"clerk": FraudParty.MERCHANT}
    observation_class: ClassVar[ObservationClass] = ObservationClass.MERCHANT_ONLY
    role: ClassVar[Role] = Role.PERPETRATOR
    authorised_party: ClassVar[bool] = True
    entry_points: ClassVar[tuple[str, ...]] = ("return_desk", "return_parcel", "employee")
    expected_amount: ClassVar[float] = 60.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.CARDS, Service.SHOPS})
    longest_days: ClassVar[int] = 110
    usual_days: ClassVar[tuple[float, float] | None] = (2.0, 70.0)

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, RefundAbuseConfig)
        clerks = config.kinds.get("clerk", 0.0)
        return (1.0 - clerks) * config.refunds_mean + clerks * config.clerk_refunds_mean

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
        assert isinstance(config, RefundAbuseConfig)
        campaign.kind = draw_kind(config.kinds, self.kinds, draws.next())
        mean = config.clerk_refunds_mean if campaign.kind == "clerk" else config.refunds_mean
        campaign.wanted = 1 + min(int(exponential(mean - 0.5, draws.next())), 400)
        if market.is_forgotten(campaign.started + int(usual_life_days(campaign, config) * DAY_US)):
            campaign.over()
            return
        if campaign.kind == "clerk":
            campaign.entry_point = "employee"
            campaign.victims = market.pick_customers(draws, 1 + draws.below(config.accomplices_max), Wanted.ANYBODY)
            campaign.shops.append(market.busy_terminal(draws, _CLERKS_WORK_AT[draws.below(len(_CLERKS_WORK_AT))]))
        else:
            campaign.entry_point = self.entry_points[draws.below(2)]
            count = 2 if campaign.kind == "other_card" else 1
            campaign.victims = market.pick_customers(draws, count, Wanted.ANYBODY)
            campaign.stage = Card.CREDIT if draws.next() < 0.5 else Card.DEBIT
        schedule(campaign, draws.between(0, 4), market, draws)
        campaign.next_time = campaign.errands[0].time

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, RefundAbuseConfig)
        errand = campaign.due_errand()
        if errand is not None:
            _Visit(campaign, crew, config, market, door, draws).do(errand)
        campaign.go_on()


def _gap_days_mean(campaign: Campaign, config: RefundAbuseConfig) -> float:
    return config.gap_days_mean / (_CLERKS_HURRY if campaign.kind == "clerk" else 1.0)


def usual_life_days(campaign: Campaign, config: RefundAbuseConfig) -> float:
    """Days within which most campaigns with so many refunds are over."""
    asking = min(_SLOW * campaign.wanted * _gap_days_mean(campaign, config), _MOST_DAYS)
    return asking + (_SLOW * config.keep_days_mean if _buys(campaign) else 0.0)


def _buys(campaign: Campaign) -> bool:
    """Whether refunds are of goods that were bought."""
    return campaign.kind in ("kept_goods", "other_card")


def schedule(campaign: Campaign, gap_days: float, market: Market, draws: Draws) -> None:
    """Put the next purchase, or the next claim without one, on the agenda, for one of the campaign's customers."""
    buys = _buys(campaign)
    customer = campaign.victims[0 if buys else draws.below(len(campaign.victims))]
    after = campaign.next_time + int(gap_days * DAY_US)
    if after > campaign.started + _MOST_DAYS * DAY_US:
        return
    if buys:
        online = campaign.entry_point == "return_parcel"
        campaign.send(Errand(next_daytime(market, customer, after, draws.next(), online=online), Step.BUY, customer))
    else:
        campaign.send(Errand(at_the_counter(market, customer, after, draws), Step.CLAIM, customer))


def at_the_counter(market: Market, customer: int, after: int, draws: Draws) -> int:
    """First moment after ``after`` at some hour at which shops give money back."""
    return next_hour(market, customer, after, draws.between(SHOPS_OPEN, SHOPS_CLOSE))


@dataclass(frozen=True, slots=True)
class _Visit:
    """One act of a campaign: something is bought, or money asked back."""

    campaign: Campaign
    crew: Crew
    config: RefundAbuseConfig
    market: Market
    door: Door
    draws: Draws

    def do(self, errand: Errand) -> None:
        campaign = self.campaign
        if errand.what == Step.RETURN:
            self._return_goods(errand)
            return
        if errand.what == Step.BUY:
            self._buy(errand.customer)
        else:
            self._claim(errand.customer)
        if campaign.taken < campaign.wanted and campaign.declines <= self.crew.patience:
            gap_days = exponential(_gap_days_mean(campaign, self.config), self.draws.next())
            schedule(campaign, gap_days, self.market, self.draws)

    def _buy(self, customer: int) -> None:
        """A purchase like any other; what makes it abusive comes later."""
        campaign, draws = self.campaign, self.draws
        target = self.crew.choose(draws.next())
        card = self.market.own_card(customer, credit=campaign.stage == Card.CREDIT)
        amount = self._sum(GOODS[target], card.usual) * self.crew.nerve * 0.6**campaign.declines
        answer, shop = self._pay(card, GOODS[target], amount)
        self.crew.learn(target, approved=answer.approved)
        campaign.declines = 0 if answer.approved else campaign.declines + 1
        if answer.approved:
            campaign.taken += 1
            self._plan_return(answer, shop, customer)

    def _pay(self, card: StolenCard, category: str, amount: float) -> tuple[Answer, Shop]:
        now, draws = self.campaign.next_time, self.draws
        if self.campaign.entry_point == "return_desk" and is_sold_in_town(category):
            shop = self.market.shop_in(draws, category, self.market.whereabouts(card.customer, now))
            return pay_at_till(self.door, card, now, shop, amount, draws.next(), part=BYSTANDER), shop
        shop = self.market.web_shop(draws, category)
        answer = self.door.pay_online(card, now, shop, amount, has_cvv=True, by=Hand.HOLDER, part=BYSTANDER)
        return answer, shop

    def _plan_return(self, bought: Answer, shop: Shop, customer: int) -> None:
        """The goods are kept as long as the shop allows, and then sent back used, or only said to be sent."""
        draws = self.draws
        days = min(exponential(self.config.keep_days_mean, draws.next()), _LONGEST_WAIT_DAYS)
        when = at_the_counter(self.market, customer, bought.time + int(days * DAY_US), draws)
        part = draws.between(0.2, 0.8) if draws.next() < self.config.partial_share else 1.0
        self.campaign.shops.append(shop)
        where = len(self.campaign.shops) - 1
        self.campaign.send(Errand(when, Step.RETURN, customer, bought.amount * part, where, float(bought.time)))

    def _return_goods(self, errand: Errand) -> None:
        """Money back to the card that paid; or to another one, whose bank sees no purchase."""
        shop, now = self.campaign.shops[errand.hop], self.campaign.next_time
        if self.campaign.kind == "other_card":
            self._pay_out(self.market.own_card(self.campaign.victims[-1], credit=False), shop, errand.amount)
            return
        card = self.market.own_card(errand.customer, credit=self.campaign.stage == Card.CREDIT)
        self.door.refund(card, now, shop, errand.amount, original=int(errand.note))

    def _claim(self, customer: int) -> None:
        """Money back for what was never bought: stolen goods, a receipt found or forged, or a clerk who needs none."""
        campaign, market, draws = self.campaign, self.market, self.draws
        card = market.own_card(customer, credit=campaign.stage == Card.CREDIT)
        if campaign.kind == "clerk":
            shop = campaign.shops[0]
        else:
            category = GOODS[self.crew.choose(draws.next())]
            city = market.whereabouts(customer, campaign.next_time)
            in_town = is_sold_in_town(category)
            shop = market.shop_in(draws, category, city) if in_town else market.web_shop(draws, category)
        amount = self._sum(shop.category, card.usual)
        self._pay_out(card, shop, amount)
        campaign.taken += 1

    def _pay_out(self, card: StolenCard, shop: Shop, amount: float) -> None:
        """Money for which the shop knows no purchase by this card: to the card, or to its holder's account."""
        now = self.campaign.next_time
        if self.market.has_transfers and self.draws.next() < self.config.to_account_share:
            payer = _ACCOUNTS_OF_SHOPS + shop.merchant % _ACCOUNTS_OF_SHOPS
            price = shelf_price(amount, self.draws.next())
            self.door.receive(card.customer, now, payer, price, rail=Rail.ACCOUNT_TO_ACCOUNT)
        else:
            self.door.refund(card, now, shop, amount)

    def _sum(self, category: str, usual: float) -> float:
        """What is worth the trouble; who hides asks for what such things cost."""
        wanted = log_normal(self.config.amount_median, 0.8, self.draws.next())
        ticket = usual_ticket(category, usual, self.draws.next())
        return between_in_log(wanted, ticket, 0.6 * self.campaign.camouflage)
