"""The agents: who acts in the world, as Mesa sees them.

``CustomerBlock`` and ``Merchants`` are groups that hold columns; ``Fraudster`` and ``CriminalMarket`` are individuals,
and so are ``Bank`` and ``Analysts`` in ``bank_agents``. Each keeps its own state and leaves decisions to mesa-free
code. Take an agent's ``step`` away and its behaviour ends.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
import numpy.typing as npt

from fintxsim.behaviour import evening
from fintxsim.behaviour.block_day import BlockDay
from fintxsim.behaviour.day import MOST_ENTRIES
from fintxsim.behaviour.draft import DRAFT, join
from fintxsim.behaviour.plan import pending_refunds
from fintxsim.contest.door import BankDoor
from fintxsim.contest.market import REMEMBERED_DAYS, StreetMarket
from fintxsim.fraud import CampaignRecord
from fintxsim.memory import zeros
from fintxsim.pacing import Pacer, Pressure
from fintxsim.population.block import Block
from fintxsim.stock import Stock
from fintxsim.streams import Draws, Purpose, purpose_key
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, OVER, SECOND_US, WAITING, Campaign, Crew
from fintxsim.typologies.config import TypologyConfig

if TYPE_CHECKING:
    from fintxsim.engine import World

_DAILY, _HOURLY, _PREPARED, _FIRST_PREPARED = (1 << 40), (1 << 41), (1 << 42), (1 << 43)  # key a market's draws
_FIT = 0.5  # part of a prepared campaign that is missing when it is called
_CAMPAIGN_SPACE = 10_000_000  # campaign and fraudster numbers of typology k begin at k times this


class CustomerBlock(mesa.Agent):
    """A few thousand customers, held as columns; one thread lives their day."""

    model: World

    def __init__(self, model: World, block: Block, out: npt.NDArray[np.void]) -> None:
        super().__init__(model)
        self.block = block
        self.today = BlockDay(block, out, model.setting.world)
        self.refunds = np.zeros(0, DRAFT)  # of earlier purchases, still to come

    def await_refunds(self, day: npt.NDArray[np.void]) -> None:
        """Expect the refunds of what was bought before day 0, which ``day`` holds."""
        block, world = self.block, self.model.setting.world
        expected = self.today.later
        orders = np.empty(MOST_ENTRIES, DRAFT)
        count = pending_refunds(block.people, block.favourites, block.first, day, world, orders, expected)
        self.refunds = expected[:count].copy()

    def open_day(self) -> None:
        """A new day; sort out the refunds that fall due. None does before day 0."""
        if self.model.day_number < 0:
            self.today.begin(self.model.day, self.refunds[:0])
            return
        end = int(self.model.day[0]["end"])
        due, rest = np.empty(len(self.refunds), DRAFT), np.empty(len(self.refunds), DRAFT)
        count = evening.part_refunds(self.refunds, end, due, rest)
        keys = (due["customer"][:count].astype(np.int64) << 40) + (end - due["time"][:count])
        ordered = due[:count].view(f"V{DRAFT.itemsize}")[np.argsort(keys, kind="stable")].view(DRAFT)
        self.today.begin(self.model.day, ordered)
        self.refunds = rest[: len(rest) - count]

    def step(self) -> None:
        """Everybody decides what to do today."""
        self.today.plan()

    def close_day(self) -> None:
        """Keep what lasts beyond the day."""
        refunds = self.today.refunds()
        if self.model.day_number < 0:
            refunds = refunds[refunds["time"] >= self.model.setting.window(0)[0]]
        if len(refunds):
            self.refunds = join([self.refunds, refunds], DRAFT)


class Merchants(mesa.Agent):
    """The open universe of merchants: remembers whom the bank has met, one word for each."""

    model: World

    def __init__(self, model: World, total: int) -> None:
        super().__init__(model)
        self.seen = zeros(total, np.uint64)


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
        record = CampaignRecord(campaign, self.typology, self.number, is_over=campaign.next_time == OVER)
        if not record.is_over:
            self.campaigns.append(record)
        return record

    def step(self) -> None:
        """Put what is planned for today on the agenda."""
        for record in self.campaigns:
            self.consider(record)

    def consider(self, record: CampaignRecord) -> None:
        """Put a campaign on today's agenda if there is something to do today."""
        if 0 <= record.campaign.next_time < self.model.arena.latest:
            self.model.put_on_agenda(self, record)

    def act(self, record: CampaignRecord) -> None:
        """Do one thing, and tell the world what was done."""
        campaign, world = record.campaign, self.model
        draws = Draws(self._key, campaign.number, 1 + record.acts)
        record.acts += 1
        door = BankDoor(
            world.arena, campaign, self.owner, draws, self.typology.part, world.bank.resets, world.bank.desk.cases,
        )  # fmt: skip
        market = world.street_market_of(self.typology.number)
        campaign.next_time = max(campaign.next_time, world.earliest)
        step = campaign.step
        self.typology.act(campaign, self.crew, self.config, market, door, draws)
        world.bank.witness(record, door.attempts, step)
        if campaign.next_time == WAITING:
            world.line_up(self, record)
        elif campaign.next_time == OVER:
            self.give_up(record)

    def give_up(self, record: CampaignRecord) -> None:
        """A campaign is over."""
        record.campaign.over()
        record.is_over = True
        self.campaigns.remove(record)
        self.model.close_campaign(record)


