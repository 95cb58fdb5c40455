"""Card purchases: in person and online, at favourites and at merchants found by distance and fame."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.draft import CONFIRMS_ORDER, banking_channel, clear
from fintxsim.behaviour.outings import city_at, off_the_way, on_the_spot
from fintxsim.behaviour.prices import habit, price, routine_amount, usual_amount
from fintxsim.behaviour.timing import in_opening_hours, inside, offset_at, time_of_day, to_utc
from fintxsim.compiled import Record, compiled
from fintxsim.population.categories import Hours, Price
from fintxsim.population.customers import DESTINATIONS, ROUTINE_FAVOURITE, TABLE, choose_favourite
from fintxsim.population.merchants import (
    PROFILE_HOURS,
    asks_for_cvv,
    category_of,
    draw_rank,
    generation_of,
    place_of,
    profile,
    rank_of,
    reads_stripe,
    tenant,
    terminals_of,
)
from fintxsim.population.people import (
    AT_HOME,
    CREDIT,
    CREDIT_CARD,
    CURRENT,
    DEBIT_CARD,
    N_FAVOURITES,
    browser_code,
    guest_code,
    home_ip_code,
    is_browser,
    is_in_hand,
    mobile_ip_code,
    phone_code,
    roaming_ip_code,
    tunnel_ip_code,
)
from fintxsim.streams import Purpose, bits, mix, stream, uniform
from fintxsim.vocabulary import (
    AvsResult,
    Channel,
    CvvResult,
    Eci,
    EntryMode,
    Rail,
    ScaExemption,
    ThreeDS,
    TransactionType,
)

_K_PURCHASE, _K_MERCHANT, _K_AUTHORISE = int(Purpose.PURCHASE), int(Purpose.MERCHANT), int(Purpose.AUTHORISE)
_K_PERSON, _COOKIES = int(Purpose.PERSON), -7

# Ordinals of the draws of one purchase.
(
    _FAVOURITE, _SLOT, _CATEGORY, _ONLINE, _CITY, _RANK, _FORGET, _SIZE, _CENTS, _TIME, _REOPEN, _CARD, _ENTRY,
    _TERMINAL, _DEVICE, _NETWORK, _SCA, _FLOW, _CHECKS, _USUAL, _SESSION, _FORGOTTEN,
) = range(22)  # fmt: skip
_REPLACEMENT, _TRIES = 32, 51
_STORED = 3  # ordinal among the habits of a customer at a merchant
SESSION_MASK = np.uint64((1 << 48) - 1)
GUEST_SHARE = 0.015  # of web requests made from a device that is not the customer's own (assumption)
TUNNEL_SHARE = 0.02  # of web requests that come out in another country (assumption)
# Web purchases: at the home country's shops, at those of the countries that people travel to, and for a few distance
# does not matter (assumptions; it matters less on the web than elsewhere: Lendle and others, There goes gravity, 2016).
AT_HOME_ON_THE_WEB, ANYWHERE_ON_THE_WEB = 0.82, 0.96
_ONLINE_HOURS = int(Hours.ONLINE)
_MISTYPED, _WRONG_ADDRESS = 0.035 / 0.26, 0.015 / 0.26  # shares of the addresses that are checked (assumption)

# Cumulative weights of the favourites: the first one dominates (real data: the most used merchant has .24-.85 of the
# rows).
_FAVOURITE_WEIGHTS = np.array([0.56, 0.71, 0.80, 0.865, 0.913, 0.952, 0.98, 1.0])


@compiled
def plan_purchase(
    draft: Record,
    person: Record,
    favourites: npt.NDArray[np.int64],
    customer: int,
    ordinal: int,
    visited: int,
    day: Record,
    w: Record,
) -> None:
    """One purchase of the day. ``visited`` is the city of a trip, or -1."""
    clear(draft)
    draws = stream(w.keys[_K_PURCHASE], customer, day.number * 64 + ordinal)
    draft.draw = stream(w.keys[_K_AUTHORISE], customer, day.number * 256 + ordinal)
    draft.customer = customer
    merchant = -1
    slot = _favourite_slot(person, favourites, draws, visited, day, w)
    if slot >= 0:
        merchant = _visit_favourite(person, favourites, slot, draws, day, w)
        if not _is_within_reach(merchant, person, draws, visited, day, w):  # it is another one from today on
            slot = -1
    if slot < 0:
        merchant = _explore(person, draws, visited, day, w)
        if _comes_by_again(merchant, person, visited, w) and uniform(draws, _FORGET) < 0.02:
            favourites[1 + int(uniform(draws, _FORGET) * 50.0 * (N_FAVOURITES - 1))] = merchant
    pay_at(draft, person, customer, merchant, slot, float(person.spend), visited, draws, day, w)


@compiled
def pay_at(
    draft: Record, person: Record, customer: int, merchant: int, slot: int, purse: float, visited: int,
    draws: np.uint64, day: Record, w: Record,
) -> None:  # fmt: skip
    """What follows once the merchant is chosen: till, time, amount, card, and how the card is shown.

    ``slot`` is the favourite that the merchant is, or -1; ``purse`` the log of the scale of prices paid.
    """
    state = profile(w.keys[_K_MERCHANT], merchant)
    _at_merchant(draft, person, merchant, state, draws, visited, day, w)
    usual = slot >= 0 and uniform(draws, _USUAL) < _same_again(w.categories[draft.category].price)
    _amount(draft, purse, customer, state, draws, usual, w)
    if w.institution.pushes == 0:
        _choose_card(draft, person, draws)
    show_card(draft, person, customer, slot, visited, draws, day, w)


@compiled
def _same_again(style: int) -> float:
    """Share of the purchases at a favourite that are the usual one, at the usual price. Assumptions: where prices are
    few, as those of fares, plans and credit for a phone, most are; a basket is never the same."""
    if style == Price.FIXED or style == Price.FARE or style == Price.ROUND:
        return 0.6
    return 0.0 if style == Price.BASKET else 0.3


@compiled
def show_card(
    draft: Record, person: Record, customer: int, slot: int, visited: int, draws: np.uint64, day: Record, w: Record
) -> None:
    """Hold the card to the terminal or put it in; on the web, give its details. The amount has a say in it.

    Where there are no cards, push the money from the account.
    """
    if w.institution.pushes:
        push(draft, person, customer, visited, draws, day, w)
    elif draft.channel == Channel.POS:
        _read_card(draft, person, uniform(draws, _ENTRY), w)
    else:
        _type_details(draft, person, customer, slot, visited, draws, day, w)


@compiled
def push(draft: Record, person: Record, customer: int, visited: int, draws: np.uint64, day: Record, w: Record) -> None:
    """Pay a merchant from the account: at the till with the phone, for a web shop with any device."""
    u = uniform(draws, _DEVICE)
    if place_of(draft.merchant) < w.n_cities:
        u = 0.35 + u * (0.65 - GUEST_SHARE)  # one's own phone
    own_device(draft, person, customer, u, uniform(draws, _NETWORK), visited, day.number, w)
    draft.rail = w.institution.rail
    draft.channel = banking_channel(draft.device, w)
    draft.entry = EntryMode.NONE
    draft.session = np.int64(bits(draws, _SESSION) & SESSION_MASK)


@compiled
def plan_verification(draft: Record, day: Record, w: Record) -> None:
    """Turn a copy of a purchase into the zero-value request with which a shop checks a card before it stores it."""
    draft.type = TransactionType.ACCOUNT_VERIFICATION
    draft.amount = 0
    draft.billing = 0
    draft.time = inside(day, draft.time - 25_000_000)
    draft.draw = mix(draft.draw + np.uint64(7))
    draft.entry = EntryMode.ECOM
    draft.on_file = 0
    asks = asks_for_cvv(profile(w.keys[_K_MERCHANT], draft.merchant))
    draft.cvv = CvvResult.MATCH if asks else CvvResult.NOT_PROVIDED
    draft.three_ds = ThreeDS.NONE
    draft.eci = Eci._07
    draft.sca = ScaExemption.NONE


@compiled
def _favourite_slot(
    person: Record, favourites: npt.NDArray[np.int64], draws: np.uint64, visited: int, day: Record, w: Record
) -> int:
    """Favourite that the customer goes to, or -1 to look around.

    If it is in another town than the customer is at that time, the first one within reach. On a trip only web shops
    are.
    """
    loyalty = person.loyalty * w.habits.favourites * (0.25 if visited >= 0 else 1.0)
    if uniform(draws, _FAVOURITE) >= loyalty:
        return -1
    u = uniform(draws, _SLOT)
    first = 0
    while u > _FAVOURITE_WEIGHTS[first]:
        first += 1
    if _is_within_reach(favourites[first], person, draws, visited, day, w):
        return first
    for slot in range(0 if visited >= 0 else N_FAVOURITES):
        is_shop = place_of(favourites[slot]) < w.n_cities
        if is_shop and _is_within_reach(favourites[slot], person, draws, visited, day, w):
            return slot
    return -1


@compiled
def _is_within_reach(merchant: int, person: Record, draws: np.uint64, visited: int, day: Record, w: Record) -> bool:
    """Whether a favourite is on the web, or where the customer is when it is to be visited."""
    place = place_of(merchant)
    if place >= w.n_cities:
        return True
    if visited >= 0 or person.town == AT_HOME:
        return visited < 0 and place == person.city
    return place == city_at(person, visited, _wanted_at(w.categories[category_of(merchant)].hours, draws, day, w))


@compiled
def _wanted_at(curve: int, draws: np.uint64, day: Record, w: Record) -> float:
    """Local time at which something in person is wanted, when most of its shops are open."""
    local = time_of_day(w.hours, curve, day.weekend, uniform(draws, _TIME))
    opens, closes = w.opening[curve, 0], w.opening[curve, 1]
    if closes - opens < 1440:
        local = in_opening_hours(local, uniform(draws, _REOPEN), opens, closes)
    return local


@compiled
def _comes_by_again(merchant: int, person: Record, visited: int, w: Record) -> bool:
    """Whether a merchant may become a favourite: not on a trip, nor in a town where the customer is hardly ever."""
    place = place_of(merchant)
    return visited < 0 and (place >= w.n_cities or place == person.city or place == person.second_town)


@compiled
def _visit_favourite(
    person: Record, favourites: npt.NDArray[np.int64], slot: int, draws: np.uint64, day: Record, w: Record
) -> int:
    """The favourite, or another one in its stead if it has closed."""
    merchant = favourites[slot]
    here = tenant(w.keys[_K_MERCHANT], place_of(merchant), category_of(merchant), rank_of(merchant), day.date, w.lease)
    if generation_of(here) != generation_of(merchant):
        here = choose_favourite(person, draws, _REPLACEMENT, day.date, w)
        favourites[slot] = here
    return here


@compiled
def _explore(person: Record, draws: np.uint64, visited: int, day: Record, w: Record) -> int:
    """A merchant by what is wanted, where the customer is and how well known it is."""
    category = int(w.category_table[person.segment, day.weekend, int(uniform(draws, _CATEGORY) * TABLE)])
    n_cities = w.n_cities
    online = uniform(draws, _ONLINE) < w.categories[category].online_share * person.digital * w.habits.online
    u = uniform(draws, _CITY)
    if online:
        place = n_cities
        if u >= ANYWHERE_ON_THE_WEB:
            place += int((u - ANYWHERE_ON_THE_WEB) / (1.0 - ANYWHERE_ON_THE_WEB) * w.n_countries)
        elif u >= AT_HOME_ON_THE_WEB:
            slot = int((u - AT_HOME_ON_THE_WEB) / (ANYWHERE_ON_THE_WEB - AT_HOME_ON_THE_WEB) * DESTINATIONS)
            place += w.city_country[w.abroad[slot]]
    else:
        place = city_at(person, visited, _wanted_at(w.categories[category].hours, draws, day, w))
    rank = draw_rank(uniform(draws, _RANK), w.sizes[place, category])
    return tenant(w.keys[_K_MERCHANT], place, category, rank, day.date, w.lease)


@compiled
def _at_merchant(
    draft: Record, person: Record, merchant: int, state: np.uint64, draws: np.uint64, visited: int, day: Record,
    w: Record,
) -> None:  # fmt: skip
    """Merchant, terminal, place and time."""
    n_cities = w.n_cities
    place, category = place_of(merchant), category_of(merchant)
    online = place >= n_cities
    draft.merchant = merchant
    draft.category = category
    draft.terminal = int(uniform(draws, _TERMINAL) * terminals_of(state, rank_of(merchant)))
    draft.merchant_country = place - n_cities if online else w.city_country[place]
    draft.channel = Channel.ECOM if online else Channel.POS
    curve = _ONLINE_HOURS if online else w.categories[category].hours
    local = time_of_day(w.hours, curve, day.weekend, uniform(draws, _TIME))
    if not online:
        opens, closes = w.opening[curve, 0], w.opening[curve, 1]
        shift = 60.0 * uniform(state, PROFILE_HOURS) - 30.0 if closes - opens < 1440 else 0.0
        if closes - opens < 1440:
            local = in_opening_hours(local, uniform(draws, _REOPEN), opens + shift, closes + shift)
        if person.town != AT_HOME and visited < 0:
            wanted = _wanted_at(curve, draws, day, w)
            local = on_the_spot(person, place, wanted, local, opens + shift, closes + shift)
    city = visited if visited >= 0 else person.city
    if not online:
        city = place
    zone = day.zones[w.city_zone[city]]
    draft.time = to_utc(day, zone, local)
    draft.offset = offset_at(zone, draft.time)


@compiled
def _amount(
    draft: Record, purse: float, customer: int, state: np.uint64, draws: np.uint64, usual: bool, w: Record
) -> None:
    country = w.countries[draft.merchant_country]
    category = w.categories[draft.category]
    rate, several = country.rate * country.minor, w.habits.several_share
    if usual:
        amount = usual_amount(customer, draft.merchant, state, category, purse, country.step, rate, several)
    else:
        size, ending = uniform(draws, _SIZE), uniform(draws, _CENTS)
        amount = price(category, state, purse, country.step, rate, several, size, ending)
    draft.amount = amount
    draft.currency = int(country.currency)
    home = w.countries[0]
    draft.billing = amount if draft.currency == 0 else max(int(amount / rate * home.minor + 0.5), 1)


@compiled
def _choose_card(draft: Record, person: Record, draws: np.uint64) -> None:
    wants_credit = person.has_credit and uniform(draws, _CARD) < person.credit_share
    use_card(draft, person, CREDIT_CARD if wants_credit else DEBIT_CARD)


@compiled
def has_card_ready(draft: Record, person: Record) -> bool:
    """Whether the holder can pay in person: with the card chosen, or else with the other one; if not, he pays cash."""
    if draft.channel != Channel.POS or draft.card_slot < 0 or is_in_hand(person, draft.card_slot):
        return True
    other = CREDIT_CARD - draft.card_slot
    if (other == CREDIT_CARD and person.has_credit == 0) or not is_in_hand(person, other):
        return False
    use_card(draft, person, other)
    return True


@compiled
def means_to_pay(draft: Record, person: Record, w: Record) -> bool:
    """Whoever pushes money sees first how much there is; one in eight tries all the same (assumption)."""
    if w.institution.pushes == 0 or draft.billing <= person.balance[CURRENT] + person.limit[CURRENT]:
        return True
    return uniform(draft.draw, _TRIES) < 0.12


@compiled
def use_card(draft: Record, person: Record, slot: int) -> None:
    draft.card_slot = slot
    draft.card = person.card_generation[slot]
    draft.account = CREDIT if slot == CREDIT_CARD else CURRENT


@compiled
def _read_card(draft: Record, person: Record, u: float, w: Record) -> None:
    """How a terminal reads the card. Some know the stripe alone; a chip that fails falls back to it (assumption)."""
    is_abroad = draft.merchant_country > 0
    is_old = reads_stripe(profile(w.keys[_K_MERCHANT], draft.merchant), draft.terminal, is_abroad)
    if is_abroad and is_old:
        draft.entry = EntryMode.MAGSTRIPE
    elif u > 0.994:
        draft.entry = EntryMode.FALLBACK
    elif u < person.contactless and draft.billing <= w.bank.contactless_limit:
        draft.entry = EntryMode.CONTACTLESS
    else:
        draft.entry = EntryMode.FALLBACK if is_old else EntryMode.CHIP


@compiled
def _type_details(
    draft: Record, person: Record, customer: int, slot: int, visited: int, draws: np.uint64, day: Record, w: Record
) -> None:
    """Web shops and telephone orders: device, network, stored or typed details, checks, strong authentication."""
    u = uniform(draws, _ENTRY)
    if u > 0.985:
        draft.channel = Channel.MOTO
        draft.entry = EntryMode.MANUAL
        draft.cvv = CvvResult.MATCH if u > 0.988 else CvvResult.NOT_PROVIDED
        draft.avs = AvsResult.UNAVAILABLE
        return
    draft.on_file = (slot >= 0 and stores_details(customer, draft.merchant, w)) or u < 0.12
    draft.entry = EntryMode.ON_FILE if draft.on_file else EntryMode.ECOM
    own_device(draft, person, customer, uniform(draws, _DEVICE), uniform(draws, _NETWORK), visited, day.number, w)
    lose_cookies(draft, customer, uniform(draws, _FORGOTTEN), day.number, w)
    v = uniform(draws, _CHECKS)
    asks = asks_for_cvv(profile(w.keys[_K_MERCHANT], draft.merchant))
    draft.cvv = CvvResult.NOT_PROVIDED if not asks or (draft.on_file and v < 0.8) else CvvResult.MATCH
    draft.avs = address_check(v, w)
    strong_authentication(draft, uniform(draws, _SCA), uniform(draws, _FLOW), w)
    draft.pass_challenge = CONFIRMS_ORDER


@compiled
def stores_details(customer: int, merchant: int, w: Record) -> bool:
    """Whether a web shop where the customer often buys keeps his card's details: always or never."""
    return uniform(habit(customer, merchant), _STORED) < w.habits.stored_share


