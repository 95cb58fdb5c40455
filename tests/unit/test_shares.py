"""Maps of shares."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from fintxsim.shares import ShareMap

WHOLE = TypeAdapter(Annotated[dict[str, float], ShareMap()])
HUNDRED = TypeAdapter(Annotated[dict[str, float], ShareMap(total=100.0)])


def test_shares_that_add_up_are_sorted_by_key() -> None:
    assert list(WHOLE.validate_python({"b": 0.25, "a": 0.75})) == ["a", "b"]


def test_rounding_is_forgiven() -> None:
    assert WHOLE.validate_python({"a": 1 / 3, "b": 1 / 3, "c": 0.333333}) is not None


def test_another_total_is_possible() -> None:
    assert HUNDRED.validate_python({"a": 40, "b": 60}) == {"a": 40.0, "b": 60.0}


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ({"a": 0.5}, "shares must add up to 1; these add up to 0.5"),
        ({"a": 0.5, "b": 0.50001}, "these add up to 1.00001"),
        ({}, "these add up to 0"),
        ({"a": -0.5, "b": 1.5}, "shares must be 0 or more; mend a"),
        ({"a": float("nan")}, "these add up to nan"),
        ({"a": float("inf")}, "these add up to inf"),
    ],
)
def test_shares_that_are_no_split_are_refused(shares: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        WHOLE.validate_python(shares)
