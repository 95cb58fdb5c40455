"""Anybody's files: what can be read, and what is refused in which words."""

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

from fintxsim.errors import InputError, RunNotFoundError
from fintxsim.leaks import AuditReport, audit
from fintxsim.leaks.cases import scrambled
from fintxsim.leaks.sources import LabelledFiles
from tests.unit.leaks.conftest import failed


def found(report: AuditReport) -> list[tuple[str, str, str]]:
    return [(r.name, str(r.outcome), r.measured) for r in report.results]


PARTS: dict[str, Any] = {"ids": ["payment", "device"], "time": "time", "entities": ["customer"]}


def test_csv_and_parquet_give_the_same_answers(table: pd.DataFrame, tmp_path: Path) -> None:
    table.to_csv(tmp_path / "a.csv", index=False)
    table.to_csv(tmp_path / "a.tsv", index=False, sep="\t")
    table.to_parquet(tmp_path / "a.parquet")
    answers = [found(audit(tmp_path / name, "fraud", **PARTS)) for name in ("a.csv", "a.tsv", "a.parquet")]
    assert answers[0] == answers[1] == answers[2]


def test_a_directory_is_read_in_the_order_of_its_files(table: pd.DataFrame, tmp_path: Path) -> None:
    table.to_parquet(tmp_path / "whole.parquet")
    parts = tmp_path / "parts"
    (parts / "later").mkdir(parents=True)
    table[9_000:].to_parquet(parts / "later" / "2.parquet")
    table[:9_000].to_parquet(parts / "1.parquet")
    assert found(audit(parts, "fraud", **PARTS)) == found(audit(tmp_path / "whole.parquet", "fraud", **PARTS))


LABELS = {
    "numbers": (0, 1), "floats": (0.0, 1.0), "flags": (False, True), "words": ("No", "Yes"), "letters": ("f", "T"),
    "names": ("genuine", "Fraud"), "digits": ("0", "1"),
}  # fmt: skip


@pytest.mark.parametrize("name", LABELS)
def test_labels_may_be_numbers_flags_or_words(tmp_path: Path, name: str) -> None:
    label = [LABELS[name][i % 2] for i in range(6)]
    pq.write_table(pa.table({"x": list(range(6)), "y": label}), tmp_path / "a.parquet")
    (frame,) = LabelledFiles(tmp_path / "a.parquet", "y").frames(["x"])
    assert frame.fraud.tolist() == [False, True] * 3


def test_a_column_that_begins_with_nulls_may_hold_anything_later(tmp_path: Path) -> None:
    lines = ["y,x", *("0," for _ in range(2_000_000)), "1,late"]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    source = LabelledFiles(tmp_path / "a.csv", "y")
    assert str(source.schema.field("x").type) == "string"
    assert sum(int((~frame.nulls("x")).sum()) for frame in source.frames(["x"])) == 1


def test_codes_of_countries_are_no_nulls(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("y,country\n0,NA\n1,\n")
    (frame,) = LabelledFiles(tmp_path / "a.csv", "y").frames(["country"])
    assert frame.nulls("country").tolist() == [False, True]


# --- refusals -------------------------------------------------------------------------------------------


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


GOOD = "when,amount,what,y\n2026-01-01 10:00:00,5.5,a,0\n2026-01-01 11:00:00,,b,1\n"
REFUSED = {
    "no label of that name": ("Y2", {}, GOOD, r"--label Y2: no such column; did you mean 'y'\? allowed: when, amount"),
    "constant label": ("y", {}, "x,y\n1,0\n2,0\n", "--label y is constant, no row is a fraud; give a table with both"),
    "all fraud": ("y", {}, "x,y\n1,1\n2,1\n", "--label y is constant, every row is a fraud"),
    "no rows": ("y", {}, "x,y\n", "the table has no rows; give one that has"),
    "empty file": ("y", {}, "", "cannot be read: .*[Ee]mpty"),
    "label of three words": ("y", {}, "x,y\n1,no\n2,yes\n3,maybe\n", "--label y: row 2 holds 'maybe'; allowed are 1, fraud"),
    "label of numbers": ("amount", {}, GOOD.replace(",,", ",7,"), "--label amount: row 0 holds '5.5'; allowed are"),
    "label with a gap": ("y", {}, "x,y\n1,1\n2,\n3,0\n", "--label y: row 1 has no value; allowed are .* Label the row"),
    "label of times": ("when", {}, GOOD, "--label when: row 0 holds"),
    "unknown id": ("y", {"ids": ["amuont"]}, GOOD, r"--id amuont: no such column; did you mean 'amount'\?"),
    "unknown entity": ("y", {"entities": ["who"]}, GOOD, "--entity who: no such column"),
    "unknown ignored": ("y", {"ignore": ["who"]}, GOOD, "--ignore who: no such column"),
    "unknown time": ("y", {"time": "whem"}, GOOD, r"--time whem: no such column; did you mean 'when'\?"),
    "time of words": ("y", {"time": "what"}, GOOD, "--time what: has the type string; allowed are times, dates and numbers"),
    "time with a gap": ("y", {"time": "amount"}, GOOD, "--time amount: row 1 has no time; fill it in, or remove the row"),
    "label as id": ("y", {"ids": ["y"]}, GOOD, "--id y: is the label; name another column"),
    "two columns of a name": ("y", {}, "x,x,y\n1,2,0\n", "cannot be read: .*multiple columns named x"),
    "broken lines": ("y", {}, "x,y\n1,0\n1,2,3\n", "cannot be read: .*Expected 2 columns, got 3"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, name: str) -> None:
    label, parts, text, message = REFUSED[name]
    path = write(tmp_path / "a.csv", text)
    with pytest.raises(InputError) as refusal:
        audit(path, label, **parts)
    assert re.search(message, str(refusal.value)), str(refusal.value)
    assert str(refusal.value).startswith(f"{path}: ")


def test_two_columns_of_a_name_are_refused(tmp_path: Path) -> None:
    rows = pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([0])], names=["x", "x", "y"])
    pq.write_table(rows, tmp_path / "a.parquet")
    with pytest.raises(InputError, match="cannot be read: .*duplicate field names"):
        audit(tmp_path / "a.parquet", "y")


