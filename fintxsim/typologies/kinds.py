"""Shares of the kinds of a typology: checked when a scenario is read, drawn from when a campaign is planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def check_shares(shares: Mapping[str, float], allowed: tuple[str, ...]) -> None:
    """ValueError unless the shares are of existing kinds and add up to 1."""
    unknown = sorted(set(shares) - set(allowed))
    if unknown:
        raise ValueError(f"unknown kind {unknown[0]!r}; allowed: {', '.join(allowed)}")
    total = sum(shares.values())
    if abs(total - 1.0) > 1e-6:
        raise ValueError(f"the shares of the kinds add up to {total:.6g}; they must add up to 1")


def draw_kind(shares: Mapping[Any, float], allowed: tuple[str, ...], u: float) -> str:
    """The kind at quantile ``u``, in the order of ``allowed``, however the scenario orders them.

    Keys are of type Any because a mapping from a few literal words is no mapping from ``str`` to mypy.
    """
    last = ""
    for kind in allowed:
        share = shares.get(kind, 0.0)
        if share > 0.0:
            last = kind
            u -= share
            if u < 0.0:
                break
    return last
