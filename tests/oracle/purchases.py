"""Card purchases: in person and online, at favourites and at merchants found by distance and fame."""

from __future__ import annotations

from dataclasses import replace

from fintxsim.population.categories import Hours, Price
from fintxsim.streams import Purpose
from fintxsim.vocabulary import AvsResult, Channel, CvvResult, Eci, EntryMode, ScaExemption, ThreeDS, TransactionType
from tests.oracle.arithmetic import single
from tests.oracle.draws import Stream, habit, mix
from tests.oracle.merchants import (
    asks_for_cvv,
    category_of,
    find,
    generation_of,
    is_online,
    pick_terminal,
    place_of,
    profile,
    rank_of,
    reads_stripe,
    tenant,
)
from tests.oracle.online import banking_channel, choose_device, guest_device, network, own_device
from tests.oracle.outings import city_at, off_the_way, on_the_spot, town_for
from tests.oracle.prices import price, price_point, to_home_currency
from tests.oracle.records import (
    CARD_LOST,
    CREDIT,
    CREDIT_CARD,
    CURRENT,
    DEBIT_CARD,
    NOT_BLOCKED,
    NULL,
    Draft,
    Record,
    Scene,
)
from tests.oracle.timing import MINUTE, SECOND, in_opening_hours, inside, offset_at, time_of_day, to_utc

# Ordinals of the draws of one purchase.
(
    _FAVOURITE, _SLOT, _CATEGORY, _ONLINE, _CITY, _RANK, _FORGET, _SIZE, _CENTS, _TIME, _REOPEN, _CARD, _ENTRY,
    _TERMINAL, _DEVICE, _NETWORK, _SCA, _FLOW, _CHECKS, _USUAL, _SESSION, _FORGOTTEN,
) = range(22)  # fmt: skip
_REPLACEMENT = 32
_IS_CHECKED, _CHECKED_FIRST = 50, 0.06
_DOES_NOT_LOOK = 51
_CONFIRMS_ORDER = 0.84
_TABLE = 1024  # entries of the tables of categories
_DESTINATIONS = 256
_SHARES_OF_FAVOURITES = (0.56, 0.71, 0.80, 0.865, 0.913, 0.952, 0.98, 1.0)  # cumulative
_ROUTINE_ORDINAL = 60
_ROUTINE_FAVOURITE = 1


def plan_purchase(scene: Scene, ordinal: int) -> Draft:
    """One purchase: where, when, how much, with which card, and how the card is shown."""
    luck = scene.of_today(Purpose.PURCHASE, ordinal)
    draft = Draft(scene.number, scene.bank_luck(ordinal))
    favourite = _choose_favourite_slot(scene, luck)
    merchant = _visit_favourite(scene, favourite, luck) if favourite != NULL else NULL
    if merchant == NULL or not _is_within_reach(scene, merchant, luck):
        favourite = NULL
        merchant = _look_around(scene, luck)
        _perhaps_grow_fond_of(scene, merchant, luck)
    pay_at(draft, scene, merchant, luck, scene.person.spend, is_favourite=favourite != NULL)
    return draft


def pay_at(draft: Draft, scene: Scene, merchant: int, luck: Stream, purse: float, *, is_favourite: bool) -> None:
    """Everything but the merchant; ``purse`` is the log of the scale of prices paid."""
    _go_to(draft, scene, merchant, luck)
    _settle_amount(draft, scene, luck, purse, is_usual=is_favourite and _is_usual(draft, scene, luck))
    if not scene.institution.pushes:
        wants_credit = bool(scene.person.has_credit) and luck.uniform(_CARD) < scene.person.credit_share
        use_card(draft, scene, CREDIT_CARD if wants_credit else DEBIT_CARD)
    show_card(draft, scene, luck, is_favourite=is_favourite)


def show_card(draft: Draft, scene: Scene, luck: Stream, *, is_favourite: bool) -> None:
    if scene.institution.pushes:
        _push(draft, scene, luck)
    elif draft.channel == Channel.POS:
        draft.entry = _entry_at_terminal(draft, scene, luck.uniform(_ENTRY))
    else:
        _enter_details(draft, scene, luck, is_favourite=is_favourite)


