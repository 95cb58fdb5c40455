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
from fintxsim.tokens import ACCOUNT, CARD, DEVICE, IP, MERCHANT, SESSION, TERMINAL, to_tokens
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
_FIRST_TOKEN = INT64.index("account_id")
_KINDS = (ACCOUNT, CARD, ACCOUNT, MERCHANT, TERMINAL, DEVICE, IP, SESSION)  # from account_id to session_id


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
        here = slice(at + first, at + first + count)
        _times_and_codes(scratch, i8[:, here], run_start, cleared, next_business_day)
        for column in range(len(_KINDS)):
            to_tokens(token_key, _KINDS[column], i8[_FIRST_TOKEN + column, here])
        _small_columns(scratch, i2[:, here], i1[:, here])
        _numbers(scratch, minor, f8[:, here], f4[:, here])


@compiled
def _times_and_codes(
    rows: npt.NDArray[np.void], i8: npt.NDArray[np.int64], run_start: int, cleared: int, next_business_day: int
) -> None:
    """Times and names of the first rows, the latter still as the engine's own codes."""
    for k in range(i8.shape[1]):
        row = rows[k]
        known = row.merchant >= 0
        i8[0, k] = row.time - run_start + 1
        i8[1, k] = row.time
        i8[2, k] = row.transfer - run_start + 1 if row.transfer >= 0 else -1
        i8[3, k] = row.original - run_start + 1 if row.original >= run_start else -1
        i8[4, k] = row.customer + 1
        i8[5, k] = account_code(row.customer, row.account)
        i8[6, k] = card_code(row.customer, row.card_slot, row.card) if row.card_slot >= 0 else -1
        i8[7, k] = row.counterparty
        i8[8, k] = row.merchant
        i8[9, k] = row.merchant * MAX_TERMINALS + row.terminal if known else -1
        i8[10, k] = row.device
        i8[11, k] = row.ip
        i8[12, k] = row.session
        i8[13, k] = _settled(row, cleared, next_business_day) if row.approved else -1
        i8[14, k] = row.merchant


@compiled
def _numbers(
    rows: npt.NDArray[np.void], minor: npt.NDArray[np.float64], f8: npt.NDArray[np.float64],
    f4: npt.NDArray[np.float32],
) -> None:  # fmt: skip
    for k in range(f8.shape[1]):
        row = rows[k]
        f8[0, k] = row.amount / minor[row.currency]
        f8[1, k] = row.billing / minor[0]
        f4[0, k] = row.score


@compiled
def _small_columns(rows: npt.NDArray[np.void], i2: npt.NDArray[np.int16], i1: npt.NDArray[np.int8]) -> None:
    for k in range(i2.shape[1]):
        row = rows[k]
        i2[0, k] = row.offset
        i2[1, k] = row.currency
        i2[2, k] = 0
        i2[3, k] = row.counterparty_country
        i2[4, k] = row.category
        i2[5, k] = row.merchant_country
        i2[6, k] = row.ip_country
        i1[0, k] = row.type
        i1[1, k] = row.rail
        i1[2, k] = row.channel
        i1[3, k] = row.entry
        i1[4, k] = row.direction
        i1[5, k] = row.payee_new
        i1[6, k] = row.name_match
        i1[7, k] = row.recurring
        i1[8, k] = row.on_file
        i1[9, k] = row.avs
        i1[10, k] = row.cvv
        i1[11, k] = row.three_ds
        i1[12, k] = row.eci
        i1[13, k] = row.sca
        i1[14, k] = row.response
        i1[15, k] = row.reason
        i1[16, k] = row.approved
        i1[17, k] = row.action
        i1[18, k] = row.terminal
        i1[19, k] = row.anomaly


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
        i8[3, k] = account_code(event.customer, event.account) if event.account >= 0 else -1
        i8[4, k] = event.device
        i8[5, k] = event.ip
        i2[0, k] = event.ip_country
        i1[0, k] = event.kind
        i1[1, k] = event.channel
    to_tokens(token_key, ACCOUNT, i8[3])
    to_tokens(token_key, DEVICE, i8[4])
    to_tokens(token_key, IP, i8[5])


@kernel
def tokens(key: np.uint64, kind: int, codes: npt.NDArray[np.int64]) -> None:
    """Turn codes of one kind into tokens, where they lie."""
    to_tokens(key, kind, codes)


@kernel
def browsers(codes: npt.NDArray[np.int64], out: npt.NDArray[np.bool_]) -> None:
    """Which devices are browsers."""
    for k in range(codes.shape[0]):
        out[k] = is_browser(codes[k])
