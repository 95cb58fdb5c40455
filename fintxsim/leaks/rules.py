"""Conditions on a single column, and the search for those that hold for frauds alone."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fintxsim.leaks.conditions import is_between, is_one_of
from fintxsim.leaks.features import Feature
from fintxsim.leaks.frames import Flags, Floats, Frame, Ints, Numbers, Words

_BEGINNING = "^"
"""Stands before a part that texts begin with."""

_LONGEST_PREFIX = 6
_MOST_TEXTS = 200_000
"""Columns with more different texts are not searched for words within them."""

_INTERVALS = 3
"""Intervals of a column that are tried: one crew's favourite amount must not hide a leak."""

_NEVER = 1e12
"""A loss that no interval makes up for."""


@dataclass(frozen=True, slots=True)
class Rule(ABC):
    """A condition. ``text`` is how one would write it."""

    feature: Feature
    text: str

    @abstractmethod
    def holds(self, frame: Frame) -> Flags:
        """Rows of which it is true."""


@dataclass(frozen=True, slots=True)
class Between(Rule):
    """Numbers from ``low`` to ``high``, both included."""

    low: float
    high: float

    def holds(self, frame: Frame) -> Flags:
        values = self.feature.read(frame)
        assert isinstance(values, Numbers)
        return np.asarray((values.values >= self.low) & (values.values <= self.high), np.bool_)


@dataclass(frozen=True, slots=True)
class OneOf(Rule):
    """Any of some words; None stands for null."""

    words: frozenset[str | None]

    def holds(self, frame: Frame) -> Flags:
        values = self.feature.read(frame)
        assert isinstance(values, Words)
        chosen = np.array([*(text in self.words for text in values.texts), None in self.words], np.bool_)
        return chosen[values.codes]


@dataclass(frozen=True, slots=True)
class Missing(Rule):
    """No number at all."""

    def holds(self, frame: Frame) -> Flags:
        values = self.feature.read(frame)
        assert isinstance(values, Numbers)
        return np.isnan(values.values)


