"""What a typology is.

A typology declares itself by class attributes and implements ``recruit``, ``plan`` and ``act``. It never sees the
bank's records: only its ``Market`` (what can be known without asking the bank) and its ``Door`` (what an attempt
answers).

A campaign is a piece of work with an agenda: ``act`` is called at ``campaign.next_time`` and sets the next one, or
``OVER``. A campaign whose preparation takes weeks (nurtured identities, a batch of copied cards) says when it is ready
by ``Campaign.wait``; ``act`` is called again when its turn has come. What is to be done later by or for somebody else,
such as passing stolen money on, waits in ``campaign.errands``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cache
from typing import ClassVar

from fintxsim.institution import Service
from fintxsim.streams import Draws
from fintxsim.typologies.campaign import Campaign, Crew
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Door, Part
from fintxsim.typologies.market import Market, Wanted
from fintxsim.vocabulary import FraudParty, ObservationClass, Role


@cache
def _usual_part(role: Role, party: FraudParty, authorised_party: bool) -> Part:
    return Part(role, is_laundering=party == FraudParty.LAUNDERING, authorised_party=authorised_party)


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
