"""What payments add up to, and views of it without some customers, merchants or days: facts are read off these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fintxsim.fidelity.counts import GROUPS
from fintxsim.fidelity.details import Details
from fintxsim.fidelity.payments import UNKNOWN, Flags, Floats, Ints

Counted = NDArray[np.int32]

_STRAY = 0.1
"""A first or last day with fewer payments than this share of the median day holds strays, such as a traveller's in
another zone, and is no day of the table (assumption)."""


def _everyone() -> Flags:
    return np.ones(GROUPS, np.bool_)


@dataclass(frozen=True)
class Amounts:
    """Positive amounts: how many per group of customers, category and exact amount; ``counts`` has a row per group.

    ``category`` are places in ``categories``, which holds what the table calls them, texts as numbers.
    """

    category: Ints
    cents: Ints
    counts: Counted
    categories: Ints
    distinct: Ints
    by_amount: Counted

    @classmethod
    def of(cls, category: Ints, cents: Ints, counts: Counted, categories: Ints) -> Amounts:
        distinct, at = np.unique(cents, return_inverse=True)
        by_amount = np.zeros((GROUPS, len(distinct)), np.int32)
        for group in range(GROUPS):
            by_amount[group] = np.bincount(at, counts[group], len(distinct))
        return cls(category, cents, counts, categories, distinct, by_amount)


@dataclass(frozen=True)
class Days:
    """Payments per group of customers and day; ``first`` is the first day, since 1970."""

    first: int
    counts: Counted

    @classmethod
    def trimmed(cls, first: int, counts: Counted) -> Days:
        """Without strays at both ends."""
        total = counts.sum(axis=0)
        if not len(total):
            return cls(first, counts)
        full = np.flatnonzero(total >= _STRAY * float(np.median(total[total > 0])))
        return cls(first + int(full[0]), counts[:, full[0] : full[-1] + 1])

    @property
    def weekday(self) -> Ints:
        """0 is Monday."""
        return (np.arange(self.first, self.first + self.counts.shape[1]) + 3) % 7


@dataclass(frozen=True)
class Customers:
    """Per customer: group, rows, positive rows, their sum, and the sums of ln(amount) and its square."""

    group: Ints
    rows: Floats
    paid: Floats
    spend: Floats
    log: Floats
    log2: Floats

    def where(self, chosen: Flags) -> Customers:
        return Customers(*(getattr(self, name)[chosen] for name in ("group", "rows", "paid", "spend", "log", "log2")))


@dataclass(frozen=True)
class Merchants:
    """Per merchant: group and rows."""

    group: Ints
    rows: Floats


@dataclass(frozen=True)
class Frauds:
    """Genuine rows (0) and frauds (1) per group of customers: rows, hours and exact amounts.

    ``episodes`` has a column per fraud by card and time: card, local time in microseconds, group.
    """

    rows: Ints
    hours: Ints
    cents: Ints
    counts: Any
    episodes: Ints


@dataclass(frozen=True)
class Measured:
    """A table of payments, added up. ``groups``, ``merchant_groups`` and ``kept_days`` say what this view sees."""

    parts: frozenset[str]
    has_hours: bool
    totals: Ints
    hours: Ints
    days: Days
    amounts: Amounts
    customers: Customers
    merchants: Merchants
    frauds: Frauds
    details: Details
    groups: Flags = field(default_factory=_everyone)
    merchant_groups: Flags = field(default_factory=_everyone)
    kept_days: Flags | None = None

    # --- views ---

    def of_customers(self, groups: Flags) -> Measured:
        """The payments of some groups of customers; what is told per merchant is left as it is."""
        return replace(self, groups=groups)

    def without_customers(self) -> Iterator[Measured]:
        """Views without one group of customers each."""
        return (replace(self, groups=np.arange(GROUPS) != group) for group in range(GROUPS))

    def without_merchants(self) -> Iterator[Measured]:
        """Views without one group of merchants each."""
        return (replace(self, merchant_groups=np.arange(GROUPS) != group) for group in range(GROUPS))

    def without_weeks(self) -> Iterator[Measured]:
        """Views without some whole weeks each, at most GROUPS of them."""
        week = np.arange(self.days.counts.shape[1]) // 7
        weeks = int(week[-1]) + 1 if len(week) else 0
        block = week * min(GROUPS, weeks) // max(weeks, 1)
        return (replace(self, kept_days=block != number) for number in range(int(block[-1]) + 1 if weeks else 0))

    # --- what a view sees ---

    @property
    def rows(self) -> int:
        return int(self.totals[self.groups, 0].sum())

    @property
    def refunds(self) -> int:
        return int(self.totals[self.groups, 1].sum())

    @cached_property
    def amount_counts(self) -> tuple[Ints, Ints]:
        """Different positive amounts in cents, rising, and how often each occurs."""
        count = self.amounts.by_amount[self.groups].sum(axis=0, dtype=np.int64)
        return self.amounts.distinct[count > 0], count[count > 0]

    @cached_property
    def category_counts(self) -> tuple[Ints, Ints, Ints]:
        """Category, amount in cents and how often, by category and amount; rows without a category are left out."""
        count = self.amounts.counts[self.groups].sum(axis=0, dtype=np.int64)
        seen = (count > 0) & (self.amounts.categories[self.amounts.category] != UNKNOWN)
        return self.amounts.category[seen], self.amounts.cents[seen], count[seen]

    @property
    def hour_counts(self) -> Ints:
        """Payments by hour of the day, on weekdays (0) and at weekends (1)."""
        return np.asarray(self.hours[self.groups].sum(axis=0))

    @property
    def day_counts(self) -> Floats:
        """Payments per day, from the first day to the last."""
        return np.asarray(self.days.counts[self.groups].sum(axis=0), np.float64)

    @property
    def day_is_kept(self) -> Flags:
        days = self.days.counts.shape[1]
        return np.ones(days, np.bool_) if self.kept_days is None else self.kept_days

    @cached_property
    def seen_customers(self) -> Customers:
        return self.customers.where(self.groups[self.customers.group])

    @property
    def merchant_rows(self) -> Floats:
        """Payments per merchant."""
        return self.merchants.rows[self.merchant_groups[self.merchants.group]]

    @cached_property
    def fraud_amounts(self) -> tuple[Ints, Ints, Ints]:
        """Different positive amounts in cents, rising; how often each is genuine, and how often fraud."""
        counts = self.frauds.counts[self.groups].sum(axis=0, dtype=np.int64)
        return self.frauds.cents, counts[0], counts[1]

    @property
    def fraud_rows(self) -> tuple[int, int]:
        """Genuine rows and frauds."""
        genuine, fraud = self.frauds.rows[self.groups].sum(axis=0).tolist()
        return genuine, fraud

    @property
    def fraud_hours(self) -> Ints:
        """Genuine rows (0) and frauds (1) by hour of the day."""
        return np.asarray(self.frauds.hours[self.groups].sum(axis=0))

    @property
    def fraud_episodes(self) -> tuple[Ints, Ints]:
        """Card and local time of each fraud, by card and time."""
        card, time_us, group = self.frauds.episodes
        seen = self.groups[group]
        return card[seen], time_us[seen]
