"""What a model expects at each place of a document: allowed keys, choices, ranges, share maps.

Pydantic's error locations hold internal parts (the tag of a union's member); walking the
model beside the document is what tells them from keys.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo

from fintxsim.scenario.nodes import Key, MapNode, Node, ScalarNode
from fintxsim.shares import ShareMap

_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


@dataclass(frozen=True, slots=True)
class Shape:
    """Expected at one place: one of ``members`` (None aside), with the metadata of all layers around it."""

    members: tuple[Any, ...] = ()
    metadata: tuple[Any, ...] = ()
    discriminator: str | None = None
    description: str = ""

    @property
    def is_share_map(self) -> bool:
        return any(isinstance(item, ShareMap) for item in self.metadata)

    @property
    def is_labelled(self) -> bool:
        """Whether pydantic adds a part to the location that names the member it tried."""
        return self.discriminator is not None or len(self.members) > 1

    def models(self) -> list[type[BaseModel]]:
        return [member for member in self.members if _is_model(member)]

    def keys(self) -> list[str]:
        """Names of all fields, or the closed set of keys of a mapping."""
        names = [name for model in self.models() for name in model.model_fields]
        return list(dict.fromkeys(names)) or self.key_choices()

    def key_choices(self) -> list[str]:
        """The closed set of keys of a mapping; empty when any key will do."""
        return [key for member in self.members if _is_mapping(member) for key in _key_shape(member).choices()]

    def child(self, key: Key) -> Shape:
        """What is expected under a key or index; the empty shape when nothing is known."""
        return next((shape for member in self.members if (shape := _child(member, key))), UNKNOWN)

    def narrow(self, label: Key) -> Shape:
        """The member that a label of pydantic's, or a discriminator's value in a document, stands for."""
        for member in self.members:
            if label in self._labels(member):
                return shape_of(member)
        return UNKNOWN

    def member_for(self, node: Node, key: Key) -> Shape:
        """The shape of a value under a key, one member chosen.

        The discriminator chooses; where the value has none, the key does, since models may
        take a part's kind from its key (``typologies: {card_testing: ...}``).
        """
        if not self.is_labelled:
            return self
        entry = node.entries.get(self.discriminator or "") if isinstance(node, MapNode) else None
        return self.narrow(entry.value.text if entry and isinstance(entry.value, ScalarNode) else key)

    def _labels(self, member: Any) -> list[Any]:
        if self.discriminator is None:
            name = getattr(bare(member), "__name__", str(member))
            return [name, f"constrained-{name}"]
        field = member.model_fields.get(self.discriminator) if _is_model(member) else None
        return field_shape(field).choices() if field else []

    def choices(self) -> list[str]:
        """The closed set of values, as they are written; empty when it is open."""
        return [text for member in self.members for text in choices_of(member)]

    def labels(self) -> list[str]:
        """Every tag of a discriminated union."""
        return [label for member in self.members for label in self._labels(member)]

    def range_text(self) -> str:
        """``"at least 0 and at most 1"``; empty when there is no bound."""
        bounds = {name: getattr(item, name, None) for item in self.metadata for name in _BOUNDS if hasattr(item, name)}
        return " and ".join(
            f"{_BOUNDS[name]} {_grouped(bounds[name])}" for name in _BOUNDS if bounds.get(name) is not None
        )


UNKNOWN = Shape()


def shape_of(annotation: Any) -> Shape:
    """The shape of a type annotation."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        return _with_metadata(shape_of(inner), metadata)
    if hasattr(annotation, "__value__"):  # a `type X = ...` alias
        return shape_of(annotation.__value__)
    if get_origin(annotation) in (Union, types.UnionType):
        members = [member for member in get_args(annotation) if member is not type(None)]
        return shape_of(members[0]) if len(members) == 1 else Shape(tuple(members))
    if _is_model(annotation) and issubclass(annotation, RootModel):
        return field_shape(annotation.model_fields["root"])
    return Shape((annotation,))


def field_shape(field: FieldInfo) -> Shape:
    """The shape of a model's field."""
    return _with_metadata(shape_of(field.annotation), [field])


def _with_metadata(shape: Shape, metadata: Sequence[Any]) -> Shape:
    fields = [item for item in metadata if isinstance(item, FieldInfo)]
    flat = [part for item in metadata for part in ([*item.metadata] if isinstance(item, FieldInfo) else [item])]
    discriminators = [field.discriminator for field in fields if isinstance(field.discriminator, str)]
    descriptions = [field.description for field in fields if field.description]
    return Shape(
        shape.members,
        (*shape.metadata, *flat),
        next(iter(discriminators), shape.discriminator),
        next(iter(descriptions), shape.description),
    )


def nested_models(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The model and every model that it can hold, each once, in the order of declaration."""
    found: dict[type[BaseModel], None] = {}
    waiting = [model]
    while waiting:
        current = waiting.pop(0)
        if current not in found:
            found[current] = None
            waiting += [inner for field in current.model_fields.values() for inner in _models_in(field.annotation)]
    return list(found)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if _is_model(annotation):
        yield annotation
    for argument in get_args(getattr(annotation, "__value__", annotation)):
        yield from _models_in(argument)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _is_mapping(annotation: Any) -> bool:
    return _origin_is(annotation, Mapping)


def _is_sequence(annotation: Any) -> bool:
    return _origin_is(annotation, Sequence) or _origin_is(annotation, Set)


def _origin_is(annotation: Any, base: Any) -> bool:
    origin = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, base)


def _key_shape(mapping: Any) -> Shape:
    return shape_of(get_args(mapping)[0])


def _child(member: Any, key: Key) -> Shape | None:
    if _is_model(member):
        field = member.model_fields.get(key)
        return field_shape(field) if field else None
    arguments = get_args(member)
    if _is_mapping(member):
        return shape_of(arguments[1])
    if _is_sequence(member) and isinstance(key, int):
        fixed = get_origin(member) is tuple and Ellipsis not in arguments
        return shape_of(arguments[min(key, len(arguments) - 1)] if fixed else arguments[0])
    return None


def choices_of(member: Any) -> list[str]:
    """The closed set of values of a literal or enumeration, as they are written."""
    word = bare(member)
    if get_origin(word) is Literal:
        return [str(value) for value in get_args(word)]
    if isinstance(word, type) and issubclass(word, Enum):
        return [str(value.value) for value in word]
    return []


def _grouped(bound: Any) -> str:
    """A bound as one would write it in a scenario."""
    return f"{bound:_}" if isinstance(bound, int) else str(bound)


def bare(annotation: Any) -> Any:
    """The type without ``Annotated``."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
