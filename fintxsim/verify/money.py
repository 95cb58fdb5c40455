"""Money is conserved: the rows post to the cent what the ledger of the manifest says.

Every approved row posts amount_billing to the customers' book of its account's kind (a credit raises it, a debit
lowers it) and the opposite to a contra book of the bank. Money that moves between two accounts of the bank goes
through ``bank:transit``, which must end at 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fintxsim import columns as c
from fintxsim import vocabulary as v
from fintxsim.verify.base import Batch, Check, Context, Finding, UnreadableError, lookup

TRANSIT = "bank:transit"

_COLUMNS = (
    "transaction_id",
    "transaction_type",
    "rail",
    "direction",
    "transfer_id",
    "amount_billing",
    "billing_currency",
    "account_id",
    "is_approved",
)

Key = tuple[str, str]


@dataclass(slots=True)
class _Books:
    """Sums of debits and credits by book and currency, minor units."""

    debits: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    credits: dict[Key, int] = field(default_factory=lambda: defaultdict(int))

    def post(self, names: list[str], codes: NDArray[np.int64], batch: _Posting, credit: NDArray[np.bool_]) -> None:
        """Post every row to the book that its code names."""
        for sums, chosen in ((self.credits, credit), (self.debits, ~credit)):
            key = (codes * len(batch.currencies) + batch.currency)[chosen]
            totals = np.zeros(len(names) * len(batch.currencies), np.int64)
            np.add.at(totals, key, batch.minor[chosen])
            for i in np.flatnonzero(totals).tolist():
                book, currency = divmod(i, len(batch.currencies))
                sums[names[book], batch.currencies[currency]] += int(totals[i])


@dataclass(frozen=True, slots=True)
class _Posting:
    """The approved rows of a batch."""

    minor: NDArray[np.int64]
    currency: NDArray[np.int64]
    currencies: list[str]


class Money(Check):
    name = "money"
    meaning = "rows post what the ledger says, transfers have two equal sides, all books add to 0"

    def findings(self, run: Context) -> Iterator[Finding]:
        books, transfers = _Books(), Transfers()
        keys, kinds, names = _account_kinds(run)
        for batch in run.batches(c.TRANSACTIONS, _COLUMNS):
            minor = run.minor_units(batch, "amount_billing", "billing_currency")
            kind = lookup(keys, batch.ints("account_id"))
            if (kind < 0).any():
                raise UnreadableError(f"{batch.file} has accounts that data/accounts does not have")
            _post(books, batch, minor, kinds[kind], names)
            yield from transfers.add(batch, minor)
        yield from transfers.unmatched()
        yield from _compare(run, books)


def _account_kinds(run: Context) -> tuple[NDArray[np.int64], NDArray[np.int64], list[str]]:
    """Sorted account ids, the book of each as a code, and the names of the books."""
    ids, kinds = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    texts = v.AccountKind.texts()
    for batch in run.batches(c.ACCOUNTS, ["account_id", "kind"]):
        codes, words = batch.words("kind")
        if not set(words) <= set(texts):
            raise UnreadableError(f"{batch.file} has unknown kinds of account")
        ids.append(batch.ints("account_id"))
        kinds.append(np.array([*map(texts.index, words), 0], np.int64)[codes])
    keys, first = np.unique(np.concatenate(ids), return_index=True)
    return keys, np.concatenate(kinds)[first], [f"customers:{text}" for text in texts]


def _post(books: _Books, batch: Batch, minor: NDArray[np.int64], kinds: NDArray[np.int64], names: list[str]) -> None:
    approved = batch.flags("is_approved")
    credit = batch.is_word("direction", v.Direction.CREDIT.text)[approved]
    currency, currencies = batch.words("billing_currency")
    posting = _Posting(minor[approved], currency[approved], currencies)
    contra, contra_names = _contra(batch)
    books.post(names, kinds[approved], posting, credit)
    books.post(contra_names, contra[approved], posting, ~credit)


def _contra(batch: Batch) -> tuple[NDArray[np.int64], list[str]]:
    """Code and name of each row's contra book."""
    rails, words = batch.words("rail")
    names = [*(f"bank:{word}" for word in words), TRANSIT, "bank:interest", "bank:fees"]
    transfer = np.asarray(batch.column("transfer_id").is_valid(), np.bool_)
    fee = batch.is_word("transaction_type", v.TransactionType.FEE.text)
    interest = batch.is_word("transaction_type", v.TransactionType.INTEREST.text)
    transit = len(words)
    codes = np.select([fee, interest, transfer], [transit + 2, transit + 1, transit], rails)
    return codes.astype(np.int64), names


