"""Everything that the README shows is executed, in a copy of the project and with the interpreter of the tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import pytest

from fintxsim.scenario.load import load_scenario
from fintxsim.scenario.model import Scenario

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
INSTALL = "python3 -m venv .venv && .venv/bin/pip install -q --no-compile -e "
TO_RUN, TO_TEST = f"{INSTALL}. && ", f'{INSTALL}".[test]" && '
FIRST_RUN, TESTS = "fintxsim generate quickstart", "python -m pytest -q"
COPIED = ("tests", "benchmarks", "docs", "scenarios", "pyproject.toml", "README.md")
STUBS = {"python": '"$@"', "fintxsim": '-m fintxsim "$@"'}


class Block(NamedTuple):
    language: str
    text: str


BLOCKS = [Block(*found) for found in re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)]
SETUPS = [block for block in BLOCKS if block.text.startswith(INSTALL)]
YAML = [block for block in BLOCKS if block.language == "yaml"]
PYTHON = [block for block in BLOCKS if block.language == "python"]


def stand_in(directory: Path) -> None:
    """A ``.venv`` whose commands are those of the interpreter of the tests."""
    directory.mkdir(parents=True)
    for name, words in STUBS.items():
        script = directory / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words}\n')
        script.chmod(0o755)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project without the package, which stays where it is so that it is not compiled again."""
    place = tmp_path_factory.mktemp("readme")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, place / name)
    stand_in(place / ".venv" / "bin")
    for block in YAML:
        (place / file_name(block)).write_text(block.text)
    return place


def file_name(block: Block) -> str:
    """The first line of a scenario names its file."""
    return block.text.splitlines()[0].removeprefix("# ")


def execute(command: list[str], place: Path, **more: str) -> str:
    """What a command prints; the test fails with what it says when it fails."""
    path = os.pathsep.join([str(place / ".venv" / "bin"), os.environ["PATH"]])
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PATH": path, "HF_HOME": str(place / "cache")} | more
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def bash(text: str, place: Path, **more: str) -> str:
    return execute(["bash", "-euc", text], place, **more)


@pytest.fixture(scope="module")
def first_run(place: Path) -> str:
    """What the first command prints when its installation is there already."""
    return bash(SETUPS[0].text.removeprefix(TO_RUN), place)


@pytest.fixture(scope="module")
def after_bash(place: Path, first_run: str) -> Path:
    """The place after all other bash blocks have been executed in their order."""
    assert first_run
    for block in BLOCKS:
        if block.language == "bash" and block not in SETUPS:
            bash(block.text, place)
    return place


def test_every_block_is_of_a_language_that_is_executed() -> None:
    assert {block.language for block in BLOCKS} == {"bash", "python", "yaml"}


def test_the_two_commands_come_first() -> None:
    assert BLOCKS[:2] == SETUPS
    commands = (f"{TO_RUN}.venv/bin/{FIRST_RUN}\n", f"{TO_TEST}.venv/bin/{TESTS}\n")
    assert tuple(block.text for block in SETUPS) == commands


def test_what_the_two_commands_install_is_installed_here() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = [re.split(r"[<>=!~\[; ]", requirement)[0] for requirement in wanted]
    assert [name for name in names if not version(name)] == []


def test_the_first_command_prints_where_its_run_is(first_run: str) -> None:
    assert first_run == "output/quickstart-s42\n"


def test_the_second_command_finds_the_tests(place: Path) -> None:
    said = bash(SETUPS[1].text.removeprefix(TO_TEST), place, PYTEST_ADDOPTS="--collect-only -p no:cacheprovider")
    assert "tests/test_readme.py" in said


def test_continuous_integration_runs_the_same_tests() -> None:
    assert TESTS in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", YAML, ids=file_name)
def test_scenarios_load_without_warnings(block: Block, place: Path) -> None:
    assert load_scenario(place / file_name(block), Scenario).warnings == ()


def test_bash_blocks_run(after_bash: Path) -> None:
    assert (after_bash / "output" / "my_bank-s7" / "manifest.json").is_file()


def test_python_blocks_run_in_their_order(after_bash: Path) -> None:
    (after_bash / "readme.py").write_text("\n".join(block.text for block in PYTHON))
    said = execute([sys.executable, "readme.py"], after_bash, HF_HUB_OFFLINE="1")
    assert re.search(r"^\d+ frauds in the week, \d+ known$", said, re.MULTILINE)
    assert re.search(r"^\d+ of \d+ fraud labels were there on 20 January$", said, re.MULTILINE)


@pytest.mark.parametrize("picture", ["day", "labels"])
def test_the_pictures_are_those_of_the_first_run(first_run: str, place: Path, picture: str) -> None:
    """After a change of what a day looks like: CONTRIBUTING.md says how to draw them anew."""
    execute(["python", f"docs/{picture}.py", first_run.strip()], place)
    drawn, shown = (root / "docs" / f"{picture}.svg" for root in (place, ROOT))
    is_the_same = drawn.read_bytes() == shown.read_bytes()  # of two long files pytest would look for the differences
    assert is_the_same, f"docs/{picture}.svg shows another run; draw it as CONTRIBUTING says"


def test_files_that_the_readme_links_to_are_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
