"""Arrow tables of what the bank learned: labels and alerts, numbered as they become known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from fintxsim import columns as c
from fintxsim.bank.alerts import Alert
from fintxsim.bank.labels.cases import LabelRow
from fintxsim.bank.labels.reasons import REASON_WORDS
from fintxsim.run.tables import closed, codes, enum, make_table, words
from fintxsim.vocabulary import Disposition, Label, LabelSource


class LearnedTables:
    """``run_start`` is the first moment of the run: what is about earlier transactions is not part of it."""

    def __init__(self, run_start: int) -> None:
        self.run_start = run_start
        self._next_label = self._next_alert = 0
        self._standing: dict[int, int] = {}  # labels that another one will replace: their ids by transaction time

    def labels(self, ready: Sequence[LabelRow]) -> pa.Table:
        """Labels in the order of their time."""
        ours = [row for row in ready if row.transaction_time >= self.run_start]
        opinions = [row.opinion for row in ours]
        reasons = codes([row.reason for row in ours], REASON_WORDS)
        return make_table(
            c.LABELS,
            label_id=np.arange(self._next_label, self._next_label + len(ours)),
            transaction_id=self._ids([row.transaction_time for row in ours]),
            label_time=np.array([row.time for row in ours], np.int64),
            label=_enum([opinion.label for opinion in opinions], Label),
            source=_enum([opinion.source for opinion in opinions], LabelSource),
            reason_code=enum(reasons, words(REASON_WORDS), nullable=True),
            supersedes=pa.array([self._number(row) for row in ours], pa.int64()),
        )

    def alerts(self, ready: Sequence[Alert]) -> pa.Table:
        """Alerts in the order of their closing."""
        ours = [alert for alert in ready if alert.time >= self.run_start]
        first, self._next_alert = self._next_alert, self._next_alert + len(ours)
        worked = [None if alert.disposition == Disposition.NOT_WORKED else alert.closed for alert in ours]
        return make_table(
            c.ALERTS,
            alert_id=np.arange(first, first + len(ours)),
            transaction_id=self._ids([alert.time for alert in ours]),
            created=np.array([alert.time for alert in ours], np.int64),
            worked=pa.array(worked, c.TIME),
            closed=np.array([alert.closed for alert in ours], np.int64),
            disposition=_enum([alert.disposition for alert in ours], Disposition),
        )

    def _ids(self, times: Sequence[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
        return np.array(times, np.int64) - self.run_start + 1

    def _number(self, row: LabelRow) -> int | None:
        """Count a label; returns the number of the one that it replaces."""
        number, self._next_label = self._next_label, self._next_label + 1
        if row.is_revised:
            self._standing[row.transaction_time] = number
        return self._standing.pop(row.transaction_time) if row.revises else None


def _enum(members: Sequence[int], vocabulary: Any) -> pa.Array[Any]:
    return enum(np.array(members, np.int8), closed(vocabulary), nullable=False)
