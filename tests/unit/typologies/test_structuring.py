"""What is particular to structuring: cash below the threshold, then the money is sent away."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from typing import Any

from fintxsim.typologies import typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US
from fintxsim.typologies.door import Hand, Payee
from fintxsim.vocabulary import FraudParty, ObservationClass, Role
from tests.plugins.kit import Ask, FakeDoor, FakeMarket, Play, Verdict, approve, decline, defaults

KIND = typology("structuring")


@cache
def played(verdict: Verdict = approve, **settings: Any) -> tuple[Play, ...]:
    config = defaults(KIND, **settings)
    return tuple(Play(KIND, config, number, FakeDoor(verdict, wealth=1e6)).to_the_end() for number in range(1, 150))


def deposits(plays: tuple[Play, ...]) -> list[Ask]:
    return [ask for play in plays for ask in play.door.asks if ask.what == "deposit_cash"]


def accounts(plays: tuple[Play, ...]) -> list[tuple[list[Ask], list[Ask]]]:
    """(deposits, transfers) of each account."""
    of: dict[tuple[int, int], tuple[list[Ask], list[Ask]]] = defaultdict(lambda: ([], []))
    for play in plays:
        for ask in play.door.asks:
            of[play.number, ask.customer][ask.what == "transfer"].append(ask)
    return list(of.values())


def test_every_deposit_is_below_the_threshold() -> None:
    for threshold in (10_000.0, 3000.0):
        assert all(0 < ask.amount < threshold for ask in deposits(played(threshold=threshold)))


def test_nothing_is_paid_in_while_banks_are_closed() -> None:
    play = Play(KIND, defaults(KIND), 3, FakeDoor(wealth=1e6), FakeMarket(banks_are_open=False))
    first = play.campaign.next_time
    play.act()
    assert play.door.asks == []
    assert any(errand.time == first + DAY_US for errand in play.campaign.errands)
    play.market.banks_are_open = True
    assert len(deposits((play.to_the_end(),))) > 0


def test_naive_deposits_are_just_below_and_spread() -> None:
    amounts = sorted(ask.amount for ask in deposits(played(camouflage=0)))
    assert 8_700 < amounts[len(amounts) // 2] < 9_700
    assert amounts[len(amounts) // 10] < 8_500
    assert max(Counter(amounts).values()) < 0.05 * len(amounts)


def test_camouflaged_deposits_are_fewer_smaller_and_leave_in_parts() -> None:
    def look(camouflage: float) -> tuple[float, float, float]:
        plays = played(camouflage=camouflage)
        paid, sent = [d for d, _ in accounts(plays)], [s for _, s in accounts(plays)]
        return (
            len(deposits(plays)) / len(paid),
            sum(ask.amount for ask in deposits(plays)) / len(deposits(plays)),
            -sum(map(len, sent)) / len(sent),
        )

    assert all(naive > careful for naive, careful in zip(look(0.0), look(1.0), strict=True))


def test_a_naive_account_sends_everything_in_one_transfer_after_its_last_deposit() -> None:
    for paid_in, sent in accounts(played(camouflage=0)):
        assert len(sent) == 1
        assert sent[0].time > paid_in[-1].time
        assert 0.75 < sent[0].amount / sum(ask.amount for ask in paid_in) <= 1.0


def test_nobody_sends_more_than_was_paid_in() -> None:
    for paid_in, sent in accounts(played()):
        assert sum(ask.amount for ask in sent) <= sum(ask.amount for ask in paid_in)


def test_deposits_are_of_notes_and_made_when_the_branch_is_open() -> None:
    for ask in deposits(played()):
        assert ask.amount % 5 == 0
        assert 8 <= ask.time // HOUR_US % 24 < 18
        assert (ask.time // DAY_US + 3) % 7 < 5


def test_deposits_are_made_on_several_days() -> None:
    several = [paid_in for paid_in, _ in accounts(played()) if len(paid_in) > 2]
    assert len(several) > 50
    assert all(len({ask.time // DAY_US for ask in paid_in}) > 1 for paid_in in several)


def test_all_who_pay_in_send_to_one_account() -> None:
    for play in played():
        targets = {ask.target for ask in play.door.payments}
        assert len(targets) == 1
        assert all(isinstance(target, Payee) and target.customer < 0 for target in targets)


def test_the_share_that_goes_abroad_is_the_one_set() -> None:
    abroad = [any(ask.target.is_foreign for ask in play.door.payments) for play in played(abroad_share=0.25)]  # type: ignore[attr-defined]
    assert abs(sum(abroad) / len(abroad) - 0.25) < 5 * (0.19 / len(abroad)) ** 0.5


def test_after_declines_less_is_sent_and_at_last_nothing() -> None:
    for _, sent in accounts(played(decline)):
        assert all(second.amount < first.amount for first, second in pairwise(sent))
    assert any(len({ask.target for ask in sent}) > 1 for _, sent in accounts(played(decline)))


def test_everything_is_done_by_the_holder_and_offends() -> None:
    asks = [ask for play in played() for ask in play.door.asks]
    assert {ask.what for ask in asks} == {"deposit_cash", "transfer"}
    assert all(ask.is_fraud for ask in asks)
    assert {ask.details[2] for ask in asks if ask.what == "transfer"} == {Hand.HOLDER}
    assert KIND.part.is_laundering
    assert (KIND.fraud_party, KIND.observation_class, KIND.role) == (
        FraudParty.LAUNDERING, ObservationClass.LAUNDERING, Role.PERPETRATOR,
    )  # fmt: skip


def test_money_that_is_no_longer_there_is_not_sent() -> None:
    plays = [Play(KIND, defaults(KIND), number, FakeDoor(wealth=100.0)).to_the_end() for number in range(1, 40)]
    assert all(play.door.payments == [] for play in plays)
