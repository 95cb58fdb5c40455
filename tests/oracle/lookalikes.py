"""What look-alikes do: one function for each kind, which says what a day of an episode brings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from fintxsim.population.categories import BY_NAME
from fintxsim.vocabulary import Channel, EventType, TransactionType
from tests.oracle import aftermath, sessions
from tests.oracle.arithmetic import exp, normal_quantile
from tests.oracle.cash import withdraw
from tests.oracle.draws import Stream
from tests.oracle.episodes import Episode, day_of, episodes_on, festival, luck_of_row
from tests.oracle.lookalike_rows import (
    OWN,
    Order,
    about,
    at_home,
    at_hour,
    blank,
    buy,
    buy_from,
    draw_one,
    has_money,
    money_at_hand,
    on_new_phone,
    pay_stranger,
    pull_savings,
    receive,
    rounded,
    savings,
)
from tests.oracle.merchants import opened_date, tenant
from tests.oracle.online import own_device
from tests.oracle.outings import is_too_early
from tests.oracle.purchases import find_card, holds, show_card
from tests.oracle.records import DEBIT_CARD, NULL, Draft, Event, Scene
from tests.oracle.timing import DAY
from tests.oracle.trips import whereabouts

(
    HOLIDAY_ABROAD, HOUSE_MOVE, NEW_PHONE, PAYDAY_SPLURGE, GIFT_CARD_SEASON, CROWDFUNDING_FAN_IN,
    STUDENT_RENT_FAN_OUT, FESTIVAL_MERCHANT, REFUND_SEASON, CAR_PAYEE,
) = range(1, 11)  # fmt: skip
_FULL_DAY = 96

Rows = Iterator[Draft]


def destination(scene: Scene, number: int) -> int:
    """City of a holiday abroad on a day, else of an ordinary trip, else NULL."""
    for episode in episodes_on(scene, number):
        if episode.kind == HOLIDAY_ABROAD:
            return int(scene.world.abroad[int(256 * episode.plot.uniform(8))])
    return whereabouts(scene, number)


def live_episodes(
    scene: Scene, under_way: list[Episode], diary: list[Draft], events: list[Event], lane: sessions.Lane
) -> None:
    """Add a day's share of each episode; who is away or on the way has no other than the holiday."""
    for episode in under_way:
        is_elsewhere = scene.is_away or scene.arrival > 0
        if len(diary) > _FULL_DAY or (is_elsewhere and episode.kind != HOLIDAY_ABROAD):
            continue
        if episode.kind == HOLIDAY_ABROAD:
            _label_what_is_paid_abroad(diary)
        if episode.kind == HOUSE_MOVE and day_of(scene, episode) == 1:
            events.append(_new_address(scene, lane))
        if episode.kind == NEW_PHONE:
            events += _new_phone(scene, episode, lane)
        diary.extend(_KINDS[episode.kind](scene, episode))


def earlier_returns(scene: Scene) -> list[Draft]:
    """Refunds from day 0 on of what was ordered to be sent back in the two weeks before."""
    returns = []
    for ago in range(14, 0, -1):
        if any(episode.kind == REFUND_SEASON for episode in episodes_on(scene, -ago)):
            for order in _refund_season_on(scene, -ago):
                earlier = replace(order, time=order.time - ago * DAY)
                if aftermath.is_refunded(earlier, scene):
                    returns.append(aftermath.refund(earlier, scene))
    return [refund for refund in returns if refund.time >= scene.day.start]


# --- one function for each kind -------------------------------------------------------------------------

_ABROAD = [
    "restaurant",
    "restaurant",
    "restaurant",
    "hotel",
    "attractions",
    "attractions",
    "clothing",
    "bar",
    "department_store",
    "grocery",
    "taxi",
    "entertainment",
    "fast_food",
    "shoes",
    "fuel",
    "liquor",
]
_FOR_THE_HOME = ["furniture", "furniture", "home_improvement", "home_improvement", "electronics", "department_store"]
_WITH_THE_PHONE = ["marketplace", "clothing", "electronics", "digital_media"]
_TREATS = ["clothing", "clothing", "shoes", "electronics", "department_store", "sports", "books", "pharmacy"]
_TO_TRY_ON = ["clothing", "clothing", "shoes", "marketplace", "sports"]
_STALLS = ["bar", "fast_food", "attractions"]


