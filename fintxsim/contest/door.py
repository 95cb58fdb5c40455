"""A campaign's way into the bank for one act; implements ``typologies.door.Door`` and keeps what was done."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fintxsim.bank.labels.cases import Case, Way
from fintxsim.behaviour import day as days
from fintxsim.behaviour import requests
from fintxsim.behaviour.bills import Contract
from fintxsim.behaviour.requests import BY_HOLDER, DRAWN
from fintxsim.contest.arena import Arena, Attempt, Seat
from fintxsim.population.people import (
    CREDIT,
    CURRENT,
    NOT_BLOCKED,
    SAVINGS,
    mobile_ip_code,
    outside_code,
    outside_device_code,
    tunnel_ip_code,
)
from fintxsim.streams import Draws, Purpose
from fintxsim.typologies.campaign import Campaign
from fintxsim.typologies.door import MULE_LEG, Answer, Hand, Part, Payee
from fintxsim.typologies.market import Shop, StolenCard
from fintxsim.vocabulary import EntryMode, EventType, Rail, ReasonCode, ResponseCode, Role

Tool = tuple[int, int, int]  # device, address and the address's country

MASK_OUTSIDE = (1 << 14) - 1  # how many accounts elsewhere a crew can have

_OWN: Tool = (BY_HOLDER, -1, -1)

_ACCOUNT = Way.ACCOUNT
_WAYS = tuple(Way.CARD_REMOTE if entry >= EntryMode.MANUAL else Way.CARD_PRESENT for entry in EntryMode)
_RESPONSES, _REASONS = ResponseCode.texts(), ReasonCode.texts()


def _payee_of(customer: int, payee: Payee) -> int:
    """A number for one customer's knowing one payee."""
    account = payee.customer if payee.customer >= 0 else (1 << 31) + payee.ordinal
    return (customer << 32) + account


