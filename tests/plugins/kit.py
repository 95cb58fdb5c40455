"""A market and a bank door made by hand, to see what a typology does before them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from typing import Any, ClassVar

from fintxsim.streams import Draws, purpose_key
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US, OVER, SECOND_US, WAITING, Campaign, Crew
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import BYSTANDER, Answer, Hand, Part, Payee
from fintxsim.typologies.market import Shop, Sighting, StolenCard, Wanted
from fintxsim.vocabulary import EntryMode, Rail, ReasonCode, ResponseCode

START = 1_767_225_600_000_000  # midnight
CUSTOMERS = 1000
HOME_CITIES = 50  # cities from this number on are abroad
USUAL = 250.0  # euros that every victim usually spends
SMALL_CHANGE = 5.0  # euros for which nobody takes a risk but to try a card
BALANCE = 10_000.0
CREDIT_LEFT = 4_000.0
MOST_ACTS = 2000
KEY = purpose_key(7, 1)
CARD_CODES = tuple(code.text for code in ResponseCode if code != ResponseCode._00)
REASON_CODES = tuple(code.text for code in ReasonCode)

MONEY = ("pay_online", "pay_in_person", "transfer", "receive", "bounce", "deposit_cash", "refund")
CAN_BE_DECLINED = MONEY[:3]

Verdict = Callable[[int], bool]  # number of the request -> approved


def approve(_: int) -> bool:
    return True


def decline(_: int) -> bool:
    return False


def alternate(number: int) -> bool:
    return number % 2 == 0


@dataclass
class FakeMarket:
    """Everybody's data is for sale; all customers live on UTC; shop number k of a category has code k."""

    forgets: bool = False  # it is long before the run
    pays_stripes: bool = False  # the home country does
    has_cash: ClassVar[bool] = True
    banks_are_open: bool = True
    has_transfers: ClassVar[bool] = True

    def pick_customers(self, draws: Draws, count: int, wanted: Wanted = Wanted.ONLINE) -> list[int]:
        first = draws.below(CUSTOMERS) + 131 * int(wanted)
        return [(first + k) % CUSTOMERS for k in range(count)]

    def pick_residents(self, draws: Draws, count: int, wanted: Wanted, city: int) -> list[int]:
        return self.pick_customers(draws, count, wanted)

    def stolen_card(self, customer: int, draws: Draws, *, slot: int | None = None) -> StolenCard:
        own = Draws(KEY, customer, -5)
        return StolenCard(customer, slot or 0, 0, own.uniform(0), True, USUAL)

    def own_card(self, customer: int, *, credit: bool) -> StolenCard:
        return StolenCard(customer, int(credit), 0, 0.0, True, USUAL)

    def web_shop(self, draws: Draws, category: str, *, foreign: bool = False, asks_cvv: bool | None = None) -> Shop:
        return Shop(draws.below(1000), category, int(foreign), -1)

    def shop_in(self, draws: Draws, category: str, city: int) -> Shop:
        return Shop(draws.below(1000), category, int(city >= HOME_CITIES), city)

    def young_shop(self, draws: Draws, category: str, *, online: bool, most_days: int) -> Shop:
        return Shop(1000 + draws.below(most_days), category, 0, -1 if online else 3)

    def favourite_shop(self, customer: int, draws: Draws) -> Shop:
        return Shop(2000 + customer * 8 + draws.below(8), "grocery", 0, 3)

    def is_forgotten(self, until: int) -> bool:
        return self.forgets

    def busy_terminal(self, draws: Draws, category: str) -> Shop:
        return Shop(draws.below(1000), category, 0, draws.below(HOME_CITIES), 0)

    def watch(self, shop: Shop) -> None:
        pass

    def cards_seen(self, shop: Shop, since: int) -> list[tuple[int, int, int]]:
        return [((shop.merchant + 3 * k) % CUSTOMERS, 0, since + k * HOUR_US) for k in range(120)]

    def whereabouts(self, customer: int, time: int) -> int:
        return customer % HOME_CITIES

    def next_pin(self, customer: int, slot: int, after: int) -> Sighting | None:
        return Sighting(after + HOUR_US, customer % HOME_CITIES) if customer % 4 == 0 else None

    def another_city(self, draws: Draws, city: int, *, abroad: bool) -> int:
        return HOME_CITIES + draws.below(50) if abroad else (city + 1 + draws.below(48)) % HOME_CITIES

    def local_time(self, customer: int, date_us: int, hour: float, *, city: int = -1) -> int:
        return date_us // DAY_US * DAY_US + int(hour * HOUR_US)

    def daytime(self, u: float, *, online: bool = True) -> float:
        return 7.0 + 16.0 * u if online else 8.0 + 12.0 * u


