"""``extends``: a scenario that builds on another one.

A child's mappings merge into its parent's, deeply. Three things replace the parent's
instead: a list, a map of shares, and a choice (a discriminated union) of another kind.
A parent is a shipped scenario, or a file in the directory of the child or below it, so
that a scenario from a stranger cannot make anyone read other files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from fintxsim.errors import InputError, Problem
from fintxsim.scenario.nodes import Entry, MapNode, Node, ScalarNode, Source, problem_at
from fintxsim.scenario.reading import read_document
from fintxsim.scenario.shapes import Shape
from fintxsim.suggest import hint

EXTENDS = "extends"
MAX_CHAIN = 8
"""Files in one chain, the first included (assumption: more is a mistake)."""
SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Draft:
    """A chain of files as one tree.

    ``sources`` are the files, the most specific first; ``complete`` is False when a part could
    not be read, so that a missing key may be no mistake.
    """

    root: MapNode
    sources: tuple[Source, ...]
    paths: tuple[Path, ...]
    problems: tuple[Problem, ...]
    complete: bool


def read_chain(path: Path, shape: Shape, shipped: Mapping[str, Path]) -> Draft:
    """The file and all it extends, merged. Raises as `reading.read_document` does for the first file."""
    layers: list[MapNode] = []
    sources: list[Source] = []
    paths = [path]
    problems: list[Problem] = []
    complete = True
    while len(layers) < len(paths):
        layer, composed = read_document(paths[-1])
        sources.append(composed.source)
        problems += composed.problems
        parent = layer.entries.get(EXTENDS)
        layers.append(_without_extends(layer))
        complete = complete and composed.complete
        if parent:
            try:
                paths.append(_next_path(parent.value, paths, shipped))
            except InputError as error:
                problems.append(problem_at(parent.value.place, (EXTENDS,), str(error)))
                complete = False
    return Draft(_merge_all(layers, shape), tuple(sources), tuple(paths), tuple(problems), complete)


def _without_extends(layer: MapNode) -> MapNode:
    return MapNode({key: entry for key, entry in layer.entries.items() if key != EXTENDS}, layer.place)


def _merge_all(layers: list[MapNode], shape: Shape) -> MapNode:
    merged = layers[-1]
    for layer in reversed(layers[:-1]):
        merged = _merge_maps(merged, layer, shape)
    return merged


def _next_path(name: Node, paths: list[Path], shipped: Mapping[str, Path]) -> Path:
    if not isinstance(name, ScalarNode) or not isinstance(name.value, str) or not name.value:
        raise InputError("must be the name of a shipped scenario or a file beside this one")
    target = parent_path(name.value, paths[-1], shipped)
    chain = [path.resolve() for path in paths]
    if target.resolve() in chain:
        raise InputError(f"goes round in a circle: {' -> '.join(path.name for path in [*paths, target])}; break it")
    if len(paths) >= MAX_CHAIN:
        raise InputError(f"the chain is longer than {MAX_CHAIN} files; merge some of them")
    return target


def parent_path(name: str, child: Path, shipped: Mapping[str, Path]) -> Path:
    """The file that ``extends: name`` means in the file ``child``; InputError, one line, when it is refused."""
    if not _looks_like_path(name):
        if name not in shipped:
            raise InputError(f"unknown scenario {name!r}{hint(name, shipped)}")
        return shipped[name]
    if ".." in PureWindowsPath(name).parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor:
        raise InputError(f"{name!r} leaves the directory of this file; name a file beside it or below, without `..`")
    target = child.parent / name
    _refuse_escape(target, child.parent, name)
    if not os.path.isfile(target):
        kind = "a directory" if os.path.isdir(target) else "not found"
        raise InputError(f"{name!r} is {kind}; name a file in {child.parent or Path('.')} or below")
    return target


def _looks_like_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.endswith(SUFFIXES)


def _refuse_escape(target: Path, directory: Path, name: str) -> None:
    try:
        inside = target.resolve().is_relative_to(directory.resolve())
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a name no file can have
        raise InputError(f"{name!r} is no usable file name; check it") from error
    if not inside:
        raise InputError(f"{name!r} is a link that leaves the directory of this file; copy the file instead")


def _merge_maps(parent: MapNode, child: MapNode, shape: Shape) -> MapNode:
    entries = dict(parent.entries)
    for key, entry in child.entries.items():
        entries[key] = _merge_entry(key, entries.get(key), entry, shape.child(key))
    return MapNode(entries, child.place)


def _merge_entry(key: str, parent: Entry | None, child: Entry, shape: Shape) -> Entry:
    if parent is None or not isinstance(parent.value, MapNode) or not isinstance(child.value, MapNode):
        return child
    if shape.is_share_map or _is_another_kind(parent.value, child.value, shape):
        return child
    return Entry(child.place, _merge_maps(parent.value, child.value, shape.member_for(parent.value, key)))


def _is_another_kind(parent: MapNode, child: MapNode, shape: Shape) -> bool:
    given = child.entries.get(shape.discriminator or "")
    return given is not None and shape.member_for(parent, "") != shape.member_for(child, "")
