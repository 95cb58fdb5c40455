"""Near matches."""

from __future__ import annotations

from fintxsim.suggest import closest, hint, listed


def test_letter_case_does_not_matter() -> None:
    assert closest("DAYS", ["days", "seed"]) == "days"


def test_nothing_near_gives_nothing() -> None:
    assert closest("zzz", ["days", "seed"]) is None


def test_a_very_long_word_is_not_compared() -> None:
    assert closest("days" * 1000, ["days" * 1000]) is None


def test_a_hint_asks_and_lists() -> None:
    assert hint("dayz", ["days", "seed"]) == "; did you mean 'days'? allowed: days, seed"


def test_a_long_list_is_cut_and_counted() -> None:
    assert listed(str(number) for number in range(50)).endswith("28, 29 and 20 more")


def test_an_empty_list_says_so() -> None:
    assert listed([]) == "nothing"
