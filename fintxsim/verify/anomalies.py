"""Look-alikes in the files are what the manifest says that they are, and none of them is a crime.

Counted are approved rows, the credit side of a transfer left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fintxsim import columns as c
from fintxsim import vocabulary as v
from fintxsim.manifest import AnomalyEntry
from fintxsim.verify.base import Check, Context, Finding, lookup

_TRUTH = ("transaction_id", "is_fraud", "is_laundering", "is_anomaly", "anomaly_kind")
_COLUMNS = ("transaction_id", "direction", "transfer_id", "is_approved")
_BPS_TOLERANCE = 1e-6

Ints = NDArray[np.int64]


class Anomalies(Check):
    name = "anomalies"
    meaning = "look-alikes are no crimes, and of each kind there are as many as the manifest says"

    def findings(self, run: Context) -> Iterator[Finding]:
        yield from _confused(run)
        ids, kinds, names = _lookalikes(run)
        counted = _counted(run, ids, kinds, len(names))
        rows = np.bincount(kinds, minlength=len(names))
        for name in sorted(set(names) - {entry.kind for entry in run.manifest.anomalies}):
            yield Finding(f"{name}: in truth/, but not in the manifest")
        for entry in run.manifest.anomalies:
            at = names.index(entry.kind) if entry.kind in names else None
            found = (0, 0) if at is None else (int(rows[at]), int(counted[at]))
            yield from _compare(entry, *found, run.manifest.approved_transactions)


def _confused(run: Context) -> Iterator[Finding]:
    """Rows of truth/ that are crime and look-alike at once, or neither, or a look-alike of no kind."""
    for batch in run.batches(c.TRUTH_TRANSACTIONS, list(_TRUTH)):
        benign, crime = batch.flags("is_anomaly"), batch.flags("is_fraud") | batch.flags("is_laundering")
        kind, _ = batch.words("anomaly_kind")
        yield from batch.findings(benign & crime, "is_anomaly", "is a look-alike and a crime")
        yield from batch.findings(~benign & ~crime, "is_anomaly", "is neither a look-alike nor a crime")
        yield from batch.findings(benign != (kind >= 0), "anomaly_kind", "does not fit is_anomaly")


def _lookalikes(run: Context) -> tuple[Ints, Ints, list[str]]:
    """Ids of look-alikes in rising order, the kind of each as a code, and the names of the kinds."""
    ids, codes, names = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], list[str]()
    for batch in run.batches(c.TRUTH_TRANSACTIONS, ["transaction_id", "anomaly_kind"]):
        local, words = batch.words("anomaly_kind")
        chosen = local >= 0
        names += sorted({words[i] for i in np.unique(local[chosen]).tolist()} - set(names))
        numbers = np.array([names.index(word) if word in names else -1 for word in words] + [-1], np.int64)
        ids.append(batch.ints("transaction_id")[chosen])
        codes.append(numbers[local[chosen]])
    keys, first = np.unique(np.concatenate(ids), return_index=True)
    return keys, np.concatenate(codes)[first], names


def _counted(run: Context, ids: Ints, kinds: Ints, number: int) -> Ints:
    """Counted rows by kind."""
    counts = np.zeros(number, np.int64)
    for batch in run.batches(c.TRANSACTIONS, _COLUMNS):
        credit = batch.is_word("direction", v.Direction.CREDIT.text)
        counts_to_rate = batch.flags("is_approved") & ~(credit & (batch.ints("transfer_id") >= 0))
        at = lookup(ids, batch.ints("transaction_id"))
        chosen = counts_to_rate & (at >= 0)
        counts += np.bincount(kinds[at[chosen]], minlength=number)
    return counts


def _compare(entry: AnomalyEntry, rows: int, counted: int, approved: int) -> Iterator[Finding]:
    bps = 1e4 * counted / approved if approved else 0.0
    facts = (
        ("rows", rows, entry.rows, 0.0),
        ("approved rows", counted, entry.approved_rows, 0.0),
        ("bps of count", bps, entry.realised_bps, _BPS_TOLERANCE),
    )
    for what, actual, stated, tolerance in facts:
        if not math.isclose(actual, stated, rel_tol=1e-9, abs_tol=tolerance):
            yield Finding(f"{entry.kind}: {what} {actual:g}, the manifest says {stated:g}")
    inside = entry.low_bps - _BPS_TOLERANCE <= bps <= entry.high_bps + _BPS_TOLERANCE
    if entry.status == "reached" and not inside:
        yield Finding(f"{entry.kind}: reached, but {bps:g} bps are not within {entry.low_bps:g} to {entry.high_bps:g}")
