"""A young merchant who rings up sales that never were, with cards of friends and stolen ones, and then is gone."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from pydantic import Field

from fintxsim.institution import Service
from fintxsim.numerics import exp, log
from fintxsim.population.categories import BY_NAME, CATEGORIES
from fintxsim.streams import Draws
from fintxsim.typologies.agenda import SHOPS_CLOSE, SHOPS_OPEN, is_awake, next_hour, shops_are_open
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US, MINUTE_US, Campaign, Crew
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Answer, Door, Hand, Part
from fintxsim.typologies.market import Market, StolenCard, Wanted
from fintxsim.typologies.sizes import between_in_log, exponential, log_normal
from fintxsim.typologies.tickets import AVERAGE_TICKET, pay_at_till, usual_ticket
from fintxsim.vocabulary import FraudParty, ObservationClass, Role

# Small businesses whose sales nobody can count afterwards, in town and on the web (assumption). Of several of one trade
# one colludes as often as there are customers for it.
IN_TOWN = ("restaurant", "bar", "fast_food", "convenience", "clothing", "hairdresser", "taxi", "car_service",
           "home_improvement", "florist")  # fmt: skip
ON_THE_WEB = ("marketplace", "clothing", "digital_games", "electronics", "food_delivery", "entertainment", "hotel",
              "sports", "shoes", "travel_agency")  # fmt: skip
_ROUND_SUMS = (20.0, 30.0, 40.0, 50.0, 80.0, 100.0, 120.0, 150.0, 200.0, 250.0, 300.0, 400.0, 500.0)
_TILLS_OPEN = 7.0  # hour before which hardly anything is sold in town (assumption)
_SHORT_GAP_US = 3 * HOUR_US
_MOST_SALES = 600
_SALES_SIGMA, _MEDIAN_OF_MEAN = 0.6, 0.835  # of ln(sales beyond the first five), and exp(-sigma^2 / 2) (assumption)
_LEAST = 5.0  # euros below which a sale is not worth it; friends say what there is on their accounts
_STAYS = 1.2  # times the planned life after which the merchant is gone, whatever has been sold
_FULL_DETAILS = 0.85  # quality up to which a stolen card comes with its CVV (assumption)

ACCOMPLICE = Part(Role.PERPETRATOR, authorised_party=True)
STOLEN = Part(Role.VICTIM)


class Source(IntEnum):
    """Whose cards are charged; crews learn which work."""

    OWNER = 0
    ACCOMPLICE = 1
    STOLEN = 2


class MerchantCollusionConfig(TypologyConfig):
    """Settings of merchant_collusion."""

    online_share: float = Field(
        0.5, ge=0, le=1, description="Share of colluding merchants that sell on the web (assumption)."
    )
    age_days_max: int = Field(
        150, ge=1, le=1000, description="Most days that the merchant has been open when it begins (assumption)."
    )
    life_days_median: float = Field(
        30.0, ge=5, le=100, description="Median days from the first sale to the disappearance (assumption)."
    )
    sales_mean: float = Field(
        16.0, ge=5, le=300,
        description="Mean number of sales that never were with cards of this bank (assumption: cards of other banks "
        "are charged as well).",
    )  # fmt: skip
    ramp_exponent: float = Field(
        2.2, ge=1, le=6, description="Sales so far grow like time to this power; 1 is no ramp (assumption)."
    )
    accomplices_mean: float = Field(
        7.0, ge=1, le=100, description="Mean number of cardholders in the know, the owner apart (assumption)."
    )
    stolen_cards_mean: float = Field(
        9.0, ge=0, le=200, description="Mean number of stolen cards that a web merchant charges (assumption)."
    )
    amount_median: float = Field(
        85.0, gt=0, le=10_000, description="Median ticket when nothing is disguised, in euros (assumption)."
    )
    round_share: float = Field(
        0.55, ge=0, le=1, description="Share of round tickets when nothing is disguised (assumption)."
    )
    split_share: float = Field(
        0.22, ge=0, le=1, description="Share of sales that are followed by another one with the same card (assumption)."
    )


class MerchantCollusion(Typology):
    name: ClassVar[str] = "merchant_collusion"
    number: ClassVar[int] = 13
    summary: ClassVar[str] = (
        "A young merchant charges cards of friends and stolen ones for nothing, more every week, and then is gone."
    )
    codes: ClassVar[dict[str, str | None]] = {"fraud_classifier": None, "eba": None, "uk_finance": None}
    config: ClassVar[type[TypologyConfig]] = MerchantCollusionConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.MERCHANT
    observation_class: ClassVar[ObservationClass] = ObservationClass.ACQUIRER_OBSERVED
    role: ClassVar[Role] = Role.COLLUSIVE_MERCHANT
    authorised_party: ClassVar[bool] = True
    entry_points: ClassVar[tuple[str, ...]] = ("front_company", "bought_business", "needy_owner")
    expected_amount: ClassVar[float] = 75.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.CARDS, Service.SHOPS})
    longest_days: ClassVar[int] = 110
    usual_days: ClassVar[tuple[float, float] | None] = (4.0, 39.0)

    def services_needed(self, config: TypologyConfig) -> frozenset[Service]:
        """Merchants on the web alone need no shops."""
        assert isinstance(config, MerchantCollusionConfig)
        return self.needs - {Service.SHOPS} if config.online_share == 1.0 else self.needs

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, MerchantCollusionConfig)
        return config.sales_mean

    def size(self, campaign: Campaign, config: TypologyConfig) -> float:
        assert isinstance(config, MerchantCollusionConfig)
        return campaign.wanted / config.sales_mean

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number,
            skill=draws.next(),
            patience=1 + draws.below(3),
            devices=1 + draws.below(4),
            shift_hours=0,
            favourites=[draws.between(0.05, 0.3), draws.between(0.5, 1.5), draws.between(0.2, 1.2)],
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, MerchantCollusionConfig)
        campaign.wanted = min(
            5 + int(log_normal(_MEDIAN_OF_MEAN * (config.sales_mean - 4.5), _SALES_SIGMA, draws.next())), _MOST_SALES
        )
        campaign.place = int(min(max(log_normal(config.life_days_median, 0.4, draws.next()), 5.0), 100.0))  # days
        if market.is_forgotten(campaign.started + campaign.place * DAY_US):
            campaign.over()
            return
        online = draws.next() < config.online_share
        trade = trade_of(ON_THE_WEB if online else IN_TOWN, draws.next())
        campaign.shops = [market.young_shop(draws, trade, online=online, most_days=config.age_days_max)]
        self._gather_cards(campaign, config, market, draws)
        campaign.entry_point = self.entry_points[draws.below(len(self.entry_points))]
        campaign.tool = draws.below(crew.devices)
        campaign.hides = draws.next() < 0.6 + 0.4 * max(crew.skill, campaign.camouflage)
        campaign.next_time = max(self._ramp(campaign, config, draws), campaign.started)

    def _gather_cards(self, campaign: Campaign, config: MerchantCollusionConfig, market: Market, draws: Draws) -> None:
        """The owner, friends, and what was bought of stolen cards; ``note`` is how many of them are in the know."""
        city = campaign.shops[0].city
        friends = 2 + min(int(exponential(max(config.accomplices_mean - 1.5, 0.1), draws.next())), 200)
        known = neighbours(market, city, 1, Wanted.BUSINESS, campaign.started, draws)
        known = list(dict.fromkeys(known + neighbours(market, city, friends, Wanted.NEEDY, campaign.started, draws)))
        campaign.note = float(len(known))
        if city < 0 and config.stolen_cards_mean > 0.0:
            count = 1 + min(int(exponential(config.stolen_cards_mean, draws.next())), 400)
            offered = market.pick_customers(draws, count, Wanted.ONLINE)
            known += [customer for customer in offered if market.stolen_card(customer, draws).quality < _FULL_DETAILS]
        campaign.victims = list(dict.fromkeys(known))

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, MerchantCollusionConfig)
        answer = self._sell(campaign, crew, config, market, door, draws)
        if answer is None:  # nothing on the card: another one, another time
            self._next_card(campaign, crew, draws)
            campaign.next_time += int(draws.between(1, 8) * HOUR_US)
        elif answer.approved:
            campaign.taken += 1
            campaign.declines = 0
            self._go_on(campaign, crew, config, market, draws, same_card=draws.next() < config.split_share)
        else:
            campaign.declines += 1
            burnt = campaign.declines % (crew.patience + 1) == 0
            self._go_on(campaign, crew, config, market, draws, same_card=not burnt)
        late = campaign.next_time > campaign.started + int(_STAYS * campaign.place * DAY_US)
        if campaign.taken >= campaign.wanted or campaign.declines > 2 * crew.patience + 1 or late:
            campaign.over()  # enough, or the acquirer has closed the till

    def _go_on(
        self, campaign: Campaign, crew: Crew, config: MerchantCollusionConfig, market: Market, draws: Draws, *,
        same_card: bool,
    ) -> None:  # fmt: skip
        """The same card once more within minutes, or another one when the ramp says so."""
        if same_card:
            campaign.next_time += int(draws.between(2, 18) * MINUTE_US)
            return
        self._next_card(campaign, crew, draws)
        campaign.next_time = self._next_sale(campaign, config, market, draws)

    def _sell(
        self, campaign: Campaign, crew: Crew, config: MerchantCollusionConfig, market: Market, door: Door, draws: Draws
    ) -> Answer | None:
        """One sale of nothing with the card whose turn it is; None when its holder says that there is no money."""
        shop, now = campaign.shops[0], campaign.next_time
        customer, source = campaign.victims[campaign.current], self._source(campaign, campaign.current)
        stolen = source == Source.STOLEN
        card = market.stolen_card(customer, draws) if stolen else market.own_card(customer, credit=draws.next() < 0.5)
        amount = self._ticket(campaign, crew, config, shop.category, card, draws)
        if not stolen:
            most = 0.8 * (door.credit_left(customer) if card.slot else door.balance(customer))
            if most < _LEAST:
                return None
            amount = min(amount, most)
        part = (None, ACCOMPLICE, STOLEN)[source]
        if shop.city >= 0:
            answer = pay_at_till(door, card, now, shop, amount, draws.next(), part=part)
        else:
            answer = door.pay_online(
                card, now, shop, amount, has_cvv=True,
                pass_challenge=0.05 + 0.1 * crew.skill if stolen else None,
                by=Hand.CREW if stolen else Hand.HOLDER, part=part,
            )  # fmt: skip
        crew.learn(source, approved=answer.approved)
        return answer

    def _ticket(
        self, campaign: Campaign, crew: Crew, config: MerchantCollusionConfig, category: str, card: StolenCard,
        draws: Draws,
    ) -> float:  # fmt: skip
        """Round sums mixed with tickets as the trade has them; who hides asks of each what each usually spends."""
        hides, smaller = campaign.camouflage, 0.6 ** (campaign.declines % (crew.patience + 1)) * crew.nerve
        trade = usual_ticket(category, AVERAGE_TICKET, draws.next())
        wanted = between_in_log(log_normal(config.amount_median, 0.7, draws.next()), trade, 0.4)
        usual = card.usual * log_normal(1.0, 0.5, draws.next())
        amount = between_in_log(wanted, usual, 0.5 * hides) * smaller
        if draws.next() < config.round_share * (1.0 - 0.7 * hides):
            return min(_ROUND_SUMS, key=lambda sum_: abs(sum_ - amount))
        return amount

    def _source(self, campaign: Campaign, position: int) -> Source:
        if position == 0:
            return Source.OWNER
        return Source.ACCOMPLICE if position < campaign.note else Source.STOLEN

    def _next_card(self, campaign: Campaign, crew: Crew, draws: Draws) -> None:
        """Another card than the last, from the source that works best."""
        source, known, all_cards = crew.choose(draws.next()), int(campaign.note), len(campaign.victims)
        if source == Source.OWNER:
            position = 0
        elif source == Source.STOLEN and all_cards > known:
            position = known + draws.below(all_cards - known)
        else:
            position = min(1 + draws.below(max(known - 1, 1)), all_cards - 1)
        campaign.current = (position + (position == campaign.current)) % all_cards

    def _ramp(self, campaign: Campaign, config: MerchantCollusionConfig, draws: Draws) -> int:
        """When the next sale is due, so that sales grow like a power of time."""
        share = min((campaign.taken + draws.next()) / campaign.wanted, 1.0)
        days = campaign.place * float(exp(log(share) / config.ramp_exponent))
        return campaign.started + int(days * DAY_US)

    def _next_sale(self, campaign: Campaign, config: MerchantCollusionConfig, market: Market, draws: Draws) -> int:
        """Due by the ramp, but not all at once, and at hours at which such a shop sells."""
        owner, online = campaign.victims[0], campaign.shops[0].city < 0
        soonest = campaign.next_time + int(draws.between(3, 40) * MINUTE_US)
        due = max(self._ramp(campaign, config, draws), soonest)
        is_time = is_awake if online else shops_are_open
        if due - campaign.next_time < _SHORT_GAP_US and is_time(market, owner, due):
            return due
        return next_sale(market, owner, max(due - _SHORT_GAP_US, soonest), draws.next(), online=online)


def next_sale(market: Market, owner: int, after: int, u: float, *, online: bool) -> int:
    """First moment at which such a shop sells something as others do; at a till nobody is served at night."""
    hour = market.daytime(u, online=online)
    if not online and hour < _TILLS_OPEN:
        hour = SHOPS_OPEN + (SHOPS_CLOSE - SHOPS_OPEN) * u
    return next_hour(market, owner, after, hour)


def trade_of(trades: tuple[str, ...], u: float) -> str:
    """The trade at quantile ``u``, in proportion to how much is bought in each."""
    left = u * sum(CATEGORIES[BY_NAME[trade]].share for trade in trades)
    for trade in trades:
        left -= CATEGORIES[BY_NAME[trade]].share
        if left < 0.0:
            return trade
    return trades[-1]


def neighbours(market: Market, city: int, count: int, wanted: Wanted, time: int, draws: Draws) -> list[int]:
    """Customers who can come to the shop's till: of its city as far as there are any; anybody for a web shop."""
    if city < 0:
        return market.pick_customers(draws, count, wanted)
    residents = market.pick_residents(draws, 2 * count, wanted, city)
    near = [customer for customer in residents if market.whereabouts(customer, time) == city][:count]
    far = [] if len(near) == count else market.pick_customers(draws, count, wanted)
    return list(dict.fromkeys(near + far))[:count]
