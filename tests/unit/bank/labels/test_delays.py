"""How long it takes until somebody speaks."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from fintxsim.bank.labels.delays import DAY_US, DelayConfig, SpanConfig, mixture, span
from fintxsim.streams import Draws
from tests.unit.bank.labels.kit import CASES, KEY, within_5_standard_errors

EDGES_DAYS = (1 / 24, 1.0, 7.0, 30.0, 120.0)


def days(config: DelayConfig | SpanConfig, count: int = CASES) -> list[float]:
    return [config.draw_us(Draws(KEY, number, 1)) / DAY_US for number in range(count)]


@pytest.mark.parametrize("part", range(4))
def test_delays_come_in_the_shares_of_their_mixture(part: int) -> None:
    low, high = EDGES_DAYS[part : part + 2]
    count = sum(low <= delay < high for delay in days(DelayConfig()))
    assert within_5_standard_errors(count, (0.25, 0.45, 0.20, 0.10)[part])


@pytest.mark.parametrize("part", range(4))
def test_a_mixture_of_one_part_stays_within_its_range(part: int) -> None:
    delays = days(mixture(*(float(k == part) for k in range(4))), 2000)
    low, high = EDGES_DAYS[part : part + 2]
    assert low <= min(delays) < low + 0.05 * (high - low)
    assert high - 0.05 * (high - low) < max(delays) <= high


def test_shares_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValidationError, match="they must add up to 1"):
        DelayConfig.model_validate({"within_day": 0.5})


def test_a_span_is_used_evenly_from_end_to_end() -> None:
    delays = days(span(10, 20))
    assert 10 <= min(delays) < 10.01
    assert 19.99 < max(delays) <= 20
    assert within_5_standard_errors(sum(delay < 15 for delay in delays), 0.5)


def test_a_span_that_goes_backwards_is_refused() -> None:
    with pytest.raises(ValidationError, match="min_days is 9, more than max_days 8"):
        SpanConfig.model_validate({"min_days": 9, "max_days": 8})
