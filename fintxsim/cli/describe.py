"""``fintxsim describe``: prints catalogues."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer

from fintxsim.cli import catalogue
from fintxsim.cli.catalogue import Item
from fintxsim.cli.guard import DONE
from fintxsim.cli.options import AsJson
from fintxsim.cli.show import aligned, counted, result, result_json

_WIDTH = 100
_TOPICS = "scenarios, typologies, lookalikes, columns or day; everything in short when left out."


class Topic(StrEnum):
    SCENARIOS = "scenarios"
    TYPOLOGIES = "typologies"
    LOOKALIKES = "lookalikes"
    COLUMNS = "columns"
    DAY = "day"


def describe(
    topic: Annotated[Topic | None, typer.Argument(metavar="TOPIC", help=_TOPICS)] = None,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One scenario, typology, look-alike, table, column or phase.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """List scenarios, typologies, look-alikes, columns, phases."""
    topics = list(Topic) if topic is None else [topic]
    found = {each.value: _READ[each](name) for each in topics}
    if as_json:
        result_json(found if topic is None else found[topic.value])
    elif topic is None:
        _print_overview(found)
    else:
        result("\n".join(_WRITE[topic](found[topic.value], name is not None)))
    return DONE


def _print_overview(found: dict[str, list[Item]]) -> None:
    for topic in Topic:
        items = found[topic.value]
        result(f"{topic.value} (fintxsim describe {topic.value} [NAME])")
        result("\n".join(f"  {line}" for line in _OVERVIEW[topic](items)))


def _scenarios(items: list[Item], detailed: bool) -> list[str]:
    if detailed:
        return [line for item in items for line in _card(item)]
    return aligned(
        [
            (item["name"], counted(item["customers"], "customer"), counted(item["days"], "day"), item["description"])
            for item in items
        ],
        right=(1, 2),
    )


def _card(item: Item) -> list[str]:
    return aligned([(key, ", ".join(value) if isinstance(value, list) else str(value)) for key, value in item.items()])


def _typologies(items: list[Item], detailed: bool) -> list[str]:
    return [line for item in items for line in _typology(item)] if detailed else _in_short(items)


def _lookalikes(items: list[Item], detailed: bool) -> list[str]:
    return [line for item in items for line in _lookalike(item)] if detailed else _in_short(items)


def _in_short(items: list[Item]) -> list[str]:
    return aligned([(item["name"], item["summary"]) for item in items])


def _lookalike(item: Item) -> list[str]:
    low, high = item["days"]
    return [
        item["name"],
        *textwrap.wrap(item["summary"], _WIDTH, initial_indent="  ", subsequent_indent="  "),
        f"  resembles {item['resembles']}",
        f"  lasts {counted(low, 'day') if low == high else f'{low} to {high} days'}",
        *_settings(item),
    ]


def _typology(item: Item) -> list[str]:
    codes = [(f"  {scheme}", code or "not classified") for scheme, code in item["codes"].items()]
    return [
        item["name"],
        *textwrap.wrap(item["summary"], _WIDTH, initial_indent="  ", subsequent_indent="  "),
        f"  fraud party {item['fraud_party']}, observed as {item['observation_class']}",
        f"  entry points {', '.join(item['entry_points'])}",
        "codes",
        *aligned(codes),
        *_settings(item),
    ]


def _settings(item: Item) -> list[str]:
    settings = [(f"  {s['name']}", _default(s["default"]), s["allowed"], s["meaning"]) for s in item["settings"]]
    return ["settings", *aligned([("  name", "default", "allowed", "meaning"), *settings])]


def _default(value: Any) -> str:
    return "-" if value is None else str(value)


def _columns(items: list[Item], detailed: bool) -> list[str]:
    """A line per column; with a name also the words of enumerations."""
    head = ("table", "column", "type", "unit", "known_at", "iso", "meaning")
    rows = [(i["table"], i["name"], i["type"], i["unit"], i["known_at"], i["iso"], i["meaning"]) for i in items]
    words = [f"{i['table']}.{i['name']}: {', '.join(i['words'])}" for i in items if i["words"]] if detailed else []
    return [*aligned([head, *rows]), *words]


def _day(items: list[Item], _: bool) -> list[str]:
    return aligned([(str(item["number"]), item["name"], item["meaning"]) for item in items], right=(0,))


def _tables(items: list[Item]) -> list[str]:
    tables = dict.fromkeys(item["table"] for item in items)
    counts = [(table, sum(item["table"] == table for item in items)) for table in tables]
    return aligned([(table, counted(count, "column")) for table, count in counts])


_READ: dict[Topic, Callable[[str | None], list[Item]]] = {
    Topic.SCENARIOS: catalogue.scenarios,
    Topic.TYPOLOGIES: catalogue.typologies,
    Topic.LOOKALIKES: catalogue.lookalikes,
    Topic.COLUMNS: catalogue.columns,
    Topic.DAY: catalogue.day,
}
_WRITE: dict[Topic, Callable[[list[Item], bool], list[str]]] = {
    Topic.SCENARIOS: _scenarios,
    Topic.TYPOLOGIES: _typologies,
    Topic.LOOKALIKES: _lookalikes,
    Topic.COLUMNS: _columns,
    Topic.DAY: _day,
}
_OVERVIEW: dict[Topic, Callable[[list[Item]], list[str]]] = {
    Topic.SCENARIOS: lambda items: _scenarios(items, False),
    Topic.TYPOLOGIES: _in_short,
    Topic.LOOKALIKES: _in_short,
    Topic.COLUMNS: _tables,
    Topic.DAY: lambda items: _day(items, False),
}
