"""How many campaigns begin.

A fixed pressure is open-loop: campaigns arrive at their rate, whatever becomes of them. A requested rate is kept by
a pacer. It knows the past and what customers have in mind for today, never how long the run is. It thinks like an
insurer who reserves for claims that have happened but are not yet known: campaigns that have begun will bring what
campaigns usually bring at their age; so one is started only when frauds so far, and those still to come of campaigns
begun, fall short of what is requested. It never weakens a control: when campaigns bring nothing, it reaches its ceiling
and the run says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from fintxsim.numerics import poisson
from fintxsim.streams import Draws

CEILING_PER_MILLION = 20_000.0  # campaigns per million customer-days beyond which no criminal market goes (assumption)
GUESSED_ROWS_PER_CUSTOMER_DAY = 1.65  # approved, before the first day is known
GUESSED_EUROS_PER_ROW = 130.0
GAIN = 0.5  # part of what was missing or too much yesterday that is made up for today: haste would swing
GAIN_DAYS = 6.0  # the same, in relation to how long campaigns take to bring anything
GUESS_WEIGHT = 4.0  # first guesses count like so many campaigns
MADE_UP_DAYS = 3  # delay that is made up for when a typology begins: a longer one would take a flood of campaigns
MOST_TIMES_USUAL = 3.0  # a day is asked for at most so many times the average day; pay day's rest is made up for later


def ceiling_per_day(customers: int) -> float:
    """Most campaigns of a typology that begin on a day."""
    return max(CEILING_PER_MILLION * customers / 1e6, 1.0)


@dataclass(slots=True)
class Pressure:
    """Campaigns arrive at random at a fixed rate per day; ``factor`` is that of the day's timeline."""

    per_day: float

    def starts(self, draws: Draws, factor: float = 1.0) -> int:
        left, count = self.per_day * factor, 0
        while left > 0.0:  # in parts, so that the inversion stays exact for large rates
            count += poisson(draws.next(), min(left, 20.0))
            left -= 20.0
        return count

    def campaigns_per_day(self, factor: float) -> float:
        """Campaigns that begin on an average day; ``factor`` is that of the timeline."""
        return self.per_day * factor


@dataclass(slots=True)
class Proceeds:
    """What a campaign brings on each day after its start, on average over all campaigns, those that fail included.

    The first guess: nothing before ``first_days``, nine tenths of ``guess`` by ``usual_days``, all by ``longest_days``.
    What campaigns of each age have brought replaces it bit by bit (the additive method of claims reserving).
    """

    guess: float
    first_days: float
    usual_days: float
    longest_days: int
    brought: list[float] = field(default_factory=list)  # by age in days
    campaigns: list[float] = field(default_factory=list)  # that have been seen at that age, by size
    by_age: list[float] = field(default_factory=list)  # what is expected of one
    total: float = 0.0
    later: float = 0.0  # the same after a campaign's first day
    mean_days: float = 0.0  # how long one waits on average

    def __post_init__(self) -> None:
        self.brought = self.brought or [0.0] * (self.longest_days + 1)
        self.campaigns = self.campaigns or [0.0] * (self.longest_days + 1)
        self.learn()

    def _guess_until(self, age: float) -> float:
        """Share that has come at an age: straight lines between what is guessed."""
        last = max(float(self.longest_days), self.usual_days + 0.5)
        if age <= self.first_days:
            return 0.0
        if age < self.usual_days:
            return 0.9 * (age - self.first_days) / (self.usual_days - self.first_days)
        return min(0.9 + 0.1 * (age - self.usual_days) / (last - self.usual_days), 1.0)

    def learn(self) -> None:
        """Work out what is expected of a campaign, after ``brought`` and ``campaigns`` have changed."""
        until = [self._guess_until(age + 0.5) for age in range(self.longest_days)]  # on average they begin at noon
        shares = [after - before for before, after in pairwise([0.0, *until, 1.0])]
        self.by_age = [
            (GUESS_WEIGHT * self.guess * share + brought) / (GUESS_WEIGHT + campaigns)
            for share, brought, campaigns in zip(shares, self.brought, self.campaigns, strict=True)
        ]
        self.total = max(sum(self.by_age), 1e-9)
        self.later = self.total - self.by_age[0]
        self.mean_days = sum(age * brought for age, brought in enumerate(self.by_age)) / self.total


