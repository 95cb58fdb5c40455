"""The second process compiles exactly what a run will ask for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from fintxsim.compiled import is_compiled_before
from fintxsim.run.precompile import start_second_process

ROOT = Path(__file__).parents[3]
TINY = {
    "name": "tiny",
    "start_date": "2026-01-01",
    "days": 20,
    "population": {"customers": 150},
    "fraud": {"typologies": {"stolen_details_cnp": {"pressure": 9000}, "account_takeover": {"pressure": 9000}}},
}

# A process of its own: other tests call the kernels with arrays of other kinds. Kernels know the signatures they were
# called with; the run of two workers is the one that has most of them.
SCRIPT = """
import json, sys
import numba
from fintxsim.run.generate import generate
from fintxsim.run.precompile import _calls

generate(sys.argv[1], sys.argv[2], workers=2)
wanted, used = set(), set()
for kernel, arguments in _calls():
    name = kernel.py_func.__name__
    wanted.add(f"{name}{tuple(map(numba.typeof, arguments))}")
    used |= {f"{name}{signature}" for signature in kernel.signatures}
print(json.dumps([sorted(wanted), sorted(used)]))
"""


@pytest.fixture(scope="module")
def signatures(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """What the second process compiles, and what a run of both typologies called."""
    directory = tmp_path_factory.mktemp("tiny")
    path = directory / "tiny.yaml"
    path.write_text(yaml.safe_dump(TINY), encoding="utf-8")
    command = [sys.executable, "-c", SCRIPT, str(path), str(directory / "run")]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    wanted, used = json.loads(answer.stdout.splitlines()[-1])
    return set(wanted), set(used)


def test_a_run_calls_nothing_that_the_second_process_has_not_compiled(signatures: tuple[set[str], set[str]]) -> None:
    compiled, used = signatures
    assert sorted(used - compiled) == []


def test_the_second_process_compiles_nothing_that_no_run_calls(signatures: tuple[set[str], set[str]]) -> None:
    compiled, used = signatures
    assert sorted(compiled - used) == []


def test_once_compiled_no_second_process_is_started(signatures: tuple[set[str], set[str]]) -> None:
    assert signatures
    assert is_compiled_before()
    assert start_second_process() is None
