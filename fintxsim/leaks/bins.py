"""Columns as a few hundred bins. Where the bins lie does not depend on the labels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fintxsim.leaks.frames import Flags, Floats, Numbers, Values, Words

_EXACT = 256
"""Numbers with at most so many different values get a bin for each."""

_TAILS = np.array([0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.002, 0.003])
_QUANTILES = np.concatenate([[0.0], _TAILS, np.linspace(0.005, 0.995, 199), 1.0 - _TAILS[::-1]])

_SHOWN_WORDS = 3


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
        """The chosen bins as a condition; of many words those with the greatest weight."""
        if not self.is_ordered:
            return self._words_text(name, chosen, weight)
        inside = np.flatnonzero(chosen[1:])
        parts = [f"{name} is null"] if chosen[0] else []
        if len(inside):
            parts.append(self._span_text(name, int(inside[0]), int(inside[-1])))
        return " or ".join(parts)

    def _words_text(self, name: str, chosen: Flags, weight: Floats) -> str:
        assert isinstance(self.values, Words)
        found = np.flatnonzero(chosen & (weight > 0.0))
        first = found[np.argsort(-weight[found], kind="stable")][:_SHOWN_WORDS]
        texts = ["null" if i == 0 else f'"{self.values.texts[i - 1]}"' for i in first.tolist()]
        if len(found) == 1:
            return f"{name} is null" if texts == ["null"] else f"{name} == {texts[0]}"
        more = f" and {len(found) - len(first)} more" if len(found) > len(first) else ""
        return f"{name} in {{{', '.join(texts)}}}{more}"

    def _span_text(self, name: str, first: int, last: int) -> str:
        assert isinstance(self.values, Numbers)
        write = self.values.write
        low = write(float(self.edges[first]))
        if self.is_exact and first == last:
            return f"{name} == {low}"
        top = last + 1 == len(self.edges)
        high = "" if top else write(float(self.edges[last if self.is_exact else last + 1]))
        sign = "<=" if self.is_exact else "<"
        if first == 0:
            return f"{name} is not null" if top else f"{name} {sign} {high}"
        return f"{name} >= {low}" if top else f"{low} <= {name} {sign} {high}"


def binned(values: Values) -> Bins:
    """A bin per word; a bin per number if they are few, or else of about as many rows each, finer at both ends."""
    if isinstance(values, Words):
        return Bins(values.codes + np.int32(1), len(values.texts) + 1, False, values)
    known = np.sort(values.values[~np.isnan(values.values)])
    edges = _few_distinct(known)
    is_exact = edges is not None
    if edges is None:
        edges = np.unique(known[(_QUANTILES * (len(known) - 1)).astype(np.int64)])
    codes = np.searchsorted(edges, values.values, side="right").astype(np.int32)
    codes[np.isnan(values.values)] = 0
    return Bins(codes, len(edges) + 1, True, values, edges, is_exact)


def _few_distinct(known: Floats) -> Floats | None:
    """The different values of sorted numbers, unless they are many."""
    if not len(known):
        return known
    changes = np.flatnonzero(known[1:] != known[:-1])
    return None if len(changes) >= _EXACT else np.concatenate([known[:1], known[1:][changes]])
