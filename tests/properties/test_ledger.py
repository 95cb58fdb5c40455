"""Money is neither made nor lost, and nobody spends what he has not."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from fintxsim.bank.ledger import BOOKS, CUSTOMER_BOOKS, empty_books, post
from fintxsim.vocabulary import Direction, EntryMode, Rail, TransactionType
from tests.unit.bank.kit import HOUR, NOON, an_average_person, answer_all, empty_drafts

MOST_MINOR = 10**12
Draft = dict[str, int]


@numba.njit(error_model="numpy", _nrt=False)
def _post_all(people: Any, drafts: Any, books: Any) -> None:
    for k in range(drafts.shape[0]):
        post(people[0].balance, drafts[k], books)


def words(vocabulary: Any) -> st.SearchStrategy[int]:
    return st.sampled_from([int(word) for word in vocabulary])


postings = st.fixed_dictionaries(
    {
        "billing": st.integers(0, MOST_MINOR),
        "direction": words(Direction),
        "account": st.integers(0, 2),
        "rail": words(Rail),
        "type": words(TransactionType),
        "transfer": st.sampled_from([-1, NOON]),
    }
)
requests = st.tuples(
    st.fixed_dictionaries(
        {
            "billing": st.integers(1, 3_000_00),
            "direction": words(Direction),
            "time": st.integers(NOON, NOON + 24 * HOUR),
            "draw": st.integers(1, 2**63),
            "device": st.integers(-1, 9),
            "payee_new": st.integers(-1, 1),
            "type": words(TransactionType),
        }
    ),
    st.fixed_dictionaries({"card_slot": st.integers(0, 1), "entry": words(EntryMode)})
    | st.fixed_dictionaries({"card_slot": st.just(-1), "account": st.integers(0, 2), "rail": words(Rail)}),
).map(lambda parts: parts[0] | parts[1])


def as_drafts(wanted: list[Draft]) -> npt.NDArray[np.void]:
    drafts = empty_drafts(len(wanted))
    for draft, fields in zip(drafts, wanted, strict=True):
        for name, value in fields.items():
            draft[name] = value
        if draft["card_slot"] >= 0:
            draft["card"] = 0
            draft["account"] = 2 if draft["card_slot"] == 1 else 0
    return drafts


@settings(deadline=None)
@given(st.lists(postings, max_size=30))
def test_whatever_is_posted_all_books_together_are_zero(wanted: list[Draft]) -> None:
    books = empty_books()
    _post_all(an_average_person(), as_drafts(wanted), books)
    assert books[:, 0].sum() == books[:, 1].sum()


@settings(deadline=None)
@given(st.lists(postings, max_size=30))
def test_whatever_is_posted_the_books_of_customers_are_what_their_balances_moved(wanted: list[Draft]) -> None:
    people, books = an_average_person(), empty_books()
    before = people[0]["balance"].copy()
    _post_all(people, as_drafts(wanted), books)
    moved = books[: len(CUSTOMER_BOOKS), 1] - books[: len(CUSTOMER_BOOKS), 0]
    assert (people[0]["balance"] - before == moved).all()


@settings(deadline=None)
@given(postings)
def test_a_posting_has_one_side_at_the_customer_and_one_at_the_bank(wanted: Draft) -> None:
    books = empty_books()
    _post_all(an_average_person(), as_drafts([wanted | {"billing": wanted["billing"] + 1}]), books)
    used, sides = np.nonzero(books)
    assert sorted(BOOKS[book].split(":")[0] for book in used) == ["bank", "customers"]
    assert sorted(sides.tolist()) == [0, 1]
    assert set(books[used, sides].tolist()) == {wanted["billing"] + 1}


@settings(deadline=None)
@given(
    st.lists(requests, max_size=40),
    st.integers(0, 2_000_00),
    st.lists(st.integers(0, 500_00), min_size=3, max_size=3),
)
def test_only_money_that_is_taken_back_brings_a_balance_below_its_limit(
    wanted: list[Draft], balance: int, limits: list[int]
) -> None:
    people, books, drafts = an_average_person(balance), empty_books(), as_drafts(wanted)
    people[0]["limit"] = limits
    for k in range(len(drafts)):
        before = people[0]["balance"].copy()
        answer_all(people, drafts[k : k + 1], books)
        fell = people[0]["balance"] < before
        is_uncovered = fell & (people[0]["balance"] + people[0]["limit"] < 0)
        assert not is_uncovered.any() or wanted[k]["type"] == TransactionType.REVERSAL


@settings(deadline=None)
@given(st.lists(requests, max_size=40))
def test_approved_requests_and_nothing_else_move_money(wanted: list[Draft]) -> None:
    people, books, drafts = an_average_person(), empty_books(), as_drafts(wanted)
    before = int(people[0]["balance"].sum())
    answer_all(people, drafts, books)
    signs = np.where(drafts["direction"] == Direction.CREDIT, 1, -1)
    assert int(people[0]["balance"].sum()) - before == int((drafts["billing"] * signs * drafts["approved"]).sum())
    assert books[:, 0].sum() == books[:, 1].sum()
