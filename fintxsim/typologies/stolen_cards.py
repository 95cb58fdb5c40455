"""What thieves of cards and of card details have in common: what they buy, when they work, how they read answers."""

from __future__ import annotations

from fintxsim.streams import Draws
from fintxsim.typologies.campaign import DAY_US, Campaign, Crew
from fintxsim.typologies.market import Market, Shop, StolenCard
from fintxsim.typologies.sizes import between_in_log, log_normal
from fintxsim.typologies.tickets import ticket_for

# What is ordered with stolen details: goods to be resold, and what thieves want themselves: meals, rides, nights out.
# The first weights are assumptions; crews learn.
WEB_GOODS = ("marketplace", "electronics", "gift_cards", "digital_games", "digital_media", "clothing", "airline",
             "travel_agency", "food_delivery", "mobile_top_up", "software", "shoes", "sports", "department_store",
             "fast_food", "taxi", "entertainment", "hotel", "gambling")  # fmt: skip
_WEB_WEIGHTS = (2.9, 0.8, 0.4, 0.8, 1.3, 1.5, 0.2, 0.2, 0.7, 0.4, 0.3, 0.5, 0.4, 0.5, 1.0, 0.5, 0.4, 0.4, 0.4)

SUSPECTED = frozenset({"05", "63", "65"})  # answers that say the request itself looked wrong
TOO_MUCH = frozenset({"51", "61"})  # not so much money there, or not so much at a time
DEAD = frozenset({"14", "41", "43", "54", "62", "57", "59", "82"})  # answers after which the details are worthless
BLOCKED = frozenset({"41", "43", "62"})  # those of a card that its bank has blocked

_LESS = (1.0, 0.6, 0.36, 0.22, 0.13, 0.08)
_OPENS, _CLOSES = 8.0, 21.0  # hours between which one finds shops open (assumption)


def web_tastes(draws: Draws) -> list[float]:
    """A new crew's weights of ``WEB_GOODS``: crews differ."""
    return [weight * draws.between(0.4, 1.6) for weight in _WEB_WEIGHTS]


def web_shop_for(
    card: StolenCard, campaign: Campaign, crew: Crew, market: Market, draws: Draws, *, foreign_share: float,
    has_cvv: bool,
) -> Shop:  # fmt: skip
    """Where to order: a shop of goods that the crew believes in or, in disguise, one where the victim often buys."""
    goods = WEB_GOODS[crew.choose(draws.next())]
    imitates = draws.next() < 0.4 * campaign.camouflage
    foreign = draws.next() < foreign_share * (1.0 - 0.5 * campaign.camouflage)
    if imitates:
        favourite = market.favourite_shop(card.customer, draws)
        if favourite.city < 0:
            return favourite
    return market.web_shop(draws, goods, foreign=foreign, asks_cvv=None if has_cvv else False)


def goods_of(shop: Shop) -> int:
    """Which of ``WEB_GOODS`` a shop sells, for ``Crew.learn``; one more than there are for any other shop."""
    return WEB_GOODS.index(shop.category) if shop.category in WEB_GOODS else len(WEB_GOODS)


def disguised(wanted: float, card: StolenCard, campaign: Campaign, draws: Draws) -> float:
    """A sum of euros on its way, with the campaign's camouflage, to what the victim usually spends."""
    usual = card.usual * log_normal(1.0, 0.6, draws.next())
    return between_in_log(wanted, usual, 0.5 * campaign.camouflage)


def ordered(wanted: float, shop: Shop, card: StolenCard, campaign: Campaign, draws: Draws) -> float:
    """The sum of an order by somebody who would spend ``wanted`` euros in an average shop: what such a shop sells."""
    return ticket_for(shop.category, disguised(wanted, card, campaign, draws))


def after_refusal(wanted: float, code: str) -> float:
    """The next sum after one was refused: half when it was too much, a little less otherwise."""
    return wanted * (0.5 if code in TOO_MUCH else 0.8)


def less_after(declines: int) -> float:
    """Factor on what is asked for in person after so many declines in a row."""
    return _LESS[min(declines, len(_LESS) - 1)]


def choose_goods(crew: Crew, u: float, *, at_machines: bool) -> int:
    """What a crew wants, in proportion to what has worked; without cash machines, its first kind of target."""
    machines = 0.0 if at_machines else crew.favourites[0] / sum(crew.favourites)
    return crew.choose(machines + (1.0 - machines) * u)


def cover_tracks(campaign: Campaign, crew: Crew, draws: Draws) -> bool:
    """After a request looked wrong: other tools, and an address in the victims' country, if the crew is clever."""
    if draws.next() >= 0.3 + 0.6 * crew.skill:
        return False
    campaign.change_tools()
    campaign.hides = campaign.hides or draws.next() < crew.skill
    return True


def working_hour(after: int, customer: int, crew: Crew, market: Market, draws: Draws) -> int:
    """When a crew works online next: mostly while ordinary customers are about; some live on another clock."""
    hour = (market.daytime(draws.next()) + crew.shift_hours) % 24
    wanted = market.local_time(customer, after, hour)
    return wanted if wanted >= after else wanted + DAY_US


def are_open(time: int, customer: int, city: int, market: Market) -> bool:
    """Whether shops of a city are open."""
    opens, closes = (market.local_time(customer, time, hour, city=city) for hour in (_OPENS, _CLOSES))
    return opens <= time < closes


def shopping_hour(time: int, customer: int, city: int, market: Market, draws: Draws) -> int:
    """The same time if the shops of a city are open, else a moment of their next day."""
    if are_open(time, customer, city, market):
        return time
    hour = market.daytime(draws.next(), online=False)
    if not _OPENS <= hour < _CLOSES:
        hour = draws.between(_OPENS, _CLOSES)
    wanted = market.local_time(customer, time, hour, city=city)
    return wanted if wanted > time else wanted + DAY_US
