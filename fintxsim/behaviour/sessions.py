"""Events without money: logins, failed logins, new phones, new payees, changes of contact and limits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.draft import banking_channel
from fintxsim.behaviour.purchases import GUEST_SHARE, own_network
from fintxsim.behaviour.timing import MINUTE_US, inside, own_microsecond, time_of_day, to_utc
from fintxsim.compiled import Record, compiled
from fintxsim.numerics import exp, normal_quantile
from fintxsim.population.categories import Hours
from fintxsim.population.people import browser_code, guest_code, is_browser, phone_code, replace_device
from fintxsim.streams import Purpose, stream, uniform
from fintxsim.vocabulary import EventType

_K_LOGIN, _K_TIMES = int(Purpose.LOGIN), int(Purpose.TIMES)
_ONLINE = int(Hours.ONLINE)
NEW_DEVICE_PER_DAY = 1.0 / 1000.0  # a phone or computer lasts about 2.7 years (assumption)
_EVENT_TWIN = np.uint64(0x5DEECE66D)  # events have microseconds of their own


@compiled
def write_event(
    events: npt.NDArray[np.void], size: int, kind: int, time: int, customer: int, device: int, ip: int, ip_country: int,
    channel: int, account: int,
) -> int:  # fmt: skip
    """Append one event; returns the new size."""
    event = events[size]
    event.kind = kind
    event.time = time
    event.customer = customer
    event.device = device
    event.ip = ip
    event.ip_country = ip_country
    event.channel = channel
    event.account = account
    event.detail = 0
    return size + 1


@compiled
def event_time(keys: npt.NDArray[np.uint64], day: Record, time: int, customer: int, span: int, in_session: int) -> int:
    """A microsecond that no other event has, near ``time`` and later than the customer's event in ``span``.

    Events around payments (``in_session`` 1) and logins to look around (0) have slots of their own.
    """
    wanted = max(inside(day, time) >> day.shift, span + 1)
    return own_microsecond(keys[_K_TIMES] ^ _EVENT_TWIN, wanted, day.shift, customer, in_session)


@compiled
def browse(
    events: npt.NDArray[np.void], size: int, person: Record, customer: int, visited: int, logins: int, span: int,
    day: Record, w: Record,
) -> int:  # fmt: skip
    """Logins of the day to look at the balance, later than span ``span``; returns the number of events so far."""
    draws = stream(w.keys[_K_LOGIN], customer, day.number)
    zone = day.zones[w.city_zone[visited if visited >= 0 else person.city]]
    for k in range(logins):
        base = 8 * k
        # Quantiles in rising order, so that the events come in time order.
        u = (k + uniform(draws, base)) / logins
        time = to_utc(day, zone, time_of_day(w.hours, _ONLINE, day.weekend, u))
        browser = person.has_browser and visited < 0 and uniform(draws, base + 1) < 0.25
        size, span = _login(events, size, person, customer, visited, browser, time, span, draws, base, day, w)
    return size


@compiled
def _login(
    events: npt.NDArray[np.void], size: int, person: Record, customer: int, visited: int, browser: bool, time: int,
    span: int, draws: np.uint64, base: int, day: Record, w: Record,
) -> tuple[int, int]:  # fmt: skip
    event = events[size]  # where the next event will be: a place to draw the network in
    guest = uniform(draws, base + 7) < GUEST_SHARE
    device = (
        browser_code(customer, person.browser_generation)
        if browser
        else phone_code(person.phone_owner, person.phone_generation)
    )
    if guest:
        device = guest_code(customer, day.number)
    own_network(event, person, customer, is_browser(device), uniform(draws, base + 6), visited, day.number, w)
    ip, ip_country = event.ip, event.ip_country
    channel = banking_channel(device, w)
    if guest or uniform(draws, base + 3) < NEW_DEVICE_PER_DAY / max(person.login_per_day, 0.05):
        time = event_time(w.keys, day, time, customer, span, 0)
        generation = 0
        if not guest:
            person.devices[3], person.devices[2] = person.devices[2], device  # the old one stays known for a while
            device, generation = _replace_device(person, customer, browser, day.number)
        size = write_event(events, size, EventType.NEW_DEVICE, time, customer, device, ip, ip_country, channel, -1)
        events[size - 1].detail = generation
        span = time >> day.shift
        time += MINUTE_US // 10
    if uniform(draws, base + 4) < 0.03:
        time = event_time(w.keys, day, time, customer, span, 0)
        size = write_event(events, size, EventType.LOGIN_FAILED, time, customer, device, ip, ip_country, channel, -1)
        span = time >> day.shift
        time += MINUTE_US // 4
    time = event_time(w.keys, day, time, customer, span, 0)
    size = write_event(events, size, EventType.LOGIN, time, customer, device, ip, ip_country, channel, -1)
    span = time >> day.shift
    rare = uniform(draws, base + 5)
    if rare < 0.006:
        kind = (
            EventType.CONTACT_CHANGE if rare < 0.0015
            else EventType.LIMIT_CHANGE if rare < 0.0035
            else EventType.PASSWORD_RESET if rare < 0.0058
            else EventType.SIM_SWAP_SIGNAL
        )  # fmt: skip
        time = event_time(w.keys, day, time + 2 * MINUTE_US, customer, span, 0)
        size = write_event(events, size, kind, time, customer, device, ip, ip_country, channel, 0)
        span = time >> day.shift
    return size, span


@compiled
def _replace_device(person: Record, customer: int, browser: bool, day_number: int) -> tuple[int, int]:
    """A new phone, or a new computer at home; returns its code and its generation."""
    if browser:
        replace_device(person, browser_code(customer, person.browser_generation), day_number)
        person.browser_generation += 1
        person.devices[1] = browser_code(customer, person.browser_generation)
        return person.devices[1], person.browser_generation
    replace_device(person, phone_code(person.phone_owner, person.phone_generation), day_number)
    person.phone_owner = customer
    person.phone_generation += 1
    person.devices[0] = phone_code(customer, person.phone_generation)
    return person.devices[0], person.phone_generation


@compiled
def session_events(
    events: npt.NDArray[np.void], size: int, draft: Record, span: int, day: Record, w: Record
) -> tuple[int, int]:
    """The login, and the registration of a new payee, before a payment in the app or on the web."""
    luck, keys = draft.draw, w.keys
    seconds = 18.0 + 55.0 * exp(
        1.1 * normal_quantile(uniform(luck, 60))
    )  # most pay within two minutes, some after an hour
    time = event_time(keys, day, draft.time - int(min(seconds, 7200.0) * 1e6), draft.customer, span, 1)
    if time >= draft.time - 2 * day.spacing:
        return size, span
    channel = banking_channel(draft.device, w)
    size = write_event(
        events, size, EventType.LOGIN, time, draft.customer, draft.device, draft.ip, draft.ip_country, channel, -1
    )
    span = time >> day.shift
    if draft.payee_new == 1 and uniform(luck, 61) < 0.93:  # else it was saved on paper, in a branch or long ago
        time = event_time(keys, day, draft.time - int(min(seconds, 7200.0) * 4e5), draft.customer, span, 1)
        size = write_event(
            events, size, EventType.NEW_PAYEE, time, draft.customer, draft.device, draft.ip, draft.ip_country,
            channel, draft.account,
        )  # fmt: skip
        span = time >> day.shift
    return size, span
