"""Made-up identities: who is chosen, what a ring shares, and who is taken."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from fintxsim.population.impostors import MOST_IN_RING, Impostors, disguise
from fintxsim.population.people import PERSON
from fintxsim.streams import Draws, purpose_key

KEY, OTHER = purpose_key(42, 90), purpose_key(42, 91)
CUSTOMERS = 20_000


def people() -> np.ndarray:
    everybody = np.zeros(CUSTOMERS, PERSON)
    numbers = np.arange(CUSTOMERS)
    everybody["phone_owner"] = everybody["address"] = numbers
    everybody["city"] = numbers % 300
    everybody["devices"][:, 0] = numbers << 9
    return everybody


def test_about_the_share_asked_for_is_chosen() -> None:
    chosen = disguise(people(), KEY, 0.01, 10)
    assert abs(len(chosen) - 200) < 5 * 200**0.5


def test_somebody_is_chosen_however_small_the_share() -> None:
    assert len(disguise(people(), KEY, 1e-9, 10)) == 1


def test_who_is_chosen_depends_on_the_key_alone() -> None:
    assert disguise(people(), KEY, 0.01, 10) == disguise(people(), KEY, 0.01, 10)
    assert disguise(people(), KEY, 0.01, 10) != disguise(people(), OTHER, 0.01, 10)


def test_a_larger_share_adds_identities_and_drops_none() -> None:
    assert set(disguise(people(), KEY, 0.01, 10)) < set(disguise(people(), KEY, 0.02, 10))


def test_identities_of_two_typologies_are_different_people() -> None:
    everybody = people()
    one, other = disguise(everybody, KEY, 0.3, 10), disguise(everybody, OTHER, 0.3, 11)
    assert set(one).isdisjoint(other)
    assert set(everybody["impostor"][one].tolist()) == {10}


def test_nobody_else_is_changed() -> None:
    everybody = people()
    chosen = disguise(everybody, KEY, 0.05, 10)
    others = np.setdiff1d(np.arange(CUSTOMERS), chosen)
    assert (everybody[others] == people()[others]).all()


@pytest.mark.parametrize("shared", ["phone_owner", "address"])
def test_rings_share_an_address_and_a_phone(shared: str) -> None:
    everybody = people()
    chosen = disguise(everybody, KEY, 0.05, 10)
    rings = Counter(everybody[shared][chosen].tolist())
    assert max(rings.values()) <= MOST_IN_RING
    assert np.mean(sorted(rings.values())) > 2


def test_a_ring_lives_in_one_city_and_uses_one_phone() -> None:
    everybody = people()
    chosen = disguise(everybody, KEY, 0.05, 10)
    leaders = everybody["address"][chosen]
    assert (everybody["city"][chosen] == everybody["city"][leaders]).all()
    assert (everybody["devices"][chosen, 0] == everybody["devices"][leaders, 0]).all()


def test_unused_identities_are_taken_first_and_each_once() -> None:
    impostors = Impostors({10: list(range(30))})
    taken = [customer for k in range(10) for customer in impostors.take(10, 3, Draws(KEY, k, 0))]
    assert sorted(taken) == list(range(30))


def test_when_all_are_in_use_they_are_used_again() -> None:
    impostors = Impostors({10: [1, 2]})
    impostors.take(10, 2, Draws(KEY, 0, 0))
    assert set(impostors.take(10, 5, Draws(KEY, 1, 0))) == {1, 2}


def test_a_typology_without_identities_gets_none() -> None:
    assert Impostors().take(10, 3, Draws(KEY, 0, 0)) == []
