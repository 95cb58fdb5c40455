"""What a typology is, and the small world that its criminals see.

A typology declares itself by class attributes and implements ``recruit``, ``plan`` and ``act``. It never sees the
bank's records: only its ``Market`` (what can be known without asking the bank) and its ``Door`` (what an attempt
answers).

A campaign is a piece of work with an agenda: ``act`` is called at ``campaign.next_time`` and sets the next one, or
``OVER``. A campaign whose preparation takes weeks (nurtured identities, a batch of copied cards) says when it is ready
by ``Campaign.wait``; ``act`` is called again when its turn has come. What is to be done later by or for somebody else,
such as passing stolen money on, waits in ``campaign.errands``. State is plain dataclasses of numbers and lists, so that
it can be stored without pickle.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from typing import ClassVar, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fintxsim.errors import SettingsError
from fintxsim.institution import Service
from fintxsim.streams import Draws
from fintxsim.vocabulary import EntryMode, FraudParty, NameMatch, ObservationClass, Rail, Role

OVER = -1
WAITING = -2  # prepared; its turn comes when it is called
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US


class Wave(BaseModel):
    """Some days on which campaigns begin more often, or less. Days are those of the run, the first is 0."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_day: int = Field(ge=0, le=3660, description="First day of the wave.")
    stop_day: int = Field(ge=1, le=3660, description="First day after the wave.")
    factor: float = Field(ge=0, le=100, description="Factor on the requested rate or pressure; 0 is a pause.")

    @model_validator(mode="after")
    def _in_order(self) -> Wave:
        if self.stop_day <= self.start_day:
            raise SettingsError((("stop_day",), f"must come after start_day, which is {self.start_day}"))
        return self


class Change(NamedTuple):
    """A day of the run from which on campaigns begin at another pace than before; factors on what is requested."""

    day: int
    before: float
    after: float


