"""Facts of fidelity have their cause in what customers do: without it, a world is no longer like real data.

Each pair of worlds differs in one setting of behaviour. The fact passes in the usual world and leaves its widened band in
the other one, and the two intervals lie apart.
"""

from __future__ import annotations

from typing import Any, Protocol

import pytest

import fintxsim as fx
from fintxsim.fidelity import FactResult, FidelityReport
from fintxsim.outcomes import Outcome
from tests.worlds.kit import make


class FactsOf(Protocol):
    """The facts of a world with some settings of behaviour."""

    def __call__(self, **behaviour: float) -> FidelityReport: ...


@pytest.fixture(scope="module")
def facts_of(tmp_path_factory: pytest.TempPathFactory) -> FactsOf:
    """Sixty days of fifteen hundred customers without crime, once for each behaviour."""
    made: dict[tuple[tuple[str, float], ...], FidelityReport] = {}

    def facts(**behaviour: float) -> FidelityReport:
        key = tuple(sorted(behaviour.items()))
        if key not in made:
            place = tmp_path_factory.mktemp("causes")
            sections: dict[str, Any] = {"timezone": "Europe/Amsterdam", "behaviour": behaviour}
            run = make(place, customers=1500, days=60, seed=7, start="2026-03-02", **sections)
            made[key] = fx.measure_fidelity(run, scope="retail")
        return made[key]

    return facts


def lie_apart(one: FactResult, other: FactResult) -> bool:
    assert one.interval is not None
    assert other.interval is not None
    return one.interval[1] < other.interval[0] or other.interval[1] < one.interval[0]


@pytest.mark.parametrize(
    ("fact", "setting", "value"),
    [
        ("M6", "favourites", 0),  # the merchant that a customer goes to most
        ("M7", "favourites", 0),  # the same sum at the same merchant again
        ("A8", "price_points", False),  # .99
        ("A5", "price_points", False),  # .00
        ("A11", "refunds", 0),
        ("T8", "daily_shock", 0),  # days that are busy for everybody
        ("T9", "bursts", 0),  # customers differ in how bursty they are
    ],
)
def test_a_fact_fails_without_what_causes_it(facts_of: FactsOf, fact: str, setting: str, value: float) -> None:
    usual, other = facts_of()[fact], facts_of(**{setting: value})[fact]
    assert usual.outcome == Outcome.PASS
    assert other.outcome == Outcome.FAIL
    assert lie_apart(usual, other)
