"""Cash: withdrawals at machines, deposits at the counter; both at agents where the money is in wallets."""

from __future__ import annotations

import numpy as np

from fintxsim.behaviour.draft import clear
from fintxsim.behaviour.outings import city_at, off_the_way
from fintxsim.behaviour.prices import agent_sum, cash_amount
from fintxsim.behaviour.purchases import use_card
from fintxsim.behaviour.timing import offset_at, time_of_day, to_utc
from fintxsim.compiled import Record, compiled
from fintxsim.numerics import exp, normal_quantile
from fintxsim.population.categories import CASH_AGENT, CASH_MACHINE, Hours
from fintxsim.population.merchants import draw_rank, profile, rank_of, reads_stripe, tenant, terminals_of
from fintxsim.population.people import CREDIT_CARD, CURRENT, DEBIT_CARD, is_in_hand
from fintxsim.streams import Purpose, stream, uniform
from fintxsim.vocabulary import Channel, Direction, EntryMode, Rail, TransactionType

_K_CASH, _K_MERCHANT, _K_AUTHORISE = int(Purpose.CASH), int(Purpose.MERCHANT), int(Purpose.AUTHORISE)
_CASH_HOURS, _OFFICE_HOURS = int(Hours.CASH), int(Hours.OFFICE)
CASH_ADVANCE_SHARE = 0.06  # of withdrawals by holders of a credit card, made with it (assumption)
PAID_IN = 1.5  # paid in at once for what is taken out, since most of it is spent from the wallet (assumption)
_DEPOSIT = 32  # ordinals of deposits follow those of withdrawals


@compiled
def plan_withdrawal(
    draft: Record, person: Record, customer: int, ordinal: int, visited: int, day: Record, w: Record,
) -> None:  # fmt: skip
    clear(draft)
    draws = stream(w.keys[_K_CASH], customer, day.number * 64 + ordinal)
    draft.draw = stream(w.keys[_K_AUTHORISE], customer, day.number * 256 + 96 + ordinal)
    withdraw(draft, person, customer, visited, draws, day, w)


@compiled
def withdraw(
    draft: Record, person: Record, customer: int, visited: int, draws: np.uint64, day: Record, w: Record
) -> None:
    """Cash from a machine where the customer is at the time."""
    draft.customer = customer
    draft.type = TransactionType.CASH_WITHDRAWAL
    draft.channel = Channel.ATM
    if w.institution.agents:
        go_to(draft, person, CASH_AGENT, visited, draws, day, w)
        draft.amount = _from_wallet(person, uniform(draws, 4), w)
        draft.billing = draft.amount
        at_agent(draft, w)
        return
    go_to(draft, person, CASH_MACHINE, visited, draws, day, w)
    state = profile(w.keys[_K_MERCHANT], draft.merchant)
    is_old = reads_stripe(state, draft.terminal, draft.merchant_country > 0)
    draft.entry = _read_at_machine(draft, is_old, uniform(draws, 6))
    advance = person.has_credit and uniform(draws, 7) < CASH_ADVANCE_SHARE and is_in_hand(person, CREDIT_CARD)
    use_card(draft, person, CREDIT_CARD if advance else DEBIT_CARD)
    _notes(draft, person, draws, w)


@compiled
def go_to(draft: Record, person: Record, category: int, visited: int, draws: np.uint64, day: Record, w: Record) -> None:
    """A machine or agent where the customer is, and the time there."""
    local = time_of_day(w.hours, _CASH_HOURS, day.weekend, uniform(draws, 3))
    place = city_at(person, visited, local)
    rank = draw_rank(uniform(draws, 1), w.sizes[place, category])
    draft.merchant = tenant(w.keys[_K_MERCHANT], place, category, rank, day.date, w.lease)
    draft.category = category
    draft.merchant_country = w.city_country[place]
    state = profile(w.keys[_K_MERCHANT], draft.merchant)
    draft.terminal = int(uniform(draws, 2) * terminals_of(state, rank_of(draft.merchant)))
    zone = day.zones[w.city_zone[place]]
    draft.time = to_utc(day, zone, local if visited >= 0 else off_the_way(person, local))
    draft.offset = offset_at(zone, draft.time)


