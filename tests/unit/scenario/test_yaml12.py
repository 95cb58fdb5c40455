"""YAML text to nodes: scalars, positions, limits and refusals."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from fintxsim.errors import Problem, ScenarioError
from fintxsim.scenario import yaml12
from fintxsim.scenario.nodes import MapNode, plain
from fintxsim.scenario.yaml12 import MAX_DEPTH, MAX_KEY_LENGTH, MAX_NODES, compose


@pytest.fixture(autouse=True, params=["SafeLoader", "CSafeLoader"])
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every claim holds with and without the C parser."""
    monkeypatch.setattr(yaml12, "LOADER", getattr(yaml, request.param, yaml.SafeLoader))


def value_of(text: str) -> Any:
    composed = compose(f"key: {text}\n", "f.yaml")
    assert composed.problems == ()
    assert composed.root is not None
    return plain(composed.root)["key"]


def stopped_by(text: str) -> Problem:
    with pytest.raises(ScenarioError) as caught:
        compose(text, "f.yaml")
    (problem,) = caught.value.problems
    return problem


def reported_in(text: str) -> Problem:
    (problem,) = compose(text, "f.yaml").problems
    return problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("true", True),
        ("FALSE", False),
        ("0742", 742),
        ("-17", -17),
        ("20_000", 20_000),
        ("0o17", 15),
        ("0xFF", 255),
        ("0b11", "0b11"),
        ("12:30", "12:30"),
        ("2026-01-01", "2026-01-01"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1_0.5", "1_0.5"),
        ("1__0", "1__0"),
        ("_1", "_1"),
        ("~", None),
        ("null", None),
        ("", None),
        ("=", "="),
        ('"12"', "12"),
        ("'true'", "true"),
        ("''", ""),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("!!int 12", 12),
        ("!!float 12", 12),
        ('!!bool "true"', True),
        ("!!seq [1]", [1]),
        ("!!map {a: 1}", {"a": 1}),
        ("|\n  two\n  lines", "two\nlines\n"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, expected: Any) -> None:
    value = value_of(text)
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize("text", [".inf", "-.INF", "+.Inf", ".nan", ".NaN"])
def test_a_number_that_is_not_finite_is_refused(text: str) -> None:
    assert reported_in(f"key: {text}").message == f"a number must be finite (got {text})"


@pytest.mark.parametrize("text", ["1e999", "18446744073709551616", "-9223372036854775809", "0xFFFFFFFFFFFFFFFFF"])
def test_a_number_too_large_for_64_bits_is_refused(text: str) -> None:
    assert "the number is too large" in reported_in(f"key: {text}").message


def test_a_number_of_many_digits_is_refused_before_it_is_computed() -> None:
    assert "at most 64 characters" in reported_in("key: " + "9" * 100_000).message


def test_the_largest_seed_is_read() -> None:
    assert value_of("18446744073709551615") == 2**64 - 1


def test_nodes_know_the_line_and_column_of_key_and_value() -> None:
    root = compose("a: 1\nb:\n  c:   x\n", "f.yaml").root
    assert isinstance(root, MapNode)
    inner = root.entries["b"].value
    assert isinstance(inner, MapNode)
    entry = inner.entries["c"]
    assert (entry.place.line, entry.place.column) == (3, 3)
    assert (entry.value.place.line, entry.value.place.column) == (3, 8)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_with_every_line_ending(ending: str) -> None:
    problem = reported_in(f"a: 1{ending}b: 2{ending}a: 3{ending}")
    assert (problem.line, problem.source) == (3, "a: 3")


def test_a_duplicate_key_names_both_lines() -> None:
    problem = reported_in("a:\n  x: 1\n  y: 2\n  x: 3\n")
    assert problem.message == "duplicate key 'x': given at line 2 and again at line 4; keep one"
    assert (problem.line, problem.column, problem.path) == (4, 3, "a")


def test_keys_are_the_same_when_their_text_is_the_same() -> None:
    assert "duplicate key '5411'" in reported_in("5411: 1\n'5411': 2\n").message


def test_a_merge_key_is_refused_with_what_to_do_instead() -> None:
    composed = compose("base: &b {x: 1}\nother:\n  <<: *b\n", "f.yaml")
    assert "merge keys (<<) are not part of YAML 1.2" in composed.problems[0].message
    assert not composed.complete


def test_an_empty_key_is_refused() -> None:
    assert "a key is empty" in reported_in("'': 1\n").message


def test_a_long_key_is_refused() -> None:
    assert f"at most {MAX_KEY_LENGTH} characters" in reported_in(f'"{"k" * (MAX_KEY_LENGTH + 1)}": 1\n').message


@pytest.mark.parametrize("key", ["? [a]\n: 1", "? {a: 1}\n: 1", "&k a: 1\n*k : 2"])
def test_a_key_that_is_not_plain_text_is_refused(key: str) -> None:
    assert "a key must be plain text" in stopped_by(key).message


@pytest.mark.parametrize(
    "text",
    [
        "key: !!python/object/apply:os.system [echo]",
        "key: !!python/name:os.system ''",
        "key: !mine {a: 1}",
        "key: !!set {a}",
        "key: !!timestamp 2026-01-01",
        "key: !!binary aGk=",
        "!!python/none key: 1",
    ],
)
def test_a_tag_that_is_not_plain_data_is_refused(text: str) -> None:
    assert "is not allowed: a scenario is plain data; remove the tag" in reported_in(text).message


def test_a_tag_that_does_not_fit_its_value_is_refused() -> None:
    assert "tag !!int does not fit the value" in reported_in("key: !!int abc").message


def test_an_alias_repeats_its_anchor() -> None:
    root = compose("a: &x {k: 1}\nb: *x\n", "f.yaml").root
    assert root is not None
    assert plain(root) == {"a": {"k": 1}, "b": {"k": 1}}


def test_a_bomb_of_aliases_is_refused() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    assert f"more than {MAX_NODES:,} values" in stopped_by("\n".join(levels)).message


def test_a_ladder_of_aliases_is_refused_for_its_depth() -> None:
    levels = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 50)]
    assert f"nested deeper than {MAX_DEPTH} levels" in stopped_by("\n".join(levels)).message


