from __future__ import annotations

import numpy as np
import pytest

from fintxsim.leaks.bins import Bins, binned
from fintxsim.leaks.cases import Cases
from fintxsim.leaks.evidence import nats_needed
from fintxsim.leaks.frames import Numbers
from fintxsim.leaks.scores import REGIONS, Score, column_score, questions_score

ROWS, FRAUDS = 10_000, 100
NATS = nats_needed(REGIONS)


def cases_of(groups: int = FRAUDS) -> Cases:
    """The first hundred rows are frauds, of so many groups."""
    group = np.full(ROWS, -1, np.int64)
    group[:FRAUDS] = np.arange(FRAUDS) % groups
    return Cases(np.arange(ROWS) < FRAUDS, group)


def column(fraud_share: float, genuine_share: float) -> Bins:
    """A flag that is set for a share of the frauds and for a share of the genuine rows."""
    flags = np.zeros(ROWS)
    flags[: int(fraud_share * FRAUDS)] = 1.0
    flags[FRAUDS : FRAUDS + int(genuine_share * (ROWS - FRAUDS))] = 1.0
    return binned(Numbers(flags))


def score_of(fraud_share: float, genuine_share: float, groups: int = FRAUDS) -> Score:
    cases = cases_of(groups)
    return column_score(cases, cases.plain, column(fraud_share, genuine_share), "flag")


def test_a_column_that_is_the_label_has_a_perfect_score() -> None:
    score = score_of(1.0, 0.0)
    assert (score.average_precision, score.recall, score.passed) == (1.0, 1.0, 0.0)
    assert score.text == "flag >= 1"


def test_a_column_that_tells_nothing_scores_the_base_rate() -> None:
    assert score_of(0.3, 0.3).average_precision == pytest.approx(0.01, rel=0.3)


def test_the_score_of_a_flag_is_the_average_precision_of_its_two_values() -> None:
    """By hand: half of the frauds at a precision of 50 / 149, the other half at the base rate of .01."""
    assert score_of(0.5, 0.01).average_precision == pytest.approx(0.5 * 50 / 149 + 0.5 * 0.01, rel=0.05)


def test_a_leak_exceeds_its_gate() -> None:
    assert score_of(0.5, 0.01).exceeds(0.03, NATS)


def test_a_column_that_tells_nothing_exceeds_no_gate() -> None:
    assert not score_of(0.3, 0.3).exceeds(0.03, NATS)


def test_what_lies_just_above_a_gate_does_not_exceed_it_with_few_frauds() -> None:
    score = score_of(0.5, 0.05)
    assert score.average_precision > 0.04
    assert not score.exceeds(0.04, NATS)


def test_frauds_of_two_groups_are_no_evidence() -> None:
    assert not score_of(0.5, 0.01, groups=2).exceeds(0.03, NATS)


def test_a_word_seen_once_is_no_evidence() -> None:
    """Each row has a number of its own, so that every fraud has one that no genuine row has."""
    cases = cases_of()
    score = column_score(cases, cases.plain, binned(Numbers(np.random.default_rng(1).normal(size=ROWS))), "noise")
    assert score.average_precision < 0.02


def test_three_questions_find_what_no_column_tells() -> None:
    cases, rng = cases_of(), np.random.default_rng(2)
    one, other = rng.random(ROWS) < 0.1, rng.random(ROWS) < 0.1
    one[:FRAUDS] = other[:FRAUDS] = True
    other[FRAUDS:] &= ~one[FRAUDS:]
    columns = [binned(Numbers(flags.astype(float))) for flags in (one, other)]
    alone = column_score(cases, cases.plain, columns[0], "one")
    both = questions_score(cases, cases.plain, columns, ["one", "other"])
    assert alone.average_precision < 0.2
    assert (both.average_precision, both.text) == (1.0, "other >= 1 and one >= 1")
    assert both.exceeds(0.5, NATS)


def test_questions_to_columns_that_tell_nothing_have_no_answer() -> None:
    cases = cases_of()
    score = questions_score(cases, cases.plain, [column(0.3, 0.3)], ["flag"])
    assert (score.text, score.average_precision) == ("any row", pytest.approx(0.01, rel=0.01))
