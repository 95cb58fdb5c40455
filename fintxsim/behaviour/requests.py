"""Requests that a campaign makes: drafts filled in one call from the control plane.

They are built from the same parts as genuine ones (merchants, price points, checks, authentication), so that
nothing of form tells them apart. Whoever acts as the account's holder does it from the holder's own devices.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.cash import at_agent, pay_in_at_agent
from fintxsim.behaviour.draft import CONFIRMS_ORDER, CONFIRMS_TRANSFER, banking_channel, clear, on_rail
from fintxsim.behaviour.prices import agent_sum, cash_amount, named_sum, price_point
from fintxsim.behaviour.purchases import (
    SESSION_MASK,
    address_check,
    lose_cookies,
    own_device,
    stores_details,
    strong_authentication,
)
from fintxsim.behaviour.sessions import event_time, write_event
from fintxsim.behaviour.timing import offset_at
from fintxsim.behaviour.transfers import needs_wire
from fintxsim.behaviour.trips import whereabouts
from fintxsim.compiled import Record, compiled, kernel
from fintxsim.population.categories import CASH_AGENT, CASH_MACHINE
from fintxsim.population.merchants import asks_for_cvv, category_of, place_of, profile, rank_of, terminals_of
from fintxsim.population.people import CREDIT, CURRENT, N_FAVOURITES, SAVINGS, STRANGER, account_code, is_browser
from fintxsim.streams import Purpose, bits, stream, uniform
from fintxsim.vocabulary import (
    AvsResult,
    Channel,
    CvvResult,
    Direction,
    Eci,
    EntryMode,
    NameMatch,
    Rail,
    ScaExemption,
    ThreeDS,
    TransactionType,
)

_K_MERCHANT, _K_STOLEN = int(Purpose.MERCHANT), int(Purpose.STOLEN_DATA)
BY_HOLDER = -1  # instead of a device: the holder's own
DRAWN = -1  # instead of an outcome: as it turns out


@compiled
def _begin(draft: Record, customer: int, time: int, state: np.uint64) -> None:
    clear(draft)
    draft.customer, draft.time, draft.draw = customer, time, bits(state, 20)


@compiled
def _with_device(
    draft: Record, person: Record, device: int, ip: int, ip_country: int, state: np.uint64, day: Record, w: Record
) -> None:
    """The device and network given, or the holder's own ones where the holder is today."""
    if device == BY_HOLDER:
        visited = whereabouts(person, draft.customer, day.number, w)
        own_device(draft, person, draft.customer, uniform(state, 8), uniform(state, 9), visited, day.number, w)
        # On the day of a new phone the old one is still at hand, and the new one perhaps not yet enrolled.
        replaced = person.replaced_day == day.number and is_browser(draft.device) == is_browser(person.old_device)
        if replaced and draft.device < STRANGER:
            draft.device = person.old_device
    else:
        draft.device, draft.ip, draft.ip_country = device, ip, ip_country


@compiled
def _at_shop(draft: Record, merchant: int, terminal: int, euros: float, state: np.uint64, w: Record) -> None:
    """Merchant, terminal and a price that such a shop asks, near ``euros``; notes at a cash machine."""
    place, category = place_of(merchant), category_of(merchant)
    country = place - w.n_cities if place >= w.n_cities else w.city_country[place]
    draft.merchant, draft.category, draft.merchant_country = merchant, category, country
    profile_state = profile(w.keys[_K_MERCHANT], merchant)
    tills = terminals_of(profile_state, rank_of(merchant))
    draft.terminal = int(uniform(state, 1) * tills) if terminal < 0 else min(terminal, tills - 1)
    shop, home = w.countries[country], w.countries[0]
    rate = shop.rate * shop.minor
    wanted = euros * w.bank.euro / home.minor * rate / shop.step
    if category == CASH_MACHINE:
        units = cash_amount(wanted, uniform(state, 2))
    elif category == CASH_AGENT:
        units = agent_sum(wanted)
    else:
        style, several = w.categories[category].price, w.habits.several_share
        units = price_point(style, profile_state, wanted, several, uniform(state, 2))
    draft.amount = max(int(units * shop.step + 0.5), 1)
    draft.currency = int(shop.currency)
    draft.billing = draft.amount if draft.currency == 0 else max(int(draft.amount / rate * home.minor + 0.5), 1)


@compiled
def _with_card(draft: Record, slot: int, generation: int) -> None:
    draft.card_slot, draft.card = slot, generation
    draft.account = CREDIT if slot == 1 else CURRENT


@compiled
def _holds_details(favourites: npt.NDArray[np.int64], customer: int, merchant: int, u: float, w: Record) -> bool:
    """Whether a shop has the card's details on file: most favourites do, others now and then."""
    for k in range(N_FAVOURITES):
        if favourites[k] == merchant and stores_details(customer, merchant, w):
            return True
    return u < 0.12