def test_a_label_that_is_a_list_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1], "y": [[1]]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"--label y: has the type list<.*>; allowed are .* Name another column"):
        audit(tmp_path / "a.parquet", "y")


def test_a_column_of_lists_can_only_be_ignored(tmp_path: Path) -> None:
    rows = 40
    pq.write_table(pa.table({"x": [[1]] * rows, "y": [i % 2 for i in range(rows)]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"x has the type list<.*>; allowed are numbers.* --ignore x"):
        audit(tmp_path / "a.parquet", "y")
    assert not audit(tmp_path / "a.parquet", "y", ignore=["x"])["one rule"].findings


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing is there; give a CSV or Parquet file"):
        audit(tmp_path / "gone.csv", "y")
    with pytest.raises(RunNotFoundError, match="nothing is there"):
        audit(tmp_path / "gone")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is neither CSV nor Parquet; allowed endings are \.csv, \.tsv, \.parquet"):
        audit(write(tmp_path / "a.xlsx", "x"), "y")


def test_a_file_that_is_not_what_it_is_called_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: .*; mend the file, or give another"):
        audit(write(tmp_path / "a.parquet", "x,y\n1,0\n"), "y")


def test_a_directory_without_tables_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "notes.txt", "x")
    with pytest.raises(InputError, match="the directory has no CSV or Parquet file"):
        audit(tmp_path, "y")


def test_a_directory_of_two_kinds_is_refused(tmp_path: Path) -> None:
    for name in ("a.csv", "b.parquet"):
        write(tmp_path / name, "x,y\n1,0\n")
    with pytest.raises(InputError, match="holds CSV and Parquet files; give one kind alone"):
        audit(tmp_path, "y")


def test_a_table_without_a_label_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no run of fintxsim; say which of its columns tells fraud with --label"):
        audit(write(tmp_path / "a.csv", GOOD))


def test_ignored_columns_are_not_judged(tmp_path: Path, table: pd.DataFrame) -> None:
    table.assign(told=table["fraud"]).to_parquet(tmp_path / "a.parquet")
    assert audit(tmp_path / "a.parquet", "fraud", **PARTS)["one rule"].outcome == "fail"
    assert not audit(tmp_path / "a.parquet", "fraud", ignore=["told"], **PARTS).failed


def test_integers_beyond_the_exact_floats_are_ids_like_others(tmp_path: Path, table: pd.DataFrame) -> None:
    large = table["customer"].astype(np.int64) + 2**62
    table.assign(customer=large).to_parquet(tmp_path / "a.parquet")
    table.to_parquet(tmp_path / "b.parquet")
    large_, small = (found(audit(tmp_path / name, "fraud", **PARTS)) for name in ("a.parquet", "b.parquet"))
    assert [answer for answer in large_ if answer[0] == "fraud days"] == [a for a in small if a[0] == "fraud days"]


# --- columns of any kind --------------------------------------------------------------------------------

COUNT = 1_500
CLOCK = dt.datetime(1890, 1, 1)
ODD: dict[str, Any] = {
    "constants": {"a": [1] * COUNT, "b": ["x"] * COUNT},
    "nothing": {"a": [None] * COUNT, "b": pa.array([None] * COUNT, pa.float64())},
    "dictionaries": {"a": pa.array([i % 5 for i in range(COUNT)]).dictionary_encode()},
    "flags with gaps": {"a": pa.array([True, None, False] * (COUNT // 3))},
    "decimals": {"a": pa.array([Decimal(i) for i in range(COUNT)], pa.decimal128(30, 10))},
    "large": {"a": [2**62 - i for i in range(COUNT)], "b": pa.array([2**64 - 1 - i for i in range(COUNT)], pa.uint64())},
    "not finite": {"a": [float("inf"), float("nan"), 1e300] * (COUNT // 3)},
    "times of old": {"a": [CLOCK + dt.timedelta(minutes=7 * i) for i in range(COUNT)], "b": [dt.time(3)] * COUNT},
    "dates": {"a": [dt.date(1900, 1, 1) + dt.timedelta(days=i % 90) for i in range(COUNT)]},
    "texts": {"a": pa.array([f"v{i}" for i in range(COUNT)], pa.large_string()), "b": [""] * COUNT},
}  # fmt: skip


@pytest.mark.parametrize("part", ["value", "ids", "entities"])
@pytest.mark.parametrize("name", ODD)
def test_columns_of_any_kind_can_be_audited(tmp_path: Path, name: str, part: str) -> None:
    label = scrambled(np.arange(COUNT)) % 20 == 0
    pq.write_table(pa.table({**ODD[name], "y": label}), tmp_path / "odd.parquet")
    report = audit(tmp_path / "odd.parquet", "y", **({} if part == "value" else {part: ["a"]}))
    assert failed(report) == set()


def test_a_table_of_labels_alone_has_nothing_that_leaks(tmp_path: Path) -> None:
    pq.write_table(pa.table({"y": scrambled(np.arange(COUNT)) % 20 == 0}), tmp_path / "bare.parquet")
    assert not audit(tmp_path / "bare.parquet", "y").failed
