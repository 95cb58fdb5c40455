"""``--set a.b=c``: settings changed on the command line.

The value is a YAML 1.2 scalar, or a list ``[..]`` or mapping ``{..}`` on one line. It
replaces whatever stood there; mappings on the way are made when they are absent.
"""

from __future__ import annotations

from collections.abc import Sequence

from fintxsim.errors import Problem, ScenarioError
from fintxsim.scenario.extends import EXTENDS
from fintxsim.scenario.nodes import Entry, ListNode, MapNode, Node, Place, ScalarNode, Source, printable, problem_at
from fintxsim.scenario.yaml12 import MAX_BYTES, MAX_DEPTH, compose, stop


def apply_overrides(root: MapNode, overrides: Sequence[str]) -> tuple[MapNode, list[Problem]]:
    """The tree with every override in turn, and a problem for each one that cannot be applied."""
    problems: list[Problem] = []
    for override in overrides:
        try:
            root = _apply(root, override, problems)
        except ScenarioError as error:
            problems += error.problems
    return root, problems


def _apply(root: MapNode, override: str, problems: list[Problem]) -> MapNode:
    place = Place(Source(f"--set {printable(override[:100])}"))
    path, value = _parse(override, place, problems)
    return _set(root, path, 0, Entry(place, value), place)


def _parse(override: str, place: Place, problems: list[Problem]) -> tuple[tuple[str, ...], Node]:
    path_text, equals, value_text = override.partition("=")
    path = tuple(part.strip() for part in path_text.split("."))
    if not equals or not all(path):
        stop(place, (), "write --set key=value, or --set outer.inner=value for a nested key")
    if path[0] == EXTENDS:
        stop(place, path, "can only be given in a file; write a small file that extends the other")
    if len(path) > MAX_DEPTH or len(value_text) > MAX_BYTES:
        stop(place, (), "too deep or too long; write a scenario file instead")
    return path, _value(value_text, place, path, problems)


def _value(text: str, place: Place, path: tuple[str, ...], problems: list[Problem]) -> Node:
    try:
        composed = compose(text, place.source.name)
    except ScenarioError as error:
        stop(place, path, error.problems[0].message)
    problems += [problem_at(place, path, problem.message) for problem in composed.problems]
    node = composed.root or ScalarNode(None, "", place)
    if not isinstance(node, ScalarNode) and text.lstrip()[0] not in "{[":
        stop(place, path, "a list or mapping is given on one line as [..] or {..}; quote text that holds `: `")
    return _placed(node, place)


def _placed(node: Node, place: Place) -> Node:
    """The same values, all at the place of the override: a column within it would only mislead."""
    if isinstance(node, MapNode):
        return MapNode({key: Entry(place, _placed(entry.value, place)) for key, entry in node.entries.items()}, place)
    if isinstance(node, ListNode):
        return ListNode(tuple(_placed(item, place) for item in node.items), place)
    return ScalarNode(node.value, node.text, place, node.usable)


def _set(parent: MapNode, path: tuple[str, ...], depth: int, leaf: Entry, place: Place) -> MapNode:
    key, *rest = path[depth:]
    if not rest:
        return MapNode(parent.entries | {key: leaf}, parent.place)
    old = parent.entries.get(key, Entry(place, MapNode({}, place)))
    if not isinstance(old.value, MapNode):
        stop(place, path[: depth + 1], "holds no keys, so nothing can be set inside it; set it as a whole")
    return MapNode(
        parent.entries | {key: Entry(old.place, _set(old.value, path, depth + 1, leaf, place))}, parent.place
    )
