"""When campaigns begin: timelines, mixes and boosts in real runs."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import pandas as pd
import pytest

from fintxsim.dataset import Run
from fintxsim.manifest import FraudEntry
from fintxsim.verify import verify_run
from tests.worlds.kit import CNP, TAKEOVER, make

START, STOP = 4, 16
WAVE = {"start_day": 8, "stop_day": 11, "factor": 4.0}
PAUSE = {"start_day": 12, "stop_day": 14, "factor": 0.0}
DAYS = 20


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Takeovers on a timeline, by rate; stolen cards in waves, by pressure, and under way when the run begins."""
    typologies = {
        TAKEOVER: {"rate_bps": 40, "start_day": START, "stop_day": STOP, "waves": [WAVE]},
        CNP: {"pressure": 4000, "waves": [WAVE, PAUSE]},
    }
    return make(tmp_path_factory.mktemp("windows"), customers=3000, days=DAYS, typologies=typologies)


def begun(run: Run, typology: str) -> pd.Series:
    """Campaigns of a typology by the local day of the run on which they began."""
    campaigns = run.truth("campaigns")
    starts = campaigns[campaigns["typology"] == typology]["start"].dt.tz_convert(run.manifest.timezone)
    day = (starts.dt.tz_localize(None).dt.normalize() - pd.Timestamp(run.manifest.start_date)).dt.days
    return day.value_counts().sort_index()


def entry(run: Run, typology: str) -> FraudEntry:
    return next(entry for entry in run.manifest.fraud if entry.typology == typology)


def test_the_run_passes_every_check(windows: Run) -> None:
    assert not verify_run(windows.path, leaks=False).failed


def test_no_campaign_begins_on_a_day_that_is_off(windows: Run) -> None:
    takeovers, cards = begun(windows, TAKEOVER), begun(windows, CNP)
    assert set(takeovers.index) <= set(range(START, STOP))
    assert not set(cards.index) & set(range(PAUSE["start_day"], PAUSE["stop_day"]))  # type: ignore[call-overload]
    assert cards.index.min() < 0


def test_campaigns_under_way_end_by_themselves(windows: Run) -> None:
    campaigns = windows.truth("campaigns")
    ends = campaigns[campaigns["typology"] == TAKEOVER]["end"].dt.tz_convert(windows.manifest.timezone)
    stop = pd.Timestamp(windows.manifest.start_date, tz=windows.manifest.timezone) + pd.Timedelta(days=STOP)
    assert (ends > stop).any()


def test_a_pressure_is_multiplied_by_its_wave(windows: Run) -> None:
    """4,000 per million customers and day are 12 campaigns a day; those that did nothing have left no trace."""
    cards = begun(windows, CNP).reindex(range(DAYS - 4), fill_value=0)
    wave = cards[WAVE["start_day"] : WAVE["stop_day"] - 1].sum()  # type: ignore[misc, operator]
    rest = cards.drop(range(8, 11)).drop(range(12, 14)).sum()
    per_day = rest / 11
    assert abs(wave - 4 * 3 * per_day) < 5 * sqrt(4 * 3 * per_day + (4 * 3 / 11) ** 2 * rest)


def test_a_rate_is_multiplied_by_its_wave(windows: Run) -> None:
    """Campaigns per transaction, as if they came at random; the pacer makes up for what a wave brought too much."""
    takeovers = begun(windows, TAKEOVER).reindex(range(DAYS), fill_value=0)
    rows = windows.transactions(columns=["event_time"])["event_time"].dt.tz_convert(windows.manifest.timezone)
    volume = rows.groupby((rows.dt.tz_localize(None) - pd.Timestamp(windows.manifest.start_date)).dt.days).size()
    wave, usual = [8, 9], [5, 6, 7, 12, 13, 14, 15]
    rest, times = takeovers[usual].sum(), volume[wave].sum() / volume[usual].sum()
    assert rest > 10
    assert abs(takeovers[wave].sum() - 4 * times * rest) < 5 * sqrt(4 * times * rest + (4 * times) ** 2 * rest)
    assert takeovers[wave].sum() > 2 * times * rest


def test_the_change_points_are_in_truth(windows: Run) -> None:
    table = windows.truth("windows")
    told = list(
        zip(table["typology"].astype(str), table["day"], table["factor_before"], table["factor_after"], strict=True)
    )
    assert told == [
        (TAKEOVER, 4, 0.0, 1.0), (CNP, 8, 1.0, 4.0), (TAKEOVER, 8, 1.0, 4.0), (CNP, 11, 4.0, 1.0), (TAKEOVER, 11, 4.0, 1.0),
        (CNP, 12, 1.0, 0.0), (CNP, 14, 0.0, 1.0), (TAKEOVER, 16, 1.0, 0.0),
    ]  # fmt: skip
    local = table["time"].dt.tz_convert(windows.manifest.timezone)
    midnights = pd.Timestamp(windows.manifest.start_date) + pd.to_timedelta(table["day"].astype(int), unit="D")
    assert (local.dt.tz_localize(None) == midnights).all()


