"""Values of the wrong type that pydantic would quietly turn into the right one.

Left alone it takes ``true`` for 1, ``"90"`` for 90, ``yes`` for true and 20260101 for a date in
1970. Its own strict mode cannot be used: behind a validator with ``mode="before"`` it refuses
a date written as text and a list where a tuple is wanted.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from pydantic import BeforeValidator, PlainValidator, WrapValidator

from fintxsim.errors import Problem
from fintxsim.scenario.messages import got
from fintxsim.scenario.nodes import Key, ListNode, MapNode, Node, ScalarNode, problem_at
from fintxsim.scenario.scalars import resolve_plain
from fintxsim.scenario.shapes import Shape, bare, choices_of

_NAMES: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    datetime.date: "a date, written 2026-01-31",
    datetime.datetime: "a date and time, written 2026-01-31T12:00:00",
    datetime.time: 'a time, written "12:30"',
}
_START_OF_TIME = {
    datetime.date: re.compile(r"[0-9]{4}-"),
    datetime.datetime: re.compile(r"[0-9]{4}-"),
    datetime.time: re.compile(r"[0-9]{1,2}:"),
}
"""Text that begins otherwise would be read as seconds since 1970."""

_OWN_READERS = (BeforeValidator, PlainValidator, WrapValidator)


def wrong_types(root: MapNode, shape: Shape) -> dict[Node, Problem]:
    """Each scalar of the wrong type with its problem; what the model does not name is left to pydantic."""
    found: dict[Node, Problem] = {}
    _walk(root, shape, (), found)
    return found


def _walk(node: Node, shape: Shape, path: tuple[Key, ...], found: dict[Node, Problem]) -> None:
    if isinstance(node, ScalarNode):
        if node.usable and not _fits_any(node, shape):
            found[node] = problem_at(node.place, path, _message(node, shape))
        return
    inner = shape.member_for(node, path[-1] if path else "")
    parts = node.entries.items() if isinstance(node, MapNode) else ()
    for key, entry in parts:
        _walk(entry.value, inner.child(key), (*path, key), found)
    if isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            _walk(item, inner.child(index), (*path, index), found)


def _fits_any(node: ScalarNode, shape: Shape) -> bool:
    if node.value is None or not shape.members or any(isinstance(item, _OWN_READERS) for item in shape.metadata):
        return True
    # A lone choice is left to pydantic, whose problem gets a near match.
    return any(_fits(node, member, is_alone=len(shape.members) == 1) for member in shape.members)


def _fits(node: ScalarNode, member: Any, *, is_alone: bool) -> bool:
    value, kind = node.value, bare(member)
    if kind is int or kind is float:
        is_number = isinstance(value, int) or (isinstance(value, float) and (kind is float or value.is_integer()))
        return is_number and not isinstance(value, bool)
    if kind is bool:
        return isinstance(value, bool)
    start = _START_OF_TIME.get(kind) if isinstance(kind, type) else None
    if start:
        return isinstance(value, str) and start.match(value) is not None
    choices = choices_of(kind)
    return is_alone or not choices or node.text in choices


def _message(node: ScalarNode, shape: Shape) -> str:
    names = [_NAMES.get(bare(member)) or " or ".join(choices_of(member)) for member in shape.members]
    limits = shape.range_text()
    expected = " or ".join(names) + (f", {limits}" if limits else "")
    takes_numbers = any(bare(member) in (int, float, bool) for member in shape.members)
    return f"must be {expected}{got(node)}{'; remove the quotes' if takes_numbers and _was_quoted(node) else ''}"


def _was_quoted(node: ScalarNode) -> bool:
    """Whether the text would be a number or a boolean without its quotes."""
    try:
        return isinstance(node.value, str) and isinstance(resolve_plain(node.text), int | float)
    except ValueError:
        return False
