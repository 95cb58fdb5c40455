"""Campaigns that take weeks to prepare: how many are prepared, and which is called."""

from __future__ import annotations

from fintxsim.stock import Stock

READY_DAYS, PER_DAY = 40, 0.5


def stock() -> Stock[float]:
    """Campaigns are told by their size."""
    return Stock(READY_DAYS, 0.5)


def holding(*sizes: float) -> Stock[float]:
    held = stock()
    held.preparing = len(sizes)
    for size in sizes:
        held.line_up(size)
    return held


def size_of(size: float) -> float:
    return size


def test_an_empty_stock_is_filled_within_half_the_time_that_preparing_takes() -> None:
    held = stock()
    for _ in range(READY_DAYS // 2 + 1):
        held.begin(PER_DAY)
    assert held.preparing >= PER_DAY * READY_DAYS


def test_a_full_stock_begins_nothing_until_one_is_called() -> None:
    held = stock()
    for _ in range(200):
        held.begin(PER_DAY)
    assert held.begin(PER_DAY) == 0
    held.line_up(1.0)
    held.call(1.0, size_of, fit=0.5, most=1)
    assert sum(held.begin(PER_DAY) for _ in range(3)) == 1


def test_nothing_is_prepared_for_nobody() -> None:
    assert [stock().begin(0.0) for _ in range(50)] == [0] * 50


def test_what_comes_to_nothing_makes_room() -> None:
    held = holding()
    held.preparing = 3
    held.give_up()
    assert held.preparing == 2


def test_the_oldest_that_fits_is_called() -> None:
    held = holding(4.0, 1.0, 1.5)
    assert held.call(1.0, size_of, fit=0.5, most=9) == [1.0]
    assert held.waiting == [4.0, 1.5]


def test_no_more_are_called_than_may_begin() -> None:
    assert holding(1.0, 1.0, 1.0).call(3.0, size_of, fit=0.5, most=2) == [1.0, 1.0]
