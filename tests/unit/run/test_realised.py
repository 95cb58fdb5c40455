"""What the manifest says of the fraud that was asked for."""

from __future__ import annotations

from math import sqrt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fintxsim.fraud import CampaignRecord
from fintxsim.lookalikes import LOOKALIKES
from fintxsim.manifest import AnomalyEntry, FraudEntry
from fintxsim.pacing import Pacer, Pressure
from fintxsim.run.realised import TOLERANCE, anomaly_entries, fraud_entries
from fintxsim.typologies import TYPOLOGIES, Typology
from fintxsim.typologies.base import Campaign

CENTS = 100
ROWS = 1_000_000
VALUE_MINOR = 100 * CENTS * ROWS  # 100 euros a row
CNP, TAKEOVER = TYPOLOGIES[0], TYPOLOGIES[1]


def record(frauds: int, euros: float = 50.0, kind: Typology = CNP) -> CampaignRecord:
    """A campaign of some approved frauds of ``euros`` each."""
    campaign = Campaign(1, 1, 0, 0, 0.5, kind.entry_points[0])
    return CampaignRecord(campaign, kind, 1, approved=frauds, rows=frauds + 1, loss=int(frauds * euros * CENTS))


def market(rate_bps: float | None = None, pressure: float | None = None, at_ceiling: int = 0) -> Any:
    config = CNP.config.model_validate({"rate_bps": rate_bps, "pressure": pressure})
    pace = Pressure(1.0) if rate_bps is None else Pacer(rate_bps / 1e4, 1.0, 1.0, 1.0, at_ceiling=at_ceiling)
    return SimpleNamespace(typology=CNP, config=config, pace=pace, started_in_run=30)


def entry(
    *campaigns: CampaignRecord, basis: str = "count", approved: int = ROWS, minor: int = VALUE_MINOR, **asked: Any
) -> FraudEntry:
    """What is said of stolen card details in a world of 1,000 customers and 10 days."""
    world: Any = SimpleNamespace(
        fraud=SimpleNamespace(rate_basis=basis),
        setting=SimpleNamespace(minor=CENTS, days=10, population=SimpleNamespace(customers=1000)),
        markets=[market(**asked)],
    )
    (one,) = fraud_entries(world, campaigns, approved, minor)
    return one


def test_a_rate_that_came_out_is_reached_and_needs_no_reason() -> None:
    made = entry(record(1000), rate_bps=10.0)
    assert (made.status, made.reason) == ("reached", "")
    assert (made.expected, made.realised_bps_count) == (1000.0, 10.0)


def test_rates_by_count_and_by_value_are_both_told() -> None:
    made = entry(record(1000, euros=50.0), rate_bps=10.0)
    assert (made.realised_bps_count, made.realised_bps_value) == (10.0, 5.0)
    assert (made.approved_frauds, made.approved_fraud_value) == (1000, 50_000.0)


def test_by_value_the_expectation_is_money_and_the_rate_that_of_money() -> None:
    made = entry(record(1000, euros=100.0), rate_bps=10.0, basis="value")
    assert (made.expected, made.status) == (100_000.0, "reached")


def test_large_runs_are_held_to_five_per_cent() -> None:
    made = entry(record(100_000), rate_bps=1000.0)
    assert (made.low_bps, made.high_bps) == (
        pytest.approx(1000 * (1 - TOLERANCE)),
        pytest.approx(1000 * (1 + TOLERANCE)),
    )


def test_small_runs_are_held_to_what_chance_allows() -> None:
    made = entry(record(100), rate_bps=1.0)
    margin = 1.96 / sqrt(100)
    assert (made.low_bps, made.high_bps) == (pytest.approx(1 - margin), pytest.approx(1 + margin))


def test_by_value_chance_is_that_of_the_number_of_frauds() -> None:
    made = entry(record(100, euros=100.0), rate_bps=1.0, basis="value")
    assert made.high_bps == pytest.approx(1 + 1.96 / sqrt(100))


def test_the_interval_never_begins_below_zero() -> None:
    assert entry(record(0), approved=10, rate_bps=1.0).low_bps == 0.0


