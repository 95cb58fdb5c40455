"""The fraud desk: what the bank learns of crime, and what it does about it.

It keeps a case for every victim of every campaign from the first fraud on, but acts on none before somebody speaks:
the victim, the card network, or an analyst who asks. What it does is written down as orders, which are carried out in
the evening.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fintxsim.bank.alerts import Alert, AlertsConfig, cleared
from fintxsim.bank.labels.book import LabelBook, open_case
from fintxsim.bank.labels.cases import NEVER, Case, Fraud, LabelRow, Offence, Opinion
from fintxsim.bank.labels.config import LabelsConfig
from fintxsim.bank.labels.delays import DAY_US
from fintxsim.bank.labels.hours import Hours
from fintxsim.bank.recovery import RecoveryConfig, recovered
from fintxsim.population.people import customer_of
from fintxsim.population.schemes import scheme_of
from fintxsim.streams import Draws, Purpose
from fintxsim.vocabulary import Label, LabelSource, ObservationClass

CaseKey = tuple[int, int]  # campaign, and customer, time of the row or EVERYBODY, by the scope of the case

EVERYBODY = -1
_CONFIRMED = Opinion(Label.FRAUD, LabelSource.ALERT_CONFIRMED)
_SPEAK_WHEN_ASKED = (ObservationClass.THIRD_PARTY_REPORTED, ObservationClass.VICTIM_AUTHORISED)


class Measure(IntEnum):
    """What the bank does to stop a loss."""

    BLOCK_CARD = 0
    RESET_CREDENTIALS = 1
    FREEZE_ACCOUNTS = 2
    REPORT_ACCOUNT = 3  # remember where stolen money went; freeze the account if it is kept here


class Order(NamedTuple):
    """A measure to be taken. Time in UTC microseconds."""

    time: int
    measure: Measure
    customer: int  # -1: of another bank
    card_slot: int
    account: int = -1  # code of the account that is reported


class FraudDesk:
    """``since`` is the first moment of the run: what was stolen before it is recovered without being counted."""

    def __init__(
        self, labels: LabelsConfig, alerts: AlertsConfig, recovery: RecoveryConfig, keys: npt.NDArray[np.uint64],
        since: int, hours: Hours,
    ) -> None:  # fmt: skip
        self.labels, self.alerts, self.recovery = labels, alerts, recovery
        self.book = LabelBook(labels, hours, keys[Purpose.OPINION])
        self.cases: dict[CaseKey, Case] = {}
        self.orders: list[Order] = []
        self.recovered: dict[int, int] = {}  # minor units by campaign
        self.today: dict[int, Offence] = {}  # by time; tells what an alert is about
        self._mistaken: list[Order] = []  # cards that their holders will report for no reason, a heap by time
        self._agenda: list[tuple[int, CaseKey]] = []  # when to look at a case again, a heap
        self._patience = int(alerts.expire_days * DAY_US)  # microseconds in which an alert can be worked
        self._keys, self._since = keys, since

    def witness(self, offence: Offence) -> Case | None:
        """A criminal request: opens or extends its case if money was taken. Returns the case that it belongs to."""
        self.today[offence.fraud.time] = offence
        key = self._key(offence)
        case = self.cases.get(key)
        if offence.approved and offence.is_fraud:
            if case is None:
                case = self._open(key, offence)
            elif key[1] == EVERYBODY and not case.is_answered:
                self.book.postpone(case, offence.fraud.time)
            case.add(offence.fraud)
        return case

    def mistake(self, time: int, customer: int, card_slot: int) -> None:
        """A genuine card payment that its holder will not recognise."""
        heard = self.book.mistake(time, self._scheme_of(customer))
        heapq.heappush(self._mistaken, Order(heard, Measure.BLOCK_CARD, customer, card_slot))

    def confirm(self, alert: Alert) -> None:
        """An analyst has judged an alert to be fraud, rightly or not."""
        offence = alert.offence
        if offence is None:
            if alert.approved:
                later = cleared(self.alerts, self.book.second_thoughts(alert.time))
                self.book.say_soon(alert.time, alert.closed, _CONFIRMED, later)
        else:
            self._confirm_offence(offence, alert.closed)
        self._stop(alert)

    def _confirm_offence(self, offence: Offence, time: int) -> None:
        """Label the row, and hear of the rest of the case if its victim has nothing to hide.

        A scam is a case from then on even if nothing was paid yet: its victim has stopped believing.
        """
        key = self._key(offence)
        case = self.cases.get(key)
        if case is None and offence.observation == ObservationClass.VICTIM_AUTHORISED:
            case = self._open(key, offence)
        fraud = case.take(offence.fraud.time) if case else None
        if fraud:
            self._recover(offence.campaign, offence.observation, fraud, time)
        if fraud or (offence.approved and not offence.is_fraud):
            self.book.say_soon(offence.fraud.time, time, _CONFIRMED)
        if fraud or offence.observation == ObservationClass.VICTIM_AUTHORISED:
            self._stop_payee(offence.fraud, time)
        if case and offence.observation in _SPEAK_WHEN_ASKED:
            case.hear(time)
            self._look_again(key)

    def evening(self, end: int, running: Collection[int]) -> list[LabelRow]:
        """Hear the reports made before a moment; ``running`` are the campaigns under way. Returns labels, by time."""
        while self._mistaken and self._mistaken[0].time < end:
            self.orders.append(heapq.heappop(self._mistaken))
        for key in self._to_look_at(end):
            case = self.cases[key]
            if case.is_heard(end):
                self._tell(key, case)
            if key[0] not in running and self._is_done(case, end):
                del self.cases[key]
            else:
                self._look_again(key, end)
        self.today.clear()
        return self.book.until(end)

    def _to_look_at(self, end: int) -> list[CaseKey]:
        """Cases of which something may come today, each once; the others need not be gone through."""
        keys: dict[CaseKey, None] = {}
        while self._agenda and self._agenda[0][0] < end:
            key = heapq.heappop(self._agenda)[1]
            if key in self.cases:
                keys[key] = None
        return list(keys)

    def _look_again(self, key: CaseKey, earliest: int = NEVER) -> None:
        """When its report comes, or when nothing can come of it any more."""
        case = self.cases[key]
        time = case.report_time if case.report_time > NEVER else case.last + self._patience
        heapq.heappush(self._agenda, (max(time, earliest), key))

    def take_orders(self) -> list[Order]:
        """What is to be done, in the order of time."""
        orders, self.orders = sorted(self.orders), []
        return orders

    def last_labels(self) -> list[LabelRow]:
        """All labels to come: the open cases run out."""
        return self.evening(1 << 62, ())

    def _tell(self, key: CaseKey, case: Case) -> None:
        """Label what a reported case has not told of; the first time, stop what it is about."""
        for fraud in self.book.tell(case):
            self._recover(key[0], case.observation, fraud, case.report_time)
            if case.opinion.label == Label.FRAUD:
                self._stop_payee(fraud, max(case.report_time, fraud.time))
        if not case.is_answered:
            case.is_answered = True
            if self.labels.of(case.observation).stops_access and case.opinion.label == Label.FRAUD:
                self.orders.append(_stop_access(case.report_time, case.customer, case.card_slot))

    def _recover(self, campaign: int, observation: ObservationClass, fraud: Fraud, heard: int) -> None:
        if fraud.time >= self._since and self.labels.of(observation).is_recovered:
            back = recovered(self.recovery, Draws(self._keys[Purpose.RECOVERY], fraud.time, 0), fraud, heard)
            self.recovered[campaign] = self.recovered.get(campaign, 0) + back

    def _stop_payee(self, fraud: Fraud, heard: int) -> None:
        """Who is sent money on the account is looked at, and nothing leaves it if it is kept here."""
        if fraud.payee >= 0:
            self.orders.append(Order(heard, Measure.REPORT_ACCOUNT, customer_of(fraud.payee), -1, fraud.payee))

    def _stop(self, alert: Alert) -> None:
        """Whose card or login was stolen gets a new one; where it was not, nothing leaves the accounts for a while.

        Who was talked into paying lost neither, and goes on: it is the receiver who is stopped.
        """
        observation = None if alert.offence is None else alert.offence.observation
        if observation == ObservationClass.VICTIM_AUTHORISED:
            return
        stolen = observation == ObservationClass.THIRD_PARTY_REPORTED
        if stolen or (observation is None and alert.card_slot >= 0):
            self.orders.append(_stop_access(alert.closed, alert.customer, alert.card_slot))
        else:
            self.orders.append(Order(alert.closed, Measure.FREEZE_ACCOUNTS, alert.customer, alert.card_slot))

    def _open(self, key: CaseKey, offence: Offence) -> Case:
        draws = Draws(self._keys[Purpose.LABEL], *key)
        case = open_case(self.labels, self.book.hours, draws, offence, self._scheme_of(offence.customer))
        self.cases[key] = case
        heapq.heappush(self._agenda, (offence.fraud.time, key))
        return case

    def _scheme_of(self, customer: int) -> int:
        return scheme_of(self._keys[Purpose.PERSON], customer)

    def _key(self, offence: Offence) -> CaseKey:
        scope = self.labels.of(offence.observation).scope
        return offence.campaign, (offence.customer, EVERYBODY, offence.fraud.time)[scope]

    def _is_done(self, case: Case, end: int) -> bool:
        """Whether nothing more can come of a case whose campaign is over: it is told, or alerts on it have expired."""
        is_silent = case.report_time == NEVER and case.last + self._patience < end
        return case.is_answered or is_silent


def _stop_access(time: int, customer: int, card_slot: int) -> Order:
    measure = Measure.RESET_CREDENTIALS if card_slot < 0 else Measure.BLOCK_CARD
    return Order(time, measure, customer, card_slot)
