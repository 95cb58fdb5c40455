"""Tokens: one to one on 48 bits, another shuffle for each key and kind, and without order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fintxsim import tokens
from fintxsim.compiled import kernel

ANY_TIME = settings(deadline=None)  # the first call compiles
HALF, LOW = 24, (1 << 24) - 1
KINDS = (
    tokens.ACCOUNT, tokens.CARD, tokens.MERCHANT, tokens.TERMINAL, tokens.DEVICE, tokens.IP, tokens.SESSION, tokens.ADDRESS,
    tokens.PHONE,
)  # fmt: skip
KEY = 0x0123_4567_89AB_CDEF
KEYS = st.integers(0, (1 << 64) - 1)
CODES = st.integers(0, (1 << 48) - 1)
KIND = st.sampled_from(KINDS)


def scrambled(half: int, round_key: int) -> int:
    """The round function, as written down in the module."""
    x = (half + round_key) * 0x2C1B3C6D % (1 << 64)
    x ^= x >> 13
    return (x * 0x297A2D39 % (1 << 64) >> 13) & LOW


def code_of(key: int, kind: int, shown: int) -> int:
    """The rounds backwards: the code behind a token. That there is one for each proves tokens to be one to one."""
    k = key ^ (kind + 1) * 0x9E3779B97F4A7C15 % (1 << 64)
    left, right = shown >> HALF, shown & LOW
    right ^= scrambled(left, k >> 40 & LOW)
    left ^= scrambled(right, k >> 32 & LOW)
    right ^= scrambled(left, k >> 16 & LOW)
    left ^= scrambled(right, k & LOW)
    return left << HALF | right


@kernel
def token_of(key: np.uint64, kind: int, code: int) -> int:
    return tokens.token(tokens.round_keys(key, kind), code)


@kernel
def replace_all(key: np.uint64, kind: int, codes: npt.NDArray[np.int64]) -> None:
    tokens.to_tokens(key, kind, codes)


def tokens_of(codes: range, kind: int = tokens.DEVICE) -> list[int]:
    shown = np.array(codes, np.int64)
    replace_all(np.uint64(KEY), kind, shown)
    return [int(word) for word in shown]


@ANY_TIME
@given(KEYS, KIND, CODES)
def test_a_token_has_48_bits(key: int, kind: int, code: int) -> None:
    assert 0 <= token_of(np.uint64(key), kind, code) < 1 << 48


@ANY_TIME
@given(KEYS, KIND, CODES)
def test_a_token_can_be_turned_back_into_its_code(key: int, kind: int, code: int) -> None:
    assert code_of(key, kind, int(token_of(np.uint64(key), kind, code))) == code


@ANY_TIME
@given(KEYS, KIND, CODES)
def test_every_48_bits_are_a_token(key: int, kind: int, shown: int) -> None:
    assert token_of(np.uint64(key), kind, code_of(key, kind, shown)) == shown


@pytest.mark.parametrize("first", [0, 10**6, 1 << 46, (1 << 46) + (1 << 45)])
def test_tokens_of_successive_codes_rise_as_often_as_they_fall(first: int) -> None:
    count = 20_000
    shown = np.array(tokens_of(range(first, first + count)))
    rises = int((np.diff(shown) > 0).sum())
    standard_error = ((count + 1) / 12.0) ** 0.5  # of the rises in a random order
    assert abs(rises - (count - 1) / 2) < 5.0 * standard_error


@pytest.mark.parametrize("stride", [1, 4, 512, 1 << 14])
def test_tokens_do_not_tell_how_large_the_code_is(stride: int) -> None:
    count = 20_000
    shown = np.array(tokens_of(range(0, count * stride, stride)), np.float64)
    correlation = np.corrcoef(np.arange(count), shown)[0, 1]
    assert abs(correlation) < 5.0 / count**0.5


def test_each_bit_of_a_token_is_set_half_the_time() -> None:
    count = 20_000
    shown = np.array(tokens_of(range(count)), np.int64)
    shares = np.array([(shown >> bit & 1).mean() for bit in range(48)])
    assert abs(shares - 0.5).max() < 5.0 * 0.5 / count**0.5


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != tokens.DEVICE])
def test_codes_of_two_kinds_have_different_tokens(kind: int) -> None:
    assert not set(tokens_of(range(1000), kind)) & set(tokens_of(range(1000), tokens.DEVICE))


def test_two_keys_shuffle_differently() -> None:
    one, other = (int(token_of(np.uint64(key), tokens.CARD, 1)) for key in (1, 2))
    assert one != other


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_has_the_tokens_of_its_codes_and_keeps_its_nulls(kind: int) -> None:
    codes = np.array([0, -1, 5, 1 << 46, -1, (1 << 48) - 1, 7], np.int64)
    expected = [-1 if code < 0 else token_of(np.uint64(KEY), kind, code) for code in codes.tolist()]
    replace_all(np.uint64(KEY), kind, codes)
    assert codes.tolist() == expected
