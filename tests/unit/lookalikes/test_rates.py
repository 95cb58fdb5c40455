"""How many episodes a rate asks for."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy.typing as npt
import pytest

from fintxsim.lookalikes import LOOKALIKES, Lookalike, lookalike
from fintxsim.lookalikes.rates import plain_rows_per_day, set_rates
from fintxsim.vocabulary import Segment
from tests.oracle.worlds import Recipe, populate

Array = npt.NDArray[Any]


@pytest.fixture(scope="module")
def bank() -> tuple[Array, Array, Array]:
    """World, people and contracts of a small bank."""
    setting = Recipe("Europe/Amsterdam", date(2026, 1, 1), seed=3, customers=400).setting()
    people, block = populate(setting)
    return setting.world, people, block.contracts


def settled(bank: tuple[Array, Array, Array], *kinds: Lookalike, rate_bps: float = 50) -> tuple[Array, Array]:
    """World and people of a copy of the bank after the rates have been set."""
    world, people, contracts = (part.copy() for part in bank)
    set_rates(
        world, [(kind, kind.config.model_validate({"rate_bps": rate_bps})) for kind in kinds], people, [contracts]
    )
    return world, people


@pytest.mark.parametrize("kind", LOOKALIKES, ids=lambda kind: kind.name)
def test_twice_the_rate_is_twice_the_episodes(bank: tuple[Array, Array, Array], kind: Lookalike) -> None:
    once, _ = settled(bank, kind, rate_bps=20)
    twice, _ = settled(bank, kind, rate_bps=40)
    (low, high) = (float(world[0]["lookalikes"][kind.number]["per_day"]) for world in (once, twice))
    assert low > 0
    assert high == pytest.approx(2 * low)


def test_kinds_do_not_know_each_other(bank: tuple[Array, Array, Array]) -> None:
    kind, other = LOOKALIKES[0], LOOKALIKES[1]
    (alone, _), (together, _) = settled(bank, kind), settled(bank, kind, other)
    assert alone[0]["lookalikes"][kind.number] == together[0]["lookalikes"][kind.number]


def test_it_can_happen_to_those_whom_the_kind_names(bank: tuple[Array, Array, Array]) -> None:
    kind = lookalike("student_rent_fan_out")
    _, people = settled(bank, kind)
    able = people["lookalikes"] >> kind.number & 1
    assert able.tolist() == (people["segment"] == Segment.STUDENT).astype(int).tolist()
    assert 0 < able.sum() < len(people)


def test_what_can_happen_to_nobody_happens_never(bank: tuple[Array, Array, Array]) -> None:
    world, people, contracts = bank
    grown_up = people[people["segment"] != Segment.STUDENT].copy()
    kind = lookalike("student_rent_fan_out")
    copy = world.copy()
    set_rates(copy, [(kind, kind.config.model_validate({"rate_bps": 50}))], grown_up, [contracts])
    assert copy[0]["lookalikes"][kind.number]["per_day"] == 0.0


def test_without_look_alikes_they_can_happen_to_nobody(bank: tuple[Array, Array, Array]) -> None:
    _, people = settled(bank)
    assert not people["lookalikes"].any()


def test_rows_foretold_follow_what_customers_do(bank: tuple[Array, Array, Array]) -> None:
    world, people, contracts = bank
    busy = people.copy()
    busy["activity"] *= 2
    signed = int((contracts["kind"] > 0).sum())
    usual, more = (
        plain_rows_per_day(each, signed, world[0]["habits"], world[0]["institution"]) / len(people)
        for each in (people, busy)
    )
    assert 1.2 < usual < 1.9
    assert more - usual == pytest.approx(0.92 * float(people["activity"].mean()), rel=0.01)


def test_the_order_of_customers_does_not_change_what_is_foretold(bank: tuple[Array, Array, Array]) -> None:
    world, people, _ = bank
    habits, kind = world[0]["habits"], world[0]["institution"]
    assert plain_rows_per_day(people, 100, habits, kind) == plain_rows_per_day(people[::-1].copy(), 100, habits, kind)
