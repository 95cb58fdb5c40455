"""What a page tells of a run, gathered before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fintxsim import columns as c
from fintxsim import labelling
from fintxsim.dataset import Run
from fintxsim.errors import DamagedRunError, InputError
from fintxsim.manifest import Manifest
from fintxsim.report.choice import Drawn, Row, choose, customers_to_show
from fintxsim.report.excerpt import Collector, Excerpt
from fintxsim.report.tallies import Tallies, read
from fintxsim.show.story import Story, tell

if TYPE_CHECKING:
    from fintxsim.fidelity import FidelityReport
    from fintxsim.leaks import AuditReport

SETTINGS = "scenario.resolved.yaml"
PEOPLE = 3  # customers of a campaign whose lives are drawn around it
_SPOKEN = ["transaction_id", "is_fraud", "is_laundering", "observation_class"]


@dataclass(frozen=True)
class Facts:
    """``fidelity`` and ``audit`` are None when they were not asked for; a text says why there is no fidelity.

    ``frauds`` and ``labels`` are those of ``labelling``: approved frauds, and a line per observation class.
    """

    run: Run
    tallies: Tallies
    stories: tuple[Story, ...]
    lives: tuple[tuple[int, Drawn], ...]
    excerpt: Excerpt
    frauds: pd.DataFrame
    labels: pd.DataFrame
    customers: int
    changes: tuple[Row, ...]
    settings: str
    fidelity: FidelityReport | str | None
    audit: AuditReport | None

    @property
    def manifest(self) -> Manifest:
        return self.run.manifest

    def money(self, amount: float) -> str:
        """An amount of the run's currency: ``EUR 1,234.50``."""
        decimals = self.manifest.currency_exponents.get(self.manifest.currency, 2)
        return f"{self.manifest.currency} {amount:,.{decimals}f}"

    def rows(self, table: c.Table) -> int:
        """Rows of a table, as the manifest says."""
        entry = self.manifest.tables.get(table.path)
        return entry.rows if entry else 0


def gather(run: Run, *, judged: bool) -> Facts:
    """Read a run once and count; ``judged`` adds what takes long. DamagedRunError when a file cannot be read."""
    try:
        return _gather(run, judged=judged)
    except (OSError, pa.ArrowException) as error:
        raise DamagedRunError(f"{run.path}: cannot be read: {error}; see `fintxsim verify`.") from error


def _gather(run: Run, *, judged: bool) -> Facts:
    drawn = choose(run)
    lives = customers_to_show(drawn)
    collector = Collector(drawn, lives)
    tallies = read(run, c.TRANSACTIONS.names(), collector.watch)
    excerpt = Excerpt(run, collector.rows(), drawn)
    frauds, labels = _labels(run, tallies)
    return Facts(
        run=run, tallies=tallies, stories=tuple(tell(excerpt, each.campaign, people=PEOPLE) for each in drawn),
        lives=tuple(lives), excerpt=excerpt, frauds=frauds, labels=labels,
        customers=len(pc.unique(run.scan(c.CUSTOMERS.path).to_table(columns=["customer_id"]).column("customer_id"))),
        changes=tuple(run.scan(c.WINDOWS.path).to_table().to_pylist()),
        settings=(run.path / SETTINGS).read_text(encoding="utf-8", errors="replace") if _has_settings(run) else "",
        fidelity=_fidelity(run) if judged else None,
        audit=_audit(run) if judged else None,
    )  # fmt: skip


def _has_settings(run: Run) -> bool:
    return any(file.path == SETTINGS for file in run.manifest.files)


def _labels(run: Run, tallies: Tallies) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Approved frauds with their labels, and the report on them. Memory goes with frauds and labels."""
    truth, labels = run.truth(columns=_SPOKEN), run.table(c.LABELS.path)
    times = np.concatenate([*tallies.fraud_times, np.zeros(0, np.int64)])
    ids = np.concatenate([*tallies.fraud_ids, np.zeros(0, np.int64)])
    moments: Any = pd.to_datetime(times, unit="us", utc=True)
    frauds = labelling.frauds_with_labels(truth, pd.DataFrame({"transaction_id": ids, "event_time": moments}), labels)
    criminal = truth.loc[truth["is_fraud"] | truth["is_laundering"], "transaction_id"]
    mistaken = labels[~labels["transaction_id"].isin(criminal)]
    return frauds, labelling.report(frauds, mistaken, run.manifest.approved_transactions - len(frauds))


def _fidelity(run: Run) -> FidelityReport | str:
    from fintxsim.fidelity import measure_fidelity

    try:
        return measure_fidelity(run)
    except InputError:
        return "The run has no payments of a kind whose facts are known of real data."


def _audit(run: Run) -> AuditReport:
    from fintxsim.leaks import audit_run
    from fintxsim.outcomes import Outcome

    return audit_run(run, Outcome.NOT_APPLICABLE)
