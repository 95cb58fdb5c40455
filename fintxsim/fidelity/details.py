"""What must be known row by row: the payments of all customers, or of a sample of them when there are very many."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fintxsim.fidelity.counts import groups_of, mixed
from fintxsim.fidelity.payments import DAY_US, UNKNOWN, Flags, Floats, Ints, Payments

LIMIT = 2_000_000
"""Rows that are kept, of 32 bytes each."""

LEAST_ROWS = 20
"""Rows from which a customer has a favourite merchant."""

MOST_PER_DAY = 10
"""Days with so many payments of a customer, or more, count as one kind of day."""

SECOND_US = 1_000_000
VELOCITY_RULES = (
    ("2 in 10 min", 2, 600),
    ("3 in 1 h", 3, 3_600),
    ("6 in 24 h", 6, 86_400),
    ("15 in 7 days", 15, 604_800),
)
"""Name, payments and seconds: a rule fires on a customer's payment that is the n-th within so many seconds, as the
counters of issuers do (assumption: nobody publishes thresholds)."""


class Keeper:
    """Keeps the rows of one customer in 2**level, chosen by a hash of the id; the level rises as rows come in."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit, self._level, self._rows = limit, 0, 0
        self._parts: list[Ints] = []

    def add(self, payments: Payments) -> None:
        rows = np.stack([payments.customer, payments.time_us, payments.merchant, payments.cents])
        self._parts.append(rows[:, self._chosen(payments.customer)])
        self._rows += self._parts[-1].shape[1]
        while self._rows > self._limit:
            self._level += 1
            self._parts = [part[:, self._chosen(part[0])] for part in self._parts]
            self._rows = sum(part.shape[1] for part in self._parts)

    def _chosen(self, customer: Ints) -> Flags:
        low_bits = (mixed(customer) >> np.uint64(32)) & np.uint64((1 << self._level) - 1)
        return np.asarray((customer != UNKNOWN) & (low_bits == 0))

    def details(self) -> Details:
        rows = np.concatenate([np.zeros((4, 0), np.int64), *self._parts], axis=1)
        self._parts = []
        customer, time_us, merchant, cents = rows[:, np.lexsort((rows[1], rows[0]))]
        return Details(customer, time_us, merchant, cents, 1 << self._level)


@dataclass(frozen=True)
class Details:
    """Rows by customer and time; of the customers one in ``every`` was kept."""

    customer: Ints
    time_us: Ints
    merchant: Ints
    cents: Ints
    every: int

    @cached_property
    def group(self) -> Ints:
        """Group of each row's customer."""
        return groups_of(self.customer)

    @cached_property
    def group_of_customers(self) -> Ints:
        """Group of each customer, by id."""
        return groups_of(np.unique(self.customer))

    @cached_property
    def active_days(self) -> tuple[Ints, Ints, Ints]:
        """Days with payments by customer: customer, day since 1970, payments."""
        day = self.time_us // DAY_US
        new = (np.diff(self.customer, prepend=UNKNOWN) != 0) | (np.diff(day, prepend=UNKNOWN) != 0)
        at = np.flatnonzero(new)
        return self.customer[at], day[at], np.diff(np.append(at, len(day)))

    @cached_property
    def favourite_shares(self) -> tuple[Floats, Ints]:
        """Share of the merchant that each customer with LEAST_ROWS rows uses most, and the customer's group."""
        known = self.merchant != UNKNOWN
        customer, merchant = self.customer[known], self.merchant[known]
        order = np.lexsort((merchant, customer))
        customer, merchant = customer[order], merchant[order]
        new = (np.diff(customer, prepend=UNKNOWN) != 0) | (np.diff(merchant, prepend=UNKNOWN - 1) != 0)
        first = np.flatnonzero(new)
        visits = np.diff(np.append(first, len(customer)))
        ids, start = np.unique(customer[first], return_index=True)
        if not len(ids):
            return np.zeros(0), ids
        rows, most = np.add.reduceat(visits, start), np.maximum.reduceat(visits, start)
        often = rows >= LEAST_ROWS
        return most[often] / rows[often], groups_of(ids[often])

    @cached_property
    def waits_us(self) -> tuple[Ints, Ints]:
        """Time from each payment to the customer's next one, and the customer's group."""
        same = self.customer[1:] == self.customer[:-1]
        return np.diff(self.time_us)[same], self.group[1:][same]

    @cached_property
    def is_known_merchant(self) -> Flags:
        """Whether the customer has paid at the row's merchant before."""
        order = np.lexsort((self.time_us, self.merchant, self.customer))
        again = np.zeros(len(order), np.bool_)
        again[order[1:]] = (np.diff(self.customer[order]) == 0) & (np.diff(self.merchant[order]) == 0)
        return np.asarray(again & (self.merchant != UNKNOWN))

    @cached_property
    def is_repeat(self) -> Flags:
        """Whether the customer has paid the same amount at the same merchant before."""
        order = np.lexsort((self.time_us, self.cents, self.merchant, self.customer))
        columns = (self.customer, self.merchant, self.cents)
        again = np.zeros(len(order), np.bool_)
        again[order[1:]] = np.logical_and.reduce([np.diff(column[order]) == 0 for column in columns])
        return again

    def fires(self, payments: int, seconds: int) -> Flags:
        """Rows that are at least the n-th payment of their customer within so many seconds."""
        hit = np.zeros(len(self.customer), np.bool_)
        first, last = slice(None, 1 - payments or None), slice(payments - 1, None)
        same = self.customer[last] == self.customer[first]
        hit[last] = same & (self.time_us[last] - self.time_us[first] < seconds * SECOND_US)
        return hit
