"""What episodes are made of: single rows, by the functions that every customer's rows are made by."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.draft import banking_channel, clear, on_rail
from fintxsim.behaviour.purchases import own_network, pay_at
from fintxsim.behaviour.sessions import event_time, write_event
from fintxsim.behaviour.timing import HOUR_US, offset_at, to_utc
from fintxsim.behaviour.transfers import move_savings, open_session
from fintxsim.compiled import Record, compiled
from fintxsim.lookalikes.episodes import window_of
from fintxsim.population.merchants import draw_rank, tenant
from fintxsim.population.people import AT_HOME, CURRENT, SAVINGS, is_browser, payee_code, phone_code
from fintxsim.streams import Purpose, bits, uniform
from fintxsim.vocabulary import Channel, Direction, EventType, NameMatch, Rail, TransactionType

_K_MERCHANT = int(Purpose.MERCHANT)
# Draws of a row. Those of the functions of ``behaviour`` are below 32; a kind's own begin at 48.
_FAME, _TOWN, _RAIL, _NAME, _BANK, _HOUR = range(32, 38)
OWN = 48
STRANGERS = 64  # accounts at other banks that one window of a customer's may bring
_FIRST_STRANGER, _WINDOWS = 8192, 128  # their ordinals lie above those of payees that customers find day by day


@compiled
def begin(draft: Record, customer: int, kind: int, draws: np.uint64) -> None:
    """An empty draft of a look-alike, with the bank's luck of its own."""
    clear(draft)
    draft.customer = customer
    draft.anomaly = kind
    draft.draw = bits(draws, _BANK)


@compiled
def around(u: float, mean: float) -> int:
    """A whole number between 0.6 and 1.4 times its mean."""
    return int(mean * (0.6 + 0.8 * u) + 0.5)


@compiled
def buy(
    draft: Record, person: Record, customer: int, kind: int, category: int, place: int, dearer: float, visited: int,
    draws: np.uint64, day: Record, w: Record,
) -> None:  # fmt: skip
    """A purchase in a place, a city or the web shops of a country; ``dearer`` is the log of how much."""
    rank = draw_rank(uniform(draws, _FAME), w.sizes[place, category])
    merchant = tenant(w.keys[_K_MERCHANT], place, category, rank, day.date, w.lease)
    buy_from(draft, person, customer, kind, merchant, dearer, visited, draws, day, w)


@compiled
def buy_from(
    draft: Record, person: Record, customer: int, kind: int, merchant: int, dearer: float, visited: int,
    draws: np.uint64, day: Record, w: Record,
) -> None:  # fmt: skip
    begin(draft, customer, kind, draws)
    pay_at(draft, person, customer, merchant, -1, person.spend + dearer, visited, draws, day, w)


@compiled
def happen_at(draft: Record, hour: float, city: int, day: Record, w: Record) -> None:
    """Set the time to an hour by the clocks of a city; past midnight, to the end of the day."""
    zone = day.zones[w.city_zone[city]]
    draft.time = to_utc(day, zone, min(hour, 23.9) * HOUR_US)
    draft.offset = offset_at(zone, draft.time)


@compiled
def stranger(person: Record, customer: int, number: int) -> int:
    """Code of an account at another bank that this window has brought; ``number`` is below ``STRANGERS``."""
    return payee_code(customer, _FIRST_STRANGER + window_of(person) % _WINDOWS * STRANGERS + number)


@compiled
def pay_stranger(
    draft: Record, person: Record, customer: int, kind: int, payee: int, amount: int, draws: np.uint64, day: Record,
    w: Record,
) -> None:  # fmt: skip
    """A transfer to an account never paid before. Names of firms and of people met once often do not fit exactly."""
    begin(draft, customer, kind, draws)
    open_session(draft, person, customer, AT_HOME, draws, day, w)
    draft.type = TransactionType.TRANSFER
    draft.rail = on_rail(_rail(draws, amount, w), w)
    draft.counterparty = stranger(person, customer, payee)
    draft.counterparty_country = 0
    draft.payee_new = 1
    draft.name_match = _name_match(uniform(draws, _NAME))
    draft.amount = amount
    draft.billing = amount


