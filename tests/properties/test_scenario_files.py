"""Claims about scenario files that hold for any file."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fintxsim.errors import InputError, ScenarioError
from fintxsim.scenario.dump import dump_resolved, scenario_digest
from fintxsim.scenario.load import load_scenario
from tests.unit.scenario.small_model import AppScam, Basis, CardTesting, Fraud, Population, Small

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
DOCUMENT: dict[str, Any] = {
    "name": "x",
    "population": {"customers": 5, "by_segment": {"student": 1.0}},
    "fraud": {"typologies": {"app_scam": {"rate_bps": 1.0}}, "rows": [{"kind": "app_scam"}]},
}
MODELS_IN_DOCUMENT: list[tuple[str | int, ...]] = [
    (),
    ("population",),
    ("fraud",),
    ("fraud", "typologies", "app_scam"),
    ("fraud", "rows", 0),
]


def load_bytes(data: bytes) -> Small:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "scenario.yaml")
        path.write_bytes(data)
        return load_scenario(path, Small, shipped={}).value


@st.composite
def scenarios(draw: st.DrawFn) -> Small:
    rates = st.floats(0, 100, allow_subnormal=False)
    typology = st.builds(AppScam, kind=st.just("app_scam"), rate_bps=rates, camouflage=st.floats(0, 1)) | st.builds(
        CardTesting, kind=st.just("card_testing"), rate_bps=rates
    )
    parts = draw(st.lists(st.integers(1, 1000), min_size=1, max_size=5))
    names = draw(st.lists(WORDS, min_size=len(parts), max_size=len(parts), unique=True))
    kinds = {name: part / sum(parts) for name, part in zip(names, parts, strict=True)}
    fraud = st.builds(
        Fraud,
        basis=st.sampled_from(Basis),
        kinds=st.just(kinds),
        typologies=st.dictionaries(WORDS, typology, max_size=3),
        rows=st.lists(typology, max_size=3).map(tuple),
    )
    population = st.builds(
        Population,
        customers=st.integers(1, 1_000_000),
        merchants=st.none() | st.integers(1, 2**63),
        by_segment=st.dictionaries(
            st.sampled_from(["student", "retiree"]), st.floats(allow_nan=False, allow_infinity=False)
        ),
    )
    return draw(
        st.builds(
            Small,
            name=WORDS.filter(lambda name: name != "long"),
            seed=st.integers(-(2**63), 2**64 - 1),
            start_date=st.dates(datetime.date(1000, 1, 1)),
            days=st.integers(1, 3650),
            timezone=st.text(st.characters(exclude_categories=["Cs"])),
            is_open=st.booleans(),
            scheme=st.sampled_from(["visto", "mastero"]),
            limit=st.just("none") | st.integers(-(2**63), 2**64 - 1),
            tags=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), max_size=4).map(tuple),
            population=population,
            fraud=fraud,
        )
    )


@settings(max_examples=100, deadline=None)
@given(scenarios())
def test_a_resolved_scenario_loads_back_to_an_equal_value(scenario: Small) -> None:
    loaded = load_bytes(dump_resolved(scenario).encode("utf-8"))
    assert loaded == scenario
    assert scenario_digest(loaded) == scenario_digest(scenario)


@settings(max_examples=100, deadline=None)
@given(scenarios())
def test_a_reader_of_yaml_1_1_sees_the_same_data(scenario: Small) -> None:
    text = dump_resolved(scenario)
    assert Small.model_validate(yaml.safe_load(text)) == scenario


def with_key(part: Any, path: tuple[str | int, ...], key: str, position: int) -> Any:
    """The document with one more key in the mapping at ``path``."""
    if not path:
        items = list(part.items())
        return dict([*items[:position], (key, 1), *items[position:]])
    copy: Any = list(part) if isinstance(part, list) else dict(part)
    copy[path[0]] = with_key(part[path[0]], path[1:], key, position)
    return copy


@settings(max_examples=200, deadline=None)
@given(
    path=st.sampled_from(MODELS_IN_DOCUMENT),
    key=st.from_regex(r"[a-z][a-z_]{0,15}", fullmatch=True).map("unknown_".__add__),
    position=st.integers(0, 3),
)
def test_any_unknown_key_is_refused_by_name_and_line(path: tuple[str | int, ...], key: str, position: int) -> None:
    text = yaml.safe_dump(with_key(DOCUMENT, path, key, position), sort_keys=False)
    line = next(number for number, content in enumerate(text.splitlines(), 1) if key in content)
    try:
        load_bytes(text.encode())
    except ScenarioError as error:
        (problem,) = error.problems
        assert (problem.line, f"unknown key '{key}'" in problem.message) == (line, True)
    else:
        raise AssertionError(f"{key} was taken")


SNIPPETS = st.sampled_from(
    [*"{}[]:,&*!|>%@`'\"#-?\n\t \\~<=", "name: x\n", "days: ", "extends: ", "!!python/object ", "&a ", "*a", "<<: ",
     "---\n", "...\n", ".inf", "1e999", "2026-02-30", "fraud:\n", "  typologies:\n", "    app_scam: ", "kinds: {a: 1}",
     "\0", "é", "\ufeff", "\u2028", "\\uD800", "%YAML 1.2\n", "../", "scenario.yaml", "population: ", "[[[[", "{a: "]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.lists(SNIPPETS, max_size=20).map(lambda parts: "".join(parts).encode()))
def test_any_file_loads_or_is_refused_in_words(data: bytes) -> None:
    try:
        load_bytes(data)
    except InputError as error:
        assert all(char.isprintable() or char == "\n" for char in str(error))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=50) | st.lists(SNIPPETS, max_size=8).map(lambda parts: "name=" + "".join(parts)))
def test_any_override_is_applied_or_refused_in_words(override: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "scenario.yaml")
        path.write_text("name: x\n", encoding="utf-8")
        try:
            load_scenario(path, Small, overrides=[override], shipped={})
        except InputError as error:
            assert all(char.isprintable() or char == "\n" for char in str(error))
