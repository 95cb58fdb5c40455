"""One damage per test; the check that must notice it, and in which words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fintxsim.errors import RunNotFoundError
from fintxsim.manifest import AnomalyEntry, BookEntry
from fintxsim.verify import CHECKS, Outcome, VerifyReport, verify_run
from tests.unit.conftest import OPENED, Row, RunMaker, Tables, minutes, payment, small_manifest, transfer_side

DAY_1 = "data/transactions/2026-01-01.parquet"
DAY_2 = "data/transactions/2026-01-02.parquet"


def failed(report: VerifyReport) -> set[str]:
    return {result.name for result in report.results if result.outcome is Outcome.FAIL}


def words(report: VerifyReport, check: str) -> str:
    return "\n".join(map(str, report[check].findings))


def test_a_whole_run_passes_every_check(make_run: RunMaker) -> None:
    report = verify_run(make_run(), leaks=False)
    assert [str(result.outcome) for result in report.results] == ["pass"] * len(CHECKS)
    assert not report.failed


def test_names_of_checks_are_unique() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_a_directory_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError):
        verify_run(tmp_path)


def test_a_run_without_any_row_passes(make_run: RunMaker) -> None:
    empty: Tables = {
        path: [] for path in ("data/events", "labels/labels", "labels/alerts", "truth/transactions", "truth/campaigns")
    }
    report = verify_run(make_run(empty | {"data/transactions": []}, **NOTHING))
    assert not report.failed
    assert list(report.lines())[: len(CHECKS)] == [f"pass           {check.name}" for check in CHECKS]


NOTHING: dict[str, Any] = {"approved_transactions": 0, "approved_value": 0.0, "fraud": (), "ledger": ()}


# --- damage to files ------------------------------------------------------------------------------------


def flip(run: Path) -> None:
    """Change one bit in the middle of a file."""
    data = bytearray((run / DAY_1).read_bytes())
    data[len(data) // 3] ^= 1
    (run / DAY_1).write_bytes(data)


def truncate(run: Path) -> None:
    (run / DAY_1).write_bytes((run / DAY_1).read_bytes()[:-100])


def unlink(run: Path) -> None:
    (run / DAY_1).unlink()


def replace_by_directory(run: Path) -> None:
    unlink(run)
    (run / DAY_1).mkdir()


def add(run: Path) -> None:
    (run / "data" / ".part.crc").touch()


def change_text(run: Path) -> None:
    (run / "notes.txt").write_text("hallo\n")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (flip, f"{DAY_1}: SHA-256 is"),
        (truncate, f"{DAY_1}: size is"),
        (unlink, f"{DAY_1}: missing file"),
        (replace_by_directory, f"{DAY_1}: missing file"),
        (add, "data/.part.crc: extra file"),
        (lambda run: (run / "data/report.html").touch(), "data/report.html: extra file"),
        (lambda run: (run / ".report.html.tmp2").touch(), ".report.html.tmp2: extra file"),
        (change_text, "notes.txt: SHA-256 is"),
    ],
)
def test_damage_to_files_is_found(make_run: RunMaker, damage: Callable[[Path], None], message: str) -> None:
    run = make_run()
    damage(run)
    assert words(verify_run(run), "files").startswith(message)


@pytest.mark.parametrize("name", ["report.html", ".report.html.4711.tmp"])
def test_a_page_and_what_is_left_of_an_unfinished_one_are_no_damage(make_run: RunMaker, name: str) -> None:
    run = make_run()
    (run / name).write_text("anything")
    assert verify_run(run)["files"].outcome is Outcome.PASS


@pytest.mark.parametrize("damage", [truncate, unlink])
def test_what_cannot_be_read_is_not_evaluated_and_fails_the_report(
    make_run: RunMaker, damage: Callable[[Path], None]
) -> None:
    run = make_run()
    damage(run)
    report = verify_run(run)
    assert report.failed
    assert report["money"].outcome is Outcome.NOT_EVALUATED
    assert f"{DAY_1} cannot be read" in report["money"].reason


def test_a_report_that_only_lacks_an_answer_has_failed(make_run: RunMaker) -> None:
    report = verify_run(make_run())
    assert VerifyReport(report.path, (report["money"].__class__("x", Outcome.NOT_EVALUATED),)).failed


def rewrite(run: Path, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Replace a file by one that reads well but holds something else."""
    changed = change(pq.ParquetFile(run / name).read())
    pq.write_table(changed, run / name)


