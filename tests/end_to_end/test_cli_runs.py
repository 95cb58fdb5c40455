"""The commands as a user runs them, each in a process of its own."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.cli_tools import TINY, Answer, command, environment, shell


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a scenario and its finished run ``out/run``."""
    directory = tmp_path_factory.mktemp("cli")
    (directory / "tiny.yaml").write_text(TINY)
    return directory


@pytest.fixture(scope="session")
def made(place: Path) -> Answer:
    """What the first `generate` said."""
    return shell("generate", "tiny.yaml", "-o", "out/run", cwd=place)


@pytest.fixture
def own(place: Path, made: Answer, tmp_path: Path) -> Path:
    """A copy of the finished run that a test may damage."""
    assert made.code == 0, made.err
    return Path(shutil.copytree(place, tmp_path / "own")) / "out" / "run"


def digests(run: Path) -> dict[str, str]:
    tables = json.loads((run / "manifest.json").read_text())["tables"]
    return {name: entry["values"] for name, entry in tables.items()}


# --- generate -------------------------------------------------------------------------------------------


def test_stdout_of_generate_is_the_path_alone(made: Answer) -> None:
    assert (made.code, made.out) == (0, "out/run\n")


def test_generate_says_what_was_requested_and_what_came(made: Answer) -> None:
    lines = made.err.splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("typology "))
    columns = ["requested", "count bps", "value bps", "interval bps", "campaigns", "frauds", "status"]
    assert [lines[head].find(column) > 0 for column in columns] == [True] * 7
    assert lines[head + 1].startswith("stolen_details_cnp")


def test_generate_shows_that_the_ledger_balances(made: Answer) -> None:
    line = next(line for line in made.err.splitlines() if line.startswith("ledger: "))
    assert re.fullmatch(r"ledger: EUR [\d,]+\.\d\d moved through \d+ books; debits equal credits\.", line)


def test_the_last_line_of_generate_says_what_to_run_next(made: Answer) -> None:
    assert made.err.splitlines()[-1] == "next: fintxsim verify out/run"


def test_away_from_a_terminal_progress_is_plain_lines(made: Answer) -> None:
    assert "\x1b" not in made.err
    assert "day 3 of 3 (100 %)" in made.err


def test_a_long_run_tells_at_most_a_line_per_tenth(place: Path, tmp_path: Path) -> None:
    answer = shell("generate", "tiny.yaml", "-o", tmp_path / "run", "--days", 40, cwd=place)
    assert len(re.findall(r"^day \d+ of 40 .* rows/s, .* left$", answer.err, re.MULTILINE)) in (9, 10)


def test_a_quiet_run_says_only_its_path(place: Path, tmp_path: Path) -> None:
    answer = shell("generate", "tiny.yaml", "-q", "-o", tmp_path / "run", cwd=place)
    assert answer == Answer(0, f"{tmp_path / 'run'}\n", "")


def test_the_same_run_again_is_checked_and_not_made_again(place: Path, made: Answer) -> None:
    before = (place / "out/run/manifest.json").stat().st_mtime_ns
    answer = shell("generate", "tiny.yaml", "-o", "out/run", cwd=place)
    assert (answer.code, answer.out) == (made.code, made.out)
    assert "already there" in answer.err
    assert (place / "out/run/manifest.json").stat().st_mtime_ns == before


def test_the_same_run_again_that_is_damaged_gives_1(own: Path) -> None:
    (own / "columns.csv").write_text("damaged")
    answer = shell("generate", "tiny.yaml", "-o", "out/run", cwd=own.parents[1])
    assert answer.code == 1
    assert "make it again with --overwrite" in answer.err


def test_another_run_at_the_same_place_is_refused(own: Path) -> None:
    before = digests(own)
    answer = shell("generate", "tiny.yaml", "-o", "out/run", "--seed", 7, cwd=own.parents[1])
    assert answer.code == 2
    assert "--overwrite" in answer.err
    assert digests(own) == before


def test_overwrite_replaces_a_run(own: Path) -> None:
    before = digests(own)
    answer = shell("generate", "tiny.yaml", "-o", "out/run", "--seed", 7, "--overwrite", cwd=own.parents[1])
    assert answer.code == 0, answer.err
    assert digests(own) != before


def test_seed_days_scale_and_set_change_the_run(place: Path, tmp_path: Path) -> None:
    answer = shell(
        "generate", "tiny.yaml", "-o", tmp_path / "run", "--seed", 9, "--days", 2, "--scale", 0.5,
        "--set", "fraud.typologies.stolen_details_cnp.rate_bps=0", "--workers", 2, cwd=place,
    )  # fmt: skip
    assert answer.code == 0, answer.err
    manifest = json.loads((tmp_path / "run/manifest.json").read_text())
    assert (manifest["seed"], manifest["days"], manifest["tables"]["data/customers"]["rows"]) == (9, 2, 30)
    assert "no typology is on" in answer.err


def test_a_shipped_scenario_can_be_named_from_any_directory(tmp_path: Path) -> None:
    answer = shell("generate", "quickstart", "--scale", 0.01, "--days", 1, cwd=tmp_path)
    assert (answer.code, answer.out) == (0, "output/quickstart-s42\n")
    assert (tmp_path / answer.out.strip() / "manifest.json").is_file()


