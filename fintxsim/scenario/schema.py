"""JSON schema (draft 2020-12) of scenario files, for completion and hover in editors."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from fintxsim.scenario.extends import EXTENDS
from fintxsim.scenario.shapes import nested_models

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_GROUPED_DIGITS = "^[-+]?[0-9]+(_[0-9]+)+$"
_EXTENDS_FIELD = {
    "type": "string",
    "description": "Shipped scenario, or file in this directory or below, that this one changes.",
}


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema that an editor checks a scenario file against.

    It asks for less than the loader: no key is required, since a file may extend another, and a
    number may be text of grouped digits, since editors read ``20_000`` as text.
    """
    schema: dict[str, Any] = _for_editors(model.model_json_schema())
    schema["properties"] = {EXTENDS: _EXTENDS_FIELD, **schema.get("properties", {})}
    return {"$schema": _DIALECT, **schema}


def schema_text(model: type[BaseModel]) -> str:
    """The schema as the text of a file."""
    return json.dumps(json_schema(model), indent=2, ensure_ascii=False) + "\n"


def _for_editors(part: Any) -> Any:
    if isinstance(part, list):
        return [_for_editors(item) for item in part]
    if not isinstance(part, dict):
        return part
    # A property may be called `required` or `type`, so keys of `properties` are no keywords.
    changed = {
        key: _named(value) if key in ("properties", "$defs") else _for_editors(value) for key, value in part.items()
    }
    if "properties" in changed:
        changed.pop("required", None)
        changed["additionalProperties"] = False
    if changed.get("type") in ("integer", "number") and "enum" not in changed and "const" not in changed:
        changed |= {"type": [changed["type"], "string"], "pattern": _GROUPED_DIGITS}
    return changed


def _named(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: _for_editors(part) for name, part in parts.items()}


def fields_without_description(model: type[BaseModel]) -> list[str]:
    """``Model.field`` for every field, nested ones included, that tells an editor nothing."""
    return [
        f"{inner.__name__}.{name}"
        for inner in nested_models(model)
        for name, field in inner.model_fields.items()
        if not (field.description or "").strip()
    ]
