from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from fintxsim import columns as c
from fintxsim import vocabulary as v
from fintxsim.dataset import Run, open_run
from fintxsim.errors import DamagedRunError, InputError, RunNotFoundError
from tests.unit.conftest import RunMaker, Tables


@pytest.fixture
def run(make_run: RunMaker) -> Run:
    return open_run(make_run())


def test_a_directory_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError, match="the directory is empty"):
        open_run(tmp_path)


def test_a_run_shows_itself_shortly(run: Run) -> None:
    assert repr(run) == "<Run small, seed 7, 2 days, 5 transactions>"


def test_a_run_shows_its_fraud_in_a_notebook(run: Run) -> None:
    shown = run._repr_html_()
    assert "&lt;Run small, seed 7" in shown
    assert "<td>stolen_details_cnp</td><td>3000 bps of count</td>" in shown
    assert '<td class="n">3333.33</td>' in shown


def test_what_a_notebook_shows_of_a_run_is_escaped(make_run: RunMaker) -> None:
    shown = open_run(make_run(name="<script>"))._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_scanning_gives_the_declared_schema(run: Run) -> None:
    assert run.scan().to_table().schema.equals(c.TRANSACTIONS.schema())


def test_rows_come_in_the_order_of_the_run(run: Run) -> None:
    assert run.transactions()["transaction_id"].tolist() == [100, 200, 300, 301, 400]


@pytest.mark.parametrize("start", ["2026-01-02", dt.date(2026, 1, 2), "2026-01-01T23:00Z"])
def test_a_time_without_a_zone_is_local(run: Run, start: str) -> None:
    assert run.transactions(start)["transaction_id"].tolist() == [400]


def test_the_end_is_not_included(run: Run) -> None:
    assert run.transactions("2026-01-01T08:05Z", "2026-01-01T08:10Z")["transaction_id"].tolist() == [200]


def test_an_end_alone_is_enough(run: Run) -> None:
    assert run.transactions(end="2026-01-01T08:05Z")["transaction_id"].tolist() == [100]


def test_columns_come_in_the_order_asked_for(run: Run) -> None:
    assert list(run.transactions(columns=["amount", "transaction_id"])) == ["amount", "transaction_id"]


def test_an_unknown_column_is_named(run: Run) -> None:
    with pytest.raises(InputError, match="no column 'ammount' in data/transactions"):
        run.transactions(columns=["ammount"])


def test_an_unknown_table_is_named(run: Run) -> None:
    with pytest.raises(InputError, match="no table 'data/payments'; the tables are data/transactions"):
        run.table("data/payments")


def test_a_table_without_time_has_no_span(run: Run) -> None:
    with pytest.raises(InputError, match="not ordered by time"):
        run.table("truth/campaigns", start="2026-01-01")


def test_what_is_not_a_time_is_refused(run: Run) -> None:
    with pytest.raises(InputError, match="'soon' is not a point of time"):
        run.transactions("soon")


def test_a_missing_file_is_damage(run: Run) -> None:
    (run.path / "data/cards/all.parquet").unlink()
    with pytest.raises(DamagedRunError, match=r"data/cards/all.parquet is missing"):
        run.table("data/cards")


def test_a_table_without_files_is_damage(run: Run) -> None:
    empty = Run(run.path, run.manifest.model_copy(update={"files": ()}))
    with pytest.raises(DamagedRunError, match="no file of data/transactions is listed"):
        empty.scan()


@pytest.mark.parametrize("table", c.TABLES, ids=lambda table: table.path)
def test_nullable_whole_numbers_never_become_floats(run: Run, table: c.Table) -> None:
    frame = run.table(table.path)
    ids = [column for column in table if column.type == pa.int64() and column.nullable]
    assert {str(frame[column.name].dtype) for column in ids} <= {"Int64"}


