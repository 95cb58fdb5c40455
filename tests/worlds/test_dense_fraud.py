"""Far more fraud than any bank has, in a small bank: columns that once gave it away there do so no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from fintxsim import columns as c
from fintxsim.leaks import runs
from fintxsim.leaks.gates import behaviour_gate
from fintxsim.leaks.scores import column_score
from fintxsim.leaks.subject import Subject
from tests.worlds.kit import make

CUSTOMERS, DAYS = 2500, 20
# Campaigns per million customer-days: about three times those of the shipped scenarios.
PRESSURE = {"card_testing": 650, "stolen_details_cnp": 1050, "refund_abuse": 1000}
ONCE_LEAKS = {"amount", "avs_result", "cvv_result", "entry_mode", "mcc", "merchant_country", "transaction_type"}


@pytest.mark.parametrize(("name", "pressure"), PRESSURE.items())
def test_columns_that_once_told_of_fraud_stay_below_the_gate(tmp_path: Path, name: str, pressure: int) -> None:
    """An audit asks for evidence, too; here the average precision itself must stay below."""
    run = make(tmp_path, customers=CUSTOMERS, days=DAYS, typologies={name: {"pressure": pressure}})
    rows = Subject(runs.RunTransactions(run), runs.transaction_roles(), c.TRANSACTIONS.path)
    assert len(rows.cases.frauds) > 150, "the sample is too small"
    scores = {
        feature.name: column_score(rows.cases, rows.cases.plain, bins, feature.name).average_precision
        for feature, bins in zip(rows.features, rows.bins, strict=True)
        if feature.name in ONCE_LEAKS
    }
    assert scores.keys() == ONCE_LEAKS
    assert {name: score for name, score in scores.items() if score > behaviour_gate(rows.base)} == {}