def _label_what_is_paid_abroad(diary: list[Draft]) -> None:
    at_home_channels = (Channel.BRANCH, Channel.BATCH)
    for draft in diary:
        is_agreement = draft.recurring or draft.type == TransactionType.BILL_PAYMENT
        if draft.channel not in at_home_channels and not is_agreement:
            draft.anomaly = HOLIDAY_ABROAD


def _holiday_abroad(scene: Scene, _: Episode) -> Rows:
    if not has_money(scene):
        return
    world, (extra, dearer, *_) = scene.world, scene.world.lookalikes[HOLIDAY_ABROAD].knobs
    for k in range(about(_luck(scene, HOLIDAY_ABROAD, 62).uniform(OWN), extra)):
        luck = _luck(scene, HOLIDAY_ABROAD, k)
        here, web = scene.visited, world.n_cities + world.city_country[scene.visited]
        place = web if luck.uniform(OWN + 1) < 0.3 else here
        purchase = buy(scene, Order(HOLIDAY_ABROAD, luck, dearer), draw_one(_ABROAD, luck.uniform(OWN)), place)
        if find_card(purchase, scene) and not is_too_early(scene, purchase):
            yield purchase
    luck = _luck(scene, HOLIDAY_ABROAD, 63)
    if luck.uniform(OWN) < 0.35 and holds(scene.person, DEBIT_CARD):
        cash = blank(scene, HOLIDAY_ABROAD, luck)
        withdraw(cash, scene, luck)
        if not is_too_early(scene, cash):
            yield cash


def _new_address(scene: Scene, lane: sessions.Lane) -> Event:
    luck = _luck(scene, HOUSE_MOVE, 62)
    phone = own_device(scene, at_browser=False)
    return at_home(scene, lane, EventType.CONTACT_CHANGE, phone, 7.0 + 3.0 * luck.uniform(OWN), luck.uniform(OWN + 1))


def _house_move(scene: Scene, episode: Episode) -> Rows:
    if day_of(scene, episode) == 0:
        yield from _deposit_and_movers(scene, episode)
    if not has_money(scene):
        return
    purchases, dearer, *_ = scene.world.lookalikes[HOUSE_MOVE].knobs
    for k in range(about(_luck(scene, HOUSE_MOVE, 63).uniform(OWN), purchases)):
        luck = _luck(scene, HOUSE_MOVE, k)
        place = _web_or_town(scene, luck.uniform(OWN + 1), 0.35)
        purchase = buy(scene, Order(HOUSE_MOVE, luck, dearer), draw_one(_FOR_THE_HOME, luck.uniform(OWN)), place)
        if find_card(purchase, scene):
            yield purchase


def _deposit_and_movers(scene: Scene, episode: Episode) -> Rows:
    person, euro = scene.person, scene.world.bank.euro
    luck = _luck(scene, HOUSE_MOVE, 59)
    hour = 9.0 + 8.0 * luck.uniform(OWN)
    two_rents = 2.0 * 0.27 * person.income
    pulled = rounded(scene, min(two_rents, 0.9 * savings(person)), 50.0)
    if pulled > savings(person):
        pulled = 0
    else:
        yield at_hour(scene, hour, pull_savings(scene, Order(HOUSE_MOVE, luck), pulled))
    deposit = rounded(scene, min(two_rents, 0.8 * (money_at_hand(person) + pulled)), 50.0)
    paid = pay_stranger(scene, Order(HOUSE_MOVE, _luck(scene, HOUSE_MOVE, 60)), episode, 0, deposit)
    yield at_hour(scene, hour + 0.2 + luck.uniform(OWN + 1), paid)
    luck = _luck(scene, HOUSE_MOVE, 61)
    bill = rounded(scene, (150.0 + 450.0 * luck.uniform(OWN)) * euro, 10.0)
    paid = pay_stranger(scene, Order(HOUSE_MOVE, luck), episode, 1, bill)
    yield at_hour(scene, hour + 1.5 + 3.0 * luck.uniform(OWN + 1), paid)


