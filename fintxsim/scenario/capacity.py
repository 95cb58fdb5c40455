"""What a population can carry: rates that cannot be reached are refused before anything is simulated.

The limits are generous: twice what a campaign is expected to bring, and nobody escapes. What is within them may still
prove out of reach, and the run says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fintxsim.fraud import FraudConfig
from fintxsim.pacing import GUESSED_EUROS_PER_ROW, GUESSED_ROWS_PER_CUSTOMER_DAY, ceiling_per_day
from fintxsim.population.customers import PopulationConfig
from fintxsim.typologies.base import Typology
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.market import Wanted

BPS = 10_000.0
MOST_TIMES_EXPECTED = 2.0  # that campaigns bring more than expected, on average

_PEOPLE = {Wanted.CREDIT: "credit card holders", Wanted.IMPOSTOR: "made-up identities"}


class Limit(NamedTuple):
    """The highest rate that can be asked for, and why."""

    bps: float
    because: str


def too_much(
    fraud: FraudConfig, population: PopulationConfig, days: int, volume: float = 1.0
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """For each rate that the population cannot carry, the keys that ask for it and how much it can.

    ``volume`` is the rows of a customer, in those of a bank's customer of default behaviour.
    """
    for typology, config in fraud.active():
        if config.rate_bps is None:
            continue
        limit = highest_rate(typology, config, population, days, by_value=fraud.rate_basis == "value", volume=volume)
        if config.rate_bps > limit.bps:
            boosted = f" with boost {fraud.boost:g}" if fraud.boost != 1.0 else ""
            shared = typology.name in (fraud.mix or {})
            keys = ("total_rate_bps",) if shared else ("typologies", typology.name, "rate_bps")
            yield (
                ("fraud", *keys),
                f"{config.rate_bps:g} bps of {typology.name}{boosted} are more than the population can carry: about "
                f"{limit.bps:.3g} at most, because {limit.because}; ask for less",
            )


def highest_rate(
    typology: Typology,
    config: TypologyConfig,
    population: PopulationConfig,
    days: int,
    *,
    by_value: bool,
    volume: float = 1.0,
) -> Limit:
    """The highest rate, while it is on, that a population can carry in a run of so many days."""
    factors = [config.factor(day) for day in range(days)]
    frauds = typology.expected_frauds(config) * MOST_TIMES_EXPECTED
    weight = typology.expected_amount / GUESSED_EUROS_PER_ROW if by_value else 1.0
    rows_per_day = GUESSED_ROWS_PER_CUSTOMER_DAY * volume * population.customers
    campaigns = ceiling_per_day(population.customers)
    bps = BPS * weight * frauds / rows_per_day
    peak, total = max(factors), sum(factors)
    limits = []
    if peak > 0.0:
        limits.append(Limit(bps * campaigns / peak, f"at most {campaigns:,.0f} campaigns a day begin"))
    people = _who_can_be_used_up(typology, config, population)
    if people is not None and total > 0.0:
        whom = f"each of about {people:,.0f} {_PEOPLE[typology.exhausts or Wanted.IMPOSTOR]} can be used only once"
        limits.append(Limit(bps * people / total, whom))
    return min(limits, default=Limit(BPS, ""))


def _who_can_be_used_up(typology: Typology, config: TypologyConfig, population: PopulationConfig) -> float | None:
    """How many customers there are of a kind that each campaign uses up; None if there are always more."""
    share = typology.impostor_share(config)
    if share > 0.0:
        return max(share * population.customers, 1.0)
    if typology.exhausts == Wanted.CREDIT:
        segments = population.segments.values()
        return population.customers * sum(segment.share * segment.credit_card_share for segment in segments)
    return None
