"""What is declared once is told the same everywhere: settings, columns, scenarios, typologies."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from pathlib import Path

import pyarrow as pa
import pytest

from fintxsim import columns as c
from fintxsim.behaviour.config import BehaviourConfig
from fintxsim.cli import catalogue
from fintxsim.engine import World
from fintxsim.fidelity.base import Group
from fintxsim.fidelity.scopes import SCOPES
from fintxsim.fraud import TypologiesConfig
from fintxsim.institution import INSTITUTIONS, Institution
from fintxsim.leaks import CHECKS as LEAK_CHECKS
from fintxsim.leaks import LeakCheck
from fintxsim.lookalikes import LOOKALIKES, Lookalike, lookalike
from fintxsim.lookalikes.anomalies import AnomaliesConfig
from fintxsim.run.card import columns_csv
from fintxsim.scenario.find import shipped_scenarios
from fintxsim.scenario.load import load_scenario
from fintxsim.scenario.model import Scenario
from fintxsim.scenario.schema import fields_without_description, schema_text
from fintxsim.typologies import TYPOLOGIES, Typology, typology
from fintxsim.verify import CHECKS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COLUMNS = [(table, column) for table in c.TABLES for column in table]
NAMES = [f"{table.path}.{column.name}" for table, column in COLUMNS]
EVERY_TYPOLOGY = pytest.mark.parametrize("kind", TYPOLOGIES, ids=lambda kind: kind.name)
EVERY_LOOKALIKE = pytest.mark.parametrize("kind", LOOKALIKES, ids=lambda kind: kind.name)
EVERY_SCENARIO = pytest.mark.parametrize("name", sorted(shipped_scenarios()))


# --- settings and scenarios -----------------------------------------------------------------------------


def test_every_setting_has_a_description() -> None:
    assert fields_without_description(Scenario) == []


def test_the_schema_for_editors_is_that_of_the_code() -> None:
    # After a change of a setting write it anew: CONTRIBUTING.md says how.
    assert (ROOT / "scenarios" / "scenario.schema.json").read_text(encoding="utf-8") == schema_text(Scenario)


def test_quickstart_and_the_flagship_are_shipped() -> None:
    assert {"quickstart", "retail_bank"} <= set(shipped_scenarios())


@EVERY_SCENARIO
def test_a_shipped_scenario_loads_without_warnings(name: str) -> None:
    assert load_scenario(name, Scenario).warnings == ()


@EVERY_SCENARIO
def test_a_shipped_scenario_is_named_after_its_file(name: str) -> None:
    assert load_scenario(name, Scenario).value.name == name


@EVERY_SCENARIO
def test_a_shipped_scenario_says_what_it_is_for(name: str) -> None:
    assert load_scenario(name, Scenario).value.description


@EVERY_SCENARIO
def test_a_shipped_scenario_names_the_schema_on_its_first_line(name: str) -> None:
    first = shipped_scenarios()[name].read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=scenario.schema.json"


PRESETS = ("quickstart", "retail_bank", "card_issuer_us", "ecommerce_acquirer", "mobile_money", "instant_payments")


@pytest.mark.parametrize("name", PRESETS)
def test_the_readme_tells_what_a_preset_is(name: str) -> None:
    assert f"| `{name}` | {load_scenario(name, Scenario).value.description} |" in README


def test_every_shipped_scenario_is_a_preset_or_named_after_its_typology() -> None:
    assert set(shipped_scenarios()) == {*PRESETS, *(kind.name for kind in TYPOLOGIES)}


def test_there_is_a_preset_for_every_institution() -> None:
    assert {load_scenario(name, Scenario).value.institution for name in PRESETS} == set(INSTITUTIONS)


@pytest.mark.parametrize("kind", INSTITUTIONS.values(), ids=lambda kind: kind.name)
def test_the_readme_tells_what_an_institution_is_and_lacks(kind: Institution) -> None:
    assert f"| `{kind.name}` | {kind.summary} | {', '.join(kind.without)}".rstrip() in README


@pytest.mark.parametrize("kind", INSTITUTIONS.values(), ids=lambda kind: kind.name)
def test_habits_that_leave_no_trace_are_habits(kind: Institution) -> None:
    assert kind.unseen <= set(BehaviourConfig.model_fields)


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "quickstart"])
def test_a_preset_keeps_its_shape_at_any_size(name: str) -> None:
    for customers, days in ((5_000, 60), (500_000, 730)):
        overrides = [f"population.customers={customers}", f"days={days}"]
        assert load_scenario(name, Scenario, overrides=overrides).warnings == ()


# --- columns --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=NAMES)
def test_a_column_is_described_in_a_sentence(table: c.Table, column: c.Column) -> None:
    assert re.fullmatch(r"[A-Za-z0-9].{2,}\.", column.meaning), f"{table.path}.{column.name}: {column.meaning!r}"


def test_times_and_amounts_have_units() -> None:
    measures = [(t, col) for t, col in COLUMNS if pa.types.is_timestamp(col.type) or pa.types.is_float64(col.type)]
    unitless = [f"{table.path}.{column.name}" for table, column in measures if not column.unit]
    assert unitless == []


def test_names_of_columns_are_unique_within_their_table() -> None:
    assert [table.path for table in c.TABLES if len(set(table.names())) != len(table.columns)] == []


def test_a_folder_holds_only_what_its_readers_may_know() -> None:
    allowed = {"data": {"request", "response"}, "labels": {"label"}, "truth": {"truth"}}
    assert [(t.path, col.name) for t, col in COLUMNS if str(col.known_at) not in allowed[t.folder]] == []


@pytest.mark.parametrize("table", c.TABLES, ids=lambda table: table.path)
def test_key_and_time_of_a_table_are_columns_of_it(table: c.Table) -> None:
    assert {table.key, table.time} <= set(table.names())


def test_references_name_the_key_of_a_table() -> None:
    keys = {f"{table.name}.{table.key}" for table in c.TABLES}
    assert {column.references for _, column in COLUMNS if column.references} <= keys


def test_the_list_of_columns_of_a_run_is_the_declarations() -> None:
    lines = csv.DictReader(io.StringIO(columns_csv()))
    told = [(line["table"], line["column"], line["meaning"], line["unit"], line["known_at"]) for line in lines]
    assert told == [(t.path, col.name, col.meaning, col.unit, str(col.known_at)) for t, col in COLUMNS]


def test_describe_columns_is_the_declarations() -> None:
    told = [(item["table"], item["name"], item["meaning"]) for item in catalogue.columns()]
    assert told == [(table.path, column.name, column.meaning) for table, column in COLUMNS]


def test_the_readme_lists_every_table_of_a_run_with_its_meaning() -> None:
    lines = re.findall(r"^\| `((?:data|labels|truth)/\w+)` \| (.+?) \|$", README, re.MULTILINE)
    assert lines == [(table.path, table.meaning) for table in c.TABLES]


# --- typologies -----------------------------------------------------------------------------------------


def test_every_typology_has_a_setting_of_its_name() -> None:
    assert list(TypologiesConfig.model_fields) == [kind.name for kind in TYPOLOGIES]


def test_names_and_numbers_of_typologies_are_unique() -> None:
    assert len({kind.name for kind in TYPOLOGIES}) == len({kind.number for kind in TYPOLOGIES}) == len(TYPOLOGIES)


def test_every_class_of_a_typology_is_in_the_tuple() -> None:
    assert {type(kind) for kind in TYPOLOGIES} == set(Typology.__subclasses__())


@EVERY_TYPOLOGY
def test_a_typology_is_found_by_its_name(kind: Typology) -> None:
    assert typology(kind.name) is kind


def test_an_unknown_typology_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="pickpocketing"):
        typology("pickpocketing")


@EVERY_TYPOLOGY
def test_a_typology_lives_in_the_file_of_its_name(kind: Typology) -> None:
    assert type(kind).__module__ == f"fintxsim.typologies.{kind.name}"


@EVERY_TYPOLOGY
def test_a_typology_is_described_by_its_own_words(kind: Typology) -> None:
    (told,) = catalogue.typologies(kind.name)
    assert (told["name"], told["summary"], told["codes"]) == (kind.name, kind.summary, dict(kind.codes))
    assert [setting["name"] for setting in told["settings"]] == list(kind.config.model_fields)


@EVERY_TYPOLOGY
def test_the_readme_names_every_typology(kind: Typology) -> None:
    assert f"`{kind.name}`" in README


def test_the_schema_offers_every_typology() -> None:
    schema = json.loads(schema_text(Scenario))
    assert list(schema["$defs"]["TypologiesConfig"]["properties"]) == [kind.name for kind in TYPOLOGIES]


# --- look-alikes ----------------------------------------------------------------------------------------


def test_every_look_alike_has_a_setting_of_its_name() -> None:
    assert list(AnomaliesConfig.model_fields) == [kind.name for kind in LOOKALIKES]


def test_every_class_of_a_look_alike_is_in_the_tuple() -> None:
    assert {type(kind) for kind in LOOKALIKES} == set(Lookalike.__subclasses__())


@EVERY_LOOKALIKE
def test_a_look_alike_is_found_by_its_name(kind: Lookalike) -> None:
    assert lookalike(kind.name) is kind


def test_an_unknown_look_alike_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="lottery"):
        lookalike("lottery")


@EVERY_LOOKALIKE
def test_a_look_alike_lives_in_the_file_of_its_name(kind: Lookalike) -> None:
    assert type(kind).__module__ == f"fintxsim.lookalikes.{kind.name}"


@EVERY_LOOKALIKE
def test_a_look_alike_is_described_by_its_own_words(kind: Lookalike) -> None:
    (told,) = catalogue.lookalikes(kind.name)
    assert (told["name"], told["summary"], told["resembles"]) == (kind.name, kind.summary, kind.resembles)
    assert [setting["name"] for setting in told["settings"]] == list(kind.config.model_fields)


@EVERY_LOOKALIKE
def test_the_readme_tells_what_a_look_alike_is(kind: Lookalike) -> None:
    assert f"| `{kind.name}` | {kind.summary} |" in README


@pytest.mark.parametrize("name", ["quickstart", "retail_bank"])
def test_shipped_banks_have_every_look_alike(name: str) -> None:
    active = load_scenario(name, Scenario).value.anomalies.active()
    assert [kind for kind, _ in active] == list(LOOKALIKES)
    assert 250 <= sum(config.rate_bps for _, config in active) <= 350


# --- days, checks, words --------------------------------------------------------------------------------


def test_describe_day_is_the_phases_of_the_world() -> None:
    assert tuple(item["name"] for item in catalogue.day()) == World.phases


def test_every_phase_of_a_day_is_explained() -> None:
    assert [item["name"] for item in catalogue.day() if not item["meaning"]] == []


def section(heading: str) -> str:
    """The text of the README below a heading."""
    return README.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_the_readme_lists_every_check_of_verify_with_its_meaning() -> None:
    lines = dict(re.findall(r"^\| ([a-z ]+) \| (.+?) \|$", section("What `fintxsim verify` checks"), re.MULTILINE))
    assert {check.name: lines.get(check.name) for check in CHECKS} == {check.name: check.meaning for check in CHECKS}


def test_the_readme_lists_every_check_of_the_leak_audit_with_its_meaning() -> None:
    lines = re.findall(r"^\| ([a-z ]+) \| (.+?) \| .*\|$", section("The leak audit"), re.MULTILINE)
    assert dict(lines) == {"check": "what holds"} | {check.name: check.meaning for check in LEAK_CHECKS}


def test_every_class_of_a_leak_check_is_in_the_tuple() -> None:
    assert {type(check) for check in LEAK_CHECKS} == set(LeakCheck.__subclasses__())


def test_names_of_leak_checks_are_unique() -> None:
    assert len({check.name for check in LEAK_CHECKS}) == len(LEAK_CHECKS)


@pytest.mark.parametrize("check", LEAK_CHECKS, ids=lambda check: check.name)
def test_a_leak_check_lives_in_a_file_of_its_own(check: LeakCheck) -> None:
    assert [other.name for other in LEAK_CHECKS if type(other).__module__ == type(check).__module__] == [check.name]


def test_the_readme_tells_what_each_group_of_facts_is_about() -> None:
    lines = re.findall(r"^\| ([a-z]+) \| .+ \|$", section("Fidelity: is it like real data?"), re.MULTILINE)
    assert lines == ["facts", *(str(group) for group in Group)]


def test_the_readme_names_every_scope_of_fidelity() -> None:
    text = section("Fidelity: is it like real data?")
    assert [scope.name for scope in SCOPES if f"`{scope.name}`" not in text] == []


def test_words_of_a_vocabulary_are_numbered_from_zero() -> None:
    vocabularies = {column.words for _, column in COLUMNS if column.words}
    assert [words.__name__ for words in vocabularies if [int(w) for w in words] != list(range(len(words)))] == []


def test_every_module_says_what_it_is() -> None:
    files = [file for file in (ROOT / "fintxsim").rglob("*.py") if file.stat().st_size]
    silent = [file.name for file in files if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))]
    assert silent == []
