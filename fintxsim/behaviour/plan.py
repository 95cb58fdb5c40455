"""What a customer wants today: everything that is meant to happen goes into the diary, with its time.

Each part writes its entries from the diary's next free place on and returns the place after them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.aftermath import REFUND_DAYS_MEAN, make_refund
from fintxsim.behaviour.bills import falls_due, plan_bank_charge, plan_contract, plan_income
from fintxsim.behaviour.cash import plan_deposit, plan_withdrawal
from fintxsim.behaviour.outings import begin_day, is_too_early
from fintxsim.behaviour.purchases import has_card_ready, means_to_pay, plan_purchase, plan_routine, plan_verification
from fintxsim.behaviour.sessions import browse, event_time, write_event
from fintxsim.behaviour.transfers import plan_own_transfer, plan_receipt, plan_top_up, plan_transfer
from fintxsim.compiled import Record, compiled, kernel
from fintxsim.lookalikes.episodes import has_episode
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
    DEBIT_CARD,
    N_CONTRACTS,
    NOT_BLOCKED,
    SAVINGS,
    is_in_hand,
)
from fintxsim.streams import Purpose, stream, uniform
from fintxsim.vocabulary import Channel, EntryMode, EventType

MOST_PURCHASES = 40
MOST_WISHES = 64  # from here on shops stop checking cards first, so that a day has an end
FIRST_STORED = 0.06  # share of web orders before which the shop checks the card, to store it or anew (assumption)
LOST_PER_DAY = 1.0 / 2500.0  # a card is lost every seven years (assumption)
MEAN_REFUND_SHARE = sum(category.share * category.refund_share for category in CATEGORIES)
HIGHEST_REFUND_SHARE = max(category.refund_share for category in CATEGORIES)
PHASE_SIGMA = 0.6  # standard deviation of ln(purchases) between phases of life
SPELLS_PER_PHASE = 25.0  # so a phase lasts from two months to two years
_STARTS, _PHASES = 1 << 20, 1 << 21  # numbers, beyond those of spells, of what else is drawn about them
_K_LIFE, _K_SPELL = int(Purpose.LIFE), int(Purpose.SPELL)

# Ordinals of the draws of one day.
_N_PURCHASES, _ROUTINE, _N_CASH, _DEPOSIT, _N_TRANSFERS, _TOP_UP, _N_LOGINS, _INCOME, _PULL, _LOST = range(10)
_N_RECEIPTS = 12


@compiled
def mood(person: Record, customer: int, day: Record, w: Record) -> float:
    """Factor on today's purchases: spells of zest and of thrift, pay day, and how much money is left."""
    factor = day.volume * _spell(person, customer, day.number, w)
    if day.weekend:
        factor *= w.habits.weekend
    if person.pay_day > 0:
        since = (day.day_of_month - person.pay_day) % 31
        factor *= 1.28 if since < 4 else 0.93 if since > 24 else 1.0
    if w.institution.agents:
        return factor  # there is cash at home, too
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
    starts = stream(w.keys[_K_SPELL], customer, _STARTS)
    spell = int((day_number + 4000) / person.spell_days + uniform(starts, 0))
    if spell != person.spell:  # drawn once, because it lasts for days
        burst = person.burst * w.habits.bursts
        z = normal_quantile(uniform(stream(w.keys[_K_SPELL], customer, spell), 0))
        person.spell = spell
        person.spell_factor = exp(burst * z - 0.5 * burst * burst) * _phase(customer, spell, w)
    return person.spell_factor


@compiled
def _phase(customer: int, spell: int, w: Record) -> float:
    """What lasts for months: another household, another job, another bank's card used for most. Without it, customers
    would be more alike the longer one looks; over a year and more the Gini coefficient of rows per customer is .47-.65
    (Complete Journey, CDNOW, Birmingham, Sarafu). Length and size are assumptions."""
    sigma = PHASE_SIGMA * w.habits.phases
    start = uniform(stream(w.keys[_K_SPELL], customer, _STARTS), 1)
    phase = int(spell / SPELLS_PER_PHASE + start)
    z = normal_quantile(uniform(stream(w.keys[_K_SPELL], customer, _PHASES + phase), 0))
    return exp(sigma * z - 0.5 * sigma * sigma)


