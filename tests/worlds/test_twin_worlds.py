"""Two worlds that differ by some crime are the same for everybody whom that crime did not touch.

Pressures are fixed: a requested rate would let the bank's income of other crimes steer how many campaigns begin.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fintxsim.dataset import Run
from fintxsim.vocabulary import Direction
from tests.worlds.conftest import PRESSURE, RunOf
from tests.worlds.kit import CNP, TAKEOVER, crimes, differing, genuine, of_others, open_world, touched

TYPOLOGIES = pytest.mark.parametrize("removed", [CNP, TAKEOVER])
UNDER_SIEGE: dict[str, Any] = {
    "customers": 400,
    "days": 12,
    "typologies": {CNP: {"pressure": 6000}, TAKEOVER: {"pressure": 6000}},
}


def other(name: str) -> str:
    return TAKEOVER if name == CNP else CNP


@TYPOLOGIES
def test_without_a_typology_every_row_of_untouched_customers_is_the_same(
    both: Run, alone: dict[str, Run], removed: str
) -> None:
    reached = touched(both)
    assert differing(genuine(both, reached), genuine(alone[other(removed)], reached)) == []


@pytest.mark.parametrize(
    ("table", "removed"),
    [
        ("data/events", CNP),
        ("data/events", TAKEOVER),
        ("data/cards", CNP),
        ("data/cards", TAKEOVER),
    ],
)
def test_without_a_typology_untouched_customers_lead_the_same_life(
    both: Run, alone: dict[str, Run], removed: str, table: str
) -> None:
    reached = touched(both)
    assert differing(of_others(both, table, reached), of_others(alone[other(removed)], table, reached)) == []


@pytest.mark.parametrize("kept", [CNP, TAKEOVER])
def test_without_any_crime_untouched_customers_have_the_same_rows(
    alone: dict[str, Run], no_crime: Run, kept: str
) -> None:
    reached = touched(alone[kept])
    assert differing(genuine(alone[kept], reached), genuine(no_crime, reached)) == []


def test_before_they_are_touched_customers_have_the_same_rows(both: Run, no_crime: Run) -> None:
    """What the run records as the first day that may differ is that day at the latest."""
    first = both.truth("touched").set_index("customer_id")["first_day"]

    def before(run: Run) -> pd.DataFrame:
        rows = genuine(run, ())
        midnight = rows["customer_id"].map(first).dt.tz_localize(run.manifest.timezone).dt.tz_convert("UTC")
        early: pd.DataFrame = rows[rows["event_time"] < midnight].reset_index(drop=True)
        return early

    assert len(before(both)) > 1000
    assert differing(before(both), before(no_crime)) == []


@TYPOLOGIES
def test_few_customers_are_touched(alone: dict[str, Run], removed: str) -> None:
    share = len(touched(alone[removed])) / alone[removed].manifest.tables["data/customers"].rows
    assert 0.0 < share < 0.05


@TYPOLOGIES
def test_another_typology_changes_no_campaign_of_victims_it_does_not_touch(
    both: Run, alone: dict[str, Run], removed: str
) -> None:
    """Not only the attempts are the same: so is what the bank answered."""
    kept = other(removed)
    shared = touched(alone[removed])
    ours, theirs = crimes(both, kept, shared), crimes(alone[kept], kept, shared)
    assert len(theirs) > 20
    pd.testing.assert_frame_equal(ours, theirs)


def test_merchants_and_terminals_do_not_depend_on_crime_where_both_worlds_see_them(both: Run, no_crime: Run) -> None:
    for table, key in (("data/merchants", "merchant_id"), ("data/terminals", "terminal_id")):
        ours, theirs = both.table(table).drop(columns="valid_from"), no_crime.table(table).drop(columns="valid_from")
        shared = theirs[theirs[key].isin(ours[key])].sort_values(key, ignore_index=True)
        assert len(shared) > 0.99 * len(theirs)
        pd.testing.assert_frame_equal(ours[ours[key].isin(shared[key])].sort_values(key, ignore_index=True), shared)


def test_nobody_is_touched_in_a_world_without_crime(no_crime: Run) -> None:
    assert touched(no_crime) == set()
    assert len(no_crime.truth()) == 0


def test_twice_the_pressure_changes_nothing_for_untouched_customers(run_of: RunOf, alone: dict[str, Run]) -> None:
    more, less = run_of(**{TAKEOVER: 2 * PRESSURE}), alone[TAKEOVER]
    reached = touched(more, less)
    assert differing(genuine(more, reached), genuine(less, reached)) == []


def test_whom_the_world_counts_as_touched_the_run_records(tmp_path: Path) -> None:
    world = open_world(tmp_path, **UNDER_SIEGE)
    recorded: set[int] = set()
    for _ in range(12):
        world.step()
        recorded |= {customer for customer, _ in world.book.touched}
    counted = set(np.flatnonzero(world.people["touched"]).tolist())
    world.close()
    assert len(recorded) > 50
    assert counted - recorded == set()


def test_a_friend_who_waits_for_money_of_a_touched_customer_is_touched(tmp_path: Path) -> None:
    """In a world without the crime it might have come."""
    world = open_world(tmp_path, **UNDER_SIEGE)
    waiting: set[int] = set()
    for _ in range(24):
        world.step()
        for rows in world.book.rows:
            refused = rows[(rows["friend"] >= 0) & (rows["direction"] == Direction.DEBIT) & (rows["approved"] == 0)]
            waiting |= set(refused["friend"][world.people["touched"][refused["customer"]] > 0].tolist())
    touched_at_last = set(np.flatnonzero(world.people["touched"]).tolist())
    world.close()
    assert len(waiting) > 5, "nobody waits for money, so nothing is shown"
    assert waiting - touched_at_last == set()
