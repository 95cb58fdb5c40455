"""A customer's day: what is wanted, in order of time, and how it goes.

A block of customers shares one array of rows. In the morning each customer's wishes are written into it and linked in
order of time: the customer's diary. Then the day is lived up to one moment after another: each entry gets its
microsecond and goes through the bank's door, where it lies; it may be followed by a retry or a reversal that is
written at the end of the array and linked into the diary. So the array is the diary of all and, when the day is over,
the rows of the day.

Only requests that the bank counts across accounts must be made in their slice of the day; whoever makes none is lived
at the end of the day in one go, while his record is in the cache. A criminal's ``attempt`` lives his victim's day up
to that moment, by the very same functions, and is written like any other row.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.bank.authorise import authorise
from fintxsim.bank.ledger import Books, post
from fintxsim.bank.velocity import heat, is_counted, note_request
from fintxsim.behaviour.aftermath import (
    is_refunded,
    is_reversed,
    luck,
    make_refund,
    make_retry,
    make_reversal,
    tries_again,
)
from fintxsim.behaviour.outings import city_at, off_the_way
from fintxsim.behaviour.plan import plan_day
from fintxsim.behaviour.sessions import session_events
from fintxsim.behaviour.timing import DAY_US, MINUTE_US, inside, offset_at, own_microsecond, to_utc
from fintxsim.behaviour.transfers import recognise_payee, remember_payee
from fintxsim.compiled import Record, compiled, kernel
from fintxsim.population.merchants import place_of
from fintxsim.population.people import AT_HOME
from fintxsim.streams import Purpose
from fintxsim.vocabulary import Channel, Direction, EntryMode, TransactionType

DIARY = np.dtype(
    [
        ("first", "i8"),  # the next entry, as its place among the block's rows; END or UNPLANNED
        ("span", "i8"),  # last span of time used by the customer's rows
        ("event_span", "i8"),  # and by events around payments
    ],
    align=True,
)
END, UNPLANNED = -1, -2
NEVER = 1 << 62
NO_ROOM = -1
MOST_ENTRIES = 512  # more rows than any customer can have in a day
ROWS, REFUNDS, EVENTS, DUE = range(4)  # what counts of a block's day count
_K_TIMES = int(Purpose.TIMES)


@compiled
def _link(rows: npt.NDArray[np.void], first: int, entry: int) -> int:
    """Link an entry into a diary that begins at ``first``, behind those of the same time; returns the new first."""
    time = rows[entry].time
    if first < 0 or rows[first].time > time:
        rows[entry].next = first
        return entry
    before = first
    while rows[before].next >= 0 and rows[rows[before].next].time <= time:
        before = rows[before].next
    rows[entry].next = rows[before].next
    rows[before].next = entry
    return first


@compiled
def _next_counted(rows: npt.NDArray[np.void], entry: int) -> int:
    """Time of the first entry from ``entry`` on that the bank counts across accounts."""
    while entry >= 0 and not is_counted(rows[entry]):
        entry = rows[entry].next
    return rows[entry].time if entry >= 0 else NEVER


@kernel
def plan_block(
    people: npt.NDArray[np.void], favourites: npt.NDArray[np.int64], contracts: npt.NDArray[np.void], first: int,
    start: int, stop: int, due: npt.NDArray[np.void], rows: npt.NDArray[np.void], diaries: npt.NDArray[np.void],
    when: npt.NDArray[np.int64], events: npt.NDArray[np.void], counts: npt.NDArray[np.int64],
    days: npt.NDArray[np.void], worlds: npt.NDArray[np.void],
) -> int:  # fmt: skip
    """Plan the day of the customers number ``start`` to ``stop - 1`` of a block: wishes, and the refunds ``due``.

    ``when`` is the time of each customer's next entry that is counted across accounts, ``counts`` the numbers of rows,
    refunds, events and due refunds used so far. Returns the number of the customer at whom the buffers were nearly
    full (call again with larger ones), or ``stop``.
    """
    day, w = days[0], worlds[0]
    n, size, next_due = counts[ROWS], counts[EVENTS], counts[DUE]
    end = start
    for i in range(start, stop):
        if n + MOST_ENTRIES > rows.shape[0] or size + MOST_ENTRIES > events.shape[0]:
            break
        end = i + 1
        before, person, customer = n, people[i], first + i
        n, size = plan_day(rows, n, events, size, person, favourites[i], contracts[i], customer, day, w)
        while next_due < due.shape[0] and due[next_due].customer <= customer:
            if due[next_due].customer == customer and n - before < MOST_ENTRIES // 4:
                rows[n] = due[next_due]
                _bring_back(rows[n], person, day, w)
                n += 1
            next_due += 1
        head = END
        for entry in range(before, n):
            head = _link(rows, head, entry)
        diaries[i].first, diaries[i].span, diaries[i].event_span = head, 0, 0
        when[i] = _next_counted(rows, head)
    counts[ROWS], counts[EVENTS], counts[DUE] = n, size, next_due
    return end


@compiled
def _bring_back(refund: Record, person: Record, day: Record, w: Record) -> None:
    """A refund that falls due: by the clocks at home, and over the counter only where the customer is at the time."""
    zone = day.zones[w.city_zone[person.city]]
    refund.time = inside(day, refund.time)
    refund.offset = offset_at(zone, refund.time)
    if refund.channel != Channel.POS:
        return
    local = (refund.time + refund.offset * MINUTE_US) % DAY_US
    is_there = person.stayed == AT_HOME and place_of(refund.merchant) == city_at(person, AT_HOME, local)
    if is_there and refund.time >= person.arrival:
        refund.time = to_utc(day, zone, off_the_way(person, local))
        refund.offset = offset_at(zone, refund.time)
    else:  # it is sent back, and the shop pays to the card without seeing it
        refund.channel = Channel.MOTO
        refund.entry = EntryMode.MANUAL


@compiled
def enter(
    person: Record, draft: Record, diary: Record, log: npt.NDArray[np.int64], day: Record, w: Record, books: Books
) -> bool:
    """Give a draft its own microsecond and take it through the bank's door."""
    span = max(draft.time >> day.shift, diary.span + 1)
    diary.span = span
    draft.time = own_microsecond(w.keys[_K_TIMES], span, day.shift, draft.customer, 0)
    if draft.transfer >= 0:
        draft.transfer = draft.time
    risky = w.categories[draft.category].risky if draft.category >= 0 else 0
    recognise_payee(person, draft)
    draft.hot = heat(draft, w)
    approved = authorise(person, draft, day.number, w.bank, risky, books)
    note_request(draft, log, w)
    if approved:
        remember_payee(person, draft)
    return approved


