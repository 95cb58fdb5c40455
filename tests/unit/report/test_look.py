"""Colours can be seen on both papers and told apart."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

import fintxsim.report
from fintxsim.report import look

STYLE = (Path(fintxsim.report.__file__).parent / "page.css").read_text()
PAPERS = sorted(set(re.findall(r"--paper: (#\w{6})", STYLE)))
COLOURS = sorted({look.GENUINE, look.FRAUD, look.LEG, look.EVENT, look.BANK, look.MUTED, *look.SERIES})

# Linear colour to what a deuteranope sees (Vienot, Brettel and Mollon 1999: one matrix in linear RGB).
DEUTERANOPE = ((0.29275, 0.70725, -0.02978), (0.29275, 0.70725, -0.02978), (-0.02234, 0.02234, 1.0))


def linear(colour: str) -> tuple[float, ...]:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return tuple(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def seen_by_deuteranopes(colour: str) -> tuple[float, ...]:
    return tuple(sum(weight * part for weight, part in zip(row, linear(colour), strict=True)) for row in DEUTERANOPE)


def test_there_is_a_light_and_a_dark_paper() -> None:
    assert min(map(luminance, PAPERS)) < 0.02
    assert max(map(luminance, PAPERS)) == 1.0


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("colour", COLOURS)
def test_marks_stand_out_from_the_paper(colour: str, paper: str) -> None:
    """WCAG 2.2, 1.4.11: graphics have a contrast of at least 3."""
    assert contrast(colour, paper) >= 3.0


def test_genuine_and_fraud_differ_for_deuteranopes() -> None:
    genuine, fraud = map(seen_by_deuteranopes, (look.GENUINE, look.FRAUD))
    assert abs(genuine[2] - fraud[2]) > 0.3


def test_lines_differ_in_colour_and_dash_or_symbol() -> None:
    styles = list(zip(look.SERIES, look.DASHES, strict=True))
    assert all(one != other for one, other in itertools.combinations(styles, 2))
    assert len(set(look.SERIES)) == len(look.SERIES)
