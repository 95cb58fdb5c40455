"""A customer's day.

1. Daily counters start afresh; expired cards are renewed, replacements arrive.
2. Everything that the customer wants today goes into a diary, in order of time; refunds that fall due today as well.
3. Entry by entry: its microsecond, the bank's answer, and what goes with it: a login before, a retry, a reversal, a
   refund on a later day, the other side of a transfer.

A day may be lived in parts, up to a moment each; in between, others may make requests in the customer's name.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from fintxsim.behaviour.bills import Contract
from fintxsim.population.categories import CATEGORIES
from fintxsim.streams import Purpose
from fintxsim.vocabulary import Channel, Direction, EntryMode, IncumbentAction, TransactionType
from tests.oracle import aftermath, codes, sessions
from tests.oracle.arithmetic import exp, normal_quantile, poisson, single
from tests.oracle.authorise import Books, authorise, post
from tests.oracle.bills import FEE, INTEREST_OWED, INTEREST_PAID, plan_bank_charge, plan_contract, plan_income
from tests.oracle.cash import plan_deposit, plan_withdrawal
from tests.oracle.draws import Stream
from tests.oracle.episodes import episodes_on
from tests.oracle.lookalikes import destination, earlier_returns, live_episodes
from tests.oracle.merchants import place_of
from tests.oracle.outings import city_at, is_too_early, journey_ends, off_the_way, outing
from tests.oracle.purchases import check_card_first, find_card, holds, plan_purchase, plan_routine, sees_the_money
from tests.oracle.records import (
    CARD_LOST,
    CARD_OK,
    CREDIT_CARD,
    CURRENT,
    DEBIT_CARD,
    NOT_BLOCKED,
    NULL,
    SAVINGS,
    Customer,
    Draft,
    Event,
    Record,
    Scene,
)
from tests.oracle.timing import DAY, MINUTE, inside, offset_at, row_time, span_of, to_utc
from tests.oracle.transfers import (
    plan_own_transfer,
    plan_receipt,
    plan_top_up,
    plan_transfer,
    recognise_payee,
    remember_payee,
)

_N_PURCHASES, _ROUTINE, _N_CASH, _DEPOSIT, _N_TRANSFERS, _TOP_UP, _N_LOGINS, _INCOME, _PULL, _LOST = range(10)
_N_RECEIPTS = 12
_CARD_LIFE_DAYS = 1460
_LOST_PER_DAY = 1.0 / 2500.0


@dataclass
class OpenDay:
    """A day under way: what is still in the diary, and what has been written so far."""

    scene: Scene
    books: Books
    diary: list[Draft] = field(default_factory=list)
    rows: list[Draft] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    refunds: list[Draft] = field(default_factory=list)  # of coming days
    last_span: int = 0

    def __post_init__(self) -> None:
        self._session_lane = sessions.Lane(self.scene, sessions.AROUND_PAYING)

    def live(self, until: int) -> None:
        """Live the diary up to a moment."""
        while self.diary and self.diary[0].time < until:
            draft = self.diary.pop(0)
            approved = self._enter(draft)
            self._log_in(draft)
            self._follow_up(draft, approved=approved)
            self._write(draft, approved=approved)

    def attempt(self, draft: Draft) -> bool:
        """A request by somebody else in the customer's name, through the same door."""
        approved = self._enter(draft)
        self._log_in(draft)
        self._write(draft, approved=approved)
        return approved

    def lose_card(self, slot: int) -> None:
        """Somebody takes a card: what was to be paid with it in person is paid with the other one, or not by card."""
        self.scene.person.card_taken[slot] = 1
        self.diary = [draft for draft in self.diary if self._can_still_be_paid(draft)]

    def _can_still_be_paid(self, draft: Draft) -> bool:
        if draft.direction == Direction.CREDIT:
            return True
        if draft.channel == Channel.ATM:
            return holds(self.scene.person, draft.card_slot)
        return find_card(draft, self.scene)

    def _log_in(self, draft: Draft) -> None:
        if draft.session != NULL:
            self.events += sessions.around_payment(self._session_lane, draft)

    def _enter(self, draft: Draft) -> bool:
        """A microsecond of its own, later than all rows before, and the bank's answer."""
        day = self.scene.day
        self.last_span = max(span_of(day, draft.time), self.last_span + 1)
        draft.time = row_time(self.scene, self.last_span, 0, draft.customer)
        if draft.transfer != NULL:
            draft.transfer = draft.time
        recognise_payee(self.scene.person, draft)
        approved = authorise(self.scene, draft, self.books)
        if approved:
            remember_payee(self.scene.person, draft)
        return approved

    def _follow_up(self, draft: Draft, *, approved: bool) -> None:
        """What a card payment leads to; what happens today joins the diary."""
        scene = self.scene
        is_purchase = draft.type == TransactionType.PURCHASE
        if (draft.card_slot == NULL and not is_purchase) or draft.direction == Direction.CREDIT:
            return
        if not approved:
            if draft.card_slot != NULL and aftermath.tries_again(draft, scene):
                self._join(aftermath.retry(draft, scene))
        elif aftermath.is_reversed(draft, scene):
            self._join(aftermath.reversal(draft, scene))
        elif aftermath.is_refunded(draft, scene):
            self.refunds.append(aftermath.refund(draft, scene))

    def _join(self, draft: Draft) -> None:
        insort(self.diary, draft, key=lambda entry: entry.time)

    def _write(self, draft: Draft, *, approved: bool) -> None:
        self.rows.append(draft)
        if approved and draft.friend != NULL:
            self.rows.append(self._credit_side(draft))

    def _credit_side(self, draft: Draft) -> Draft:
        """The row of the account that gets the money. One's own has it at once, a friend's when the day is over."""
        scene = self.scene
        span = span_of(scene.day, draft.time) + 1
        credit = replace(
            draft,
            time=row_time(scene, span, 1, draft.customer),
            customer=draft.friend,
            account=codes.kind_of(draft.counterparty),
            counterparty=codes.account(draft.customer, draft.account),
            counterparty_country=0,
            direction=Direction.CREDIT,
            score=0.0,
            action=IncumbentAction.APPROVE,
            new_device=0,
            **dict.fromkeys(("payee_new", "name_match", "device", "ip", "ip_country", "session"), NULL),
        )
        if draft.friend == draft.customer:
            post(scene.person, credit, self.books)
        return credit


