"""How proceeds are passed on, seen before a bank that answers as it is told to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from fintxsim.streams import Draws
from fintxsim.typologies import typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US, MINUTE_US, OVER, Campaign, Crew, Errand
from fintxsim.typologies.door import MULE_LEG, Answer, Hand, Payee
from fintxsim.typologies.laundering import (
    LANES,
    MOST_HOPS,
    Task,
    awake,
    burn,
    elsewhere,
    go_on,
    lane,
    move_on,
    now_due,
    pass_on,
    recruit_mules,
    unrelated_payer,
)
from fintxsim.typologies.market import Shop, StolenCard
from fintxsim.vocabulary import EntryMode
from tests.plugins.kit import KEY, START, Ask, FakeDoor, FakeMarket, Play, alternate, defaults

TAKEOVER, SCAM = typology("account_takeover"), typology("app_scam")
MARKET = FakeMarket()


class FreezingDoor(FakeDoor):
    """Transfers of victims go through, those of mules meet a frozen account."""

    def transfer(self, customer: int, time: int, payee: Payee, amount: float, **how: Any) -> Answer:
        answer = super().transfer(customer, time, payee, amount, **how)
        return Answer(False, "AC06", time) if how.get("part") == MULE_LEG else answer

    def pay_online(self, card: StolenCard, time: int, shop: Shop, amount: float, **how: Any) -> Answer:
        super().pay_online(card, time, shop, amount, **how)
        return Answer(False, "62", time)

    def pay_in_person(self, card: StolenCard, time: int, shop: Shop, amount: float, **how: Any) -> Answer:
        super().pay_in_person(card, time, shop, amount, **how)
        return Answer(False, "62", time)


@cache
def takeovers(**settings: Any) -> tuple[Play, ...]:
    """Many campaigns whose proceeds arrive at this bank."""
    config = defaults(TAKEOVER, **({"mules_here_share": 0.7} | settings))
    return tuple(Play(TAKEOVER, config, number).to_the_end() for number in range(1, 200))


def receipts(play: Play) -> Iterator[tuple[int, Ask]]:
    """(mule, transfer that reached him) of a campaign."""
    for ask in play.door.asks:
        if isinstance(ask.target, Payee) and ask.target.customer >= 0 and ask.is_approved:
            yield ask.target.customer, ask


def legs_of(plays: tuple[Play, ...]) -> list[Ask]:
    return [ask for play in plays for ask in play.door.legs]


def a_campaign(number: int = 1, **fields: Any) -> Campaign:
    return Campaign(number, 0, START, START + 12 * HOUR_US, 0.5, "phishing", **fields)


def a_crew(**fields: Any) -> Crew:
    return Crew(**({"number": 0, "skill": 0.5, "patience": 2, "devices": 1, "shift_hours": 0} | fields))


# --- what mules do --------------------------------------------------------------------------------------


def test_legs_launder_and_are_no_frauds() -> None:
    legs = legs_of(takeovers())
    assert len(legs) > 500
    assert {ask.part for ask in legs} == {MULE_LEG}


def test_only_those_who_received_pass_on() -> None:
    for play in takeovers():
        reached: set[int] = set()
        for ask in play.door.asks:
            if ask.part == MULE_LEG:
                assert ask.customer in reached
            if isinstance(ask.target, Payee) and ask.target.customer >= 0:
                reached.add(ask.target.customer)


def test_mules_keep_two_to_ten_per_cent() -> None:
    kept, config = [], defaults(SCAM, mules_here_share=1)
    for number in range(1, 200):
        play = Play(SCAM, config, number, FakeDoor(wealth=1e6)).to_the_end()
        got, sent = Counter[int](), Counter[int]()
        for mule, ask in receipts(play):
            got[mule] += int(100 * ask.amount)
        for ask in play.door.legs:
            sent[ask.customer] += int(100 * ask.amount)
        kept += [1 - sent[mule] / got[mule] for mule in got if got[mule] > 50_000]
    assert len(kept) > 200
    assert min(kept) > 0.0
    assert 0.02 < sum(kept) / len(kept) < 0.1
    assert sum(0.02 <= share <= 0.1 for share in kept) > 0.9 * len(kept)


def test_what_mules_keep_is_no_constant_share() -> None:
    firsts = {
        round(play.door.legs[0].amount / next(receipts(play))[1].amount, 4) for play in takeovers() if play.door.legs
    }
    assert len(firsts) > 50


def test_money_moves_on_within_minutes_to_hours() -> None:
    waits = []
    for play in takeovers():
        first = {mule: ask.time for mule, ask in reversed(list(receipts(play)))}
        for ask in reversed(play.door.legs):
            first[ask.customer, "sent"] = ask.time  # type: ignore[index]
        waits += [first[m, "sent"] - first[m] for m in first if isinstance(m, int) and (m, "sent") in first]  # type: ignore[index]
    waits.sort()
    assert 10 * MINUTE_US < waits[len(waits) // 2] < 4 * HOUR_US
    assert waits[len(waits) * 95 // 100] < 14 * HOUR_US


def test_what_is_passed_on_is_split_in_one_to_three_unequal_parts() -> None:
    parts = Counter[int]()
    for play in takeovers(layering_share=0):
        if len(list(receipts(play))) == 1 and all(ask.what == "transfer" for ask in play.door.legs):
            parts[len(play.door.legs)] += 1
            amounts = [ask.amount for ask in play.door.legs]
            assert len(set(amounts)) == len(amounts)
    assert {1, 2, 3} <= set(parts)
    assert max(parts) <= 3


def test_money_goes_through_one_to_five_accounts_of_this_bank() -> None:
    longest = Counter[int]()
    for play in takeovers(mules_here_share=1, layering_share=1):
        depth = defaultdict[int, int](int)
        for mule, ask in receipts(play):
            depth[mule] = max(depth[mule], depth[ask.customer] + 1 if ask.part == MULE_LEG else 1)
        longest[max(depth.values(), default=0)] += 1
    assert max(longest) <= MOST_HOPS + 1
    assert longest[1] < longest[2] + longest[3] + longest[4] + longest[5]


def test_in_the_end_money_leaves_in_every_way_there_is() -> None:
    ways = Counter(
        ("here" if ask.target.customer >= 0 else "abroad" if ask.target.is_foreign else "elsewhere")
        if isinstance(ask.target, Payee)
        else ask.target
        for ask in legs_of(takeovers())
    )
    assert set(ways) == {"here", "elsewhere", "abroad", "quasi_cash", "cash_machine"}
    assert min(ways.values()) > 0.02 * sum(ways.values())


def test_cash_is_drawn_with_the_mules_own_card_and_pin() -> None:
    drawn = [ask for ask in legs_of(takeovers()) if ask.what == "pay_in_person"]
    assert {(ask.details[0].customer == ask.customer, *ask.details[2:]) for ask in drawn} == {
        (True, EntryMode.CHIP, True)
    }


class Cashless(FakeMarket):
    has_cash = False


def test_where_nobody_pays_out_cash_none_is_drawn() -> None:
    config = defaults(TAKEOVER, mules_here_share=0.7)
    plays = tuple(Play(TAKEOVER, config, number, market=Cashless()).to_the_end() for number in range(1, 60))
    legs = legs_of(plays)
    assert len(legs) > 150
    assert "pay_in_person" not in {ask.what for ask in legs}


def test_mules_use_their_own_devices_and_skilled_crews_theirs() -> None:
    for play in takeovers():
        hands = {ask.details[-1] for ask in play.door.legs if ask.what == "transfer"}
        assert hands <= {Hand.CREW if play.crew.skill > 0.65 else Hand.HOLDER}


def test_who_acts_for_himself_does_not_do_so_at_night() -> None:
    hours = Counter(
        ask.time // HOUR_US % 24 for play in takeovers() if play.crew.skill <= 0.65 for ask in play.door.legs
    )
    assert sum(hours[hour] for hour in (2, 3, 4, 5)) == 0
    assert sum(hours[hour] for hour in (8, 12, 16, 20)) > 50


def test_nothing_is_passed_on_when_nothing_is_there() -> None:
    config = defaults(SCAM, mules_here_share=1)
    for number in range(1, 100):
        play = Play(SCAM, config, number)
        while not play.is_over:
            play.door.wealth = 5000.0 if play.campaign.errands[0].what == Task.MAIN else 5.0
            play.act()
        assert play.door.legs == []


def test_after_a_freeze_the_account_is_left_alone_and_forgotten() -> None:
    frozen = 0
    for number in range(1, 100):
        play = Play(TAKEOVER, defaults(TAKEOVER, mules_here_share=0.7), number, FreezingDoor()).to_the_end()
        tried = Counter(ask.customer for ask in play.door.legs)
        frozen += len(tried)
        assert not tried.keys() & set(play.crew.mules)
        assert set(tried.values()) <= {1}
    assert frozen > 50


def test_declined_legs_are_tried_again_for_less_or_another_way() -> None:
    pairs = []
    for number in range(1, 200):
        play = Play(TAKEOVER, defaults(TAKEOVER, mules_here_share=0.7), number, FakeDoor(alternate)).to_the_end()
        legs = play.door.legs
        pairs += [
            (first, second)
            for first, second in pairwise(legs)
            if not first.is_approved and first.customer == second.customer and first.what == second.what == "transfer"
        ]
    assert sum(second.amount < first.amount for first, second in pairs) > 0.7 * len(pairs)


# --- settings -------------------------------------------------------------------------------------------


def test_without_mules_at_this_bank_all_money_goes_elsewhere() -> None:
    assert legs_of(takeovers(mules_here_share=0)) == []


def test_with_all_mules_at_this_bank_victims_pay_customers() -> None:
    paid = [ask.target for play in takeovers(mules_here_share=1) for ask in play.door.payments]
    here = sum(isinstance(target, Payee) and target.customer >= 0 for target in paid)
    assert here > 0.95 * len(paid)


def test_the_share_of_receiving_accounts_at_this_bank_is_the_one_set() -> None:
    mules = [len(play.campaign.mules) / LANES for play in takeovers(mules_here_share=0.3)]
    assert abs(sum(mules) / len(mules) - 0.3) < 5 * (0.3 * 0.7 / (LANES * len(mules))) ** 0.5


def test_without_layering_mules_pay_no_other_mule() -> None:
    assert not any(
        isinstance(ask.target, Payee) and ask.target.customer >= 0 for ask in legs_of(takeovers(layering_share=0))
    )


# --- accounts and agenda --------------------------------------------------------------------------------


def test_mules_are_neither_victims_nor_twice_there() -> None:
    for play in takeovers():
        assert len(set(play.campaign.mules)) == len(play.campaign.mules)
        assert not set(play.campaign.mules) & set(play.campaign.victims)


def test_a_crew_uses_its_mules_again() -> None:
    crew, used = a_crew(), Counter[int]()
    for number in range(1, 30):
        campaign = a_campaign(number, victims=[1])
        recruit_mules(campaign, crew, MARKET, Draws(KEY, number, 0), 3)
        used.update(campaign.mules)
    assert max(used.values()) > 2
    assert len(crew.mules) <= 16


def test_a_lane_is_always_the_same_account() -> None:
    campaign, crew = a_campaign(mules=[7, 8]), a_crew(mules=[7, 8])
    once, again = ([lane(campaign, crew, number) for number in range(2 * LANES)] for _ in range(2))
    assert once == again
    assert once[:LANES] == once[LANES:]
    assert [payee.customer for payee in once[:3]] == [7, 8, -1]


def test_an_account_is_in_the_same_country_for_all_campaigns_of_its_crew() -> None:
    countries: dict[int, set[bool]] = {}
    for number in range(300):
        campaign = a_campaign(number)
        for payee in (lane(campaign, a_crew(), k) for k in range(LANES)):
            countries.setdefault(payee.ordinal, set()).add(payee.is_foreign)
    assert all(len(found) == 1 for found in countries.values())


def test_a_crew_that_was_refused_moves_to_fresh_accounts_and_stays_there() -> None:
    campaign, crew = a_campaign(), a_crew()
    before = {lane(campaign, crew, number).ordinal for number in range(LANES)}
    move_on(campaign, crew)
    after = {lane(campaign, crew, number).ordinal for number in range(LANES)}
    assert before.isdisjoint(after)
    later = a_campaign(2)
    recruit_mules(later, crew, MARKET, Draws(KEY, 2, 0), 0)
    assert {lane(later, crew, number).ordinal for number in range(LANES)} == after


def test_a_lane_whose_mule_is_lost_leads_elsewhere() -> None:
    campaign, crew = a_campaign(mules=[7, 8]), a_crew(mules=[7, 8])
    burn(campaign, crew, 7)
    assert [lane(campaign, crew, number).customer for number in range(2)] == [-1, 8]


def test_burning_an_account_drops_its_errands_alone() -> None:
    campaign, crew = a_campaign(), a_crew(mules=[7])
    for customer in (7, 8):
        campaign.send(Errand(START, Task.FIRST_PART, customer, 100.0))
    burn(campaign, crew, 7)
    assert [errand.customer for errand in campaign.errands] == [8]


def test_accounts_elsewhere_serve_several_campaigns_of_some_days() -> None:
    soon, later = a_campaign(2), Campaign(3, 0, START + 90 * DAY_US, START, 0.5, "phishing")
    assert elsewhere(a_campaign(1), 3, is_foreign=False) == elsewhere(soon, 3, is_foreign=False)
    assert elsewhere(soon, 3, is_foreign=False) != elsewhere(later, 3, is_foreign=False)


def test_payers_are_no_receivers() -> None:
    payers = {unrelated_payer(Draws(KEY, 1, number)) for number in range(500)}
    receivers = {elsewhere(Campaign(1, 0, START + d * DAY_US, START, 0.5, "x"), k, is_foreign=False).ordinal
                 for d in range(0, 4000, 10) for k in range(16)}  # fmt: skip
    assert len(payers) > 450
    assert not payers & receivers


def test_the_agenda_goes_on_with_the_earliest_errand_and_never_back() -> None:
    campaign = a_campaign()
    campaign.send(Errand(START, Task.MAIN, 1))
    go_on(campaign, Draws(KEY, 1, 1))
    assert START + 12 * HOUR_US < campaign.next_time < START + 12 * HOUR_US + 2 * MINUTE_US
    assert now_due(campaign).customer == 1
    go_on(campaign, Draws(KEY, 1, 2))
    assert campaign.next_time == OVER


def test_to_act_without_an_errand_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="errand is due"):
        now_due(a_campaign())


@pytest.mark.parametrize(("hour", "shift", "sleeps"), [(3, 0, True), (12, 0, False), (3, 9, False), (12, 9, True)])
def test_people_sleep_at_night_by_their_own_clock(hour: int, shift: int, sleeps: bool) -> None:
    time = START + hour * HOUR_US
    then = awake(time, 1, MARKET, Draws(KEY, 1, 1), shift_hours=shift)
    assert (then > time) == sleeps
    assert not sleeps or 6.5 < (then / HOUR_US - shift) % 24 < 10.5


def test_nothing_is_sent_when_nothing_is_left() -> None:
    errand, door = Errand(START, Task.FIRST_PART, 7, 500.0), FakeDoor(wealth=10.0)
    answer = pass_on(
        errand, a_campaign(mules=[7]), a_crew(), defaults(SCAM), MARKET, door, Draws(KEY, 1, 1),  # type: ignore[arg-type]
        following=(), by=Hand.HOLDER,
    )  # fmt: skip
    assert (answer, door.asks) == (None, [])


def test_nobody_queues_at_a_machine_at_night() -> None:
    """Crews who run their mules' accounts themselves transfer it; the cash is fetched by day."""
    hours = [ask.time % DAY_US / HOUR_US for ask in legs_of(takeovers()) if ask.target == "cash_machine"]
    assert len(hours) > 50
    assert min(hours) > 6.8
