"""Bounds that hold for any sample, and what clustered frauds are worth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fintxsim.leaks import evidence as e


def test_all_of_n_leave_the_chance_possible_that_explains_them() -> None:
    assert e.lower_bound(1.0, 20, 10.0) == pytest.approx(math.exp(-10 / 20))


def test_none_of_n_leave_the_chance_possible_that_explains_them() -> None:
    assert e.upper_bound(0.0, 50, 10.0) == pytest.approx(1.0 - math.exp(-10 / 50))


def test_a_bound_closes_in_on_the_share_as_the_sample_grows() -> None:
    bounds = [e.lower_bound(0.3, n, 10.0) for n in (10, 100, 1_000, 10_000, 10**8)]
    assert bounds == sorted(bounds)
    assert bounds[-1] == pytest.approx(0.3, rel=1e-3)


def test_of_nothing_nothing_is_known() -> None:
    assert (e.lower_bound(0.0, 10, 5.0), e.lower_bound(0.5, 0, 5.0)) == (0.0, pytest.approx(0.0, abs=1e-9))


def test_divergence_of_equal_coins_is_nothing() -> None:
    assert e.divergence(0.2, 0.2) == pytest.approx(0.0)
    assert e.divergence(0.2, 0.0) == math.inf


@pytest.mark.parametrize("chance", [0.003, 0.05, 0.3])
@pytest.mark.parametrize("nats", [2.0, 4.0])
def test_a_bound_is_wrong_no_more_often_than_it_says(chance: float, nats: float) -> None:
    """Of 20,000 samples at most a share of exp(-nats), give or take five standard errors, lie beyond their bound."""
    samples, n = 20_000, 200
    found = np.random.default_rng(1).binomial(n, chance, samples) / n
    wrong = {share: e.lower_bound(share, n, nats) > chance for share in np.unique(found).tolist()}
    often = np.mean([wrong[share] for share in found.tolist()])
    allowed = math.exp(-nats)
    assert often <= allowed + 5 * math.sqrt(allowed * (1 - allowed) / samples)


def test_a_poisson_count_as_expected_is_no_evidence() -> None:
    assert e.poisson_nats(30, 30.0) == pytest.approx(0.0)


def test_a_count_of_none_is_evidence_as_large_as_its_expectation() -> None:
    assert e.poisson_nats(0, 25.0) == 25.0


def test_what_cannot_happen_and_does_is_all_the_evidence_there_is() -> None:
    assert (e.poisson_nats(1, 0.0), e.poisson_nats(0, 0.0)) == (math.inf, 0.0)


def test_groups_of_equal_size_count_as_many_as_they_are() -> None:
    assert e.effective(e.group_sizes(np.repeat(np.arange(7), 4))) == pytest.approx(7.0)


def test_one_large_group_counts_as_hardly_more_than_one() -> None:
    assert e.effective(e.group_sizes(np.array([1] * 100 + [2, 3]))) < 1.1


def test_no_groups_count_nothing() -> None:
    assert e.effective(np.zeros(0)) == 0.0


def test_the_best_of_many_looks_needs_more_evidence() -> None:
    assert e.nats_needed(1) == pytest.approx(math.log(1 / e.CHANCE))
    assert e.nats_needed(100) - e.nats_needed(1) == pytest.approx(math.log(100))


def test_x_log_x_of_nothing_is_nothing() -> None:
    assert e.x_log_x(np.array([0.0, 1.0, math.e])).tolist() == pytest.approx([0.0, 0.0, math.e])