def open_day(customer: Customer, day: Record, world: Record, due: list[Draft], books: Books) -> OpenDay:
    """Begin a day: plan it, and add the refunds that fall due."""
    scene = Scene(customer, day, world)
    today = OpenDay(scene, books)
    lane = sessions.Lane(scene, sessions.AROUND_LOOKING)
    today.events += _new_day(scene, lane)
    under_way = episodes_on(scene, day.number)
    scene.visited = destination(scene, day.number)
    if day.number > 0:
        scene.arrival = journey_ends(scene, destination(scene, day.number - 1))
    if not (scene.is_away or scene.arrival or under_way):  # who has something special going on stays at home
        scene.outing = outing(scene)
    luck = scene.stream(Purpose.LIFE, day.number)
    today.diary += _purchases(scene, luck)
    today.diary += _cash(scene, luck)
    today.diary += _agreements(scene, luck)
    today.diary += _transfers(scene, luck)
    live_episodes(scene, under_way, today.diary, today.events, lane)
    today.events += _logins(scene, luck, lane)
    today.diary += [_arrived(refund, scene) for refund in due]
    today.diary.sort(key=lambda entry: entry.time)
    return today


def _arrived(refund: Draft, scene: Scene) -> Draft:
    """A refund of earlier days, now by the clock at the customer's home; by post if he is not at the shop."""
    time, zone = inside(scene.day, refund.time), scene.home_zone
    local = (time + offset_at(zone, time) * MINUTE) % DAY
    if refund.channel == Channel.POS:
        if scene.is_away or time < scene.arrival or place_of(refund.merchant) != city_at(scene, local):
            refund = replace(refund, channel=Channel.MOTO, entry=EntryMode.MANUAL)
        else:
            time = to_utc(scene.day, zone, off_the_way(scene, local))
    return replace(refund, time=time, offset=offset_at(zone, time))


def _new_day(scene: Scene, lane: sessions.Lane) -> list[Event]:
    """A card is renewed on the day after it expires, and on the day on which a replacement arrives; some get lost."""
    person, number = scene.person, scene.day.number
    person.card_day_spent, person.card_day_count = [0, 0], [0, 0]
    events = []
    slots = (DEBIT_CARD, CREDIT_CARD) if person.has_credit else (DEBIT_CARD,)
    for slot in () if scene.institution.pushes else slots:
        arrives = NOT_BLOCKED < person.card_back_day[slot] <= number
        _perhaps_lose_card(scene, slot)
        if arrives or person.card_expiry_day[slot] < number:
            if not arrives:
                person.card_status[slot] = CARD_OK
            person.card_back_day[slot] = NOT_BLOCKED
            person.card_generation[slot] += 1
            person.card_taken[slot] = 0
            person.card_expiry_day[slot] = number + _CARD_LIFE_DAYS
            events.append(sessions.card_reissued(scene, lane, slot))
    return events


def _perhaps_lose_card(scene: Scene, slot: int) -> None:
    """Every seven years or so; the next card comes two to seven days later."""
    u = scene.stream(Purpose.LIFE, scene.day.number).uniform(_LOST + slot) / _LOST_PER_DAY
    if u < 1.0 and scene.person.card_back_day[slot] == NOT_BLOCKED:
        scene.person.card_status[slot] = CARD_LOST
        scene.person.card_back_day[slot] = scene.day.number + 2 + int(6.0 * u)


