"""A small hand-made run: two days, two customers, one fraud, one transfer between them, one label."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from fintxsim import columns as c
from fintxsim.manifest import BookEntry, FraudEntry, Manifest
from fintxsim.run.store import RunStore

Row = dict[str, Any]
Tables = dict[str, list[Row]]

T0 = dt.datetime(2026, 1, 1, 8, tzinfo=dt.UTC)
OPENED = dt.datetime(2025, 12, 31, 23, tzinfo=dt.UTC)  # midnight of the first day in Amsterdam


def minutes(count: int) -> dt.datetime:
    """A time after the first morning."""
    return T0 + dt.timedelta(minutes=count)


def as_table(table: c.Table, rows: list[Row]) -> pa.Table:
    """Rows with the declared types; columns that a row leaves out are null."""
    full = [{column.name: row.get(column.name) for column in table} for row in rows]
    return pa.Table.from_pylist(full, schema=table.schema())


def payment(number: int, at: int, amount: float, **changes: Any) -> Row:
    """An approved card purchase of customer 1."""
    row: Row = {
        "transaction_id": number,
        "event_time": minutes(at),
        "utc_offset_minutes": 60,
        "transaction_type": "purchase",
        "rail": "card",
        "channel": "pos",
        "entry_mode": "chip",
        "amount": amount,
        "currency": "EUR",
        "direction": "debit",
        "amount_billing": amount,
        "billing_currency": "EUR",
        "customer_id": 1,
        "account_id": 11,
        "card_id": 21,
        "merchant_id": 31,
        "terminal_id": 41,
        "mcc": "0742",
        "merchant_country": "NL",
        "is_recurring": False,
        "is_card_on_file": False,
        "response_code": "00",
        "is_approved": True,
        "settled_time": minutes(at + 1440),
        "incumbent_score": 0.1,
        "incumbent_action": "approve",
    }
    return row | changes


def transfer_side(number: int, at: int, direction: str, account: int, transfer: int) -> Row:
    """One side of a transfer of 10.00 between the customers."""
    bare = dict.fromkeys(("card_id", "merchant_id", "terminal_id", "mcc", "merchant_country", "response_code"))
    return payment(number, at, 10.0, **bare) | {
        "transaction_type": "transfer",
        "rail": "instant",
        "channel": "mobile_app",
        "entry_mode": "none",
        "direction": direction,
        "transfer_id": transfer,
        "customer_id": account - 10,
        "account_id": account,
        "device_id": 51,
    }


def small_tables() -> Tables:
    """Rows of every table by path."""
    customer: Row = {
        "valid_from": OPENED,
        "segment": "salaried",
        "age_band": "35-44",
        "customer_since": dt.date(2020, 1, 1),
        "home_country": "NL",
        "home_city": "Utrecht",
        "home_lat": 52.1,
        "home_lon": 5.1,
        "address_id": 61,
        "phone_id": 62,
        "income_band": "2-3k",
        "is_business": False,
    }
    account: Row = {
        "valid_from": OPENED,
        "kind": "current",
        "opened": dt.date(2026, 1, 1),
        "limit": 0.0,
        "currency": "EUR",
    }
    return {
        "data/transactions": [
            payment(100, 0, 20.0),
            payment(200, 5, 5.5, is_approved=False, response_code="51", settled_time=None),
            transfer_side(300, 10, "debit", 11, 300),
            transfer_side(301, 10, "credit", 12, 300),
            payment(400, 1500, 99.99),
        ],
        "data/events": [
            {
                "event_id": 1,
                "event_time": minutes(9),
                "event_type": "login",
                "customer_id": 1,
                "device_id": 51,
                "channel": "mobile_app",
            }
        ],
        "data/customers": [customer | {"customer_id": 1}, customer | {"customer_id": 2}],
        "data/accounts": [
            account | {"account_id": 11, "customer_id": 1},
            account | {"account_id": 12, "customer_id": 2, "kind": "savings"},
        ],
        "data/cards": [
            {
                "valid_from": OPENED,
                "card_id": 21,
                "account_id": 11,
                "customer_id": 1,
                "scheme": "Lumo",
                "funding": "debit",
                "bin_token": 7,
                "issued": dt.date(2024, 5, 1),
                "expires": dt.date(2028, 5, 31),
            }
        ],
        "data/merchants": [
            {
                "valid_from": OPENED,
                "merchant_id": 31,
                "name": "Bakery Blom",
                "mcc": "0742",
                "opened": dt.date(2019, 1, 1),
                "country": "NL",
                "is_online": False,
                "acquirer": "Acme",
            }
        ],
        "data/terminals": [{"valid_from": OPENED, "terminal_id": 41, "merchant_id": 31, "kind": "pos"}],
        "data/devices": [
            {
                "valid_from": OPENED,
                "device_id": 51,
                "os": "android",
                "kind": "phone",
                "first_seen": dt.date(2025, 1, 1),
            }
        ],
        "labels/labels": [
            {
                "label_id": 1,
                "transaction_id": 400,
                "label_time": minutes(3000),
                "label": "disputed",
                "source": "chargeback",
            },
            {
                "label_id": 2,
                "transaction_id": 400,
                "label_time": minutes(6000),
                "label": "fraud",
                "source": "alert_confirmed",
                "supersedes": 1,
            },
        ],
        "labels/alerts": [
            {
                "alert_id": 1,
                "transaction_id": 200,
                "created": minutes(5),
                "worked": minutes(60),
                "closed": minutes(60),
                "disposition": "false_positive",
            },
            {
                "alert_id": 2,
                "transaction_id": 400,
                "created": minutes(1500),
                "closed": minutes(4500),
                "disposition": "not_worked",
            },
        ],
        "truth/transactions": [
            {
                "transaction_id": 400,
                "is_fraud": True,
                "typology": "stolen_details_cnp",
                "campaign_id": 1,
                "campaign_step": 0,
                "role": "victim",
                "fraud_party": "third_party",
                "is_laundering": False,
                "fraudster_id": 1,
                "authorised_party": False,
                "observation_class": "third_party_reported",
                "is_anomaly": False,
                "loss_amount": 99.99,
                "never_reported": False,
            }
        ],
        "truth/campaigns": [
            {
                "campaign_id": 1,
                "typology": "stolen_details_cnp",
                "fraudster_id": 1,
                "start": minutes(1400),
                "n_transactions": 1,
                "gross": 99.99,
                "net_loss": 99.99,
                "recovered": 20.0,
                "n_victims": 1,
                "entry_point": "breach",
                "camouflage": 0.0,
            }
        ],
        "truth/actors": [
            {"fraudster_id": 1, "typology": "stolen_details_cnp", "skill": 0.5, "patience": 3, "n_devices": 1}
        ],
        "truth/windows": [],
        "truth/touched": [],
    }


def small_manifest(**changes: Any) -> Manifest:
    """The manifest that fits ``small_tables``; money by hand: 20.00 + 99.99 spent, 10.00 moved."""
    fraud = FraudEntry(
        typology="stolen_details_cnp",
        requested_bps=3000.0,
        pressure=1.0,
        campaigns=1,
        approved_frauds=1,
        approved_fraud_value=99.99,
        expected=0.9,
        realised_bps_count=1e4 / 3,
        realised_bps_value=1e4 * 99.99 / 129.99,
        low_bps=1000.0,
        high_bps=5000.0,
        status="reached",
    )
    fields: dict[str, Any] = {
        "fintxsim_version": "0.1.0",
        "versions": {"pyarrow": pa.__version__},
        "command": "fintxsim generate small",
        "name": "small",
        "seed": 7,
        "scenario_digest": "0" * 64,
        "timezone": "Europe/Amsterdam",
        "start_date": "2026-01-01",
        "days": 2,
        "end_time": "2026-01-02T23:00:00Z",
        "currency": "EUR",
        "currency_exponents": {"EUR": 2},
        "approved_transactions": 3,
        "approved_value": 129.99,
        "fraud": (fraud,),
        "ledger": (
            _book("bank:card", -30_000, 0, 11_999),
            _book("bank:transit", 0, 1_000, 1_000),
            _book("customers:current", 20_000, 12_999, 0),
            _book("customers:savings", 10_000, 0, 1_000),
        ),
    }
    return Manifest(**(fields | changes))


def _book(name: str, opening: int, debits: int, credits: int) -> BookEntry:
    return BookEntry(
        book=name,
        currency="EUR",
        opening_minor=opening,
        debits_minor=debits,
        credits_minor=credits,
        closing_minor=opening + credits - debits,
    )


def write_run(path: Path, tables: Tables, manifest: Manifest, *, overwrite: bool = False) -> Path:
    """Write the tables with RunStore, the transactions as one file per day."""
    with RunStore.open(path, overwrite=overwrite) as store:
        for table_path, rows in tables.items():
            table = c.table(table_path)
            if table is c.TRANSACTIONS:
                store.append(table, as_table(table, rows[:4]), "2026-01-01.parquet")
                store.append(table, as_table(table, rows[4:]), "2026-01-02.parquet")
            elif rows:
                store.append(table, as_table(table, rows), "all.parquet")
        store.add_text("notes.txt", "hello\n")
        return store.finish(manifest)


RunMaker = Callable[..., Path]


@pytest.fixture
def make_run(tmp_path: Path) -> RunMaker:
    """Writes the small run; takes changes to its tables, manifest fields as keywords."""

    def make(tables: Tables | None = None, /, **changes: Any) -> Path:
        return write_run(tmp_path / "small", small_tables() | (tables or {}), small_manifest(**changes))

    return make


@pytest.fixture
def tables() -> Tables:
    """Rows of the small run, to be changed by a test."""
    return small_tables()
