from __future__ import annotations

import numpy as np
import pytest

from fintxsim.leaks.cases import Cases, scrambled

NOBODY = -1


def fraud_and_group(rows: int, groups: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """The first rows are frauds, of the given groups."""
    group = np.full(rows, NOBODY, np.int64)
    group[: len(groups)] = groups
    return np.arange(rows) < len(groups), group


def test_frauds_of_a_group_lie_in_one_half() -> None:
    groups = [1] * 7 + [2] * 5 + [3] * 4 + [4] * 4
    cases = Cases(*fraud_and_group(200, groups))
    halves = {group: set(cases.half[: len(groups)][np.array(groups) == group].tolist()) for group in (1, 2, 3, 4)}
    assert all(len(half) == 1 for half in halves.values())


def test_halves_have_as_many_frauds_as_groups_allow() -> None:
    cases = Cases(*fraud_and_group(200, [1] * 7 + [2] * 5 + [3] * 4 + [4] * 4))
    assert sorted(np.bincount(cases.half[cases.frauds]).tolist()) == [9, 11]


def test_a_fraud_of_no_group_is_a_group_of_its_own() -> None:
    cases = Cases(*fraud_and_group(100, [NOBODY] * 10))
    assert (len(np.unique(cases.groups)), cases.independent) == (10, pytest.approx(10.0))


def test_about_half_of_the_genuine_rows_lie_in_each_half() -> None:
    cases = Cases(*fraud_and_group(10_000, [1, 2]))
    assert 4_700 < cases.half[2:].sum() < 5_300


def test_the_base_rate_counts_what_a_genuine_row_stands_for() -> None:
    assert Cases(*fraud_and_group(110, list(range(10))), weight=9.0).base == 10 / 910


def test_genuine_rows_are_weighted_to_the_kinds_of_the_frauds() -> None:
    fraud, group = fraud_and_group(4_000, list(range(40)))
    kind = (np.arange(4_000) % 4 == 0).astype(np.int64)  # a quarter of all rows
    kind[:40] = np.arange(40) < 36  # nine tenths of the frauds
    cases = Cases(fraud, group, levels=[kind])
    weights = cases.matched.values[~fraud]
    assert weights[kind[~fraud] == 1].sum() / weights.sum() == pytest.approx(0.9, abs=0.06)
    assert weights.sum() == pytest.approx(3_960)


def test_a_kind_without_enough_genuine_rows_is_compared_with_the_broader_one() -> None:
    fraud, group = fraud_and_group(4_000, list(range(40)))
    broad, narrow = np.zeros(4_000, np.int64), np.zeros(4_000, np.int64)
    narrow[:60] = 1  # all the frauds and 20 others
    matched = Cases(fraud, group, levels=[broad, narrow]).matched.values
    assert np.unique(np.round(matched[~fraud], 6)).tolist() == [1.0]


def test_frauds_weigh_nothing_among_the_genuine() -> None:
    fraud, group = fraud_and_group(1_000, list(range(20)))
    cases = Cases(fraud, group, levels=[np.arange(1_000) % 3])
    assert (cases.plain.values[fraud].sum(), cases.matched.values[fraud].sum()) == (0.0, 0.0)


def test_the_hash_is_splitmix64() -> None:
    """The first outputs of the generator with the seed 0, as its authors publish them."""
    assert [f"{number:016x}" for number in scrambled(np.array([1, 2])).tolist()] == [
        "e220a8397b1dcdaf",
        "6e789e6aa1b965f4",
    ]
    assert len(np.unique(scrambled(np.arange(100_000)))) == 100_000
