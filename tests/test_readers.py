"""Other libraries read a run in one line each, with the declared types. The README shows the same lines."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

import fintxsim
from fintxsim import columns as c
from fintxsim.run import generate as generating

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLES = (c.TRANSACTIONS, c.LABELS)
LINES = {
    "pandas": 'pandas.read_parquet("{run}/{table}", dtype_backend="pyarrow")',
    "polars": 'polars.read_parquet("{run}/{table}/*.parquet")',
    "duckdb": "duckdb.sql(\"SELECT * FROM '{run}/{table}/*.parquet'\")",
    "datasets": 'datasets.load_dataset("{run}", "{name}", split="train")',
}
SCENARIO = """\
name: readers
start_date: 2026-01-01
days: 3
population: {customers: 300}
fraud:
  typologies:
    stolen_details_cnp: {rate_bps: 300}
labels:
  third_party:
    card_delay: {within_day: 1, within_week: 0, within_month: 0, later: 0}
    account_delay: {within_day: 1, within_week: 0, within_month: 0, later: 0}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a file per day, so that words are numbered differently from file to file."""
    place = tmp_path_factory.mktemp("readers")
    (place / "readers.yaml").write_text(SCENARIO)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generating, "ROWS_PER_FILE", 1)
        return fintxsim.generate(place / "readers.yaml", place / "run").path


def line(library: str, run: Path | str, table: c.Table) -> str:
    return LINES[library].format(run=run, table=table.path, name=table.name)


def read(library: str, run: Path, table: c.Table) -> Any:
    """What the library's one line returns; skips the test when the library is not installed."""
    module = pytest.importorskip(library, reason=f"{library} is not installed")
    return eval(line(library, run, table), {library: module})


def expected(run: Path, table: c.Table) -> list[dict[str, Any]]:
    files = sorted((run / table.path).glob("*.parquet"))
    return ds.dataset(files, schema=table.schema()).to_table().to_pylist()


def declared(table: c.Table, kind: Callable[[pa.DataType], Any]) -> dict[str, Any]:
    return {column.name: kind(column.type) for column in table}


EVERY_TABLE = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.path)


@pytest.mark.parametrize("library", LINES)
def test_the_readme_shows_the_line(library: str) -> None:
    assert line(library, "output/quickstart-s42", c.TRANSACTIONS) in README


@EVERY_TABLE
def test_the_run_has_several_files_with_rows(run: Path, table: c.Table) -> None:
    assert len(list((run / table.path).glob("*.parquet"))) > 1
    assert len(expected(run, table)) > 20


@EVERY_TABLE
def test_pandas_reads_the_declared_types(run: Path, table: c.Table) -> None:
    import pandas as pd

    assert read("pandas", run, table).dtypes.to_dict() == declared(table, pd.ArrowDtype)


@EVERY_TABLE
def test_pandas_reads_the_values(run: Path, table: c.Table) -> None:
    frame = read("pandas", run, table)
    assert pa.Table.from_pandas(frame, preserve_index=False).to_pylist() == expected(run, table)


@EVERY_TABLE
def test_polars_reads_the_declared_types(run: Path, table: c.Table) -> None:
    frame = read("polars", run, table)
    import polars as pl

    kinds = {
        pa.int16(): pl.Int16(), pa.int32(): pl.Int32(), pa.int64(): pl.Int64(), pa.float32(): pl.Float32(),
        pa.float64(): pl.Float64(), pa.bool_(): pl.Boolean(), c.TIME: pl.Datetime("us", "UTC"),
        c.ENUM: pl.Categorical(), c.OPEN_ENUM: pl.Categorical(),
    }  # fmt: skip
    assert dict(frame.schema) == declared(table, kinds.__getitem__)


@EVERY_TABLE
def test_polars_reads_the_values(run: Path, table: c.Table) -> None:
    assert read("polars", run, table).to_dicts() == expected(run, table)


@EVERY_TABLE
def test_duckdb_reads_the_declared_types(run: Path, table: c.Table) -> None:
    kinds = {
        pa.int16(): "SMALLINT", pa.int32(): "INTEGER", pa.int64(): "BIGINT", pa.float32(): "FLOAT",
        pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN", c.TIME: "TIMESTAMP WITH TIME ZONE",
        c.ENUM: "VARCHAR", c.OPEN_ENUM: "VARCHAR",
    }  # fmt: skip
    relation = read("duckdb", run, table)
    assert dict(zip(relation.columns, map(str, relation.types), strict=True)) == declared(table, kinds.__getitem__)


@EVERY_TABLE
def test_duckdb_reads_the_values(run: Path, table: c.Table) -> None:
    rows = read("duckdb", run, table).order(table.key).to_arrow_table().cast(plain(table)).to_pylist()
    assert rows == sorted(expected(run, table), key=lambda row: row[table.key])


def plain(table: c.Table) -> pa.Schema:
    """The table's schema with words as text, times in UTC."""
    return pa.schema([(name, words_as_text(kind)) for name, kind in declared(table, lambda kind: kind).items()])


def words_as_text(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind


# ``datasets`` reads its settings from the environment when imported, and warns of things of its own.
_DATASETS = """
import sys, datasets, pyarrow
datasets.disable_progress_bars()
table = {line}
with pyarrow.OSFile(sys.argv[1], "wb") as file, pyarrow.ipc.new_file(file, table.data.schema) as out:
    out.write_table(table.data.table)
"""


@pytest.fixture
def loaded(run: Path, table: c.Table, tmp_path: Path) -> pa.Table:
    pytest.importorskip("datasets", reason="datasets is not installed")
    environment = os.environ | {"HF_HOME": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    code = _DATASETS.format(line=line("datasets", run, table))
    command = [sys.executable, "-c", code, str(tmp_path / "table.arrow")]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return pa.ipc.open_file(pa.memory_map(str(tmp_path / "table.arrow"))).read_all()


@EVERY_TABLE
def test_datasets_reads_the_declared_types(loaded: pa.Table, table: c.Table) -> None:
    assert dict(zip(loaded.schema.names, loaded.schema.types, strict=True)) == declared(table, words_as_text)


@EVERY_TABLE
def test_datasets_reads_the_values(run: Path, loaded: pa.Table, table: c.Table) -> None:
    assert loaded.to_pylist() == expected(run, table)
