"""Which campaigns and customers of a run are drawn: always the same ones, rich in acts but not the richest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.dataset as pads

from fintxsim import columns as c
from fintxsim.dataset import Run
from fintxsim.report.truths import SPARING

MOST_ROWS = 60  # of a campaign that can be read as a drawing
LONGER_THAN = 0.9  # share of the campaigns of its typology that the drawn one is at least as long as
CUSTOMERS = 3
_NAMES = ["campaign_id", "typology", "end", "n_transactions", "net_loss"]

Row = dict[str, Any]


@dataclass
class Drawn:
    """A campaign that is drawn. ``acts`` are its transactions, ``customers`` whose they are, both in order of time."""

    campaign: int
    typology: str
    acts: list[int] = field(default_factory=list)
    customers: list[int] = field(default_factory=list)
    first_us: int = 0
    last_us: int = 0
    loss: float = 0.0
    offender: int | None = None  # the customer of the first fraud that was approved


def choose(run: Run) -> list[Drawn]:
    """One campaign per typology, in the order of the manifest, with its acts."""
    by_typology: dict[str, list[Row]] = {}
    for batch in run.scan(c.CAMPAIGNS.path).to_batches(columns=_NAMES, **SPARING):
        for row in batch.to_pylist():
            by_typology.setdefault(row["typology"], []).append(row)
    listed = [entry.typology for entry in run.manifest.fraud if entry.typology in by_typology]
    chosen = [telling(by_typology[name]) for name in listed]
    drawn = [Drawn(row["campaign_id"], row["typology"], loss=row["net_loss"]) for row in chosen]
    _find_acts(run, drawn)
    return [each for each in drawn if each.acts]


def telling(campaigns: Sequence[Row]) -> Row:
    """The campaign that is longer than most, of those that took money, are over and are readable."""
    fewest_flaws = min(map(_flaws, campaigns))
    suited = [row for row in campaigns if _flaws(row) == fewest_flaws]
    ranked = sorted(suited, key=lambda row: (row["n_transactions"], row["campaign_id"]))
    return ranked[int(LONGER_THAN * (len(ranked) - 1))]


def _flaws(row: Row) -> tuple[bool, bool, bool]:
    """How unsuitable a campaign is, the worst first: it took nothing, has too many rows, is still under way."""
    return row["net_loss"] <= 0.0, row["n_transactions"] > MOST_ROWS, row["end"] is None


def _find_acts(run: Run, drawn: Sequence[Drawn]) -> None:
    """Fill in acts, customers and span of each campaign."""
    owner, is_fraud = _truth(run, {each.campaign: each for each in drawn})
    names = ("transaction_id", "customer_id", "event_time", "is_approved")
    for row in matching(run, c.TRANSACTIONS, "transaction_id", owner, names):
        number, customer = row["transaction_id"], row["customer_id"]
        campaign, time = owner[number], round(row["event_time"].timestamp() * 1e6)
        campaign.first_us = time if not campaign.acts else campaign.first_us
        campaign.last_us = time
        campaign.acts.append(number)
        if customer not in campaign.customers:
            campaign.customers.append(customer)
        if campaign.offender is None and number in is_fraud and row["is_approved"]:
            campaign.offender = customer


def _truth(run: Run, drawn: dict[int, Drawn]) -> tuple[dict[int, Drawn], set[int]]:
    """The campaign of each act, and which acts are frauds."""
    rows = matching(run, c.TRUTH_TRANSACTIONS, "campaign_id", drawn, ("transaction_id", "campaign_id", "is_fraud"))
    owner, frauds = dict[int, Drawn](), set[int]()
    for row in rows:
        owner[row["transaction_id"]] = drawn[row["campaign_id"]]
        frauds |= {row["transaction_id"]} if row["is_fraud"] else set()
    return owner, frauds


def matching(run: Run, table: c.Table, column: str, values: Iterable[int], names: Sequence[str]) -> list[Row]:
    """Some columns of the rows whose id is one of the values."""
    return picked(run, table, column, values, names).to_pylist()


def picked(
    run: Run, table: c.Table, column: str, values: Iterable[int], names: Sequence[str] | None = None
) -> pa.Table:
    """The rows whose id is one of the values, in the order of the table."""
    wanted = sorted({int(value) for value in values})
    field, among = pads.field(column), pa.array(wanted, pa.int64())
    low, high = (wanted[0], wanted[-1]) if wanted else (0, -1)
    condition = (field >= low) & (field <= high) & field.isin(among)  # the bounds skip row groups
    return run.scan(table.path).to_table(columns=list(names) if names else None, filter=condition, **SPARING)


def customers_to_show(drawn: Sequence[Drawn]) -> list[tuple[int, Drawn]]:
    """The first customers of the campaigns that took most, and no customer twice."""
    chosen: dict[int, Drawn] = {}
    for each in sorted(drawn, key=lambda each: (-each.loss, each.campaign)):
        if each.offender is not None and len(chosen) < CUSTOMERS:
            chosen.setdefault(each.offender, each)
    return list(chosen.items())
