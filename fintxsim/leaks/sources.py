"""Where rows come from: anybody's file or directory, or a table at hand, read a part at a time, any number of times."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.dataset as pads
import pyarrow.types as pat

from fintxsim.errors import InputError
from fintxsim.leaks.frames import Flags, Frame, Values, Words, can_be_judged
from fintxsim.suggest import hint

_FRAUD = frozenset({"1", "true", "t", "yes", "y", "fraud"})
_GENUINE = frozenset({"0", "false", "f", "no", "n", "genuine"})
_ALLOWED = f"allowed are {', '.join(sorted(_FRAUD))} and {', '.join(sorted(_GENUINE))}"
_FORMATS = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet"}
_BLOCK_BYTES = 1 << 24
"""Of a CSV file, what is read at a time and looked at to guess the types of its columns."""

_NULLS = ["", "NULL", "null", "NaN", "nan"]


class Source(ABC):
    """A labelled table. ``name`` is what messages call it, ``schema`` what it holds, ``label`` how it was labelled."""

    name: str
    schema: pa.Schema
    label: str = "the label"

    @abstractmethod
    def frames(self, columns: Sequence[str]) -> Iterator[Frame]:
        """All rows in their order, a part at a time. InputError when they cannot be read or labelled."""


class LabelledTable(Source):
    """A table that is at hand, with its labels beside it."""

    def __init__(self, name: str, rows: pa.Table, fraud: Flags, group: Any) -> None:
        self.name, self.schema = name, rows.schema
        self._whole = Frame(rows, fraud, np.asarray(group, np.int64))

    def frames(self, columns: Sequence[str]) -> Iterator[Frame]:
        yield Frame(self._whole.rows.select(list(columns)), self._whole.fraud, self._whole.group)


class TableFiles(Source):
    """Files of rows, one column of which is the label."""

    def __init__(self, path: Path, label: str) -> None:
        self.name, self.label = str(path), f"--label {label}"
        self._label = label
        self._files = _files(path)
        self._dataset = self._opened({})
        empty = {field.name: pa.string() for field in self._dataset.schema if pat.is_null(field.type)}
        if empty:  # nulls as far as the reader looked ahead; what comes later may be anything
            self._dataset = self._opened(empty)
        self.schema = self._dataset.schema
        self.require("--label", label)

    def _opened(self, types: Mapping[str, pa.DataType]) -> pads.Dataset:
        try:
            return pads.dataset([str(file) for file in self._files], format=_format(self._files[0], types))
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(Path(self.name), error) from error

    def require(self, option: str, column: str) -> None:
        """InputError unless the table has the column."""
        if column not in self.schema.names:
            raise InputError(
                f"{self.name}: {option} {column}: no such column{hint(column, self.schema.names)}. Name one of these."
            )

    def frames(self, columns: Sequence[str]) -> Iterator[Frame]:
        wanted = list(dict.fromkeys([self._label, *columns]))
        at = 0
        try:
            for batch in self._dataset.to_batches(columns=wanted):
                rows = pa.Table.from_batches([batch])
                fraud = self._flags(rows.column(self._label), at)
                at += len(fraud)
                yield Frame(rows.select(list(columns)), fraud, np.full(len(fraud), -1, np.int64))
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(Path(self.name), error) from error

    def _flags(self, column: Any, at: int) -> Flags:
        """Labels as true and false; ``at`` is the number of the first row."""
        if column.null_count:
            row = at + int(np.argmax(np.asarray(column.is_null(), np.bool_)))
            raise InputError(self._refusal(f"row {row} has no value; {_ALLOWED}. Label the row, or remove it"))
        if not can_be_judged(column.type):
            raise InputError(self._refusal(f"has the type {column.type}; {_ALLOWED}. Name another column"))
        frame = Frame(pa.table({self._label: column}), np.zeros(0, np.bool_), np.zeros(0, np.int64))
        words = _as_words(frame.values(self._label))
        texts = [text.strip().lower() for text in words.texts]
        foreign = np.array([text not in _FRAUD | _GENUINE for text in texts], np.bool_)[words.codes]
        if foreign.any():
            row = int(np.argmax(foreign))
            text = words.texts[int(words.codes[row])]
            raise InputError(self._refusal(f"row {at + row} holds {text!r}; {_ALLOWED}. Mend it, or name another"))
        return np.array([text in _FRAUD for text in texts], np.bool_)[words.codes]

    def _refusal(self, what: str) -> str:
        return f"{self.name}: {self.label}: {what}."


def _as_words(values: Values) -> Words:
    if isinstance(values, Words):
        return values
    numbers, codes = np.unique(values.values, return_inverse=True)
    return Words(codes.astype(np.int32), [values.write(number) for number in numbers.tolist()])


def _files(path: Path) -> list[Path]:
    """The files of a table in the order of their names. InputError when there are none, or none that can be read."""
    if not path.exists():
        raise InputError(f"{path}: nothing is there; give a CSV or Parquet file, a directory of them, or a run.")
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
