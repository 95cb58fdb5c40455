"""The bank as Mesa sees it: one agent that remembers crime and acts on it, one that works its alerts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
import numpy.typing as npt

from fintxsim.bank.alerts import Alert, AlertQueue, AlertsConfig
from fintxsim.bank.config import BankConfig
from fintxsim.bank.desk import FraudDesk, Measure, Order
from fintxsim.bank.labels.cases import Case, Fraud, LabelRow, Offence
from fintxsim.bank.labels.config import LabelsConfig
from fintxsim.bank.labels.hours import LONGEST_WAIT_DAYS, Hours
from fintxsim.bank.scan import noteworthy
from fintxsim.bank.velocity import report_account
from fintxsim.clock import load_zone
from fintxsim.contest.arena import Attempt
from fintxsim.fraud import CampaignRecord, OffendingRow
from fintxsim.population.people import CARD_RESTRICTED, CARD_STOLEN, NOT_BLOCKED
from fintxsim.setting import Setting
from fintxsim.streams import Draws, Purpose
from fintxsim.vocabulary import Disposition, ObservationClass

if TYPE_CHECKING:
    from fintxsim.engine import World

NO_SCORE = 2.0  # more than any


class Bank(mesa.Agent):
    """The bank's memory of crime, and what it does about it. What it thinks is the fraud desk's."""

    model: World

    def __init__(self, model: World, labels: LabelsConfig, config: BankConfig) -> None:
        super().__init__(model)
        self.config = config
        self._keys, since = model.setting.keys, model.setting.window(0)[0]
        self.desk = FraudDesk(labels, config.alerts, config.recovery, self._keys, since, hours_of(model.setting))
        self.resets: dict[int, int] = {}  # customer -> when the credentials were last reset
        self.told: list[LabelRow] = []
        self._reported = model.setting.world[0]["reported"]
        self._reported[:] = 0

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
        (suspicious, mistaken), luck = np.empty((2, len(rows)), np.int64), np.empty(len(rows))
        alerts, mistakes = noteworthy(
            rows, NO_SCORE if self.config.controls == "off" else self.config.alerts.score, self._keys[Purpose.ALERT],
            self._keys[Purpose.OPINION], desk.labels.mistaken.per_million / 1e6, suspicious, luck, mistaken,
        )  # fmt: skip
        for time, customer, slot in _columns(rows, mistaken[:mistakes], "time", "customer", "card_slot"):
            if time not in desk.today:
                desk.mistake(time, customer, slot)
        return alerts_on(rows, suspicious[:alerts], luck[:alerts], desk.today)

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
                self._freeze(order)

    def _freeze(self, order: Order) -> None:
        if order.account >= 0:
            report_account(order.account, self._reported)
        if order.customer >= 0:
            until = self.model.day_number + 1 + self.config.alerts.freeze_days
            self.model.people["frozen_until"][order.customer] = until

    def _block(self, order: Order) -> None:
        people, customer, slot = self.model.people, order.customer, order.card_slot
        if people["card_back_day"][customer, slot] != NOT_BLOCKED:
            return
        low, high = self.config.reissue_days_min, self.config.reissue_days_max
        # A card's luck does not depend on when it is blocked.
        card = 2 * int(people["card_generation"][customer, slot]) + slot
        draws = Draws(self._keys[Purpose.REISSUE], customer, card)
        people["card_back_day"][customer, slot] = self.model.day_number + 1 + low + draws.below(max(high - low, 0) + 1)
        people["card_status"][customer, slot] = CARD_STOLEN if draws.next() < 0.4 else CARD_RESTRICTED


class Analysts(mesa.Agent):
    """A team that works the queue of alerts, in its hours and in its order."""

    model: World

    def __init__(self, model: World, config: AlertsConfig) -> None:
        super().__init__(model)
        self.queue = AlertQueue(config, model.setting.population.customers)
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


def hours_of(setting: Setting) -> Hours:
    """When customers and clerks of the bank speak, up to the last label of the run."""
    last = setting.date_of(setting.days) + timedelta(days=LONGEST_WAIT_DAYS)
    calendar = replace(setting.calendar, last=last)
    return Hours(load_zone(setting.geography.timezone), calendar, setting.keys[Purpose.OPINION])


def alerts_on(
    rows: npt.NDArray[np.void], places: npt.NDArray[np.int64], luck: npt.NDArray[np.float64],
    offences: Mapping[int, Offence],
) -> list[Alert]:  # fmt: skip
    """The alerts that the requests at some places become, in the order of their time.

    ``luck`` is that of whoever works each; ``offences`` are the criminal requests, by time.
    """
    if not len(places):
        return []
    order = np.argsort(rows["time"][places], kind="stable")
    asked = _columns(rows, places[order], "time", "customer", "card_slot", "approved", "score")
    return [
        Alert(time, customer, slot, approved == 1, score, lucky, offences.get(time))
        for (time, customer, slot, approved, score), lucky in zip(asked, luck[order].tolist(), strict=True)
    ]


def _columns(rows: npt.NDArray[np.void], places: npt.NDArray[np.int64], *names: str) -> Iterator[tuple[Any, ...]]:
    """Some fields of the rows at some places, as plain numbers."""
    return zip(*(rows[name][places].tolist() for name in names), strict=True)


def offence_of(record: CampaignRecord, attempt: Attempt) -> Offence:
    """An attempt as the fraud desk's cases see it. Who passes on stolen money is looked at as a launderer."""
    typology, part = record.typology, attempt.part
    observation = typology.observation_class if part.is_fraud else ObservationClass.LAUNDERING
    return Offence(
        record.campaign.number, record.campaign.kind, observation, attempt.customer, attempt.card_slot,
        Fraud(attempt.time, attempt.billing, attempt.way, attempt.payee), attempt.approved, part.is_fraud,
    )  # fmt: skip


def offending_row(record: CampaignRecord, attempt: Attempt, step: int, case: Case | None) -> OffendingRow:
    """The line of truth/transactions for one attempt."""
    lost = attempt.approved and attempt.part.is_fraud
    return OffendingRow(
        attempt.time, record.typology, record.party, attempt.part, record.campaign.number, step, record.fraudster,
        attempt.billing if lost else 0, lost and case is not None and case.report_time < 0, attempt.approved,
        attempt.billing,
    )  # fmt: skip
