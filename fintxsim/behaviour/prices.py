"""How an amount comes about: the category's ticket, the merchant's prices, the customer's purse, and price points."""

from __future__ import annotations

import numpy as np

from fintxsim.compiled import Record, compiled
from fintxsim.numerics import exp, normal_quantile
from fintxsim.population.categories import Price
from fintxsim.population.merchants import PROFILE_MENU, price_level
from fintxsim.streams import GOLDEN, mix, uniform

# Of the prices of services 6 % change in a month, by less than the 10 % that rising prices of goods rise by (Conflitti
# and others, New facts on consumer price rigidity in the euro area, 2022); a rise of 6 % is an assumption.
PRICE_LASTS_DAYS = 507.0
PRICE_RISE = 0.06


@compiled
def price(
    category: Record, merchant_state: np.uint64, purse: float, step: float, rate: float, several: float, u: float,
    v: float,
) -> int:  # fmt: skip
    """Amount in minor units of the merchant's currency.

    ``purse`` is the log of the customer's scale, ``step`` the minor units that are priced like one euro, ``rate`` minor
    units per home-currency unit of the category's median. ``u`` draws the size, ``v`` the ending; ``several`` is the
    share of purchases of several articles.
    """
    level = category.log_median + price_level(merchant_state) + purse
    wanted = exp(level + category.sigma * normal_quantile(u)) * rate / step
    return max(int(price_point(category.price, merchant_state, wanted, several, v) * step + 0.5), 1)


@compiled
def price_point(style: int, merchant_state: np.uint64, wanted: float, several: float, v: float) -> float:
    """Bring an amount, in units of about one euro, to how the category sets prices."""
    if style == Price.MENU:
        return _menu(wanted, v)
    if style == Price.CHARM:
        return _charm(wanted, several, v)
    if style == Price.ROUND:
        return _round(wanted)
    if style == Price.FIXED or style == Price.FARE:
        return _fixed(merchant_state, wanted, style == Price.FIXED)
    if style == Price.METERED and v < 0.22:
        return max(np.floor(wanted / 5.0 + 0.5) * 5.0, 5.0)
    if v > 0.96:
        return max(np.floor(wanted + 0.5), 1.0)
    return max(np.floor(wanted * 100.0 + 0.5), 1.0) / 100.0


@compiled
def _menu(wanted: float, v: float) -> float:
    if v > 0.82:  # a list price with odd cents
        return max(np.floor(wanted * 20.0 + 0.5), 10.0) / 20.0
    if v > 0.68:
        return max(np.floor(wanted * 10.0 + 0.5), 5.0) / 10.0
    if wanted > 25.0:
        return np.floor(wanted + 0.5)
    return max(np.floor(wanted * 2.0 + 0.5), 1.0) / 2.0


@compiled
def _charm(wanted: float, several: float, v: float) -> float:
    if v < several:  # several articles: the endings add up to anything
        return max(np.floor(wanted * 100.0 + 0.5), 1.0) / 100.0
    u = (v - several) / (1.0 - several)
    whole = np.floor(wanted)
    if whole < 1.0:
        return 0.99 if u < 0.30 / 0.60 else 0.50
    if u < 0.20 / 0.60:
        return whole + 0.99
    if u < 0.33 / 0.60:
        return whole + 0.95
    if u < 0.51 / 0.60:
        return whole + 1.0
    return whole + 0.50


@compiled
def _round(wanted: float) -> float:
    """Sums that people name: 5, 10, 15, 20, 25, 30, 50, 75, 100 ..."""
    if wanted < 12.5:
        return max(np.floor(wanted / 5.0 + 0.5) * 5.0, 5.0) if wanted >= 3.0 else max(np.floor(wanted + 0.5), 1.0)
    if wanted < 60.0:
        return np.floor(wanted / 5.0 + 0.5) * 5.0
    if wanted < 300.0:
        return np.floor(wanted / 25.0 + 0.5) * 25.0
    return np.floor(wanted / 100.0 + 0.5) * 100.0


