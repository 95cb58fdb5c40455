"""Conditions on one column that are fraud nine times in ten."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.unit.leaks.conftest import Auditor, failed, words


def with_column(table: pd.DataFrame, fraud: Any, genuine: Any, frauds: int | None = None) -> pd.DataFrame:
    """A column ``x`` with one value for frauds, for the first so many of them if told, and another for everybody else."""
    bad = table["fraud"].to_numpy() == 1
    chosen = bad & (np.cumsum(bad) <= (bad.sum() if frauds is None else frauds))
    return table.assign(x=np.where(chosen, fraud, genuine))


def test_twenty_frauds_with_a_word_of_their_own_are_a_leak(audited: Auditor, table: pd.DataFrame) -> None:
    report = audited(with_column(table, "odd", "usual", 20))
    assert words(report, "one rule") == 'x == "odd": precision 1.00 (20 of 20) at recall 0.067, base rate 1.8 %'
    assert failed(report) == {"one rule"}


def test_nineteen_are_not(audited: Auditor, table: pd.DataFrame) -> None:
    assert failed(audited(with_column(table, "odd", "usual", 19))) == set()


def test_twenty_frauds_of_one_victim_are_not(audited: Auditor, table: pd.DataFrame) -> None:
    spoilt = with_column(table, "odd", "usual", 25)
    bad = (spoilt["x"] == "odd").to_numpy()
    assert failed(audited(spoilt.assign(customer=np.where(bad, 7, spoilt["customer"])))) == set()


def test_a_word_with_one_genuine_row_in_ten_is_a_leak_and_with_two_is_none(
    audited: Auditor, table: pd.DataFrame
) -> None:
    spoilt = with_column(table, "odd", "usual", 90)
    genuine = np.flatnonzero(spoilt["fraud"] == 0)
    at = spoilt.columns.get_loc("x")
    spoilt.iloc[genuine[:10], at] = "odd"
    assert "precision 0.90 (90 of 100)" in words(audited(spoilt), "one rule")
    spoilt.iloc[genuine[:20], at] = "odd"
    assert words(audited(spoilt), "one rule") == ""


def test_a_missing_value_can_be_the_rule(audited: Auditor, table: pd.DataFrame) -> None:
    words_missing = with_column(table, None, "there", 60)
    assert words(audited(words_missing), "one rule").startswith("x is null: precision 1.00 (60 of 60)")
    numbers_missing = with_column(table, np.nan, 3.5, 60)
    assert words(audited(numbers_missing), "one rule").startswith("x is null: precision 1.00 (60 of 60)")


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(40.2, 40.9, "40.2"), (900, 950, "x >= 90"), (-90, -50, "x <= -5")],
)
def test_an_interval_can_be_the_rule(audited: Auditor, table: pd.DataFrame, low: float, high: float, text: str) -> None:
    rng = np.random.default_rng(1)
    wide = rng.uniform(0, 100, len(table))
    outside = np.where((wide > 40) & (wide < 41), 10.0, wide)
    found = words(audited(with_column(table, rng.uniform(low, high, len(table)), outside)), "one rule")
    assert text in found
    assert "precision 1.00 (300 of 300)" in found


def test_a_number_that_recurs_can_be_the_rule(audited: Auditor, table: pd.DataFrame) -> None:
    other = np.round(np.random.default_rng(1).uniform(0, 500, len(table)), 2)
    spoilt = with_column(table, 313.37, np.where(other == 313.37, 0, other), 40)
    assert words(audited(spoilt), "one rule").startswith("x == 313.37: precision 1.00 (40 of 40)")


def test_many_rare_words_that_only_frauds_have_are_one_rule(audited: Auditor, table: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    rare = np.array([f"{chr(97 + i % 26)}{i}" for i in rng.integers(0, 40, len(table))], object)
    usual = np.array([f"{chr(97 + i % 26)}{i}" for i in rng.integers(100, 160, len(table))], object)
    found = words(audited(with_column(table, rare, usual)), "one rule")
    assert "and 37 more: precision 1.00 (300 of 300)" in found


def test_words_that_each_campaign_has_for_itself_are_no_rule(audited: Auditor, table: pd.DataFrame) -> None:
    """Three letters each, of hundreds that everybody has and, for every victim, of others."""
    letters = [f"{a}{b}{c}" for a in "abcdefgh" for b in "abcdefgh" for c in "abcdefgh"]
    pool = np.array(letters, object)[np.random.default_rng(1).permutation(len(letters))]
    victims = table.loc[table["fraud"] == 1, "customer"].unique()
    own = pool[400 + np.searchsorted(np.sort(victims), table["customer"]) % len(victims)]
    assert words(audited(with_column(table, own, pool[np.arange(len(table)) % 400])), "one rule") == ""


def test_a_word_within_a_text_can_be_the_rule(audited: Auditor, table: pd.DataFrame) -> None:
    number = pd.Series(np.arange(len(table)) % 150, index=table.index).astype(str)
    found = words(audited(with_column(table, "ACME-test-" + number, "ACME-shop-" + number)), "one rule")
    assert found.startswith('x contains "test": precision 1.00 (300 of 300)')


def test_the_beginning_of_a_text_can_be_the_rule(audited: Auditor, table: pd.DataFrame) -> None:
    number = pd.Series(np.arange(len(table)) % 150, index=table.index).astype(str)
    found = words(audited(with_column(table, "X9" + number, "Y9" + number)), "one rule")
    assert found.startswith('x starts with "x9": precision 1.00 (300 of 300)')


def test_texts_of_an_identifier_are_searched_for_words_alone(audited: Auditor, table: pd.DataFrame) -> None:
    number = pd.Series(np.arange(len(table)), index=table.index).astype(str)
    report = audited(with_column(table, "mule " + number, "payee " + number))
    assert report.tables[0].taken_for_ids == ("x",)
    assert words(report, "one rule").startswith('x contains "mule"')