@dataclass(frozen=True, slots=True)
class Within(Rule):
    """Texts with a word in them, or with a beginning."""

    part: str

    def holds(self, frame: Frame) -> Flags:
        values = self.feature.read(frame)
        assert isinstance(values, Words)
        has = _has_part(pc.utf8_lower(pa.array(values.texts, pa.string())), self.part)
        return np.append(has, False)[values.codes]


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that the search proposes, and among how many it was chosen."""

    rule: Rule
    looks: float


class Search:
    """Looks for rules with a precision of at least ``precision``; a genuine row counts ``weight``."""

    def __init__(self, frame: Frame, half: Ints, weight: float, precision: float, least_frauds: float) -> None:
        self._frame, self._half = frame, half
        self._weight, self._precision, self._least = weight, precision, least_frauds

    def rules(self, feature: Feature, *, is_id: bool = False) -> Iterator[Found]:
        """The best rules about a feature; of an id only words within its texts are looked at."""
        values = feature.read(self._frame)
        if isinstance(values, Numbers):
            yield from self._interval(feature, values)
            return
        tally = self._by_word(values)
        if not is_id:
            yield from self._word(feature, values, tally)
        yield from self._part(feature, values, tally)
        if not is_id:
            yield from self._words(feature, values, tally)

    def _interval(self, feature: Feature, values: Numbers) -> Iterator[Found]:
        """The intervals with the greatest surplus of frauds over what the precision allows (Kadane's scan)."""
        numbers, fraud, genuine = self._by_number(values)
        surplus = (1.0 - self._precision) * fraud - self._precision * self._weight * genuine
        for _ in range(_INTERVALS if len(numbers) else 0):
            first, last = _greatest_span(surplus)
            low, high = float(numbers[first]), float(numbers[last])
            is_first, is_last = first == 0 and low < high, last + 1 == len(numbers) and low < high
            text = is_between(feature.name, None if is_first else low, None if is_last else high, values)
            yield Found(Between(feature, text, low, high), len(numbers) * (len(numbers) + 1) / 2.0)
            surplus[first : last + 1] = -_NEVER
        if np.isnan(values.values).any():
            yield Found(Missing(feature, f"{feature.name} is null"), 1.0)

    def _by_number(self, values: Numbers) -> tuple[Floats, Floats, Floats]:
        """The different numbers, and the frauds and genuine rows with each."""
        known = ~np.isnan(values.values)
        genuine = np.sort(values.values[known & ~self._frame.fraud])
        fraud = np.sort(values.values[known & self._frame.fraud])
        numbers = np.unique(np.concatenate([genuine, fraud]))
        counts = [np.diff(np.searchsorted(part, numbers, side="right"), prepend=0) for part in (fraud, genuine)]
        return numbers, counts[0].astype(np.float64), counts[1].astype(np.float64)

    def _word(self, feature: Feature, values: Words, tally: Floats) -> Iterator[Found]:
        """Single words with enough frauds."""
        fraud, genuine = tally.sum(axis=0)
        for at in np.flatnonzero(self._is_exclusive(fraud, genuine) & (fraud >= self._least)).tolist():
            words = [values.texts[at - 1] if at else None]
            yield Found(OneOf(feature, is_one_of(feature.name, words, values), frozenset(words)), len(fraud))

    def _words(self, feature: Feature, values: Words, tally: Floats) -> Iterator[Found]:
        """All words together that hold for frauds alone in one half, if they do so in the other."""
        caught = passed = 0.0
        for half in (0, 1):
            chosen = self._is_exclusive(*tally[half])
            caught, passed = caught + tally[1 - half, 0][chosen].sum(), passed + tally[1 - half, 1][chosen].sum()
        if caught < self._least or caught < self._precision * (caught + self._weight * passed):
            return
        fraud, genuine = tally.sum(axis=0)
        best = np.flatnonzero(self._is_exclusive(fraud, genuine))
        best = best[np.argsort(-fraud[best], kind="stable")]
        words = [values.texts[at - 1] if at else None for at in best.tolist()]
        if len(words) > 1:
            yield Found(OneOf(feature, is_one_of(feature.name, words, values), frozenset(words)), 2.0)

    def _is_exclusive(self, fraud: Floats, genuine: Floats) -> Flags:
        return np.asarray((fraud > 0.0) & (fraud >= self._precision * (fraud + self._weight * genuine)), np.bool_)

    def _part(self, feature: Feature, values: Words, tally: Floats) -> Iterator[Found]:
        """The word within texts, or the beginning of texts, that catches most."""
        if len(values.texts) > _MOST_TEXTS:
            return
        fraud, genuine = tally.sum(axis=0)[:, 1:]
        sums: dict[str, float] = defaultdict(float)
        for at in np.flatnonzero(fraud).tolist():
            for part in _parts(values.texts[at]):
                sums[part] += fraud[at]
        texts = pc.utf8_lower(pa.array(values.texts, pa.string()))
        wanted = [part for part, frauds in sums.items() if frauds >= self._least]
        for part in sorted(wanted, key=lambda part: (-sums[part], part.startswith(_BEGINNING), -len(part), part)):
            has = _has_part(texts, part)
            if has.sum() > 1 and self._is_exclusive(fraud[has].sum(), genuine[has].sum()):
                sign = "starts with" if part.startswith(_BEGINNING) else "contains"
                text = f'{feature.name} {sign} "{part.removeprefix(_BEGINNING)}"'
                yield Found(Within(feature, text, part), float(len(sums)))
                return

    def _by_word(self, values: Words) -> Floats:
        """Rows by half, by label (frauds first) and by word; the place of a null is the first."""
        cell = (values.codes.astype(np.int64) + 1) * 4 + self._half * 2 + ~self._frame.fraud
        counts = np.bincount(cell, minlength=4 * len(values.texts) + 4)
        return np.moveaxis(counts.reshape(-1, 2, 2), 0, 2).astype(np.float64)


def _has_part(texts: Any, part: str) -> Flags:
    """Which of some texts in small letters have a part."""
    if part.startswith(_BEGINNING):
        return np.asarray(pc.starts_with(texts, part.removeprefix(_BEGINNING)), np.bool_)
    return np.asarray(pc.match_substring_regex(texts, rf"(^|\P{{L}}){part}(\P{{L}}|$)"), np.bool_)


def _parts(text: str) -> set[str]:
    """Words within a text, and its beginnings, marked as such; all in small letters."""
    lower = text.lower()
    words = set(re.findall(r"[^\W\d_]{2,}", lower))
    return words | {f"{_BEGINNING}{lower[:length]}" for length in range(1, min(len(lower), _LONGEST_PREFIX) + 1)}


def _greatest_span(surplus: Floats) -> tuple[int, int]:
    """First and last place of the consecutive numbers with the greatest sum."""
    sums = np.concatenate([[0.0], np.cumsum(surplus)])
    least = np.minimum.accumulate(sums[:-1])
    last = int(np.argmax(sums[1:] - least))
    return int(np.flatnonzero(sums[: last + 1] == least[last])[-1]), last
