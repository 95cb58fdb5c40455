"""Small worlds, lived twice: by the compiled day and by the oracle."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from fintxsim.bank.config import BankConfig
from fintxsim.bank.ledger import BOOKS
from fintxsim.behaviour import evening
from fintxsim.behaviour.bills import signed
from fintxsim.behaviour.block_day import BlockDay, rows_reserved
from fintxsim.behaviour.config import BehaviourConfig
from fintxsim.behaviour.day import MOST_ENTRIES
from fintxsim.behaviour.draft import DRAFT
from fintxsim.behaviour.plan import pending_refunds
from fintxsim.behaviour.timing import HOUR_US, MINUTE_US
from fintxsim.institution import INSTITUTIONS
from fintxsim.lookalikes.anomalies import AnomaliesConfig
from fintxsim.lookalikes.rates import set_rates
from fintxsim.population.block import Block, empty_blocks
from fintxsim.population.customers import PopulationConfig, born, segment_records
from fintxsim.population.network import befriend
from fintxsim.population.places import build_geography
from fintxsim.setting import NO_ANOMALIES, Setting, build_setting
from fintxsim.streams import Purpose
from tests.oracle import day as plain_day
from tests.oracle.authorise import Books
from tests.oracle.records import Customer, Draft, Event, Record, plain

Array = npt.NDArray[Any]
USUAL_BEHAVIOUR, USUAL_BANK = BehaviourConfig.model_validate({}), BankConfig.model_validate({})


@dataclass(frozen=True)
class Recipe:
    """What distinguishes one small world from the others."""

    timezone: str
    start: date
    seed: int
    customers: int = 300
    days: int = 12
    first: int = 0  # number of the first customer
    behaviour: BehaviourConfig = USUAL_BEHAVIOUR
    bank: BankConfig = USUAL_BANK
    merchant_years: tuple[float, float] = (4.0, 20.0)
    anomalies: AnomaliesConfig = NO_ANOMALIES
    institution: str = "bank"
    population: dict[str, Any] = field(default_factory=dict, hash=False)
    has_trouble: bool = False  # the issuer is down at noon; one card in ten is blocked for the first days

    def setting(self) -> Setting:
        low, high = self.merchant_years
        population = PopulationConfig.model_validate(
            {"customers": self.first + self.customers, "merchant_years_min": low, "merchant_years_max": high}
            | self.population
        )
        return build_setting(
            seed=self.seed, start=self.start, days=self.days, geography=build_geography(self.timezone),
            population=population, behaviour=self.behaviour, bank=self.bank, anomalies=self.anomalies,
            institution=INSTITUTIONS[self.institution],
        )  # fmt: skip


def populate(setting: Setting) -> tuple[Array, Block]:
    """Everybody's records, and the last block of customers as the engine begins with them; earlier ones stay empty."""
    people, blocks = empty_blocks(setting.population.customers)
    block = blocks[-1]
    segments = segment_records(setting.population, setting.price_level)
    born(
        block.people, block.favourites, block.first, segments, setting.world, setting.start_number, float(setting.minor)
    )
    signed(block.people, block.contracts, block.first, setting.world, setting.start_number)
    befriend(people, setting.keys[Purpose.NETWORK])
    set_rates(setting.world, setting.anomalies.active(), people, [block.contracts])
    return people, block


def block_some_cards(people: Array) -> None:
    """One customer in ten waits for a new card until day 4; each of the reasons occurs."""
    for number in range(3, len(people), 10):
        people[number]["card_back_day"] = 4
        people[number]["card_status"] = 1 + number // 10 % 3