class TypologyConfig(BaseModel):
    """What every typology can be set to.

    Give ``rate_bps`` or ``pressure``, not both, or neither if ``fraud.mix`` names the typology.
    """

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
    start_day: int | None = Field(
        None, ge=0, le=3660,
        description="First day of the run, counted from 0, on which campaigns begin; absent: they did long before.",
    )  # fmt: skip
    stop_day: int | None = Field(
        None, ge=1, le=3660, description="First day on which none begins any more; those under way go on."
    )
    waves: tuple[Wave, ...] = Field(
        (), description="Days on which campaigns begin more often, or less: {start_day, stop_day, factor}."
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> TypologyConfig:
        if self.rate_bps is not None and self.pressure is not None:
            raise ValueError("give rate_bps or pressure, one of the two")
        return self

    @model_validator(mode="after")
    def _timeline_is_possible(self) -> TypologyConfig:
        first, last = self.start_day or 0, self.stop_day
        if last is not None and last <= first:
            raise SettingsError((("stop_day",), f"must come after start_day, which is {first}"))
        for number, wave in enumerate(self.waves):
            for other in self.waves[:number]:
                if wave.start_day < other.stop_day and other.start_day < wave.stop_day:
                    days = f"{other.start_day} to {other.stop_day}"
                    raise SettingsError((("waves", number), f"overlaps the wave of days {days}; make one end earlier"))
            if wave.stop_day <= first or (last is not None and wave.start_day >= last):
                raise SettingsError((("waves", number), "no campaign begins on these days; see start_day and stop_day"))
        return self

    @property
    def is_off(self) -> bool:
        return not (self.rate_bps or self.pressure)

    def factor(self, day: int) -> float:
        """Factor on the requested rate or pressure on a day of the run; 0: no campaign begins."""
        if self.start_day is not None and day < self.start_day:
            return 0.0
        if self.stop_day is not None and day >= self.stop_day:
            return 0.0
        return next((wave.factor for wave in self.waves if wave.start_day <= day < wave.stop_day), 1.0)

    def changes(self, days: int) -> list[Change]:
        """Known change points of a run of so many days."""
        factors = [self.factor(day) for day in range(-1, days)]
        return [Change(day, factors[day], factors[day + 1]) for day in range(days) if factors[day] != factors[day + 1]]


class Hand(IntEnum):
    """Whose device and network a request comes from."""

    CREW = 0  # the criminals' own tools
    HOLDER = 1  # the account's own holder, at the usual phone or computer


class Wanted(IntEnum):
    """What makes a customer worth picking."""

    ONLINE = 0  # active online, so that data leaks more often
    ANYBODY = 1
    CREDIT = 2  # has a credit card
    SAVER = 3  # has money on a savings account
    BUSINESS = 4  # a self-employed or small business
    ELDERLY = 5  # more often old
    NEEDY = 6  # young or poor: who lends an account to others
    IMPOSTOR = 7  # one of the typology's own made-up identities, see ``Typology.impostor_share``


class Errand(NamedTuple):
    """Something that a campaign does later. What ``what`` and the numbers mean is the typology's own affair."""

    time: int  # UTC microseconds
    what: int
    customer: int  # whose account
    amount: float = 0.0  # euros
    hop: int = 0  # how many accounts the money has been through
    note: float = 0.0


class StolenCard(NamedTuple):
    """A card in somebody's hands: stolen, copied, or a cardholder's own."""

    customer: int
    slot: int
    generation: int
    quality: float  # 0 the full set of details to 1 a bare number
    has_address: bool
    usual: float  # typical amount of the victim in euros, for whoever wants to imitate it


class Shop(NamedTuple):
    """A merchant that anybody can find."""

    merchant: int  # engine code
    category: str  # name in population.categories
    country: int  # 0: the home country
    city: int  # -1: a web shop
    terminal: int = -1  # a certain till or machine, or any


@dataclass(frozen=True, slots=True)
class Part:
    """What truth/ says of a row: who its customer is in the campaign, and what the row is.

    ``is_fraud`` rows count towards the rate. ``is_laundering`` without ``is_fraud`` moves the proceeds of this very
    campaign. A part that is neither (``BYSTANDER``) leaves no line in truth/: the row belongs to the story, not to the
    crime.
    """

    role: Role
    is_fraud: bool = True
    is_laundering: bool = False
    authorised_party: bool = False


@cache
def _usual_part(role: Role, party: FraudParty, authorised_party: bool) -> Part:
    return Part(role, is_laundering=party == FraudParty.LAUNDERING, authorised_party=authorised_party)


BYSTANDER = Part(Role.VICTIM, is_fraud=False)
MULE_LEG = Part(Role.MULE, is_fraud=False, is_laundering=True, authorised_party=True)


def drawn(weights: Sequence[float], u: float) -> int:
    """One of several, in proportion to their weights."""
    threshold = u * sum(weights)
    for number, weight in enumerate(weights):
        threshold -= weight
        if threshold < 0:
            return number
    return len(weights) - 1


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
    mules: list[int] = field(default_factory=list)  # customers of this bank whose accounts they can use, newest last
    successes: int = 0
    failures: int = 0

    def __post_init__(self) -> None:
        self.tastes = self.tastes or list(self.favourites)

    def count(self, *, approved: bool) -> None:
        """Remember that something worked or did not, and draw no conclusion from it."""
        self.successes += approved
        self.failures += not approved

    def learn(self, target: int, *, approved: bool) -> None:
        """Remember what works: bolder and more of the same after success, smaller and elsewhere after a decline.

        What was learned fades, and never goes beyond a third or three times the first taste: goods have to be sold.
        """
        self.count(approved=approved)
        self.nerve = min(max(self.nerve * (1.02 if approved else 0.95), 0.6), 1.5)
        if target < len(self.tastes):
            taste, weight = self.tastes[target], self.favourites[target]
            weight = (weight + 0.02 * (taste - weight)) * (1.05 if approved else 0.88)
            self.favourites[target] = min(max(weight, taste / 3.0), taste * 3.0)

    def choose(self, u: float) -> int:
        """A kind of target, in proportion to what has worked so far."""
        return drawn(self.favourites, u)


@dataclass(slots=True)
class Campaign:
    """One piece of work: its victims, what is done and what comes next. Times in UTC microseconds."""

    number: int
    crew: int
    started: int
    next_time: int
    camouflage: float
    entry_point: str
    kind: str = ""  # one of the typology's ``kinds``, if it has any
    victims: list[int] = field(default_factory=list)  # customers whose accounts are attacked, or who attack
    mules: list[int] = field(default_factory=list)  # customers through whose accounts money is passed
    current: int = 0  # position in victims
    step: int = 0  # attempts so far
    stage: int = 0  # typology's own: how far the attack on the current victim has come
    declines: int = 0  # in a row
    taken: int = 0  # approved from the current victim
    wanted: int = 0  # approved frauds wanted from the current victim
    tool: int = 0  # which of the crew's devices
    note: float = 0.0  # typology's own memory of the current victim
    place: int = -1  # typology's own: a city, a merchant's code, a number of days
    payees: list[int] = field(default_factory=list)  # accounts paid so far
    errands: list[Errand] = field(default_factory=list)  # in order of time
    cards: list[StolenCard] = field(default_factory=list)  # as they were when they were stolen
    shops: list[Shop] = field(default_factory=list)  # places that the crew comes back to
    hides: bool = True  # seems to come from the victims' country
    rotation: int = 0  # how often the crew has changed its device and address in this campaign

    def __post_init__(self) -> None:
        """Tuples have become lists when a campaign comes from a file."""
        self.errands = [Errand(*errand) for errand in self.errands]
        self.cards = [StolenCard(*card) for card in self.cards]
        self.shops = [Shop(*shop) for shop in self.shops]

    def change_tools(self) -> None:
        """Another device (or what looks like one) and another address."""
        self.rotation += 1

    def send(self, errand: Errand) -> None:
        """Have something done later; errands of the same time are done in the order of sending."""
        at = len(self.errands)
        while at > 0 and self.errands[at - 1].time > errand.time:
            at -= 1
        self.errands.insert(at, errand)

    def due_errand(self) -> Errand | None:
        """The errand that is to be done now, at ``next_time``, if there is one; it is taken off the list."""
        return self.errands.pop(0) if self.errands and self.errands[0].time <= self.next_time else None

    def go_on(self, main: int = OVER, *, pause_us: int = SECOND_US) -> None:
        """Wait for the main plan's time or for the first errand, whichever is earlier, but for a pause at least; over
        when there is neither."""
        times = [time for time in (main, self.errands[0].time if self.errands else OVER) if time != OVER]
        self.next_time = max(min(times), self.next_time + pause_us) if times else OVER

    def wait(self) -> None:
        """Everything is prepared: do nothing until called."""
        self.next_time = WAITING

    def over(self) -> None:
        self.next_time = OVER


class Answer(NamedTuple):
    """What a criminal sees of the bank's answer."""

    approved: bool
    code: str  # response or reason code
    time: int = 0  # when the request was made, to the microsecond; names the row
    amount: float = 0.0  # euros asked for in the end: a shop has prices of its own


@dataclass(frozen=True, slots=True)
class Payee:
    """Where money is sent: an account of a customer of this bank, or one of the crew's accounts elsewhere."""

    customer: int = -1
    ordinal: int = 0  # of the crew's accounts elsewhere: the same number is the same account
    is_foreign: bool = False  # elsewhere means abroad
    match: NameMatch | None = None  # what confirmation of payee says; None: as it turns out


class Market(Protocol):
    """What criminals can know without asking the bank: whose data is for sale, which shops there are."""

    def pick_customers(self, draws: Draws, count: int, wanted: Wanted = Wanted.ONLINE) -> list[int]:
        """Customers, each once; fewer than ``count``, but one at least, when there are not so many."""

    def stolen_card(self, customer: int, draws: Draws, *, slot: int | None = None) -> StolenCard:
        """Card details as they are sold; always the same slot for the same customer unless one is given."""

    def own_card(self, customer: int, *, credit: bool) -> StolenCard:
        """A card in its holder's own hands; the debit card when there is no credit card."""

    def web_shop(self, draws: Draws, category: str, *, foreign: bool = False, asks_cvv: bool | None = None) -> Shop:
        """A web shop, the well-known ones more often, a foreign one where other people buy abroad.

        With ``asks_cvv`` False one that does not ask for the CVV.
        """

    @property
    def has_cash(self) -> bool:
        """Whether accounts here can be emptied as cash."""

    @property
    def has_transfers(self) -> bool:
        """Whether money can come to accounts here from accounts elsewhere."""

    def shop_in(self, draws: Draws, category: str, city: int) -> Shop:
        """A shop or, for ``cash_machine``, a machine in a city, or an agent where they stand in for machines."""

    def young_shop(self, draws: Draws, category: str, *, online: bool, most_days: int) -> Shop:
        """A little-known merchant of the home country that opened in the last ``most_days`` days."""

    def favourite_shop(self, customer: int, draws: Draws) -> Shop:
        """A place where the customer often buys."""

    def is_forgotten(self, until: int) -> bool:
        """Whether what is over by a moment lies so long before the run that nothing of it is felt there.

        Before day 0 a plan that is forgotten need not be made: it can leave the campaign over.
        """

    def busy_terminal(self, draws: Draws, category: str) -> Shop:
        """A till or machine in the home country that many customers use."""

    def watch(self, shop: Shop) -> None:
        """From today on take note of the cards that are read at a terminal (a skimmer is put on it)."""

    def cards_seen(self, shop: Shop, since: int) -> list[tuple[int, int, int]]:
        """(customer, slot, time) of the cards read at a watched terminal since a moment, by time, each once."""

    def whereabouts(self, customer: int, time: int) -> int:
        """The city where the customer is on that day: at home or on a trip."""

    def another_city(self, draws: Draws, city: int, *, abroad: bool) -> int:
        """A city that people travel to; abroad only if there is a country to go to."""

    def local_time(self, customer: int, date_us: int, hour: float, *, city: int = -1) -> int:
        """UTC microseconds of an hour of the day, where the customer lives or in a city, that holds ``date_us``."""

    def daytime(self, u: float, *, online: bool = True) -> float:
        """Hour of day at quantile ``u`` of ordinary activity, online or in shops."""


class Door(Protocol):
    """The way into the bank, the same for everybody. Amounts in euros; times in UTC microseconds.

    ``part`` says what truth/ keeps of the row; left out, the typology's own ``role``.
    """

    def pay_online(
        self, card: StolenCard, time: int, shop: Shop, amount: float, *, has_cvv: bool,
        pass_challenge: float | None = None, is_stored: bool = False, by: Hand = Hand.CREW, part: Part | None = None,
    ) -> Answer:  # fmt: skip
        """An order at a web shop. With ``amount`` 0 only a verification of the card.

        ``pass_challenge``: chance that a challenge is passed; None: the holder answers it, as often as anybody.
        ``is_stored``: in a customer's account that the crew has opened there, and in which the card is on file.
        """

    def pay_in_person(
        self, card: StolenCard, time: int, shop: Shop, amount: float, *, entry: EntryMode, knows_pin: bool,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        """A payment at a till or, at a cash machine, a withdrawal. Chip and machines ask for the PIN."""

    def transfer(
        self, customer: int, time: int, payee: Payee, amount: float, *, rail: Rail, pass_challenge: float,
        by: Hand = Hand.CREW, part: Part | None = None,
    ) -> Answer:  # fmt: skip
        """Money from a current account. To a customer of this bank it is there at once."""

    def move_savings(self, customer: int, time: int, amount: float, *, by: Hand = Hand.CREW) -> Answer:
        """Move money from the savings to the current account; no line in truth/."""

    def receive(
        self, customer: int, time: int, payer: int, amount: float, *, rail: Rail, credit: bool = False,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        """Money from account number ``payer`` of those the crew has elsewhere, to the current or ``credit`` account."""

    def bounce(
        self, customer: int, time: int, payer: int, amount: float, *, original: int, rail: Rail, credit: bool = False,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        """Take money back that was received at time ``original``: it turns out not to be covered."""

    def deposit_cash(self, customer: int, time: int, amount: float, *, part: Part | None = None) -> Answer:
        """Cash paid in at a branch."""

    def refund(
        self, card: StolenCard, time: int, shop: Shop, amount: float, *, original: int | None = None,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        """A merchant sends money to a card, for the payment at time ``original`` or for none."""

    def take_card(self, customer: int, slot: int, time: int) -> None:
        """The card is no longer in its holder's hands, who cannot pay in person with it until it is replaced."""

    def log_in(self, customer: int, time: int, *, succeeds: bool) -> bool:
        """Try credentials with the crew's tools; False if they are wrong or no longer work."""

    def change_contact(self, customer: int, time: int, *, sim_swap: bool) -> None:
        """Change phone number or e-mail, so that warnings go elsewhere."""

    def raise_limit(self, customer: int, time: int, factor: float) -> None:
        """The holder asks for more credit, and gets it: the limit of the credit account grows by a factor."""

    def still_believes(self, customer: int) -> bool:
        """Whether the victim of a scam still listens: who has told the bank of it does not."""

    def stop_repaying(self, customer: int) -> None:
        """From now on the holder pays nothing back to the credit account: the bank will have to write it off."""

    def balance(self, customer: int, *, savings: bool = False) -> float:
        """Money available on the current account, or on the savings account: what the online bank shows."""

    def credit_left(self, customer: int) -> float:
        """What can still be spent on the credit account."""


class Typology(ABC):
    """One kind of fraud. Subclasses are stateless; crews and campaigns hold all state."""

    name: ClassVar[str]
    number: ClassVar[int]  # fixed for ever: keys its random streams and numbers its campaigns
    summary: ClassVar[str]
    codes: ClassVar[dict[str, str | None]]  # published classifications
    kinds: ClassVar[tuple[str, ...]] = ()  # variants, if there are any
    kind_codes: ClassVar[dict[str, dict[str, str | None]]] = {}  # where a kind's classification departs from ``codes``
    config: ClassVar[type[TypologyConfig]]
    fraud_party: ClassVar[FraudParty]
    kind_parties: ClassVar[dict[str, FraudParty]] = {}  # where a kind's party departs from ``fraud_party``
    observation_class: ClassVar[ObservationClass]
    role: ClassVar[Role] = Role.VICTIM
    authorised_party: ClassVar[bool] = False  # does the account's own holder initiate it
    entry_points: ClassVar[tuple[str, ...]]
    expected_amount: ClassVar[float]  # euros of an average approved fraud, a first guess for the pacer
    longest_days: ClassVar[int]  # days of crime before day 0 that day 0 can still feel
    # Days by which nine of ten campaigns are prepared, where they ``wait`` for their turn; 0: all begin at once.
    ready_days: ClassVar[int] = 0
    # Days after a campaign's start, or after its turn, from which on its frauds come, and by which nine of ten have
    # come: a first guess for the pacer, measured in small worlds. None: a fifth and nine tenths of ``longest_days``.
    usual_days: ClassVar[tuple[float, float] | None] = None
    needs: ClassVar[frozenset[Service]]  # services without which it cannot happen
    exhausts: ClassVar[Wanted | None] = None  # whom a campaign uses up: each can be in one campaign of a run only

    @property
    def part(self) -> Part:
        """What truth/ says of a row unless an act says otherwise."""
        return _usual_part(self.role, self.fraud_party, self.authorised_party)

    def services_needed(self, config: TypologyConfig) -> frozenset[Service]:
        """Services without which it cannot happen as it is set."""
        return self.needs

    def impostor_share(self, config: TypologyConfig) -> float:
        """Share of all customers who are identities made up by this typology's crews; they exist from the start."""
        return 0.0

    def size(self, campaign: Campaign, config: TypologyConfig) -> float:
        """How much more or less a campaign will bring than an average one, as its crew can tell when it begins or when
        its turn comes; 1 on average."""
        return 1.0

    @abstractmethod
    def expected_frauds(self, config: TypologyConfig) -> float:
        """Approved frauds of an average campaign: a first guess for the pacer, which learns better."""

    @abstractmethod
    def recruit(self, number: int, draws: Draws) -> Crew:
        """A new crew."""

    @abstractmethod
    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        """Choose victims and the time of the first act of a campaign that starts at ``campaign.started``.

        Or leave it over, if it is known to be over in a time that is forgotten, see ``Market.is_forgotten``.
        """

    @abstractmethod
    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        """Do one thing at ``campaign.next_time``, look at the answer, and set the next time."""