@kernel
def order_online(
    drafts: npt.NDArray[np.void], people: npt.NDArray[np.void], favourites: npt.NDArray[np.int64], i: int,
    customer: int, time: int, slot: int, generation: int, merchant: int, euros: float, device: int, ip: int,
    ip_country: int, has_cvv: bool, has_address: bool, is_stored: bool, pass_challenge: float, state: np.uint64,
    days: npt.NDArray[np.void], worlds: npt.NDArray[np.void],
) -> None:  # fmt: skip
    """An order at a web shop for about ``euros``; 0 asks only whether the card is good.

    ``is_stored``: the shop has the details from an order before. ``pass_challenge`` below 0: the holder is asked.
    """
    draft, day, w = drafts[0], days[0], worlds[0]
    person = people[i]
    _begin(draft, customer, time, state)
    _at_shop(draft, merchant, -1, max(euros, 1.0), state, w)
    draft.offset = offset_at(day.zones[w.city_zone[person.city]], time)
    if w.institution.pushes:
        _with_device(draft, person, device, ip, ip_country, state, day, w)
        draft.rail = w.institution.rail
        draft.channel, draft.session = banking_channel(draft.device, w), np.int64(bits(state, 10) & SESSION_MASK)
        draft.pass_challenge = pass_challenge if pass_challenge >= 0.0 else CONFIRMS_TRANSFER
        return
    _with_card(draft, slot, generation)
    by_holder = device == BY_HOLDER
    draft.on_file = is_stored or (by_holder and _holds_details(favourites[i], customer, merchant, uniform(state, 3), w))
    draft.channel, draft.entry = Channel.ECOM, EntryMode.ON_FILE if draft.on_file else EntryMode.ECOM
    _with_device(draft, person, device, ip, ip_country, state, day, w)
    if by_holder:
        lose_cookies(draft, customer, uniform(state, 11), day.number, w)
    asks = asks_for_cvv(profile(w.keys[_K_MERCHANT], merchant))
    draft.cvv = CvvResult.MATCH if has_cvv else CvvResult.NO_MATCH
    if not asks or (draft.on_file and uniform(state, 4) < 0.8):
        draft.cvv = CvvResult.NOT_PROVIDED
    # Who does not know the address looks for shops that seldom ask for it.
    draft.avs = address_check(uniform(state, 4) * (1.0 if has_address else 0.85), w)
    if draft.avs == AvsResult.MATCH and not has_address:
        draft.avs = AvsResult.NO_MATCH if uniform(state, 5) < 0.7 else AvsResult.PARTIAL
    # Who cannot answer a challenge looks for shops that seldom ask.
    strong_authentication(draft, uniform(state, 6) * (1.0 if by_holder else 0.8), uniform(state, 7), w)
    draft.pass_challenge = pass_challenge if pass_challenge >= 0.0 else CONFIRMS_ORDER
    if euros <= 0.0:
        draft.type = TransactionType.ACCOUNT_VERIFICATION
        draft.amount = draft.billing = 0
        draft.three_ds, draft.eci, draft.sca = ThreeDS.NONE, Eci._07, ScaExemption.NONE


@kernel
def order_in_person(
    drafts: npt.NDArray[np.void], customer: int, time: int, slot: int, generation: int, merchant: int, terminal: int,
    euros: float, entry: int, knows_pin: bool, state: np.uint64, days: npt.NDArray[np.void],
    worlds: npt.NDArray[np.void],
) -> None:  # fmt: skip
    """A card at a till or a cash machine; a wallet at an agent."""
    draft, day, w = drafts[0], days[0], worlds[0]
    _begin(draft, customer, time, state)
    _at_shop(draft, merchant, terminal, euros, state, w)
    draft.offset = offset_at(day.zones[w.city_zone[place_of(merchant)]], time)
    if draft.category == CASH_AGENT:
        draft.type = TransactionType.CASH_WITHDRAWAL
        at_agent(draft, w)
        return
    _with_card(draft, slot, generation)
    draft.entry = entry
    if draft.category == CASH_MACHINE:
        draft.type, draft.channel = TransactionType.CASH_WITHDRAWAL, Channel.ATM
    draft.pass_challenge = CONFIRMS_TRANSFER if knows_pin else -1.0


@kernel
def order_transfer(
    drafts: npt.NDArray[np.void], people: npt.NDArray[np.void], i: int, customer: int, time: int, friend: int,
    payee: int, first: bool, country: int, name_match: int, euros: float, rail: int, device: int, ip: int,
    ip_country: int, pass_challenge: float, state: np.uint64, days: npt.NDArray[np.void],
    worlds: npt.NDArray[np.void],
) -> None:  # fmt: skip
    """A transfer in a banking session: to customer ``friend``, or to account code ``payee`` elsewhere.

    A customer who sends money to himself moves it from his savings to his current account.
    """
    draft, day, w = drafts[0], days[0], worlds[0]
    person = people[i]
    _begin(draft, customer, time, state)
    draft.type, draft.rail = TransactionType.TRANSFER, on_rail(rail, w)
    _with_device(draft, person, device, ip, ip_country, state, day, w)
    draft.channel = banking_channel(draft.device, w)
    draft.session = np.int64(bits(state, 1) & SESSION_MASK)
    draft.counterparty, draft.counterparty_country = payee, country if w.institution.rail < 0 else 0
    if friend >= 0:
        draft.friend, draft.transfer, draft.counterparty = friend, 0, account_code(friend, CURRENT)
    if friend == customer:
        draft.account = SAVINGS
    draft.payee_new = first
    name = uniform(stream(w.keys[_K_STOLEN], draft.counterparty, -1), 0)  # an account has one name
    draft.name_match = name_match if name_match != DRAWN else _name_match(first, draft.counterparty_country, name)
    draft.amount = named_sum(euros, w)
    draft.billing = draft.amount
    if needs_wire(draft, w):
        draft.rail = Rail.WIRE
    draft.pass_challenge = pass_challenge
    draft.offset = offset_at(day.zones[w.city_zone[person.city]], time)


