"""Crimes and look-alikes become one table in order of time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from fintxsim import columns as c
from fintxsim.fraud import OffendingRow
from fintxsim.lookalikes import LOOKALIKES
from fintxsim.run.truth import LookalikeRows, lookalike_rows, truth_table
from fintxsim.typologies import TYPOLOGIES
from fintxsim.typologies.door import Part
from fintxsim.vocabulary import Direction, FraudParty, Role

CAR, PHONE = LOOKALIKES[9], LOOKALIKES[2]


def crime(time: int, **changes: Any) -> OffendingRow:
    fields = {
        "time": time, "typology": TYPOLOGIES[0], "party": FraudParty.THIRD_PARTY, "part": Part(Role.VICTIM), "campaign": 7,
        "step": 0, "fraudster": 9,
        "loss": 1250, "never_reported": False, "approved": True, "billing": 1250,
    }  # fmt: skip
    return OffendingRow(**(fields | changes))


def day(*rows: tuple[int, int, int, int, int]) -> dict[str, npt.NDArray[Any]]:
    """Columns of rows given as time, number of the look-alike, approved, direction and transfer."""
    times, numbers, approved, direction, transfer = np.array(rows, np.int64).reshape(-1, 5).T
    small = {"anomaly": numbers, "is_approved": approved, "direction": direction}
    columns = {name: values.astype(np.int8) for name, values in small.items()}
    return columns | {"event_time": times, "transfer_id": transfer}


DEBIT, CREDIT = int(Direction.DEBIT), int(Direction.CREDIT)
TODAY = day(
    (10, 0, 1, DEBIT, -1), (20, CAR.number, 1, DEBIT, 20), (21, CAR.number, 1, CREDIT, 20),
    (30, PHONE.number, 0, DEBIT, -1), (40, PHONE.number, 1, CREDIT, -1),
)  # fmt: skip


def table(*crimes: OffendingRow, today: dict[str, npt.NDArray[Any]] = TODAY) -> pa.Table:
    return truth_table(crimes, lookalike_rows(today, crimes), 1, 100.0)


def test_rows_come_in_order_of_time() -> None:
    assert table(crime(35), crime(5)).column("transaction_id").to_pylist() == [5, 20, 21, 30, 35, 40]


def test_plain_rows_are_left_out() -> None:
    assert 10 not in table().column("transaction_id").to_pylist()


def test_crimes_are_told_from_look_alikes() -> None:
    rows = table(crime(35)).to_pylist()
    assert [row["is_fraud"] for row in rows] == [False, False, False, True, False]
    assert [row["is_anomaly"] for row in rows] == [True, True, True, False, True]
    assert [row["anomaly_kind"] for row in rows] == ["car_payee", "car_payee", "new_phone", None, "new_phone"]


def test_what_is_said_of_crime_is_null_for_a_look_alike() -> None:
    benign, fraud = table(crime(35)).to_pylist()[2:4]
    said = {name for name, value in fraud.items() if value is not None}
    assert said - {name for name, value in benign.items() if value is not None} == {
        "typology", "campaign_id", "campaign_step", "role", "fraud_party", "fraudster_id", "authorised_party",
        "observation_class", "loss_amount",
    }  # fmt: skip
    assert (benign["is_laundering"], benign["never_reported"]) == (False, False)


def test_a_crime_keeps_what_is_known_of_it() -> None:
    row = table(crime(35, part=Part(Role.MULE, authorised_party=True), never_reported=True)).to_pylist()[3]
    assert (row["role"], row["authorised_party"], row["never_reported"]) == ("mule", True, True)
    assert (row["loss_amount"], row["campaign_id"], row["typology"]) == (12.5, 7, TYPOLOGIES[0].name)


def test_a_crime_is_no_look_alike() -> None:
    rows = table(crime(20)).to_pylist()
    assert [(row["is_fraud"], row["is_anomaly"]) for row in rows if row["transaction_id"] == 20] == [(True, False)]


def test_the_table_has_the_declared_types() -> None:
    assert table(crime(5)).schema.equals(c.TRUTH_TRANSACTIONS.schema())
    assert table(today=day()).num_rows == 0


@pytest.mark.parametrize(("number", "rows", "counted"), [(CAR.number, 2, 1), (PHONE.number, 2, 1), (1, 0, 0)])
def test_rates_count_approved_rows_but_not_the_credit_side_of_a_transfer(number: int, rows: int, counted: int) -> None:
    tally = lookalike_rows(TODAY, ()).tally()
    assert (tally[0, number], tally[1, number]) == (rows, counted)


def test_a_day_without_look_alikes_has_none() -> None:
    empty: LookalikeRows = lookalike_rows(day((10, 0, 1, DEBIT, -1)), ())
    assert empty.tally().sum() == 0