def _new_phone(scene: Scene, episode: Episode, lane: sessions.Lane) -> list[Event]:
    """On the first and the last day the bank trusts the phone in use; in between a new one is enrolled."""
    person, step = scene.person, day_of(scene, episode)
    phone, is_last = own_device(scene, at_browser=False), step == episode.days - 1
    if step == 0 or is_last:
        person.devices[0] = phone
    if step == 0 or is_last or person.devices[0] != phone:
        return []
    person.old_device, person.replaced_day = phone, scene.day.number
    person.phone_owner, person.phone_generation = scene.number, person.phone_generation + 1
    luck, phone = _luck(scene, NEW_PHONE, 62), own_device(scene, at_browser=False)
    hour = 7.0 + 2.0 * luck.uniform(OWN)
    event = at_home(scene, lane, EventType.NEW_DEVICE, phone, hour, luck.uniform(OWN + 1))
    return [replace(event, detail=person.phone_generation, account=NULL)]


def _use_new_phone(scene: Scene, episode: Episode) -> Rows:
    payments, dearer, *_ = scene.world.lookalikes[NEW_PHONE].knobs
    if day_of(scene, episode) == 0:
        luck = _luck(scene, NEW_PHONE, 0)
        place = _web_or_town(scene, luck.uniform(OWN), 0.5)
        phone = buy(scene, Order(NEW_PHONE, luck, dearer), BY_NAME["electronics"], place)
        if find_card(phone, scene):
            yield phone
        return
    morning = 7.0 + 2.0 * _luck(scene, NEW_PHONE, 62).uniform(OWN)
    has_paid = False
    for k in range(about(_luck(scene, NEW_PHONE, 63).uniform(OWN), payments)):
        luck = _luck(scene, NEW_PHONE, k)
        if not has_paid and has_money(scene) and luck.uniform(OWN) < 0.45:
            euros = 260.0 * exp(0.9 * normal_quantile(luck.uniform(OWN + 2)) + 0.5 * scene.person.spend)
            affordable = min(euros * scene.world.bank.euro, 0.6 * money_at_hand(scene.person))
            order, payee = Order(NEW_PHONE, luck), 14 + day_of(scene, episode)
            draft = pay_stranger(scene, order, episode, payee, rounded(scene, affordable, 10.0))
            has_paid = True
        else:
            category = draw_one(_WITH_THE_PHONE, luck.uniform(OWN + 2))
            draft = buy(scene, Order(NEW_PHONE, luck, 0.5), category, scene.world.n_cities)
        if draft.device != NULL:
            on_new_phone(scene, draft, luck.uniform(OWN + 3))
        yield at_hour(scene, morning + 1.0 + 13.0 * luck.uniform(OWN + 1), draft)


def _payday_splurge(scene: Scene, _: Episode) -> Rows:
    purchases, dearer, *_rest = scene.world.lookalikes[PAYDAY_SPLURGE].knobs
    mood = _luck(scene, PAYDAY_SPLURGE, 63)
    is_online = mood.uniform(OWN) < 0.5
    u, count = mood.uniform(OWN + 1), about(mood.uniform(OWN + 2), purchases)
    hour = 18.5 + 2.5 * u if is_online else 11.0 + 4.0 * u
    for k in range(count):
        luck = _luck(scene, PAYDAY_SPLURGE, k)
        place = scene.world.n_cities if is_online else scene.person.city
        purchase = buy(scene, Order(PAYDAY_SPLURGE, luck, dearer), draw_one(_TREATS, luck.uniform(OWN)), place)
        at_hour(scene, hour, purchase)
        hour += (1.5 if is_online else 3.5) / count * (0.3 + 1.4 * luck.uniform(OWN + 1))
        if find_card(purchase, scene):
            yield purchase


