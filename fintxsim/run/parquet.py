"""Writing Parquet cheaply.

Chosen by measurement on one million synthetic rows of data/transactions (one core, pyarrow 26, CPU time):
pyarrow's defaults take 730 ns and 45.6 B a row, these options about 355 ns and 32.4 B. The packed encodings
leave little to compress: zstd on the words alone would cost 20 ns to save 1.5 B.
"""

from __future__ import annotations

import hashlib
import io
import os
from contextlib import suppress
from inspect import signature
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pat

from fintxsim.columns import Table
from fintxsim.digest import ValueDigest
from fintxsim.errors import FintxsimError

ROW_GROUP_ROWS = 1_048_576
BUFFER_ROWS = 524_288
_WRITE_BYTES = 1 << 20

# Amounts repeat: as a dictionary they take 2.2 B where byte-stream-split takes 5.4 B, in the same time. When a
# row group holds more than 131,072 different amounts, Parquet goes back to plain values by itself. Offsets from UTC
# are few and stay for hours: as a dictionary they take nothing.
_REPEATING_NUMBERS = frozenset({"amount", "amount_billing", "incumbent_score", "utc_offset_minutes"})

# Later versions of pyarrow end a page after 20,000 rows, which costs 3 % of the time; earlier ones know no such limit.
_PAGE_ROWS = {"max_rows_per_page": 131_072} if "max_rows_per_page" in signature(pq.ParquetWriter).parameters else {}


def writer_options(table: Table) -> dict[str, Any]:
    """Keyword arguments of ``pyarrow.parquet.ParquetWriter`` for a table."""
    dictionaries = [c.name for c in table if _has_dictionary(c.name, c.type)]
    others = [c for c in table if c.name not in dictionaries]
    return {
        "use_dictionary": dictionaries or False,
        "column_encoding": {c.name: _encoding(c.type) for c in others},
        "compression": {c.name: _compression(c.type) for c in table},
        "compression_level": {c.name: 1 for c in table if _compression(c.type) == "zstd"} or None,
        "write_statistics": [*dict.fromkeys((table.key, table.time))],
        "write_batch_size": 16_384,
        **_PAGE_ROWS,
    }


def _has_dictionary(name: str, kind: pa.DataType) -> bool:
    return pat.is_dictionary(kind) or pat.is_string(kind) or name in _REPEATING_NUMBERS


def _encoding(kind: pa.DataType) -> str:
    if pat.is_boolean(kind):
        return "PLAIN"  # one bit a row; run lengths cost 4 ns more
    return "BYTE_STREAM_SPLIT" if pat.is_floating(kind) else "DELTA_BINARY_PACKED"


def _compression(kind: pa.DataType) -> str:
    """Names of merchants compress well and are few; the rest is packed already."""
    return "zstd" if pat.is_string(kind) else "none"


class HashingFile(io.RawIOBase):
    """A new file that counts and hashes the bytes on their way, so that nobody reads it again."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("xb", buffering=0)
        self._sha256 = hashlib.sha256()
        self._discarding = False
        self.bytes = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        view = memoryview(data).cast("B")
        at = 0
        while at < len(view) and not self._discarding:
            at += self._file.write(view[at:])
        self._sha256.update(view)
        self.bytes += len(view)
        return len(view)

    def tell(self) -> int:
        return self.bytes

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def discard(self) -> None:
        """Take further bytes without writing them."""
        self._discarding = True

    def hexdigest(self) -> str:
        """SHA-256 of what was written so far."""
        return self._sha256.hexdigest()


class TableFile:
    """One Parquet file that grows by appended tables, under a temporary name until ``close``.

    Rows are held until half a million have come, so that row groups are large; their buffers must not be
    changed meanwhile.
    """

    def __init__(self, table: Table, path: Path) -> None:
        self.path = path
        self.rows = 0
        self.digest = ValueDigest(table.schema())
        self._schema = table.schema()
        self._temporary = path.with_name(f".{path.name}.tmp")
        self._sink = HashingFile(self._temporary)
        # pyarrow writes page by page; Python should hear of it a megabyte at a time.
        self._buffered = io.BufferedWriter(self._sink, _WRITE_BYTES)
        sink: Any = self._buffered
        self._writer = pq.ParquetWriter(sink, self._schema, **writer_options(table))
        self._held: list[pa.Table] = []
        self._held_rows = 0

    def append(self, rows: pa.Table) -> None:
        """Add rows. FintxsimError when they do not have the table's schema; OSError when the disk refuses."""
        _require_schema(self.path, self._schema, rows.schema)
        self.digest.update(rows)
        self._held.append(rows)
        self._held_rows += rows.num_rows
        self.rows += rows.num_rows
        if self._held_rows >= BUFFER_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what is held as row groups of its own."""
        if not self._held:
            return
        held = pa.concat_tables(self._held).unify_dictionaries()
        self._held, self._held_rows = [], 0
        try:
            self._writer.write_table(held, row_group_size=ROW_GROUP_ROWS)
        except pa.ArrowInvalid as error:
            raise FintxsimError(f"{self.path}: rows that Parquet refuses: {error}; please report this bug.") from error

    def close(self) -> tuple[int, str]:
        """Write what is held and give the file its name; its size in bytes and SHA-256.

        Nobody waits for the disk here: after a power failure it is the digests of the manifest that tell what is whole.
        """
        self.flush()
        self._writer.close()
        self._buffered.close()
        os.replace(self._temporary, self.path)
        return self._sink.bytes, self._sink.hexdigest()

    def abandon(self) -> None:
        """Let go of the file without finishing it."""
        self._held = []
        self._sink.discard()
        with suppress(OSError, pa.ArrowException):
            self._writer.close()
        with suppress(OSError):
            self._buffered.close()


def _require_schema(path: Path, expected: pa.Schema, actual: pa.Schema) -> None:
    if actual.equals(expected):
        return
    pairs = zip(expected, actual, strict=False)
    wanted, got = next(
        ((repr(e), repr(a)) for e, a in pairs if not e.equals(a)),
        (f"{len(expected)} columns", f"{len(actual)} columns"),
    )
    raise FintxsimError(f"{path}: rows do not have the declared columns: {got} instead of {wanted}; please report it.")
