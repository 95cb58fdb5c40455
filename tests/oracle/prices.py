"""How an amount comes about: the category's ticket, the merchant's prices, the customer's purse, and price points."""

from __future__ import annotations

from fintxsim.population.categories import Price
from tests.oracle.arithmetic import exp, floor, normal_quantile
from tests.oracle.draws import Stream
from tests.oracle.merchants import price_level
from tests.oracle.records import Record


def price(category: Record, merchant: Stream, purse: float, country: Record, several: float, u: float, v: float) -> int:
    """Amount in minor units of the country's currency; ``u`` draws the size, ``v`` the ending."""
    level = category.log_median + price_level(merchant) + purse
    wanted = exp(level + category.sigma * normal_quantile(u)) * (country.rate * country.minor) / country.step
    return max(int(price_point(category.price, merchant, wanted, several, v) * country.step + 0.5), 1)


def to_home_currency(amount: int, country: Record, home: Record) -> int:
    if country.currency == home.currency:
        return amount
    return max(int(amount / (country.rate * country.minor) * home.minor + 0.5), 1)


def nearest(x: float, step: float, least: float) -> float:
    """The nearest multiple of a step from ``least`` on."""
    return max(floor(x / step + 0.5) * step, least)


def nearest_fraction(x: float, parts: float, least: float) -> float:
    """The nearest whole number of ``parts``-ths, ``least`` of them or more."""
    return max(floor(x * parts + 0.5), least) / parts


def price_point(style: int, merchant: Stream, wanted: float, several: float, v: float) -> float:
    """An amount in units of about one euro, as the category sets prices."""
    if style == Price.MENU:
        return _menu(wanted, v)
    if style == Price.CHARM:
        return _charm(wanted, several, v)
    if style == Price.ROUND:
        return _round(wanted)
    if style in (Price.FIXED, Price.FARE):
        return _fixed(merchant, wanted, is_fare=style == Price.FARE)
    if style == Price.METERED and v < 0.22:
        return nearest(wanted, 5.0, 5.0)
    return nearest_fraction(wanted, 1.0 if v > 0.96 else 100.0, 1.0)


def _menu(wanted: float, v: float) -> float:
    if v > 0.68:
        return nearest_fraction(wanted, 20.0, 10.0) if v > 0.82 else nearest_fraction(wanted, 10.0, 5.0)
    if wanted > 25.0:
        return floor(wanted + 0.5)
    return nearest_fraction(wanted, 2.0, 1.0)


def _charm(wanted: float, several: float, v: float) -> float:
    """The sum of several articles; or of one, of 60 which 20 end in .99, 13 in .95, 18 in .00, and 9 in .50."""
    if v < several:
        return nearest_fraction(wanted, 100.0, 1.0)
    whole, u = floor(wanted), (v - several) / (1.0 - several)
    if whole < 1.0:
        return 0.99 if u < 0.30 / 0.60 else 0.50
    return whole + (0.99 if u < 0.20 / 0.60 else 0.95 if u < 0.33 / 0.60 else 1.0 if u < 0.51 / 0.60 else 0.50)


def _round(wanted: float) -> float:
    if wanted < 3.0:
        return nearest(wanted, 1.0, 1.0)
    step = 5.0 if wanted < 60.0 else 25.0 if wanted < 300.0 else 100.0
    return nearest(wanted, step, 5.0)


def _fixed(merchant: Stream, wanted: float, *, is_fare: bool) -> float:
    """A merchant has four prices: 1, 1.5, 2.5 and 5 times the lowest."""
    u = merchant.uniform(11)
    lowest = 0.8 + 6.2 * u * u
    ratio = wanted / lowest
    chosen = lowest * (1.0 if ratio < 1.25 else 1.5 if ratio < 2.0 else 2.5 if ratio < 3.6 else 5.0)
    style = merchant.uniform(12)
    if style < 0.45 and not is_fare:
        return floor(chosen) + 0.99
    return nearest_fraction(chosen, 2.0 if style < 0.75 else 20.0, 1.0)


def cash_amount(wanted: float, v: float) -> float:
    """People press 10, 20, 40, 50, 100 ...; a quarter of the larger sums are any multiple of ten."""
    if wanted < 15.0:
        return 10.0
    if wanted < 35.0:
        return 20.0
    if v >= 0.75:
        return nearest(wanted, 10.0, 0.0)
    return floor(wanted / 50.0 + 0.6) * 50.0 if wanted >= 40.0 else 40.0
