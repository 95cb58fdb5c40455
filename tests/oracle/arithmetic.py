"""exp, log, normal quantile and Poisson counts from + - * / and sqrt in a fixed order, so that every machine agrees.

``math.exp`` and ``math.log`` may differ from these in the last bit and cannot stand in for them.
"""

from __future__ import annotations

import math
import struct

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_INVERSE_LN2 = 1.44269504088896338700
_SQRT_2 = 1.4142135623730951

# P. J. Acklam's rational approximation of the normal quantile (2003): middle, then tails; numerator, denominator.
_A = (-3.969683028665376e01, 2.209460984245205e02, -2.759285104469687e02, 1.383577518672690e02, -3.066479806614716e01,
      2.506628277459239e00)  # fmt: skip
_B = (-5.447609879822406e01, 1.615858368580409e02, -1.556989798598866e02, 6.680131188771972e01, -1.328068155288572e01,
      1.0)  # fmt: skip
_C = (-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e00, -2.549732539343734e00,
      4.374664141464968e00, 2.938163982698783e00)  # fmt: skip
_D = (7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e00, 3.754408661907416e00, 1.0)


def single(x: float) -> float:
    """The nearest 32-bit float: what a record's ``f4`` field keeps."""
    kept: float = struct.unpack("f", struct.pack("f", x))[0]
    return kept


def floor(x: float) -> float:
    return float(math.floor(x))


def exp(x: float) -> float:
    """2**k times the Taylor polynomial of the rest, up to its tenth power; the order of sums is part of the result."""
    if x < -700.0:
        return 0.0
    x = min(x, 700.0)
    k = math.floor(x * _INVERSE_LN2 + 0.5)
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + r) + r2 * (1.0 / 2.0 + r * (1.0 / 6.0))
    middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0))
    high = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + r2 * (1.0 / 3628800.0)
    return math.ldexp(low + r4 * (middle + r4 * high), k)


def log(x: float) -> float:
    """k ln 2 plus the series of ln((1 + s) / (1 - s)) for a mantissa near 1."""
    half_mantissa, exponent = math.frexp(x)
    m, k = 2.0 * half_mantissa, exponent - 1
    if m > _SQRT_2:
        m, k = 0.5 * m, k + 1
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    z2 = z * z
    low = (1.0 + z * (1.0 / 3.0)) + z2 * (1.0 / 5.0 + z * (1.0 / 7.0))
    high = (1.0 / 9.0 + z * (1.0 / 11.0)) + z2 * (1.0 / 13.0 + z * (1.0 / 15.0))
    return k * _LN2_HIGH + (k * _LN2_LOW + 2.0 * s * (low + z2 * z2 * high))


def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    value = coefficients[0]
    for coefficient in coefficients[1:]:
        value = value * x + coefficient
    return value


def normal_quantile(u: float) -> float:
    """Standard normal quantile."""
    if u < 0.02425:
        return _lower_tail(u)
    if u > 0.97575:
        return -_lower_tail(1.0 - u)
    q = u - 0.5
    return _polynomial(_A, q * q) * q / _polynomial(_B, q * q)


def _lower_tail(u: float) -> float:
    q = math.sqrt(-2.0 * log(max(u, 1e-300)))
    return _polynomial(_C, q) / _polynomial(_D, q)


def poisson(u: float, mean: float) -> int:
    """Smallest count whose cumulative probability reaches ``u``, at most 60."""
    p = exp(-mean)
    cumulative, count = p, 0
    while u > cumulative and count < 60:
        count += 1
        p *= mean / count
        cumulative += p
    return count