@dataclass(slots=True)
class Day:
    """A day and the campaigns that began on it."""

    factor: float  # of the timeline
    base: float = 0.0  # transactions approved; on a day before the run, as many as usual
    started: float = 0.0  # by size: an average one is 1
    today: float = 0.0  # brought by these campaigns, today


@dataclass(slots=True)
class Work:
    """A campaign under way."""

    began: int  # place of its day in the log
    size: float  # an average one is 1
    brought: float = 0.0
    is_over: bool = False


@dataclass(slots=True)
class Pacer:
    """Keeps frauds in proportion to transactions. ``rate`` is a share (bps / 10,000); counts may be values of money.

    A day is ``open_day``, then ``starts`` as often as one likes, and ``close_day``. Days before the run are marked by
    ``is_before``; what they brought is no part of the run's frauds.

    A timeline gives each day a factor on the rate at which campaigns begin. Frauds follow with their typology's delay,
    of which ``MADE_UP_DAYS`` are made up for. While the factor is 0 nothing begins, and what comes is what was begun.
    """

    rate: float
    daily_guess: float  # transactions (or value) of an average day
    ceiling: float  # most campaigns per day
    proceeds: Proceeds
    base: float = 0.0  # transactions approved so far in the run
    frauds: float = 0.0  # approved so far in the run
    asked: float = 0.0  # frauds requested so far in the run
    log: list[Day] = field(default_factory=list)  # all days, today at the end
    days_before: int = 0  # the run, that are in the log
    at_ceiling: int = 0  # days that wanted more campaigns than the ceiling allows
    under_way: dict[int, Work] = field(default_factory=dict)
    _begun: list[Work] = field(default_factory=list)  # today
    _wanted: float = 0.0  # frauds of campaigns that should begin today
    _missing: float = 0.0  # this morning: what has not come, and what is not to be expected, of what was requested
    _due: float = 0.0  # today, of campaigns begun on earlier days, if all goes as expected
    _came: float = 0.0  # of those, so far
    _carry: float | None = None  # part of a campaign that the days before the run still owe; drawn by lot at first
    _is_before: bool = False  # the run

    @property
    def daily(self) -> float:
        """Transactions (or value) of an average day: the guess counts like a week."""
        return (7.0 * self.daily_guess + self.base) / (7.0 + len(self.log) - self.days_before)

    def open_day(self, expected: float, factor: float = 1.0) -> None:
        """A day on which so many transactions are expected; ``factor`` is that of the timeline."""
        self._wanted = self.rate * factor * min(expected, MOST_TIMES_USUAL * self.daily)
        self._missing = self.asked - self.frauds - self._reserve_excess()
        by_age = self.proceeds.by_age
        self._due = sum(day.started * by_age[age + 1] for age, day in self._recent() if age + 1 < len(by_age))
        self._came, self._is_before = 0.0, False
        self.log.append(Day(factor))
        self._begun = []

    def _recent(self) -> list[tuple[int, Day]]:
        """Days whose campaigns may still bring something, and how many days are over since each of them."""
        last = len(self.log) - 1
        first = max(last - self.proceeds.longest_days, 0)
        return [(last - place, self.log[place]) for place in range(first, last + 1)]

    def _reserve_excess(self) -> float:
        """What earlier days' campaigns are still expected to bring beyond what was requested of them."""
        excess, to_come, total = 0.0, self.proceeds.total, self.proceeds.total
        for (_, day), brought in zip(reversed(self._recent()), self.proceeds.by_age, strict=False):  # youngest first
            to_come -= brought
            excess += (day.started - self.rate * day.factor * day.base / total) * to_come
        return excess

    def campaigns_per_day(self, factor: float) -> float:
        """Campaigns that an average day takes if all goes as expected; ``factor`` is that of the timeline."""
        return min(self.rate * factor * self.daily / self.proceeds.total, self.ceiling)

    def before(self, draws: Draws) -> float:
        """Campaigns of average size to start on a day before the run: what would keep the rate if all goes as expected.
        What is more than can be started is kept for the next day.
        """
        self._is_before = True
        carry = draws.next() if self._carry is None else self._carry
        self._carry = min(carry + min(self._wanted / self.proceeds.total, self.ceiling), self.ceiling + 1.0)
        return self._carry

    def starts(self, over: float = 0.0, until: float = 1.0) -> int:
        """Campaigns to start now, when the share ``over`` of the day is over, to last until the share ``until``."""
        count = int(self.missing(over, until) + 0.5)
        room = self.room
        if count > room and until >= 1.0:
            self.at_ceiling += 1
        return min(count, room)

    @property
    def room(self) -> int:
        """Campaigns that may still begin today."""
        return max(int(self.ceiling) + 1 - len(self._begun), 0)

    def missing(self, over: float = 0.0, until: float = 1.0) -> float:
        """The same in campaigns of average size and parts of them."""
        if self.log[-1].factor == 0.0:
            return 0.0
        haste = min(GAIN, GAIN_DAYS / max(self.proceeds.mean_days, 1e-9))
        gain = max(haste, 1.0 - self.campaigns_per_day(1.0))  # rare campaigns come whole: a part of one is none
        surprise = self._came - self._due * over
        wanted = self._wanted * until + gain * (self._missing - surprise) - self._own_today()
        return max(wanted, 0.0) / self.proceeds.total

    def _own_today(self) -> float:
        """What today's campaigns have brought and are still expected to bring; those that are over bring nothing."""
        total, later = self.proceeds.total, self.proceeds.later
        to_come = sum(
            max(total * work.size - work.brought, later * work.size) for work in self._begun if not work.is_over
        )
        return self.log[-1].today + to_come

    def begin(self, campaign: int, size: float = 1.0) -> None:
        """A campaign begins of which so many times as much is expected as of an average one."""
        work = self.under_way[campaign] = Work(len(self.log) - 1, size)
        self._begun.append(work)
        self.log[-1].started += size
        if self._is_before and self._carry is not None:
            self._carry -= size

    def approve(self, campaign: int, amount: float) -> None:
        work = self.under_way[campaign]
        work.brought += amount
        self.frauds += amount
        self.log[work.began].today += amount
        self._came += amount if work.began < len(self.log) - 1 else 0.0
        if len(self.log) - 1 - work.began > self.proceeds.longest_days:
            self.proceeds.brought[-1] += amount

    def end(self, campaign: int) -> None:
        self.under_way.pop(campaign).is_over = True

    def close_day(self, base: float, *, is_before: bool = False, is_whole: bool = True) -> None:
        """Take in how many transactions were approved today (on days before the run, how many usually are).

        Nothing is learned of a day that is not ``is_whole``: some of its campaigns were not lived.
        """
        self.log[-1].base = base
        for age, day in self._recent():
            if is_whole:
                self.proceeds.brought[age] += day.today
                self.proceeds.campaigns[age] += day.started
            day.today = 0.0
        if is_whole:
            self.proceeds.learn()
        if is_before:
            self.frauds = 0.0
            self.days_before += 1
        else:
            self.base += base
            self.asked += self._asked_on(len(self.log) - 1)

    def _asked_on(self, place: int) -> float:
        """Frauds requested on a day of the log, by the delays known today."""
        today, by_age = self.log[place], self.proceeds.by_age
        first = max(place - self.proceeds.longest_days, 0)
        earlier = self.log[first : place + 1][::-1]  # today first
        if today.factor == 0.0:
            due = sum(day.factor * day.base * brought for day, brought in zip(earlier, by_age, strict=False))
            return self.rate * due / self.proceeds.total
        soon = [sum(by_age[: MADE_UP_DAYS + 1]), *by_age[MADE_UP_DAYS + 1 :]]
        following = sum(day.factor * brought for day, brought in zip(earlier, soon, strict=False))
        return self.rate * today.base * following / self.proceeds.total

    def requested(self) -> float:
        """Frauds requested in the run, with the delays as they are known at its end."""
        return sum(self._asked_on(place) for place in range(self.days_before, len(self.log)))
