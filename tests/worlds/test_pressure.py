"""Campaigns follow the pressure, and requested rates are met or the run says why not."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import pandas as pd
import pytest

from fintxsim.dataset import Run
from fintxsim.manifest import FraudEntry, Manifest, read_manifest
from tests.end_to_end.cli_tools import shell
from tests.worlds.kit import CNP, TAKEOVER, make, scenario

ERRORS = 5.0  # standard errors


def entry(manifest: Manifest, typology: str) -> FraudEntry:
    return next(entry for entry in manifest.fraud if entry.typology == typology)


def started(directory: Path, typology: str, pressure: float) -> float:
    """Campaigns started in 60,000 customer-days."""
    run = make(directory, customers=3000, days=20, typologies={typology: {"pressure": pressure}})
    return entry(run.manifest, typology).pressure * 0.06


@pytest.mark.parametrize("typology", [CNP, TAKEOVER])
def test_twice_the_pressure_starts_twice_the_campaigns(tmp_path: Path, typology: str) -> None:
    """Campaigns arrive at random, one by one: the variance of a count is the count."""
    once, twice = (started(tmp_path / str(k), typology, 5000.0 * k) for k in (1, 2))
    error = sqrt(twice + 4.0 * once)
    assert once > ERRORS * error, "the sample is too small to tell twice from once"
    assert abs(twice - 2.0 * once) < ERRORS * error
    assert abs(once - 300.0) < ERRORS * sqrt(300.0)


@pytest.fixture(scope="module")
def by_count(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Ten times the rates of retail_bank."""
    typologies = {CNP: {"rate_bps": 50}, TAKEOVER: {"rate_bps": 12}}
    return make(tmp_path_factory.mktemp("count"), customers=6000, days=30, typologies=typologies)


@pytest.fixture(scope="module")
def by_value(tmp_path_factory: pytest.TempPathFactory) -> Run:
    fraud = {"rate_basis": "value"}
    typologies = {CNP: {"rate_bps": 20}, TAKEOVER: {"rate_bps": 180}}
    return make(tmp_path_factory.mktemp("value"), customers=6000, days=40, fraud=fraud, typologies=typologies)


@pytest.mark.parametrize("typology", [CNP, TAKEOVER])
def test_a_rate_of_count_is_met(by_count: Run, typology: str) -> None:
    """Within 5 % or 1.96 times the square root of the expected count, whichever is more."""
    rows, truth = by_count.transactions(), by_count.truth()
    counted = rows[rows["is_approved"] & ~((rows["direction"] == "credit") & rows["transfer_id"].notna())]
    crimes = truth[truth["is_fraud"] & (truth["typology"] == typology)]
    frauds = int(counted["transaction_id"].isin(crimes["transaction_id"]).sum())
    asked = entry(by_count.manifest, typology)
    assert asked.requested_bps is not None
    expected = asked.requested_bps / 10_000 * len(counted)
    assert abs(frauds - expected) <= max(0.05 * expected, 1.96 * sqrt(expected))
    assert (asked.status, asked.reason) == ("reached", "")


@pytest.mark.parametrize("typology", [CNP, TAKEOVER])
def test_a_rate_of_value_is_met(by_value: Run, typology: str) -> None:
    """Within 5 %, or 1.96 standard errors of a sum of independent campaigns.

    Amounts within a campaign go together (one crew, one victim's account), so the campaign is the unit: the variance of
    the sum is the sum of the squares of what each campaign took.
    """
    campaigns = by_value.truth("campaigns")
    losses = campaigns[campaigns["typology"] == typology]["net_loss"]
    asked = entry(by_value.manifest, typology)
    assert asked.requested_bps is not None
    expected = asked.requested_bps / 10_000 * by_value.manifest.approved_value
    error = sqrt(float((losses**2).sum()))
    assert error < 0.25 * expected, "too few campaigns to tell whether the rate was kept"
    assert abs(float(losses.sum()) - expected) <= max(0.05 * expected, 1.96 * error)


def test_frauds_follow_the_volume_from_the_first_week_on(by_count: Run) -> None:
    """The pacer does not wait for the end of the run: no week has less than half or more than twice its share."""
    rows = by_count.transactions(columns=["transaction_id", "event_time", "is_approved"])
    is_fraud = rows["transaction_id"].isin(by_count.truth()["transaction_id"]) & rows["is_approved"]
    week = (rows["event_time"] - rows["event_time"].iloc[0]) // pd.Timedelta(days=7)
    share = is_fraud.groupby(week).mean()[:4] / is_fraud.mean()
    assert share.between(0.5, 2.0).all()


def test_frauds_follow_the_volume_from_day_to_day(tmp_path: Path) -> None:
    """A day has about sixty campaigns at work: half or twice the rate is far more than chance."""
    run = make(tmp_path, customers=20_000, days=14, typologies={CNP: {"rate_bps": 100}})
    rows = run.transactions(columns=["transaction_id", "event_time", "is_approved"])
    rows = rows[rows["is_approved"]]
    day = rows["event_time"].dt.tz_convert(run.manifest.timezone).dt.date
    bps = 10_000 * rows["transaction_id"].isin(run.truth()["transaction_id"]).groupby(day).mean()
    assert bps[~bps.between(50, 200)].to_dict() == {}


@pytest.fixture(scope="module")
def hopeless(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Manifest]:
    """A bank that declines everything it scores: exit code and manifest of a run that asks for fraud all the same."""
    directory = tmp_path_factory.mktemp("hopeless")
    path = scenario(
        directory, customers=1000, days=20, bank={"decline_score": 0.0, "step_up_score": 0.0},
        typologies={CNP: {"rate_bps": 300}},
    )  # fmt: skip
    code = shell("generate", path, "-o", directory / "run", "-q").code
    return code, read_manifest(directory / "run")


def test_a_rate_that_controls_make_impossible_ends_not_reached_with_a_reason(hopeless: tuple[int, Manifest]) -> None:
    code, manifest = hopeless
    fraud = entry(manifest, CNP)
    assert code == 0
    assert fraud.status == "not_reached"
    assert fraud.reason


def test_controls_are_not_weakened_to_reach_a_rate(hopeless: tuple[int, Manifest]) -> None:
    _, manifest = hopeless
    assert entry(manifest, CNP).approved_frauds == 0
    assert entry(manifest, CNP).campaigns > 0


def test_the_reason_names_the_controls_when_they_stop_everything(tmp_path: Path) -> None:
    run = make(
        tmp_path, customers=1000, days=20, bank={"decline_score": 0.0, "step_up_score": 0.0},
        typologies={CNP: {"rate_bps": 50}},
    )  # fmt: skip
    assert entry(run.manifest, CNP).approved_frauds == 0
    assert "controls" in entry(run.manifest, CNP).reason


def test_a_short_run_overshoots_by_at_most_one_campaign(tmp_path: Path) -> None:
    run = make(tmp_path, customers=6000, days=3, typologies={CNP: {"rate_bps": 50}})
    rows = run.transactions(columns=["transaction_id", "is_approved"])
    approved = run.truth().merge(rows[rows["is_approved"]], on="transaction_id")
    largest = approved.groupby("campaign_id").size().max()
    expected = entry(run.manifest, CNP).expected
    assert expected is not None
    assert len(approved) <= expected + max(largest, 1.96 * sqrt(expected))
