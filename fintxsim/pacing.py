"""How many campaigns begin.

A fixed pressure is open-loop: campaigns arrive at their rate, whatever becomes of them. A requested rate is kept by
a pacer. It knows the past and what customers have in mind for today, never how long the run is. It thinks like an
insurer who reserves for claims that have happened but are not yet known: a campaign that has begun will bring what
campaigns usually bring, with the usual delay; so a campaign is started only when frauds so far, and those that are
still to come of campaigns begun, fall short of what is requested of them. It never weakens a control: when campaigns
bring nothing, it reaches its ceiling and the run says so.

What is still to come of a day's campaigns is estimated after Bornhuetter and Ferguson (1972), their mean after
Bühlmann's Cape Cod method: from campaigns old enough to have brought most of what they will.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

from fintxsim.numerics import poisson
from fintxsim.streams import Draws

CEILING_PER_MILLION = 20_000.0  # campaigns per million customer-days beyond which no criminal market goes (assumption)
GUESSED_ROWS_PER_CUSTOMER_DAY = 1.65  # approved, before the first day is known
GUESSED_EUROS_PER_ROW = 130.0
GAIN = 0.5  # part of what was missing or too much yesterday that is made up for today: haste would swing
GUESS_WEIGHT = 4.0  # first guesses count like so many campaigns
MADE_UP_DAYS = 3  # delay that is made up for when a typology begins: a longer one would take a flood of campaigns
MOST_TIMES_USUAL = 3.0  # a day is asked for at most so many times the average day; pay day's rest is made up for later
_LATE_SHARE = 0.1  # of what a campaign brings comes after its typology's usual days


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


@dataclass(slots=True)
class Delays:
    """When what a campaign brings comes: by ``usual_days`` nine tenths of it, by ``longest_days`` all, until finished
    campaigns tell better."""

    usual_days: float
    longest_days: int
    come: list[float] = field(default_factory=list)  # share that has come by the end of day 0, 1, ... after the start
    seen: list[float] = field(default_factory=list)  # what finished campaigns brought on these days
    finished: int = 0

    def __post_init__(self) -> None:
        self.come = self.come or [self._guess(day) for day in range(self.longest_days + 1)]
        self.seen = self.seen or [0.0] * len(self.come)

    def _guess(self, day: int) -> float:
        age, usual = day + 0.5, min(self.usual_days, float(self.longest_days))
        if age < usual:
            return (1.0 - _LATE_SHARE) * age / usual
        return min(1.0 - _LATE_SHARE * (1.0 - (age - usual) / max(self.longest_days - usual, 0.5)), 1.0)

    def learn(self, brought: dict[int, float]) -> None:
        """What a campaign brought, by days after its start, now that it is over."""
        self.finished += 1
        for day, amount in brought.items():
            self.seen[min(day, self.longest_days)] += amount

    def update(self) -> None:
        """Mix the guess with what has been seen."""
        total = sum(self.seen)
        if total <= 0.0:
            return
        trust, so_far = self.finished / (GUESS_WEIGHT + self.finished), 0.0
        for day, amount in enumerate(self.seen):
            so_far += amount
            self.come[day] = (1.0 - trust) * self._guess(day) + trust * so_far / total

    def share(self, age: int) -> float:
        """Share that has come by the end of day ``age``; nothing before day 0."""
        return 0.0 if age < 0 else self.come[age] if age <= self.longest_days else 1.0

    @property
    def mean_days(self) -> float:
        """How long one waits on average."""
        return sum(1.0 - share for share in self.come)


@dataclass(slots=True)
class Day:
    """A day and the campaigns that began on it."""

    factor: float  # of the timeline
    base: float = 0.0  # transactions approved; on a day before the run, as many as usual
    started: int = 0
    brought: float = 0.0  # by the campaigns that began on this day, so far


@dataclass(slots=True)
class Work:
    """A campaign under way."""

    began: int  # place of its day in the log
    brought: dict[int, float] = field(default_factory=dict)  # by days after the start


@dataclass(slots=True)
class Pacer:
    """Keeps frauds in proportion to transactions. ``rate`` is a share (bps / 10,000); counts may be values of money.

    A day is ``open_day``, then ``starts`` as often as one likes, and ``close_day``. Days before the run are marked by
    ``is_before``; what they brought is no part of the run's frauds.

    A timeline gives each day a factor on the rate at which campaigns begin. Frauds follow with their typology's delay,
    of which ``MADE_UP_DAYS`` are made up for. While the factor is 0 nothing begins, and what comes is what was begun.
    """

    rate: float
    yield_guess: float  # of a campaign
    daily_guess: float  # transactions (or value) of an average day
    ceiling: float  # most campaigns per day
    delays: Delays
    base: float = 0.0  # transactions approved so far in the run
    frauds: float = 0.0  # approved so far in the run
    asked: float = 0.0  # frauds requested so far in the run
    log: list[Day] = field(default_factory=list)  # all days, today at the end
    days_before: int = 0  # the run, that are in the log
    at_ceiling: int = 0  # days that wanted more campaigns than the ceiling allows
    under_way: dict[int, Work] = field(default_factory=dict)
    expected_yield: float = 0.0  # of a campaign, as far as is known
    _old_started: int = 0  # campaigns that have brought all they will
    _old_brought: float = 0.0
    _wanted: float = 0.0  # frauds of campaigns that should begin today
    _missing: float = 0.0  # this morning: what has not come, and what is not to be expected, of what was requested
    _due: float = 0.0  # today, of campaigns begun on earlier days, if all goes as expected
    _came: float = 0.0  # of those, so far
    _carry: float = -1.0  # part of a campaign that the days before the run still owe

    def __post_init__(self) -> None:
        self.expected_yield = self.expected_yield or self.yield_guess

    @property
    def daily(self) -> float:
        """Transactions (or value) of an average day: the guess counts like a week."""
        return (7.0 * self.daily_guess + self.base) / (7.0 + len(self.log) - self.days_before)

    def open_day(self, expected: float, factor: float = 1.0) -> None:
        """A day on which so many transactions are expected; ``factor`` is that of the timeline."""
        self._wanted = self.rate * factor * min(expected, MOST_TIMES_USUAL * self.daily)
        self._missing = self.asked - self.frauds - self._reserve_excess()
        self._due, self._came = self._expected_today(), 0.0
        self.log.append(Day(factor))

    def _recent(self) -> list[tuple[int, Day]]:
        """Days whose campaigns may still bring something, and how many days are over since each of them."""
        last = len(self.log)
        first = max(last - self.delays.longest_days - 1, 0)
        return [(last - 1 - place, self.log[place]) for place in range(first, last)]

    def _reserve_excess(self) -> float:
        """What earlier days' campaigns are still expected to bring beyond what was requested of them."""
        return sum(
            (self.expected_yield * day.started - self.rate * day.factor * day.base) * (1.0 - self.delays.share(age))
            for age, day in self._recent()
        )

    def _expected_today(self) -> float:
        """What earlier days' campaigns will bring on the day that comes, if all goes as expected."""
        share = self.delays.share
        return sum(self.expected_yield * day.started * (share(age + 1) - share(age)) for age, day in self._recent())

    def before(self, draws: Draws) -> int:
        """Campaigns to start on a day before the run: what would keep the rate if the guesses were right."""
        if self._carry < 0.0:
            self._carry = draws.next()
        self._carry += min(self._wanted / self.expected_yield, self.ceiling)
        count = int(self._carry)
        self._carry -= count
        return count

    def starts(self, over: float = 0.0, until: float = 1.0) -> int:
        """Campaigns to start now, when the share ``over`` of the day is over, to last until the share ``until``."""
        today = self.log[-1]
        if today.factor == 0.0:
            return 0
        surprise = self._came - self._due * over
        wanted = self._wanted * until + GAIN * self._missing - self._own_today() - surprise
        count = int(max(wanted, 0.0) / self.expected_yield + 0.5)
        room = max(int(self.ceiling) + 1 - today.started, 0)
        if count > room and until >= 1.0:
            self.at_ceiling += 1
        return min(count, room)

    def _own_today(self) -> float:
        """What today's campaigns have brought and are still expected to bring; those that are over bring nothing."""
        mean, later = self.expected_yield, 1.0 - self.delays.share(0)
        today = len(self.log) - 1
        waiting = [work for work in self.under_way.values() if work.began == today]
        to_come = sum(max(mean - work.brought.get(0, 0.0), later * mean) for work in waiting)
        return self.log[-1].brought + to_come

    def begin(self, campaign: int) -> None:
        self.under_way[campaign] = Work(len(self.log) - 1)
        self.log[-1].started += 1

    def approve(self, campaign: int, amount: float) -> None:
        work = self.under_way[campaign]
        age = len(self.log) - 1 - work.began
        work.brought[age] = work.brought.get(age, 0.0) + amount
        self.frauds += amount
        self._came += amount if age else 0.0
        self.log[work.began].brought += amount
        if age > self.delays.longest_days + 1:  # its day has been added up
            self._old_brought += amount

    def end(self, campaign: int) -> None:
        self.delays.learn(self.under_way.pop(campaign).brought)

    def close_day(self, base: float, *, is_before: bool = False) -> None:
        """Take in how many transactions were approved today (on days before the run, how many usually are)."""
        self.log[-1].base = base
        if is_before:
            self.frauds = 0.0
            self.days_before += 1
        else:
            self.base += base
            self.asked += self._asked_on(len(self.log) - 1)
        oldest = len(self.log) - 2 - self.delays.longest_days
        if oldest >= 0:
            self._old_started += self.log[oldest].started
            self._old_brought += self.log[oldest].brought
        self.delays.update()
        self._learn_yield()

    def _learn_yield(self) -> None:
        """The mean of campaigns that are old enough to have brought most of what they will."""
        ripe = ceil(min(self.delays.usual_days, self.delays.longest_days))
        brought, exposure = self._old_brought, float(self._old_started)
        for age, day in self._recent():
            if age >= ripe:
                brought += day.brought
                exposure += day.started * self.delays.share(age)
        guess = GUESS_WEIGHT * self.yield_guess
        self.expected_yield = max((guess + brought) / (GUESS_WEIGHT + exposure), 1e-9)

    def _asked_on(self, place: int) -> float:
        """Frauds requested on a day of the log."""
        share, today = self.delays.share, self.log[place]
        first = max(place - self.delays.longest_days, 0)
        earlier = [(place - k, self.log[k]) for k in range(first, place + 1)]
        if today.factor == 0.0:
            return sum(self.rate * day.factor * day.base * (share(age) - share(age - 1)) for age, day in earlier)
        soon = MADE_UP_DAYS
        following = sum(
            day.factor * (share(age + soon) - (share(age + soon - 1) if age else 0.0)) for age, day in earlier
        )
        return self.rate * today.base * following

    def requested(self) -> float:
        """Frauds requested in the run, with the delays as they are known at its end."""
        return sum(self._asked_on(place) for place in range(self.days_before, len(self.log)))
