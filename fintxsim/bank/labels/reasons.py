"""Codes of claims: by the scheme of the card, and by whether the card was there.

Schemes have invented names, but each numbers disputes as a real one does. The codes are from the lists that Visa
(dispute conditions), Mastercard (Chargeback Guide) and Discover (dispute reason codes) publish.
"""

from __future__ import annotations

from typing import NamedTuple

from fintxsim.bank.labels.cases import Claim, Way
from fintxsim.population.schemes import SCHEMES


class Codes(NamedTuple):
    """How one scheme numbers what is claimed."""

    not_mine_present: str
    not_mine_remote: str
    not_received: str
    not_as_described: str


BY_SCHEME = {
    "Meridian": Codes("10.3", "10.4", "13.1", "13.3"),  # as Visa
    "Corvo": Codes("4837", "4837", "4853", "4853"),  # as Mastercard, which has one code for all disputes of cardholders
    "Union Azul": Codes("UA01", "UA02", "RG", "RM"),  # as Discover
}
RECALL_REASON = "FRAD"  # ISO 20022 cancellation reason: fraudulent origin
REASON_WORDS = (*dict.fromkeys(code for name in SCHEMES for code in BY_SCHEME[name]), RECALL_REASON)


def reason_of(claim: Claim, scheme: int, way: Way) -> str:
    """The code of a claim about a payment that was made with a card of a scheme, or from an account."""
    if way == Way.ACCOUNT:
        return RECALL_REASON
    codes = BY_SCHEME[SCHEMES[scheme]]
    if claim == Claim.NOT_MINE:
        return codes.not_mine_present if way == Way.CARD_PRESENT else codes.not_mine_remote
    return codes.not_received if claim == Claim.NOT_RECEIVED else codes.not_as_described
