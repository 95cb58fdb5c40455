"""Events without money: logins, failed logins, new phones, new payees, changes of contact and limits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.purchases import TUNNEL_SHARE
from fintxsim.behaviour.timing import MINUTE_US, inside, own_microsecond, time_of_day, to_utc
from fintxsim.compiled import Record, compiled
from fintxsim.population.categories import Hours
from fintxsim.population.people import device_code, home_ip_code, mobile_ip_code
from fintxsim.streams import Purpose, stream, uniform
from fintxsim.vocabulary import Channel, EventType

_K_LOGIN, _K_TIMES = int(Purpose.LOGIN), int(Purpose.TIMES)
_ONLINE = int(Hours.ONLINE)
NEW_PHONE_PER_DAY = 1.0 / 1000.0  # a phone lasts about 2.7 years (assumption)
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
    events: npt.NDArray[np.void], size: int, person: Record, customer: int, visited: int, logins: int, span: int, day: Record, w: Record,
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
    events: npt.NDArray[np.void], size: int, person: Record, customer: int, visited: int, browser: bool, time: int, span: int,
    draws: np.uint64, base: int, day: Record, w: Record,
) -> tuple[int, int]:  # fmt: skip
    device = device_code(customer, 1, 0) if browser else device_code(customer, 0, person.phone_generation)
    at_home = visited < 0 and uniform(draws, base + 2) < 0.7
    ip = home_ip_code(customer) if at_home else mobile_ip_code(customer, (day.number + 4000) // 7)
    ip_country = w.city_country[visited] if visited >= 0 else 0
    tunnel = uniform(draws, base + 6)
    if tunnel < TUNNEL_SHARE:
        ip_country = int(tunnel / TUNNEL_SHARE * w.n_countries)
    channel = Channel.WEB_BANK if browser else Channel.MOBILE_APP
    if not browser and uniform(draws, base + 3) < NEW_PHONE_PER_DAY / max(person.login_per_day, 0.05):
        person.devices[3], person.devices[2] = person.devices[2], device  # the old one stays known for a while
        person.phone_generation += 1
        device = device_code(customer, 0, person.phone_generation)
        time = event_time(w.keys, day, time, customer, span, 0)
        size = write_event(events, size, EventType.NEW_DEVICE, time, customer, device, ip, ip_country, channel, -1)
        events[size - 1].detail = person.phone_generation
        person.devices[0] = device
        span = time >> day.shift
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
def session_events(
    events: npt.NDArray[np.void], size: int, draft: Record, span: int, day: Record, keys: npt.NDArray[np.uint64]
) -> tuple[int, int]:
    """The login, and the registration of a new payee, before a payment in the app or on the web."""
    seconds = 25 + int(draft.draw % np.uint64(200))
    time = event_time(keys, day, draft.time - seconds * 1_000_000, draft.customer, span, 1)
    if time >= draft.time - 2 * day.spacing:
        return size, span
    size = write_event(
        events, size, EventType.LOGIN, time, draft.customer, draft.device, draft.ip, draft.ip_country, draft.channel, -1
    )
    span = time >> day.shift
    if draft.payee_new == 1:
        time = event_time(keys, day, draft.time - seconds * 400_000, draft.customer, span, 1)
        size = write_event(
            events, size, EventType.NEW_PAYEE, time, draft.customer, draft.device, draft.ip, draft.ip_country,
            draft.channel, draft.account,
        )  # fmt: skip
        span = time >> day.shift
    return size, span
