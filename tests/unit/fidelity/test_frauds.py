"""Facts about fraud on tables small enough to compute by hand: thousands of rows, but of a few kinds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fintxsim.fidelity.base import CannotTellError, DoesNotApplyError
from fintxsim.fidelity.payments import FRAUD, GENUINE, NEITHER
from tests.unit.fidelity.tables import MONDAY, table, value

KINDS = [GENUINE] * 3_000 + [FRAUD] * 1_000


def noon(rows: int) -> pd.Series:
    return pd.Series([MONDAY + pd.Timedelta(hours=12)] * rows)


def test_the_rate_counts_frauds_among_all_rows() -> None:
    assert value("F1", table(fraud=KINDS)) == 0.25


def test_rows_that_launder_are_neither() -> None:
    assert value("F1", table(fraud=[*KINDS, *[NEITHER] * 500])) == 0.25


def test_fraud_counts_what_is_no_payment_too() -> None:
    frame = table(fraud=KINDS, is_payment=[True] * 3_000 + [False] * 1_000)
    assert value("F1", frame) == 0.25


@pytest.mark.parametrize("fact", ["F1", "F2", "F3", "F6"])
def test_fewer_than_a_thousand_frauds_do_not_apply(fact: str) -> None:
    with pytest.raises(DoesNotApplyError, match="999 frauds; 1,000 are needed"):
        value(fact, table(fraud=KINDS[:-1]))


def test_the_amount_tells_as_often_as_that_of_a_fraud_is_larger() -> None:
    # Genuine 1, 2, 3 in equal parts; frauds 2: larger than a third, equal to a third
    amounts = [*np.tile([1.0, 2.0, 3.0], 1_000), *[2.0] * 1_000]
    assert value("F2", table(fraud=KINDS, amount=amounts)) == pytest.approx(0.5)


def test_large_frauds_are_told_by_their_amount() -> None:
    assert value("F2", table(fraud=KINDS, amount=[*[1.0] * 3_000, *[2.0] * 1_000])) == 1.0


def test_median_amounts_are_compared() -> None:
    assert value("F3", table(fraud=KINDS, amount=[*[4.0] * 3_000, *[3.0] * 1_000])) == 0.75


@pytest.mark.parametrize("fact", ["F2", "F3"])
def test_refunds_have_no_amount_to_compare(fact: str) -> None:
    with pytest.raises(CannotTellError, match="no positive amount is genuine, or none is fraud"):
        value(fact, table(fraud=KINDS, amount=[*[4.0] * 3_000, *[-3.0] * 1_000]))


def test_nights_of_frauds_are_compared_with_those_of_genuine_rows() -> None:
    # One genuine row in ten and three frauds in ten happen at night
    hours = [*np.tile([2, *[12] * 9], 300), *np.tile([*[2] * 3, *[12] * 7], 100)]
    frame = table(fraud=KINDS, time=MONDAY + pd.to_timedelta(hours, unit="h"))
    assert value("F6", frame) == pytest.approx(3.0)


def test_nights_take_something_genuine_at_night() -> None:
    with pytest.raises(CannotTellError, match="nothing genuine happens from midnight to six"):
        value("F6", table(fraud=KINDS, time=noon(4_000)))


def test_nights_take_hours() -> None:
    with pytest.raises(CannotTellError, match="times have no hour of the day"):
        value("F6", table(fraud=KINDS, time=[MONDAY] * 4_000))


def test_an_episode_ends_after_seven_days_without_fraud() -> None:
    # 250 cards: two frauds within a week, and two more 8 days later: two episodes of two
    card = np.repeat(np.arange(250), 4)
    days = np.tile([0.0, 6.0, 14.5, 15.0], 250)
    frame = table(fraud=[FRAUD] * 1_000, card=card, time=MONDAY + pd.to_timedelta(days, unit="D"))
    assert value("F7", frame) == 2.0


def test_seven_days_to_the_second_are_still_the_episode() -> None:
    card = np.repeat(np.arange(500), 2)
    frame = table(fraud=[FRAUD] * 1_000, card=card, time=MONDAY + pd.to_timedelta(np.tile([0, 7], 500), unit="D"))
    assert value("F7", frame) == 2.0


def test_episodes_take_cards() -> None:
    with pytest.raises(CannotTellError, match="no fraud has a card"):
        value("F7", table(fraud=KINDS, card=[-1] * 4_000))


@pytest.mark.parametrize("fact", ["F8", "F9"])
def test_detectors_are_not_evaluated(fact: str) -> None:
    with pytest.raises(CannotTellError, match="takes the benchmark of detectors, which does not exist yet"):
        value(fact, table(fraud=KINDS))