def _gift_card_season(scene: Scene, _: Episode) -> Rows:
    if not has_money(scene):
        return
    occasion = _luck(scene, GIFT_CARD_SEASON, 63)
    place = _web_or_town(scene, occasion.uniform(OWN), 0.75)
    hour, shop = 10.5 + 9.0 * occasion.uniform(OWN + 2), NULL
    for k in range(about(occasion.uniform(OWN + 3), scene.world.lookalikes[GIFT_CARD_SEASON].knobs[0])):
        luck = _luck(scene, GIFT_CARD_SEASON, k)
        order = Order(GIFT_CARD_SEASON, luck)
        if k > 0 and occasion.uniform(OWN + 1) < 0.6:
            card = buy_from(scene, order, shop)
        else:
            card = buy(scene, order, BY_NAME["gift_cards"], place)
        shop = card.merchant if k == 0 else shop
        value = (20.0, 25.0, 25.0, 50.0, 50.0, 50.0, 100.0, 150.0)[int(8 * luck.uniform(OWN))]
        card.amount = card.billing = int(value * scene.home.step + 0.5)
        show_card(card, scene, luck, is_favourite=False)
        at_hour(scene, hour, card)
        hour += 0.03 + 0.2 * luck.uniform(OWN + 1)
        if find_card(card, scene):
            yield card


def _crowdfunding_fan_in(scene: Scene, episode: Episode) -> Rows:
    payers, log_median, *_ = scene.world.lookalikes[CROWDFUNDING_FAN_IN].knobs
    plot, last = episode.plot, episode.days - 1
    sums = []
    for k in range(about(plot.uniform(8), payers)):
        size, eagerness, hour = (plot.uniform(16 + 3 * k + i) for i in range(3))
        euros = exp(log_median + 0.8 * normal_quantile(size))
        sums.append(rounded(scene, euros * scene.world.bank.euro, 5.0))
        if int(eagerness * eagerness * last) == day_of(scene, episode):
            order = Order(CROWDFUNDING_FAN_IN, _luck(scene, CROWDFUNDING_FAN_IN, k))
            yield at_hour(scene, 8.0 + 15.0 * hour, receive(scene, order, episode, 22 + k, sums[-1]))
    if day_of(scene, episode) == last:
        luck = _luck(scene, CROWDFUNDING_FAN_IN, 63)
        paid_on = pay_stranger(scene, Order(CROWDFUNDING_FAN_IN, luck), episode, 3, sum(sums))
        yield at_hour(scene, 9.0 + 10.0 * luck.uniform(OWN), paid_on)


def _student_rent_fan_out(scene: Scene, episode: Episode) -> Rows:
    mean, log_median, *_ = scene.world.lookalikes[STUDENT_RENT_FAN_OUT].knobs
    flat, euro = _luck(scene, STUDENT_RENT_FAN_OUT, 63), scene.world.bank.euro
    share = rounded(scene, exp(log_median + 0.25 * normal_quantile(flat.uniform(OWN))) * euro, 5.0)
    flatmates = about(flat.uniform(OWN + 1), mean)
    for k in range(flatmates):
        luck = _luck(scene, STUDENT_RENT_FAN_OUT, k)
        income = receive(scene, Order(STUDENT_RENT_FAN_OUT, luck), episode, 8 + k, share)
        yield at_hour(scene, 8.0 + 7.0 * luck.uniform(OWN), income)
    shares = flatmates + (1 if money_at_hand(scene.person) > 2 * share else 0)
    hour = 15.5 + 5.0 * flat.uniform(OWN + 2)
    for k, bill in enumerate(("rent", "energy", "internet")):
        luck = _luck(scene, STUDENT_RENT_FAN_OUT, 60 + k)
        if bill == "rent":
            amount = shares * share - rounded(scene, 0.2 * share, 5.0)
        else:
            amount = rounded(scene, (30.0 + 90.0 * luck.uniform(OWN)) * euro, 1.0)
        yield at_hour(scene, hour, pay_stranger(scene, Order(STUDENT_RENT_FAN_OUT, luck), episode, 4 + k, amount))
        hour += 0.1 + 0.8 * luck.uniform(OWN + 1)


