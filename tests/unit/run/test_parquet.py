from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fintxsim import columns as c
from fintxsim.errors import FintxsimError
from fintxsim.run import parquet
from fintxsim.run.parquet import HashingFile, TableFile, writer_options


def devices(first: int, count: int, os: str = "android") -> pa.Table:
    rows = [{"valid_from": 0, "device_id": first + i, "os": os, "kind": "phone", "first_seen": 1} for i in range(count)]
    return pa.Table.from_pylist(rows, schema=c.DEVICES.schema())


@pytest.mark.parametrize("table", c.TABLES, ids=lambda table: table.path)
def test_every_table_can_be_written_and_read_back_with_its_schema(tmp_path: Path, table: c.Table) -> None:
    TableFile(table, tmp_path / "x.parquet").close()
    assert pq.read_schema(tmp_path / "x.parquet").equals(table.schema())


def test_amounts_are_dictionaries_and_ids_are_deltas() -> None:
    options = writer_options(c.TRANSACTIONS)
    assert "amount" in options["use_dictionary"]
    assert options["column_encoding"]["card_id"] == "DELTA_BINARY_PACKED"


def test_statistics_cover_key_and_time_alone() -> None:
    assert writer_options(c.TRANSACTIONS)["write_statistics"] == ["transaction_id", "event_time"]


def test_the_file_appears_under_its_name_when_closed(tmp_path: Path) -> None:
    file = TableFile(c.DEVICES, tmp_path / "x.parquet")
    file.append(devices(0, 3))
    before = (tmp_path / "x.parquet").exists()
    file.close()
    assert (before, (tmp_path / "x.parquet").exists()) == (False, True)


def test_size_and_sha256_are_those_of_the_bytes(tmp_path: Path) -> None:
    file = TableFile(c.DEVICES, tmp_path / "x.parquet")
    file.append(devices(0, 3))
    data = (tmp_path / "x.parquet", *file.close())
    content = data[0].read_bytes()
    assert data[1:] == (len(content), hashlib.sha256(content).hexdigest())


def test_small_appends_share_a_row_group(tmp_path: Path) -> None:
    file = TableFile(c.DEVICES, tmp_path / "x.parquet")
    for i in range(5):
        file.append(devices(i, 1))
    file.close()
    assert pq.read_metadata(tmp_path / "x.parquet").num_row_groups == 1


def test_rows_are_written_when_enough_are_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "BUFFER_ROWS", 4)
    file = TableFile(c.DEVICES, tmp_path / "x.parquet")
    for i in range(4):
        file.append(devices(i * 2, 2))
    file.close()
    assert pq.read_metadata(tmp_path / "x.parquet").num_row_groups == 2


def test_appends_may_have_different_dictionaries(tmp_path: Path) -> None:
    file = TableFile(c.DEVICES, tmp_path / "x.parquet")
    file.append(devices(0, 1))
    file.append(devices(1, 1, os="ios"))
    file.close()
    assert pq.read_table(tmp_path / "x.parquet")["os"].to_pylist() == ["android", "ios"]


def test_other_columns_are_refused(tmp_path: Path) -> None:
    file = TableFile(c.DEVICES, tmp_path / "x.parquet")
    with pytest.raises(FintxsimError, match="instead of .*valid_from"):
        file.append(pa.table({"x": [1]}))
    file.abandon()


def test_missing_columns_are_refused(tmp_path: Path) -> None:
    file = TableFile(c.DEVICES, tmp_path / "x.parquet")
    with pytest.raises(FintxsimError, match="4 columns instead of 5 columns"):
        file.append(devices(0, 1).drop_columns(["first_seen"]))
    file.abandon()


def test_nulls_in_a_column_that_forbids_them_are_refused(tmp_path: Path) -> None:
    schema = c.DEVICES.schema()
    file = TableFile(c.DEVICES, tmp_path / "x.parquet")
    file.append(pa.Table.from_arrays([pa.nulls(1, field.type) for field in schema], schema=schema))
    with pytest.raises(FintxsimError, match="rows that Parquet refuses"):
        file.close()
    file.abandon()


def test_an_abandoned_file_never_gets_its_name(tmp_path: Path) -> None:
    file = TableFile(c.DEVICES, tmp_path / "x.parquet")
    file.append(devices(0, 1))
    file.abandon()
    assert not (tmp_path / "x.parquet").exists()


def test_the_hashing_file_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(FileExistsError):
        HashingFile(tmp_path / "x")