def _push(draft: Draft, scene: Scene, luck: Stream) -> None:
    """From the account, without a card: by phone at the till, with whatever is at hand for a web shop."""
    if is_online(draft.merchant, scene.world):
        draft.device = choose_device(scene, luck.uniform(_DEVICE))
    else:
        draft.device = own_device(scene, at_browser=False)
    draft.ip, draft.ip_country = network(scene, draft.device, luck.uniform(_NETWORK))
    draft.rail, draft.channel = scene.institution.rail, banking_channel(scene, draft.device)
    draft.session = luck.session(_SESSION)


def sees_the_money(draft: Draft, scene: Scene) -> bool:
    """Who pushes money looks first whether it is there; one in eight does not."""
    there = scene.person.balance[CURRENT] + scene.person.limit[CURRENT]
    return not scene.institution.pushes or draft.billing <= there or draft.bank_luck.uniform(_DOES_NOT_LOOK) < 0.12


def holds(person: Record, slot: int) -> bool:
    """A card that was taken, or lost and reported, is not at hand."""
    is_reported = person.card_back_day[slot] != NOT_BLOCKED and person.card_status[slot] == CARD_LOST
    return not person.card_taken[slot] and not is_reported


def find_card(draft: Draft, scene: Scene) -> bool:
    """In person: with the card in mind, else with the other; whoever has none at hand pays cash."""
    person = scene.person
    slots = [draft.card_slot, CREDIT_CARD if draft.card_slot == DEBIT_CARD else DEBIT_CARD]
    usable = [slot for slot in slots if holds(person, slot) and (slot == DEBIT_CARD or person.has_credit)]
    if draft.card_slot == NULL or draft.channel != Channel.POS or holds(person, draft.card_slot):
        return True
    if usable:
        use_card(draft, scene, usable[0])
    return bool(usable)


def check_card_first(purchase: Draft, scene: Scene) -> Draft | None:
    """The request without a value by which a few web shops check a card half a minute before they charge it."""
    details_given = purchase.entry in (EntryMode.ECOM, EntryMode.ON_FILE)
    if not details_given or purchase.bank_luck.uniform(_IS_CHECKED) >= _CHECKED_FIRST:
        return None
    return replace(
        purchase, type=TransactionType.ACCOUNT_VERIFICATION, time=inside(scene.day, purchase.time - 25 * SECOND), amount=0,
        billing=0,
        draw=mix(purchase.draw + 7), entry=EntryMode.ECOM, on_file=0,
        cvv=CvvResult.MATCH if asks_for_cvv(profile(scene.world, purchase.merchant)) else CvvResult.NOT_PROVIDED,
        three_ds=ThreeDS.NONE,
        eci=Eci._07, sca=ScaExemption.NONE,
    )  # fmt: skip


def _choose_favourite_slot(scene: Scene, luck: Stream) -> int:
    """The favourite to go to, or NULL to look around; travellers mostly do, and only web shops are within reach.

    Who is in another town than the favourite goes to the first that is where he is.
    """
    loyalty = scene.person.loyalty * scene.world.habits.favourites * (0.25 if scene.is_away else 1.0)
    if luck.uniform(_FAVOURITE) >= loyalty:
        return NULL
    u = luck.uniform(_SLOT)
    wanted = next(slot for slot, share in enumerate(_SHARES_OF_FAVOURITES) if u <= share)
    favourites = scene.customer.favourites
    if _is_within_reach(scene, favourites[wanted], luck):
        return wanted
    shops = [slot for slot, merchant in enumerate(favourites) if not is_online(merchant, scene.world)]
    return next((slot for slot in shops if _is_within_reach(scene, favourites[slot], luck)), NULL)


def _is_within_reach(scene: Scene, merchant: int, luck: Stream) -> bool:
    """On the web always; on a trip nothing else; else where the customer is when its like is wanted."""
    if is_online(merchant, scene.world):
        return True
    return not scene.is_away and place_of(merchant) == city_at(scene, _wanted(scene, category_of(merchant), luck))


