"""What facts are in real data: ``bands.json``, ranges over at least two real data sets with the figure of each."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

_SLACK = 1.25
"""The widened band has so much room on each side; of a share that is large, its distance to 1 shrinks by as much."""


@dataclass(frozen=True, slots=True)
class Band:
    """``low`` and ``high`` are what was seen in real data, ``low_wide`` and ``high_wide`` decide."""

    id: str
    metric: str
    definition: str
    low: float
    high: float
    low_wide: float
    high_wide: float
    scope: str
    evidence: str

    def narrowed(self, low: float, high: float, evidence: str, is_share: bool = False) -> Band:
        """The band of payments that have figures of their own."""
        wide = widened(low, high, is_share)
        return replace(self, low=low, high=high, low_wide=wide[0], high_wide=wide[1], evidence=evidence)


@cache
def bands() -> dict[str, Band]:
    """Bands by the id of their fact, in the order of the file."""
    return {fields["id"]: Band(**fields) for fields in _file()["facts"]}


@cache
def sources() -> dict[str, str]:
    """What the names in ``evidence`` stand for."""
    return dict(_file()["sources"])


def _file() -> Any:
    return json.loads((files("fintxsim.fidelity") / "bands.json").read_text(encoding="utf-8"))


def widened(low: float, high: float, is_share: bool = False) -> tuple[float, float]:
    """Room beside a band; a share of more than one half is widened towards 1."""
    below = low - (1.0 - 1.0 / _SLACK) * abs(low)
    if is_share and high > 0.5:
        return below, 1.0 - (1.0 - high) / _SLACK
    return below, high + (_SLACK - 1.0) * abs(high)