@compiled
def plan_day(
    diary: npt.NDArray[np.void], n: int, events: npt.NDArray[np.void], size: int, person: Record,
    favourites: npt.NDArray[np.int64], contracts: npt.NDArray[np.void], customer: int, day: Record, w: Record,
) -> tuple[int, int]:  # fmt: skip
    """Write what a customer wants today from entry ``n`` of the diary on; returns the numbers of entries and events."""
    draws = stream(w.keys[_K_LIFE], customer, day.number)
    habits = w.habits
    size, span = _new_day(events, size, person, customer, day, draws, w)
    before = n
    visited = whereabouts(person, customer, day, w)
    begin_day(person, customer, visited, has_episode(person, customer, day.number, day, w), day, w)
    wanted = person.activity * habits.purchases * mood(person, customer, day, w)
    if visited >= 0:
        wanted *= 1.5
    weekday_routine = 0.0
    if day.weekend == 0 and visited < 0:
        weekday_routine = person.routine * min(habits.routine, 1.0)
    count = min(poisson(uniform(draws, _N_PURCHASES), min(wanted, 28.0)), MOST_PURCHASES)
    for k in range(count):
        plan_purchase(diary[n], person, favourites, customer, k, visited, day, w)
        if not has_card_ready(diary[n], person) or not means_to_pay(diary[n], person, w):
            continue
        if is_too_early(diary[n], person, w):
            continue
        n += 1
        if _is_checked_first(diary[n - 1]) and n - before < MOST_WISHES:
            diary[n] = diary[n - 1]
            plan_verification(diary[n], day, w)
            n += 1
    goes_out = weekday_routine > 0.0 and uniform(draws, _ROUTINE) < weekday_routine
    if (
        goes_out
        and plan_routine(diary[n], person, favourites, customer, 60, day, w)
        and has_card_ready(diary[n], person)
        and means_to_pay(diary[n], person, w)
        and not is_too_early(diary[n], person, w)
    ):
        n += 1
    n = _plan_cash(diary, n, person, customer, visited, draws, day, w)
    n = _plan_agreements(diary, n, person, contracts, customer, draws, day, w)
    n = _plan_transfers(diary, n, person, customer, visited, draws, day, w)
    n, size, span = add_lookalikes(diary, before, n, events, size, span, person, customer, visited, day, w)
    logins = min(poisson(uniform(draws, _N_LOGINS), person.login_per_day * habits.logins), 6)
    if logins > 0:
        size = browse(events, size, person, customer, visited, logins, span, day, w)
    return n, size


@compiled
def _is_checked_first(draft: Record) -> bool:
    """Whether a web shop asks if the card is good before it is charged, be it typed or stored."""
    online = draft.entry == EntryMode.ECOM or draft.entry == EntryMode.ON_FILE
    return online and uniform(draft.draw, 50) < FIRST_STORED


@compiled
def _new_day(
    events: npt.NDArray[np.void], size: int, person: Record, customer: int, day: Record, draws: np.uint64, w: Record
) -> tuple[int, int]:
    """Daily counters start afresh; cards that expire are renewed, replacements arrive."""
    span = 0
    for slot in range(2):
        person.card_day_spent[slot] = 0
        person.card_day_count[slot] = 0
        if (slot == CREDIT_CARD and person.has_credit == 0) or w.institution.pushes:
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
    person.card_taken[slot] = 0
    person.card_expiry_day[slot] = number + CARD_YEARS_DAYS


@compiled
def _plan_cash(
    diary: npt.NDArray[np.void], n: int, person: Record, customer: int, visited: int, draws: np.uint64, day: Record,
    w: Record,
) -> int:  # fmt: skip
    factor = w.habits.cash
    if w.institution.agents:
        return _plan_at_agents(diary, n, person, customer, visited, draws, day, w)
    withdrawals = min(poisson(uniform(draws, _N_CASH), person.cash_per_day * factor), 3)
    for k in range(withdrawals if is_in_hand(person, DEBIT_CARD) else 0):
        plan_withdrawal(diary[n], person, customer, k, visited, day, w)
        n += not is_too_early(diary[n], person, w)
    if day.weekend == 0 and uniform(draws, _DEPOSIT) < min(person.deposit_per_day * 1.4 * factor, 1.0):
        plan_deposit(diary[n], person, customer, 0, visited, day, w)
        n += 1
    return n


