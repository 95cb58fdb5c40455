"""Kinds of payments that facts are told of, each with the rows that belong to it and the bands that hold for it.

A scope is declared here alone. Which one a run has is read off its approved payments, unless it is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fintxsim import vocabulary as v
from fintxsim.errors import InputError
from fintxsim.fidelity.bands import Band, bands
from fintxsim.suggest import hint

_OF_ACCOUNTS = frozenset({"A1", "A12", "A13", "A14", "A16", "T9", "C1", "C3", "M1", "M4", "M6", "M7"})
_OF_WALLETS = frozenset({"T3", "T4", "C1", "C3", "M1", "M4"})
_OWN_CHANNEL = 0.95
"""Share of card purchases over the internet from which a run is that of an acquirer of web shops (assumption)."""

_OTHER_RAILS = 0.01
"""Share of payments that are no card purchases from which a run is that of a bank (assumption)."""

Shares = Mapping[tuple[str, str], int]
"""Approved payments by rail and channel."""


@dataclass(frozen=True, slots=True)
class Scope:
    """``judged`` are facts that have evidence from such payments; None is all. ``own`` replaces bands: low and high."""

    name: str
    meaning: str
    rails: tuple[v.Rail, ...]
    types: tuple[v.TransactionType, ...] = (v.TransactionType.PURCHASE,)
    channels: tuple[v.Channel, ...] = ()
    by_merchant: bool = True
    judged: frozenset[str] | None = None
    own: Mapping[str, tuple[float, float, str]] = field(default_factory=dict)

    def band(self, fact: str) -> Band | None:
        """The band of a fact; None when no real payments of this kind are behind it."""
        if self.judged is not None and fact not in self.judged:
            return None
        band = bands()[fact]
        return band.narrowed(*self.own[fact]) if fact in self.own else band


_PAID = (
    v.TransactionType.PURCHASE,
    v.TransactionType.BILL_PAYMENT,
    v.TransactionType.TRANSFER,
    v.TransactionType.TOP_UP,
)
_WALLET = (*_PAID, v.TransactionType.CASH_WITHDRAWAL, v.TransactionType.CASH_DEPOSIT)

SCOPES: tuple[Scope, ...] = (
    Scope("retail", "card purchases of a bank's customers", (v.Rail.CARD,)),
    Scope("cards", "card purchases of an issuer's cardholders", (v.Rail.CARD,)),
    Scope(
        "ecommerce",
        "card purchases in web shops, seen by their acquirer",
        (v.Rail.CARD,),
        channels=(v.Channel.ECOM,),
        own={
            "T1": (0.84, 0.93, "MCS e-com .84-.87; MultiMAuS .915; CDNOW .93"),
            "T3": (0.075, 0.105, "ULB .076; MultiMAuS .10"),
            "F1": (0.0001, 0.035, "EEA cards .00015 (EBA/ECB 2023); MultiMAuS .0129; IEEE .035"),
        },
    ),
    Scope(
        "mobile_money", "payments from mobile wallets", (v.Rail.WALLET,), _WALLET, by_merchant=False, judged=_OF_WALLETS
    ),
    Scope(
        "instant_payments",
        "payments from account to account",
        (v.Rail.INSTANT, v.Rail.ACCOUNT_TO_ACCOUNT),
        _PAID,
        by_merchant=False,
        judged=_OF_ACCOUNTS,
    ),
)


def scope_named(name: str) -> Scope:
    """The scope of a name. InputError when there is none."""
    for scope in SCOPES:
        if scope.name == name:
            return scope
    raise InputError(f"--scope {name}: no such scope{hint(name, [scope.name for scope in SCOPES])}. Name one of these.")


def scope_of(rows: Shares, place: str) -> Scope:
    """The scope that a run's approved payments suggest. InputError when there are none that facts are told of."""
    total = sum(rows.values())
    card = sum(count for (rail, _), count in rows.items() if rail == v.Rail.CARD.text)
    remote = rows.get((v.Rail.CARD.text, v.Channel.ECOM.text), 0)
    wallet = sum(count for (rail, _), count in rows.items() if rail == v.Rail.WALLET.text)
    if not total:
        raise InputError(f"{place}: holds no approved payment; give a run that has some.")
    if wallet > max(card, total / 2):
        return scope_named("mobile_money")
    if card < _OTHER_RAILS * total:
        return scope_named("instant_payments")
    if remote >= _OWN_CHANNEL * card:
        return scope_named("ecommerce")
    return scope_named("cards" if total - card < _OTHER_RAILS * total else "retail")
