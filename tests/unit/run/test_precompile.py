"""The second process compiles exactly what a run will ask for."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
import yaml

from fintxsim.behaviour.config import WORLD
from fintxsim.behaviour.draft import DRAFT, EVENT
from fintxsim.behaviour.timing import DAY
from fintxsim.compiled import _plain, is_compiled_before
from fintxsim.lookalikes.today import add_lookalikes
from fintxsim.population.people import PERSON
from fintxsim.run.precompile import _calls, start_second_process

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
from fintxsim.lookalikes.today import add_lookalikes
from fintxsim.run.precompile import _calls

generate(sys.argv[1], sys.argv[2], workers=2)
wanted, used = set(), set()
for kernel, arguments in _calls():
    name = kernel.py_func.__name__
    if kernel is add_lookalikes:  # compiled code calls it: it is part of the day, and as such not loaded by itself
        continue
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


def test_a_part_of_the_day_is_compiled_for_what_the_day_passes_to_it() -> None:
    """The day links the part's machine code if it finds it, and compiles it for itself if the types are others."""
    kernel, arguments = next(call for call in _calls() if call[0] is add_lookalikes)
    wanted = [_plain(numba.typeof(argument)) for argument in arguments]
    day = inspect.signature(kernel.py_func).parameters
    assert list(day) == [
        "diary", "before", "n", "events", "size", "span", "person", "customer", "visited", "day", "w",
    ]  # fmt: skip
    records = {"person": PERSON, "day": DAY, "w": WORLD}
    tables = {"diary": DRAFT, "events": EVENT}
    for name, kind in zip(day, wanted, strict=True):
        if name in records:
            assert kind == numba.from_dtype(records[name])
        elif name in tables:
            assert kind == numba.typeof(np.zeros(1, tables[name]))
        else:
            assert kind == numba.types.int64