def _mood(scene: Scene) -> float:
    """Factor on today's purchases: season and shock, spells of zest and thrift, pay day, and the money that is left."""
    person, day = scene.person, scene.day
    factor = day.volume * _spell(scene) * (scene.world.habits.weekend if day.weekend else 1.0)
    if person.pay_day > 0:
        since_pay_day = (day.day_of_month - person.pay_day) % 31
        factor *= 1.28 if since_pay_day < 4 else 0.93 if since_pay_day > 24 else 1.0
    left = person.balance[CURRENT] + person.limit[CURRENT]
    if scene.institution.agents:
        return float(factor)  # what is at home counts too
    if left < person.income // 30:
        factor *= 0.08
    elif left < person.income // 8:
        factor *= 0.4
    elif left > 4 * person.income:
        factor *= 1.15
    return float(factor)


def _spell(scene: Scene) -> float:
    """Pauses and bursts: life is cut into spells of the customer's own length, each with its own zest."""
    shift, length = scene.stream(Purpose.SPELL, 1 << 20), scene.person.spell_days
    number = int((scene.day.number + 4000) / length + shift.uniform(0))
    phase = int(number / 25.0 + shift.uniform(1))
    for_days = _zest(scene, number, scene.person.burst * scene.world.habits.bursts)
    return single(for_days * _zest(scene, (1 << 21) + phase, 0.6 * scene.world.habits.phases))


def _zest(scene: Scene, number: int, sigma: float) -> float:
    """Log-normal of mean 1."""
    return exp(sigma * normal_quantile(scene.stream(Purpose.SPELL, number).uniform(0)) - 0.5 * sigma * sigma)


def _purchases(scene: Scene, luck: Stream) -> Iterator[Draft]:
    person, habits = scene.person, scene.world.habits
    wanted = person.activity * habits.purchases * _mood(scene) * (1.5 if scene.is_away else 1.0)
    for ordinal in range(min(poisson(luck.uniform(_N_PURCHASES), min(wanted, 28.0)), 40)):
        purchase = plan_purchase(scene, ordinal)
        if not find_card(purchase, scene) or not sees_the_money(purchase, scene) or is_too_early(scene, purchase):
            continue
        yield purchase
        check = check_card_first(purchase, scene)
        if check is not None:
            yield check
    at_work = not scene.day.weekend and not scene.is_away
    if at_work and luck.uniform(_ROUTINE) < person.routine * min(habits.routine, 1.0):
        routine = plan_routine(scene)
        if routine is not None and find_card(routine, scene) and sees_the_money(routine, scene):
            yield from _in_time(scene, routine)


def _cash(scene: Scene, luck: Stream) -> Iterator[Draft]:
    person, factor = scene.person, scene.world.habits.cash
    if scene.institution.agents:
        yield from _at_agents(scene, luck)
        return
    withdrawals = min(poisson(luck.uniform(_N_CASH), person.cash_per_day * factor), 3)
    for ordinal in range(withdrawals if holds(person, DEBIT_CARD) else 0):
        yield from _in_time(scene, plan_withdrawal(scene, ordinal))
    deposits = min(person.deposit_per_day * 1.4 * factor, 1.0)  # counters are open five days in seven
    if not scene.day.weekend and luck.uniform(_DEPOSIT) < deposits:
        yield plan_deposit(scene)


def _at_agents(scene: Scene, luck: Stream) -> Iterator[Draft]:
    """Out when there is much, in when there is little."""
    person, factor = scene.person, scene.world.habits.cash
    is_low, is_full = person.balance[CURRENT] < person.income // 12, person.balance[CURRENT] > person.income // 3
    out = person.cash_per_day * factor * (2.5 if is_full else 0.2 if is_low else 1.0)
    for ordinal in range(min(poisson(luck.uniform(_N_CASH), out), 3)):
        yield from _in_time(scene, plan_withdrawal(scene, ordinal))
    paid_in = person.deposit_per_day * factor * (2.5 if is_low else 0.3 if is_full else 1.0)
    for ordinal in range(min(poisson(luck.uniform(_DEPOSIT), paid_in), 3)):
        yield from _in_time(scene, plan_deposit(scene, ordinal))


def _in_time(scene: Scene, draft: Draft) -> list[Draft]:
    """None at all if it would be paid in person before today's journey is over."""
    return [] if is_too_early(scene, draft) else [draft]


