"""What is audited: a table, which of its columns play which part, and what several checks need of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow.types as pat

from fintxsim.leaks import features as f
from fintxsim.leaks import kinds
from fintxsim.leaks.bins import Bins, binned
from fintxsim.leaks.cases import Cases, scrambled
from fintxsim.leaks.evidence import FRAUDS_NEEDED, GROUPS_NEEDED
from fintxsim.leaks.frames import Frame, Ints, Numbers, Words, is_number, is_text
from fintxsim.leaks.roles import Roles
from fintxsim.leaks.samples import LIMIT, read_sample
from fintxsim.leaks.sources import Source

_WORDS_OF_BEHAVIOUR = 1_000
_SHARE_OF_BEHAVIOUR = 0.05
"""A column of text with more words than this, and more than this share of the rows, is taken for an identifier."""

_MOST_GENUINE = 100_000
"""Genuine rows that slow searches look at."""


class CannotTellError(Exception):
    """There are too few frauds, or too little beside them, for an answer."""


class NothingToCheckError(Exception):
    """The table has not what the check is about."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to search, and what a genuine one counts."""

    frame: Frame
    cases: Cases
    weight: float


class Subject:
    """A table under audit. ``place`` stands before its findings when a run has several tables.

    ``only_form``: its frauds are some of another table's, whose behaviour is judged there.
    """

    def __init__(
        self, source: Source, roles: Roles, place: str = "", limit: int = LIMIT, *, only_form: bool = False
    ) -> None:
        self.source, self.place, self.only_form = source, place, only_form
        self.sample = read_sample(source, roles.all, limit)
        self.frame: Frame = self.sample.frame
        self.roles = roles
        taken = tuple(name for name in roles.behaviour if self._is_like_an_id(name))
        self.taken_for_ids = taken
        self.behaviour = tuple(name for name in roles.behaviour if name not in taken)
        self.ids = (*roles.ids, *taken)

    @property
    def base(self) -> float:
        """Share of frauds in the whole table."""
        return self.sample.frauds / self.sample.rows

    @cached_property
    def group(self) -> Ints:
        """What each row belongs to: its campaign if that is known, or its first entity; -1 unknown."""
        if (self.frame.group >= 0).any() or not self.roles.entities:
            return self.frame.group
        return self.frame.ids(self.roles.entities[0])[0]

    @cached_property
    def cases(self) -> Cases:
        """The rows, with genuine ones weighted by kind for matters of form."""
        return Cases(self.frame.fraud, self.group, self.sample.weight, self.kinds)

    @cached_property
    def thin(self) -> Rows:
        """All frauds and so many genuine rows, chosen by a hash, that a search among pairs or trees is quick."""
        fraud = self.frame.fraud
        every = -(-int((~fraud).sum()) // _MOST_GENUINE)
        chosen = fraud | (scrambled(np.arange(len(fraud))) % np.uint64(every) == 0)
        weight = self.sample.weight * float((~fraud).sum()) / max(int((chosen & ~fraud).sum()), 1)
        frame = self.frame if every == 1 else self.frame.take(np.asarray(chosen, np.bool_))
        return Rows(frame, Cases(frame.fraud, self.group[chosen], weight), weight)

    @cached_property
    def whole(self) -> Rows:
        return Rows(self.frame, self.cases, self.sample.weight)

    @cached_property
    def kinds(self) -> list[Ints]:
        return kinds.kinds(self._kind_columns, self.frame.fraud, self.exposure)

    @cached_property
    def kinds_without_nulls(self) -> list[Ints]:
        """Kinds by columns that are never null, for judging nulls."""
        return kinds.kinds(self.columns_without_nulls, self.frame.fraud, self.exposure)

    @cached_property
    def columns_without_nulls(self) -> list[Bins]:
        """Bins of columns that are never null and can name kinds."""
        return [bins for bins in self._kind_columns if not (bins.codes == 0).any()]

    @cached_property
    def exposure(self) -> Ints | None:
        if not self.roles.exposure:
            return None
        values = self.frame.values(self.roles.exposure)
        assert isinstance(values, Numbers)
        return np.rint(values.values).astype(np.int64)

    @property
    def _kind_columns(self) -> list[Bins]:
        return [bins for bins in self.bins if kinds.can_name_kinds(bins)]

    @cached_property
    def features(self) -> tuple[f.Feature, ...]:
        """Behaviour: the columns as they stand, and the hour and day of the time."""
        columns = tuple(f.column(name) for name in self.behaviour)
        if not self.has_clock:
            return columns
        time, offset = self.roles.time, self.roles.offset
        return (*columns, f.hour(time, offset), f.weekday(time, offset))

    @cached_property
    def bins(self) -> tuple[Bins, ...]:
        """The features' bins."""
        return tuple(self.binned(feature) for feature in self.features)

    def binned(self, feature: f.Feature) -> Bins:
        return binned(feature.read(self.frame))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Behaviour columns of numbers that are no codes: more different values than words would have."""
        found = zip(self.features, self.bins, strict=True)
        return tuple(
            feature.name
            for feature, bins in found
            if feature.columns == (feature.name,) and bins.is_ordered and not bins.is_exact and self._is_number(feature)
        )

    def frames(self, columns: Sequence[str]) -> Iterator[Frame]:
        """All rows of the table: those at hand if they are all, or read once more."""
        if self.sample.is_whole:
            return iter([self.frame])
        return self.source.frames(columns)

    @property
    def has_days(self) -> bool:
        """Whether rows have a date."""
        return self.has_clock or (self.has_time and pat.is_date(self.source.schema.field(self.roles.time).type))

    @property
    def has_time(self) -> bool:
        """Whether rows happen at a time."""
        return bool(self.roles.time) and self.roles.is_log

    @property
    def has_clock(self) -> bool:
        """Whether rows have a time of day."""
        return self.has_time and pat.is_timestamp(self.source.schema.field(self.roles.time).type)

    def require_frauds(self) -> None:
        """CannotTellError unless enough frauds of enough groups are there."""
        frauds, groups = len(self.cases.frauds), len(np.unique(self.cases.groups))
        if frauds < FRAUDS_NEEDED:
            raise CannotTellError(f"{frauds} frauds; {FRAUDS_NEEDED} are needed")
        if groups < GROUPS_NEEDED:
            raise CannotTellError(f"the frauds are of {groups} campaigns or entities; {GROUPS_NEEDED} are needed")

    def require_time(self) -> None:
        """NothingToCheckError unless rows happen at a time."""
        if not self.has_time:
            raise NothingToCheckError("no column of times is named")

    def require_clock(self) -> None:
        """NothingToCheckError unless rows have a time of day."""
        self.require_time()
        if not self.has_clock:
            raise NothingToCheckError(f"{self.roles.time} has no time of day")

    def _is_like_an_id(self, name: str) -> bool:
        if not is_text(self.source.schema.field(name).type):
            return False
        words = self.frame.values(name)
        assert isinstance(words, Words)
        return len(words.texts) > max(_WORDS_OF_BEHAVIOUR, _SHARE_OF_BEHAVIOUR * len(self.frame))

    def _is_number(self, feature: f.Feature) -> bool:
        return is_number(self.source.schema.field(feature.name).type)