@compiled
def address_check(v: float, w: Record) -> int:
    """Of the addresses that are checked, people mistype one in seven, mostly a part of it (assumption)."""
    left = 1.0 - v
    share = w.habits.address_check_share
    if left > share:
        return AvsResult.UNAVAILABLE
    if left > _MISTYPED * share:
        return AvsResult.MATCH
    return AvsResult.PARTIAL if left > _WRONG_ADDRESS * share else AvsResult.NO_MATCH


@compiled
def own_device(
    draft: Record, person: Record, customer: int, u: float, v: float, visited: int, day_number: int, w: Record
) -> None:
    """The customer's phone or computer, now and then somebody else's; see ``own_network`` for the address."""
    if u > 1.0 - GUEST_SHARE:
        draft.device = guest_code(customer, day_number)
    elif person.has_browser and visited < 0 and u < 0.35:
        draft.device = browser_code(customer, person.browser_generation)
    else:
        draft.device = phone_code(person.phone_owner, person.phone_generation)
    own_network(draft, person, customer, is_browser(draft.device), v, visited, day_number, w)


@compiled
def lose_cookies(draft: Record, customer: int, u: float, day_number: int, w: Record) -> None:
    """Now and then a shop does not know the customer's device: the cookies are gone, the window is private, or it is
    another one indeed. To some it happens at most orders, to many hardly ever."""
    kind = uniform(stream(w.keys[_K_PERSON], customer, _COOKIES), 0)
    inclined = 6.0 if kind < 0.07 else 1.6 if kind < 0.31 else 0.28  # on average 1; shares as in unknown_device_share
    if u < min(w.habits.unknown_device_share * inclined, 1.0):
        draft.device = guest_code(customer, day_number)


