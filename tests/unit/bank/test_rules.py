"""Every rule control gives its points to the requests that it is about, and none when it is switched off."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fintxsim.bank.rules import RulesConfig
from fintxsim.bank.velocity import ADDRESS, CARD_RANGE, DEVICE, MERCHANT, PAYEE
from fintxsim.population.people import CURRENT
from fintxsim.vocabulary import AvsResult, CvvResult, EntryMode, NameMatch, Rail, TransactionType
from tests.unit.bank.kit import CENTS, HOUR, KNOWN_DEVICE, NOON, STRANGE_DEVICE, Request, lucky_bank

RULES = list(RulesConfig.model_fields)
ON_TOP = {
    "new_payee_amount": ("new_payee",), "new_payee_large": ("new_payee",), "payee_mismatch": ("new_payee",),
    "new_payee_drains": ("new_payee", "new_payee_amount"), "payee_abroad": ("new_payee",),
}  # fmt: skip


def _set(**fields: float) -> Callable[[Request], None]:
    def change(request: Request) -> None:
        for name, value in fields.items():
            request.draft[name] = value

    return change


def _times_usual(factor: float) -> Callable[[Request], None]:
    return _set(billing=round(20 * CENTS * factor), amount=round(20 * CENTS * factor))


def _remembers(**fields: float) -> Callable[[Request], None]:
    """What the bank knows of the last hour."""

    def change(request: Request) -> None:
        request.person["last_card_time"] = NOON - HOUR // 2
        for name, value in fields.items():
            request.person[name] = value

    return change


def _is_risky(request: Request) -> None:
    request.risky = 1


def _to_a_new_payee(euros: int = 20, **fields: float) -> Callable[[Request], None]:
    def change(request: Request) -> None:
        _set(
            card_slot=-1, card=-1, entry=EntryMode.NONE, type=TransactionType.TRANSFER, rail=Rail.INSTANT,
            amount=euros * CENTS, billing=euros * CENTS, device=KNOWN_DEVICE, payee_new=1, name_match=NameMatch.MATCH,
            merchant=-1, category=-1, merchant_country=-1, counterparty_country=0,
        )(request)  # fmt: skip
        _set(**fields)(request)

    return change


def _with_balance(ask: Callable[[Request], None], euros: int) -> Callable[[Request], None]:
    def change(request: Request) -> None:
        ask(request)
        request.person["balance"][CURRENT] = euros * CENTS

    return change


CASES: dict[str, Callable[[Request], None]] = {
    "new_device": _set(device=STRANGE_DEVICE),
    "foreign_address": _set(ip_country=2),
    "hot_merchant": _set(hot=1 << MERCHANT),
    "hot_device": _set(hot=1 << DEVICE),
    "hot_address": _set(hot=1 << ADDRESS),
    "hot_card_range": _set(hot=1 << CARD_RANGE),
    "amount_above_usual": _times_usual(5),
    "amount_far_above": _times_usual(12),
    "amount_beyond": _times_usual(30),
    "velocity": _remembers(recent_attempts=3),
    "declines": _remembers(recent_declines=1),
    "impossible_travel": _remembers(last_country=3),
    "risky_category": _is_risky,
    "address_mismatch": _set(avs=AvsResult.NO_MATCH),
    "no_cvv": _set(cvv=CvvResult.NOT_PROVIDED),
    "foreign_shop": _set(merchant_country=2, entry=EntryMode.ON_FILE),
    "reported_payee": _set(hot=1 << PAYEE),
    "new_payee": _to_a_new_payee(),
    "new_payee_amount": _to_a_new_payee(400),
    "new_payee_large": _to_a_new_payee(2_000),
    "new_payee_drains": _with_balance(_to_a_new_payee(400), 450),
    "payee_mismatch": _to_a_new_payee(name_match=NameMatch.NO_MATCH),
    "payee_abroad": _to_a_new_payee(counterparty_country=1),
}


def score(change: Callable[[Request], None], rules: dict[str, float]) -> float:
    request = Request(banks=lucky_bank(rules=rules))
    request.person["last_country"] = -1
    change(request)
    request.ask()
    return float(request.draft["score"])


def test_every_rule_has_a_case() -> None:
    assert list(CASES) == RULES


@pytest.mark.parametrize("name", RULES)
def test_a_rule_gives_its_points_to_what_it_is_about_and_none_when_it_is_off(name: str) -> None:
    change, usual = CASES[name], RulesConfig()
    more = sum(getattr(usual, other) for other in ON_TOP.get(name, ()))
    assert np.isclose(score(change, {}), 0.02 + getattr(usual, name) + more)
    assert np.isclose(score(change, {name: 0.0}), 0.02 + more)
    assert np.isclose(score(change, {name: 0.5}), 0.52 + more)


@pytest.mark.parametrize(("hours", "is_new"), [(0.1, True), (23, True), (25, False)])
def test_a_payee_counts_as_new_for_a_day(hours: float, is_new: bool) -> None:
    def again(request: Request) -> None:
        _to_a_new_payee(400, payee_new=0, counterparty=77)(request)
        request.person["last_payee"], request.person["last_payee_time"] = 77, NOON - int(hours * HOUR)

    rules = RulesConfig()
    assert np.isclose(score(again, {}), 0.02 + is_new * (rules.new_payee + rules.new_payee_amount))
