"""What is counted in one pass is what pandas counts of the whole table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from fintxsim import columns as c
from fintxsim.dataset import Run
from fintxsim.report import tallies as t
from fintxsim.report.facts import Facts
from fintxsim.report.tallies import COLUMNS, Grid, Tallies, amount_bins, bin_edges
from fintxsim.report.truths import FRAUD, GENUINE, LEG, Words


@pytest.fixture(scope="module")
def rows(run: Run) -> pd.DataFrame:
    """All requests with what truth/ says of them."""
    told = run.truth(columns=["transaction_id", "is_fraud", "is_laundering", "typology"])
    both = run.transactions().merge(told, on="transaction_id", how="left")
    fraud, leg = (both[name].eq(True) for name in ("is_fraud", "is_laundering"))
    both["what"] = np.where(fraud, FRAUD, np.where(leg, LEG, GENUINE))
    return both[~(both["direction"].eq("credit") & both["transfer_id"].notna())]


@pytest.fixture(scope="module")
def counted(facts: Facts) -> Tallies:
    return facts.tallies


def by(rows: pd.DataFrame, *names: str) -> dict[Any, int]:
    return rows.groupby(list(names), observed=True).size().to_dict()


def test_every_row_is_read(run: Run, counted: Tallies) -> None:
    assert counted.rows == run.manifest.tables["data/transactions"].rows


def test_approved_payments_are_those_of_the_manifest(run: Run, counted: Tallies) -> None:
    assert counted.days.counts[:, 1].sum() == run.manifest.approved_transactions


def test_approved_frauds_are_those_of_the_manifest(run: Run, counted: Tallies) -> None:
    approved = dict(zip(counted.typologies, counted.fraud_days.counts[:, :, 1].sum(0), strict=False))
    assert {e.typology: e.approved_frauds for e in run.manifest.fraud} == {
        e.typology: approved[e.typology] for e in run.manifest.fraud
    }


def test_days_are_the_banks(run: Run, rows: pd.DataFrame, counted: Tallies) -> None:
    days = rows["event_time"].dt.tz_convert(run.manifest.timezone).dt.strftime("%Y-%m-%d")
    expected = days.value_counts().sort_index()
    assert counted.days.counts.sum(1).tolist() == expected.tolist()
    assert len(expected) == run.manifest.days


def test_hours_of_the_week_are_the_payers(rows: pd.DataFrame, counted: Tallies) -> None:
    local = rows["event_time"] + pd.to_timedelta(rows["utc_offset_minutes"], unit="min")
    frame = pd.DataFrame({"what": rows["what"], "hour": local.dt.day_of_week * 24 + local.dt.hour})
    expected = np.zeros((t.WHATS, 168))
    for (what, hour), count in by(frame, "what", "hour").items():
        expected[what, hour] = count
    assert (counted.week.counts == expected).all()


def test_amounts_are_in_their_bins(rows: pd.DataFrame, counted: Tallies) -> None:
    paid = rows[rows["is_approved"] & (rows["amount_billing"] > 0)]
    edges = bin_edges()
    for what in (GENUINE, FRAUD):
        expected, _ = np.histogram(paid.loc[paid["what"] == what, "amount_billing"], edges)
        assert counted.amounts.counts[what].sum() == expected.sum()
        assert np.abs(counted.amounts.counts[what] - expected).max() <= 1  # an amount on an edge may fall either way


@pytest.mark.parametrize(("amount", "at"), [(0.001, 0), (0.01, 0), (1.0, 16), (9.99, 23), (10.0, 24), (1e12, -1)])
def test_a_bin_is_an_eighth_of_a_decade_and_the_ends_take_the_rest(amount: float, at: int) -> None:
    assert amount_bins(np.array([amount]))[0] == at % t.AMOUNT_BINS


@pytest.mark.parametrize(
    ("words", "shares", "column"), [("channels", "by_channel", "channel"), ("mccs", "by_mcc", "mcc")]
)
def test_words_have_their_rows_and_values(
    rows: pd.DataFrame, counted: Tallies, words: str, shares: str, column: str
) -> None:
    paid = rows[rows["is_approved"] & rows[column].notna()]
    found, names = getattr(counted, shares), list(getattr(counted, words))
    for (what, name), count in by(paid, "what", column).items():
        assert found.rows.counts[what, names.index(name)] == count
    expected = paid.loc[paid["what"] == FRAUD, "amount_billing"].sum()
    assert found.value.counts[FRAUD].sum() == pytest.approx(expected)


@pytest.mark.parametrize("column", ["response_code", "reason_code"])
def test_declines_have_their_reasons(rows: pd.DataFrame, counted: Tallies, column: str) -> None:
    declined = rows[~rows["is_approved"] & rows[column].notna()]
    names = list(counted.reasons[column])
    expected = by(declined, "what", column)
    assert expected
    assert {pair: counted.declines[column].counts[pair[0], names.index(pair[1])] for pair in expected} == expected
    assert counted.declines[column].counts.sum() == sum(expected.values())


def test_requests_are_split_by_rail(rows: pd.DataFrame, counted: Tallies) -> None:
    on_card = rows["response_code"].notna()
    for name, rail in (("response_code", on_card), ("reason_code", ~on_card)):
        assert counted.asked[name].counts.sum() == rail.sum()


@pytest.mark.parametrize("length", [1, 97, 5_000])
def test_the_length_of_batches_changes_nothing(run: Run, counted: Tallies, length: int) -> None:
    again, table = Tallies(run), run.scan().to_table(columns=list(COLUMNS))
    for batch in table.slice(0, 12_000).to_batches(max_chunksize=length):
        again.add(batch)
    once = Tallies(run)
    once.add(table.slice(0, 12_000).combine_chunks().to_batches()[0])
    for name in ("days", "fraud_days", "week", "amounts"):
        assert (getattr(again, name).counts == getattr(once, name).counts).all(), name
    assert once.fraud_days.counts.sum() > 0


def test_truth_may_be_missing_for_rows_and_be_there_for_others(run: Run) -> None:
    table = run.scan().to_table(columns=list(COLUMNS))
    skipped = Tallies(run)
    skipped.add(table.slice(10_000, 2_000).combine_chunks().to_batches()[0])
    ids = set(table.slice(10_000, 2_000).column("transaction_id").to_pylist())
    truth = run.truth(columns=["transaction_id", "is_fraud"])
    assert skipped.week.counts[FRAUD].sum() == truth.loc[truth["is_fraud"], "transaction_id"].isin(ids).sum()


def test_a_grid_grows_with_its_codes() -> None:
    grid = Grid(1, 0)
    grid.add(np.array([0, 2]), np.array([1, 0]))
    grid.add(np.array([0]), np.array([1]), weights=np.array([2.5]))
    grid.add(np.array([], np.int64), np.array([], np.int64))
    assert grid.counts.tolist() == [[0.0, 3.5], [0.0, 0.0], [1.0, 0.0]]


def test_words_are_numbered_alike_over_batches(run: Run) -> None:
    words = Words()
    parts = [words.codes(batch.column("mcc")) for batch in run.scan().to_batches(columns=["mcc"])]
    texts = [None if code < 0 else list(words)[code] for code in np.concatenate(parts).tolist()]
    assert texts == run.scan().to_table(columns=["mcc"]).column("mcc").to_pylist()


def test_rows_of_other_tables_are_not_read_for_it() -> None:
    assert set(COLUMNS) <= set(c.TRANSACTIONS.names())