def test_a_dry_run_writes_nothing(place: Path, tmp_path: Path) -> None:
    answer = shell("generate", place / "tiny.yaml", "--dry-run", cwd=tmp_path)
    assert (answer.code, answer.out) == (0, "output/tiny-s42\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_a_bar_with_colour_unless_forbidden(
    place: Path, tmp_path: Path, variables: dict[str, str], coloured: bool
) -> None:
    code, shown = on_terminal(
        command("generate", place / "tiny.yaml", "-o", tmp_path / "run", "--days", 60),
        environment(TERM="xterm-256color", COLUMNS="120", **variables),
    )
    assert code == 0
    assert "━" in shown
    assert (re.search(r"\x1b\[[0-9;]*3[0-9]", shown) is not None) == coloured


def on_terminal(words: list[str], env: dict[str, str]) -> tuple[int, str]:
    """Run a command whose stderr is a terminal: its exit code and what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux reports the end of a terminal so
            break
        if not part:
            break
        shown += part
    os.close(ours)
    return process.wait(timeout=60), shown.decode("utf-8", "replace")


# --- interruption and full disks ------------------------------------------------------------------------


def test_ctrl_c_leaves_nothing_behind(place: Path, made: Answer, tmp_path: Path) -> None:
    assert made.code == 0
    words = command("generate", place / "tiny.yaml", "-o", tmp_path / "run", "--days", 3000, "--scale", 20)
    process = subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: any(tmp_path.glob(".run.partial-*/data/transactions/*")))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "interrupted; nothing was left behind."
    assert list(tmp_path.iterdir()) == []


def wait_for(happened: object, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < deadline, "nothing happened in time"
        time.sleep(0.02)


def test_a_file_size_limit_gives_2_and_leaves_nothing(place: Path, made: Answer, tmp_path: Path) -> None:
    assert made.code == 0
    limit = ["bash", "-c", 'ulimit -f 4; trap "" XFSZ; exec "$@"', "limited"]
    words = command("generate", place / "tiny.yaml", "-o", tmp_path / "run")
    done = subprocess.run([*limit, *words], env=environment(), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2, done.stderr
    assert "cannot write" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    directory = tmp_path / "disk"
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(directory)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("file systems cannot be mounted here")
    yield directory
    subprocess.run(["umount", str(directory)], check=True)


def test_a_full_disk_gives_2_and_leaves_nothing(place: Path, small_disk: Path) -> None:
    answer = shell("generate", place / "tiny.yaml", "-o", small_disk / "run")
    assert answer.code == 2, answer.err
    assert "the disk is full" in answer.err
    assert "Traceback" not in answer.err
    assert list(small_disk.iterdir()) == []


# --- verify, describe, help -----------------------------------------------------------------------------


def test_verify_of_a_whole_run_gives_0(place: Path, made: Answer) -> None:
    answer = shell("verify", made.out.strip(), cwd=place)
    assert answer.code == 0, answer.out
    assert {line.split("  ")[0] for line in answer.out.splitlines()} == {"pass", "not applicable"}


def test_verify_of_a_damaged_run_gives_1_and_names_the_file(own: Path) -> None:
    next((own / "data/cards").glob("*.parquet")).unlink()
    answer = shell("verify", own)
    assert answer.code == 1
    assert re.search(r"^fail +files", answer.out, re.MULTILINE)
    assert re.search(r"^not evaluated +", answer.out, re.MULTILINE)
    assert "data/cards/" in answer.out


def test_verify_json_holds_every_check(own: Path) -> None:
    (own / "columns.csv").write_text("damaged")
    answer = shell("verify", own, "--json")
    facts = json.loads(answer.out)
    failed = [check["name"] for check in facts["checks"] if check["outcome"] == "fail"]
    assert (answer.code, facts["ok"], failed) == (1, False, ["files"])


def test_verify_of_something_else_gives_2(tmp_path: Path) -> None:
    answer = shell("verify", tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert "not a finished run" in answer.err


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from fintxsim.cli import main\n"
        "sys.argv = ['fintxsim', *sys.argv[1:]]\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "heavy = {'mesa', 'pandas', 'numba', 'pyarrow', 'numpy', 'networkx'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    for words in (["--help"], ["--version"], ["generate", "--help"], ["describe", "--help"]):
        process = [command()[0], "-c", code, *words]
        done = subprocess.run(process, env=environment(), cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout


def test_python_dash_m_fintxsim_is_the_command_line(tmp_path: Path) -> None:
    words = [command()[0], "-m", "fintxsim", "--version"]
    done = subprocess.run(words, env=environment(), cwd=tmp_path, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"fintxsim \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize("words", [("describe", "columns"), ("--help",), ("check", "quickstart", "--resolved")])
def test_a_reader_that_leaves_is_no_error(words: tuple[str, ...]) -> None:
    process = subprocess.Popen(command(*words), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(timeout=60) == 0
    assert "Traceback" not in said
    assert "BrokenPipe" not in said


@pytest.mark.parametrize(("closed", "words", "code"), [(">&-", "describe day", 0), ("2>&-", "check nope", 2)])
def test_a_closed_stream_is_no_error(closed: str, words: str, code: int) -> None:
    line = f'"$0" -m fintxsim.cli {words} {closed}'
    process = ["bash", "-c", line, command()[0]]
    done = subprocess.run(process, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


def test_a_result_that_cannot_be_written_gives_2() -> None:
    with Path("/dev/full").open("w") as full:
        words = command("describe", "typologies")
        done = subprocess.run(words, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr
