"""What a typology is, and the small world that its criminals see.

A typology declares itself by class attributes and implements ``recruit``, ``plan`` and ``act``. It never sees the
bank's records: only its ``Market`` (what stolen data tells) and its ``Door`` (what an attempt answers).

A campaign is a piece of work with an agenda: ``act`` is called at ``campaign.next_time`` and sets the next one, or
``OVER``. State is plain dataclasses of numbers and lists, so that it can be stored without pickle.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fintxsim.streams import Draws
from fintxsim.vocabulary import FraudParty, ObservationClass, Rail, Role

OVER = -1
MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US


class TypologyConfig(BaseModel):
    """What every typology can be set to. Give ``rate_bps`` or ``pressure``, not both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate_bps: float | None = Field(
        None, ge=0, le=5000,
        description="Approved frauds per 10,000 approved transactions (or value, by rate_basis); "
        "0 switches the typology off.",
    )  # fmt: skip
    pressure: float | None = Field(
        None, ge=0, le=1_000_000, description="Campaigns started per million customer-days, instead of a rate."
    )
    camouflage: float = Field(0.5, ge=0, le=1, description="0 naive to 1 imitating the victim's own habits.")

    @model_validator(mode="after")
    def _one_of_two(self) -> TypologyConfig:
        if (self.rate_bps is None) == (self.pressure is None):
            raise ValueError("give rate_bps or pressure, one of the two")
        return self

    @property
    def is_off(self) -> bool:
        return not (self.rate_bps or self.pressure)


@dataclass(slots=True)
class Crew:
    """A fraudster, or a few who act as one: traits, tools and what they have learned."""

    number: int
    skill: float  # 0 clumsy to 1 skilled
    patience: int  # declines in a row that the crew puts up with; one more and it gives up on a victim
    devices: int  # devices owned
    shift_hours: int  # how far their day is from the victims'
    nerve: float = 1.0  # learned: factor on amounts
    favourites: list[float] = field(default_factory=list)  # learned: weight of each kind of target
    tastes: list[float] = field(default_factory=list)  # the weights that they started with, and drift back to
    successes: int = 0
    failures: int = 0

    def __post_init__(self) -> None:
        self.tastes = self.tastes or list(self.favourites)

    def learn(self, target: int, *, approved: bool) -> None:
        """Remember what works: bolder and more of the same after success, smaller and elsewhere after a decline.

        What was learned fades, and never goes beyond a third or three times the first taste: goods have to be sold.
        """
        self.successes += approved
        self.failures += not approved
        self.nerve = min(max(self.nerve * (1.02 if approved else 0.95), 0.6), 1.5)
        if target < len(self.tastes):
            taste, weight = self.tastes[target], self.favourites[target]
            weight = (weight + 0.02 * (taste - weight)) * (1.05 if approved else 0.88)
            self.favourites[target] = min(max(weight, taste / 3.0), taste * 3.0)

    def choose(self, u: float) -> int:
        """A kind of target, in proportion to what has worked so far."""
        threshold = u * sum(self.favourites)
        for number, weight in enumerate(self.favourites):
            threshold -= weight
            if threshold < 0:
                return number
        return len(self.favourites) - 1


@dataclass(slots=True)
class Campaign:
    """One piece of work: its victims, what is done and what comes next. Times in UTC microseconds."""

    number: int
    crew: int
    started: int
    next_time: int
    camouflage: float
    entry_point: str
    victims: list[int] = field(default_factory=list)
    current: int = 0  # position in victims
    step: int = 0  # attempts so far
    stage: int = 0  # typology's own: how far the attack on the current victim has come
    declines: int = 0  # in a row
    taken: int = 0  # approved from the current victim
    wanted: int = 0  # approved frauds wanted from the current victim
    tool: int = 0  # which of the crew's devices
    note: float = 0.0  # typology's own memory of the current victim
    payees: list[int] = field(default_factory=list)  # accounts paid so far
    hides: bool = True  # seems to come from the victims' country
    rotation: int = 0  # how often the crew has changed its device and address in this campaign

    def change_tools(self) -> None:
        """Another device (or what looks like one) and another address."""
        self.rotation += 1

    def over(self) -> None:
        self.next_time = OVER


@dataclass(frozen=True, slots=True)
class Answer:
    """What a criminal sees of the bank's answer."""

    approved: bool
    code: str  # response or reason code


@dataclass(frozen=True, slots=True)
class StolenCard:
    """What comes with stolen card details."""

    customer: int
    slot: int
    generation: int
    quality: float  # 0 the full set of details to 1 a bare number
    has_address: bool
    usual: float  # typical amount of the victim in euros, for whoever wants to imitate it


class Market(Protocol):
    """Where criminals get victims and data, and what they can see without asking the bank."""

    def pick_customers(self, draws: Draws, count: int) -> list[int]:
        """Customers whose data is for sale, the digitally active more often."""

    def stolen_card(self, customer: int, draws: Draws) -> StolenCard: ...

    def local_time(self, customer: int, date_us: int, hour: float) -> int:
        """UTC microseconds of an hour of the victim's day that holds the moment ``date_us``."""

    def daytime(self, u: float) -> float:
        """Hour of day at quantile ``u`` of ordinary online activity."""


class Door(Protocol):
    """The way into the bank, the same for everybody. Amounts in euros."""

    def pay_online(
        self,
        card: StolenCard,
        time: int,
        category: str,
        amount: float,
        *,
        foreign: bool,
        has_cvv: bool,
        pass_challenge: float,
    ) -> Answer: ...

    def log_in(self, customer: int, time: int, *, succeeds: bool) -> bool:
        """Try credentials; False if they are wrong or no longer work."""

    def change_contact(self, customer: int, time: int, *, sim_swap: bool) -> None: ...

    def balance(self, customer: int) -> float:
        """What the online bank shows: money available on the current account, in euros."""

    def transfer(
        self, customer: int, time: int, payee: int, amount: float, *, pass_challenge: float, rail: Rail
    ) -> Answer: ...


class Typology(ABC):
    """One kind of fraud. Subclasses are stateless; crews and campaigns hold all state."""

    name: ClassVar[str]
    number: ClassVar[int]  # fixed for ever: keys its random streams and numbers its campaigns
    summary: ClassVar[str]
    codes: ClassVar[dict[str, str | None]]  # published classifications
    config: ClassVar[type[TypologyConfig]]
    fraud_party: ClassVar[FraudParty]
    observation_class: ClassVar[ObservationClass]
    role: ClassVar[Role] = Role.VICTIM
    authorised_party: ClassVar[bool] = False  # does the account's own holder initiate it
    entry_points: ClassVar[tuple[str, ...]]
    expected_amount: ClassVar[float]  # euros of an average approved fraud, a first guess for the pacer
    longest_days: ClassVar[int]  # days of crime before day 0 that day 0 can still feel

    @abstractmethod
    def expected_frauds(self, config: TypologyConfig) -> float:
        """Approved frauds of an average campaign: a first guess for the pacer, which learns better."""

    @abstractmethod
    def recruit(self, number: int, draws: Draws) -> Crew:
        """A new crew."""

    @abstractmethod
    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        """Choose victims and the time of the first act of a campaign that starts at ``campaign.started``."""

    @abstractmethod
    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        """Do one thing at ``campaign.next_time``, look at the answer, and set the next time."""