def test_the_same_values_in_other_bytes_fail_files_alone(make_run: RunMaker) -> None:
    run = make_run()
    rewrite(run, DAY_1, lambda rows: rows)
    assert failed(verify_run(run)) == {"files"}


def test_a_changed_value_fails_the_digest_of_its_file_and_table(make_run: RunMaker) -> None:
    run = make_run()
    rewrite(run, DAY_2, lambda rows: _set(rows, "incumbent_score", 0.2))
    found = words(verify_run(run), "values")
    assert f"{DAY_2}: digest of the values is" in found
    assert "data/transactions: digest of the values is" in found


def test_a_lost_row_fails_the_number_of_rows(make_run: RunMaker) -> None:
    run = make_run()
    rewrite(run, DAY_1, lambda rows: rows.slice(1))
    assert f"{DAY_1}: 3 rows, the manifest says 4" in words(verify_run(run), "values")


def _set(rows: pa.Table, name: str, value: Any) -> pa.Table:
    at = rows.schema.get_field_index(name)
    field = rows.schema.field(at)
    return rows.set_column(at, field, pa.array([value] * rows.num_rows, field.type))


def edit_manifest(run: Path, change: Callable[[dict[str, Any]], None]) -> None:
    fields = json.loads((run / "manifest.json").read_text())
    change(fields)
    (run / "manifest.json").write_text(json.dumps(fields))


def test_a_table_that_the_manifest_forgot_fails(make_run: RunMaker) -> None:
    run = make_run()
    edit_manifest(run, lambda m: m.update(files=[f for f in m["files"] if f["table"] != "data/cards"]))
    found = words(verify_run(run), "files")
    assert "the manifest lists no file of data/cards" in found
    assert "data/cards/all.parquet: extra file" in found


# --- damage to columns ----------------------------------------------------------------------------------


def test_a_missing_column_fails(make_run: RunMaker) -> None:
    run = make_run()
    rewrite(run, DAY_1, lambda rows: rows.drop_columns(["amount"]))
    report = verify_run(run)
    assert words(report, "schema") == f"{DAY_1} amount: missing column"
    assert report["money"].outcome is Outcome.PASS
    assert (report["ranges"].outcome, report["ranges"].reason) == (
        Outcome.NOT_EVALUATED,
        f"{DAY_1} has no column amount",
    )
    assert report["values"].reason == f"{DAY_1} has other columns than data/transactions"


def test_an_undeclared_column_fails(make_run: RunMaker) -> None:
    run = make_run()
    rewrite(run, DAY_1, lambda rows: rows.append_column("is_fraud", pa.array([False] * 4)))
    assert words(verify_run(run), "schema") == f"{DAY_1} is_fraud: column is not declared"


def test_another_order_of_columns_fails(make_run: RunMaker) -> None:
    run = make_run()
    rewrite(run, DAY_1, lambda rows: rows.select(rows.schema.names[::-1]))
    assert words(verify_run(run), "schema") == f"{DAY_1}: columns are not in the declared order"


def test_another_type_fails(make_run: RunMaker) -> None:
    run = make_run()
    rewrite(run, DAY_1, lambda rows: rows.set_column(0, "transaction_id", rows.column(0).cast(pa.int32())))
    assert words(verify_run(run), "schema") == f"{DAY_1} transaction_id: is int32, declared is int64 not null"


def test_a_null_fails_with_its_row(make_run: RunMaker) -> None:
    run = make_run()

    def nullify(rows: pa.Table) -> pa.Table:
        return rows.set_column(0, pa.field("transaction_id", pa.int64()), pa.array([100, None, 300, 301]))

    rewrite(run, DAY_1, nullify)
    assert f"{DAY_1} row 1 transaction_id = None: is null" in words(verify_run(run), "nulls")


# --- wrong values, honestly written ---------------------------------------------------------------------


def transaction(tables: Tables, at: int, **changes: Any) -> Tables:
    tables["data/transactions"][at] |= changes
    return tables


