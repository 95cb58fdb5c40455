"""The values of every file and table are those that were written."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from fintxsim import columns as c
from fintxsim.digest import ValueDigest, digest_of_parquet
from fintxsim.manifest import TableEntry
from fintxsim.verify.base import Check, Context, Finding, UnreadableError


class Values(Check):
    name = "values"
    meaning = "numbers of rows and digests of values are those of the manifest"

    def findings(self, run: Context) -> Iterator[Finding]:
        for table in c.TABLES:
            yield from _compare_table(run, table)


def _compare_table(run: Context, table: c.Table) -> Iterator[Finding]:
    whole = ValueDigest(table.schema())
    for entry in run.manifest.files_of(table.path):
        part = _digest(run, entry.path)
        if (part.rows, part.hexdigest()) != (entry.rows, entry.values):
            yield Finding(_difference(part, entry.rows, entry.values), entry.path)
        try:
            whole.extend(part)
        except ValueError as error:
            raise UnreadableError(f"{entry.path} has other columns than {table.path}") from error
    expected = run.manifest.tables.get(table.path, TableEntry(rows=0, values=""))
    if (whole.rows, whole.hexdigest()) != (expected.rows, expected.values):
        yield Finding(_difference(whole, expected.rows, expected.values), table.path)


def _digest(run: Context, name: str) -> ValueDigest:
    try:
        return digest_of_parquet(run.path / name)
    except (OSError, pa.ArrowException) as error:
        raise UnreadableError(f"{name} cannot be read: {error}") from error


def _difference(actual: ValueDigest, rows: int | None, values: str | None) -> str:
    if actual.rows != rows:
        return f"{actual.rows} rows, the manifest says {rows}"
    return f"digest of the values is {actual.hexdigest()}, the manifest says {values}"
