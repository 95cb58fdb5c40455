"""Near matches for words that are not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONGEST_WORD = 64
_MOST_SHOWN = 30
"""Names listed before the rest is only counted."""


def closest(word: str, options: Iterable[str]) -> str | None:
    """The option most like ``word``, letter case aside; None when nothing comes near."""
    if len(word) > _LONGEST_WORD:
        return None
    spellings = {option.lower(): option for option in options}
    found = difflib.get_close_matches(word.lower(), spellings, n=1)
    return spellings[found[0]] if found else None


def hint(word: str, options: Iterable[str]) -> str:
    """``"; did you mean 'x'? allowed: x, y"``."""
    known = list(options)
    near = closest(word, known)
    question = f"; did you mean '{near}'?" if near else ";"
    return f"{question} allowed: {listed(known)}"


def listed(options: Iterable[str]) -> str:
    known = list(options)
    more = f" and {len(known) - _MOST_SHOWN} more" if len(known) > _MOST_SHOWN else ""
    return (", ".join(known[:_MOST_SHOWN]) or "nothing") + more
