"""What kind of institution keeps the books: its services, and so which of its customers' payments it sees.

A bank sees nearly all of them. A card issuer sees what is paid with its cards, an acquirer what strangers' cards pay at
its web shops, a mobile-money operator and an instant-payment provider what is pushed from their accounts. What a
customer does elsewhere is not simulated and then hidden: it leaves no row because it does not happen here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from fintxsim.vocabulary import AccountKind, Rail


class Service(Enum):
    """Something that an institution offers, in words for whoever lacks it."""

    CARDS = "cards"
    SHOPS = "payments in shops"
    TRANSFERS = "transfers"
    CASH = "cash over the counter"
    CREDIT = "credit lines"


MIXED = -1  # instead of a rail: cards, transfers, cash and cheques each have their own

# One institution, for compiled code.
INSTITUTION = np.dtype(
    [
        ("rail", "i8"),  # that all payments take, or MIXED
        ("pushes", "i8"),  # purchases and bills are paid from the account in the app, not by card or collected
        ("counter", "i8"),  # cash can be paid in
        ("agents", "i8"),  # cash comes and goes at agents, as the balance asks for
        ("repaid", "i8"),  # accounts are credit lines, repaid from accounts elsewhere
        ("external", "i8"),  # the accounts are kept elsewhere; nobody here knows what is on them
        ("fees", "i8"),  # accounts cost a monthly fee
        ("agreements", "i8"),  # bit k: contracts of kind k are paid from here, see behaviour.bills.Contract
    ]
)


@dataclass(frozen=True, slots=True)
class Institution:
    """A kind of institution. ``accounts`` are the kinds of a customer's three accounts, the first of which all have;
    ``unseen`` names the habits of BehaviourConfig that leave no trace here."""

    name: str
    summary: str
    services: frozenset[Service]
    accounts: tuple[AccountKind, AccountKind, AccountKind]
    unseen: frozenset[str]
    agreements: int
    rail: int = MIXED
    has_agents: bool = False
    has_fees: bool = False
    on_web_alone: bool = False
    always_credit: bool = False  # all cards are credit cards

    @property
    def has_cards(self) -> bool:
        return Service.CARDS in self.services

    @property
    def is_repaid(self) -> bool:
        return self.accounts[0] == AccountKind.CREDIT

    @property
    def is_external(self) -> bool:
        return self.accounts[0] == AccountKind.EXTERNAL

    @property
    def without(self) -> list[str]:
        """Services that it does not offer."""
        return [service.value for service in Service if service not in self.services]


_K = AccountKind
_RENT, _ENERGY, _INSURANCE, _TELECOM, _LOAN, _TAX, _SUBSCRIPTION = (1 << kind for kind in range(1, 8))

# Habits that show in accounts alone, and in cards alone.
_OF_ACCOUNTS = frozenset({
    "income", "income_share", "transfers", "top_ups", "new_payee_share", "friend_share", "receipts", "round_share",
})  # fmt: skip
_OF_CARDS = frozenset({
    "top_ups", "retry_share", "switch_share", "three_ds_share", "sca_exemption_share", "address_check_share",
    "unknown_device_share", "stored_share", "full_repayment_share",
})  # fmt: skip

BANK = Institution(
    "bank", "Current, savings and credit accounts, with all that is paid from them.", frozenset(Service),
    (_K.CURRENT, _K.SAVINGS, _K.CREDIT), frozenset(), ~0, has_fees=True,
)  # fmt: skip
CARD_ISSUER = Institution(
    "card_issuer", "Credit cards, repaid from accounts elsewhere.",
    frozenset({Service.CARDS, Service.SHOPS, Service.CREDIT}), (_K.CREDIT, _K.SAVINGS, _K.CREDIT),
    _OF_ACCOUNTS, _SUBSCRIPTION, always_credit=True,
)  # fmt: skip
ACQUIRER = Institution(
    "acquirer", "The web shops of one acquirer, and the cards of other banks that pay there.",
    frozenset({Service.CARDS}), (_K.EXTERNAL, _K.SAVINGS, _K.EXTERNAL),
    _OF_ACCOUNTS | {"cash", "routine", "logins", "online", "full_repayment_share"}, _SUBSCRIPTION, on_web_alone=True,
)  # fmt: skip
MOBILE_MONEY = Institution(
    "mobile_money", "Wallets on phones, filled and emptied at agents.",
    frozenset({Service.SHOPS, Service.TRANSFERS, Service.CASH}), (_K.WALLET, _K.SAVINGS, _K.CREDIT),
    _OF_CARDS, _RENT | _ENERGY | _TELECOM, rail=Rail.WALLET, has_agents=True,
)  # fmt: skip
INSTANT_PAYMENTS = Institution(
    "instant_payments", "Accounts from which everything is pushed over the instant rail.",
    frozenset({Service.SHOPS, Service.TRANSFERS}), (_K.CURRENT, _K.SAVINGS, _K.CREDIT),
    _OF_CARDS | {"cash"},
    _RENT | _ENERGY | _INSURANCE | _TELECOM | _LOAN | _TAX, rail=Rail.INSTANT,
)  # fmt: skip

INSTITUTIONS = MappingProxyType(
    {each.name: each for each in (BANK, CARD_ISSUER, ACQUIRER, MOBILE_MONEY, INSTANT_PAYMENTS)}
)


def institution_record(institution: Institution) -> npt.NDArray[np.void]:
    """The institution as an array of one ``INSTITUTION``."""
    record = np.zeros(1, INSTITUTION)
    row = record[0]
    row["rail"] = institution.rail
    row["pushes"] = not institution.has_cards
    row["counter"] = Service.CASH in institution.services
    row["agents"] = institution.has_agents
    row["repaid"] = institution.is_repaid
    row["external"] = institution.is_external
    row["fees"] = institution.has_fees
    row["agreements"] = institution.agreements
    return record