def _festival_merchant(scene: Scene, _: Episode) -> Rows:
    if not has_money(scene):
        return
    visit = _luck(scene, FESTIVAL_MERCHANT, 63)
    shared = festival(scene.world, scene.person.city, scene.day.date)
    hour = 13.0 + 6.0 * shared.uniform(0) + 2.0 * visit.uniform(OWN)
    for k in range(about(visit.uniform(OWN + 1), scene.world.lookalikes[FESTIVAL_MERCHANT].knobs[1])):
        luck = _luck(scene, FESTIVAL_MERCHANT, k)
        round_ = buy_from(scene, Order(FESTIVAL_MERCHANT, luck, 0.7), _stall(scene, shared))
        at_hour(scene, hour, round_)
        hour += 0.05 + 0.3 * luck.uniform(OWN)
        if find_card(round_, scene):
            yield round_


def _stall(scene: Scene, shared: Stream) -> int:
    """The youngest of up to 64 merchants of one trade; the first of them if several are."""
    world, city, date = scene.world, scene.person.city, scene.day.date
    trade = draw_one(_STALLS, shared.uniform(1))
    size = world.sizes[city][trade]
    first = int(shared.uniform(2) * size)
    pitches = [tenant(world, city, trade, (first + k) % size, date) for k in range(min(size, 64))]
    return max(pitches, key=lambda code: opened_date(world, code))


def _refund_season(scene: Scene, _: Episode) -> Rows:
    return _refund_season_on(scene, scene.day.number)


def _refund_season_on(scene: Scene, number: int) -> Rows:
    if not has_money(scene):
        return
    basket = luck_of_row(scene, REFUND_SEASON, number, 63)
    hour, shop = 17.0 + 5.0 * basket.uniform(OWN + 1), NULL
    for k in range(about(basket.uniform(OWN + 2), scene.world.lookalikes[REFUND_SEASON].knobs[0])):
        luck = luck_of_row(scene, REFUND_SEASON, number, k)
        order = Order(REFUND_SEASON, luck)
        if k > 0 and basket.uniform(OWN) < 0.6:
            article = buy_from(scene, order, shop)
        else:
            article = buy(scene, order, draw_one(_TO_TRY_ON, luck.uniform(OWN)), scene.world.n_cities)
        shop = article.merchant if k == 0 else shop
        yield at_hour(scene, hour, article)
        hour += 0.04 + 0.25 * luck.uniform(OWN + 1)


def _car_payee(scene: Scene, episode: Episode) -> Rows:
    person, euro = scene.person, scene.world.bank.euro
    most = 0.9 * (money_at_hand(person) + savings(person))
    if most < 1500.0 * euro:
        return
    luck = _luck(scene, CAR_PAYEE, 0)
    euros = exp(scene.world.lookalikes[CAR_PAYEE].knobs[0] + 0.55 * normal_quantile(luck.uniform(OWN)))
    price = rounded(scene, min(max(euros, 1500.0) * euro, most), 50.0)
    hour = 9.0 + 8.0 * luck.uniform(OWN + 1)
    missing = price - 0.3 * money_at_hand(person)
    if missing > 0 and savings(person) > 0:
        pulled = min(rounded(scene, missing, 100.0), savings(person))
        yield at_hour(scene, hour, pull_savings(scene, Order(CAR_PAYEE, _luck(scene, CAR_PAYEE, 1)), pulled))
    paid = pay_stranger(scene, Order(CAR_PAYEE, luck), episode, 2, price)
    yield at_hour(scene, hour + 0.1 + 3.0 * luck.uniform(OWN + 2), paid)


def _luck(scene: Scene, kind: int, ordinal: int) -> Stream:
    return luck_of_row(scene, kind, scene.day.number, ordinal)


def _web_or_town(scene: Scene, u: float, web_share: float) -> int:
    return int(scene.world.n_cities if u < web_share else scene.person.city)


_KINDS: dict[int, Callable[[Scene, Episode], Rows]] = {
    HOLIDAY_ABROAD: _holiday_abroad,
    HOUSE_MOVE: _house_move,
    NEW_PHONE: _use_new_phone,
    PAYDAY_SPLURGE: _payday_splurge,
    GIFT_CARD_SEASON: _gift_card_season,
    CROWDFUNDING_FAN_IN: _crowdfunding_fan_in,
    STUDENT_RENT_FAN_OUT: _student_rent_fan_out,
    FESTIVAL_MERCHANT: _festival_merchant,
    REFUND_SEASON: _refund_season,
    CAR_PAYEE: _car_payee,
}
