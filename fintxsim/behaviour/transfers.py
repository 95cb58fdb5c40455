"""Transfers: to friends, to known and new payees, to and from one's own savings; wallet top-ups."""

from __future__ import annotations

import numpy as np

from fintxsim.behaviour.draft import banking_channel, clear, on_rail
from fintxsim.behaviour.prices import habit, in_hundredths
from fintxsim.behaviour.purchases import SESSION_MASK, challenge, own_device, use_card
from fintxsim.behaviour.timing import offset_at, time_of_day, to_utc
from fintxsim.compiled import Record, compiled
from fintxsim.numerics import exp, normal_quantile
from fintxsim.population.categories import WALLET_TOP_UP, Hours
from fintxsim.population.merchants import draw_rank, profile, rank_of, tenant, terminals_of
from fintxsim.population.people import DEBIT_CARD, SAVINGS, account_code, payee_code
from fintxsim.streams import Purpose, bits, stream, uniform
from fintxsim.vocabulary import (
    Channel,
    CvvResult,
    Direction,
    EntryMode,
    NameMatch,
    Rail,
    ScaExemption,
    TransactionType,
)

_K_TRANSFER, _K_MERCHANT, _K_AUTHORISE = int(Purpose.TRANSFER), int(Purpose.MERCHANT), int(Purpose.AUTHORISE)
_ONLINE = int(Hours.ONLINE)
_WHOLE_SHARE = 0.14  # of transfers, of a whole but no round sum (assumption)
USUAL_SUMS = 0.35  # share of transfers to known payees of the usual sum: pocket money, the cleaner, dues (assumption)
FOREIGN_PAYEES = 0.03  # share of payees whose account is abroad (assumption)
MOST_PAYEES = 3999  # found by oneself; codes above belong to landlords and business customers
_TOP_UP, _OWN, _RECEIPT = 40, 41, 48  # ordinals within the day


@compiled
def plan_transfer(
    draft: Record, person: Record, customer: int, ordinal: int, visited: int, day: Record,
    w: Record,
) -> None:  # fmt: skip
    """A transfer to a friend at this bank or a payee elsewhere."""
    clear(draft)
    draws = _banking_session(draft, person, customer, ordinal, visited, day, w)
    draft.type = TransactionType.TRANSFER
    _choose_payee(draft, person, customer, draws, w)
    _sum(draft, person, draws, w)
    u = uniform(draws, 8)
    draft.rail = on_rail(Rail.INSTANT if u < 0.58 else Rail.ACCOUNT_TO_ACCOUNT, w)
    if needs_wire(draft, w):
        draft.rail = Rail.WIRE


@compiled
def needs_wire(draft: Record, w: Record) -> bool:
    """Large sums to countries with another currency go by wire; within a currency area they are ordinary transfers."""
    country = draft.counterparty_country
    return country > 0 and w.countries[country].currency != 0 and draft.billing > 150.0 * w.bank.euro


@compiled
def _banking_session(
    draft: Record, person: Record, customer: int, ordinal: int, visited: int, day: Record,
    w: Record,
) -> np.uint64:  # fmt: skip
    """A banking session of today's; returns its draws."""
    draws = stream(w.keys[_K_TRANSFER], customer, day.number * 64 + ordinal)
    draft.draw = stream(w.keys[_K_AUTHORISE], customer, day.number * 256 + 160 + ordinal)
    open_session(draft, person, customer, visited, draws, day, w)
    return draws


@compiled
def open_session(
    draft: Record, person: Record, customer: int, visited: int, draws: np.uint64, day: Record, w: Record
) -> None:
    """Device, network, session and time of a payment in the app or on the web."""
    draft.customer = customer
    own_device(draft, person, customer, uniform(draws, 0), uniform(draws, 1), visited, day.number, w)
    draft.channel = banking_channel(draft.device, w)
    draft.session = np.int64(bits(draws, 2) & SESSION_MASK)
    zone = day.zones[w.city_zone[visited if visited >= 0 else person.city]]
    draft.time = to_utc(day, zone, time_of_day(w.hours, _ONLINE, day.weekend, uniform(draws, 3)))
    draft.offset = offset_at(zone, draft.time)