@compiled
def at_agent(draft: Record, w: Record) -> None:
    """Cash for wallet money, or the other way round, over an agent's counter."""
    draft.rail = w.institution.rail
    draft.channel = Channel.BRANCH
    draft.entry = EntryMode.NONE


@compiled
def _change(person: Record, u: float, w: Record) -> float:
    """Money that somebody wants to change, in units of about one euro."""
    category, home = w.categories[CASH_AGENT], w.countries[0]
    wanted = exp(category.log_median + 0.8 * person.spend + category.sigma * normal_quantile(u))
    return wanted * home.minor / home.step


@compiled
def _from_wallet(person: Record, u: float, w: Record) -> int:
    """A round sum, not more than there is in the wallet this morning unless that is next to nothing."""
    step = w.countries[0].step
    units = min(_change(person, u, w), max(person.balance[CURRENT] / step, 1.0))
    return max(int(agent_sum(units) * step + 0.5), 1)


@compiled
def _read_at_machine(draft: Record, is_old: bool, u: float) -> int:
    """Machines read chips, but for old ones, and some chips fail (assumption)."""
    if draft.merchant_country > 0 and is_old:
        return EntryMode.MAGSTRIPE
    return EntryMode.FALLBACK if is_old or u > 0.992 else EntryMode.CHIP


@compiled
def _notes(draft: Record, person: Record, draws: np.uint64, w: Record) -> None:
    """Amount in the notes of the country."""
    country, home = w.countries[draft.merchant_country], w.countries[0]
    category = w.categories[CASH_MACHINE]
    wanted = exp(category.log_median + 0.8 * person.spend + category.sigma * normal_quantile(uniform(draws, 4)))
    notes = cash_amount(wanted * country.rate * country.minor / country.step, uniform(draws, 5))
    draft.amount = int(notes * country.step + 0.5)
    draft.currency = int(country.currency)
    converted = draft.amount / (country.rate * country.minor) * home.minor
    draft.billing = draft.amount if draft.currency == 0 else int(converted + 0.5)


@compiled
def plan_deposit(
    draft: Record, person: Record, customer: int, ordinal: int, visited: int, day: Record, w: Record
) -> None:
    """Cash paid in at the counter: takings of a shop, savings of a household; at an agent, what is to be spent."""
    clear(draft)
    draws = stream(w.keys[_K_CASH], customer, day.number * 64 + _DEPOSIT + ordinal)
    draft.draw = stream(w.keys[_K_AUTHORISE], customer, day.number * 256 + 96 + _DEPOSIT + ordinal)
    draft.customer = customer
    draft.type = TransactionType.CASH_DEPOSIT
    if w.institution.agents:
        units = PAID_IN * _change(person, uniform(draws, 4), w)
        pay_in_at_agent(draft, person, visited, units, draws, day, w)
        return
    draft.rail = Rail.CASH
    draft.channel = Channel.BRANCH
    draft.direction = Direction.CREDIT
    zone = day.zones[w.city_zone[person.city]]
    draft.time = to_utc(day, zone, time_of_day(w.hours, _OFFICE_HOURS, 0, uniform(draws, 0)))
    draft.offset = offset_at(zone, draft.time)
    share = exp(0.8 * normal_quantile(uniform(draws, 1)))
    step = 5.0 * w.countries[0].step
    draft.amount = max(int(0.12 * person.income * share / step), 1) * int(step)
    draft.billing = draft.amount


@compiled
def pay_in_at_agent(
    draft: Record, person: Record, visited: int, units: float, draws: np.uint64, day: Record, w: Record
) -> None:
    """Fill the wallet with a round sum near so many units of about one euro."""
    go_to(draft, person, CASH_AGENT, visited, draws, day, w)
    at_agent(draft, w)
    draft.direction = Direction.CREDIT
    draft.amount = max(int(agent_sum(units) * w.countries[0].step + 0.5), 1)
    draft.billing = draft.amount
