"""The text of a starter scenario: what people change first as settings, everything else as comments."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fintxsim.scenario.schema import schema_text

if TYPE_CHECKING:
    from pydantic import BaseModel

    from fintxsim.scenario.model import Scenario
    from fintxsim.typologies.config import TypologyConfig

SCHEMA_NAME = "scenario.schema.json"
_ALLOWED_NAME = re.compile("[a-z][a-z0-9_]{0,63}")
_FIRST = ("seed", "start_date", "days", "timezone")
_LATER = ("behaviour", "bank", "labels")


def starter_text(file: Path, base: str, scenario: Scenario) -> str:
    """A scenario file that extends the shipped scenario ``base``."""
    parts = (_opening(file, base), _world(file, scenario), _anomalies(scenario), _fraud(scenario), _rest(scenario))
    return "\n".join(line for part in parts for line in part) + "\n"


def starter_schema() -> str:
    """The JSON schema that editors use for completion and hover."""
    from fintxsim.scenario.model import Scenario

    return schema_text(Scenario)


def scenario_name(file: Path) -> str:
    """A name made of the file's."""
    slug = re.sub("[^a-z0-9]+", "_", file.stem.lower()).strip("_")[:64]
    return slug if _ALLOWED_NAME.fullmatch(slug) else "my_scenario"


def _opening(file: Path, base: str) -> list[str]:
    path = shlex.quote(str(file))
    return [
        f"# yaml-language-server: $schema={SCHEMA_NAME}",
        f"# A scenario that starts from {base} and changes what stands here. What is left out keeps its value.",
        f"#   fintxsim check {path}              is it usable?",
        f"#   fintxsim check {path} --resolved   every setting with its value",
        f"#   fintxsim generate {path}           make the run",
        f"extends: {base}",
    ]


def _world(file: Path, scenario: Scenario) -> Iterator[str]:
    yield f"name: {scenario_name(file)}"
    yield 'description: ""'
    for name in _FIRST:
        yield from _setting(scenario, name, "")
    yield from _setting(scenario, "country", "#")
    yield from _setting(scenario, "currency", "#")
    yield "population:"
    yield from _setting(scenario.population, "customers", "  ")


def _anomalies(scenario: Scenario) -> Iterator[str]:
    from fintxsim.lookalikes import LOOKALIKES

    yield "# Genuine customers who look like fraud, see `fintxsim describe lookalikes`; rows per 10,000, 0 is off."
    active = {kind.name: config for kind, config in scenario.anomalies.active()}
    yield "anomalies:" if active else "#anomalies:"
    for kind in LOOKALIKES:
        if not kind.needs <= scenario.kind.services:
            continue
        config = active.get(kind.name)
        yield f"  # {kind.summary}"
        yield f"  {kind.name}: {{rate_bps: {config.rate_bps:g}}}" if config else f"  #{kind.name}: {{rate_bps: 10}}"


def _fraud(scenario: Scenario) -> Iterator[str]:
    from fintxsim.typologies import TYPOLOGIES

    yield "fraud:"
    yield from _setting(scenario.fraud, "rate_basis", "  ")
    yield from _setting(scenario.fraud, "boost", "  ")
    if scenario.fraud.mix is not None:
        yield from _setting(scenario.fraud, "total_rate_bps", "  ")
        shares = ", ".join(f"{name}: {share:g}" for name, share in scenario.fraud.mix.items())
        yield f"  mix: {{{shares}}}"
    sections = dict(scenario.fraud.typologies.sections())
    possible = [
        typology for typology in TYPOLOGIES if typology.needs <= scenario.kind.services or typology.name in sections
    ]
    if scenario.fraud.mix is not None:
        yield "  # Settings of typologies, such as account_takeover: {camouflage: 0.8}. Those that a mix can name:"
        yield from (f"  #   {typology.name}  {typology.summary}" for typology in possible)
        yield "  typologies: {}"
        return
    yield "  # See `fintxsim describe typologies`; rate_bps counts frauds per 10,000 transactions, 0 is off."
    yield "  typologies:"
    for typology in possible:
        yield f"    # {typology.summary}"
        yield f"    {_asked(typology.name, sections.get(typology.name))}"


def _asked(name: str, section: TypologyConfig | None) -> str:
    """What is asked of a typology; a comment where nothing is, or where its share in the mix says it."""
    asked = {key: getattr(section, key, None) for key in ("rate_bps", "pressure")}
    given = [f"{key}: {value:g}" for key, value in asked.items() if value is not None]
    return f"{name}: {{{given[0]}}}" if given else f"#{name}: {{rate_bps: 1.0}}"


def _rest(scenario: Scenario) -> Iterator[str]:
    """Further sections, commented out."""
    yield ""
    yield "# More settings, with their values. Remove the first # from a section's name and from what to change in it."
    for section in _LATER:
        part: BaseModel = getattr(scenario, section)
        yield f"#{section}:"
        for name in type(part).model_fields:
            yield from _setting(part, name, "#  ")


def _setting(part: BaseModel, name: str, indent: str) -> Iterator[str]:
    """``key: value`` below its meaning; nothing for a setting that is itself a section."""
    value = part.model_dump(mode="json")[name]
    if isinstance(value, dict | list):
        return
    yield f"{indent}# {type(part).model_fields[name].description}"
    yield f"{indent}{name}: {_scalar(value)}"


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:_}" if isinstance(value, int) and value >= 1000 else str(value)
