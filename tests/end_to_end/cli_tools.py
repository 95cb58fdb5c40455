"""Runs the command line, in a process of its own or in this one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fintxsim.cli import main

ROOT = Path(__file__).parents[2]
TINY = """\
name: tiny
start_date: 2026-01-01
days: 3
population:
  customers: 60
fraud:
  typologies:
    stolen_details_cnp: {rate_bps: 100}
"""
HEAD = "name: x\nstart_date: 2026-01-01\ndays: 3\npopulation: {customers: 60}\n"
"""The shortest usable scenario, four lines."""


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str


def environment(**changes: str) -> dict[str, str]:
    """The variables of this process with the project importable and nothing that colours or debugs."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "FINTXSIM_DEBUG")}
    return kept | {"PYTHONPATH": str(ROOT)} | changes


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "fintxsim.cli", *map(str, words)]


def shell(*words: object, cwd: Path | None = None) -> Answer:
    """Run a command in a process of its own."""
    done = subprocess.run(
        command(*words), cwd=cwd, env=environment(), capture_output=True, text=True, timeout=300, check=False
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def in_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """A function that runs a command in this process: quicker, and what it calls can be replaced."""

    def run(*words: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["fintxsim", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Answer(int(ended.value.code or 0), out, err)

    return run
