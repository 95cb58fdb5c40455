from __future__ import annotations

import numpy as np
import pytest

from fintxsim.leaks.bins import Bins, binned
from fintxsim.leaks.frames import Numbers, Words, written_day

ALL = slice(None)


def numbers(*values: float) -> Bins:
    return binned(Numbers(np.array(values, float)))


def text_of(bins: Bins, rows: object) -> str:
    """The condition of the bins that some rows lie in."""
    chosen = np.zeros(bins.count, bool)
    chosen[bins.codes[rows]] = True
    return bins.text("x", chosen, np.bincount(bins.codes, minlength=bins.count).astype(float))


def test_few_numbers_have_a_bin_each() -> None:
    bins = numbers(3, 1, 3, 7)
    assert (bins.codes.tolist(), bins.count, bins.is_exact) == ([2, 1, 2, 3], 4, True)


def test_nulls_are_in_the_first_bin() -> None:
    assert numbers(1, np.nan, 2).codes.tolist() == [1, 0, 2]
    assert binned(Words(np.array([0, -1, 1], np.int32), ["a", "b"])).codes.tolist() == [1, 0, 2]


def test_many_numbers_share_bins_of_about_the_same_size() -> None:
    bins = binned(Numbers(np.random.default_rng(1).normal(size=50_000)))
    sizes = np.bincount(bins.codes)
    assert not bins.is_exact
    assert 200 < bins.count < 260
    assert sizes.max() < 0.02 * 50_000


def test_bins_are_finer_at_both_ends() -> None:
    sizes = np.bincount(binned(Numbers(np.arange(100_000.0))).codes)[1:]
    assert [sizes[:3].max() < 30, sizes[-4:].max() < 60, 400 < np.median(sizes) < 600] == [True] * 3


def test_a_number_that_is_often_there_has_a_bin_of_its_own() -> None:
    values = np.concatenate([np.zeros(5_000), np.random.default_rng(1).uniform(0.5, 9, 5_000)])
    bins = binned(Numbers(values))
    own = bins.codes[0]
    assert (bins.codes == own).sum() == 5_000


def test_bins_do_not_depend_on_the_order_of_rows() -> None:
    values = np.random.default_rng(1).normal(size=2_000)
    assert np.array_equal(binned(Numbers(values)).codes, binned(Numbers(values[::-1])).codes[::-1])


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([0], "x == 1"),
        ([0, 1], "x <= 2"),
        ([1, 2], "2 <= x <= 3"),
        ([2, 3], "x >= 3"),
        ([0, 1, 2, 3], "x is not null"),
        ([4], "x is null"),
        ([0, 1, 4], "x is null or x <= 2"),
    ],
)
def test_bins_of_few_numbers_read_as_conditions(rows: list[int], text: str) -> None:
    assert text_of(numbers(1, 2, 3, 4, np.nan), rows) == text


def test_bins_of_many_numbers_end_before_the_next_begins() -> None:
    bins = binned(Numbers(np.arange(100_000.0)))
    assert text_of(bins, slice(40_000, 60_000)) == "39999 <= x < 60499"
    assert text_of(bins, slice(0, 60_000)) == "x < 60499"


def test_dates_read_as_dates() -> None:
    bins = binned(Numbers(np.array([20_454.0, 20_455.0, 20_456.0]), written_day))
    assert text_of(bins, [1, 2]) == "x >= 2026-01-02"


def test_words_read_as_conditions_the_most_frequent_first() -> None:
    bins = binned(Words(np.array([0, 1, 1, 2, 3, -1], np.int32), ["a", "b", "c", "d"]))
    assert text_of(bins, [1]) == 'x == "b"'
    assert text_of(bins, [5]) == "x is null"
    assert text_of(bins, ALL) == 'x in {"b", null, "a"} and 2 more'


def test_flags_read_as_such() -> None:
    bins = binned(Words(np.array([0, 1, 1], np.int32), ["false", "true"]))
    assert [text_of(bins, [0]), text_of(bins, [1])] == ["not x", "x"]
