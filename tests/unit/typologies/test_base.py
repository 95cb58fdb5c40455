"""What a campaign remembers and what it does next."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from fintxsim.typologies.campaign import OVER, SECOND_US, Campaign, Errand
from fintxsim.typologies.market import Shop, StolenCard

NOW = 1_000 * SECOND_US


def campaign(*errands: int) -> Campaign:
    made = Campaign(1, 1, 0, NOW, 0.5, "found")
    for time in errands:
        made.send(Errand(time * SECOND_US, 0, 7))
    return made


@pytest.mark.parametrize(
    ("main", "errands", "expected"),
    [(1500, [], 1500), (1500, [1200], 1200), (1100, [1200], 1100), (None, [1300], 1300)],
)
def test_a_campaign_goes_on_with_what_comes_first(main: int | None, errands: list[int], expected: int) -> None:
    made = campaign(*errands)
    made.go_on(OVER if main is None else main * SECOND_US)
    assert made.next_time == expected * SECOND_US


def test_a_campaign_with_nothing_left_to_do_is_over() -> None:
    made = campaign()
    made.go_on()
    assert made.next_time == OVER


def test_what_is_overdue_is_done_a_second_later() -> None:
    made = campaign(500)
    made.go_on()
    assert made.next_time == NOW + SECOND_US
    assert made.due_errand() == Errand(500 * SECOND_US, 0, 7)


def test_cards_and_shops_survive_plain_data() -> None:
    made = campaign(1200)
    made.cards, made.shops = [StolenCard(7, 1, 0, 0.25, True, 12.5)], [Shop(99, "fuel", 0, 3, 2)]
    assert Campaign(**json.loads(json.dumps(asdict(made)))) == made
