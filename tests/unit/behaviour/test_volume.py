"""How many rows are foretold from settings alone."""

from __future__ import annotations

from typing import Any

import pytest

from fintxsim.behaviour.config import BehaviourConfig
from fintxsim.behaviour.volume import relative_volume
from fintxsim.institution import BANK, INSTITUTIONS
from fintxsim.population.customers import PopulationConfig
from fintxsim.scenario.load import load_scenario
from fintxsim.scenario.model import Scenario

PEOPLE = PopulationConfig(customers=100)

# Rows of a customer and day, declined ones too, seen in runs of the presets with 90 days.
SEEN = {"card_issuer_us": 0.73, "mobile_money": 1.1, "ecommerce_acquirer": 0.016}


def volume(**behaviour: Any) -> float:
    return relative_volume(PEOPLE, BehaviourConfig.model_validate(behaviour), BANK)


def test_a_bank_of_default_behaviour_is_the_measure() -> None:
    assert relative_volume(PEOPLE, BehaviourConfig(), BANK) == 1.0


@pytest.mark.parametrize("habit", ["purchases", "transfers", "cash", "bills", "income", "routine"])
def test_who_does_less_brings_less(habit: str) -> None:
    assert volume(**{habit: 0.0}) < 1.0


@pytest.mark.parametrize("name", [name for name, kind in INSTITUTIONS.items() if "income" not in kind.unseen][1:])
def test_whoever_sees_a_part_of_the_same_lives_sees_fewer_rows(name: str) -> None:
    assert relative_volume(PEOPLE, BehaviourConfig(), INSTITUTIONS[name]) < 1.0


@pytest.mark.parametrize("name", SEEN)
def test_what_is_foretold_of_presets_is_not_far_off(name: str) -> None:
    preset = load_scenario(name, Scenario).value
    foretold = 1.7 * relative_volume(preset.population, preset.behaviour, preset.kind)
    assert 0.6 < foretold / SEEN[name] < 1.6