def first(tables: Tables, path: str, **changes: Any) -> Tables:
    tables[path][0] |= changes
    return tables


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": -1.0}, "row 1 amount = -1.0: less than 0"),
        ({"incumbent_score": float("nan")}, "row 1 incumbent_score = nan: less than 0"),
        ({"amount": 0.0}, "row 1 amount = 0.0: 0 is for account_verification only"),
        ({"amount": 5.555}, "row 1 amount = 5.555: more decimals than the currency has"),
        ({"amount_billing": 1.001}, "row 1 amount_billing = 1.001: more decimals than the currency has"),
        ({"rail": "pigeon"}, "row 1 rail = pigeon: not one of card, account_to_account"),
        ({"currency": "XXX"}, f"{DAY_1} currency: the manifest does not say how many decimals XXX has"),
    ],
)
def test_values_out_of_range_fail(make_run: RunMaker, tables: Tables, changes: Any, message: str) -> None:
    assert message in words(verify_run(make_run(transaction(tables, 1, **changes))), "ranges")


def test_an_account_verification_may_be_zero(make_run: RunMaker, tables: Tables) -> None:
    changed = transaction(tables, 1, amount=0.0, amount_billing=0.0, transaction_type="account_verification")
    assert not verify_run(make_run(changed)).failed


def test_keys_must_rise_within_a_file(make_run: RunMaker, tables: Tables) -> None:
    report = verify_run(make_run(transaction(tables, 1, transaction_id=100)))
    assert (
        words(report, "keys") == f"{DAY_1} row 1 transaction_id = 100: key is not greater than that of the row before"
    )


def test_keys_must_rise_from_file_to_file(make_run: RunMaker, tables: Tables) -> None:
    report = verify_run(make_run(transaction(tables, 4, transaction_id=200)))
    assert f"{DAY_2} row 0 transaction_id = 200: key is not greater" in words(report, "keys")


def test_a_card_occurs_once(make_run: RunMaker, tables: Tables) -> None:
    tables["data/cards"] *= 2
    report = verify_run(make_run(tables))
    assert words(report, "keys") == "data/cards/all.parquet row 1 card_id = 21: key occurs twice"


def test_a_customer_may_change(make_run: RunMaker, tables: Tables) -> None:
    customers = tables["data/customers"]
    customers.append(customers[0] | {"valid_from": minutes(60), "segment": "retiree"})
    assert not verify_run(make_run(tables)).failed


def test_a_customer_changes_once_at_a_time(make_run: RunMaker, tables: Tables) -> None:
    customers = tables["data/customers"]
    customers.append(customers[0] | {"segment": "retiree"})
    report = verify_run(make_run(tables))
    assert words(report, "keys") == "data/customers/all.parquet row 2 customer_id = 1: key occurs twice"


@pytest.mark.parametrize(
    ("table", "changes", "message"),
    [
        ("data/transactions", {"card_id": 9}, f"{DAY_1} row 0 card_id = 9: no such row in data/cards"),
        (
            "data/transactions",
            {"original_transaction_id": 9},
            f"{DAY_1} row 0 original_transaction_id = 9: no such row in data/transactions",
        ),
        (
            "labels/labels",
            {"transaction_id": 9},
            "labels/labels/all.parquet row 0 transaction_id = 9: no such row in data/transactions",
        ),
        (
            "truth/transactions",
            {"campaign_id": 9},
            "truth/transactions/all.parquet row 0 campaign_id = 9: no such row in truth/campaigns",
        ),
    ],
)
def test_references_must_lead_somewhere(
    make_run: RunMaker, tables: Tables, table: str, changes: Any, message: str
) -> None:
    assert words(verify_run(make_run(first(tables, table, **changes))), "references") == message


def test_a_refund_may_name_its_original(make_run: RunMaker, tables: Tables) -> None:
    assert not verify_run(make_run(transaction(tables, 4, original_transaction_id=100))).failed


def test_times_must_not_go_back(make_run: RunMaker, tables: Tables) -> None:
    report = verify_run(make_run(transaction(tables, 4, event_time=minutes(1))))
    assert f"{DAY_2} row 0 event_time = 2026-01-01 08:01:00+00:00: earlier" in words(report, "time order")


