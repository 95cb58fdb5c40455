"""The audit of a run of ours: what counts as fraud, what is left out, and which tables are looked at."""

from __future__ import annotations

from typing import Any

import pytest

from fintxsim.errors import DamagedRunError, InputError
from fintxsim.leaks import CHECKS, AuditReport, audit
from fintxsim.outcomes import Outcome
from fintxsim.verify import verify_run
from fintxsim.verify.leaks import PREFIX
from tests.unit.conftest import Row, RunMaker, Tables, payment, small_tables
from tests.unit.leaks.conftest import words

CUSTOMERS, ROWS, FRAUDS = 200, 2_400, 40


def fraud_of(transaction: int, campaign: int, **changes: Any) -> Row:
    row = small_tables()["truth/transactions"][0]
    return row | {"transaction_id": transaction, "campaign_id": campaign, "loss_amount": 1.0} | changes


def payments(**fraud: Any) -> tuple[list[Row], list[Row]]:
    """Payments of 200 customers, every sixtieth a fraud, and the truth about them; frauds differ by ``fraud``."""
    rows, truth = [], []
    for number in range(ROWS):
        customer = (number * 7 + number // 60) % CUSTOMERS
        is_fraud = number % 60 == 17
        own = {"customer_id": customer, "account_id": 1000 + customer, "card_id": 2000 + customer, "mcc": "5411"}
        rows.append(payment(1 + 3 * number, number, float(5 + number * 37 % 90), **own | (fraud if is_fraud else {})))
        if is_fraud:
            truth.append(fraud_of(1 + 3 * number, len(truth)))
    return rows, truth


def tables(**fraud: Any) -> Tables:
    rows, truth = payments(**fraud)
    small = small_tables()
    people = [small["data/customers"][0] | {"customer_id": number} for number in range(CUSTOMERS)]
    accounts = [
        small["data/accounts"][0] | {"account_id": 1000 + number, "customer_id": number} for number in range(CUSTOMERS)
    ]
    return {
        "data/transactions": rows,
        "data/customers": people,
        "data/accounts": accounts,
        "truth/transactions": truth,
    }


def table(report: AuditReport, name: str) -> tuple[int, int]:
    return next((found.rows, found.frauds) for found in report.tables if found.name == name)


def test_frauds_of_a_run_are_those_of_its_truth(make_run: RunMaker) -> None:
    assert table(audit(make_run(tables())), "data/transactions") == (ROWS, FRAUDS)


def test_a_leak_in_a_run_is_found_and_its_table_named(make_run: RunMaker) -> None:
    report = audit(make_run(tables(mcc="6051")))
    assert words(report, "one rule") == (
        'data/transactions: mcc == "6051": precision 1.00 (40 of 40) at recall 1, base rate 1.7 %'
    )
    assert report.failed


def test_only_what_is_known_at_the_request_is_judged(make_run: RunMaker) -> None:
    """The bank refuses every fraud, which a scorer cannot know before."""
    refused = {"is_approved": False, "response_code": "59", "settled_time": None}
    report = audit(make_run(tables(**refused)))
    assert words(report, "one rule") == ""
    assert "is_approved" not in report.tables[0].behaviour


def test_passing_proceeds_on_is_neither_fraud_nor_genuine(make_run: RunMaker) -> None:
    changed = tables()
    legs = [fraud_of(1 + 3 * number, 1, is_fraud=False, is_laundering=True) for number in range(0, 300, 3)]
    changed["truth/transactions"] = sorted(
        [*changed["truth/transactions"], *legs], key=lambda row: int(row["transaction_id"])
    )
    assert table(audit(make_run(changed)), "data/transactions") == (ROWS - 100, FRAUDS)


def test_laundering_that_is_the_offence_itself_is_fraud(make_run: RunMaker) -> None:
    changed = tables()
    for row in changed["truth/transactions"]:
        row["is_laundering"] = True
    assert table(audit(make_run(changed)), "data/transactions") == (ROWS, FRAUDS)


def test_an_anomaly_is_genuine(make_run: RunMaker) -> None:
    changed = tables()
    changed["truth/transactions"].insert(0, fraud_of(1, None, is_fraud=False, is_anomaly=True, typology=None))  # type: ignore[arg-type]
    assert table(audit(make_run(changed)), "data/transactions") == (ROWS, FRAUDS)


def test_customers_are_victims_if_one_of_their_payments_is_a_fraud(make_run: RunMaker) -> None:
    changed = tables()
    customers = {row["customer_id"] for row in changed["data/transactions"]}
    victims = {row["customer_id"] for row in changed["data/transactions"] if row["transaction_id"] % 180 == 52}
    assert 20 < len(victims) < len(customers) < CUSTOMERS
    assert table(audit(make_run(changed)), "data/customers") == (len(customers), len(victims))


def test_a_leak_in_another_table_is_found_there(make_run: RunMaker) -> None:
    changed = tables()
    victims = {row["customer_id"] for row in changed["data/transactions"] if row["transaction_id"] % 180 == 52}
    for row in changed["data/customers"]:
        row["age_band"] = "65-74" if row["customer_id"] in victims else "35-44"
    report = audit(make_run(changed))
    assert words(report, "one rule").startswith('data/customers: age_band == "65-74": precision 1.00')


def test_a_table_with_too_few_frauds_is_named(make_run: RunMaker) -> None:
    assert {"data/cards", "data/devices", "data/events"} <= set(audit(make_run(tables())).small)


def test_typologies_are_judged_by_form_one_by_one(make_run: RunMaker) -> None:
    changed = tables()
    for number, row in enumerate(changed["truth/transactions"]):
        row["typology"] = "account_takeover" if number % 2 else "stolen_details_cnp"
    report = audit(make_run(changed))
    assert table(report, "data/transactions (account_takeover)") == (ROWS - FRAUDS // 2, FRAUDS // 2)


def test_a_run_without_fraud_has_nothing_to_audit(make_run: RunMaker) -> None:
    report = audit(make_run({"truth/transactions": []}))
    assert {(r.outcome, r.reason) for r in report.results} == {(Outcome.NOT_APPLICABLE, "no fraud")}
    assert not report.failed


def test_a_run_with_few_frauds_evaluates_nothing(make_run: RunMaker) -> None:
    report = audit(make_run())
    assert {(r.outcome, r.reason) for r in report.results} == {(Outcome.NOT_EVALUATED, "1 frauds; 20 are needed")}
    assert report.failed


def test_a_run_has_its_labels_and_columns_with_it(make_run: RunMaker) -> None:
    run = make_run(tables())
    with pytest.raises(InputError, match="is a run, whose labels are known; leave out the label"):
        audit(run, "is_approved")
    with pytest.raises(InputError, match="--id, --time, --entity and --ignore are for tables; leave them out"):
        audit(run, time="event_time")


def test_a_run_that_cannot_be_read_is_damage(make_run: RunMaker) -> None:
    run = make_run(tables())
    (run / "data/transactions/2026-01-01.parquet").write_bytes(b"nothing")
    with pytest.raises(DamagedRunError, match="cannot be read: .*see `fintxsim verify`"):
        audit(run)


# --- within verify --------------------------------------------------------------------------------------


def test_verify_runs_every_check_of_the_audit(make_run: RunMaker) -> None:
    report = verify_run(make_run(tables(mcc="6051")))
    assert [r.name for r in report.results if r.name.startswith(PREFIX)] == [f"{PREFIX}{c.name}" for c in CHECKS]
    assert report[f"{PREFIX}one rule"].outcome is Outcome.FAIL


def test_verify_leaves_the_audit_out_when_asked(make_run: RunMaker) -> None:
    assert not any(r.name.startswith(PREFIX) for r in verify_run(make_run(tables()), leaks=False).results)


@pytest.mark.parametrize("truth", [[], small_tables()["truth/transactions"]])
def test_for_verify_the_audit_of_few_frauds_does_not_apply(make_run: RunMaker, truth: list[Row]) -> None:
    report = verify_run(make_run({"truth/transactions": truth}))
    assert {r.outcome for r in report.results if r.name.startswith(PREFIX)} == {Outcome.NOT_APPLICABLE}


def test_for_verify_the_audit_of_what_cannot_be_read_is_not_evaluated(make_run: RunMaker) -> None:
    run = make_run(tables())
    next((run / "truth/transactions").glob("*.parquet")).unlink()
    report = verify_run(run)
    assert {r.outcome for r in report.results if r.name.startswith(PREFIX)} == {Outcome.NOT_EVALUATED}
    assert report.failed


def test_what_a_check_cannot_tell_of_few_frauds_fails_the_audit_and_not_verify(make_run: RunMaker) -> None:
    changed = tables()
    for number, row in enumerate(changed["truth/transactions"]):
        row["campaign_id"] = number // 4
    run = make_run(changed)
    assert audit(run)["label coverage"].outcome is Outcome.NOT_EVALUATED
    assert verify_run(run)[f"{PREFIX}label coverage"].outcome is Outcome.NOT_APPLICABLE
