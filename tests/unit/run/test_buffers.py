"""Column buffers that are filled again and again."""

from __future__ import annotations

import numpy as np
import pytest

from fintxsim.run import rows as r
from fintxsim.run.buffers import ColumnSet, Rotation

GROUPS = (r.INT64, r.INT16, r.INT8, r.FLOAT64, r.FLOAT32)


def fill(columns: ColumnSet, count: int, value: int) -> None:
    """Add rows whose every column holds ``value``."""
    for array in columns.arrays:
        array[:, columns.used : columns.used + count] = value
    columns.used += count


def everything(columns: dict[str, np.ndarray]) -> set[int]:
    return {int(value) for array in columns.values() for value in np.unique(array)}


def test_every_column_has_a_buffer_of_its_width() -> None:
    columns = ColumnSet(3)
    kinds = (np.int64, np.int16, np.int8, np.float64, np.float32)
    widths = {name: np.dtype(kind) for names, kind in zip(GROUPS, kinds, strict=True) for name in names}
    assert {name: array.dtype for name, array in columns.columns().items()} == widths


def test_an_unused_set_has_columns_of_no_rows() -> None:
    assert {len(array) for array in ColumnSet(5).columns().values()} == {0}


def test_each_column_keeps_its_own_rows() -> None:
    columns = ColumnSet(1)
    numbers = {}
    for names, array in zip(GROUPS, columns.arrays, strict=True):
        array[:, 0] = range(len(names))
        numbers |= {name: k for k, name in enumerate(names)}
    columns.used = 1
    assert {name: int(array[0]) for name, array in columns.columns().items()} == numbers


def test_what_was_filled_takes_from_the_room() -> None:
    columns = ColumnSet(7)
    fill(columns, 5, 1)
    assert columns.room == 2
    fill(columns, 2, 1)
    assert columns.room == 0


@pytest.mark.parametrize("rows", [1 << 12, 1 << 16, 3 << 15])
def test_columns_do_not_lie_a_multiple_of_4_kb_apart(rows: int) -> None:
    assert not [array.strides for array in ColumnSet(rows).arrays if array.strides[0] % 4096 == 0]


def test_columns_from_a_row_on_leave_out_what_was_before() -> None:
    columns = ColumnSet(6)
    fill(columns, 4, 1)
    fill(columns, 2, 2)
    assert everything(columns.columns(4)) == {2}
    assert {len(array) for array in columns.columns(4).values()} == {2}


def test_columns_are_views_and_no_copies() -> None:
    columns = ColumnSet(1)
    fill(columns, 1, 1)
    columns.columns()["amount"][0] = 5.0
    assert columns.columns()["amount"][0] == 5.0


def test_taking_begins_an_empty_set() -> None:
    rotation = Rotation(3)
    fill(rotation.current, 3, 1)
    rotation.take()
    assert (rotation.current.used, rotation.current.room) == (0, 3)


@pytest.mark.parametrize("others", [1, 2, 3])
def test_what_was_taken_stays_until_it_is_released(others: int) -> None:
    rotation = Rotation(4)
    fill(rotation.current, 4, 1)
    taken = rotation.take()
    for turn in range(others):
        fill(rotation.current, 4, 2 + turn)
        rotation.take()
    assert everything(taken) == {1}


def test_released_memory_is_used_again_before_any_is_made() -> None:
    rotation = Rotation(4)
    fill(rotation.current, 4, 1)
    taken = rotation.take()
    rotation.release()
    fill(rotation.current, 4, 9)
    assert everything(taken) == {9}


def test_sets_are_released_in_the_order_in_which_they_were_taken() -> None:
    rotation = Rotation(4)
    fill(rotation.current, 4, 1)
    first = rotation.take()
    fill(rotation.current, 4, 2)
    second = rotation.take()
    rotation.release()
    fill(rotation.current, 4, 9)
    assert (everything(first), everything(second)) == ({9}, {2})


def test_a_set_released_while_another_is_being_filled_waits_for_its_turn() -> None:
    rotation = Rotation(4)
    fill(rotation.current, 4, 1)
    rotation.take()
    fill(rotation.current, 1, 2)
    rotation.release()
    assert everything(rotation.current.columns()) == {2}
