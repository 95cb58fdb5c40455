"""Double-entry books in integer minor units: every posting has two sides, and all books together are always zero.

Customers' books are sums of their accounts' balances, by the account's place among a customer's three; the other side
of a posting is the bank's own book for the rail, for fees, for interest, or for transfers on their way between two of
its accounts.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.compiled import Record, compiled
from fintxsim.vocabulary import AccountKind, Rail, TransactionType

CUSTOMER_BOOKS = tuple(
    f"customers:{kind.text}" for kind in (AccountKind.CURRENT, AccountKind.SAVINGS, AccountKind.CREDIT)
)
BOOKS: tuple[str, ...] = (
    *CUSTOMER_BOOKS,
    *(f"bank:{rail.text}" for rail in Rail),
    "bank:fees",
    "bank:interest",
    "bank:transit",
    "bank:equity",
)
FEES, INTEREST, TRANSIT, EQUITY = (BOOKS.index(f"bank:{name}") for name in ("fees", "interest", "transit", "equity"))
_FIRST_RAIL = len(CUSTOMER_BOOKS)
_DEBITS, _CREDITS = 0, 1

Books = npt.NDArray[np.int64]


def empty_books() -> Books:
    """Debits and credits of every book: shape (books, 2), minor units."""
    return np.zeros((len(BOOKS), 2), np.int64)


@compiled
def post(balance: npt.NDArray[np.int64], draft: Record, books: Books) -> None:
    """Post an approved draft to its account (``balance`` of the customer, by slot) and to the bank's book."""
    contra = _contra(draft)
    amount = draft.billing
    if draft.direction == 1:
        balance[draft.account] += amount
        books[draft.account, _CREDITS] += amount
        books[contra, _DEBITS] += amount
    else:
        balance[draft.account] -= amount
        books[draft.account, _DEBITS] += amount
        books[contra, _CREDITS] += amount


@compiled
def _contra(draft: Record) -> int:
    if draft.transfer >= 0:
        return TRANSIT
    if draft.type == TransactionType.FEE:
        return FEES
    if draft.type == TransactionType.INTEREST:
        return INTEREST
    return _FIRST_RAIL + draft.rail