@compiled
def own_network(
    draft: Record, person: Record, customer: int, fixed: bool, v: float, visited: int, day_number: int, w: Record
) -> None:
    """Address and its country: home, carrier, abroad or the exit of a tunnel. ``draft`` may be an event."""
    lot = mix(np.uint64(customer) * np.uint64(4096) + np.uint64((day_number + 4000) // 7))
    draft.ip_country = w.city_country[person.city]
    if v > 1.0 - TUNNEL_SHARE:
        draft.ip_country = int((v - 1.0 + TUNNEL_SHARE) / TUNNEL_SHARE * w.n_countries)
        draft.ip = tunnel_ip_code(draft.ip_country, lot)
    elif visited >= 0:
        draft.ip_country = w.city_country[visited]
        draft.ip = roaming_ip_code(visited, lot)
    else:
        draft.ip = home_ip_code(customer) if fixed or v < 0.6 else mobile_ip_code(lot)


@compiled
def strong_authentication(draft: Record, u: float, v: float, w: Record) -> None:
    """3-D Secure or an exemption from it (PSD2 RTS articles 14, 16, 18; shares are assumptions)."""
    draft.three_ds = ThreeDS.NONE
    draft.eci = Eci._07
    draft.sca = ScaExemption.NONE
    claimed = w.habits.sca_exemption_share
    trusted, low, safe = 0.35 * claimed, 0.6 * claimed, 0.25 * claimed
    if draft.on_file and u < trusted:
        draft.sca = ScaExemption.TRUSTED_BENEFICIARY
        return
    left = (u - trusted) / (1.0 - trusted) if draft.on_file else u
    if draft.billing < 30.0 * w.bank.euro:
        if left < low:
            draft.sca = ScaExemption.LOW_VALUE
            return
        left = (left - low) / (1.0 - low)
    if left < safe:
        draft.sca = ScaExemption.TRANSACTION_RISK
    elif (left - safe) / (1.0 - safe) < w.habits.three_ds_share:
        challenge(draft, v)


@compiled
def challenge(draft: Record, v: float) -> None:
    if v < 0.62:
        draft.three_ds, draft.eci = ThreeDS.FRICTIONLESS, Eci._05
    elif v < 0.97:
        draft.three_ds, draft.eci = ThreeDS.CHALLENGED, Eci._05
    else:
        draft.three_ds, draft.eci = ThreeDS.ATTEMPTED, Eci._06


@compiled
def plan_routine(
    draft: Record, person: Record, favourites: npt.NDArray[np.int64], customer: int, ordinal: int, day: Record,
    w: Record,
) -> bool:  # fmt: skip
    """The weekday routine: the same place, the same thing, about the same minute. False if it is no shop where the
    customer is then."""
    merchant = favourites[ROUTINE_FAVOURITE]
    if place_of(merchant) >= w.n_cities:
        return False
    clear(draft)
    draws = stream(w.keys[_K_PURCHASE], customer, day.number * 64 + ordinal)
    draft.draw = stream(w.keys[_K_AUTHORISE], customer, day.number * 256 + ordinal)
    draft.customer = customer
    merchant = _visit_favourite(person, favourites, ROUTINE_FAVOURITE, draws, day, w)
    local = (person.routine_minute + 24.0 * (uniform(draws, _TIME) + uniform(draws, _REOPEN) - 1.0)) * 60e6
    if place_of(merchant) != city_at(person, AT_HOME, local):
        return False
    local = off_the_way(person, local)
    state = profile(w.keys[_K_MERCHANT], merchant)
    _at_merchant(draft, person, merchant, state, draws, -1, day, w)
    zone = day.zones[w.city_zone[place_of(merchant)]]
    draft.time = to_utc(day, zone, local)
    draft.offset = offset_at(zone, draft.time)
    step = w.countries[0].step
    draft.amount = routine_amount(customer, merchant, state, person.routine_price, step, day.number)
    draft.billing = draft.amount
    if w.institution.pushes:
        push(draft, person, customer, -1, draws, day, w)
        return True
    use_card(draft, person, DEBIT_CARD)
    draft.entry = EntryMode.CONTACTLESS
    draft.type = TransactionType.PURCHASE
    draft.rail = Rail.CARD
    return True
