"""Facts of any table are those of a slow computation by pandas, row by row, and do not depend on how rows come."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fintxsim.fidelity import FACTS
from fintxsim.fidelity.base import CannotTellError, DoesNotApplyError, checked
from fintxsim.fidelity.details import LIMIT
from fintxsim.fidelity.distances import MEASURES
from tests.unit.fidelity.tables import MONDAY, measured


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Tables of 100 to 600 customers with habits, refunds and two thousand frauds or more."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    customers, merchants = draw(st.integers(110, 600)), draw(st.integers(110, 2_000))
    rows, days = draw(st.integers(12_000, 20_000)), draw(st.integers(90, 400))
    scale, skew = draw(st.floats(0.1, 2.0)), draw(st.floats(0.3, 3.0))
    amount = np.round(np.exp(rng.normal(3.0, scale, rows)), draw(st.integers(0, 2))) + 0.01
    return pd.DataFrame(
        {
            "time": MONDAY + pd.to_timedelta(np.sort(rng.random(rows) ** skew * days), unit="D"),
            "amount": np.where(rng.random(rows) < 0.03, -amount, amount).round(2),
            "customer": (customers * rng.random(rows) ** skew).astype(np.int64),
            "merchant": (merchants * rng.random(rows) ** (2.0 * skew)).astype(np.int64),
            "category": (20 * rng.random(rows) ** skew).astype(np.int64),
            "card": rng.integers(0, customers, rows),
            "fraud": (rng.random(rows) < 0.2).astype(np.int64),
        }
    )


def gini(values: pd.Series) -> float:
    numbers = values.to_numpy(float)
    return float(np.abs(numbers[:, None] - numbers[None, :]).mean() / (2.0 * numbers.mean()))


def explained(paid: pd.DataFrame, by: str) -> float:
    large = paid.groupby(by).filter(lambda part: len(part) >= 5)
    log = np.log(large["amount"])
    within = ((log - log.groupby(large[by]).transform("mean")) ** 2).sum()
    n, k = len(log), large[by].nunique()
    return 1.0 - (within / (n - k)) / log.var()


def burstiness(days: pd.Series) -> float:
    gaps = np.diff(np.unique(days))
    mean, deviation = gaps.mean(), gaps.std()
    by_lot = math.sqrt(mean * (mean - 1.0))
    return (deviation - mean) / (deviation + mean) - (by_lot - mean) / (by_lot + mean)


def shocks(counts: pd.Series) -> float:
    trend = counts.rolling(29, center=True).mean().dropna()
    inner = counts[trend.index]
    expected = trend * (inner / trend).groupby(inner.index.day_of_week).transform("mean")
    return math.sqrt(max(((inner - expected) ** 2 - expected).mean(), 0.0)) / inner.mean()


def slowly(frame: pd.DataFrame) -> dict[str, float]:
    """Facts as their definitions read."""
    paid, day = frame[frame["amount"] > 0], frame["time"].dt.floor("D")
    amount, hour, weekend = paid["amount"], frame["time"].dt.hour, day.dt.day_of_week >= 5
    counts = day.value_counts().reindex(pd.date_range(day.min(), day.max()), fill_value=0)
    full = counts.index[counts >= 0.1 * counts[counts > 0].median()]  # what lies before and after are strays
    counts = counts[full[0] : full[-1]]
    inner = counts.iloc[1:-1]
    large = paid.groupby("category").filter(lambda part: len(part) > 0.005 * len(paid))
    medians = large.groupby("category")["amount"].median()
    sizes = frame["merchant"].value_counts()
    tail = sizes[sizes >= 5]
    often = frame.groupby("customer").filter(lambda part: len(part) >= 20)
    active = frame.assign(day=day.astype("int64") // 86_400_000_000_000).groupby("customer")["day"]
    excess = [burstiness(days) for _, days in active if days.nunique() >= 20]
    fraud, genuine = frame[frame["fraud"] == 1], frame[frame["fraud"] == 0]
    large_frauds, dear = fraud.loc[fraud["amount"] > 0, "amount"], genuine.loc[genuine["amount"] > 0, "amount"]
    gap = fraud.sort_values(["card", "time"]).groupby("card")["time"].diff()
    digit = amount.map(lambda number: int(f"{number:e}"[0])).value_counts(normalize=True)
    shares = hour.value_counts(normalize=True)
    profile = pd.crosstab(weekend, hour, normalize="index")
    ranks = pd.concat([dear, large_frauds]).rank()
    by_day = counts.groupby(counts.index.day_of_week >= 5).mean()
    away = inner - inner.mean()
    return {
        "A1": np.log(amount).std(), "A2": amount.quantile(0.99) / amount.median(),
        "A5": (amount.mul(100).round() % 100 == 0).mean(), "A8": (amount.mul(100).round() % 100 == 99).mean(),
        "A7": amount.value_counts(normalize=True).head(20).sum(), "A11": (frame["amount"] < 0).mean(),
        "A12": float(np.mean([abs(digit.get(d, 0.0) - math.log10(1 + 1 / d)) for d in range(1, 10)])),
        "A13": medians.max() / medians.min(), "A14": explained(paid, "category"), "A16": explained(paid, "customer"),
        "T1": by_day[True] / by_day[False], "T3": shares[shares.index < 6].sum(), "T4": shares.max() * 24,
        "T6": (profile.loc[True] - profile.loc[False]).abs().sum() / 2,
        "T7": float((away.iloc[7:].to_numpy() * away.iloc[:-7].to_numpy()).sum() / (away**2).sum()),
        "T8": shocks(counts), "T9": float(np.quantile(excess, 0.9) - np.quantile(excess, 0.1)) if excess else math.nan,
        "C1": gini(frame["customer"].value_counts()),
        "C3": gini(frame.assign(spend=frame["amount"].clip(lower=0)).groupby("customer")["spend"].sum()),
        "M1": gini(sizes), "M4": 1 + len(tail) / np.log(tail / 4.5).sum(),
        "M6": often.groupby("customer")["merchant"].agg(lambda part: part.value_counts().iloc[0] / len(part)).median(),
        "M7": paid.duplicated(["customer", "merchant", "amount"]).mean(), "F1": frame["fraud"].mean(),
        "F2": (ranks.iloc[len(dear) :].sum() - len(large_frauds) * (len(large_frauds) + 1) / 2)
        / (len(dear) * len(large_frauds)),
        "F3": large_frauds.median() / dear.median(),
        "F6": (fraud["time"].dt.hour < 6).mean() / (genuine["time"].dt.hour < 6).mean(),
        "F7": len(fraud) / (gap.isna() | (gap > pd.Timedelta(days=7))).sum(),
    }  # fmt: skip


def told(frame: pd.DataFrame, batch_rows: int = 1_000, limit: int = LIMIT) -> dict[str, float]:
    """Facts that can be told of a table."""
    found, seen = {}, measured(frame, batch_rows, limit)
    for fact in FACTS:
        try:
            found[fact.id] = checked(fact, seen)
        except (CannotTellError, DoesNotApplyError):
            continue
    return found


@settings(max_examples=15, deadline=None)
@given(tables())
def test_facts_are_those_of_a_slow_computation(frame: pd.DataFrame) -> None:
    found, slow = told(frame), slowly(frame)
    assert len(found) >= 24
    assert {fact: slow[fact] for fact in found if fact != "A9"} == pytest.approx(
        {fact: value for fact, value in found.items() if fact != "A9"}, rel=1e-9, abs=1e-9
    )


@settings(max_examples=15, deadline=None)
@given(tables())
def test_the_dearest_payments_are_those_of_a_slow_computation(frame: pd.DataFrame) -> None:
    amount = frame.loc[frame["amount"] > 0, "amount"].sort_values(ascending=False)
    whole, part = divmod(len(amount) / 100.0, 1.0)
    slow = (amount.iloc[: int(whole)].sum() + part * amount.iloc[int(whole)]) / amount.sum()
    assert told(frame)["A9"] == pytest.approx(slow)


@settings(max_examples=10, deadline=None)
@given(tables(), st.integers(50, 30_000))
def test_facts_do_not_depend_on_the_size_of_batches(frame: pd.DataFrame, batch_rows: int) -> None:
    assert told(frame, batch_rows) == pytest.approx(told(frame), rel=1e-12)


@settings(max_examples=10, deadline=None)
@given(tables(), st.integers(500, 10_000))
def test_which_customers_a_sample_has_does_not_depend_on_the_size_of_batches(frame: pd.DataFrame, limit: int) -> None:
    one, other = (measured(frame, rows, limit).details for rows in (777, 20_000))
    assert (one.every, one.customer.tolist()) == (other.every, other.customer.tolist())


@settings(max_examples=10, deadline=None)
@given(tables())
def test_facts_do_not_depend_on_what_ids_are_called(frame: pd.DataFrame) -> None:
    renamed = frame.assign(
        customer=frame["customer"] * 7_919 + 13, merchant=9_000_000 - frame["merchant"], card=frame["card"] + 5
    )
    assert told(renamed) == pytest.approx(told(frame), rel=1e-9)


@settings(max_examples=10, deadline=None)
@given(tables())
def test_a_table_is_at_no_distance_from_itself(frame: pd.DataFrame) -> None:
    seen = measured(frame)
    assert [measure.name for measure in MEASURES if measure.compare(seen, seen) != 0.0] == []


@settings(max_examples=10, deadline=None)
@given(tables(), tables())
def test_a_distance_is_the_same_both_ways_and_not_negative(one: pd.DataFrame, other: pd.DataFrame) -> None:
    sides = measured(one), measured(other)
    there = [measure.compare(*sides) for measure in MEASURES]
    assert there == pytest.approx([measure.compare(*reversed(sides)) for measure in MEASURES])
    assert min(there) >= 0.0
