"""Identifiers in the files: a keyed shuffle of the engine's own codes.

The engine's codes carry structure (owner, slot, generation). A four-round Feistel network turns each into a
48-bit token: one to one, so tokens never collide, and without order, so that no identifier tells whose it is,
when it was made or whether a criminal made it. 48 bits stay exact in a float64.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fintxsim.compiled import compiled

_HALF = np.uint64(24)
_LOW = np.uint64((1 << 24) - 1)
_A = np.uint64(0x2C1B3C6D)
_B = np.uint64(0x297A2D39)
_S13 = np.uint64(13)

ACCOUNT, CARD, MERCHANT, TERMINAL, DEVICE, IP, SESSION, ADDRESS, PHONE = range(9)


@compiled
def _round(x: np.uint64, key: np.uint64) -> np.uint64:
    x = (x + key) * _A
    x ^= x >> _S13
    return ((x * _B) >> _S13) & _LOW


@compiled
def round_keys(key: np.uint64, kind: int) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Keys of the four rounds for identifiers of one kind."""
    k = key ^ (np.uint64(kind + 1) * np.uint64(0x9E3779B97F4A7C15))
    return k & _LOW, (k >> np.uint64(16)) & _LOW, (k >> np.uint64(32)) & _LOW, (k >> np.uint64(40)) & _LOW


@compiled
def token(keys: tuple[np.uint64, np.uint64, np.uint64, np.uint64], code: int) -> int:
    """Token of ``code`` (0 <= code < 2**48)."""
    left = (np.uint64(code) >> _HALF) & _LOW
    right = np.uint64(code) & _LOW
    left ^= _round(right, keys[0])
    right ^= _round(left, keys[1])
    left ^= _round(right, keys[2])
    right ^= _round(left, keys[3])
    return int((left << _HALF) | right)


@compiled
def to_tokens(key: np.uint64, kind: int, codes: npt.NDArray[np.int64]) -> None:
    """Turn a column of codes of one kind into tokens, where it lies; -1 stays.

    No branch and the keys of the rounds made beforehand, so that the compiler works at four codes at a time.
    """
    keys = round_keys(key, kind)
    for k in range(codes.shape[0]):
        word = token(keys, codes[k])
        codes[k] = word if codes[k] >= 0 else -1
