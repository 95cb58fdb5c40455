"""What is particular to account takeover."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

from fintxsim.typologies import typology
from fintxsim.typologies.campaign import HOUR_US
from fintxsim.typologies.door import Hand, Payee
from fintxsim.vocabulary import Rail
from tests.plugins.kit import Ask, FakeDoor, Play, Verdict, alternate, approve, decline, defaults

KIND = typology("account_takeover")


@cache
def played(verdict: Verdict = approve, reason: str = "FR01", **settings: Any) -> tuple[Play, ...]:
    config = defaults(KIND, **settings)
    return tuple(Play(KIND, config, number, FakeDoor(verdict, reason=reason)).to_the_end() for number in range(1, 200))


def stories(plays: tuple[Play, ...]) -> list[list[Ask]]:
    """What is done to each victim, in order."""
    return [
        [ask for ask in play.door.asks if ask.customer == victim] for play in plays for victim in play.campaign.victims
    ]


def test_first_wrong_logins_then_the_right_one_then_the_rest() -> None:
    for story in stories(played()):
        logins = [ask.details[0] for ask in story if ask.what == "log_in"]
        assert logins == [False] * (len(logins) - 1) + [True]
        assert all(ask.what == "log_in" for ask in story[: len(logins)])


def test_contact_details_change_before_the_first_transfer_in_the_share_set() -> None:
    whats = [[ask.what for ask in story] for story in stories(played(contact_change_share=0.45))]
    changed = [what for what in whats if "change_contact" in what]
    assert all(what.index("change_contact") < what.index("transfer") for what in changed if "transfer" in what)
    assert abs(len(changed) / len(whats) - 0.45) < 5 * (0.45 * 0.55 / len(whats)) ** 0.5


def test_savings_are_pulled_before_the_first_transfer_in_the_share_set() -> None:
    whats = [[ask.what for ask in story] for story in stories(played(savings_share=0.4))]
    pulled = [what for what in whats if "move_savings" in what]
    assert all(what.index("move_savings") < what.index("transfer") for what in pulled if "transfer" in what)
    assert abs(len(pulled) / len(whats) - 0.4) < 5 * (0.4 * 0.6 / len(whats)) ** 0.5


def test_nobody_pulls_savings_that_are_not_there() -> None:
    plays = [Play(KIND, defaults(KIND), number, FakeDoor(saved=3.0)).to_the_end() for number in range(1, 60)]
    assert not any(ask.what == "move_savings" for play in plays for ask in play.door.asks)


def test_an_account_is_emptied_within_hours() -> None:
    lasted = sorted(
        times[-1] - times[0]
        for story in stories(played())
        if (times := [ask.time for ask in story if ask.what != "log_in"])
    )
    assert lasted[len(lasted) // 2] < 24 * HOUR_US
    assert lasted[len(lasted) * 9 // 10] < 60 * HOUR_US


def test_everything_comes_from_the_crews_own_devices() -> None:
    transfers = [ask for play in played() for ask in play.door.payments]
    assert {ask.details[-1] for ask in transfers} == {Hand.CREW}


def test_a_wave_of_phishing_brings_as_many_victims_as_set() -> None:
    counts = [len(play.campaign.victims) for play in played(victims_mean=2.0)]
    assert abs(sum(counts) / len(counts) - 2.0) < 5 * (2.0 / len(counts)) ** 0.5
    assert {len(play.campaign.victims) for play in played(victims_mean=1.0)} == {1}


def test_without_approvals_the_crew_goes_on_to_the_next_victim() -> None:
    for play in played(decline):
        tried = list(dict.fromkeys(ask.customer for ask in play.door.payments))
        assert tried == play.campaign.victims[: len(tried)]
    assert max(len(play.campaign.victims) for play in played(decline)) > 3


def accounts_after(verdict: Verdict, reason: str = "FR01") -> float:
    """How often the second transfer from a victim goes to another account than the first."""
    changes = []
    for story in stories(played(verdict, reason)):
        paid = [ask.target for ask in story if ask.what == "transfer"]
        changes += [paid[0] != paid[1]] if len(paid) > 1 else []
    return sum(changes) / len(changes)


def test_money_goes_to_another_account_only_after_a_decline() -> None:
    assert accounts_after(approve) == 0.0
    assert 0.4 < accounts_after(decline) < 0.9
    assert accounts_after(decline, "AC04") == 1.0


def test_large_sums_do_not_go_by_instant_transfer() -> None:
    config = defaults(KIND, camouflage=0)
    plays = [Play(KIND, config, number, FakeDoor(wealth=60_000.0)).to_the_end() for number in range(1, 60)]
    large = [ask for play in plays for ask in play.door.payments if ask.amount > 10_000]
    assert len(large) > 30
    assert {ask.details[0] for ask in large} == {Rail.ACCOUNT_TO_ACCOUNT}


def test_crumbs_are_left() -> None:
    amounts = [ask.amount for play in played(alternate) for ask in play.door.payments]
    assert min(amounts) >= 50.0


def test_sums_are_named_as_people_name_them() -> None:
    amounts = [ask.amount for play in played() for ask in play.door.payments]
    whole = sum(amount == int(amount) for amount in amounts) / len(amounts)
    assert 0.6 < whole < 0.9


def test_crews_on_another_clock_keep_to_the_victims_day_if_they_are_careful() -> None:
    def at_night(camouflage: float) -> float:
        begun = [play for play in played(camouflage=camouflage) if play.crew.shift_hours]
        starts = [play.door.asks[0].time // HOUR_US % 24 for play in begun]
        return sum(hour < 7 for hour in starts) / len(starts)

    assert at_night(0.0) > at_night(1.0) == 0.0


def test_proceeds_reach_mules_and_accounts_elsewhere() -> None:
    paid = Counter(
        ask.target.customer >= 0 for play in played() for ask in play.door.payments if isinstance(ask.target, Payee)
    )
    assert 0.15 < paid[True] / paid.total() < 0.45