@compiled
def _fixed(merchant_state: np.uint64, wanted: float, charming: bool) -> float:
    """One of four prices of the merchant, 1, 1.5, 2.5 and 5 times the lowest, whichever is nearest."""
    u = uniform(merchant_state, PROFILE_MENU)
    base = 0.8 + 6.2 * u * u
    ratio = wanted / base
    price_ = base if ratio < 1.25 else base * 1.5 if ratio < 2.0 else base * 2.5 if ratio < 3.6 else base * 5.0
    style = uniform(merchant_state, PROFILE_MENU + 1)
    if style < 0.45 and charming:
        return np.floor(price_) + 0.99
    if style < 0.75:
        return max(np.floor(price_ * 2.0 + 0.5), 1.0) / 2.0
    return max(np.floor(price_ * 20.0 + 0.5), 1.0) / 20.0


@compiled
def cash_amount(wanted: float, v: float) -> float:
    """What a cash machine gives: multiples of ten; people press 20, 50, 100."""
    if wanted < 15.0:
        return 10.0
    if wanted < 35.0:
        return 20.0
    if v < 0.75:
        return np.floor(wanted / 50.0 + 0.6) * 50.0 if wanted >= 40.0 else 40.0
    return np.floor(wanted / 10.0 + 0.5) * 10.0


@compiled
def in_hundredths(units: float, w: Record) -> int:
    """Minor units of so many units of about one euro, to the hundredth: cents in euros, whole shillings in Kenya."""
    return max(int(np.floor(units * 100.0 + 0.5) * (w.countries[0].step / 100.0) + 0.5), 1)


@compiled
def named_sum(euros: float, w: Record) -> int:
    """Minor units of about so many euros, as round in the home currency as it is in euros."""
    units = euros * w.bank.euro / w.countries[0].step
    if units != euros and np.floor(euros) == euros:
        grain = 1.0
        if np.floor(euros / 5.0) * 5.0 == euros:
            grain = 5.0 if units < 100.0 else 50.0 if units < 1000.0 else 100.0
        units = max(np.floor(units / grain + 0.5), 1.0) * grain
    return in_hundredths(units, w)


@compiled
def agent_sum(wanted: float) -> float:
    """What is changed at an agent: round sums, to the half unit when small."""
    grain = 0.5 if wanted < 10.0 else 1.0 if wanted < 50.0 else 5.0
    return max(np.floor(wanted / grain + 0.5), 1.0) * grain


@compiled
def habit(customer: int, merchant: int) -> np.uint64:
    """State of the stream of what one customer always does at one merchant, or sends to one account."""
    return mix(np.uint64(customer) * GOLDEN ^ np.uint64(merchant))


@compiled
def usual_amount(
    customer: int, merchant: int, merchant_state: np.uint64, category: Record, purse: float, step: float, rate: float,
    several: float,
) -> int:  # fmt: skip
    """What this customer always takes at this merchant: the same every time."""
    own = habit(customer, merchant)
    size, ending = 0.15 + 0.6 * uniform(own, 0), uniform(own, 1)
    return price(category, merchant_state, purse, step, rate, several, size, ending)


@compiled
def routine_amount(
    customer: int, merchant: int, merchant_state: np.uint64, about: float, step: float, day_number: int
) -> int:
    """What the weekday routine costs this customer at this merchant: one price on the list, which rises now and then.

    ``about`` is in units priced like one euro; ``day_number`` counts from day 0, at which no price has risen yet.
    """
    own = habit(customer, merchant)
    rises = int(day_number / PRICE_LASTS_DAYS + uniform(own, 2))
    wanted = about * (1.0 + PRICE_RISE * rises)
    return int(price_point(Price.MENU, merchant_state, wanted, 0.0, uniform(own, 1)) * step + 0.5)
