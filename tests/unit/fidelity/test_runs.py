"""Payments of a run of ours: which rows count, as what, and in which scope."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fintxsim as fx
from fintxsim.errors import DamagedRunError, InputError, RunNotFoundError
from fintxsim.fidelity.payments import FRAUD, GENUINE, HOUR_US, NEITHER, UNKNOWN, Payments, text_ids
from fintxsim.fidelity.runs import RunPayments, find_scope
from fintxsim.fidelity.scopes import scope_named
from tests.unit.conftest import T0, Row, RunMaker, payment, transfer_side

T0_US = int(T0.timestamp()) * 1_000_000
CASH: Row = {"transaction_type": "cash_withdrawal", "channel": "atm"}
BACK: Row = {"transaction_type": "refund", "direction": "credit"}
WALLET: Row = {"rail": "wallet", "channel": "mobile_app", "card_id": None}
TO_AN_ACCOUNT: Row = {"transaction_type": "transfer", "merchant_id": None, "counterparty_account_id": 77, "mcc": None}


def found(run: Path, scope: str = "retail") -> Payments:
    """The payments of a small run, a part per file."""
    parts = list(RunPayments(fx.open_run(run), scope_named(scope)).batches())
    return Payments(*(np.concatenate([getattr(part, name) for part in parts]) for name in Payments.__slots__))


def run_of(make_run: RunMaker, *rows: Row, **tables: Any) -> Path:
    return make_run({"data/transactions": list(rows), **{f"{k}/{n}": v for (k, n), v in tables.items()}})


def test_times_are_the_payers_and_amounts_are_cents(make_run: RunMaker) -> None:
    rows = found(make_run())
    assert rows.time_us.tolist() == [T0_US + HOUR_US, T0_US + HOUR_US + 1_500 * 60_000_000]
    assert rows.cents.tolist() == [2_000, 9_999]


def test_declined_rows_and_other_rails_do_not_count(make_run: RunMaker) -> None:
    rows = found(make_run())
    assert (rows.customer.tolist(), rows.card.tolist(), rows.merchant.tolist()) == ([1, 1], [21, 21], [31, 31])


def test_frauds_are_those_of_the_truth(make_run: RunMaker) -> None:
    assert found(make_run()).fraud.tolist() == [GENUINE, FRAUD]


def test_rows_that_launder_are_neither(make_run: RunMaker) -> None:
    truth = {
        "transaction_id": 100,
        "is_fraud": False,
        "is_laundering": True,
        "is_anomaly": False,
        "never_reported": False,
    }
    assert found(make_run({"truth/transactions": [truth]})).fraud.tolist() == [NEITHER, GENUINE]


def test_refunds_are_negative(make_run: RunMaker) -> None:
    rows = found(run_of(make_run, payment(1, 0, 20.0), payment(2, 5, 7.5, **BACK)))
    assert (rows.cents.tolist(), rows.is_payment.tolist()) == ([2_000, -750], [True, True])


def test_cash_counts_for_frauds_alone(make_run: RunMaker) -> None:
    rows = found(run_of(make_run, payment(1, 0, 20.0), payment(2, 5, 50.0, **CASH)))
    assert rows.is_payment.tolist() == [True, False]


def test_the_scope_of_web_shops_leaves_tills_out(make_run: RunMaker) -> None:
    rows = found(run_of(make_run, payment(1, 0, 20.0), payment(2, 5, 50.0, channel="ecom")), "ecommerce")
    assert rows.is_payment.tolist() == [False, True]


def test_categories_are_merchant_category_codes(make_run: RunMaker) -> None:
    assert found(make_run()).category.tolist() == text_ids(["0742", "0742"]).tolist()


def test_payments_to_accounts_have_payees_that_no_merchant_is(make_run: RunMaker) -> None:
    to_shop, to_account = payment(1, 0, 20.0, **WALLET), payment(2, 5, 5.0, **(WALLET | TO_AN_ACCOUNT))
    rows = found(run_of(make_run, to_shop, to_account), "mobile_money")
    assert rows.merchant.tolist() == [31, UNKNOWN - 1 - 77]
    assert rows.category.tolist() == text_ids(["0742", "transfer"]).tolist()
    assert rows.card.tolist() == [11, 11]


def test_of_a_transfer_the_payers_side_counts(make_run: RunMaker) -> None:
    assert found(make_run(), "instant_payments").customer.tolist() == [1]


# --- scopes ---------------------------------------------------------------------------------------------


def scope(make_run: RunMaker, *rows: Row) -> str:
    return find_scope(fx.open_run(run_of(make_run, *rows))).name


def test_a_bank_with_cards_and_transfers_is_retail(make_run: RunMaker) -> None:
    assert find_scope(fx.open_run(make_run())).name == "retail"


def test_cards_alone_are_cards(make_run: RunMaker) -> None:
    assert scope(make_run, payment(1, 0, 20.0), payment(2, 5, 7.5, **BACK)) == "cards"


def test_web_shops_alone_are_ecommerce(make_run: RunMaker) -> None:
    assert scope(make_run, payment(1, 0, 20.0, channel="ecom")) == "ecommerce"


def test_wallets_are_mobile_money(make_run: RunMaker) -> None:
    assert scope(make_run, payment(1, 0, 20.0, **WALLET)) == "mobile_money"


def test_transfers_alone_are_instant_payments(make_run: RunMaker) -> None:
    sides = (transfer_side(1, 10, "debit", 11, 1), transfer_side(2, 10, "credit", 12, 1))
    assert scope(make_run, *sides) == "instant_payments"


def test_a_named_scope_is_not_looked_for(make_run: RunMaker) -> None:
    assert fx.measure_fidelity(make_run(), scope="cards").scope == "cards"


# --- refusals -------------------------------------------------------------------------------------------


def test_a_run_without_payments_is_refused(make_run: RunMaker) -> None:
    with pytest.raises(InputError, match="holds no approved payment"):
        fx.measure_fidelity(make_run({"data/transactions": []}))


def test_a_scope_that_the_run_has_not_is_refused(make_run: RunMaker) -> None:
    with pytest.raises(
        InputError, match="holds no payments from mobile wallets; name another scope with --scope, one of retail"
    ):
        fx.measure_fidelity(make_run(), scope="mobile_money")


def test_a_directory_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError):
        fx.measure_fidelity(tmp_path)


@pytest.mark.parametrize("table", ["data/transactions", "truth/transactions"])
def test_a_file_that_cannot_be_read_is_damage(make_run: RunMaker, table: str) -> None:
    run = make_run()
    for file in (run / table).iterdir():
        file.write_bytes(b"no parquet")
    with pytest.raises(DamagedRunError, match="see `fintxsim verify`"):
        fx.measure_fidelity(run, scope="retail")


def test_a_map_without_a_reference_is_refused(make_run: RunMaker) -> None:
    with pytest.raises(InputError, match="a map of columns is for a reference; name one, or leave the map out"):
        fx.measure_fidelity(make_run(), columns={"time": "t"})


# --- whole runs -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> fx.Run:
    """A small run of the flagship."""
    place = tmp_path_factory.mktemp("fidelity") / "run"
    return fx.generate("retail_bank", place, days=21, scale=0.02, seed=3)


def test_a_run_may_be_open_already(quick: fx.Run) -> None:
    assert fx.measure_fidelity(quick) == fx.measure_fidelity(quick.path)


def test_all_approved_card_payments_are_looked_at(quick: fx.Run) -> None:
    rows = quick.transactions(columns=["rail", "transaction_type", "is_approved"])
    wanted = rows["is_approved"] & (rows["rail"] == "card") & rows["transaction_type"].isin(["purchase", "refund"])
    assert fx.measure_fidelity(quick).rows == int(wanted.sum())


def test_a_run_is_like_itself(quick: fx.Run, tmp_path: Path) -> None:
    """Its own payments as a reference: nothing fails, and every distance is 0."""
    rows = quick.transactions()
    rows = rows[rows["is_approved"] & (rows["rail"] == "card") & rows["transaction_type"].isin(["purchase", "refund"])]
    sign = np.where(rows["transaction_type"] == "refund", -1.0, 1.0)
    local = rows["event_time"].dt.tz_localize(None) + rows["utc_offset_minutes"].astype("timedelta64[m]")
    rows.assign(amount=rows["amount_billing"] * sign, local=local).to_parquet(tmp_path / "own.parquet")
    columns = {
        "time": "local", "amount": "amount", "customer": "customer_id", "merchant": "merchant_id", "category": "mcc",
        "card": "card_id",
    }  # fmt: skip
    report = fx.measure_fidelity(quick, reference=tmp_path / "own.parquet", columns=columns)
    assert report.is_good
    assert {fact.id for fact in report.facts if fact.value is not None and fact.value != fact.reference} == set()
    assert {d.value for d in report.distances if d.name != "daily counts"} == {0.0}
