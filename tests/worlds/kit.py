"""Makes small runs that differ by one thing, and takes them apart."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from fintxsim.dataset import Run
from fintxsim.engine import World
from fintxsim.run.generate import generate, world_of
from fintxsim.run.plan import prepare

START = "2026-01-01"
CNP, TAKEOVER = "stolen_details_cnp", "account_takeover"


def scenario(directory: Path, *, customers: int, days: int, start: str = START, **sections: Any) -> Path:
    """A scenario file. ``sections`` are top-level keys; ``typologies`` goes below fraud."""
    fraud = dict(sections.pop("fraud", {}))
    if "typologies" in sections:
        fraud["typologies"] = sections.pop("typologies")
    population = {"customers": customers} | sections.pop("population", {})
    text = {"name": "world", "start_date": start, "days": days, "population": population, "fraud": fraud} | sections
    path = directory / "world.yaml"
    path.write_text(yaml.safe_dump(text), encoding="utf-8")
    return path


def make(directory: Path, *, workers: int = 1, seed: int | None = None, **parts: Any) -> Run:
    """Write a scenario, generate it, and open the run."""
    directory.mkdir(parents=True, exist_ok=True)
    return generate(scenario(directory, **parts), directory / "run", seed=seed, workers=workers, report=False)


def open_world(directory: Path, **parts: Any) -> World:
    """The world of a scenario, its warm-up lived; close it after use."""
    plan = prepare(scenario(directory, **parts), directory / "run")
    world = world_of(plan.scenario, plan.setting)
    world.run_warm_up()
    return world


def values(run: Run) -> dict[str, str]:
    """Digest of the values of every table."""
    return {name: entry.values for name, entry in run.manifest.tables.items()}


def touched(*runs: Run) -> set[int]:
    """Customers whom crime may have reached in any of the runs, as recorded."""
    return {customer for run in runs for customer in run.truth("touched")["customer_id"]}


def genuine(run: Run, without: Collection[int]) -> pd.DataFrame:
    """Plain genuine transactions of everybody but the customers ``without``."""
    rows = run.transactions()
    rows = rows[~rows["transaction_id"].isin(run.truth()["transaction_id"])]
    return rows[~rows["customer_id"].isin(without)].reset_index(drop=True)


def of_others(run: Run, table: str, without: Collection[int]) -> pd.DataFrame:
    """Rows of a table that are not about the customers ``without``."""
    rows = run.table(table)
    return rows[~rows["customer_id"].isin(without)].reset_index(drop=True)


def crimes(run: Run, typology: str, without: Collection[int] = ()) -> pd.DataFrame:
    """Offending transactions of a typology with what truth/ says of them."""
    rows = run.transactions().merge(run.truth(), on="transaction_id", validate="one_to_one")
    rows = rows[(rows["typology"] == typology) & ~rows["customer_id"].isin(without)].reset_index(drop=True)
    return rows.assign(typology=rows["typology"].astype(str))


def differing(one: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    """Customers, a few of them, whose rows are not the same in both frames: empty when the frames are equal."""
    if one.equals(other):
        return []
    sides = one.merge(other, how="outer", indicator="_side")
    return sorted({f"customer {number}" for number in sides[sides["_side"] != "both"]["customer_id"]})[:10]
