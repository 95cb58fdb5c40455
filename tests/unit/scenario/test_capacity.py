"""Rates that a population cannot carry are refused, with how much it can."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fintxsim.fraud import FraudConfig
from fintxsim.pacing import GUESSED_EUROS_PER_ROW, GUESSED_ROWS_PER_CUSTOMER_DAY
from fintxsim.population.customers import PopulationConfig
from fintxsim.scenario.capacity import BPS, MOST_TIMES_EXPECTED, highest_rate, too_much
from fintxsim.typologies import typology

CNP, BUST_OUT, IDENTITY = "stolen_details_cnp", "bust_out", "synthetic_identity"
PEOPLE = PopulationConfig(customers=10_000)


def limit(name: str, days: int = 30, *, by_value: bool = False, **settings: Any) -> float:
    kind = typology(name)
    config = kind.config.model_validate({"rate_bps": 1} | settings)
    return highest_rate(kind, config, PEOPLE, days, by_value=by_value).bps


def refused(days: int = 30, population: PopulationConfig = PEOPLE, **fraud: Any) -> list[tuple[tuple[Any, ...], str]]:
    return list(too_much(FraudConfig.model_validate(fraud), population, days))


def test_no_more_campaigns_begin_than_the_ceiling_whatever_they_bring() -> None:
    kind = typology(CNP)
    frauds = MOST_TIMES_EXPECTED * kind.expected_frauds(kind.config(rate_bps=1))
    assert limit(CNP) == pytest.approx(BPS * 200 * frauds / (10_000 * GUESSED_ROWS_PER_CUSTOMER_DAY))


def test_by_value_the_limit_is_one_of_money() -> None:
    ratio = typology(CNP).expected_amount / GUESSED_EUROS_PER_ROW
    assert limit(CNP, by_value=True) == pytest.approx(limit(CNP) * ratio)


def test_a_wave_needs_room_too() -> None:
    waves = [{"start_day": 3, "stop_day": 5, "factor": 4}]
    assert limit(CNP, waves=waves) == pytest.approx(limit(CNP) / 4)
    assert limit(CNP, days=3, waves=waves) == pytest.approx(limit(CNP))


def test_who_can_be_used_once_is_used_up_by_long_runs() -> None:
    assert limit(IDENTITY, days=90) == pytest.approx(limit(IDENTITY, days=30) / 3)
    assert limit(IDENTITY, days=90, stop_day=30) == pytest.approx(limit(IDENTITY, days=30))


def test_more_identities_carry_more() -> None:
    assert limit(IDENTITY, days=90, impostors=0.008) == pytest.approx(2 * limit(IDENTITY, days=90, impostors=0.004))


def test_credit_card_holders_limit_bust_outs() -> None:
    assert limit(BUST_OUT, days=3000) == pytest.approx(limit(BUST_OUT, days=1500) / 2)


def test_a_typology_without_a_day_in_the_run_has_no_limit() -> None:
    assert limit(CNP, start_day=40) == BPS


def test_what_can_be_carried_is_not_refused() -> None:
    assert refused(typologies={CNP: {"rate_bps": limit(CNP)}, BUST_OUT: {"pressure": 1_000_000}}) == []


def test_a_rate_too_high_is_refused_with_what_is_possible() -> None:
    ((path, message),) = refused(typologies={CNP: {"rate_bps": 4000}})
    assert path == ("fraud", "typologies", CNP, "rate_bps")
    assert re.fullmatch(
        r"4000 bps of stolen_details_cnp are more than the population can carry: about [\d.e+]+ at most, because at "
        r"most 200 campaigns a day begin; ask for less",
        message,
    )


def test_identities_that_are_too_few_are_named() -> None:
    ((_, message),) = refused(days=90, typologies={IDENTITY: {"rate_bps": 200}})
    assert message.endswith("because each of about 40 made-up identities can be used only once; ask for less")


def test_credit_cards_that_are_too_few_are_named() -> None:
    ((_, message),) = refused(days=3000, typologies={BUST_OUT: {"rate_bps": 400}})
    assert re.search(r"because each of about [\d,]+ credit card holders can be used only once; ask for less$", message)


def test_a_share_that_is_too_high_is_blamed_on_the_total_rate() -> None:
    ((path, message),) = refused(total_rate_bps=4000, mix={CNP: 1})
    assert path == ("fraud", "total_rate_bps")
    assert message.startswith("4000 bps of stolen_details_cnp are more")


def test_a_boost_that_is_too_high_is_named() -> None:
    ((_, message),) = refused(boost=100, typologies={CNP: {"rate_bps": 40}})
    assert message.startswith("4000 bps of stolen_details_cnp with boost 100 are more")


def test_a_bank_of_one_customer_can_carry_a_campaign_a_day() -> None:
    assert refused(population=PopulationConfig(customers=1), typologies={CNP: {"rate_bps": 4000}}) == []
