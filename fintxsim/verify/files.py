"""Every file of the manifest is there, byte for byte, and nothing else is but the page, which is made from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from fintxsim import columns as c
from fintxsim.manifest import MANIFEST_NAME, FileEntry, is_beside
from fintxsim.verify.base import Check, Context, Finding


class Files(Check):
    name = "files"
    meaning = "files are those of the manifest, with its sizes and SHA-256"

    def findings(self, run: Context) -> Iterator[Finding]:
        listed = {entry.path for entry in run.manifest.files}
        yield from _table_gaps(run)
        for entry in run.manifest.files:
            yield from _compare(run.path / entry.path, entry)
        for path in sorted(run.path.rglob("*")):
            name = path.relative_to(run.path).as_posix()
            if not path.is_dir() and name not in listed and name != MANIFEST_NAME and not is_beside(name):
                yield Finding("extra file, the manifest does not list it", name)


def _table_gaps(run: Context) -> Iterator[Finding]:
    """A declared table always has a file, even when it has no rows."""
    for table in c.TABLES:
        if not run.manifest.files_of(table.path):
            yield Finding(f"the manifest lists no file of {table.path}")


def _compare(path: Path, entry: FileEntry) -> Iterator[Finding]:
    if not path.is_file():
        yield Finding("missing file", entry.path)
        return
    size = path.stat().st_size
    if size != entry.bytes:
        yield Finding(f"size is {size} bytes, the manifest says {entry.bytes}", entry.path)
        return
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        yield Finding(f"cannot be read: {error}", entry.path)
        return
    if sha256 != entry.sha256:
        yield Finding(f"SHA-256 is {sha256}, the manifest says {entry.sha256}", entry.path)
