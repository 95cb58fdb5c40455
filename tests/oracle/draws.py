"""Keyed draws on Python integers: a draw is a hash of (purpose's key, agent, day or other number, ordinal)."""

from __future__ import annotations

from dataclasses import dataclass

_WORD = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def mix(x: int) -> int:
    """The finaliser of splitmix64, on the lowest 64 bits of an integer."""
    x &= _WORD
    x = ((x ^ (x >> 30)) * _FIRST) & _WORD
    x = ((x ^ (x >> 27)) * _SECOND) & _WORD
    return x ^ (x >> 31)


@dataclass(frozen=True, slots=True)
class Stream:
    """The draws of one agent on one occasion; asking twice for the same ordinal gives the same answer."""

    state: int

    def bits(self, ordinal: int) -> int:
        """64 random bits."""
        return mix(self.state + (ordinal + 1) * _GOLDEN)

    def uniform(self, ordinal: int) -> float:
        """A number between 0 and 1, of 52 random bits and a half: never 0, never 1."""
        return ((self.bits(ordinal) >> 12) + 0.5) * 2.0**-52

    def session(self, ordinal: int) -> int:
        """The code of a session, of 48 random bits."""
        return self.bits(ordinal) % (1 << 48)


def stream(key: int, agent: int, number: int) -> Stream:
    """The stream of an agent and a second number, mostly a day."""
    return Stream(mix(mix(key + agent * _GOLDEN) + number * _FIRST))


def habit(customer: int, merchant: int) -> Stream:
    """What one customer always does at one merchant."""
    return Stream(mix((customer * _GOLDEN & _WORD) ^ merchant))
