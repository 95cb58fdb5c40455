"""Every typology alone, under a fixed pressure, beside a world without it, with twice of it, and with a bank that bars it."""

from __future__ import annotations

from functools import cache
from math import sqrt
from typing import Any, Protocol

import pytest

from fintxsim.dataset import Run
from fintxsim.typologies import TYPOLOGIES
from tests.worlds.conftest import NO_QUEUE
from tests.worlds.kit import differing, genuine, make, touched

CUSTOMERS, DAYS = 2500, 20
# Campaigns per million customer-days. Campaigns of many victims would touch everybody of so small a bank.
PRESSURE = {
    "card_testing": 100,
    "mule_network": 150,
    "merchant_collusion": 150,
    "skimming": 250,
    "synthetic_identity": 800,
}
USUAL_PRESSURE = 400
NAMES = [typology.name for typology in TYPOLOGIES]
# What a bank can bar that declines whatever it scores. It does not score cash, credits and what its own customers dispute.
BARRED = ["card_testing", "stolen_details_cnp", "lost_or_stolen_card", "skimming", "account_takeover", "app_scam",
          "bust_out", "synthetic_identity", "friendly_fraud", "merchant_collusion"]  # fmt: skip
BAR: dict[str, Any] = {"decline_score": 0.0, "step_up_score": 0.0}


class WorldOf(Protocol):
    """The run of one typology at a multiple of its pressure; of none by default."""

    def __call__(self, name: str = "", times: int = 0, *, is_barred: bool = False) -> Run: ...


@pytest.fixture(scope="module")
def world_of(tmp_path_factory: pytest.TempPathFactory) -> WorldOf:
    @cache
    def made(name: str, times: int, is_barred: bool) -> Run:
        typologies = {name: {"pressure": times * PRESSURE.get(name, USUAL_PRESSURE)}} if name else {}
        bank = NO_QUEUE | (BAR if is_barred else {})
        place = tmp_path_factory.mktemp("world")
        return make(place, customers=CUSTOMERS, days=DAYS, typologies=typologies, bank=bank)

    return lambda name="", times=0, *, is_barred=False: made(name, times, is_barred)


def campaigns(run: Run) -> int:
    return len(run.truth("campaigns"))


@pytest.mark.parametrize("name", NAMES)
def test_without_it_every_row_of_untouched_customers_is_the_same(world_of: WorldOf, name: str) -> None:
    run = world_of(name, 1)
    assert campaigns(run) > 1
    assert differing(genuine(run, touched(run)), genuine(world_of(), touched(run))) == []


@pytest.mark.parametrize("name", NAMES)
def test_twice_the_pressure_gives_about_twice_the_campaigns_and_changes_nobody_untouched(
    world_of: WorldOf, name: str
) -> None:
    once, twice = world_of(name, 1), world_of(name, 2)
    error = sqrt(campaigns(twice) + 4.0 * campaigns(once))
    assert campaigns(twice) > campaigns(once)
    assert abs(campaigns(twice) - 2.0 * campaigns(once)) < 5.0 * error
    reached = touched(once, twice)
    assert len(reached) < 0.8 * CUSTOMERS
    assert differing(genuine(once, reached), genuine(twice, reached)) == []


@pytest.mark.parametrize("name", BARRED)
def test_a_bank_that_declines_everything_it_scores_ends_its_approved_rows(world_of: WorldOf, name: str) -> None:
    run = world_of(name, 1, is_barred=True)
    rows = run.transactions(columns=["transaction_id", "is_approved"]).merge(run.truth(), on="transaction_id")
    frauds = rows[rows["is_fraud"]]
    assert len(frauds) > 3
    assert not frauds["is_approved"].any()
