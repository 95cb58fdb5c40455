"""The things of the oracle: people, days and worlds as plain objects, drafts and events as dataclasses.

-1 stands for null, as in the records of the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from fintxsim.streams import Purpose
from fintxsim.vocabulary import Channel, Direction, EntryMode, IncumbentAction, Rail, TransactionType
from tests.oracle.arithmetic import single
from tests.oracle.draws import Stream, stream

if TYPE_CHECKING:
    from tests.oracle.outings import Outing

NULL = -1
CURRENT, SAVINGS, CREDIT = 0, 1, 2  # accounts
DEBIT_CARD, CREDIT_CARD = 0, 1  # cards
CARD_OK, CARD_LOST, CARD_STOLEN = range(3)  # card_status
NOT_BLOCKED = -1_000_000  # card_back_day, if no replacement is on its way
PASSES_CHALLENGE = 0.96  # of the genuine customer


class Record(SimpleNamespace):
    """The fields of one structured record as Python numbers and lists."""


def plain(value: Any) -> Any:
    """A structured record, or an array of them, without numpy."""
    if isinstance(value, np.void):
        names = [name for name in value.dtype.names or () if name != "pad"]
        return Record(**{name: plain(value[name]) for name in names})
    if isinstance(value, np.ndarray) and value.dtype.names:
        return [plain(part) for part in value]
    return value.tolist()


@dataclass
class Customer:
    """One customer, known by number."""

    number: int
    person: Record
    favourites: list[int]
    contracts: list[Record]


@dataclass
class Scene:
    """One customer on one day in one world; ``visited`` is the city of a trip, or NULL at home.

    ``outing`` is to another town and back, ``arrival`` the end of a journey between two nights, or 0.
    """

    customer: Customer
    day: Record
    world: Record
    visited: int = NULL
    outing: Outing | None = None
    arrival: int = 0

    @property
    def person(self) -> Record:
        return self.customer.person

    @property
    def number(self) -> int:
        """The customer's number."""
        return self.customer.number

    @property
    def home(self) -> Record:
        """The home country."""
        country: Record = self.world.countries[0]
        return country

    @property
    def institution(self) -> Record:
        """What kind of institution it is."""
        kind: Record = self.world.institution
        return kind

    @property
    def is_away(self) -> bool:
        return self.visited != NULL

    def stream(self, purpose: Purpose, number: int) -> Stream:
        return stream(self.world.keys[purpose], self.number, number)

    def of_today(self, purpose: Purpose, ordinal: int) -> Stream:
        """The stream of the thing number ``ordinal`` of its kind today."""
        return self.stream(purpose, self.day.number * 64 + ordinal)

    def bank_luck(self, ordinal: int) -> int:
        """State of the stream of the bank's luck with request ``ordinal`` of today, over all kinds of requests."""
        return self.stream(Purpose.AUTHORISE, self.day.number * 256 + ordinal).state

    def zone_of(self, city: int) -> list[int]:
        """Offset before and after a change of clocks today, in minutes, and the moment of the change."""
        zone: list[int] = self.day.zones[self.world.city_zone[city]]
        return zone

    @property
    def home_zone(self) -> list[int]:
        return self.zone_of(self.person.city)

    @property
    def clock(self) -> list[int]:
        """The zone of where the customer is today."""
        return self.zone_of(self.visited) if self.is_away else self.home_zone


@dataclass
class Draft:
    """A row as somebody wants it, and later as the bank has answered it."""

    customer: int
    draw: int = 0  # state of the stream of the bank's luck; 0 for what the bank takes without asking
    time: int = 0
    amount: int = 0
    billing: int = 0
    merchant: int = NULL
    counterparty: int = NULL
    original: int = NULL
    transfer: int = NULL
    device: int = NULL
    ip: int = NULL
    session: int = NULL
    score: float = 0.0
    pass_challenge: float = single(PASSES_CHALLENGE)
    friend: int = NULL
    card: int = NULL
    terminal: int = 0
    offset: int = 0
    category: int = NULL
    merchant_country: int = NULL
    counterparty_country: int = NULL
    ip_country: int = NULL
    currency: int = 0
    account: int = CURRENT
    card_slot: int = NULL
    type: int = TransactionType.PURCHASE
    rail: int = Rail.CARD
    channel: int = Channel.POS
    entry: int = EntryMode.NONE
    direction: int = Direction.DEBIT
    payee_new: int = NULL
    name_match: int = NULL
    avs: int = NULL
    cvv: int = NULL
    three_ds: int = NULL
    eci: int = NULL
    sca: int = NULL
    response: int = NULL
    reason: int = NULL
    action: int = IncumbentAction.APPROVE
    approved: int = 0
    recurring: int = 0
    on_file: int = 0
    attempt: int = 0
    new_device: int = 0
    anomaly: int = 0
    hot: int = 0
    delivered: int = 0

    @property
    def bank_luck(self) -> Stream:
        """What the bank draws from for this row."""
        return Stream(self.draw)


@dataclass
class Event:
    """Something without money."""

    kind: int
    time: int
    customer: int
    device: int
    ip: int
    ip_country: int
    channel: int
    account: int
    detail: int = 0
