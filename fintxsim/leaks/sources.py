"""Where rows come from: anybody's file or directory, or a table at hand, read a part at a time, any number of times."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from fintxsim.errors import InputError
from fintxsim.leaks.frames import Flags, Frame, Values, Words, can_be_judged
from fintxsim.table_files import ALLOWED_WORDS, FRAUD_WORDS, GENUINE_WORDS, TableFiles


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


class LabelledFiles(Source):
    """Files of rows, one column of which is the label."""

    def __init__(self, path: Path, label: str) -> None:
        self.name, self.label = str(path), f"--label {label}"
        self._label = label
        self._files = TableFiles(path)
        self.schema = self._files.schema
        self.require("--label", label)

    def require(self, option: str, column: str) -> None:
        """InputError unless the table has the column."""
        self._files.require(option, column)

    def frames(self, columns: Sequence[str]) -> Iterator[Frame]:
        at = 0
        for rows in self._files.batches(list(dict.fromkeys([self._label, *columns]))):
            fraud = self._flags(rows.column(self._label), at)
            at += len(fraud)
            yield Frame(rows.select(list(columns)), fraud, np.full(len(fraud), -1, np.int64))

    def _flags(self, column: Any, at: int) -> Flags:
        """Labels as true and false; ``at`` is the number of the first row."""
        if column.null_count:
            row = at + int(np.argmax(np.asarray(column.is_null(), np.bool_)))
            raise InputError(self._refusal(f"row {row} has no value; {ALLOWED_WORDS}. Label the row, or remove it"))
        if not can_be_judged(column.type):
            raise InputError(self._refusal(f"has the type {column.type}; {ALLOWED_WORDS}. Name another column"))
        frame = Frame(pa.table({self._label: column}), np.zeros(0, np.bool_), np.zeros(0, np.int64))
        words = _as_words(frame.values(self._label))
        texts = [text.strip().lower() for text in words.texts]
        foreign = np.array([text not in FRAUD_WORDS | GENUINE_WORDS for text in texts], np.bool_)[words.codes]
        if foreign.any():
            row = int(np.argmax(foreign))
            text = words.texts[int(words.codes[row])]
            raise InputError(self._refusal(f"row {at + row} holds {text!r}; {ALLOWED_WORDS}. Mend it, or name another"))
        return np.array([text in FRAUD_WORDS for text in texts], np.bool_)[words.codes]

    def _refusal(self, what: str) -> str:
        return f"{self.name}: {self.label}: {what}."


def _as_words(values: Values) -> Words:
    if isinstance(values, Words):
        return values
    numbers, codes = np.unique(values.values, return_inverse=True)
    return Words(codes.astype(np.int32), [values.write(number) for number in numbers.tolist()])
