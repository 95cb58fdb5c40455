"""A small run with everything that a page tells: typologies with change points, mules, look-alikes, declines, alerts."""

from __future__ import annotations

import pytest

import fintxsim
from fintxsim.dataset import Run
from fintxsim.report.facts import Facts, gather
from fintxsim.report.page import render

HOSTILE = "</script><script>alert(1)</script><img src=http://example.com/x onerror=alert(2)> & 'q' \"q\" <!-- ]]>"
SCENARIO = """\
name: page
description: |
  {hostile}
seed: 11
start_date: 2026-03-20
days: 24
population: {{customers: 500}}
anomalies:
  holiday_abroad: {{rate_bps: 60}}
fraud:
  typologies:
    stolen_details_cnp: {{rate_bps: 60, stop_day: 20, waves: [{{start_day: 5, stop_day: 9, factor: 2}}]}}
    account_takeover: {{rate_bps: 30, start_day: 3}}
    friendly_fraud: {{rate_bps: 30}}
"""


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The clocks go forward on its tenth day."""
    place = tmp_path_factory.mktemp("page")
    (place / "page.yaml").write_text(SCENARIO.format(hostile=HOSTILE))
    return fintxsim.generate(place / "page.yaml", place / "run", report=False)


@pytest.fixture(scope="session")
def facts(run: Run) -> Facts:
    return gather(run, judged=False)


@pytest.fixture(scope="session")
def page(facts: Facts) -> str:
    return render(facts)
