"""From drafts to columns: the rows of a day in time order, one pass over the records.

Column buffers are two-dimensional, one row per column of the same width; the names of their rows are the tuples below.
-1 stands for null; identifiers become tokens here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.timing import MINUTE_US
from fintxsim.compiled import Record, compiled, kernel
from fintxsim.population.merchants import MAX_TERMINALS
from fintxsim.population.people import account_code, card_code, is_browser
from fintxsim.streams import mix
from fintxsim.tokens import ACCOUNT, CARD, DEVICE, IP, MERCHANT, SESSION, TERMINAL, token
from fintxsim.vocabulary import Rail, TransactionType

INT64 = (
    "transaction_id", "event_time", "transfer_id", "original_transaction_id", "customer_id", "account_id", "card_id",
    "counterparty_account_id", "merchant_id", "terminal_id", "device_id", "ip_id", "session_id", "settled_time",
    "merchant_code",
)  # fmt: skip
INT16 = (
    "utc_offset_minutes", "currency", "billing_currency", "counterparty_country", "mcc", "merchant_country",
    "ip_country",
)  # fmt: skip
INT8 = (
    "transaction_type", "rail", "channel", "entry_mode", "direction", "payee_is_new", "payee_name_match",
    "is_recurring", "is_card_on_file", "avs_result", "cvv_result", "three_ds", "eci", "sca_exemption", "response_code",
    "reason_code", "is_approved", "incumbent_action", "terminal", "anomaly",
)  # fmt: skip
FLOAT64 = ("amount", "amount_billing")
FLOAT32 = ("incumbent_score",)

HOUR_US = 60 * MINUTE_US
_INDEX_BITS = 26  # rows in a day: 67 million


@kernel
def sort_keys(rows: npt.NDArray[np.void], first: int, start: int, keys: npt.NDArray[np.int64]) -> None:
    """Keys that sort by time: time since ``start`` above the row's number, which begins at ``first``."""
    for k in range(rows.shape[0]):
        keys[k] = ((rows[k].time - start) << _INDEX_BITS) | (first + k)


@kernel
def fill_columns(
    rows: npt.NDArray[np.void], keys: npt.NDArray[np.int64], at: int, scratch: npt.NDArray[np.void], run_start: int,
    cleared: int, next_business_day: int, token_key: np.uint64, minor: npt.NDArray[np.float64],
    i8: npt.NDArray[np.int64], i2: npt.NDArray[np.int16], i1: npt.NDArray[np.int8], f8: npt.NDArray[np.float64],
    f4: npt.NDArray[np.float32],
) -> None:  # fmt: skip
    """Columns of the rows named by the sorted ``keys``, from row ``at`` of the columns on.

    ``run_start`` is the first microsecond of day 0, ``cleared`` the end of today's clearing, ``next_business_day``
    the start of the next business day, ``minor`` minor units per unit by currency.

    The records lie all over memory. They are first gathered a cacheful at a time into ``scratch``, in a loop so
    short that many fetches are under way at once, and then taken apart in groups of columns.
    """
    mask = (1 << _INDEX_BITS) - 1
    for first in range(0, keys.shape[0], scratch.shape[0]):
        count = min(scratch.shape[0], keys.shape[0] - first)
        for k in range(count):
            scratch[k] = rows[keys[first + k] & mask]
        _times_and_names(scratch, count, at + first, run_start, cleared, next_business_day, token_key, i8)
        _tokens_of_merchants(scratch, count, at + first, token_key, i8)
        _small_columns(scratch, count, at + first, i2, i1)
        for k in range(count):
            row = scratch[k]
            f8[0, at + first + k] = row.amount / minor[row.currency]
            f8[1, at + first + k] = row.billing / minor[0]
            f4[0, at + first + k] = row.score


@compiled
def _times_and_names(
    rows: npt.NDArray[np.void], count: int, first: int, run_start: int, cleared: int, next_business_day: int,
    token_key: np.uint64, i8: npt.NDArray[np.int64],
) -> None:  # fmt: skip
    for k in range(count):
        row, at = rows[k], first + k
        i8[0, at] = row.time - run_start + 1
        i8[1, at] = row.time
        i8[2, at] = row.transfer - run_start + 1 if row.transfer >= 0 else -1
        i8[3, at] = row.original - run_start + 1 if row.original >= run_start else -1
        i8[4, at] = row.customer + 1
        i8[5, at] = token(token_key, ACCOUNT, account_code(row.customer, row.account))
        card = card_code(row.customer, row.card_slot, row.card)
        i8[6, at] = token(token_key, CARD, card) if row.card_slot >= 0 else -1
        i8[7, at] = token(token_key, ACCOUNT, row.counterparty) if row.counterparty >= 0 else -1
        i8[13, at] = _settled(row, cleared, next_business_day) if row.approved else -1


