"""Conditions on a single column, and the search for those that hold for frauds alone."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fintxsim.leaks.features import Feature
from fintxsim.leaks.frames import Flags, Floats, Frame, Ints, Numbers, Words

_LONGEST_PREFIX = 6
_MOST_TEXTS = 200_000
"""Columns with more different texts are not searched for words within them."""

_INTERVALS = 3
"""Intervals of a column that are tried: one crew's favourite amount must not hide a leak."""

_NEVER = 1e12
"""A loss that no interval makes up for."""

_SHOWN_WORDS = 3


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
        return np.array([*(self.part in _parts(text) for text in values.texts), False], np.bool_)[values.codes]


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
        if not is_id:
            yield from self._word(feature, values)
            yield from self._words(feature, values)
        yield from self._part(feature, values)

    def _interval(self, feature: Feature, values: Numbers) -> Iterator[Found]:
        """The intervals with the greatest surplus of frauds over what the precision allows (Kadane's scan)."""
        numbers, fraud, genuine = self._by_number(values)
        surplus = (1.0 - self._precision) * fraud - self._precision * self._weight * genuine
        for _ in range(_INTERVALS if len(numbers) else 0):
            first, last = _greatest_span(surplus)
            low, high = float(numbers[first]), float(numbers[last])
            text = _span_text(feature.name, values, low, high, first == 0, last + 1 == len(numbers))
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

    def _word(self, feature: Feature, values: Words) -> Iterator[Found]:
        """Single words with enough frauds."""
        fraud, genuine = self._by_word(values, np.ones(len(self._half), np.bool_))
        precise = fraud >= self._precision * (fraud + self._weight * genuine)
        for at in np.flatnonzero(precise & (fraud >= self._least)).tolist():
            words = [values.texts[at - 1] if at else None]
            yield Found(OneOf(feature, _words_text(feature.name, words), frozenset(words)), len(fraud))

    def _words(self, feature: Feature, values: Words) -> Iterator[Found]:
        """All words together that hold for frauds alone in one half, if they do so in the other."""
        caught = passed = 0.0
        for half in (0, 1):
            own = self._by_word(values, self._half == half)
            others = self._by_word(values, self._half != half)
            chosen = self._is_exclusive(*own)
            caught, passed = caught + others[0][chosen].sum(), passed + others[1][chosen].sum()
        if caught < self._least or caught < self._precision * (caught + self._weight * passed):
            return
        fraud, genuine = self._by_word(values, np.ones(len(self._half), np.bool_))
        best = np.flatnonzero(self._is_exclusive(fraud, genuine))
        best = best[np.argsort(-fraud[best], kind="stable")]
        words = [values.texts[at - 1] if at else None for at in best.tolist()]
        if len(words) > 1:
            yield Found(OneOf(feature, _words_text(feature.name, words), frozenset(words)), 2.0)

    def _is_exclusive(self, fraud: Floats, genuine: Floats) -> Flags:
        return np.asarray((fraud > 0.0) & (fraud >= self._precision * (fraud + self._weight * genuine)), np.bool_)

    def _part(self, feature: Feature, values: Words) -> Iterator[Found]:
        """Words within texts, and beginnings of texts."""
        if len(values.texts) > _MOST_TEXTS:
            return
        fraud, genuine = self._by_word(values, np.ones(len(self._half), np.bool_))
        sums: dict[str, Floats] = defaultdict(lambda: np.zeros(3))
        for text, f, g in zip(values.texts, fraud[1:].tolist(), genuine[1:].tolist(), strict=True):
            for part in _parts(text):
                sums[part] += (f, g, 1.0)
        best = [
            (f, part)
            for part, (f, g, texts) in sums.items()
            if texts > 1 and f >= self._least and f >= self._precision * (f + self._weight * g)
        ]
        for _, part in sorted(best, key=lambda pair: (-pair[0], -len(pair[1]), pair[1]))[:1]:
            sign = "starts with" if part.startswith("^") else "contains"
            yield Found(Within(feature, f'{feature.name} {sign} "{part.removeprefix("^")}"', part), float(len(sums)))

    def _by_word(self, values: Words, rows: Flags) -> tuple[Floats, Floats]:
        """Frauds and genuine rows with each word; those with a null come first."""
        codes, count = values.codes + 1, len(values.texts) + 1
        fraud = np.bincount(codes[rows & self._frame.fraud], minlength=count)
        genuine = np.bincount(codes[rows & ~self._frame.fraud], minlength=count)
        return fraud.astype(np.float64), genuine.astype(np.float64)


def _parts(text: str) -> set[str]:
    """Words within a text, and its beginnings, each after a ``^``."""
    lower = text.lower()
    words = set(re.findall(r"[^\W\d_]{2,}", lower))
    return words | {f"^{lower[:length]}" for length in range(1, min(len(lower), _LONGEST_PREFIX) + 1)}


def _greatest_span(surplus: Floats) -> tuple[int, int]:
    """First and last place of the consecutive numbers with the greatest sum."""
    sums = np.concatenate([[0.0], np.cumsum(surplus)])
    least = np.minimum.accumulate(sums[:-1])
    last = int(np.argmax(sums[1:] - least))
    return int(np.flatnonzero(sums[: last + 1] == least[last])[-1]), last


def _span_text(name: str, values: Numbers, low: float, high: float, from_first: bool, to_last: bool) -> str:
    if low == high:
        return f"{name} == {values.write(low)}"
    if to_last:
        return f"{name} is not null" if from_first else f"{name} >= {values.write(low)}"
    if from_first:
        return f"{name} <= {values.write(high)}"
    return f"{values.write(low)} <= {name} <= {values.write(high)}"


def _words_text(name: str, words: list[str | None]) -> str:
    texts = ["null" if word is None else f'"{word}"' for word in words]
    if len(texts) == 1:
        return f"{name} is null" if texts == ["null"] else f"{name} == {texts[0]}"
    more = f" and {len(texts) - _SHOWN_WORDS} more" if len(texts) > _SHOWN_WORDS else ""
    return f"{name} in {{{', '.join(texts[:_SHOWN_WORDS])}}}{more}"
