"""Column buffers that are filled again and again."""

from __future__ import annotations

import numpy as np
import pytest

from fintxsim.run import rows as r
from fintxsim.run.buffers import ColumnSet, Rotation

GROUPS = (r.INT64, r.INT16, r.INT8, r.FLOAT64, r.FLOAT32)
LARGE = 1 << 17


def fill(columns: ColumnSet, count: int, value: int) -> None:
    """Add rows whose every column holds ``value``."""
    for array in columns.reserve(count):
        array[:, columns.used : columns.used + count] = value
    columns.used += count


def everything(columns: dict[str, np.ndarray]) -> set[int]:
    return {int(value) for array in columns.values() for value in np.unique(array)}


def test_every_column_has_a_buffer_of_its_width() -> None:
    columns = ColumnSet()
    fill(columns, 3, 1)
    kinds = (np.int64, np.int16, np.int8, np.float64, np.float32)
    widths = {name: np.dtype(kind) for names, kind in zip(GROUPS, kinds, strict=True) for name in names}
    assert {name: array.dtype for name, array in columns.columns().items()} == widths


def test_an_unused_set_has_columns_of_no_rows() -> None:
    columns = ColumnSet()
    columns.reserve(1)
    assert {len(array) for array in columns.columns().values()} == {0}


def test_each_column_keeps_its_own_rows() -> None:
    columns = ColumnSet()
    numbers = {}
    for names, array in zip(GROUPS, columns.reserve(1), strict=True):
        array[:, 0] = range(len(names))
        numbers |= {name: k for k, name in enumerate(names)}
    columns.used = 1
    assert {name: int(array[0]) for name, array in columns.columns().items()} == numbers


@pytest.mark.parametrize("growth", [1, 10, LARGE])
def test_growing_keeps_what_was_filled(growth: int) -> None:
    columns = ColumnSet()
    fill(columns, 5, 7)
    fill(columns, growth, 8)
    assert (columns.columns()["amount"][:5] == 7).all()
    assert (columns.columns()["amount"][5:] == 8).all()
    assert columns.used == 5 + growth


def test_room_is_made_from_the_rows_in_use_on() -> None:
    columns = ColumnSet()
    fill(columns, LARGE, 1)
    assert {array.shape[1] >= 2 * LARGE for array in columns.reserve(LARGE)} == {True}


def test_enough_room_is_not_made_anew() -> None:
    columns = ColumnSet()
    before = columns.reserve(100)
    columns.used += 50
    assert all(new is old for new, old in zip(columns.reserve(50), before, strict=True))


def test_columns_from_a_row_on_leave_out_what_was_before() -> None:
    columns = ColumnSet()
    fill(columns, 4, 1)
    fill(columns, 2, 2)
    assert everything(columns.columns(4)) == {2}
    assert {len(array) for array in columns.columns(4).values()} == {2}


def test_columns_are_views_and_no_copies() -> None:
    columns = ColumnSet()
    fill(columns, 1, 1)
    columns.columns()["amount"][0] = 5.0
    assert columns.columns()["amount"][0] == 5.0


def test_taking_begins_an_empty_set() -> None:
    rotation = Rotation(2)
    fill(rotation.current, 3, 1)
    rotation.take()
    assert rotation.current.used == 0


@pytest.mark.parametrize("sets", [1, 2, 3])
def test_what_was_taken_stays_until_all_other_sets_have_had_their_turn(sets: int) -> None:
    rotation = Rotation(sets)
    fill(rotation.current, 4, 1)
    taken = rotation.take()
    for turn in range(sets - 1):
        fill(rotation.current, 4, 2 + turn)
        rotation.take()
    assert everything(taken) == {1}


def test_memory_is_used_again_after_a_full_round() -> None:
    rotation = Rotation(2)
    fill(rotation.current, 4, 1)
    taken = rotation.take()
    fill(rotation.current, 4, 2)
    rotation.take()
    fill(rotation.current, 4, 9)
    assert everything(taken) == {9}


def test_what_was_taken_stays_when_its_set_must_grow() -> None:
    rotation = Rotation(1)
    fill(rotation.current, 4, 1)
    taken = rotation.take()
    fill(rotation.current, 5 * LARGE, 9)
    assert everything(taken) == {1}


def test_a_first_day_without_a_row_finds_its_buffers() -> None:
    columns = ColumnSet()
    assert len(columns.reserve(0)) == len(GROUPS)
    assert {len(array) for array in columns.columns().values()} == {0}
