"""How late, how complete and how right labels are."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from fintxsim.labelling import GENUINE, first_and_last, frauds_with_labels, report

START = pd.Timestamp("2026-01-01", tz="UTC")
THEFT, SCAM = "third_party_reported", "victim_authorised"


def day(number: float) -> pd.Timestamp:
    return START + pd.Timedelta(days=number)


def labels_of(*lines: tuple[int, float, str]) -> pd.DataFrame:
    """Labels of (transaction, day, label), numbered in this order."""
    rows = [
        {"label_id": k, "transaction_id": row, "label_time": day(time), "label": label}
        for k, (row, time, label) in enumerate(lines)
    ]
    table = pd.DataFrame(rows, columns=["label_id", "transaction_id", "label_time", "label"])
    return table.astype({"label_id": int, "transaction_id": int, "label_time": "datetime64[us, UTC]"})


def truth_of(*frauds: tuple[int, str], **legs: Any) -> pd.DataFrame:
    """Frauds of (transaction, class), all on day 0."""
    return pd.DataFrame(
        [{"transaction_id": row, "is_fraud": True, "observation_class": word} for row, word in frauds]
        + [{"transaction_id": row, "is_fraud": False, "observation_class": SCAM} for row in legs.get("legs", ())]
    )


def told(truth: pd.DataFrame, labels: pd.DataFrame, approved: tuple[int, ...] | None = None) -> pd.DataFrame:
    """Frauds with their labels; all approved unless said otherwise."""
    ids = truth["transaction_id"] if approved is None else list(approved)
    return frauds_with_labels(truth, pd.DataFrame({"transaction_id": ids, "event_time": START}), labels)


def test_the_first_and_the_last_label_of_a_row_are_told_apart() -> None:
    both = first_and_last(labels_of((1, 2, "disputed"), (2, 3, "fraud"), (1, 9, "genuine")))
    assert both[["transaction_id", "first", "last", "reversed"]].to_numpy().tolist() == [
        [1, "disputed", "genuine", True],
        [2, "fraud", "fraud", False],
    ]


def test_of_labels_of_the_same_moment_the_later_number_is_the_last() -> None:
    assert first_and_last(labels_of((1, 2, "fraud"), (1, 2, "genuine")))["last"].tolist() == ["genuine"]


def test_the_delay_is_that_of_the_first_label() -> None:
    frauds = told(truth_of((1, THEFT)), labels_of((1, 2.5, "disputed"), (1, 40, "fraud")))
    assert frauds["delay_days"].tolist() == [2.5]


def test_declined_frauds_and_legs_do_not_count() -> None:
    truth = truth_of((1, THEFT), (2, THEFT), legs=(3,))
    assert told(truth, labels_of(), approved=(1, 3))["transaction_id"].tolist() == [1]


def test_a_fraud_that_nobody_spoke_of_has_no_delay_and_was_not_reversed() -> None:
    frauds = told(truth_of((1, THEFT)), labels_of())
    assert frauds["delay_days"].isna().tolist() == [True]
    assert frauds["reversed"].tolist() == [False]


@pytest.fixture
def table() -> pd.DataFrame:
    """Four thefts labelled after 0.5, 5 and 60 days and never, the last one genuine in the end; one scam never."""
    truth = truth_of((1, THEFT), (2, THEFT), (3, THEFT), (4, THEFT), (5, SCAM))
    labels = labels_of((1, 0.5, "fraud"), (2, 5, "disputed"), (3, 60, "fraud"), (3, 99, "genuine"))
    return report(told(truth, labels), labels_of((7, 1, "fraud"), (7, 2, "genuine"), (8, 3, "fraud")), 1000)


def test_there_is_a_line_per_class_that_occurs_and_one_of_genuine_rows(table: pd.DataFrame) -> None:
    assert table.index.tolist() == [THEFT, SCAM, GENUINE]
    assert table["approved"].tolist() == [4, 1, 1000]


def test_coverage_grows_with_the_days(table: pd.DataFrame) -> None:
    columns = ["within_1d", "within_7d", "within_30d", "within_90d", "labelled"]
    assert table.loc[THEFT, columns].tolist() == [0.25, 0.5, 0.5, 0.75, 0.75]
    assert table.loc[SCAM, columns].tolist() == [0.0] * 5


def test_delays_are_told_by_median_and_ninth_decile(table: pd.DataFrame) -> None:
    assert table.loc[THEFT, "median_days"] == 5
    assert table.loc[THEFT, "p90_days"] == pytest.approx(5 + 0.8 * 55)


def test_what_the_last_label_says_is_told_per_word(table: pd.DataFrame) -> None:
    words = ["called_fraud", "called_disputed", "called_genuine", "reversed"]
    assert table.loc[THEFT, words].tolist() == [0.25, 0.25, 0.25, 0.25]
    assert table.loc[GENUINE, words].tolist() == [0.001, 0.0, 0.001, 0.001]


def test_a_run_without_fraud_has_a_line_of_genuine_rows_alone() -> None:
    lines = report(told(truth_of((1, THEFT)), labels_of(), approved=()), labels_of(), 0)
    assert lines.index.tolist() == [GENUINE]
    assert lines.loc[GENUINE, ["approved", "labelled"]].tolist() == [0, 0]
