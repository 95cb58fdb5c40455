"""The table of currencies and the amounts that follow from it."""

from __future__ import annotations

import pytest

from fintxsim.errors import InputError
from fintxsim.population.currencies import currencies, currency, exchange_rate, price_level, read_table


@pytest.mark.parametrize(("code", "exponent"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("KES", 2), ("XOF", 0)])
def test_the_exponent_is_that_of_iso_4217(code, exponent):
    assert currency(code).exponent == exponent


@pytest.mark.parametrize("code", ["eur", "EURO", "DEM", "", "XAU"])
def test_what_is_no_active_currency_is_refused(code):
    with pytest.raises(InputError, match=f"currency: '{code}' is not an active currency"):
        currency(code)


def test_a_misspelt_currency_suggests_the_right_one():
    with pytest.raises(InputError, match="Did you mean EUR"):
        currency("eur")


def test_codes_are_three_capitals_and_unique():
    codes = [row["code"] for row in read_table("currencies.csv")]
    assert codes == sorted(set(codes))
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in codes)


def test_every_currency_has_a_positive_rate_with_a_basis():
    assert {c.basis for c in currencies().values()} == {"ecb_2024", "peg", "assumption"}
    assert all(c.per_euro > 0 and c.exponent in (0, 2, 3) for c in currencies().values())


def test_the_ecb_published_31_of_them():
    assert sum(c.basis == "ecb_2024" for c in currencies().values()) == 31


def test_prices_are_calibrated_in_euro():
    assert price_level("EUR") == 1.0


def test_a_rate_counts_units_per_unit_of_home():
    assert exchange_rate("JPY", "EUR") == 163.85
    assert exchange_rate("EUR", "JPY") == 1 / 163.85
    assert exchange_rate("USD", "USD") == 1.0
