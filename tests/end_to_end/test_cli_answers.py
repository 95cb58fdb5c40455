"""Exit codes and messages for every kind of input, in this process."""

from __future__ import annotations

import errno
import json
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fintxsim.cli import guard, show
from fintxsim.cli.catalogue import allowed
from fintxsim.cli.closing import anomaly_table, closing, fraud_table, ledger_line
from fintxsim.cli.progress import Display, Lines, Meter, display
from fintxsim.cli.starter import scenario_name
from fintxsim.columns import TABLES
from fintxsim.engine import World
from fintxsim.errors import DamagedRunError, FintxsimError
from fintxsim.lookalikes import LOOKALIKES
from fintxsim.manifest import AnomalyEntry, BookEntry, FraudEntry, Manifest
from fintxsim.run import generate as engine
from fintxsim.run import plan as planning
from fintxsim.scenario.find import shipped_scenarios
from fintxsim.typologies import TYPOLOGIES
from tests.end_to_end.cli_tools import HEAD, TINY, Answer, in_process

Cli = Callable[..., Answer]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    """Runs a command in an empty directory that holds only ``tiny.yaml``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(guard.DEBUG_VARIABLE, raising=False)
    (tmp_path / "tiny.yaml").write_text(TINY)
    return in_process(monkeypatch, capsys)


# --- scenarios that cannot be used ----------------------------------------------------------------------

BAD = {
    "unknown key": (HEAD + "typo: 1\n", r"bad\.yaml:5:1: error: typo: "),
    "unknown key inside": (
        HEAD + "bank: {contols: off}\n", r"bad\.yaml:5:8: error: bank\.contols: .*did you mean 'controls'",
    ),
    "wrong type": (HEAD.replace("days: 3", "days: many"), r"bad\.yaml:3:7: error: days: "),
    "out of range": (HEAD.replace("days: 3", "days: 100_000"), r"bad\.yaml:3:7: error: days: "),
    "zero days": (HEAD.replace("days: 3", "days: 0"), r"bad\.yaml:3:7: error: days: "),
    "zero customers": (HEAD.replace("60", "0"), r"bad\.yaml:4:25: error: population\.customers: "),
    "duplicate key": (HEAD + "days: 4\n", r"bad\.yaml:5:1: error: .*duplicate key 'days'"),
    "impossible date": (HEAD.replace("2026-01-01", "2026-02-30"), r"bad\.yaml:2:13: error: start_date: "),
    "date out of calendar": (HEAD.replace("2026", "1492"), r"bad\.yaml:2:13: error: start_date: "),
    "unknown typology": (
        HEAD + "fraud: {typologies: {card_magic: {rate_bps: 1}}}\n",
        r"bad\.yaml:5:22: error: fraud\.typologies\.card_magic: ",
    ),
    "unknown time zone": (HEAD + "timezone: Mars/Olympus\n", r"bad\.yaml:5:11: error: timezone: "),
    "missing key": ("name: x\ndays: 3\npopulation: {customers: 60}\n", r"bad\.yaml:1:1: error: start_date: "),
    "extends itself": (HEAD + "extends: bad.yaml\n", r"bad\.yaml:5:10: error: extends: goes round in a circle"),
    "broken syntax": ("name: [\n", r"bad\.yaml:\d+:\d+: error: not YAML"),
    "empty file": ("", r"bad\.yaml:1:1: error: the file is empty"),
}  # fmt: skip


@pytest.mark.parametrize("text_and_place", BAD.values(), ids=BAD)
@pytest.mark.parametrize("command", ["check", "generate"])
def test_a_bad_scenario_gives_2_with_its_place(cli: Cli, text_and_place: tuple[str, str], command: str) -> None:
    text, place = text_and_place
    Path("bad.yaml").write_text(text)
    answer = cli(command, "bad.yaml")
    assert (answer.code, answer.out) == (2, "")
    assert re.search(place, answer.err), answer.err
    assert not Path("output").exists()


def test_all_problems_are_told_at_once(cli: Cli) -> None:
    Path("bad.yaml").write_text(HEAD.replace("days: 3", "days: 0") + "typo: 1\n")
    assert "2 problems" in cli("check", "bad.yaml").err


def test_more_merchants_than_memory_give_2_and_name_the_key(cli: Cli) -> None:
    answer = cli("check", "tiny.yaml", "--set", "population.merchants=900_000_000")
    assert (answer.code, answer.out) == (2, "")
    assert "population.merchants" in answer.err


@pytest.mark.parametrize("source", ["gone.yaml", "quickstrat", "."])
def test_a_scenario_that_is_not_there_gives_2(cli: Cli, source: str) -> None:
    answer = cli("check", source)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: ")


@pytest.mark.parametrize("change", ["days", "days=0", "nope.deep=1", "extends=x"])
def test_a_bad_override_gives_2_and_is_quoted(cli: Cli, change: str) -> None:
    answer = cli("check", "tiny.yaml", "--set", change)
    assert answer.code == 2
    assert f"--set {change}: error: " in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ("generate",),
        ("generate", "tiny.yaml", "--days", "soon"),
        ("generate", "tiny.yaml", "--workers", "0"),
        ("generate", "tiny.yaml", "--scale", "0"),
        ("generate", "tiny.yaml", "--scale", "nan"),
        ("generate", "tiny.yaml", "--seed", "-1"),
        ("generate", "tiny.yaml", "--days", "0"),
        ("describe", "weather"),
        ("describe", "typologies", "nope"),
        ("describe", "lookalikes", "nope"),
        ("describe", "scenarios", "nope"),
        ("describe", "columns", "nope"),
        ("describe", "day", "nope"),
        ("nonsense",),
        ("--nonsense",),
    ],
)
def test_a_command_that_cannot_be_understood_gives_2(cli: Cli, words: tuple[str, ...]) -> None:
    answer = cli(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err


# --- places that cannot be used -------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_an_output_below_a_file_gives_2(cli: Cli, more: tuple[str, ...]) -> None:
    answer = cli("generate", "tiny.yaml", "-o", "tiny.yaml/run", *more)
    assert (answer.code, answer.out) == (2, "")
    assert "cannot write in" in answer.err


@pytest.mark.parametrize("more", [(), ("--overwrite",), ("--dry-run",)])
def test_an_output_that_holds_something_else_gives_2_and_is_kept(cli: Cli, more: tuple[str, ...]) -> None:
    Path("full").mkdir()
    Path("full/thesis.txt").write_text("mine")
    answer = cli("generate", "tiny.yaml", "-o", "full", *more)
    assert (answer.code, answer.out) == (2, "")
    assert "thesis.txt" in answer.err
    assert Path("full/thesis.txt").read_text() == "mine"


def test_an_output_that_is_a_file_gives_2(cli: Cli) -> None:
    assert cli("generate", "tiny.yaml", "-o", "tiny.yaml").code == 2


def test_an_output_with_a_broken_manifest_gives_2(cli: Cli) -> None:
    Path("full").mkdir()
    Path("full/manifest.json").write_text("{")
    assert cli("generate", "tiny.yaml", "-o", "full").code == 2


def test_verify_of_a_broken_manifest_gives_1(cli: Cli) -> None:
    Path("full").mkdir()
    Path("full/manifest.json").write_text("{")
    assert cli("verify", "full").code == 1


# --- check ----------------------------------------------------------------------------------------------


def test_check_says_what_the_scenario_would_make(cli: Cli) -> None:
    answer = cli("check", "tiny.yaml")
    assert answer.code == 0
    assert re.fullmatch(
        r"tiny\.yaml: ok: tiny: 60 customers, 3 days from 2026-01-01, about \d+ transactions, seed 42\n", answer.out
    )


def test_settings_without_effect_are_warned_of_on_stderr(cli: Cli) -> None:
    answer = cli("check", "tiny.yaml", "--set", "bank.controls=off", "--set", "bank.decline_score=0.9")
    assert (answer.code, answer.out.count("warning")) == (0, 0)
    assert "warning: bank.decline_score: controls are off" in answer.err


def test_settings_of_a_look_alike_that_is_off_have_no_effect(cli: Cli) -> None:
    answer = cli("check", "tiny.yaml", "--set", "anomalies.car_payee.price_median=9000")
    assert "warning: anomalies.car_payee: the look-alike is off" in answer.err


def test_look_alikes_cannot_be_more_than_half_of_all_rows(cli: Cli) -> None:
    changes = [f"--set=anomalies.{name}.rate_bps=2000" for name in ("house_move", "new_phone", "car_payee")]
    answer = cli("check", "tiny.yaml", *changes)
    assert answer.code == 2
    assert "anomalies: the rates add up to 6000 bps; at most 5000 of 10,000 can be look-alikes" in answer.err


def test_the_resolved_scenario_checks_to_itself(cli: Cli) -> None:
    first = cli("check", "tiny.yaml", "--resolved")
    Path("resolved.yaml").write_text(first.out)
    assert cli("check", "resolved.yaml", "--resolved").out == first.out


def test_check_json_of_a_good_scenario(cli: Cli) -> None:
    answer = cli("check", "tiny.yaml", "--json", "--resolved")
    facts = json.loads(answer.out)
    assert (answer.code, facts["ok"], facts["problems"], facts["warnings"]) == (0, True, [], [])
    assert (facts["name"], facts["customers"], facts["days"]) == ("tiny", 60, 3)
    assert facts["resolved"]["population"]["customers"] == 60


def test_check_json_of_a_bad_scenario_holds_each_problem(cli: Cli) -> None:
    Path("bad.yaml").write_text(HEAD + "typo: 1\n")
    answer = cli("check", "bad.yaml", "--json")
    facts = json.loads(answer.out)
    assert (answer.code, answer.err, facts["ok"]) == (2, "", False)
    problem = facts["problems"][0]
    assert (problem["file"], problem["line"], problem["column"], problem["path"]) == ("bad.yaml", 5, 1, "typo")


def test_check_json_of_a_missing_file_has_a_problem_too(cli: Cli) -> None:
    answer = cli("check", "gone.yaml", "--json")
    assert answer.code == 2
    assert "gone.yaml" in json.loads(answer.out)["problems"][0]["message"]


# --- init -----------------------------------------------------------------------------------------------


def test_a_starter_scenario_is_usable_at_once(cli: Cli) -> None:
    answer = cli("init")
    assert (answer.code, answer.out) == (0, "scenario.yaml\n")
    assert "next: " in answer.err
    assert cli("check", "scenario.yaml").code == 0


def test_a_starter_scenario_begins_with_the_line_that_editors_look_for(cli: Cli) -> None:
    cli("init", "mine.yaml")
    first = Path("mine.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=scenario.schema.json"
    assert json.loads(Path("scenario.schema.json").read_text())["title"] == "Scenario"


@pytest.mark.parametrize("base", sorted(shipped_scenarios()))
def test_a_starter_scenario_means_what_it_starts_from(cli: Cli, base: str) -> None:
    cli("init", f"{base}.yaml", "--from", base)
    mine = json.loads(cli("check", f"./{base}.yaml", "--json", "--resolved").out)["resolved"]
    theirs = json.loads(cli("check", str(shipped_scenarios()[base]), "--json", "--resolved").out)["resolved"]
    assert mine | {"description": ""} == theirs | {"description": ""}


def test_comments_of_a_starter_scenario_are_settings_with_their_values(cli: Cli) -> None:
    cli("init", "a.yaml")
    text = Path("a.yaml").read_text()
    examples = r"(?! \{rate_bps)"  # of what is off: with a rate it would be on
    opened = re.sub(rf"^( *)#( *\w+:){examples}", r"\1\2", text, flags=re.MULTILINE)
    Path("b.yaml").write_text(opened)
    assert opened.count("\n#") < text.count("\n#") - 10
    bare, full = (json.loads(cli("check", f, "--json", "--resolved").out)["resolved"] for f in ("a.yaml", "b.yaml"))
    assert bare == full


@pytest.mark.parametrize(
    ("stem", "name"),
    [("My Bank", "my_bank"), ("2026", "my_scenario"), ("b-" + "x" * 90, "b_" + "x" * 62), ("é", "my_scenario")],
)
def test_a_starter_scenario_is_named_after_its_file(stem: str, name: str) -> None:
    assert scenario_name(Path(f"dir/{stem}.yaml")) == name


def test_init_again_beside_an_earlier_one_is_fine(cli: Cli) -> None:
    assert [cli("init", "a.yaml").code, cli("init", "b.yaml").code] == [0, 0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("tiny.yaml",), "already there"),
        (("gone/a.yaml",), "not a directory"),
        (("scenario.schema.json",), "name of the schema"),
        (("a.yaml", "--from", "quickstrat"), "did you mean 'quickstart'"),
    ],
)
def test_init_refuses_what_it_cannot_do(cli: Cli, words: tuple[str, ...], message: str) -> None:
    answer = cli("init", *words)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err
    assert sorted(os.listdir()) == ["tiny.yaml"]
    assert Path("tiny.yaml").read_text() == TINY


@pytest.mark.parametrize("content", ["{}", "not json", "[]"])
def test_init_keeps_a_strangers_schema(cli: Cli, content: str) -> None:
    Path("scenario.schema.json").write_text(content)
    assert cli("init", "a.yaml").code == 2
    assert Path("scenario.schema.json").read_text() == content


# --- describe -------------------------------------------------------------------------------------------


def test_describe_lists_every_scenario_typology_look_alike_column_and_phase(cli: Cli) -> None:
    facts = json.loads(cli("describe", "--json").out)
    assert {item["name"] for item in facts["scenarios"]} == set(shipped_scenarios())
    assert [item["name"] for item in facts["typologies"]] == [typology.name for typology in TYPOLOGIES]
    assert [item["name"] for item in facts["lookalikes"]] == [kind.name for kind in LOOKALIKES]
    assert len(facts["columns"]) == sum(len(table.columns) for table in TABLES)
    assert tuple(item["name"] for item in facts["day"]) == World.phases
    assert [item["number"] for item in facts["day"]] == list(range(1, len(World.phases) + 1))


@pytest.mark.parametrize("topic", ["scenarios", "typologies", "lookalikes", "columns", "day"])
def test_each_topic_prints_a_line_per_item(cli: Cli, topic: str) -> None:
    count = len(json.loads(cli("describe", topic, "--json").out))
    assert len(cli("describe", topic).out.splitlines()) == count + (topic == "columns")


def test_describe_without_a_topic_names_them_all(cli: Cli) -> None:
    out = cli("describe").out
    assert [topic in out for topic in ("scenarios", "typologies", "lookalikes", "columns", "day")] == [True] * 5


def test_a_look_alike_is_described_with_its_settings(cli: Cli) -> None:
    out = cli("describe", "lookalikes", "house_move").out
    assert "  lasts 6 to 9 days\n" in out
    assert "  resembles account takeover" in out
    assert re.search(r"^  price_factor +1\.8 +0\.2\.\.10 +\S", out, re.MULTILINE)


def test_a_look_alike_of_one_day_lasts_a_day(cli: Cli) -> None:
    assert "  lasts 1 day\n" in cli("describe", "lookalikes", "car_payee").out


def test_a_typology_is_described_with_its_settings(cli: Cli) -> None:
    out = cli("describe", "typologies", "account_takeover").out
    assert re.search(r"^  sim_swap_share +0\.2 +0\.\.1 +\S", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "tables"), [("merchants", ["data/merchants"]), ("mcc", ["data/merchants", "data/transactions"])]
)
def test_columns_are_found_by_table_and_by_name(cli: Cli, name: str, tables: list[str]) -> None:
    found = json.loads(cli("describe", "columns", name, "--json").out)
    assert sorted({item["table"] for item in found}) == tables


def test_a_named_column_is_printed_with_its_words(cli: Cli) -> None:
    assert "data/transactions.direction: debit, credit" in cli("describe", "columns", "direction").out


def test_a_scenario_is_described_with_its_file(cli: Cli) -> None:
    assert str(shipped_scenarios()["quickstart"]) in cli("describe", "scenarios", "quickstart").out


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ({"minimum": 0, "maximum": 1_000_000}, "0..1,000,000"),
        ({"anyOf": [{"exclusiveMinimum": 0}, {"type": "null"}]}, ">0.."),
        ({"enum": ["count", "value"]}, "count or value"),
        ({"type": "string"}, ""),
    ],
)
def test_allowed_values_are_told_in_few_words(entry: dict[str, Any], text: str) -> None:
    assert allowed(entry) == text


# --- how commands end -----------------------------------------------------------------------------------


def raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_a_bug_gives_70_in_one_line_and_keeps_the_traceback(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(planning, "prepare", raising(ZeroDivisionError("[red]division\nby zero[/red]")))
    answer = cli("generate", "tiny.yaml")
    assert (answer.code, answer.out, answer.err.count("\n")) == (70, "", 1)
    assert "bug: ZeroDivisionError: [red]division by zero[/red]" in answer.err
    saved = re.search(r"the traceback is in (\S+\.txt)", answer.err)
    assert saved is not None
    assert "raise error" in Path(saved.group(1)).read_text()


def test_a_bug_without_room_for_its_traceback_says_how_to_see_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "mkstemp", raising(OSError(errno.ENOSPC, "full")))
    monkeypatch.setattr(planning, "prepare", raising(FintxsimError("impossible")))
    answer = cli("generate", "tiny.yaml")
    assert answer.code == 70
    assert f"{guard.DEBUG_VARIABLE}=1" in answer.err


def test_debug_shows_the_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(guard.DEBUG_VARIABLE, "0")
    monkeypatch.setattr(planning, "prepare", raising(ValueError("odd")))
    answer = cli("--debug", "generate", "tiny.yaml")
    assert answer.code == 70
    assert "Traceback" in answer.err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "nothing was left behind"),
        (MemoryError(), 2, "out of memory"),
        (OSError(errno.EROFS, "Read-only file system", "/x"), 2, "/x: Read-only file system"),
        (OSError(errno.EBADMSG, "odd"), 70, "bug: OSError"),
        (DamagedRunError("bad"), 1, "error: bad"),
    ],
)  # fmt: skip
def test_errors_end_in_their_exit_code(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: BaseException, code: int, words: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(planning, "prepare", raising(error))
    answer = cli("check", "tiny.yaml")
    assert answer.code == code
    assert words in answer.err


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (MemoryError(), 2)])
def test_errors_before_any_command_end_the_same_way(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    monkeypatch.setattr("fintxsim.cli.app.app", raising(error))
    assert cli("--help").code == code


def test_the_first_use_is_announced(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fintxsim.compiled.is_compiled_before", lambda: False)
    monkeypatch.setattr(engine, "run", raising(KeyboardInterrupt()))
    assert "compiling once, about a minute" in cli("generate", "tiny.yaml").err


# --- small parts ----------------------------------------------------------------------------------------


def fraud(**changes: Any) -> FraudEntry:
    fields = {
        "typology": "card_theft", "requested_bps": 10.0, "pressure": 3.0, "campaigns": 2, "victims": 1_005,
        "approved_frauds": 1_234,
        "approved_fraud_value": 5.0, "realised_bps_count": 9.5, "realised_bps_value": 12.25, "low_bps": 8.0,
        "high_bps": 12.0, "status": "reached",
    }  # fmt: skip
    return FraudEntry.model_validate(fields | changes)


def test_the_table_of_fraud_holds_what_was_requested_and_realised() -> None:
    cells = fraud_table((fraud(),))[1].split("  ")
    expected = ["card_theft", "10 bps of count", "9.50", "12.25", "8.00..12.00", "2", "1,005", "1,234", "reached"]
    assert [cell.strip() for cell in cells if cell.strip()] == expected


def test_a_rate_that_was_not_reached_comes_with_its_reason() -> None:
    lines = fraud_table((fraud(status="not_reached", reason="too short"),))
    assert lines[1].endswith("requested, not reached")
    assert lines[2] == "    too short"


def test_a_timeline_is_told_with_what_it_comes_to() -> None:
    lines = fraud_table((fraud(timeline="on days 3 to 9"),))
    assert lines[2] == "    campaigns begin on days 3 to 9; of all days that makes 10.00 bps"


def test_a_timeline_of_a_pressure_comes_to_nothing_known() -> None:
    no_rate = dict.fromkeys(("requested_bps", "low_bps", "high_bps"))
    lines = fraud_table((fraud(**no_rate, requested_pressure=40.0, status="open_loop", timeline="on day 3"),))
    assert lines[2] == "    campaigns begin on day 3"


def test_a_boost_ends_with_what_undoes_it() -> None:
    told = closing(manifest().model_copy(update={"boost": 5.0, "prior_odds_factor": 0.19876}), 1.0)
    assert told[2] == "boost 5 is in what was requested; to undo it in a score, multiply its odds by 0.1988."
    assert not [line for line in closing(manifest(), 1.0) if "boost" in line]


def test_a_pressure_has_no_interval() -> None:
    no_rate = dict.fromkeys(("requested_bps", "low_bps", "high_bps"))
    line = fraud_table((fraud(**no_rate, requested_pressure=40.0, status="open_loop"),))[1]
    assert "pressure 40" in line
    assert " - " in line


def test_a_typology_that_is_off_says_so() -> None:
    assert " off " in fraud_table((fraud(requested_bps=None, low_bps=None, status="off"),))[1]


def benign(**changes: Any) -> AnomalyEntry:
    fields = {
        "kind": "new_phone", "requested_bps": 25.0, "realised_bps": 24.5, "rows": 1_234, "approved_rows": 1_000,
        "expected": 1_020.0, "low_bps": 22.5, "high_bps": 27.5, "status": "reached",
    }  # fmt: skip
    return AnomalyEntry.model_validate(fields | changes)


def test_the_table_of_look_alikes_holds_what_was_requested_and_realised() -> None:
    cells = anomaly_table((benign(),))[1].split("  ")
    expected = ["new_phone", "25", "24.50", "22.50..27.50", "1,234", "reached"]
    assert [cell.strip() for cell in cells if cell.strip()] == expected


def test_a_look_alike_that_was_not_reached_comes_with_its_reason() -> None:
    lines = anomaly_table((benign(status="not_reached", reason="it can happen to none of the customers"),))
    assert lines[1].endswith("not reached")
    assert lines[2] == "    it can happen to none of the customers"


def test_a_run_without_look_alikes_has_no_table_of_them() -> None:
    assert anomaly_table(()) == []


def manifest() -> Manifest:
    return Manifest(
        fintxsim_version="0", versions={}, command="", name="x", seed=1, scenario_digest="", timezone="UTC",
        start_date="2026-01-01", days=1, end_time="", currency="EUR", currency_exponents={"EUR": 2, "JPY": 0},
        approved_transactions=0, approved_value=0,
    )  # fmt: skip


def book(currency: str, debits: int, credits: int) -> BookEntry:
    moved = {"debits_minor": debits, "credits_minor": credits, "closing_minor": credits - debits}
    return BookEntry(book="b", currency=currency, opening_minor=0, **moved)


def test_a_ledger_is_told_in_its_own_decimals() -> None:
    line = ledger_line("JPY", [book("JPY", 1_500, 0), book("JPY", 0, 1_500)], manifest())
    assert line == "ledger: JPY 1,500 moved through 2 books; debits equal credits."


def test_a_ledger_that_does_not_balance_is_shouted_about() -> None:
    assert "DIFFER FROM CREDITS by 0.05" in ledger_line("EUR", [book("EUR", 105, 100)], manifest())


def step(day: int, rows: int, seconds: float, phase: str = "simulating") -> engine.Progress:
    return engine.Progress(day, 10, rows, seconds, phase)


def test_rate_and_time_left_leave_out_what_came_before_the_first_day() -> None:
    meter = Meter()
    told = [meter.tell(s) for s in (step(0, 0, 0.0, "compiling"), step(1, 100, 20.0), step(3, 300, 22.0))]
    assert told == ["compiling", "100 rows", "300 rows, 100 rows/s, 7 s left"]


def test_plain_progress_tells_a_phase_once(capsys: pytest.CaptureFixture[str]) -> None:
    with Lines() as lines:
        for each in (step(-2, 0, 0.0, "warming up"), step(-1, 0, 0.1, "warming up"), step(10, 50, 1.0)):
            lines(each)
    assert capsys.readouterr().err == "warming up ...\nday 10 of 10 (100 %): 50 rows\n"


def test_a_quiet_display_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with display(quiet=True, terminal="xterm") as quiet:
        quiet(step(1, 1, 1.0))
    assert type(quiet) is Display
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("seconds", "text"), [(-1, "0 s"), (59.4, "59 s"), (65, "1 min 05 s"), (7800, "2 h 10 min")])
def test_durations_are_told_in_two_units(seconds: float, text: str) -> None:
    assert show.duration(seconds) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (7, "7"), (210_600, "210,000"), (1_999_999, "2,000,000")])
def test_rough_numbers_have_two_digits(number: int, text: str) -> None:
    assert show.about(number) == text
