"""The world and its day.

1. open: the calendar, the weather, refunds that fall due
2. wishes: customers decide what to do today, block by block
3. markets: criminal markets start campaigns, fraudsters put today's acts on the agenda
4. contest: hour by hour, campaigns begin that are missing, and fraudsters act on customers lived up to that moment
5. customers: hour by hour, everybody lives the day, each request through the bank's door
6. exchange: money sent to friends arrives; who got it from a touched customer is touched
7. evening: analysts work the alerts, the bank hears reports, blocks cards, resets credentials; labels come due
8. learn: pacers compare frauds with transactions

``World.step`` is one day; 4 and 5 take turns, slice by slice. Days before day 0 are lived only by customers under
attack: so day 0 finds crime under way.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import mesa
import numpy as np
import numpy.typing as npt
from mesa.agent import Agent

from fintxsim.agents import CriminalMarket, CustomerBlock, Fraudster, Merchants
from fintxsim.bank.alerts import Alert
from fintxsim.bank.config import BankConfig
from fintxsim.bank.labels.cases import Case, LabelRow
from fintxsim.bank.labels.config import LabelsConfig
from fintxsim.bank.ledger import EQUITY, Books, empty_books
from fintxsim.bank.velocity import Counters
from fintxsim.bank_agents import Analysts, Bank, offending_row
from fintxsim.behaviour import evening
from fintxsim.behaviour.bills import signed
from fintxsim.behaviour.block_day import rows_reserved
from fintxsim.behaviour.draft import DRAFT
from fintxsim.behaviour.timing import MINUTE_US
from fintxsim.behaviour.volume import relative_volume
from fintxsim.contest.arena import Arena, Attempt
from fintxsim.contest.market import StreetMarket
from fintxsim.contest.regulars import Regulars
from fintxsim.contest.watch import Watchlist
from fintxsim.fields import Fields
from fintxsim.fraud import CampaignRecord, FraudConfig, OffendingRow
from fintxsim.lookalikes.rates import set_rates
from fintxsim.pacing import (
    GUESSED_EUROS_PER_ROW,
    GUESSED_ROWS_PER_CUSTOMER_DAY,
    Pacer,
    Pressure,
    Proceeds,
    ceiling_per_day,
)
from fintxsim.population.block import empty_blocks
from fintxsim.population.customers import born, segment_records
from fintxsim.population.impostors import Impostors, disguise
from fintxsim.population.network import befriend
from fintxsim.population.people import is_guest
from fintxsim.setting import Setting
from fintxsim.streams import Draws, Purpose, purpose_key
from fintxsim.typologies.base import Typology
from fintxsim.typologies.config import TypologyConfig

CUSTOMERS_PER_CREW = 2500
MOST_CREWS = 400

ATTACKED, BY_OTHERS, BY_ALERT = 0, 1, 2
TOUCHED_WORDS = ("attacked", "others", "alert")


@dataclass
class DayBook:
    """What a day leaves behind, for whoever writes it down."""

    number: int
    rows: list[npt.NDArray[np.void]] = field(default_factory=list)  # drafts, by block, not in time order
    buffer: npt.NDArray[np.void] | None = None  # the one array that all of ``rows`` are views of, if there is one
    events: list[npt.NDArray[np.void]] = field(default_factory=list)
    offending: list[OffendingRow] = field(default_factory=list)
    raised: list[Alert] = field(default_factory=list)  # today
    closed: list[Alert] = field(default_factory=list)  # worked or expired today
    labels: list[LabelRow] = field(default_factory=list)
    strangers: dict[int, int] = field(default_factory=dict)  # devices of criminals first seen today, and when
    touched: list[tuple[int, int]] = field(default_factory=list)  # (customer, why)
    limits: list[tuple[int, int, int]] = field(default_factory=list)  # (time, customer, new credit limit)
    approved: int = 0
    approved_value: int = 0


class World(mesa.Model):
    """A bank, its customers, merchants and criminals."""

    def __init__(
        self,
        setting: Setting,
        fraud: FraudConfig,
        labels: LabelsConfig,
        bank: BankConfig,
        workers: int = 1,
    ) -> None:
        super().__init__(rng=0)  # Mesa's own randomness is never used
        self.setting, self.fraud = setting, fraud
        self.workers = workers
        self._pool = ThreadPoolExecutor(workers) if workers > 1 else None
        self.people, blocks = empty_blocks(setting.population.customers)
        self._of = Fields(self.people)
        self._buffer = np.empty(sum(map(rows_reserved, blocks)), DRAFT)
        ends = np.cumsum([rows_reserved(block) for block in blocks])
        self.blocks = [
            CustomerBlock(self, block, self._buffer[end - rows_reserved(block) : end])
            for block, end in zip(blocks, ends.tolist(), strict=True)
        ]
        self._each_block(self._settle)
        befriend(self.people, setting.keys[Purpose.NETWORK])
        self.first_generations = self.people["card_generation"].astype(np.int64)  # of cards, before anything happens
        set_rates(setting.world, setting.anomalies.active(), self.people, [a.block.contracts for a in self.blocks])
        self._each_block(lambda agent: agent.await_refunds(setting.day_record(0)))
        self.merchants = Merchants(self, setting.universe.total)
        self.bank = Bank(self, labels, bank)
        self.analysts = Analysts(self, bank.alerts)
        self._counters = Counters(bank.velocity, setting.world[0]["hot"])
        self._slice_us = bank.velocity.slice_minutes * MINUTE_US
        self.markets: list[CriminalMarket] = []
        self._market_of: dict[int, CriminalMarket] = {}  # by number of the typology
        for typology, config in fraud.active():
            self.open_market(self._market(typology, config))
        self.campaigns: dict[int, CampaignRecord] = {}  # under way
        self.finished: list[CampaignRecord] = []  # over, not yet written down
        self.timings: dict[str, float] = {}
        self._known_strangers: set[int] = set()
        self._wished = 0.0  # today's wishes, in the measure of rates
        self._granted = 1.0  # of yesterday's wishes, the share that was approved
        self.watchlist = Watchlist()
        self.regulars = Regulars(self.people, [agent.block for agent in self.blocks])
        self.impostors = self._disguised()
        self._touched = self.people["touched"]
        self._touched_before: list[tuple[int, int]] = []  # before day 0, to be written on day 0
        for customer in self.impostors:
            self._touched[customer] = 1
            self._touched_before.append((customer, ATTACKED))
        warm_up = max((market.typology.longest_days for market in self.markets), default=0)
        self.day_number = -warm_up - 1
        self._begin_day()

    # What happens in a day, in order.
    phases: tuple[str, ...] = (
        "open", "wishes", "markets", "contest", "customers", "exchange", "evening", "learn",
    )  # fmt: skip

    def step(self) -> None:
        """One day: the phases in order; what it leaves is in ``self.book``."""
        self.day_number += 1
        for phase in ("open", "wishes", "markets"):
            self._time(phase, getattr(self, f"_phase_{phase}"))
        start, end = int(self.day[0]["start"]), int(self.day[0]["end"])
        for since in range(start, end, self._slice_us):
            until = min(since + self._slice_us, end)
            self._time("contest", partial(self._phase_contest, since, until))
            self._time("customers", partial(self._phase_customers, until))
        self._close_day()
        for phase in ("exchange", "evening", "learn"):
            self._time(phase, getattr(self, f"_phase_{phase}"))

    def _time(self, phase: str, work: Callable[[], None]) -> None:
        started = time.process_time()
        work()
        self.timings[phase] = self.timings.get(phase, 0.0) + time.process_time() - started

    def run_warm_up(self) -> None:
        """Live the days before day 0."""
        while self.day_number < -1:
            self.step()
            self._touched_before += self.book.touched
        self.opening = self._balances()
        for block in self.blocks:
            block.today.books[:] = 0

    @property
    def lived(self) -> list[CustomerBlock]:
        """Blocks of which somebody lives today: before day 0 few do."""
        return self.blocks if self.day_number >= 0 else [block for block in self.blocks if block.today.is_begun]

    @property
    def outlook(self) -> float:
        """Transactions (or value, as rates count) to be expected today, by what customers have in mind."""
        return self._wished * self._granted

    @property
    def earliest(self) -> int:
        """First moment at which anything can begin today."""
        return self.arena.earliest

    def _begin_day(self) -> None:
        self.day = self.setting.day_record(self.day_number)
        self.book = DayBook(self.day_number)
        self.agenda: list[tuple[int, int, Fraudster, CampaignRecord]] = []
        days = [agent.today for agent in self.blocks]
        self.arena = Arena(self.setting, self._of, days, self.day, self.book.limits)
        self._street_markets: dict[int, StreetMarket] = {}
        self.street_market = StreetMarket(
            self.setting, self.people, self._of, days, self.day, self.watchlist, self.regulars, self.impostors,
        )  # fmt: skip

    def _phase_open(self) -> None:
        self._begin_day()
        if self.day_number == 0:
            self.book.touched += self._touched_before
        self._outage()
        for block in self.blocks:
            block.open_day()

    def _phase_wishes(self) -> None:
        if self.day_number < 0:
            return
        self._each_block(lambda block: block.step())
        wishes = [block.today.written() for block in self.blocks]
        by_value = self.fraud.rate_basis == "value"
        self._wished = float(sum(int(rows["billing"].sum()) if by_value else len(rows) for rows in wishes))

    def _phase_markets(self) -> None:
        for market in list(self.agents_by_type.get(CriminalMarket, ())):
            market.step()
        busy = [fraudster for fraudster in self.agents_by_type.get(Fraudster, ()) if fraudster.campaigns]
        for fraudster in busy:
            fraudster.step()

    def _phase_contest(self, since: int, until: int) -> None:
        if self.day_number >= 0:
            for market in self.markets:
                market.reinforce(since, until)
        latest = self.arena.latest
        while self.agenda and self.agenda[0][0] < until:
            _, number, fraudster, record = heapq.heappop(self.agenda)
            fraudster.act(record)
            if 0 <= record.campaign.next_time < latest:
                heapq.heappush(self.agenda, (record.campaign.next_time, number, fraudster, record))

    def _phase_customers(self, until: int) -> None:
        if self.day_number >= 0:
            self._each_block(lambda block: block.today.live(until))
        elif until == int(self.day[0]["end"]):  # the few who live today have nothing to wait for
            for block in self.lived:
                block.today.live(until)
        self._counters.close([block.today.log for block in self.lived])

    def _close_day(self) -> None:
        """The day has been lived: its rows and events, as they lie in the blocks."""
        for block in self.lived:
            block.close_day()
        for customer in self.arena.seats:
            self._touch(customer, ATTACKED)
        days = [block.today for block in self.lived]
        self.book.rows = [today.written() for today in days]
        self.book.events = [today.noted() for today in days]
        if all(np.may_share_memory(rows, self._buffer) for rows in self.book.rows):
            self.book.buffer = self._buffer

    def _phase_exchange(self) -> None:
        for rows in self.book.rows:
            newly = np.empty(len(rows), np.int32)
            count = evening.receive(self.people, rows, self.blocks[0].today.books, newly)
            if self.markets:  # without crime nobody's life could be another one
                self.book.touched.extend((customer, BY_OTHERS) for customer in newly[:count].tolist())

    def _phase_evening(self) -> None:
        self.book.strangers = self._new_strangers() if self.day_number >= 0 else {}
        for rows in self.book.rows:
            self.book.raised += self.bank.look_through(rows)
        self._answer()

    def _answer(self) -> None:
        """Analysts and bank do their evening's work."""
        self.analysts.step()
        self.bank.step()
        self.book.closed, self.book.labels = self.analysts.closed, self.bank.told

    def run_out(self) -> Iterator[DayBook]:
        """The days after the last one, on which nobody lives: analysts work off their queue, open cases are told."""
        while len(self.analysts.queue):
            self.day_number += 1
            self.book = DayBook(self.day_number)
            self._answer()
            yield self.book
        self.book = DayBook(self.day_number + 1, labels=self.bank.desk.last_labels())
        yield self.book

    def _phase_learn(self) -> None:
        self.watchlist.observe(self.book.rows)
        for rows in self.book.rows:
            count, value = evening.tally(rows)
            self.book.approved += count
            self.book.approved_value += value
        base = float(self.book.approved_value if self.fraud.rate_basis == "value" else self.book.approved)
        for market in self.markets:
            market.learn(base)
        if self.day_number >= 0 and self._wished > 0.0:
            self._granted = base / self._wished

    # What agents tell the world.

    def put_on_agenda(self, fraudster: Fraudster, record: CampaignRecord) -> None:
        heapq.heappush(self.agenda, (record.campaign.next_time, record.campaign.number, fraudster, record))

    def open_market(self, market: CriminalMarket) -> None:
        """From now on there is crime of this typology."""
        self.markets.append(market)
        self._market_of[market.typology.number] = market

    def open_campaign(self, record: CampaignRecord) -> None:
        self.campaigns[record.campaign.number] = record

    def fear_for(self, customer: int) -> None:
        """Whether a genuine customer is taken for a criminal depends on how busy crime keeps the analysts."""
        if self.markets:
            self._touch(customer, BY_ALERT)

    def close_campaign(self, record: CampaignRecord) -> None:
        self.finished.append(self.campaigns.pop(record.campaign.number))
        self._market_of[record.typology.number].part_with(record)

    def line_up(self, fraudster: Fraudster, record: CampaignRecord) -> None:
        """A campaign is prepared and waits for its turn."""
        self._market_of[record.typology.number].line_up(fraudster, record)

    def street_market_of(self, typology: int) -> StreetMarket:
        """Today's market, for the crews of one typology."""
        market = self._street_markets.get(typology)
        if market is None:
            market = self._street_markets[typology] = self.street_market.of(typology)
        return market

    def write_truth(self, record: CampaignRecord, attempt: Attempt, step: int, case: Case | None) -> None:
        """Keep what was done; nobody in the world can read it."""
        part = attempt.part
        if attempt.approved and part.is_fraud:
            pace = self._market_of[record.typology.number].pace
            if isinstance(pace, Pacer):
                by_value = self.fraud.rate_basis == "value"
                pace.approve(record.campaign.number, float(attempt.billing) if by_value else 1.0)
        if self.day_number < 0:
            return
        record.first = attempt.time if record.first < 0 else record.first
        record.last = attempt.time
        record.rows += 1
        if part.is_fraud:
            record.tries += 1
            record.approved += attempt.approved
            record.gross += attempt.billing
            record.loss += attempt.billing if attempt.approved else 0
            record.victims.add(attempt.customer)
        self.book.offending.append(offending_row(record, attempt, step, case))

    # Books.

    def ledger(self) -> Books:
        """Debits and credits of every book so far, minor units."""
        total = empty_books()
        for block in self.blocks:
            total += block.today.books
        return total

    def _balances(self) -> npt.NDArray[np.int64]:
        """Balance of every book now: customers' by kind; at the start, the bank's equity is the other side."""
        balances = np.zeros(len(empty_books()), np.int64)
        balances[:3] = self.people["balance"].sum(axis=0)
        balances[EQUITY] = -balances[:3].sum()
        return balances

    def close(self) -> None:
        """Free the threads, Mesa's own memory of this model, and all that it holds.

        The world and its agents know each other: unless it forgets them, their memory waits for the garbage collector.
        """
        if self._pool:
            self._pool.shutdown()
        Agent._ids.pop(self, None)
        self.__dict__.clear()

    # Helpers.

    def _each_block(self, work: Callable[[CustomerBlock], None]) -> None:
        results: Iterable[None] = map(work, self.blocks) if self._pool is None else self._pool.map(work, self.blocks)
        for _ in results:
            pass

    def _disguised(self) -> Impostors:
        """Made-up identities; whoever is one lives another life than in a world without the crime."""
        impostors = Impostors()
        for typology, config in self.fraud.active():
            share = typology.impostor_share(config)
            if share > 0.0:
                key = purpose_key(self.setting.seed, Purpose.IMPOSTOR + typology.number)
                impostors.identities[typology.number] = disguise(self.people, key, share, typology.number)
        return impostors

    def _settle(self, agent: CustomerBlock) -> None:
        """Give a block's customers their lives as of day 0."""
        setting, block = self.setting, agent.block
        segments = segment_records(setting.population, setting.price_level)
        born(
            block.people,
            block.favourites,
            block.first,
            segments,
            setting.world,
            setting.start_number,
            float(setting.minor),
        )
        signed(block.people, block.contracts, block.first, setting.world, setting.start_number)

    def _market(self, typology: Typology, config: TypologyConfig) -> CriminalMarket:
        customers = self.setting.population.customers
        crews = min(3 + customers // CUSTOMERS_PER_CREW, MOST_CREWS)
        if config.pressure is not None:
            return CriminalMarket(self, typology, config, Pressure(config.pressure * customers / 1e6), crews)
        assert config.rate_bps is not None
        by_value = self.fraud.rate_basis == "value"
        euro = float(self.setting.world[0]["bank"]["euro"])
        longest = typology.longest_days - typology.ready_days
        proceeds = Proceeds(
            typology.expected_frauds(config) * (typology.expected_amount * euro if by_value else 1.0),
            *(typology.usual_days or (0.2 * longest, 0.9 * longest)),
            longest,
        )
        volume = relative_volume(self.setting.population, self.setting.behaviour, self.setting.institution)
        daily = customers * GUESSED_ROWS_PER_CUSTOMER_DAY * volume * (GUESSED_EUROS_PER_ROW * euro if by_value else 1.0)
        pacer = Pacer(config.rate_bps / 10_000.0, daily, ceiling_per_day(customers), proceeds)
        return CriminalMarket(self, typology, config, pacer, crews)

    def _new_strangers(self) -> dict[int, int]:
        """Devices that the bank sees for the first time today, but for those that customers have enrolled, and when."""
        find = _devices if self.setting.institution.is_external else _strangers
        codes, times = (np.concatenate(part) for part in zip(*find(self.book), strict=True))
        order = np.lexsort((times, codes))
        used, first = np.unique(codes[order], return_index=True)
        sightings = zip(used.tolist(), times[order][first].tolist(), strict=True)
        seen = {code: when for code, when in sightings if code not in self._known_strangers}
        self._known_strangers.update(code for code in seen if not is_guest(code))  # guests come for one day
        return seen

    def _touch(self, customer: int, reason: int) -> None:
        if not self._touched[customer]:
            self._touched[customer] = 1
            self.book.touched.append((customer, reason))

    def _outage(self) -> None:
        """Some days the issuer cannot be reached for a few minutes."""
        draws = Draws(self.setting.keys[Purpose.OUTAGE], 0, self.day_number + 4000)
        bank = self.setting.world[0]["bank"]
        bank["outage_start"] = bank["outage_end"] = 0.0
        if draws.next() < self.setting.outages_per_day:
            span = int(self.day[0]["end"]) - int(self.day[0]["start"])
            bank["outage_start"] = float(self.day[0]["start"]) + draws.next() * span
            bank["outage_end"] = bank["outage_start"] + draws.between(1.0, 7.0) * 60e6


Sightings = Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]  # devices, and when each was used


def _strangers(book: DayBook) -> Sightings:
    """Devices that no customer has enrolled, in requests and events."""
    for part in (*book.rows, *book.events):
        codes, times = np.empty(len(part), np.int64), np.empty(len(part), np.int64)
        count = evening.strangers(part, codes, times)
        yield codes[:count], times[:count]


def _devices(book: DayBook) -> Sightings:
    """All devices in requests: at an acquirer nobody has enrolled one."""
    for part in book.rows:
        is_used = part["device"] >= 0
        yield part["device"][is_used], part["time"][is_used]
