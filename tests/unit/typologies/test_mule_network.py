"""What is particular to networks of mules: seven shapes through which money goes within hours."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise

import pytest
from pydantic import ValidationError

from fintxsim.typologies import typology
from fintxsim.typologies.campaign import HOUR_US
from fintxsim.typologies.door import Hand, Payee
from fintxsim.typologies.laundering import MOST_HOPS
from fintxsim.typologies.mule_network import HERDER_LEG, LEG, SHAPES, layers
from fintxsim.vocabulary import FraudParty, ObservationClass, Role
from tests.plugins.kit import Ask, FakeDoor, Play, decline, defaults

KIND = typology("mule_network")
EVERY_SHAPE = pytest.mark.parametrize("shape", SHAPES)
ACCOUNTS = list(range(1, 9))


@cache
def campaigns(shape: str, accounts_mean: float = 6.0) -> tuple[Play, ...]:
    config = defaults(KIND, shapes={shape: 1.0}, accounts_mean=accounts_mean)
    return tuple(Play(KIND, config, number, FakeDoor(wealth=1e6)).to_the_end() for number in range(1, 100))


def edges(play: Play) -> list[tuple[int, int]]:
    """(sender, receiver) of the transfers within the bank."""
    asks = [ask for ask in play.door.payments if isinstance(ask.target, Payee) and ask.target.customer >= 0]
    return [(ask.customer, ask.target.customer) for ask in asks if isinstance(ask.target, Payee)]


def received(play: Play) -> list[Ask]:
    return [ask for ask in play.door.asks if ask.what == "receive"]


def left(play: Play) -> list[Ask]:
    """What leaves the bank's sight."""
    return [ask for ask in play.door.payments if not isinstance(ask.target, Payee) or ask.target.customer < 0]


# --- shapes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "widths"),
    [
        ("fan_in", [7, 1]),
        ("fan_out", [1, 7]),
        ("cycle", [1, 1, 1, 1, 1]),
        ("bipartite", [4, 4]),
        ("stack", [2, 2, 4]),
        ("scatter_gather", [1, 6, 1]),
        ("gather_scatter", [3, 1, 4]),
    ],
)
def test_a_shape_is_a_row_of_layers(shape: str, widths: list[int]) -> None:
    assert [len(layer) for layer in layers(shape, ACCOUNTS)] == widths


@EVERY_SHAPE
def test_every_account_has_a_place_and_one_only_except_where_a_cycle_closes(shape: str) -> None:
    placed = Counter(account for layer in layers(shape, ACCOUNTS[:4]) for account in layer)
    assert set(placed) == set(ACCOUNTS[:4])
    assert placed.total() == (5 if shape == "cycle" else 4)


@EVERY_SHAPE
@pytest.mark.parametrize("size", [1, 2, 3])
def test_small_networks_have_no_empty_layers(shape: str, size: int) -> None:
    assert all(layers(shape, ACCOUNTS[:size]))


@EVERY_SHAPE
def test_money_goes_from_each_layer_to_the_next_alone(shape: str) -> None:
    for play in campaigns(shape):
        rows = layers(shape, play.campaign.victims)
        allowed = {(a, b) for row, below in pairwise(rows) for a in row for b in below}
        assert set(edges(play)) <= allowed


@EVERY_SHAPE
def test_money_enters_in_the_first_layer_and_leaves_from_the_last(shape: str) -> None:
    for play in campaigns(shape):
        rows = layers(shape, play.campaign.victims)
        assert {ask.customer for ask in received(play)} <= set(rows[0])
        assert {ask.customer for ask in left(play)} <= set(rows[-1])


def test_in_a_fan_in_all_pay_one() -> None:
    for play in campaigns("fan_in"):
        assert len({receiver for _, receiver in edges(play)}) == 1
    assert max(len({sender for sender, _ in edges(play)}) for play in campaigns("fan_in")) > 4


def test_in_a_fan_out_one_pays_many() -> None:
    for play in campaigns("fan_out"):
        assert len({sender for sender, _ in edges(play)}) == 1
    assert max(len({receiver for _, receiver in edges(play)}) for play in campaigns("fan_out")) > 2


def test_a_cycle_comes_back_to_where_it_began() -> None:
    closed = [
        play for play in campaigns("cycle") if (play.campaign.victims[:4][-1], play.campaign.victims[0]) in edges(play)
    ]
    assert len(closed) > 80


