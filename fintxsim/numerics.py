"""exp, log, normal quantile and Poisson counts that give the same bits on every machine.

``numpy.exp`` and ``numpy.log`` differ in the last bit between CPU generations and C libraries. These
use only + - * / and sqrt, which IEEE 754 fixes exactly, in a fixed order and without fused operations.
"""

from __future__ import annotations

import numpy as np

from fintxsim.compiled import compiled, kernel

_LN2_HIGH = 6.93147180369123816490e-01  # ln 2 in two parts, so that k * ln 2 loses no bits
_LN2_LOW = 1.90821492927058770002e-10
_INVERSE_LN2 = 1.44269504088896338700
_POWERS_OF_2 = np.array([2.0**k for k in range(-1022, 1024)])
_MANTISSA = np.int64((1 << 52) - 1)
_ONE_BITS = np.int64(1023 << 52)
_SQRT_2 = 1.4142135623730951


@kernel
def exp(x: float) -> float:
    """e**x, relative error below 1e-12; 0 below -700, exp(700) above 700.

    The Taylor polynomial is summed in halves and quarters (Estrin), because a chain of eleven products would wait
    for itself.
    """
    if x < -700.0:
        return 0.0
    x = min(x, 700.0)
    k = int(np.floor(x * _INVERSE_LN2 + 0.5))
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + r) + r2 * (0.5 + r * (1.0 / 6.0))
    middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0))
    high = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + r2 * (1.0 / 3628800.0)
    return (low + r4 * (middle + r4 * high)) * _POWERS_OF_2[k + 1022]


@kernel
def log(x: float) -> float:
    """Natural logarithm of a positive normal number, absolute error below 1e-12."""
    bits = np.float64(x).view(np.int64)
    k = (bits >> np.int64(52)) - 1023
    m = np.int64((bits & _MANTISSA) | _ONE_BITS).view(np.float64)
    if m > _SQRT_2:
        m *= 0.5
        k += 1
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    z2 = z * z
    low = (1.0 + z * (1.0 / 3.0)) + z2 * (1.0 / 5.0 + z * (1.0 / 7.0))
    high = (1.0 / 9.0 + z * (1.0 / 11.0)) + z2 * (1.0 / 13.0 + z * (1.0 / 15.0))
    return k * _LN2_HIGH + (k * _LN2_LOW + 2.0 * s * (low + z2 * z2 * high))


@kernel
def normal_quantile(u: float) -> float:
    """Standard normal quantile of u in (0, 1), relative error about 1e-9.

    The rational approximation is that of P. J. Acklam (2003), published with its coefficients.
    """
    if u < 0.02425:
        q = np.sqrt(-2.0 * log(max(u, 1e-300)))
        return _tail(q)
    if u > 0.97575:
        q = np.sqrt(-2.0 * log(max(1.0 - u, 1e-300)))
        return -_tail(q)
    q = u - 0.5
    r = q * q
    a = -3.969683028665376e01
    a = a * r + 2.209460984245205e02
    a = a * r - 2.759285104469687e02
    a = a * r + 1.383577518672690e02
    a = a * r - 3.066479806614716e01
    a = a * r + 2.506628277459239e00
    b = -5.447609879822406e01
    b = b * r + 1.615858368580409e02
    b = b * r - 1.556989798598866e02
    b = b * r + 6.680131188771972e01
    b = b * r - 1.328068155288572e01
    return a * q / (b * r + 1.0)


@compiled
def _tail(q: float) -> float:
    c = -7.784894002430293e-03
    c = c * q - 3.223964580411365e-01
    c = c * q - 2.400758277161838e00
    c = c * q - 2.549732539343734e00
    c = c * q + 4.374664141464968e00
    c = c * q + 2.938163982698783e00
    d = 7.784695709041462e-03
    d = d * q + 3.224671290700398e-01
    d = d * q + 2.445134137142996e00
    d = d * q + 3.754408661907416e00
    return c / (d * q + 1.0)


@kernel
def poisson(u: float, mean: float) -> int:
    """Poisson count by inversion of one uniform: always one draw, so that nobody else's luck moves.

    Meant for means up to about 30; the count is capped at 60. Most means are small, and since exp(-m) >= 1 - m the
    answer is then mostly known to be 0 without an exponential.
    """
    if u < 1.0 - mean:
        return 0
    p = exp(-mean)
    cumulative = p
    count = 0
    while u > cumulative and count < 60:
        count += 1
        p *= mean / count
        cumulative += p
    return count
