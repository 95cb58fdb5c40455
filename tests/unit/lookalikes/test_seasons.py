"""On which days episodes are likely to begin."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from fintxsim.behaviour.timing import DAYS_AHEAD, DAYS_BACK
from fintxsim.clock import Calendar
from fintxsim.lookalikes import LOOKALIKES, Lookalike, lookalike
from fintxsim.lookalikes.base import AVERAGE_DAY
from fintxsim.lookalikes.seasons import PURCHASES, EpisodeCalendar, Ints

DUTCH = Calendar("NL", date(2025, 1, 1), date(2027, 12, 31))
ACTIVE = [(kind, kind.config.model_validate({"rate_bps": 10})) for kind in LOOKALIKES]
EPISODES = EpisodeCalendar(DUTCH, ACTIVE)
EVERY_KIND = pytest.mark.parametrize("kind", LOOKALIKES, ids=lambda kind: kind.name)


def weights(kind: Lookalike, first: date, days: int) -> Ints:
    """Weights of so many days from a date on."""
    before = EPISODES.weight_before(first)[kind.number]
    return np.diff(before)[DAYS_BACK : DAYS_BACK + days]


def share_of(name: str, first: date, days: int, month: date, length: int) -> float:
    """Share of a month's weight that lies on some of its days."""
    kind = lookalike(name)
    return float(weights(kind, first, days).sum() / weights(kind, month, length).sum())


@EVERY_KIND
@pytest.mark.parametrize(("month", "length"), [(1, 31), (2, 28), (3, 31), (7, 31), (12, 31)])
def test_every_month_keeps_the_rate_but_for_how_much_is_bought_in_it(kind: Lookalike, month: int, length: int) -> None:
    first = date(2026, month, 1)
    season = np.mean([DUTCH.season_weight(first + timedelta(days=k)) for k in range(length)])
    mean = weights(kind, first, length).mean() / AVERAGE_DAY
    assert mean == pytest.approx(1.0 + PURCHASES * (season - 1.0), rel=1e-6)


@EVERY_KIND
def test_a_day_weighs_the_same_whenever_it_is_asked_of(kind: Lookalike) -> None:
    christmas = date(2026, 12, 25)
    asked = {
        int(np.diff(EPISODES.weight_before(christmas - timedelta(days=k))[kind.number])[DAYS_BACK + k])
        for k in range(-DAYS_BACK, DAYS_AHEAD)
    }
    assert len(asked) == 1


def test_gift_cards_are_bought_before_christmas() -> None:
    assert share_of("gift_card_season", date(2026, 12, 13), 12, date(2026, 12, 1), 31) > 0.5


def test_gift_cards_are_bought_before_valentines_day() -> None:
    assert share_of("gift_card_season", date(2026, 2, 2), 12, date(2026, 2, 1), 28) > 0.7


def test_things_are_sent_back_after_the_january_sales() -> None:
    assert share_of("refund_season", date(2026, 1, 2), 24, date(2026, 1, 1), 31) > 0.9


def test_rents_are_paid_around_the_first() -> None:
    assert share_of("student_rent_fan_out", date(2026, 5, 5), 22, date(2026, 5, 1), 31) < 0.25


def test_days_of_payments_are_those_of_the_calendar() -> None:
    today = date(2026, 4, 15)
    around = EPISODES.due_around(today)
    assert [int(due) for due in around[DAYS_BACK : DAYS_BACK + 3]] == [
        DUTCH.due_days(today + timedelta(days=k)) for k in range(3)
    ]


def test_without_look_alikes_nothing_is_asked_of_the_calendar() -> None:
    idle = EpisodeCalendar(Calendar("NL", date(2026, 1, 1), date(2026, 1, 1)), [])
    assert not idle.weight_before(date(2026, 1, 1)).any()
    assert not idle.due_around(date(2026, 1, 1)).any()