@pytest.mark.parametrize(
    ("table", "column"),
    [("data/accounts", "opened"), ("data/merchants", "opened"), ("data/devices", "first_seen")],
)
def test_a_date_ahead_of_its_row_fails(make_run: RunMaker, tables: Tables, table: str, column: str) -> None:
    report = verify_run(make_run(first(tables, table, **{column: dt.date(2026, 1, 2)})))
    found = words(report, "lookahead")
    assert found == f"{table}/all.parquet row 0 {column} = 2026-01-02: ahead of valid_from"


@pytest.mark.parametrize(
    ("table", "column"),
    [("cards", "card_id"), ("merchants", "merchant_id"), ("terminals", "terminal_id"), ("devices", "device_id")],
)
def test_nothing_is_used_before_it_is_valid(make_run: RunMaker, tables: Tables, table: str, column: str) -> None:
    report = verify_run(make_run(first(tables, f"data/{table}", valid_from=minutes(11))))
    assert f"{column} = {tables[f'data/{table}'][0][column]}: used before its valid_from" in words(report, "lookahead")


def test_a_table_may_be_valid_from_its_first_use(make_run: RunMaker, tables: Tables) -> None:
    assert not verify_run(make_run(first(tables, "data/cards", valid_from=minutes(0)))).failed


# --- money ----------------------------------------------------------------------------------------------


def test_a_cent_too_much_fails(make_run: RunMaker, tables: Tables) -> None:
    report = verify_run(make_run(transaction(tables, 0, amount_billing=20.01)))
    assert words(report, "money").splitlines() == [
        "book bank:card in EUR: rows credit 12000 minor units, the ledger says 11999",
        "book customers:current in EUR: rows debit 13000 minor units, the ledger says 12999",
    ]


def test_declined_rows_post_nothing(make_run: RunMaker, tables: Tables) -> None:
    assert not verify_run(make_run(transaction(tables, 1, amount_billing=77.0))).failed


@pytest.mark.parametrize(("kind", "book"), [("fee", "bank:fees"), ("interest", "bank:interest")])
def test_fees_and_interest_have_books_of_their_own(make_run: RunMaker, tables: Tables, kind: str, book: str) -> None:
    found = words(verify_run(make_run(transaction(tables, 0, transaction_type=kind))), "money")
    assert f"the ledger has no book {book} in EUR, though rows post to it" in found


def ledger(**changes: dict[str, int]) -> tuple[BookEntry, ...]:
    """The small run's ledger with changed fields, by the last word of a book's name."""
    return tuple(
        entry.model_copy(update=changes.get(entry.book.split(":")[1], {})) for entry in small_manifest().ledger
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"card": {"closing_minor": 1}}, "book bank:card in EUR: closes at 1, opening and postings give -18001"),
        (
            {"card": {"opening_minor": 0, "closing_minor": 11999}},
            "closings in EUR add to 30000 minor units instead of 0",
        ),
        (
            {"transit": {"opening_minor": 5, "closing_minor": 5}},
            "bank:transit in EUR: closes at 5, money is in transit",
        ),
    ],
)
def test_the_ledger_must_add_up(make_run: RunMaker, changes: dict[str, dict[str, int]], message: str) -> None:
    assert message in words(verify_run(make_run(ledger=ledger(**changes))), "money")


@pytest.mark.parametrize(
    ("at", "changes", "message"),
    [
        (3, {"is_approved": False}, f"{DAY_1} row 2 transfer_id = 300: the transfer has no approved credit side"),
        (2, {"is_approved": False}, f"{DAY_1} row 3 transfer_id = 300: the transfer has no approved debit side"),
        (3, {"amount_billing": 9.0}, f"{DAY_1} row 3 amount_billing = 300: the two sides differ: 900 and 1000 minor"),
        (3, {"direction": "debit"}, f"{DAY_1} row 3 transfer_id = 300: a debit side must name its own transaction_id"),
        (3, {"direction": "debit"}, f"{DAY_1} row 3 transfer_id = 300: the same side of a transfer twice"),
        (4, {"transfer_id": 400}, f"{DAY_2} row 0 transfer_id = 400: the transfer has no approved credit side"),
    ],
)
def test_transfers_have_two_equal_sides(
    make_run: RunMaker, tables: Tables, at: int, changes: Any, message: str
) -> None:
    assert message in words(verify_run(make_run(transaction(tables, at, **changes))), "money")


