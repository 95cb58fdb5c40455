"""Walking a model: what is expected where."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, BeforeValidator, Field, RootModel, StringConstraints, ValidationError
from typing_extensions import TypeAliasType

from fintxsim.scenario.messages import problems_of
from fintxsim.scenario.nodes import MapNode, plain
from fintxsim.scenario.shapes import UNKNOWN, nested_models, shape_of
from fintxsim.scenario.strictness import wrong_types
from fintxsim.scenario.yaml12 import compose
from fintxsim.shares import ShareMap
from tests.unit.scenario.small_model import Small

Shares = TypeAliasType("Shares", Annotated[dict[str, float], ShareMap()])


class Many(RootModel[list[int]]):
    pass


class Left(BaseModel):
    left: int


class Right(BaseModel):
    right: datetime.time


class Odd(BaseModel):
    shares: Shares | None = None
    many: Many | None = None
    pair: tuple[int, str] | None = None
    side: Left | Right | None = None
    length: Annotated[int, BeforeValidator(len)] = 0
    code: Annotated[str, StringConstraints(pattern="^[A-Z]+$", max_length=3)] = "A"
    codes: dict[Annotated[str, StringConstraints(pattern="^[A-Z]+$")], int] = {}
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    either: Annotated[int, Field(ge=2)] | Literal["all"] = "all"
    anything: object = None


def messages(text: str) -> list[str]:
    root = compose(text, "f.yaml").root
    assert isinstance(root, MapNode)
    wrong = wrong_types(root, shape_of(Odd))
    found = list(wrong.values())
    try:
        Odd.model_validate(plain(root))
    except ValidationError as error:
        found += problems_of(error, root, Odd, told=wrong.keys(), complete=True)
    return [f"{problem.line}:{problem.column} {problem.path}: {problem.message}" for problem in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shares: {a: 0.5}", "1:1 shares: shares must add up to 1; these add up to 0.5"),
        ("many: [1, x]", "1:11 many[1]: must be a whole number (got 'x')"),
        ("pair: [x, y]", "1:8 pair[0]: must be a whole number (got 'x')"),
        ("side: {left: x}", "1:14 side.left: must be a whole number"),
        ("code: abc", "1:7 code: must be string should match pattern"),
        ("code: ABCD", "1:7 code: must be string should have at most 3 characters (got 'ABCD')"),
        ("codes: {ab: 1}", "1:9 codes.ab: key must be string should match pattern"),
        ("share: 0", "1:8 share: must be more than 0 and less than 1 (got 0)"),
        ("either: one", "1:9 either: must be a whole number or all (got 'one')"),
        ("either: 1", "1:9 either: must be at least 2 (got 1)"),
    ],
)
def test_mistakes_are_placed_through_every_kind_of_type(text: str, expected: str) -> None:
    assert any(message.startswith(expected) for message in messages(text)), messages(text)


@pytest.mark.parametrize("text", ["length: [1, 2]", "length: abc", "anything: {a: [1]}", "either: all", "pair: [1, y]"])
def test_what_the_model_takes_is_not_called_wrong(text: str) -> None:
    assert messages(text) == []


def test_share_maps_are_recognised_through_aliases_and_optional() -> None:
    assert shape_of(Odd).child("shares").is_share_map


def test_nothing_is_known_below_an_unknown_key() -> None:
    assert shape_of(Small).child("absent").child("x") == UNKNOWN


def test_a_label_that_no_member_has_narrows_to_nothing() -> None:
    assert shape_of(Odd).child("side").narrow("Middle") == UNKNOWN


def test_nested_models_are_found_once_each() -> None:
    names = [model.__name__ for model in nested_models(Small)]
    assert names == ["Small", "Population", "Fraud", "CardTesting", "AppScam"]