def test_the_rate_is_that_of_the_days_on_which_it_is_on(windows: Run) -> None:
    takeovers = entry(windows, TAKEOVER)
    assert (takeovers.status, takeovers.reason) == ("reached", "")
    assert takeovers.timeline == "on days 4 to 15; 4 times as many on days 8 to 10"
    rows = windows.transactions(columns=["event_time", "is_approved", "direction", "transfer_id"])
    counted = rows[rows["is_approved"] & ~((rows["direction"] == "credit") & rows["transfer_id"].notna())]["event_time"]
    local = counted.dt.tz_convert(windows.manifest.timezone).dt.tz_localize(None)
    day = (local - pd.Timestamp(windows.manifest.start_date)).dt.days
    on = ((day >= START) & (day < STOP)).sum() + 3 * ((day >= 8) & (day < 11)).sum()
    plain = 40 / 10_000 * on
    assert abs(takeovers.approved_frauds - plain) <= max(0.15 * plain, 1.96 * sqrt(plain))  # what comes late is in it
    assert takeovers.expected is not None
    assert abs(takeovers.approved_frauds - takeovers.expected) <= max(
        0.05 * takeovers.expected, 1.96 * sqrt(takeovers.expected)
    )


def test_a_pressure_on_a_timeline_says_so(windows: Run) -> None:
    cards = entry(windows, CNP)
    assert cards.timeline == "4 times as many on days 8 to 10; none on days 12 to 13"
    assert (cards.status, cards.expected) == ("open_loop", None)


def test_a_timeline_after_the_run_leaves_it_without_that_crime(tmp_path: Path) -> None:
    typologies = {TAKEOVER: {"rate_bps": 40, "start_day": 5}, CNP: {"rate_bps": 10}}
    run = make(tmp_path, customers=200, days=3, typologies=typologies)
    assert begun(run, TAKEOVER).empty
    assert (entry(run, TAKEOVER).status, entry(run, TAKEOVER).campaigns) == ("off", 0)
    assert run.truth("windows").empty
    assert not verify_run(run.path, leaks=False).failed


MULES, BUST_OUT = "mule_network", "bust_out"
PREPARED = pytest.mark.parametrize("typology", [MULES, BUST_OUT])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What takes weeks to prepare, on a timeline: networks by pressure, bust-outs by rate."""
    days = {"start_day": 12, "stop_day": 22}
    typologies = {MULES: {"pressure": 1200, **days}, BUST_OUT: {"rate_bps": 30, **days}}
    return make(tmp_path_factory.mktemp("prepared"), customers=2500, days=30, typologies=typologies)


@PREPARED
def test_what_is_prepared_for_weeks_begins_on_the_days_that_are_on(prepared: Run, typology: str) -> None:
    starts = begun(prepared, typology)
    assert set(starts.index) <= set(range(12, 22))
    assert starts[starts.index < 15].sum() > 0
    assert not verify_run(prepared.path, leaks=False).failed


@PREPARED
def test_frauds_of_what_is_prepared_begin_with_its_timeline(prepared: Run, typology: str) -> None:
    truth = prepared.truth()
    rows = truth[truth["is_fraud"] & (truth["typology"] == typology)].merge(
        prepared.transactions(), on="transaction_id"
    )
    local = rows["event_time"].dt.tz_convert(prepared.manifest.timezone).dt.tz_localize(None)
    day = (local - pd.Timestamp(prepared.manifest.start_date)).dt.days
    assert 12 <= day.min() <= 14


def test_preparation_lies_before_the_crime(prepared: Run) -> None:
    campaigns = prepared.truth("campaigns")
    days = (campaigns["start"] - campaigns["prepared_since"]).dt.total_seconds() / 86_400
    assert (days > 0).all()
    assert days[campaigns["typology"] == BUST_OUT].median() > 20


def test_a_rate_of_what_is_prepared_is_that_of_the_days_that_are_on(prepared: Run) -> None:
    """As near as one campaign: four bring all of it."""
    truth, asked = prepared.truth(), entry(prepared, BUST_OUT)
    frauds = truth[truth["is_fraud"] & (truth["typology"] == BUST_OUT)]
    assert asked.expected is not None
    assert abs(asked.approved_frauds - asked.expected) < frauds.groupby("campaign_id").size().max()


@pytest.fixture(scope="module")
def boosted(tmp_path_factory: pytest.TempPathFactory) -> Run:
    fraud = {"total_rate_bps": 10, "mix": {CNP: 0.8, TAKEOVER: 0.2}, "boost": 6, "typologies": {CNP: {"camouflage": 1}}}
    return make(tmp_path_factory.mktemp("boosted"), customers=3000, days=20, fraud=fraud)


def test_shares_of_a_boosted_total_are_reached(boosted: Run) -> None:
    assert [(e.typology, e.requested_bps, e.status) for e in boosted.manifest.fraud] == [
        (CNP, pytest.approx(48.0), "reached"), (TAKEOVER, pytest.approx(12.0), "reached"),
    ]  # fmt: skip


def test_settings_of_a_typology_of_the_mix_are_used(boosted: Run) -> None:
    campaigns = boosted.truth("campaigns")
    assert campaigns.groupby("typology", observed=True)["camouflage"].max().to_dict() == {CNP: 1.0, TAKEOVER: 0.5}


def test_the_manifest_has_the_boost_and_what_undoes_it(boosted: Run) -> None:
    manifest = boosted.manifest
    share = sum(e.approved_frauds for e in manifest.fraud) / manifest.approved_transactions
    plain = share / 6
    assert manifest.boost == 6.0
    assert manifest.prior_odds_factor == pytest.approx(plain / (1 - plain) / (share / (1 - share)))
    assert "multiply its odds" in (boosted.path / "README.md").read_text(encoding="utf-8")
