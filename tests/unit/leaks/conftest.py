"""Audits a frame of pandas as a user would: through a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fintxsim.leaks import AuditReport, audit
from tests.unit.leaks.tables import honest

Auditor = Callable[..., AuditReport]


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    """The honest table; a test changes a copy."""
    return honest()


@pytest.fixture
def audited(tmp_path: Path) -> Auditor:
    """A function that audits a frame with the label ``fraud``, and columns in their parts unless told otherwise."""

    def run(frame: pd.DataFrame, **parts: Any) -> AuditReport:
        path = tmp_path / "payments.parquet"
        frame.to_parquet(path)
        named = {"ids": ["payment", "device"], "time": "time", "entities": ["customer"]} | parts
        return audit(path, "fraud", **named)

    return run


def failed(report: AuditReport) -> set[str]:
    """Checks that found a leak."""
    return {result.name for result in report.results if result.outcome == "fail"}


def words(report: AuditReport, check: str) -> str:
    """What a check found."""
    return "\n".join(map(str, report[check].findings))
