"""What a check is, what it answers, and how it reads a run in batches."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fintxsim import columns as c
from fintxsim.dataset import Run
from fintxsim.outcomes import CheckResult, Finding, Outcome, Report

__all__ = [
    "Batch",
    "Check",
    "CheckResult",
    "Context",
    "Finding",
    "Outcome",
    "UnreadableError",
    "VerifyReport",
    "lookup",
]

BATCH_ROWS = 131_072
SHOWN = 10


@dataclass(frozen=True)
class VerifyReport(Report):
    """One result per check."""

    path: Path
    results: tuple[CheckResult, ...] = field(default=())


class UnreadableError(Exception):
    """A file that a check needs is missing or cannot be read; the check is not evaluated."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive rows of one file."""

    file: str
    first_row: int
    rows: pa.Table

    def __len__(self) -> int:
        return self.rows.num_rows

    def column(self, name: str) -> pa.ChunkedArray[Any]:
        return self.rows.column(name)

    def ints(self, name: str, null: int = -1) -> NDArray[np.int64]:
        """Whole numbers, ids, times in microseconds, dates in days; nulls become ``null``."""
        column: Any = self.column(name)
        if pa.types.is_date32(column.type):
            column = column.cast(pa.int32())
        if not pa.types.is_int64(column.type):
            column = column.cast(pa.int64())
        return np.asarray(pc.fill_null(column, null) if column.null_count else column, np.int64)

    def floats(self, name: str) -> NDArray[np.float64]:
        """Numbers; nulls become NaN."""
        column: Any = self.column(name)
        return np.asarray(column.to_numpy(zero_copy_only=False), np.float64)

    def flags(self, name: str) -> NDArray[np.bool_]:
        """Booleans; nulls become False."""
        column: Any = self.column(name)
        return np.asarray(pc.fill_null(column, False), np.bool_)

    def words(self, name: str) -> tuple[NDArray[np.int64], list[Any]]:
        """Codes and words of a dictionary column; a null has the code -1."""
        column: Any = self.column(name)
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        encoded = column.unify_dictionaries().combine_chunks()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = pa.concat_arrays(encoded.chunks)
        codes = np.asarray(pc.fill_null(encoded.indices.cast(pa.int64()), -1), np.int64)
        return codes, encoded.dictionary.to_pylist()

    def is_word(self, name: str, word: str) -> NDArray[np.bool_]:
        """Rows that hold a word."""
        codes, words = self.words(name)
        return codes == words.index(word) if word in words else np.zeros(len(codes), np.bool_)

    def findings(self, bad: NDArray[np.bool_], column: str, message: str) -> Iterator[Finding]:
        """A finding per row where ``bad`` is true."""
        for i in np.flatnonzero(bad).tolist():
            value = str(self.column(column)[i].as_py())
            yield Finding(message, self.file, self.first_row + i, column, value)


class Context:
    """The run under test."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.manifest = run.manifest
        self.path = run.path

    def batches(self, table: c.Table, columns: Sequence[str] | None = None) -> Iterator[Batch]:
        """Rows of a table in order, a part at a time. UnreadableError when a file cannot be read."""
        for entry in self.manifest.files_of(table.path):
            yield from self._file_batches(entry.path, columns)

    def _file_batches(self, name: str, columns: Sequence[str] | None) -> Iterator[Batch]:
        at = 0
        try:
            with pq.ParquetFile(self.path / name) as file:
                absent = [column for column in columns or () if column not in file.schema_arrow.names]
                if absent:
                    raise UnreadableError(f"{name} has no column {absent[0]}")
                for rows in file.iter_batches(BATCH_ROWS, columns=list(columns) if columns else None):
                    yield Batch(name, at, pa.Table.from_batches([rows]))
                    at += len(rows)
        except (OSError, pa.ArrowException) as error:
            raise UnreadableError(f"{name} cannot be read: {error}") from error

    def gathered(self, table: c.Table, columns: Sequence[str]) -> Any:
        """Whole-number columns of a small table as arrays by name, nulls as -1."""
        parts = [[batch.ints(name) for name in columns] for batch in self.batches(table, columns)]
        empty = [np.zeros(0, np.int64) for _ in columns]
        return dict(zip(columns, map(np.concatenate, zip(empty, *parts, strict=True)), strict=True))

    def minor_units(self, batch: Batch, amount: str, currency: str) -> NDArray[np.int64]:
        """An amount in minor units of its currency. UnreadableError when the exponent is not known."""
        scaled = batch.floats(amount) * self.scales(batch, currency)
        return np.rint(np.nan_to_num(scaled)).astype(np.int64)

    def scales(self, batch: Batch, currency: str) -> NDArray[np.float64]:
        """Minor units per major unit of each row's currency."""
        codes, words = batch.words(currency)
        unknown = [word for word in words if word not in self._scale]
        if unknown:
            raise UnreadableError(f"the manifest does not say how many decimals {unknown[0]} has")
        return np.array([*(self._scale[word] for word in words), np.nan])[codes]

    @cached_property
    def _scale(self) -> dict[str, float]:
        return {code: 10.0**exponent for code, exponent in self.manifest.currency_exponents.items()}


class Check(ABC):
    """One check: two class attributes and one method."""

    name: ClassVar[str]
    meaning: ClassVar[str]

    @abstractmethod
    def findings(self, run: Context) -> Iterator[Finding]:
        """Everything that is wrong; nothing when all is well. UnreadableError when that cannot be told."""

    def evaluate(self, run: Context) -> CheckResult:
        """Run the check; findings made before a file proved unreadable still count as a failure."""
        found: list[Finding] = []
        reason = ""
        try:
            found.extend(itertools.islice(self.findings(run), SHOWN))
        except UnreadableError as error:
            reason = str(error)
        outcome = Outcome.FAIL if found else Outcome.NOT_EVALUATED if reason else Outcome.PASS
        return CheckResult(self.name, outcome, tuple(found), reason)


def lookup(keys: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of wanted values in sorted unique keys; -1 where there is none."""
    if not len(keys):
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)
