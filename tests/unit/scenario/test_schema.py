"""The JSON schema for editors."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, Field

from fintxsim.scenario.schema import fields_without_description, json_schema, schema_text
from tests.unit.scenario.small_model import Small


def objects(part: Any) -> list[dict[str, Any]]:
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    own = [part] if isinstance(part, dict) and "properties" in part else []
    return own + [found for value in inner for found in objects(value)]


def test_it_names_the_dialect() -> None:
    assert json_schema(Small)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_no_object_takes_unknown_keys_or_requires_known_ones() -> None:
    found = objects(json_schema(Small))
    assert len(found) == 5
    assert all(part["additionalProperties"] is False and "required" not in part for part in found)


def test_each_property_has_a_description() -> None:
    assert all("description" in field for part in objects(json_schema(Small)) for field in part["properties"].values())


def test_a_file_may_extend_another() -> None:
    assert json_schema(Small)["properties"]["extends"]["type"] == "string"


def test_grouped_digits_are_a_number() -> None:
    days = json_schema(Small)["properties"]["days"]
    assert (days["type"], days["minimum"]) == (["integer", "string"], 1)


def test_fields_called_like_keywords_are_kept() -> None:
    class Odd(BaseModel):
        required: int
        type: str
        properties: bool

    properties = json_schema(Odd)["properties"]
    assert list(properties) == ["extends", "required", "type", "properties"]
    assert (properties["type"]["type"], properties["properties"]["type"]) == ("string", "boolean")


def test_the_text_is_the_schema() -> None:
    assert json.loads(schema_text(Small)) == json_schema(Small)


def test_a_model_described_in_full_lists_nothing() -> None:
    assert fields_without_description(Small) == []


def test_fields_without_description_are_found_in_nested_models() -> None:
    class Inner(BaseModel):
        told: int = Field(description="Told.")
        blank: int = Field(description=" ")

    class Outer(BaseModel):
        inner: dict[str, tuple[Inner, ...]] | None = Field(description="Told.")
        untold: int
        again: Inner = Field(description="Told.")

    assert fields_without_description(Outer) == ["Outer.untold", "Inner.blank"]
