"""From rates to episodes: how often each kind must happen so that its rows have the share that was asked for.

The base, the approved rows of plain life, is foretold from what the customers are at the start, never taken from what
happens: nobody's rows may depend on what others do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fintxsim.lookalikes.base import Crowd, Lookalike, LookalikeConfig
from fintxsim.population.customers import MONTH_DAYS

BPS = 10_000.0
_NEVER = -1_000_000  # before any day of a run

# Approved rows for each thing that a customer is set to do, measured in runs of the default behaviour.
_PER_PURCHASE = 0.965  # less when money is short; with refunds, reversals and checks of cards
_PER_ROUTINE = 0.57  # weekdays at home, where the second favourite is a shop in town
_PER_CASH, _PER_DEPOSIT, _PER_TRANSFER, _PER_TOP_UP, _PER_CONTRACT = 0.957, 0.97, 0.965, 0.93, 0.96
_PER_IRREGULAR_INCOME = 0.221  # a day
_CHARGES_PER_MONTH = 0.87  # fees, and interest owed
_PULLS_PER_DAY = 0.0075  # from the savings when money is short
NOT_PLAIN = 0.025  # rows that are not plain life: look-alikes and fraud, per plain row, as in the flagship
# What comes about of an episode's purchases, in parts of what it is at a bank: where money is pushed no card is lost or
# refused, and little is in wallets. Measured in runs of the presets.
_MEANS_OF_ACCOUNTS, _MEANS_OF_WALLETS = 1.13, 0.64
_PLAIN_IN_WALLETS = 0.92  # plain life there, in parts of what the figures above foretell
_IN_THE_MOOD = 0.953  # purchases made for each that a customer is set to make

Array = npt.NDArray[np.void]


def set_rates(
    world: Array, active: Sequence[tuple[Lookalike, LookalikeConfig]], people: Array, contracts: Sequence[Array]
) -> None:
    """Settle to whom each kind can happen, and how often it does; ``people`` are all customers of the bank."""
    people["window_start"], people["lookalikes"] = _NEVER, 0
    if not active:
        return
    signed = sum(int((part["kind"] > 0).sum()) for part in contracts)
    base = (1.0 + NOT_PLAIN) * plain_rows_per_day(people, signed, world[0]["habits"], world[0]["institution"])
    for kind, config in active:
        chosen = kind.happens_to(people, float(world[0]["bank"]["euro"]))
        people["lookalikes"][chosen] |= np.uint16(1 << kind.number)
        crowd = _crowd(people["activity"][chosen], world[0]["habits"], world[0]["institution"])
        share = config.rate_bps / BPS
        episodes = base * share / kind.expected_rows(config, crowd) if crowd.customers else 0.0
        record = world[0]["lookalikes"][kind.number]
        record["per_day"] = episodes / max(crowd.customers, 1)
        record["shortest"], record["longest"] = kind.days
        record["anchor"] = kind.anchor
        record["returned"] = kind.returned_share(config)
        knobs = kind.knobs(config)
        record["knobs"][: len(knobs)] = knobs


def plain_rows_per_day(people: Array, contracts: int, habits: Any, institution: Any) -> float:
    """Approved rows of all customers on an average day, look-alikes and fraud left out."""
    earns = people["paid_elsewhere"] == 0
    earners, paid = int(earns.sum()), int((earns & (people["pay_day"] > 0)).sum())
    received = habits["receipts"] * (1.0 - habits["friend_share"])  # for each transfer
    savers = int(people["has_savings"].sum())
    rows = (
        _PER_PURCHASE * _IN_THE_MOOD * habits["purchases"] * _sum(people["activity"])
        + _PER_ROUTINE * min(habits["routine"], 1.0) * _sum(people["routine"])
        + habits["cash"] * (_PER_CASH * _sum(people["cash_per_day"]) + _PER_DEPOSIT * _sum(people["deposit_per_day"]))
        + (_PER_TRANSFER * habits["transfers"] + received) * _sum(people["transfer_per_day"])
        + _PER_TOP_UP * habits["top_ups"] * _sum(people["top_up_per_day"])
        + _PER_CONTRACT * contracts / MONTH_DAYS
        + (habits["income"] > 0.0) * (paid / MONTH_DAYS + _PER_IRREGULAR_INCOME * (earners - paid))
        + (institution["fees"] * _CHARGES_PER_MONTH * len(people) + savers) / MONTH_DAYS
        + institution["fees"] * _PULLS_PER_DAY * len(people)
    )
    return float(rows) * (_PLAIN_IN_WALLETS if institution["agents"] else 1.0)


def _crowd(activity: npt.NDArray[Any], habits: Any, institution: Any) -> Crowd:
    """Those to whom a kind can happen, by how often each of them buys."""
    buys = _IN_THE_MOOD * habits["purchases"] * _sum(activity) / max(len(activity), 1)
    pushed = _MEANS_OF_WALLETS if institution["agents"] else _MEANS_OF_ACCOUNTS
    return Crowd(len(activity), float(buys), pushed if institution["pushes"] else 1.0)


def _sum(values: npt.NDArray[Any]) -> float:
    """The same in any order of summing."""
    return int((values.astype(np.float64) * 2.0**20).astype(np.int64).sum()) / 2.0**20
