"""From a scenario to a finished run on disk."""

from __future__ import annotations

import gc
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version as installed_version
from pathlib import Path

import numpy as np
import pyarrow as pa

from fintxsim import __version__
from fintxsim import columns as c
from fintxsim.bank.ledger import BOOKS
from fintxsim.compiled import is_compiled_before
from fintxsim.dataset import Run, open_run
from fintxsim.engine import DayBook, World
from fintxsim.fraud import CampaignRecord
from fintxsim.manifest import REPORT_NAME, BookEntry, Manifest
from fintxsim.report import write_report
from fintxsim.run.card import columns_csv, dataset_card
from fintxsim.run.dimensions import Dimensions
from fintxsim.run.learned import LearnedTables
from fintxsim.run.plan import Plan, prepare
from fintxsim.run.precompile import start_second_process
from fintxsim.run.realised import anomaly_entries, fraud_entries, prior_odds_factor
from fintxsim.run.store import RunStore
from fintxsim.run.tables import DayTables
from fintxsim.run.truth import NUMBERS, LookalikeRows, lookalike_rows, truth_table
from fintxsim.scenario.dump import dump_resolved
from fintxsim.scenario.model import Scenario
from fintxsim.setting import Setting
from fintxsim.typologies.base import Typology
from fintxsim.typologies.config import Change

Parts = list[tuple[c.Table, pa.Table]]

ROWS_PER_FILE = 1_000_000
_OBJECTS_BETWEEN_SEARCHES = 200_000  # for garbage
_LIBRARIES = ("mesa", "numpy", "pandas", "pyarrow", "networkx", "numba", "tzdata", "holidays")


@dataclass(frozen=True)
class Progress:
    """Where a run stands; ``phase`` is compiling, warming up, simulating or writing."""

    day: int
    days: int
    rows: int
    seconds: float
    phase: str


def world_of(scenario: Scenario, setting: Setting, workers: int = 1) -> World:
    """The world of a scenario, before its warm-up."""
    return World(setting, scenario.fraud, scenario.labels, scenario.bank, workers)


def generate(
    source: str | Path,
    output: str | Path | None = None,
    *,
    seed: int | None = None,
    days: int | None = None,
    scale: float | None = None,
    workers: int = 1,
    overwrite: bool = False,
    overrides: Sequence[str] = (),
    report: bool = True,
) -> Run:
    """Simulate a scenario and open the run.

    A finished run of the same scenario at the path is opened, not made again. ``report``: with a page, report.html.
    """
    plan = prepare(source, output, overrides=overrides, seed=seed, days=days, scale=scale)
    if not (plan.already_done() and not overwrite):
        run(plan, workers=workers, overwrite=overwrite)
    made = open_run(plan.path)
    if report and not (made.path / REPORT_NAME).exists():
        write_report(made, judged=False)
    return made


def run(
    plan: Plan, *, workers: int = 1, overwrite: bool = False, progress: Callable[[Progress], None] | None = None
) -> Manifest:
    """Simulate a plan and write its run: all of it or nothing."""
    with RunStore.open(plan.path, overwrite=overwrite) as store:
        return _Session(plan, store, workers, progress or (lambda _: None)).play()


@contextmanager
def _old_objects_spared() -> Iterator[None]:
    """What exists by now is not searched for garbage over and over: compilers and the world are millions of objects.

    What a day leaves behind is freed without a search; so one is made rarely.
    """
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES, *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


