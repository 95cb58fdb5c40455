"""How sure a value is, and what is kept of very many customers."""

from __future__ import annotations

import numpy as np
import pytest

from fintxsim.fidelity import FACTS
from fintxsim.fidelity.base import Fact, checked, interval
from fintxsim.fidelity.counts import GROUPS, Counts, groups_of
from fintxsim.fidelity.distances import split_halves
from tests.unit.fidelity.tables import measured, naive, table


def fact(name: str) -> Fact:
    return next(known for known in FACTS if known.id == name)


def found(name: str, seed: int, rows: int = 4_000) -> tuple[float, tuple[float, float]]:
    """A fact and its interval, for 400 customers, each with a scale of amounts of its own."""
    rng = np.random.default_rng(seed)
    own = rng.normal(0.0, 1.0, 400)
    customer = rng.integers(0, 400, rows)
    seen = measured(table(customer=customer, amount=np.exp(3.0 + own[customer] + 0.5 * rng.standard_normal(rows))))
    value = checked(fact(name), seen)
    ends = interval(fact(name), seen, value)
    assert ends is not None
    return value, ends


def test_intervals_are_as_wide_as_values_scatter_between_customers() -> None:
    several = [found("A1", seed) for seed in range(60)]
    scatter = float(np.std([value for value, _ in several]))
    width = float(np.mean([high - low for _, (low, high) in several]))
    assert width / (2 * 2.093) == pytest.approx(scatter, rel=0.35)


def test_intervals_hold_the_true_value_mostly() -> None:
    true = np.sqrt(1.25)
    inside = [low <= true <= high for _, (low, high) in (found("A1", seed) for seed in range(60))]
    assert sum(inside) >= 50  # 57 are expected; fewer than 50 happen once in a thousand times


def test_the_interval_of_a_ratio_is_above_zero() -> None:
    _, (low, high) = found("A2", 1, rows=500)
    assert 0.0 < low < high


def test_a_table_of_one_week_has_no_interval_of_weeks() -> None:
    seen = measured(table(time=np.datetime64("2026-01-05") + np.arange(7 * 24).astype("timedelta64[h]")))
    assert interval(fact("T1"), seen, 1.0) is None


def test_views_without_any_fraud_are_left_out() -> None:
    rows = table(
        customer=[*np.arange(3_000), *[5_000] * 1_000],
        fraud=[*[0] * 3_000, *[1] * 1_000],
        time=np.datetime64("2026-01-05") + (np.arange(4_000) % 24).astype("timedelta64[h]"),
    )
    ends = interval(fact("F6"), measured(rows), 1.0)
    assert ends is not None
    assert 0.0 < ends[0] < 1.0 < ends[1]


def test_intervals_are_the_same_every_time() -> None:
    assert found("A1", 1) == found("A1", 1)


def test_customers_are_spread_evenly_over_the_groups() -> None:
    sizes = np.bincount(groups_of(np.arange(100_000)), minlength=GROUPS)
    assert abs(sizes - 5_000).max() < 5 * np.sqrt(5_000)


def test_halves_share_no_customer_and_miss_none() -> None:
    seen = measured(naive(5_000, 30))
    for one, other in split_halves(seen):
        assert not (one.groups & other.groups).any()
        assert one.rows + other.rows == seen.rows


def test_splits_into_halves_differ() -> None:
    halves = {tuple(one.groups.tolist()) for one, _ in split_halves(measured(naive(100, 30)))}
    assert len(halves) == 5


def test_of_very_many_rows_those_of_some_customers_are_kept() -> None:
    frame = naive(20_000, 60)
    details = measured(frame, limit=6_000).details
    assert details.every == 4
    assert len(details.customer) <= 6_000
    rows = frame["customer"].value_counts()
    kept, counts = np.unique(details.customer, return_counts=True)
    assert counts.tolist() == rows[kept].tolist()


def test_a_sample_of_customers_tells_about_what_all_of_them_do() -> None:
    frame = naive(120_000, 120)
    whole, part = (checked(fact("M6"), measured(frame, limit=limit)) for limit in (1_000_000, 40_000))
    assert part == pytest.approx(whole, rel=0.05)


def test_sums_do_not_depend_on_when_they_are_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    def sums() -> tuple[list[int], list[list[float]]]:
        counts = Counts(width=2)
        for part in np.array_split(np.arange(1_000) % 37, 30):
            counts.add(part, np.ones(len(part)), part.astype(float))
        keys, numbers = counts.table()
        return keys.tolist(), numbers.tolist()

    late = sums()
    monkeypatch.setattr("fintxsim.fidelity.counts._MERGE_FROM", 5)
    assert sums() == late
    assert late[1][0] == np.bincount(np.arange(1_000) % 37).tolist()


def test_nothing_adds_up_to_nothing() -> None:
    keys, numbers = Counts(width=2).table()
    assert (keys.tolist(), numbers.shape) == ([], (2, 0))
