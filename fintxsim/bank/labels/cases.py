"""What a case is, what the bank can believe of a row, and the lines of the label file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from fintxsim.vocabulary import Label, LabelSource, ObservationClass

NEVER = -1


class Way(IntEnum):
    """How the money left."""

    CARD_PRESENT = 0
    CARD_REMOTE = 1
    ACCOUNT = 2


class Claim(IntEnum):
    """What is said of a payment that shall come back; ``reasons`` has the codes."""

    NOT_MINE = 0  # the holder did not do it
    NOT_RECEIVED = 1
    NOT_AS_DESCRIBED = 2


class Scope(IntEnum):
    """What one report tells of, and so what is one case."""

    CUSTOMER = 0  # all frauds of a campaign on one customer
    CAMPAIGN = 1  # all of a campaign, when it is over
    ROW = 2  # one row alone


class Fraud(NamedTuple):
    """An approved fraud of a case. Time in UTC microseconds, which identifies the row; amount in minor units."""

    time: int
    amount: int
    way: Way
    payee: int = -1  # code of the account to which it was sent; -1: not a transfer


class Offence(NamedTuple):
    """A criminal request as it really was. The bank learns of it through alerts and reports alone."""

    campaign: int
    kind: str  # the campaign's
    observation: ObservationClass
    customer: int
    card_slot: int  # -1: not a card
    fraud: Fraud
    approved: bool
    is_fraud: bool  # not only a leg that moves the proceeds of a fraud


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the bank believes of a row, and on whose word."""

    label: Label
    source: LabelSource
    claim: Claim | None = None  # None: nobody asks for the money


class Change(NamedTuple):
    """An opinion that comes some microseconds after something else; ``delay`` is NEVER if it does not come."""

    delay: int
    opinion: Opinion


class LabelRow(NamedTuple):
    """One line of the label file. Times in UTC microseconds; ``transaction_time`` identifies the row it is about."""

    time: int
    transaction_time: int
    opinion: Opinion
    revises: bool = False  # replaces the row's first label
    is_revised: bool = False  # another one will replace it
    reason: str | None = None  # code of the claim


@dataclass(slots=True)
class Case:
    """Frauds that come to light together, as the bank comes to see them: as a rule one victim of one campaign."""

    observation: ObservationClass
    customer: int
    card_slot: int  # -1: account fraud
    opened: int  # time of the approved fraud from which the delay counts: the first one, see ``LabelBook.postpone``
    report_time: int  # NEVER: nobody speaks
    opinion: Opinion
    delay: int = NEVER  # from ``opened`` to the report, if it may come at any hour
    scheme: int = 0  # of the customer's cards
    untold: list[Fraud] = field(default_factory=list)  # not labelled yet
    last: int = NEVER  # time of the last fraud
    is_answered: bool = False  # the bank has done what it does after a report

    def add(self, fraud: Fraud) -> None:
        self.untold.append(fraud)
        self.last = fraud.time

    def is_heard(self, time: int) -> bool:
        """Whether somebody has spoken before a moment."""
        return NEVER < self.report_time < time

    def hear(self, time: int) -> None:
        """Somebody asks the victim, who speaks now if he has not done so before."""
        if not self.is_heard(time):
            self.report_time = time
            self.opinion = Opinion(Label.FRAUD, LabelSource.CUSTOMER_REPORT)

    def take(self, transaction_time: int) -> Fraud | None:
        """Take out the fraud of a certain row, if it has not been labelled."""
        for at, fraud in enumerate(self.untold):
            if fraud.time == transaction_time:
                return self.untold.pop(at)
        return None