class BankDoor:
    """``owner`` numbers the crew among all owners of devices and outside accounts; ``part`` is the typology's own.

    ``cases`` are the fraud desk's, by campaign and customer: of them only whether somebody has spoken can be noticed.
    """

    def __init__(
        self, arena: Arena, campaign: Campaign, owner: int, draws: Draws, part: Part, resets: dict[int, int],
        cases: Mapping[tuple[int, int], Case],
    ) -> None:  # fmt: skip
        self._arena, self._campaign, self._part = arena, campaign, part
        self._owner, self._draws, self._resets, self._cases = owner, draws, resets, cases
        self._world, self._euro, self._draft, self._asked = arena.setting.world, arena.euro, arena.draft, arena.asked
        self.attempts: list[Attempt] = []

    # Cards.

    def pay_online(
        self, card: StolenCard, time: int, shop: Shop, amount: float, *, has_cvv: bool,
        pass_challenge: float | None = None, is_stored: bool = False, by: Hand = Hand.CREW, part: Part | None = None,
    ) -> Answer:  # fmt: skip
        seat = self._arena.seat(card.customer)
        requests.order_online(
            self._draft, seat.people, seat.today.block.favourites, seat.index, card.customer, time, card.slot,
            card.generation, shop.merchant, float(amount), *self._tool(by), has_cvv, card.has_address,
            is_stored, -1.0 if pass_challenge is None else float(pass_challenge), self._luck(), self._arena.day,
            self._world,
        )  # fmt: skip
        return self._submit(seat, part)

    def pay_in_person(
        self, card: StolenCard, time: int, shop: Shop, amount: float, *, entry: EntryMode, knows_pin: bool,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        seat = self._arena.seat(card.customer)
        requests.order_in_person(
            self._draft, card.customer, time, card.slot, card.generation, shop.merchant, shop.terminal, float(amount),
            int(entry), knows_pin, self._luck(), self._arena.day, self._world,
        )  # fmt: skip
        return self._submit(seat, part)

    def refund(
        self, card: StolenCard, time: int, shop: Shop, amount: float, *, original: int | None = None,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        seat = self._arena.seat(card.customer)
        requests.order_refund(
            self._draft, seat.people, seat.index, card.customer, time, card.slot, card.generation,
            shop.merchant, shop.terminal, float(amount), -1 if original is None else original, self._luck(),
            self._arena.day, self._world,
        )  # fmt: skip
        return self._submit(seat, part)

    # Accounts.

    def transfer(
        self, customer: int, time: int, payee: Payee, amount: float, *, rail: Rail, pass_challenge: float,
        by: Hand = Hand.CREW, part: Part | None = None,
    ) -> Answer:  # fmt: skip
        if by == Hand.CREW and not self._still_open(customer):
            return Answer(approved=False, code="AG01", time=time)
        seat = self._arena.seat(customer)
        known = _payee_of(customer, payee)
        self._order_transfer(seat, time, payee, amount, int(rail), pass_challenge, by, known)
        answer = self._submit(seat, part, payee=self._asked["counterparty"].item())
        if answer.approved:
            self._campaign.payees.append(known)
            if payee.customer >= 0:
                self._deliver(seat, payee.customer)
        return answer

    def _order_transfer(
        self, seat: Seat, time: int, payee: Payee, amount: float, rail: int, pass_challenge: float, by: Hand,
        known: int,
    ) -> None:  # fmt: skip
        first = known not in self._campaign.payees
        country = self._country_of(payee)
        match = DRAWN if payee.match is None else int(payee.match)
        requests.order_transfer(
            self._draft, seat.people, seat.index, seat.customer, time, payee.customer,
            outside_code(self._owner, payee.ordinal & MASK_OUTSIDE), first, country, match, float(amount), rail,
            *self._tool(by), float(pass_challenge), self._luck(), self._arena.day, self._world,
        )  # fmt: skip

    def _deliver(self, sender: Seat, receiver: int) -> None:
        """The receiver has the money at once, because he is part of this campaign: others wait for the day's end."""
        place = int(sender.today.counts[days.ROWS]) - 1
        time = int(sender.today.rows["time"][place])
        seat = self._arena.enter(receiver, time)
        credit = sender.today.rows[place : place + 1]
        days.credit_now(seat.people, seat.index, credit, seat.today.books)
        self.attempts.append(Attempt(time, receiver, -1, int(credit["billing"][0]), True, MULE_LEG, Way.ACCOUNT))

    def move_savings(self, customer: int, time: int, amount: float, *, by: Hand = Hand.CREW) -> Answer:
        if by == Hand.CREW and not self._still_open(customer):
            return Answer(approved=False, code="AG01", time=time)
        seat = self._arena.seat(customer)
        requests.order_transfer(
            self._draft, seat.people, seat.index, customer, time, customer, -1, False, 0, DRAWN, float(amount),
            int(Rail.INSTANT), *self._tool(by), 1.0, self._luck(), self._arena.day, self._world,
        )  # fmt: skip
        return self._submit(seat, None, is_kept=False)

    def receive(
        self, customer: int, time: int, payer: int, amount: float, *, rail: Rail, credit: bool = False,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        seat = self._arena.seat(customer)
        self._order_receipt(seat, time, payer, amount, rail, credit=credit)
        return self._submit(seat, part)

    def bounce(
        self, customer: int, time: int, payer: int, amount: float, *, original: int, rail: Rail, credit: bool = False,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        seat = self._arena.seat(customer)
        self._order_receipt(seat, original, payer, amount, rail, credit=credit)
        requests.order_bounce(self._draft, time, self._luck())
        return self._submit(seat, part)

    def deposit_cash(self, customer: int, time: int, amount: float, *, part: Part | None = None) -> Answer:
        seat = self._arena.seat(customer)
        self._order_receipt(seat, time, None, amount, Rail.CASH, credit=False)
        return self._submit(seat, part)

    def _order_receipt(
        self, seat: Seat, time: int, payer: int | None, amount: float, rail: Rail, *, credit: bool
    ) -> None:
        """Money from one of the crew's accounts elsewhere; without a payer, cash."""
        code = -1 if payer is None else outside_code(self._owner, payer & MASK_OUTSIDE)
        requests.order_receipt(
            self._draft, seat.people, seat.index, seat.customer, time, code, float(amount), int(rail),
            CREDIT if credit else CURRENT, self._luck(), self._arena.day, self._world,
        )  # fmt: skip

    # Without money.

    def log_in(self, customer: int, time: int, *, succeeds: bool) -> bool:
        right = succeeds and self._still_open(customer)
        if right and self._campaign.stage == 0:
            self._note(EventType.NEW_DEVICE, customer, time)
            time += 6_000_000
        self._note(EventType.LOGIN if right else EventType.LOGIN_FAILED, customer, time)
        return right

    def change_contact(self, customer: int, time: int, *, sim_swap: bool) -> None:
        if sim_swap:
            self._note(EventType.SIM_SWAP_SIGNAL, customer, time)
        self._note(EventType.CONTACT_CHANGE, customer, time)

    def raise_limit(self, customer: int, time: int, factor: float) -> None:
        self._arena.enter(customer, time)
        step = int(100 * self._euro)
        limit = self._arena.people["limit"][customer]
        limit[CREDIT] = int(limit[CREDIT] * factor) // step * step
        self._note(EventType.LIMIT_CHANGE, customer, time, by=Hand.HOLDER, account=CREDIT)
        self._arena.limits.append((time, customer, int(limit[CREDIT])))

    def still_believes(self, customer: int) -> bool:
        case = self._cases.get((self._campaign.number, customer))
        return case is None or not case.is_heard(self._campaign.next_time)

    def stop_repaying(self, customer: int) -> None:
        seat = self._arena.seat(customer)
        contracts = seat.today.block.contracts[seat.index]
        contracts["kind"][contracts["kind"] == Contract.CARD_REPAYMENT] = 0

    def take_card(self, customer: int, slot: int, time: int) -> bool:
        seat = self._arena.enter(customer, time)
        of = self._arena.people
        if of["card_taken"][customer, slot] == 1 or of["card_back_day"][customer, slot] != NOT_BLOCKED:
            return False
        seat.today.lose_card(seat.index, slot)
        return True

    def balance(self, customer: int, *, savings: bool = False) -> float:
        return self._available(customer, SAVINGS if savings else CURRENT)

    def credit_left(self, customer: int) -> float:
        return self._available(customer, CREDIT)

    def _available(self, customer: int, account: int) -> float:
        """Euros that can be spent now. Whoever's credentials were reset sees nothing."""
        if self._part.role == Role.VICTIM and not self._part.authorised_party and not self._still_open(customer):
            return 0.0
        self._arena.enter(customer, self._campaign.next_time)
        of = self._arena.people
        there: int = of["balance"][customer, account].item() + of["limit"][customer, account].item()
        return max(there, 0) / self._euro

    # How it is done.

    def _submit(self, seat: Seat, part: Part | None, *, is_kept: bool = True, payee: int = -1) -> Answer:
        """Through the bank's door, before the day is over. What is kept goes to truth/."""
        asked = self._asked
        asked["time"][0] = min(asked["time"].item(), self._arena.latest)
        approved = seat.today.attempt(seat.index, self._draft)
        self._campaign.step += 1
        time, slot, billing = asked["time"].item(), asked["card_slot"].item(), asked["billing"].item()
        if is_kept:
            way = _WAYS[asked["entry"].item()] if slot >= 0 else _ACCOUNT
            part = part or self._part
            self.attempts.append(Attempt(time, seat.customer, slot, billing, approved, part, way, payee))
        return Answer(approved, self._code(approved=approved), time, billing / self._euro)

    def _code(self, *, approved: bool) -> str:
        if self._asked["card_slot"].item() >= 0:
            return _RESPONSES[int(self._asked["response"].item())]
        return "" if approved else _REASONS[int(self._asked["reason"].item())]

    def _note(self, kind: EventType, customer: int, time: int, *, by: Hand = Hand.CREW, account: int = CURRENT) -> None:
        seat = self._arena.enter(customer, time)
        today, spans = seat.today, seat.today.diaries["event_span"]
        today.make_room()
        today.counts[days.EVENTS] = requests.note_event(
            today.events, int(today.counts[days.EVENTS]), int(kind), time, int(spans[seat.index]), seat.people,
            seat.index, customer, *self._tool(by), -1 if kind <= EventType.NEW_DEVICE else account, self._luck(),
            self._arena.day, self._world,
        )  # fmt: skip
        spans[seat.index] = int(today.noted()["time"][-1]) >> self._arena.shift

    def _luck(self) -> np.uint64:
        return np.uint64(self._draws.bits(1_000_000 + self._campaign.step))

    def _still_open(self, customer: int) -> bool:
        """Whether stolen credentials still work: they do until the bank resets them."""
        return self._resets.get(customer, -(1 << 62)) < self._campaign.started

    def _tool(self, by: Hand) -> Tool:
        return _OWN if by == Hand.HOLDER else (self._device(), *self._network())

    def _device(self) -> int:
        """The crew's own device, or, once it has changed tools, one that nobody has seen before."""
        campaign = self._campaign
        fresh = 64 + campaign.number % 500 * 32 + campaign.rotation
        return outside_device_code(self._owner, fresh if campaign.rotation else campaign.tool)

    def _network(self) -> tuple[int, int]:
        """Address and country: a carrier's in the victims' country, or a tunnel's exit elsewhere."""
        campaign, countries = self._campaign, len(self._arena.setting.geography.countries)
        lot = Draws(self._arena.setting.keys[Purpose.STOLEN_DATA], campaign.number, 1 + campaign.rotation)
        if campaign.hides or countries == 1:
            return mobile_ip_code(np.uint64(lot.below(2048))), 0
        country = lot.below(countries)
        return tunnel_ip_code(country, np.uint64(lot.below(256))), country

    def _country_of(self, payee: Payee) -> int:
        """Of an account elsewhere: one in sixteen is abroad even if nobody meant it to be (assumption)."""
        countries, ordinal = len(self._arena.setting.geography.countries), payee.ordinal
        if payee.customer >= 0 or countries == 1:
            return 0
        return 1 + ordinal % (countries - 1) if payee.is_foreign or ordinal * 40_503 % 16 == 0 else 0