def test_a_credit_cannot_be_written_twice(make_run: RunMaker, tables: Tables) -> None:
    tables["data/transactions"].append(transfer_side(500, 1501, "credit", 12, 300))
    found = words(verify_run(make_run(tables)), "money")
    assert f"{DAY_2} row 1 transfer_id = 300: the transfer has no approved debit side" in found


def test_money_needs_the_accounts(make_run: RunMaker, tables: Tables) -> None:
    tables["data/accounts"].pop()
    report = verify_run(make_run(tables))
    assert report["money"].reason == f"{DAY_1} has accounts that data/accounts does not have"


def test_money_needs_known_kinds_of_account(make_run: RunMaker, tables: Tables) -> None:
    report = verify_run(make_run(first(tables, "data/accounts", kind="shoebox")))
    assert report["money"].reason == "data/accounts/all.parquet has unknown kinds of account"


# --- anomalies ------------------------------------------------------------------------------------------

BENIGN: Row = {
    "transaction_id": 100,
    "is_fraud": False,
    "is_laundering": False,
    "is_anomaly": True,
    "anomaly_kind": "new_phone",
    "never_reported": False,
}


def with_benign(tables: Tables, **changes: Any) -> Tables:
    """The small run with one look-alike in truth."""
    return tables | {"truth/transactions": [BENIGN | changes, *tables["truth/transactions"]]}


def benign_entry(**changes: Any) -> dict[str, Any]:
    """Keyword for a manifest that knows of that look-alike."""
    fields: dict[str, Any] = {
        "kind": "new_phone", "requested_bps": 3000.0, "realised_bps": 1e4 / 3, "rows": 1, "approved_rows": 1,
        "expected": 0.9, "low_bps": 1000.0, "high_bps": 5000.0, "status": "reached",
    }  # fmt: skip
    return {"anomalies": (AnomalyEntry(**(fields | changes)),)}


def test_a_look_alike_that_the_manifest_knows_passes(make_run: RunMaker, tables: Tables) -> None:
    assert not verify_run(make_run(with_benign(tables), **benign_entry())).failed


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"anomalies": ()}, "new_phone: in truth/, but not in the manifest"),
        (benign_entry(rows=2), "new_phone: rows 1, the manifest says 2"),
        (benign_entry(approved_rows=2), "new_phone: approved rows 1, the manifest says 2"),
        (benign_entry(realised_bps=1.0), "new_phone: bps of count 3333.33, the manifest says 1"),
        (benign_entry(high_bps=2000.0), "reached, but 3333.33 bps are not within 1000 to 2000"),
        (benign_entry(kind="car_payee"), "car_payee: rows 0, the manifest says 1"),
    ],
)
def test_look_alikes_are_those_of_the_manifest(make_run: RunMaker, tables: Tables, changes: Any, message: str) -> None:
    assert message in words(verify_run(make_run(with_benign(tables), **changes)), "anomalies")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"is_fraud": True}, "is a look-alike and a crime"),
        ({"is_anomaly": False, "anomaly_kind": None}, "is neither a look-alike nor a crime"),
        ({"anomaly_kind": None}, "anomaly_kind = None: does not fit is_anomaly"),
    ],
)
def test_rows_of_truth_are_crimes_or_look_alikes(
    make_run: RunMaker, tables: Tables, changes: Any, message: str
) -> None:
    report = verify_run(make_run(with_benign(tables, **changes), **benign_entry()))
    assert message in words(report, "anomalies")


def test_a_declined_look_alike_is_a_row_but_counts_to_no_rate(make_run: RunMaker, tables: Tables) -> None:
    declined = benign_entry(approved_rows=0, realised_bps=0.0, status="not_reached")
    assert not verify_run(make_run(with_benign(tables, transaction_id=200), **declined)).failed


# --- rates ----------------------------------------------------------------------------------------------


