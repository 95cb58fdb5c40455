"""YAML text to nodes with positions: YAML 1.2 scalars, no code, no surprises, bounded work.

PyYAML only splits the text into events (by its C parser when there is one); the tree is
built here, so no tag can ever construct an object, and the limits hold while reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from fintxsim.errors import Problem, ScenarioError
from fintxsim.scenario.nodes import Entry, Key, ListNode, MapNode, Node, Place, ScalarNode, Source, children, problem_at
from fintxsim.scenario.scalars import resolve_plain

# The limits keep a hostile file harmless; the shipped scenarios stay below a hundredth of them (assumption).
MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels; a scenario needs far fewer"
MAX_NODES = 20_000
"""Values in one document, those repeated by aliases included."""
MAX_KEY_LENGTH = 128

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters outside https://yaml.org/spec/1.2.2/#51-character-set."""

_CORE = "tag:yaml.org,2002:"
_SCALAR_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}
_TEXT_TAGS = (None, "!", _CORE + "str")
_MERGE_KEY = "<<"

_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: the parser without C lets its escape through."""
_NO_CHARACTER = "an escape such as \\uD800 is not a character; remove it"


@dataclass(frozen=True, slots=True)
class Composed:
    """``root`` is None when there is no document; ``complete`` is False when a part had to be left out."""

    root: Node | None
    source: Source
    problems: tuple[Problem, ...]
    complete: bool


def compose(text: str, name: str) -> Composed:
    """Parse one document.

    Problems that leave the rest readable (duplicate keys, tags, impossible numbers) are
    returned; ScenarioError at once for broken syntax and for a limit that is passed.
    """
    source = Source(name, tuple(_LINE_BREAK.split(text)))
    _refuse_unprintable(text, source)
    composer = _Composer(source)
    try:
        root = composer.document(yaml.parse(text, Loader=LOADER))
    except yaml.YAMLError as error:
        stop(_syntax_place(source, error), (), _syntax_message(source, error))
    except (ValueError, OverflowError) as error:  # the parser without C lets some through: "\UFFFFFFFF"
        stop(Place(source), (), f"not YAML: {error}")
    return Composed(root, source, tuple(composer.problems), composer.complete)


def stop(place: Place, path: tuple[Key, ...], message: str) -> NoReturn:
    """End with the one problem that makes reading on pointless."""
    raise ScenarioError([problem_at(place, path, message)])


def _refuse_unprintable(text: str, source: Source) -> None:
    found = _UNPRINTABLE.search(text)
    if found:
        before = _LINE_BREAK.split(text[: found.start()])
        place = Place(source, len(before), len(before[-1]) + 1)
        stop(place, (), f"character U+{ord(found.group()):04X} is not allowed in YAML; remove it")


def _syntax_place(source: Source, error: yaml.YAMLError) -> Place:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return Place(source, mark.line + 1, mark.column + 1) if mark else Place(source)


def _syntax_message(source: Source, error: yaml.YAMLError) -> str:
    place = _syntax_place(source, error)
    line = source.lines[place.line - 1] if 1 <= place.line <= len(source.lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or line[place.column - 1 : place.column] == "\t":
        return "not YAML: a tab cannot indent; use spaces"
    if "nesting depth" in (getattr(error, "problem", None) or ""):  # a limit of newer parsers, which look ahead
        return _TOO_DEEP
    parts = [getattr(error, name, None) for name in ("context", "problem")]
    return "not YAML: " + (", ".join(part for part in parts if part) or str(error))


class _Composer:
    """Builds the tree from events; one use."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.complete = True
        self._anchors: dict[str, Node] = {}
        self._open_anchors: set[str] = set()
        self._nodes = 0
        self._events: Iterator[Any] = iter(())

    def document(self, events: Iterator[Any]) -> Node | None:
        self._events = events
        next(events)  # start of the stream
        if isinstance(next(events), yaml.StreamEndEvent):
            return None
        root = self._node(next(events), (), 1)
        next(events)  # end of the document
        extra = next(events)
        if not isinstance(extra, yaml.StreamEndEvent):
            stop(self._place(extra), (), "a second document begins here; a scenario file holds one")
        return root

    def _place(self, event: Any) -> Place:
        return Place(self.source, event.start_mark.line + 1, event.start_mark.column + 1)

    def _report(self, event: Any, path: tuple[Key, ...], message: str) -> None:
        self.problems.append(problem_at(self._place(event), path, message))

    def _node(self, event: Any, path: tuple[Key, ...], depth: int) -> Node:
        self._count(event, path, 1, depth)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path, depth)
        self._open_anchors.add(event.anchor)
        node = self._content(event, path, depth)
        self._open_anchors.discard(event.anchor)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _content(self, event: Any, path: tuple[Key, ...], depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        self._check_collection_tag(event, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(event, path, depth)
        return self._map(event, path, depth)

    def _count(self, event: Any, path: tuple[Key, ...], nodes: int, depth: int) -> None:
        self._nodes += nodes
        if depth > MAX_DEPTH:
            stop(self._place(event), (), _TOO_DEEP)
        if self._nodes > MAX_NODES:
            message = f"more than {MAX_NODES:,} values, those repeated by aliases included; make the file smaller"
            stop(self._place(event), (), message)

    def _alias(self, event: Any, path: tuple[Key, ...], depth: int) -> Node:
        if event.anchor in self._open_anchors:
            stop(self._place(event), path, f"alias *{event.anchor} stands inside what it names; write the value out")
        if event.anchor not in self._anchors:
            stop(self._place(event), path, f"alias *{event.anchor} has no anchor &{event.anchor} before it")
        node = self._anchors[event.anchor]
        nodes, height = _measure(node)
        self._count(event, path, nodes - 1, depth + height - 1)
        return node

    def _list(self, event: Any, path: tuple[Key, ...], depth: int) -> ListNode:
        items: list[Node] = []
        while not isinstance(item := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(item, (*path, len(items)), depth + 1))
        return ListNode(tuple(items), self._place(event))

    def _map(self, event: Any, path: tuple[Key, ...], depth: int) -> MapNode:
        entries: dict[str, Entry] = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            self._entry(entries, key, path, depth)
        return MapNode(entries, self._place(event))

    def _entry(self, entries: dict[str, Entry], key: Any, path: tuple[Key, ...], depth: int) -> None:
        if not isinstance(key, yaml.ScalarEvent):
            stop(self._place(key), path, "a key must be plain text, not a list, a mapping or an alias")
        name = key.value
        self._count(key, path, 1, depth)
        value = self._node(next(self._events), (*path, name[:MAX_KEY_LENGTH]), depth + 1)
        message = self._key_problem(key, entries)
        if message:
            self._report(key, path, message)
        else:
            entries[name] = Entry(self._place(key), value)

    def _key_problem(self, key: Any, entries: dict[str, Entry]) -> str:
        name = key.value
        if name == _MERGE_KEY:
            self.complete = False
            return "merge keys (<<) are not part of YAML 1.2; write the keys out, or use `extends`"
        if name in entries:
            first = entries[name].place.line
            return f"duplicate key {name!r}: given at line {first} and again at line {self._place(key).line}; keep one"
        return _key_text_problem(key.tag, name)

    def _scalar(self, event: Any, path: tuple[Key, ...]) -> ScalarNode:
        try:
            value, usable = _value(event), True
        except ValueError as error:
            self._report(event, path, f"{error} (got {event.value[:40]})")
            value, usable = None, False
        return ScalarNode(value, event.value, self._place(event), usable)

    def _check_collection_tag(self, event: Any, path: tuple[Key, ...]) -> None:
        kind = "seq" if isinstance(event, yaml.SequenceStartEvent) else "map"
        if event.tag not in (None, "!", _CORE + kind):
            self._report(event, path, _tag_message(event.tag))


def _value(event: Any) -> str | int | float | bool | None:
    """The value of a scalar event by its tag and quotes; ValueError in words for the user."""
    text: str = event.value
    if _SURROGATE.search(text):
        raise ValueError(_NO_CHARACTER)
    if event.tag is None and event.implicit[0]:
        return resolve_plain(text)
    if event.tag in _TEXT_TAGS:
        return text
    types = _SCALAR_TYPES.get(event.tag.removeprefix(_CORE))
    if types is None:
        raise ValueError(_tag_message(event.tag))
    value = resolve_plain(text)
    if type(value) not in types:
        raise ValueError(f"tag {_tag_name(event.tag)} does not fit the value")
    return value


def _key_text_problem(tag: str | None, name: str) -> str:
    if tag not in _TEXT_TAGS:
        return _tag_message(str(tag))
    if _SURROGATE.search(name):
        return _NO_CHARACTER
    if not name:
        return "a key is empty; write its name before the colon"
    return f"a key has at most {MAX_KEY_LENGTH} characters (got {len(name):,})" if len(name) > MAX_KEY_LENGTH else ""


def _tag_name(tag: str) -> str:
    return "!!" + tag.removeprefix(_CORE) if tag.startswith(_CORE) else tag


def _tag_message(tag: str) -> str:
    return f"tag {_tag_name(tag)[:60]} is not allowed: a scenario is plain data; remove the tag"


def _measure(node: Node) -> tuple[int, int]:
    """Nodes (keys included) and levels of a subtree."""
    parts = [_measure(child) for child in children(node)]
    keys = len(parts) if isinstance(node, MapNode) else 0
    return 1 + keys + sum(nodes for nodes, _ in parts), 1 + max((height for _, height in parts), default=0)
