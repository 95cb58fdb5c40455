"""The values of a run depend on scenario and seed, and on nothing else."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from fintxsim.dataset import Run, open_run
from fintxsim.lookalikes import LOOKALIKES
from fintxsim.population.block import BLOCK
from fintxsim.run.generate import generate
from tests.end_to_end.cli_tools import ROOT, environment
from tests.worlds.kit import CNP, TAKEOVER, make, scenario, values

CUSTOMERS = 20_000
PARTS: dict[str, Any] = {
    "customers": CUSTOMERS,
    "days": 3,
    "anomalies": {kind.name: {"rate_bps": 60} for kind in LOOKALIKES},
    "typologies": {CNP: {"rate_bps": 100}, TAKEOVER: {"rate_bps": 30}},
}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make(tmp_path_factory.mktemp("first"), **PARTS)


def sums(run: Run) -> dict[str, str]:
    """SHA-256 of every file of a table."""
    return {entry.path: entry.sha256 for entry in run.manifest.files if entry.table}


def run_elsewhere(directory: Path, *words: str, **variables: str) -> tuple[Run, str]:
    """The same scenario in a process of its own; the run and what was printed."""
    path = scenario(directory, **PARTS)
    made = subprocess.run(
        [sys.executable, *words, str(path), str(directory / "run")],
        env=environment(**variables), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return open_run(directory / "run"), made.stdout


GENERATE = "import sys; from fintxsim.run.generate import generate; generate(sys.argv[1], sys.argv[2])"


def test_the_world_under_test_has_several_blocks_and_crime(first: Run) -> None:
    assert CUSTOMERS > 2 * BLOCK
    assert len(first.truth()) > 100


def test_the_same_scenario_and_seed_give_the_same_files(first: Run, tmp_path: Path) -> None:
    again = make(tmp_path, **PARTS)
    assert values(again) == values(first)
    assert sums(again) == sums(first)


@pytest.mark.parametrize("workers", [2, 5])
def test_the_number_of_workers_changes_no_file(first: Run, tmp_path: Path, workers: int) -> None:
    shared = make(tmp_path, workers=workers, **PARTS)
    assert values(shared) == values(first)
    assert sums(shared) == sums(first)


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({"TZ": "Asia/Kolkata", "LC_ALL": "C"}, id="zone_of_the_machine"),
        pytest.param({"PYTHONHASHSEED": "0"}, id="hash_seed_0"),
        pytest.param({"PYTHONHASHSEED": "1"}, id="hash_seed_1"),
    ],
)
def test_the_environment_changes_no_value(first: Run, tmp_path: Path, variables: dict[str, str]) -> None:
    elsewhere, _ = run_elsewhere(tmp_path, "-c", GENERATE, **variables)
    assert values(elsewhere) == values(first)


def test_a_clock_three_years_ahead_changes_no_value(first: Run, tmp_path: Path) -> None:
    later, said = run_elsewhere(tmp_path, str(ROOT / "tests" / "worlds" / "later_clock.py"))
    assert int(said) >= dt.datetime.now(dt.UTC).year + 2
    assert values(later) == values(first)


def test_no_column_of_words_falls_back_from_its_dictionary(first: Run) -> None:
    """It does when a word is twice in the dictionary: the file gets large, and its bytes are not the same twice."""
    fallen = set()
    for entry in first.manifest.files:
        if entry.table:
            groups = pq.ParquetFile(first.path / entry.path).metadata
            for k in range(groups.num_row_groups * groups.num_columns):
                column = groups.row_group(k // groups.num_columns).column(k % groups.num_columns)
                if column.has_dictionary_page and "RLE_DICTIONARY" not in column.encodings:
                    fallen.add(f"{entry.table} {column.path_in_schema}")
    assert fallen == set()


def test_another_seed_changes_every_table_that_chance_fills(first: Run, tmp_path: Path) -> None:
    other = make(tmp_path, seed=43, **PARTS)
    same = {name for name, digest in values(other).items() if digest == values(first)[name]}
    assert same == {"truth/windows"}  # change points are what the scenario says


def test_the_order_of_keys_in_the_file_changes_no_value(first: Run, tmp_path: Path) -> None:
    path = scenario(tmp_path, **PARTS)
    blocks = path.read_text(encoding="utf-8").split("\n")
    top = [line for line in blocks if line and not line.startswith(" ") and not line.endswith(":")]
    rest = [line for line in blocks if line and line not in top]
    path.write_text("\n".join([*rest, *reversed(top)]) + "\n", encoding="utf-8")
    assert values(generate(path, tmp_path / "run")) == values(first)