def test_types_do_not_depend_on_the_rows(run: Run) -> None:
    none = run.transactions(end="2020-01-01")
    closed = [column.name for column in c.TRANSACTIONS if column.words]
    plain = [column.name for column in c.TRANSACTIONS if not pd.api.types.is_string_dtype(none[column.name])]
    assert len(none) == 0
    assert none[closed].dtypes.equals(run.transactions()[closed].dtypes)
    assert none[plain].dtypes.astype(str).equals(run.transactions()[plain].dtypes.astype(str))


def test_categories_are_the_whole_vocabulary(run: Run) -> None:
    categories = run.transactions()["rail"].cat.categories
    assert tuple(categories) == v.Rail.texts()


def test_codes_keep_their_leading_zero(run: Run) -> None:
    assert run.transactions()["mcc"].iloc[0] == "0742"


def test_features_are_the_request_columns(run: Run) -> None:
    assert tuple(run.features()) == c.TRANSACTIONS.names(c.KnownAt.REQUEST)


def test_truth_is_read_from_its_folder(run: Run) -> None:
    assert run.truth()["typology"].tolist() == ["stolen_details_cnp"]


def test_labels_are_those_known_at_the_time(run: Run) -> None:
    first = run.labels(as_of="2026-01-04T00:00Z")
    assert first[["transaction_id", "label", "source"]].to_numpy().tolist() == [[400, "disputed", "chargeback"]]


def test_a_later_label_supersedes(run: Run) -> None:
    assert run.labels(as_of="2026-01-06")["label"].tolist() == ["fraud"]


def test_before_any_label_nothing_is_known(run: Run) -> None:
    assert len(run.labels(as_of="2026-01-02")) == 0


def test_approved_transactions_mature_after_their_wait(run: Run) -> None:
    known = run.labels(as_of="2026-01-11T08:05Z", matured_days=10)
    assert known["transaction_id"].tolist() == [100, 400]
    assert known["label"].tolist() == ["genuine", "fraud"]
    assert known["source"].isna().tolist() == [True, False]
    assert known["label_time"].iloc[0] == pd.Timestamp("2026-01-11T08:00Z")


def test_in_the_end_every_approved_transaction_has_a_label(run: Run) -> None:
    assert run.labels()["transaction_id"].tolist() == [100, 300, 301, 400]


def test_a_label_that_was_superseded_does_not_count_even_if_it_is_the_later_one(
    make_run: RunMaker, tables: Tables
) -> None:
    first, second = tables["labels/labels"]
    tables["labels/labels"] = [first, second | {"label_time": first["label_time"]}]
    assert open_run(make_run(tables)).labels(as_of="2026-01-04T00:00Z")["label"].tolist() == ["fraud"]


def test_a_dispute_that_the_merchant_won_is_genuine_from_then_on(make_run: RunMaker, tables: Tables) -> None:
    tables["labels/labels"][1] |= {"label": "genuine", "source": "merchant_report"}
    run = open_run(make_run(tables))
    then, later = (run.labels(as_of=day) for day in ("2026-01-04", "2026-01-06"))
    assert then[["label", "source"]].to_numpy().tolist() == [["disputed", "chargeback"]]
    assert later[["label", "source"]].to_numpy().tolist() == [["genuine", "merchant_report"]]


def test_alerts_are_known_once_they_are_closed(run: Run) -> None:
    assert run.alerts(as_of="2026-01-01T08:59Z")["alert_id"].tolist() == []
    assert run.alerts(as_of="2026-01-01T09:00Z")["alert_id"].tolist() == [1]
    assert run.alerts()["disposition"].tolist() == ["false_positive", "not_worked"]


def test_an_alert_that_nobody_took_has_no_time_of_work(run: Run) -> None:
    assert run.alerts()["worked"].isna().tolist() == [False, True]


def test_the_label_report_of_a_run_counts_approved_frauds_and_genuine_rows(run: Run) -> None:
    report = run.label_report()
    assert report.index.tolist() == ["third_party_reported", "genuine"]
    assert report["approved"].tolist() == [1, 2]
    assert report["reversed"].tolist() == [1.0, 0.0]
