"""Finding scenarios by path and by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from fintxsim.errors import InputError
from fintxsim.scenario.find import find_scenario, shipped_scenarios


def install(directory: Path, scenarios: str, project: str | None = None) -> Path:
    """A package directory with one scenario beside or inside it."""
    package = directory / "fintxsim"
    package.mkdir()
    (directory / scenarios).mkdir()
    (directory / scenarios / "bank.yaml").write_text("name: bank\n")
    (directory / scenarios / "notes.txt").write_text("no scenario")
    if project is not None:
        (directory / "pyproject.toml").write_text(project)
    return package


def test_a_wheel_holds_its_scenarios(tmp_path: Path) -> None:
    package = install(tmp_path, "fintxsim/_scenarios")
    assert shipped_scenarios(package) == {"bank": package / "_scenarios/bank.yaml"}


def test_an_editable_install_finds_them_in_the_repository(tmp_path: Path) -> None:
    package = install(tmp_path, "scenarios", '[project]\nname = "fintxsim"\n')
    assert shipped_scenarios(package) == {"bank": tmp_path / "scenarios/bank.yaml"}


@pytest.mark.parametrize("project", [None, '[project]\nname = "other"\n', "not toml", "[tool]\n"])
def test_the_scenarios_of_a_stranger_are_not_ours(tmp_path: Path, project: str | None) -> None:
    assert shipped_scenarios(install(tmp_path, "scenarios", project)) == {}


def test_shipped_scenarios_come_by_name(tmp_path: Path) -> None:
    package = install(tmp_path, "scenarios", '[project]\nname = "fintxsim"\n')
    (tmp_path / "scenarios/a_bank.yaml").write_text("name: a\n")
    assert list(shipped_scenarios(package)) == ["a_bank", "bank"]


def test_a_path_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a\n")
    assert find_scenario(str(tmp_path / "a.yaml"), {}) == tmp_path / "a.yaml"


def test_a_name_is_found_from_any_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_scenario("bank", {"bank": tmp_path / "b.yaml"}) == tmp_path / "b.yaml"


def test_a_file_wins_over_a_shipped_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bank").write_text("name: mine\n")
    assert find_scenario("bank", {"bank": tmp_path / "b.yaml"}) == Path("bank")


def test_a_directory_does_not_hide_a_shipped_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bank").mkdir()
    assert find_scenario("bank", {"bank": tmp_path / "b.yaml"}) == tmp_path / "b.yaml"


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a directory; give a scenario file inside it"):
        find_scenario(tmp_path, {})


@pytest.mark.parametrize("name", ["retial_bank", "retial_bank.yaml", "RETAIL_BANK"])
def test_an_unknown_name_gets_a_near_match_and_the_list(name: str) -> None:
    with pytest.raises(InputError, match=r"did you mean retail_bank\? Give a path, or one of: retail_bank, other\."):
        find_scenario(name, {"retail_bank": Path("x"), "other": Path("y")})


@pytest.mark.parametrize("name", ["", "\0", "x" * 5000, "no\nsuch"])
def test_a_name_that_no_file_can_have_is_an_input_error(name: str) -> None:
    with pytest.raises(InputError, match="no scenario"):
        find_scenario(name, {})
