"""A digest of the values of a table that does not see how the table is stored.

Per column two sums modulo 2**64 are kept, ``sum(word(row) * RATE**row)`` for two rearrangements of a 64-bit
word of the value. RATE is odd, so one changed value always changes the sums. Sums of parts can be joined by one
multiplication, therefore row groups, batches, files and dictionary codes do not matter; values, their order
and nulls do. The digest finds accidents and differences between runs; against a forger the SHA-256 of each
file in the manifest is the guard.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pat
from numpy.typing import NDArray

from fintxsim.compiled import compiled, kernel

Words = NDArray[np.uint64]

# Odd multipliers. 0x9E37... is 2**64 divided by the golden ratio (Knuth, TAOCP vol. 2, 3.3.4); the other is
# the 64-bit multiplier that Steele and Vigna (2021, arXiv 2001.05304) give for congruential generators.
_MIX = np.uint64(0x9E3779B97F4A7C15)
_RATE = 0xD1342543DE82EF95
_NULL = np.uint64(0x6A09E667F3BCC909)  # the first 64 bits of the square root of 2's fraction
_MODULUS = 1 << 64
_BLOCK = 4096
_FNV_OFFSET, _FNV_PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_S29, _S32, _S35 = np.uint64(29), np.uint64(32), np.uint64(35)
BATCH_ROWS = 65_536


def _powers() -> Words:
    """RATE**0 ... RATE**BLOCK, modulo 2**64."""
    powers, value = np.empty(_BLOCK + 1, np.uint64), 1
    for i in range(_BLOCK + 1):
        powers[i] = value
        value = value * _RATE % _MODULUS
    return powers


_POWERS = _powers()


@lru_cache(maxsize=64)
def _scale(row: int) -> np.uint64:
    """RATE**row, modulo 2**64; the columns of a table ask one after the other for the same row."""
    return np.uint64(pow(_RATE, row, _MODULUS))


@compiled
def _block_of_words(words: NDArray[Any], powers: Words) -> Any:
    a, b = np.uint64(0), np.uint64(0)
    for i in range(len(words)):
        x = words[i] * _MIX
        x ^= x >> _S32
        a += x * powers[i]
        b += ((x >> _S29) | (x << _S35)) * powers[i]
    return a, b


@compiled
def _block_of_nullable_words(words: NDArray[Any], valid: NDArray[np.uint8], powers: Words) -> Any:
    a, b = np.uint64(0), np.uint64(0)
    for i in range(len(words)):
        x = words[i] * _MIX
        keep = np.uint64(0) - np.uint64(valid[i])  # all ones or zero: a branch would be mispredicted
        x = _NULL ^ ((x ^ (x >> _S32) ^ _NULL) & keep)
        a += x * powers[i]
        b += ((x >> _S29) | (x << _S35)) * powers[i]
    return a, b


@compiled
def _block_of_codes(codes: NDArray[Any], entries: Words, powers: Words) -> Any:
    a, b = np.uint64(0), np.uint64(0)
    for i in range(len(codes)):
        x = entries[codes[i]]
        a += x * powers[i]
        b += ((x >> _S29) | (x << _S35)) * powers[i]
    return a, b


@kernel
def _sum_words(words: NDArray[Any], powers: Words, scale: np.uint64) -> Any:
    """Two sums over 64-bit words of which none is null; ``scale`` is RATE**(first row)."""
    block = len(powers) - 1
    first, second = np.uint64(0), np.uint64(0)
    for start in range(0, len(words), block):
        a, b = _block_of_words(words[start : start + block], powers)
        first += a * scale
        second += b * scale
        scale *= powers[block]
    return first, second


@kernel
def _sum_nullable_words(words: NDArray[Any], valid: NDArray[np.uint8], powers: Words, scale: np.uint64) -> Any:
    """Like ``_sum_words``; rows with ``valid`` 0 count as null."""
    block = len(powers) - 1
    first, second = np.uint64(0), np.uint64(0)
    for start in range(0, len(words), block):
        a, b = _block_of_nullable_words(words[start : start + block], valid[start : start + block], powers)
        first += a * scale
        second += b * scale
        scale *= powers[block]
    return first, second


@kernel
def _sum_codes(codes: NDArray[Any], entries: Words, powers: Words, scale: np.uint64) -> Any:
    """Two sums over rows that point into a table of well mixed words."""
    block = len(powers) - 1
    first, second = np.uint64(0), np.uint64(0)
    for start in range(0, len(codes), block):
        a, b = _block_of_codes(codes[start : start + block], entries, powers)
        first += a * scale
        second += b * scale
        scale *= powers[block]
    return first, second


@kernel
def _words_of_strings(offsets: NDArray[np.int32], text: NDArray[np.uint8], out: Words) -> None:
    """A word for every string, so that dictionary codes do not matter.

    It is the string's bytes by FNV-1a (Fowler, Noll, Vo), scrambled.
    """
    for i in range(len(out)):
        x = _FNV_OFFSET
        for k in range(offsets[i], offsets[i + 1]):
            x = (x ^ np.uint64(text[k])) * _FNV_PRIME
        x ^= x >> _S32
        x *= _MIX
        out[i] = x ^ (x >> _S29)


def _string_words(array: pa.Array[Any]) -> Words:
    """Words of the strings of an array; those of nulls mean nothing."""
    plain = array.cast(pa.string())
    out = np.empty(len(plain), np.uint64)
    _, offsets, text = plain.buffers()
    if len(plain) and offsets is not None:
        numbers = np.frombuffer(memoryview(offsets), np.int32)[plain.offset : plain.offset + len(plain) + 1]
        letters = np.frombuffer(memoryview(text), np.uint8) if text is not None and text.size else np.zeros(0, np.uint8)
        _words_of_strings(numbers, letters, out)
    return out


def _bits(buffer: Any, offset: int, rows: int) -> NDArray[np.uint8]:
    """Rows of an Arrow bitmap as one byte each."""
    start, skip = offset // 8, offset % 8
    packed = np.frombuffer(buffer, np.uint8)[start : (offset + rows + 7) // 8]
    return np.unpackbits(packed, bitorder="little", count=skip + rows)[skip:]


def _valid(array: pa.Array[Any]) -> NDArray[np.uint8] | None:
    """One byte per row, 0 where null; None when no row is."""
    bitmap = array.buffers()[0]
    if array.null_count == 0 or bitmap is None:
        return None
    return _bits(bitmap, array.offset, len(array))


def _data(array: pa.Array[Any]) -> NDArray[Any]:
    """The bits of numbers, dates, times or codes as unsigned integers of their own width."""
    width = array.type.bit_width // 8
    buffer: Any = array.buffers()[1]
    values: NDArray[Any] = np.frombuffer(buffer, np.dtype(f"u{width}"), count=array.offset + len(array))
    return values[array.offset :]


def _boolean_codes(array: pa.Array[Any]) -> NDArray[np.uint8]:
    buffer: Any = array.buffers()[1]
    return _bits(buffer, array.offset, len(array))


def _codes(indices: pa.Array[Any]) -> NDArray[Any]:
    """Dictionary codes in at most 16 bits."""
    codes = _data(indices)
    return codes if codes.itemsize < 4 else codes.astype(np.uint16)


def _coded_sums(codes: NDArray[Any], valid: NDArray[np.uint8] | None, entries: Words, scale: np.uint64) -> Any:
    """Sums of a dictionary column; entry 0 stands for null, entry i + 1 for code i."""
    if valid is None:
        return _sum_codes(codes, entries[1:], _POWERS, scale)
    kind: Any = np.uint8 if len(entries) <= 256 else np.uint16
    shifted: Any = codes.astype(kind, copy=False) + kind(1)
    return _sum_codes(shifted * valid, entries, _POWERS, scale)


def _entries(dictionary: pa.Array[Any]) -> Words:
    """Words of a dictionary, behind that of null."""
    words = _string_words(dictionary)
    if dictionary.null_count:
        words = np.where(dictionary.is_null().to_numpy(zero_copy_only=False), _NULL, words)
    return np.concatenate([np.array([_NULL], np.uint64), words])


_BOOLEANS = _entries(pa.array(["false", "true"]))


def _chunks(column: pa.ChunkedArray[Any]) -> list[pa.Array[Any]]:
    """Non-empty chunks; dictionaries too wide for their codes to be looked up quickly become plain strings."""
    chunks = [chunk for chunk in column.chunks if len(chunk)]
    kind: Any = column.type
    if pat.is_dictionary(kind) and kind.index_type.bit_width > 16:
        return [chunk.cast(kind.value_type) for chunk in chunks]
    return chunks


def type_name(kind: pa.DataType) -> str:
    """Name of a type of values: all ways to hold strings are one."""
    if pat.is_dictionary(kind):
        kind = kind.value_type
    return "string" if pat.is_string(kind) or pat.is_large_string(kind) else str(kind)


def _shape(schema: pa.Schema) -> list[tuple[str, str]]:
    """Names and types of the columns; how strings are held does not matter."""
    return [(field.name, type_name(field.type)) for field in schema]


class _ColumnDigest:
    """The two sums of one column, and the number of its nulls."""

    def __init__(self, name: str, kind: str) -> None:
        self.name, self.kind = name, kind
        self.first = self.second = self.nulls = 0
        self._dictionary: Any = None
        self._entries = _BOOLEANS

    def add(self, first: int, second: int, nulls: int, weight: int = 1) -> None:
        self.first = (self.first + weight * first) % _MODULUS
        self.second = (self.second + weight * second) % _MODULUS
        self.nulls += nulls

    def add_array(self, array: pa.Array[Any], first_row: int) -> None:
        """Add a chunk whose first row is the table's row ``first_row``."""
        valid, scale = _valid(array), _scale(first_row)
        if pat.is_boolean(array.type):
            first, second = _coded_sums(_boolean_codes(array), valid, _BOOLEANS, scale)
        elif isinstance(array, pa.DictionaryArray):
            first, second = _coded_sums(_codes(array.indices), valid, self._entries_of(array.dictionary), scale)
        elif pat.is_string(array.type) or pat.is_large_string(array.type):
            words = _string_words(array) if valid is None else np.where(valid > 0, _string_words(array), _NULL)
            first, second = _sum_codes(np.arange(len(words), dtype=np.uint32), words, _POWERS, scale)
        elif valid is None:
            first, second = _sum_words(_data(array), _POWERS, scale)
        else:
            first, second = _sum_nullable_words(_data(array), valid, _POWERS, scale)
        self.add(int(first), int(second), array.null_count)

    def _entries_of(self, dictionary: pa.Array[Any]) -> Words:
        """Words of a dictionary; most chunks have the dictionary of the chunk before."""
        if self._dictionary is None or not dictionary.equals(self._dictionary):
            self._dictionary, self._entries = dictionary, _entries(dictionary)
        return self._entries


