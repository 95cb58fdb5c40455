"""Who sends money to whom: friends within a tile of the population."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fintxsim.population.network import COMMUNITY, LINKS, befriend
from fintxsim.population.people import MAX_FRIENDS, PERSON

SIZES = [1, 2, 3, 4, 50, COMMUNITY, COMMUNITY + 1, 2 * COMMUNITY + 37]
ANY_SIZE = pytest.mark.parametrize("customers", SIZES)


@cache
def friends(customers: int, key: int = 42) -> list[list[int]]:
    """Friends by customer."""
    people = np.zeros(customers, PERSON)
    befriend(people, np.uint64(key))
    return [person["friends"][: person["friend_count"]].tolist() for person in people]


@ANY_SIZE
def test_nobody_is_his_own_friend(customers: int) -> None:
    assert all(customer not in others for customer, others in enumerate(friends(customers)))


@ANY_SIZE
def test_a_friend_is_named_once(customers: int) -> None:
    assert all(len(set(others)) == len(others) for others in friends(customers))


@ANY_SIZE
def test_friends_are_customers_of_the_same_tile(customers: int) -> None:
    for customer, others in enumerate(friends(customers)):
        assert all(0 <= other < customers and other // COMMUNITY == customer // COMMUNITY for other in others)


@ANY_SIZE
def test_nobody_has_more_friends_than_there_is_room_for(customers: int) -> None:
    assert all(len(others) <= MAX_FRIENDS for others in friends(customers))


@ANY_SIZE
def test_friendship_is_mutual_unless_the_other_has_no_room_left(customers: int) -> None:
    everybody = friends(customers)
    for customer, others in enumerate(everybody):
        for other in others:
            assert customer in everybody[other] or len(everybody[other]) == MAX_FRIENDS


@given(st.integers(0, (1 << 64) - 1), st.integers(1, COMMUNITY))
@settings(deadline=None, max_examples=30)
def test_friendship_is_mutual_in_every_tile_with_any_key(key: int, customers: int) -> None:
    everybody = friends(customers, key)
    one_sided = {
        other for customer, others in enumerate(everybody) for other in others if customer not in everybody[other]
    }
    assert all(len(everybody[other]) == MAX_FRIENDS for other in one_sided)


@pytest.mark.parametrize("customers", [COMMUNITY, 4 * COMMUNITY])
def test_customers_of_whole_tiles_have_friends(customers: int) -> None:
    counts = [len(others) for others in friends(customers)]
    assert min(counts) >= LINKS
    assert LINKS + 1.0 < np.mean(counts) <= 2 * LINKS


def test_a_larger_bank_leaves_the_friends_of_whole_tiles_as_they_are() -> None:
    assert friends(2 * COMMUNITY) == friends(3 * COMMUNITY)[: 2 * COMMUNITY]


def test_tiles_are_shuffled_each_for_itself() -> None:
    everybody = friends(9 * COMMUNITY)  # the first and the ninth share a template
    first, ninth = everybody[:COMMUNITY], everybody[8 * COMMUNITY :]
    assert first != [[other - 8 * COMMUNITY for other in others] for others in ninth]


def test_another_key_makes_other_friends() -> None:
    assert friends(COMMUNITY, 1) != friends(COMMUNITY, 2)
