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
from fintxsim.pacing import Day, Pacer, Pressure, Proceeds
from fintxsim.run.realised import TOLERANCE, anomaly_entries, fraud_entries, prior_odds_factor, timeline
from fintxsim.typologies import Typology, typology
from fintxsim.typologies.campaign import Campaign

CENTS = 100
ROWS = 1_000_000
VALUE_MINOR = 100 * CENTS * ROWS  # 100 euros a row
CNP, TAKEOVER = typology("stolen_details_cnp"), typology("account_takeover")


def record(
    frauds: int, euros: float = 50.0, kind: Typology = CNP, tries: int = 0, victims: tuple[int, ...] = ()
) -> CampaignRecord:
    """A campaign of some approved frauds of ``euros`` each."""
    campaign = Campaign(1, 1, 0, 0, 0.5, kind.entry_points[0])
    return CampaignRecord(
        campaign, kind, 1, approved=frauds, rows=frauds + 1, tries=tries or frauds + 1, loss=int(frauds * euros * CENTS),
        victims=set(victims),
    )  # fmt: skip


def pacer(rate_bps: float, at_ceiling: int) -> Pacer:
    return Pacer(rate_bps / 1e4, 1.0, 3.0, Proceeds(1.0, 0.0, 2.0, 4), at_ceiling=at_ceiling)


def market(
    rate_bps: float | None = None, pressure: float | None = None, at_ceiling: int = 0, stock: Any = None, **settings: Any
) -> Any:  # fmt: skip
    config = CNP.config.model_validate({"rate_bps": rate_bps, "pressure": pressure} | settings)
    pace = Pressure(1.0) if rate_bps is None else pacer(rate_bps, at_ceiling)
    return SimpleNamespace(typology=CNP, config=config, pace=pace, started_in_run=30, stock=stock)


def world(basis: str, *markets: Any, identities: tuple[int, ...] = ()) -> Any:
    """A world of 1,000 customers and 10 days."""
    return SimpleNamespace(
        fraud=SimpleNamespace(rate_basis=basis),
        setting=SimpleNamespace(minor=CENTS, days=10, population=SimpleNamespace(customers=1000)),
        markets=list(markets),
        impostors=SimpleNamespace(identities={CNP.number: list(identities)} if identities else {}),
    )


def entry(
    *campaigns: CampaignRecord, basis: str = "count", approved: int = ROWS, minor: int = VALUE_MINOR,
    identities: tuple[int, ...] = (), **asked: Any,
) -> FraudEntry:  # fmt: skip
    """What is said of stolen card details."""
    (one,) = fraud_entries(world(basis, market(**asked), identities=identities), campaigns, approved, minor)
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


# --- reasons --------------------------------------------------------------------------------------------

FEW_OF_MANY = [record(1, tries=100) for _ in range(9)]


@pytest.mark.parametrize(
    ("campaigns", "asked", "reason"),
    [
        (
            [record(2000)], {},
            "one campaign alone brought 2,000, the whole run has room for 1,000; ask for more days or customers",
        ),
        (
            [record(200) for _ in range(7)], {},
            "campaigns under way brought more than those before them (1,400 instead of 1,000); ask for more days or "
            "customers",
        ),
        (
            [record(100)], {},
            "the run is too short: a campaign's frauds come 1.2 days after its start on average; ask for more days or "
            "customers",
        ),
        (
            [record(100, tries=150)], {"at_ceiling": 3},
            "the bank's controls and limits refused 50 of 150 attempts, and no more campaigns begin than 3 a day",
        ),
        ([record(100, tries=105)], {"at_ceiling": 3}, "no more campaigns begin than 3 a day; ask for less"),
        (
            [record(100, tries=150)], {"stock": SimpleNamespace(waiting=[])},
            "all that was prepared has been used, and preparing more takes up to 0 days; ask for less",
        ),
        (
            FEW_OF_MANY, {},
            "the bank's controls and limits refused 891 of 900 attempts, and no more campaigns begin than 3 a day",
        ),
        (
            [record(5, victims=(1, 2)), record(5, victims=(2, 3))], {"identities": (1, 2, 3)},
            "each of the 3 made-up identities has been used; ask for more of them",
        ),
    ],
)  # fmt: skip
def test_a_rate_that_was_missed_has_an_honest_reason(
    campaigns: list[CampaignRecord], asked: dict[str, Any], reason: str
) -> None:
    made = entry(*campaigns, rate_bps=10.0, **asked)
    assert (made.status, made.reason) == ("not_reached", reason)


def test_by_value_reasons_are_told_in_money() -> None:
    made = entry(record(20, euros=10_000.0), rate_bps=10.0, basis="value")
    assert made.reason.startswith("one campaign alone brought 200,000, the whole run has room for 100,000")


