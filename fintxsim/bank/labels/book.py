"""Labels on their way: what has been said and is not in the file yet, given out in the order of its time."""

from __future__ import annotations

import heapq

import numpy as np

from fintxsim.bank.labels.cases import NEVER, Case, Change, Fraud, LabelRow, Offence, Opinion, Way
from fintxsim.bank.labels.config import LabelsConfig
from fintxsim.bank.labels.delays import HOUR_US
from fintxsim.bank.labels.hours import Hours
from fintxsim.bank.labels.reasons import reason_of
from fintxsim.streams import Draws

_MINUTE_US = 60_000_000
_FIRST_HEARING, _SECOND_THOUGHT = 0, 1  # day numbers of the streams of one row


class LabelBook:
    """Turns cases into labels. ``key`` is that of the streams of single rows, which are keyed by the row's time."""

    def __init__(self, config: LabelsConfig, hours: Hours, key: np.uint64) -> None:
        self.config, self.hours = config, hours
        self._key = key
        self._waiting: list[tuple[int, int, bool, LabelRow]] = []  # a heap, by label time

    def __len__(self) -> int:
        """Labels on their way."""
        return len(self._waiting)

    def say(
        self, transaction_time: int, time: int, opinion: Opinion, later: Change | None = None, reason: str | None = None
    ) -> None:
        """The bank will come to believe something of a row at a time, and perhaps something else later."""
        self._put(LabelRow(time, transaction_time, opinion, is_revised=later is not None, reason=reason))
        if later is not None:
            then = self.hours.next(later.opinion.source, time + later.delay)
            self._put(LabelRow(then, transaction_time, later.opinion, revises=True))

    def say_soon(
        self, transaction_time: int, time: int, opinion: Opinion, later: Change | None = None, reason: str | None = None
    ) -> None:
        """The same, entered within half an hour after a time: a clerk takes the rows of a case one by one."""
        minutes = Draws(self._key, transaction_time, _FIRST_HEARING).between(0.3, 30.3)
        self.say(transaction_time, time + int(minutes * _MINUTE_US), opinion, later, reason)

    def second_thoughts(self, transaction_time: int) -> Draws:
        """Luck of a row with what the bank thinks of it later."""
        return Draws(self._key, transaction_time, _SECOND_THOUGHT)

    def tell(self, case: Case) -> list[Fraud]:
        """Label what a reported case has told nobody of yet, and return it.

        What was stolen before the report is labelled with it, what was stolen afterwards soon after it happened.
        """
        told, case.untold = case.untold, []
        observation = self.config.of(case.observation)
        for fraud in told:
            later = observation.think_again(self.second_thoughts(fraud.time), case.opinion)
            reason = _reason(case.opinion, case.scheme, fraud.way)
            self.say_soon(fraud.time, self._heard(case, fraud), case.opinion, later, reason)
        return told

    def postpone(self, case: Case, time: int) -> None:
        """The report comes as long after a moment as it would have come after the first fraud."""
        if case.delay > NEVER:
            case.opened = time
            case.report_time = self.hours.next(case.opinion.source, time + case.delay)

    def _heard(self, case: Case, fraud: Fraud) -> int:
        """When the bank hears of one fraud of a reported case."""
        noticed = fraud.time + HOUR_US
        return case.report_time if noticed <= case.report_time else self.hours.next(case.opinion.source, noticed)

    def mistake(self, transaction_time: int, scheme: int) -> int:
        """A genuine payment that its cardholder will take for fraud; returns when."""
        mistaken, way = self.config.mistaken, Way.CARD_REMOTE
        delay, opinion = mistaken.hear(Draws(self._key, transaction_time, _FIRST_HEARING), way)
        later = mistaken.think_again(self.second_thoughts(transaction_time), opinion)
        heard = self.hours.next(opinion.source, transaction_time + delay)
        self.say(transaction_time, heard, opinion, later, _reason(opinion, scheme, way))
        return heard

    def until(self, time: int) -> list[LabelRow]:
        """Labels dated before a moment, in the order of their time, taken off the waiting ones."""
        ready = []
        while self._waiting and self._waiting[0][0] < time:
            ready.append(heapq.heappop(self._waiting)[-1])
        return ready

    def _put(self, row: LabelRow) -> None:
        heapq.heappush(self._waiting, (row.time, row.transaction_time, row.revises, row))


def open_case(config: LabelsConfig, hours: Hours, draws: Draws, offence: Offence, scheme: int) -> Case:
    """Decide whether, when and by whom a case that begins with an offence will be reported; its fraud is not added."""
    fraud = offence.fraud
    delay, opinion = config.of(offence.observation).hear(draws, fraud.way, offence.kind)
    report_time = NEVER if delay == NEVER else hours.next(opinion.source, fraud.time + delay)
    return Case(
        offence.observation, offence.customer, offence.card_slot, fraud.time, report_time, opinion, delay, scheme
    )


def _reason(opinion: Opinion, scheme: int, way: Way) -> str | None:
    return None if opinion.claim is None else reason_of(opinion.claim, scheme, way)
