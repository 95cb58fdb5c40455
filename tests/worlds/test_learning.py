"""What a bank learns in a run: labels and alerts on disk, from the first report to the last correction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fintxsim.dataset import Run
from fintxsim.verify import verify_run
from fintxsim.vocabulary import LabelSource
from tests.worlds.kit import CNP, TAKEOVER, differing, genuine, make, open_world, touched

CAPACITY = 400  # alerts a day per 100,000 customers: eight for the 2,000 here
PARTS: dict[str, Any] = {
    "customers": 2000,
    "days": 20,
    "typologies": {CNP: {"pressure": 1500}, TAKEOVER: {"pressure": 800}},
    "bank": {"alerts": {"daily_capacity": CAPACITY, "false_confirm_share": 0.5, "expire_days": 2}},
    "labels": {
        "third_party": {"never_reported_share": 0.3, "overturned_share": 0.5},
        "mistaken": {"per_million": 3000, "cleared_share": 0.5},
    },
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make(tmp_path_factory.mktemp("learning"), **PARTS)


@pytest.fixture(scope="module")
def labels(run: Run) -> pd.DataFrame:
    """Labels with what they are about, and whether that is a fraud."""
    rows = run.transactions(columns=["transaction_id", "event_time", "is_approved", "customer_id"])
    frauds = run.truth().loc[lambda truth: truth["is_fraud"], ["transaction_id", "never_reported"]]
    both = run.table("labels/labels").merge(rows, on="transaction_id", validate="many_to_one")
    both = both.merge(frauds, on="transaction_id", how="left", validate="many_to_one", indicator=True)
    return both.assign(is_fraud=both["_merge"] == "both")


@pytest.fixture(scope="module")
def alerts(run: Run) -> pd.DataFrame:
    rows = run.transactions(columns=["transaction_id", "event_time", "is_approved", "customer_id"])
    frauds = run.truth().loc[lambda truth: truth["is_fraud"], "transaction_id"]
    both = run.alerts().merge(rows, on="transaction_id", validate="one_to_one")
    return both.assign(is_fraud=both["transaction_id"].isin(frauds))


def test_every_check_passes(run: Run) -> None:
    assert not verify_run(run.path).failed


# --- labels ---------------------------------------------------------------------------------------------


def test_labels_are_later_than_their_rows_and_in_the_order_of_time(labels: pd.DataFrame) -> None:
    assert (labels["label_time"] > labels["event_time"]).all()
    assert labels["label_time"].is_monotonic_increasing
    assert labels["label_id"].tolist() == list(range(len(labels)))


def test_what_was_declined_is_never_labelled_though_there_is_much_of_it(run: Run, labels: pd.DataFrame) -> None:
    declined = run.transactions(columns=["transaction_id", "is_approved"]).loc[lambda rows: ~rows["is_approved"]]
    assert declined["transaction_id"].isin(run.truth()["transaction_id"]).sum() > 30
    assert labels["is_approved"].all()


def test_labels_keep_coming_after_the_last_day(run: Run, labels: pd.DataFrame) -> None:
    last = pd.Timestamp(run.manifest.end_time)
    assert (labels["label_time"] > last).sum() > 10
    assert labels["label_time"].max() < last + pd.Timedelta(days=200)


def test_a_row_has_one_label_that_stands(labels: pd.DataFrame) -> None:
    standing = labels[~labels["label_id"].isin(labels["supersedes"].dropna())]
    assert standing["transaction_id"].is_unique
    assert set(standing["transaction_id"]) == set(labels["transaction_id"])


def test_what_supersedes_says_genuine_and_comes_days_later(labels: pd.DataFrame) -> None:
    second = labels[labels["supersedes"].notna()]
    first = labels.set_index("label_id").loc[second["supersedes"].astype(int)]
    assert len(second) > 10
    assert (second["label"] == "genuine").all()
    assert (first["label"] == "fraud").all()
    assert (second["label_time"].to_numpy() > first["label_time"].to_numpy()).all()


def test_chargebacks_on_frauds_are_overturned_as_often_as_set(labels: pd.DataFrame) -> None:
    said = labels[labels["is_fraud"] & (labels["source"] == LabelSource.CHARGEBACK.text)]
    overturned = said["label_id"].isin(labels["supersedes"].dropna()).sum()
    assert len(said) > 30
    assert abs(overturned - 0.5 * len(said)) < 5 * np.sqrt(len(said)) / 2


def test_genuine_rows_are_called_fraud_now_and_then_and_half_of_it_is_put_right(labels: pd.DataFrame) -> None:
    genuine = labels[~labels["is_fraud"]]
    mistaken = genuine[genuine["source"] == LabelSource.CHARGEBACK.text]
    assert len(mistaken) > 20
    assert (mistaken["label"] == "fraud").all()
    put_right = mistaken["label_id"].isin(labels["supersedes"].dropna()).sum()
    assert abs(put_right - 0.5 * len(mistaken)) < 5 * np.sqrt(len(mistaken)) / 2


def test_what_nobody_reports_is_labelled_through_alerts_alone(run: Run, labels: pd.DataFrame) -> None:
    truth = run.truth()
    silent = truth[truth["is_fraud"] & truth["never_reported"]]
    told = labels[labels["transaction_id"].isin(silent["transaction_id"])]
    assert len(silent) > 20
    assert len(told["transaction_id"].unique()) < 0.5 * len(silent)
    assert set(told["source"]) <= {LabelSource.ALERT_CONFIRMED.text, LabelSource.CUSTOMER_REPORT.text}


def test_what_the_bank_believes_changes_with_the_time(run: Run, labels: pd.DataFrame) -> None:
    second = labels[labels["supersedes"].notna()].iloc[0]
    before, after = (
        run.labels(as_of=second["label_time"] + pd.Timedelta(seconds=shift)).set_index("transaction_id")
        for shift in (-1, 1)
    )
    assert before.loc[second["transaction_id"], "label"] == "fraud"
    assert after.loc[second["transaction_id"], "label"] == "genuine"


def test_the_report_tells_the_same_as_the_tables(run: Run, labels: pd.DataFrame) -> None:
    report = run.label_report()
    frauds = labels[labels["is_fraud"]]
    line = report.loc["third_party_reported"]
    assert line["labelled"] * line["approved"] == pytest.approx(frauds["transaction_id"].nunique())
    assert line["within_1d"] <= line["within_7d"] <= line["within_30d"] <= line["within_90d"] <= line["labelled"] < 1
    assert line["reversed"] > 0
    assert report.loc["genuine", "called_fraud"] > 0


# --- alerts ---------------------------------------------------------------------------------------------


def test_alerts_are_in_the_order_of_closing_and_numbered(alerts: pd.DataFrame) -> None:
    assert len(alerts) > 100
    assert alerts["closed"].is_monotonic_increasing
    assert alerts["alert_id"].tolist() == list(range(len(alerts)))


def test_alerts_are_worked_expire_and_are_found_right_and_wrong(alerts: pd.DataFrame) -> None:
    kinds = alerts.groupby(["is_fraud", "disposition"], observed=True).size()
    assert {(True, "confirmed_fraud"), (False, "false_positive"), (False, "confirmed_fraud")} <= set(kinds.index)
    assert (alerts["disposition"] == "not_worked").any()


def test_no_day_has_more_alerts_worked_than_the_team_can(run: Run, alerts: pd.DataFrame) -> None:
    local = alerts["worked"].dropna().dt.tz_convert(run.manifest.timezone)
    assert local.dt.date.value_counts().max() == 2000 * CAPACITY / 100_000
    assert local.dt.hour.between(8, 19).all()


def test_what_expires_has_waited_as_long_as_set(alerts: pd.DataFrame) -> None:
    late = alerts[alerts["disposition"] == "not_worked"]
    assert ((late["closed"] - late["created"]) == pd.Timedelta(days=2)).all()


def test_the_queue_is_worked_off_after_the_last_day(run: Run, alerts: pd.DataFrame) -> None:
    last = pd.Timestamp(run.manifest.end_time)
    assert (alerts["closed"] > last).any()
    assert alerts["closed"].max() <= last + pd.Timedelta(days=2)


def test_a_confirmed_alert_labels_what_was_approved(labels: pd.DataFrame, alerts: pd.DataFrame) -> None:
    confirmed = alerts[alerts["disposition"] == "confirmed_fraud"]
    approved = confirmed[confirmed["is_approved"]]
    assert 0 < len(approved) < len(confirmed)
    assert approved["transaction_id"].isin(labels["transaction_id"]).all()


def test_who_is_wrongly_taken_for_a_victim_is_recorded_as_touched(run: Run, alerts: pd.DataFrame) -> None:
    wrong = alerts[~alerts["is_fraud"] & (alerts["disposition"] == "confirmed_fraud")]
    touched = run.truth("touched")
    assert set(wrong["customer_id"]) <= set(touched["customer_id"])
    assert (touched["reason"] == "alert").any()


def test_a_wrong_confirmation_costs_the_customer_the_card(run: Run, alerts: pd.DataFrame) -> None:
    """Genuine customers are hurt: they get a new card soon after."""
    rows = run.transactions(columns=["transaction_id", "card_id"])
    wrong = alerts[~alerts["is_fraud"] & (alerts["disposition"] == "confirmed_fraud")]
    wrong = wrong.merge(rows, on="transaction_id")
    in_time = wrong["closed"] < pd.Timestamp(run.manifest.end_time) - pd.Timedelta(days=9)
    wrong = wrong[wrong["card_id"].notna() & in_time]
    reissues = run.table("data/events").loc[lambda events: events["event_type"] == "card_reissue"]
    pairs = wrong.merge(reissues[["customer_id", "event_time"]], on="customer_id", suffixes=("", "_card"))
    waited = (pairs["event_time_card"] - pairs["closed"]).dt.total_seconds() / 86_400
    helped = set(pairs.loc[(waited > 0) & (waited < 9), "customer_id"])
    assert len(wrong) > 3
    assert set(wrong["customer_id"]) <= helped


# --- worlds that differ ---------------------------------------------------------------------------------


def test_campaigns_say_what_came_back(run: Run) -> None:
    campaigns = run.truth("campaigns")
    assert (campaigns["recovered"] <= campaigns["net_loss"] + 0.005).all()
    assert 0 < campaigns["recovered"].sum() < campaigns["net_loss"].sum()


def test_without_controls_there_are_no_alerts(tmp_path: Path) -> None:
    world = open_world(tmp_path, **PARTS | {"days": 5, "bank": {"controls": "off"}})
    raised = 0
    for _ in range(5):
        world.step()
        raised += len(world.book.raised)
    world.close()
    assert raised == 0


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same world without any crime."""
    without = {"typologies": {}, "labels": {"mistaken": PARTS["labels"]["mistaken"]}}
    return make(tmp_path_factory.mktemp("calm"), **PARTS | without)


def test_without_crime_there_are_mistakes_and_false_alerts_alone(calm: Run) -> None:
    assert len(calm.truth("touched")) == 0
    sources = set(calm.table("labels/labels")["source"])
    assert sources >= {LabelSource.CHARGEBACK.text, LabelSource.ALERT_CONFIRMED.text}
    assert calm.label_report().index.tolist() == ["genuine"]


def test_a_full_queue_changes_the_lives_of_recorded_customers_alone(run: Run, calm: Run) -> None:
    """Crime takes up the analysts' time, so some genuine customer's alert is not worked who would have lost the card."""
    reached, marks = touched(run), run.truth("touched")
    through_the_queue = set(marks.loc[marks["reason"] == "alert", "customer_id"])
    assert differing(genuine(run, reached), genuine(calm, reached)) == []
    others = reached - through_the_queue
    assert differing(genuine(run, others), genuine(calm, others)) != [], "nobody is hurt, so nothing is shown"
