"""Tables of payments at hand, and a naive one as simple generators make them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from fintxsim.fidelity import FACTS
from fintxsim.fidelity.base import checked
from fintxsim.fidelity.details import LIMIT
from fintxsim.fidelity.measured import Measured
from fintxsim.fidelity.payments import GENUINE, UNKNOWN, Payments, Source, to_cents
from fintxsim.fidelity.tally import measure

ALL_PARTS = frozenset({"time", "amount", "customer", "merchant", "category", "card", "fraud", "refund"})
MONDAY = pd.Timestamp("2026-01-05")


class FrameSource(Source):
    """Rows of a frame, so many at a time; columns that it has not are not known."""

    name = "frame"

    def __init__(self, frame: pd.DataFrame, batch_rows: int = 1_000, parts: frozenset[str] | None = None) -> None:
        self.parts = frozenset({*frame.columns, "refund"}) if parts is None else parts
        self._frame, self._batch_rows = frame, batch_rows

    def batches(self) -> Iterator[Payments]:
        for at in range(0, len(self._frame), self._batch_rows):
            yield payments(self._frame.iloc[at : at + self._batch_rows])


def payments(frame: pd.DataFrame) -> Payments:
    def ids(name: str) -> Any:
        return frame[name].to_numpy(np.int64) if name in frame else np.full(len(frame), UNKNOWN, np.int64)

    fraud = frame["fraud"].to_numpy(np.int8) if "fraud" in frame else np.full(len(frame), GENUINE, np.int8)
    is_payment = frame["is_payment"].to_numpy(np.bool_) if "is_payment" in frame else np.ones(len(frame), np.bool_)
    return Payments(
        frame["time"].to_numpy().astype("datetime64[us]").astype(np.int64),
        to_cents(frame["amount"].to_numpy(np.float64)),
        *map(ids, ("customer", "merchant", "category", "card")),
        fraud,
        is_payment,
    )


def table(**columns: Any) -> pd.DataFrame:
    """A frame; amounts are 1.00 and times a minute apart from a Monday's midnight, unless they are given."""
    rows = len(next(iter(columns.values())))
    usual = {"time": MONDAY + pd.to_timedelta(np.arange(rows), unit="min"), "amount": np.ones(rows)}
    return pd.DataFrame(usual | columns)


def measured(frame: pd.DataFrame, batch_rows: int = 1_000, limit: int = LIMIT) -> Measured:
    return measure(FrameSource(frame, batch_rows), limit)


def value(fact: str, frame: pd.DataFrame, **how: Any) -> float:
    """The value of a fact; raises as the fact does."""
    return checked(next(known for known in FACTS if known.id == fact), measured(frame, **how))


def naive(rows: int = 120_000, days: int = 120) -> pd.DataFrame:
    """What simple generators make: log-normal amounts, customers, merchants and times all drawn alike; fraud by lot,
    but of twice the amount."""
    rng = np.random.default_rng(7)
    fraud = (rng.random(rows) < 0.01).astype(np.int64)
    amount = np.maximum(rng.lognormal(3.0, 0.6, rows).round(2), 0.01) * np.where(fraud, 2.0, 1.0)
    return pd.DataFrame(
        {
            "time": MONDAY + pd.to_timedelta(np.sort(rng.random(rows) * days), unit="D"),
            "amount": amount.round(2),
            "customer": rng.integers(0, 2_000, rows),
            "merchant": rng.integers(0, 500, rows),
            "category": rng.integers(0, 12, rows),
            "card": rng.integers(0, 2_000, rows),
            "fraud": fraud,
        }
    )
