"""What every kind of fraud can be set to: how much of it, how well hidden, and when."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fintxsim.errors import SettingsError


class Wave(BaseModel):
    """Some days on which campaigns begin more often, or less. Days are those of the run, the first is 0."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_day: int = Field(ge=0, le=3660, description="First day of the wave.")
    stop_day: int = Field(ge=1, le=3660, description="First day after the wave.")
    factor: float = Field(ge=0, le=100, description="Factor on the requested rate or pressure; 0 is a pause.")

    @model_validator(mode="after")
    def _in_order(self) -> Wave:
        if self.stop_day <= self.start_day:
            raise SettingsError((("stop_day",), f"must come after start_day, which is {self.start_day}"))
        return self


class Change(NamedTuple):
    """A day of the run from which on campaigns begin at another pace than before; factors on what is requested."""

    day: int
    before: float
    after: float


class TypologyConfig(BaseModel):
    """What every typology can be set to.

    Give ``rate_bps`` or ``pressure``, not both, or neither if ``fraud.mix`` names the typology.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate_bps: float | None = Field(
        None, ge=0, le=5000,
        description="Approved frauds per 10,000 approved transactions (or value, by rate_basis); "
        "0 switches the typology off.",
    )  # fmt: skip
    pressure: float | None = Field(
        None, ge=0, le=1_000_000, description="Campaigns started per million customer-days, instead of a rate."
    )
    camouflage: float = Field(0.5, ge=0, le=1, description="0 naive to 1 imitating the victim's own habits.")
    start_day: int | None = Field(
        None, ge=0, le=3660,
        description="First day of the run, counted from 0, on which campaigns begin; absent: they did long before.",
    )  # fmt: skip
    stop_day: int | None = Field(
        None, ge=1, le=3660, description="First day on which none begins any more; those under way go on."
    )
    waves: tuple[Wave, ...] = Field(
        (), description="Days on which campaigns begin more often, or less: {start_day, stop_day, factor}."
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> TypologyConfig:
        if self.rate_bps is not None and self.pressure is not None:
            raise ValueError("give rate_bps or pressure, one of the two")
        return self

    @model_validator(mode="after")
    def _timeline_is_possible(self) -> TypologyConfig:
        first, last = self.start_day or 0, self.stop_day
        if last is not None and last <= first:
            raise SettingsError((("stop_day",), f"must come after start_day, which is {first}"))
        for number, wave in enumerate(self.waves):
            for other in self.waves[:number]:
                if wave.start_day < other.stop_day and other.start_day < wave.stop_day:
                    days = f"{other.start_day} to {other.stop_day}"
                    raise SettingsError((("waves", number), f"overlaps the wave of days {days}; make one end earlier"))
            if wave.stop_day <= first or (last is not None and wave.start_day >= last):
                raise SettingsError((("waves", number), "no campaign begins on these days; see start_day and stop_day"))
        return self

    @property
    def is_off(self) -> bool:
        return not (self.rate_bps or self.pressure)

    def factor(self, day: int) -> float:
        """Factor on the requested rate or pressure on a day of the run; 0: no campaign begins."""
        if self.start_day is not None and day < self.start_day:
            return 0.0
        if self.stop_day is not None and day >= self.stop_day:
            return 0.0
        return next((wave.factor for wave in self.waves if wave.start_day <= day < wave.stop_day), 1.0)

    def changes(self, days: int) -> list[Change]:
        """Known change points of a run of so many days."""
        factors = [self.factor(day) for day in range(-1, days)]
        return [Change(day, factors[day], factors[day + 1]) for day in range(days) if factors[day] != factors[day + 1]]
