"""Bands and scopes: what is declared of real data."""

from __future__ import annotations

import pytest

from fintxsim.errors import InputError
from fintxsim.fidelity import FACTS
from fintxsim.fidelity.bands import Band, bands, sources, widened
from fintxsim.fidelity.scopes import SCOPES, scope_named, scope_of

EVERY_BAND = pytest.mark.parametrize("band", bands().values(), ids=lambda band: band.id)


def test_every_fact_has_a_band_in_the_order_of_the_file() -> None:
    assert list(bands()) == [fact.id for fact in FACTS]


def test_ids_of_facts_begin_with_the_letter_of_their_group() -> None:
    letters = {"amounts": "A", "time": "T", "customers": "C", "merchants": "M", "fraud": "F"}
    assert [fact.id for fact in FACTS if fact.id[0] != letters[fact.group]] == []


@EVERY_BAND
def test_the_widened_band_holds_the_band(band: Band) -> None:
    assert band.low_wide <= band.low < band.high <= band.high_wide


@EVERY_BAND
def test_a_band_names_at_least_two_figures(band: Band) -> None:
    assert len(band.evidence.replace("/", ";").replace("-", ";").split(";")) >= 2


@EVERY_BAND
def test_evidence_is_that_of_named_sources(band: Band) -> None:
    short = {"EEA": "EBA/ECB", "PaySim-real": "PaySim-real", "mobile": "PaySim-real"}
    names = [part.strip(" (").split()[0] for part in band.evidence.split(";")]
    assert [name for name in names if short.get(name, name) not in sources()] == []


@pytest.mark.parametrize("name", ["C1", "C3", "M1", "M6", "M7", "F8"])
def test_large_shares_are_widened_towards_one(name: str) -> None:
    band = bands()[name]
    assert widened(band.low, band.high, is_share=True)[1] == pytest.approx(band.high_wide)


@pytest.mark.parametrize("name", ["A1", "A2", "A5", "T3", "T7", "M4", "F3"])
def test_other_bands_are_widened_by_a_quarter(name: str) -> None:
    band = bands()[name]
    assert widened(band.low, band.high) == pytest.approx((band.low_wide, band.high_wide))


def test_what_is_negative_is_widened_away_from_zero() -> None:
    assert widened(-0.5, -0.2) == pytest.approx((-0.6, -0.15))


def test_names_of_scopes_are_unique() -> None:
    assert len({scope.name for scope in SCOPES}) == len(SCOPES)


def test_scopes_name_facts_that_there_are() -> None:
    named = {fact for scope in SCOPES for fact in (*(scope.judged or ()), *scope.own)}
    assert named <= set(bands())


def test_a_scope_with_figures_of_its_own_is_judged_by_them() -> None:
    band = scope_named("ecommerce").band("T3")
    assert band is not None
    assert (band.low, band.high, band.low_wide, band.high_wide) == (0.075, 0.105, pytest.approx(0.06), 0.13125)


def test_what_no_real_data_of_its_kind_are_behind_has_no_band() -> None:
    assert scope_named("mobile_money").band("A8") is None
    assert scope_named("instant_payments").band("T6") is None


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"--scope retial: no such scope; did you mean 'retail'\? allowed: retail, cards"
    ):
        scope_named("retial")


@pytest.mark.parametrize(
    ("rows", "scope"),
    [
        ({("card", "pos"): 60, ("card", "ecom"): 20, ("account_to_account", "web_bank"): 20}, "retail"),
        ({("card", "pos"): 700, ("card", "ecom"): 300, ("instant", "mobile_app"): 1}, "cards"),
        ({("card", "ecom"): 100}, "ecommerce"),
        ({("wallet", "mobile_app"): 90, ("card", "ecom"): 10}, "mobile_money"),
        ({("instant", "mobile_app"): 100}, "instant_payments"),
    ],
)
def test_rails_and_channels_tell_the_scope(rows: dict[tuple[str, str], int], scope: str) -> None:
    assert scope_of(rows, "run").name == scope


def test_a_run_without_payments_is_refused() -> None:
    with pytest.raises(InputError, match="run: holds no approved payment; give a run that has some"):
        scope_of({}, "run")
