"""Columns as a few hundred bins. Where the bins lie does not depend on the labels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fintxsim.leaks.conditions import is_between, is_one_of
from fintxsim.leaks.frames import Flags, Floats, Numbers, Values, Words

_EXACT = 256
"""Numbers with at most so many different values get a bin for each."""

_TAILS = np.array([0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.002, 0.003])
_QUANTILES = np.concatenate([[0.0], _TAILS, np.linspace(0.005, 0.995, 199), 1.0 - _TAILS[::-1]])


@dataclass(slots=True)
class Bins:
    """Bin of each row; bin 0 holds the nulls. ``is_ordered`` says that neighbouring bins hold neighbouring values."""

    codes: NDArray[np.int32]
    count: int
    is_ordered: bool
    values: Values
    edges: Floats = field(default_factory=lambda: np.zeros(0))
    is_exact: bool = False

    def text(self, name: str, chosen: Flags, weight: Floats) -> str:
        """The chosen bins as a condition; of many words those with the greatest weight come first."""
        if isinstance(self.values, Words):
            found = np.flatnonzero(chosen & (weight > 0.0))
            first = found[np.argsort(-weight[found], kind="stable")].tolist()
            return is_one_of(name, [self.values.texts[at - 1] if at else None for at in first], self.values)
        inside = np.flatnonzero(chosen[1:])
        parts = [f"{name} is null"] if chosen[0] and (self.codes == 0).any() else []
        parts += [self._span(name, int(inside[0]), int(inside[-1]), self.values)] if len(inside) else []
        return " or ".join(parts)

    def _span(self, name: str, first: int, last: int, values: Numbers) -> str:
        low = float(self.edges[first]) if first else None
        if last + 1 == len(self.edges):
            return is_between(name, low, None, values)
        if self.is_exact:
            return is_between(name, float(self.edges[first]) if first == last else low, float(self.edges[last]), values)
        return is_between(name, low, float(self.edges[last + 1]), values, "<")


def binned(values: Values) -> Bins:
    """A bin per word; a bin per number if they are few, or else of about as many rows each, finer at both ends."""
    if isinstance(values, Words):
        return Bins(values.codes + np.int32(1), len(values.texts) + 1, False, values)
    known = np.sort(values.values[~np.isnan(values.values)])
    edges = _few_distinct(known)
    is_exact = edges is not None
    if edges is None:
        edges = _quantiles(known)
    codes = np.searchsorted(edges, values.values, side="right").astype(np.int32)
    codes[np.isnan(values.values)] = 0
    return Bins(codes, len(edges) + 1, True, values, edges, is_exact)


def _quantiles(known: Floats) -> Floats:
    """Where bins of sorted numbers begin; a number that is found in more than one place has a bin of its own."""
    found = known[(_QUANTILES * (len(known) - 1)).astype(np.int64)]
    often = found[1:][found[1:] == found[:-1]]
    after = np.searchsorted(known, often, side="right")
    return np.unique(np.concatenate([found, known[after[after < len(known)]]]))


def _few_distinct(known: Floats) -> Floats | None:
    """The different values of sorted numbers, unless they are many."""
    if not len(known):
        return known
    changes = np.flatnonzero(known[1:] != known[:-1])
    return None if len(changes) >= _EXACT else np.concatenate([known[:1], known[1:][changes]])
