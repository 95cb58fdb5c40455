"""A customer's day: what is wanted, in order of time, and how it goes.

1. ``plan_day`` writes everything a customer wants today into a diary, in order of time.
2. ``live`` takes the diary up to a moment: each entry gets its microsecond, goes through the bank's door, and may be
   followed by a retry or a reversal that joins the diary.

The many customers whose day nobody else disturbs are run to midnight in one go (``live_block``). A customer under
attack is run up to each ``attempt`` of the criminal by the very same functions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.bank.authorise import authorise
from fintxsim.bank.ledger import Books, post
from fintxsim.behaviour.aftermath import (
    REFUND_DAYS_MEAN,
    is_refunded,
    is_reversed,
    luck,
    make_refund,
    make_retry,
    make_reversal,
    tries_again,
)
from fintxsim.behaviour.bills import plan_bank_charge, plan_contract, plan_income
from fintxsim.behaviour.cash import plan_deposit, plan_withdrawal
from fintxsim.behaviour.purchases import plan_purchase, plan_routine, plan_verification
from fintxsim.behaviour.sessions import browse, event_time, session_events, write_event
from fintxsim.behaviour.timing import inside, offset_at, own_microsecond
from fintxsim.behaviour.transfers import plan_own_transfer, plan_top_up, plan_transfer, recognise_payee, remember_payee
from fintxsim.compiled import Record, compiled, kernel
from fintxsim.lookalikes.holiday_abroad import whereabouts
from fintxsim.lookalikes.refund_season import pending_returns
from fintxsim.lookalikes.today import add_lookalikes
from fintxsim.numerics import exp, normal_quantile, poisson
from fintxsim.population.categories import CATEGORIES
from fintxsim.population.people import (
    CARD_LOST,
    CARD_OK,
    CARD_YEARS_DAYS,
    CREDIT,
    CREDIT_CARD,
    CURRENT,
    N_CONTRACTS,
    NOT_BLOCKED,
    SAVINGS,
    STRANGER,
)
from fintxsim.streams import Purpose, stream, uniform
from fintxsim.vocabulary import Channel, Direction, EventType

DIARY = 128  # entries; more than any customer can want in a day, follow-ups included
MOST_PURCHASES = 40
FIRST_STORED = 0.06  # share of purchases with stored details before which the shop checked the card (assumption)
LOST_PER_DAY = 1.0 / 2500.0  # a card is lost every seven years (assumption)
MEAN_REFUND_SHARE = sum(category.share * category.refund_share for category in CATEGORIES)
HIGHEST_REFUND_SHARE = max(category.refund_share for category in CATEGORIES)
_K_LIFE, _K_SPELL, _K_TIMES = int(Purpose.LIFE), int(Purpose.SPELL), int(Purpose.TIMES)

# Ordinals of the draws of one day.
_N_PURCHASES, _ROUTINE, _N_CASH, _DEPOSIT, _N_TRANSFERS, _TOP_UP, _N_LOGINS, _INCOME, _PULL, _LOST = range(10)

# Progress of a customer's day: entries in the diary, next entry, last span of time used by rows and by events.
ENTRIES, NEXT, SPAN, EVENT_SPAN = 0, 1, 2, 3


@compiled
def mood(person: Record, customer: int, day: Record, w: Record) -> float:
    """Factor on today's purchases: spells of zest and of thrift, pay day, and how much money is left."""
    factor = day.volume * _spell(person, customer, day.number, w)
    if person.pay_day > 0:
        since = (day.day_of_month - person.pay_day) % 31
        factor *= 1.28 if since < 4 else 0.93 if since > 24 else 1.0
    left = person.balance[CURRENT] + person.limit[CURRENT]
    if left < person.income // 30:
        factor *= 0.08  # there is nothing left to spend
    elif left < person.income // 8:
        factor *= 0.4
    elif left > 4 * person.income:
        factor *= 1.15
    return factor