Job = tuple[Fraudster, CampaignRecord]


class CriminalMarket(mesa.Agent):
    """The supply side of one typology: decides how many campaigns begin and which crew runs each."""

    model: World

    def __init__(
        self, model: World, typology: Typology, config: TypologyConfig, pace: Pacer | Pressure, crews: int
    ) -> None:
        super().__init__(model)
        self.typology, self.config, self.pace = typology, config, pace
        self.started = 0
        self.started_in_run = 0
        self._key = purpose_key(model.setting.seed, Purpose.TYPOLOGY + typology.number)
        first = Draws(self._key, _FIRST_PREPARED, 0).next()
        self.stock: Stock[Job] | None = Stock(typology.ready_days, first) if typology.ready_days else None
        self.crews = [
            Fraudster(model, typology, config, typology.recruit(number, Draws(self._key, number, -1)), self._key)
            for number in range(crews)
        ]

    @property
    def is_idle(self) -> bool:
        """Before day 0 crime begins only as early as this typology needs, whatever others need."""
        return self.model.day_number < -self.typology.longest_days

    @property
    def is_pacing(self) -> bool:
        """Frauds that day 0 can still feel come of campaigns whose turn is later than the time they were prepared."""
        return self.model.day_number >= self.typology.ready_days - self.typology.longest_days

    def step(self) -> None:
        """Start the day's campaigns, unless a pacer decides hour by hour."""
        world, pace = self.model, self.pace
        if self.is_idle:
            return
        self._prepare()
        if not self.is_pacing:
            return
        draws, factor = Draws(self._key, _DAILY, world.day_number), self.config.factor(world.day_number)
        if isinstance(pace, Pressure):
            count = pace.starts(draws, factor)
            self._begin(count, draws, world.earliest, world.arena.latest, fit=1.0)
            return
        is_before = world.day_number < 0
        pace.open_day(pace.daily_guess if is_before else world.outlook, factor)
        if is_before:
            owed = pace.before(draws)
            self._begin(owed, draws, world.earliest, world.arena.latest, fit=1.0)

    def _prepare(self) -> None:
        """Begin what will be ready in weeks, as many as will be called until then: criminals foresee when they will."""
        world, ready_days = self.model, self.typology.ready_days
        if self.stock is not None:
            coming = range(world.day_number, world.day_number + ready_days)
            days = Counter(self.config.factor(day) for day in coming)
            called = sum(count * self.pace.campaigns_per_day(factor) for factor, count in days.items())
            count = self.stock.begin(called / ready_days)
            draws = Draws(self._key, _PREPARED, world.day_number)
            self._recruit(count, draws, world.earliest, world.arena.latest)

    def line_up(self, crew: Fraudster, record: CampaignRecord) -> None:
        """A campaign is prepared: it waits for its turn."""
        assert self.stock is not None, "only what has ready_days waits"
        self.stock.line_up((crew, record))

    def part_with(self, record: CampaignRecord) -> None:
        """A campaign is over."""
        if self.stock is not None and record.turn < 0:
            self.stock.give_up()
        elif isinstance(self.pace, Pacer):
            self.pace.end(record.campaign.number)

    def reinforce(self, since: int, until: int) -> None:
        """Start what campaigns the pacer misses, between two moments of today."""
        world = self.model
        if isinstance(self.pace, Pressure):
            return
        start, end = int(world.day[0]["start"]), int(world.day[0]["end"])
        over, until_share = (since - start) / (end - start), (until - start) / (end - start)
        starts = self.pace.starts if self.stock is None else self.pace.missing
        draws = Draws(self._key, _HOURLY, since // SECOND_US)
        since, until = max(since, world.earliest), min(until, world.arena.latest)
        for crew, record in self._begin(starts(over, until_share), draws, since, until, fit=_FIT):
            crew.consider(record)

    def _begin(self, wanted: float, draws: Draws, since: int, until: int, *, fit: float) -> list[Job]:
        """So many campaigns are wanted between two moments of today: new ones, or the turn of prepared ones."""
        if self.stock is None:
            begun = self._recruit(int(wanted), draws, since, until)
        else:
            begun = self._call(self.stock, wanted, fit)
            for _, record in begun:
                record.turn = record.campaign.next_time = since + int(draws.next() * (until - since))
        self.started_in_run += len(begun) if self.model.day_number >= 0 else 0
        if isinstance(self.pace, Pacer):
            for job in begun:
                _, record = job
                self.pace.begin(record.campaign.number, self._size(job))
                if record.is_over:  # long before day 0
                    self.pace.end(record.campaign.number)
        for crew, record in begun:
            if record.turn >= 0 and self._is_forgotten(record):
                crew.give_up(record)
        return begun

    def _is_forgotten(self, record: CampaignRecord) -> bool:
        """Whether a campaign whose turn has come will most likely be over long before day 0."""
        _, usual_days = self.typology.usual_days or (0.0, self.typology.longest_days)
        return self.model.street_market.is_forgotten(record.turn + int(usual_days * DAY_US))

    def _call(self, stock: Stock[Job], wanted: float, fit: float) -> list[Job]:
        """Prepared campaigns whose turn has come: by what they will bring, or, under a fixed pressure, by number."""
        if isinstance(self.pace, Pressure):
            return stock.call(wanted, lambda _: 1.0, fit=1.0, most=int(wanted))
        return stock.call(wanted, self._size, fit=fit, most=self.pace.room)

    def _size(self, job: Job) -> float:
        return self.typology.size(job[1].campaign, self.config)

    def _recruit(self, count: int, draws: Draws, since: int, until: int) -> list[Job]:
        """So many campaigns begin between two moments of today."""
        world, begun = self.model, []
        for _ in range(count):
            number = self.typology.number * _CAMPAIGN_SPACE + self.started
            start = since + int(draws.next() * (until - since))
            crew = self.crews[draws.below(len(self.crews))]
            record = crew.take_on(number, start, world.street_market_of(self.typology.number))
            self.started += 1
            if not record.is_over:
                world.open_campaign(record)
            begun.append((crew, record))
        return begun

    def learn(self, base: float) -> None:
        """The day is over: ``base`` is what was approved, in the measure of the rate."""
        if isinstance(self.pace, Pressure) or not self.is_pacing:
            return
        day = self.model.day_number
        self.pace.close_day(
            self.pace.daily_guess if day < 0 else base, is_before=day < 0, is_whole=day >= -REMEMBERED_DAYS
        )
