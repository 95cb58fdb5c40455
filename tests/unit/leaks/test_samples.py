"""Tables with more rows than are kept in memory: a sample with all frauds, read as if it were the whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fintxsim.leaks import CHECKS
from fintxsim.leaks.base import LeakCheck
from fintxsim.leaks.roles import Asked, roles_of
from fintxsim.leaks.samples import read_sample
from fintxsim.leaks.sources import LabelledFiles
from fintxsim.leaks.subject import Subject
from tests.unit.leaks.tables import BAD_EXAMPLES, honest

LIMIT = 4_000
IDS = ("payment", "device")


def sampled(frame: pd.DataFrame, directory: Path, limit: int = LIMIT, ids: tuple[str, ...] = IDS) -> Subject:
    path = directory / "large.parquet"
    frame.to_parquet(path)
    files = LabelledFiles(path, "fraud")
    return Subject(files, roles_of(files, "fraud", Asked(ids, "time", ["customer"])), limit=limit)


def check(name: str) -> LeakCheck:
    return next(check for check in CHECKS if check.name == name)


def test_all_frauds_are_kept_and_a_part_of_the_genuine_rows(table: pd.DataFrame, tmp_path: Path) -> None:
    sample = sampled(table, tmp_path).sample
    genuine = len(sample.frame) - int(sample.frame.fraud.sum())
    assert (sample.rows, sample.frauds, int(sample.frame.fraud.sum())) == (16_300, 300, 300)
    assert (sample.every, sample.weight) == (5, 5.0)
    assert genuine == pytest.approx(16_000 / 5, rel=0.1)


def test_the_base_rate_is_that_of_the_whole_table(table: pd.DataFrame, tmp_path: Path) -> None:
    subject = sampled(table, tmp_path)
    assert subject.base == 300 / 16_300
    assert subject.cases.base == pytest.approx(subject.base, rel=0.1)


def test_a_small_table_is_kept_whole(table: pd.DataFrame, tmp_path: Path) -> None:
    sample = sampled(table, tmp_path, limit=20_000).sample
    assert (sample.is_whole, sample.every, sample.weight) == (True, 1, 1.0)


def test_very_many_frauds_are_sampled_too(table: pd.DataFrame, tmp_path: Path) -> None:
    sample = read_sample(sampled(table.assign(fraud=(np.arange(len(table)) % 2)), tmp_path).source, ["amount"], LIMIT)
    assert LIMIT / 2 < len(sample.frame) <= LIMIT
    assert sample.frame.fraud.mean() == pytest.approx(0.5, abs=0.05)
    assert (sample.every, sample.weight) == (5, 1.0)


def test_a_sample_without_a_leak_passes_every_check(tmp_path: Path) -> None:
    subject = sampled(honest(), tmp_path)
    assert [(one.name, one.judge(subject).findings) for one in CHECKS] == [(one.name, ()) for one in CHECKS]


@pytest.mark.parametrize("name", BAD_EXAMPLES)
def test_published_leaks_are_found_in_a_sample(tmp_path: Path, name: str) -> None:
    leak = BAD_EXAMPLES[name]
    subject = sampled(leak.spoil(honest(victims=leak.victims), np.random.default_rng(50)), tmp_path, ids=leak.ids)
    assert check(leak.check).judge(subject).findings


def test_a_rule_is_counted_again_in_all_rows(tmp_path: Path) -> None:
    """Three in four genuine rows with the word are not in the sample."""
    frame = honest()
    bad = frame["fraud"] == 1
    genuine = np.flatnonzero(~bad)[:5]
    frame["memo"] = np.where(bad, "odd", "usual")
    frame.loc[genuine, "memo"] = "odd"
    (leak,) = check("one rule").judge(sampled(frame, tmp_path)).findings
    assert str(leak) == 'memo == "odd": precision 0.98 (300 of 305) at recall 1, base rate 1.8 %'


def test_first_appearances_are_those_in_all_rows(tmp_path: Path) -> None:
    """Every word comes first in a genuine row, and in the sample mostly in a fraud."""
    frame = honest()
    bad = (frame["fraud"] == 1).to_numpy()
    word = np.where(bad, np.cumsum(bad) % 60, -1)
    frame["city"] = [f"city {chr(97 + w % 26)}{chr(97 + w // 26)}" if w >= 0 else "elsewhere" for w in word]
    early = np.flatnonzero(~bad)[:60]
    frame.loc[early, "city"] = [f"city {chr(97 + w % 26)}{chr(97 + w // 26)}" for w in range(60)]
    assert check("first appearance").judge(sampled(frame, tmp_path)).findings == ()


@pytest.mark.parametrize("name", ["entities", "fraud days"])
def test_victims_rows_are_all_read(tmp_path: Path, name: str) -> None:
    frame = honest()
    whole = check(name).judge(sampled(frame, tmp_path, limit=20_000)).measured
    assert check(name).judge(sampled(frame, tmp_path)).measured == whole
