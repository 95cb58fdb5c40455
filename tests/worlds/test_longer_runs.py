"""A longer run begins with the shorter one: nobody in the world knows when the run will end."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from fintxsim import columns as c
from fintxsim.dataset import Run
from fintxsim.lookalikes import LOOKALIKES
from tests.worlds.kit import CNP, START, TAKEOVER, make

SHORT, LONG = 10, 30
PARTS: dict[str, Any] = {
    "anomalies": {kind.name: {"rate_bps": 60} for kind in LOOKALIKES},
    "customers": 1500,
    "typologies": {CNP: {"rate_bps": 100}, TAKEOVER: {"rate_bps": 50}},
}
DATED = [table for table in c.TABLES if table.time in ("event_time", "valid_from", "label_time")]


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make(tmp_path_factory.mktemp("short"), days=SHORT, **PARTS)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make(tmp_path_factory.mktemp("long"), days=LONG, **PARTS)


def end_of(run: Run) -> pd.Timestamp:
    return pd.Timestamp(run.manifest.end_time)


@pytest.mark.parametrize("table", DATED, ids=lambda table: table.path)
def test_rows_dated_inside_the_shorter_run_are_the_same(short: Run, long: Run, table: c.Table) -> None:
    few, many = (run.table(table.path, end=end_of(short)) for run in (short, long))
    assert len(few) > 0
    pd.testing.assert_frame_equal(many, few)


def test_the_truth_of_shared_transactions_is_the_same(short: Run, long: Run) -> None:
    few, many = short.truth(), long.truth()
    shared = short.transactions(columns=["transaction_id"])["transaction_id"]
    assert len(few) > 100
    pd.testing.assert_frame_equal(many[many["transaction_id"].isin(shared)].reset_index(drop=True), few)


def test_the_same_customers_are_touched_on_the_same_days(short: Run, long: Run) -> None:
    few, many = short.truth("touched"), long.truth("touched")
    end = pd.Timestamp(START) + pd.Timedelta(days=SHORT)
    pd.testing.assert_frame_equal(many[many["first_day"] < end].reset_index(drop=True), few)


def test_a_campaign_that_ended_in_the_shorter_run_is_the_same(short: Run, long: Run) -> None:
    """But for what the bank gets back later: how soon it hears depends on how busy its analysts are by then."""
    few, many = (run.truth("campaigns").drop(columns="recovered") for run in (short, long))
    few = few[few["end"].notna()].reset_index(drop=True)
    assert len(few) > 10
    pd.testing.assert_frame_equal(many[many["campaign_id"].isin(few["campaign_id"])].reset_index(drop=True), few)
