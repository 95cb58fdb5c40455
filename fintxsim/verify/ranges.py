"""Values lie in their declared range: minimum, words, sign and decimals of amounts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fintxsim import columns as c
from fintxsim import vocabulary as v
from fintxsim.verify.base import Batch, Check, Context, Finding, UnreadableError

# A double holds cents exactly enough up to 10**12 major units; beyond a thousandth of a minor unit is a fault.
_TOLERANCE_MINOR = 1e-3


class Ranges(Check):
    name = "ranges"
    meaning = "numbers, words and decimals are allowed ones"

    def findings(self, run: Context) -> Iterator[Finding]:
        for table in c.TABLES:
            numbers = [column for column in table if column.minimum is not None]
            words = [column for column in table if column.words is not None]
            for batch in run.batches(table, [column.name for column in (*numbers, *words)]):
                for column in numbers:
                    yield from _below(batch, column)
                for column in words:
                    yield from _foreign(batch, column)
        for batch in run.batches(c.TRANSACTIONS, _AMOUNTS):
            yield from _amounts(run, batch)


_AMOUNTS = ("transaction_type", "amount", "currency", "amount_billing", "billing_currency")


def _below(batch: Batch, column: c.Column) -> Iterator[Finding]:
    """Less than the minimum, or not a number."""
    assert column.minimum is not None
    present = np.asarray(batch.column(column.name).is_valid(), np.bool_)
    bad = present & ~(batch.floats(column.name) >= column.minimum)
    yield from batch.findings(bad, column.name, f"less than {column.minimum:g}")


def _foreign(batch: Batch, column: c.Column) -> Iterator[Finding]:
    assert column.words is not None
    codes, words = batch.words(column.name)
    allowed = column.words.texts()
    foreign = np.array([*(word not in allowed for word in words), False])
    yield from batch.findings(foreign[codes], column.name, f"not one of {', '.join(allowed)}")


def _amounts(run: Context, batch: Batch) -> Iterator[Finding]:
    verification = batch.is_word("transaction_type", v.TransactionType.ACCOUNT_VERIFICATION.text)
    zero = (batch.floats("amount") == 0) & ~verification
    yield from batch.findings(zero, "amount", "0 is for account_verification only")
    for amount, currency in (("amount", "currency"), ("amount_billing", "billing_currency")):
        yield from _decimals(run, batch, amount, currency)


def _decimals(run: Context, batch: Batch, amount: str, currency: str) -> Iterator[Finding]:
    try:
        minor = batch.floats(amount) * run.scales(batch, currency)
    except UnreadableError as error:
        yield Finding(str(error), batch.file, column=currency)
        return
    bad = np.abs(minor - np.rint(minor)) > _TOLERANCE_MINOR
    yield from batch.findings(bad, amount, "more decimals than the currency has")
