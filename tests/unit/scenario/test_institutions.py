"""Institutions in a scenario file: what cannot happen is refused, what leaves no trace is warned of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from fintxsim.errors import Problem, ScenarioError
from fintxsim.institution import INSTITUTIONS, Service
from fintxsim.lookalikes import LOOKALIKES
from fintxsim.scenario.load import Loaded, load_scenario
from fintxsim.scenario.model import Scenario
from fintxsim.typologies import TYPOLOGIES

CARDLESS = [name for name, kind in INSTITUTIONS.items() if Service.CARDS not in kind.services]


def load(directory: Path, **sections: Any) -> Loaded[Scenario]:
    head = {"name": "x", "start_date": "2026-01-01", "days": 30, "population": {"customers": 5000}}
    path = directory / "x.yaml"
    path.write_text(yaml.safe_dump(head | sections), encoding="utf-8")
    return load_scenario(path, Scenario)


def problem(directory: Path, **sections: Any) -> Problem:
    with pytest.raises(ScenarioError) as caught:
        load(directory, **sections)
    (only,) = caught.value.problems
    return only


def attacked(name: str, **settings: Any) -> dict[str, Any]:
    return {"typologies": {name: {"pressure": 1} | settings}}


@pytest.mark.parametrize("institution", INSTITUTIONS)
@pytest.mark.parametrize("kind", TYPOLOGIES, ids=lambda kind: kind.name)
def test_a_typology_is_refused_where_a_service_that_it_needs_is_missing(
    tmp_path: Path, institution: str, kind: Any
) -> None:
    missing = kind.needs - INSTITUTIONS[institution].services
    if not missing:
        load(tmp_path, institution=institution, fraud=attacked(kind.name))
        return
    found = problem(tmp_path, institution=institution, fraud=attacked(kind.name))
    assert f"{kind.name} needs " in found.message
    assert [service.value for service in missing if service.value not in found.message] == []
    assert f"which institution {institution} does not offer" in found.message


@pytest.mark.parametrize("institution", INSTITUTIONS)
@pytest.mark.parametrize("kind", LOOKALIKES, ids=lambda kind: kind.name)
def test_a_look_alike_is_refused_where_a_service_that_it_needs_is_missing(
    tmp_path: Path, institution: str, kind: Any
) -> None:
    sections = {"institution": institution, "anomalies": {kind.name: {"rate_bps": 10}}}
    if kind.needs <= INSTITUTIONS[institution].services:
        load(tmp_path, **sections)
        return
    assert f"{kind.name} needs " in problem(tmp_path, **sections).message


def test_a_refusal_tells_where_the_typology_stands_and_what_to_choose(tmp_path: Path) -> None:
    found = problem(tmp_path, institution="mobile_money", fraud=attacked("skimming"))
    assert found.path == "fraud.typologies.skimming"
    assert found.message.startswith(
        "skimming needs cards, which institution mobile_money does not offer; leave it out, or choose one of the "
        "institutions bank, card_issuer"
    )


def test_a_share_in_the_mix_is_refused_too(tmp_path: Path) -> None:
    mix = {"total_rate_bps": 10, "mix": {"app_scam": 0.5, "card_testing": 0.5}}
    assert problem(tmp_path, institution="instant_payments", fraud=mix).path == "fraud.mix.card_testing"


def test_what_is_off_needs_nothing(tmp_path: Path) -> None:
    load(tmp_path, institution="mobile_money", fraud={"typologies": {"skimming": {"rate_bps": 0}}})


def test_collusion_needs_no_shops_when_all_of_it_is_on_the_web(tmp_path: Path) -> None:
    load(tmp_path, institution="acquirer", fraud=attacked("merchant_collusion", online_share=1))
    found = problem(tmp_path, institution="acquirer", fraud=attacked("merchant_collusion", online_share=0.9))
    assert "needs payments in shops" in found.message


def test_an_unknown_institution_is_refused_with_those_there_are(tmp_path: Path) -> None:
    message = problem(tmp_path, institution="mobile_mony").message
    assert "mobile_money" in message


@pytest.mark.parametrize("institution", [name for name, kind in INSTITUTIONS.items() if kind.unseen])
def test_a_habit_that_leaves_no_trace_is_warned_of(tmp_path: Path, institution: str) -> None:
    kind = INSTITUTIONS[institution]
    warnings = load(tmp_path, institution=institution, behaviour=dict.fromkeys(kind.unseen, 0.5)).warnings
    assert [name for name in kind.unseen if not any(f"behaviour.{name}" in text for text in warnings)] == []


def test_refusals_by_issuers_have_no_effect_where_the_accounts_are_known(tmp_path: Path) -> None:
    (warning,) = load(tmp_path, bank={"issuer_refused_share": 0.1}).warnings
    assert "bank.issuer_refused_share" in warning
    assert load(tmp_path, institution="acquirer", bank={"issuer_refused_share": 0.1}).warnings == ()


def test_somebody_must_buy_something(tmp_path: Path) -> None:
    from fintxsim.population.categories import CATEGORIES

    nothing = {category.name: 0 for category in CATEGORIES if category.share > 0}
    found = problem(tmp_path, population={"customers": 10, "categories": nothing})
    assert found.path == "population.categories"
    assert "nothing is left to buy" in found.message


def test_a_category_that_nobody_buys_from_is_no_setting(tmp_path: Path) -> None:
    found = problem(tmp_path, population={"customers": 10, "categories": {"cash_machine": 2}})
    assert found.path == "population.categories.cash_machine"


@pytest.mark.parametrize("institution", CARDLESS)
def test_without_cards_there_are_no_credit_lines(institution: str) -> None:
    assert Service.CREDIT not in INSTITUTIONS[institution].services
