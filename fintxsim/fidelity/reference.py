"""Payments of anybody's table: which column tells what, and how its values are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from fintxsim.errors import InputError
from fintxsim.fidelity.counts import mixed
from fintxsim.fidelity.payments import (
    DAY_US,
    FRAUD,
    GENUINE,
    NEITHER,
    PARTS,
    UNKNOWN,
    Flags,
    Floats,
    Ints,
    Payments,
    Source,
    text_ids,
    to_cents,
)
from fintxsim.suggest import hint
from fintxsim.table_files import ALLOWED_WORDS, FRAUD_WORDS, GENUINE_WORDS, TableFiles

_NEEDED = ("time", "amount")
_OFFSET = re.compile(r"\s*(?:Z|[+-]\d\d:?\d\d)$")
"""What follows a local time in ISO 8601."""

_EXAMPLE = "write for example time=booked_at,amount=value,customer=client"


def parse_map(words: Sequence[str]) -> dict[str, str]:
    """Columns by the part that they tell, from ``part=column,part=column``. InputError."""
    pairs = [pair for word in words for pair in re.split(r",(?=\s*\w+\s*=)", word)]
    parts: dict[str, str] = {}
    for pair in pairs:
        part, sign, column = (text.strip() for text in pair.partition("="))
        if not (part and sign and column):
            raise InputError(f"--map {pair}: is no PART=COLUMN; {_EXAMPLE}.")
        if part in parts:
            raise InputError(f"--map {pair}: {part} is {parts[part]} already; name one column for it.")
        parts[part] = column
    return parts


def require_parts(parts: Mapping[str, str]) -> None:
    """InputError for parts that do not exist, and without a time and an amount."""
    for part in parts:
        if part not in PARTS:
            raise InputError(f"--map {part}={parts[part]}: no such part{hint(part, PARTS)}. Name one of these.")
    for part in _NEEDED:
        if part not in parts:
            raise InputError(f"--map: names no {part}; add {part}=COLUMN, {_EXAMPLE}.")


class TablePayments(Source):
    """Rows of a table. Times are local, as a reader of the table sees them; refunds are negative amounts."""

    def __init__(self, path: Path, parts: Mapping[str, str]) -> None:
        require_parts(parts)
        self.name, self.parts = str(path), frozenset(parts)
        self._columns = dict(parts)
        self._files = TableFiles(path)
        for part, column in parts.items():
            self._files.require(f"--map {part}", column)

    def batches(self) -> Iterator[Payments]:
        at = 0
        for rows in self._files.batches(list(dict.fromkeys(self._columns.values()))):
            if len(rows):
                yield self._payments(rows, at)
            at += len(rows)
        if not at:
            raise InputError(f"{self.name}: the table has no rows; give one that has.")

    def _payments(self, rows: pa.Table, at: int) -> Payments:
        unknown = np.full(len(rows), UNKNOWN, np.int64)
        columns = {part: _plain(rows.column(name)) for part, name in self._columns.items()}
        ids = {
            part: self._ids(part, columns[part]) if part in columns else unknown
            for part in ("customer", "merchant", "card")
        }
        return Payments(
            time_us=self._times(columns["time"], at),
            cents=to_cents(self._amounts(columns["amount"], at)),
            category=self._categories(columns["category"]) if "category" in columns else unknown,
            fraud=self._frauds(columns["fraud"], at) if "fraud" in columns else np.full(len(rows), NEITHER, np.int8),
            is_payment=np.ones(len(rows), np.bool_),
            **ids,
        )

    def _times(self, column: Any, at: int) -> Ints:
        """Local times in microseconds since 1970."""
        self._require_none(np.asarray(column.is_null(), np.bool_), "time", at, "fill it in, or remove the row")
        if pat.is_date(column.type):
            return np.asarray(column.cast(pa.date32()).cast(pa.int32()), np.int64) * DAY_US
        if pat.is_timestamp(column.type):
            local = pc.local_timestamp(column) if column.type.tz else column
            return np.asarray(local.cast(pa.timestamp("us"), safe=False).cast(pa.int64()), np.int64)
        if not _is_text(column.type):
            raise self._refusal("time", f"has the type {column.type}; allowed are times, dates and texts in ISO 8601")
        texts = column.to_pylist()
        times = pd.to_datetime(
            pd.Series([_OFFSET.sub("", text) for text in texts], dtype=object), format="ISO8601", errors="coerce"
        )
        self._require_none(np.asarray(times.isna()), "time", at, "write times like 2026-01-31 12:30:00", texts)
        return np.asarray(times.to_numpy().astype("datetime64[us]"), np.int64)

    def _amounts(self, column: Any, at: int) -> Floats:
        if not (pat.is_integer(column.type) or pat.is_floating(column.type) or pat.is_decimal(column.type)):
            raise self._refusal("amount", f"has the type {column.type}; allowed are numbers")
        amounts = np.array(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)
        self._require_none(~np.isfinite(amounts), "amount", at, "fill it in, or remove the row")
        return amounts

    def _ids(self, part: str, column: Any) -> Ints:
        """Whole numbers that stand for the values, the same in every part of the table; nulls are UNKNOWN."""
        if pat.is_floating(column.type):  # ids that pandas made floats because some are null
            column = _whole(column)
        if pat.is_integer(column.type) and not pat.is_uint64(column.type):
            values = np.asarray(pc.fill_null(column.cast(pa.int64()), UNKNOWN), np.int64)
            negative = (values < 0) & np.asarray(column.is_valid(), np.bool_)
            return np.where(negative, (mixed(values) >> np.uint64(1)).astype(np.int64), values)
        if pat.is_nested(column.type):
            raise self._refusal(part, f"has the type {column.type}; allowed are numbers and texts")
        return _hashed(column.cast(pa.string()))

    def _categories(self, column: Any) -> Ints:
        """Texts; whole numbers are taken for category codes of four digits."""
        if pat.is_floating(column.type):
            column = _whole(column)
        if pat.is_nested(column.type):
            raise self._refusal("category", f"has the type {column.type}; allowed are numbers and texts")
        texts = column.cast(pa.string())
        return _hashed(pc.utf8_lpad(texts, 4, "0") if pat.is_integer(column.type) else texts)

    def _frauds(self, column: Any, at: int) -> Any:
        """What is fraud; rows that do not say are neither."""
        if pat.is_floating(column.type):
            column = _whole(column)
        if pat.is_nested(column.type) or pat.is_temporal(column.type):
            raise self._refusal("fraud", f"has the type {column.type}; {ALLOWED_WORDS}")
        encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
        words = [str(word).strip().lower() for word in encoded.dictionary.to_pylist()]
        kinds = [FRAUD if word in FRAUD_WORDS else GENUINE if word in GENUINE_WORDS else UNKNOWN for word in words]
        codes = np.asarray(pc.fill_null(encoded.indices.cast(pa.int64()), -1), np.int64)
        found = np.array([*kinds, NEITHER], np.int8)[codes]
        self._require_none(found == UNKNOWN, "fraud", at, ALLOWED_WORDS, column.to_pylist())
        return found

    def _require_none(self, bad: Flags, part: str, at: int, what: str, values: Sequence[Any] = ()) -> None:
        """InputError that names the first bad row; ``at`` is the number of the first row of all."""
        if bad.any():
            row = int(np.argmax(bad))
            held = f"holds {values[row]!r}" if values else "has no value"
            raise self._refusal(part, f"row {at + row} {held}; {what}")

    def _refusal(self, part: str, what: str) -> InputError:
        return InputError(f"{self.name}: --map {part}={self._columns[part]}: {what}.")


def _is_text(kind: pa.DataType) -> bool:
    return pat.is_string(kind) or pat.is_large_string(kind) or pat.is_string_view(kind)


def _plain(column: Any) -> Any:
    """A column without its dictionary."""
    return column.cast(column.type.value_type) if pat.is_dictionary(column.type) else column


def _whole(column: Any) -> Any:
    """Floats as whole numbers when they are."""
    values = column.to_numpy()
    is_whole = bool((np.isnan(values) | ((values == np.rint(values)) & (np.abs(values) < 2.0**53))).all())
    return pa.chunked_array([pa.array(values, from_pandas=True).cast(pa.int64())]) if is_whole else column


def _hashed(texts: Any) -> Ints:
    """Texts as numbers; nulls are UNKNOWN."""
    encoded = texts.combine_chunks().dictionary_encode()
    codes = np.asarray(pc.fill_null(encoded.indices.cast(pa.int64()), -1), np.int64)
    return np.append(text_ids(encoded.dictionary.to_pylist()), UNKNOWN)[codes]
