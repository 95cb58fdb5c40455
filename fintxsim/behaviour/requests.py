"""Requests made in a customer's name by somebody else: drafts filled in one call from the control plane.

They are built from the same parts as genuine ones (merchants, price points, checks, authentication), so that
nothing of form tells them apart.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.draft import clear
from fintxsim.behaviour.prices import price_point
from fintxsim.behaviour.purchases import SESSION_MASK, address_check, asks_for_cvv, strong_authentication
from fintxsim.behaviour.sessions import banking_channel, event_time, write_event
from fintxsim.behaviour.timing import offset_at
from fintxsim.behaviour.transfers import needs_wire
from fintxsim.compiled import kernel
from fintxsim.population.merchants import draw_rank, profile, rank_of, tenant, terminals_of
from fintxsim.population.people import CREDIT, CURRENT
from fintxsim.streams import Purpose, bits, uniform
from fintxsim.vocabulary import (
    AvsResult,
    Channel,
    CvvResult,
    EntryMode,
    NameMatch,
    Rail,
    TransactionType,
)

_K_MERCHANT = int(Purpose.MERCHANT)


@kernel
def order_online(
    drafts: npt.NDArray[np.void], people: npt.NDArray[np.void], i: int, customer: int, time: int, slot: int,
    generation: int, category: int, country: int, euros: float, device: int, ip: int, ip_country: int, has_cvv: bool,
    has_address: bool, pass_challenge: float, state: np.uint64, days: npt.NDArray[np.void],
    worlds: npt.NDArray[np.void],
) -> None:  # fmt: skip
    """An order at a web shop of a category and country, for about ``euros``, with somebody's card."""
    draft, day, w = drafts[0], days[0], worlds[0]
    person = people[i]
    clear(draft)
    draft.customer, draft.time, draft.draw = customer, time, bits(state, 20)
    place = w.n_cities + country
    for k in range(8 if not has_cvv else 1):  # who has no CVV looks for a shop that does not ask
        rank = draw_rank(uniform(state, 30 + k), w.sizes[place, category])
        draft.merchant = tenant(w.keys[_K_MERCHANT], place, category, rank, day.date, w.lease)
        profile_state = profile(w.keys[_K_MERCHANT], draft.merchant)
        if not asks_for_cvv(profile_state):
            break
    draft.category, draft.merchant_country = category, country
    draft.terminal = int(uniform(state, 1) * terminals_of(profile_state, rank_of(draft.merchant)))
    shop, home = w.countries[country], w.countries[0]
    rate = shop.rate * shop.minor
    wanted = euros * w.bank.euro / home.minor * rate / shop.step
    draft.amount = max(
        int(price_point(w.categories[category].price, profile_state, wanted, uniform(state, 2)) * shop.step + 0.5), 1
    )
    draft.currency = int(shop.currency)
    draft.billing = draft.amount if draft.currency == 0 else max(int(draft.amount / rate * home.minor + 0.5), 1)
    draft.card_slot, draft.card = slot, generation
    draft.account = CREDIT if slot == 1 else CURRENT
    draft.channel, draft.entry = Channel.ECOM, EntryMode.ECOM
    draft.device, draft.ip, draft.ip_country = device, ip, ip_country
    draft.cvv = CvvResult.MATCH if has_cvv else CvvResult.NO_MATCH
    if not asks_for_cvv(profile_state):
        draft.cvv = CvvResult.NOT_PROVIDED
    draft.avs = address_check(uniform(state, 4))
    if draft.avs == AvsResult.MATCH and not has_address:
        draft.avs = AvsResult.NO_MATCH if uniform(state, 5) < 0.7 else AvsResult.PARTIAL
    # Who cannot answer a challenge looks for shops that seldom ask.
    strong_authentication(draft, 0.8 * uniform(state, 6), uniform(state, 7), w)
    draft.pass_challenge = pass_challenge
    draft.offset = offset_at(day.zones[w.city_zone[person.city]], time)


@kernel
def order_transfer(
    drafts: npt.NDArray[np.void], people: npt.NDArray[np.void], i: int, customer: int, time: int, payee: int,
    first: bool, country: int, euros: float, rail: int, device: int, ip: int, ip_country: int, pass_challenge: float,
    state: np.uint64, days: npt.NDArray[np.void], worlds: npt.NDArray[np.void],
) -> None:  # fmt: skip
    """A transfer from a customer's current account to an account elsewhere, in a banking session."""
    draft, day, w = drafts[0], days[0], worlds[0]
    clear(draft)
    draft.customer, draft.time, draft.draw = customer, time, bits(state, 20)
    draft.type, draft.rail = TransactionType.TRANSFER, rail
    draft.channel = banking_channel(device)
    draft.session = np.int64(bits(state, 1) & SESSION_MASK)
    draft.counterparty, draft.counterparty_country = payee, country
    draft.payee_new = first
    u = uniform(state, 2)
    draft.name_match = NameMatch.MATCH if u < 0.55 else NameMatch.CLOSE if u < 0.72 else NameMatch.NO_MATCH
    if country > 0:
        draft.name_match = NameMatch.UNAVAILABLE
    if not first:
        draft.name_match = NameMatch.MATCH
    draft.amount = max(int(euros * w.bank.euro + 0.5), 1)
    draft.billing = draft.amount
    if needs_wire(draft, w):
        draft.rail = Rail.WIRE
    draft.device, draft.ip, draft.ip_country = device, ip, ip_country
    draft.pass_challenge = pass_challenge
    draft.offset = offset_at(day.zones[w.city_zone[people[i].city]], time)


@kernel
def note_event(
    events: npt.NDArray[np.void], size: int, kind: int, time: int, span: int, customer: int, device: int, ip: int,
    ip_country: int, account: int, days: npt.NDArray[np.void], worlds: npt.NDArray[np.void],
) -> int:  # fmt: skip
    """An event with a microsecond of its own, later than the customer's event in ``span``; returns the new size."""
    own = event_time(worlds[0].keys, days[0], time, customer, span, 1)
    return write_event(events, size, kind, own, customer, device, ip, ip_country, banking_channel(device), account)
