"""``fintxsim report``, and the page that ``generate`` makes."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest

import fintxsim.report
from fintxsim import open_run
from fintxsim.manifest import read_manifest
from fintxsim.verify import verify_run
from tests.end_to_end.cli_tools import TINY, Answer, in_process
from tests.unit.conftest import small_manifest, small_tables, write_run

Cli = Callable[..., Answer]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    """Runs a command in a directory with the run made by hand at run, and the scenario tiny.yaml."""
    monkeypatch.chdir(tmp_path)
    write_run(Path("run"), small_tables(), small_manifest())
    Path("tiny.yaml").write_text(TINY)
    return in_process(monkeypatch, capsys)


# --- report ---------------------------------------------------------------------------------------------


def test_report_prints_where_the_page_is(cli: Cli) -> None:
    assert cli("report", "run") == Answer(0, "run/report.html\n", "")
    text = Path("run/report.html").read_text()
    assert text.startswith("<!doctype html>")
    assert "Not evaluated here" not in text


def test_the_page_may_go_elsewhere(cli: Cli) -> None:
    assert cli("report", "run", "-o", "pages/small.html") == Answer(0, "pages/small.html\n", "")
    assert not Path("run/report.html").exists()


def test_a_page_made_anew_is_the_same(cli: Cli) -> None:
    cli("report", "run")
    first = Path("run/report.html").read_bytes()
    cli("report", "run")
    assert Path("run/report.html").read_bytes() == first


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nowhere",), "nowhere: not a finished run: nothing is there"),
        (("run", "-o", "run"), "run: is a directory; name a file with -o, such as run/report.html."),
        (("run", "-o", "run/manifest.json"), "run/manifest.json: lies in the run"),
        (("run", "-o", "tiny.yaml/page.html"), "tiny.yaml/page.html: cannot write the page"),
    ],
)
def test_what_cannot_be_used_gives_2(cli: Cli, words: tuple[str, ...], message: str) -> None:
    answer = cli("report", *words)
    assert (answer.code, answer.out) == (2, "")
    assert f"error: {message}" in answer.err


def test_a_damaged_run_gives_1(cli: Cli) -> None:
    next(Path("run/data/transactions").iterdir()).unlink()
    answer = cli("report", "run")
    assert (answer.code, answer.out) == (1, "")
    assert "see `fintxsim verify`" in answer.err


@pytest.mark.parametrize(("there_is_one", "said"), [(True, ""), (False, "run/report.html: no browser was found")])
def test_the_page_can_be_opened(cli: Cli, monkeypatch: pytest.MonkeyPatch, there_is_one: bool, said: str) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or there_is_one)
    answer = cli("report", "run", "--open")
    assert (answer.code, opened) == (0, [Path("run/report.html").absolute().as_uri()])
    assert answer.err.startswith(said)


# --- generate -------------------------------------------------------------------------------------------


def test_generate_makes_a_page_that_is_no_part_of_the_manifest(cli: Cli) -> None:
    answer = cli("generate", "tiny.yaml", "-o", "tiny")
    assert (answer.code, answer.out) == (0, "tiny\n")
    assert "page: tiny/report.html" in answer.err
    assert "Not evaluated here" in Path("tiny/report.html").read_text()
    assert [file.path for file in read_manifest(Path("tiny")).files if "html" in file.path] == []
    assert not verify_run("tiny", leaks=False).failed


def test_generate_makes_no_page_when_told_not_to(cli: Cli) -> None:
    assert cli("generate", "tiny.yaml", "-o", "tiny", "--no-report").code == 0
    assert cli("generate", "tiny.yaml", "-o", "tiny", "--no-report").code == 0
    assert not Path("tiny/report.html").exists()


def test_the_same_run_again_gets_the_page_that_it_has_not(cli: Cli) -> None:
    cli("generate", "tiny.yaml", "-o", "tiny", "--no-report")
    assert cli("generate", "tiny.yaml", "-o", "tiny").code == 0
    page = Path("tiny/report.html")
    page.write_text("mine")
    assert cli("generate", "tiny.yaml", "-o", "tiny").code == 0
    assert page.read_text() == "mine"


def test_a_run_that_is_replaced_takes_its_page_with_it(cli: Cli) -> None:
    cli("generate", "tiny.yaml", "-o", "tiny")
    assert cli("generate", "tiny.yaml", "-o", "tiny", "--seed", 7, "--overwrite", "--no-report").code == 0
    assert not Path("tiny/report.html").exists()


def test_a_run_stays_when_its_page_cannot_be_made(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fintxsim.report, "write_report", interrupted)
    answer = cli("generate", "tiny.yaml", "-o", "tiny")
    assert (answer.code, answer.out) == (130, "tiny\n")
    assert "interrupted; the run is finished, its page is not: fintxsim report tiny makes it." in answer.err
    assert not verify_run("tiny", leaks=False).failed


def test_the_settings_of_a_run_make_it_again(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that the page tells, in the directory that it tells."""
    words = ("--seed", 3, "--days", 4, "--set", "fraud.typologies.account_takeover.pressure=4000")
    assert cli("generate", "tiny.yaml", "-o", "first", *words).code == 0
    command = "fintxsim generate scenario.resolved.yaml -o ../tiny-again"
    assert command in Path("first/report.html").read_text()
    monkeypatch.chdir("first")
    assert cli(*command.split()[1:]).code == 0
    first, again = open_run(".").manifest, open_run("../tiny-again").manifest
    assert again.tables == first.tables
    assert again.scenario_digest == first.scenario_digest