def test_an_alias_inside_its_own_anchor_is_refused() -> None:
    assert "stands inside what it names" in stopped_by("a: &x [*x]").message


def test_an_alias_without_anchor_is_refused() -> None:
    assert "no anchor &x before it" in stopped_by("a: *x").message


def test_too_many_values_are_refused() -> None:
    assert f"more than {MAX_NODES:,} values" in stopped_by("a: [" + "1," * MAX_NODES + "]").message


@pytest.mark.parametrize("brackets", ["[", "{a: "])
def test_too_deep_nesting_is_refused(brackets: str) -> None:
    assert f"nested deeper than {MAX_DEPTH} levels" in stopped_by("a: " + brackets * 100_000).message


def test_a_tab_as_indentation_is_named_with_its_line() -> None:
    problem = stopped_by("a:\n\tb: 1\n")
    assert (problem.line, problem.message) == (2, "not YAML: a tab cannot indent; use spaces")


@pytest.mark.parametrize(
    ("text", "line"), [("a: [1, 2\nb: 3\n", 2), ("a: 1\n b: 2\n", 2), ('a: "x\n', 2), ("a: 1\n}\n", 2), ("a: @x", 1)]
)
def test_broken_syntax_is_placed(text: str, line: int) -> None:
    problem = stopped_by(text)
    assert problem.message.startswith("not YAML: ")
    assert (problem.line, problem.column >= 1) == (line, True)


def test_a_tag_on_a_key_is_refused() -> None:
    assert "tag !!int is not allowed" in reported_in("!!int 1: 1").message


def test_a_key_that_looks_like_a_number_is_text() -> None:
    root = compose(".inf: 1\n~: 2\n1e999: 3\n", "f.yaml").root
    assert root is not None
    assert list(plain(root)) == [".inf", "~", "1e999"]


@pytest.mark.parametrize("escape", [r'a: "\UFFFFFFFF"', r'a: "\q"'])
def test_an_impossible_escape_is_refused(escape: str) -> None:
    assert stopped_by(escape).message.startswith("not YAML: ")


@pytest.mark.parametrize("text", [r'a: "\uD800"', r'"\uDFFF": 1'])
def test_a_lone_surrogate_never_reaches_the_model(text: str) -> None:
    try:
        composed = compose(text, "f.yaml")
    except ScenarioError:
        return
    assert "is not a character" in composed.problems[0].message


def test_a_huge_version_number_is_refused() -> None:
    assert stopped_by(f"%YAML 1.{'9' * 5000}\n---\na: 1\n").message.startswith("not YAML: ")


@pytest.mark.parametrize("char", ["\0", "\x07", "\x1b", "\x7f"])
def test_a_control_character_is_placed(char: str) -> None:
    problem = stopped_by(f"a: 1\nb: x{char}y\n")
    assert (problem.line, problem.column) == (2, 5)
    assert f"character U+{ord(char):04X} is not allowed" in problem.message


def test_a_second_document_is_refused() -> None:
    problem = stopped_by("a: 1\n---\nb: 2\n")
    assert (problem.line, problem.message) == (2, "a second document begins here; a scenario file holds one")


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n"])
def test_text_without_a_document_has_no_root(text: str) -> None:
    assert compose(text, "f.yaml").root is None


def test_all_small_mistakes_are_reported_together() -> None:
    problems = compose("a: .inf\na: 1\nb: !x 1\n", "f.yaml").problems
    assert [problem.line for problem in problems] == [1, 2, 3]
