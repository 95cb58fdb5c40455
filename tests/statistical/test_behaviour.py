"""What a month of the bank looks like, in plain claims.

Thresholds are five standard errors, counted over independent units: customers for what they do, campaigns for fraud.
A claim that a share has some value first shows that the sample could contradict it; a claim that one share is more than
another needs no such thing: a sample that is too small fails it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fintxsim.dataset import Run
from fintxsim.population.customers import PopulationConfig
from tests.statistical.claims import Share, TooSmallSampleError, gini, share

WRONG_CREDENTIALS = ("14", "55", "63", "75", "82")
"""Card number, PIN, strong authentication, PIN tries, CVV."""


@pytest.fixture(scope="module")
def rows(january: Run) -> pd.DataFrame:
    """All transactions, with ``hour`` of the payer's day, ``is_fraud`` and ``campaign``."""
    frame = january.transactions()
    local = frame["event_time"] + pd.to_timedelta(frame["utc_offset_minutes"], unit="min")
    campaign = january.truth().set_index("transaction_id")["campaign_id"]
    return frame.assign(
        hour=local.dt.hour,
        is_fraud=frame["transaction_id"].isin(campaign.index),
        campaign=frame["transaction_id"].map(campaign),
    )


@pytest.fixture(scope="module")
def purchases(rows: pd.DataFrame) -> pd.DataFrame:
    """Genuine card purchases, approved or not."""
    return rows[(rows["rail"] == "card") & (rows["transaction_type"] == "purchase") & ~rows["is_fraud"]]


def test_segments_have_their_shares(january: Run) -> None:
    segments = january.table("data/customers")["segment"]
    for name, segment in PopulationConfig(customers=1).segments.items():
        found = float((segments == name).mean())
        error = float(np.sqrt(segment.share * (1 - segment.share) / len(segments)))
        assert Share(found, error).resolving(0.25).is_about(segment.share), name


def test_one_to_five_of_a_hundred_card_rows_are_refunds(rows: pd.DataFrame) -> None:
    """Card statements: .018 to .045 of approved rows (realism fact A11), with a fifth of slack."""
    wanted = (rows["rail"] == "card") & rows["is_approved"] & rows["transaction_type"].isin(["purchase", "refund"])
    card = rows[wanted & ~rows["is_fraud"]]
    refunds = share(card["transaction_type"] == "refund", card["customer_id"]).resolving(0.25)
    assert refunds.is_within(0.0144, 0.056)


def test_three_of_two_thousand_card_payments_are_reversed(rows: pd.DataFrame, purchases: pd.DataFrame) -> None:
    undone = rows[rows["transaction_type"] == "reversal"]["original_transaction_id"].dropna()
    approved = purchases[purchases["is_approved"]]
    reversed_ones = share(approved["transaction_id"].isin(undone), approved["customer_id"]).resolving(0.33)
    assert reversed_ones.is_about(0.0015)


def test_shops_are_quiet_at_night_and_web_shops_less_so(purchases: pd.DataFrame) -> None:
    by_hand = purchases[~purchases["is_recurring"]]

    def night(channel: str) -> Share:
        there = by_hand[by_hand["channel"] == channel]
        return share(there["hour"] < 6, there["customer_id"]).resolving(0.25)

    assert night("pos").is_within(0.002, 0.03)
    assert night("ecom").is_more_than(night("pos"), 2.0)
    assert night("ecom").is_within(0.03, 0.2)


def test_credentials_fail_more_often_in_a_web_shop_than_in_the_hand(purchases: pd.DataFrame) -> None:
    shown = purchases[~purchases["is_card_on_file"]]

    def failed(channel: str) -> Share:
        there = shown[shown["channel"] == channel]
        return share(there["response_code"].isin(WRONG_CREDENTIALS), there["customer_id"])

    assert failed("ecom").is_more_than(failed("pos"))


def test_card_not_present_is_declined_at_least_twice_as_often_as_card_present(purchases: pd.DataFrame) -> None:
    """About three times, says the model of the bank's answers; firms that charge by themselves are refused less often."""
    by_hand = purchases[~purchases["is_recurring"]]
    declined = (~by_hand["is_approved"]).groupby(by_hand["channel"].astype(str)).mean()
    assert declined["ecom"] >= 2.0 * declined["pos"]


def test_card_use_is_uneven_across_customers_as_in_real_data(purchases: pd.DataFrame) -> None:
    """Gini of purchases per active customer: .38 to .65 in card data (realism fact C1), with a fifth of slack."""
    counts = purchases[purchases["is_approved"]].groupby("customer_id").size()
    assert len(counts) > 1000
    assert 0.30 <= gini(counts) <= 0.72