class CompiledWorld:
    """Lives days by the kernels, as the engine calls them."""

    def __init__(self, setting: Setting, people: Array, block: Block) -> None:
        self.setting, self.people, self.block = setting, people, block
        self.today = BlockDay(block, np.zeros(rows_reserved(block), DRAFT), setting.world)
        self.books = self.today.books
        refunds: Array = np.zeros(40 * len(block), DRAFT)
        day, orders = setting.day_record(0), np.zeros(MOST_ENTRIES, DRAFT)
        count = pending_refunds(
            block.people, block.favourites, block.first, day, setting.world, orders, refunds
        )  # fmt: skip
        self.refunds = refunds[:count]

    def live_day(self, day: Array) -> tuple[Array, Array]:
        """Rows and events of everybody's day, lived in slices of an hour as the engine does."""
        end = int(day[0]["end"])
        self.today.begin(day, self._due(end))
        self.today.plan()
        for until in (*range(int(day[0]["start"]), end, HOUR_US), end):
            self.today.live(until)
        rows, events = self.today.written().copy(), self.today.noted().copy()
        self.refunds = np.concatenate([self.refunds, self.today.refunds()])
        evening.receive(self.people, rows, self.books, np.empty(len(rows), np.int32))
        return rows, events

    def _due(self, end: int) -> Array:
        is_due = self.refunds["time"] < end
        due = self.refunds[is_due]
        self.refunds = self.refunds[~is_due]
        return due[np.lexsort((due["time"], due["customer"]))]


class PlainWorld:
    """Lives days by the oracle."""

    def __init__(self, setting: Setting, block: Block) -> None:
        parts = zip(block.people, block.favourites, block.contracts, strict=True)
        self.customers = [
            Customer(number, plain(person), plain(favourites), plain(contracts))
            for number, (person, favourites, contracts) in enumerate(parts, block.first)
        ]
        self._record = setting.world[0]
        self.world: Record = plain(self._record)
        self.books = Books()
        first_day = plain(setting.day_record(0)[0])
        self.refunds = [
            refund
            for customer in self.customers
            for refund in plain_day.earlier_refunds(customer, first_day, self.world)
        ]

    def live_day(self, day: Array) -> tuple[list[Draft], list[Event]]:
        """Rows and events of everybody's day."""
        rows: list[Draft] = []
        events: list[Event] = []
        end = int(day[0]["end"])
        due = sorted((refund for refund in self.refunds if refund.time < end), key=lambda refund: refund.time)
        self.refunds = [refund for refund in self.refunds if refund.time >= end]
        for customer in self.customers:
            today = self.open(customer, day, [refund for refund in due if refund.customer == customer.number])
            today.live(end)
            rows += today.rows
            events += today.events
            self.refunds += today.refunds
        plain_day.exchange({customer.number: customer for customer in self.customers}, rows, self.books)
        return rows, events

    def open(self, customer: Customer, day: Array, due: list[Draft]) -> plain_day.OpenDay:
        self.world.bank = plain(self._record["bank"])  # outages come and go
        return plain_day.open_day(customer, plain(day[0]), self.world, due, self.books)


def set_outage(setting: Setting, day: Array) -> None:
    """The issuer cannot be reached for half an hour in the afternoon of a day."""
    bank = setting.world[0]["bank"]
    bank["outage_start"] = day[0]["start"] + 15 * HOUR_US
    bank["outage_end"] = bank["outage_start"] + 30 * MINUTE_US


@dataclass(repr=False)
class Twins:
    """The same world twice, and what its days left in each."""

    recipe: Recipe
    setting: Setting = field(init=False)
    compiled: CompiledWorld = field(init=False)
    plain: PlainWorld = field(init=False)
    compiled_days: list[tuple[Array, Array]] = field(default_factory=list)
    plain_days: list[tuple[list[Draft], list[Event]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.setting = self.recipe.setting()
        people, block = populate(self.setting)
        block.people["touched"][::50] = 1
        if self.recipe.has_trouble:
            block_some_cards(block.people)
        self.plain = PlainWorld(self.setting, block)
        self.compiled = CompiledWorld(self.setting, people, block)

    def live(self) -> Twins:
        for number in range(self.recipe.days):
            day = self.setting.day_record(number)
            if self.recipe.has_trouble:
                set_outage(self.setting, day)
            self.compiled_days.append(self.compiled.live_day(day))
            self.plain_days.append(self.plain.live_day(day))
        return self

    def plain_books(self) -> list[list[int]]:
        """The oracle's books in the order of the ledger's."""
        return [self.plain.books[name] for name in BOOKS]
