"""Who often goes where, looked up by place, against a search through everybody."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from fintxsim.contest.regulars import Regulars
from fintxsim.population.block import Block, empty_blocks

CUSTOMERS, SHOPS, TOWNS = 9000, 40, 12  # several blocks
Town = tuple[npt.NDArray[np.void], list[Block]]


@pytest.fixture(scope="module")
def town() -> Town:
    """Everybody's favourites and home towns, drawn by lot."""
    people, blocks = empty_blocks(CUSTOMERS)
    luck = np.random.default_rng(3)
    people["city"] = luck.integers(0, TOWNS, CUSTOMERS)
    for block in blocks:
        block.favourites[:] = luck.integers(0, SHOPS, block.favourites.shape)
    return people, blocks


def everybody(blocks: list[Block]) -> list[tuple[int, list[int]]]:
    """Each customer with the favourites, one by one."""
    return [(block.first + k, row.tolist()) for block in blocks for k, row in enumerate(block.favourites)]


def test_the_regulars_of_a_shop_are_those_who_have_it_among_their_favourites(town: Town) -> None:
    people, blocks = town
    regulars = Regulars(people, blocks)
    for shop in range(SHOPS):
        wanted = [customer for customer, favourites in everybody(blocks) if shop in favourites]
        assert regulars.of_shop(shop).tolist() == wanted


def test_the_regulars_of_a_town_are_those_who_live_there(town: Town) -> None:
    people, blocks = town
    regulars = Regulars(people, blocks)
    for city in range(TOWNS):
        wanted = [customer for customer, person in enumerate(people) if person["city"] == city]
        assert regulars.of_town(city).tolist() == wanted


def test_who_likes_a_shop_twice_is_one_regular(town: Town) -> None:
    people, blocks = town
    blocks[1].favourites[5, :] = SHOPS + 1
    assert Regulars(people, blocks).of_shop(SHOPS + 1).tolist() == [blocks[1].first + 5]
    blocks[1].favourites[5, :] = 0


@pytest.mark.parametrize("nobody", [-1, SHOPS + 7])
def test_where_nobody_goes_there_are_no_regulars(town: Town, nobody: int) -> None:
    regulars = Regulars(*town)
    assert regulars.of_shop(nobody).tolist() == regulars.of_town(nobody).tolist() == []


def test_who_the_regulars_are_is_settled_when_they_are_first_asked_for(town: Town) -> None:
    people, blocks = town
    regulars = Regulars(people, blocks)
    before = regulars.of_town(3).tolist()
    moved, people["city"][before[0]] = people["city"][before[0]], 4
    assert regulars.of_town(3).tolist() == before
    people["city"][before[0]] = moved