def test_customers_make_about_48_payments_a_month(january: Run, rows: pd.DataFrame) -> None:
    """US consumers, 2024 (Federal Reserve, Diary of Consumer Payment Choice); within a fifth."""
    charges = rows["transaction_type"].isin(["fee", "interest"])
    paid = rows[rows["is_approved"] & (rows["direction"] == "debit") & ~charges & ~rows["is_fraud"]]
    everybody = january.table("data/customers")["customer_id"]
    counts = paid.groupby("customer_id").size().reindex(everybody, fill_value=0)
    error = float(counts.std()) / np.sqrt(len(counts))
    assert Share(float(counts.mean()), error).resolving(0.1).is_within(0.8 * 48.0, 1.2 * 48.0)


def test_eight_of_a_thousand_pins_are_mistyped(purchases: pd.DataFrame) -> None:
    typed = purchases[(purchases["channel"] == "pos") & (purchases["entry_mode"] == "chip")]
    reached = typed[typed["response_code"] != "75"]
    assert share(reached["response_code"] == "55", reached["customer_id"]).resolving(0.25).is_about(0.008)


def test_who_has_a_pay_day_is_paid_once_a_month(january: Run, rows: pd.DataFrame) -> None:
    paid = rows[rows["transaction_type"] == "salary"].groupby("customer_id").size()
    customers = january.table("data/customers").set_index("customer_id")["segment"]
    employed = customers[customers.isin(["salaried", "retiree"])].index
    counts = paid.reindex(employed, fill_value=0)
    assert len(counts) > 1000
    assert counts.between(1, 2).all()
    assert float((counts == 1).mean()) > 0.95


def test_fraud_is_declined_more_often_than_what_customers_buy(rows: pd.DataFrame, purchases: pd.DataFrame) -> None:
    web = purchases[purchases["channel"] == "ecom"]
    stolen = rows[rows["is_fraud"] & (rows["channel"] == "ecom")]
    refused = share(~stolen["is_approved"], stolen["campaign"])
    assert refused.is_more_than(share(~web["is_approved"], web["customer_id"]))


def test_fraud_is_more_of_the_traffic_at_night(rows: pd.DataFrame, purchases: pd.DataFrame) -> None:
    """Its count follows the volume of the day, its rate is higher at night."""
    web = purchases[(purchases["channel"] == "ecom") & ~purchases["is_recurring"]]
    stolen = rows[rows["is_fraud"] & (rows["channel"] == "ecom")]
    at_night = share(stolen["hour"] < 6, stolen["campaign"])
    assert at_night.is_more_than(share(web["hour"] < 6, web["customer_id"]))
    assert at_night.value < 0.5


def test_a_sample_that_can_show_nothing_is_refused() -> None:
    """The refusal itself: thirty coins cannot show a bias of a tenth."""
    coins = pd.Series([True, False] * 15)
    with pytest.raises(TooSmallSampleError, match="cannot show an error of 10%"):
        share(coins, pd.Series(range(30))).resolving(0.1)


def test_some_subscriptions_are_charged_every_week_and_most_every_month(purchases: pd.DataFrame) -> None:
    """An eighth of those to media; each brings four charges a month."""
    charges = purchases[purchases["is_recurring"]].sort_values("event_time")
    waited = charges.groupby(["customer_id", "merchant_id", "amount"])["event_time"].diff().dt.round("D").dt.days
    weekly = charges["customer_id"][waited == 7].nunique() / charges["customer_id"].nunique()
    assert 0.05 < weekly < 0.25


def test_firms_charge_stored_cards_in_a_run_of_their_own_at_night_or_before_noon(purchases: pd.DataFrame) -> None:
    charges = purchases[purchases["is_recurring"] & purchases["mcc"].isin(["4899", "7997"])]
    by_night = (charges["hour"] < 6).groupby(charges["merchant_id"]).mean()
    assert by_night.isin([0.0, 1.0]).all()
    assert charges["hour"].max() < 13
    assert 0.1 < by_night.mean() < 0.5


def test_known_payees_often_get_the_usual_sum(rows: pd.DataFrame) -> None:
    sent = rows[(rows["transaction_type"] == "transfer") & (rows["direction"] == "debit") & ~rows["is_fraud"]]
    sent = sent[sent["is_approved"] & (sent["payee_is_new"] == False) & (sent["channel"] != "batch")]  # noqa: E712
    again = share(sent.duplicated(["customer_id", "counterparty_account_id", "amount"]), sent["customer_id"])
    assert again.is_within(0.05, 0.4)
