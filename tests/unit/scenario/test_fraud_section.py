"""The fraud section in a scenario file: each mistake at its line and column, each idle setting warned of."""

from __future__ import annotations

from pathlib import Path

import pytest

from fintxsim.errors import Problem, ScenarioError
from fintxsim.scenario.dump import dump_resolved
from fintxsim.scenario.load import Loaded, load_scenario
from fintxsim.scenario.model import Scenario

HEAD = "name: x\nstart_date: 2026-01-01\ndays: 30\npopulation: {customers: 1000}\nfraud:\n"


def load(directory: Path, fraud: str, *overrides: str) -> Loaded[Scenario]:
    """A scenario whose fraud section is the text from line 6 on."""
    path = directory / "x.yaml"
    path.write_text(HEAD + fraud, encoding="utf-8")
    return load_scenario(path, Scenario, overrides=overrides)


def problems(directory: Path, fraud: str, *overrides: str) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load(directory, fraud, *overrides)
    return caught.value.problems


MIX = "  total_rate_bps: 20\n  mix: {stolen_details_cnp: 0.5, account_takeover: 0.5}\n"

# What stands there, line and column, path, what the message holds.
BAD = {
    "a mix that does not add up": (
        "  total_rate_bps: 20\n  mix: {stolen_details_cnp: 0.5, account_takeover: 0.4}\n", 7, 3, "fraud.mix",
        "shares must add up to 1; these add up to 0.9",
    ),
    "a mix of what does not exist": (
        "  total_rate_bps: 20\n  mix: {stolen_details_cpn: 1}\n", 7, 9, "fraud.mix.stolen_details_cpn",
        "unknown key 'stolen_details_cpn'; did you mean 'stolen_details_cnp'? allowed: card_testing, ",
    ),
    "a kind that does not exist": (
        "  typologies:\n    app_scam: {rate_bps: 1, kinds: {purchase: 0.5, lottery: 0.5}}\n", 7, 52,
        "fraud.typologies.app_scam.kinds.lottery", "unknown key 'lottery'; allowed: ",
    ),
    "kinds that do not add up": (
        "  typologies:\n    app_scam: {rate_bps: 1, kinds: {purchase: 0.5}}\n", 7, 29,
        "fraud.typologies.app_scam.kinds", "shares must add up to 1; these add up to 0.5",
    ),
    "a total without a mix": (
        "  total_rate_bps: 20\n", 6, 19, "fraud.total_rate_bps",
        "needs fraud.mix, which says how typologies share it (got 20)",
    ),
    "a mix without a total": (
        "  mix: {stolen_details_cnp: 1}\n", 6, 3, "fraud.mix", "needs fraud.total_rate_bps, which it shares out",
    ),
    "a rate and a share": (
        MIX + "  typologies:\n    account_takeover: {rate_bps: 3}\n", 9, 34,
        "fraud.typologies.account_takeover.rate_bps",
        "account_takeover has a share in fraud.mix as well; give one of the two (got 3)",
    ),
    "a pressure beside the total of all": (
        MIX + "  typologies:\n    skimming: {pressure: 3}\n", 9, 26, "fraud.typologies.skimming.pressure",
        "fraud.total_rate_bps is the rate of all typologies; give skimming a share in fraud.mix instead (got 3)",
    ),
    "neither rate nor pressure": (
        "  typologies:\n    skimming: {camouflage: 1}\n", 7, 5, "fraud.typologies.skimming", "give rate_bps or pressure",
    ),
    "neither, although there is a mix": (
        MIX + "  typologies:\n    skimming: {camouflage: 1}\n", 9, 5, "fraud.typologies.skimming",
        "give rate_bps or pressure or a share in fraud.mix",
    ),
    "rate and pressure": (
        "  typologies:\n    skimming: {rate_bps: 1, pressure: 3}\n", 7, 5, "fraud.typologies.skimming",
        "give rate_bps or pressure, one of the two",
    ),
    "stop before start": (
        "  typologies:\n    skimming: {rate_bps: 1, start_day: 9, stop_day: 4}\n", 7, 53,
        "fraud.typologies.skimming.stop_day", "must come after start_day, which is 9 (got 4)",
    ),
    "a wave that stops before it starts": (
        "  typologies:\n    skimming:\n      rate_bps: 1\n      waves:\n        - {start_day: 9, stop_day: 9, factor: 2}\n",
        10, 36, "fraud.typologies.skimming.waves[0].stop_day", "must come after start_day, which is 9 (got 9)",
    ),
    "waves that overlap": (
        "  typologies:\n    skimming:\n      rate_bps: 1\n      waves:\n        - {start_day: 2, stop_day: 6, factor: 2}\n"
        "        - {start_day: 5, stop_day: 9, factor: 3}\n",
        11, 11, "fraud.typologies.skimming.waves[1]", "overlaps the wave of days 2 to 6; make one end earlier",
    ),
    "a wave outside": (
        "  typologies:\n    skimming:\n      rate_bps: 1\n      stop_day: 5\n      waves:\n"
        "        - {start_day: 5, stop_day: 9, factor: 3}\n",
        11, 11, "fraud.typologies.skimming.waves[0]", "no campaign begins on these days; see start_day and stop_day",
    ),
    "a factor below nothing": (
        "  typologies:\n    skimming:\n      rate_bps: 1\n      waves:\n        - {start_day: 5, stop_day: 9, factor: -1}\n",
        10, 47, "fraud.typologies.skimming.waves[0].factor", "must be at least 0 and at most 100 (got -1)",
    ),
    "a boost of nothing": (
        "  boost: 0\n", 6, 10, "fraud.boost", "must be more than 0 and at most 1_000 (got 0)",
    ),
    "a rate that the population cannot carry": (
        "  typologies:\n    stolen_details_cnp: {rate_bps: 4000}\n", 7, 36,
        "fraud.typologies.stolen_details_cnp.rate_bps",
        "4000 bps of stolen_details_cnp are more than the population can carry: about ",
    ),
    "a total that the population cannot carry": (
        "  total_rate_bps: 4000\n  mix: {stolen_details_cnp: 1}\n", 6, 19, "fraud.total_rate_bps",
        "4000 bps of stolen_details_cnp are more than the population can carry: about ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, name: str) -> None:
    text, line, column, path, message = BAD[name]
    (problem,) = problems(tmp_path, text)
    assert (problem.line, problem.column, problem.path) == (line, column, path)
    assert problem.message.startswith(message)


def test_contradictions_of_several_typologies_are_told_at_once(tmp_path: Path) -> None:
    text = "  total_rate_bps: 20\n  typologies:\n    skimming: {}\n    app_scam: {rate_bps: 1}\n"
    assert [problem.line for problem in problems(tmp_path, text)] == [6, 8, 9]


def test_rates_that_add_up_to_more_than_half_of_all_are_refused(tmp_path: Path) -> None:
    text = "  typologies:\n    mule_network: {rate_bps: 1500}\n    merchant_collusion: {rate_bps: 1400}\n"
    (problem,) = problems(tmp_path, text, "fraud.boost=2")
    assert (problem.line, problem.column, problem.path) == (5, 1, "fraud")
    assert problem.message == "the rates add up to 5800 bps with boost 2; at most 5000 of 10,000 can be fraud"
    (problem,) = problems(tmp_path, text.replace("1500", "3000").replace("1400", "2500"))
    assert problem.message == "the rates add up to 5500 bps; at most 5000 of 10,000 can be fraud"


def test_a_boost_can_be_set_on_the_command_line(tmp_path: Path) -> None:
    loaded = load(tmp_path, "  typologies:\n    account_takeover: {rate_bps: 2}\n", "fraud.boost=10")
    ((_, config),) = loaded.value.fraud.active()
    assert config.rate_bps == 20.0


def test_a_boost_that_is_too_high_is_told_where_it_was_set(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "  typologies:\n    account_takeover: {rate_bps: 40}\n", "fraud.boost=100")
    assert "4000 bps of account_takeover with boost 100 are more" in problem.message


def test_a_mix_replaces_the_mix_of_the_scenario_that_is_extended(tmp_path: Path) -> None:
    (tmp_path / "parent.yaml").write_text(HEAD + MIX, encoding="utf-8")
    (tmp_path / "child.yaml").write_text("extends: parent.yaml\nfraud: {mix: {skimming: 1}}\n", encoding="utf-8")
    fraud = load_scenario(tmp_path / "child.yaml", Scenario).value.fraud
    assert (fraud.mix, fraud.total_rate_bps) == ({"skimming": 1.0}, 20.0)


def test_the_resolved_scenario_asks_for_the_same(tmp_path: Path) -> None:
    text = (
        MIX + "  boost: 2\n  typologies:\n    account_takeover:\n      start_day: 3\n      waves:\n"
        "        - {start_day: 5, stop_day: 9, factor: 3}\n"
    )
    scenario = load(tmp_path, text).value
    (tmp_path / "again.yaml").write_text(dump_resolved(scenario), encoding="utf-8")
    assert load_scenario(tmp_path / "again.yaml", Scenario).value == scenario


# --- settings without effect ----------------------------------------------------------------------------

IDLE = {
    "days after the run": (
        "  typologies:\n    skimming: {rate_bps: 1, start_day: 30}\n",
        "7:29: warning: fraud.typologies.skimming.start_day: the run is over before day 30, so no campaign of skimming begins",
    ),
    "a wave after the run": (
        "  typologies:\n    skimming:\n      rate_bps: 1\n      waves:\n        - {start_day: 30, stop_day: 40, factor: 3}\n",
        "10:11: warning: fraud.typologies.skimming.waves[0]: the run is over before day 30",
    ),
    "a boost of nothing": ("  boost: 3\n", "6:3: warning: fraud.boost: no typology is on, so there is no rate"),
    "a basis of nothing": (
        "  rate_basis: value\n", "6:3: warning: fraud.rate_basis: no typology is on, so there is no rate",
    ),
    "a basis of pressures": (
        "  rate_basis: value\n  typologies:\n    skimming: {pressure: 1}\n",
        "6:3: warning: fraud.rate_basis: every typology that is on has a pressure, so there is no rate",
    ),
    "settings of what is off": (
        "  typologies:\n    skimming: {rate_bps: 0, camouflage: 1}\n    app_scam: {rate_bps: 1}\n",
        "7:5: warning: fraud.typologies.skimming: the typology is off, so its other settings have no effect",
    ),
    "settings of what has no share": (
        "  total_rate_bps: 3\n  mix: {app_scam: 1, skimming: 0}\n  typologies:\n    skimming: {camouflage: 1, start_day: 1}\n",
        "9:5: warning: fraud.typologies.skimming: the typology is off, so its other settings have no effect",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", IDLE)
def test_a_setting_that_can_have_no_effect_is_warned_of(tmp_path: Path, name: str) -> None:
    text, warning = IDLE[name]
    (told,) = load(tmp_path, text).warnings
    assert told == f"{tmp_path / 'x.yaml'}:{warning}"


def test_a_mix_and_a_timeline_that_matter_are_not_warned_of(tmp_path: Path) -> None:
    text = MIX + "  boost: 2\n  typologies:\n    account_takeover: {start_day: 3, stop_day: 9}\n"
    assert load(tmp_path, text).warnings == ()
