"""The parts that columns of a table play, and what a user said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.types as pat

from fintxsim.errors import InputError
from fintxsim.leaks.frames import can_be_judged, is_number
from fintxsim.leaks.sources import LabelledFiles


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns by the part they play.

    ``ids`` are judged by their form alone. ``entities`` are those ids that should also have genuine rows: customers,
    accounts, cards. ``offset`` holds minutes to add to ``time`` for the local clock. ``exposure`` says how much there
    is of a row's owner: what is rarely seen is rarely defrauded. Rows of a log happen at their time; the time of other
    rows is that of their first sight, which has no hour or second of its own.
    """

    behaviour: tuple[str, ...]
    ids: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    time: str = ""
    offset: str = ""
    exposure: str = ""
    is_log: bool = True

    @property
    def all(self) -> tuple[str, ...]:
        parts = (*self.behaviour, *self.ids, *self.entities, self.time, self.offset, self.exposure)
        return tuple(dict.fromkeys(name for name in parts if name))


@dataclass(frozen=True, slots=True)
class Asked:
    """Columns that a user named."""

    ids: Sequence[str] = ()
    time: str = ""
    entities: Sequence[str] = ()
    ignore: Sequence[str] = ()


def roles_of(files: LabelledFiles, label: str, asked: Asked) -> Roles:
    """Every column that is not named is behaviour. InputError for one that is not there, or that cannot be used so."""
    times = [asked.time] if asked.time else []
    options = [("--id", asked.ids), ("--time", times), ("--entity", asked.entities), ("--ignore", asked.ignore)]
    for option, names in options:
        for name in names:
            files.require(option, name)
            if name == label:
                raise InputError(f"{files.name}: {option} {name}: is the label; name another column.")
    ids = tuple(dict.fromkeys([*asked.ids, *asked.entities]))
    left = [name for name in files.schema.names if name not in {label, *times, *ids, *asked.ignore}]
    for name in (*left, *ids):
        _require_values(files, name)
    if asked.time:
        _require_time(files, asked.time)
    return Roles(tuple(left), ids, tuple(asked.entities), asked.time)


def _require_values(files: LabelledFiles, name: str) -> None:
    kind = files.schema.field(name).type
    if not can_be_judged(kind):
        raise InputError(
            f"{files.name}: {name} has the type {kind}; allowed are numbers, words, flags, dates and times. "
            f"Leave it out with --ignore {name}."
        )


def _require_time(files: LabelledFiles, name: str) -> None:
    kind = files.schema.field(name).type
    if not _is_time(kind):
        raise InputError(
            f"{files.name}: --time {name}: has the type {kind}; allowed are times, dates and numbers. "
            "Write times as 2026-01-31 18:05:00, or name another column."
        )
    at = 0
    for frame in files.frames([name]):
        nulls = frame.nulls(name)
        if nulls.any():
            row = at + int(nulls.argmax())
            raise InputError(f"{files.name}: --time {name}: row {row} has no time; fill it in, or remove the row.")
        at += len(frame)


def _is_time(kind: pa.DataType) -> bool:
    return is_number(kind) or pat.is_date(kind) or pat.is_timestamp(kind)