def _agreements(scene: Scene, luck: Stream) -> Iterator[Draft]:
    """Bills, income and the bank's charges."""
    for ordinal, contract in enumerate(scene.customer.contracts):
        is_due = _falls_due(scene, contract.day)
        if contract.kind == Contract.SUBSCRIPTION:  # a card is charged on any day
            is_due = contract.day == scene.day.day_of_month
            if contract.weekly:
                is_due = (scene.day.number + contract.day) % 7 == 0
        if contract.kind > 0 and is_due:
            payment = plan_contract(scene, contract, ordinal)
            if payment is not None and sees_the_money(payment, scene):
                yield payment
    if scene.world.habits.income > 0.0 and not scene.person.paid_elsewhere:
        for ordinal in range(_incomes(scene, luck)):
            yield plan_income(scene, ordinal)
    if scene.day.day_of_month == 1 and not scene.institution.external:
        for charge in (FEE, INTEREST_PAID, INTEREST_OWED):
            booked = plan_bank_charge(scene, charge)
            if booked is not None:
                yield booked


def _falls_due(scene: Scene, day_of_month: int) -> bool:
    return bool(scene.day.due >> day_of_month & 1)


def _incomes(scene: Scene, luck: Stream) -> int:
    if scene.person.pay_day > 0:
        return int(_falls_due(scene, scene.person.pay_day))
    return 0 if scene.day.weekend else min(poisson(luck.uniform(_INCOME), 0.31), 3)


def _transfers(scene: Scene, luck: Stream) -> Iterator[Draft]:
    person, habits = scene.person, scene.world.habits
    wanted = person.transfer_per_day * habits.transfers * (_spell(scene) if scene.institution.pushes else 1.0)
    for ordinal in range(min(poisson(luck.uniform(_N_TRANSFERS), wanted), 12)):
        transfer = plan_transfer(scene, ordinal)
        if sees_the_money(transfer, scene):
            yield transfer
    received = person.transfer_per_day * habits.receipts * (1.0 - habits.friend_share)
    for ordinal in range(min(poisson(luck.uniform(_N_RECEIPTS), received), 12) if received > 0.0 else 0):
        yield plan_receipt(scene, ordinal)
    if luck.uniform(_TOP_UP) < person.top_up_per_day * habits.top_ups:
        yield plan_top_up(scene)
    amount = _to_pull_from_savings(scene)
    if amount > 0 and luck.uniform(_PULL) < 0.3:
        yield plan_own_transfer(scene, amount)


def _to_pull_from_savings(scene: Scene) -> int:
    """Half a month's income, in fifties of euros, when little is left on the account and there are savings."""
    person = scene.person
    if person.balance[CURRENT] >= person.income // 10 or person.balance[SAVINGS] <= person.income // 5:
        return 0
    fifty = max(int(50.0 * scene.world.bank.euro), 1)
    return int(min(person.balance[SAVINGS], person.income // 2) // fifty * fifty)


def _logins(scene: Scene, luck: Stream, lane: sessions.Lane) -> list[Event]:
    mean = scene.person.login_per_day * scene.world.habits.logins
    return sessions.browse(scene, lane, min(poisson(luck.uniform(_N_LOGINS), mean), 6))


MEAN_REFUND_SHARE = sum(category.share * category.refund_share for category in CATEGORIES)
HIGHEST_REFUND_SHARE = max(category.refund_share for category in CATEGORIES)
_MEAN_WAIT_DAYS = 9.5
_LONG_AGO = 1 << 20  # sets the ordinals of earlier purchases apart from those of all days


def earlier_refunds(customer: Customer, day: Record, world: Record) -> list[Draft]:
    """Refunds still to come of purchases made before day 0, which ``day`` is: a sample of what people bring back."""
    scene = Scene(customer, day, world)
    luck = scene.stream(Purpose.LIFE, -1)
    habits = world.habits
    mean = customer.person.activity * MEAN_REFUND_SHARE * _MEAN_WAIT_DAYS * habits.refunds * habits.purchases
    refunds = []
    for k in range(min(poisson(luck.uniform(0), mean), 8)):
        for trial in range(12):
            ordinal = 8 + 12 * k + trial
            bought = plan_purchase(scene, -_LONG_AGO - ordinal)
            if luck.uniform(ordinal) < world.categories[bought.category].refund_share / HIGHEST_REFUND_SHARE:
                break
        refunds.append(aftermath.refund(replace(bought, time=day.start - 1 - k), scene))
    return refunds + earlier_returns(scene)


def exchange(customers: Mapping[int, Customer], rows: list[Draft], books: Books) -> None:
    """When the day is over, friends have the money that was sent to them; whom a touched customer pays is touched."""
    for row in rows:
        if row.friend == NULL or codes.owner_of(row.counterparty) == row.customer:
            continue
        friend = customers[row.friend].person
        if row.direction == Direction.CREDIT:
            post(friend, row, books)
        else:
            friend.touched |= customers[row.customer].person.touched
