"""Currencies of ISO 4217 and what they are worth.

Rates are one fixed table: the simulator has no exchange market. Sources stand at the top of ``data/currencies.csv``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from fintxsim.clock import near_matches
from fintxsim.errors import InputError


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency. ``exponent`` counts the decimals of its minor unit; ``basis`` says where ``per_euro`` is from."""

    code: str
    exponent: int
    per_euro: float
    basis: str


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a table of ``population/data``; lines that begin with # give its sources and are skipped."""
    lines = files("fintxsim.population").joinpath("data", name).read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@cache
def currencies() -> MappingProxyType[str, Currency]:
    """Every active currency by its code."""
    rows = read_table("currencies.csv")
    return MappingProxyType(
        {r["code"]: Currency(r["code"], int(r["exponent"]), float(r["per_euro"]), r["basis"]) for r in rows}
    )


def currency(code: str) -> Currency:
    """The currency of that code; InputError when ISO 4217 has no such active code."""
    if code not in currencies():
        raise InputError(
            f"currency: {code!r} is not an active currency; allowed are the three capital letters of ISO 4217,"
            f" such as EUR.{near_matches(code, currencies())} Give one of these codes."
        )
    return currencies()[code]


def price_level(code: str) -> float:
    """Units of the currency per euro: multiply amounts that are calibrated in euro by it.

    Assumption: prices differ between countries by the exchange rate alone.
    """
    return currency(code).per_euro


def exchange_rate(code: str, home: str) -> float:
    """Units of the currency per unit of the home currency."""
    return price_level(code) / price_level(home)
