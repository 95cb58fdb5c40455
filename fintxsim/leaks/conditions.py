"""Conditions in words."""

from __future__ import annotations

from collections.abc import Sequence

from fintxsim.leaks.frames import Numbers, Words

_SHOWN = 3


def is_one_of(name: str, words: Sequence[str | None], of: Words) -> str:
    """``memo == "deposit"``, ``memo in {"a", "b"}``, ``memo is null``; of a flag ``is_new`` or ``not is_new``."""
    texts = ["null" if word is None else f'"{word}"' for word in words]
    if of.texts == ["false", "true"] and texts in (['"true"'], ['"false"']):
        return name if texts == ['"true"'] else f"not {name}"
    if len(texts) == 1:
        return f"{name} is null" if texts == ["null"] else f"{name} == {texts[0]}"
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return f"{name} in {{{', '.join(texts[:_SHOWN])}}}{more}"


def is_between(name: str, low: float | None, high: float | None, of: Numbers, below: str = "<=") -> str:
    """``10 <= amount <= 20``; None stands for no bound. ``below`` is ``<`` when ``high`` does not belong to it."""
    if low is not None and low == high:
        return f"{name} == {of.write(low)}"
    if low is None:
        return f"{name} is not null" if high is None else f"{name} {below} {of.write(high)}"
    return f"{name} >= {of.write(low)}" if high is None else f"{of.write(low)} <= {name} {below} {of.write(high)}"