@compiled
def _tokens_of_merchants(
    rows: npt.NDArray[np.void], count: int, first: int, token_key: np.uint64, i8: npt.NDArray[np.int64]
) -> None:
    for k in range(count):
        row, at = rows[k], first + k
        known = row.merchant >= 0
        i8[8, at] = token(token_key, MERCHANT, row.merchant) if known else -1
        i8[9, at] = token(token_key, TERMINAL, row.merchant * MAX_TERMINALS + row.terminal) if known else -1
        i8[10, at] = token(token_key, DEVICE, row.device) if row.device >= 0 else -1
        i8[11, at] = token(token_key, IP, row.ip) if row.ip >= 0 else -1
        i8[12, at] = token(token_key, SESSION, row.session) if row.session >= 0 else -1
        i8[14, at] = row.merchant


@compiled
def _small_columns(
    rows: npt.NDArray[np.void], count: int, first: int, i2: npt.NDArray[np.int16], i1: npt.NDArray[np.int8]
) -> None:
    for k in range(count):
        row, at = rows[k], first + k
        i2[0, at] = row.offset
        i2[1, at] = row.currency
        i2[2, at] = 0
        i2[3, at] = row.counterparty_country
        i2[4, at] = row.category
        i2[5, at] = row.merchant_country
        i2[6, at] = row.ip_country
        i1[0, at] = row.type
        i1[1, at] = row.rail
        i1[2, at] = row.channel
        i1[3, at] = row.entry
        i1[4, at] = row.direction
        i1[5, at] = row.payee_new
        i1[6, at] = row.name_match
        i1[7, at] = row.recurring
        i1[8, at] = row.on_file
        i1[9, at] = row.avs
        i1[10, at] = row.cvv
        i1[11, at] = row.three_ds
        i1[12, at] = row.eci
        i1[13, at] = row.sca
        i1[14, at] = row.response
        i1[15, at] = row.reason
        i1[16, at] = row.approved
        i1[17, at] = row.action
        i1[18, at] = row.terminal
        i1[19, at] = row.anomaly


@compiled
def _settled(row: Record, cleared: int, next_business_day: int) -> int:
    """When the money moves: at once, within seconds, by the evening, or on the next business day's early morning."""
    scatter = int(mix(np.uint64(row.time)) >> np.uint64(44))  # about a second, in microseconds
    rail = row.rail
    if row.type == TransactionType.FEE or row.type == TransactionType.INTEREST or rail == Rail.CASH:
        return row.time
    if rail == Rail.INSTANT or rail == Rail.WALLET or row.transfer >= 0:
        return row.time + 1_000_000 + 4 * scatter
    if rail == Rail.WIRE:
        return max(row.time, cleared) + 60 * scatter
    if rail == Rail.CHEQUE:
        return next_business_day + 34 * HOUR_US + 900 * scatter
    return next_business_day + 2 * HOUR_US + 3600 * scatter


@kernel
def fill_events(
    events: npt.NDArray[np.void], keys: npt.NDArray[np.int64], run_start: int, token_key: np.uint64,
    i8: npt.NDArray[np.int64], i2: npt.NDArray[np.int16], i1: npt.NDArray[np.int8],
) -> None:  # fmt: skip
    """Columns of the events named by the sorted ``keys``."""
    mask = (1 << _INDEX_BITS) - 1
    for k in range(keys.shape[0]):
        event = events[keys[k] & mask]
        i8[0, k] = event.time - run_start + 1
        i8[1, k] = event.time
        i8[2, k] = event.customer + 1
        i8[3, k] = token(token_key, ACCOUNT, account_code(event.customer, event.account)) if event.account >= 0 else -1
        i8[4, k] = token(token_key, DEVICE, event.device) if event.device >= 0 else -1
        i8[5, k] = token(token_key, IP, event.ip) if event.ip >= 0 else -1
        i2[0, k] = event.ip_country
        i1[0, k] = event.kind
        i1[1, k] = event.channel


@kernel
def tokens(key: np.uint64, kind: int, codes: npt.NDArray[np.int64], out: npt.NDArray[np.int64]) -> None:
    """Tokens of many codes of one kind."""
    for k in range(codes.shape[0]):
        out[k] = token(key, kind, codes[k])


@kernel
def browsers(codes: npt.NDArray[np.int64], out: npt.NDArray[np.bool_]) -> None:
    """Which devices are browsers."""
    for k in range(codes.shape[0]):
        out[k] = is_browser(codes[k])