@compiled
def _spell(person: Record, customer: int, day_number: int, w: Record) -> float:
    """Pauses and bursts: life is cut into spells of the customer's own length, each with its own zest."""
    burst = person.burst * w.habits.bursts
    if burst < 0.05:
        return 1.0
    start = uniform(stream(w.keys[_K_SPELL], customer, 1 << 20), 0)
    spell = int((day_number + 4000) / person.spell_days + start)
    if spell != person.spell:  # drawn once, because it lasts for days
        z = normal_quantile(uniform(stream(w.keys[_K_SPELL], customer, spell), 0))
        person.spell = spell
        person.spell_factor = exp(burst * z - 0.5 * burst * burst)
    return person.spell_factor


@compiled
def plan_day(
    diary: npt.NDArray[np.void], events: npt.NDArray[np.void], size: int, person: Record,
    favourites: npt.NDArray[np.int64], contracts: npt.NDArray[np.void], customer: int, day: Record, w: Record,
) -> tuple[int, int]:  # fmt: skip
    """Fill the diary; returns its length and the number of events so far."""
    draws = stream(w.keys[_K_LIFE], customer, day.number)
    habits = w.habits
    size, span = _new_day(events, size, person, customer, day, draws, w)
    n = 0
    visited = whereabouts(person, customer, day, w)
    wanted = person.activity * habits.purchases * mood(person, customer, day, w)
    if visited >= 0:
        wanted *= 1.5
    weekday_routine = 0.0
    if day.weekend == 0 and visited < 0:
        weekday_routine = person.routine * min(habits.routine, 1.0)
    count = min(poisson(uniform(draws, _N_PURCHASES), min(wanted, 28.0)), MOST_PURCHASES)
    for k in range(count):
        plan_purchase(diary[n], person, favourites, customer, k, visited, day, w)
        n += 1
        if diary[n - 1].on_file and uniform(diary[n - 1].draw, 50) < FIRST_STORED and n < DIARY // 2:
            diary[n] = diary[n - 1]
            plan_verification(diary[n], day)
            n += 1
    if weekday_routine > 0.0 and uniform(draws, _ROUTINE) < weekday_routine:
        n += plan_routine(diary[n], person, favourites, customer, 60, day, w)
    n = _plan_cash(diary, n, person, customer, visited, draws, day, w)
    n = _plan_agreements(diary, n, person, contracts, customer, draws, day, w)
    n = _plan_transfers(diary, n, person, customer, visited, draws, day, w)
    n, size, span = add_lookalikes(diary, n, events, size, span, person, customer, visited, day, w)
    logins = min(poisson(uniform(draws, _N_LOGINS), person.login_per_day * habits.logins), 6)
    if logins > 0:
        size = browse(events, size, person, customer, visited, logins, span, day, w)
    return n, size


@compiled
def _new_day(
    events: npt.NDArray[np.void], size: int, person: Record, customer: int, day: Record, draws: np.uint64, w: Record
) -> tuple[int, int]:
    """Daily counters start afresh; cards that expire are renewed, replacements arrive."""
    span = 0
    for slot in range(2):
        person.card_day_spent[slot] = 0
        person.card_day_count[slot] = 0
        if slot == CREDIT_CARD and person.has_credit == 0:
            continue
        arrives = NOT_BLOCKED < person.card_back_day[slot] <= day.number
        luck = uniform(draws, _LOST + slot)
        if luck < LOST_PER_DAY and person.card_back_day[slot] == NOT_BLOCKED:
            person.card_status[slot] = CARD_LOST
            person.card_back_day[slot] = day.number + 2 + int(luck / LOST_PER_DAY * 6.0)
        if arrives or person.card_expiry_day[slot] < day.number:
            if not arrives:
                person.card_status[slot] = CARD_OK
            person.card_back_day[slot] = NOT_BLOCKED
            renew_card(person, slot, day.number)
            time = event_time(w.keys, day, day.start, customer, span, 0)
            size = write_event(
                events, size, EventType.CARD_REISSUE, time, customer, -1, -1, -1, Channel.BATCH, slot * CREDIT
            )
            events[size - 1].detail = 256 * slot + person.card_generation[slot]
            span = time >> day.shift
    return size, span


@compiled
def renew_card(person: Record, slot: int, number: int) -> None:
    """A new card with a new number, good for four years."""
    person.card_generation[slot] += 1
    person.card_expiry_day[slot] = number + CARD_YEARS_DAYS


