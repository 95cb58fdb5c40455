"""Unquoted scalars by the YAML 1.2 core schema, https://yaml.org/spec/1.2.2/#103-core-schema.

Two departures, both on purpose: underscores may group the digits of an integer (``20_000``),
and numbers that are not finite or do not fit in 64 bits are refused. So ``NO`` is text,
``0742`` is 742, ``12:30`` is text, and dates are text that the model reads.
"""

from __future__ import annotations

import math
import re

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_DECIMAL = re.compile(r"[-+]?[0-9](?:_?[0-9])*")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_LONGEST_NUMBER = 64
"""Characters; a double needs 24 and a 64-bit integer 20, so longer ones are mistakes or attacks."""

_SMALLEST_INTEGER = -(2**63)
_LARGEST_INTEGER = 2**64 - 1


def resolve_plain(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar; ValueError, in words for the user, for a number nobody can use."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _NOT_FINITE.fullmatch(text):
        raise ValueError("a number must be finite")
    return _number(text)


def _number(text: str) -> str | int | float:
    base = _integer_base(text)
    if base is None and not _FLOAT.fullmatch(text):
        return text
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"a number has at most {_LONGEST_NUMBER} characters")
    return _float(text) if base is None else _integer(text, base)


def _integer_base(text: str) -> int | None:
    if _DECIMAL.fullmatch(text):
        return 10
    if _OCTAL.fullmatch(text):
        return 8
    return 16 if _HEXADECIMAL.fullmatch(text) else None


def _integer(text: str, base: int) -> int:
    value = int(text, base)
    if not _SMALLEST_INTEGER <= value <= _LARGEST_INTEGER:
        raise ValueError("the number is too large: whole numbers go from -2^63 to 2^64-1")
    return value


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("the number is too large: numbers go up to about 1.8e308")
    return value
