"""From a file to a checked scenario, or to all its mistakes at once."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from fintxsim.errors import InputError, Problem, ScenarioError
from fintxsim.scenario.load import Loaded, load_scenario
from fintxsim.scenario.messages import MAX_PROBLEMS
from tests.unit.scenario.small_model import Basis, CardTesting, Small


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    return tmp_path / "scenario.yaml"


def load(path: Path, text: str, *overrides: str) -> Loaded[Small]:
    path.write_text(text, encoding="utf-8")
    return load_scenario(path, Small, overrides=overrides, shipped={})


def problems(path: Path, text: str, *overrides: str) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load(path, text, *overrides)
    return caught.value.problems


def only_problem(path: Path, text: str, *overrides: str) -> Problem:
    (problem,) = problems(path, text, *overrides)
    return problem


def test_a_valid_scenario_is_loaded_with_its_data(scenario: Path) -> None:
    loaded = load(scenario, "name: x\ndays: 1_000\nstart_date: 2026-02-28\nfraud: {basis: value}\n")
    assert loaded.value == Small.model_validate(loaded.resolved)
    assert loaded.value.start_date == datetime.date(2026, 2, 28)
    assert loaded.value.fraud.basis is Basis.VALUE
    assert loaded.resolved == {"name": "x", "days": 1000, "start_date": "2026-02-28", "fraud": {"basis": "value"}}
    assert (loaded.sources, loaded.warnings) == ((scenario,), ())


def test_a_shipped_scenario_is_loaded_by_name(scenario: Path) -> None:
    scenario.write_text("name: x\n", encoding="utf-8")
    assert load_scenario("known", Small, shipped={"known": scenario}).value.name == "x"


def test_a_key_may_name_the_kind_of_a_part(scenario: Path) -> None:
    loaded = load(scenario, "name: x\nfraud: {typologies: {card_testing: {rate_bps: 2}}}\n")
    assert loaded.value.fraud.typologies["card_testing"] == CardTesting(kind="card_testing", rate_bps=2)


@pytest.mark.parametrize(
    ("line", "column", "path", "message"),
    [
        ("dayz: 3", 1, "dayz", "unknown key 'dayz'; did you mean 'days'? allowed: name, seed, start_date, days"),
        ("qqq: 3", 1, "qqq", "unknown key 'qqq'; allowed: name, seed"),
        ("extend: a", 1, "extend", "did you mean 'extends'?"),
        ("days: ten", 7, "days", "must be a whole number, at least 1 and at most 3_650 (got 'ten')"),
        ("days: 1.5", 7, "days", "must be a whole number, at least 1 and at most 3_650 (got 1.5)"),
        ('days: "90"', 7, "days", "(got '90'); remove the quotes"),
        ('days: "1e999"', 7, "days", "must be a whole number, at least 1 and at most 3_650 (got '1e999')"),
        ("days: true", 7, "days", "must be a whole number, at least 1 and at most 3_650 (got true)"),
        ("days:", 6, "days", "must be a whole number, at least 1 and at most 3_650 (got nothing)"),
        ("days: [1]", 1, "days", "must be a whole number, at least 1 and at most 3_650 (got a list of 1)"),
        ("days: {a: 1}", 1, "days", "(got a mapping with a)"),
        ("days: {}", 1, "days", "(got an empty mapping)"),
        ("days: 0", 7, "days", "must be at least 1 and at most 3_650 (got 0)"),
        ("days: 99_999", 7, "days", "must be at least 1 and at most 3_650 (got 99_999)"),
        ("is_open: NO", 10, "is_open", "must be true or false (got 'NO')"),
        ("is_open: 1", 10, "is_open", "must be true or false (got 1)"),
        ("timezone: 3", 11, "timezone", "must be text (got 3); put it in quotes"),
        ("timezone: ~", 11, "timezone", "must be text (got nothing)"),
        ("start_date: 2026-02-30", 13, "start_date", "day value is outside expected range (got '2026-02-30')"),
        ("start_date: 2026-13-01", 13, "start_date", "month value is outside expected range of 1-12"),
        ("start_date: 20260101", 13, "start_date", "must be a date, written 2026-01-31 (got 20260101)"),
        ('start_date: "20260101"', 13, "start_date", "must be a date, written 2026-01-31 (got '20260101')"),
        ("scheme: vista", 9, "scheme", "unknown value 'vista'; did you mean 'visto'? allowed: visto, mastero"),
        ("limit: nnone", 8, "limit", "must be a whole number or none (got 'nnone')"),
        ("limit: [1]", 1, "limit", "must be a whole number (got a list of 1); or: must be 'none'"),
        ("tags: [a, 3]", 11, "tags[1]", "must be text (got 3); put it in quotes"),
        ("tags: a", 7, "tags", "must be a list (got 'a')"),
        ("population: []", 1, "population", "must be a mapping of keys to values (got a list of 0)"),
        ("population: {days: 1}", 14, "population.days", "unknown key 'days'; allowed: customers, merchants"),
        ("population: {by_segment: {studnt: 1}}", 27, "population.by_segment.studnt", "did you mean 'student'?"),
        ("population: {by_segment: {1: 1}}", 27, "population.by_segment.1", "unknown key '1'"),
        ("fraud: {basis: cnt}", 16, "fraud.basis", "unknown value 'cnt'; did you mean 'count'? allowed: count, value"),
        ("fraud: {kinds: {a: 0.5, b: 0.6}}", 9, "fraud.kinds", "shares must add up to 1; these add up to 1.1"),
        ("fraud: {kinds: {a: -1, b: 2}}", 9, "fraud.kinds", "shares must be 0 or more; mend a"),
        ("fraud: {kinds: {a: x}}", 20, "fraud.kinds.a", "must be a number (got 'x')"),
        (
            "fraud: {typologies: {card_tseting: {rate_bps: 1}}}",
            22,
            "fraud.typologies.card_tseting",
            "unknown name 'card_tseting'; did you mean 'card_testing'? allowed: card_testing, app_scam",
        ),
        (
            "fraud: {typologies: {app_scam: {camouflag: 1}}}",
            33,
            "fraud.typologies.app_scam.camouflag",
            "did you mean 'camouflage'?",
        ),
        (
            "fraud: {typologies: {app_scam: {camouflage: '1'}}}",
            45,
            "fraud.typologies.app_scam.camouflage",
            "must be a number, at least 0 and at most 1 (got '1'); remove the quotes",
        ),
        (
            "fraud: {rows: [{kind: app_scm}]}",
            23,
            "fraud.rows[0].kind",
            "unknown kind 'app_scm'; did you mean 'app_scam'?",
        ),
        ("fraud: {rows: [{rate_bps: 2}]}", 16, "fraud.rows[0].kind", "required, but not given; allowed: card_testing"),
        ("fraud: {rows: [{kind: card_testing}]}", 16, "fraud.rows[0].rate_bps", "required, but not given: Rows per"),
        ("fraud: {rows: [3]}", 16, "fraud.rows[0]", "must be a mapping of keys to values (got 3)"),
    ],
)
def test_a_mistake_is_told_in_plain_words_at_its_place(
    scenario: Path, line: str, column: int, path: str, message: str
) -> None:
    problem = only_problem(scenario, f"name: x\n{line}\n")
    assert (problem.file, problem.line, problem.column) == (str(scenario), 2, column)
    assert (problem.path, problem.source) == (path, line)
    assert message in problem.message


def test_a_missing_key_is_told_with_its_meaning(scenario: Path) -> None:
    problem = only_problem(scenario, "days: 3\n")
    assert (problem.path, problem.line) == ("name", 1)
    assert problem.message == "required, but not given: Name of the scenario."


def test_a_rule_of_the_model_is_told_in_its_own_words(scenario: Path) -> None:
    assert only_problem(scenario, "name: long\ndays: 3\n").message == "a long scenario has 10 days or more"


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(scenario: Path) -> None:
    text = "days: 0\nseed: .inf\nseed: 1\nfraud:\n  x: 1\nis_open: 3\n"
    found = problems(scenario, text)
    assert [problem.line for problem in found] == [1, 1, 2, 3, 5, 6]


def test_a_value_that_was_told_once_is_not_told_again(scenario: Path) -> None:
    assert "a number must be finite" in only_problem(scenario, "name: x\ndays: .nan\n").message


def test_a_small_mistake_alone_is_enough_to_refuse(scenario: Path) -> None:
    assert "duplicate key 'name'" in only_problem(scenario, "name: x\nname: y\n").message


def test_a_key_left_out_by_a_merge_is_not_called_missing(scenario: Path) -> None:
    assert "merge keys" in only_problem(scenario, "days: 3\n<<: {name: x}\n").message


def test_no_more_mistakes_are_told_than_anyone_reads(scenario: Path) -> None:
    found = problems(scenario, "name: x\n" + "".join(f"key_{i}: 1\n" for i in range(5000)))
    assert len(found) == MAX_PROBLEMS + 1
    assert "there are more problems" in found[-1].message


def test_a_long_value_is_cut(scenario: Path) -> None:
    assert len(only_problem(scenario, f"name: x\ndays: {'y' * 5000}\n").message) < 200


def test_a_warning_names_the_place_and_the_reason(scenario: Path) -> None:
    loaded = load(scenario, "name: x\ndays: 1\npopulation:\n  customers: 3\n")
    assert loaded.warnings == (
        f"{scenario}:2:1: warning: days: one day shows nothing",
        f"{scenario}:4:3: warning: population.customers: nobody has time to act",
    )


def test_a_warning_about_a_default_names_the_file(scenario: Path) -> None:
    loaded = load(scenario, "name: x\n", "days=1")
    assert loaded.warnings == (
        "--set days=1: warning: days: one day shows nothing",
        f"{scenario}: warning: population.customers: nobody has time to act",
    )


def test_a_warning_may_point_into_a_list(scenario: Path) -> None:
    (warning,) = load(scenario, "name: x\ntags: [idle]\n").warnings
    assert warning == f"{scenario}:2:8: warning: tags[0]: no one reads it"


def test_a_model_without_the_method_gives_no_warnings(scenario: Path) -> None:
    scenario.write_text("kind: card_testing\nrate_bps: 1\n", encoding="utf-8")
    assert load_scenario(scenario, CardTesting, shipped={}).warnings == ()


def test_a_file_that_does_not_exist_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=re.escape("no scenario")):
        load_scenario(tmp_path / "absent.yaml", Small, shipped={})


def test_the_result_cannot_be_changed(scenario: Path) -> None:
    loaded = load(scenario, "name: x\n")
    with pytest.raises(AttributeError):
        loaded.warnings = ()  # type: ignore[misc]
