"""What people pay: tickets by kind of shop, as everybody who goes shopping knows them."""

from __future__ import annotations

from math import sqrt

from fintxsim.numerics import exp, log
from fintxsim.population.categories import BY_NAME, CATEGORIES
from fintxsim.typologies.door import Answer, Door, Part
from fintxsim.typologies.market import Shop, StolenCard
from fintxsim.typologies.sizes import log_normal
from fintxsim.vocabulary import EntryMode

_SHOPS_DIFFER = 0.4  # standard deviation of ln(price level) over the merchants of a category
MACHINE_GIVES = 1000.0  # euros at a time (assumption: forty notes of mostly twenty and fifty)
_FARTHEST = 5.0  # standard deviations of ln(ticket) from the usual ticket beyond which nobody gets (assumption)
_CONTACTLESS_MOST = 50.0  # euros (PSD2 RTS article 11)
_HARDLY_IN_TOWN = 0.7  # share of online sales from which nobody looks for such a shop in town
_BOUGHT = [category for category in CATEGORIES if category.share > 0]
_ALL_SHARES = sum(category.share for category in _BOUGHT)
AVERAGE_TICKET = float(
    exp(sum(c.share * log(c.median) for c in _BOUGHT) / _ALL_SHARES)
)  # euros, geometric mean over all that is bought
_TICKETS_DIFFER = sqrt(
    sum(c.share * (c.sigma**2 + _SHOPS_DIFFER**2 + log(c.median / AVERAGE_TICKET) ** 2) for c in _BOUGHT) / _ALL_SHARES
)  # standard deviation of ln(ticket) over all that is bought


def usual_ticket(category: str, usual: float, u: float) -> float:
    """Quantile ``u`` of what a customer who usually spends ``usual`` euros pays at a kind of shop."""
    kind = CATEGORIES[BY_NAME[category]]
    return log_normal(kind.median * usual / AVERAGE_TICKET, sqrt(kind.sigma**2 + _SHOPS_DIFFER**2), u)


def ticket_for(category: str, wanted: float) -> float:
    """What who would spend ``wanted`` euros in an average shop pays in one of a kind, where goods are cheap or dear.

    About as many standard deviations from the kind's usual ticket as ``wanted`` is from that of all that is bought, but
    less and less so the farther it is: no shop sells everything.
    """
    kind = CATEGORIES[BY_NAME[category]]
    z = float(log(wanted / AVERAGE_TICKET)) / _TICKETS_DIFFER
    z /= sqrt(1.0 + (z / _FARTHEST) ** 2)
    return float(kind.median * exp(sqrt(kind.sigma**2 + _SHOPS_DIFFER**2) * z))


def is_sold_in_town(category: str) -> bool:
    return CATEGORIES[BY_NAME[category]].online_share < _HARDLY_IN_TOWN


def cash_sum(wanted: float, u: float) -> float:
    """What people ask a cash machine for: multiples of fifty more often than of ten, and no more than it gives."""
    wanted = min(wanted, MACHINE_GIVES)
    step = 50.0 if wanted >= 40.0 and u < 0.75 else 10.0
    return max(int(wanted / step + 0.5), 1) * step if wanted >= 15.0 else 10.0


def named_sum(wanted: float, u: float) -> float:
    """A sum that somebody types into a form: mostly round, sometimes to the cent."""
    step = 100.0 if u < 0.25 else 50.0 if u < 0.55 else 10.0 if u < 0.75 else 0.01
    return max(int(wanted / step + 0.5), 1) * step


def shelf_price(wanted: float, u: float) -> float:
    """A price near a sum as shops set them: below a whole euro, a whole one, or what several articles add up to."""
    cents = 0.99 if u < 0.3 else 0.95 if u < 0.4 else 0.5 if u < 0.45 else 0.0 if u < 0.65 else wanted % 1.0
    return max(int(wanted), 1) + round(cents, 2)


def pay_at_till(
    door: Door, card: StolenCard, time: int, shop: Shop, amount: float, u: float, *, part: Part | None = None
) -> Answer:
    """A holder pays with the own card: small sums are often tapped, the others need the chip and the PIN."""
    tapped = amount <= _CONTACTLESS_MOST and shop.category != "cash_machine" and u < 0.65
    entry = EntryMode.CONTACTLESS if tapped else EntryMode.CHIP
    return door.pay_in_person(card, time, shop, amount, entry=entry, knows_pin=True, part=part)
