"""Worlds that several tests look at, made once."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from fintxsim.dataset import Run
from tests.worlds.kit import CNP, TAKEOVER, make

# Campaigns per million customer-days. With 6,000 customers and 30 days about eleven of each kind: 1 bps of takeovers,
# 3 bps of stolen cards.
PRESSURE = 60


# With analysts enough no alert waits for another; with few, campaigns would depend on each other through the queue.
NO_QUEUE = {"alerts": {"daily_capacity": 20_000}}


class RunOf(Protocol):
    """The run of some pressures by typology."""

    def __call__(self, **pressures: int) -> Run: ...


@pytest.fixture(scope="session")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    """Makes the run of some pressures by typology, once for each."""
    made: dict[tuple[tuple[str, int], ...], Run] = {}

    def run(**pressures: int) -> Run:
        key = tuple(sorted(pressures.items()))
        if key not in made:
            typologies = {name: {"pressure": pressure} for name, pressure in pressures.items()}
            place = tmp_path_factory.mktemp("twin")
            made[key] = make(place, customers=6000, days=30, typologies=typologies, bank=NO_QUEUE)
        return made[key]

    return run


@pytest.fixture(scope="session")
def both(run_of: RunOf) -> Run:
    """Both typologies under a fixed pressure."""
    return run_of(**{CNP: PRESSURE, TAKEOVER: PRESSURE})


@pytest.fixture(scope="session")
def alone(run_of: RunOf) -> dict[str, Run]:
    """Each typology alone, under the same pressure."""
    return {name: run_of(**{name: PRESSURE}) for name in (CNP, TAKEOVER)}


@pytest.fixture(scope="session")
def no_crime(run_of: RunOf) -> Run:
    return run_of()


@pytest.fixture(scope="session")
def several_blocks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of a scenario of three blocks of customers."""
    return tmp_path_factory.mktemp("blocks")