def _wanted(scene: Scene, category: int, luck: Stream) -> float:
    """Local time at which something of a category is wanted in person: not when all its shops are closed."""
    curve = scene.world.categories[category].hours
    opens, closes = scene.world.opening[curve]
    local = time_of_day(scene.world, curve, scene.day.weekend, luck.uniform(_TIME))
    return local if closes - opens == 24 * 60 else in_opening_hours(local, luck.uniform(_REOPEN), opens, closes)


def _visit_favourite(scene: Scene, slot: int, luck: Stream) -> int:
    """The favourite; a new favourite if another firm has moved in."""
    favourites = scene.customer.favourites
    merchant = favourites[slot]
    today = tenant(scene.world, place_of(merchant), category_of(merchant), rank_of(merchant), scene.day.date)
    if generation_of(today) != generation_of(merchant):
        favourites[slot] = _new_favourite(scene, luck)
    return favourites[slot]


def _new_favourite(scene: Scene, luck: Stream) -> int:
    first = 4 * _REPLACEMENT
    person, world = scene.person, scene.world
    category = world.favourite_table[person.segment][int(luck.uniform(first) * _TABLE)]
    if luck.uniform(first + 1) < world.categories[category].online_share * person.digital * world.habits.online:
        place = world.n_cities
    else:
        is_at_home = town_for(world, person.city, luck.uniform(first + 2)) == person.city
        place = person.city if is_at_home else person.second_town
    return find(scene, place, category, luck.uniform(first + 3), scene.day.date)


def _look_around(scene: Scene, luck: Stream) -> int:
    """A merchant by what is wanted, where the customer is, and how well known it is."""
    person, world = scene.person, scene.world
    category = world.category_table[person.segment][scene.day.weekend][int(luck.uniform(_CATEGORY) * _TABLE)]
    online_share = world.categories[category].online_share * person.digital * world.habits.online
    if luck.uniform(_ONLINE) < online_share:
        place = world.n_cities + _country_of_web_shop(world, luck.uniform(_CITY))
    else:
        place = city_at(scene, _wanted(scene, category, luck))
    return find(scene, place, category, luck.uniform(_RANK), scene.day.date)


def _country_of_web_shop(world: Record, u: float) -> int:
    """Mostly at home, else where people travel to, and now and then anywhere."""
    if u < 0.82:
        return 0
    if u < 0.96:
        return int(world.city_country[world.abroad[int((u - 0.82) / (0.96 - 0.82) * _DESTINATIONS)]])
    return int((u - 0.96) / (1.0 - 0.96) * world.n_countries)


def _perhaps_grow_fond_of(scene: Scene, merchant: int, luck: Stream) -> None:
    """One merchant in fifty replaces a favourite, but never the first; not in towns where one hardly ever is."""
    u, person = luck.uniform(_FORGET), scene.person
    is_familiar = is_online(merchant, scene.world) or place_of(merchant) in (person.city, person.second_town)
    if not scene.is_away and is_familiar and u < 0.02:
        scene.customer.favourites[1 + int(u * 50.0 * 7)] = merchant


def _go_to(draft: Draft, scene: Scene, merchant: int, luck: Stream) -> None:
    """Merchant, terminal, and the time in its own zone; web shops go by the payer's clock."""
    world = scene.world
    online = is_online(merchant, world)
    place = place_of(merchant)
    draft.merchant, draft.category = merchant, category_of(merchant)
    draft.terminal = pick_terminal(world, merchant, luck.uniform(_TERMINAL))
    draft.merchant_country = place - world.n_cities if online else world.city_country[place]
    draft.channel = Channel.ECOM if online else Channel.POS
    curve = Hours.ONLINE if online else world.categories[draft.category].hours
    local = time_of_day(world, curve, scene.day.weekend, luck.uniform(_TIME))
    if online:
        city = scene.visited if scene.is_away else scene.person.city
    else:
        city = place
        local = _while_open(scene, merchant, curve, local, luck)
    zone = scene.zone_of(city)
    draft.time = to_utc(scene.day, zone, local)
    draft.offset = offset_at(zone, draft.time)


