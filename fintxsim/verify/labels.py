"""Labels and alerts come after what they are about, and a label replaces only an earlier one of the same row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fintxsim import columns as c
from fintxsim.verify.base import Batch, Check, Context, Finding, lookup
from fintxsim.vocabulary import Disposition


class Labels(Check):
    name = "labels"
    meaning = "labels are about earlier, approved rows and supersede earlier labels once"

    def findings(self, run: Context) -> Iterator[Finding]:
        labels = run.gathered(c.LABELS, ["label_id", "transaction_id", "label_time", "supersedes"])
        about = np.unique(labels["transaction_id"])
        times, approved = _transactions(run, about)
        order = np.argsort(labels["label_id"], kind="stable")
        ids, first = np.unique(labels["label_id"][order], return_index=True)
        sorted_labels = {name: values[order][first] for name, values in labels.items()}
        replaced, often = np.unique(labels["supersedes"], return_counts=True)
        for batch in run.batches(c.LABELS):
            at = lookup(about, batch.ints("transaction_id"))
            yield from _about_earlier(batch, times[at], "label_time")
            yield from batch.findings((times[at] >= 0) & ~approved[at], "transaction_id", "was not approved")
            old = batch.ints("supersedes")
            place = lookup(ids, old)
            fits = (
                (place >= 0)
                & (old < batch.ints("label_id"))
                & (sorted_labels["label_time"][place] <= batch.ints("label_time"))
                & (sorted_labels["transaction_id"][place] == batch.ints("transaction_id"))
            )
            yield from batch.findings((old >= 0) & ~fits, "supersedes", "not an earlier label of this transaction")
            twice = often[lookup(replaced, old)] > 1
            yield from batch.findings((old >= 0) & twice, "supersedes", "superseded more than once")


class Alerts(Check):
    name = "alerts"
    meaning = "alerts are about earlier rows, and worked when they are closed unless nobody took them"

    def findings(self, run: Context) -> Iterator[Finding]:
        about = np.unique(run.gathered(c.ALERTS, ["transaction_id"])["transaction_id"])
        times, _ = _transactions(run, about)
        for batch in run.batches(c.ALERTS):
            yield from _about_earlier(batch, times[lookup(about, batch.ints("transaction_id"))], "created")
            worked, closed = batch.ints("worked"), batch.ints("closed")
            late = batch.ints("created") > closed
            yield from batch.findings(late, "closed", "earlier than created")
            yield from batch.findings((worked >= 0) & (worked != closed), "worked", "not the time of closing")
            expired = batch.is_word("disposition", Disposition.NOT_WORKED.text)
            yield from batch.findings(expired != (worked < 0), "disposition", "does not go with worked")


def _about_earlier(batch: Batch, at: NDArray[np.int64], column: str) -> Iterator[Finding]:
    """Rows about transactions (of times ``at``) that do not exist, or that come after."""
    yield from batch.findings(at < 0, "transaction_id", "no such row in data/transactions")
    yield from batch.findings(batch.ints(column) < at, column, "earlier than the transaction")


def _transactions(run: Context, about: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Times of the transactions asked for, microseconds, -1 for those that do not exist; and whether approved."""
    times, approved = np.full(len(about), -1, np.int64), np.zeros(len(about), np.bool_)
    for batch in run.batches(c.TRANSACTIONS, ["transaction_id", "event_time", "is_approved"]):
        at = lookup(about, batch.ints("transaction_id"))
        known = at >= 0
        times[at[known]] = batch.ints("event_time")[known]
        approved[at[known]] = batch.flags("is_approved")[known]
    return times, approved