def test_too_much_fraud_is_not_blamed_on_the_controls() -> None:
    assert "controls" not in entry(record(2000, tries=9000), rate_bps=10.0, at_ceiling=3).reason


def test_nothing_at_all_is_blamed_on_the_shortness_of_the_run() -> None:
    assert "too short" in entry(rate_bps=10.0).reason


# --- timelines ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, ""),
        ({"start_day": 0}, "on days 0 to 9"),
        ({"start_day": 4}, "on days 4 to 9"),
        ({"start_day": 9}, "on day 9"),
        ({"stop_day": 3}, "on days 0 to 2"),
        ({"stop_day": 30}, ""),
        ({"start_day": 12}, "never"),
        (
            {"waves": [{"start_day": 1, "stop_day": 2, "factor": 0}, {"start_day": 5, "stop_day": 30, "factor": 2.5}]},
            "none on day 1; 2.5 times as many on days 5 to 9",
        ),
        ({"waves": [{"start_day": 20, "stop_day": 22, "factor": 2}]}, ""),
    ],
)
def test_a_timeline_is_told_in_words(settings: dict[str, Any], words: str) -> None:
    assert timeline(CNP.config.model_validate({"rate_bps": 1.0} | settings), 10) == words


def test_a_typology_without_a_day_in_the_run_is_off() -> None:
    made = entry(rate_bps=10.0, start_day=10)
    assert (made.status, made.timeline) == ("off", "never")
    assert made.reason == "its timeline has no day within the run"


def test_on_a_timeline_no_more_is_expected_than_could_come() -> None:
    """Half of the days, and nothing before: half of the rate's frauds, with what comes a little later."""
    one = market(rate_bps=10.0, start_day=0, stop_day=5)
    one.pace.log = [Day(1.0, ROWS / 10) for _ in range(5)] + [Day(0.0, ROWS / 10) for _ in range(5)]
    (made,) = fraud_entries(world("count", one), [record(600)], ROWS, VALUE_MINOR)
    tail = 10.0 / 1e4 * ROWS / 10 * one.pace.proceeds.mean_days
    made_up_for = tail  # MADE_UP_DAYS are longer than it takes
    assert made.expected == pytest.approx(500.0 - tail + made_up_for + tail, rel=0.05)
    assert made.low_bps is not None
    assert made.high_bps is not None
    assert (made.low_bps + made.high_bps) / 2 == pytest.approx(1e4 * made.expected / ROWS)
    assert made.requested_bps == 10.0


def test_a_timeline_that_changes_nothing_expects_all() -> None:
    one = market(rate_bps=10.0, waves=[{"start_day": 20, "stop_day": 30, "factor": 2.0}])
    one.pace.log = [Day(1.0, ROWS / 10) for _ in range(14)]
    one.pace.days_before = 4
    (made,) = fraud_entries(world("count", one), [record(1000)], ROWS, VALUE_MINOR)
    assert made.expected == pytest.approx(1000.0)


# --- boost ----------------------------------------------------------------------------------------------


def test_the_factor_on_odds_is_the_ratio_of_the_odds_of_the_two_base_rates() -> None:
    boosted, plain = 0.02, 0.02 / 5
    ratio = plain / (1 - plain) / (boosted / (1 - boosted))
    assert prior_odds_factor(5.0, 2000, 100_000) == pytest.approx(ratio)


def test_the_factor_undoes_the_boost_as_elkan_does() -> None:
    """Theorem 2: p' = b' (p - p b) / (b - p b + b' p - b b') for base rates b and b'."""
    b, other, p = 0.03, 0.01, 0.4
    elkan = other * (p - p * b) / (b - p * b + other * p - b * other)
    odds = prior_odds_factor(3.0, 3000, 100_000) * p / (1 - p)
    assert odds / (1 + odds) == pytest.approx(elkan)


@pytest.mark.parametrize(("boost", "frauds", "approved"), [(1.0, 500, 1000), (4.0, 0, 0), (0.1, 900, 1000)])
def test_the_factor_is_defined_whatever_came(boost: float, frauds: int, approved: int) -> None:
    assert prior_odds_factor(boost, frauds, approved) > 0.0


def test_without_boost_the_factor_is_one() -> None:
    assert prior_odds_factor(1.0, 500, 100_000) == 1.0


# --- the rest -------------------------------------------------------------------------------------------


def test_victims_are_counted_once() -> None:
    assert entry(record(5, victims=(1, 2)), record(5, victims=(2, 3)), rate_bps=10.0).victims == 3


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
    assert fraud_entries(world("count"), [], ROWS, VALUE_MINOR) == ()
