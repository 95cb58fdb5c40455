"""What a run leaves behind in the process that made it."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from fintxsim.engine import World
from tests.worlds.kit import make


def test_the_garbage_collector_is_left_as_it_was(tmp_path: Path) -> None:
    make(tmp_path, customers=100, days=1)
    assert gc.get_freeze_count() == 0


def test_the_garbage_collector_is_left_as_it_was_by_a_run_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(world: World) -> None:
        assert gc.get_freeze_count() > 0
        raise KeyboardInterrupt

    monkeypatch.setattr(World, "step", fail)
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path, customers=100, days=1)
    assert gc.get_freeze_count() == 0
