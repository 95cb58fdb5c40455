"""Amounts that criminals draw, in arithmetic that is the same on every machine."""

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
