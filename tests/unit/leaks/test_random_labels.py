"""A table whose labels are drawn by lot has no leak, however many columns are searched.

What bounds the number of false alarms is derived, not counted: a check finds a leak with a chance of at most CHANCE, so that
in 200 tables with every check one would be found with a chance of 0.3 %. The tests below hold the derivation to the
evidence: where a smaller one is asked for, chance beats it no more often than it may.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from fintxsim.leaks import CHECKS
from fintxsim.leaks.bins import binned
from fintxsim.leaks.cases import Cases
from fintxsim.leaks.evidence import CHANCE, divergence, nats_needed
from fintxsim.leaks.features import column
from fintxsim.leaks.frames import Frame, Numbers, Words
from fintxsim.leaks.rules import Search
from fintxsim.leaks.scores import REGIONS, column_score
from tests.unit.leaks.conftest import Auditor, failed
from tests.unit.leaks.tables import honest


def test_two_hundred_tables_without_a_leak_are_free_of_findings() -> None:
    assert 200 * len(CHECKS) * CHANCE < 0.003


def by_lot(seed: int, share: float) -> pd.DataFrame:
    """The honest table with labels and two more columns by lot."""
    rng = np.random.default_rng(seed)
    rows = honest(7, rows=4_000, victims=20)
    label = (rng.random(len(rows)) < share).astype(int)
    return rows.assign(fraud=label, noise=rng.normal(size=len(rows)), code=rng.integers(0, 900, len(rows)).astype(str))


@pytest.mark.parametrize(("seed", "share"), [(1, 0.006), (2, 0.02), (3, 0.1), (4, 0.3), (5, 0.5), (6, 0.9)])
@pytest.mark.parametrize("entities", [[], ["customer"]])
def test_labels_by_lot_show_no_leak(audited: Auditor, seed: int, share: float, entities: list[str]) -> None:
    assert failed(audited(by_lot(seed, share), entities=entities)) == set()


@pytest.mark.parametrize("kind", ["numbers", "words", "few numbers"])
def test_the_best_region_of_a_tree_is_beaten_by_chance_no_more_often_than_it_may(kind: str) -> None:
    """At an evidence of 3 nats for each of the regions, 200 columns by lot: at most 5 % of each, and never a gate."""
    rng = np.random.default_rng(3)
    rows, columns, nats = 3_000, 200, 3.0
    cases = Cases(rng.random(rows) < 0.03, np.full(rows, -1, np.int64))
    beaten = 0
    for _ in range(columns):
        values = {
            "numbers": Numbers(rng.normal(size=rows)),
            "words": Words(rng.integers(0, 300, rows).astype(np.int32), [str(i) for i in range(300)]),
            "few numbers": Numbers(rng.integers(0, 20, rows).astype(float)),
        }[kind]
        score = column_score(cases, cases.plain, binned(values), "x")
        beaten += score.exceeds(cases.base, nats)
        assert not score.exceeds(cases.base, nats_needed(columns * REGIONS))
    allowed = min(REGIONS * math.exp(-nats), 1.0) * columns
    assert beaten <= allowed + 5 * math.sqrt(allowed)


def test_the_best_rule_of_a_column_is_beaten_by_chance_no_more_often_than_it_may() -> None:
    """The best interval of 300 columns by lot, at one nat more than the number of intervals asks for."""
    rng = np.random.default_rng(5)
    rows, columns, share = 400, 300, 0.3
    beaten = 0
    for _ in range(columns):
        frame = frame_of(rng.normal(size=rows), rng.random(rows) < share)
        search = Search(frame, np.zeros(rows, np.int64), 1.0, 0.9, 1.0)
        found = next(iter(search.rules(FEATURE)))
        holds = found.rule.holds(frame)
        caught, all_of = int((holds & frame.fraud).sum()), int(holds.sum())
        beaten += all_of * divergence(caught / all_of, share) > math.log(found.looks) + 1.0
    assert beaten <= columns * math.exp(-1.0)


FEATURE = column("x")


def frame_of(numbers: np.ndarray, fraud: np.ndarray) -> Frame:
    return Frame(pa.table({"x": numbers}), fraud, np.full(len(fraud), -1, np.int64))


def test_a_table_of_noise_alone_shows_no_leak(audited: Auditor, tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    noise = pd.DataFrame(rng.normal(size=(3_000, 30)), columns=[f"v{i}" for i in range(30)])
    report = audited(noise.assign(fraud=rng.random(3_000) < 0.02), ids=[], time=None, entities=[])
    assert failed(report) == set()
