"""Who commits fraud, and one piece of their work: a crew, its campaigns, and what these do later.

State is plain dataclasses of numbers and lists, so that it can be stored without pickle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fintxsim.typologies.market import Shop, StolenCard

OVER = -1  # as ``next_time``: nothing more is done
WAITING = -2  # prepared; its turn comes when it is called
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US


class Errand(NamedTuple):
    """Something that a campaign does later. What ``what`` and the numbers mean is the typology's own affair."""

    time: int  # UTC microseconds
    what: int
    customer: int  # whose account
    amount: float = 0.0  # euros
    hop: int = 0  # how many accounts the money has been through
    note: float = 0.0


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
    accounts: int = 0  # how often they have moved to fresh accounts elsewhere
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
    accounts: int = 0  # the crew's ``accounts`` when it began, or moved
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
