"""What ``fintxsim describe`` knows, as plain data, taken from the declarations themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fintxsim.errors import InputError

if TYPE_CHECKING:
    from pydantic import BaseModel

Item = dict[str, Any]


def scenarios(name: str | None = None) -> list[Item]:
    """Shipped scenarios; with a name that one, or the scenario in that file."""
    from fintxsim.scenario.find import shipped_scenarios

    return [_scenario(source) for source in ([name] if name else shipped_scenarios())]


def _scenario(source: str) -> Item:
    from fintxsim.scenario.load import load_scenario
    from fintxsim.scenario.model import Scenario

    loaded = load_scenario(source, Scenario)
    scenario = loaded.value
    return {
        "name": scenario.name,
        "description": scenario.description,
        "customers": scenario.population.customers,
        "days": scenario.days,
        "start_date": scenario.start_date.isoformat(),
        "timezone": scenario.timezone,
        "seed": scenario.seed,
        "typologies": [typology.name for typology, _ in scenario.fraud.active()],
        "lookalikes": [kind.name for kind, _ in scenario.anomalies.active()],
        "file": str(loaded.sources[0]),
    }


def typologies(name: str | None = None) -> list[Item]:
    """Kinds of fraud that a scenario can switch on."""
    from fintxsim.typologies import TYPOLOGIES

    items = [
        {
            "name": typology.name,
            "summary": typology.summary,
            "fraud_party": typology.fraud_party.text,
            "observation_class": typology.observation_class.text,
            "entry_points": list(typology.entry_points),
            "codes": dict(typology.codes),
            "settings": settings(typology.config),
        }
        for typology in TYPOLOGIES
    ]
    return _named(items, name, "typology", "typologies")


def lookalikes(name: str | None = None) -> list[Item]:
    """What genuine customers can be made to do that looks like fraud."""
    from fintxsim.lookalikes import LOOKALIKES

    items = [
        {
            "name": kind.name,
            "summary": kind.summary,
            "resembles": kind.resembles,
            "days": list(kind.days),
            "settings": settings(kind.config),
        }
        for kind in LOOKALIKES
    ]
    return _named(items, name, "look-alike", "lookalikes")


def settings(model: type[BaseModel]) -> list[Item]:
    """Settings of a configuration class: default, allowed values and meaning."""
    properties: dict[str, Any] = model.model_json_schema()["properties"]
    return [
        {"name": name, "default": part.get("default"), "allowed": allowed(part), "meaning": part.get("description", "")}
        for name, part in properties.items()
    ]


def allowed(entry: dict[str, Any]) -> str:
    """The values that a property of a JSON schema allows, such as ``0..1``; empty when that is not said."""
    for part in (entry, *entry.get("anyOf", ())):
        if "enum" in part:
            return " or ".join(map(str, part["enum"]))
        low, high = part.get("minimum", part.get("exclusiveMinimum")), part.get("maximum", part.get("exclusiveMaximum"))
        if low is not None or high is not None:
            above = ">" if "exclusiveMinimum" in part else ""
            return f"{above}{_bound(low)}..{_bound(high)}"
    return ""


def _bound(limit: float | None) -> str:
    return "" if limit is None else f"{limit:,.12g}"


def columns(name: str | None = None) -> list[Item]:
    """Every column of every table; with a name those of that table, or the column in every table that has it."""
    from fintxsim.columns import TABLES
    from fintxsim.digest import type_name

    items: list[Item] = [
        {
            "table": table.path,
            "name": column.name,
            "type": type_name(column.type),
            "nullable": column.nullable,
            "unit": column.unit,
            "known_at": str(column.known_at),
            "iso": column.iso,
            "words": list(column.words.texts()) if column.words else [],
            "meaning": column.meaning,
        }
        for table in TABLES
        for column in table
    ]
    if name is None:
        return items
    found = [item for item in items if name in (item["table"], item["table"].split("/")[1], item["name"])]
    known = [table.path for table in TABLES] + list(dict.fromkeys(str(item["name"]) for item in items))
    return found or _refuse(name, "table or column", "columns", known)


def day(name: str | None = None) -> list[Item]:
    """The numbered phases of the engine's day."""
    from fintxsim import engine

    found = re.findall(r"^(\d+)\. (\w+): (.+)$", engine.__doc__ or "", re.MULTILINE)
    items: list[Item] = [{"number": int(number), "name": phase, "meaning": text} for number, phase, text in found]
    return _named(items, name, "phase", "day")


def _named(items: list[Item], name: str | None, noun: str, topic: str) -> list[Item]:
    """All items, or the one of that name."""
    found = [item for item in items if name in (None, item["name"])]
    return found or _refuse(str(name), noun, topic, [str(item["name"]) for item in items])


def _refuse(name: str, noun: str, topic: str, known: Sequence[str]) -> list[Item]:
    from fintxsim.scenario.nodes import printable
    from fintxsim.suggest import hint

    raise InputError(f"no {noun} {printable(name)!r}{hint(name, known)}. See `fintxsim describe {topic}`.")
