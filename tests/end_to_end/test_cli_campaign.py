"""``fintxsim show campaign``: which run, which campaign, and what is printed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.cli_tools import Answer, in_process
from tests.unit.conftest import small_manifest, small_tables, write_run
from tests.unit.show.kit import CAMPAIGN, story_tables

Cli = Callable[..., Answer]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    """Runs a command in a directory with the run made by hand at output/story."""
    monkeypatch.chdir(tmp_path)
    write_run(Path("output/story"), story_tables(), small_manifest())
    return in_process(monkeypatch, capsys)


@pytest.mark.parametrize("words", [(CAMPAIGN, "output/story"), ("output/story", CAMPAIGN)])
def test_number_and_run_may_come_in_either_order(cli: Cli, words: tuple[object, ...]) -> None:
    answer = cli("show", "campaign", *words)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"campaign {CAMPAIGN}: account_takeover\n")
    assert "Phished credentials open" in answer.out


def test_without_a_run_the_newest_in_output_is_shown_and_named(cli: Cli) -> None:
    older = write_run(Path("output/older"), small_tables(), small_manifest())
    os.utime(older / "manifest.json", (1, 1))
    answer = cli("show", "campaign", CAMPAIGN)
    assert (answer.code, answer.err) == (0, "output/story: the newest run in output/.\n")
    assert f"campaign {CAMPAIGN}" in answer.out


def test_without_a_number_all_campaigns_are_listed(cli: Cli) -> None:
    answer = cli("show", "campaign", "output/story")
    head, line = answer.out.splitlines()
    assert head.split() == ["campaign", "typology", "kind", "start", "victims", "tried", "frauds", "loss", "EUR"]
    assert line.split() == [str(CAMPAIGN), "account_takeover", "-", "2026-01-03", "07:30", "1", "2", "1", "900.00"]


def test_the_list_can_be_of_one_typology(cli: Cli) -> None:
    assert cli("show", "campaign", "output/story", "--typology", "account_takeover").code == 0
    answer = cli("show", "campaign", "output/story", "--typology", "skimming")
    assert (answer.code, answer.out) == (2, "")
    assert "no campaign of 'skimming'" in answer.err


def test_both_have_json(cli: Cli) -> None:
    (line,) = json.loads(cli("show", "campaign", "output/story", "--json").out)
    assert (line["campaign_id"], line["start"]) == (CAMPAIGN, "2026-01-03T07:30:00+01:00")
    story = json.loads(cli("show", "campaign", CAMPAIGN, "output/story", "--json").out)
    assert story["campaign"]["campaign_id"] == CAMPAIGN
    assert {entry["kind"] for entry in story["people"][0]["entries"]} == {
        "own",
        "crime",
        "leg",
        "event",
        "label",
        "alert",
    }


def test_fewer_days_are_shorter(cli: Cli) -> None:
    long, short = (cli("show", "campaign", CAMPAIGN, "output/story", "--days", days).out for days in ("3", "0"))
    assert len(short.splitlines()) < len(long.splitlines())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("5", "output/story"), "output/story: no campaign 5; `fintxsim show campaign RUN` lists them."),
        (("5", "6"), "5 6: give the number of one campaign and the directory of one run."),
        (("here", "there"), "here there: give the number of one campaign and the directory of one run."),
        (("5", "nowhere"), "nowhere: not a finished run: nothing is there"),
    ],
)
def test_what_cannot_be_shown_gives_2(cli: Cli, words: tuple[str, ...], message: str) -> None:
    answer = cli("show", "campaign", *words)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err


def test_without_any_run_the_command_says_what_to_give(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    answer = cli("show", "campaign", "5")
    assert answer.code == 2
    assert "no run was given and output/ has none" in answer.err


@pytest.mark.parametrize("words", [("--people", "0"), ("--days", "-1")])
def test_options_have_limits(cli: Cli, words: tuple[str, ...]) -> None:
    assert cli("show", "campaign", CAMPAIGN, "output/story", *words).code == 2


def test_show_alone_names_what_can_be_shown(cli: Cli) -> None:
    assert "campaign  " in cli("show", "--help").out
