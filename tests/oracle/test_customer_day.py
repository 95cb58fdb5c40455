"""The compiled day of a customer and the plain one give the same rows, events, people and books."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pytest

from fintxsim.bank.config import BankConfig
from fintxsim.behaviour.config import BehaviourConfig
from fintxsim.behaviour.day import EVENTS, REFUNDS, ROWS
from fintxsim.behaviour.draft import DRAFT
from fintxsim.institution import INSTITUTIONS
from fintxsim.lookalikes import LOOKALIKES
from fintxsim.lookalikes.anomalies import AnomaliesConfig
from fintxsim.lookalikes.base import Lookalike
from fintxsim.population.categories import BY_NAME
from fintxsim.vocabulary import (
    Channel,
    CvvResult,
    Direction,
    Eci,
    EntryMode,
    EventType,
    NameMatch,
    Rail,
    ReasonCode,
    ResponseCode,
    ScaExemption,
    ThreeDS,
    TransactionType,
)
from tests.oracle.arithmetic import single
from tests.oracle.compare import as_array, first_difference, first_different_person
from tests.oracle.merchants import pack
from tests.oracle.records import CURRENT, DEBIT_CARD, Draft
from tests.oracle.timing import HOUR
from tests.oracle.worlds import Recipe, Twins

NO_CONTROLS = BankConfig.model_validate({"controls": "off"})
HARSH = BankConfig.model_validate(
    {"step_up_score": 0.15, "decline_score": 0.5, "wrong_pin_share": 0.25, "wrong_details_share": 0.3,
     "card_day_limit": 120.0, "card_day_count": 4}
)  # fmt: skip
STRICT = BankConfig.model_validate({"step_up_score": 0.3, "decline_score": 0.6})
EVERY_LOOKALIKE = AnomaliesConfig.model_validate(
    {kind.name: {"rate_bps": 400} for kind in LOOKALIKES} | {"festival_merchant": {"rate_bps": 400, "every_weeks": 1}}
)
LIVELY = BehaviourConfig.model_validate(
    {"purchases": 3.0, "cash": 2.0, "transfers": 4.0, "top_ups": 6.0, "logins": 3.0, "trips": 10.0, "refunds": 4.0,
     "reversal_share": 0.05, "new_payee_share": 0.4}
)  # fmt: skip

AMERICAN = BehaviourConfig.model_validate({"sca_exemption_share": 0.2, "address_check_share": 0.9, "cash": 0.3})
GENEROUS = BehaviourConfig.model_validate(
    {"purchases": 2.0, "transfers": 3.0, "receipts": 1.0, "friend_share": 0.6, "round_share": 0.3, "income_share": 0.5}
)
WALLETS = {"price_level": 0.4, "categories": {"grocery": 3.0, "software": 0.0}}


def lookalikes_at(institution: str) -> AnomaliesConfig:
    """All look-alikes that an institution can have."""
    services = INSTITUTIONS[institution].services
    return AnomaliesConfig.model_validate(
        {kind.name: {"rate_bps": 300} for kind in LOOKALIKES if kind.needs <= services}
    )


WITH_CARDS, ON_WEB, WITHOUT_CARDS = map(lookalikes_at, ("card_issuer", "acquirer", "instant_payments"))

RECIPES = {
    # Good Friday to Easter Monday, which is the first of April; clocks go forward on 31 March.
    "easter_in_berlin": Recipe("Europe/Berlin", date(2024, 3, 25), seed=1),
    # Clocks go back on 27 October; all goes wrong that can, and merchants close after two years.
    "trouble_in_berlin": Recipe(
        "Europe/Berlin",
        date(2024, 10, 22),
        seed=2,
        customers=500,
        behaviour=LIVELY,
        bank=HARSH,
        merchant_years=(2.0, 2.2),
        has_trouble=True,
    ),
    # Six zones in one country; clocks go back on 3 November; no controls.
    "no_controls_in_new_york": Recipe(
        "America/New_York", date(2024, 10, 28), seed=3, behaviour=LIVELY, bank=NO_CONTROLS
    ),
    # Everybody is up to something; the clocks go forward on 30 March, and salaries come around the end of the month.
    "lookalikes_in_madrid": Recipe(
        "Europe/Madrid", date(2025, 3, 23), seed=5, anomalies=EVERY_LOOKALIKE, bank=STRICT, has_trouble=True
    ),
    # Credit lines under the laws of another country; interest on 1 March, clocks go forward on the 9th.
    "card_issuer_in_new_york": Recipe(
        "America/New_York",
        date(2025, 2, 27),
        seed=6,
        institution="card_issuer",
        anomalies=WITH_CARDS,
        behaviour=AMERICAN,
        has_trouble=True,
    ),
    "acquirer_in_paris": Recipe(
        "Europe/Paris",
        date(2025, 3, 26),
        seed=7,
        institution="acquirer",
        population={"foreign_share": 0.5},
        anomalies=ON_WEB,
    ),
    "wallets_in_nairobi": Recipe(
        "Africa/Nairobi",
        date(2025, 3, 26),
        seed=8,
        institution="mobile_money",
        population=WALLETS,
        anomalies=WITHOUT_CARDS,
        behaviour=GENEROUS,
    ),
    "instant_in_london": Recipe(
        "Europe/London",
        date(2025, 3, 26),
        seed=9,
        institution="instant_payments",
        anomalies=WITHOUT_CARDS,
        behaviour=GENEROUS,
    ),
    # A currency without minor units; the holidays of the Golden Week; a block that is not the bank's first.
    "golden_week_in_tokyo": Recipe("Asia/Tokyo", date(2024, 4, 26), seed=4, first=8192),
}

_lived: dict[str, Twins] = {}


def lived(name: str) -> Twins:
    """A world after its days, lived once for all tests."""
    if name not in _lived:
        _lived[name] = Twins(RECIPES[name]).live()
    return _lived[name]


@pytest.fixture(params=RECIPES)
def twins(request: pytest.FixtureRequest) -> Twins:
    return lived(request.param)


def test_every_row_is_the_same(twins: Twins) -> None:
    for number, ((kernel, _), (oracle, _)) in enumerate(zip(twins.compiled_days, twins.plain_days, strict=True)):
        difference = first_difference(kernel, oracle, f"day {number}")
        assert difference is None


def test_every_event_is_the_same(twins: Twins) -> None:
    for number, ((_, kernel), (_, oracle)) in enumerate(zip(twins.compiled_days, twins.plain_days, strict=True)):
        difference = first_difference(kernel, oracle, f"day {number}")
        assert difference is None


def test_refunds_still_to_come_are_the_same(twins: Twins) -> None:
    difference = first_difference(twins.compiled.refunds, twins.plain.refunds, "after the last day")
    assert difference is None


def test_customers_end_the_same(twins: Twins) -> None:
    difference = first_different_person(
        twins.compiled.block.people, twins.compiled.block.favourites, twins.plain.customers
    )
    assert difference is None


def test_books_are_the_same(twins: Twins) -> None:
    assert twins.compiled.books.tolist() == twins.plain_books()


# The comparison means little unless the days hold everything that can happen.


def rows_of_all() -> Iterator[Draft]:
    for name in RECIPES:
        for rows, _ in lived(name).plain_days:
            yield from rows


def test_rows_are_of_every_type() -> None:
    assert {row.type for row in rows_of_all()} == set(TransactionType)


def test_rows_have_every_answer() -> None:
    assert {row.response for row in rows_of_all()} == {-1, *ResponseCode}
    assert {row.reason for row in rows_of_all()} == {-1, *ReasonCode}


def test_rows_come_over_every_rail_channel_and_entry() -> None:
    assert {row.rail for row in rows_of_all()} == set(Rail)
    assert {row.channel for row in rows_of_all()} == set(Channel)
    assert {row.entry for row in rows_of_all()} == set(EntryMode)


def test_events_are_of_every_kind() -> None:
    kinds = {event.kind for name in RECIPES for _, events in lived(name).plain_days for event in events}
    assert kinds == set(EventType)


def count(is_such: Callable[[Draft], bool]) -> int:
    return sum(is_such(row) for row in rows_of_all())


def test_customers_travel_abroad_and_pay_in_foreign_money() -> None:
    assert count(lambda row: row.currency > 0 and row.channel == Channel.POS) > 20
    assert count(lambda row: row.type == TransactionType.CASH_WITHDRAWAL and row.merchant_country > 0) > 20


@pytest.mark.parametrize("kind", LOOKALIKES, ids=lambda kind: kind.name)
def test_every_look_alike_happens(kind: Lookalike) -> None:
    assert count(lambda row: row.anomaly == kind.number) > 20


def test_what_was_ordered_before_the_first_day_is_sent_back() -> None:
    (returned,) = {kind.number for kind in LOOKALIKES if kind.name == "refund_season"}
    start = int(lived("lookalikes_in_madrid").setting.day_record(0)[0]["start"])
    assert count(lambda row: row.anomaly == returned and 0 <= row.original < start) > 10


def test_customers_try_again() -> None:
    assert count(lambda row: row.attempt == 1 and row.approved == 1) > 50


def test_money_moves_between_accounts_of_the_bank() -> None:
    credits = [row for row in rows_of_all() if row.transfer >= 0 and row.direction == Direction.CREDIT]
    to_oneself = sum(row.counterparty // 4 == row.customer for row in credits)
    assert to_oneself > 50
    assert len(credits) - to_oneself > 50


def test_favourites_are_replaced_when_they_close() -> None:
    twins = lived("trouble_in_berlin")
    before = Twins(twins.recipe)
    changed = sum(
        old.favourites[0] != new.favourites[0]
        for old, new in zip(before.plain.customers, twins.plain.customers, strict=True)
    )
    assert changed > 0  # only closing replaces the first favourite


def test_clocks_change_in_each_world_that_has_summer_time() -> None:
    for name in set(RECIPES) - {"golden_week_in_tokyo", "wallets_in_nairobi"}:
        days = [lived(name).setting.day_record(number)[0] for number in range(12)]
        assert len({int(day["end"] - day["start"]) for day in days}) == 2


# --- somebody else acts in between ------------------------------------------------------------------

THIEF = 1 << 46


def order_with_stolen_card(twins: Twins, customer: int, time: int) -> Draft:
    """A web order for 80 euros from an unknown device."""
    person, world = twins.plain.customers[customer].person, twins.plain.world
    category = BY_NAME["electronics"]
    return Draft(
        customer, draw=1_000_003 * (customer + 1), time=time, amount=8_000, billing=8_000,
        merchant=pack(world.n_cities, category, 5, 0), category=category, merchant_country=0, device=THIEF, ip=THIEF,
        ip_country=1, card=person.card_generation[DEBIT_CARD], card_slot=DEBIT_CARD, account=CURRENT,
        channel=Channel.ECOM, entry=EntryMode.ECOM, cvv=CvvResult.MATCH, three_ds=ThreeDS.CHALLENGED, eci=Eci._05,
        sca=ScaExemption.NONE, pass_challenge=single(0.3), offset=60,
    )  # fmt: skip


def transfer_away(customer: int, time: int, *, friend: int = -1) -> Draft:
    """A transfer of 200 euros to a new payee elsewhere, or to a customer of the bank."""
    counterparty = 4 * friend if friend >= 0 else THIEF + 12_345
    return Draft(
        customer, draw=7_000_003 * (customer + 1), time=time, amount=20_000, billing=20_000, counterparty=counterparty,
        counterparty_country=0, payee_new=1, name_match=NameMatch.CLOSE, type=TransactionType.TRANSFER,
        rail=Rail.INSTANT, channel=Channel.WEB_BANK, device=THIEF, ip=THIEF, ip_country=0, friend=friend,
        transfer=0 if friend >= 0 else -1, session=99, offset=60,
    )  # fmt: skip


ATTACKED = 120  # customers


@pytest.fixture(scope="module")
def attacked() -> tuple[Twins, str | None, list[Draft]]:
    """A day lived until noon, then three requests by a thief, then the rest: the first difference, and his requests."""
    twins = Twins(RECIPES["easter_in_berlin"])
    day = twins.setting.day_record(0)
    noon, end = int(day[0]["start"]) + 12 * HOUR, int(day[0]["end"])
    requests: list[Draft] = []
    difference = None
    twins.compiled.today.begin(day, np.zeros(0, DRAFT))
    for customer in range(ATTACKED):
        ours, before = twins.compiled.today, twins.compiled.today.counts.copy()
        today = twins.plain.open(twins.plain.customers[customer], day, [])
        ours.live_one(customer, noon)
        today.live(noon)
        friend = (customer + 1) % len(twins.plain.customers)
        for draft in (
            order_with_stolen_card(twins, customer, noon),
            transfer_away(customer, noon + HOUR // 60),
            transfer_away(customer, noon + HOUR // 30, friend=friend),
        ):
            record = as_array(draft, DRAFT)
            today.live(draft.time)
            assert ours.attempt(customer, record) == today.attempt(draft)
            requests.append(draft)
        ours.live_one(customer, end)
        today.live(end)
        difference = (
            difference
            or first_difference(ours.written()[before[ROWS] :], today.rows, "under attack")
            or first_difference(ours.refunds()[before[REFUNDS] :], today.refunds, "refunds under attack")
            or first_difference(ours.noted()[before[EVENTS] :], today.events, "events under attack")
        )
    return twins, difference, requests


def test_a_day_lived_around_requests_by_a_thief_is_the_same(attacked: tuple[Twins, str | None, list[Draft]]) -> None:
    _, difference, _ = attacked
    assert difference is None


def test_customers_under_attack_end_the_same(attacked: tuple[Twins, str | None, list[Draft]]) -> None:
    twins, _, _ = attacked
    difference = first_different_person(
        twins.compiled.block.people, twins.compiled.block.favourites, twins.plain.customers
    )
    assert difference is None
    assert twins.compiled.books.tolist() == twins.plain_books()


def test_a_thief_succeeds_with_some_requests_and_fails_with_others(
    attacked: tuple[Twins, str | None, list[Draft]],
) -> None:
    _, _, requests = attacked
    for kind in (TransactionType.PURCHASE, TransactionType.TRANSFER):
        assert {request.approved for request in requests if request.type == kind} == {0, 1}


# --- cards are stolen at noon ------------------------------------------------------------------------


def robbed_of(customer: int) -> int | None:
    """Every second customer of a card, of the one or of the other."""
    return customer // 2 % 2 if customer % 2 == 0 else None


@dataclass
class Robbery:
    """A day on which cards are stolen at noon, lived twice: the first difference, and what was paid afterwards."""

    twins: Twins = field(default_factory=lambda: Twins(RECIPES["trouble_in_berlin"]))
    difference: str | None = None
    later: list[Draft] = field(default_factory=list)

    def __post_init__(self) -> None:
        day = self.twins.setting.day_record(0)
        noon, end = int(day[0]["start"]) + 12 * HOUR, int(day[0]["end"])
        ours, rows = self.twins.compiled.today, list[Draft]()
        ours.begin(day, np.zeros(0, DRAFT))
        ours.plan()
        for customer in self.twins.plain.customers:
            today = self.twins.plain.open(customer, day, [])
            today.live(noon)
            slot = robbed_of(customer.number)
            if slot is not None:
                ours.live_one(customer.number, noon)
                ours.lose_card(customer.number, slot)
                today.lose_card(slot)
            today.live(end)
            rows += today.rows
        ours.live(end)
        self.difference = first_difference(ours.written(), rows, "after the theft")
        self.later = [row for row in rows if row.time >= noon]

    def in_person(self) -> list[Draft]:
        """What was paid by card in person after noon by who was robbed."""
        return [
            row for row in self.later
            if robbed_of(row.customer) is not None and row.direction == Direction.DEBIT
            and row.entry in (EntryMode.CHIP, EntryMode.CONTACTLESS, EntryMode.MAGSTRIPE, EntryMode.FALLBACK)
        ]  # fmt: skip


@pytest.fixture(scope="module")
def robbery() -> Robbery:
    return Robbery()


def test_a_day_on_which_cards_are_stolen_is_the_same(robbery: Robbery) -> None:
    assert robbery.difference is None


def test_who_was_robbed_of_a_card_pays_in_person_with_the_other_one(robbery: Robbery) -> None:
    slots = [(row.card_slot, robbed_of(row.customer)) for row in robbery.in_person()]
    assert len(slots) > 50
    assert all(slot != taken for slot, taken in slots)


def test_a_stolen_card_is_still_charged_by_web_shops(robbery: Robbery) -> None:
    assert any(row.channel == Channel.ECOM and row.card_slot == robbed_of(row.customer) for row in robbery.later)
