"""Rows with their label, and their columns as arrays: words as codes, everything else as numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat
from numpy.typing import NDArray

DAY_US = 86_400_000_000

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def plain(number: float) -> str:
    """A number as one would write it."""
    return f"{number:.12g}"


def written_day(days: float) -> str:
    """A number of days since 1970 as a date."""
    return (dt.date(1970, 1, 1) + dt.timedelta(days=days)).isoformat()


def written_time(seconds: float) -> str:
    """A number of seconds since 1970 as a time."""
    return (dt.datetime(1970, 1, 1) + dt.timedelta(seconds=seconds)).isoformat(sep=" ")


def written_hour(seconds: float) -> str:
    """A number of seconds since midnight as a time of day."""
    return written_time(seconds).split(" ")[1]


@dataclass(frozen=True, slots=True)
class Words:
    """Values from a list; a null has the code -1."""

    codes: NDArray[np.int32]
    texts: list[str]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Values on a scale; a null is NaN."""

    values: Floats
    write: Callable[[float], str] = plain


Values = Words | Numbers


@dataclass(slots=True)
class Frame:
    """Rows of a table. ``fraud`` is their label, ``group`` what a fraud belongs to, such as a campaign; -1 unknown."""

    rows: pa.Table
    fraud: Flags
    group: Ints
    _read: dict[tuple[str, str], Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.fraud)

    def values(self, name: str) -> Values:
        """A column as words or numbers, as its type suggests."""
        found: Values = self._once("values", name, _values)
        return found

    def times(self, name: str) -> Ints:
        """Times in microseconds since 1970; numbers, which are no clock, in their own unit or thousandths of it."""
        found: Ints = self._once("times", name, _times)
        return found

    def nulls(self, name: str) -> Flags:
        return np.asarray(self.rows.column(name).is_null(nan_is_null=True), np.bool_)

    def ids(self, name: str) -> tuple[Ints, Any]:
        """Position of each row's value among the sorted values of the column, and those; a null is at -1."""
        found: tuple[Ints, Any] = self._once("ids", name, _ids)
        return found

    def take(self, chosen: Flags) -> Frame:
        return Frame(self.rows.filter(pa.array(chosen)), self.fraud[chosen], self.group[chosen])

    def _once(self, what: str, name: str, read: Callable[[Any], Any]) -> Any:
        if (what, name) not in self._read:
            self._read[what, name] = read(_undone(self.rows.column(name)))
        return self._read[what, name]


def joined(frames: Sequence[Frame]) -> Frame:
    """Frames one after the other."""
    return Frame(
        pa.concat_tables([frame.rows for frame in frames]),
        np.concatenate([frame.fraud for frame in frames]),
        np.concatenate([frame.group for frame in frames]),
    )


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type of the values; those of a dictionary are what it lists."""
    return kind.value_type if pat.is_dictionary(kind) else kind


def is_number(kind: pa.DataType) -> bool:
    inner = plain_type(kind)
    return pat.is_integer(inner) or pat.is_floating(inner) or pat.is_decimal(inner)


def is_text(kind: pa.DataType) -> bool:
    inner = plain_type(kind)
    return pat.is_string(inner) or pat.is_large_string(inner) or pat.is_string_view(inner)


def can_be_judged(kind: pa.DataType) -> bool:
    """Whether the columns of a type are words or numbers."""
    inner = plain_type(kind)
    words = is_text(inner) or pat.is_boolean(inner) or pat.is_null(inner)
    return words or is_number(inner) or pat.is_date(inner) or pat.is_time(inner) or pat.is_timestamp(inner)


def _undone(column: Any) -> Any:
    """A column without its dictionary, unless that lists words."""
    return column if is_text(column.type) else column.cast(plain_type(column.type))


def _values(column: Any) -> Values:
    kind = column.type
    if is_number(kind):
        return Numbers(_floats(column))
    if pat.is_date(kind):
        return Numbers(_floats(column.cast(pa.date32()).cast(pa.int32())), written_day)
    if pat.is_timestamp(kind):
        return Numbers(_floats(_micros(column)) / 1e6, written_time)
    if pat.is_time(kind):
        return Numbers(_floats(column.cast(pa.time64("us")).cast(pa.int64())) / 1e6, written_hour)
    return _words(column)


def _floats(column: Any) -> Floats:
    if not pat.is_float64(column.type):
        column = column.cast(pa.float64(), safe=False)
    values = np.array(column.to_numpy(), np.float64)
    values[np.isinf(values)] = np.nan
    return values


def words_of(texts: Any) -> Words:
    """An array of texts as words."""
    return _words(pa.chunked_array([texts]))


def _words(column: Any) -> Words:
    if pat.is_boolean(column.type):
        codes = pc.fill_null(column.cast(pa.int8()), -1)
        return Words(np.asarray(codes, np.int32), ["false", "true"])
    encoded = column if pat.is_dictionary(column.type) else column.cast(pa.string()).dictionary_encode()
    whole = encoded.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], encoded.type)
    codes = np.asarray(pc.fill_null(whole.indices.cast(pa.int32()), -1), np.int32)
    return Words(codes, [str(text) for text in whole.dictionary.to_pylist()])


def _micros(column: Any) -> Any:
    return column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.int64())


def _times(column: Any) -> Ints:
    kind = column.type
    if pat.is_timestamp(kind):
        return np.asarray(_micros(column), np.int64)
    if pat.is_date(kind):
        return np.asarray(column.cast(pa.date32()).cast(pa.int32()), np.int64) * DAY_US
    if pat.is_integer(kind):
        return np.asarray(column.cast(pa.int64()), np.int64)
    return np.rint(_floats(column) * 1000.0).astype(np.int64)


def _ids(column: Any) -> tuple[Ints, Any]:
    """Numbers sort as numbers, everything else as text."""
    if is_number(column.type):
        values = np.asarray(pc.fill_null(column, 0).to_numpy())
        known = np.asarray(column.is_valid(), np.bool_)
        distinct, codes = np.unique(values[known], return_inverse=True)
        places = np.full(len(values), -1, np.int64)
        places[known] = codes
        return places, distinct
    words = _words(column)
    used = np.unique(words.codes[words.codes >= 0])
    texts = np.array([words.texts[code] for code in used.tolist()], dtype=object)
    order = np.argsort(texts, kind="stable")
    place = np.full(len(words.texts) + 1, -1, np.int64)
    place[used[order]] = np.arange(len(order))
    return place[words.codes], texts[order]


def places(keys: Ints, wanted: Ints) -> Ints:
    """Positions of values among sorted different keys; -1 where there is none."""
    if not len(keys):
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)


def are_among(keys: Ints, wanted: Ints) -> Flags:
    """Whether values are among sorted different keys."""
    return places(keys, wanted) >= 0
