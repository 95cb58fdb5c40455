"""What was asked for against what came out, per typology and per kind of look-alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from fintxsim.agents import CriminalMarket
from fintxsim.engine import World
from fintxsim.fraud import CampaignRecord
from fintxsim.lookalikes.base import Lookalike, LookalikeConfig
from fintxsim.lookalikes.episodes import WINDOW
from fintxsim.manifest import AnomalyEntry, FraudEntry
from fintxsim.pacing import Pacer
from fintxsim.typologies.config import TypologyConfig

TOLERANCE = 0.05  # relative; or 1.96 times the square root of the expected count where that is more
LOOKALIKE_TOLERANCE = 0.10  # relative, and what chance allows on top of it; look-alikes are foretold, not paced
EPISODE_SPREAD = 1.3  # variance of the rows of an episode, as a factor on that of episodes of equal length
BPS = 10_000.0
HOPELESS = 0.1  # with so small a share of attempts approved, more campaigns are no way out
Status = Literal["reached", "not_reached", "off", "open_loop"]


@dataclass(frozen=True, slots=True)
class _Tally:
    """What came of a typology, in the measure of the rate: frauds, or their value in major units."""

    records: list[CampaignRecord]
    frauds: int
    amount: float
    base: float  # approved transactions, or their value
    unit: float  # an average fraud
    minor: int  # minor units of the measure's unit

    @property
    def bps(self) -> float:
        return BPS * self.amount / self.base if self.base else 0.0

    @property
    def largest(self) -> float:
        """What the campaign that brought most has brought."""
        by_value = self.minor > 1
        return max((record.loss / self.minor if by_value else record.approved for record in self.records), default=0.0)


def fraud_entries(
    world: World, campaigns: Sequence[CampaignRecord], approved: int, approved_minor: int
) -> tuple[FraudEntry, ...]:
    """One entry per typology that is on; ``approved_minor`` is the approved value in minor units."""
    return tuple(_entry(world, market, campaigns, approved, approved_minor) for market in world.markets)


def prior_odds_factor(boost: float, frauds: int, approved: int) -> float:
    """What turns the odds of a boosted run into those of the same run without boost.

    Fraud is the share s of the run's transactions and would be s / boost. A classifier that is right at one base rate
    is right at another once its odds are multiplied by the ratio of the odds of the two (Elkan, "The foundations of
    cost-sensitive learning", IJCAI 2001, theorem 2; for undersampling, which shifts the base rate just so, Dal Pozzolo
    et al., "Calibrating probability with undersampling for unbalanced classification", IEEE SSCI 2015). Here that
    ratio is (1 - s) / (boost - s).
    """
    share = frauds / approved if approved else 0.0
    return (1.0 - share) / (boost - share) if boost > share else 1.0


def timeline(config: TypologyConfig, days: int) -> str:
    """In words, when campaigns may begin; empty when that is always."""
    first, end = config.start_day or 0, days if config.stop_day is None else min(config.stop_day, days)
    is_bounded = config.start_day is not None or end < days
    spans = [_days(first, end)] if is_bounded and first < end else []
    for wave in config.waves:
        from_day, until = max(wave.start_day, first), min(wave.stop_day, end)
        if from_day < until:
            pace = "none" if wave.factor == 0.0 else f"{wave.factor:g} times as many"
            spans.append(f"{pace} {_days(from_day, until)}")
    return "; ".join(spans) or ("never" if first >= end else "")


def _days(first: int, end: int) -> str:
    return f"on days {first} to {end - 1}" if end - first > 1 else f"on day {first}"


def _entry(
    world: World, market: CriminalMarket, campaigns: Sequence[CampaignRecord], approved: int, approved_minor: int
) -> FraudEntry:
    mine = [record for record in campaigns if record.typology is market.typology]
    frauds, loss = sum(record.approved for record in mine), sum(record.loss for record in mine)
    config, minor, days = market.config, world.setting.minor, world.setting.days
    by_value = world.fraud.rate_basis == "value"
    unit = loss / minor / frauds if frauds else market.typology.expected_amount
    counted = _Tally(mine, frauds, float(frauds), float(approved), 1.0, 1)
    valued = _Tally(mine, frauds, loss / minor, approved_minor / minor, unit, minor)
    asked = valued if by_value else counted
    expected = None if config.rate_bps is None else _expected(market, asked)
    low, high = (None, None) if expected is None else _interval(expected, asked)
    status, reason = _status(world, market, asked, expected)
    return FraudEntry(
        typology=market.typology.name, requested_bps=config.rate_bps, rate_basis=world.fraud.rate_basis,
        requested_pressure=config.pressure, timeline=timeline(config, days),
        pressure=market.started_in_run * 1e6 / (world.setting.population.customers * days), campaigns=len(mine),
        victims=len({victim for record in mine for victim in record.victims}), approved_frauds=frauds,
        approved_fraud_value=loss / minor, expected=expected, realised_bps_count=counted.bps,
        realised_bps_value=valued.bps, low_bps=low, high_bps=high, status=status, reason=reason,
    )  # fmt: skip


def _expected(market: CriminalMarket, tally: _Tally) -> float:
    """Frauds (or value) that were requested: on a timeline, only of campaigns that could have begun."""
    config = market.config
    assert config.rate_bps is not None
    if config.start_day is None and config.stop_day is None and not config.waves:
        return config.rate_bps / BPS * tally.base
    assert isinstance(market.pace, Pacer)
    return market.pace.requested() / tally.minor


def _interval(expected: float, tally: _Tally) -> tuple[float, float]:
    """Rates of the whole run that count as reached."""
    cases = expected / tally.unit
    margin = max(TOLERANCE, 1.96 / sqrt(cases) if cases > 0 else 0.0)
    bps = BPS * expected / tally.base if tally.base else 0.0
    return max(bps * (1.0 - margin), 0.0), bps * (1.0 + margin)


def _status(world: World, market: CriminalMarket, tally: _Tally, expected: float | None) -> tuple[Status, str]:
    """Whether the rate was kept, and if not why."""
    if not any(market.config.factor(day) for day in range(world.setting.days)):
        return "off", "its timeline has no day within the run"
    if expected is None:
        return "open_loop", "the pressure was fixed, so the rate is a result"
    low, high = _interval(expected, tally)
    if low <= tally.bps <= high:
        return "reached", ""
    return "not_reached", _too_much(tally, expected) if tally.bps > high else _too_little(world, market, tally)


def _too_much(tally: _Tally, expected: float) -> str:
    if tally.largest >= tally.amount - expected:
        return (
            f"one campaign alone brought {tally.largest:,.0f}, the whole run has room for {expected:,.0f}; "
            "ask for more days or customers"
        )
    return (
        f"campaigns under way brought more than those before them ({tally.amount:,.0f} instead of {expected:,.0f}); "
        "ask for more days or customers"
    )


def _too_little(world: World, market: CriminalMarket, tally: _Tally) -> str:
    tried, passed = sum(record.tries for record in tally.records), tally.frauds
    identities = world.impostors.identities.get(market.typology.number, [])
    used = {victim for record in tally.records for victim in record.victims}
    assert isinstance(market.pace, Pacer)
    if identities and len(used) >= len(identities):
        return f"each of the {len(identities):,} made-up identities has been used; ask for more of them"
    if market.pace.at_ceiling and tried - passed <= HOPELESS * tried:
        return f"no more campaigns begin than {market.pace.ceiling:,.0f} a day; ask for less"
    if market.stock is not None and tried and not market.stock.waiting:
        return (
            f"all that was prepared has been used, and preparing more takes up to {market.typology.ready_days} days; "
            "ask for less"
        )
    if market.pace.at_ceiling or HOPELESS * tried > passed:
        return (
            f"the bank's controls and limits refused {tried - passed:,} of {tried:,} attempts, and no more campaigns "
            f"begin than {market.pace.ceiling:,.0f} a day"
        )
    return (
        f"the run is too short: a campaign's frauds come {market.pace.proceeds.mean_days:.1f} days after its start on "
        "average; ask for more days or customers"
    )


def anomaly_entries(world: World, tally: npt.NDArray[np.int64], approved: int) -> tuple[AnomalyEntry, ...]:
    """One entry per look-alike that is on; ``tally`` holds rows and counted rows by number, ``approved`` all rows."""
    return tuple(_anomaly(world, kind, config, tally, approved) for kind, config in world.setting.anomalies.active())


def _anomaly(
    world: World, kind: Lookalike, config: LookalikeConfig, tally: npt.NDArray[np.int64], approved: int
) -> AnomalyEntry:
    counted = int(tally[1, kind.number])
    realised = BPS * counted / approved if approved else 0.0
    per_day = float(world.setting.world[0]["lookalikes"][kind.number]["per_day"])
    able = int((world.people["lookalikes"] >> kind.number & 1).sum())
    episodes = per_day * able * world.setting.days
    margin = LOOKALIKE_TOLERANCE + (1.96 * sqrt(EPISODE_SPREAD / episodes) if episodes else 0.0)
    low, high = max(config.rate_bps * (1.0 - margin), 0.0), config.rate_bps * (1.0 + margin)
    reached = low <= realised <= high
    return AnomalyEntry(
        kind=kind.name, requested_bps=config.rate_bps, realised_bps=realised, rows=int(tally[0, kind.number]),
        approved_rows=counted, expected=config.rate_bps / BPS * approved, low_bps=low, high_bps=high,
        status="reached" if reached else "not_reached", reason="" if reached else _why_missed(per_day, able),
    )  # fmt: skip


def _why_missed(per_day: float, able: int) -> str:
    if not able:
        return "it can happen to none of the customers"
    if per_day * WINDOW > 1.0:
        return f"it would have to happen to a customer more than once in {WINDOW} days"
    return "episodes were foretold from what customers are, and seasons keep to months; a longer run comes closer"
