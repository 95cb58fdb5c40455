"""Writing a scenario out, and its digest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, computed_field

from fintxsim.scenario.dump import dump_resolved, scenario_digest
from fintxsim.scenario.load import load_scenario
from fintxsim.scenario.yaml12 import compose
from tests.unit.scenario.small_model import AppScam, Fraud, Small

AMBIGUOUS = [
    "NO", "yes", "on", "y", "N", "true", "null", "~", "", "12", "0742", "0o17", "0xFF", "1e5", "1_000", "12:30", ".5",
    ".inf", ".nan", "2026-01-01", "=", "<<", "- a", "a: b", "#x", " x ", "a\nb", "é", "*a", "&a", "!x", "%x", "@x", "`",
    "\x00", "\x85", "\u2028", "\ufeff", "😀", "'", '"', "\\", "x" * 300,
]  # fmt: skip


def test_fields_keep_their_order_and_mappings_are_sorted() -> None:
    text = dump_resolved(
        Small(name="x", fraud=Fraud(typologies={"z": AppScam(kind="app_scam"), "a": AppScam(kind="app_scam")}))
    )
    keys = [line.split(":")[0] for line in text.splitlines() if not line.startswith(" ")]
    assert keys == list(Small.model_fields)
    assert text.index("    a:") < text.index("    z:")


def test_it_loads_back_to_an_equal_value(tmp_path: Path) -> None:
    value = Small(name="x", tags=("a", "12:30"), fraud=Fraud(rows=(AppScam(kind="app_scam", rate_bps=1e-7),)))
    (tmp_path / "a.yaml").write_text(dump_resolved(value), encoding="utf-8")
    assert load_scenario(tmp_path / "a.yaml", Small, shipped={}).value == value


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_text_is_text_to_readers_of_yaml_1_1_and_1_2(text: str) -> None:
    dumped = dump_resolved(Small(name=text))
    composed = compose(dumped, "f.yaml")
    assert yaml.safe_load(dumped)["name"] == text
    assert getattr(getattr(composed.root, "entries", {})["name"].value, "value", None) == text


@pytest.mark.parametrize("number", [1e-7, 1e16, 1e300, 0.1, 3.0])
def test_a_number_is_a_number_to_both(number: float) -> None:
    dumped = dump_resolved(AppScam(kind="app_scam", rate_bps=number))
    composed = compose(dumped, "f.yaml")
    assert yaml.safe_load(dumped)["rate_bps"] == number
    assert getattr(composed.root, "entries", {})["rate_bps"].value.value == number


def test_equal_scenarios_give_equal_text_whatever_the_order_of_keys() -> None:
    parts = {"a": AppScam(kind="app_scam"), "b": AppScam(kind="app_scam")}
    one, two = (
        Small(name="x", fraud=Fraud(typologies=dict(items))) for items in (parts.items(), reversed(parts.items()))
    )
    assert dump_resolved(one) == dump_resolved(two)
    assert scenario_digest(one) == scenario_digest(two)


def test_a_set_is_written_in_order() -> None:
    class WithSet(BaseModel):
        words: frozenset[str]

    assert dump_resolved(WithSet(words=frozenset("cab"))) == "words:\n- a\n- b\n- c\n"


def test_a_repeated_list_is_written_out() -> None:
    class Twice(BaseModel):
        a: list[Any]
        b: list[Any]

    same = [1]
    assert "&" not in dump_resolved(Twice.model_construct(a=same, b=same))


def test_computed_fields_are_not_settings() -> None:
    class Computed(BaseModel):
        a: int

        @computed_field  # type: ignore[prop-decorator]
        @property
        def b(self) -> int:
            return self.a + 1

    assert dump_resolved(Computed(a=1)) == "a: 1\n"


@pytest.mark.parametrize("change", [{"name": "y"}, {"seed": 1}, {"population": {"customers": 2}}, {"is_open": False}])
def test_the_digest_changes_with_every_setting(change: dict[str, Any]) -> None:
    assert scenario_digest(Small.model_validate({"name": "x"} | change)) != scenario_digest(Small(name="x"))


def test_the_digest_does_not_depend_on_spelling(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("# comment\nname: x\nseed: 0x10\n")
    (tmp_path / "b.yaml").write_text("seed: 1_6\nname: 'x'\ndays: 30\n")
    one, two = (load_scenario(tmp_path / name, Small, shipped={}).value for name in ("a.yaml", "b.yaml"))
    assert scenario_digest(one) == scenario_digest(two)


def test_the_digest_stays_the_same_from_release_to_release() -> None:
    assert (
        scenario_digest(AppScam(kind="app_scam")) == "24513105de5b06d9a6ad1d3144c71774dae3655aff46c36427435646af8482a2"
    )
