"""How many campaigns begin: at a fixed pressure, or so that a rate is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from math import sqrt

import pytest

from fintxsim.numerics import poisson
from fintxsim.pacing import CATCH_UP_DAYS, Pacer, Pressure
from fintxsim.streams import Draws

ROWS_A_DAY = 10_000.0
KEY_OF_NOISE, KEY_OF_STARTS = 11, 12


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


# --- a toy world for the pacer --------------------------------------------------------------------------


def pacer(rate: float = 0.005, guess: float = 5.0, ceiling: float = 1e9) -> Pacer:
    return Pacer(rate=rate, yield_guess=guess, daily_guess=ROWS_A_DAY, ceiling=ceiling)


def noisy(mean: float) -> Callable[[int], int]:
    """Yields of campaigns: many bring nothing, a few bring much."""

    def of(campaign: int) -> int:
        u = draws(KEY_OF_NOISE, campaign)
        return int(poisson(u.next(), mean * 2.0 * u.next()))

    return of


@dataclass
class Toy:
    """Days of transactions; a campaign brings its yield evenly over ``lasts`` days, the first of them at once."""

    pace: Pacer
    yields: Callable[[int], int]
    lasts: int = 1
    rows: Callable[[int], float] = lambda _: ROWS_A_DAY
    shares: list[float] = field(default_factory=list)  # frauds per transaction so far, at the end of each day
    starts: list[int] = field(default_factory=list)
    left: dict[int, list[int]] = field(default_factory=dict)

    def live(self, days: int) -> Toy:
        for day in range(len(self.shares), len(self.shares) + days):
            self._start()
            self.pace.close_day(self.rows(day), float(self._act()))
            self.shares.append(self.pace.frauds / self.pace.base)
        return self

    def _start(self) -> None:
        self.starts.append(self.pace.starts())
        for _ in range(self.starts[-1]):
            number = self.pace.started
            self.pace.begin(number)
            brings = self.yields(number)
            self.left[number] = [brings * (k + 1) // self.lasts - brings * k // self.lasts for k in range(self.lasts)]

    def _act(self) -> int:
        today = 0
        for number in list(self.left):
            brought = self.left[number].pop(0)
            self.pace.approve(number, float(brought))
            today += brought
            if not self.left[number]:
                del self.left[number]
                self.pace.end(number)
        return today


@pytest.mark.parametrize("true_yield", [1.0, 5.0, 20.0])
@pytest.mark.parametrize("lasts", [1, 4])
def test_the_pacer_keeps_the_rate_whatever_campaigns_bring(true_yield: float, lasts: int) -> None:
    toy = Toy(pacer(), noisy(true_yield), lasts).live(90)
    assert toy.shares[-1] == pytest.approx(0.005, rel=0.05)


def test_the_pacer_follows_a_volume_that_grows_and_falls() -> None:
    def season(day: int) -> float:
        return ROWS_A_DAY * (0.5 if day % 7 > 4 else 1.5 + day / 100)

    toy = Toy(pacer(), noisy(5.0), lasts=3, rows=season).live(90)
    assert toy.shares[-1] == pytest.approx(0.005, rel=0.05)


def test_campaigns_that_bring_what_was_expected_never_overshoot_by_more_than_one() -> None:
    toy = Toy(pacer(guess=7.0), lambda _: 7).live(60)
    assert all(share * ROWS_A_DAY * (day + 1) <= 50 * (day + 1) + 7 for day, share in enumerate(toy.shares))


def test_a_rate_of_less_than_one_campaign_starts_at_most_one_in_the_whole_run() -> None:
    toy = Toy(pacer(rate=1e-6, guess=5.0), lambda _: 5).live(30)
    assert sum(toy.starts) <= 1


def test_noisy_yields_overshoot_by_no_more_than_the_chance_of_a_day() -> None:
    yields = noisy(5.0)
    toy = Toy(pacer(), yields).live(90)
    largest = max(map(yields, range(toy.pace.started)))
    excess = [share * ROWS_A_DAY * (day + 1) - 50 * (day + 1) for day, share in enumerate(toy.shares)]
    typical = 5 * sqrt(10 * 5**2 * 1.5)  # 5 standard deviations of what ten campaigns of a day bring
    assert max(excess[10:]) <= max(largest, typical)


def test_the_pacer_learns_what_a_campaign_brings() -> None:
    toy = Toy(pacer(guess=2.0), lambda _: 11).live(90)
    assert toy.pace.expected_yield == pytest.approx(11.0, rel=0.05)


def test_before_anything_is_known_the_guess_counts() -> None:
    assert pacer(guess=3.0).expected_yield == 3.0
    assert pacer().daily == ROWS_A_DAY


def test_the_pacer_learns_the_volume_of_a_day() -> None:
    toy = Toy(pacer(), lambda _: 5, rows=lambda _: 3 * ROWS_A_DAY).live(90)
    assert toy.pace.daily == pytest.approx(3 * ROWS_A_DAY, rel=0.06)


# --- its limits -----------------------------------------------------------------------------------------


def test_campaigns_that_bring_nothing_lead_to_the_ceiling_which_is_counted() -> None:
    toy = Toy(pacer(ceiling=25.0), lambda _: 0).live(60)
    assert toy.pace.at_ceiling > 0
    assert toy.pace.frauds == 0


def test_the_ceiling_is_kept_to_one_campaign() -> None:
    toy = Toy(pacer(ceiling=25.0), lambda _: 0).live(60)
    assert max(toy.starts) <= 26


def test_a_rate_within_reach_is_never_at_the_ceiling() -> None:
    assert Toy(pacer(ceiling=100.0), lambda _: 5).live(60).pace.at_ceiling == 0


def test_the_open_loop_stays_below_the_ceiling() -> None:
    assert pacer(ceiling=3.0).open_loop().per_day == 3.0


def test_the_open_loop_keeps_the_rate_if_the_guesses_are_right() -> None:
    assert pacer(rate=0.005, guess=5.0).open_loop().per_day == pytest.approx(0.005 * ROWS_A_DAY / 5.0)


def test_starts_never_become_negative_when_there_was_too_much() -> None:
    pace = pacer()
    pace.close_day(ROWS_A_DAY, 5000.0)
    assert pace.starts() == 0


def test_campaigns_under_way_count_towards_what_is_missing() -> None:
    pace = pacer()
    idle = pace.starts()
    for number in range(2 * int(CATCH_UP_DAYS)):
        pace.begin(number)
    assert pace.starts() == idle - 2


def test_the_steady_stock_of_campaigns_from_before_the_first_day_is_not_counted_as_excess() -> None:
    with_stock, without = pacer(), pacer()
    for number in range(10):
        with_stock.begin(number)
    assert with_stock.starts() == without.starts()


def test_what_a_campaign_has_brought_is_no_longer_expected() -> None:
    pace = pacer(guess=8.0)
    pace.begin(0)
    before = pace.under_way()
    pace.approve(0, 3.0)
    assert before - pace.under_way() == 3.0


def test_values_of_money_are_paced_like_counts() -> None:
    euros = 100.0
    count = Toy(pacer(guess=5.0), lambda _: 5).live(20)
    pace = Pacer(rate=0.005, yield_guess=5.0 * euros, daily_guess=ROWS_A_DAY * euros, ceiling=1e9)
    value = Toy(pace, lambda _: int(5 * euros), rows=lambda _: ROWS_A_DAY * euros).live(20)
    assert value.starts == count.starts


def test_starts_are_even_when_nothing_changes() -> None:
    toy = Toy(pacer(guess=5.0), lambda _: 5).live(30)
    assert all(abs(after - before) <= 1 for before, after in pairwise(toy.starts))
