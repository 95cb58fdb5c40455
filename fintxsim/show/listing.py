"""The campaigns of a run, a line each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from fintxsim import columns as c
from fintxsim.dataset import Run
from fintxsim.errors import InputError


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign in short. Money in the run's currency."""

    campaign_id: int
    typology: str
    kind: str | None
    start: datetime  # the bank's local time
    victims: int
    attempts: int
    frauds: int  # approved
    loss: float


def campaigns(run: Run, typology: str | None = None) -> list[CampaignLine]:
    """Campaigns by number; those of one typology if it is named. InputError if the run has none of that name."""
    tried, taken = _counts(run)
    zone = ZoneInfo(run.manifest.timezone)
    rows: list[dict[str, Any]] = run.scan(c.CAMPAIGNS.path).to_table().to_pylist()
    known = sorted({row["typology"] for row in rows})
    if typology is not None and typology not in known:
        raise InputError(
            f"{run.path}: no campaign of {typology!r}; it has campaigns of {', '.join(known) or 'no kind'}."
        )
    return [
        CampaignLine(
            row["campaign_id"], row["typology"], row.get("kind"), row["start"].astimezone(zone), row["n_victims"],
            tried[row["campaign_id"]], taken[row["campaign_id"]], row["net_loss"],
        )
        for row in rows
        if typology in (None, row["typology"])
    ]  # fmt: skip


def _counts(run: Run) -> tuple[Counter[int], Counter[int]]:
    """Frauds tried and frauds that took money, by campaign."""
    tried, taken = Counter[int](), Counter[int]()
    names = ["campaign_id", "is_fraud", "loss_amount"]
    for batch in run.scan(c.TRUTH_TRANSACTIONS.path).to_batches(columns=names):
        frauds = batch.filter(batch.column("is_fraud"))
        paid = frauds.filter(pc.greater(frauds.column("loss_amount"), pa.scalar(0.0)))
        tried.update(_numbers(frauds))
        taken.update(_numbers(paid))
    return tried, taken


def _numbers(rows: pa.RecordBatch) -> list[Any]:
    return rows.column("campaign_id").to_pylist()
