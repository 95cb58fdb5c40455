from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fintxsim.digest import ValueDigest, digest_of_parquet, type_name

COLUMNS: list[tuple[str, pa.DataType]] = [
    ("id", pa.int64()),
    ("small", pa.int16()),
    ("score", pa.float32()),
    ("amount", pa.float64()),
    ("time", pa.timestamp("us", tz="UTC")),
    ("day", pa.date32()),
    ("flag", pa.bool_()),
    ("name", pa.string()),
    ("word", pa.dictionary(pa.int8(), pa.string())),
]
SCHEMA = pa.schema(COLUMNS)

ROW = st.fixed_dictionaries(
    {
        "id": st.none() | st.integers(-(2**63), 2**63 - 1),
        "small": st.none() | st.integers(-3, 3),
        "score": st.none() | st.floats(width=32, allow_nan=False),
        "amount": st.none() | st.floats(allow_nan=False),
        "time": st.none() | st.integers(0, 2**50),
        "day": st.none() | st.integers(0, 20_000),
        "flag": st.none() | st.booleans(),
        "name": st.none() | st.text(max_size=3),
        "word": st.none() | st.sampled_from(["pos", "ecom", "atm"]),
    }
)
ROWS = st.lists(ROW, max_size=30)


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def digest(*parts: pa.Table) -> str:
    whole = ValueDigest(parts[0].schema)
    for part in parts:
        whole.update(part)
    return whole.hexdigest()


def column(values: list[Any], kind: pa.DataType) -> pa.Table:
    return pa.table({"x": pa.array(values, kind)})


@settings(deadline=None)  # the first call compiles
@given(ROWS, st.integers(0, 30))
def test_the_split_into_batches_does_not_matter(rows: list[dict[str, Any]], cut: int) -> None:
    whole = table(rows)
    assert digest(whole.slice(0, cut), whole.slice(cut)) == digest(whole)


@settings(deadline=None)  # the first call compiles
@given(ROWS, ROWS)
def test_joined_digests_are_the_digest_of_the_joined_rows(a: list[dict[str, Any]], b: list[dict[str, Any]]) -> None:
    first, second = ValueDigest(SCHEMA), ValueDigest(SCHEMA)
    first.update(table(a))
    second.update(table(b))
    first.extend(second)
    assert first.hexdigest() == digest(table(a + b))


@settings(deadline=None)  # the first call compiles
@given(ROWS, st.permutations(["pos", "ecom", "atm", "unused"]))
def test_dictionary_codes_do_not_matter(rows: list[dict[str, Any]], words: list[str]) -> None:
    codes = [None if row["word"] is None else words.index(row["word"]) for row in rows]
    recoded = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(words))
    whole = table(rows)
    assert digest(whole.set_column(8, SCHEMA.field(8), recoded)) == digest(whole)


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.none() | st.integers(0, 3), min_size=2, max_size=40).filter(lambda v: v != v[::-1]))
def test_the_order_of_rows_matters(values: list[int | None]) -> None:
    assert digest(column(values, pa.int64())) != digest(column(values[::-1], pa.int64()))


@pytest.mark.parametrize("kind", [pa.int64(), pa.int16(), pa.float32(), pa.float64(), pa.date32(), pa.bool_()])
def test_null_differs_from_zero(kind: pa.DataType) -> None:
    zero = False if kind == pa.bool_() else 0
    assert digest(column([None, zero], kind)) != digest(column([zero, zero], kind))


def test_what_lies_under_a_null_does_not_matter() -> None:
    masked = pa.Array.from_buffers(pa.int64(), 2, [pa.py_buffer(b"\x02"), pa.py_buffer(b"\x09" * 16)])
    plain = pa.array([None, 0x0909090909090909], pa.int64())
    assert digest(pa.table({"x": masked})) == digest(pa.table({"x": plain}))


def test_a_null_in_the_dictionary_is_a_null_value() -> None:
    inside = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), pa.array(["a", None]))
    outside = pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int8()), pa.array(["b", "a"]))
    assert digest(pa.table({"x": inside})) != digest(pa.table({"x": outside}))


@pytest.mark.parametrize("index", [pa.int8(), pa.int16(), pa.int32()])
def test_strings_and_dictionaries_of_strings_are_alike(index: pa.DataType) -> None:
    words = ["a", None, "b", "a"]
    coded = pa.array(words).cast(pa.dictionary(index, pa.string()))
    assert digest(pa.table({"x": coded})) == digest(column(words, pa.string()))


def test_many_words_need_wider_codes() -> None:
    words = [None, *map(str, range(40_000))]
    short = column(words, pa.string())
    assert digest(short) == digest(short.slice(0, 7), short.slice(7))


def test_exchanging_two_rows_far_apart_is_seen() -> None:
    values = list(range(20_000))
    changed = [*values]
    changed[3], changed[16_387] = values[16_387], values[3]
    assert digest(column(values, pa.int64())) != digest(column(changed, pa.int64()))


@pytest.mark.parametrize(
    ("a", "b"),
    [(pa.int64(), pa.int32()), (pa.float64(), pa.int64())],
)
def test_the_type_matters(a: pa.DataType, b: pa.DataType) -> None:
    assert digest(column([0], a)) != digest(column([0], b))


def test_the_name_of_a_column_matters() -> None:
    assert digest(pa.table({"x": [1]})) != digest(pa.table({"y": [1]}))


def test_the_number_of_rows_matters_even_for_no_columns_in_common() -> None:
    assert digest(column([], pa.int64())) != digest(column([0], pa.int64()))


@pytest.mark.parametrize("row_group", [1, 7, 1000])
def test_row_groups_of_a_file_do_not_matter(tmp_path: Path, row_group: int) -> None:
    rows = table([{"id": i, "word": ["pos", None, "atm"][i % 3], "name": str(i)} for i in range(50)])
    pq.write_table(rows, tmp_path / "x.parquet", row_group_size=row_group)
    assert digest_of_parquet(tmp_path / "x.parquet").hexdigest() == digest(rows)


def test_rows_with_other_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="differ from those of the digest"):
        ValueDigest(SCHEMA).update(pa.table({"x": [1]}))


def test_digests_of_other_columns_are_not_joined() -> None:
    with pytest.raises(ValueError, match="same columns"):
        ValueDigest(SCHEMA).extend(ValueDigest(pa.schema([("x", pa.int64())])))


def test_all_ways_to_hold_strings_have_one_name() -> None:
    kinds = (pa.string(), pa.large_string(), pa.dictionary(pa.int16(), pa.string()))
    assert {type_name(kind) for kind in kinds} == {"string"}


def oracle(values: list[int | None]) -> str:
    """The digest of one int64 column x, in plain Python, from the definition."""
    mask, first, second = 2**64 - 1, 0, 0
    for row, value in enumerate(values):
        word = 0x6A09E667F3BCC909
        if value is not None:
            word = (value & mask) * 0x9E3779B97F4A7C15 & mask
            word ^= word >> 32
        weight = pow(0xD1342543DE82EF95, row, 2**64)
        first = (first + word * weight) & mask
        second = (second + (word >> 29 | word << 35 & mask) * weight) & mask
    text = f"{len(values)}\nx\0int64\0{first:016x}{second:016x}{values.count(None)}\n"
    return hashlib.sha256(text.encode()).hexdigest()


@settings(deadline=None)
@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=20), st.sampled_from([1, 700]))
def test_compiled_sums_are_those_of_the_definition(values: list[int | None], times: int) -> None:
    assert digest(column(values * times, pa.int64())) == oracle(values * times)
