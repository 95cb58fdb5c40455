"""What a benign look-alike is: something rare in a genuine customer's life that looks like fraud.

A look-alike declares itself by class attributes and a few methods, and lives its days in compiled code beside the
declaration, as part of the customer's day. It comes in episodes of one or several days; ``episodes`` says when.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from fintxsim.clock import Calendar
from fintxsim.institution import Service

AVERAGE_DAY = 1 << 20  # weight of a day on which an episode is as likely to begin as on any


class LookalikeConfig(BaseModel):
    """What every look-alike can be set to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate_bps: float = Field(
        0.0, ge=0, le=2000,
        description="Approved rows of this kind per 10,000 approved transactions, month by month; 0 switches it off.",
    )  # fmt: skip

    @property
    def is_off(self) -> bool:
        return self.rate_bps == 0


class Anchor(IntEnum):
    """On which days an episode can begin, apart from seasons."""

    ANY_DAY = 0
    PAY_DAY = 1  # of the customer
    FESTIVAL = 2  # in the customer's city


@dataclass(frozen=True, slots=True)
class Crowd:
    """Averages over the customers to whom a look-alike can happen.

    ``means``: of what they set out to buy in an episode, what comes about, in parts of what does at a bank.
    """

    customers: int
    purchases_per_day: float
    means: float = 1.0


class Lookalike(ABC):
    """One kind of benign look-alike; stateless."""

    name: ClassVar[str]
    number: ClassVar[int]  # 1 to 15, fixed for ever: keys its random streams and marks its rows
    summary: ClassVar[str]
    resembles: ClassVar[str]  # the fraud that the bank's rules may take it for
    config: ClassVar[type[LookalikeConfig]]
    needs: ClassVar[frozenset[Service]] = frozenset()  # services without which it cannot happen
    anchor: ClassVar[Anchor] = Anchor.ANY_DAY
    days: ClassVar[tuple[int, int]] = (1, 1)  # shortest and longest episode

    @abstractmethod
    def happens_to(self, people: npt.NDArray[np.void], euro: float) -> npt.NDArray[np.bool_]:
        """Customers to whom it can happen, by what they are at the start; ``euro`` is minor units of a euro."""

    @abstractmethod
    def expected_rows(self, config: LookalikeConfig, crowd: Crowd) -> float:
        """Approved rows of an average episode: so many episodes make up a rate."""

    def season(self, config: LookalikeConfig, day: date, calendar: Calendar) -> float:
        """How likely an episode is to begin on a day, against other days of the same month."""
        return 1.0

    def knobs(self, config: LookalikeConfig) -> tuple[float, ...]:
        """At most four numbers that its compiled code reads."""
        return ()

    def returned_share(self, config: LookalikeConfig) -> float:
        """Share of its purchases that are brought back together some days later; 0: as any other purchase."""
        return 0.0
