"""What criminals draw, in arithmetic that is the same on every machine: amounts, counts, sums as people name them."""

from __future__ import annotations

from fintxsim.numerics import exp, log, normal_quantile


def log_normal(median: float, sigma: float, u: float) -> float:
    """Quantile ``u`` of a log-normal distribution."""
    return float(median * exp(sigma * normal_quantile(u)))


def between_in_log(a: float, b: float, weight: float) -> float:
    """Geometric mean of two positive numbers: ``a`` at weight 0, ``b`` at weight 1."""
    return float(exp((1.0 - weight) * log(a) + weight * log(b)))


def exponential(mean: float, u: float) -> float:
    """Quantile ``u`` of an exponential distribution."""
    return float(-mean * log(1.0 - u))


def counted(mean: float, u: float, most: int) -> int:
    """Quantile ``u`` of a geometric number from 1 on, at most ``most``."""
    if mean <= 1.0:
        return 1
    return min(1 + int(log(1.0 - u) / log(1.0 - 1.0 / mean)), most)


def named_sum(wanted: float, u: float) -> float:
    """The sum that somebody names who wants to send about so much: round, whole, or to the cent.

    The shares and the steps are those of everybody's transfers, see ``behaviour.transfers``.
    """
    if u < 0.62:
        step = 5.0 if wanted < 100.0 else 50.0 if wanted < 1000.0 else 100.0
        return max(int(wanted / step + 0.5), 1) * step
    if u < 0.76:
        return float(max(int(wanted + 0.5), 1))
    return max(int(wanted * 100.0 + 0.5), 1) / 100.0


def sum_within(most: float, u: float) -> float:
    """The same for somebody who can spare ``most`` and wants to send nearly all of it."""
    if u < 0.62:
        step = 5.0 if most < 100.0 else 10.0 if most < 500.0 else 50.0 if most < 2000.0 else 100.0
        return int(most / step) * step
    return float(int(most)) if u < 0.76 else int(most * 100.0) / 100.0