def _while_open(scene: Scene, merchant: int, curve: int, local: float, luck: Stream) -> float:
    """Each shop opens and closes up to half an hour earlier or later than others of its kind."""
    opens, closes = scene.world.opening[curve]
    if closes - opens < 24 * 60:
        shift = 60.0 * profile(scene.world, merchant).uniform(3) - 30.0
        opens, closes = opens + shift, closes + shift
        local = in_opening_hours(local, luck.uniform(_REOPEN), opens, closes)
    if scene.outing is None:
        return local
    return on_the_spot(scene, place_of(merchant), _wanted(scene, category_of(merchant), luck), local, opens, closes)


def _is_usual(draft: Draft, scene: Scene, luck: Stream) -> bool:
    """Three purchases in ten are the same as always; baskets never are."""
    few = {Price.FIXED: 0.6, Price.FARE: 0.6, Price.ROUND: 0.6, Price.BASKET: 0.0}
    return luck.uniform(_USUAL) < few.get(Price(int(scene.world.categories[draft.category].price)), 0.3)


def _settle_amount(draft: Draft, scene: Scene, luck: Stream, purse: float, *, is_usual: bool) -> None:
    """What it costs; a usual purchase costs this customer the same every time."""
    world = scene.world
    country, category = world.countries[draft.merchant_country], world.categories[draft.category]
    if is_usual:
        own = habit(scene.number, draft.merchant)
        u, v = 0.15 + 0.6 * own.uniform(0), own.uniform(1)
    else:
        u, v = luck.uniform(_SIZE), luck.uniform(_CENTS)
    draft.amount = price(category, profile(world, draft.merchant), purse, country, world.habits.several_share, u, v)
    draft.currency = country.currency
    draft.billing = to_home_currency(draft.amount, country, scene.home)


def use_card(draft: Draft, scene: Scene, slot: int) -> None:
    draft.card_slot = slot
    draft.card = scene.person.card_generation[slot]
    draft.account = CREDIT if slot == CREDIT_CARD else CURRENT


def _entry_at_terminal(draft: Draft, scene: Scene, u: float) -> int:
    """Old terminals abroad swipe everything; at home they swipe what is not tapped; and a chip may fail."""
    is_abroad = bool(draft.merchant_country > 0)
    is_old = reads_stripe(scene.world, draft.merchant, draft.terminal, is_abroad=is_abroad)
    if is_abroad and is_old:
        return EntryMode.MAGSTRIPE
    if u > 0.994:
        return EntryMode.FALLBACK
    if u < scene.person.contactless and draft.billing <= scene.world.bank.contactless_limit:
        return EntryMode.CONTACTLESS
    return EntryMode.FALLBACK if is_old else EntryMode.CHIP


def _enter_details(draft: Draft, scene: Scene, luck: Stream, *, is_favourite: bool) -> None:
    """A telephone order, stored details (at most favourites) or typed ones; then checks and authentication."""
    u = luck.uniform(_ENTRY)
    if u > 0.985:
        draft.channel, draft.entry, draft.avs = Channel.MOTO, EntryMode.MANUAL, AvsResult.UNAVAILABLE
        draft.cvv = CvvResult.MATCH if u > 0.988 else CvvResult.NOT_PROVIDED
        return
    is_kept = is_favourite and habit(scene.number, draft.merchant).uniform(3) < scene.world.habits.stored_share
    draft.on_file = int(is_kept or u < 0.12)
    draft.entry = EntryMode.ON_FILE if draft.on_file else EntryMode.ECOM
    draft.device = choose_device(scene, luck.uniform(_DEVICE))
    draft.ip, draft.ip_country = network(scene, draft.device, luck.uniform(_NETWORK))
    if luck.uniform(_FORGOTTEN) < scene.world.habits.unknown_device_share * _inclined_to_clear_cookies(scene):
        draft.device = guest_device(scene)
    v = luck.uniform(_CHECKS)
    is_left_out = not asks_for_cvv(profile(scene.world, draft.merchant)) or (draft.on_file and v < 0.8)
    draft.cvv = CvvResult.NOT_PROVIDED if is_left_out else CvvResult.MATCH
    draft.avs = _address_check(scene, v)
    _authenticate(draft, scene, luck.uniform(_SCA), luck.uniform(_FLOW))
    draft.pass_challenge = single(_CONFIRMS_ORDER)


