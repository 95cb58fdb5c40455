"""Outcomes of checks as the page shows them."""

from __future__ import annotations

from fintxsim.markup import Html, joined, tag
from fintxsim.outcomes import Outcome

_SIGNS = {Outcome.PASS: ("✓", "good"), Outcome.FAIL: ("✗", "bad")}

LATER = tag(
    "p", "Not evaluated here: run ", tag("code", "fintxsim report RUN"), " for a page that has it.", class_="warning"
)  # fmt: skip


def outcome(found: Outcome) -> Html:
    """A sign and a word: colour alone says nothing to some."""
    sign, kind = _SIGNS.get(found, ("–", "soft"))
    return tag("span", joined([tag("span", sign, aria_hidden="true"), str(found)], " "), class_=f"outcome {kind}")
