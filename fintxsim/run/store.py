"""Writes the files of a run so that it appears whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from threading import Lock
from types import TracebackType
from typing import Self

import pyarrow as pa

from fintxsim.columns import TABLES, Table
from fintxsim.digest import ValueDigest
from fintxsim.errors import FintxsimError, OutputPathError
from fintxsim.manifest import MANIFEST_NAME, FileEntry, Manifest, TableEntry, write_atomically, write_manifest
from fintxsim.run.parquet import TableFile
from fintxsim.run.staging import Staging, require_replaceable

EMPTY_NAME = "empty.parquet"


class _TableWriter:
    """The files of one table, in the order of their names."""

    def __init__(self, table: Table, root: Path) -> None:
        self.lock = Lock()
        self.digest = ValueDigest(table.schema())
        self.entries: list[FileEntry] = []
        self._table, self._root = table, root
        self._open: TableFile | None = None
        self._name = ""

    def append(self, name: str, rows: pa.Table) -> None:
        if name != self._name:
            self._start(name)
        assert self._open is not None
        self._open.append(rows)

    def flush(self) -> None:
        if self._open:
            self._open.flush()

    def _start(self, name: str) -> None:
        if name <= self._name:
            raise FintxsimError(
                f"{self._table.path}: {name} after {self._name}: names of files must rise with the rows' time."
            )
        self.close_file()
        path = self._root / self._table.path / _checked(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._open, self._name = TableFile(self._table, path), name

    def close_file(self) -> None:
        """Finish the file that is open, if one is, and note its digests."""
        if self._open is None:
            return
        size, sha256 = self._open.close()
        self.digest.extend(self._open.digest)
        path = f"{self._table.path}/{self._name}"
        values, rows = self._open.digest.hexdigest(), self._open.rows
        self.entries.append(
            FileEntry(path=path, table=self._table.path, rows=rows, bytes=size, sha256=sha256, values=values)
        )
        self._open = None

    def finish(self) -> None:
        """Close the last file; a table without rows gets a file that holds its columns."""
        if self._open is None and not self.entries:
            self._start(EMPTY_NAME)
        self.close_file()

    def abandon(self) -> None:
        if self._open is not None:
            self._open.abandon()
            self._open = None

    def entry(self) -> TableEntry:
        return TableEntry(rows=self.digest.rows, values=self.digest.hexdigest())


class RunStore:
    """A run that is being written, in a staging directory beside its final place.

    Use it as a context manager: leaving it without ``finish`` removes everything. Threads may write different
    tables at the same time. Errors of the disk become OutputPathError.
    """

    def __init__(self, target: Path, staging: Staging) -> None:
        self._target, self._staging = target, staging
        self._lock = Lock()
        self._writers: dict[str, _TableWriter] = {}
        self._texts: dict[str, FileEntry] = {}
        self._ended = False

    @classmethod
    def open(cls, path: Path | str, *, overwrite: bool = False) -> RunStore:
        """Prepare to write a run at ``path``; a run that is there stays until ``finish``.

        OutputPathError when the path is a file, holds something that is not a run, holds a run that is not to be
        overwritten, cannot be written, or is being written by somebody else.
        """
        target = Path(path).resolve()
        require_replaceable(target, overwrite=overwrite)
        return cls(target, Staging(target))

    @property
    def staging(self) -> Path:
        """Where the files are until ``finish``."""
        return self._staging.path

    def append(self, table: Table, rows: pa.Table, file_name: str) -> None:
        """Add rows to ``<table.path>/<file_name>``; another name than the last one's finishes the last file.

        Names must rise. Rows are held for a while: their buffers must not be changed. FintxsimError when the rows
        do not have the declared columns.
        """
        writer = self._writer(table)
        with writer.lock, self._disk_errors(f"{table.path}/{file_name}", rows.nbytes):
            writer.append(file_name, rows)

    def _writer(self, table: Table) -> _TableWriter:
        with self._lock:
            if self._ended:
                raise FintxsimError(f"{self._target}: the run is finished; nothing can be added.")
            return self._writers.setdefault(table.path, _TableWriter(table, self.staging))

    def flush(self, table: Table) -> None:
        """Write the rows that are held back; their memory may be used again."""
        writer = self._writer(table)
        with writer.lock, self._disk_errors(table.path, 0):
            writer.flush()

    def add_text(self, path: str, text: str) -> None:
        """Write or replace a text file at a path relative to the run."""
        data = text.encode()
        with self._disk_errors(path, len(data)), self._lock:
            place = self.staging / _checked(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(place, text)
            self._texts[path] = FileEntry(path=path, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    def complete(self, manifest: Manifest) -> Manifest:
        """Finish the files of all tables and return the manifest with ``files`` and ``tables`` filled in."""
        for table in TABLES:
            writer = self._writer(table)
            with writer.lock, self._disk_errors(table.path, 0):
                writer.finish()
        entries = [entry for writer in self._writers.values() for entry in writer.entries]
        files = sorted([*entries, *self._texts.values()], key=lambda entry: entry.path)
        tables = {path: writer.entry() for path, writer in self._writers.items()}
        return manifest.model_copy(update={"files": tuple(files), "tables": tables})

    def finish(self, manifest: Manifest) -> Path:
        """Write the manifest, put the run in its place and return the path. ``files`` and ``tables`` are filled in."""
        complete = self.complete(manifest)
        with self._disk_errors(MANIFEST_NAME, 0):
            write_manifest(self.staging, complete)
            self._staging.publish()
        self._ended = True
        return self._target

    def abort(self) -> None:
        """Remove everything that was written; nothing happens when the run is finished."""
        if self._ended:
            return
        self._ended = True
        for writer in self._writers.values():
            writer.abandon()
        self._staging.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()

    @contextmanager
    def _disk_errors(self, path: str, needed: int) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputPathError(self._explain(error, path, needed)) from error

    def _explain(self, error: OSError, path: str, needed: int) -> str:
        written = sum(file.stat().st_size for file in self.staging.rglob("*") if file.is_file())
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            reason = error.strerror or error
            return f"{self._target}: cannot write {path}: {reason}; mend that or choose another directory with -o."
        free = shutil.disk_usage(self._target.parent).free
        return (
            f"{self._target}: the disk is full: {path} needs up to {_mb(needed)} more after {_mb(written)} of the run "
            f"were written, {_mb(free)} are free; free some space or choose another directory with -o."
        )


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _checked(path: str) -> PurePosixPath:
    """FintxsimError unless the path stays inside the run."""
    pure = PurePosixPath(path)
    if not path or pure.is_absolute() or ".." in pure.parts or path == MANIFEST_NAME:
        raise FintxsimError(f"{path!r} is not a path inside the run; please report this bug.")
    return pure
