"""Paths and problems, safe to print."""

from __future__ import annotations

from fintxsim.scenario.nodes import Place, Source, dotted, problem_at


def test_a_path_is_dotted_with_indices_in_brackets() -> None:
    assert dotted(("a", 0, "b", "c")) == "a[0].b.c"


def test_a_problem_holds_no_control_characters() -> None:
    source = Source("f.yaml", ("k: \x1b[31mred",))
    problem = problem_at(Place(source, 1, 4), ("\x1b",), "got '\x1b\u202e'")
    assert str(problem).replace("\n", "").isprintable()


def test_a_problem_far_to_the_right_shows_no_line() -> None:
    assert problem_at(Place(Source("f.yaml", ("x" * 1000,)), 1, 900), (), "bad").source == ""


def test_a_long_line_is_cut() -> None:
    assert len(problem_at(Place(Source("f.yaml", ("x" * 1000,)), 1, 1), (), "bad").source) == 160


def test_a_place_without_line_shows_no_line() -> None:
    assert str(problem_at(Place(Source("--set a=1")), ("a",), "bad")) == "--set a=1: error: a: bad"