@compiled
def _plan_cash(
    diary: npt.NDArray[np.void], n: int, person: Record, customer: int, visited: int, draws: np.uint64, day: Record,
    w: Record,
) -> int:  # fmt: skip
    factor = w.habits.cash
    for k in range(min(poisson(uniform(draws, _N_CASH), person.cash_per_day * factor), 3)):
        plan_withdrawal(diary[n], person, customer, k, visited, day, w)
        n += 1
    if day.weekend == 0 and uniform(draws, _DEPOSIT) < min(person.deposit_per_day * 1.4 * factor, 1.0):
        plan_deposit(diary[n], person, customer, day, w)
        n += 1
    return n


@compiled
def _plan_agreements(
    diary: npt.NDArray[np.void], n: int, person: Record, contracts: npt.NDArray[np.void], customer: int,
    draws: np.uint64, day: Record, w: Record,
) -> int:  # fmt: skip
    """Bills and income that fall due today."""
    if person.due_mask & day.due:
        for k in range(N_CONTRACTS):
            if contracts[k].kind > 0 and (np.uint32(1) << np.uint32(contracts[k].day)) & day.due:
                n += plan_contract(diary[n], contracts[k], person, customer, k, day, w)
    if person.pay_day > 0:
        paid = (np.uint32(1) << np.uint32(person.pay_day)) & day.due
        incomes = 1 if paid else 0
    else:
        incomes = min(poisson(uniform(draws, _INCOME), 0.31), 3) if day.weekend == 0 else 0
    if w.habits.income > 0.0:
        for k in range(incomes):
            plan_income(diary[n], person, customer, k, day, w)
            n += 1
    if day.day_of_month == 1:
        for k in range(3):
            n += plan_bank_charge(diary[n], person, customer, k, day, w)
    return n


