"""Each institution sees what happens at it, and every setting of what customers do there changes rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from fintxsim.bank.config import BankConfig
from fintxsim.behaviour.config import BehaviourConfig
from fintxsim.institution import INSTITUTIONS
from fintxsim.population.categories import BY_NAME
from fintxsim.population.customers import PopulationConfig
from fintxsim.vocabulary import Channel, Direction, Rail, ResponseCode, ScaExemption, TransactionType
from tests.oracle.worlds import CompiledWorld, Recipe, populate
from tests.worlds.kit import CNP, make

Array = npt.NDArray[Any]
T = TransactionType
DAYS = 33  # a month and the first day of the next


def with_every_segment(**settings: Any) -> dict[str, Any]:
    """Usual segments, with some settings changed in all of them."""
    usual = PopulationConfig.model_validate({"customers": 1}).segments
    return {"segments": {name: segment.model_dump() | settings for name, segment in usual.items()}}


def lived(institution: str, days: int = DAYS, customers: int = 120, **recipe: Any) -> Array:
    """Rows of all days of a small world."""
    setting = Recipe(
        "Europe/Madrid", date(2025, 2, 27), seed=11, customers=customers, days=days, institution=institution, **recipe
    ).setting()
    world = CompiledWorld(setting, *populate(setting))
    return np.concatenate([world.live_day(setting.day_record(number))[0] for number in range(days)])


SEEN = {
    "bank": set(T),
    "card_issuer": {
        T.PURCHASE, T.CASH_WITHDRAWAL, T.TRANSFER, T.REFUND, T.REVERSAL, T.INTEREST, T.ACCOUNT_VERIFICATION,
    },
    "acquirer": {T.PURCHASE, T.REFUND, T.REVERSAL, T.ACCOUNT_VERIFICATION},
    "mobile_money": {
        T.PURCHASE, T.CASH_WITHDRAWAL, T.CASH_DEPOSIT, T.TRANSFER, T.BILL_PAYMENT, T.SALARY, T.REFUND, T.REVERSAL,
    },
    "instant_payments": {T.PURCHASE, T.TRANSFER, T.BILL_PAYMENT, T.SALARY, T.REFUND, T.REVERSAL, T.INTEREST},
}  # fmt: skip
LIVELY = BehaviourConfig.model_validate({"purchases": 2.0, "reversal_share": 0.02, "receipts": 0.5})
_usual: dict[str, Array] = {}


@pytest.fixture(params=INSTITUTIONS)
def institution(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def usual(institution: str) -> Array:
    """Rows of a lively month, lived once for all tests."""
    if institution not in _usual:
        population = with_every_segment(cash_per_month=8, deposits_per_month=8, savings_share=0.5)
        _usual[institution] = lived(institution, 66, behaviour=LIVELY, population=population)
    return _usual[institution]


def test_an_institution_sees_its_own_kinds_of_payments(institution: str) -> None:
    assert {T(kind) for kind in set(usual(institution)["type"].tolist())} == SEEN[institution]


def test_most_payments_are_approved(institution: str) -> None:
    """Over weeks the money that goes out comes in again."""
    rows = usual(institution)
    late = rows[rows["time"] > np.quantile(rows["time"], 0.75)]
    assert late["approved"].mean() > 0.85


def test_a_single_rail_carries_everything() -> None:
    for name in ("mobile_money", "instant_payments"):
        assert set(usual(name)["rail"].tolist()) == {INSTITUTIONS[name].rail}


def test_without_cards_no_row_has_one() -> None:
    for name in ("mobile_money", "instant_payments"):
        assert (usual(name)["card_slot"] == -1).all()


def test_an_acquirer_sees_web_shops_alone() -> None:
    assert set(usual("acquirer")["channel"].tolist()) == {Channel.ECOM, Channel.MOTO}


def test_cash_changes_hands_at_agents() -> None:
    rows = usual("mobile_money")
    cash = rows[np.isin(rows["type"], [T.CASH_WITHDRAWAL, T.CASH_DEPOSIT])]
    assert set(cash["category"].tolist()) == {BY_NAME["cash_agent"]}
    assert set(cash["channel"].tolist()) == {Channel.BRANCH}
    assert set(cash["rail"].tolist()) == {Rail.WALLET}


def test_wallets_are_on_phones_alone() -> None:
    assert Channel.WEB_BANK not in set(usual("mobile_money")["channel"].tolist())


def test_credit_lines_are_repaid_from_elsewhere() -> None:
    rows = usual("card_issuer")
    repaid = rows[rows["type"] == T.TRANSFER]
    assert set(repaid["direction"].tolist()) == {Direction.CREDIT}
    assert (repaid["counterparty"] >= 0).all()
    assert {0, 2} == set(repaid["account"].tolist())  # both lines


def test_interest_on_credit_lines_is_owed_by_those_who_do_not_repay_all() -> None:
    everybody = lived("card_issuer", behaviour=BehaviourConfig(full_repayment_share=1.0))
    nobody = lived("card_issuer", behaviour=BehaviourConfig(full_repayment_share=0.0))
    assert (everybody["type"] != T.INTEREST).all()
    assert len(set(nobody[nobody["type"] == T.INTEREST]["customer"].tolist())) > 80


CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "income_share": ("bank", {"behaviour": {"income_share": 0.5}}),
    "friend_share": ("bank", {"behaviour": {"friend_share": 0.9}}),
    "receipts": ("bank", {"behaviour": {"receipts": 1.0}}),
    "round_share": ("bank", {"behaviour": {"round_share": 0.1}}),
    "sca_exemption_share": ("bank", {"behaviour": {"sca_exemption_share": 0.0}}),
    "address_check_share": ("bank", {"behaviour": {"address_check_share": 0.9}}),
    "unknown_device_share": ("bank", {"behaviour": {"unknown_device_share": 0.0}}),
    "stored_share": ("bank", {"behaviour": {"stored_share": 0.0}}),
    "full_repayment_share": ("bank", {"behaviour": {"full_repayment_share": 0.0}}),
    "several_share": ("bank", {"behaviour": {"several_share": 0.9}}),
    "weekend": ("bank", {"behaviour": {"weekend": 0.5}}),
    "issuer_refused_share": ("acquirer", {"bank": {"issuer_refused_share": 0.5}}),
    "foreign_share": ("bank", {"population": {"foreign_share": 0.5}}),
    "price_level": ("bank", {"population": {"price_level": 0.5}}),
    "categories": ("bank", {"population": {"categories": {"grocery": 0.0}}}),
    "deposits_per_month": ("bank", {"population": with_every_segment(deposits_per_month=10)}),
}
CONFIGS = {"behaviour": BehaviourConfig.model_validate, "bank": BankConfig.model_validate, "population": dict}


@pytest.mark.parametrize("name", CHANGES)
def test_a_setting_changes_rows(name: str) -> None:
    institution, sections = CHANGES[name]
    recipe = {section: CONFIGS[section](values) for section, values in sections.items()}  # type: ignore[operator]
    before, after = lived(institution, 8), lived(institution, 8, **recipe)
    assert before.tobytes() != after.tobytes()


def share(rows: Array, chosen: npt.NDArray[np.bool_]) -> float:
    return float(chosen.sum()) / max(len(rows), 1)


def test_whose_income_comes_elsewhere_has_none_here() -> None:
    rows = lived("bank", behaviour=BehaviourConfig(income_share=0.3))
    paid = set(rows[rows["type"] == T.SALARY]["customer"].tolist())
    assert 0.1 < len(paid) / 120 < 0.45


def test_without_exemptions_nothing_is_exempt() -> None:
    rows = lived("bank", 8, behaviour=BehaviourConfig(sca_exemption_share=0.0))
    assert set(rows[rows["recurring"] == 0]["sca"].tolist()) == {-1, ScaExemption.NONE}


def test_issuers_elsewhere_refuse_as_many_as_they_are_set_to() -> None:
    rows = lived("acquirer", bank=BankConfig.model_validate({"issuer_refused_share": 0.3, "controls": "off"}))
    first = rows[(rows["direction"] == Direction.DEBIT) & (rows["attempt"] == 0) & (rows["billing"] > 0)]
    refused = share(first, first["response"] == ResponseCode._51)
    assert refused == pytest.approx(0.28, abs=5 * (0.21 / len(first)) ** 0.5)


def test_customers_from_abroad_buy_at_home_in_their_own_money() -> None:
    rows = lived("bank", 8, population={"foreign_share": 1.0})
    at_till = rows[rows["channel"] == Channel.POS]
    assert share(at_till, at_till["merchant_country"] > 0) > 0.95
    assert len(set(at_till["currency"].tolist())) > 3


def test_lower_prices_make_smaller_amounts() -> None:
    """Of baskets, whose sums are any; price points get in the way of others."""
    usual, cheap = (
        float(np.median(rows[rows["category"] == BY_NAME["grocery"]]["billing"]))
        for rows in (lived("bank", 8), lived("bank", 8, population={"price_level": 0.5}))
    )
    assert cheap / usual == pytest.approx(0.5, rel=0.15)


def test_nobody_buys_what_has_the_factor_zero() -> None:
    rows = lived("bank", 8, population={"categories": {"grocery": 0.0}})
    assert (rows["category"] != BY_NAME["grocery"]).all()


def test_an_acquirer_knows_a_device_from_its_first_payment_on(tmp_path: Path) -> None:
    run = make(tmp_path, customers=200, days=12, institution="acquirer", typologies={CNP: {"pressure": 500}})
    rows, devices = run.transactions(), run.table("data/devices").set_index("device_id")
    used = rows[rows["device_id"].notna()].groupby("device_id")["event_time"].min()
    assert set(devices.index) == set(used.index)
    assert (devices["valid_from"].reindex(used.index) == used).all()