@compiled
def _name_match(first: bool, country: int, u: float) -> int:
    """Confirmation of payee for an account that a criminal gives under a name of his choice (assumption)."""
    if not first:
        return NameMatch.MATCH
    if country > 0:
        return NameMatch.UNAVAILABLE
    return NameMatch.MATCH if u < 0.62 else NameMatch.CLOSE if u < 0.8 else NameMatch.NO_MATCH


@kernel
def order_receipt(
    drafts: npt.NDArray[np.void], people: npt.NDArray[np.void], i: int, customer: int, time: int, payer: int,
    euros: float, rail: int, account: int, state: np.uint64, days: npt.NDArray[np.void], worlds: npt.NDArray[np.void],
) -> None:  # fmt: skip
    """Money that comes in from an account elsewhere; without a payer, cash over the counter."""
    draft, day, w = drafts[0], days[0], worlds[0]
    _begin(draft, customer, time, state)
    draft.direction, draft.account, draft.rail = Direction.CREDIT, account, on_rail(rail, w)
    if payer < 0 and w.institution.agents:
        draft.type = TransactionType.CASH_DEPOSIT
        pay_in_at_agent(draft, people[i], -1, euros * w.bank.euro / w.countries[0].step, state, day, w)
        draft.time = time
        draft.offset = offset_at(day.zones[w.city_zone[place_of(draft.merchant)]], time)
        return
    draft.type, draft.channel = TransactionType.TRANSFER, Channel.BATCH
    draft.counterparty, draft.counterparty_country = payer, 0
    draft.amount = named_sum(euros, w)
    if payer < 0:
        draft.type, draft.channel = TransactionType.CASH_DEPOSIT, Channel.BRANCH
        draft.counterparty_country = -1
        step = int(5.0 * w.countries[0].step)
        draft.amount = max(int(euros * w.bank.euro / step + 0.5), 1) * step
    draft.billing = draft.amount
    draft.offset = offset_at(day.zones[w.city_zone[people[i].city]], time)


@kernel
def order_bounce(drafts: npt.NDArray[np.void], time: int, state: np.uint64) -> None:
    """Turn the draft of a receipt into the row that takes the money back."""
    draft = drafts[0]
    draft.original, draft.time, draft.draw = draft.time, time, bits(state, 20)
    draft.type, draft.direction = TransactionType.REVERSAL, Direction.DEBIT
    draft.response = draft.reason = -1
    draft.approved = 0


@kernel
def order_refund(
    drafts: npt.NDArray[np.void], people: npt.NDArray[np.void], i: int, customer: int, time: int, slot: int,
    generation: int, merchant: int, terminal: int, euros: float, original: int, state: np.uint64,
    days: npt.NDArray[np.void], worlds: npt.NDArray[np.void],
) -> None:  # fmt: skip
    """Money from a merchant to a card, for the row at time ``original`` or, with -1, for none."""
    draft, day, w = drafts[0], days[0], worlds[0]
    _begin(draft, customer, time, state)
    _at_shop(draft, merchant, terminal, euros, state, w)
    _with_card(draft, slot, generation)
    online = place_of(merchant) >= w.n_cities
    draft.channel = Channel.ECOM if online else Channel.POS
    draft.entry = EntryMode.ECOM if online else EntryMode.CHIP
    draft.type, draft.direction, draft.original = TransactionType.REFUND, Direction.CREDIT, original
    draft.offset = offset_at(day.zones[w.city_zone[people[i].city]], time)


@kernel
def note_event(
    events: npt.NDArray[np.void], size: int, kind: int, time: int, span: int, people: npt.NDArray[np.void], i: int,
    customer: int, device: int, ip: int, ip_country: int, account: int, state: np.uint64, days: npt.NDArray[np.void],
    worlds: npt.NDArray[np.void],
) -> int:  # fmt: skip
    """An event with a microsecond of its own, later than the customer's event in ``span``; returns the new size."""
    day, w = days[0], worlds[0]
    own = event_time(w.keys, day, time, customer, span, 1)
    size = write_event(events, size, kind, own, customer, device, ip, ip_country, 0, account)
    event = events[size - 1]
    _with_device(event, people[i], device, ip, ip_country, state, day, w)
    event.channel = banking_channel(event.device, w)
    return size