@compiled
def _plan_at_agents(
    diary: npt.NDArray[np.void], n: int, person: Record, customer: int, visited: int, draws: np.uint64, day: Record,
    w: Record,
) -> int:  # fmt: skip
    """Wallets are filled when little is left in them, and emptied when money has come (assumption)."""
    low = person.balance[CURRENT] < person.income // 12
    full = person.balance[CURRENT] > person.income // 3
    out = person.cash_per_day * w.habits.cash * (2.5 if full else 0.2 if low else 1.0)
    for k in range(min(poisson(uniform(draws, _N_CASH), out), 3)):
        plan_withdrawal(diary[n], person, customer, k, visited, day, w)
        n += not is_too_early(diary[n], person, w)
    paid_in = person.deposit_per_day * w.habits.cash * (2.5 if low else 0.3 if full else 1.0)
    for k in range(min(poisson(uniform(draws, _DEPOSIT), paid_in), 3)):
        plan_deposit(diary[n], person, customer, k, visited, day, w)
        n += not is_too_early(diary[n], person, w)
    return n


@compiled
def _plan_agreements(
    diary: npt.NDArray[np.void], n: int, person: Record, contracts: npt.NDArray[np.void], customer: int,
    draws: np.uint64, day: Record, w: Record,
) -> int:  # fmt: skip
    """Bills and income that fall due today."""
    if person.due_mask & (day.due | np.uint32(1 << day.day_of_month)):
        for k in range(N_CONTRACTS):
            if falls_due(contracts[k], day):
                planned = plan_contract(diary[n], contracts[k], person, customer, k, day, w)
                n += planned and means_to_pay(diary[n], person, w)
    if person.pay_day > 0:
        paid = (np.uint32(1) << np.uint32(person.pay_day)) & day.due
        incomes = 1 if paid else 0
    else:
        incomes = min(poisson(uniform(draws, _INCOME), 0.31), 3) if day.weekend == 0 else 0
    if w.habits.income > 0.0 and person.paid_elsewhere == 0:
        for k in range(incomes):
            plan_income(diary[n], person, customer, k, day, w)
            n += 1
    if day.day_of_month == 1 and w.institution.external == 0:
        for k in range(3):
            n += plan_bank_charge(diary[n], person, customer, k, day, w)
    return n


@compiled
def _plan_transfers(
    diary: npt.NDArray[np.void], n: int, person: Record, customer: int, visited: int, draws: np.uint64, day: Record,
    w: Record,
) -> int:  # fmt: skip
    wanted = person.transfer_per_day * w.habits.transfers
    if w.institution.pushes:  # the phone is at hand for shops and friends alike, and so are its spells
        wanted *= _spell(person, customer, day.number, w)
    for k in range(min(poisson(uniform(draws, _N_TRANSFERS), wanted), 12)):
        plan_transfer(diary[n], person, customer, k, visited, day, w)
        n += means_to_pay(diary[n], person, w)
    received = person.transfer_per_day * w.habits.receipts * (1.0 - w.habits.friend_share)
    if received > 0.0:
        for k in range(min(poisson(uniform(draws, _N_RECEIPTS), received), 12)):
            plan_receipt(diary[n], person, customer, k, day, w)
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


@kernel
def pending_refunds(
    people: npt.NDArray[np.void], favourites: npt.NDArray[np.int64], first: int, days: npt.NDArray[np.void],
    worlds: npt.NDArray[np.void], orders: npt.NDArray[np.void], out: npt.NDArray[np.void],
) -> int:  # fmt: skip
    """Refunds still to come of purchases made before day 0, which ``days`` holds; returns how many were written to
    ``out``. ``orders`` is room for what one customer buys in a day.

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