@compiled
def _plan_transfers(
    diary: npt.NDArray[np.void], n: int, person: Record, customer: int, visited: int, draws: np.uint64, day: Record,
    w: Record,
) -> int:  # fmt: skip
    for k in range(min(poisson(uniform(draws, _N_TRANSFERS), person.transfer_per_day * w.habits.transfers), 12)):
        plan_transfer(diary[n], person, customer, k, visited, day, w)
        n += 1
    if uniform(draws, _TOP_UP) < person.top_up_per_day * w.habits.top_ups:
        plan_top_up(diary[n], person, customer, visited, day, w)
        n += 1
    short = person.balance[CURRENT] < person.income // 10
    if short and person.balance[SAVINGS] > person.income // 5 and uniform(draws, _PULL) < 0.3:
        step = max(int(50.0 * w.bank.euro), 1)
        amount = min(person.balance[SAVINGS], person.income // 2) // step * step
        if amount > 0:
            plan_own_transfer(diary[n], person, customer, amount, visited, day, w)
            n += 1
    return n


@compiled
def sort_diary(diary: npt.NDArray[np.void], order: npt.NDArray[np.int64], n: int) -> None:
    """Order of the first ``n`` entries by time, by insertion: there are two or three of them."""
    for i in range(n):
        time = diary[i].time
        j = i
        while j > 0 and diary[order[j - 1]].time > time:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i


@compiled
def _join(diary: npt.NDArray[np.void], order: npt.NDArray[np.int64], n: int, after: int) -> int:
    """Put entry ``n`` into the order, behind position ``after``."""
    time = diary[n].time
    j = n
    while j > after + 1 and diary[order[j - 1]].time > time:
        order[j] = order[j - 1]
        j -= 1
    order[j] = n
    return n + 1


@compiled
def enter(person: Record, draft: Record, progress: npt.NDArray[np.int64], day: Record, w: Record, books: Books) -> bool:
    """Give a draft its own microsecond and take it through the bank's door."""
    span = max(draft.time >> day.shift, progress[SPAN] + 1)
    progress[SPAN] = span
    draft.time = own_microsecond(w.keys[_K_TIMES], span, day.shift, draft.customer, 0)
    if draft.transfer >= 0:
        draft.transfer = draft.time
    risky = w.categories[draft.category].risky if draft.category >= 0 else 0
    recognise_payee(person, draft)
    approved = authorise(person, draft, day.number, w.bank, risky, books)
    if approved:
        remember_payee(person, draft)
    return approved


@compiled
def live(
    person: Record, diary: npt.NDArray[np.void], order: npt.NDArray[np.int64], progress: npt.NDArray[np.int64],
    until: int, out: npt.NDArray[np.void], written: int, later: npt.NDArray[np.void], kept: int,
    events: npt.NDArray[np.void], size: int, day: Record, w: Record, books: Books,
) -> tuple[int, int, int]:  # fmt: skip
    """Live the diary up to a moment.

    Rows go to ``out``, refunds of coming days to ``later``. Returns the numbers of rows, refunds and events so far.
    """
    while progress[NEXT] < progress[ENTRIES] and diary[order[progress[NEXT]]].time < until:
        entry = order[progress[NEXT]]
        draft = diary[entry]
        approved = enter(person, draft, progress, day, w, books)
        if draft.session >= 0:
            size, progress[EVENT_SPAN] = session_events(events, size, draft, progress[EVENT_SPAN], day, w.keys)
        n = progress[ENTRIES]
        if approved:
            if draft.card_slot >= 0 and draft.direction == Direction.DEBIT:
                draws = luck(draft, w)
                if n < DIARY and is_reversed(draft, draws, w):
                    diary[n] = diary[entry]
                    make_reversal(diary[n], day, w)
                    progress[ENTRIES] = _join(diary, order, n, progress[NEXT])
                elif is_refunded(draft, draws, w):
                    later[kept] = diary[entry]
                    make_refund(later[kept], w)
                    kept += 1
        elif draft.card_slot >= 0 and n < DIARY and tries_again(draft, w):
            diary[n] = diary[entry]
            make_retry(diary[n], day, w)
            progress[ENTRIES] = _join(diary, order, n, progress[NEXT])
        out[written] = diary[entry]
        written += 1
        if approved and draft.friend >= 0:
            out[written] = diary[entry]
            credit_side(out[written], person, day, w, books)
            written += 1
        progress[NEXT] += 1
    return written, kept, size


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
def _open_diary(
    diary: npt.NDArray[np.void], order: npt.NDArray[np.int64], progress: npt.NDArray[np.int64],
    events: npt.NDArray[np.void], size: int, person: Record, favourites: npt.NDArray[np.int64],
    contracts: npt.NDArray[np.void], customer: int, due: npt.NDArray[np.void], next_due: int, day: Record, w: Record,
) -> tuple[int, int]:  # fmt: skip
    """Plan the day and add the refunds that fall due; returns the next due refund and the number of events."""
    n, size = plan_day(diary, events, size, person, favourites, contracts, customer, day, w)
    while next_due < due.shape[0] and due[next_due].customer <= customer:
        if due[next_due].customer == customer and n < DIARY // 2 + 32:
            diary[n] = due[next_due]
            diary[n].time = inside(day, diary[n].time)
            diary[n].offset = offset_at(day.zones[w.city_zone[person.city]], diary[n].time)
            n += 1
        next_due += 1
    sort_diary(diary, order, n)
    progress[ENTRIES], progress[NEXT], progress[SPAN], progress[EVENT_SPAN] = n, 0, 0, 0
    return next_due, size


@kernel
def live_block(
    people: npt.NDArray[np.void], favourites: npt.NDArray[np.int64], contracts: npt.NDArray[np.void], first: int,
    start: int, stop: int, opens: bool, until: int, contested: npt.NDArray[np.bool_], due: npt.NDArray[np.void],
    diary: npt.NDArray[np.void], order: npt.NDArray[np.int64], progress: npt.NDArray[np.int64],
    out: npt.NDArray[np.void], later: npt.NDArray[np.void], events: npt.NDArray[np.void], counts: npt.NDArray[np.int64],
    days: npt.NDArray[np.void], worlds: npt.NDArray[np.void], books: Books,
) -> int:  # fmt: skip
    """Live the day of the customers number ``start`` to ``stop - 1`` of a block, but for the ``contested`` ones, up
    to a moment.

    With ``opens`` each day begins here: it is planned in ``diary``; else the one customer goes on with the diary as
    it is. ``counts`` holds the numbers of rows, refunds, events and due refunds used so far and is updated. Returns
    the number of the customer at whom the buffers were nearly full (call again with fresh ones), or ``stop``.

    One kernel serves the many and the one under attack, because compiling the day twice would double the first start.
    """
    day, w = days[0], worlds[0]
    written, kept, size, next_due = counts[0], counts[1], counts[2], counts[3]
    end = start
    for i in range(start, stop):
        if written + 2 * DIARY > out.shape[0] or kept + DIARY > later.shape[0] or size + 4 * DIARY > events.shape[0]:
            break
        end = i + 1
        if contested[i]:
            continue
        person = people[i]
        if opens:
            next_due, size = _open_diary(
                diary,
                order,
                progress,
                events,
                size,
                person,
                favourites[i],
                contracts[i],
                first + i,
                due,
                next_due,
                day,
                w,
            )
        written, kept, size = live(
            person, diary, order, progress, until, out, written, later, kept, events, size, day, w, books
        )
    counts[0], counts[1], counts[2], counts[3] = written, kept, size, next_due
    return end


@kernel
def attempt(
    people: npt.NDArray[np.void], i: int, draft: npt.NDArray[np.void], progress: npt.NDArray[np.int64],
    out: npt.NDArray[np.void], events: npt.NDArray[np.void], counts: npt.NDArray[np.int64], days: npt.NDArray[np.void],
    worlds: npt.NDArray[np.void], books: Books,
) -> bool:  # fmt: skip
    """One request by somebody else in the customer's name, through the same door. ``draft`` holds one record."""
    day, w = days[0], worlds[0]
    approved = enter(people[i], draft[0], progress, day, w, books)
    if draft[0].session >= 0:
        counts[2], progress[EVENT_SPAN] = session_events(events, counts[2], draft[0], progress[EVENT_SPAN], day, w.keys)
    out[counts[0]] = draft[0]
    counts[0] += 1
    if approved and draft[0].friend >= 0:
        out[counts[0]] = draft[0]
        credit_side(out[counts[0]], people[i], day, w, books)
        counts[0] += 1
    return approved


@kernel
def pending_refunds(
    people: npt.NDArray[np.void], favourites: npt.NDArray[np.int64], first: int, days: npt.NDArray[np.void],
    worlds: npt.NDArray[np.void], orders: npt.NDArray[np.void], out: npt.NDArray[np.void],
) -> int:  # fmt: skip
    """Refunds still to come of purchases made before day 0, which ``days`` holds; returns how many were written to
    ``out``. ``orders`` is scratch for what was bought on one day.

    The waiting time is exponential, so what is left of it on day 0 has the same distribution as all of it.
    """
    day, w = days[0], worlds[0]
    written = 0
    for i in range(people.shape[0]):
        person = people[i]
        draws = stream(w.keys[_K_LIFE], first + i, -1)
        mean = person.activity * MEAN_REFUND_SHARE * (REFUND_DAYS_MEAN + 0.5) * w.habits.refunds * w.habits.purchases
        for k in range(min(poisson(uniform(draws, 0), mean), 8)):
            if written >= out.shape[0]:
                return written
            for attempt in range(12):  # until it is something that people bring back
                ordinal = 8 + k * 12 + attempt
                plan_purchase(out[written], person, favourites[i], first + i, -(1 << 20) - ordinal, -1, day, w)
                if uniform(draws, ordinal) < w.categories[out[written].category].refund_share / HIGHEST_REFUND_SHARE:
                    break
            out[written].time = day.start - 1 - k
            make_refund(out[written], w)
            written += 1
        written = pending_returns(out, written, orders, person, first + i, day, w)
    return written


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

    Whom a touched customer pays, or tries to, is touched too: in another world the answer might have been another.
    Those newly so are written to ``touched``; returns their number.
    """
    count = 0
    for k in range(rows.shape[0]):
        row = rows[k]
        if row.friend < 0 or (row.counterparty >> 2) == row.customer:
            continue
        person = people[row.friend]
        if row.direction == Direction.CREDIT:
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