def entry(**changes: Any) -> dict[str, Any]:
    """Keyword for a manifest whose one fraud entry is changed."""
    return {"fraud": (small_manifest().fraud[0].model_copy(update=changes),)}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"approved_transactions": 4}, "3 approved rows count, the manifest says 4"),
        ({"approved_value": 130.0}, "their value is 129.99, the manifest says 130.00"),
        ({"fraud": ()}, "stolen_details_cnp: in truth/, but not in the manifest"),
        (entry(campaigns=2), "stolen_details_cnp: campaigns 1, the manifest says 2"),
        (entry(approved_frauds=2), "stolen_details_cnp: approved frauds 1, the manifest says 2"),
        (entry(approved_fraud_value=90.0), "value of approved frauds 99.99, the manifest says 90"),
        (entry(realised_bps_count=1.0), "bps of count 3333.33, the manifest says 1"),
        (entry(realised_bps_value=1.0), "bps of value 7692.13, the manifest says 1"),
        (entry(high_bps=2000.0), "reached, but 3333.33 bps are not within 1000 to 2000"),
        (entry(rate_basis="value"), "reached, but 7692.13 bps are not within 1000 to 5000"),
        (entry(low_bps=None), "reached, but without an interval"),
        (entry(status="off"), "is off, but has 1 frauds"),
    ],
)
def test_rates_are_those_of_the_files(make_run: RunMaker, changes: Any, message: str) -> None:
    assert message in words(verify_run(make_run(**changes)), "rates")


def test_a_rate_that_was_not_reached_is_no_failure(make_run: RunMaker) -> None:
    assert not verify_run(make_run(**entry(status="not_reached", high_bps=2000.0))).failed


def test_a_typology_without_campaigns_is_zero(make_run: RunMaker) -> None:
    silent = (
        small_manifest()
        .fraud[0]
        .model_copy(
            update={
                "typology": "bust_out",
                "campaigns": 0,
                "approved_frauds": 0,
                "approved_fraud_value": 0.0,
                "realised_bps_count": 0.0,
                "realised_bps_value": 0.0,
                "status": "off",
            }
        )
    )
    assert not verify_run(make_run(fraud=(*small_manifest().fraud, silent))).failed


def test_a_fraud_needs_a_typology(make_run: RunMaker, tables: Tables) -> None:
    report = verify_run(make_run(first(tables, "truth/transactions", typology=None)))
    assert report["rates"].reason == "truth/transactions/all.parquet has frauds without a typology"


def test_declined_frauds_do_not_count(make_run: RunMaker, tables: Tables) -> None:
    tables["truth/transactions"].insert(0, tables["truth/transactions"][0] | {"transaction_id": 200})
    assert not verify_run(make_run(tables)).failed


# --- timeline -------------------------------------------------------------------------------------------


def change(number: int, at: int, before: float, after: float, typology: str = "stolen_details_cnp") -> Row:
    """A change point so many minutes after the first morning; the campaign of the small run starts at 1400."""
    return {
        "change_id": number, "typology": typology, "day": 0, "time": minutes(at), "factor_before": before,
        "factor_after": after,
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [change(0, 1400, 0.0, 1.0)],
        [change(0, 100, 0.0, 2.0), change(1, 1401, 2.0, 0.0)],
        [change(0, 100, 1.0, 0.0), change(1, 1300, 0.0, 1.0)],
        [change(0, 100, 1.0, 0.0, "account_takeover")],
    ],
)
def test_campaigns_begin_while_their_typology_is_on(make_run: RunMaker, changes: list[Row]) -> None:
    assert failed(verify_run(make_run({"truth/windows": changes}))) == set()


@pytest.mark.parametrize(
    "changes",
    [
        [change(0, 1401, 0.0, 1.0)],
        [change(0, 1400, 1.0, 0.0)],
        [change(0, 100, 1.0, 0.0), change(1, 2000, 0.0, 1.0)],
    ],
)
def test_a_campaign_that_begins_while_its_typology_is_off_fails(make_run: RunMaker, changes: list[Row]) -> None:
    report = verify_run(make_run({"truth/windows": changes}))
    assert failed(report) == {"timeline"}
    assert words(report, "timeline") == (
        "truth/campaigns/all.parquet row 0 start = 2026-01-02 07:20:00+00:00: the typology is off at that time"
    )


