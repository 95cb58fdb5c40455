"""How labels and alerts are numbered, and which label replaces which."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fintxsim import columns as c
from fintxsim.bank.alerts import Alert
from fintxsim.bank.labels.cases import Claim, LabelRow, Opinion
from fintxsim.run.learned import LearnedTables
from fintxsim.vocabulary import Disposition, Label, LabelSource

START = 1_767_225_600_000_000  # 2026-01-01
MINUTE_US = 60_000_000
FRAUD = Opinion(Label.FRAUD, LabelSource.CHARGEBACK, Claim.NOT_MINE)
GENUINE = Opinion(Label.GENUINE, LabelSource.MERCHANT_REPORT)


def label(about: int, minute: int, opinion: Opinion = FRAUD, **more: Any) -> LabelRow:
    """A label about transaction number ``about`` at a minute of the first day."""
    return LabelRow(START + minute * MINUTE_US, START + about - 1, opinion, **more)


def alert(about: int, minute: int, disposition: Disposition = Disposition.FALSE_POSITIVE) -> Alert:
    return Alert(START + about - 1, 7, 0, True, 0.5, 0.5, None, START + minute * MINUTE_US, disposition)


def test_labels_are_numbered_on_from_day_to_day() -> None:
    learned = LearnedTables(START)
    days = [learned.labels([label(1, 5), label(2, 6)]), learned.labels([]), learned.labels([label(3, 7)])]
    assert [day.column("label_id").to_pylist() for day in days] == [[0, 1], [], [2]]
    assert all(day.schema.equals(c.LABELS.schema()) for day in days)


def test_a_label_holds_what_was_said_and_when() -> None:
    (row,) = LearnedTables(START).labels([label(31, 5, reason="10.4")]).to_pylist()
    assert row == {
        "label_id": 0, "transaction_id": 31, "label_time": dt.datetime(2026, 1, 1, 0, 5, tzinfo=dt.UTC),
        "label": "fraud", "source": "chargeback", "reason_code": "10.4", "supersedes": None,
    }  # fmt: skip


def test_a_label_that_revises_names_the_one_it_replaces_also_days_later() -> None:
    learned = LearnedTables(START)
    learned.labels([label(1, 5), label(2, 6, is_revised=True), label(3, 7, is_revised=True)])
    later = learned.labels([label(3, 9, GENUINE, revises=True), label(4, 10), label(2, 11, GENUINE, revises=True)])
    assert later.column("supersedes").to_pylist() == [2, None, 1]


def test_what_is_about_the_days_before_the_run_is_left_out_and_not_counted() -> None:
    learned = LearnedTables(START)
    early = [label(-5, 5, is_revised=True), label(-5, 6, GENUINE, revises=True), label(1, 7)]
    assert learned.labels(early).column("label_id").to_pylist() == [0]
    assert learned.alerts([alert(-5, 5), alert(1, 6)]).column("transaction_id").to_pylist() == [1]


def test_alerts_are_numbered_on_from_day_to_day() -> None:
    learned = LearnedTables(START)
    days = [learned.alerts([alert(1, 5)]), learned.alerts([]), learned.alerts([alert(2, 6), alert(3, 7)])]
    assert [day.column("alert_id").to_pylist() for day in days] == [[0], [], [1, 2]]
    assert all(day.schema.equals(c.ALERTS.schema()) for day in days)


def test_an_alert_that_expired_was_never_worked() -> None:
    worked, expired = LearnedTables(START).alerts([alert(1, 5), alert(2, 6, Disposition.NOT_WORKED)]).to_pylist()
    assert worked["worked"] == worked["closed"] == dt.datetime(2026, 1, 1, 0, 5, tzinfo=dt.UTC)
    assert (expired["worked"], expired["disposition"]) == (None, "not_worked")