class ValueDigest:
    """Digest of a table that grows row by row.

    It depends on the columns' names and types, on every value and on the order of the rows. Columns may be
    numbers, booleans, dates, timestamps, strings and dictionaries of strings.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.rows = 0
        self._schema = schema
        self._columns = [_ColumnDigest(name, kind) for name, kind in _shape(schema)]

    @property
    def _shape(self) -> list[tuple[str, str]]:
        return [(column.name, column.kind) for column in self._columns]

    def update(self, rows: pa.Table) -> None:
        """Append rows; ValueError unless their columns are those of the schema, in its order."""
        if not rows.schema.equals(self._schema) and _shape(rows.schema) != self._shape:
            raise ValueError(f"columns of the rows differ from those of the digest: {rows.schema.names}")
        for digest, column in zip(self._columns, rows.columns, strict=True):
            at = self.rows
            for chunk in _chunks(column):
                digest.add_array(chunk, at)
                at += len(chunk)
        self.rows += rows.num_rows

    def extend(self, later: ValueDigest) -> None:
        """Append all the rows of another digest of the same columns, without seeing them again."""
        if later._shape != self._shape:
            raise ValueError("only digests of the same columns can be joined")
        weight = pow(_RATE, self.rows, _MODULUS)
        for mine, theirs in zip(self._columns, later._columns, strict=True):
            mine.add(theirs.first, theirs.second, theirs.nulls, weight)
        self.rows += later.rows

    def hexdigest(self) -> str:
        """64 hex digits."""
        digest = hashlib.sha256(f"{self.rows}\n".encode())
        for c in self._columns:
            digest.update(f"{c.name}\0{c.kind}\0{c.first:016x}{c.second:016x}{c.nulls}\n".encode())
        return digest.hexdigest()


def digest_of_parquet(path: Path) -> ValueDigest:
    """Digest of a Parquet file, read in batches. OSError or ArrowInvalid when it cannot be read."""
    with pq.ParquetFile(path) as file:
        digest = ValueDigest(file.schema_arrow)
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            digest.update(pa.Table.from_batches([batch]))
    return digest
