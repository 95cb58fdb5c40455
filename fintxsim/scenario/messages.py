"""What pydantic found, as problems in plain English at the place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from fintxsim.errors import Problem, SettingsError
from fintxsim.scenario.extends import EXTENDS
from fintxsim.scenario.nodes import Key, ListNode, MapNode, Node, Place, ScalarNode, problem_at
from fintxsim.scenario.shapes import UNKNOWN, Shape, shape_of
from fintxsim.suggest import hint, listed

MAX_PROBLEMS = 100
"""Problems told one by one; beyond, they are only counted."""

_LONGEST_GOT = 60
_NOTHING = ("", "~", "null", "Null", "NULL")
_WHOLE_KEY = "[key]"

_EXPECTED = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "true or false",
    "string": "text",
    "date": "a date, written 2026-01-31",
    "datetime": "a date and time, written 2026-01-31T12:00:00",
    "time": "a time, written 12:30",
    "dict": "a mapping of keys to values",
    "model": "a mapping of keys to values",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozen": "a list",
}
"""First word of pydantic's error type -> what was wanted."""

_TYPE_ENDINGS = ("type", "parsing", "number", "from_float", "inexact")
_TAG_ERRORS = ("union_tag_invalid", "union_tag_not_found")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a location of pydantic's leads: ``rest`` is what the document does not hold."""

    node: Node
    shape: Shape
    path: tuple[Key, ...]
    key_place: Place
    parent: Shape
    rest: tuple[Key, ...] = ()

    @property
    def place(self) -> Place:
        """The value's place; that of its key for a mapping or list, which begins elsewhere."""
        return self.node.place if isinstance(self.node, ScalarNode) else self.key_place


def locate(root: MapNode, model: type[BaseModel], location: Sequence[Key]) -> Spot:
    """Follow a location through the document and the model side by side."""
    spot = Spot(root, shape_of(model), (), root.place, UNKNOWN)
    for index, part in enumerate(location):
        if spot.shape.is_labelled:
            spot = replace(spot, shape=spot.shape.narrow(part))
            continue
        below = _step(spot, part)
        if below is None:
            return replace(spot, rest=tuple(location[index:]))
        spot = below
    return spot


def _step(spot: Spot, part: Key) -> Spot | None:
    node, path, shape = spot.node, (*spot.path, part), spot.shape.child(part)
    if isinstance(node, MapNode) and (entry := node.entries.get(str(part))):
        return Spot(entry.value, shape, path, entry.place, spot.shape)
    if isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
        return Spot(node.items[part], shape, path, node.items[part].place, spot.shape)
    return None


def problems_of(
    error: ValidationError, root: MapNode, model: type[BaseModel], *, told: Set[Node], complete: bool
) -> list[Problem]:
    """One problem per mistake.

    Values whose problem was ``told`` already are left out, and so are missing keys when the
    document is not ``complete``.
    """
    found: dict[tuple[Place, str], Problem] = {}
    for detail in error.errors(include_url=False)[: MAX_PROBLEMS * 5]:
        for part in _parts(detail):
            spot = locate(root, model, part["loc"])
            if not _is_noise(spot, part["type"], told, complete):
                _add(found, _problem(spot, part))
    return list(found.values())


def _parts(detail: Any) -> Iterator[Any]:
    """The detail itself; or, of settings that do not go together, each that is to blame with its own place."""
    error = detail.get("ctx", {}).get("error")
    if not isinstance(error, SettingsError):
        yield detail
        return
    for path, message in error.problems:
        yield detail | {"loc": (*detail["loc"], *path), "ctx": {"error": message}}


def _is_noise(spot: Spot, kind: str, told: Set[Node], complete: bool) -> bool:
    if kind == "missing":
        return not complete
    return spot.node in told or (isinstance(spot.node, ScalarNode) and not spot.node.usable)


def _add(found: dict[tuple[Place, str], Problem], placed: tuple[Place, Problem]) -> None:
    """Keep one problem per place and path: the members of a union each complain about the same value."""
    place, problem = placed
    first = found.setdefault((place, problem.path), problem)
    if problem.message not in first.message:
        found[place, problem.path] = replace(first, message=f"{first.message}; or: {problem.message}")