@dataclass(frozen=True)
class Ask:
    """One thing asked of the bank."""

    what: str
    customer: int
    time: int
    amount: float = 0.0
    target: object = None  # kind of shop, or account paid
    details: tuple[Any, ...] = ()
    part: Part | None = None
    is_approved: bool = field(default=True, compare=False)

    @property
    def is_fraud(self) -> bool:
        return self.what in MONEY and (self.part is None or self.part.is_fraud)

    @property
    def is_leg(self) -> bool:
        """Whether it passes proceeds on."""
        return self.part is not None and self.part.is_laundering and not self.part.is_fraud


@dataclass
class FakeDoor:
    """A bank that answers as it is told to, whatever is asked; the accounts always show the same balances."""

    verdict: Verdict = approve
    card_code: str = "05"
    reason: str = "FR01"
    opens: bool = True  # whether right credentials work
    wealth: float = BALANCE  # euros on every current account
    saved: float = BALANCE  # and on every savings account
    asks: list[Ask] = field(default_factory=list)
    has_card: bool = True  # whether the card is in the holder's purse
    stopped: list[int] = field(default_factory=list)  # customers who no longer pay their credit back
    doubts_after: int = 1 << 62  # payments, after which a victim has told the bank
    requests: Iterator[int] = field(default_factory=count)

    def pay_online(
        self, card: StolenCard, time: int, shop: Shop, amount: float, *, has_cvv: bool,
        pass_challenge: float | None = None, is_stored: bool = False, by: Hand = Hand.CREW, part: Part | None = None,
    ) -> Answer:  # fmt: skip
        details = (card, shop, has_cvv, pass_challenge, by, is_stored)
        self.asks.append(Ask("pay_online", card.customer, time, amount, shop.category, details, part))
        return self._card_answer(time, amount)

    def pay_in_person(
        self, card: StolenCard, time: int, shop: Shop, amount: float, *, entry: EntryMode, knows_pin: bool,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        details = (card, shop, entry, knows_pin)
        self.asks.append(Ask("pay_in_person", card.customer, time, amount, shop.category, details, part))
        return self._card_answer(time, amount)

    def transfer(
        self, customer: int, time: int, payee: Payee, amount: float, *, rail: Rail, pass_challenge: float,
        by: Hand = Hand.CREW, part: Part | None = None,
    ) -> Answer:  # fmt: skip
        self.asks.append(Ask("transfer", customer, time, amount, payee, (int(rail), pass_challenge, by), part))
        return self._account_answer(time, amount)

    def move_savings(self, customer: int, time: int, amount: float, *, by: Hand = Hand.CREW) -> Answer:
        self.asks.append(Ask("move_savings", customer, time, amount, details=(by,), part=BYSTANDER))
        return Answer(True, "", time, amount)

    def receive(
        self, customer: int, time: int, payer: int, amount: float, *, rail: Rail, credit: bool = False,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        self.asks.append(Ask("receive", customer, time, amount, payer, (int(rail), credit), part))
        return Answer(True, "", time, amount)

    def bounce(
        self, customer: int, time: int, payer: int, amount: float, *, original: int, rail: Rail, credit: bool = False,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        self.asks.append(Ask("bounce", customer, time, amount, payer, (original, int(rail), credit), part))
        return Answer(True, "", time, amount)

    def deposit_cash(self, customer: int, time: int, amount: float, *, part: Part | None = None) -> Answer:
        self.asks.append(Ask("deposit_cash", customer, time, amount, part=part))
        return Answer(True, "", time, amount)

    def refund(
        self, card: StolenCard, time: int, shop: Shop, amount: float, *, original: int | None = None,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        details = (card, shop, original)
        self.asks.append(Ask("refund", card.customer, time, amount, shop.category, details, part))
        return Answer(True, "00", time, amount)

    def take_card(self, customer: int, slot: int, time: int) -> bool:
        self.asks.append(Ask("take_card", customer, time, details=(slot,)))
        return self.has_card

    def log_in(self, customer: int, time: int, *, succeeds: bool) -> bool:
        self.asks.append(Ask("log_in", customer, time, details=(succeeds,)))
        return succeeds and self.opens

    def change_contact(self, customer: int, time: int, *, sim_swap: bool) -> None:
        self.asks.append(Ask("change_contact", customer, time, details=(sim_swap,)))

    def raise_limit(self, customer: int, time: int, factor: float) -> None:
        self.asks.append(Ask("raise_limit", customer, time, details=(factor,)))

    def still_believes(self, customer: int) -> bool:
        return sum(ask.customer == customer for ask in self.payments) < self.doubts_after

    def stop_repaying(self, customer: int) -> None:
        self.stopped.append(customer)

    def balance(self, customer: int, *, savings: bool = False) -> float:
        return self.saved if savings else self.wealth

    def credit_left(self, customer: int) -> float:
        return CREDIT_LEFT

    def _card_answer(self, time: int, amount: float) -> Answer:
        return self._answer(time, amount, "00", self.card_code)

    def _account_answer(self, time: int, amount: float) -> Answer:
        return self._answer(time, amount, "", self.reason)

    def _answer(self, time: int, amount: float, yes: str, no: str) -> Answer:
        approved = self.verdict(next(self.requests))
        self.asks[-1] = replace(self.asks[-1], is_approved=approved)
        return Answer(approved, yes if approved else no, time, amount)

    @property
    def payments(self) -> list[Ask]:
        """What the bank can decline of a campaign; what passes its proceeds on is not among them."""
        return [ask for ask in self.asks if ask.what in CAN_BE_DECLINED and not ask.is_leg]

    @property
    def frauds(self) -> list[Ask]:
        """Everything that counts towards the rate if it is approved."""
        return [ask for ask in self.asks if ask.is_fraud]

    @property
    def legs(self) -> list[Ask]:
        """What passes proceeds on."""
        return [ask for ask in self.asks if ask.is_leg]

    @property
    def takings(self) -> list[Ask]:
        """Payments that are worth the trouble: not those of nothing or little that only try a card."""
        return [ask for ask in self.payments if ask.amount > SMALL_CHANGE]


@dataclass
class Play:
    """A campaign of one crew before a door, act by act."""

    kind: Typology
    config: TypologyConfig
    number: int = 1
    door: FakeDoor = field(default_factory=FakeDoor)
    market: FakeMarket = field(default_factory=FakeMarket)
    is_stored: bool = False  # all state goes through JSON between acts
    acts: int = 0
    turn: int = 0  # when it was called, or began if it does not wait

    def __post_init__(self) -> None:
        self.crew = self.kind.recruit(self.number, Draws(KEY, self.number, -1))
        started = START + self.number % 24 * HOUR_US
        entry_point = self.kind.entry_points[0]
        self.campaign = Campaign(self.number, self.crew.number, started, started, self.config.camouflage, entry_point)
        draws = Draws(KEY, self.number, 0)
        self.kind.plan(self.campaign, self.crew, self.config, self.market, draws)
        self.turn = started

    @property
    def is_over(self) -> bool:
        return self.campaign.next_time == OVER

    def act(self) -> None:
        if self.is_stored:
            self.store()
        self.acts += 1
        draws = Draws(KEY, self.number, self.acts)
        now = self.campaign.next_time
        self.kind.act(self.campaign, self.crew, self.config, self.market, self.door, draws)
        if self.campaign.next_time == WAITING:
            self.turn = self.campaign.next_time = now + SECOND_US

    def store(self) -> None:
        """Forget everything but what plain JSON data can hold."""
        self.campaign = Campaign(**json.loads(json.dumps(asdict(self.campaign))))
        self.crew = Crew(**json.loads(json.dumps(asdict(self.crew))))

    def to_the_end(self) -> Play:
        while not self.is_over:
            assert self.acts < MOST_ACTS, f"campaign {self.number} does not end"
            self.act()
        return self

    def to_payment(self, number: int) -> list[Ask]:
        """Play until so many payments have been asked for, or until it is over."""
        while not self.is_over and len(self.door.payments) < number and self.acts < MOST_ACTS:
            self.act()
        return self.door.payments

    def to_taking(self) -> Ask | None:
        """Play until something worth the trouble has been asked for, if that ever happens."""
        while not self.is_over and not self.door.takings and self.acts < MOST_ACTS:
            self.act()
        return next(iter(self.door.takings), None)


def defaults(kind: Typology, **changes: Any) -> TypologyConfig:
    return kind.config.model_validate({"pressure": 100.0} | changes)
