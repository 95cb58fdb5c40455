from __future__ import annotations

import numpy as np

from fintxsim.leaks.bins import Bins, binned
from fintxsim.leaks.frames import Numbers, Words
from fintxsim.leaks.kinds import can_name_kinds, kinds, split

ROWS = 6_000


def words(codes: np.ndarray, count: int) -> Bins:
    return binned(Words(codes.astype(np.int32), [f"w{i}" for i in range(count)]))


def test_the_column_that_says_where_frauds_are_names_the_kinds() -> None:
    rng = np.random.default_rng(1)
    channel, noise = rng.integers(0, 4, ROWS), rng.integers(0, 4, ROWS)
    fraud = (channel == 2) & (rng.random(ROWS) < 0.1)
    (level,) = kinds([words(noise, 4), words(channel, 4)], fraud)
    assert np.array_equal(level, channel)


def test_columns_that_say_nothing_name_no_kinds() -> None:
    rng = np.random.default_rng(2)
    assert kinds([words(rng.integers(0, 30, ROWS), 30)], rng.random(ROWS) < 0.02) == []


def test_a_second_column_splits_the_kinds_of_the_first() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.integers(0, 2, ROWS), rng.integers(0, 2, ROWS)
    fraud = (one == 1) & (rng.random(ROWS) < np.where(other == 1, 0.3, 0.1))
    broad, narrow = kinds([words(one, 2), words(other, 2)], fraud)
    assert len(np.unique(narrow)) == 4
    assert len(np.unique(np.stack([broad, narrow]), axis=1).T) == 4


def test_kinds_begin_with_the_level_that_is_given() -> None:
    first = np.arange(ROWS) % 5
    levels = kinds([], np.zeros(ROWS, bool), first)
    assert [level is first for level in levels] == [True]


def test_kinds_are_numbered_without_gaps() -> None:
    kind = split(np.array([0, 0, 7, 7]), words(np.array([0, 3, 0, 3]), 4))
    assert kind.tolist() == [0, 1, 2, 3]


def test_only_a_column_of_few_words_can_name_kinds() -> None:
    few, many = words(np.arange(ROWS) % 60, 60), words(np.arange(ROWS) % 70, 70)
    amount, code = binned(Numbers(np.arange(ROWS) * 0.5)), binned(Numbers(np.arange(ROWS) % 3.0))
    assert [can_name_kinds(bins) for bins in (few, many, amount, code)] == [True, False, False, True]
