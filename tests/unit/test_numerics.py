"""The package's own exp, log, normal quantile and Poisson counts against the standard library's."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fintxsim.numerics import exp, log, normal_quantile, poisson

ANY_TIME = settings(deadline=None)  # the first call compiles
MOST = 60  # the largest Poisson count
UNIFORMS = st.integers(0, 2**52 - 1).map(lambda n: (n + 0.5) * 2.0**-52)  # every value that a draw can take
MEANS = st.floats(0.0, 30.0)
POSITIVE_NORMAL = st.floats(2.0**-1022, 1.7e308)


def inverted(u: float, mean: float) -> int:
    """The count by adding up probabilities from 0 on, without a shortcut."""
    p = exp(-mean)
    cumulative, count = p, 0
    while u > cumulative and count < MOST:
        count += 1
        p *= mean / count
        cumulative += p
    return count


def cumulative_probability(count: int, mean: float) -> float:
    terms = (mean**k / math.factorial(k) for k in range(count + 1))
    return math.exp(-mean) * math.fsum(terms)


# --- exp and log


@ANY_TIME
@given(st.floats(-700.0, 700.0))
def test_exp_is_good_to_twelve_digits(x: float) -> None:
    assert exp(x) == pytest.approx(math.exp(x), rel=1e-12, abs=0.0)


@ANY_TIME
@given(st.floats(max_value=-700.0, exclude_max=True))
def test_exp_is_zero_far_below(x: float) -> None:
    assert exp(x) == 0.0


@ANY_TIME
@given(st.floats(min_value=700.0))
def test_exp_stays_finite_far_above(x: float) -> None:
    assert exp(x) == exp(700.0)


@ANY_TIME
@given(POSITIVE_NORMAL)
def test_log_is_good_to_twelve_decimals(x: float) -> None:
    assert log(x) == pytest.approx(math.log(x), rel=0.0, abs=1e-12)


@ANY_TIME
@given(st.integers(-1022, 1023))
def test_log_of_powers_of_two_is_a_multiple_of_ln_2(k: int) -> None:
    assert log(2.0**k) == pytest.approx(k * math.log(2.0), rel=0.0, abs=1e-12)


def test_exp_of_nothing_and_log_of_one_are_exact() -> None:
    assert (exp(0.0), log(1.0)) == (1.0, 0.0)


# --- the normal quantile


@ANY_TIME
@given(UNIFORMS)
def test_normal_quantile_is_good_to_nine_digits(u: float) -> None:
    assert normal_quantile(u) == pytest.approx(NormalDist().inv_cdf(u), rel=1.2e-9, abs=1e-15)


@ANY_TIME
@given(UNIFORMS)
def test_normal_quantile_is_symmetric(u: float) -> None:
    assert normal_quantile(1.0 - u) == -normal_quantile(u)


@pytest.mark.parametrize("seam", [0.02425, 0.5, 0.97575])
def test_normal_quantile_rises_across_the_seams_of_its_parts(seam: float) -> None:
    around = [seam + k * 1e-8 for k in range(-5, 6)]
    quantiles = [normal_quantile(u) for u in around]
    assert quantiles == sorted(quantiles)


# --- Poisson counts


@ANY_TIME
@given(UNIFORMS, MEANS)
def test_poisson_is_the_smallest_count_whose_cumulative_probability_reaches_the_draw(u: float, mean: float) -> None:
    count = poisson(u, mean)
    assert count == MOST or cumulative_probability(count, mean) >= u - 1e-9
    assert count == 0 or cumulative_probability(count - 1, mean) <= u + 1e-9


@ANY_TIME
@given(UNIFORMS, MEANS)
def test_the_shortcut_to_zero_changes_no_count(u: float, mean: float) -> None:
    assert poisson(u, mean) == inverted(u, mean)


@ANY_TIME
@given(MEANS.filter(lambda mean: 0.0 < mean < 1.0))
def test_the_shortcut_changes_nothing_at_its_very_edge(mean: float) -> None:
    edge = 1.0 - mean
    for u in (math.nextafter(edge, 0.0), edge, math.nextafter(edge, 1.0)):
        assert poisson(u, mean) == inverted(u, mean)


@ANY_TIME
@given(UNIFORMS)
def test_nothing_is_expected_of_a_mean_of_zero(u: float) -> None:
    assert poisson(u, 0.0) == 0


@ANY_TIME
@given(UNIFORMS, st.floats(0.0, 500.0))
def test_poisson_counts_end_at_sixty(u: float, mean: float) -> None:
    assert 0 <= poisson(u, mean) <= MOST


@ANY_TIME
@given(UNIFORMS, UNIFORMS, MEANS)
def test_a_higher_draw_never_gives_a_lower_count(one: float, other: float, mean: float) -> None:
    low, high = sorted((one, other))
    assert poisson(low, mean) <= poisson(high, mean)
