"""What the bank gets back of what was stolen."""

from __future__ import annotations

from math import sqrt

import pytest

from fintxsim.bank.labels.cases import Fraud, Way
from fintxsim.bank.labels.delays import DAY_US, HOUR_US
from fintxsim.bank.recovery import RecoveryConfig, recovered
from fintxsim.streams import Draws, Purpose, purpose_key

KEY = purpose_key(1, Purpose.RECOVERY)
NOW = 1_767_265_200_000_000
AMOUNT = 100_000
MANY = 5_000


def parts(way: Way, age_us: int, config: RecoveryConfig | None = None) -> list[float]:
    """Parts recovered of many frauds of which the bank hears at a certain age."""
    fraud = Fraud(NOW, AMOUNT, way)
    settings = config or RecoveryConfig()
    return [recovered(settings, Draws(KEY, k, 0), fraud, NOW + age_us) / AMOUNT for k in range(MANY)]


@pytest.mark.parametrize(("way", "share"), [(Way.CARD_REMOTE, 0.7), (Way.CARD_PRESENT, 0.1)])
def test_of_card_payments_all_or_nothing_comes_back_by_liability(way: Way, share: float) -> None:
    back = parts(way, DAY_US)
    assert set(back) == {0.0, 1.0}
    assert abs(sum(back) - MANY * share) < 5 * sqrt(MANY * share * (1 - share))


@pytest.mark.parametrize("way", [Way.CARD_REMOTE, Way.CARD_PRESENT])
def test_after_the_time_of_the_schemes_nothing_is_charged_back(way: Way) -> None:
    assert sum(parts(way, 120 * DAY_US)) > 0
    assert sum(parts(way, 120 * DAY_US + 1)) == 0


@pytest.mark.parametrize(
    ("age_us", "mean"),
    [(0, 0.5), (HOUR_US - 1, 0.5), (HOUR_US, 0.15), (DAY_US, 0.04), (7 * DAY_US, 0.01), (100 * DAY_US, 0.01)],
)
def test_of_transfers_less_comes_back_the_later_they_are_recalled(age_us: int, mean: float) -> None:
    back = parts(Way.ACCOUNT, age_us)
    spread = mean / sqrt(3)  # evenly spread from 0 to twice the mean
    assert abs(sum(back) / MANY - mean) < 5 * spread / sqrt(MANY) + 1e-5  # and less than a cent of rounding


@pytest.mark.parametrize("mean", [0.0, 0.3, 0.8, 1.0])
def test_never_more_than_all_comes_back(mean: float) -> None:
    back = parts(Way.ACCOUNT, 0, RecoveryConfig(within_hour=mean))
    assert min(back) >= 0.0
    assert max(back) <= 1.0
    assert abs(sum(back) / MANY - mean) < 5 * 0.3 / sqrt(MANY)


def test_what_is_heard_of_at_once_counts_as_within_the_hour() -> None:
    fraud = Fraud(NOW, AMOUNT, Way.ACCOUNT)
    early, now = (recovered(RecoveryConfig(), Draws(KEY, 1, 0), fraud, heard) for heard in (NOW - 5, NOW))
    assert early == now > 0
