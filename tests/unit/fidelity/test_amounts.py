"""Facts about amounts on tables small enough to compute by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fintxsim.fidelity.amounts import refund_share
from fintxsim.fidelity.base import CannotTellError
from fintxsim.fidelity.tally import measure
from tests.unit.fidelity.tables import FrameSource, measured, table, value


def test_spread_is_the_standard_deviation_of_ln_amount() -> None:
    e = math.e
    # ln: 0 and 2, twice each, to the cent; n - 1 below: variance 4/3
    assert value("A1", table(amount=[1.0, 1.0, e**2, e**2])) == pytest.approx(math.sqrt(4 / 3), abs=1e-3)


def test_spread_leaves_refunds_out() -> None:
    assert value("A1", table(amount=[1.0, 1.0, 7.0, -500.0])) == value("A1", table(amount=[1.0, 1.0, 7.0]))


def test_tail_is_the_99th_percentile_over_the_median() -> None:
    # 1 to 101: the median is 51, the 99th percentile the 100th value
    assert value("A2", table(amount=np.arange(1.0, 102.0))) == pytest.approx(100 / 51)


def test_round_and_charm_prices_are_told_by_their_cents() -> None:
    frame = table(amount=[5.0, 19.99, 3.50, 100.0, 0.99])
    assert (value("A5", frame), value("A8", frame)) == (0.4, 0.4)


def test_amounts_without_cents_tell_nothing_of_cents() -> None:
    with pytest.raises(CannotTellError, match="no amount has cents"):
        value("A5", table(amount=[5.0, 19.0]))


def test_frequent_amounts_are_the_twenty_most_frequent_ones() -> None:
    # 20 amounts five times each, 100 amounts once
    amounts = [*np.repeat(np.arange(1.0, 21.0), 5), *np.arange(100.0, 200.0)]
    assert value("A7", table(amount=amounts)) == 0.5


def test_the_dearest_hundredth_is_weighed_by_value() -> None:
    assert value("A9", table(amount=[*[1.0] * 99, 101.0])) == pytest.approx(101 / 200)


def test_of_two_hundred_and_fifty_payments_two_and_a_half_are_the_dearest_hundredth() -> None:
    assert value("A9", table(amount=[*[1.0] * 247, 10.0, 10.0, 10.0])) == pytest.approx(25 / 277)


def test_refunds_are_counted_among_all_rows() -> None:
    assert value("A11", table(amount=[5.0, -5.0, 7.0, 9.0])) == 0.25


def test_a_table_of_others_without_negative_amounts_tells_nothing_of_refunds() -> None:
    source = FrameSource(table(amount=[5.0, 7.0]), parts=frozenset({"time", "amount"}))
    with pytest.raises(CannotTellError, match="no amount is negative; give refunds as negative amounts"):
        refund_share(measure(source))


def test_first_digits_are_compared_with_benford() -> None:
    # All begin with 1: the differences are 1 - log10(2) and the other eight shares, which add up to the same
    away = 2.0 * (1.0 - math.log10(2.0)) / 9.0
    assert value("A12", table(amount=np.tile([1.0, 10.0, 199.99, 0.15], 2_500))) == pytest.approx(away)


def test_powers_of_ten_and_what_lies_just_below_have_their_own_first_digits() -> None:
    nines = value("A12", table(amount=np.tile([0.99, 9.99, 999.99, 9_999_999.99], 2_500)))
    # All begin with 9
    assert nines == pytest.approx(2.0 * (1.0 - math.log10(10 / 9)) / 9.0)


def test_first_digits_take_ten_thousand_payments() -> None:
    with pytest.raises(CannotTellError, match="9,999 positive amounts; 10,000 are needed"):
        value("A12", table(amount=np.ones(9_999)))


def test_category_range_compares_the_medians_of_frequent_categories() -> None:
    category = [*[1] * 100, *[2] * 100, 3]
    amounts = [*[2.0] * 60, *[90.0] * 40, *[10.0] * 30, *[30.0] * 70, 1_000.0]
    # Medians 2 and 30; the third category has too few rows
    assert value("A13", table(category=category, amount=amounts)) == 15.0


def test_rows_without_a_category_are_no_category() -> None:
    frame = table(category=[1, 1, 2, 2, -1, -1], amount=[2.0, 2.0, 6.0, 6.0, 900.0, 900.0])
    assert value("A13", frame) == 3.0


# ln 0, 0, 0, 0, 0 and ln 2 five times but once 0: within and between by hand
SPLIT = [1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 1.0]
LN2 = math.log(2.0) ** 2
WITHIN = 4 * LN2 - (4 * LN2**0.5) ** 2 / 5
ALL = 4 * LN2 - (4 * LN2**0.5) ** 2 / 10
EXPLAINED = 1.0 - (WITHIN / 8) / (ALL / 9)


def test_the_part_of_categories_is_adjusted_for_their_number() -> None:
    assert value("A14", table(category=[1] * 5 + [2] * 5, amount=SPLIT)) == pytest.approx(EXPLAINED)


def test_the_part_of_customers_is_that_of_the_same_formula() -> None:
    assert value("A16", table(customer=[1] * 5 + [2] * 5, amount=SPLIT)) == pytest.approx(EXPLAINED)


def test_customers_of_fewer_than_five_payments_are_left_out() -> None:
    frame = table(customer=[1] * 5 + [2] * 5 + [3] * 4, amount=[*SPLIT, 900.0, 1.0, 500.0, 7.0])
    assert value("A16", frame) == pytest.approx(EXPLAINED)


def test_what_lies_between_categories_takes_two_of_them() -> None:
    with pytest.raises(CannotTellError, match="does not vary, or is empty"):
        value("A14", table(category=[1] * 10, amount=SPLIT))


def test_a_table_of_refunds_has_no_amounts_to_tell_of() -> None:
    with pytest.raises(CannotTellError, match="0 positive amounts; 2 are needed"):
        value("A1", table(amount=[-5.0, -7.0]))


def test_rows_that_are_no_payments_do_not_count() -> None:
    frame = table(amount=[5.0, 500.0, 7.5], is_payment=[True, False, True])
    assert measured(frame).rows == 2
    assert value("A5", frame) == 0.5
