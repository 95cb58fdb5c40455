from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from fintxsim.leaks import features as f
from fintxsim.leaks.frames import Frame, Numbers, Words

NAN = float("nan")


def frame(**columns: Any) -> Frame:
    rows = pa.table(columns)
    return Frame(rows, np.zeros(rows.num_rows, bool), np.zeros(rows.num_rows, np.int64))


def read(feature: f.Feature, **columns: Any) -> list[Any]:
    """Values of a feature; nulls as None."""
    values = feature.read(frame(**columns))
    if isinstance(values, Numbers):
        return [None if np.isnan(value) else value for value in values.values.tolist()]
    return [None if code < 0 else values.texts[code] for code in values.codes.tolist()]


TIMES = pa.array(
    [dt.datetime(2026, 1, 3, 23, 59, 58, 120_000, dt.UTC), dt.datetime(2026, 1, 4, tzinfo=dt.UTC)],
    pa.timestamp("us", "UTC"),
)


def test_decimals_are_those_that_are_written() -> None:
    assert read(f.decimals("x"), x=[5.0, 5.5, 5.25, 0.1 + 0.2, 1 / 3, None]) == [0, 1, 2, 1, 6, None]


def test_cents_are_two_digits_after_the_point() -> None:
    assert read(f.cents("x"), x=[5.0, 5.5, 4.99, -3.07, 19.999999999, None]) == [0, 50, 99, 7, 0, None]


def test_zeros_are_those_at_the_end_of_a_whole_number() -> None:
    assert read(f.zeros("x"), x=[1.0, 20.0, 300.0, 1_000_000.0, 20.5, 0.0, None]) == [0, 1, 2, 6, 0, 0, None]


def test_seconds_minutes_and_fractions_of_a_time() -> None:
    found = [read(of("t"), t=TIMES) for of in (f.second, f.minute, f.fraction)]
    assert found == [[58, 0], [59, 0], [2, 0]]


def test_hours_are_those_of_the_local_clock() -> None:
    assert read(f.hour("t", ""), t=TIMES) == [23, 0]
    assert read(f.hour("t", "o"), t=TIMES, o=[60, -120]) == [0, 22]


def test_days_of_the_week_are_local_too() -> None:
    assert read(f.weekday("t", "o"), t=TIMES, o=[60, -120]) == ["Sunday", "Saturday"]


def test_numbers_are_equal_or_not() -> None:
    assert read(f.are_equal("a", "b"), a=[1.0, 2.0, None], b=[1.0, 3.0, None]) == ["true", "false", "false"]


def test_a_constant_share_is_one_number() -> None:
    balance = [1234.56, 99.1, 87_654.32]
    found = read(f.ratio("a", "b"), a=[0.1 * amount for amount in balance], b=balance)
    assert found == [0.1] * 3


@pytest.mark.parametrize("below", [0.0, None])
def test_a_share_of_nothing_is_null(below: float | None) -> None:
    assert read(f.ratio("a", "b"), a=[1.0], b=pa.array([below], pa.float64())) == [None]


def test_a_null_is_told_whatever_its_type() -> None:
    assert read(f.is_null("x"), x=["a", None]) == ["false", "true"]
    assert read(f.is_null("x"), x=[1.0, NAN]) == ["false", "true"]


def test_a_column_is_read_by_its_type() -> None:
    values = frame(w=["a", None], n=[1, 2], b=[True, None], d=[dt.date(2026, 1, 1)] * 2, h=[dt.time(1, 2)] * 2)
    kinds = {name: type(values.values(name)) for name in "wnbdh"}
    assert kinds == {"w": Words, "n": Numbers, "b": Words, "d": Numbers, "h": Numbers}


def test_numbers_that_are_times_are_written_as_times() -> None:
    values = frame(d=[dt.date(2026, 1, 1)], h=[dt.time(1, 2)], t=TIMES[:1])
    told = []
    for name in "dht":
        column = values.values(name)
        assert isinstance(column, Numbers)
        told.append(column.write(float(column.values[0])))
    assert told == ["2026-01-01", "01:02:00", "2026-01-03 23:59:58.120000"]


def test_an_infinite_number_counts_as_missing() -> None:
    assert read(f.column("x"), x=[float("inf"), 1.0]) == [None, 1.0]


def test_ids_are_places_among_the_sorted_values() -> None:
    codes, distinct = frame(x=[30, None, 10, 30]).ids("x")
    assert (codes.tolist(), distinct.tolist()) == ([1, -1, 0, 1], [10, 30])
    codes, distinct = frame(x=["c", None, "a", "c"]).ids("x")
    assert (codes.tolist(), distinct.tolist()) == ([1, -1, 0, 1], ["a", "c"])


def test_times_without_a_clock_keep_their_order() -> None:
    assert frame(x=[3, 1]).times("x").tolist() == [3, 1]
    assert frame(x=[0.0015, 0.5]).times("x").tolist() == [2, 500]
    assert frame(x=[dt.date(1970, 1, 2)]).times("x").tolist() == [86_400_000_000]
