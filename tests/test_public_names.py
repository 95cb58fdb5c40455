"""The public surface is ``fintxsim/__init__.py``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import fintxsim

ROOT = Path(__file__).parents[1]
NAMES = [
    "AuditReport",
    "DamagedRunError",
    "FidelityReport",
    "FintxsimError",
    "InputError",
    "OutputPathError",
    "Problem",
    "Run",
    "RunNotFoundError",
    "ScenarioError",
    "VerifyReport",
    "__version__",
    "audit",
    "generate",
    "measure_fidelity",
    "open_run",
    "verify_run",
]
HEAVY = {"mesa", "numpy", "pandas", "pyarrow", "numba", "networkx", "pydantic", "typer", "rich", "yaml"}


def test_the_public_names_are_these() -> None:
    assert fintxsim.__all__ == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_is_there(name: str) -> None:
    assert name in dir(fintxsim)
    assert getattr(fintxsim, name).__module__.startswith("fintxsim.") if name != "__version__" else True


def test_a_name_that_is_not_there_is_an_attribute_error_that_lists_the_names() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'simulate'; its names are .*generate"):
        fintxsim.simulate  # noqa: B018


def test_the_version_has_three_numbers() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", fintxsim.__version__)


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = f"import sys, fintxsim; print(sorted({HEAVY} & set(sys.modules)))"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
