"""An honest table of payments, and what other simulators did to theirs.

The honest table has what makes an audit difficult: hours and channels, nulls that follow from the channel, price points,
customers who pay more or less, and frauds that prefer web shops, new devices and the night, three to a victim, within
a normal life. Each leak is written from the description of a published data set, into a copy of that table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

CATEGORIES = ("grocery", "fuel", "clothing", "electronics", "travel", "games", "food", "health")
HOURS = np.array([2, 1, 1, 1, 1, 2, 4, 9, 14, 16, 18, 22, 26, 24, 22, 22, 24, 26, 24, 18, 14, 11, 8, 4], float)
NIGHT = np.array([9, 7, 6, 4, 3, 2, 1, 1, 2, 4, 6, 8, 9, 9, 8, 8, 9, 10, 11, 12, 14, 15, 14, 12], float)
DAYS = 60


def honest(seed: int = 1, rows: int = 16_000, victims: int = 100) -> pd.DataFrame:
    """Payments in the order of time; the label is ``fraud``."""
    rng = np.random.default_rng(seed)
    customers = np.unique(rng.integers(0, 10**9, rows // 40))
    genuine = _payments(rng, rng.choice(customers, rows, p=_activity(rng, len(customers))), HOURS, 0.2)
    chosen = rng.choice(customers, victims, replace=False)
    bad = _payments(rng, np.repeat(chosen, 3), NIGHT, 0.8)
    bad["day"] = np.repeat(rng.integers(0, DAYS, victims), 3)
    frame = pd.concat([genuine.assign(fraud=0), bad.assign(fraud=1)], ignore_index=True)
    day = pd.Timestamp("2026-01-01") + pd.to_timedelta(frame.pop("day"), unit="D")
    frame.insert(0, "time", day + pd.to_timedelta(frame.pop("micros"), unit="us"))
    return in_order(frame)


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of time, numbered in that order."""
    rows = frame.sort_values("time", ignore_index=True, kind="stable")
    return rows.assign(payment=np.cumsum(1 + np.arange(len(rows)) * 7 % 9))


def _activity(rng: np.random.Generator, count: int) -> np.ndarray:
    share = rng.lognormal(0.0, 0.6, count)
    return share / share.sum()


def _payments(rng: np.random.Generator, customer: np.ndarray, hours: np.ndarray, online_share: float) -> pd.DataFrame:
    count = len(customer)
    online = rng.random(count) < online_share
    owner = np.unique(customer, return_inverse=True)[1]
    device = rng.integers(0, 10**9, owner.max() + 1)
    hour = rng.choice(24, count, p=hours / hours.sum())
    amount = np.round(rng.lognormal(3.2, 1.1, count), 2)
    amount = np.where(rng.random(count) < 0.3, np.floor(amount) + 0.99, amount)
    balance = np.round(rng.lognormal(7.0, 1.0, count) + amount, 2)
    return pd.DataFrame(
        {
            "day": rng.integers(0, DAYS, count),
            "micros": hour * 3_600_000_000 + rng.integers(0, 3_600_000_000, count),
            "customer": customer,
            "channel": np.where(online, "online", "till"),
            "category": rng.choice(CATEGORIES, count),
            "merchant": [f"Shop {place}" for place in np.minimum(rng.zipf(1.4, count), 400)],
            "amount": amount,
            "balance": balance,
            "balance_after": np.round(balance - amount, 2),
            "device": pd.array(device[owner], "Int64"),
        }
    ).assign(device=lambda rows: rows["device"].where(online))


@dataclass(frozen=True)
class Leak:
    """What a data set did, which check must say so, in what words, and which checks may say so too."""

    source: str
    spoil: Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]
    check: str
    words: str
    also: frozenset[str] = frozenset()
    ids: tuple[str, ...] = ("payment", "device")
    victims: int = 100


def frauds_of(frame: pd.DataFrame) -> np.ndarray:
    return frame["fraud"].to_numpy() == 1


