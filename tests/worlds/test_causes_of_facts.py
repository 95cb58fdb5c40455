"""Facts of fidelity have their cause in what customers do: without it, a world is no longer like real data.

Each pair of worlds differs in one setting of behaviour. The fact lies in its band in the usual world and below it in the
other one, and the two sampling intervals lie apart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import pytest

import fintxsim as fx
from fintxsim.fidelity import FactResult, FidelityReport
from tests.worlds.kit import make


class FactsOf(Protocol):
    """The facts of a world with some settings of behaviour."""

    def __call__(self, **behaviour: float) -> FidelityReport: ...


@pytest.fixture(scope="module")
def facts_of(tmp_path_factory: pytest.TempPathFactory) -> FactsOf:
    """Nine weeks of two thousand customers, without crime or public holidays, once for each behaviour."""
    made: dict[tuple[tuple[str, float], ...], FidelityReport] = {}

    def facts(**behaviour: float) -> FidelityReport:
        key = tuple(sorted(behaviour.items()))
        if key not in made:
            place = tmp_path_factory.mktemp("causes")
            sections: dict[str, Any] = {"timezone": "Europe/Amsterdam", "behaviour": behaviour}
            run = make(place, customers=2000, days=63, seed=7, start="2026-08-31", **sections)
            made[key] = fx.measure_fidelity(run, scope="retail")
        return made[key]

    return facts


def is_in_band(fact: FactResult) -> bool:
    assert fact.value is not None
    return fact.low <= fact.value <= fact.high  # type: ignore[operator]


def lie_apart(low: FactResult, high: FactResult) -> bool:
    assert low.interval is not None
    assert high.interval is not None
    return low.interval[1] < high.interval[0]


@pytest.mark.parametrize(
    ("fact", "setting"),
    [
        ("M6", "favourites"),  # share of the merchant that a customer goes to most
        ("A5", "price_points"),  # amounts without cents
        ("A11", "refunds"),
        ("T8", "daily_shock"),  # days that are busy for everybody
        ("T9", "bursts"),  # how much customers differ in burstiness
    ],
)
def test_without_its_cause_a_fact_falls_below_its_band(facts_of: FactsOf, fact: str, setting: str) -> None:
    usual, without = facts_of()[fact], facts_of(**{setting: False if setting == "price_points" else 0})[fact]
    assert is_in_band(usual)
    assert not is_in_band(without)
    assert lie_apart(without, usual)


def test_price_points_make_charm_prices_and_exact_amounts_frequent(facts_of: FactsOf) -> None:
    usual, without = facts_of(), facts_of(price_points=False)
    assert lie_apart(without["A8"], usual["A8"])
    assert lie_apart(without["A7"], usual["A7"])


def test_without_a_rhythm_of_the_week_days_do_not_resemble_those_of_a_week_ago(facts_of: FactsOf) -> None:
    """Nine weeks are too short to judge the autocorrelation, not to see that it is gone."""
    usual, without = facts_of()["T7"].value, facts_of(week=0)["T7"].value
    assert usual is not None
    assert without is not None
    assert usual > 0.4
    assert without < 0.25


def test_without_phases_of_life_customers_grow_alike(tmp_path: Path) -> None:
    """Over a year what lasts for weeks averages out; what lasts for months does not."""
    usual, without = (
        fx.measure_fidelity(
            make(tmp_path / str(phases), customers=400, days=365, seed=7, behaviour={"phases": phases}), scope="retail"
        )["C1"]
        for phases in (2, 0)
    )
    assert lie_apart(without, usual)


def test_where_few_shops_take_payments_merchants_are_less_even(tmp_path: Path) -> None:
    facts = [
        fx.measure_fidelity(
            make(tmp_path / str(share), customers=1500, days=42, seed=7, population={"acceptance": share}),
            scope="retail",
        )["M1"]
        for share in (0.3, 0.03)
    ]
    assert lie_apart(facts[0], facts[1])
