from __future__ import annotations

import numpy as np
import pytest

from fintxsim.leaks.bins import Bins, binned
from fintxsim.leaks.frames import Numbers, Words
from fintxsim.leaks.trees import Tree, best_cut, by_rate, leaves_of_bins, smoothed


def floats(*values: float) -> np.ndarray:
    return np.array(values, float)


def test_few_rows_are_drawn_towards_the_share_in_all() -> None:
    """Fifty rows at the base rate of .01 are added to each bin."""
    few, many = smoothed(floats(1, 99), floats(0, 9_900)).tolist()
    assert (few, many) == (pytest.approx(1.5 / 51), pytest.approx(99.5 / 10_049))


def test_the_best_cut_parts_frauds_from_genuine_rows() -> None:
    cut, gain = best_cut(floats(0, 0, 20, 20), floats(500, 500, 10, 10))
    assert cut == 2
    assert gain > 50


def test_nothing_is_cut_where_there_is_one_bin() -> None:
    assert best_cut(floats(3), floats(5)) == (0, 0.0)


def test_a_bin_with_few_rows_is_not_cut_off() -> None:
    assert best_cut(floats(2, 0), floats(0, 900)) == (0, 0.0)


def test_leaves_of_ordered_bins_are_neighbours() -> None:
    leaf = leaves_of_bins(floats(0, 0, 40, 40, 0, 0), floats(500, 500, 50, 50, 500, 500), is_ordered=True)
    assert leaf[2] == leaf[3] == 0
    assert {0} == set(leaf[[2, 3]].tolist())
    assert 0 not in leaf[[0, 1, 4, 5]]


def test_leaves_of_words_hold_the_words_of_like_frauds() -> None:
    leaf = leaves_of_bins(floats(40, 0, 40, 0), floats(50, 900, 50, 900), is_ordered=False)
    assert leaf.tolist() == [0, 1, 0, 1]


def test_a_column_that_tells_nothing_has_one_leaf() -> None:
    assert set(leaves_of_bins(floats(10, 10, 10), floats(990, 990, 990), is_ordered=True).tolist()) == {0}


def test_the_most_fraudulent_leaf_comes_first() -> None:
    place = by_rate(np.array([0, 1, 2]), floats(1, 50, 5), floats(999, 950, 995))
    assert place.tolist() == [2, 0, 1]


def two_columns() -> tuple[list[Bins], np.ndarray]:
    """Fraud where a number is at least 5 and a word is b."""
    rng = np.random.default_rng(1)
    numbers, words = rng.integers(0, 10, 5_000), rng.integers(0, 3, 5_000)
    columns = [binned(Numbers(numbers.astype(float))), binned(Words(words.astype(np.int32), ["a", "b", "c"]))]
    return columns, ((numbers >= 5) & (words == 1)).astype(float)


def test_a_tree_over_columns_finds_a_conjunction() -> None:
    columns, fraud = two_columns()
    tree = Tree(columns, np.arange(5_000), fraud, 1.0 - fraud)
    leaf = tree.leaf_of(np.arange(5_000))
    pure = {number: set(fraud[leaf == number].tolist()) for number in range(tree.leaves)}
    assert all(len(values) == 1 for values in pure.values())


def test_the_path_to_a_leaf_holds_for_its_rows_alone() -> None:
    columns, fraud = two_columns()
    tree = Tree(columns, np.arange(5_000), fraud, 1.0 - fraud)
    leaf = tree.leaf_of(np.arange(5_000))
    for number in range(tree.leaves):
        holds = np.ones(5_000, bool)
        for at, bins in tree.path(number):
            holds &= bins[columns[at].codes]
        assert np.array_equal(holds, leaf == number)


def test_a_tree_without_anything_to_ask_is_one_leaf() -> None:
    columns, _ = two_columns()
    fraud = (np.arange(5_000) % 100 == 0).astype(float)
    tree = Tree([columns[0]], np.arange(200), fraud, 1.0 - fraud)
    assert (tree.leaves, tree.path(0)) == (1, [])
