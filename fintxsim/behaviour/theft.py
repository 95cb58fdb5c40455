"""What a thief sees of somebody's day, and what is left of it without the card that he took."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.purchases import has_card_ready
from fintxsim.compiled import Record, compiled, kernel
from fintxsim.population.people import is_in_hand
from fintxsim.vocabulary import Channel, Direction, EntryMode


@kernel
def next_with_pin(rows: npt.NDArray[np.void], diaries: npt.NDArray[np.void], i: int, slot: int, after: int) -> int:
    """Number of the next row, from a moment on, for which customer number ``i`` will type a card's PIN; -1 if none."""
    entry = diaries[i].first
    while entry >= 0:
        draft = rows[entry]
        asked = draft.entry == EntryMode.CHIP or draft.entry == EntryMode.FALLBACK
        if asked and draft.time >= after and draft.card_slot == slot and draft.direction == Direction.DEBIT:
            return entry
        entry = draft.next
    return -1


@kernel
def lose_card(
    people: npt.NDArray[np.void], first: int, i: int, slot: int, rows: npt.NDArray[np.void], n: int,
    diaries: npt.NDArray[np.void],
) -> int:  # fmt: skip
    """Take a card from customer number ``i`` of a block that begins with customer ``first``.

    From now on he pays in person with his other card, or not at all: such an entry leaves the diary and the ``n`` rows.
    Returns how many rows are left.
    """
    person, diary = people[i], diaries[i]
    person.card_taken[slot] = 1
    before, entry = -1, diary.first
    while entry >= 0:
        following = rows[entry].next
        if _can_be_paid(rows[entry], person):
            before = entry
        else:
            if before < 0:
                diary.first = following
            else:
                rows[before].next = following
            n -= 1
            _move(rows, n, entry, diaries, first)
            before = entry if before == n else before
            following = entry if following == n else following
        entry = following
    return n


@compiled
def _can_be_paid(draft: Record, person: Record) -> bool:
    if draft.direction == Direction.CREDIT:
        return True
    if draft.channel == Channel.ATM:
        return is_in_hand(person, draft.card_slot)
    return has_card_ready(draft, person)


@compiled
def _move(rows: npt.NDArray[np.void], last: int, hole: int, diaries: npt.NDArray[np.void], first: int) -> None:
    """Close a hole among the rows with the last one, and mend the diary in which that is an entry, if it still is."""
    if last == hole:
        return
    rows[hole] = rows[last]
    owner = rows[hole].customer - first
    if owner < 0 or owner >= diaries.shape[0]:
        return  # the receiving side of a transfer
    if diaries[owner].first == last:
        diaries[owner].first = hole
    entry = diaries[owner].first
    while entry >= 0:
        if rows[entry].next == last:
            rows[entry].next = hole
        entry = rows[entry].next
