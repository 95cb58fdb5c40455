"""Events without money: logins, failed logins, new phones, new payees, changes of contact and limits."""

from __future__ import annotations

from dataclasses import dataclass

from fintxsim.population.categories import Hours
from fintxsim.streams import Purpose
from fintxsim.vocabulary import Channel, EventType
from tests.oracle import codes
from tests.oracle.draws import Stream
from tests.oracle.purchases import TUNNELS, country_of_network, mobile_address, own_device
from tests.oracle.records import CREDIT, CREDIT_CARD, CURRENT, NULL, Draft, Event, Scene
from tests.oracle.timing import MINUTE, inside, own_microsecond, span_of, time_of_day, to_utc

_EVENTS = 0x5DEECE66D  # sets the microseconds of events apart from those of rows
_NEW_PHONES_PER_DAY = 1.0 / 1000.0
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
    """One visit, now and then from a new phone, after a mistyped password, or to change something."""
    person, events = scene.person, []
    at_browser = bool(person.has_browser) and not scene.is_away and luck.uniform(base + 1) < 0.25
    at_home = not scene.is_away and luck.uniform(base + 2) < 0.7
    ip = codes.home_address(scene.number) if at_home else mobile_address(scene)
    tunnel = luck.uniform(base + 6) / TUNNELS
    ip_country = int(tunnel * scene.world.n_countries) if tunnel < 1.0 else country_of_network(scene)
    channel = Channel.WEB_BANK if at_browser else Channel.MOBILE_APP

    def note(kind: int, account: int = NULL, detail: int = 0) -> int:
        moment = lane.take(time)
        device = own_device(scene, at_browser=at_browser)
        events.append(Event(kind, moment, scene.number, device, ip, ip_country, channel, account, detail))
        return moment

    if not at_browser and luck.uniform(base + 3) < _NEW_PHONES_PER_DAY / max(person.login_per_day, 0.05):
        _change_phone(scene)
        time = note(EventType.NEW_DEVICE, detail=person.phone_generation)
    if luck.uniform(base + 4) < 0.03:
        time = note(EventType.LOGIN_FAILED) + MINUTE // 4
    time = note(EventType.LOGIN) + 2 * MINUTE
    change = _change(luck.uniform(base + 5))
    if change is not None:
        note(change, account=0)
    return events


def _change_phone(scene: Scene) -> None:
    """The bank still knows the old one, as the latest stranger."""
    person = scene.person
    person.devices[2:] = [own_device(scene, at_browser=False), person.devices[2]]
    person.phone_generation += 1
    person.devices[0] = own_device(scene, at_browser=False)


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
    """The login before a payment in the app or on the web, and the registration of a new payee.

    Who has just logged in for another payment need not do so again.
    """
    day = lane.scene.day
    lead_s = 25 + draft.draw % 200
    login = lane.moment(draft.time - lead_s * 1_000_000)
    if login >= draft.time - 2 * day.spacing:
        return []
    lane.take(draft.time - lead_s * 1_000_000)
    events = [_in_session(EventType.LOGIN, login, draft, NULL)]
    if draft.payee_new == 1:
        registered = lane.take(draft.time - lead_s * 400_000)
        events.append(_in_session(EventType.NEW_PAYEE, registered, draft, draft.account))
    return events


def _in_session(kind: int, time: int, draft: Draft, account: int) -> Event:
    return Event(kind, time, draft.customer, draft.device, draft.ip, draft.ip_country, draft.channel, account)
