"""HTML that is escaped by construction: only ``Html`` is taken as it is, every other text becomes harmless."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

_EMPTY = frozenset({"br", "hr", "meta"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def html(value: object) -> Html:
    """Anything as HTML: itself, or its text escaped. Characters that HTML does not allow become question marks."""
    if isinstance(value, Html):
        return value
    known = "".join(letter if _is_allowed(letter) else "\N{REPLACEMENT CHARACTER}" for letter in str(value))
    return Html(escape(known, quote=True))


def _is_allowed(letter: str) -> bool:
    return letter in "\n\t" or (letter >= " " and not "\x7f" <= letter <= "\x9f" and not "\ud800" <= letter <= "\udfff")


def joined(parts: Iterable[object], between: str = "") -> Html:
    """Parts one after the other."""
    return Html(str(html(between)).join(map(html, parts)))


def tag(name: str, /, *content: object, **attributes: Any) -> Html:
    """An element. ``class_`` is written class, ``aria_label`` aria-label; None and False leave an attribute out."""
    given = "".join(_attribute(key, value) for key, value in attributes.items() if value not in (None, False))
    return Html(f"<{name}{given}>" if name in _EMPTY else f"<{name}{given}>{joined(content)}</{name}>")


def _attribute(key: str, value: Any) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html(value)}"'


def table(head: Sequence[object], rows: Iterable[Sequence[object]], right: Iterable[int] = ()) -> Html:
    """A table with a row of heads; the columns numbered in ``right`` are aligned as numbers."""
    numbers = frozenset(right)
    heads = joined(_cell("th", cell, k in numbers, scope="col") for k, cell in enumerate(head))
    lines = (tag("tr", *(_cell("td", cell, k in numbers) for k, cell in enumerate(row))) for row in rows)
    return tag("table", tag("thead", tag("tr", heads)), tag("tbody", joined(lines, "\n")))


def _cell(name: str, cell: object, is_number: bool, **attributes: Any) -> Html:
    return tag(name, cell, class_="n" if is_number else None, **attributes)
