"""The agents: who acts in the world, as Mesa sees them.

``CustomerBlock`` and ``Merchants`` are groups that hold columns; ``Fraudster``, ``CriminalMarket``, ``Bank`` and
``Analysts`` are individuals. Each keeps its own state and leaves decisions to mesa-free code. Take an agent's ``step``
away and its behaviour ends.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
import numpy.typing as npt

from fintxsim.bank.alerts import Alert, AlertQueue, AlertsConfig
from fintxsim.bank.config import BankConfig
from fintxsim.bank.desk import FraudDesk, Measure, Order
from fintxsim.bank.labels.cases import Case, Fraud, LabelRow, Offence
from fintxsim.bank.labels.config import LabelsConfig
from fintxsim.bank.ledger import Books, empty_books
from fintxsim.bank.scan import noteworthy
from fintxsim.behaviour import day as days
from fintxsim.behaviour import evening
from fintxsim.behaviour.draft import DRAFT, EVENT, join
from fintxsim.contest.arena import Attempt
from fintxsim.contest.door import BankDoor
from fintxsim.contest.market import StreetMarket
from fintxsim.fraud import CampaignRecord, OffendingRow
from fintxsim.pacing import Pacer, Pressure
from fintxsim.population.block import Block
from fintxsim.population.people import CARD_RESTRICTED, CARD_STOLEN, NOT_BLOCKED
from fintxsim.streams import Draws, Purpose, purpose_key
from fintxsim.typologies.base import OVER, Campaign, Crew, Typology, TypologyConfig
from fintxsim.vocabulary import Disposition, ObservationClass

if TYPE_CHECKING:
    from fintxsim.engine import World

_CAMPAIGN_SPACE = 10_000_000  # campaign and fraudster numbers of typology k begin at k times this
_ROWS_PER_CUSTOMER = 6
NO_SCORE = 2.0  # more than any


def rows_reserved(block: Block) -> int:
    """Room for a block's rows of one day; only what is used takes memory."""
    return _ROWS_PER_CUSTOMER * len(block) + 4 * days.DIARY


