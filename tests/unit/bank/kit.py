"""One request at the bank's door, with everything set by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from fintxsim.bank.authorise import authorise
from fintxsim.bank.config import BankConfig, bank_record
from fintxsim.bank.ledger import Books, empty_books
from fintxsim.behaviour.draft import DRAFT, clear
from fintxsim.population.people import CURRENT, PERSON
from fintxsim.streams import uniform
from fintxsim.vocabulary import EntryMode, ReasonCode, ResponseCode

NOON = 1_767_265_200_000_000  # some moment; the bank looks at differences of time alone
TODAY = 10
HOUR = 3_600_000_000
CENTS = 100
KNOWN_DEVICE, STRANGE_DEVICE = 7, 8
SYSTEM_DRAW, PERMIT_DRAW, ACCOUNT_DRAW = 5, 3, 4  # ordinals of the bank's luck, see bank.authorise


@numba.njit(error_model="numpy", _nrt=False)
def _at_the_door(people: Any, drafts: Any, day_number: int, banks: Any, risky: int, books: Any) -> None:
    for k in range(drafts.shape[0]):
        authorise(people[0], drafts[k], day_number, banks[0], risky, books)


@numba.njit(error_model="numpy", _nrt=False)
def _clear_all(drafts: Any) -> None:
    for k in range(drafts.shape[0]):
        clear(drafts[k])


def empty_drafts(count: int) -> npt.NDArray[np.void]:
    """Drafts of debits of the current account, nothing known, nothing answered."""
    drafts = np.zeros(count, DRAFT)
    _clear_all(drafts)
    return drafts


def an_average_person(balance: int = 5_000 * CENTS) -> npt.NDArray[np.void]:
    """Somebody with two cards in order, money, and no overdraft."""
    people = np.zeros(1, PERSON)
    person = people[0]
    person["income"] = 2_000 * CENTS
    person["balance"] = balance
    person["devices"] = [KNOWN_DEVICE, -1, -1, -1]
    person["last_card_time"] = NOON - 100 * HOUR
    person["usual_log_amount"] = float(np.log(20 * CENTS))
    person["card_expiry_day"] = 1_000
    person["card_back_day"] = -1
    person["has_credit"] = 1
    return people


@cache
def luck(*conditions: Callable[[np.uint64], bool]) -> int:
    """A stream of the bank's luck that meets all conditions."""
    return next(k for k in range(1, 1_000_000) if all(condition(np.uint64(k)) for condition in conditions))


def no_bad_luck(state: np.uint64) -> bool:
    """Nothing goes wrong by chance."""
    return (
        uniform(state, SYSTEM_DRAW) > 0.01 and uniform(state, PERMIT_DRAW) > 0.1 and uniform(state, ACCOUNT_DRAW) > 0.1
    )


@dataclass
class Request:
    """A request of 20 euros, approved unless something is changed: at a terminal with a chip."""

    people: npt.NDArray[np.void] = field(default_factory=an_average_person)
    drafts: npt.NDArray[np.void] = field(default_factory=lambda: empty_drafts(1))
    banks: npt.NDArray[np.void] = field(default_factory=lambda: lucky_bank())
    books: Books = field(default_factory=empty_books)
    risky: int = 0

    def __post_init__(self) -> None:
        draft = self.draft
        draft["time"], draft["amount"], draft["billing"] = NOON, 20 * CENTS, 20 * CENTS
        draft["draw"] = luck(no_bad_luck)
        draft["category"], draft["merchant"], draft["merchant_country"] = 1, 1, 0
        draft["card_slot"], draft["card"], draft["account"] = 0, 0, CURRENT
        draft["entry"] = EntryMode.CHIP

    @property
    def person(self) -> np.void:
        return self.people[0]

    @property
    def draft(self) -> np.void:
        return self.drafts[0]

    @property
    def bank(self) -> np.void:
        return self.banks[0]

    def ask(self) -> str:
        """The bank's answer: a response code, or a reason ("" when there is none)."""
        _at_the_door(self.people, self.drafts, TODAY, self.banks, self.risky, self.books)
        draft = self.draft
        if draft["card_slot"] >= 0:
            return ResponseCode(int(draft["response"])).text
        return "" if draft["reason"] < 0 else ReasonCode(int(draft["reason"])).text

    @property
    def is_approved(self) -> bool:
        return bool(self.draft["approved"])


def lucky_bank(**changes: Any) -> npt.NDArray[np.void]:
    """A bank whose customers never mistype."""
    calm = {"wrong_pin_share": 0.0, "wrong_details_share": 0.0}
    return bank_record(BankConfig.model_validate(calm | changes), float(CENTS))


def answer_all(people: npt.NDArray[np.void], drafts: npt.NDArray[np.void], books: Books) -> None:
    """Take drafts through the door of a lucky bank, one after the other."""
    _at_the_door(people, drafts, TODAY, lucky_bank(), 0, books)
