"""How many campaigns begin: at a fixed pressure, or so that a rate is kept."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, pairwise
from math import exp, log, sqrt
from statistics import NormalDist, fmean, pvariance

import pytest

from fintxsim.pacing import (
    GAIN,
    GUESS_WEIGHT,
    MADE_UP_DAYS,
    MOST_TIMES_USUAL,
    Pacer,
    Pressure,
    Proceeds,
    ceiling_per_day,
)
from fintxsim.streams import Draws

ROWS_A_DAY = 10_000.0
KEY_OF_CAMPAIGNS, KEY_OF_STARTS = 11, 12
SLICES = 6  # of a day, in which the pacer is asked


def draws(key: int, number: int, day: int = 0) -> Draws:
    return Draws(key, number, day)  # type: ignore[arg-type]


# --- pressure -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("per_day", [0.02, 1.3, 19.0, 75.0])
def test_campaigns_under_a_pressure_arrive_like_a_poisson_process(per_day: float) -> None:
    days = 4000
    counts = [Pressure(per_day).starts(draws(KEY_OF_STARTS, day)) for day in range(days)]
    mean = sum(counts) / days
    variance = sum((count - mean) ** 2 for count in counts) / days
    assert abs(mean - per_day) < 5 * sqrt(per_day / days)
    fourth = per_day * (1 + 3 * per_day)  # fourth central moment of a Poisson count
    assert abs(variance - per_day) < 5 * sqrt((fourth - per_day**2) / days)


def test_no_pressure_starts_nothing() -> None:
    assert Pressure(0.0).starts(draws(KEY_OF_STARTS, 0)) == 0


def test_the_same_draws_start_the_same_number() -> None:
    assert len({Pressure(33.3).starts(draws(KEY_OF_STARTS, 1)) for _ in range(3)}) == 1


@pytest.mark.parametrize("factor", [0.0, 0.5, 3.0])
def test_a_pressure_follows_the_timeline(factor: float) -> None:
    counts = [Pressure(10.0).starts(draws(KEY_OF_STARTS, day), factor) for day in range(2000)]
    assert abs(sum(counts) / 2000 - 10.0 * factor) <= 5 * sqrt(10.0 * factor / 2000)


# --- synthetic campaigns --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trade:
    """A kind of crime: when frauds come, in days after the start, and how many."""

    name: str
    first_days: float
    usual_days: float
    longest_days: int
    delays: Callable[[Draws, int], list[float]]  # of so many frauds
    sizes: Callable[[Draws], int]

    def campaign(self, number: int) -> list[float]:
        luck = draws(KEY_OF_CAMPAIGNS, number)
        return sorted(self.delays(luck, self.sizes(luck)))

    @cache  # noqa: B019 (there are few, and they are as old as the tests)
    def moments(self) -> tuple[float, float]:
        """Mean and variance of the number of frauds."""
        sample = [self.sizes(draws(KEY_OF_CAMPAIGNS, -number)) for number in range(1, 4001)]
        return fmean(sample), pvariance(sample)


def within(days: float, after: float = 0.0, spread: float = 0.0) -> Callable[[Draws, int], list[float]]:
    """Frauds evenly spread over some days, after a wait that differs by ``spread`` from campaign to campaign."""

    def come(luck: Draws, count: int) -> list[float]:
        begin = after + spread * luck.next()
        return [begin + days * luck.next() for _ in range(count)]

    return come


def log_normal(luck: Draws) -> float:
    """Amounts of money: mean 1, heavy tail."""
    return exp(1.2 * NormalDist().inv_cdf(luck.next()) - 0.72)


def always(count: int) -> Callable[[Draws], int]:
    return lambda _: count


def even(luck: Draws) -> int:
    return 3 + luck.below(8)


def uneven(luck: Draws) -> int:
    """One fraud to dozens: most campaigns fail early."""
    return 1 + int(-4.5 * log(luck.next()))


def heavy(luck: Draws) -> int:
    """A Pareto tail from 1 to 100."""
    return min(int(luck.next() ** (-1 / 1.3)), 100)


TRADES = (
    Trade("minutes, always five", 0.0, 0.05, 1, within(0.02), always(5)),
    Trade("minutes, one to a hundred", 0.0, 0.05, 1, within(0.02), heavy),
    Trade("hours, uneven", 0.0, 0.5, 2, within(0.5), uneven),
    Trade("days, uneven", 0.0, 5.4, 9, within(6.0), uneven),
    Trade("days, one to a hundred", 0.0, 5.4, 9, within(6.0), heavy),
    Trade("a month's wait, even", 20.0, 36.0, 45, within(10.0, after=20.0, spread=10.0), even),
    Trade("two months, even", 0.0, 54.0, 60, within(60.0), even),
    Trade("two months, always ten", 0.0, 54.0, 60, within(60.0), always(10)),
    Trade("a bust after two months, even", 50.0, 60.0, 62, within(2.0, after=50.0, spread=10.0), even),
)
BY_NAME = {trade.name: trade for trade in TRADES}


def flat(_: int) -> float:
    return ROWS_A_DAY


def on(_: int) -> float:
    return 1.0


@dataclass
class World:
    """Days of transactions and campaigns of one trade; the pacer is told what customers have in mind for the day."""

    trade: Trade
    per_day: float  # frauds requested
    seed: int = 0
    base: Callable[[int], float] = flat
    factor: Callable[[int], float] = on
    amount: Callable[[Draws], float] | None = None  # value of a fraud, mean 1; counts when None
    guess: float = 0.0  # what a campaign brings; the truth when 0
    ceiling: float = 1e9
    starts: list[int] = field(default_factory=list)  # by day of the run
    frauds: list[float] = field(default_factory=list)  # so far, at the end of each day
    asked: list[float] = field(default_factory=list)
    largest: float = 0.0  # campaign

    def __post_init__(self) -> None:
        self.mean, self.variance = self.trade.moments()
        trade = self.trade
        proceeds = Proceeds(self.guess or self.mean, trade.first_days, trade.usual_days, trade.longest_days)
        self.pace = Pacer(self.per_day / ROWS_A_DAY, ROWS_A_DAY, self.ceiling, proceeds)
        self._events: list[tuple[float, int, float, bool]] = []
        self._number = 0
        self._luck = draws(KEY_OF_STARTS, self.seed)
        for day in range(-self.trade.longest_days, 0):
            self.pace.open_day(ROWS_A_DAY, self.factor(day))
            self._begin(self.pace.before(self._luck), day, day + 1)
            self._live(day + 1)
            self.pace.close_day(ROWS_A_DAY, is_before=True)

    def live(self, days: int) -> World:
        for day in range(len(self.starts), len(self.starts) + days):
            self.pace.open_day(self.base(day), self.factor(day))
            before = self._number
            for part in range(SLICES):
                since, until = day + part / SLICES, day + (part + 1) / SLICES
                self._begin(self.pace.starts(part / SLICES, (part + 1) / SLICES), since, until)
                self._live(until)
            self.pace.close_day(self.base(day))
            self.starts.append(self._number - before)
            self.frauds.append(self.pace.frauds)
            self.asked.append(self.pace.rate * sum(self.factor(d) * self.base(d) for d in range(day + 1)))
        return self

    def _begin(self, count: float, since: float, until: float) -> None:
        for _ in range(int(count)):
            self._number += 1
            self.pace.begin(self._number)
            start = since + (until - since) * self._luck.next()
            times = self.trade.campaign(self.seed * 1_000_003 + self._number)
            amounts = [self.amount(self._luck) if self.amount else 1.0 for _ in times]
            self.largest = max(self.largest, sum(amounts))
            for k, (delay, amount) in enumerate(zip(times, amounts, strict=True)):
                heapq.heappush(self._events, (start + delay, self._number, amount, k == len(times) - 1))

    def _live(self, until: float) -> None:
        while self._events and self._events[0][0] < until:
            _, number, amount, is_last = heapq.heappop(self._events)
            self.pace.approve(number, amount)
            if is_last:
                self.pace.end(number)

    @property
    def miss(self) -> float:
        """Frauds too many (or too few) at the end."""
        return self.frauds[-1] - self.asked[-1]

    @property
    def tolerance(self) -> float:
        """5 %, or 1.96 times the square root of the expected count where that is more."""
        return max(0.05 * self.asked[-1], 1.96 * sqrt(self.asked[-1]))

    @property
    def chance(self) -> float:
        """Standard deviation, at most, of what no pacer can know: what campaigns that are under way have brought.

        Of a campaign of which the share g is expected to have come by its age, with X frauds in all, g X are expected.
        The variance of what has come is at most g (1 - g) E[X^2] (all comes at once, or nothing yet) + g^2 Var[X]. Added up
        over the campaigns of each day until all has come. What the pacer did about the same chance one delay earlier comes
        now: as much again. And rounding, up to half a campaign either way.
        """
        begun = self.per_day / self.mean
        square = self.variance + self.mean**2
        shares = [g for g in accumulate(b / self.pace.proceeds.total for b in self.pace.proceeds.by_age) if g < 0.999]
        under_way = sum(g * (1.0 - g) * square + g * g * self.variance for g in shares)
        today = self.variance / SLICES
        return sqrt(begun * (2.0 * under_way + today) + self.mean**2 / 12.0)


# --- a thousand worlds ----------------------------------------------------------------------------------

WORLDS = 1000
ASKED = (4.0, 20.0, 60.0)  # frauds a day


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    """A month of quick trades, two of slow ones; the rate differs from world to world."""
    made = []
    for seed in range(WORLDS):
        trade = TRADES[seed % len(TRADES)]
        days = 30 if trade.longest_days < 10 else 60
        made.append(World(trade, ASKED[seed // len(TRADES) % len(ASKED)], seed=seed).live(days))
    return made


def test_a_rate_is_missed_by_no_more_than_a_campaign_and_the_chance_of_those_under_way(worlds: list[World]) -> None:
    """Five standard deviations, worked out from delays and sizes of the campaigns; see ``World.chance``."""
    missed = [(w.trade.name, w.seed, w.miss) for w in worlds if abs(w.miss) > w.largest + 5.0 * w.chance]
    assert missed == []


def test_nineteen_of_twenty_rates_are_reached_within_the_tolerance(worlds: list[World]) -> None:
    """Within 5 %, or 1.96 times the square root of the expected count where that is more, whatever delays and sizes."""
    outside = sum(abs(world.miss) > world.tolerance for world in worlds)
    assert outside <= 0.05 * WORLDS + 5.0 * sqrt(0.05 * 0.95 * WORLDS)


@pytest.mark.parametrize("name", BY_NAME)
def test_rates_are_not_missed_on_one_side(worlds: list[World], name: str) -> None:
    """On average the miss is less than half a campaign and five standard errors; rounding and first guesses are in it."""
    mine = [world for world in worlds if world.trade.name == name]
    error = sqrt(fmean([world.chance**2 for world in mine]) / len(mine))
    assert abs(fmean([world.miss for world in mine])) < mine[0].mean / 2.0 + 5.0 * error


def test_no_more_than_a_campaign_too_many_comes_when_all_bring_the_same() -> None:
    for per_day in (0.3, 4.0, 20.0, 60.0):
        world = World(BY_NAME["minutes, always five"], per_day).live(40)
        excess = [came - asked for came, asked in zip(world.frauds, world.asked, strict=True)]
        assert max(excess) <= 5.0


@pytest.mark.parametrize("days", [1, 2, 3, 5])
def test_very_short_runs_overshoot_by_no_more_than_the_largest_campaign(days: int) -> None:
    quick = [World(BY_NAME["hours, uneven"], 20.0, seed=seed).live(days) for seed in range(100)]
    assert [w.seed for w in quick if w.miss > w.largest + 2.0 * w.chance] == []
    assert sum(w.miss > w.tolerance for w in quick) <= 0.05 * 100 + 5.0 * sqrt(0.05 * 0.95 * 100)


def test_a_rate_of_less_than_one_campaign_starts_at_most_one_in_the_whole_run() -> None:
    world = World(BY_NAME["minutes, always five"], 0.01).live(30)
    assert sum(world.starts) <= 1


# --- days that are not like others ----------------------------------------------------------------------


def weekly(day: int) -> float:
    return ROWS_A_DAY * (0.5 if day % 7 > 4 else 1.5 + day / 100)


def with_first_of_month(day: int) -> float:
    """Fees and interest are posted to everybody on the first."""
    return ROWS_A_DAY * (1.9 if day % 30 == 0 else 0.97)


def with_pay_day(day: int) -> float:
    """In money, pay day is five ordinary days."""
    return ROWS_A_DAY * (5.5 if day % 30 == 25 else 0.85)


@pytest.mark.parametrize("base", [weekly, with_first_of_month, with_pay_day])
@pytest.mark.parametrize("name", ["hours, uneven", "days, uneven"])
def test_the_rate_is_kept_however_much_days_differ(base: Callable[[int], float], name: str) -> None:
    for seed in range(10):
        world = World(BY_NAME[name], 20.0, seed=seed, base=base).live(60)
        assert abs(world.miss) <= max(world.tolerance, world.largest + 3.0 * world.chance)


def test_the_first_of_the_month_has_as_much_fraud_for_its_transactions_as_other_days() -> None:
    worlds = [World(BY_NAME["minutes, always five"], 60.0, seed=s, base=with_first_of_month).live(61) for s in range(3)]
    for world in worlds:
        by_day = [after - before for before, after in pairwise([0.0, *world.frauds])]
        shares = [frauds / with_first_of_month(day) for day, frauds in enumerate(by_day)]
        assert min(shares[30], shares[60]) > 0.8 * fmean(shares)


def test_no_day_is_asked_for_more_than_a_few_times_the_usual() -> None:
    def once(day: int) -> float:
        return ROWS_A_DAY * (100.0 if day == 20 else 1.0)

    world = World(BY_NAME["minutes, always five"], 20.0, base=once).live(21)
    usual = fmean(world.starts[5:20])
    assert world.starts[20] <= MOST_TIMES_USUAL * usual + 2


def test_amounts_of_money_with_a_heavy_tail_are_paced_like_counts() -> None:
    """A fraud's value has a standard deviation of 1.8 times its mean; a campaign's follows from that."""
    trade = BY_NAME["hours, uneven"]
    for seed in range(20):
        world = World(trade, 20.0, seed=seed, amount=log_normal).live(60)
        spread = sqrt(20.0 / world.mean * (world.variance + world.mean * (exp(1.44) - 1.0)))  # of a day's campaigns
        assert abs(world.miss) <= max(world.tolerance, world.largest + 3.0 * spread)


def test_starts_are_even_when_nothing_changes() -> None:
    world = World(BY_NAME["minutes, always five"], 60.0).live(30)
    assert all(abs(after - before) <= 2 for before, after in pairwise(world.starts[3:]))


# --- what is learned ------------------------------------------------------------------------------------


def test_before_anything_is_known_the_guesses_count() -> None:
    proceeds = Proceeds(8.0, 1.0, 4.0, 6)
    assert proceeds.total == pytest.approx(8.0)
    come = list(accumulate(proceeds.by_age))
    assert come[0] == 0.0
    assert come[1] == pytest.approx(8.0 * 0.9 * 0.5 / 3.0)  # at the age of a day and a half
    assert come[4] == pytest.approx(8.0 * (0.9 + 0.1 * 0.5 / 2.0))
    assert come[6] == pytest.approx(8.0)


def test_guesses_of_days_that_coincide_are_possible() -> None:
    assert Proceeds(3.0, 0.0, 0.0, 0).by_age == [pytest.approx(3.0)]
    assert sum(Proceeds(3.0, 2.0, 2.0, 2).by_age) == pytest.approx(3.0)


def test_the_guess_counts_like_a_few_campaigns_of_each_age() -> None:
    proceeds = Proceeds(8.0, 1.0, 4.0, 6)
    guess = proceeds.by_age[2]
    proceeds.brought[2], proceeds.campaigns[2] = 60.0, 20
    proceeds.learn()
    assert proceeds.by_age[2] == pytest.approx((GUESS_WEIGHT * guess + 60.0) / (GUESS_WEIGHT + 20))


@pytest.mark.parametrize("name", ["hours, uneven", "days, uneven", "two months, even"])
@pytest.mark.parametrize("wrong", [0.5, 2.0])
def test_what_campaigns_bring_and_when_is_learned(name: str, wrong: float) -> None:
    trade = BY_NAME[name]
    mean, variance = trade.moments()
    world = World(trade, 20.0, guess=wrong * mean).live(90)
    error = sqrt(variance / (20.0 / mean * 90))
    assert abs(world.pace.proceeds.total - mean) < 5.0 * error + 0.05 * mean
    assert world.pace.proceeds.mean_days == pytest.approx(sum(trade.campaign(1)) / len(trade.campaign(1)), abs=35.0)


def test_a_wrong_first_guess_is_made_up_for_in_time() -> None:
    for wrong in (0.5, 2.0):
        world = World(BY_NAME["days, uneven"], 20.0, guess=wrong * 5.0).live(40)
        assert abs(world.miss) <= world.tolerance


def test_the_pacer_learns_the_volume_of_a_day() -> None:
    world = World(BY_NAME["hours, uneven"], 20.0, base=lambda _: 3.0 * ROWS_A_DAY).live(90)
    assert world.pace.daily == pytest.approx(3.0 * ROWS_A_DAY, rel=0.06)


def test_a_longer_run_begins_with_the_shorter_one() -> None:
    short, long = (World(BY_NAME["days, uneven"], 20.0).live(days) for days in (10, 30))
    assert long.starts[:10] == short.starts


# --- its parts ------------------------------------------------------------------------------------------


def pacer(rate: float = 0.005, guess: float = 5.0, ceiling: float = 1e9, longest: int = 0) -> Pacer:
    """A pacer whose campaigns bring all on their first day, unless they last longer."""
    return Pacer(rate, ROWS_A_DAY, ceiling, Proceeds(guess, 0.0, float(longest), longest))


def test_a_day_is_given_what_it_needs() -> None:
    pace = pacer()
    pace.open_day(ROWS_A_DAY)
    assert pace.starts() == 10


def test_what_is_missing_is_made_up_for_in_part() -> None:
    pace = pacer()
    pace.open_day(ROWS_A_DAY)
    pace.close_day(ROWS_A_DAY)
    pace.open_day(ROWS_A_DAY)
    assert pace.starts() == 10 + int(10 * GAIN)


def test_starts_never_become_negative_when_there_was_too_much() -> None:
    pace = pacer()
    pace.open_day(ROWS_A_DAY)
    pace.begin(1)
    pace.approve(1, 5000.0)
    pace.close_day(ROWS_A_DAY)
    pace.open_day(ROWS_A_DAY)
    assert pace.starts() == 0


def test_campaigns_begun_today_count_until_they_are_over() -> None:
    pace = pacer()
    pace.open_day(ROWS_A_DAY)
    for number in range(4):
        pace.begin(number)
    assert pace.starts() == 6
    pace.end(0)  # and has brought nothing
    assert pace.starts() == 7


def test_a_campaign_that_has_brought_more_than_expected_is_not_waited_for() -> None:
    pace = pacer()
    pace.open_day(ROWS_A_DAY)
    pace.begin(0)
    pace.approve(0, 25.0)
    assert pace.starts() == 5


def test_days_before_the_run_start_a_steady_stream() -> None:
    pace, luck = pacer(), draws(KEY_OF_STARTS, 9)
    counts = []
    for _ in range(20):
        pace.open_day(pace.daily_guess)
        counts.append(int(pace.before(luck)))
        for number in range(counts[-1]):
            pace.begin(100 * len(counts) + number)
            pace.approve(100 * len(counts) + number, 5.0)
        pace.close_day(pace.daily_guess, is_before=True)
    assert set(counts) == {10}
    assert (pace.frauds, pace.base, pace.days_before) == (0.0, 0.0, 20)


def test_days_before_the_run_keep_to_the_ceiling() -> None:
    pace = pacer(ceiling=3.0)
    pace.open_day(pace.daily_guess)
    assert pace.before(draws(KEY_OF_STARTS, 9)) <= 3 + 1


def test_what_comes_later_than_ever_expected_still_counts() -> None:
    pace = pacer(longest=2)
    pace.open_day(ROWS_A_DAY)
    pace.begin(1)
    for _ in range(6):
        pace.close_day(ROWS_A_DAY)
        pace.open_day(ROWS_A_DAY)
    pace.approve(1, 7.0)
    assert (pace.frauds, pace.proceeds.brought[-1]) == (7.0, 7.0)


# --- ceilings -------------------------------------------------------------------------------------------


def test_campaigns_that_bring_nothing_lead_to_the_ceiling_which_is_counted_and_kept() -> None:
    pace = pacer(ceiling=25.0)
    counts = []
    for day in range(60):
        pace.open_day(ROWS_A_DAY)
        counts.append(pace.starts())
        for number in range(counts[-1]):
            pace.begin(100 * day + number)
            pace.end(100 * day + number)
        pace.close_day(ROWS_A_DAY)
    assert pace.at_ceiling > 40
    assert max(counts) == 26
    assert pace.frauds == 0


def test_a_rate_within_reach_is_never_at_the_ceiling() -> None:
    assert World(BY_NAME["hours, uneven"], 20.0, ceiling=100.0).live(60).pace.at_ceiling == 0


def test_a_bank_of_any_size_has_room_for_a_campaign_a_day() -> None:
    assert (ceiling_per_day(1), ceiling_per_day(1_000_000)) == (1.0, 20_000.0)


# --- timelines ------------------------------------------------------------------------------------------


def window(day: int) -> float:
    """Off, on, three times as much for a week, on, off."""
    return 0.0 if not 10 <= day < 40 else 3.0 if 20 <= day < 27 else 1.0


@pytest.mark.parametrize("name", BY_NAME)
def test_nothing_begins_while_the_factor_is_zero(name: str) -> None:
    world = World(BY_NAME[name], 20.0, factor=window).live(60)
    assert [day for day, count in enumerate(world.starts) if count and not window(day)] == []
    assert sum(world.starts) > 0


@pytest.mark.parametrize("name", ["hours, uneven", "days, uneven"])
def test_the_rate_is_kept_while_a_quick_trade_is_on(name: str) -> None:
    for seed in range(10):
        world = World(BY_NAME[name], 20.0, seed=seed, factor=window).live(40)
        assert abs(world.miss) <= max(world.tolerance, world.largest + 3.0 * world.chance)


def test_a_wave_has_as_many_more_campaigns_as_its_factor_says() -> None:
    worlds = [World(BY_NAME["hours, uneven"], 20.0, seed=seed, factor=window).live(40) for seed in range(20)]
    wave = fmean([fmean(world.starts[20:27]) for world in worlds])
    rest = fmean([fmean(world.starts[12:20]) for world in worlds])
    assert 2.5 < wave / rest < 3.5


@pytest.mark.parametrize("name", BY_NAME)
def test_what_comes_after_the_end_is_part_of_what_was_requested(name: str) -> None:
    """Slow trades bring most of it then: what is requested of them is what can come."""
    for seed in range(5):
        world = World(BY_NAME[name], 20.0, seed=seed, factor=window).live(110)
        requested = world.pace.requested()
        assert abs(world.frauds[-1] - requested) <= max(0.15 * requested, world.largest + 3.0 * world.chance)


def test_a_slow_trade_that_begins_brings_no_flood_of_campaigns() -> None:
    def begins(day: int) -> float:
        return float(day >= 10)

    world = World(BY_NAME["two months, even"], 20.0, factor=begins).live(40)
    steady = 20.0 / world.mean
    assert sum(world.starts) < (30 + 3 * MADE_UP_DAYS) * steady


def test_a_pause_is_not_made_up_for() -> None:
    def pausing(day: int) -> float:
        return 0.0 if 20 <= day < 30 else 1.0

    world = World(BY_NAME["hours, uneven"], 20.0, factor=pausing).live(35)
    assert fmean(world.starts[31:]) < 1.5 * fmean(world.starts[10:20])


def test_nothing_is_learned_of_a_day_on_which_not_everything_was_lived() -> None:
    pacer = Pacer(0.01, ROWS_A_DAY, 100.0, Proceeds(5.0, 0.0, 2.0, 10))
    pacer.open_day(ROWS_A_DAY)
    pacer.begin(1)
    pacer.approve(1, 4.0)
    expected = list(pacer.proceeds.by_age)
    pacer.close_day(ROWS_A_DAY, is_before=True, is_whole=False)
    assert pacer.proceeds.by_age == expected
    assert not any(pacer.proceeds.brought)