# --- labels ---------------------------------------------------------------------------------------------


def test_a_label_comes_after_its_transaction(make_run: RunMaker, tables: Tables) -> None:
    report = verify_run(make_run(first(tables, "labels/labels", label_time=OPENED)))
    assert "row 0 label_time = 2025-12-31 23:00:00+00:00: earlier than the transaction" in words(report, "labels")


def test_a_label_is_about_a_transaction(make_run: RunMaker, tables: Tables) -> None:
    report = verify_run(make_run(first(tables, "labels/labels", transaction_id=9)))
    assert "row 0 transaction_id = 9: no such row in data/transactions" in words(report, "labels")


@pytest.mark.parametrize("changes", [{"supersedes": 2}, {"supersedes": 9}, {"transaction_id": 100}])
def test_a_label_supersedes_an_earlier_one_of_its_transaction(make_run: RunMaker, tables: Tables, changes: Any) -> None:
    tables["labels/labels"][1] |= changes
    assert "not an earlier label of this transaction" in words(verify_run(make_run(tables)), "labels")


def test_what_was_declined_has_no_label(make_run: RunMaker, tables: Tables) -> None:
    tables["labels/labels"] = [tables["labels/labels"][0] | {"transaction_id": 200}]
    assert "row 0 transaction_id = 200: was not approved" in words(verify_run(make_run(tables)), "labels")


def test_a_label_is_superseded_once(make_run: RunMaker, tables: Tables) -> None:
    tables["labels/labels"].append(tables["labels/labels"][1] | {"label_id": 3})
    report = verify_run(make_run(tables))
    assert [f"{finding.row} {finding.message}" for finding in report["labels"].findings] == [
        "1 superseded more than once",
        "2 superseded more than once",
    ]


# --- alerts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"transaction_id": 9}, "row 0 transaction_id = 9: no such row in data/transactions"),
        ({"created": minutes(4)}, "row 0 created = 2026-01-01 08:04:00+00:00: earlier than the transaction"),
        ({"created": minutes(61)}, "row 0 closed = 2026-01-01 09:00:00+00:00: earlier than created"),
        ({"worked": minutes(59)}, "row 0 worked = 2026-01-01 08:59:00+00:00: not the time of closing"),
        ({"worked": None}, "row 0 disposition = false_positive: does not go with worked"),
        ({"disposition": "not_worked"}, "row 0 disposition = not_worked: does not go with worked"),
    ],
)
def test_what_an_alert_says_of_itself_fits_together(
    make_run: RunMaker, tables: Tables, changes: Any, finding: str
) -> None:
    assert finding in words(verify_run(make_run(first(tables, "labels/alerts", **changes))), "alerts")


def test_an_alert_does_not_know_of_work_to_come(make_run: RunMaker, tables: Tables) -> None:
    report = verify_run(make_run(first(tables, "labels/alerts", worked=minutes(61))))
    assert "row 0 worked = 2026-01-01 09:01:00+00:00: ahead of closed" in words(report, "lookahead")


# --- the report -----------------------------------------------------------------------------------------


def test_the_report_shows_the_first_findings_alone(make_run: RunMaker, tables: Tables) -> None:
    many = [payment(1000 + i, 1600 + i, 1.0, rail="pigeon") for i in range(30)]
    tables["data/transactions"] += many
    assert len(verify_run(make_run(tables))["ranges"].findings) == 10


def test_lines_name_the_check_and_the_place(make_run: RunMaker, tables: Tables) -> None:
    lines = list(verify_run(make_run(transaction(tables, 1, rail="pigeon"))).lines())
    at = lines.index("fail           ranges")
    assert lines[at + 1].startswith(f"    {DAY_1} row 1 rail = pigeon: not one of")


def test_lines_give_the_reason_of_a_check_that_was_not_evaluated(make_run: RunMaker) -> None:
    run = make_run()
    unlink(run)
    assert any(line.startswith(f"not evaluated  nulls: {DAY_1} cannot be read") for line in verify_run(run).lines())


def test_money_needs_the_decimals_of_the_billing_currency(make_run: RunMaker) -> None:
    report = verify_run(make_run(currency_exponents={}))
    assert report["money"].reason == "the manifest does not say how many decimals EUR has"
