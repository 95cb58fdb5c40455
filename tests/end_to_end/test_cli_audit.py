"""``fintxsim audit`` as a user runs it, on tables and on runs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fintxsim.leaks import CHECKS
from tests.end_to_end.cli_tools import Answer, in_process, shell
from tests.unit.leaks.tables import BAD_EXAMPLES, honest

Cli = Callable[..., Answer]

PARTS = ("--label", "fraud", "--id", "payment", "--id", "device", "--time", "time", "--entity", "customer")


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with an honest table and one that leaks."""
    place = tmp_path_factory.mktemp("tables")
    honest().to_csv(place / "honest.csv", index=False)
    BAD_EXAMPLES["graphfaker_memo"].spoil(honest(), np.random.default_rng(1)).to_csv(place / "leaky.csv", index=False)
    return place


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tables: Path) -> Cli:
    monkeypatch.chdir(tables)
    return in_process(monkeypatch, capsys)


def test_a_table_without_a_leak_gives_0_and_a_line_per_check(cli: Cli) -> None:
    answer = cli("audit", "honest.csv", *PARTS)
    assert (answer.code, answer.err.splitlines()[-1]) == (0, "honest.csv: no leak; 14 checks passed.")
    assert [line.split("  ")[0] for line in answer.out.splitlines()] == ["pass"] * len(CHECKS)
    assert [check.name for check in CHECKS if check.name not in answer.out] == []


def test_a_leak_gives_1_and_is_told_below_its_check(cli: Cli) -> None:
    answer = cli("audit", "leaky.csv", *PARTS)
    assert answer.code == 1
    lines = answer.out.splitlines()
    assert lines[0].startswith("fail")
    found = r'    memo == "deposit": precision 1\.00 \((\d+) of \1\) at recall 0\.2\d*, base rate 1\.8 %'
    assert re.fullmatch(found, lines[1]), lines[1]
    assert answer.err.splitlines()[-1] == "leaky.csv: leaks found by one rule."


def test_what_was_looked_at_is_told_on_stderr(cli: Cli) -> None:
    first, second, *_ = cli("audit", "honest.csv", *PARTS).err.splitlines()
    assert first == "honest.csv: 16,300 rows, 300 frauds (1.8 %)"
    assert second == (
        "judged by value: channel, category, merchant, amount, balance, balance_after, hour of time, weekday of time; "
        "by form alone: payment, device, customer"
    )


def test_a_label_is_all_that_a_table_needs(cli: Cli) -> None:
    answer = cli("audit", "honest.csv", "--label", "fraud")
    assert answer.code == 0
    assert re.search(r"^not applicable +seconds +no column of times is named$", answer.out, re.MULTILINE)


def test_a_check_that_cannot_be_evaluated_gives_1_and_is_named(cli: Cli, tables: Path) -> None:
    honest(victims=15).to_csv(tables / "few.csv", index=False)
    answer = cli("audit", "few.csv", *PARTS)
    assert answer.code == 1
    assert answer.err.splitlines()[-1] == "few.csv: not evaluated: hours, fraud days, entities, label coverage."


def test_json_holds_every_check_with_its_findings(cli: Cli) -> None:
    answer = cli("audit", "leaky.csv", *PARTS, "--json")
    facts = json.loads(answer.out)
    assert (answer.code, answer.err, facts["ok"]) == (1, "", False)
    assert [check["name"] for check in facts["checks"]] == [check.name for check in CHECKS]
    (finding,) = facts["checks"][0]["findings"]
    assert (finding["column"], finding["text"].split(":")[0]) == ("memo", 'memo == "deposit"')
    assert (facts["tables"][0]["rows"], facts["tables"][0]["by_form"]) == (16_300, ["payment", "device", "customer"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("honest.csv",), "say which of its columns tells fraud with --label COLUMN"),
        (("honest.csv", "--label", "frued"), "--label frued: no such column; did you mean 'fraud'?"),
        (("honest.csv", "--label", "fraud", "--time", "channel"), "--time channel: has the type string"),
        (("gone.csv", "--label", "fraud"), "nothing is there"),
        (("gone",), "not a finished run"),
    ],
)
def test_a_table_that_cannot_be_used_gives_2(cli: Cli, words: tuple[str, ...], message: str) -> None:
    answer = cli("audit", *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: ")
    assert message in answer.err


def test_a_constant_label_gives_2(cli: Cli, tables: Path) -> None:
    honest().assign(fraud=0).to_csv(tables / "constant.csv", index=False)
    answer = cli("audit", "constant.csv", "--label", "fraud")
    assert (answer.code, answer.out) == (2, "")
    assert "--label fraud is constant, no row is a fraud" in answer.err


def test_the_terminal_is_safe_from_what_a_table_holds(cli: Cli, tables: Path) -> None:
    frame = honest()
    frame.assign(memo=np.where(frame["fraud"] == 1, "\x1b[31mred", "plain")).to_csv(tables / "red.csv", index=False)
    answer = cli("audit", "red.csv", *PARTS)
    assert answer.code == 1
    assert "\x1b" not in answer.out


# --- runs of ours ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run of the flagship, of about 100,000 rows and 100 frauds."""
    place = tmp_path_factory.mktemp("flagship") / "run"
    answer = shell("generate", "retail_bank", "-q", "-o", place, "--scale", 0.1, "--days", 30, "--seed", 5)
    assert answer.code == 0, answer.err
    return place


def test_a_run_of_the_flagship_has_no_leak(run: Path) -> None:
    answer = shell("audit", run)
    assert "fail" not in {line.split("  ")[0] for line in answer.out.splitlines()}, answer.out
    assert re.search(r"^data/transactions: [\d,]+ rows, \d+ frauds", answer.err, re.MULTILINE)


def test_verify_runs_the_audit_of_a_run(run: Path) -> None:
    answer = shell("verify", run)
    assert answer.code == 0, answer.out
    assert re.search(r"^pass +leak: one rule", answer.out, re.MULTILINE)
