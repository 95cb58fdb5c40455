"""Fraud in the files is what the manifest says that it is.

Counted are approved rows, the credit side of a transfer left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fintxsim import columns as c
from fintxsim import vocabulary as v
from fintxsim.manifest import FraudEntry
from fintxsim.verify.base import Check, Context, Finding, UnreadableError, lookup

_COLUMNS = ("transaction_id", "direction", "transfer_id", "amount_billing", "billing_currency", "is_approved")

# Values are stored as floats in major units: half a cent is rounding, more is a difference.
_VALUE_TOLERANCE = 0.005
_BPS_TOLERANCE = 1e-6


@dataclass(slots=True)
class _Tally:
    """Approved rows: all, and frauds by typology. Values in major units."""

    names: list[str]
    rows: int = 0
    value: float = 0.0
    frauds: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    fraud_value: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


class Rates(Check):
    name = "rates"
    meaning = "approved rows and frauds by typology are those of the manifest"

    def findings(self, run: Context) -> Iterator[Finding]:
        tally = _count(run)
        if tally.rows != run.manifest.approved_transactions:
            yield Finding(f"{tally.rows} approved rows count, the manifest says {run.manifest.approved_transactions}")
        if not _is_close(tally.value, run.manifest.approved_value):
            yield Finding(f"their value is {tally.value:.2f}, the manifest says {run.manifest.approved_value:.2f}")
        campaigns = _campaigns(run)
        listed = {entry.typology for entry in run.manifest.fraud}
        for name in sorted({*tally.names, *campaigns} - listed):
            yield Finding(f"{name}: in truth/, but not in the manifest")
        for entry in run.manifest.fraud:
            yield from _compare(entry, tally, campaigns.get(entry.typology, 0))


def _frauds(run: Context) -> tuple[NDArray[np.int64], NDArray[np.int64], list[str]]:
    """Ids of the frauds in rising order, the typology of each as a code, and the names of the typologies."""
    ids, codes, names = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], list[str]()
    for batch in run.batches(c.TRUTH_TRANSACTIONS, ["transaction_id", "is_fraud", "typology"]):
        local, words = batch.words("typology")
        fraud = batch.flags("is_fraud")
        if (fraud & (local < 0)).any():
            raise UnreadableError(f"{batch.file} has frauds without a typology")
        used = {words[i] for i in np.unique(local[fraud]).tolist()}
        names += sorted(used - set(names))
        codes.append(np.array([*(names.index(w) if w in used else -1 for w in words), -1], np.int64)[local][fraud])
        ids.append(batch.ints("transaction_id")[fraud])
    keys, first = np.unique(np.concatenate(ids), return_index=True)
    return keys, np.concatenate(codes)[first], names


def _count(run: Context) -> _Tally:
    keys, typologies, names = _frauds(run)
    counts, fraud_values, rows, total = np.zeros(len(names), np.int64), np.zeros(len(names)), 0, 0.0
    for batch in run.batches(c.TRANSACTIONS, _COLUMNS):
        minor = run.minor_units(batch, "amount_billing", "billing_currency")
        value = minor / run.scales(batch, "billing_currency")
        credit = batch.is_word("direction", v.Direction.CREDIT.text)
        counted = batch.flags("is_approved") & ~(credit & (batch.ints("transfer_id") >= 0))
        rows += int(counted.sum())
        total += math.fsum(value[counted])
        at = lookup(keys, batch.ints("transaction_id"))
        chosen = counted & (at >= 0)
        np.add.at(counts, typologies[at[chosen]], 1)
        np.add.at(fraud_values, typologies[at[chosen]], value[chosen])
    return _Tally(names, rows, total, counts, fraud_values)


def _campaigns(run: Context) -> dict[str, int]:
    """Rows of truth/campaigns by typology."""
    found: dict[str, int] = {}
    for batch in run.batches(c.CAMPAIGNS, ["typology"]):
        codes, words = batch.words("typology")
        for code, count in zip(*np.unique(codes, return_counts=True), strict=True):
            found[words[code]] = found.get(words[code], 0) + int(count)
    return found


def _is_close(actual: float, stated: float) -> bool:
    return math.isclose(actual, stated, rel_tol=1e-12, abs_tol=_VALUE_TOLERANCE)


def _compare(entry: FraudEntry, tally: _Tally, campaigns: int) -> Iterator[Finding]:
    at = tally.names.index(entry.typology) if entry.typology in tally.names else None
    frauds = 0 if at is None else int(tally.frauds[at])
    value = 0.0 if at is None else float(tally.fraud_value[at])
    bps_count = 1e4 * frauds / tally.rows if tally.rows else 0.0
    bps_value = 1e4 * value / tally.value if tally.value else 0.0
    facts = (
        ("campaigns", campaigns, entry.campaigns, 0.0),
        ("approved frauds", frauds, entry.approved_frauds, 0.0),
        ("value of approved frauds", value, entry.approved_fraud_value, _VALUE_TOLERANCE),
        ("bps of count", bps_count, entry.realised_bps_count, _BPS_TOLERANCE),
        ("bps of value", bps_value, entry.realised_bps_value, _BPS_TOLERANCE),
    )
    for what, actual, stated, tolerance in facts:
        if not math.isclose(actual, stated, rel_tol=1e-9, abs_tol=tolerance):
            yield Finding(f"{entry.typology}: {what} {actual:g}, the manifest says {stated:g}")
    yield from _status(entry, bps_count if entry.rate_basis == "count" else bps_value, frauds)


def _status(entry: FraudEntry, realised: float, frauds: int) -> Iterator[Finding]:
    if entry.status == "off" and frauds:
        yield Finding(f"{entry.typology}: is off, but has {frauds} frauds")
    if entry.status != "reached":
        return
    if entry.low_bps is None or entry.high_bps is None:
        yield Finding(f"{entry.typology}: reached, but without an interval")
    elif not entry.low_bps - _BPS_TOLERANCE <= realised <= entry.high_bps + _BPS_TOLERANCE:
        interval = f"{entry.low_bps:g} to {entry.high_bps:g}"
        yield Finding(f"{entry.typology}: reached, but {realised:g} bps are not within {interval}")
