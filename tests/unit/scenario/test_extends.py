"""Scenarios that build on others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from fintxsim.errors import InputError, Problem, ScenarioError
from fintxsim.scenario.extends import MAX_CHAIN
from fintxsim.scenario.load import load_scenario
from tests.unit.scenario.small_model import Small


def write(directory: Path, **files: str) -> None:
    for name, text in files.items():
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")


def resolved(directory: Path, name: str = "child", shipped: dict[str, Path] | None = None) -> dict[str, Any]:
    return load_scenario(directory / f"{name}.yaml", Small, shipped=shipped or {}).resolved


def problem(directory: Path, name: str = "child", shipped: dict[str, Path] | None = None) -> Problem:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(directory / f"{name}.yaml", Small, shipped=shipped or {})
    (found,) = caught.value.problems
    return found


def test_a_mapping_merges_deeply_into_its_parent(tmp_path: Path) -> None:
    write(
        tmp_path,
        parent="name: p\ndays: 5\npopulation: {customers: 10, merchants: 3}\n",
        child="extends: parent.yaml\nname: c\npopulation: {merchants: 4}\n",
    )
    assert resolved(tmp_path) == {"name": "c", "days": 5, "population": {"customers": 10, "merchants": 4}}


def test_a_map_of_shares_is_replaced(tmp_path: Path) -> None:
    write(
        tmp_path,
        parent="name: p\nfraud: {basis: value, kinds: {a: 0.5, b: 0.5}}\n",
        child="extends: parent.yaml\nfraud: {kinds: {c: 1}}\n",
    )
    assert resolved(tmp_path)["fraud"] == {"basis": "value", "kinds": {"c": 1}}


def test_a_part_of_the_same_kind_is_merged(tmp_path: Path) -> None:
    write(
        tmp_path,
        parent="name: p\nfraud: {typologies: {app_scam: {rate_bps: 1, camouflage: 0}, card_testing: {rate_bps: 2}}}\n",
        child="extends: parent.yaml\nfraud: {typologies: {app_scam: {camouflage: 0.9}}}\n",
    )
    expected = {"app_scam": {"rate_bps": 1, "camouflage": 0.9}, "card_testing": {"rate_bps": 2}}
    assert resolved(tmp_path)["fraud"]["typologies"] == expected


def test_a_part_of_another_kind_is_replaced(tmp_path: Path) -> None:
    write(
        tmp_path,
        parent="name: p\nfraud: {typologies: {x: {kind: app_scam, camouflage: 0.1}}}\n",
        child="extends: parent.yaml\nfraud: {typologies: {x: {kind: card_testing, rate_bps: 1}}}\n",
    )
    assert resolved(tmp_path)["fraud"]["typologies"] == {"x": {"kind": "card_testing", "rate_bps": 1}}


def test_a_list_is_replaced(tmp_path: Path) -> None:
    write(tmp_path, parent="name: p\ntags: [a, b]\n", child="extends: parent.yaml\ntags: [c]\n")
    assert resolved(tmp_path)["tags"] == ["c"]


def test_a_chain_applies_the_most_specific_file_last(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path, child="extends: sub/b.yaml\nname: c\n")
    write(tmp_path / "sub", b="extends: a.yaml\nname: b\ndays: 2\n", a="name: a\ndays: 1\nseed: 9\n")
    loaded = load_scenario(tmp_path / "child.yaml", Small, shipped={})
    assert loaded.resolved == {"name": "c", "days": 2, "seed": 9}
    assert loaded.sources == (tmp_path / "child.yaml", tmp_path / "sub/b.yaml", tmp_path / "sub/a.yaml")


def test_a_shipped_scenario_is_extended_by_name(tmp_path: Path) -> None:
    (tmp_path / "shipped").mkdir()
    (tmp_path / "mine").mkdir()
    write(tmp_path / "shipped", bank="name: bank\ndays: 7\n")
    write(tmp_path / "mine", child="extends: bank\nname: c\n")
    shipped = {"bank": tmp_path / "shipped/bank.yaml"}
    assert resolved(tmp_path / "mine", shipped=shipped) == {"name": "c", "days": 7}


def test_a_mistake_in_a_parent_is_placed_in_the_parent(tmp_path: Path) -> None:
    write(tmp_path, parent="name: p\ndays: 0\n", child="extends: parent.yaml\n")
    found = problem(tmp_path)
    assert (found.file, found.line, found.source) == (str(tmp_path / "parent.yaml"), 2, "days: 0")


def test_mistakes_come_child_first(tmp_path: Path) -> None:
    write(tmp_path, aparent="name: p\ndays: 0\n", child="extends: aparent.yaml\nis_open: 3\n")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "child.yaml", Small, overrides=["seed=x"], shipped={})
    files = [found.file.removeprefix(str(tmp_path) + os.sep) for found in caught.value.problems]
    assert files == ["child.yaml", "aparent.yaml", "--set seed=x"]


def test_a_loop_is_refused(tmp_path: Path) -> None:
    write(tmp_path, child="extends: other.yaml\n", other="extends: child.yaml\n")
    found = problem(tmp_path)
    assert found.message == "goes round in a circle: child.yaml -> other.yaml -> child.yaml; break it"
    assert (found.file, found.line, found.column) == (str(tmp_path / "other.yaml"), 1, 10)


def test_a_file_that_extends_itself_is_refused(tmp_path: Path) -> None:
    write(tmp_path, child="extends: child.yaml\n")
    assert "goes round in a circle" in problem(tmp_path).message


@pytest.mark.parametrize(("files", "is_allowed"), [(MAX_CHAIN, True), (MAX_CHAIN + 1, False)])
def test_a_chain_has_a_greatest_length(tmp_path: Path, files: int, is_allowed: bool) -> None:
    write(tmp_path, **{f"s{i}": f"extends: s{i + 1}.yaml\n" for i in range(files - 1)})
    write(tmp_path, **{f"s{files - 1}": "name: x\n"})
    if is_allowed:
        assert resolved(tmp_path, "s0") == {"name": "x"}
    else:
        assert f"longer than {MAX_CHAIN} files" in problem(tmp_path, "s0").message


@pytest.mark.parametrize(
    "target",
    ["../outside.yaml", "sub/../../outside.yaml", "/etc/hosts.yaml", "C:\\x.yaml", "..\\outside.yaml", "\\\\h\\x.yaml"],
)
def test_a_path_that_leaves_the_directory_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "inner").mkdir()
    write(tmp_path, outside="name: x\n")
    write(tmp_path / "inner", child=f"extends: '{target}'\n")
    assert "leaves the directory of this file" in problem(tmp_path / "inner").message


@pytest.mark.parametrize("is_directory", [False, True])
def test_a_link_that_leaves_the_directory_is_refused(tmp_path: Path, is_directory: bool) -> None:
    (tmp_path / "inner").mkdir()
    write(tmp_path, outside="name: x\n")
    (tmp_path / "inner/link.yaml").symlink_to(tmp_path / "outside.yaml")
    (tmp_path / "inner/up").symlink_to(tmp_path)
    write(tmp_path / "inner", child=f"extends: {'up/outside.yaml' if is_directory else 'link.yaml'}\n")
    assert "is a link that leaves" in problem(tmp_path / "inner").message


def test_a_link_inside_the_directory_is_followed(tmp_path: Path) -> None:
    write(tmp_path, real="name: x\n", child="extends: link.yaml\n")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "real.yaml")
    assert resolved(tmp_path) == {"name": "x"}


@pytest.mark.parametrize("kind", ["loop", "null"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    write(tmp_path, child="extends: " + ("loop.yaml" if kind == "loop" else '"a\\0.yaml"'))
    assert problem(tmp_path).path == "extends"


def test_an_absent_parent_is_refused_and_nothing_is_called_missing(tmp_path: Path) -> None:
    write(tmp_path, child="days: 3\nextends: absent.yaml\n")
    found = problem(tmp_path)
    assert (found.line, found.message.startswith("'absent.yaml' is not found")) == (2, True)


def test_a_directory_as_parent_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dir.yaml").mkdir()
    write(tmp_path, child="extends: dir.yaml\n")
    assert "'dir.yaml' is a directory" in problem(tmp_path).message


def test_an_unknown_shipped_scenario_gets_a_near_match(tmp_path: Path) -> None:
    write(tmp_path, child="extends: retial_bank\n")
    message = problem(tmp_path, shipped={"retail_bank": tmp_path / "x"}).message
    assert message == "unknown scenario 'retial_bank'; did you mean 'retail_bank'? allowed: retail_bank"


@pytest.mark.parametrize("value", ["", "3", "[a.yaml]", "''", "{a: b}"])
def test_a_value_that_is_no_name_is_refused(tmp_path: Path, value: str) -> None:
    write(tmp_path, child=f"extends: {value}\n")
    assert "must be the name of a shipped scenario" in problem(tmp_path).message


def test_a_parent_that_cannot_be_read_is_an_input_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.open

    def refuse(path: Path, *arguments: Any, **named: Any) -> Any:
        if path.name == "parent.yaml":
            raise PermissionError(13, "Permission denied")
        return original(path, *arguments, **named)

    write(tmp_path, parent="name: p\n", child="extends: parent.yaml\n")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"parent\.yaml cannot be read"):
        resolved(tmp_path)