@compiled
def _rail(draws: np.uint64, amount: int, w: Record) -> int:
    """As of other transfers; what is above the limit of instant ones takes its time."""
    instant = uniform(draws, _RAIL) < 0.58 and amount <= 10_000.0 * w.bank.euro
    return Rail.INSTANT if instant else Rail.ACCOUNT_TO_ACCOUNT


@compiled
def _name_match(u: float) -> int:
    """Assumption; of the new payees of everyday life 86 % match."""
    if u < 0.62:
        return NameMatch.MATCH
    return NameMatch.CLOSE if u < 0.78 else NameMatch.NO_MATCH if u < 0.96 else NameMatch.UNAVAILABLE


@compiled
def receive(
    draft: Record, person: Record, customer: int, kind: int, payer: int, amount: int, hour: float, draws: np.uint64,
    day: Record, w: Record,
) -> None:  # fmt: skip
    """Money from an account at another bank."""
    begin(draft, customer, kind, draws)
    draft.type = TransactionType.TRANSFER
    draft.rail = on_rail(Rail.INSTANT if uniform(draws, _RAIL) < 0.6 else Rail.ACCOUNT_TO_ACCOUNT, w)
    draft.channel = Channel.BATCH
    draft.direction = Direction.CREDIT
    draft.counterparty = stranger(person, customer, payer)
    draft.counterparty_country = 0
    draft.amount = amount
    draft.billing = amount
    happen_at(draft, hour, person.city, day, w)


@compiled
def pull_savings(
    draft: Record, person: Record, customer: int, kind: int, amount: int, draws: np.uint64, day: Record, w: Record
) -> None:
    """Money from the savings to the current account."""
    begin(draft, customer, kind, draws)
    open_session(draft, person, customer, AT_HOME, draws, day, w)
    move_savings(draft, customer, amount)
    draft.rail = on_rail(_rail(draws, amount, w), w)


@compiled
def from_phone(draft: Record, person: Record, customer: int, u: float, day: Record, w: Record) -> None:
    """Let a remote request come from the customer's present phone."""
    draft.device = phone_code(person.phone_owner, person.phone_generation)
    if draft.session >= 0:
        draft.channel = Channel.MOBILE_APP
    own_network(draft, person, customer, False, u, AT_HOME, day.number, w)


@compiled
def note(
    events: npt.NDArray[np.void], size: int, span: int, kind: int, person: Record, customer: int, device: int,
    hour: float, u: float, detail: int, day: Record, w: Record,
) -> tuple[int, int]:  # fmt: skip
    """An event at home, after the one of the customer's in ``span``; returns the numbers of events and of its span."""
    event = events[size]  # where it will be: a place to draw the network in
    own_network(event, person, customer, is_browser(device), u, AT_HOME, day.number, w)
    ip, ip_country, account = event.ip, event.ip_country, -1 if kind == EventType.NEW_DEVICE else CURRENT
    wanted = to_utc(day, day.zones[w.city_zone[person.city]], hour * HOUR_US)
    time = event_time(w.keys, day, wanted, customer, span, 0)
    size = write_event(events, size, kind, time, customer, device, ip, ip_country, banking_channel(device, w), account)
    events[size - 1].detail = detail
    return size, time >> day.shift


@compiled
def round_sum(minor: float, grain: float, w: Record) -> int:
    """The nearest sum of whole ``grain`` units, each priced like a euro, at least one of them; minor units."""
    step = w.countries[0].step * grain
    return max(int(minor / step + 0.5), 1) * int(step + 0.5)


@compiled
def savings_to_spare(person: Record) -> int:
    return max(person.balance[SAVINGS], 0) if person.has_savings else 0


@compiled
def can_afford(person: Record, w: Record) -> bool:
    """Whether there is money for more than daily needs; in a wallet, for more than a few days."""
    return money_at_hand(person) > person.income // (20 if w.institution.agents else 6)


@compiled
def money_at_hand(person: Record) -> int:
    """What can be spent from the current account."""
    return max(person.balance[CURRENT] + person.limit[CURRENT], 0)
