"""``--set a.b=c``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fintxsim.errors import Problem, ScenarioError
from fintxsim.scenario.load import load_scenario
from fintxsim.scenario.yaml12 import MAX_BYTES
from tests.unit.scenario.small_model import Small

TEXT = "name: x\npopulation: {customers: 5, merchants: 2}\nfraud: {kinds: {a: 0.5, b: 0.5}}\n"


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def resolved(path: Path, *overrides: str) -> dict[str, Any]:
    return load_scenario(path, Small, overrides=overrides, shipped={}).resolved


def problem(path: Path, *overrides: str) -> Problem:
    with pytest.raises(ScenarioError) as caught:
        resolved(path, *overrides)
    (found,) = caught.value.problems
    return found


@pytest.mark.parametrize(
    ("override", "key", "expected"),
    [
        ("days=7", "days", 7),
        ("days = 7", "days", 7),
        ("days=1_000", "days", 1000),
        ("name=NO", "name", "NO"),
        ('name="12"', "name", "12"),
        ("name=a=b", "name", "a=b"),
        ("tags=[a, b]", "tags", ["a", "b"]),
        ("population={customers: 1}", "population", {"customers": 1}),
        ("population.customers=1", "population", {"customers": 1, "merchants": 2}),
        ("population.merchants=", "population", {"customers": 5, "merchants": None}),
        (
            "population.by_segment.student=2",
            "population",
            {"customers": 5, "merchants": 2, "by_segment": {"student": 2}},
        ),
    ],
)
def test_an_override_sets_one_value(scenario: Path, override: str, key: str, expected: Any) -> None:
    assert resolved(scenario, override)[key] == expected


def test_the_last_override_wins(scenario: Path) -> None:
    assert resolved(scenario, "days=7", "days=8")["days"] == 8


def test_one_share_is_set_among_the_others(scenario: Path) -> None:
    assert resolved(scenario, "fraud.kinds.a=0.2", "fraud.kinds.b=0.8")["fraud"]["kinds"] == {"a": 0.2, "b": 0.8}


@pytest.mark.parametrize(
    ("override", "path", "message"),
    [
        ("dayz=3", "dayz", "did you mean 'days'?"),
        ("days=ten", "days", "must be a whole number, at least 1 and at most 3_650 (got 'ten')"),
        ("fraud.kinds.a=0.6", "fraud.kinds", "these add up to 1.1"),
        ("days", "", "write --set key=value"),
        ("=3", "", "write --set key=value"),
        ("population.=3", "", "write --set key=value"),
        ("name.x=3", "name", "holds no keys"),
        ("extends=other", "extends", "can only be given in a file"),
        ("days=.inf", "days", "a number must be finite"),
        ("days=[1", "days", "not YAML"),
        ("name=a: b", "name", "quote text that holds `: `"),
        ("name=- a", "name", "is given on one line"),
        ("name=!!python/name:os ''", "name", "is not allowed: a scenario is plain data"),
        ("name=\x00", "name", "character U+0000 is not allowed"),
        ("name=\udcff", "name", "character U+DCFF is not allowed"),
        (".".join("a" * 21) + "=1", "", "too deep or too long"),
        ("name=" + "x" * (MAX_BYTES + 1), "", "too deep or too long"),
    ],
)
def test_a_mistake_points_at_the_override(scenario: Path, override: str, path: str, message: str) -> None:
    found = problem(scenario, override)
    at_file = path == "fraud.kinds"
    assert (found.file.startswith("--set "), found.line == 0) == (not at_file, not at_file)
    assert found.path == path
    assert message in found.message


def test_an_override_is_named_as_it_was_given(scenario: Path) -> None:
    assert str(problem(scenario, "population.customers=0")) == (
        "--set population.customers=0: error: population.customers: must be at least 1 and at most 1_000_000 (got 0)"
    )


def test_mistakes_of_files_and_overrides_are_told_together(scenario: Path) -> None:
    scenario.write_text(TEXT + "days: 0\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        resolved(scenario, "seed=x", "nothing")
    assert [found.line for found in caught.value.problems] == [4, 0, 0]
