"""A market and a bank door made by hand, to see what a typology does before them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any

from fintxsim.streams import Draws, purpose_key
from fintxsim.typologies.base import DAY_US, HOUR_US, OVER, Answer, Campaign, Crew, StolenCard, Typology, TypologyConfig
from fintxsim.vocabulary import Rail, ReasonCode, ResponseCode

START = 1_767_225_600_000_000  # midnight
CUSTOMERS = 1000
USUAL = 250.0  # euros that every victim usually spends
BALANCE = 10_000.0
MOST_ACTS = 2000
KEY = purpose_key(7, 1)
CARD_CODES = tuple(code.text for code in ResponseCode if code != ResponseCode._00)
REASON_CODES = tuple(code.text for code in ReasonCode)

Verdict = Callable[[int], bool]  # number of the request -> approved


def approve(_: int) -> bool:
    return True


def decline(_: int) -> bool:
    return False


def alternate(number: int) -> bool:
    return number % 2 == 0


class FakeMarket:
    """Everybody's data is for sale; all victims live on UTC."""

    def pick_customers(self, draws: Draws, count: int) -> list[int]:
        first = draws.below(CUSTOMERS)
        return [(first + k) % CUSTOMERS for k in range(count)]

    def stolen_card(self, customer: int, draws: Draws) -> StolenCard:
        own = Draws(KEY, customer, -5)
        return StolenCard(customer, 0, 0, own.uniform(0), True, USUAL)

    def local_time(self, customer: int, date_us: int, hour: float) -> int:
        return date_us // DAY_US * DAY_US + int(hour * HOUR_US)

    def daytime(self, u: float) -> float:
        return 7.0 + 16.0 * u


@dataclass(frozen=True)
class Ask:
    """One thing asked of the bank."""

    what: str
    customer: int
    time: int
    amount: float = 0.0
    target: object = None  # kind of shop, or account paid
    details: tuple[Any, ...] = ()


@dataclass
class FakeDoor:
    """A bank that answers as it is told to, whatever is asked; the account always shows the same balance."""

    verdict: Verdict = approve
    card_code: str = "05"
    reason: str = "FR01"
    opens: bool = True  # whether right credentials work
    asks: list[Ask] = field(default_factory=list)
    requests: Iterator[int] = field(default_factory=count)

    def pay_online(
        self, card: StolenCard, time: int, category: str, amount: float, *, foreign: bool, has_cvv: bool,
        pass_challenge: float,
    ) -> Answer:  # fmt: skip
        self.asks.append(Ask("pay", card.customer, time, amount, category, (card, foreign, has_cvv, pass_challenge)))
        approved = self.verdict(next(self.requests))
        return Answer(approved, "00" if approved else self.card_code)

    def transfer(
        self, customer: int, time: int, payee: int, amount: float, *, pass_challenge: float, rail: Rail
    ) -> Answer:
        self.asks.append(Ask("transfer", customer, time, amount, payee, (int(rail), pass_challenge)))
        approved = self.verdict(next(self.requests))
        return Answer(approved, "" if approved else self.reason)

    def log_in(self, customer: int, time: int, *, succeeds: bool) -> bool:
        self.asks.append(Ask("log_in", customer, time, details=(succeeds,)))
        return succeeds and self.opens

    def change_contact(self, customer: int, time: int, *, sim_swap: bool) -> None:
        self.asks.append(Ask("change_contact", customer, time, details=(sim_swap,)))

    def balance(self, customer: int) -> float:
        return BALANCE

    @property
    def payments(self) -> list[Ask]:
        """What was asked for in money."""
        return [ask for ask in self.asks if ask.what in ("pay", "transfer")]


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

    def __post_init__(self) -> None:
        self.crew = self.kind.recruit(self.number, Draws(KEY, self.number, -1))
        started = START + self.number % 24 * HOUR_US
        entry_point = self.kind.entry_points[0]
        self.campaign = Campaign(self.number, self.crew.number, started, started, self.config.camouflage, entry_point)
        draws = Draws(KEY, self.number, 0)
        self.kind.plan(self.campaign, self.crew, self.config, self.market, draws)

    @property
    def is_over(self) -> bool:
        return self.campaign.next_time == OVER

    def act(self) -> None:
        if self.is_stored:
            self.store()
        self.acts += 1
        draws = Draws(KEY, self.number, self.acts)
        self.kind.act(self.campaign, self.crew, self.config, self.market, self.door, draws)

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


def defaults(kind: Typology, **changes: Any) -> TypologyConfig:
    return kind.config.model_validate({"pressure": 100.0} | changes)
