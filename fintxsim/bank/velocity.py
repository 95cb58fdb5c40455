"""Counters that cross accounts: refusals per merchant, device, address and card range, by the hour.

One account's requests tell nothing of an attack that is spread over many. So the bank counts requests and refusals of
what is typed or done in a banking session, per entity, and closes the counters at the end of each slice of time. An
entity with many refusals and a high share of them is hot until the next slice is closed; controls look at what is hot,
never at the slice under way. Counting is a sum, so it does not matter which block of customers was lived first.

Accounts that were named in a report of fraud are kept beside the counters: who is sent money there is looked at, too.

An entity's counter is found by a hash. Two entities may share one: that is how such counters are kept in practice, and
with a quarter of a million of each kind it is rare.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from fintxsim.compiled import Record, compiled, kernel
from fintxsim.population.schemes import SCHEME_LOT, SCHEMES
from fintxsim.streams import Purpose, mix, stream, uniform
from fintxsim.vocabulary import Direction, EntryMode

MERCHANT, DEVICE, ADDRESS, CARD_RANGE = range(4)
KINDS = 4
PAYEE = 4  # the bit of a reported account; it has no counters
REPORTED = 1 << 14  # places for reported accounts; a newer one takes the place of an older one
SLOTS = 1 << 18
MOST_HOT = 1 << 16
CARD_RANGES = 24  # issuer identification numbers of each kind of card
_K_PERSON = int(Purpose.PERSON)
_MASK = np.uint64(SLOTS - 1)


class VelocityConfig(BaseModel):
    """When an entity counts as hot; all numbers are assumptions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slice_minutes: int = Field(60, ge=15, le=1440, description="Minutes after which the counters are closed.")
    merchant_declines: int = Field(8, ge=1, le=10_000, description="Declines at one merchant that make it hot.")
    device_declines: int = Field(3, ge=1, le=10_000, description="Declines from one device that make it hot.")
    address_declines: int = Field(6, ge=1, le=10_000, description="Declines from one network address.")
    card_range_declines: int = Field(25, ge=1, le=10_000, description="Declines of one range of card numbers.")
    decline_share: float = Field(0.4, ge=0, le=1, description="Share of requests that must have been declined.")

    def thresholds(self) -> npt.NDArray[np.float64]:
        """Declines from which an entity is hot, by kind."""
        return np.array(
            [self.merchant_declines, self.device_declines, self.address_declines, self.card_range_declines], float
        )


@compiled
def _counter(kind: int, code: int) -> int:
    """Number of an entity's counter among those of all kinds."""
    return kind * SLOTS + int(mix(np.uint64(code) + np.uint64(kind)) & _MASK)


@compiled
def _card_range(draft: Record, w: Record) -> int:
    """The range that a card's number is from: scheme, kind of card and bank identification number."""
    state = stream(w.keys[_K_PERSON], draft.customer, 0)
    scheme = int(len(SCHEMES) * uniform(state, SCHEME_LOT))
    return (scheme * 2 + draft.card_slot) * CARD_RANGES + int(CARD_RANGES * uniform(state, SCHEME_LOT + 1))


@compiled
def is_typed(draft: Record) -> bool:
    return draft.card_slot >= 0 and (draft.entry == EntryMode.ECOM or draft.entry == EntryMode.MANUAL)


@compiled
def is_counted(draft: Record) -> bool:
    """Whether the counters take note of a request: it is typed, or made from a device."""
    return draft.direction == Direction.DEBIT and (draft.device >= 0 or is_typed(draft))


@compiled
def heat(draft: Record, w: Record) -> int:
    """What is hot about a request: bit k for an entity of kind k."""
    if not is_counted(draft):
        return 0
    found = 0
    if draft.device >= 0:
        found |= w.hot[_counter(DEVICE, draft.device)] << DEVICE
        found |= w.hot[_counter(ADDRESS, draft.ip)] << ADDRESS
    if is_typed(draft):
        found |= w.hot[_counter(MERCHANT, draft.merchant)] << MERCHANT
        found |= w.hot[_counter(CARD_RANGE, _card_range(draft, w))] << CARD_RANGE
    elif draft.counterparty >= 0 and w.reported[_place(draft.counterparty)] == draft.counterparty + 1:
        found |= 1 << PAYEE
    return found


