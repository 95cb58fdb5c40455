"""Customers under attack: their day is shared between them and whoever attacks them.

Before each act of a criminal his victim's day is lived up to that moment, by the same compiled code as everybody's;
what remains is lived with everybody's. So a criminal sees the balance, the limits and the card as they are at that very
moment, and the customer's own payments see what he left. Several customers may be in one campaign: victim, mules and
herder are then lived in turn, act by act, whichever block they belong to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fintxsim.bank.labels.cases import Way
from fintxsim.behaviour.block_day import BlockDay
from fintxsim.behaviour.draft import DRAFT
from fintxsim.fields import Fields
from fintxsim.population.block import BLOCK
from fintxsim.setting import Setting
from fintxsim.typologies.door import Part


class Attempt(NamedTuple):
    """What the engine records of one act of crime, for truth and for the bank's cases. Amounts in minor units."""

    time: int
    customer: int
    card_slot: int
    billing: int
    approved: bool
    part: Part
    way: Way
    payee: int = -1  # code of the account to which money is sent, if any


@dataclass(frozen=True, slots=True)
class Seat:
    """A customer under attack: his block's day, and his place in it."""

    customer: int
    today: BlockDay
    index: int

    @property
    def people(self) -> npt.NDArray[np.void]:
        """Records of the customer's block."""
        return self.today.block.people


@dataclass
class Arena:
    """All customers under attack today."""

    setting: Setting
    people: Fields  # of all customers
    days: list[BlockDay]
    day: npt.NDArray[np.void]
    limits: list[tuple[int, int, int]] = field(default_factory=list)  # (time, customer, new credit limit, minor units)
    seats: dict[int, Seat] = field(default_factory=dict)

    def __post_init__(self) -> None:
        day = self.day[0]
        self.euro = float(self.setting.world[0]["bank"]["euro"])  # minor units of the bank's currency
        self.draft = np.zeros(1, DRAFT)  # whoever asks for something fills it in
        self.asked = Fields(self.draft)
        self.spacing, self.shift, self.end = int(day["spacing"]), int(day["shift"]), int(day["end"])
        self.earliest = int(day["start"]) + 3 * self.spacing  # first moment at which anything can begin today
        self.latest = self.end - 80 * self.spacing  # and the last

    def seat(self, customer: int) -> Seat:
        """A customer who is attacked, his day planned."""
        seat = self.seats.get(customer)
        if seat is None:
            seat = Seat(customer, self.days[customer // BLOCK], customer % BLOCK)
            seat.today.plan_one(seat.index)
            self.seats[customer] = seat
        return seat

    def enter(self, customer: int, time: int) -> Seat:
        """The same, his day lived up to a moment."""
        seat = self.seat(customer)
        seat.today.live_one(seat.index, time)
        return seat