@compiled
def _choose_payee(draft: Record, person: Record, customer: int, draws: np.uint64, w: Record) -> None:
    """Friends at this bank, payees elsewhere, or somebody new; whether he is new is settled when the money is sent."""
    u, v = uniform(draws, 4), uniform(draws, 5)
    draft.counterparty_country = 0
    if u < w.habits.friend_share and person.friend_count > 0:
        k = int(v * v * v * person.friend_count)  # some friends far more often than others
        draft.friend = person.friends[k]
        draft.transfer = 0
        draft.counterparty = account_code(draft.friend, 0)
        draft.payee_new = (person.friends_known >> k) & 1 == 0
    else:
        known = u < 1.0 - w.habits.new_payee_share and person.payees > 0
        ordinal = int(v * v * v * person.payees) if known else person.payees
        draft.counterparty = payee_code(customer, ordinal)
        draft.counterparty_country = _payee_country(customer, ordinal, w)
        draft.payee_new = not known
    draft.name_match = _name_match(draft, uniform(draws, 9))


@compiled
def _payee_country(customer: int, ordinal: int, w: Record) -> int:
    """Where a payee's account is kept: always the same for the same payee. A single rail ends at the border."""
    if w.institution.rail >= 0:
        return 0
    u = uniform(stream(w.keys[_K_TRANSFER], customer, -1), ordinal)
    return 1 + int(u / FOREIGN_PAYEES * (w.n_countries - 1)) if u < FOREIGN_PAYEES and w.n_countries > 1 else 0


@compiled
def _name_match(draft: Record, u: float) -> int:
    if draft.payee_new == 0:
        return NameMatch.MATCH
    if draft.counterparty_country > 0 or u > 0.985:
        return NameMatch.UNAVAILABLE
    return NameMatch.MATCH if u < 0.86 else NameMatch.CLOSE if u < 0.95 else NameMatch.NO_MATCH


@compiled
def recognise_payee(person: Record, draft: Record) -> None:
    """Settle, at the moment of payment, whether a payee planned as new still is."""
    if draft.payee_new == 1 and knows_payee(person, draft):
        draft.payee_new = 0
        draft.name_match = NameMatch.MATCH


@compiled
def knows_payee(person: Record, draft: Record) -> bool:
    if draft.friend >= 0:
        k = _friend_number(person, draft.friend)
        return k >= 0 and (person.friends_known >> k) & 1 == 1
    return draft.counterparty < payee_code(draft.customer, person.payees) and draft.counterparty >= payee_code(
        draft.customer, 0
    )


@compiled
def remember_payee(person: Record, draft: Record) -> None:
    """After an approved payment the payee is known."""
    if draft.payee_new != 1:
        return
    person.last_payee, person.last_payee_time = draft.counterparty, draft.time
    if draft.friend >= 0:
        k = _friend_number(person, draft.friend)
        if k >= 0:
            person.friends_known |= np.uint8(1 << k)
    elif draft.counterparty == payee_code(draft.customer, person.payees):
        person.payees = min(person.payees + 1, MOST_PAYEES)


@compiled
def _friend_number(person: Record, friend: int) -> int:
    for k in range(person.friend_count):
        if person.friends[k] == friend:
            return k
    return -1


@compiled
def _sum(draft: Record, person: Record, draws: np.uint64, w: Record) -> None:
    """People send round sums, shares of bills, and now and then a large one; to those whom they know often the same."""
    home = w.countries[0]
    u, v = uniform(draws, 6), uniform(draws, 7)
    if draft.payee_new == 0 and uniform(draws, 10) < USUAL_SUMS:
        own = habit(draft.customer, draft.counterparty)
        u, v = 0.1 + 0.6 * uniform(own, 0), uniform(own, 1)
    z = normal_quantile(u)
    level = 3.4 + (0.8 if draft.payee_new == 1 else 0.0) + (1.2 if draft.counterparty_country > 0 else 0.0)
    euros = exp(level + 0.9 * person.spend + 1.25 * z)
    units = euros * w.bank.euro / home.step
    if v < w.habits.round_share:
        grain = 5.0 if units < 100.0 else 50.0 if units < 1000.0 else 100.0
        units = max(np.floor(units / grain + 0.5), 1.0) * grain
    elif v < w.habits.round_share + _WHOLE_SHARE:
        units = max(np.floor(units + 0.5), 1.0)
    draft.amount = in_hundredths(units, w)
    draft.billing = draft.amount


