"""``fintxsim fidelity`` as a user runs it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import fintxsim as fx
from fintxsim.fidelity import FACTS
from fintxsim.fidelity.distances import MEASURES
from tests.end_to_end.cli_tools import Answer, in_process
from tests.unit.fidelity.tables import naive

Cli = Callable[..., Answer]

MAP = "time=time,amount=amount,customer=customer,merchant=merchant"


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a small run of the flagship and somebody's table."""
    place = tmp_path_factory.mktemp("fidelity")
    fx.generate("retail_bank", place / "run", days=28, scale=0.03, seed=2)
    naive(20_000, 40).to_csv(place / "own.csv", index=False)
    return place


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: Path) -> Cli:
    monkeypatch.chdir(place)
    return in_process(monkeypatch, capsys)


def outcomes(answer: Answer) -> dict[str, str]:
    """Outcome of each fact, as printed."""
    lines = re.findall(r"^(pass|fail|not evaluated|not applicable) +([A-Z]\d+) ", answer.out, re.MULTILINE)
    return {fact: outcome for outcome, fact in lines}


def test_every_fact_has_a_line_in_its_order(cli: Cli) -> None:
    assert list(outcomes(cli("fidelity", "run"))) == [fact.id for fact in FACTS]


def test_the_code_tells_whether_a_fact_failed(cli: Cli) -> None:
    answer = cli("fidelity", "run")
    assert answer.code == (1 if "fail" in outcomes(answer).values() else 0)


def test_what_was_looked_at_and_the_answer_are_told_on_stderr(cli: Cli) -> None:
    first, last = cli("fidelity", "run").err.splitlines()
    assert re.fullmatch(r"scope retail: [\d,]+ payments", first)
    assert re.match(r"run: \d+ of \d+ facts are like real data; \d+ could not be evaluated or do not apply", last)


def test_a_fact_that_is_not_evaluated_says_why(cli: Cli) -> None:
    answer = cli("fidelity", "run")
    assert "ACF lag 7 of daily volume: 26 days are too short for it; 84 are needed" in answer.out
    assert "takes the benchmark of detectors, which does not exist yet" in answer.out


def test_json_holds_every_fact(cli: Cli) -> None:
    answer = cli("fidelity", "run", "--json")
    facts = json.loads(answer.out)
    assert (answer.err, facts["ok"], facts["scope"]) == ("", answer.code == 0, "retail")
    assert [fact["id"] for fact in facts["facts"]] == [fact.id for fact in FACTS]
    first = facts["facts"][0]
    assert (first["group"], first["low"], first["high"]) == ("amounts", 1.15, 2.0)
    assert first["interval"][0] < first["value"] < first["interval"][1]


def test_another_scope_is_judged_by_its_own_bands(cli: Cli) -> None:
    answer = cli("fidelity", "run", "--scope", "ecommerce")
    assert re.search(r"T3 .* 0\.06 \.\. 0\.131 +night share", answer.out)
    assert answer.err.startswith("scope ecommerce: ")


def test_a_reference_takes_the_place_of_the_bands(cli: Cli) -> None:
    answer = cli("fidelity", "run", "--reference", "own.csv", "--map", MAP)
    assert answer.code == 1
    assert outcomes(answer)["A5"] == "fail"
    assert answer.err.splitlines()[-1].startswith("run: ")
    assert " are like own.csv; " in answer.err


def test_distances_are_told_in_those_of_the_references_halves(cli: Cli) -> None:
    answer = cli("fidelity", "run", "--reference", "own.csv", "--map", MAP)
    lines = answer.out.split("\n\n")[1].splitlines()
    assert len(lines) == 1 + len(MEASURES)
    assert re.search(r"^ *[\d.]+x .* amount, KS ", lines[1])


def test_what_a_reference_has_not_is_named(cli: Cli) -> None:
    answer = cli("fidelity", "run", "--reference", "own.csv", "--map", "time=time,amount=amount")
    assert outcomes(answer)["M1"] == "not evaluated"
    assert "no merchant column; add merchant=COLUMN to --map" in answer.out
    assert "no amount is negative; give refunds as negative amounts" in answer.out


def test_json_holds_reference_and_distances(cli: Cli) -> None:
    facts = json.loads(cli("fidelity", "run", "--reference", "own.csv", "--map", MAP, "--json").out)
    assert facts["reference"] == "own.csv"
    assert [d["name"] for d in facts["distances"]] == [measure.name for measure in MEASURES]
    assert facts["distances"][0]["ratio"] > 1.0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("gone",), "not a finished run"),
        (("own.csv",), "not a finished run: it is a file"),
        (("run", "--scope", "card"), "--scope card: no such scope; did you mean 'cards'?"),
        (("run", "--reference", "gone.csv", "--map", MAP), "gone.csv: nothing is there"),
        (("run", "--reference", "own.csv"), "--map: names no time; add time=COLUMN"),
        (("run", "--reference", "own.csv", "--map", "time"), "--map time: is no PART=COLUMN"),
        (("run", "--reference", "own.csv", "--map", "time=when,amount=amount"), "--map time when: no such column"),
        (("run", "--map", MAP), "a map of columns is for a reference"),
    ],
)
def test_what_cannot_be_used_gives_2(cli: Cli, words: tuple[str, ...], message: str) -> None:
    answer = cli("fidelity", *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: ")
    assert message in answer.err
