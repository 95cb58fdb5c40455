"""No campaign begins while its typology is off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fintxsim import columns as c
from fintxsim.verify.base import Check, Context, Finding

Spans = list[tuple[int, int]]  # UTC microseconds, the second of a pair not included

_EVER = np.iinfo(np.int64)


class Timeline(Check):
    name = "timeline"
    meaning = "no campaign begins while truth/windows says that its typology is off"

    def findings(self, run: Context) -> Iterator[Finding]:
        idle = _idle(run)
        for batch in run.batches(c.CAMPAIGNS, ["campaign_id", "typology", "start"]):
            codes, words = batch.words("typology")
            start = batch.ints("start")
            bad = np.zeros(len(start), np.bool_)
            for code, name in enumerate(words):
                bad |= (codes == code) & _within(start, idle.get(name, []))
            yield from batch.findings(bad, "start", "the typology is off at that time")


def _idle(run: Context) -> dict[str, Spans]:
    """By typology, the spans of time in which its factor is 0; a typology without change points is always on."""
    changes: dict[str, list[tuple[int, float, float]]] = {}
    for batch in run.batches(c.WINDOWS, ["typology", "time", "factor_before", "factor_after"]):
        codes, words = batch.words("typology")
        before, after = batch.floats("factor_before"), batch.floats("factor_after")
        for code, time, old, new in zip(codes, batch.ints("time"), before, after, strict=True):
            changes.setdefault(words[code], []).append((int(time), float(old), float(new)))
    return {name: _spans(found) for name, found in changes.items()}


def _spans(changes: list[tuple[int, float, float]]) -> Spans:
    """Where the factor is 0, of changes in order of time."""
    edges = [int(_EVER.min), *(time for time, _, _ in changes), int(_EVER.max)]
    factors = [changes[0][1], *(after for _, _, after in changes)]
    return [(edges[k], edges[k + 1]) for k, factor in enumerate(factors) if factor == 0.0]


def _within(times: NDArray[np.int64], spans: Spans) -> NDArray[np.bool_]:
    inside = np.zeros(len(times), np.bool_)
    for first, end in spans:
        inside |= (times >= first) & (times < end)
    return inside
