"""What the bank learns of a fraud, and when: reporting, delay and silence, per observation class.

A case is one victim of one campaign. The victim, or the card network, speaks once; everything stolen from that
victim until then is labelled with it, what follows is labelled as it happens. Delays of third-party fraud are
assumptions: a quarter within a day, 45 % in 1-7 days, 20 % in 7-30, 10 % in 30-120. Takeovers are noticed in hours
to days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fintxsim.streams import Draws
from fintxsim.vocabulary import LabelSource

DAY_US = 86_400_000_000
CHARGEBACK_REASONS = ("10.4", "4837", "UA02")  # how card schemes number fraud disputes
RECALL_REASON = "FRAD"  # ISO 20022 cancellation reason: fraudulent origin
REASON_WORDS = (*CHARGEBACK_REASONS, RECALL_REASON)

Share = Annotated[float, Field(ge=0, le=1)]


class DelayConfig(BaseModel):
    """Delay between the first fraud of a case and its report: a mixture of four ranges, denser at their short ends."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    within_day: Share = Field(0.25, description="Share of cases reported within 1 to 24 hours.")
    within_week: Share = Field(0.45, description="Share of cases reported after 1 to 7 days.")
    within_month: Share = Field(0.20, description="Share of cases reported after 7 to 30 days.")
    later: Share = Field(0.10, description="Share of cases reported after 30 to 120 days.")

    @model_validator(mode="after")
    def _adds_up(self) -> DelayConfig:
        total = self.within_day + self.within_week + self.within_month + self.later
        if abs(total - 1.0) > 1e-6:
            raise ValueError(
                f"within_day, within_week, within_month and later add up to {total:.6g}; they must add up to 1"
            )
        return self

    def draw_us(self, draws: Draws) -> int:
        """Microseconds until the report."""
        u, v = draws.next(), draws.next()
        ranges = (
            (self.within_day, 1.0 / 24.0, 1.0),
            (self.within_week, 1.0, 7.0),
            (self.within_month, 7.0, 30.0),
            (self.later, 30.0, 120.0),
        )
        for share, low, high in ranges:  # noqa: B007 - the last range is left in low and high
            if u < share or high == 120.0:
                break
            u -= share
        return int((low + (high - low) * v * (0.35 + 0.65 * v)) * DAY_US)


class LabelsConfig(BaseModel):
    """How labels come about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    never_reported_share: Share = Field(
        0.1, description="Share of third-party cases that nobody ever reports (assumption)."
    )
    third_party: DelayConfig = Field(
        default_factory=DelayConfig, description="Delays of stolen cards and card details."
    )
    takeover: DelayConfig = Field(
        default_factory=lambda: DelayConfig(within_day=0.5, within_week=0.42, within_month=0.08, later=0.0),
        description="Delays of taken-over accounts, which are noticed when the money is gone.",
    )
    matured_days: int = Field(
        90, ge=1, le=540, description="Age in days from which a row that nobody complained about counts as genuine."
    )


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One line of the label file. Times in UTC microseconds; ``transaction_time`` identifies the row it is about."""

    time: int
    transaction_time: int
    source: LabelSource
    reason: str | None


@dataclass(slots=True)
class Case:
    """One victim of one campaign, as the bank comes to see it."""

    customer: int
    opened: int  # time of the first approved fraud
    report_time: int  # -1: never
    source: LabelSource
    reason: str | None
    card_slot: int  # -1: account fraud
    frauds: int = 0
    is_answered: bool = False  # the bank has blocked the card or reset the credentials


def open_case(config: LabelsConfig, draws: Draws, customer: int, time: int, card_slot: int) -> Case:
    """Decide whether, when and by whom a fraud will be reported."""
    delays = config.third_party if card_slot >= 0 else config.takeover
    silent = draws.next() < config.never_reported_share
    delay = delays.draw_us(draws)
    u = draws.next()
    if card_slot < 0:
        source, reason = (LabelSource.CUSTOMER_REPORT, None) if u < 0.8 else (LabelSource.RECALL_REQUEST, RECALL_REASON)
    elif delay < DAY_US and u < 0.4:
        source, reason = LabelSource.NETWORK_REPORT, None
    elif delay > 7 * DAY_US:
        source, reason = LabelSource.CHARGEBACK, CHARGEBACK_REASONS[int(u * 3)]
    else:
        source, reason = LabelSource.CUSTOMER_REPORT, None
    return Case(customer, time, -1 if silent else time + delay, source, reason, card_slot)


@dataclass
class LabelBook:
    """Labels on their way: given out day by day, in the order of their time."""

    waiting: list[LabelRow] = field(default_factory=list)

    def fraud(self, case: Case, transaction_time: int) -> None:
        """An approved fraud of a case: it is labelled when the case is reported, or soon after if that was before."""
        if case.report_time < 0:
            return
        spread = 1_000_000 * (17 + (transaction_time // 7) % 1800)  # a clerk enters them one by one
        time = max(case.report_time, transaction_time + 3_600_000_000) + spread
        self.waiting.append(LabelRow(time, transaction_time, case.source, case.reason))

    def until(self, time: int) -> list[LabelRow]:
        """Labels dated before a moment, removed from the waiting ones."""
        ready = sorted(
            (row for row in self.waiting if row.time < time), key=lambda row: (row.time, row.transaction_time)
        )
        self.waiting = [row for row in self.waiting if row.time >= time]
        return ready