@compiled
def plan_receipt(draft: Record, person: Record, customer: int, ordinal: int, day: Record, w: Record) -> None:
    """Money from somebody elsewhere to whom the customer has sent some."""
    clear(draft)
    draws = stream(w.keys[_K_TRANSFER], customer, day.number * 64 + _RECEIPT + ordinal)
    draft.customer = customer
    draft.type = TransactionType.TRANSFER
    draft.rail = on_rail(Rail.INSTANT if uniform(draws, 8) < 0.58 else Rail.ACCOUNT_TO_ACCOUNT, w)
    draft.channel = Channel.BATCH
    draft.direction = Direction.CREDIT
    v = uniform(draws, 5)
    draft.counterparty = payee_code(customer, int(v * v * max(person.payees, 1)))
    draft.counterparty_country = 0
    _sum(draft, person, draws, w)
    zone = day.zones[w.city_zone[person.city]]
    draft.time = to_utc(day, zone, time_of_day(w.hours, _ONLINE, day.weekend, uniform(draws, 3)))
    draft.offset = offset_at(zone, draft.time)


@compiled
def plan_own_transfer(
    draft: Record, person: Record, customer: int, amount: int, visited: int, day: Record,
    w: Record,
) -> None:  # fmt: skip
    """Pull money from the savings account when the current one runs low."""
    clear(draft)
    _banking_session(draft, person, customer, _OWN, visited, day, w)
    move_savings(draft, customer, amount)


@compiled
def move_savings(draft: Record, customer: int, amount: int) -> None:
    """Make a session one that moves money from the savings to the current account."""
    draft.type = TransactionType.TRANSFER
    draft.rail = Rail.INSTANT
    draft.account = SAVINGS
    draft.friend = customer
    draft.transfer = 0
    draft.counterparty = account_code(customer, 0)
    draft.counterparty_country = 0
    draft.payee_new = 0
    draft.name_match = NameMatch.MATCH
    draft.amount = amount
    draft.billing = amount


@compiled
def plan_top_up(draft: Record, person: Record, customer: int, visited: int, day: Record, w: Record) -> None:
    """Load an e-wallet: from the account over the wallet rail, or with the card."""
    clear(draft)
    draws = _banking_session(draft, person, customer, _TOP_UP, visited, day, w)
    draft.type = TransactionType.TOP_UP
    units = 10.0 * (1 + int(5.0 * uniform(draws, 4) ** 2)) if uniform(draws, 5) < 0.8 else 100.0
    draft.amount = int(units * w.countries[0].step + 0.5)
    draft.billing = draft.amount
    place = w.n_cities
    rank = draw_rank(uniform(draws, 6), w.sizes[place, WALLET_TOP_UP])
    draft.merchant = tenant(w.keys[_K_MERCHANT], place, WALLET_TOP_UP, rank, day.date, w.lease)
    draft.category = WALLET_TOP_UP
    draft.merchant_country = 0
    draft.terminal = int(
        uniform(draws, 7) * terminals_of(profile(w.keys[_K_MERCHANT], draft.merchant), rank_of(draft.merchant))
    )
    if uniform(draws, 8) < 0.5:
        draft.rail = Rail.WALLET
        return
    draft.channel = Channel.ECOM
    draft.entry = EntryMode.ECOM
    draft.cvv = CvvResult.MATCH
    draft.sca = ScaExemption.NONE
    challenge(draft, uniform(draws, 9))
    use_card(draft, person, DEBIT_CARD)