@compiled
def _place(account: int) -> int:
    return int(mix(np.uint64(account)) & np.uint64(REPORTED - 1))


@kernel
def report_account(account: int, reported: npt.NDArray[np.int64]) -> None:
    """Remember an account that was named in a report of fraud; 0 stands for none, so one more than its code is kept."""
    reported[_place(account)] = account + 1


@compiled
def note_request(draft: Record, log: npt.NDArray[np.int64], w: Record) -> None:
    """Write down a request and its answer; the first entry of ``log`` is the number of those that follow."""
    if not is_counted(draft):
        return
    n, declined = log[0], 1 - draft.approved
    if draft.device >= 0:
        log[n + 1] = 2 * _counter(DEVICE, draft.device) + declined
        log[n + 2] = 2 * _counter(ADDRESS, draft.ip) + declined
        n += 2
    if is_typed(draft):
        log[n + 1] = 2 * _counter(MERCHANT, draft.merchant) + declined
        log[n + 2] = 2 * _counter(CARD_RANGE, _card_range(draft, w)) + declined
        n += 2
    log[0] = n


class Counters:
    """The counters of all kinds, and which entities are hot now. ``hot`` is what compiled code reads."""

    def __init__(self, config: VelocityConfig, hot: npt.NDArray[np.uint8]) -> None:
        self._thresholds, self._share, self._hot = config.thresholds(), config.decline_share, hot
        self._counts = np.zeros((KINDS * SLOTS, 2), np.int32)
        self._lit, self._n_lit = np.zeros(MOST_HOT, np.int64), 0

    def close(self, logs: list[npt.NDArray[np.int64]]) -> None:
        """Close a slice: what was hot cools down, and what the logs tell of heats up. Empties the logs."""
        _cool(self._hot, self._lit[: self._n_lit])
        logs = [log for log in logs if log[0] > 0]
        for log in logs:
            _count(log, self._counts)
        self._n_lit = 0
        for log in logs:
            self._n_lit = _light(log, self._counts, self._thresholds, self._share, self._hot, self._lit, self._n_lit)
        for log in logs:
            _forget(log, self._counts)


@kernel
def _cool(hot: npt.NDArray[np.uint8], lit: npt.NDArray[np.int64]) -> None:
    for k in range(lit.shape[0]):
        hot[lit[k]] = 0


@kernel
def _count(log: npt.NDArray[np.int64], counts: npt.NDArray[np.int32]) -> None:
    for k in range(1, log[0] + 1):
        counts[log[k] >> 1, 0] += 1
        counts[log[k] >> 1, 1] += log[k] & 1


@kernel
def _light(
    log: npt.NDArray[np.int64], counts: npt.NDArray[np.int32], thresholds: npt.NDArray[np.float64], share: float,
    hot: npt.NDArray[np.uint8], lit: npt.NDArray[np.int64], n: int,
) -> int:  # fmt: skip
    """Mark what is hot; returns the number of entities that are."""
    for k in range(1, log[0] + 1):
        counter = log[k] >> 1
        requests, declines = counts[counter, 0], counts[counter, 1]
        many = declines >= thresholds[counter // SLOTS] and declines >= share * requests
        if many and hot[counter] == 0 and n < lit.shape[0]:
            hot[counter] = 1
            lit[n] = counter
            n += 1
    return n


@kernel
def _forget(log: npt.NDArray[np.int64], counts: npt.NDArray[np.int32]) -> None:
    for k in range(1, log[0] + 1):
        counts[log[k] >> 1, 0] = 0
        counts[log[k] >> 1, 1] = 0
    log[0] = 0
