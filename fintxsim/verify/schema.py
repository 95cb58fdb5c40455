"""Files have the declared columns, in order, with their types and nullability."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fintxsim import columns as c
from fintxsim.verify.base import Check, Context, Finding, UnreadableError


class Schema(Check):
    name = "schema"
    meaning = "columns, types and nullability are the declared ones"

    def findings(self, run: Context) -> Iterator[Finding]:
        for table in c.TABLES:
            for entry in run.manifest.files_of(table.path):
                yield from _compare(entry.path, table.schema(), _schema(run, entry.path))


def _schema(run: Context, name: str) -> pa.Schema:
    try:
        return pq.read_schema(run.path / name)
    except (OSError, pa.ArrowException) as error:
        raise UnreadableError(f"{name} cannot be read: {error}") from error


def _compare(file: str, declared: pa.Schema, actual: pa.Schema) -> Iterator[Finding]:
    missing = [name for name in declared.names if name not in actual.names]
    extra = [name for name in actual.names if name not in declared.names]
    yield from (Finding("missing column", file, column=name) for name in missing)
    yield from (Finding("column is not declared", file, column=name) for name in extra)
    if not missing and not extra and actual.names != declared.names:
        yield Finding("columns are not in the declared order", file)
    for name in declared.names:
        if name not in missing and not actual.field(name).equals(declared.field(name)):
            wanted, got = _text(declared.field(name)), _text(actual.field(name))
            yield Finding(f"is {got}, declared is {wanted}", file, column=name)


def _text(field: Any) -> str:
    return f"{field.type}{'' if field.nullable else ' not null'}"
