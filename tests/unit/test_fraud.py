"""How much fraud a scenario asks for: rates, a mix, a boost, and when."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fintxsim.errors import SettingsError
from fintxsim.fraud import FraudConfig
from fintxsim.typologies import TYPOLOGIES, typology
from fintxsim.typologies.config import Change, TypologyConfig

CNP, TAKEOVER = "stolen_details_cnp", "account_takeover"
HALVES = {CNP: 0.75, TAKEOVER: 0.25}


def asked(**fraud: Any) -> dict[str, tuple[float | None, float | None]]:
    """Rate and pressure of every typology that is on."""
    active = FraudConfig.model_validate(fraud).active()
    return {kind.name: (config.rate_bps, config.pressure) for kind, config in active}


def problems(**fraud: Any) -> list[tuple[tuple[str | int, ...], str]]:
    """What is wrong, and where below fraud."""
    with pytest.raises(ValidationError) as caught:
        FraudConfig.model_validate(fraud)
    found = []
    for detail in caught.value.errors(include_url=False):
        error = detail.get("ctx", {}).get("error")
        assert isinstance(error, SettingsError)
        found += [((*detail["loc"], *path), message) for path, message in error.problems]
    return found


def config(**settings: Any) -> TypologyConfig:
    return typology(CNP).config.model_validate({"rate_bps": 1.0} | settings)


# --- rates and pressures --------------------------------------------------------------------------------


def test_without_anything_no_typology_is_on() -> None:
    assert asked() == {}


def test_a_rate_or_a_pressure_of_its_own_is_what_is_asked() -> None:
    typologies = {CNP: {"rate_bps": 40}, TAKEOVER: {"pressure": 300}}
    assert asked(typologies=typologies) == {CNP: (40.0, None), TAKEOVER: (None, 300.0)}


@pytest.mark.parametrize("off", [{"rate_bps": 0}, {"pressure": 0}, None])
def test_zero_or_nothing_is_off(off: dict[str, float] | None) -> None:
    assert asked(typologies={CNP: off}) == {}


def test_typologies_are_in_the_order_of_the_tuple() -> None:
    typologies = {kind.name: {"pressure": 1} for kind in reversed(TYPOLOGIES)}
    assert list(asked(typologies=typologies)) == [kind.name for kind in TYPOLOGIES]


# --- a mix ----------------------------------------------------------------------------------------------


def test_a_mix_shares_out_the_total_rate() -> None:
    assert asked(total_rate_bps=20, mix=HALVES) == {CNP: (15.0, None), TAKEOVER: (5.0, None)}


def test_a_typology_of_the_mix_may_have_settings_and_needs_none() -> None:
    fraud = FraudConfig.model_validate(
        {"total_rate_bps": 20, "mix": HALVES, "typologies": {CNP: {"camouflage": 0.9, "cvv_share": 0.1}}}
    )
    (_, cnp), (_, takeover) = fraud.active()
    assert (cnp.camouflage, getattr(cnp, "cvv_share")) == (0.9, 0.1)  # noqa: B009
    assert takeover.camouflage == 0.5


def test_a_share_of_nothing_is_off() -> None:
    assert asked(total_rate_bps=20, mix={CNP: 1, TAKEOVER: 0}) == {CNP: (20.0, None)}
    assert asked(total_rate_bps=0, mix=HALVES) == {}


def test_beside_a_mix_others_may_be_off() -> None:
    assert asked(total_rate_bps=20, mix={CNP: 1}, typologies={TAKEOVER: {"rate_bps": 0}}) == {CNP: (20.0, None)}


@pytest.mark.parametrize("key", ["rate_bps", "pressure"])
def test_a_rate_and_a_share_for_one_typology_is_an_error_that_says_so(key: str) -> None:
    found = problems(total_rate_bps=20, mix={CNP: 1}, typologies={CNP: {key: 3}})
    assert found == [(("typologies", CNP, key), f"{CNP} has a share in fraud.mix as well; give one of the two")]


def test_a_total_is_the_rate_of_all() -> None:
    found = problems(total_rate_bps=20, mix={CNP: 1}, typologies={TAKEOVER: {"pressure": 3}})
    message = f"fraud.total_rate_bps is the rate of all typologies; give {TAKEOVER} a share in fraud.mix instead"
    assert found == [(("typologies", TAKEOVER, "pressure"), message)]


def test_a_section_with_neither_is_an_error() -> None:
    assert problems(typologies={CNP: {"camouflage": 1}}) == [(("typologies", CNP), "give rate_bps or pressure")]


def test_a_section_with_neither_may_also_get_a_share() -> None:
    found = problems(total_rate_bps=20, mix={CNP: 1}, typologies={TAKEOVER: {"camouflage": 1}})
    assert found == [(("typologies", TAKEOVER), "give rate_bps or pressure or a share in fraud.mix")]


def test_a_total_needs_a_mix_and_a_mix_a_total() -> None:
    assert problems(total_rate_bps=20) == [(("total_rate_bps",), "needs fraud.mix, which says how typologies share it")]
    assert problems(mix=HALVES) == [(("mix",), "needs fraud.total_rate_bps, which it shares out")]


def test_all_contradictions_are_told_at_once() -> None:
    found = problems(total_rate_bps=20, typologies={CNP: {}, TAKEOVER: {"rate_bps": 3}})
    assert [path for path, _ in found] == [
        ("total_rate_bps",),
        ("typologies", CNP),
        ("typologies", TAKEOVER, "rate_bps"),
    ]


@pytest.mark.parametrize(
    ("mix", "message"),
    [
        ({CNP: 0.5, TAKEOVER: 0.4}, "shares must add up to 1; these add up to 0.9"),
        ({CNP: 1.5, TAKEOVER: -0.5}, "shares must be 0 or more; mend account_takeover"),
        ({"card_magic": 1.0}, "card_testing"),
    ],
)
def test_a_mix_is_a_split_of_the_whole_among_known_typologies(mix: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        FraudConfig.model_validate({"total_rate_bps": 1, "mix": mix})


# --- a boost --------------------------------------------------------------------------------------------


def test_a_boost_multiplies_every_rate_and_pressure() -> None:
    typologies = {CNP: {"rate_bps": 4}, TAKEOVER: {"pressure": 30}}
    assert asked(boost=5, typologies=typologies) == {CNP: (20.0, None), TAKEOVER: (None, 150.0)}
    assert asked(boost=5, total_rate_bps=20, mix={CNP: 1}) == {CNP: (100.0, None)}


@pytest.mark.parametrize("boost", [0, -1, 1001])
def test_a_boost_is_more_than_nothing_and_not_without_limit(boost: float) -> None:
    with pytest.raises(ValidationError):
        FraudConfig.model_validate({"boost": boost})


# --- a timeline -----------------------------------------------------------------------------------------


def factors(days: int = 12, first: int = -1, **settings: Any) -> list[float]:
    timeline = config(**settings)
    return [timeline.factor(day) for day in range(first, days)]


def test_without_a_timeline_campaigns_begin_on_every_day_and_did_before_the_run() -> None:
    assert set(factors()) == {1.0}
    assert config().changes(12) == []


def test_a_typology_that_begins_has_nothing_before() -> None:
    assert factors(4, start_day=2) == [0.0, 0.0, 0.0, 1.0, 1.0]
    assert config(start_day=2).changes(4) == [Change(2, 0.0, 1.0)]


def test_a_typology_that_begins_with_the_run_has_nothing_under_way() -> None:
    assert factors(2, start_day=0) == [0.0, 1.0, 1.0]
    assert config(start_day=0).changes(2) == [Change(0, 0.0, 1.0)]


def test_no_campaign_begins_from_the_stop_day_on() -> None:
    assert factors(4, stop_day=2) == [1.0, 1.0, 1.0, 0.0, 0.0]
    assert config(stop_day=2).changes(4) == [Change(2, 1.0, 0.0)]


def test_waves_are_days_at_another_pace() -> None:
    waves = [{"start_day": 4, "stop_day": 6, "factor": 0}, {"start_day": 1, "stop_day": 3, "factor": 2.5}]
    assert factors(8, waves=waves) == [1.0, 1.0, 2.5, 2.5, 1.0, 0.0, 0.0, 1.0, 1.0]
    assert config(waves=waves).changes(5) == [Change(1, 1.0, 2.5), Change(3, 2.5, 1.0), Change(4, 1.0, 0.0)]


def test_a_wave_that_follows_another_is_one_change() -> None:
    waves = [{"start_day": 1, "stop_day": 3, "factor": 2}, {"start_day": 3, "stop_day": 5, "factor": 4}]
    assert config(waves=waves).changes(9) == [Change(1, 1.0, 2.0), Change(3, 2.0, 4.0), Change(5, 4.0, 1.0)]


def test_waves_reach_no_further_than_start_and_stop() -> None:
    settings = {"start_day": 3, "stop_day": 6, "waves": [{"start_day": 0, "stop_day": 12, "factor": 2}]}
    assert factors(8, 0, **settings) == [0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 0.0, 0.0]


WRONG_TIMELINES = {
    "stop before start": ({"start_day": 5, "stop_day": 3}, ("stop_day",), "must come after start_day, which is 5"),
    "stop with start": ({"start_day": 5, "stop_day": 5}, ("stop_day",), "must come after start_day, which is 5"),
    "wave that ends before it begins": (
        {"waves": [{"start_day": 5, "stop_day": 5, "factor": 2}]}, ("waves", 0, "stop_day"),
        "must come after start_day, which is 5",
    ),
    "waves that overlap": (
        {"waves": [{"start_day": 2, "stop_day": 5, "factor": 2}, {"start_day": 4, "stop_day": 8, "factor": 3}]},
        ("waves", 1), "overlaps the wave of days 2 to 5; make one end earlier",
    ),
    "wave before the start": (
        {"start_day": 9, "waves": [{"start_day": 2, "stop_day": 9, "factor": 2}]}, ("waves", 0),
        "no campaign begins on these days; see start_day and stop_day",
    ),
    "wave after the stop": (
        {"stop_day": 9, "waves": [{"start_day": 9, "stop_day": 12, "factor": 2}]}, ("waves", 0),
        "no campaign begins on these days; see start_day and stop_day",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_TIMELINES)
def test_an_impossible_timeline_is_an_error_at_its_place(name: str) -> None:
    settings, path, message = WRONG_TIMELINES[name]
    found = problems(typologies={CNP: {"rate_bps": 1} | settings})
    assert found == [(("typologies", CNP, *path), message)]


@pytest.mark.parametrize("wave", [{"factor": -1}, {"factor": 101}, {"start_day": -1}, {"stop_day": 9999}, {"pace": 2}])
def test_a_wave_has_limits(wave: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        config(waves=[{"start_day": 1, "stop_day": 3, "factor": 2} | wave])
