"""Cash: withdrawals at machines, deposits at the counter."""

from __future__ import annotations

from fintxsim.population.categories import CASH_AGENT, CASH_MACHINE, Hours
from fintxsim.streams import Purpose
from fintxsim.vocabulary import Channel, Direction, EntryMode, Rail, TransactionType
from tests.oracle.arithmetic import exp, normal_quantile
from tests.oracle.draws import Stream
from tests.oracle.merchants import find, pick_terminal, reads_stripe
from tests.oracle.outings import city_at, off_the_way
from tests.oracle.prices import cash_amount, nearest
from tests.oracle.purchases import holds, use_card
from tests.oracle.records import CREDIT_CARD, CURRENT, DEBIT_CARD, Draft, Scene
from tests.oracle.timing import offset_at, time_of_day, to_utc

_DEPOSIT = 32


def plan_withdrawal(scene: Scene, ordinal: int) -> Draft:
    draft = Draft(scene.number, scene.bank_luck(96 + ordinal))
    withdraw(draft, scene, scene.of_today(Purpose.CASH, ordinal))
    return draft


def withdraw(draft: Draft, scene: Scene, luck: Stream) -> None:
    """Cash from a machine where the customer is, with the debit card."""
    draft.type, draft.channel = TransactionType.CASH_WITHDRAWAL, Channel.ATM
    if scene.institution.agents:
        _meet_agent(draft, scene, luck)
        there = max(scene.person.balance[CURRENT] / scene.home.step, 1.0)
        draft.amount = draft.billing = _round_sum(scene, min(_wanted_from_agent(scene, luck), there))
        return
    _go(draft, scene, CASH_MACHINE, luck)
    draft.entry = _entry_at_machine(draft, scene, luck.uniform(6))
    on_credit = bool(scene.person.has_credit) and luck.uniform(7) < 0.06 and holds(scene.person, CREDIT_CARD)
    use_card(draft, scene, CREDIT_CARD if on_credit else DEBIT_CARD)
    _choose_notes(draft, scene, luck)


def _go(draft: Draft, scene: Scene, category: int, luck: Stream) -> None:
    """To a machine or agent where the customer is, by fame."""
    world = scene.world
    local = time_of_day(world, Hours.CASH, scene.day.weekend, luck.uniform(3))
    city = city_at(scene, local)
    draft.merchant = find(scene, city, category, luck.uniform(1), scene.day.date)
    draft.category, draft.merchant_country = category, world.city_country[city]
    draft.terminal = pick_terminal(world, draft.merchant, luck.uniform(2))
    zone = scene.zone_of(city)
    draft.time = to_utc(scene.day, zone, off_the_way(scene, local))
    draft.offset = offset_at(zone, draft.time)


def _meet_agent(draft: Draft, scene: Scene, luck: Stream) -> None:
    _go(draft, scene, CASH_AGENT, luck)
    draft.rail, draft.channel, draft.entry = scene.institution.rail, Channel.BRANCH, EntryMode.NONE


def _wanted_from_agent(scene: Scene, luck: Stream) -> float:
    """In units of about one euro."""
    agent = scene.world.categories[CASH_AGENT]
    wanted = exp(agent.log_median + 0.8 * scene.person.spend + agent.sigma * normal_quantile(luck.uniform(4)))
    return wanted * scene.home.minor / scene.home.step


def _round_sum(scene: Scene, units: float) -> int:
    """Small sums to the half unit, middling ones to the unit, large ones to five."""
    grain = 0.5 if units < 10.0 else 1.0 if units < 50.0 else 5.0
    return max(int(nearest(units, grain, grain) * scene.home.step + 0.5), 1)


def _entry_at_machine(draft: Draft, scene: Scene, u: float) -> int:
    """The chip, unless the machine is old or the chip fails."""
    is_abroad = bool(draft.merchant_country > 0)
    is_old = reads_stripe(scene.world, draft.merchant, draft.terminal, is_abroad=is_abroad)
    if is_abroad and is_old:
        return EntryMode.MAGSTRIPE
    return EntryMode.FALLBACK if is_old or u > 0.992 else EntryMode.CHIP


def _choose_notes(draft: Draft, scene: Scene, luck: Stream) -> None:
    """Amount in the notes of the country."""
    country, machine = scene.world.countries[draft.merchant_country], scene.world.categories[CASH_MACHINE]
    wanted = exp(machine.log_median + 0.8 * scene.person.spend + machine.sigma * normal_quantile(luck.uniform(4)))
    notes = cash_amount(wanted * country.rate * country.minor / country.step, luck.uniform(5))
    draft.amount = int(notes * country.step + 0.5)
    draft.currency = country.currency
    converted = draft.amount / (country.rate * country.minor) * scene.home.minor
    draft.billing = draft.amount if draft.currency == 0 else int(converted + 0.5)


def plan_deposit(scene: Scene, ordinal: int = 0) -> Draft:
    """Cash paid in at the counter: about an eighth of a month's income, in fives; at an agent half as much again as is
    taken out at a time."""
    luck = scene.of_today(Purpose.CASH, _DEPOSIT + ordinal)
    draft = Draft(scene.number, scene.bank_luck(96 + _DEPOSIT + ordinal))
    if scene.institution.agents:
        _meet_agent(draft, scene, luck)
        draft.type, draft.direction = TransactionType.CASH_DEPOSIT, Direction.CREDIT
        draft.amount = draft.billing = _round_sum(scene, 1.5 * _wanted_from_agent(scene, luck))
        return draft
    draft.type, draft.rail = TransactionType.CASH_DEPOSIT, Rail.CASH
    draft.channel, draft.direction = Channel.BRANCH, Direction.CREDIT
    draft.time = to_utc(scene.day, scene.home_zone, time_of_day(scene.world, Hours.OFFICE, 0, luck.uniform(0)))
    draft.offset = offset_at(scene.home_zone, draft.time)
    fives = 5.0 * scene.home.step
    share = exp(0.8 * normal_quantile(luck.uniform(1)))
    draft.amount = max(int(0.12 * scene.person.income * share / fives), 1) * int(fives)
    draft.billing = draft.amount
    return draft
