"""Events without money: logins, failed logins, new phones, new payees, changes of contact and limits."""

from __future__ import annotations

from dataclasses import dataclass

from fintxsim.population.categories import Hours
from fintxsim.streams import Purpose
from fintxsim.vocabulary import Channel, EventType
from tests.oracle.arithmetic import exp, normal_quantile
from tests.oracle.draws import Stream
from tests.oracle.online import GUESTS, banking_channel, guest_device, network, own_device
from tests.oracle.records import CREDIT, CREDIT_CARD, CURRENT, NULL, Draft, Event, Scene
from tests.oracle.timing import MINUTE, inside, own_microsecond, span_of, time_of_day, to_utc

_EVENTS = 0x5DEECE66D  # sets the microseconds of events apart from those of rows
_NEW_DEVICES_PER_DAY = 1.0 / 1000.0
_LEAD, _REGISTRATION = 60, 61  # ordinals of the bank's luck
AROUND_LOOKING, AROUND_PAYING = 0, 1


@dataclass
class Lane:
    """One of a customer's two rows of microseconds for events; in each, events come in rising order."""

    scene: Scene
    kind: int
    last_span: int = 0

    def moment(self, time: int) -> int:
        """The next microsecond near ``time`` and after all that were taken."""
        day = self.scene.day
        span = max(span_of(day, inside(day, time)), self.last_span + 1)
        key = self.scene.world.keys[Purpose.TIMES] ^ _EVENTS
        return own_microsecond(key, span, day.spacing, self.scene.number, self.kind)

    def take(self, time: int) -> int:
        moment = self.moment(time)
        self.last_span = span_of(self.scene.day, moment)
        return moment


def card_reissued(scene: Scene, lane: Lane, slot: int) -> Event:
    """A new card is on its way at the start of the day; ``detail`` says which."""
    time, card = lane.take(scene.day.start), 256 * slot + scene.person.card_generation[slot]
    account = CREDIT if slot == CREDIT_CARD else CURRENT
    return Event(EventType.CARD_REISSUE, time, scene.number, NULL, NULL, NULL, Channel.BATCH, account, card)


def browse(scene: Scene, lane: Lane, logins: int) -> list[Event]:
    """Logins to look at the balance, spread over the day."""
    luck = scene.stream(Purpose.LOGIN, scene.day.number)
    events: list[Event] = []
    for k in range(logins):
        quantile = (k + luck.uniform(8 * k)) / logins
        time = to_utc(scene.day, scene.clock, time_of_day(scene.world, Hours.ONLINE, scene.day.weekend, quantile))
        events += _one_login(scene, lane, time, luck, 8 * k)
    return events


def _one_login(scene: Scene, lane: Lane, time: int, luck: Stream, base: int) -> list[Event]:
    """One visit, now and then from a new device, after a mistyped password, or to change something."""
    person, events = scene.person, []
    at_browser = bool(person.has_browser) and not scene.is_away and luck.uniform(base + 1) < 0.25
    is_guest = luck.uniform(base + 7) < GUESTS
    device = guest_device(scene) if is_guest else own_device(scene, at_browser=at_browser)
    ip, ip_country = network(scene, device, luck.uniform(base + 6))
    channel = banking_channel(scene, device)

    def note(kind: int, account: int = NULL, detail: int = 0) -> int:
        moment = lane.take(time)
        events.append(Event(kind, moment, scene.number, device, ip, ip_country, channel, account, detail))
        return moment

    if is_guest:
        time = note(EventType.NEW_DEVICE) + MINUTE // 10
    elif luck.uniform(base + 3) < _NEW_DEVICES_PER_DAY / max(person.login_per_day, 0.05):
        device, generation = _replace_device(scene, at_browser=at_browser)
        time = note(EventType.NEW_DEVICE, detail=generation) + MINUTE // 10
    if luck.uniform(base + 4) < 0.03:
        time = note(EventType.LOGIN_FAILED) + MINUTE // 4
    time = note(EventType.LOGIN) + 2 * MINUTE
    change = _change(luck.uniform(base + 5))
    if change is not None:
        note(change, account=0)
    return events


def _replace_device(scene: Scene, *, at_browser: bool) -> tuple[int, int]:
    """The new one and its generation. The bank still knows the old one, as the latest stranger."""
    person = scene.person
    person.old_device, person.replaced_day = own_device(scene, at_browser=at_browser), scene.day.number
    person.devices[2:] = [person.old_device, person.devices[2]]
    if at_browser:
        person.browser_generation += 1
    else:
        person.phone_owner, person.phone_generation = scene.number, person.phone_generation + 1
    device = person.devices[int(at_browser)] = own_device(scene, at_browser=at_browser)
    return device, person.browser_generation if at_browser else person.phone_generation


def _change(u: float) -> EventType | None:
    """Six logins in a thousand change something."""
    if u < 0.0015:
        return EventType.CONTACT_CHANGE
    if u < 0.0035:
        return EventType.LIMIT_CHANGE
    if u < 0.0058:
        return EventType.PASSWORD_RESET
    return EventType.SIM_SWAP_SIGNAL if u < 0.006 else None


def around_payment(lane: Lane, draft: Draft) -> list[Event]:
    """The login before a payment in the app or on the web, and mostly the registration of a new payee.

    Most pay within two minutes, some after an hour, none after more than two.
    Who has just logged in for another payment need not do so again.
    """
    day = lane.scene.day
    luck = draft.bank_luck
    lead_s = min(18.0 + 55.0 * exp(1.1 * normal_quantile(luck.uniform(_LEAD))), 7200.0)
    wanted = draft.time - int(lead_s * 1e6)
    login = lane.moment(wanted)
    if login >= draft.time - 2 * day.spacing:
        return []
    lane.take(wanted)
    events = [_in_session(lane.scene, EventType.LOGIN, login, draft, NULL)]
    if draft.payee_new == 1 and luck.uniform(_REGISTRATION) < 0.93:
        registered = lane.take(draft.time - int(lead_s * 4e5))
        events.append(_in_session(lane.scene, EventType.NEW_PAYEE, registered, draft, draft.account))
    return events


def _in_session(scene: Scene, kind: int, time: int, draft: Draft, account: int) -> Event:
    channel = banking_channel(scene, draft.device)
    return Event(kind, time, draft.customer, draft.device, draft.ip, draft.ip_country, channel, account)
