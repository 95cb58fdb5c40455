"""From the name of a scenario to a checked value, or to every mistake at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from fintxsim.errors import Problem, ScenarioError
from fintxsim.scenario.extends import Draft, read_chain
from fintxsim.scenario.find import find_scenario, shipped_scenarios
from fintxsim.scenario.messages import MAX_PROBLEMS, locate, problems_of
from fintxsim.scenario.nodes import Key, MapNode, plain
from fintxsim.scenario.overrides import apply_overrides
from fintxsim.scenario.shapes import shape_of
from fintxsim.scenario.strictness import wrong_types

M = TypeVar("M", bound=BaseModel)

_PATH_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[M]):
    """A usable scenario.

    ``sources`` are the files it came from, the one asked for first. ``resolved`` is plain data
    after ``extends`` and overrides, without the defaults of the model.
    """

    value: M
    warnings: tuple[str, ...]
    sources: tuple[Path, ...]
    resolved: dict[str, Any]


def load_scenario(
    source: str | Path,
    model: type[M],
    *,
    overrides: Sequence[str] = (),
    shipped: Mapping[str, Path] | None = None,
) -> Loaded[M]:
    """Read, complete and check a scenario.

    ``source`` is a path or the name of a shipped scenario; ``overrides`` are texts ``a.b=c``;
    ``shipped`` is for tests. A value must have the type that is asked for: no text is taken
    for a number and no boolean for 1.

    A model may have a method ``settings_without_effect()`` that yields pairs of dotted path and
    reason; each becomes a warning.

    Raises ScenarioError with all problems of all files, InputError when there is no such file.
    """
    catalogue = shipped_scenarios() if shipped is None else shipped
    draft = read_chain(find_scenario(source, catalogue), shape_of(model), catalogue)
    root, override_problems = apply_overrides(draft.root, overrides)
    resolved = plain(root)
    wrong = wrong_types(root, shape_of(model))
    problems = [*draft.problems, *override_problems, *wrong.values()]
    try:
        value = model.model_validate(resolved)
    except ValidationError as error:
        problems += problems_of(error, root, model, told=wrong.keys(), complete=draft.complete)
        raise ScenarioError(_in_order(problems, draft)) from None
    if problems:
        raise ScenarioError(_in_order(problems, draft))
    return Loaded(value, _warnings(value, root, draft), draft.paths, resolved)


def _in_order(problems: list[Problem], draft: Draft) -> list[Problem]:
    """By file (the one asked for first, overrides last), line and column; no more than anyone will read."""
    rank = {source.name: position for position, source in enumerate(draft.sources)}
    ordered = sorted(problems, key=lambda found: (rank.get(found.file, len(rank)), found.line, found.column))
    if len(ordered) <= MAX_PROBLEMS:
        return ordered
    message = f"there are more problems than these {MAX_PROBLEMS}; mend them and check again"
    return [*ordered[:MAX_PROBLEMS], Problem(draft.sources[0].name, 0, 0, "", message)]


def _warnings(value: BaseModel, root: MapNode, draft: Draft) -> tuple[str, ...]:
    settings = getattr(value, "settings_without_effect", None)
    if settings is None:
        return ()
    return tuple(_warning(path, reason, type(value), root, draft) for path, reason in settings())


def _warning(path: str, reason: str, model: type[BaseModel], root: MapNode, draft: Draft) -> str:
    spot = locate(root, model, _steps(path))
    place = spot.key_place
    # A default stands in no file: name the file and no line.
    if spot.rest:
        return f"{draft.sources[0].name}: warning: {path}: {reason}"
    where = f"{place.source.name}:{place.line}:{place.column}" if place.line else place.source.name
    return f"{where}: warning: {path}: {reason}"


def _steps(path: str) -> list[Key]:
    return [int(index) if index else key for index, key in _PATH_STEP.findall(path)]