def _compare(run: Context, books: _Books) -> Iterator[Finding]:
    ledger = {(entry.book, entry.currency): entry for entry in run.manifest.ledger}
    for book, currency in sorted({*books.debits, *books.credits} - set(ledger)):
        yield Finding(f"the ledger has no book {book} in {currency}, though rows post to it")
    totals: dict[str, int] = defaultdict(int)
    for key, entry in ledger.items():
        debits, credits = books.debits.get(key, 0), books.credits.get(key, 0)
        where = f"book {entry.book} in {entry.currency}"
        if debits != entry.debits_minor:
            yield Finding(f"{where}: rows debit {debits} minor units, the ledger says {entry.debits_minor}")
        if credits != entry.credits_minor:
            yield Finding(f"{where}: rows credit {credits} minor units, the ledger says {entry.credits_minor}")
        closing = entry.opening_minor + entry.credits_minor - entry.debits_minor
        if closing != entry.closing_minor:
            yield Finding(f"{where}: closes at {entry.closing_minor}, opening and postings give {closing}")
        if entry.book == TRANSIT and entry.closing_minor:
            yield Finding(f"{where}: closes at {entry.closing_minor}, money is in transit for ever")
        totals[entry.currency] += entry.closing_minor
    for currency, total in totals.items():
        if total:
            yield Finding(f"closings in {currency} add to {total} minor units instead of 0")


class Transfers:
    """Pairs the sides of transfers while rows stream by; holds only those whose other side is still to come."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, bool], tuple[int, str, int]] = {}

    def add(self, batch: Batch, minor: NDArray[np.int64]) -> Iterator[Finding]:
        """Take in a batch; findings about sides that do not fit."""
        transfer = batch.ints("transfer_id")
        chosen = np.flatnonzero((transfer >= 0) & batch.flags("is_approved"))
        credit = batch.is_word("direction", v.Direction.CREDIT.text)
        own = batch.ints("transaction_id")
        foreign = (transfer >= 0) & ~credit & (transfer != own)
        yield from batch.findings(foreign, "transfer_id", "a debit side must name its own transaction_id")
        for i in chosen.tolist():
            yield from self._add_side(int(transfer[i]), bool(credit[i]), int(minor[i]), batch, i)

    def _add_side(self, transfer: int, credit: bool, minor: int, batch: Batch, i: int) -> Iterator[Finding]:
        row = batch.first_row + i
        other = self._open.pop((transfer, not credit), None)
        if other is None:
            if (transfer, credit) in self._open:
                yield Finding("the same side of a transfer twice", batch.file, row, "transfer_id", str(transfer))
            self._open[transfer, credit] = (minor, batch.file, row)
        elif other[0] != minor:
            message = f"the two sides differ: {minor} and {other[0]} minor units"
            yield Finding(message, batch.file, row, "amount_billing", str(transfer))

    def unmatched(self) -> Iterator[Finding]:
        """Sides whose other side never came."""
        for (transfer, credit), (_, file, row) in self._open.items():
            missing = "debit" if credit else "credit"
            yield Finding(f"the transfer has no approved {missing} side", file, row, "transfer_id", str(transfer))