@pytest.mark.parametrize(
    ("frauds", "at_ceiling", "word"), [(2000, 0, "one campaign"), (100, 3, "ceiling"), (100, 0, "too short")]
)
def test_a_rate_that_was_missed_has_a_reason(frauds: int, at_ceiling: int, word: str) -> None:
    made = entry(record(frauds), rate_bps=10.0, at_ceiling=at_ceiling)
    assert made.status == "not_reached"
    assert word in made.reason


def test_too_much_fraud_is_not_blamed_on_the_ceiling() -> None:
    assert "ceiling" not in entry(record(2000), rate_bps=10.0, at_ceiling=3).reason


def test_a_pressure_is_open_loop_and_promises_nothing() -> None:
    made = entry(record(17), pressure=3000.0)
    assert made.status == "open_loop"
    assert (made.expected, made.low_bps, made.high_bps, made.requested_bps) == (None, None, None, None)


def test_the_pressure_told_is_that_of_the_campaigns_started() -> None:
    assert entry(rate_bps=10.0).pressure == 30 * 1e6 / (1000 * 10)


def test_campaigns_of_other_typologies_do_not_count() -> None:
    made = entry(record(1000), record(500, kind=TAKEOVER), rate_bps=10.0)
    assert (made.campaigns, made.approved_frauds) == (1, 1000)


def test_a_run_without_a_transaction_has_a_rate_of_zero() -> None:
    made = entry(approved=0, minor=0, rate_bps=10.0)
    assert (made.realised_bps_count, made.realised_bps_value, made.expected) == (0.0, 0.0, 0.0)


# --- look-alikes ----------------------------------------------------------------------------------------

PHONE = next(kind for kind in LOOKALIKES if kind.name == "new_phone")


def benign(counted: int, *, rate_bps: float = 25.0, per_day: float = 1e-3, able: int = 1000) -> AnomalyEntry:
    """What is said of new phones in a world of 1,000 customers and 10 days; ``able`` of them can get one."""
    people = np.zeros(1000, np.dtype([("lookalikes", "u2")]))
    people["lookalikes"][:able] = 1 << PHONE.number
    rates = np.zeros(16, np.dtype([("per_day", "f8")]))
    rates["per_day"][PHONE.number] = per_day
    config = PHONE.config.model_validate({"rate_bps": rate_bps})
    setting = SimpleNamespace(
        days=10, world=[{"lookalikes": rates}], anomalies=SimpleNamespace(active=lambda: [(PHONE, config)])
    )
    tally = np.zeros((2, 16), np.int64)
    tally[:, PHONE.number] = counted + 5, counted
    world: Any = SimpleNamespace(people=people, setting=setting)
    (one,) = anomaly_entries(world, tally, 100_000)
    return one


def test_a_look_alike_that_came_as_often_as_asked_is_reached() -> None:
    made = benign(250)
    assert (made.realised_bps, made.status, made.reason) == (25.0, "reached", "")
    assert (made.rows, made.approved_rows, made.expected) == (255, 250, 250.0)


def test_few_episodes_are_held_to_a_tenth_and_what_chance_allows() -> None:
    assert benign(250, per_day=1e-3).high_bps == pytest.approx(25 * (1.1 + 1.96 * sqrt(1.3 / 10)))


def test_many_episodes_are_held_to_a_tenth() -> None:
    made = benign(250, per_day=1e6)
    assert (made.low_bps, made.high_bps) == (pytest.approx(22.5, rel=1e-3), pytest.approx(27.5, rel=1e-3))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"able": 0, "per_day": 0.0}, "none of the customers"),
        ({"per_day": 0.04}, "more than once in 32 days"),
        ({"per_day": 1e-2}, "a longer run comes closer"),
    ],
)
def test_a_look_alike_that_was_missed_has_a_reason(changes: dict[str, Any], reason: str) -> None:
    made = benign(10, **changes)
    assert made.status == "not_reached"
    assert reason in made.reason


def test_a_run_without_a_transaction_has_no_look_alikes() -> None:
    empty: Any = SimpleNamespace(setting=SimpleNamespace(anomalies=SimpleNamespace(active=list)))
    assert anomaly_entries(empty, np.zeros((2, 16), np.int64), 0) == ()


def test_there_is_one_entry_for_each_market() -> None:
    world: Any = SimpleNamespace(markets=[])
    assert fraud_entries(world, [], ROWS, VALUE_MINOR) == ()