def _problem(spot: Spot, detail: Any) -> tuple[Place, Problem]:
    kind = detail["type"]
    if kind in _TAG_ERRORS:
        return _tag_problem(spot, kind)
    is_key = kind == "extra_forbidden" or spot.rest == (_WHOLE_KEY,)
    path = (*spot.path, *spot.rest) if kind == "missing" else spot.path
    place = spot.key_place if is_key else spot.place
    return place, problem_at(place, path, _message(spot, detail))


def _tag_problem(spot: Spot, kind: str) -> tuple[Place, Problem]:
    """A member of a union that is named wrongly, or not at all."""
    name = spot.shape.discriminator or "kind"
    entry = spot.node.entries.get(name) if isinstance(spot.node, MapNode) else None
    if entry and isinstance(entry.value, ScalarNode):
        message = f"unknown {name} {_shown(entry.value)}{hint(entry.value.text, spot.shape.labels())}"
        return entry.value.place, problem_at(entry.value.place, (*spot.path, name), message)
    if kind == "union_tag_not_found":
        message = f"required, but not given; allowed: {listed(spot.shape.labels())}"
        return spot.place, problem_at(spot.place, (*spot.path, name), message)
    # The tag is not in the file: a model took it from the key (a typology's name, say).
    message = f"unknown name {_last(spot)!r}{hint(_last(spot), spot.shape.labels())}"
    return spot.key_place, problem_at(spot.key_place, spot.path, message)


def _message(spot: Spot, detail: Any) -> str:
    kind: str = detail["type"]
    if kind == "extra_forbidden" or spot.rest == (_WHOLE_KEY,):
        return _wrong_key(spot, detail)
    if kind == "missing":
        return _missing(spot)
    if kind in ("literal_error", "enum") and spot.shape.choices():
        return f"unknown value {_shown(spot.node)}{hint(_text(spot.node), spot.shape.choices())}"
    if kind in ("value_error", "assertion_error"):
        return f"{detail['ctx']['error']}{got(spot.node) if isinstance(spot.node, ScalarNode) else ''}"
    if kind.startswith(("greater_than", "less_than")):
        return f"must be {spot.shape.range_text() or _lowered(detail['msg'])}{got(spot.node)}"
    return _type_message(spot, detail)


def _type_message(spot: Spot, detail: Any) -> str:
    first, _, rest = detail["type"].partition("_")
    known = _EXPECTED.get(first) if rest.endswith(_TYPE_ENDINGS) else None
    reason = detail.get("ctx", {}).get("error", "") if rest.endswith("parsing") else ""
    limits = spot.shape.range_text() if known else ""
    expected = ", ".join(part for part in (known or _lowered(detail["msg"]), limits) if part)
    hint_on_quotes = "; put it in quotes" if first == "string" and _text(spot.node) not in _NOTHING else ""
    return f"must be {expected}{f'; {reason}' if reason else ''}{got(spot.node)}{hint_on_quotes}"


def _lowered(message: str) -> str:
    text = message.removeprefix("Input should be ")
    return text[:1].lower() + text[1:]


def got(node: Node) -> str:
    return f" (got {_shown(node)})"


def _shown(node: Node) -> str:
    if isinstance(node, MapNode):
        return f"a mapping with {', '.join(node.entries)}"[:_LONGEST_GOT] if node.entries else "an empty mapping"
    if isinstance(node, ListNode):
        return f"a list of {len(node.items)}"
    if node.value is None:
        return "nothing"
    text = node.text if len(node.text) <= _LONGEST_GOT else node.text[:_LONGEST_GOT] + "..."
    return repr(text) if isinstance(node.value, str) else text


def _text(node: Node) -> str:
    return node.text if isinstance(node, ScalarNode) else ""


def _last(spot: Spot) -> str:
    return str(spot.path[-1]) if spot.path else ""


def _wrong_key(spot: Spot, detail: Any) -> str:
    """A key that the model does not have, or that the type of a mapping's keys refuses."""
    known = spot.parent.key_choices() if spot.rest else spot.parent.keys()
    if spot.rest and not known:
        return f"key must be {_lowered(detail['msg'])}"
    top_level = [EXTENDS] if len(spot.path) == 1 else []
    return f"unknown key {_last(spot)!r}{hint(_last(spot), known + top_level)}"


def _missing(spot: Spot) -> str:
    description = spot.shape.child(spot.rest[0]).description if spot.rest else ""
    return "required, but not given" + (f": {description}" if description else "")
