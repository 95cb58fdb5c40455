"""Keyed draws: the compiled stream, its twin for the control plane, and the range of their uniforms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fintxsim.streams import Draws, Purpose, bits, mix, purpose_key, stream, uniform

ANY_TIME = settings(deadline=None)  # the first call compiles
WORD = 1 << 64
WORDS = st.integers(0, WORD - 1)
NUMBERS = st.integers(-(1 << 40), 1 << 40)  # agents, days
ORDINALS = st.integers(0, 1 << 24)
GOLDEN = 0x9E3779B97F4A7C15


def unmix(x: int) -> int:
    """The word that ``mix`` turns into ``x``."""
    x ^= x >> 31 ^ x >> 62
    x = x * pow(0x94D049BB133111EB, -1, WORD) % WORD
    x ^= x >> 27 ^ x >> 54
    x = x * pow(0xBF58476D1CE4E5B9, -1, WORD) % WORD
    return x ^ x >> 30 ^ x >> 60


def key_whose_first_bits_are(wanted: int) -> np.uint64:
    """A key such that agent 0 on day 0 draws these bits first."""
    return np.uint64(unmix(unmix((unmix(wanted) - GOLDEN) % WORD)))


def state_of(key: int, agent: int, day: int) -> np.uint64:
    return np.uint64(stream(np.uint64(key), agent, day))


# --- the hash


@ANY_TIME
@given(WORDS)
def test_mixing_loses_nothing(x: int) -> None:
    assert unmix(int(mix(np.uint64(x)))) == x


@ANY_TIME
@given(WORDS, st.integers(0, 63))
def test_one_bit_of_the_key_changes_many_of_the_result(x: int, bit: int) -> None:
    changed = int(mix(np.uint64(x))) ^ int(mix(np.uint64(x ^ 1 << bit)))
    assert 8 <= changed.bit_count() <= 56


# --- the compiled stream and its twin


@ANY_TIME
@given(WORDS, NUMBERS, NUMBERS, ORDINALS)
def test_draws_are_the_bits_of_the_compiled_stream(key: int, agent: int, day: int, ordinal: int) -> None:
    assert Draws(np.uint64(key), agent, day).bits(ordinal) == bits(state_of(key, agent, day), ordinal)


@ANY_TIME
@given(WORDS, NUMBERS, NUMBERS, ORDINALS)
def test_draws_are_the_uniforms_of_the_compiled_stream(key: int, agent: int, day: int, ordinal: int) -> None:
    assert Draws(np.uint64(key), agent, day).uniform(ordinal) == uniform(state_of(key, agent, day), ordinal)


@ANY_TIME
@given(WORDS)
@example(0)
@example(WORD - 1)
def test_a_uniform_is_never_0_or_1_whatever_the_bits(first_bits: int) -> None:
    key = key_whose_first_bits_are(first_bits)
    draws = Draws(key, 0, 0)
    assert draws.bits(0) == first_bits
    assert 0.0 < draws.uniform(0) < 1.0
    assert 0.0 < uniform(state_of(int(key), 0, 0), 0) < 1.0


@ANY_TIME
@given(WORDS)
def test_a_uniform_and_its_complement_are_both_exact(first_bits: int) -> None:
    u = Draws(key_whose_first_bits_are(first_bits), 0, 0).uniform(0)
    assert u * 2.0**53 == int(u * 2.0**53)
    assert 1.0 - (1.0 - u) == u


# --- keys


@ANY_TIME
@given(st.integers(0, 2**63 - 1))
def test_each_purpose_has_a_key_of_its_own(seed: int) -> None:
    assert len({int(purpose_key(seed, purpose)) for purpose in Purpose}) == len(Purpose)


@ANY_TIME
@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1), st.sampled_from(Purpose))
def test_two_seeds_share_no_key(one: int, other: int, purpose: Purpose) -> None:
    assert (purpose_key(one, purpose) == purpose_key(other, purpose)) == (one == other)


def test_neighbouring_agents_days_and_ordinals_share_no_draw() -> None:
    drawn = {
        Draws(purpose_key(42, Purpose.LIFE), agent, day).bits(ordinal)
        for agent in range(20)
        for day in range(-10, 10)
        for ordinal in range(20)
    }
    assert len(drawn) == 20 * 20 * 20


def test_uniforms_are_spread_evenly() -> None:
    count = 20_000
    draws = Draws(purpose_key(42, Purpose.LIFE), 7, 3)
    tenths = np.bincount([int(draws.uniform(k) * 10.0) for k in range(count)], minlength=10)
    standard_error = (count * 0.1 * 0.9) ** 0.5
    assert abs(tenths - count / 10).max() < 5.0 * standard_error


# --- draws in sequence


def test_next_takes_the_draws_one_after_the_other() -> None:
    draws = Draws(purpose_key(42, Purpose.LABEL), 7, 3)
    assert [draws.next() for _ in range(5)] == [draws.uniform(ordinal) for ordinal in range(5)]


@ANY_TIME
@given(WORDS, st.integers(1, 1 << 53))
def test_below_stays_below(key: int, n: int) -> None:
    assert 0 <= Draws(np.uint64(key), 0, 0).below(n) < n


@ANY_TIME
@given(WORDS, st.floats(-1e9, 1e9), st.floats(0.0, 1e9))
def test_between_stays_between(key: int, low: float, width: float) -> None:
    assert low <= Draws(np.uint64(key), 0, 0).between(low, low + width) <= low + width


@pytest.mark.parametrize("n", [1, 2, 6])
def test_below_reaches_every_number(n: int) -> None:
    draws = Draws(purpose_key(42, Purpose.LABEL), 7, 3)
    assert {draws.below(n) for _ in range(200)} == set(range(n))
