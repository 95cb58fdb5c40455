"""The leaks of published data sets, each in an honest table; and the honest table without any."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from fintxsim.leaks import CHECKS
from tests.unit.leaks.conftest import Auditor, failed, words
from tests.unit.leaks.tables import BAD_EXAMPLES, Leak, honest


def spoilt(leak: Leak) -> pd.DataFrame:
    return leak.spoil(honest(victims=leak.victims), np.random.default_rng(50))


@pytest.mark.parametrize("leak", BAD_EXAMPLES.values(), ids=BAD_EXAMPLES)
def test_a_published_leak_is_found_and_told(audited: Auditor, leak: Leak) -> None:
    report = audited(spoilt(leak), ids=list(leak.ids))
    assert re.search(leak.words, words(report, leak.check)), words(report, leak.check)
    assert failed(report) <= {leak.check} | leak.also


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_table_without_the_leak_passes_every_check(audited: Auditor, seed: int) -> None:
    report = audited(honest(seed))
    assert [(r.name, str(r.outcome), r.reason) for r in report.results] == [(c.name, "pass", "") for c in CHECKS]


def test_the_other_checks_have_tests_of_their_own() -> None:
    found = {leak.check for leak in BAD_EXAMPLES.values()} | set().union(*(leak.also for leak in BAD_EXAMPLES.values()))
    assert {check.name for check in CHECKS} - found == {"id order", "nulls", "entities", "first appearance"}


def test_a_finding_names_its_column(audited: Auditor) -> None:
    report = audited(spoilt(BAD_EXAMPLES["graphfaker_memo"]))
    assert report["one rule"].findings[0].column == "memo"


def test_a_leak_fails_the_report(audited: Auditor, table: pd.DataFrame) -> None:
    assert audited(spoilt(BAD_EXAMPLES["graphfaker_memo"])).failed
    assert not audited(table).failed
