"""How much of what was stolen the bank gets back: card payments by liability, transfers by how fast it asks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from fintxsim.bank.labels.cases import Fraud, Way
from fintxsim.bank.labels.delays import DAY_US, HOUR_US, Share
from fintxsim.streams import Draws


class RecoveryConfig(BaseModel):
    """What comes back. Of a card payment all or nothing does, of a transfer a part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    remote_card_share: Share = Field(
        0.7, description="Share of remote card payments whose merchant is liable and pays back (assumption)."
    )
    present_card_share: Share = Field(
        0.1, description="Share of card payments in person and cash withdrawals that come back (assumption)."
    )
    chargeback_days: float = Field(
        120.0, ge=0, le=540,
        description="Days after a payment in which it can be charged back (Visa and Mastercard: 120 for fraud).",
    )  # fmt: skip
    within_hour: Share = Field(
        0.5, description="Mean part of a transfer that comes back when it is recalled within an hour (assumption)."
    )
    within_day: Share = Field(0.15, description="The same, recalled after 1 to 24 hours (assumption).")
    within_week: Share = Field(0.04, description="The same, recalled after 1 to 7 days (assumption).")
    later: Share = Field(0.01, description="The same, recalled later (assumption).")


def recovered(config: RecoveryConfig, draws: Draws, fraud: Fraud, heard: int) -> int:
    """Minor units of one fraud that the bank gets back, having heard of it at a moment (UTC microseconds)."""
    age, u = max(heard - fraud.time, 0), draws.next()
    if fraud.way == Way.ACCOUNT:
        return int(fraud.amount * _part(_left(config, age), u))
    share = config.present_card_share if fraud.way == Way.CARD_PRESENT else config.remote_card_share
    return fraud.amount if age <= config.chargeback_days * DAY_US and u < share else 0


def _left(config: RecoveryConfig, age: int) -> float:
    """Mean part of the money that has not been moved on after some microseconds."""
    if age < HOUR_US:
        return config.within_hour
    if age < DAY_US:
        return config.within_day
    return config.within_week if age < 7 * DAY_US else config.later


def _part(mean: float, u: float) -> float:
    """A part between 0 and 1 with a given mean: evenly spread below twice the mean, or above what mirrors it."""
    return 2.0 * mean * u if mean <= 0.5 else 1.0 - 2.0 * (1.0 - mean) * u
