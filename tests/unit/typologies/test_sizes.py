"""Sums as people name them, and counts."""

from __future__ import annotations

import pytest

from fintxsim.typologies.sizes import counted, named_sum, sum_within

QUANTILES = [(k + 0.5) / 1000 for k in range(1000)]


@pytest.mark.parametrize(
    ("wanted", "sum_"), [(17.0, 15.0), (63.2, 65.0), (420.0, 400.0), (430.0, 450.0), (2861.0, 2900.0)]
)
def test_most_sums_are_round(wanted: float, sum_: float) -> None:
    assert named_sum(wanted, 0.3) == sum_


def test_some_sums_are_whole_and_some_have_cents() -> None:
    assert named_sum(431.267, 0.7) == 431.0
    assert named_sum(431.267, 0.9) == 431.27


@pytest.mark.parametrize("wanted", [0.004, 0.3, 2.0])
def test_even_the_smallest_sum_is_one(wanted: float) -> None:
    assert min(named_sum(wanted, u) for u in QUANTILES) > 0


@pytest.mark.parametrize("most", [20.0, 99.0, 480.0, 1999.99, 25_000.0])
def test_a_sum_within_a_limit_is_nearly_all_of_it(most: float) -> None:
    sums = [sum_within(most, u) for u in QUANTILES]
    assert max(sums) <= most
    assert min(sums) > 0.8 * most


def test_round_and_whole_sums_are_as_frequent_as_in_everybodys_transfers() -> None:
    for named in (named_sum, sum_within):
        sums = [named(1234.56, u) for u in QUANTILES]
        assert sum(value % 50 == 0 for value in sums) == 620
        assert sum(value == int(value) for value in sums) == 760


@pytest.mark.parametrize("mean", [1.0, 1.5, 4.0, 12.0])
def test_counts_have_the_mean_set(mean: float) -> None:
    counts = [counted(mean, u, 1000) for u in QUANTILES]
    assert min(counts) == 1
    assert abs(sum(counts) / len(counts) - mean) < 0.02 * mean


def test_counts_have_a_ceiling() -> None:
    assert max(counted(50.0, u, 7) for u in QUANTILES) == 7
