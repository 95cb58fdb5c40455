"""Labels on their way: what has been said and is not in the file yet, given out in the order of its time."""

from __future__ import annotations

import heapq

import numpy as np

from fintxsim.bank.labels.cases import Case, Change, Fraud, LabelRow, Opinion, Way
from fintxsim.bank.labels.config import LabelsConfig
from fintxsim.bank.labels.delays import HOUR_US
from fintxsim.streams import Draws
from fintxsim.vocabulary import ObservationClass

_MINUTE_US = 60_000_000
_FIRST_HEARING, _SECOND_THOUGHT = 0, 1  # day numbers of the streams of one row


class LabelBook:
    """Turns cases into labels. ``key`` is that of the streams of single rows, which are keyed by the row's time."""

    def __init__(self, config: LabelsConfig, key: np.uint64) -> None:
        self.config = config
        self._key = key
        self._waiting: list[tuple[int, int, bool, LabelRow]] = []  # a heap, by label time

    def __len__(self) -> int:
        """Labels on their way."""
        return len(self._waiting)

    def say(self, transaction_time: int, time: int, opinion: Opinion, later: Change | None = None) -> None:
        """The bank will come to believe something of a row at a time, and perhaps something else later."""
        self._put(LabelRow(time, transaction_time, opinion, is_revised=later is not None))
        if later is not None:
            self._put(LabelRow(time + later.delay, transaction_time, later.opinion, revises=True))

    def say_soon(self, transaction_time: int, time: int, opinion: Opinion, later: Change | None = None) -> None:
        """The same, entered within half an hour after a time: a clerk takes the rows of a case one by one."""
        minutes = Draws(self._key, transaction_time, _FIRST_HEARING).between(0.3, 30.3)
        self.say(transaction_time, time + int(minutes * _MINUTE_US), opinion, later)

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
            self.say_soon(fraud.time, max(case.report_time, fraud.time + HOUR_US), case.opinion, later)
        return told

    def mistake(self, transaction_time: int) -> int:
        """A genuine payment that its cardholder will take for fraud; returns when."""
        mistaken = self.config.mistaken
        delay, opinion = mistaken.hear(Draws(self._key, transaction_time, _FIRST_HEARING), Way.CARD_REMOTE)
        later = mistaken.think_again(self.second_thoughts(transaction_time), opinion)
        self.say(transaction_time, transaction_time + delay, opinion, later)
        return transaction_time + delay

    def until(self, time: int) -> list[LabelRow]:
        """Labels dated before a moment, in the order of their time, taken off the waiting ones."""
        ready = []
        while self._waiting and self._waiting[0][0] < time:
            ready.append(heapq.heappop(self._waiting)[-1])
        return ready

    def _put(self, row: LabelRow) -> None:
        heapq.heappush(self._waiting, (row.time, row.transaction_time, row.revises, row))


def open_case(
    config: LabelsConfig, draws: Draws, observation: ObservationClass, customer: int, card_slot: int, fraud: Fraud,
    kind: str = "",
) -> Case:  # fmt: skip
    """Decide whether, when and by whom a case that begins with a fraud will be reported; the fraud is not added."""
    delay, opinion = config.of(observation).hear(draws, fraud.way, kind)
    report_time = delay if delay < 0 else fraud.time + delay
    return Case(observation, customer, card_slot, fraud.time, report_time, opinion)
