"""How long it takes until somebody speaks."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fintxsim.streams import Draws

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[float, Field(ge=0, le=730)]


class DelayConfig(BaseModel):
    """A mixture of four ranges, denser at their short ends. The shares add up to 1."""

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
        """Microseconds until the report. Takes two draws."""
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


class SpanConfig(BaseModel):
    """Any moment of a span of days is equally likely."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_days: Days = Field(description="Fewest days.")
    max_days: Days = Field(description="Most days.")

    @model_validator(mode="after")
    def _goes_forward(self) -> SpanConfig:
        if self.min_days > self.max_days:
            raise ValueError(f"min_days is {self.min_days:g}, more than max_days {self.max_days:g}")
        return self

    def draw_us(self, draws: Draws) -> int:
        """Microseconds. Takes one draw."""
        return int(draws.between(self.min_days, self.max_days) * DAY_US)


def mixture(within_day: float, within_week: float, within_month: float, later: float) -> DelayConfig:
    """A mixture by its four shares."""
    return DelayConfig(within_day=within_day, within_week=within_week, within_month=within_month, later=later)


def span(min_days: float, max_days: float) -> SpanConfig:
    return SpanConfig(min_days=min_days, max_days=max_days)
