"""Facts about customers and merchants on tables small enough to compute by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fintxsim.fidelity.base import CannotTellError
from tests.unit.fidelity.tables import table, value


def test_activity_is_as_unequal_as_rows_per_customer() -> None:
    # Half have one row, half three: a mean difference of 1 between two of them, over twice the mean of 2
    customers = [*range(50), *np.repeat(np.arange(50, 100), 3)]
    assert value("C1", table(customer=customers)) == pytest.approx(0.25)


def test_customers_that_are_all_alike_are_equal() -> None:
    assert value("C1", table(customer=np.tile(np.arange(100), 4))) == pytest.approx(0.0)


def test_spending_leaves_refunds_out() -> None:
    customers = [*range(100), *range(100)]
    amounts = [*[1.0] * 50, *[3.0] * 50, *[-1.0] * 100]
    assert value("C3", table(customer=customers, amount=amounts)) == pytest.approx(0.25)


def test_customers_who_spend_nothing_are_not_compared() -> None:
    with pytest.raises(CannotTellError, match="does not vary, or is empty"):
        value("C3", table(customer=np.arange(100), amount=[-1.0] * 100))


@pytest.mark.parametrize("fact", ["C1", "C3"])
def test_inequality_takes_a_hundred_customers(fact: str) -> None:
    with pytest.raises(CannotTellError, match="99 customers; 100 are needed"):
        value(fact, table(customer=np.arange(99)))


def test_rows_without_a_customer_are_no_customer() -> None:
    assert value("C1", table(customer=[*np.arange(100), *[-1] * 50])) == pytest.approx(0.0)


def test_merchants_are_as_unequal_as_their_rows() -> None:
    merchants = [*range(50), *np.repeat(np.arange(50, 100), 3)]
    assert value("M1", table(merchant=merchants)) == pytest.approx(0.25)


def test_concentration_takes_a_hundred_merchants() -> None:
    with pytest.raises(CannotTellError, match="2 merchants; 100 are needed"):
        value("M1", table(merchant=[1, 2]))


def test_the_exponent_is_that_of_merchants_with_five_rows() -> None:
    merchants = [*np.repeat(np.arange(100), 9), *np.repeat(np.arange(100, 200), 4)]
    assert value("M4", table(merchant=merchants)) == pytest.approx(1.0 + 1.0 / math.log(9 / 4.5))


@pytest.mark.parametrize("fact", ["M1", "M4"])
def test_how_unequal_merchants_are_is_not_told_when_most_were_not_met_yet(fact: str) -> None:
    """200 payments at merchants met once and 500 at others: 29 % of further ones would go to unknown merchants."""
    merchants = [*np.repeat(np.arange(100), 5), *range(100, 300)]
    with pytest.raises(
        CannotTellError, match="29% of further payments would go to merchants not seen yet; at most 25%"
    ):
        value(fact, table(merchant=merchants))


def test_the_exponent_takes_a_hundred_merchants_of_five_rows() -> None:
    with pytest.raises(CannotTellError, match="0 merchants with 5 rows; 100 are needed"):
        value("M4", table(merchant=np.arange(200)))


def test_the_favourite_is_the_merchant_used_most_by_customers_of_twenty_rows() -> None:
    # 100 customers: 8 rows at one merchant, 12 elsewhere once each; and many of 19 rows at one merchant
    customers = [*np.repeat(np.arange(100), 20), *np.repeat(np.arange(100, 400), 19)]
    merchants = [*np.tile([*[1] * 8, *range(2, 14)], 100), *[1] * 300 * 19]
    assert value("M6", table(customer=customers, merchant=merchants)) == pytest.approx(0.4)


def test_the_favourite_takes_a_hundred_customers_of_twenty_rows() -> None:
    with pytest.raises(CannotTellError, match="1 customers have 20 rows; 100 are needed"):
        value("M6", table(customer=[1] * 20, merchant=[1] * 20))


def test_without_merchants_nobody_has_a_favourite() -> None:
    with pytest.raises(CannotTellError, match="0 customers have 20 rows"):
        value("M6", table(customer=[1] * 20, merchant=[-1] * 20))


def test_a_repeat_is_the_same_customer_merchant_and_amount() -> None:
    frame = table(customer=[1, 1, 1, 1, 2, 1], merchant=[7, 7, 7, 8, 7, 7], amount=[5.0, 5.0, 6.0, 5.0, 5.0, 5.0])
    assert value("M7", frame) == pytest.approx(2 / 6)


def test_refunds_repeat_nothing() -> None:
    assert value("M7", table(customer=[1, 1, 1], merchant=[7, 7, 7], amount=[5.0, -5.0, -5.0])) == 0.0


def test_repeats_take_a_payment() -> None:
    with pytest.raises(CannotTellError, match="0 positive amounts; 1 are needed"):
        value("M7", table(customer=[1], merchant=[7], amount=[-5.0]))


@pytest.mark.parametrize(
    ("fact", "part"), [("C1", "customer"), ("M1", "merchant"), ("M7", "customer"), ("A14", "category")]
)
def test_a_part_that_the_table_has_not_is_named_with_what_to_do(fact: str, part: str) -> None:
    with pytest.raises(CannotTellError, match=f"no {part} column; add {part}=COLUMN to --map"):
        value(fact, table(amount=[5.0, 7.0]))
