"""What was asked for against what came out, per typology and per kind of look-alike."""

from __future__ import annotations

from collections.abc import Sequence
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

TOLERANCE = 0.05  # relative; or 1.96 times the square root of the expected count where that is more
LOOKALIKE_TOLERANCE = 0.10  # relative, and what chance allows on top of it; look-alikes are foretold, not paced
EPISODE_SPREAD = 1.3  # variance of the rows of an episode, as a factor on that of episodes of equal length
BPS = 10_000.0
Status = Literal["reached", "not_reached", "off", "open_loop"]


def fraud_entries(
    world: World, campaigns: Sequence[CampaignRecord], approved: int, approved_minor: int
) -> tuple[FraudEntry, ...]:
    """One entry per typology that is on; ``approved_minor`` is the approved value in minor units."""
    return tuple(_entry(world, market, campaigns, approved, approved_minor) for market in world.markets)


def _entry(
    world: World, market: CriminalMarket, campaigns: Sequence[CampaignRecord], approved: int, approved_minor: int
) -> FraudEntry:
    mine = [record for record in campaigns if record.typology is market.typology]
    frauds, loss = sum(record.approved for record in mine), sum(record.loss for record in mine)
    by_count = BPS * frauds / approved if approved else 0.0
    by_value = BPS * loss / approved_minor if approved_minor else 0.0
    by_basis = world.fraud.rate_basis == "value"
    config, minor = market.config, world.setting.minor
    low = high = expected = None
    status: Status = "open_loop"
    reason = "the pressure was fixed, so the rate is a result"
    if config.rate_bps is not None:
        base = approved_minor / minor if by_basis else approved
        expected = config.rate_bps / BPS * base
        typical = loss / minor / frauds if frauds else market.typology.expected_amount
        cases = expected / typical if by_basis else float(expected)
        margin = max(TOLERANCE, 1.96 / sqrt(cases) if cases > 0 else 0.0)
        low, high = max(config.rate_bps * (1.0 - margin), 0.0), config.rate_bps * (1.0 + margin)
        status, reason = _status(market, mine, by_value if by_basis else by_count, low, high)
    customer_days = world.setting.population.customers * world.setting.days
    return FraudEntry(
        typology=market.typology.name, requested_bps=config.rate_bps, rate_basis=world.fraud.rate_basis,
        requested_pressure=config.pressure, pressure=market.started_in_run * 1e6 / customer_days, campaigns=len(mine),
        approved_frauds=frauds, approved_fraud_value=loss / minor, expected=expected, realised_bps_count=by_count,
        realised_bps_value=by_value, low_bps=low, high_bps=high, status=status, reason=reason,
    )  # fmt: skip


def _status(
    market: CriminalMarket, mine: Sequence[CampaignRecord], realised: float, low: float, high: float
) -> tuple[Status, str]:
    """Whether the rate was kept, and if not why."""
    if low <= realised <= high:
        return "reached", ""
    assert isinstance(market.pace, Pacer)
    if realised > high:
        return (
            "not_reached",
            "one campaign brought more than the whole run has room for; ask for more days or customers",
        )
    tried, passed = sum(record.rows for record in mine), sum(record.approved for record in mine)
    if 2 * passed < tried:
        return "not_reached", f"the bank's controls and limits refused {tried - passed:,} of {tried:,} attempts"
    if market.pace.at_ceiling:
        return "not_reached", "the criminal market's ceiling was reached: controls and limits stop too many attempts"
    return "not_reached", "the run is too short for the campaigns it started; ask for more days or customers"


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
