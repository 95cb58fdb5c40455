"""Codes of claims go with the scheme of the card, and with how it was paid."""

from __future__ import annotations

import pytest

from fintxsim.bank.labels.cases import Claim, Way
from fintxsim.bank.labels.reasons import BY_SCHEME, REASON_WORDS, reason_of
from fintxsim.population.schemes import SCHEMES

FAMILIES = (  # as published by Visa, Mastercard and Discover
    {"10.3", "10.4", "13.1", "13.3"},
    {"4837", "4853"},
    {"UA01", "UA02", "RG", "RM"},
)
CARDS = (Way.CARD_PRESENT, Way.CARD_REMOTE)


def test_every_scheme_has_codes_and_no_two_share_one() -> None:
    assert set(BY_SCHEME) == set(SCHEMES)
    assert len(set(REASON_WORDS)) == len(REASON_WORDS) == sum(map(len, FAMILIES)) + 1


@pytest.mark.parametrize("scheme", range(len(SCHEMES)))
def test_a_card_gets_the_codes_of_its_own_scheme_alone(scheme: int) -> None:
    assert {reason_of(claim, scheme, way) for claim in Claim for way in CARDS} == FAMILIES[scheme]


@pytest.mark.parametrize(("way", "codes"), [
    (Way.CARD_PRESENT, ("10.3", "4837", "UA01")),
    (Way.CARD_REMOTE, ("10.4", "4837", "UA02")),
])  # fmt: skip
def test_a_denied_payment_has_another_code_where_the_card_was_there(way: Way, codes: tuple[str, ...]) -> None:
    assert tuple(reason_of(Claim.NOT_MINE, scheme, way) for scheme in range(len(SCHEMES))) == codes


@pytest.mark.parametrize(("claim", "codes"), [
    (Claim.NOT_RECEIVED, ("13.1", "4853", "RG")),
    (Claim.NOT_AS_DESCRIBED, ("13.3", "4853", "RM")),
])  # fmt: skip
def test_what_is_wrong_with_the_goods_has_a_code_of_its_own(claim: Claim, codes: tuple[str, ...]) -> None:
    assert tuple(reason_of(claim, scheme, Way.CARD_REMOTE) for scheme in range(len(SCHEMES))) == codes


@pytest.mark.parametrize("claim", Claim)
def test_money_that_left_an_account_is_recalled_for_fraud(claim: Claim) -> None:
    assert {reason_of(claim, scheme, Way.ACCOUNT) for scheme in range(len(SCHEMES))} == {"FRAD"}
