"""Far more fraud than any bank has, in a small bank: no column may give it away even then."""

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
PRESSURE = {"card_testing": 650, "stolen_details_cnp": 1300, "refund_abuse": 1200}


@pytest.mark.parametrize(("name", "pressure"), PRESSURE.items())
def test_no_column_alone_exceeds_the_gate_by_its_average_precision(tmp_path: Path, name: str, pressure: int) -> None:
    """Of an audit's evidence, too, more is asked; here the average precision itself must stay below the gate."""
    run = make(tmp_path, customers=CUSTOMERS, days=DAYS, typologies={name: {"pressure": pressure}})
    rows = Subject(runs.RunTransactions(run), runs.transaction_roles(), c.TRANSACTIONS.path)
    assert len(rows.cases.frauds) > 150, "the sample is too small"
    found = zip(rows.features, rows.bins, strict=True)
    scores = {feature.name: column_score(rows.cases, rows.cases.plain, bins, feature.name) for feature, bins in found}
    gate = behaviour_gate(rows.base)
    assert {name: score.average_precision for name, score in scores.items() if score.average_precision > gate} == {}
