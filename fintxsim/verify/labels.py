"""Labels come after what they are about, and replace only earlier labels of the same transaction."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fintxsim import columns as c
from fintxsim.verify.base import Check, Context, Finding, lookup


class Labels(Check):
    name = "labels"
    meaning = "labels are about earlier transactions and supersede earlier labels"

    def findings(self, run: Context) -> Iterator[Finding]:
        labels = run.gathered(c.LABELS, ["label_id", "transaction_id", "label_time"])
        about = np.unique(labels["transaction_id"])
        times = _transaction_times(run, about)
        order = np.argsort(labels["label_id"], kind="stable")
        ids, first = np.unique(labels["label_id"][order], return_index=True)
        sorted_labels = {name: values[order][first] for name, values in labels.items()}
        for batch in run.batches(c.LABELS):
            at = times[lookup(about, batch.ints("transaction_id"))]
            yield from batch.findings(at < 0, "transaction_id", "no such row in data/transactions")
            early = batch.ints("label_time") < at
            yield from batch.findings(early, "label_time", "earlier than the transaction")
            old = batch.ints("supersedes")
            place = lookup(ids, old)
            fits = (
                (place >= 0)
                & (old < batch.ints("label_id"))
                & (sorted_labels["label_time"][place] <= batch.ints("label_time"))
                & (sorted_labels["transaction_id"][place] == batch.ints("transaction_id"))
            )
            yield from batch.findings((old >= 0) & ~fits, "supersedes", "not an earlier label of this transaction")


def _transaction_times(run: Context, about: NDArray[np.int64]) -> NDArray[np.int64]:
    """Times of the transactions asked for, microseconds; -1 for those that do not exist."""
    times = np.full(len(about), -1, np.int64)
    for batch in run.batches(c.TRANSACTIONS, ["transaction_id", "event_time"]):
        at = lookup(about, batch.ints("transaction_id"))
        times[at[at >= 0]] = batch.ints("event_time")[at >= 0]
    return times
