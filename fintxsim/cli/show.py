"""Results to stdout, everything else to stderr; nothing that a user wrote is read as markup."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any


def result(text: str) -> None:
    """A line of what was asked for."""
    print(text, file=sys.stdout)


def note(text: str) -> None:
    """A line for whoever is watching."""
    print(text, file=sys.stderr, flush=True)


def result_json(value: Any) -> None:
    """The result for programs."""
    result(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def aligned(rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Lines of a plain table; the columns numbered in ``right`` end at the same place."""
    table = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(_cells(row, widths, right)).rstrip() for row in table]


def _cells(row: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> Iterable[str]:
    for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.rjust(width) if number in right else cell.ljust(width)


def counted(number: int, noun: str) -> str:
    """``1 day``, ``1,000 days``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def about(number: float) -> str:
    """A number that is only roughly known, to two significant digits."""
    return f"{float(f'{number:.2g}'):,.0f}"


def duration(seconds: float) -> str:
    """``45 s``, ``3 min 05 s``, ``2 h 10 min``."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
