"""When the day is over: what its rows add up to, what crosses from one customer to another, what was seen of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.bank.ledger import Books, post
from fintxsim.compiled import compiled, kernel
from fintxsim.population.merchants import MAX_TERMINALS
from fintxsim.population.people import STRANGER
from fintxsim.streams import GOLDEN
from fintxsim.vocabulary import Direction, EntryMode

MARKS = 1 << 16  # places of terminals by their hash


@kernel
def tally(rows: npt.NDArray[np.void]) -> tuple[int, int]:
    """Number and value (minor units) of the approved rows, an on-us transfer counted once, on its debit side."""
    count = value = 0
    for k in range(rows.shape[0]):
        if rows[k].approved and (rows[k].transfer < 0 or rows[k].direction == Direction.DEBIT):
            count += 1
            value += rows[k].billing
    return count, value


@kernel
def strangers(records: npt.NDArray[np.void], codes: npt.NDArray[np.int64], times: npt.NDArray[np.int64]) -> int:
    """Devices in rows or events that no customer has enrolled, and when; returns how many were found."""
    count = 0
    for k in range(records.shape[0]):
        if records[k].device >= STRANGER:
            codes[count], times[count] = records[k].device, records[k].time
            count += 1
    return count


@kernel
def receive(
    people: npt.NDArray[np.void], rows: npt.NDArray[np.void], books: Books, touched: npt.NDArray[np.int32]
) -> int:
    """Credit the money that friends sent today, as the credit rows among ``rows`` say; ``people`` are all customers.

    Whom a touched customer pays, or tries to, is touched too: in another world the answer might have been another. So
    is whose request met something hot. Those newly so are written to ``touched``; returns their number.
    """
    count = 0
    for k in range(rows.shape[0]):
        row = rows[k]
        if row.hot and not people[row.customer].touched:
            people[row.customer].touched = 1
            touched[count] = row.customer
            count += 1
        if row.friend < 0 or (row.counterparty >> 2) == row.customer:
            continue
        person = people[row.friend]
        if row.direction == Direction.CREDIT:
            if row.delivered == 0:
                post(person.balance, row, books)
        elif people[row.customer].touched and not person.touched:
            person.touched = 1
            touched[count] = row.friend
            count += 1
    return count


@kernel
def part_refunds(refunds: npt.NDArray[np.void], end: int, due: npt.NDArray[np.void], rest: npt.NDArray[np.void]) -> int:
    """Part the refunds that fall due before ``end`` from the rest; returns how many do."""
    count = 0
    for k in range(refunds.shape[0]):
        if refunds[k].time < end:
            due[count] = refunds[k]
            count += 1
        else:
            rest[k - count] = refunds[k]
    return count


@kernel
def mark(terminals: npt.NDArray[np.int64], marks: npt.NDArray[np.uint8]) -> None:
    """Mark the places of terminals among MARKS places."""
    for k in range(terminals.shape[0]):
        marks[_place(terminals[k])] = 1


@compiled
def _place(terminal: int) -> int:
    return int((np.uint64(terminal) * GOLDEN) >> np.uint64(48))


@kernel
def card_reads(
    rows: npt.NDArray[np.void], watched: npt.NDArray[np.int64], marks: npt.NDArray[np.uint8],
    reads: npt.NDArray[np.int64],
) -> int:  # fmt: skip
    """Time, terminal, customer and slot of every card put into a watched terminal.

    ``watched`` is sorted; the terminals that it holds are marked in ``marks``, which tells nearly all others apart.
    """
    count = 0
    for k in range(rows.shape[0]):
        row = rows[k]
        if row.entry > EntryMode.FALLBACK or row.merchant < 0 or row.card_slot < 0 or count == reads.shape[1]:
            continue
        terminal = row.merchant * MAX_TERMINALS + row.terminal
        if marks[_place(terminal)] == 0:
            continue
        at = np.searchsorted(watched, terminal)
        if at < watched.shape[0] and watched[at] == terminal:
            reads[0, count], reads[1, count] = row.time, terminal
            reads[2, count], reads[3, count] = row.customer, row.card_slot
            count += 1
    return count
