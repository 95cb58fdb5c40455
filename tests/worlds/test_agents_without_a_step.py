"""Take an agent's step away and its behaviour ends; how many campaigns there are follows the pressure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fintxsim.agents import CriminalMarket, CustomerBlock, Fraudster
from fintxsim.bank_agents import Analysts, Bank
from fintxsim.engine import World
from fintxsim.population.people import CARD_RESTRICTED, CARD_STOLEN
from fintxsim.vocabulary import Disposition
from tests.worlds.kit import CNP, TAKEOVER, open_world

PARTS: dict[str, Any] = {
    "customers": 400,
    "days": 12,
    "typologies": {CNP: {"pressure": 6000}, TAKEOVER: {"pressure": 6000}},
}


@contextmanager
def living(directory: Path) -> Iterator[World]:
    world = open_world(directory, **PARTS)
    try:
        yield world
    finally:
        world.close()


def tally(world: World, days: int = 12) -> dict[str, int]:
    """What the days of a run leave behind."""
    counts = dict.fromkeys(("rows", "offending", "labels", "campaigns", "blocked", "worked", "raised"), 0)
    for _ in range(days):
        world.step()
        counts["rows"] += sum(map(len, world.book.rows))
        counts["offending"] += len(world.book.offending)
        counts["labels"] += len(world.book.labels)
        counts["raised"] += len(world.book.raised)
        counts["worked"] += sum(alert.disposition != Disposition.NOT_WORKED for alert in world.book.closed)
    counts["campaigns"] = sum(market.started for market in world.markets)
    by_bank = np.isin(
        world.people["card_status"], (CARD_STOLEN, CARD_RESTRICTED)
    )  # owners lose cards all by themselves
    counts["blocked"] = int((by_bank & (world.people["card_back_day"] >= 0)).sum()) + len(world.bank.resets)
    return counts


def without_step(monkeypatch: pytest.MonkeyPatch, kind: type) -> None:
    monkeypatch.setattr(kind, "step", lambda _: None)


def test_with_every_step_there_is_crime_and_the_bank_learns_of_it(tmp_path: Path) -> None:
    with living(tmp_path) as world:
        assert all(count > 0 for count in tally(world).values())


def test_fraudsters_without_a_step_commit_no_fraud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_step(monkeypatch, Fraudster)
    with living(tmp_path) as world:
        counts = tally(world)
    assert counts["campaigns"] > 0
    assert counts["offending"] == 0


def test_one_fraudster_without_a_step_commits_no_fraud_and_the_others_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with living(tmp_path) as world:
        idle = world.markets[0].crews[0]
        monkeypatch.setattr(idle, "step", lambda: None)
        busy: set[int] = set()
        for _ in range(12):
            world.step()
            busy |= {row.fraudster for row in world.book.offending}
        everybody = {crew.number for market in world.markets for crew in market.crews}
    assert idle.number not in busy
    assert everybody - busy == {idle.number}


def test_criminal_markets_without_a_step_start_no_campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_step(monkeypatch, CriminalMarket)
    with living(tmp_path) as world:
        counts = tally(world)
    assert (counts["campaigns"], counts["offending"]) == (0, 0)
    assert counts["rows"] > 0


def test_a_bank_without_a_step_tells_nothing_and_blocks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_step(monkeypatch, Bank)
    with living(tmp_path) as world:
        counts = tally(world)
    assert counts["labels"] == 0
    assert counts["blocked"] == 0
    assert counts["offending"] > 0


def test_analysts_without_a_step_work_no_alert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_step(monkeypatch, Analysts)
    with living(tmp_path) as world:
        counts = tally(world)
    assert counts["raised"] > 0
    assert counts["worked"] == 0
    assert counts["labels"] > 0


def test_customers_without_a_step_live_only_while_under_attack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_step(monkeypatch, CustomerBlock)
    with living(tmp_path) as world:
        for _ in range(12):
            world.step()
            attacked = set(world.arena.seats)
            customers = {int(row["customer"]) for rows in world.book.rows for row in rows if row["friend"] < 0}
            assert customers <= attacked
