"""Customers under attack: their day runs event by event, shared between them and whoever attacks them.

The moment a criminal first acts on a customer today, that customer's day is opened; before each further act it is
lived up to that moment, by the same compiled code as everybody's. What remains is lived to midnight afterwards. So
a criminal sees the balance, the limits and the card as they are at that very moment, and the customer's own
payments see what he left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fintxsim.bank.ledger import empty_books
from fintxsim.behaviour import day as days
from fintxsim.behaviour.draft import DRAFT, EVENT
from fintxsim.behaviour.requests import note_event, order_online, order_transfer
from fintxsim.behaviour.timing import HOUR_US, KNOTS
from fintxsim.numerics import exp
from fintxsim.population.block import BLOCK, Block
from fintxsim.population.categories import BY_NAME, Hours
from fintxsim.population.people import CURRENT, mobile_ip_code, outside_code, outside_device_code, tunnel_ip_code
from fintxsim.setting import Setting
from fintxsim.streams import Draws, Purpose
from fintxsim.typologies.base import Answer, Campaign, StolenCard
from fintxsim.vocabulary import EventType, Rail, ReasonCode, ResponseCode

_DATA = int(Purpose.STOLEN_DATA)
MOST_ATTEMPTS = 512  # rows that a customer under attack can have in a day


class OpenDay:
    """The day of one customer under attack, as far as it has been lived."""

    def __init__(self) -> None:
        self.diary = np.empty(days.DIARY, DRAFT)
        self.order, self.progress = np.zeros(days.DIARY, np.int64), np.zeros(4, np.int64)
        self.rows = np.empty(4 * days.DIARY + MOST_ATTEMPTS, DRAFT)
        self.later = np.empty(2 * days.DIARY, DRAFT)
        self.events = np.empty(8 * days.DIARY + MOST_ATTEMPTS, EVENT)
        self.counts, self.books = np.zeros(4, np.int64), empty_books()

    def begin(self, customer: int, block: Block) -> None:
        """Whose day it is; what was before is forgotten."""
        self.customer, self.block = customer, block
        self.index = customer - block.first
        self.counts[:] = 0
        self.books[:] = 0

    def make_room(self) -> None:
        """However often the customer is attacked, there is room for the rest of the day."""
        if len(self.rows) - self.counts[0] < 3 * days.DIARY:
            self.rows = np.resize(self.rows, 2 * len(self.rows))
        if len(self.events) - self.counts[2] < 5 * days.DIARY:
            self.events = np.resize(self.events, 2 * len(self.events))

    def written(self) -> npt.NDArray[np.void]:
        return self.rows[: self.counts[0]]

    def refunds(self) -> npt.NDArray[np.void]:
        return self.later[: self.counts[1]]

    def noted(self) -> npt.NDArray[np.void]:
        return self.events[: self.counts[2]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the engine records of one act of crime, for truth and for the bank's cases. Amounts in minor units."""

    time: int
    customer: int
    card_slot: int
    billing: int
    approved: bool


