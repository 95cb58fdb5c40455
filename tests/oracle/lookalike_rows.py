"""The single rows that look-alikes are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fintxsim.population.categories import BY_NAME
from fintxsim.vocabulary import Channel, Direction, EventType, NameMatch, Rail, TransactionType
from tests.oracle import codes, sessions
from tests.oracle.draws import Stream
from tests.oracle.episodes import Episode
from tests.oracle.merchants import find
from tests.oracle.online import banking_channel, network, on_rail, own_device
from tests.oracle.purchases import pay_at
from tests.oracle.records import CURRENT, SAVINGS, Draft, Event, Record, Scene
from tests.oracle.timing import HOUR, offset_at, to_utc
from tests.oracle.transfers import move_savings, open_session

OWN = 48  # the first draw of a row that is its kind's own
_FAME, _RAIL, _NAME, _BANK = 32, 34, 35, 36


@dataclass(frozen=True)
class Order:
    """Whose row it is, what it is drawn from, and the log of how much dearer than usual it is."""

    kind: int
    luck: Stream
    dearer: float = 0.0


def about(u: float, mean: float) -> int:
    return int(mean * (0.6 + 0.8 * u) + 0.5)


def draw_one(names: Sequence[str], u: float) -> int:
    """One of some categories, by name."""
    return BY_NAME[names[int(u * len(names))]]


def rounded(scene: Scene, minor: float, grain: float) -> int:
    """A sum of whole ``grain`` euros, or what is priced like them; one of them at least."""
    step = scene.home.step * grain
    return max(int(minor / step + 0.5), 1) * int(step + 0.5)


def money_at_hand(person: Record) -> int:
    return max(int(person.balance[CURRENT] + person.limit[CURRENT]), 0)


def savings(person: Record) -> int:
    return max(int(person.balance[SAVINGS]), 0) if person.has_savings else 0


def has_money(scene: Scene) -> bool:
    """For more than daily needs; little is kept in wallets."""
    part = 20 if scene.institution.agents else 6
    return money_at_hand(scene.person) > scene.person.income // part


def blank(scene: Scene, kind: int, luck: Stream) -> Draft:
    return Draft(scene.number, luck.bits(_BANK), anomaly=kind)


def at_hour(scene: Scene, hour: float, draft: Draft) -> Draft:
    """The same, at an hour by the clocks at home."""
    draft.time = to_utc(scene.day, scene.home_zone, min(hour, 23.9) * HOUR)
    draft.offset = offset_at(scene.home_zone, draft.time)
    return draft


def buy(scene: Scene, order: Order, category: int, place: int) -> Draft:
    """At one of a place's merchants, by fame."""
    return buy_from(scene, order, find(scene, place, category, order.luck.uniform(_FAME), scene.day.date))


def buy_from(scene: Scene, order: Order, merchant: int) -> Draft:
    draft = blank(scene, order.kind, order.luck)
    pay_at(draft, scene, merchant, order.luck, scene.person.spend + order.dearer, is_favourite=False)
    return draft


def _stranger(scene: Scene, episode: Episode, number: int) -> int:
    """An account elsewhere that belongs to one window of one customer."""
    return codes.payee(scene.number, 8192 + episode.window % 128 * 64 + number)


def _rail(scene: Scene, order: Order, amount: int) -> int:
    is_instant = order.luck.uniform(_RAIL) < 0.58 and amount <= 10_000 * scene.world.bank.euro
    return on_rail(scene, Rail.INSTANT if is_instant else Rail.ACCOUNT_TO_ACCOUNT)


def pay_stranger(scene: Scene, order: Order, episode: Episode, payee: int, amount: int) -> Draft:
    """A transfer to somebody never paid before, whose name does not always fit."""
    draft = blank(scene, order.kind, order.luck)
    open_session(draft, scene, order.luck)
    u = order.luck.uniform(_NAME)
    fits = ((0.62, NameMatch.MATCH), (0.78, NameMatch.CLOSE), (0.96, NameMatch.NO_MATCH), (1.0, NameMatch.UNAVAILABLE))
    draft.name_match = next(match for limit, match in fits if u < limit)
    draft.rail, draft.payee_new = _rail(scene, order, amount), 1
    draft.counterparty, draft.counterparty_country = _stranger(scene, episode, payee), 0
    draft.amount = draft.billing = amount
    return draft


def receive(scene: Scene, order: Order, episode: Episode, payer: int, amount: int) -> Draft:
    """Money from elsewhere."""
    draft = blank(scene, order.kind, order.luck)
    draft.type, draft.direction, draft.channel = TransactionType.TRANSFER, Direction.CREDIT, Channel.BATCH
    draft.rail = on_rail(scene, Rail.INSTANT if order.luck.uniform(_RAIL) < 0.6 else Rail.ACCOUNT_TO_ACCOUNT)
    draft.counterparty, draft.counterparty_country = _stranger(scene, episode, payer), 0
    draft.amount = draft.billing = amount
    return draft


def pull_savings(scene: Scene, order: Order, amount: int) -> Draft:
    draft = blank(scene, order.kind, order.luck)
    open_session(draft, scene, order.luck)
    move_savings(draft, amount)
    draft.rail = _rail(scene, order, amount)
    return draft


def on_new_phone(scene: Scene, draft: Draft, u: float) -> None:
    """The request comes from the phone in use, whatever device it would have come from."""
    draft.device = own_device(scene, at_browser=False)
    draft.ip, draft.ip_country = network(scene, draft.device, u)
    if draft.channel == Channel.WEB_BANK:
        draft.channel = Channel.MOBILE_APP


def at_home(scene: Scene, lane: sessions.Lane, kind: EventType, device: int, hour: float, u: float) -> Event:
    """Something without money that is done from home."""
    moment = lane.take(to_utc(scene.day, scene.home_zone, hour * HOUR))
    ip, ip_country = network(scene, device, u)
    return Event(kind, moment, scene.number, device, ip, ip_country, banking_channel(scene, device), CURRENT)
