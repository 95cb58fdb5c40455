"""At which hours people do things."""

from __future__ import annotations

from fintxsim.typologies.campaign import DAY_US, HOUR_US
from fintxsim.typologies.market import Market

_RISES = 7.0  # hour from which what was begun the day before goes on (assumption)
SHOPS_OPEN, SHOPS_CLOSE = 9.0, 19.5  # hours between which any shop in town can be counted on (assumption)


def next_daytime(market: Market, customer: int, after: int, u: float, *, online: bool = True) -> int:
    """First moment after ``after`` at an hour of ordinary activity, drawn by ``u``."""
    return next_hour(market, customer, after, market.daytime(u, online=online))


def next_hour(market: Market, customer: int, after: int, hour: float) -> int:
    """First moment after ``after`` at an hour of the customer's day."""
    wanted = market.local_time(customer, after, hour)
    return wanted if wanted > after else wanted + DAY_US


def shops_are_open(market: Market, customer: int, time: int) -> bool:
    return SHOPS_OPEN <= hour_of(market, customer, time) < SHOPS_CLOSE


def is_awake(market: Market, customer: int, time: int) -> bool:
    return hour_of(market, customer, time) >= _RISES


def hour_of(market: Market, customer: int, time: int) -> float:
    """Hour of the customer's day, 0 to 24."""
    return (time - market.local_time(customer, time, 0.0)) / HOUR_US