@compiled
def _live(
    person: Record, diary: Record, until: int, rows: npt.NDArray[np.void], n: int, later: npt.NDArray[np.void],
    kept: int, events: npt.NDArray[np.void], size: int, log: npt.NDArray[np.int64], day: Record, w: Record,
    books: Books,
) -> tuple[int, int, int]:  # fmt: skip
    """Live a diary up to a moment; refunds of coming days go to ``later``.

    Returns the numbers of rows, refunds and events so far.
    """
    entry = diary.first
    while entry >= 0 and rows[entry].time < until:
        draft = rows[entry]
        following = draft.next
        approved = enter(person, draft, diary, log, day, w, books)
        if draft.session >= 0:
            size, diary.event_span = session_events(events, size, draft, diary.event_span, day, w)
        if approved:
            buys = draft.card_slot >= 0 or draft.type == TransactionType.PURCHASE
            if buys and draft.direction == Direction.DEBIT:
                draws = luck(draft, w)
                if is_reversed(draft, draws, w):
                    rows[n] = rows[entry]
                    make_reversal(rows[n], day, w)
                    following = _link(rows, following, n)
                    n += 1
                elif is_refunded(draft, draws, w):
                    later[kept] = rows[entry]
                    make_refund(later[kept], w)
                    kept += 1
            if draft.friend >= 0:
                rows[n] = rows[entry]
                credit_side(rows[n], person, day, w, books)
                n += 1
        elif draft.card_slot >= 0 and tries_again(draft, person, w):
            rows[n] = rows[entry]
            make_retry(rows[n], person, day, w)
            following = _link(rows, following, n)
            n += 1
        entry = following
    diary.first = entry
    return n, kept, size


@compiled
def credit_side(twin: Record, person: Record, day: Record, w: Record, books: Books) -> None:
    """Turn a copy of a transfer's debit into the row that credits the other account.

    Between a customer's own accounts the money is there at once; a friend's balance is credited when the day's messages
    cross, and counts for him from the next day.
    """
    sender, account = twin.customer, twin.account
    span = (twin.time >> day.shift) + 1
    twin.time = own_microsecond(w.keys[_K_TIMES], span, day.shift, sender, 1)
    twin.customer = twin.friend
    twin.account = twin.counterparty & 3
    twin.counterparty = sender * 4 + account
    twin.counterparty_country = 0
    twin.direction = Direction.CREDIT
    twin.payee_new = -1
    twin.name_match = -1
    twin.device = -1
    twin.ip = -1
    twin.ip_country = -1
    twin.session = -1
    twin.new_device = 0
    twin.score = 0.0
    twin.action = 0
    if twin.friend == sender:
        post(person.balance, twin, books)