@dataclass
class Arena:
    """All customers under attack today."""

    setting: Setting
    blocks: list[Block]
    day: npt.NDArray[np.void]
    due_of: Callable[[int], npt.NDArray[np.void]]
    spare: list[OpenDay]  # days of yesterday, whose memory can be used again
    open_days: dict[int, OpenDay] = field(default_factory=dict)

    def __post_init__(self) -> None:
        day = self.day[0]
        self.spacing, self.shift, self.end = int(day["spacing"]), int(day["shift"]), int(day["end"])
        self.earliest = int(day["start"]) + 3 * self.spacing  # first moment at which anything can begin today
        self.latest = self.end - 80 * self.spacing  # and the last
        self._nobody = np.zeros(BLOCK, np.bool_)
        self._nothing = np.zeros(0, DRAFT)

    def enter(self, customer: int, time: int) -> OpenDay:
        """The customer's day, lived up to a moment."""
        today = self.open_days.get(customer) or self._begin(customer)
        today.make_room()
        self._live(today, time)
        return today

    def close(self) -> None:
        """Live the rest of every open day."""
        for today in self.open_days.values():
            today.make_room()
            self._live(today, self.end)

    def _begin(self, customer: int) -> OpenDay:
        today = self.spare.pop() if self.spare else OpenDay()
        today.begin(customer, self.blocks[customer // BLOCK])
        self.open_days[customer] = today
        self._live(today, 0, opens=True)
        return today

    def _live(self, today: OpenDay, until: int, *, opens: bool = False) -> None:
        block, due = today.block, self.due_of(today.customer) if opens else self._nothing
        days.live_block(
            block.people, block.favourites, block.contracts, block.first, today.index, today.index + 1, opens, until,
            self._nobody, due, today.diary, today.order, today.progress, today.rows, today.later, today.events,
            today.counts, self.day, self.setting.world, today.books,
        )  # fmt: skip


class StreetMarket:
    """Where criminals get victims; implements ``typologies.base.Market``."""

    def __init__(self, setting: Setting, people: npt.NDArray[np.void], day: npt.NDArray[np.void]) -> None:
        self._setting, self._people = setting, people
        self._zones, self._city_zone = day[0]["zones"], setting.geography.city_zone
        self._online = setting.world[0]["hours"][Hours.ONLINE, 0]

    def pick_customers(self, draws: Draws, count: int) -> list[int]:
        """Customers, each once; who is more active online leaks more data."""
        picked: list[int] = []
        for _ in range(20 * count):
            customer = draws.below(len(self._people))
            exposed = min(0.25 + 0.5 * float(self._people[customer]["digital"]), 1.0)
            if draws.next() < exposed and customer not in picked:
                picked.append(customer)
                if len(picked) == count:
                    break
        return picked or [draws.below(len(self._people))]

    def stolen_card(self, customer: int, draws: Draws) -> StolenCard:
        person = self._people[customer]
        u = Draws(self._setting.keys[_DATA], customer, 0)
        slot = 1 if person["has_credit"] and u.uniform(0) < 0.45 else 0
        minor = self._setting.world[0]["bank"]["euro"]
        logarithm = float(person["usual_log_amount"])
        usual = float(exp(logarithm)) / minor if logarithm > 0 else 15.0
        return StolenCard(
            customer, slot, int(person["card_generation"][slot]), u.uniform(1), u.uniform(2) < 0.75, usual
        )

    def local_time(self, customer: int, date_us: int, hour: float) -> int:
        offset = int(self._zones[self._city_zone[self._people[customer]["city"]], 0]) * 60_000_000
        midnight = (date_us + offset) // (24 * HOUR_US) * (24 * HOUR_US) - offset
        return midnight + int(hour * HOUR_US)

    def daytime(self, u: float) -> float:
        x = u * KNOTS
        k = int(x)
        return float(self._online[k] + (x - k) * (self._online[k + 1] - self._online[k])) / HOUR_US


class BankDoor:
    """A criminal's way into the bank for one act; implements ``typologies.base.Door`` and keeps what was done."""

    def __init__(self, arena: Arena, campaign: Campaign, owner: int, draws: Draws, resets: dict[int, int]) -> None:
        self._arena, self._campaign = arena, campaign
        self._owner, self._draws, self._resets = owner, draws, resets
        self._draft = np.zeros(1, DRAFT)
        self.attempts: list[Attempt] = []

    def pay_online(
        self, card: StolenCard, time: int, category: str, amount: float, *, foreign: bool, has_cvv: bool,
        pass_challenge: float,
    ) -> Answer:  # fmt: skip
        setting = self._arena.setting
        today = self._arena.enter(card.customer, time)
        countries = len(setting.geography.countries)
        country = 1 + self._draws.below(countries - 1) if foreign and countries > 1 else 0
        country_of_ip, ip = self._network()
        luck = np.uint64(self._draws.bits(1_000_000 + self._campaign.step))
        order_online(
            self._draft, today.block.people, today.index, card.customer, time, card.slot, card.generation,
            BY_NAME[category], country, float(amount), self._device(), ip, country_of_ip, has_cvv, card.has_address,
            float(pass_challenge), luck, self._arena.day, setting.world,
        )  # fmt: skip
        return self._submit(today)

    def transfer(
        self, customer: int, time: int, payee: int, amount: float, *, pass_challenge: float, rail: Rail
    ) -> Answer:  # fmt: skip
        if not self._still_open(customer):
            return Answer(approved=False, code="AG01")
        today = self._arena.enter(customer, time)
        first = payee not in self._campaign.payees
        country_of_ip, ip = self._network()
        luck = np.uint64(self._draws.bits(1_000_000 + self._campaign.step))
        order_transfer(
            self._draft, today.block.people, today.index, customer, time, outside_code(self._owner, payee & 16383),
            first, self._payee_country(payee), float(amount), int(rail), self._device(), ip, country_of_ip,
            float(pass_challenge), luck, self._arena.day, self._arena.setting.world,
        )  # fmt: skip
        answer = self._submit(today)
        if answer.approved:
            self._campaign.payees.append(payee)
        return answer

    def log_in(self, customer: int, time: int, *, succeeds: bool) -> bool:
        right = succeeds and self._still_open(customer)
        if right and self._campaign.stage == 0:
            self._note(EventType.NEW_DEVICE, customer, time)
            time += 6_000_000
        self._note(EventType.LOGIN if right else EventType.LOGIN_FAILED, customer, time)
        return right

    def change_contact(self, customer: int, time: int, *, sim_swap: bool) -> None:
        if sim_swap:
            self._note(EventType.SIM_SWAP_SIGNAL, customer, time)
        self._note(EventType.CONTACT_CHANGE, customer, time)

    def balance(self, customer: int) -> float:
        if not self._still_open(customer):
            return 0.0
        today = self._arena.enter(customer, self._campaign.next_time)
        person = today.block.people[today.index]
        available = int(person["balance"][CURRENT]) + int(person["limit"][CURRENT])
        return max(available, 0) / float(self._arena.setting.world[0]["bank"]["euro"])

    def _submit(self, today: OpenDay) -> Answer:
        approved = bool(
            days.attempt(
                today.block.people, today.index, self._draft, today.progress, today.rows, today.events, today.counts,
                self._arena.day, self._arena.setting.world, today.books,
            )
        )  # fmt: skip
        self._campaign.step += 1
        draft = self._draft[0]
        self.attempts.append(
            Attempt(int(draft["time"]), today.customer, int(draft["card_slot"]), int(draft["billing"]), approved)
        )
        if draft["card_slot"] >= 0:
            return Answer(approved, ResponseCode(int(draft["response"])).text)
        return Answer(approved, "" if approved else ReasonCode(int(draft["reason"])).text)

    def _note(self, kind: EventType, customer: int, time: int) -> None:
        today = self._arena.enter(customer, time)
        country_of_ip, ip = self._network()
        today.counts[2] = note_event(
            today.events, int(today.counts[2]), int(kind), time, int(today.progress[days.EVENT_SPAN]), customer,
            self._device(), ip, country_of_ip, -1 if kind <= EventType.NEW_DEVICE else CURRENT, self._arena.day,
            self._arena.setting.world,
        )  # fmt: skip
        last = int(today.events[today.counts[2] - 1]["time"])
        today.progress[days.EVENT_SPAN] = last >> self._arena.shift

    def _still_open(self, customer: int) -> bool:
        """Whether the stolen credentials still work: they do until the bank resets them."""
        return self._resets.get(customer, -(1 << 62)) < self._campaign.started

    def _device(self) -> int:
        """The crew's own device, or, once it has changed tools, one that nobody has seen before."""
        campaign = self._campaign
        fresh = 64 + campaign.number % 500 * 32 + campaign.rotation
        return outside_device_code(self._owner, fresh if campaign.rotation else campaign.tool)

    def _network(self) -> tuple[int, int]:
        """Country and address: a carrier's address in the victims' country, or a tunnel's exit elsewhere."""
        campaign, countries = self._campaign, len(self._arena.setting.geography.countries)
        lot = Draws(self._arena.setting.keys[Purpose.STOLEN_DATA], campaign.number, 1 + campaign.rotation)
        if campaign.hides or countries == 1:
            return 0, mobile_ip_code(np.uint64(lot.below(2048)))
        country = lot.below(countries)
        return country, tunnel_ip_code(country, np.uint64(lot.below(256)))

    def _payee_country(self, payee: int) -> int:
        """One mule account in sixteen is abroad (assumption)."""
        countries = len(self._arena.setting.geography.countries)
        return 1 + payee % (countries - 1) if countries > 1 and payee * 40_503 % 16 == 0 else 0
