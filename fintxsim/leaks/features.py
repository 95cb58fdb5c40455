"""What is read off a row: a column as it stands, or something made of columns, such as the hour or the decimals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fintxsim.leaks.frames import DAY_US, Floats, Frame, Ints, Numbers, Values, Words

SECOND_US = 1_000_000
HOUR_US = 3_600_000_000

_DECIMALS = 6
_DAYS = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]  # 1 January 1970 was a Thursday


@dataclass(frozen=True, slots=True)
class Feature:
    """``name`` is how conditions call it."""

    name: str
    columns: tuple[str, ...]
    read: Callable[[Frame], Values]


def column(name: str) -> Feature:
    return Feature(name, (name,), lambda frame: frame.values(name))


def is_null(name: str) -> Feature:
    return Feature(f"{name} is null", (name,), lambda frame: _flag(frame.nulls(name)))


def hour(time: str, offset: str) -> Feature:
    """Hour of the day; ``offset`` is a column of minutes to add, or nothing."""
    return Feature(f"hour of {time}", _named(time, offset), lambda frame: _count(hours(frame, time, offset)))


def weekday(time: str, offset: str) -> Feature:
    def read(frame: Frame) -> Values:
        return Words((local_times(frame, time, offset) // DAY_US % 7).astype(np.int32), _DAYS)

    return Feature(f"weekday of {time}", _named(time, offset), read)


def second(time: str) -> Feature:
    """Second of the minute."""
    return Feature(f"second of {time}", (time,), lambda frame: _count(frame.times(time) // SECOND_US % 60))


def minute(time: str) -> Feature:
    """Minute of the hour."""
    return Feature(f"minute of {time}", (time,), lambda frame: _count(frame.times(time) // (60 * SECOND_US) % 60))


def fraction(time: str) -> Feature:
    """How many digits the fraction of the second has."""
    return Feature(f"digits of {time}", (time,), lambda frame: _count(_digits(frame.times(time) % SECOND_US)))


def decimals(name: str) -> Feature:
    """How many decimals a number has."""
    return Feature(f"decimals of {name}", (name,), lambda frame: _count_of(frame, name, _digits))


def cents(name: str) -> Feature:
    """The two digits after the point."""
    return Feature(f"cents of {name}", (name,), lambda frame: _count_of(frame, name, lambda x: x // 10_000))


def zeros(name: str) -> Feature:
    """How many zeros a whole number ends with."""
    return Feature(f"zeros of {name}", (name,), _zeros_of(name))


def are_equal(one: str, other: str) -> Feature:
    def read(frame: Frame) -> Values:
        return _flag(_numbers(frame, one) == _numbers(frame, other))

    return Feature(f"{one} == {other}", (one, other), read)


def ratio(one: str, other: str) -> Feature:
    """One number as a share of another, to six digits, so that a constant share is one value."""

    def read(frame: Frame) -> Values:
        below = _numbers(frame, other)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(below != 0.0, _numbers(frame, one) / below, np.nan)
        return Numbers(_six_digits(share))

    return Feature(f"{one} / {other}", (one, other), read)


def local_times(frame: Frame, time: str, offset: str) -> Ints:
    """Microseconds since 1970 by the clock on the wall."""
    times = frame.times(time)
    if not offset:
        return times
    return times + np.rint(np.nan_to_num(_numbers(frame, offset))).astype(np.int64) * (60 * SECOND_US)


def hours(frame: Frame, time: str, offset: str) -> Ints:
    return local_times(frame, time, offset) // HOUR_US % 24


def _named(*columns: str) -> tuple[str, ...]:
    return tuple(name for name in columns if name)


def _flag(flags: object) -> Words:
    return Words(np.asarray(flags, np.int32), ["false", "true"])


def _count(numbers: Ints) -> Numbers:
    return Numbers(numbers.astype(np.float64))


def _numbers(frame: Frame, name: str) -> Floats:
    values = frame.values(name)
    assert isinstance(values, Numbers)
    return values.values


def _count_of(frame: Frame, name: str, of: Callable[[Ints], Ints]) -> Numbers:
    """Something about the fraction of a number, in millionths; nulls stay nulls."""
    values = np.abs(_numbers(frame, name))
    known = np.where(np.isfinite(values), values, 0.0)
    millionths = np.rint((known - np.floor(known)) * 10.0**_DECIMALS).astype(np.int64) % 10**_DECIMALS
    return Numbers(np.where(np.isnan(values), np.nan, of(millionths).astype(np.float64)))


def _digits(millionths: Ints) -> Ints:
    """Digits that are left when zeros at the end are cut off."""
    digits = np.full(len(millionths), _DECIMALS, np.int64)
    for left in range(_DECIMALS):
        digits[(digits == _DECIMALS) & (millionths % 10 ** (_DECIMALS - left) == 0)] = left
    return digits


def _zeros_of(name: str) -> Callable[[Frame], Values]:
    def read(frame: Frame) -> Values:
        values = np.abs(_numbers(frame, name))
        count = np.zeros(len(values))
        for power in range(1, _DECIMALS + 1):
            count += (values % 10.0**power == 0.0) & (values > 0.0)
        return Numbers(np.where(np.isnan(values), np.nan, count))

    return read


def _six_digits(share: Floats) -> Floats:
    """Numbers rounded to six significant digits."""
    size = np.abs(share)
    known = np.isfinite(share) & (size > 0.0)
    scale = 10.0 ** (5.0 - np.floor(np.log10(np.where(known, size, 1.0))))
    return np.where(known, np.round(share * scale) / scale, np.where(np.isfinite(share), share, np.nan))
