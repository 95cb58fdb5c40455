"""The checks bite: what a naive generator makes is not like real data, and the report says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fintxsim.fidelity import FACTS, Distance, FactResult, FidelityReport, judge
from fintxsim.fidelity.scopes import scope_named
from fintxsim.outcomes import Outcome
from tests.unit.fidelity.tables import measured, naive, table


@pytest.fixture(scope="module")
def naive_facts() -> tuple[FactResult, ...]:
    return judge(measured(naive()), scope_named("retail"))


def report(facts: tuple[FactResult, ...]) -> FidelityReport:
    return FidelityReport(Path("<run>"), "retail", 100, 1, facts)


def outcomes(facts: tuple[FactResult, ...], outcome: Outcome) -> set[str]:
    return {fact.id for fact in facts if fact.outcome is outcome}


def test_a_naive_table_fails_most_facts(naive_facts: tuple[FactResult, ...]) -> None:
    failed, passed = (outcomes(naive_facts, outcome) for outcome in (Outcome.FAIL, Outcome.PASS))
    assert len(failed) > 0.8 * len(failed | passed), passed


def test_a_naive_table_fails_where_it_is_naive(naive_facts: tuple[FactResult, ...]) -> None:
    failed = outcomes(naive_facts, Outcome.FAIL)
    spread = {"A1", "A2", "A5", "A7", "A9"}
    night_and_week = {"T3", "T4", "T6", "T7", "T8"}
    equal = {"C1", "C3", "M1", "M6", "M7", "A16", "T9"}
    by_lot = {"F1", "F2", "F3", "F6", "F7"} - {"F7"}
    assert failed >= spread | night_and_week | equal | by_lot


def test_only_detectors_are_not_evaluated(naive_facts: tuple[FactResult, ...]) -> None:
    assert outcomes(naive_facts, Outcome.NOT_EVALUATED) == {"F8", "F9"}


def test_every_fact_is_told_in_its_order(naive_facts: tuple[FactResult, ...]) -> None:
    assert [fact.id for fact in naive_facts] == [fact.id for fact in FACTS]


def test_the_widened_band_decides(naive_facts: tuple[FactResult, ...]) -> None:
    judged = [fact for fact in naive_facts if fact.outcome in (Outcome.PASS, Outcome.FAIL)]
    assert judged
    for fact in judged:
        assert fact.value is not None
        inside = (fact.low_wide or 0.0) <= fact.value <= (fact.high_wide or 0.0)
        assert inside == (fact.outcome is Outcome.PASS)


def test_a_scope_without_figures_tells_values_and_judges_nothing() -> None:
    facts = {fact.id: fact for fact in judge(measured(naive(20_000, 60)), scope_named("mobile_money"))}
    assert facts["A8"].outcome is Outcome.NOT_APPLICABLE
    assert facts["A8"].value == pytest.approx(0.01, abs=0.005)
    assert facts["A8"].reason == "no real data of payments from mobile wallets are behind a band"


def test_a_table_without_payments_tells_nothing() -> None:
    facts = judge(measured(table(amount=[1.0], is_payment=[False])), scope_named("retail"))
    assert outcomes(facts, Outcome.PASS) | outcomes(facts, Outcome.FAIL) == set()
    assert facts[0].reason == "there are no payments"


def test_a_report_is_good_when_something_passed_and_nothing_failed(naive_facts: tuple[FactResult, ...]) -> None:
    good = tuple(fact for fact in naive_facts if fact.outcome is not Outcome.FAIL)
    silent = tuple(fact for fact in naive_facts if fact.outcome is Outcome.NOT_EVALUATED)
    assert [report(facts).is_good for facts in (naive_facts, good, silent)] == [False, True, False]


def test_a_report_counts_and_finds_its_facts(naive_facts: tuple[FactResult, ...]) -> None:
    told = report(naive_facts)
    assert told.passed + told.failed == len(FACTS) - 2
    assert told["C1"].group == "customers"


def test_the_frame_has_a_line_per_fact(naive_facts: tuple[FactResult, ...]) -> None:
    frame = report(naive_facts).frame()
    assert list(frame.index) == [fact.id for fact in FACTS]
    assert frame.loc["A1", "value"] == naive_facts[0].value
    assert frame.loc["A1", "outcome"] == "fail"


def test_a_notebook_shows_text_as_text(naive_facts: tuple[FactResult, ...]) -> None:
    odd = replace(naive_facts[0], metric="<script>", reason="a & b")
    shown = report((odd,))._repr_html_()
    assert "<script>" not in shown
    assert [text for text in ("&lt;script&gt;", "a &amp; b", "&lt;run&gt;") if text not in shown] == []


def test_a_notebook_shows_distances_from_a_reference() -> None:
    told = replace(report(()), reference=Path("<own>"), distances=(Distance("hour of day", "m", 0.2, 0.1, "a<b"),))
    shown = told._repr_html_()
    assert [text for text in ("&lt;own&gt;", "<td>hour of day</td><td>2</td>", "a&lt;b") if text not in shown] == []


def test_distances_are_told_in_those_of_halves() -> None:
    near, equal, silent = (Distance("d", "m", *sides) for sides in ((0.2, 0.1), (0.2, 0.0), (None, None)))
    assert [near.ratio, equal.ratio, silent.ratio] == [2.0, None, None]


def test_the_frame_of_distances_has_a_line_each() -> None:
    told = replace(report(()), distances=(Distance("hour of day", "m", 0.2, 0.1),))
    assert told.distance_frame().loc["hour of day", "ratio"] == 2.0
