"""The alert queue: which alerts are worked, when, with what result, and which expire."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest
from pydantic import ValidationError

from fintxsim.bank.alerts import Alert, AlertQueue, AlertsConfig, cleared, judge
from fintxsim.bank.labels.delays import DAY_US, HOUR_US
from fintxsim.streams import Draws, Purpose, purpose_key
from fintxsim.vocabulary import Disposition, Label, LabelSource, ObservationClass

KEY = purpose_key(1, Purpose.ALERT)
MIDNIGHT = 1_767_222_000_000_000  # of day 0
MINUTE_US = HOUR_US // 60
MANY = 20_000


def queue(customers: int = 100_000, **settings: Any) -> AlertQueue:
    """A team that works ten alerts a day unless something else is set."""
    return AlertQueue(AlertsConfig.model_validate({"daily_capacity": 10} | settings), customers)


def work(team: AlertQueue, fresh: list[Alert], day: int = 0) -> list[Alert]:
    return team.work(fresh, day, MIDNIGHT + day * DAY_US, MIDNIGHT + (day + 1) * DAY_US)


def alert(customer: int, hour: float = 7.0, score: float = 0.5, day: int = 0) -> Alert:
    """An alert on a genuine request at an hour of a day."""
    time = MIDNIGHT + day * DAY_US + int(hour * HOUR_US)
    return Alert(time, customer, 0, approved=True, score=score, luck=Draws(KEY, time, customer).next())


def alerts(count: int, hour: float = 7.0, day: int = 0) -> list[Alert]:
    """Alerts of as many customers, a second apart; other customers every day."""
    return [alert(1000 * day + k, hour + k / 3600, day=day) for k in range(count)]


def is_worked(one: Alert) -> bool:
    return one.disposition != Disposition.NOT_WORKED


def hours(closed: list[Alert]) -> list[float]:
    """Hours of day 0 at which alerts were closed."""
    return [(one.closed - MIDNIGHT) / HOUR_US for one in closed]


# --- capacity -------------------------------------------------------------------------------------------


def test_a_day_has_room_for_as_many_alerts_as_set() -> None:
    team = queue(daily_capacity=10)
    assert len(work(team, alerts(50))) == 10
    assert len(team) == 40


def test_capacity_is_per_hundred_thousand_customers() -> None:
    assert len(work(queue(customers=300_000, daily_capacity=10), alerts(50))) == 30


def test_parts_of_an_alert_add_up_over_the_days() -> None:
    team = queue(customers=4_000, daily_capacity=10, expire_days=60)  # two alerts in five days
    closed = [len(work(team, alerts(50) if day == 0 else [], day)) for day in range(50)]
    assert max(closed) == 1
    assert sum(closed) == 20


def test_a_team_of_nobody_works_nothing() -> None:
    team = queue(daily_capacity=0, expire_days=1)
    closed = [one for day in range(3) for one in work(team, alerts(5) if day == 0 else [], day)]
    assert [one.disposition for one in closed] == [Disposition.NOT_WORKED] * 5


def test_work_is_done_in_working_hours_from_end_to_end() -> None:
    done = hours(work(queue(daily_capacity=200, opens_hour=9, closes_hour=17), alerts(200)))
    assert 9 <= min(done) < 9.1
    assert 16.9 < max(done) <= 17


def test_a_team_that_closes_before_it_opens_is_refused() -> None:
    with pytest.raises(ValidationError, match="opens_hour 9 is not before closes_hour 9"):
        AlertsConfig.model_validate({"opens_hour": 9, "closes_hour": 9})


def test_on_the_day_that_clocks_go_forward_work_ends_before_midnight() -> None:
    team = queue(closes_hour=24, daily_capacity=500)
    closed = team.work(alerts(500), 0, MIDNIGHT, MIDNIGHT + 23 * HOUR_US)
    assert max(hours(closed)) < 23


# --- order ----------------------------------------------------------------------------------------------


def test_the_worst_is_taken_first_and_of_equals_the_oldest() -> None:
    fresh = [alert(1, 6.0, 0.5), alert(2, 5.0, 0.5), alert(3, 7.0, 0.9), alert(4, 4.0, 0.6)]
    assert [one.customer for one in work(queue(), fresh)] == [3, 4, 2, 1]


def test_nothing_is_worked_before_it_happened() -> None:
    closed = work(queue(daily_capacity=100), [alert(k, 8.0 + 0.1 * k) for k in range(100)])
    assert len(closed) == 100
    assert all(one.closed > one.time for one in closed)


def test_what_happens_after_hours_waits_for_the_next_day() -> None:
    team = queue()
    assert work(team, [alert(1, 21.0)]) == []
    (closed,) = work(team, [], 1)
    assert closed.closed > MIDNIGHT + DAY_US + 8 * HOUR_US


def test_alerts_are_closed_in_the_order_of_time_over_days() -> None:
    team = queue(daily_capacity=7, expire_days=1.3)
    closed = [one for day in range(9) for one in work(team, alerts(20, 3.0, day) if day < 4 else [], day)]
    assert len(closed) == 80
    assert [one.closed for one in closed] == sorted(one.closed for one in closed)


def test_the_order_in_which_alerts_are_handed_over_does_not_matter() -> None:
    def closing(fresh: list[Alert]) -> list[tuple[int, int, Disposition]]:
        return [(one.customer, one.closed, one.disposition) for one in work(queue(), fresh)]

    assert closing(alerts(40)) == closing(alerts(40)[::-1])


# --- one alert per customer -----------------------------------------------------------------------------


def test_while_an_alert_waits_the_customers_next_ones_are_part_of_it() -> None:
    closed = work(queue(), [alert(1, 6.0), alert(1, 6.5), alert(1, 7.0)])
    assert [one.time for one in closed] == [MIDNIGHT + 6 * HOUR_US]


def test_the_worst_of_a_customers_requests_ranks_the_alert() -> None:
    closed = work(queue(), [alert(1, 6.0, 0.5), alert(2, 6.2, 0.7), alert(1, 6.5, 0.9), alert(1, 6.6, 0.6)])
    assert [(one.customer, one.score) for one in closed] == [(1, 0.9), (2, 0.7)]


def test_after_an_alert_was_worked_the_next_request_makes_another() -> None:
    closed = work(queue(), [alert(1, 6.0), alert(1, 15.0)])
    assert [one.time for one in closed] == [MIDNIGHT + 6 * HOUR_US, MIDNIGHT + 15 * HOUR_US]


# --- expiry ---------------------------------------------------------------------------------------------


def test_what_is_not_worked_in_time_expires_at_its_moment() -> None:
    team = queue(daily_capacity=2, expire_days=2)
    fresh = alerts(10)
    closed = [one for day in range(4) for one in work(team, fresh if day == 0 else [], day)]
    late = [one for one in closed if not is_worked(one)]
    assert (len(closed), len(late), len(team)) == (10, 6, 0)
    assert [one.closed - one.time for one in late] == [2 * DAY_US] * 6


def test_nothing_is_worked_after_it_expired() -> None:
    team = queue(daily_capacity=3, expire_days=0.5)
    closed = [one for day in range(3) for one in work(team, alerts(30) if day == 0 else [], day)]
    assert len(closed) == 30
    assert max(one.closed - one.time for one in closed) <= DAY_US // 2


# --- judgement ------------------------------------------------------------------------------------------

DEFAULTS = AlertsConfig()
CONFIRMED_SHARES = [
    (ObservationClass.THIRD_PARTY_REPORTED, 1 - DEFAULTS.miss_share),
    (ObservationClass.VICTIM_AUTHORISED, 1 - DEFAULTS.victim_insists_share),
    (ObservationClass.FIRST_PARTY_DISPUTE, 1 - DEFAULTS.holder_denies_share),
    (ObservationClass.DEFERRED, 1 - DEFAULTS.holder_denies_share),
    (ObservationClass.LAUNDERING, 1 - DEFAULTS.holder_denies_share),
    (None, DEFAULTS.false_confirm_share),
]


@pytest.mark.parametrize(("observation", "share"), CONFIRMED_SHARES)
def test_what_is_confirmed_depends_on_whom_there_is_to_ask(observation: ObservationClass | None, share: float) -> None:
    verdicts = [judge(DEFAULTS, Draws(KEY, k, 0).next(), observation) for k in range(MANY)]
    assert set(verdicts) == {Disposition.CONFIRMED_FRAUD, Disposition.FALSE_POSITIVE}
    count = verdicts.count(Disposition.CONFIRMED_FRAUD)
    assert abs(count - MANY * share) < 5 * sqrt(MANY * share * (1 - share))


def test_a_verdict_does_not_depend_on_when_the_alert_is_worked() -> None:
    foretold = [queue(false_confirm_share=0.5).verdict(one) for one in alerts(200)]
    closed = work(queue(daily_capacity=200, false_confirm_share=0.5), alerts(200)[::-1])
    by_customer = {one.customer: one.disposition for one in closed}
    assert [by_customer[k] for k in range(200)] == foretold


@pytest.mark.parametrize("share", [0.0, 0.9])
def test_wrong_confirmations_are_put_right_as_often_as_set(share: float) -> None:
    config = AlertsConfig.model_validate({"cleared_share": share})
    changes = [change for k in range(MANY) if (change := cleared(config, Draws(KEY, k, 0))) is not None]
    assert abs(len(changes) - MANY * share) <= 5 * sqrt(MANY * share * (1 - share))
    assert {(change.opinion.label, change.opinion.source) for change in changes} <= {
        (Label.GENUINE, LabelSource.CUSTOMER_REPORT)
    }
    assert all(0 < change.delay <= 10 * DAY_US for change in changes)
