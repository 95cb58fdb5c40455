"""Keyed random numbers: (seed, purpose, agent, day, ordinal) -> uniform.

A draw is a hash of its key. Nobody's luck depends on call order, on other agents, on other modules or on
the number of workers; adding a campaign moves no draw of a customer it does not touch. Each purpose has one
owner, named beside it.

The hash is the finaliser of splitmix64 (Steele, Lea, Flood 2014), used as a counter-based generator.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from fintxsim.compiled import compiled, kernel

_MASK = (1 << 64) - 1
_GOLDEN_INT = 0x9E3779B97F4A7C15
_M1_INT = 0xBF58476D1CE4E5B9
_M2_INT = 0x94D049BB133111EB

GOLDEN = np.uint64(_GOLDEN_INT)
_M1 = np.uint64(_M1_INT)
_M2 = np.uint64(_M2_INT)
_S27, _S30, _S31, _S12 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(12)
_TO_UNIT = 2.0**-52  # 52 bits and a half: never 0, never 1
_AT_A_TIME = 12


class Purpose(IntEnum):
    """What a stream is for, and the module that owns it."""

    PERSON = 1  # population.customers
    CONTRACTS = 2  # population.customers
    FAVOURITES = 3  # population.customers
    NETWORK = 4  # population.network
    MERCHANT = 5  # population.merchants
    DEVICE = 6  # population.devices
    TOKEN = 7  # tokens
    SHOCK = 8  # engine: the daily shock shared by everybody
    OUTING = 9  # behaviour.outings
    LIFE = 10  # behaviour.day: how many purchases, logins, withdrawals today
    SPELL = 11  # behaviour.day: pauses and bursts
    TRIP = 12  # behaviour.trips
    PURCHASE = 13  # behaviour.purchases
    BILL = 14  # behaviour.bills
    CASH = 15  # behaviour.cash
    TRANSFER = 16  # behaviour.transfers
    LOGIN = 17  # behaviour.sessions
    AFTERMATH = 18  # behaviour.refunds
    TIMES = 19  # behaviour.timing: the microseconds of an event
    AUTHORISE = 20  # bank.authorise
    OUTAGE = 21  # bank.authorise
    LABEL = 22  # bank.labels
    REISSUE = 23  # bank.cards
    SETTLE = 24  # run.tables
    STOLEN_DATA = 25  # contest
    LOOKALIKE = 26  # lookalikes: episodes and their rows, by customer and kind
    OPINION = 30  # bank.labels: what is said of a single row
    ALERT = 31  # bank.alerts
    RECOVERY = 32  # bank.recovery
    TYPOLOGY = 40  # typologies: plus the typology's own number
    IMPOSTOR = 80  # population.impostors: plus the number of the typology


@compiled
def mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits."""
    x = (x ^ (x >> _S30)) * _M1
    x = (x ^ (x >> _S27)) * _M2
    return x ^ (x >> _S31)


@compiled
def stream(key: np.uint64, agent: int, day: int) -> np.uint64:
    """State of the stream of one agent on one day (or of one agent and any second number)."""
    return mix(mix(key + np.uint64(agent) * GOLDEN) + np.uint64(day) * _M1)


@compiled
def uniform(state: np.uint64, ordinal: int) -> float:
    """Draw number ``ordinal`` of a stream, in (0, 1)."""
    bits = mix(state + np.uint64(ordinal + 1) * GOLDEN)
    return (np.float64(bits >> _S12) + 0.5) * _TO_UNIT


@compiled
def bits(state: np.uint64, ordinal: int) -> np.uint64:
    """Draw number ``ordinal`` of a stream as 64 bits."""
    return mix(state + np.uint64(ordinal + 1) * GOLDEN)


@kernel
def draws_of(key: np.uint64, agents: npt.NDArray[np.int64], day: int, first: int, out: npt.NDArray[np.float64]) -> None:
    """Draws number ``first``, ``first + 1``, ... of the streams of many agents on one day, shape (draws, agents)."""
    for k in range(agents.shape[0]):
        state = stream(key, agents[k], day)
        for j in range(out.shape[0]):
            out[j, k] = uniform(state, first + j)


def _mix(x: int) -> int:
    x = ((x ^ (x >> 30)) * _M1_INT) & _MASK
    x = ((x ^ (x >> 27)) * _M2_INT) & _MASK
    return x ^ (x >> 31)


def purpose_key(seed: int, purpose: int) -> np.uint64:
    """Key of all streams of one purpose in a run."""
    return np.uint64(_mix(_mix((seed + _GOLDEN_INT) & _MASK) ^ ((purpose * _M2_INT) & _MASK)))


@kernel
def _uniforms(key: np.uint64, agent: int, day: int, first: int, out: npt.NDArray[np.float64]) -> None:
    """Draws number ``first``, ``first + 1``, ... of one stream."""
    state = stream(np.uint64(key), agent, day)
    for k in range(out.shape[0]):
        out[k] = uniform(state, first + k)


@kernel
def _bits(key: np.uint64, agent: int, day: int, ordinal: int) -> np.uint64:
    return bits(stream(np.uint64(key), agent, day), ordinal)


class Draws:
    """The same streams for the control plane.

    Criminals draw a dozen times in an act: so as many draws are made at a time.

    >>> Draws(purpose_key(42, Purpose.LABEL), 7, 3).uniform(0) == Draws(purpose_key(42, Purpose.LABEL), 7, 3).uniform(0)
    True
    """

    __slots__ = ("_agent", "_day", "_drawn", "_key", "_next")

    def __init__(self, key: np.uint64, agent: int, day: int) -> None:
        self._key, self._agent, self._day = key, agent, day
        self._drawn: list[float] = []
        self._next = 0

    def bits(self, ordinal: int) -> int:
        return int(_bits(self._key, int(self._agent), int(self._day), int(ordinal)))

    def uniform(self, ordinal: int) -> float:
        """Draw number ``ordinal``, in (0, 1)."""
        return (float(self.bits(ordinal) >> 12) + 0.5) * _TO_UNIT

    def next(self) -> float:
        """The next uniform in sequence, for decisions whose order is fixed."""
        at = self._next
        self._next = at + 1
        if at == len(self._drawn):
            self._draw_more()
        return self._drawn[at]

    def _draw_more(self) -> None:
        more, drawn = np.empty(_AT_A_TIME), self._drawn
        _uniforms(self._key, int(self._agent), int(self._day), len(drawn), more)
        drawn.extend(more.tolist())

    def below(self, n: int) -> int:
        """The next integer in 0..n-1."""
        number = int(self.next() * n)
        return number if number < n else n - 1

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.next()
