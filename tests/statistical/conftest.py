"""One run that all claims about behaviour share."""

from __future__ import annotations

import pytest

from fintxsim.dataset import Run
from tests.worlds.kit import CNP, TAKEOVER, make

CUSTOMERS = 10_000


@pytest.fixture(scope="session")
def january(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A month of a European bank with default behaviour, and twenty times the fraud of retail_bank."""
    typologies = {CNP: {"rate_bps": 100}, TAKEOVER: {"rate_bps": 24}}
    return make(tmp_path_factory.mktemp("january"), customers=CUSTOMERS, days=31, typologies=typologies)
