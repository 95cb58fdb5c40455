"""A parsed document as a tree whose nodes know their file, line and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fintxsim.errors import Problem

Key = str | int
"""A step from a node to a child: the key of a mapping, or the index in a list."""

_WIDEST_SOURCE_LINE = 160
"""Characters of the offending line that are shown; a longer line helps nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Where text came from: a file, or an override (which has no lines)."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Line and column count from 1; 0 when there is nothing to point at."""

    source: Source
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ScalarNode:
    """``text`` as it was written; ``usable`` is False when a problem with it was already reported."""

    value: str | int | float | bool | None
    text: str
    place: Place
    usable: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ListNode:
    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A value under a key; ``place`` is that of the key."""

    place: Place
    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class MapNode:
    entries: dict[str, Entry]
    place: Place


Node = ScalarNode | ListNode | MapNode


def plain(node: Node) -> Any:
    """The values alone: dicts, lists, text, numbers, booleans and None."""
    if isinstance(node, MapNode):
        return {key: plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return node.value


def children(node: Node) -> list[Node]:
    if isinstance(node, MapNode):
        return [entry.value for entry in node.entries.values()]
    return list(node.items) if isinstance(node, ListNode) else []


def dotted(path: Sequence[Key]) -> str:
    """``("a", "b", 0, "c")`` as ``a.b[0].c``."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".")


def printable(text: str) -> str:
    """Text that is safe on a terminal: control and direction characters are spelled out."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def problem_at(place: Place, path: Sequence[Key], message: str) -> Problem:
    """A problem with the source line of its place, safe to print."""
    return Problem(
        file=place.source.name,
        line=place.line,
        column=place.column,
        path=printable(dotted(path)),
        message=printable(message),
        source=_source_line(place),
    )


def _source_line(place: Place) -> str:
    lines = place.source.lines
    if not 1 <= place.line <= len(lines) or place.column > _WIDEST_SOURCE_LINE:
        return ""
    # One character for one, so that the mark under the line stays under its column.
    return "".join(char if char.isprintable() else " " for char in lines[place.line - 1][:_WIDEST_SOURCE_LINE])
