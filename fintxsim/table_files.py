"""Anybody's table: a CSV or Parquet file, or a directory of them, read a part at a time, any number of times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.dataset as pads
import pyarrow.types as pat

from fintxsim.errors import InputError
from fintxsim.suggest import hint

FRAUD_WORDS = frozenset({"1", "true", "t", "yes", "y", "fraud"})
GENUINE_WORDS = frozenset({"0", "false", "f", "no", "n", "genuine"})
ALLOWED_WORDS = f"allowed are {', '.join(sorted(FRAUD_WORDS))} and {', '.join(sorted(GENUINE_WORDS))}"
"""How a column may say what is fraud, in any letter case."""

_FORMATS = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet"}
_BLOCK_BYTES = 1 << 24
"""Of a CSV file, what is read at a time and looked at to guess the types of its columns."""

_READ_AHEAD = 2
"""Parts that are read before they are asked for."""

_NULLS = ["", "NULL", "null", "NaN", "nan"]


class TableFiles:
    """Files of rows. InputError when there are none, or they cannot be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._files = _files(path)
        self._dataset = self._opened({})
        empty = {field.name: pa.string() for field in self._dataset.schema if pat.is_null(field.type)}
        if empty:  # nulls as far as the reader looked ahead; what comes later may be anything
            self._dataset = self._opened(empty)
        self.schema: pa.Schema = self._dataset.schema

    def _opened(self, types: Mapping[str, pa.DataType]) -> pads.Dataset:
        try:
            return pads.dataset([str(file) for file in self._files], format=_format(self._files[0], types))
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(self.path, error) from error

    def require(self, option: str, column: str) -> None:
        """InputError unless the table has the column."""
        if column not in self.schema.names:
            raise InputError(
                f"{self.path}: {option} {column}: no such column{hint(column, self.schema.names)}. Name one of these."
            )

    def batches(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Columns of all rows in their order, a part at a time. InputError when they cannot be read."""
        try:
            for batch in self._dataset.to_batches(
                columns=list(columns), batch_readahead=_READ_AHEAD, fragment_readahead=1
            ):
                yield pa.Table.from_batches([batch])
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(self.path, error) from error


def _files(path: Path) -> list[Path]:
    """The files of a table in the order of their names. InputError when there are none, or none that can be read."""
    if not path.exists():
        raise InputError(f"{path}: nothing is there; give a CSV or Parquet file, or a directory of them.")
    found = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.suffix in _FORMATS)
    if not found:
        raise InputError(f"{path}: the directory has no CSV or Parquet file; give one that has.")
    kinds = {_kind(file) for file in found}
    if len(kinds) > 1:
        raise InputError(f"{path}: the directory holds CSV and Parquet files; give one kind alone.")
    return found


def _kind(file: Path) -> str:
    if file.suffix not in _FORMATS:
        raise InputError(f"{file}: is neither CSV nor Parquet; allowed endings are {', '.join(_FORMATS)}.")
    return _FORMATS[file.suffix]


def _format(file: Path, types: Mapping[str, pa.DataType]) -> Any:
    """How pyarrow is to read a file; ``types`` are those of columns of a CSV file that it cannot guess."""
    if _kind(file) == "parquet":
        return "parquet"
    return pads.CsvFileFormat(
        pacsv.ParseOptions(delimiter="\t" if file.suffix == ".tsv" else ","),
        convert_options=pacsv.ConvertOptions(column_types=dict(types), null_values=_NULLS, strings_can_be_null=True),
        read_options=pacsv.ReadOptions(block_size=_BLOCK_BYTES),
    )


def _unreadable(path: Path, error: Exception) -> InputError:
    what = " ".join(str(error).split())
    return InputError(f"{path}: cannot be read: {what}; mend the file, or give another.")
