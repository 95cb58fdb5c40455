"""The payments of a run of ours, labelled by its truth, read from its files alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads

from fintxsim import columns as c
from fintxsim import vocabulary as v
from fintxsim.dataset import Run
from fintxsim.errors import DamagedRunError
from fintxsim.fidelity.payments import (
    FRAUD,
    GENUINE,
    NEITHER,
    UNKNOWN,
    Flags,
    Ints,
    Payments,
    Source,
    text_ids,
    to_cents,
)
from fintxsim.fidelity.scopes import Scope, scope_of

_COLUMNS = (
    "transaction_id", "event_time", "utc_offset_minutes", "transaction_type", "rail", "channel", "amount_billing",
    "direction", "customer_id", "account_id", "card_id", "merchant_id", "counterparty_account_id", "mcc",
)  # fmt: skip
_BATCH_ROWS = 131_072
_PARTS = frozenset({"time", "amount", "customer", "merchant", "category", "card", "fraud", "refund"})
_MINUTE_US = 60_000_000


def find_scope(run: Run) -> Scope:
    """What the payments of a run are, by rail and channel."""
    found: dict[tuple[str, str], int] = {}
    paid = tuple(v.TransactionType(t).text for t in _COUNTED)
    wanted = pads.field("is_approved") & (pads.field("direction") == v.Direction.DEBIT.text)
    for rows in _batches(run, ("rail", "channel", "transaction_type"), wanted):
        kept = rows.filter(_is_one_of(rows.column("transaction_type"), paid))
        grouped = (
            kept.select(["rail", "channel"])
            .cast(_TWO_TEXTS)
            .group_by(["rail", "channel"])
            .aggregate([([], "count_all")])
        )
        for rail, channel, count in zip(*(column.to_pylist() for column in grouped.itercolumns()), strict=True):
            found[rail, channel] = found.get((rail, channel), 0) + int(count)
    return scope_of(found, str(run.path))


_COUNTED = (
    v.TransactionType.PURCHASE, v.TransactionType.TRANSFER, v.TransactionType.BILL_PAYMENT, v.TransactionType.TOP_UP,
)  # fmt: skip
_TWO_TEXTS = pa.schema([("rail", pa.string()), ("channel", pa.string())])


class RunPayments(Source):
    """Approved payments of a scope in the currency of the accounts, and refunds as negative amounts.

    Frauds are those of truth/transactions; rows that launder the proceeds of another crime are neither fraud nor
    genuine.
    """

    parts = _PARTS

    def __init__(self, run: Run, scope: Scope) -> None:
        self.name = str(run.path)
        self._run, self._scope = run, scope
        self._frauds, self._laundering = _truth(run)
        self._categories: dict[str, int] = {}

    def batches(self) -> Iterator[Payments]:
        rails = [rail.text for rail in self._scope.rails]
        wanted = pads.field("is_approved") & pads.field("rail").isin(rails)
        for rows in _batches(self._run, _COLUMNS, wanted):
            yield self._payments(rows)

    def _payments(self, rows: pa.Table) -> Payments:
        refund = _is_one_of(rows.column("transaction_type"), [v.TransactionType.REFUND.text])
        debit = _is_one_of(rows.column("direction"), [v.Direction.DEBIT.text])
        cents = to_cents(np.asarray(rows.column("amount_billing"), np.float64))
        payments = Payments(
            time_us=_ints(rows.column("event_time")) + _ints(rows.column("utc_offset_minutes")) * _MINUTE_US,
            cents=np.where(refund, -cents, cents),
            customer=_ints(rows.column("customer_id")),
            merchant=self._payees(rows),
            category=self._category(rows),
            card=_ints(rows.column("card_id" if self._scope.by_merchant else "account_id")),
            fraud=self._fraud(_ints(rows.column("transaction_id"))),
            is_payment=self._is_payment(rows, refund, debit),
        )
        return payments.where(debit | refund)

    def _is_payment(self, rows: pa.Table, refund: Flags, debit: Flags) -> Flags:
        of_type = refund | (debit & _is_one_of(rows.column("transaction_type"), [t.text for t in self._scope.types]))
        channels = [channel.text for channel in self._scope.channels]
        return of_type & _is_one_of(rows.column("channel"), channels) if channels else of_type

    def _payees(self, rows: pa.Table) -> Ints:
        """Merchants; where payments go to accounts, those stand in, with numbers that no merchant has."""
        merchant = _ints(rows.column("merchant_id"))
        if self._scope.by_merchant:
            return merchant
        account = _ints(rows.column("counterparty_account_id"))
        return np.where((merchant == UNKNOWN) & (account != UNKNOWN), UNKNOWN - 1 - account, merchant)

    def _category(self, rows: pa.Table) -> Ints:
        """The merchant's; where payments go to accounts, their type stands in."""
        found = self._words_of(rows, "mcc")
        if self._scope.by_merchant:
            return found
        return np.where(found == UNKNOWN, self._words_of(rows, "transaction_type"), found)

    @staticmethod
    def _words_of(rows: pa.Table, name: str) -> Ints:
        codes, texts = _words(rows.column(name))
        return np.append(text_ids(texts), UNKNOWN)[codes]

    def _fraud(self, ids: Ints) -> Any:
        fraud = np.full(len(ids), GENUINE, np.int8)
        fraud[_among(self._laundering, ids)] = NEITHER
        fraud[_among(self._frauds, ids)] = FRAUD
        return fraud


def _truth(run: Run) -> tuple[Ints, Ints]:
    """Ids of frauds, and of rows that launder, rising."""
    columns = ["transaction_id", "is_fraud", "is_laundering"]
    try:
        rows = run.scan(c.TRUTH_TRANSACTIONS.path).to_table(columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(run, error) from error
    ids = _ints(rows.column("transaction_id"))
    chosen = (np.asarray(rows.column(name), np.bool_) for name in columns[1:])
    frauds, laundering = (np.sort(ids[flags]) for flags in chosen)
    return frauds, laundering


def _batches(run: Run, columns: tuple[str, ...], wanted: Any) -> Iterator[pa.Table]:
    """Rows that are wanted, a part at a time, with little read ahead."""
    try:
        scanner = run.scan().scanner(
            columns=list(columns), filter=wanted, batch_size=_BATCH_ROWS, batch_readahead=2, fragment_readahead=1
        )
        for batch in scanner.to_batches():
            if len(batch):
                yield pa.Table.from_batches([batch])
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(run, error) from error


def _unreadable(run: Run, error: Exception) -> DamagedRunError:
    return DamagedRunError(f"{run.path}: cannot be read: {error}; see `fintxsim verify`.")


def _among(keys: Ints, ids: Ints) -> Flags:
    if not len(keys):
        return np.zeros(len(ids), np.bool_)
    return np.asarray(keys[np.minimum(np.searchsorted(keys, ids), len(keys) - 1)] == ids)


def _ints(column: Any) -> Ints:
    """Whole numbers, and times in microseconds; nulls become UNKNOWN."""
    whole = column.cast(pa.int64())
    return np.asarray(pc.fill_null(whole, UNKNOWN) if whole.null_count else whole, np.int64)


def _words(column: Any) -> tuple[Ints, list[str]]:
    """Codes and words of a dictionary column; a null has the code -1."""
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks)
    return np.asarray(pc.fill_null(whole.indices.cast(pa.int64()), -1), np.int64), whole.dictionary.to_pylist()


def _is_one_of(column: Any, words: Any) -> Flags:
    """Rows of a dictionary column that hold one of some words."""
    codes, texts = _words(column)
    return np.append(np.isin(np.array(texts, object), list(words)), False)[codes]
