"""Counters across accounts: what is counted, when an entity is hot, and for how long."""

from __future__ import annotations

import numpy as np
import pytest

from fintxsim.bank import velocity as v
from fintxsim.bank.velocity import Counters, VelocityConfig, heat, is_counted, is_typed, note_request
from fintxsim.behaviour.config import WORLD
from fintxsim.behaviour.draft import DRAFT, clear
from fintxsim.vocabulary import Direction, EntryMode

SHOP, PHONE, HOME, SOMEBODY = 4711, 99, 12, 7


def request(*, approved: bool = False, customer: int = SOMEBODY, **fields: int) -> np.ndarray:
    """A typed order; in an array of one record."""
    drafts = np.zeros(1, DRAFT)
    clear(drafts[0])
    known = {
        "customer": customer,
        "merchant": SHOP,
        "device": PHONE,
        "ip": HOME,
        "card_slot": 0,
        "entry": EntryMode.ECOM,
    }
    for name, value in (known | fields | {"approved": int(approved)}).items():
        drafts[0][name] = value
    return drafts


class Desk:
    """A world's heat, one log and its counters."""

    def __init__(self, **settings: float) -> None:
        self.worlds = np.zeros(1, WORLD)
        self.log = np.zeros(10_000, np.int64)
        self.counters = Counters(VelocityConfig.model_validate(settings), self.worlds[0]["hot"])

    def see(self, drafts: np.ndarray, times: int = 1) -> None:
        for _ in range(times):
            note_request(drafts[0], self.log, self.worlds[0])

    def close(self) -> None:
        self.counters.close([self.log])

    def heat(self, drafts: np.ndarray) -> set[int]:
        mask = int(heat(drafts[0], self.worlds[0]))
        return {kind for kind in range(v.KINDS) if mask >> kind & 1}


def test_nothing_is_hot_before_a_slice_is_closed() -> None:
    desk = Desk()
    desk.see(request(), times=50)
    assert desk.heat(request()) == set()


def test_many_refusals_heat_everything_about_them() -> None:
    desk = Desk()
    desk.see(request(), times=50)
    desk.close()
    assert desk.heat(request()) == {v.MERCHANT, v.DEVICE, v.ADDRESS, v.CARD_RANGE}


def test_what_is_hot_cools_down_in_the_next_slice() -> None:
    desk = Desk()
    desk.see(request(), times=50)
    desk.close()
    desk.close()
    assert desk.heat(request()) == set()


def test_heat_is_of_the_last_slice_alone() -> None:
    """Half of what it takes in one slice, half in the next."""
    desk = Desk(device_declines=10)
    for _ in range(2):
        desk.see(request(), times=5)
        desk.close()
    assert v.DEVICE not in desk.heat(request())


@pytest.mark.parametrize(("refusals", "is_hot"), [(4, False), (5, True)])
def test_a_device_is_hot_from_its_threshold_on(refusals: int, is_hot: bool) -> None:
    desk = Desk(device_declines=5)
    desk.see(request(), times=refusals)
    desk.close()
    assert (v.DEVICE in desk.heat(request())) == is_hot


def test_a_busy_shop_with_a_usual_share_of_refusals_stays_cool() -> None:
    desk = Desk(merchant_declines=5, decline_share=0.4)
    desk.see(request(), times=30)
    desk.see(request(approved=True), times=70)
    desk.close()
    assert desk.heat(request()) == set()


def test_other_shops_and_devices_stay_cool() -> None:
    desk = Desk()
    desk.see(request(), times=50)
    desk.close()
    elsewhere = request(merchant=SHOP + 1, device=PHONE + 1, ip=HOME + 1, customer=SOMEBODY + 1)
    assert desk.heat(elsewhere) <= {v.CARD_RANGE}


@pytest.mark.parametrize("entry", [EntryMode.CHIP, EntryMode.CONTACTLESS, EntryMode.ON_FILE])
def test_cards_that_are_not_typed_are_not_counted_by_shop_or_range(entry: EntryMode) -> None:
    drafts = request(entry=entry, device=-1, ip=-1)
    assert not is_typed(drafts[0])
    assert not is_counted(drafts[0])


def test_money_that_comes_in_is_not_counted() -> None:
    assert not is_counted(request(direction=Direction.CREDIT)[0])


def test_the_order_of_the_logs_does_not_matter() -> None:
    one, other = Desk(), Desk()
    logs = [np.zeros(400, np.int64) for _ in range(2)]
    for log, draft in zip(logs, (request(), request(merchant=SHOP + 5)), strict=True):
        for _ in range(20):
            note_request(draft[0], log, one.worlds[0])
    one.counters.close([log.copy() for log in logs])
    other.counters.close([log.copy() for log in reversed(logs)])
    assert (one.worlds[0]["hot"] == other.worlds[0]["hot"]).all()
    assert one.worlds[0]["hot"].sum() > 0


def test_closing_empties_the_logs() -> None:
    desk = Desk()
    desk.see(request(), times=3)
    desk.close()
    assert desk.log[0] == 0
