"""Rows of customers, accounts or cards: every row of those that have a fraud, and enough of the others to compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fintxsim.leaks.cases import scrambled
from fintxsim.leaks.features import local_times
from fintxsim.leaks.frames import DAY_US, Flags, Frame, Ints, are_among, is_number
from fintxsim.leaks.subject import Subject


@dataclass(frozen=True, slots=True)
class Owned:
    """Rows by owner. ``day`` is the local one; 0 without a time. ``is_reference``: the owner was chosen by a hash."""

    owner: Ints
    day: Ints
    fraud: Flags
    is_reference: Flags


def owned(table: Subject, entity: str) -> Owned:
    """The rows of a column of owners; rows without one are left out."""
    every = np.uint64(table.sample.every)
    wanted = np.unique(np.concatenate([part.owner[part.fraud] for part in _parts(table, entity, [table.frame])]))
    kept = []
    for part in _parts(table, entity, table.frames(_columns(table, entity))):
        is_reference = scrambled(part.owner) % every == 0
        chosen = is_reference | are_among(wanted, part.owner)
        kept.append(Owned(part.owner[chosen], part.day[chosen], part.fraud[chosen], is_reference[chosen]))
    return Owned(
        np.concatenate([part.owner for part in kept]),
        np.concatenate([part.day for part in kept]),
        np.concatenate([part.fraud for part in kept]),
        np.concatenate([part.is_reference for part in kept]),
    )


def _columns(table: Subject, entity: str) -> list[str]:
    return list(dict.fromkeys(name for name in (entity, table.roles.time, table.roles.offset) if name))


def _parts(table: Subject, entity: str, frames: Iterator[Frame] | list[Frame]) -> Iterator[Owned]:
    for frame in frames:
        known = ~frame.nulls(entity)
        owner = _numbered(frame, entity)[known]
        time = table.roles.time
        times = local_times(frame, time, table.roles.offset)[known] if time else np.zeros(len(owner), np.int64)
        yield Owned(owner, times // DAY_US, frame.fraud[known], np.ones(len(owner), np.bool_))


def _numbered(frame: Frame, entity: str) -> Ints:
    """Owners as numbers that are the same in every part of a table: their own, or a hash of their text."""
    codes, distinct = frame.ids(entity)
    is_whole = is_number(frame.rows.schema.field(entity).type)
    numbers = np.asarray(distinct).astype(np.int64) if is_whole else pd.util.hash_array(np.asarray(distinct, object))
    return np.append(numbers.astype(np.int64), 0)[codes]
