"""What a campaign does at the real bank's door, in a small world on its first day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fintxsim.bank.labels.cases import Case, Opinion
from fintxsim.bank.ledger import empty_books
from fintxsim.behaviour.day import MOST_ENTRIES
from fintxsim.contest.door import BankDoor
from fintxsim.engine import World
from fintxsim.population.people import CARD_STOLEN, CREDIT, CURRENT, SAVINGS, customer_of, outside_code
from fintxsim.streams import Draws, purpose_key
from fintxsim.typologies.campaign import Campaign
from fintxsim.typologies.door import BYSTANDER, MULE_LEG, Answer, Hand, Part, Payee
from fintxsim.vocabulary import (
    Channel,
    Direction,
    EntryMode,
    EventType,
    Label,
    LabelSource,
    ObservationClass,
    Rail,
    Role,
    TransactionType,
)
from tests.worlds.kit import open_world

KEY = purpose_key(1, 1)
VICTIM_PART = Part(Role.VICTIM)
EURO = 100


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = open_world(tmp_path, customers=300, days=3, bank={"controls": "off"})
    opened.day_number += 1
    opened._phase_open()
    opened._phase_wishes()
    yield opened
    opened.close()


class Visit:
    """One campaign of a crew at the door, at noon."""

    def __init__(self, world: World, number: int = 1) -> None:
        self.world = world
        self.noon = int(world.day[0]["start"]) + 12 * 3_600_000_000
        self.campaign = Campaign(number, 0, self.noon, self.noon, 0.5, "phishing")
        self.draws = Draws(KEY, number, 0)
        self.door = BankDoor(world.arena, self.campaign, 77, self.draws, VICTIM_PART, {}, world.bank.desk.cases)
        self.market = world.street_market

    def person(self, customer: int) -> np.void:
        person: np.void = self.world.people[customer]
        return person

    def enrich(self, customer: int, euros: int = 5_000) -> None:
        self.person(customer)["balance"][:2] = euros * EURO

    def rows(self, customer: int) -> np.ndarray:
        rows = self.world.blocks[0].today.written()
        return rows[(rows["customer"] == customer) & (rows["time"] >= self.noon - int(self.world.day[0]["spacing"]))]

    def row(self, customer: int, answer: Answer) -> np.void:
        rows = self.rows(customer)
        (row,) = rows[rows["time"] == answer.time]
        return row


@pytest.fixture
def visit(world: World) -> Visit:
    return Visit(world)


def test_an_order_at_a_web_shop_is_a_typed_purchase_from_the_crews_device(visit: Visit) -> None:
    card = visit.market.stolen_card(5, visit.draws)
    shop = visit.market.web_shop(visit.draws, "electronics")
    visit.enrich(5)
    answer = visit.door.pay_online(card, visit.noon, shop, 80.0, has_cvv=True, pass_challenge=1.0)
    row = visit.row(5, answer)
    assert (row["type"], row["channel"], row["entry"]) == (TransactionType.PURCHASE, Channel.ECOM, EntryMode.ECOM)
    assert row["merchant"] == shop.merchant
    assert row["device"] not in visit.person(5)["devices"][:2].tolist()
    assert 40 * EURO < row["billing"] < 160 * EURO


def test_an_order_where_the_card_is_on_file_needs_no_typing(visit: Visit) -> None:
    card = visit.market.stolen_card(5, visit.draws)
    shop = visit.market.web_shop(visit.draws, "electronics")
    visit.enrich(5)
    row = visit.row(
        5, visit.door.pay_online(card, visit.noon, shop, 20.0, has_cvv=True, pass_challenge=1.0, is_stored=True)
    )
    assert (row["channel"], row["entry"], row["on_file"]) == (Channel.ECOM, EntryMode.ON_FILE, 1)


def test_what_is_asked_for_in_the_last_seconds_of_a_day_still_happens_in_it(visit: Visit) -> None:
    visit.enrich(5)
    end = int(visit.world.day[0]["end"])
    answer = visit.door.move_savings(5, end + 40_000_000, 100.0, by=Hand.HOLDER)
    assert answer.approved
    assert visit.rows(5)["time"].max() < end


def test_an_order_for_nothing_is_a_verification(visit: Visit) -> None:
    card = visit.market.stolen_card(5, visit.draws)
    shop = visit.market.web_shop(visit.draws, "software")
    row = visit.row(5, visit.door.pay_online(card, visit.noon, shop, 0.0, has_cvv=True, pass_challenge=1.0))
    assert (row["type"], row["amount"]) == (TransactionType.ACCOUNT_VERIFICATION, 0)


def test_the_holder_pays_from_a_device_of_his_own(visit: Visit) -> None:
    devices = []
    for customer in range(20):
        card = visit.market.own_card(customer, credit=False)
        shop = visit.market.web_shop(visit.draws, "marketplace")
        answer = visit.door.pay_online(card, visit.noon, shop, 30.0, has_cvv=True, pass_challenge=1.0, by=Hand.HOLDER)
        devices.append(visit.row(customer, answer)["device"] in visit.person(customer)["devices"].tolist())
    assert sum(devices) >= 17  # some people are at somebody else's computer


@pytest.mark.parametrize(("knows_pin", "code"), [(True, "00"), (False, "55")])
def test_machines_ask_for_the_pin(visit: Visit, knows_pin: bool, code: str) -> None:
    visit.enrich(5)
    card = visit.market.own_card(5, credit=False)
    machine = visit.market.shop_in(visit.draws, "cash_machine", visit.market.whereabouts(5, visit.noon))
    answer = visit.door.pay_in_person(card, visit.noon, machine, 100.0, entry=EntryMode.CHIP, knows_pin=knows_pin)
    assert answer.code == code
    assert visit.row(5, answer)["type"] == TransactionType.CASH_WITHDRAWAL


def test_contactless_beyond_the_limit_is_sent_to_the_chip(visit: Visit) -> None:
    visit.enrich(5)
    shop = visit.market.shop_in(visit.draws, "grocery", visit.market.whereabouts(5, visit.noon))
    card = visit.market.own_card(5, credit=False)
    pay = visit.door.pay_in_person
    assert pay(card, visit.noon, shop, 20.0, entry=EntryMode.CONTACTLESS, knows_pin=False).approved
    assert pay(card, visit.noon, shop, 90.0, entry=EntryMode.CONTACTLESS, knows_pin=False).code == "65"


def test_money_sent_to_a_mule_is_there_at_once(visit: Visit) -> None:
    visit.enrich(5)
    before = visit.door.balance(9)
    answer = visit.door.transfer(5, visit.noon, Payee(customer=9), 700.0, rail=Rail.INSTANT, pass_challenge=1.0)
    assert answer.approved
    visit.campaign.next_time = answer.time + 60_000_000
    assert visit.door.balance(9) >= before + 700.0 - 500.0  # his own life goes on
    credits = [row for row in visit.rows(9) if row["direction"] == Direction.CREDIT and row["counterparty"] >> 2 == 5]
    assert [int(row["amount"]) for row in credits] == [700 * EURO]


def test_the_receiving_side_is_a_mules(visit: Visit) -> None:
    visit.enrich(5)
    visit.door.transfer(5, visit.noon, Payee(customer=9), 700.0, rail=Rail.INSTANT, pass_challenge=1.0)
    parts = [(attempt.customer, attempt.part) for attempt in visit.door.attempts]
    assert parts == [(5, VICTIM_PART), (9, MULE_LEG)]


def test_a_mule_is_not_credited_again_when_the_day_is_over(world: World, visit: Visit) -> None:
    visit.enrich(5)
    visit.door.transfer(5, visit.noon, Payee(customer=9), 700.0, rail=Rail.INSTANT, pass_challenge=1.0)
    world._phase_customers(int(world.day[0]["end"]))
    world._close_day()
    before = int(world.people[9]["balance"][CURRENT])
    friends = sum(
        int(row["billing"])
        for row in world.book.rows[0]
        if row["friend"] == 9 and row["direction"] == Direction.CREDIT and row["counterparty"] >> 2 not in (5, 9)
    )
    world._phase_exchange()
    assert int(world.people[9]["balance"][CURRENT]) == before + friends


def test_a_payee_of_the_campaign_is_new_once(visit: Visit) -> None:
    visit.enrich(5)
    answers = [
        visit.door.transfer(5, visit.noon + k, Payee(ordinal=3), 50.0, rail=Rail.INSTANT, pass_challenge=1.0)
        for k in range(2)
    ]
    assert [int(visit.row(5, answer)["payee_new"]) for answer in answers if answer.approved] == [1, 0]


def test_savings_move_to_the_current_account_without_a_line_in_truth(visit: Visit) -> None:
    visit.person(5)["balance"][SAVINGS] = 3_000 * EURO
    visit.world.arena.enter(5, visit.noon)  # interest comes on the first of the month
    before = int(visit.person(5)["balance"][SAVINGS])
    answer = visit.door.move_savings(5, visit.noon, 1_000.0, by=Hand.HOLDER)
    assert answer.approved
    assert int(visit.person(5)["balance"][SAVINGS]) == before - 1_000 * EURO
    assert visit.door.attempts == []


def test_received_money_can_bounce_whatever_is_left(visit: Visit) -> None:
    received = visit.door.receive(5, visit.noon, 2, 900.0, rail=Rail.ACCOUNT_TO_ACCOUNT)
    visit.person(5)["balance"][CURRENT] = 0
    bounced = visit.door.bounce(
        5, visit.noon + 3_600_000_000, 2, 900.0, original=received.time, rail=Rail.ACCOUNT_TO_ACCOUNT
    )
    row = visit.row(5, bounced)
    assert bounced.approved
    assert (row["type"], row["direction"]) == (TransactionType.REVERSAL, Direction.DEBIT)
    assert row["original"] == received.time
    assert row["counterparty"] == visit.row(5, received)["counterparty"]


def test_cash_is_paid_in_at_a_branch_in_notes(visit: Visit) -> None:
    row = visit.row(5, visit.door.deposit_cash(5, visit.noon, 9_873.21))
    assert (row["type"], row["channel"], row["rail"]) == (TransactionType.CASH_DEPOSIT, Channel.BRANCH, Rail.CASH)
    assert row["amount"] % (5 * EURO) == 0


def test_a_refund_may_name_a_payment_or_none(visit: Visit) -> None:
    card = visit.market.own_card(5, credit=False)
    shop = visit.market.web_shop(visit.draws, "clothing")
    named = visit.row(5, visit.door.refund(card, visit.noon, shop, 40.0, original=visit.noon - 5))
    alone = visit.row(5, visit.door.refund(card, visit.noon + 10**9, shop, 40.0))
    assert (named["original"], alone["original"]) == (visit.noon - 5, -1)
    assert named["direction"] == Direction.CREDIT


def test_a_bystanders_row_is_known_to_the_bank_alone(visit: Visit) -> None:
    visit.door.deposit_cash(5, visit.noon, 100.0, part=BYSTANDER)
    (attempt,) = visit.door.attempts
    assert not (attempt.part.is_fraud)
    assert not (attempt.part.is_laundering)


def test_a_raised_limit_is_an_event_and_a_change_of_the_account(visit: Visit) -> None:
    customer = next(k for k in range(300) if visit.person(k)["has_credit"])
    before = int(visit.person(customer)["limit"][CREDIT])
    visit.door.raise_limit(customer, visit.noon, 1.5)
    after = int(visit.person(customer)["limit"][CREDIT])
    assert after > before
    assert visit.world.book.limits == [(visit.noon, customer, after)]
    events = visit.world.blocks[0].today.noted()
    assert EventType.LIMIT_CHANGE in events["kind"][events["customer"] == customer].tolist()


def test_what_was_done_tells_to_which_account_money_was_sent(visit: Visit) -> None:
    visit.enrich(5)
    for payee in (Payee(customer=9), Payee(ordinal=4)):
        visit.door.transfer(5, visit.noon, payee, 80.0, rail=Rail.INSTANT, pass_challenge=1.0)
    sent = [attempt.payee for attempt in visit.door.attempts if attempt.customer == 5]
    assert [customer_of(account) for account in sent] == [9, -1]
    assert sent[1] == outside_code(77, 4)


def test_a_card_that_was_taken_stays_at_home(visit: Visit) -> None:
    """From the theft on, and on the next day, the holder pays in person with something else."""
    world = visit.world
    for customer in range(300):
        visit.door.take_card(customer, 0, visit.noon)
    world._phase_customers(int(world.day[0]["end"]))
    world._close_day()
    today = world.book.rows[0]
    later = today[today["time"] >= visit.noon].copy()
    for phase in ("exchange", "evening", "learn"):
        getattr(world, f"_phase_{phase}")()
    world.step()
    for rows in (later, world.book.rows[0]):
        in_person = rows[(rows["entry"] <= EntryMode.FALLBACK) & (rows["direction"] == Direction.DEBIT)]
        assert len(in_person) > 5
        assert set(in_person["card_slot"].tolist()) == {1}


def test_nobody_is_robbed_twice_of_a_card(visit: Visit) -> None:
    assert [visit.door.take_card(5, 0, visit.noon + k) for k in range(2)] == [True, False]


def test_a_blocked_card_is_not_in_the_purse(visit: Visit) -> None:
    visit.world.arena.enter(5, visit.noon)
    visit.person(5)["card_back_day"][0] = 3
    visit.person(5)["card_status"][0] = CARD_STOLEN
    assert not visit.door.take_card(5, 0, visit.noon)


def test_nothing_leaves_a_frozen_account(visit: Visit) -> None:
    visit.enrich(5)
    visit.person(5)["frozen_until"] = 10
    answer = visit.door.transfer(5, visit.noon, Payee(ordinal=1), 10.0, rail=Rail.INSTANT, pass_challenge=1.0)
    assert (answer.approved, answer.code) == (False, "AC06")
    card = visit.market.own_card(5, credit=False)
    shop = visit.market.shop_in(visit.draws, "grocery", visit.market.whereabouts(5, visit.noon))
    paid = visit.door.pay_in_person(card, visit.noon, shop, 10.0, entry=EntryMode.CHIP, knows_pin=True)
    assert paid.code == "62"


def test_a_blocked_card_answers_as_blocked(visit: Visit) -> None:
    card = visit.market.stolen_card(5, visit.draws)
    person = visit.person(5)
    person["card_status"][card.slot], person["card_back_day"][card.slot] = CARD_STOLEN, 5
    shop = visit.market.web_shop(visit.draws, "software")
    codes = {
        visit.door.pay_online(card, visit.noon + k, shop, 10.0, has_cvv=True, pass_challenge=1.0).code for k in range(8)
    }
    assert codes <= {"43", "14", "96"}
    assert "43" in codes


def test_money_is_conserved_whatever_a_campaign_does(visit: Visit) -> None:
    world = visit.world
    before = int(world.people["balance"].sum())
    visit.enrich(5, 0)
    before = int(world.people["balance"].sum())
    visit.door.receive(5, visit.noon, 1, 5_000.0, rail=Rail.INSTANT)
    visit.door.transfer(5, visit.noon + 10**8, Payee(customer=9), 800.0, rail=Rail.INSTANT, pass_challenge=1.0)
    visit.door.transfer(9, visit.noon + 10**9, Payee(ordinal=4), 500.0, rail=Rail.INSTANT, pass_challenge=1.0)
    visit.door.deposit_cash(9, visit.noon + 10**9, 300.0)
    world._phase_customers(int(world.day[0]["end"]))
    world._close_day()
    world._phase_exchange()
    moved = world.ledger() - empty_books()
    assert int(moved[:, 0].sum()) == int(moved[:, 1].sum())
    customers = int((moved[:3, 1] - moved[:3, 0]).sum())
    assert int(world.people["balance"].sum()) == before + customers


def test_the_victim_of_a_scam_listens_until_he_has_told_the_bank(world: World, visit: Visit) -> None:
    opinion = Opinion(Label.FRAUD, LabelSource.CUSTOMER_REPORT)
    case = Case(ObservationClass.VICTIM_AUTHORISED, 5, -1, visit.noon - 9, visit.noon + 1, opinion)
    world.bank.desk.cases[visit.campaign.number, 5] = case
    assert visit.door.still_believes(5)
    visit.campaign.next_time += 2
    assert not visit.door.still_believes(5)
    assert visit.door.still_believes(6)


# --- room -----------------------------------------------------------------------------------------------


def test_buffers_grow_when_a_customer_is_attacked_again_and_again(world: World) -> None:
    visit = Visit(world)
    today = world.blocks[0].today
    written = len(today.written())
    today.rows = today.rows[: written + MOST_ENTRIES].copy()
    tries = 3
    for k in range(tries):
        receipt = visit.door.receive(5, visit.noon + k * 60_000_000, 1, 20.0, rail=Rail.INSTANT)
        assert receipt.approved
    assert len(today.rows) > written + MOST_ENTRIES
    assert len(today.written()) >= written + tries
