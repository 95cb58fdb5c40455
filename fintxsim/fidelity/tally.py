"""Adds payments up a batch at a time. Memory grows with customers, merchants and different amounts, not with rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from fintxsim.fidelity.counts import GROUPS, Counts, groups_of
from fintxsim.fidelity.details import LIMIT, Keeper
from fintxsim.fidelity.measured import Amounts, Customers, Days, Frauds, Measured, Merchants
from fintxsim.fidelity.payments import DAY_US, FRAUD, HOUR_US, NEITHER, UNKNOWN, Floats, Ints, Payments, Source

_CENTS_BITS, _CATEGORY_BITS = 40, 14
_CENTS_MASK = (1 << _CENTS_BITS) - 1
_MOST_CATEGORIES = 1 << _CATEGORY_BITS
_MOST_CENTS = _CENTS_MASK
"""Ten billion units; larger amounts count as that much."""

_DAYS_BACK = 1 << 20
"""Added to days, so that those before 1970 have keys that are not negative."""


def measure(source: Source, limit: int = LIMIT) -> Measured:
    """Read all payments of a source once. InputError and DamagedRunError as the source raises them."""
    tally = Tally(source.parts, limit)
    for payments in source.batches():
        tally.add(payments)
    return tally.measured()


class Tally:
    """Payments so far."""

    def __init__(self, parts: frozenset[str], limit: int = LIMIT) -> None:
        self._parts = parts
        self._rows = 0
        self._has_hours = False
        self._totals = np.zeros((GROUPS, 2), np.int64)
        self._hours = np.zeros(GROUPS * 48, np.int64)
        self._fraud_hours = np.zeros(GROUPS * 48, np.int64)
        self._fraud_rows = np.zeros(GROUPS * 2, np.int64)
        self._categories: dict[int, int] = {}
        self._amounts, self._days, self._fraud_amounts = Counts(), Counts(), Counts()
        self._customers, self._merchants = Counts(width=5), Counts()
        self._episodes: list[Ints] = []
        self._keeper = Keeper(limit)

    def add(self, payments: Payments) -> None:
        known = payments.customer != UNKNOWN
        numbers = np.arange(self._rows, self._rows + len(payments))
        # Without customers rows stand for themselves.
        group = groups_of(np.where(known, payments.customer, numbers))
        self._rows += len(payments)
        if "fraud" in self._parts:
            self._add_frauds(payments, group)
        group, payments = group[payments.is_payment], payments.where(payments.is_payment)
        self._totals[:, 0] += np.bincount(group, minlength=GROUPS)
        self._totals[:, 1] += np.bincount(group[payments.cents < 0], minlength=GROUPS)
        self._add_times(payments, group)
        self._add_amounts(payments, group)
        self._add_owners(payments)
        self._keeper.add(payments)

    def _add_times(self, payments: Payments, group: Ints) -> None:
        day, hour = payments.time_us // DAY_US, payments.time_us % DAY_US // HOUR_US
        self._has_hours |= bool((payments.time_us % DAY_US).any())
        self._hours += np.bincount((group * 2 + is_weekend(day)) * 24 + hour, minlength=len(self._hours))
        self._days.add((group << 32) + day + _DAYS_BACK)

    def _add_amounts(self, payments: Payments, group: Ints) -> None:
        paid = payments.cents > 0
        cents = np.minimum(payments.cents[paid], _MOST_CENTS)
        category = self._codes(payments.category[paid])
        self._amounts.add((((group[paid] << _CATEGORY_BITS) + category) << _CENTS_BITS) + cents)

    def _codes(self, categories: Ints) -> Ints:
        """Small numbers for categories, in the order of their appearance."""
        distinct, at = np.unique(categories, return_inverse=True)
        known = self._categories
        codes = [known.setdefault(value, len(known)) for value in distinct.tolist()]
        return np.minimum(np.array(codes, np.int64), _MOST_CATEGORIES - 1)[at]

    def _add_owners(self, payments: Payments) -> None:
        cents = np.maximum(payments.cents, 0)
        paid = cents > 0
        log = np.log(np.where(paid, cents, 1) / 100.0) * paid
        known = payments.customer != UNKNOWN
        columns: Any = (np.ones(len(cents)), paid, cents / 100.0, log, log * log)
        self._customers.add(payments.customer[known], *(column[known] for column in columns))
        self._merchants.add(payments.merchant[payments.merchant != UNKNOWN])

    def _add_frauds(self, payments: Payments, group: Ints) -> None:
        told = payments.fraud != NEITHER
        payments, group = payments.where(told), group[told]
        fraud = (payments.fraud == FRAUD).astype(np.int64)
        side, hour = group * 2 + fraud, payments.time_us % DAY_US // HOUR_US
        self._fraud_rows += np.bincount(side, minlength=len(self._fraud_rows))
        self._fraud_hours += np.bincount(side * 24 + hour, minlength=len(self._fraud_hours))
        paid = payments.cents > 0
        self._fraud_amounts.add((side[paid] << _CENTS_BITS) + np.minimum(payments.cents[paid], _MOST_CENTS))
        chosen = (fraud == 1) & (payments.card != UNKNOWN)
        self._episodes.append(np.stack([payments.card[chosen], payments.time_us[chosen], group[chosen]]))

    def measured(self) -> Measured:
        """What the payments so far add up to."""
        return Measured(
            parts=self._parts,
            has_hours=self._has_hours,
            totals=self._totals,
            hours=self._hours.reshape(GROUPS, 2, 24),
            days=_days(self._days),
            amounts=_amounts(self._amounts, list(self._categories)),
            customers=_customers(self._customers),
            merchants=_merchants(self._merchants),
            frauds=self._frauds(),
            details=self._keeper.details(),
        )

    def _frauds(self) -> Frauds:
        keys, (count,) = self._fraud_amounts.table()
        cents, at = np.unique(keys & _CENTS_MASK, return_inverse=True)
        side = keys >> _CENTS_BITS
        episodes = np.concatenate([np.zeros((3, 0), np.int64), *self._episodes], axis=1)
        return Frauds(
            rows=self._fraud_rows.reshape(GROUPS, 2),
            hours=self._fraud_hours.reshape(GROUPS, 2, 24),
            cents=cents,
            counts=_spread(side, at, count, (GROUPS * 2, len(cents))).reshape(GROUPS, 2, len(cents)),
            episodes=episodes[:, np.lexsort((episodes[1], episodes[0]))],
        )


def is_weekend(day: Ints) -> Ints:
    """1 on Saturdays and Sundays; day 0 was a Thursday."""
    return ((day + 3) % 7 >= 5).astype(np.int64)


def _spread(row: Ints, column: Ints, count: Floats, shape: tuple[int, int]) -> Any:
    """Counts as a matrix."""
    matrix = np.zeros(shape, np.int32)
    np.add.at(matrix, (row, column), count.astype(np.int32))
    return matrix


def _days(days: Counts) -> Days:
    keys, (count,) = days.table()
    group, day = keys >> 32, (keys & 0xFFFFFFFF) - _DAYS_BACK
    first, last = (int(day.min()), int(day.max())) if len(day) else (0, -1)
    return Days.trimmed(first, _spread(group, day - first, count, (GROUPS, last - first + 1)))


def _amounts(amounts: Counts, categories: list[int]) -> Amounts:
    keys, (count,) = amounts.table()
    mask = (1 << _CENTS_BITS + _CATEGORY_BITS) - 1
    pairs, at = np.unique(keys & mask, return_inverse=True)
    counts = _spread(keys >> _CENTS_BITS + _CATEGORY_BITS, at, count, (GROUPS, len(pairs)))
    return Amounts.of(pairs >> _CENTS_BITS, pairs & _CENTS_MASK, counts, np.array(categories, np.int64))


def _customers(customers: Counts) -> Customers:
    ids, (rows, paid, spend, log, log2) = customers.table()
    return Customers(groups_of(ids), rows, paid, spend, log, log2)


def _merchants(merchants: Counts) -> Merchants:
    ids, (rows,) = merchants.table()
    return Merchants(groups_of(ids), rows)