class _Session:
    """One run in the making: simulates day d + 1 while day d is being written when there is more than one worker."""

    def __init__(self, plan: Plan, store: RunStore, workers: int, tell: Callable[[Progress], None]) -> None:
        self.plan, self.store, self.tell = plan, store, tell
        self.scenario, self.setting = plan.scenario, plan.setting
        self.started = time.perf_counter()
        self.rows = 0
        self.approved = self.approved_value = 0
        self.lookalikes = np.zeros((2, NUMBERS), np.int64)  # rows and counted rows so far, by number of the kind
        self.campaigns: list[CampaignRecord] = []
        self.file_name = ""
        self.rows_in_file = 0
        self.timings: dict[str, float] = {}
        self._report(0, "warming up" if is_compiled_before() else "compiling")
        self._compiling = start_second_process()
        self.world = world_of(plan.scenario, plan.setting, workers)
        self.tables = DayTables(plan.setting)
        self.learned = LearnedTables(self.tables.run_start)
        self.dimensions = Dimensions(self.world, self.tables)
        self._writer = ThreadPoolExecutor(1) if workers > 1 else None
        self._pending: list[Future[None]] = []  # what is being written in the background

    def play(self) -> Manifest:
        try:
            with _old_objects_spared():
                self._live()
                manifest = self._finish()
                self.timings |= self.world.timings
                return manifest
        finally:
            if self._writer:
                self._writer.shutdown(cancel_futures=True)
            self.world.close()

    def _live(self) -> None:
        """All days, each written down."""
        self.world.run_warm_up()
        if self._compiling:
            self._compiling.wait()
        self._open_file(0)
        for table, rows in self.dimensions.at_start():
            self._append(table, rows)
        for day in range(self.scenario.days):
            self.world.step()
            self._write_day(self.world.book)
            self._report(day + 1, "simulating")
        self._wait(self._pending)

    def _write_day(self, book: DayBook) -> None:
        """Turn the day into tables, and write them (in the background when there is a writer)."""
        before, self._pending = self._pending, []
        rows = sum(map(len, book.rows))
        self.rows += rows
        self.rows_in_file += rows
        for parts in self._tables_of(book, self._ends_file(book.number)):
            self._hand_over(parts)
        self.approved += book.approved
        self.approved_value += book.approved_value
        self.campaigns += [record for record in self.world.finished if record.rows]
        self.world.finished.clear()
        self._wait(before)
        if self._ends_file(book.number) and book.number + 1 < self.scenario.days:
            self._open_file(book.number + 1)

    def _tables_of(self, book: DayBook, is_last_in_file: bool) -> Iterator[Parts]:
        """The day's tables, in parts that are to be written one after the other."""
        clock = time.process_time()
        found: list[LookalikeRows] = []
        for rows in self.tables.transactions(book):
            found.append(lookalike_rows(rows, book.offending))
            parts: Parts = list(self.dimensions.met(rows["merchant_code"], rows["terminal"], rows["event_time"]))
            if self.tables.is_full:
                parts.append((c.TRANSACTIONS, self.tables.take_transactions()))
            self._clock("columns", clock)
            yield parts
            clock = time.process_time()
        parts = [(c.EVENTS, self.tables.events(book)), *self.dimensions.of_day(book)]
        if is_last_in_file and self.tables.held:
            parts.append((c.TRANSACTIONS, self.tables.take_transactions()))
        parts.append((c.LABELS, self.learned.labels(book.labels)))
        parts.append((c.ALERTS, self.learned.alerts(book.closed)))
        lookalikes = LookalikeRows.joined(found)
        self.lookalikes += lookalikes.tally()
        truth = truth_table(book.offending, lookalikes, self.tables.run_start, float(self.setting.minor))
        parts.append((c.TRUTH_TRANSACTIONS, truth))
        if book.touched:
            parts.append((c.TOUCHED, self.tables.touched(book.touched, self.setting.date_of(book.number))))
        self._clock("columns", clock)
        yield parts

    def _ends_file(self, day: int) -> bool:
        """Whether another day like the average one would make the file too long."""
        return self.rows_in_file + self.rows / (day + 1) > ROWS_PER_FILE or day == self.scenario.days - 1

    def _hand_over(self, parts: Parts) -> None:
        if self._writer:
            self._pending.append(self._writer.submit(self._write, parts, self.file_name))
        else:
            self._write(parts, self.file_name)

    def _write(self, parts: Parts, name: str) -> None:
        clock = time.process_time()
        for table, rows in parts:
            if len(rows):
                self.store.append(table, rows, name)
            if table is c.TRANSACTIONS:
                self.store.flush(table)
                self.tables.release_transactions()
        self._clock("write", clock)

    def _append(self, table: c.Table, rows: pa.Table) -> None:
        if len(rows):
            self.store.append(table, rows, self.file_name)

    @staticmethod
    def _wait(written: Sequence[Future[None]]) -> None:
        for part in written:
            part.result()

    def _open_file(self, day: int) -> None:
        """Name the files that the rows from ``day`` on go to: after the first local date in them."""
        self.file_name = f"{self.setting.date_of(day).isoformat()}.parquet"
        self.rows_in_file = 0

    def _finish(self) -> Manifest:
        self._report(self.scenario.days, "writing")
        for book in self.world.run_out():
            self._append(c.LABELS, self.learned.labels(book.labels))
            self._append(c.ALERTS, self.learned.alerts(book.closed))
        under_way = [record for record in self.world.campaigns.values() if record.rows]
        self.campaigns = sorted([*self.campaigns, *under_way], key=lambda record: record.campaign.number)
        self._append(c.CAMPAIGNS, self.tables.campaigns(self.campaigns, self.world.bank.desk.recovered))
        self._append(c.ACTORS, self._actors())
        self._append(c.WINDOWS, self.tables.windows(self._changes()))
        self.store.add_text("scenario.resolved.yaml", dump_resolved(self.scenario))
        self.store.add_text("columns.csv", columns_csv())
        manifest = self.store.complete(self._manifest())
        self.store.add_text("README.md", dataset_card(manifest))
        self.store.finish(manifest)
        return manifest

    def _changes(self) -> list[tuple[Typology, Change]]:
        """Known change points of the run, in order of time."""
        found = [(m.typology, change) for m in self.world.markets for change in m.config.changes(self.scenario.days)]
        return sorted(found, key=lambda each: each[1].day)

    def _actors(self) -> pa.Table:
        active = sorted({record.fraudster for record in self.campaigns})
        crews = {crew.number: crew for market in self.world.markets for crew in market.crews}
        return self.tables.actors([(number, crews[number].typology, crews[number].crew) for number in active])

    def _manifest(self) -> Manifest:
        geography, scenario = self.setting.geography, self.scenario
        end = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.setting.window(scenario.days)[0])
        fraud = fraud_entries(self.world, self.campaigns, self.approved, self.approved_value)
        exponents = zip(geography.currencies, geography.currency_exponent.tolist(), strict=True)
        return Manifest(
            fintxsim_version=__version__,
            versions={"python": platform.python_version()} | {name: installed_version(name) for name in _LIBRARIES},
            command=self.plan.command,
            name=scenario.name,
            seed=scenario.seed,
            scenario_digest=self.plan.digest,
            timezone=scenario.timezone,
            start_date=scenario.start_date.isoformat(),
            days=scenario.days,
            end_time=end.isoformat(),
            currency=geography.currencies[0],
            currency_exponents=dict(exponents),
            approved_transactions=self.approved,
            approved_value=self.approved_value / self.setting.minor,
            boost=scenario.fraud.boost,
            prior_odds_factor=prior_odds_factor(
                scenario.fraud.boost, sum(e.approved_frauds for e in fraud), self.approved
            ),
            fraud=fraud,
            anomalies=anomaly_entries(self.world, self.lookalikes, self.approved),
            ledger=self._ledger(),
            matured_days=scenario.labels.matured_days,
            warnings=self.plan.warnings,
        )

    def _ledger(self) -> tuple[BookEntry, ...]:
        """One entry for each book; accounts of one kind share a book, whichever of a customer's three they are."""
        moved, currency = self.world.ledger(), self.setting.geography.currencies[0]
        accounts = self.setting.institution.accounts
        names = [f"customers:{kind.text}" for kind in accounts] + list(BOOKS[len(accounts) :])
        totals = {name: np.zeros(3, np.int64) for name in names}
        for k, name in enumerate(names):
            totals[name] += (self.world.opening[k], *moved[k])
        return tuple(
            BookEntry(
                book=book, currency=currency, opening_minor=opening, debits_minor=debits, credits_minor=credits,
                closing_minor=opening + credits - debits,
            )
            for book, (opening, debits, credits) in ((name, total.tolist()) for name, total in totals.items())
        )  # fmt: skip

    def _report(self, day: int, phase: str) -> None:
        self.tell(Progress(day, self.scenario.days, self.rows, time.perf_counter() - self.started, phase))

    def _clock(self, phase: str, since: float) -> None:
        self.timings[phase] = self.timings.get(phase, 0.0) + time.process_time() - since