class CustomerBlock(mesa.Agent):
    """A few thousand customers, held as columns; one thread lives their day."""

    model: World

    def __init__(self, model: World, block: Block, out: npt.NDArray[np.void]) -> None:
        super().__init__(model)
        self.block = block
        self.books: Books = empty_books()
        self.contested = np.zeros(len(block), np.bool_)
        self.refunds = np.zeros(0, DRAFT)  # of earlier purchases, still to come
        self.due = np.zeros(0, DRAFT)
        self.rows: list[npt.NDArray[np.void]] = []
        self.events: list[npt.NDArray[np.void]] = []
        self._diary = np.zeros(days.DIARY, DRAFT), np.zeros(days.DIARY, np.int64), np.zeros(4, np.int64)
        size = len(block)
        self._out = out
        self._later = np.empty(size // 2 + 4 * days.DIARY, DRAFT)
        self._events = np.empty(3 * size + 8 * days.DIARY, EVENT)

    def await_refunds(self, day: npt.NDArray[np.void]) -> None:
        """Expect the refunds of what was bought before day 0, which ``day`` holds."""
        block, world = self.block, self.model.setting.world
        count = days.pending_refunds(block.people, block.favourites, block.first, day, world, self._later)
        self.refunds = self._later[:count].copy()

    def open_day(self, end: int) -> None:
        """Sort out the refunds that fall due before ``end``."""
        self.contested[:] = False
        due, rest = np.empty(len(self.refunds), DRAFT), np.empty(len(self.refunds), DRAFT)
        count = evening.part_refunds(self.refunds, end, due, rest)
        keys = (due["customer"][:count].astype(np.int64) << 40) + (end - due["time"][:count])
        self.due = due[:count].view(f"V{DRAFT.itemsize}")[np.argsort(keys, kind="stable")].view(DRAFT)
        self.refunds = rest[: len(rest) - count]

    def due_of(self, customer: int) -> npt.NDArray[np.void]:
        """Refunds that a customer gets today."""
        first, last = self.due["customer"].searchsorted((customer, customer + 1))
        return self.due[first:last]

    def step(self) -> None:
        """Everybody who is not under attack lives the day."""
        world, block = self.model, self.block
        counts = np.zeros(4, np.int64)
        self.rows, self.events, refunds = [], [], []
        out, later, events, start = self._out, self._later, self._events, 0
        while start < len(block):
            start = days.live_block(
                block.people, block.favourites, block.contracts, block.first, start, len(block), True,
                int(world.day[0]["end"]), self.contested, self.due, *self._diary, out, later, events, counts, world.day,
                world.setting.world, self.books,
            )  # fmt: skip
            self.rows.append(out[: counts[0]])
            self.events.append(events[: counts[2]])
            refunds.append(later[: counts[1]].copy())
            counts[:3] = 0
            if start < len(block):  # a busy day: go on with fresh buffers
                out, later, events = np.empty_like(out), np.empty_like(later), np.empty_like(events)
        self.keep_refunds(*refunds)

    def keep_refunds(self, *refunds: npt.NDArray[np.void]) -> None:
        self.refunds = join([self.refunds, *refunds], DRAFT)


class Merchants(mesa.Agent):
    """The open universe of merchants: remembers whom the bank has met, one word for each."""

    model: World

    def __init__(self, model: World, total: int) -> None:
        super().__init__(model)
        self.seen = np.zeros(total, np.uint64)


class Fraudster(mesa.Agent):
    """A crew of one typology: traits, tools, what it has learned, and the campaigns it is running."""

    model: World

    def __init__(self, model: World, typology: Typology, config: TypologyConfig, crew: Crew, key: np.uint64) -> None:
        super().__init__(model)
        self.typology, self.config, self.crew, self._key = typology, config, crew, key
        self.campaigns: list[CampaignRecord] = []

    @property
    def number(self) -> int:
        """Number of the fraudster in truth/."""
        return self.typology.number * _CAMPAIGN_SPACE + self.crew.number

    @property
    def owner(self) -> int:
        """Number under which this crew owns devices, addresses and accounts."""
        return self.typology.number * 4096 + self.crew.number

    def state(self) -> dict[str, Any]:
        """Everything the crew knows, as plain data."""
        return {"crew": asdict(self.crew), "campaigns": [asdict(record.campaign) for record in self.campaigns]}

    def take_on(self, number: int, start: int, market: StreetMarket) -> CampaignRecord:
        """Begin a campaign at a moment of today."""
        campaign = Campaign(
            number, self.crew.number, start, start, self.config.camouflage, self.typology.entry_points[0]
        )
        draws = Draws(self._key, number, 0)
        self.typology.plan(campaign, self.crew, self.config, market, draws)
        record = CampaignRecord(campaign, self.typology, self.number)
        self.campaigns.append(record)
        return record

    def step(self) -> None:
        """Put what is planned for today on the agenda."""
        latest = self.model.arena.latest
        for record in self.campaigns:
            if record.campaign.next_time < latest:
                self.model.put_on_agenda(self, record)

    def act(self, record: CampaignRecord) -> None:
        """Do one thing, and tell the world what was done."""
        campaign, world = record.campaign, self.model
        draws = Draws(self._key, campaign.number, 1 + record.acts)
        record.acts += 1
        door = BankDoor(world.arena, campaign, self.owner, draws, self.typology.part, world.bank.resets)
        market = world.street_market.of(self.typology.number)
        campaign.next_time = max(campaign.next_time, world.earliest)
        step = campaign.step
        self.typology.act(campaign, self.crew, self.config, market, door, draws)
        world.bank.witness(record, door.attempts, step)
        if campaign.next_time == OVER:
            record.is_over = True
            self.campaigns.remove(record)
            world.close_campaign(record)


class CriminalMarket(mesa.Agent):
    """The supply side of one typology: decides how many campaigns begin today and which crew runs each."""

    model: World

    def __init__(
        self, model: World, typology: Typology, config: TypologyConfig, pace: Pacer | Pressure, crews: int
    ) -> None:
        super().__init__(model)
        self.typology, self.config, self.pace = typology, config, pace
        self.started = 0
        self.started_in_run = 0
        self._key = purpose_key(model.setting.seed, Purpose.TYPOLOGY + typology.number)
        self.crews = [
            Fraudster(model, typology, config, typology.recruit(number, Draws(self._key, number, -1)), self._key)
            for number in range(crews)
        ]

    def step(self) -> None:
        """Start today's campaigns; before day 0 only as early as this typology needs, whatever others need."""
        world = self.model
        if world.day_number < -self.typology.longest_days:
            return
        draws = Draws(self._key, 1 << 40, world.day_number)
        count = self._count(draws)
        for _ in range(count):
            number = self.typology.number * _CAMPAIGN_SPACE + self.started
            start = world.earliest + int(draws.next() * (world.arena.latest - world.earliest))
            crew = self.crews[draws.below(len(self.crews))]
            record = crew.take_on(number, start, world.street_market.of(self.typology.number))
            self.started += 1
            self.started_in_run += world.day_number >= 0
            world.open_campaign(record)
            if isinstance(self.pace, Pacer):
                self.pace.begin(number)

    def _count(self, draws: Draws) -> int:
        if isinstance(self.pace, Pressure):
            return self.pace.starts(draws)
        return self.pace.starts() if self.model.day_number >= 0 else self.pace.open_loop().starts(draws)


class Bank(mesa.Agent):
    """The bank's memory of crime, and what it does about it. What it thinks is the fraud desk's."""

    model: World

    def __init__(self, model: World, labels: LabelsConfig, config: BankConfig) -> None:
        super().__init__(model)
        self.config = config
        self._keys, since = model.setting.keys, model.setting.window(0)[0]
        self.desk = FraudDesk(labels, config.alerts, config.recovery, self._keys, since)
        self.resets: dict[int, int] = {}  # customer -> when the credentials were last reset
        self.told: list[LabelRow] = []

    def witness(self, record: CampaignRecord, attempts: list[Attempt], step: int) -> None:
        """Open or extend the case of each attempt; the bank knows nothing of it before somebody speaks."""
        for attempt in attempts:
            part = attempt.part
            if part.is_fraud or part.is_laundering:
                case = self.desk.witness(offence_of(record, attempt))
                self.model.write_truth(record, attempt, step, case)
            step += 1

    def look_through(self, rows: npt.NDArray[np.void]) -> list[Alert]:
        """Alerts among a day's rows. On the way, take note of the genuine payments that nobody will recognise."""
        desk = self.desk
        found = np.empty((2, len(rows)), np.int64)
        alerts, mistakes = noteworthy(
            rows, self.config.alerts.score if self.config.controls == "rules" else NO_SCORE,
            self._keys[Purpose.OPINION], desk.labels.mistaken.per_million / 1e6, found[0], found[1],
        )  # fmt: skip
        for row in rows[found[1, :mistakes]]:
            if int(row["time"]) not in desk.today:
                desk.mistake(int(row["time"]), int(row["customer"]), int(row["card_slot"]))
        return [alert_on(row, desk.today.get(int(row["time"]))) for row in rows[found[0, :alerts]]]

    def step(self) -> None:
        """The evening: take in today's reports, block, reset, freeze, and order new cards."""
        world = self.model
        _, end = world.setting.window(world.day_number)
        self.told = self.desk.evening(end, world.campaigns)
        for order in self.desk.take_orders():
            if order.measure == Measure.BLOCK_CARD:
                self._block(order)
            elif order.measure == Measure.RESET_CREDENTIALS:
                self.resets[order.customer] = order.time
            else:
                world.people[order.customer]["frozen_until"] = world.day_number + 1 + self.config.alerts.freeze_days

    def _block(self, order: Order) -> None:
        person, slot = self.model.people[order.customer], order.card_slot
        if person["card_back_day"][slot] != NOT_BLOCKED:
            return
        low, high = self.config.reissue_days_min, self.config.reissue_days_max
        draws = Draws(self._keys[Purpose.REISSUE], order.customer, order.time)
        person["card_back_day"][slot] = self.model.day_number + 1 + low + draws.below(max(high - low, 0) + 1)
        person["card_status"][slot] = CARD_STOLEN if draws.next() < 0.4 else CARD_RESTRICTED


class Analysts(mesa.Agent):
    """A team that works the queue of alerts, in its hours and in its order."""

    model: World

    def __init__(self, model: World, config: AlertsConfig) -> None:
        super().__init__(model)
        self.queue = AlertQueue(config, model.setting.population.customers, model.setting.keys[Purpose.ALERT])
        self.closed: list[Alert] = []

    def step(self) -> None:
        """Work today's alerts and what waits from the days before; tell the bank's fraud desk what was confirmed."""
        world = self.model
        fresh = world.book.raised
        for alert in fresh:
            if alert.offence is None and self.queue.verdict(alert) == Disposition.CONFIRMED_FRAUD:
                world.fear_for(alert.customer)
        self.closed = self.queue.work(fresh, world.day_number, *world.setting.window(world.day_number))
        for alert in self.closed:
            if alert.is_confirmed:
                world.bank.desk.confirm(alert)


def alert_on(row: np.void, offence: Offence | None) -> Alert:
    """The alert that a request becomes."""
    return Alert(
        int(row["time"]),
        int(row["customer"]),
        int(row["card_slot"]),
        bool(row["approved"]),
        float(row["score"]),
        offence,
    )


def offence_of(record: CampaignRecord, attempt: Attempt) -> Offence:
    """An attempt as the fraud desk's cases see it. Who passes on stolen money is looked at as a launderer."""
    typology, part = record.typology, attempt.part
    observation = typology.observation_class if part.is_fraud else ObservationClass.LAUNDERING
    return Offence(
        record.campaign.number, record.campaign.kind, observation, attempt.customer, attempt.card_slot,
        Fraud(attempt.time, attempt.billing, attempt.way), attempt.approved, part.is_fraud,
    )  # fmt: skip


def offending_row(record: CampaignRecord, attempt: Attempt, step: int, case: Case | None) -> OffendingRow:
    """The line of truth/transactions for one attempt."""
    lost = attempt.approved and attempt.part.is_fraud
    return OffendingRow(
        attempt.time, record.typology, attempt.part, record.campaign.number, step, record.fraudster,
        attempt.billing if lost else 0, lost and case is not None and case.report_time < 0, attempt.approved,
        attempt.billing,
    )  # fmt: skip