@EVERY_SHAPE
def test_money_goes_through_five_accounts_at_most(shape: str) -> None:
    assert len(layers(shape, ACCOUNTS)) <= MOST_HOPS


# --- money ----------------------------------------------------------------------------------------------


@EVERY_SHAPE
def test_nine_tenths_and_less_than_all_of_it_leave_an_account(shape: str) -> None:
    shares = []
    for play in campaigns(shape):
        got, sent = defaultdict[int, float](float), defaultdict[int, float](float)
        for ask in play.door.frauds:
            (got if ask.what == "receive" else sent)[ask.customer] += ask.amount
            if isinstance(ask.target, Payee) and ask.target.customer >= 0:
                got[ask.target.customer] += ask.amount
        shares += [sent[account] / got[account] for account in got if got[account] > 500]
    assert max(shares) < 1.0
    assert sorted(shares)[len(shares) // 10] > 0.88
    assert sum(shares) / len(shares) > 0.9


@EVERY_SHAPE
def test_it_is_done_within_hours_of_the_last_receipt(shape: str) -> None:
    lasted = sorted(play.door.asks[-1].time - received(play)[-1].time for play in campaigns(shape))
    assert lasted[len(lasted) // 2] < 30 * HOUR_US


def test_payers_have_nothing_to_do_with_one_another() -> None:
    for play in campaigns("fan_in"):
        payers = [ask.target for ask in received(play)]
        assert len(set(payers)) >= len(payers) - 1


def test_one_account_is_paid_by_several() -> None:
    counts = [
        len(received(play)) / len(layers("bipartite", play.campaign.victims)[0]) for play in campaigns("bipartite")
    ]
    assert 1.5 < sum(counts) / len(counts) < 3.0


# --- truth and people -----------------------------------------------------------------------------------


def test_all_legs_are_frauds_and_launder() -> None:
    asks = [ask for shape in SHAPES for play in campaigns(shape) for ask in play.door.asks]
    assert {ask.part for ask in asks} == {LEG, HERDER_LEG}
    assert all(ask.is_fraud and ask.part is not None and ask.part.is_laundering for ask in asks)
    assert (KIND.fraud_party, KIND.observation_class, KIND.role) == (
        FraudParty.LAUNDERING, ObservationClass.LAUNDERING, Role.MULE,
    )  # fmt: skip


def test_the_parts_are_the_typologys_own() -> None:
    assert KIND.part == LEG


@pytest.mark.parametrize(
    ("shape", "place"), [("fan_in", 1), ("fan_out", 0), ("scatter_gather", 2), ("gather_scatter", 1)]
)
def test_the_account_at_the_centre_is_the_herders_and_run_with_the_crews_devices(shape: str, place: int) -> None:
    for play in campaigns(shape):
        if len(play.campaign.victims) > 2:
            (centre,) = layers(shape, play.campaign.victims)[place]
            herded = {ask.customer for ask in play.door.asks if ask.part == HERDER_LEG}
            hands = {ask.details[2] for ask in play.door.payments if ask.customer == centre and ask.what == "transfer"}
            assert herded <= {centre}
            assert hands <= {Hand.CREW}


def test_networks_have_as_many_accounts_as_set() -> None:
    sizes = [len(play.campaign.victims) for play in campaigns("fan_in", accounts_mean=6.0)]
    assert abs(sum(sizes) / len(sizes) - 6.0) < 1.2
    assert min(sizes) >= 2
    assert max(sizes) <= 12


def test_what_is_declined_too_often_stays_where_it_is() -> None:
    plays = [Play(KIND, defaults(KIND), number, FakeDoor(decline)).to_the_end() for number in range(1, 60)]
    assert all(not set(play.crew.mules) & {ask.customer for ask in play.door.payments} for play in plays)


# --- settings -------------------------------------------------------------------------------------------


def test_shapes_come_in_the_shares_set() -> None:
    config = defaults(KIND, shapes={"cycle": 0.25, "stack": 0.75})
    found = Counter(Play(KIND, config, number).campaign.kind for number in range(1, 400))
    assert abs(found["cycle"] / found.total() - 0.25) < 5 * (0.25 * 0.75 / found.total()) ** 0.5


@pytest.mark.parametrize(("shapes", "message"), [({"star": 1.0}, "fan_in"), ({"cycle": 0.5}, "must add up to 1")])
def test_shapes_that_are_none_or_do_not_add_up_are_refused(shapes: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        defaults(KIND, shapes=shapes)
