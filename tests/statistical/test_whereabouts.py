"""A customer is in one place at a time: nobody pays here, and minutes later a hundred kilometres away.

Only what is paid in person counts. Limits are far above what a run has, and far below what it would have if each
payment took its town by itself: one in forty faster than 160 km/h, a quarter of those within an hour far apart.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fintxsim.dataset import Run
from tests.statistical.claims import share
from tests.worlds.kit import make

FAR_KM, FAST_KM_PER_HOUR = 25.0, 160.0
LOOKALIKES = ("holiday_abroad", "house_move", "payday_splurge", "festival_merchant", "refund_season")


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Six weeks of customers who travel a lot, with look-alikes."""
    return make(
        tmp_path_factory.mktemp("lively"), customers=1200, days=42, behaviour={"trips": 6.0},
        anomalies={name: {"rate_bps": 150} for name in LOOKALIKES},
    )  # fmt: skip


@pytest.fixture(scope="module", params=["january", "lively"])
def run(request: pytest.FixtureRequest) -> Run:
    found: Run = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def moves(run: Run) -> pd.DataFrame:
    """Genuine rows in person, look-alikes among them, each with the kilometres and hours since the customer's last one."""
    rows, shops = run.transactions(), run.table("data/merchants").set_index("merchant_id")
    crimes = run.truth().dropna(subset=["typology"])["transaction_id"]
    rows = rows[rows["channel"].isin(["pos", "atm"]) & ~rows["transaction_id"].isin(crimes)]
    rows = rows.assign(lat=rows["merchant_id"].map(shops["lat"]), lon=rows["merchant_id"].map(shops["lon"]))
    rows = rows[rows["lat"].notna()].sort_values(["customer_id", "event_time"])
    before = rows.groupby("customer_id")[["lat", "lon", "event_time"]].shift()
    hours = (rows["event_time"] - before["event_time"]).dt.total_seconds() / 3600.0
    moves = rows.assign(hours=hours, km=great_circle_km(rows, before))
    return moves[before["lat"].notna()]


def great_circle_km(a: pd.DataFrame, b: pd.DataFrame) -> pd.Series:
    lat_a, lat_b, degrees = np.radians(a["lat"]), np.radians(b["lat"]), np.radians(a["lon"] - b["lon"])
    half = np.sin((lat_a - lat_b) / 2.0) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin(degrees / 2.0) ** 2
    return pd.Series(2.0 * 6371.0 * np.arcsin(np.sqrt(half)), a.index)


def test_nobody_is_faster_than_a_train(moves: pd.DataFrame) -> None:
    """Flights may be: in fewer than one row of a thousand."""
    too_fast = (moves["km"] > FAR_KM) & (moves["km"] > FAST_KM_PER_HOUR * moves["hours"])
    assert len(moves) > 20_000
    assert float(too_fast.mean()) < 0.001


def test_what_is_paid_within_an_hour_is_paid_near_by(moves: pd.DataFrame) -> None:
    soon = moves[moves["hours"] < 1.0]
    assert len(soon) > 2_000
    assert float((soon["km"] > FAR_KM).mean()) < 0.02


def test_within_a_day_customers_are_in_two_towns_of_their_country_at_most(run: Run, moves: pd.DataFrame) -> None:
    """But for trips, which begin and end in a third one."""
    towns = moves["merchant_id"].map(run.table("data/merchants").set_index("merchant_id")["city"]).astype(str)
    local = moves["event_time"] + pd.to_timedelta(moves["utc_offset_minutes"], unit="min")
    seen = towns.groupby([moves["customer_id"], local.dt.date]).nunique()
    assert len(seen) > 10_000
    assert float((seen > 2).mean()) < 0.001


def test_a_third_of_purchases_is_made_in_other_towns(january: Run) -> None:
    """As many as gravity brings there when each goes by itself; who stays at home cannot be too fast."""
    shops = january.table("data/merchants").set_index("merchant_id")["city"].astype(str)
    homes = january.table("data/customers").set_index("customer_id")["home_city"].astype(str)
    rows = january.transactions()
    rows = rows[rows["channel"] == "pos"]
    elsewhere = rows["merchant_id"].map(shops) != rows["customer_id"].map(homes)
    assert share(elsewhere, rows["customer_id"]).resolving(0.25).is_within(0.30, 0.42)