@compiled
def _is_nearly_full(
    rows: npt.NDArray[np.void], n: int, later: npt.NDArray[np.void], kept: int, events: npt.NDArray[np.void],
    size: int, log: npt.NDArray[np.int64],
) -> bool:  # fmt: skip
    """Whether some buffer may not hold what the next customer does."""
    full = n + MOST_ENTRIES > rows.shape[0] or size + MOST_ENTRIES > events.shape[0]
    return full or kept + MOST_ENTRIES > later.shape[0] or log[0] + 4 * MOST_ENTRIES > log.shape[0]


@kernel
def live_block(
    people: npt.NDArray[np.void], whom: npt.NDArray[np.int64], start: int, until: int, rows: npt.NDArray[np.void],
    diaries: npt.NDArray[np.void], when: npt.NDArray[np.int64], later: npt.NDArray[np.void],
    events: npt.NDArray[np.void], counts: npt.NDArray[np.int64], log: npt.NDArray[np.int64],
    days: npt.NDArray[np.void], worlds: npt.NDArray[np.void], books: Books,
) -> int:  # fmt: skip
    """Live the day of some customers of a block up to a moment; ``whom`` are their numbers in it.

    Begins with place ``start`` of ``whom``. Returns the place of the customer at whom the buffers were nearly full
    (call again with larger ones), or the length of ``whom``. The other arguments are those of ``plan_block``.
    """
    day, w = days[0], worlds[0]
    n, kept, size = counts[ROWS], counts[REFUNDS], counts[EVENTS]
    end = start
    for place in range(start, whom.shape[0]):
        if _is_nearly_full(rows, n, later, kept, events, size, log):
            break
        end = place + 1
        i = whom[place]
        diary = diaries[i]
        n, kept, size = _live(people[i], diary, until, rows, n, later, kept, events, size, log, day, w, books)
        when[i] = _next_counted(rows, diary.first)
    counts[ROWS], counts[REFUNDS], counts[EVENTS] = n, kept, size
    return end


@kernel
def attempt(
    people: npt.NDArray[np.void], i: int, drafts: npt.NDArray[np.void], rows: npt.NDArray[np.void],
    diaries: npt.NDArray[np.void], when: npt.NDArray[np.int64], later: npt.NDArray[np.void],
    events: npt.NDArray[np.void], counts: npt.NDArray[np.int64], log: npt.NDArray[np.int64],
    days: npt.NDArray[np.void], worlds: npt.NDArray[np.void], books: Books,
) -> int:  # fmt: skip
    """One request by somebody else in the customer's name, through the same door, after the day was lived up to it.

    ``drafts`` holds one record. Returns whether it was approved, or NO_ROOM if nothing was done because the buffers
    were nearly full.
    """
    day, w, draft = days[0], worlds[0], drafts[0]
    person, diary = people[i], diaries[i]
    n, kept, size = counts[ROWS], counts[REFUNDS], counts[EVENTS]
    if _is_nearly_full(rows, n, later, kept, events, size, log):
        return NO_ROOM
    n, kept, size = _live(person, diary, draft.time, rows, n, later, kept, events, size, log, day, w, books)
    when[i] = _next_counted(rows, diary.first)
    approved = enter(person, draft, diary, log, day, w, books)
    if draft.session >= 0:
        size, diary.event_span = session_events(events, size, draft, diary.event_span, day, w)
    rows[n] = draft
    n += 1
    if approved and draft.friend >= 0:
        rows[n] = draft
        credit_side(rows[n], person, day, w, books)
        n += 1
    counts[ROWS], counts[REFUNDS], counts[EVENTS] = n, kept, size
    return 1 if approved else 0


@kernel
def credit_now(people: npt.NDArray[np.void], i: int, credit: npt.NDArray[np.void], books: Books) -> None:
    """Credit a transfer at once, not when the day's messages cross. ``credit`` holds the row of the credit side."""
    post(people[i].balance, credit[0], books)
    credit[0].delivered = 1