def _inclined_to_clear_cookies(scene: Scene) -> float:
    """Seven in a hundred do it all the time, 24 now and then, the others hardly ever; on average 1."""
    u = scene.stream(Purpose.PERSON, -7).uniform(0)
    return 6.0 if u < 0.07 else 1.6 if u < 0.31 else 0.28


def _address_check(scene: Scene, v: float) -> int:
    """Of a quarter of the orders, where nothing else is said, and then mistyped in 35 of 260."""
    checked = scene.world.habits.address_check_share
    u = 1.0 - v
    if u > checked:
        return AvsResult.UNAVAILABLE
    if u > 0.035 / 0.26 * checked:
        return AvsResult.MATCH
    return AvsResult.PARTIAL if u > 0.015 / 0.26 * checked else AvsResult.NO_MATCH


def _authenticate(draft: Draft, scene: Scene, u: float, v: float) -> None:
    """An exemption from strong authentication, or 3-D Secure, or neither.

    Each exemption takes its share of what the ones before it have left, so that the share of 3-D Secure among the
    rest does not depend on which exemptions were to be had.
    """
    draft.three_ds, draft.eci, draft.sca = ThreeDS.NONE, Eci._07, ScaExemption.NONE
    exemptions = (
        (bool(draft.on_file), 0.35, ScaExemption.TRUSTED_BENEFICIARY),
        (draft.billing < 30.0 * scene.world.bank.euro, 0.6, ScaExemption.LOW_VALUE),
        (True, 0.25, ScaExemption.TRANSACTION_RISK),
    )
    for is_open, usual, exemption in exemptions:
        share = usual * scene.world.habits.sca_exemption_share
        if is_open and u < share:
            draft.sca = exemption
            return
        u = (u - share) / (1.0 - share) if is_open else u
    if u < scene.world.habits.three_ds_share:
        challenge(draft, v)


def challenge(draft: Draft, v: float) -> None:
    """How 3-D Secure goes: mostly without a question."""
    if v < 0.62:
        draft.three_ds, draft.eci = ThreeDS.FRICTIONLESS, Eci._05
    elif v < 0.97:
        draft.three_ds, draft.eci = ThreeDS.CHALLENGED, Eci._05
    else:
        draft.three_ds, draft.eci = ThreeDS.ATTEMPTED, Eci._06


def plan_routine(scene: Scene) -> Draft | None:
    """The weekday routine: the same place, the same thing, about the same minute; None if it is no shop where one is."""
    if is_online(scene.customer.favourites[_ROUTINE_FAVOURITE], scene.world):
        return None
    luck = scene.of_today(Purpose.PURCHASE, _ROUTINE_ORDINAL)
    draft = Draft(scene.number, scene.bank_luck(_ROUTINE_ORDINAL))
    merchant = _visit_favourite(scene, _ROUTINE_FAVOURITE, luck)
    minute = scene.person.routine_minute + 24.0 * (luck.uniform(_TIME) + luck.uniform(_REOPEN) - 1.0)
    if place_of(merchant) != city_at(scene, minute * MINUTE):
        return None
    _go_to(draft, scene, merchant, luck)
    zone = scene.zone_of(place_of(merchant))
    draft.time = to_utc(scene.day, zone, off_the_way(scene, minute * MINUTE))
    draft.offset = offset_at(zone, draft.time)
    draft.amount = draft.billing = _routine_price(scene, merchant)
    if scene.institution.pushes:
        _push(draft, scene, luck)
        return draft
    use_card(draft, scene, DEBIT_CARD)
    draft.entry = EntryMode.CONTACTLESS
    return draft


def _routine_price(scene: Scene, merchant: int) -> int:
    """One of the merchant's prices, for ever the same thing; it rises by 6 % every 507 days, on a day of its own."""
    own = habit(scene.number, merchant)
    rises = int(scene.day.number / 507.0 + own.uniform(2))
    wanted = scene.person.routine_price * (1.0 + 0.06 * rises)
    unit = price_point(Price.MENU, profile(scene.world, merchant), wanted, 0.0, own.uniform(1))
    return int(unit * scene.home.step + 0.5)
