"""Anybody's table as payments: what can be read, and what is refused in which words."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fintxsim.errors import InputError
from fintxsim.fidelity import parse_map
from fintxsim.fidelity.distances import distances
from fintxsim.fidelity.payments import DAY_US, FRAUD, GENUINE, HOUR_US, NEITHER, UNKNOWN, Payments
from fintxsim.fidelity.reference import TablePayments
from fintxsim.fidelity.tally import measure
from tests.unit.fidelity.tables import FrameSource, measured, naive, table

NOON = dt.datetime(2026, 1, 5, 12)
NOON_US = int((NOON - dt.datetime(1970, 1, 1)).total_seconds() * 1e6)


def write(place: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), place / "a.parquet")
    return place / "a.parquet"


def read(path: Path, **parts: str) -> Payments:
    """The only part of a table."""
    (found,) = TablePayments(path, {"time": "t", "amount": "a"} | parts).batches()
    return found


def ids(place: Path, values: Any, part: str = "customer") -> list[int]:
    path = write(place, t=[NOON] * len(values), a=[1.0] * len(values), x=values)
    found: list[int] = getattr(read(path, **{part: "x"}), part).tolist()
    return found


# --- times and amounts ----------------------------------------------------------------------------------

ZONED = pa.timestamp("us", tz="Europe/Madrid")
TIMES: dict[str, tuple[Any, int]] = {
    "times": ([NOON], NOON_US),
    "times of a zone are its wall clock": (pa.array([NOON_US - HOUR_US], pa.timestamp("us", tz="UTC")).cast(ZONED), NOON_US),
    "seconds": (pa.array([NOON_US // 1_000_000], pa.timestamp("s")), NOON_US),
    "nanoseconds": (pa.array([NOON_US * 1_000 + 1], pa.timestamp("ns")), NOON_US),
    "dates": ([dt.date(2026, 1, 5)], NOON_US - 12 * HOUR_US),
    "texts": (["2026-01-05 12:00:00"], NOON_US),
    "texts with an offset are local": (["2026-01-05T12:00:00+05:00"], NOON_US),
    "texts in UTC": (["2026-01-05T12:00:00Z"], NOON_US),
    "texts of dates": (["2026-01-05"], NOON_US - 12 * HOUR_US),
    "dictionaries": (pa.array(["2026-01-05 12:00"]).dictionary_encode(), NOON_US),
    "long ago": ([dt.datetime(1890, 1, 1)], -29_219 * DAY_US),
}  # fmt: skip


@pytest.mark.parametrize("name", TIMES)
def test_times_are_local_microseconds(tmp_path: Path, name: str) -> None:
    values, expected = TIMES[name]
    assert read(write(tmp_path, t=values, a=[1.0])).time_us.tolist() == [expected]


@pytest.mark.parametrize("values", [[12, -5], [12.0, -5.0], [Decimal("12.00"), Decimal("-5.00")]])
def test_amounts_are_cents(tmp_path: Path, values: Any) -> None:
    assert read(write(tmp_path, t=[NOON] * 2, a=values)).cents.tolist() == [1_200, -500]


def test_amounts_are_rounded_to_cents(tmp_path: Path) -> None:
    assert read(write(tmp_path, t=[NOON] * 2, a=[0.1 + 0.2, 19.989999])).cents.tolist() == [30, 1_999]


# --- ids and words --------------------------------------------------------------------------------------


def test_whole_numbers_are_ids_as_they_are(tmp_path: Path) -> None:
    assert ids(tmp_path, [5, None, 7]) == [5, UNKNOWN, 7]


def test_ids_that_became_floats_are_whole_again(tmp_path: Path) -> None:
    assert ids(tmp_path, [5.0, float("nan"), 7.0]) == [5, UNKNOWN, 7]


def test_negative_ids_are_not_taken_for_unknown(tmp_path: Path) -> None:
    first, second, third = ids(tmp_path, [-1, -1, -2])
    assert first == second != third
    assert min(first, third) >= 0


@pytest.mark.parametrize("values", [["x", "y", "x", None], [b"x", b"y", b"x", None], [1.5, 2.5, 1.5, None]])
def test_other_ids_are_numbers_of_their_text(tmp_path: Path, values: Any) -> None:
    one, other, again, nobody = ids(tmp_path, values)
    assert one == again != other
    assert nobody == UNKNOWN


def test_texts_have_the_same_number_in_every_part_of_a_table(tmp_path: Path) -> None:
    assert ids(tmp_path, ["x", "y"])[1] == ids(tmp_path, ["y"])[0]


def test_category_codes_keep_their_zeros(tmp_path: Path) -> None:
    assert ids(tmp_path, [742, 5411], "category") == ids(tmp_path, ["0742", "5411"], "category")


def test_categories_that_became_floats_are_codes_again(tmp_path: Path) -> None:
    assert ids(tmp_path, [742.0, None], "category") == ids(tmp_path, ["0742", None], "category")


@pytest.mark.parametrize(
    "values", [[1, 0, None], [1.0, 0.0, None], [True, False, None], ["Yes", "no ", None], ["FRAUD", "genuine", None]]
)
def test_fraud_is_told_by_numbers_flags_or_words(tmp_path: Path, values: Any) -> None:
    path = write(tmp_path, t=[NOON] * 3, a=[1.0] * 3, x=values)
    assert read(path, fraud="x").fraud.tolist() == [FRAUD, GENUINE, NEITHER]


def test_csv_and_parquet_are_read_alike(tmp_path: Path) -> None:
    frame = naive(5_000, 60).assign(customer=lambda rows: "c" + rows["customer"].astype(str))
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "b.parquet")
    columns = {part: part for part in frame.columns}
    one, other = (measure(TablePayments(tmp_path / name, columns)) for name in ("a.csv", "b.parquet"))
    assert one.rows == other.rows == 5_000
    assert one.day_counts.tolist() == other.day_counts.tolist()
    assert np.sort(one.customers.spend).tolist() == pytest.approx(np.sort(other.customers.spend).tolist())


def test_a_table_is_read_as_the_payments_that_it_holds(tmp_path: Path) -> None:
    frame = naive(5_000, 60)
    frame.to_parquet(tmp_path / "a.parquet")
    found = measure(TablePayments(tmp_path / "a.parquet", {part: part for part in frame.columns}))
    expected = measured(frame)
    assert found.hour_counts.tolist() == expected.hour_counts.tolist()
    assert found.fraud_rows == expected.fraud_rows
    assert found.details.customer.tolist() == expected.details.customer.tolist()


# --- the map --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["time=when,amount=what"], {"time": "when", "amount": "what"}),
        (["time=when", "amount=what"], {"time": "when", "amount": "what"}),
        (["time = when , amount = how much"], {"time": "when", "amount": "how much"}),
        (["time=day, month=x"], {"time": "day", "month": "x"}),
        (["amount=a,b", "time=t"], {"amount": "a,b", "time": "t"}),
        (["time=a=b"], {"time": "a=b"}),
        ([], {}),
    ],
)
def test_a_map_names_a_column_for_each_part(words: list[str], parts: dict[str, str]) -> None:
    assert parse_map(words) == parts


@pytest.mark.parametrize("word", ["time", "time=", "=when", ""])
def test_a_map_that_cannot_be_read_is_refused(word: str) -> None:
    with pytest.raises(
        InputError, match=re.escape(f"--map {word}: is no PART=COLUMN; write for example time=booked_at")
    ):
        parse_map([word])


def test_a_part_has_one_column() -> None:
    with pytest.raises(InputError, match="--map time=b: time is a already; name one column for it"):
        parse_map(["time=a,time=b"])


# --- refusals -------------------------------------------------------------------------------------------

GOOD = {"t": [NOON, NOON], "a": [1.0, 2.0], "x": ["p", "q"], "n": [1, 2], "l": [[1], [2]]}
BASE = {"time": "t", "amount": "a"}
REFUSED: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "no time": ({}, {"amount": "a"}, r"--map: names no time; add time=COLUMN, write for example"),
    "no amount": ({}, {"time": "t"}, r"--map: names no amount; add amount=COLUMN"),
    "unknown part": ({}, BASE | {"custmer": "x"}, r"--map custmer=x: no such part; did you mean 'customer'\? allowed: time"),
    "unknown column": ({}, BASE | {"customer": "y"}, r"a.parquet: --map customer y: no such column.* allowed: t, a, x"),
    "time of numbers": ({}, {"time": "n", "amount": "a"}, "--map time=n: has the type int64; allowed are times, dates and"),
    "time of words": ({}, {"time": "x", "amount": "a"}, "--map time=x: row 0 holds 'p'; write times like 2026-01-31 12:30"),
    "time with a gap": ({"t": [NOON, None]}, BASE, "--map time=t: row 1 has no value; fill it in, or remove the row"),
    "amount of words": ({}, {"time": "t", "amount": "x"}, "--map amount=x: has the type string; allowed are numbers"),
    "amount with a gap": ({"a": [1.0, None]}, BASE, "--map amount=a: row 1 has no value"),
    "amount without end": ({"a": [float("inf"), 1.0]}, BASE, "--map amount=a: row 0 has no value"),
    "customers in lists": ({}, BASE | {"customer": "l"}, "--map customer=l: has the type list<.*>; allowed are numbers and texts"),
    "categories in lists": ({}, BASE | {"category": "l"}, "--map category=l: has the type list<.*>; allowed are"),
    "fraud of times": ({}, BASE | {"fraud": "t"}, "--map fraud=t: has the type timestamp.*; allowed are 1, fraud"),
    "fraud of words": ({}, BASE | {"fraud": "x"}, "--map fraud=x: row 0 holds 'p'; allowed are 1, fraud"),
    "fraud of numbers": ({}, BASE | {"fraud": "n"}, "--map fraud=n: row 1 holds 2; allowed are 1, fraud"),
    "no rows": ({name: pa.array(values).slice(0, 0) for name, values in GOOD.items()}, BASE, "the table has no rows"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, name: str) -> None:
    columns, parts, message = REFUSED[name]
    path = write(tmp_path, **(GOOD | columns))
    with pytest.raises(InputError) as refusal:
        measure(TablePayments(path, parts))
    assert re.search(message, str(refusal.value)), str(refusal.value)


def test_a_bad_row_is_counted_from_the_first_row_of_the_table(tmp_path: Path) -> None:
    times = [NOON] * 300_000
    write(tmp_path, t=[*times, None], a=[1.0] * (len(times) + 1))
    with pytest.raises(InputError, match="row 300000 has no value"):
        measure(TablePayments(tmp_path / "a.parquet", BASE))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("gone.csv", None, "nothing is there; give a CSV or Parquet file"),
        ("a.xlsx", "x", r"is neither CSV nor Parquet; allowed endings are \.csv"),
        ("a.csv", "", "cannot be read: .*[Ee]mpty"),
        ("a.parquet", "no parquet", "cannot be read: "),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, name: str, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=message):
        measure(TablePayments(tmp_path / name, BASE))


# --- distances ------------------------------------------------------------------------------------------


def reasons(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, str]:
    return {d.name: d.reason for d in distances(measured(one), measured(other)) if d.reason}


def test_tables_of_a_kind_are_as_far_from_each_other_as_halves() -> None:
    frame = naive(60_000, 60)
    # The customers of one half against all: no farther than halves from each other
    one, other = (frame[frame["customer"] % 2 == side].reset_index(drop=True) for side in (0, 1))
    told = distances(measured(one), measured(other))
    assert [d.name for d in told if d.ratio is None or d.ratio > 2.0] == []


SHIFTS: dict[str, Any] = {
    "amount, KS": lambda f: f.assign(amount=f["amount"] * 3.0),
    "amount, Wasserstein": lambda f: f.assign(amount=f["amount"] * 3.0),
    "hour of day": lambda f: f.assign(time=f["time"].dt.floor("D") + pd.Timedelta(hours=12)),
    "day of week": lambda f: f[f["time"].dt.day_of_week < 5],
    "category": lambda f: f.assign(category=f["category"] // 2),
    "daily counts": lambda f: f[f["time"].dt.day_of_week < 5],
    "waits": lambda f: f.assign(customer=f["customer"] // 8),
    "bursts": lambda f: f.assign(customer=f["customer"] // 8),
    "known merchants": lambda f: f.assign(merchant=f["merchant"] // 50),
    "velocity rules": lambda f: f.assign(customer=f["customer"] // 8),
}  # fmt: skip


@pytest.mark.parametrize("name", SHIFTS)
def test_a_table_that_differs_is_far_away_in_what_differs(name: str) -> None:
    frame = naive(60_000, 60)
    other = SHIFTS[name](frame).reset_index(drop=True)
    found = next(d for d in distances(measured(other), measured(frame)) if d.name == name)
    assert found.ratio is not None
    assert found.ratio > 2.5


def test_amounts_three_times_as_large_are_ln_3_away() -> None:
    frame = table(amount=np.tile([1.0, 2.0, 4.0], 100))
    told = {d.name: d.value for d in distances(measured(frame.assign(amount=frame["amount"] * 3.0)), measured(frame))}
    assert told["amount, Wasserstein"] == pytest.approx(np.log(3.0))


def test_distances_name_the_part_that_is_missing() -> None:
    frame = naive(5_000, 60)
    found = distances(measured(frame), measure(FrameSource(frame[["time", "amount"]])))
    told = {d.name: d.reason for d in found if d.reason}
    assert told["waits"] == "no customer column; add customer=COLUMN to --map"
    assert set(told) == {"category", "waits", "bursts", "known merchants", "velocity rules"}


def test_categories_of_other_names_are_not_compared() -> None:
    frame = naive(5_000, 60)
    other = frame.assign(category=frame["category"] + 100)
    assert reasons(other, frame) == {"category": "no category occurs in both tables; give merchant category codes"}


def test_short_and_even_tables_are_not_compared_by_their_days() -> None:
    frame = naive(5_000, 20)
    assert reasons(frame, frame) == {"daily counts": "18 days between the first and the last; 28 are needed"}
    even = table(
        customer=np.tile(np.arange(40), 60),
        time=pd.Timestamp("2026-01-05") + pd.to_timedelta(np.arange(2_400), unit="h"),
    )
    assert reasons(even, even)["daily counts"] == "all days have as many payments"


def test_a_reference_of_one_customer_has_no_halves() -> None:
    frame = naive(5_000, 60)
    told = reasons(frame, frame.assign(customer=1))
    assert told["hour of day"] == "a half of the reference is empty"
    assert told["amount, KS"] == "0 positive amounts; 2 are needed"


def test_halves_that_are_equal_are_no_measure() -> None:
    frame = naive(5_000, 60).assign(amount=5.0)
    assert reasons(frame, frame)["amount, KS"] == "the reference's halves are equal"
