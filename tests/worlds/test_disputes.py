"""Disputes of a run fit the card, how it was paid, and the hours of those who make them."""

from __future__ import annotations

import pandas as pd
import pytest

from fintxsim.dataset import Run
from tests.worlds.kit import TAKEOVER, make

PRESENT = ("chip", "contactless", "magstripe", "fallback")
FAMILIES = {
    "Meridian": {"10.3", "10.4", "13.1", "13.3"},
    "Corvo": {"4837", "4853"},
    "Union Azul": {"UA01", "UA02", "RG", "RM"},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    crimes = {name: {"pressure": 4000} for name in ("friendly_fraud", "lost_or_stolen_card", TAKEOVER)}
    return make(tmp_path_factory.mktemp("disputes"), customers=1500, days=20, typologies=crimes)


@pytest.fixture(scope="module")
def labels(run: Run) -> pd.DataFrame:
    rows = run.transactions(columns=["transaction_id", "customer_id", "card_id", "entry_mode"])
    both = run.table("labels/labels").merge(rows, on="transaction_id", validate="many_to_one")
    local = both["label_time"].dt.tz_convert(run.manifest.timezone)
    return both.assign(hour=local.dt.hour, weekday=local.dt.day_of_week)


@pytest.fixture(scope="module")
def disputes(run: Run, labels: pd.DataFrame) -> pd.DataFrame:
    """Claims about card payments, with the scheme that data/cards gives the card."""
    cards = run.table("data/cards")[["card_id", "scheme"]].drop_duplicates("card_id")
    found = labels[labels["reason_code"].notna() & labels["card_id"].notna()]
    return found.merge(cards, on="card_id", validate="many_to_one")


def test_the_code_of_a_dispute_is_one_of_its_card_s_scheme(disputes: pd.DataFrame) -> None:
    assert set(disputes["scheme"].astype(str)) == set(FAMILIES)
    for scheme, codes in disputes.groupby("scheme", observed=True)["reason_code"]:
        assert set(codes) <= FAMILIES[str(scheme)]
    assert disputes["card_id"].duplicated().sum() > 20  # so that a card had the chance to be of two


def test_codes_for_absent_cards_and_goods_that_never_came_are_about_remote_purchases_alone(
    disputes: pd.DataFrame,
) -> None:
    is_present = disputes["entry_mode"].isin(PRESENT)
    assert set(disputes["reason_code"][is_present]) >= {"10.3", "13.3", "UA01"}
    assert not set(disputes["reason_code"][is_present]) & {"10.4", "UA02", "13.1", "RG"}
    assert set(disputes["reason_code"][~is_present]) >= {"10.4", "UA02", "13.1", "RG"}
    assert not set(disputes["reason_code"][~is_present]) & {"10.3", "UA01"}


def test_victims_speak_by_day_and_few_at_night(labels: pd.DataFrame) -> None:
    reports = labels[labels["source"] == "customer_report"]
    assert len(reports) > 100
    assert (reports["hour"] < 6).mean() < 0.06
    assert reports["weekday"].nunique() == 7


def test_chargebacks_are_booked_on_weekdays_in_office_hours(labels: pd.DataFrame) -> None:
    booked = labels[labels["source"] == "chargeback"]
    assert len(booked) > 100
    assert set(booked["weekday"]) == set(range(5))
    assert booked["hour"].between(9, 17).all()  # after 17 what a clerk finishes
