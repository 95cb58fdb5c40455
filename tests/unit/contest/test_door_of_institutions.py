"""What a campaign does at the door of an institution that is no bank has the form of what its customers do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fintxsim.engine import World
from fintxsim.typologies.door import Payee
from fintxsim.vocabulary import Channel, Direction, EntryMode, Rail, TransactionType
from tests.unit.contest.test_door import Visit
from tests.worlds.kit import open_world

Open = Callable[[str], Visit]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Open]:
    """Opens the door of an institution on its first day."""
    worlds: list[World] = []

    def visit(institution: str) -> Visit:
        timezone = "Africa/Nairobi" if institution == "mobile_money" else "Europe/London"
        world = open_world(
            tmp_path, customers=200, days=3, institution=institution, timezone=timezone, bank={"controls": "off"}
        )
        worlds.append(world)
        world.day_number += 1
        world._phase_open()
        world._phase_wishes()
        return Visit(world)

    yield visit
    for world in worlds:
        world.close()


def test_cash_leaves_a_wallet_at_an_agent(at: Open) -> None:
    visit = at("mobile_money")
    visit.enrich(5, 500_000)
    agent = visit.market.shop_in(visit.draws, "cash_machine", visit.market.whereabouts(5, visit.noon))
    card = visit.market.own_card(5, credit=False)
    answer = visit.door.pay_in_person(card, visit.noon, agent, 40.0, entry=EntryMode.CHIP, knows_pin=True)
    row = visit.row(5, answer)
    assert agent.category == "cash_agent"
    assert (row["type"], row["rail"]) == (TransactionType.CASH_WITHDRAWAL, Rail.WALLET)
    assert (row["channel"], row["entry"], row["card_slot"]) == (Channel.BRANCH, EntryMode.NONE, -1)


def test_cash_comes_into_a_wallet_at_an_agent(at: Open) -> None:
    visit = at("mobile_money")
    row = visit.row(5, visit.door.deposit_cash(5, visit.noon, 60.0))
    assert (row["type"], row["direction"]) == (TransactionType.CASH_DEPOSIT, Direction.CREDIT)
    assert (row["rail"], row["channel"]) == (Rail.WALLET, Channel.BRANCH)
    assert row["merchant"] >= 0


def test_a_crew_at_a_wallet_uses_the_app_whatever_its_device(at: Open) -> None:
    visit = at("mobile_money")
    visit.enrich(5, 500_000)
    rows = []
    for tool in range(8):
        visit.campaign.tool = tool
        answer = visit.door.transfer(
            5, visit.noon + tool * 10_000_000, Payee(ordinal=1), 10.0, rail=Rail.INSTANT, pass_challenge=1.0
        )
        rows.append(visit.row(5, answer))
    assert {int(row["channel"]) for row in rows} == {Channel.MOBILE_APP}
    assert {int(row["rail"]) for row in rows} == {Rail.WALLET}


def test_the_instant_rail_ends_at_the_border(at: Open) -> None:
    visit = at("instant_payments")
    visit.enrich(5)
    payee = Payee(ordinal=2, is_foreign=True)
    row = visit.row(
        5, visit.door.transfer(5, visit.noon, payee, 80.0, rail=Rail.ACCOUNT_TO_ACCOUNT, pass_challenge=1.0)
    )
    assert (row["rail"], row["counterparty_country"]) == (Rail.INSTANT, 0)


def test_without_cards_an_order_is_pushed_from_the_account(at: Open) -> None:
    visit = at("instant_payments")
    visit.enrich(5)
    card, shop = visit.market.own_card(5, credit=False), visit.market.web_shop(visit.draws, "quasi_cash")
    answer = visit.door.pay_online(card, visit.noon, shop, 80.0, has_cvv=True, pass_challenge=1.0)
    row = visit.row(5, answer)
    assert (row["type"], row["rail"], row["card_slot"]) == (TransactionType.PURCHASE, Rail.INSTANT, -1)
    assert (row["cvv"], row["three_ds"], row["avs"]) == (-1, -1, -1)
    assert row["session"] >= 0


def test_money_comes_in_over_the_one_rail(at: Open) -> None:
    visit = at("instant_payments")
    row = visit.row(5, visit.door.receive(5, visit.noon, 3, 100.0, rail=Rail.ACCOUNT_TO_ACCOUNT))
    assert row["rail"] == Rail.INSTANT


@pytest.mark.parametrize(("institution", "pays"), [("mobile_money", True), ("instant_payments", False)])
def test_criminals_know_whether_there_is_cash(at: Open, institution: str, pays: bool) -> None:
    assert at(institution).market.has_cash == pays


def test_details_leak_where_cards_are_used(at: Open) -> None:
    """An acquirer's cards that hardly ever pay are hardly ever stolen."""
    visit = at("acquirer")
    activity = visit.world.people["activity"]
    activity[:] = 0.001
    activity[:20] = 0.2
    picked = [visit.market.pick_customers(visit.draws, 1)[0] for _ in range(200)]
    assert sum(customer < 20 for customer in picked) > 150