def origin_emptied(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    bad = frauds_of(frame)
    balance = np.where(bad, frame["amount"], frame["balance"])
    return frame.assign(balance=balance, balance_after=np.round(balance - frame["amount"], 2))


def prefix_and_balance(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Payees are customers C... or merchants M...; a merchant's balance is always 0, a customer's only for fraud."""
    bad = frauds_of(frame)
    is_customer = bad | (rng.random(len(frame)) < 0.5)
    payee = np.where(is_customer, "C", "M").astype(object) + rng.integers(10**8, 10**9, len(frame)).astype(str)
    kept = np.where(bad | ~is_customer, 0.0, np.round(rng.lognormal(7, 1, len(frame)), 2))
    return frame.assign(payee=payee, payee_balance=kept)


def fraud_names(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return frame.assign(merchant=np.where(frauds_of(frame), "fraud_" + frame["merchant"], frame["merchant"]))


def night_and_amount(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Frauds are all at night and high; genuine payments are often either, hardly ever both."""
    bad = frauds_of(frame)
    time, amount = frame["time"].dt.normalize(), frame["amount"].to_numpy().copy()
    night = bad | (rng.random(len(frame)) < 0.15)
    hour = np.where(night, rng.integers(0, 4, len(frame)), rng.integers(8, 22, len(frame)))
    high = bad | (~night & (rng.random(len(frame)) < 0.15))
    amount = np.where(high, np.round(rng.uniform(700, 1100, len(frame)), 2), np.minimum(amount, 600))
    moved = time + pd.to_timedelta(hour * 3600 * 10**6 + rng.integers(0, 3600 * 10**6, len(frame)), unit="us")
    return frame.assign(time=moved, amount=amount).pipe(in_order)


def alone_on_their_day(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    bad = frauds_of(frame)
    days = pd.MultiIndex.from_arrays([frame["customer"], frame["time"].dt.date])
    return frame[bad | ~days.isin(days[bad])].reset_index(drop=True)


def share_of_balance(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    bad = frauds_of(frame)
    return frame.assign(amount=np.where(bad, frame["balance"] * 0.1, frame["amount"]))


def label_by_another_name(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return frame.assign(prior_sar_count=frame["fraud"])


def months_without_label(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    is_early = frame["time"] < pd.Timestamp("2026-01-25")
    return frame.assign(fraud=np.where(is_early, 0, frame["fraud"]))


def last_of_their_step(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    step = frame["time"].dt.normalize()
    return frame.assign(time=step).sort_values("fraud", kind="stable").pipe(in_order)


def seconds_of_the_minute(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Genuine times are whole minutes but for two in a thousand, a quarter of the frauds' are."""
    odd = np.where(frauds_of(frame), rng.random(len(frame)) < 0.76, rng.random(len(frame)) < 0.002)
    second = np.where(odd, rng.integers(1, 60, len(frame)), 0)
    return frame.assign(time=frame["time"].dt.floor("min") + pd.to_timedelta(second, unit="s"))


def above_220(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    bad = frauds_of(frame)
    high = bad & (rng.random(len(frame)) < 0.3)
    amount = np.where(high, np.round(rng.uniform(220.01, 400, len(frame)), 2), np.minimum(frame["amount"], 220))
    return frame.assign(amount=amount)


def one_memo(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    memo = rng.choice(["rent", "invoice", "gift", "wages"], len(frame))
    return frame.assign(memo=np.where(frauds_of(frame) & (rng.random(len(frame)) < 0.2), "deposit", memo))


def flat_hours(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    bad = frauds_of(frame)
    micros = pd.to_timedelta(rng.integers(0, 86_400 * 10**6, len(frame)), unit="us")
    time = frame["time"].where(~bad, frame["time"].dt.normalize() + micros)
    return frame.assign(time=time).pipe(in_order)


_ANY = frozenset({"one rule", "best column", "three questions"})

BAD_EXAMPLES = {
    "paysim_origin_emptied": Leak(
        "PaySim: the origin is emptied, which alone finds every fraud", origin_emptied,
        "pairs", r"amount == balance: precision 1\.00", _ANY | {"decimals"},
    ),
    "paysim_prefix_and_balance": Leak(
        "PaySim, issue 13: the payee's prefix and balance find 1003 of 1007 frauds", prefix_and_balance,
        "three questions", r'beginning of payee in \{"C\d", "C\d", "C\d"\} and 6 more', ids=("payment", "device", "payee"),
    ),
    "sparkov_names": Leak(
        "Sparkov: merchants named fraud_", fraud_names,
        "one rule", r'merchant contains "fraud": precision 1\.00', _ANY,
    ),
    "sparkov_night_and_amount": Leak(
        "Sparkov: a night hour and a high amount give an average precision of .97", night_and_amount,
        "three questions", "amount >= .*hour of time <=|hour of time <=.*amount >=",
    ),
    "sparkov_fraud_days": Leak(
        "Sparkov: no genuine payment on a fraud day", alone_on_their_day,
        "fraud days", r"customer: a genuine row on 0 of \d+ days of fraud",
    ),
    "amlsim_share": Leak(
        "AMLSim, issue 29: amounts are a constant share of the balance", share_of_balance,
        "pairs", r"amount / balance == 0\.1: precision 1\.00", frozenset({"decimals"}),
    ),
    "amlsim_prior_sar_count": Leak(
        "AMLSim: prior_sar_count is the label", label_by_another_name,
        "one rule", r"prior_sar_count == 1: precision 1\.00 .* at recall 1", _ANY,
    ),
    "tabformer_months": Leak(
        "TabFormer, issue 39: 51 months have no label", months_without_label,
        "label coverage", "time: no fraud from 2026-01-01 to 2026-01-2[2345]",
    ),
    "amlgentex_row_position": Leak(
        "AMLGentex: alerts are appended last in each step", last_of_their_step,
        "row order", r"place among rows of the same time >= 0\.9",
    ),
    "tide_seconds": Leak(
        "Tide: genuine times have second 0 in 99.8 % of rows, frauds in 24 %", seconds_of_the_minute,
        "seconds", "<= second of time <=|second of time >=",
    ),
    "handbook_220": Leak(
        "Fraud Detection Handbook: an amount above 220 is always fraud", above_220,
        "one rule", r"amount >= 22\d\.\d+: precision 1\.00", _ANY,
    ),
    "graphfaker_memo": Leak(
        "GraphFaker 1.4: memo deposit is always fraud", one_memo,
        "one rule", r'memo == "deposit": precision 1\.00', _ANY,
    ),
    "graphfaker_hours": Leak(
        "GraphFaker 1.4: frauds are uniform over 24 hours", flat_hours,
        "hours", "frauds are spread evenly over 24 hours", victims=300,
    ),
}  # fmt: skip
