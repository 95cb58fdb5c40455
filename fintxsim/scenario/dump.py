"""A scenario to YAML text that loads back to the same value, and to a digest."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Set
from typing import Any

import yaml
from pydantic import BaseModel

_SAFE_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:[/-][A-Za-z0-9_]+)*")
"""Text that no reader takes for anything but text, apart from these words:"""
_WORDS_WITH_MEANING = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


class _Dumper(yaml.SafeDumper):
    """Quotes whatever YAML 1.1 or 1.2 could take for something other than text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    safe = _SAFE_PLAIN.fullmatch(text) and text.lower() not in _WORDS_WITH_MEANING
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if safe else '"')


_Dumper.add_representer(str, _represent_text)


def dump_resolved(scenario: BaseModel) -> str:
    """Every setting, defaults included, as a scenario file.

    Fields come in the order of their declaration and the keys of mappings in alphabetical order,
    so equal scenarios give equal text.
    """
    # Infinite width: no line is folded, so that a setting stays greppable.
    return yaml.dump(_settings(scenario), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=float("inf"))


def scenario_digest(scenario: BaseModel) -> str:
    """SHA-256, in hex, of all settings as canonical JSON.

    In it: every field of the scenario with its value, the name, the seed and the defaults that no
    file mentions. Not in it: comments, the order of keys, how a number or date was spelled, which
    files and overrides it came from.
    """
    text = json.dumps(_settings(scenario), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _settings(scenario: BaseModel) -> Any:
    return _ordered(scenario, scenario.model_dump(mode="json", round_trip=True))


def _ordered(value: Any, dumped: Any) -> Any:
    """The dumped data, with sets and the keys of mappings (but not the fields of models) sorted."""
    if isinstance(value, BaseModel) and isinstance(dumped, dict):
        return {name: _ordered(getattr(value, name), part) for name, part in dumped.items()}
    if isinstance(value, Mapping):
        pairs = zip(dumped.items(), value.values(), strict=True)
        return dict(sorted((key, _ordered(inner, part)) for (key, part), inner in pairs))
    if isinstance(value, Set):
        return sorted(dumped, key=json.dumps)
    if isinstance(dumped, list):
        return [_ordered(inner, part) for inner, part in zip(value, dumped, strict=True)]
    return dumped
