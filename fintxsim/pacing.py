"""How many campaigns begin on a day.

A fixed pressure is open-loop: campaigns arrive at their rate, whatever becomes of them. A requested rate is kept by
a pacer that knows the past alone: it compares the frauds approved so far with the transactions approved so far,
counts what the campaigns under way are expected to bring, and starts a campaign whenever something is missing. It
never weakens a control: when campaigns bring nothing, it reaches its ceiling and the run says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fintxsim.numerics import poisson
from fintxsim.streams import Draws

CATCH_UP_DAYS = 3.0  # a campaign takes a day or two to bring anything, so haste would overshoot
CEILING_PER_MILLION = 20_000.0  # campaigns per million customer-days beyond which no criminal market goes (assumption)


@dataclass(slots=True)
class Pressure:
    """Campaigns arrive at random at a fixed rate per day."""

    per_day: float

    def starts(self, draws: Draws) -> int:
        left, count = self.per_day, 0
        while left > 0.0:  # in parts, so that the inversion stays exact for large rates
            count += poisson(draws.next(), min(left, 20.0))
            left -= 20.0
        return count


@dataclass(slots=True)
class Pacer:
    """Keeps frauds in proportion to transactions. ``rate`` is a share (bps / 10,000); counts may be values of money.

    ``yield_guess`` is what a campaign brings before anything is known.
    """

    rate: float
    yield_guess: float
    daily_guess: float  # transactions (or value) expected on a day, before anything is known
    ceiling: float  # most campaigns per day
    base: float = 0.0  # transactions approved so far
    frauds: float = 0.0  # approved so far
    days: int = 0
    finished: int = 0
    finished_yield: float = 0.0
    started: int = 0
    brought: dict[int, float] = field(default_factory=dict)  # by campaign under way
    at_ceiling: int = 0
    stock: float = -1.0  # what campaigns under way on day 0 were expected to bring: the steady state

    @property
    def expected_yield(self) -> float:
        """What a campaign brings: the guess counts like eight campaigns."""
        return max((8.0 * self.yield_guess + self.finished_yield) / (8.0 + self.finished), 1e-9)

    @property
    def daily(self) -> float:
        """Transactions (or value) of a day: the guess counts like a week; so the first of a month alarms nobody."""
        return (7.0 * self.daily_guess + self.base) / (7.0 + self.days)

    def under_way(self) -> float:
        """What the campaigns under way are still expected to bring."""
        return sum(max(self.expected_yield - brought, 0.25 * self.expected_yield) for brought in self.brought.values())

    def open_loop(self) -> Pressure:
        """The pressure that would keep the rate if the guesses were right: for the days before the first."""
        return Pressure(min(self.rate * self.daily_guess / self.yield_guess, self.ceiling))

    def starts(self) -> int:
        """Campaigns to start now: what a day needs, and part of what is missing or too much so far."""
        if self.stock < 0.0:
            self.stock = self.under_way()
        excess = self.under_way() - self.stock * self.daily / self.daily_guess
        missing = self.rate * self.base - self.frauds - excess
        wanted = self.rate * self.daily + missing / CATCH_UP_DAYS
        count = int(wanted / self.expected_yield + 0.5)
        if count > self.ceiling:
            self.at_ceiling += 1
        return max(min(count, int(self.ceiling) + 1), 0)

    def begin(self, campaign: int) -> None:
        self.started += 1
        self.brought[campaign] = 0.0

    def approve(self, campaign: int, amount: float) -> None:
        self.brought[campaign] += amount

    def end(self, campaign: int) -> None:
        self.finished += 1
        self.finished_yield += self.brought.pop(campaign)

    def close_day(self, base: float, frauds: float) -> None:
        """Add what was approved today."""
        self.base += base
        self.frauds += frauds
        self.days += 1
