"""What a case is, what the bank can believe of a row, and the lines of the label file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from fintxsim.vocabulary import Label, LabelSource, ObservationClass

NEVER = -1

# How Visa, Mastercard and Discover number disputes: "I did not do it", and "what I paid for never came".
FRAUD_REASONS = ("10.4", "4837", "UA02")
CLAIM_REASONS = ("13.1", "4853", "RG")
RECALL_REASON = "FRAD"  # ISO 20022 cancellation reason: fraudulent origin
REASON_WORDS = (*FRAUD_REASONS, *CLAIM_REASONS, RECALL_REASON)


class Way(IntEnum):
    """How the money left."""

    CARD_PRESENT = 0
    CARD_REMOTE = 1
    ACCOUNT = 2


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
    reason: str | None = None


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


@dataclass(slots=True)
class Case:
    """Frauds that come to light together, as the bank comes to see them: as a rule one victim of one campaign."""

    observation: ObservationClass
    customer: int
    card_slot: int  # -1: account fraud
    opened: int  # time of the approved fraud from which the delay counts: the first one, see ``postpone``
    report_time: int  # NEVER: nobody speaks
    opinion: Opinion
    untold: list[Fraud] = field(default_factory=list)  # not labelled yet
    last: int = NEVER  # time of the last fraud
    is_answered: bool = False  # the bank has done what it does after a report

    def add(self, fraud: Fraud) -> None:
        self.untold.append(fraud)
        self.last = fraud.time

    def postpone(self, time: int) -> None:
        """The report comes as long after a moment as it would have come after the first fraud."""
        if self.report_time > NEVER:
            self.report_time += time - self.opened
            self.opened = time

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
