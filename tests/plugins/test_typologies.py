"""What every typology must do, tried on each of the package and on a small one made here."""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from math import log
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import Field, ValidationError

from fintxsim.agents import CriminalMarket
from fintxsim.engine import World
from fintxsim.fraud import FraudConfig, OffendingRow
from fintxsim.institution import Service
from fintxsim.pacing import Pressure
from fintxsim.setting import WARM_UP_DAYS
from fintxsim.streams import Draws
from fintxsim.typologies import TYPOLOGIES
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import HOUR_US, OVER, Campaign, Crew
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Door
from fintxsim.typologies.market import Market
from fintxsim.typologies.sizes import between_in_log
from fintxsim.vocabulary import FraudParty, ObservationClass, Role
from tests.plugins.kit import (
    CARD_CODES,
    KEY,
    REASON_CODES,
    USUAL,
    FakeDoor,
    Play,
    Verdict,
    alternate,
    approve,
    decline,
    defaults,
)
from tests.worlds.kit import open_world

CAMPAIGNS = range(1, 61)
FINDS_VICTIMS_LATER = {"skimming"}  # whoever comes by the terminal
TRIES_ELSEWHERE = {"card_testing"}  # after a decline, instead of for less
IN_A_HURRY = {  # settings with which even the slow get something done in a few days
    "skimming": {"window_days_min": 3.0, "window_days_max": 5.0, "sale_days_mean": 0.1, "used_share": 1.0},
}
MOST_DAYS = 40  # within which a typology's first fraud is approved, however patient it is


def dummy() -> Typology:
    """The whole of a typology: one card, one shop, twice.

    Its class is made anew for each test: other tests count the subclasses there are.
    """

    class DummyConfig(TypologyConfig):
        amount: float = Field(900.0, gt=0, le=5000, description="Euros wanted at first.")

    class Dummy(Typology):
        name: ClassVar[str] = "dummy"
        number: ClassVar[int] = 19
        summary: ClassVar[str] = "One stolen card is used at one shop, for less after every decline."
        codes: ClassVar[dict[str, str | None]] = {"fraud_classifier": None, "eba": None, "uk_finance": None}
        config: ClassVar[type[TypologyConfig]] = DummyConfig
        fraud_party: ClassVar[FraudParty] = FraudParty.THIRD_PARTY
        observation_class: ClassVar[ObservationClass] = ObservationClass.THIRD_PARTY_REPORTED
        entry_points: ClassVar[tuple[str, ...]] = ("found",)
        expected_amount: ClassVar[float] = 900.0
        needs: ClassVar[frozenset[Service]] = frozenset({Service.CARDS})
        longest_days: ClassVar[int] = 1

        def expected_frauds(self, config: TypologyConfig) -> float:
            return 2.0

        def recruit(self, number: int, draws: Draws) -> Crew:
            return Crew(number, skill=draws.next(), patience=2, devices=1, shift_hours=0, favourites=[1.0])

        def plan(self, campaign: Campaign, crew: Crew, config: Any, market: Market, draws: Draws) -> None:
            campaign.victims, campaign.wanted = market.pick_customers(draws, 1), 2
            campaign.next_time = campaign.started + HOUR_US

        def act(self, campaign: Campaign, crew: Crew, config: Any, market: Market, door: Door, draws: Draws) -> None:
            card = market.stolen_card(campaign.victims[0], draws)
            amount = between_in_log(config.amount * 0.5**campaign.declines, card.usual, 0.5 * campaign.camouflage)
            shop = market.web_shop(draws, "electronics")
            answer = door.pay_online(card, campaign.next_time, shop, amount, has_cvv=True, pass_challenge=0.1)
            crew.learn(0, approved=answer.approved)
            campaign.taken += answer.approved
            campaign.declines = 0 if answer.approved else campaign.declines + 1
            if campaign.taken == campaign.wanted or campaign.declines > crew.patience:
                campaign.over()
            else:
                campaign.next_time += HOUR_US

    return Dummy()


BY_NAME = {kind.name: kind for kind in TYPOLOGIES}


def typology_named(name: str) -> Typology:
    return BY_NAME[name] if name in BY_NAME else dummy()


@pytest.fixture(autouse=True, scope="module")
def _no_dummy_is_left_behind() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture(params=[*BY_NAME, "dummy"])
def kind(request: pytest.FixtureRequest) -> Typology:
    return typology_named(request.param)


def played(kind: Typology, verdict: Verdict = approve, **door: Any) -> list[Play]:
    """Many campaigns, each of a crew of its own, played to the end."""
    config = defaults(kind)
    return [Play(kind, config, number, FakeDoor(verdict, **door)).to_the_end() for number in CAMPAIGNS]


# --- declarations ---------------------------------------------------------------------------------------


def test_names_are_words_with_underscores(kind: Typology) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", kind.name)


def test_a_typology_names_the_services_that_it_needs(kind: Typology) -> None:
    assert kind.needs
    assert kind.services_needed(defaults(kind)) <= kind.needs


def test_numbers_leave_room_for_streams_and_campaigns(kind: Typology) -> None:
    assert 0 < kind.number < 20


def test_names_and_numbers_are_unique() -> None:
    kinds = [*TYPOLOGIES, dummy()]
    assert len({kind.name for kind in kinds}) == len({kind.number for kind in kinds}) == len(kinds)


def test_the_summary_is_one_sentence(kind: Typology) -> None:
    assert re.fullmatch(r"[A-Z][^.!?\n]{20,160}\.", kind.summary)


def test_published_classifications_are_named_or_null(kind: Typology) -> None:
    assert set(kind.codes) == {"fraud_classifier", "eba", "uk_finance"}
    assert all(code is None or code for code in kind.codes.values())


def test_class_attributes_have_the_declared_types(kind: Typology) -> None:
    assert isinstance(kind.fraud_party, FraudParty)
    assert isinstance(kind.observation_class, ObservationClass)
    assert isinstance(kind.role, Role)
    assert isinstance(kind.authorised_party, bool)
    assert issubclass(kind.config, TypologyConfig)


def test_entry_points_are_words(kind: Typology) -> None:
    assert kind.entry_points
    assert all(re.fullmatch(r"[a-z_]+", word) for word in kind.entry_points)


def test_first_guesses_are_positive(kind: Typology) -> None:
    assert kind.expected_amount > 0
    assert kind.expected_frauds(defaults(kind)) > 0
    assert 1 <= kind.longest_days <= WARM_UP_DAYS  # days of warm-up that the calendar has room for


@pytest.mark.parametrize("name", BY_NAME)
def test_frauds_come_when_the_pacer_is_told_to_expect_them(name: str) -> None:
    """Before a bank that declines nothing, and a market that always has what is wanted."""
    kind = BY_NAME[name]
    assert kind.usual_days is not None
    begins, usual = kind.usual_days
    assert 0 <= begins < usual <= kind.longest_days
    plays = played(kind)
    ages = [(ask.time - play.turn) / (24 * HOUR_US) for play in plays for ask in play.door.frauds]
    before, until = (sum(age <= days for age in ages) / len(ages) for days in (begins, usual))
    assert before <= 0.2
    assert 0.6 <= until <= 1.0


def test_every_setting_is_described_and_has_a_default(kind: Typology) -> None:
    assert [name for name, field in kind.config.model_fields.items() if not field.description] == []
    assert [name for name, field in kind.config.model_fields.items() if field.is_required()] == []


def test_settings_cannot_be_changed_or_misspelt(kind: Typology) -> None:
    config = defaults(kind)
    with pytest.raises(ValidationError):
        config.camouflage = 1.0  # type: ignore[misc]
    with pytest.raises(ValidationError):
        defaults(kind, camoflage=1.0)


def test_a_rate_and_a_pressure_exclude_each_other(kind: Typology) -> None:
    with pytest.raises(ValidationError, match="one of the two"):
        kind.config.model_validate({"rate_bps": 1.0, "pressure": 1.0})


def test_without_rate_and_pressure_a_typology_is_off_unless_a_mix_names_it(kind: Typology) -> None:
    assert kind.config().is_off


@pytest.mark.parametrize("asked", [{"rate_bps": 0.0}, {"pressure": 0.0}], ids=["rate", "pressure"])
def test_zero_switches_off(kind: Typology, asked: dict[str, float]) -> None:
    assert kind.config.model_validate(asked).is_off


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("asked", [{"rate_bps": 0.0}, {"pressure": 0.0}], ids=["rate", "pressure"])
def test_what_is_off_has_no_market(name: str, asked: dict[str, float]) -> None:
    assert FraudConfig.model_validate({"typologies": {name: asked}}).active() == []


@pytest.mark.parametrize("name", BY_NAME)
def test_what_is_on_has_a_market(name: str) -> None:
    (active,) = FraudConfig.model_validate({"typologies": {name: {"rate_bps": 0.1}}}).active()
    assert active[0] is BY_NAME[name]


# --- recruiting and planning ----------------------------------------------------------------------------


def test_recruits_depend_on_number_and_draws_alone(kind: Typology) -> None:
    one, other = ([kind.recruit(k, Draws(KEY, k, -1)) for k in CAMPAIGNS] for _ in range(2))
    assert one == other


def test_recruits_differ_from_one_another(kind: Typology) -> None:
    assert len({kind.recruit(k, Draws(KEY, k, -1)).skill for k in CAMPAIGNS}) == len(CAMPAIGNS)


def test_recruits_have_traits_within_their_ranges(kind: Typology) -> None:
    for number in CAMPAIGNS:
        crew = kind.recruit(number, Draws(KEY, number, -1))
        assert crew.number == number
        assert 0 <= crew.skill <= 1
        assert 0 <= crew.shift_hours < 24
        assert min(crew.patience, crew.devices) >= 1
        assert min(crew.favourites, default=1.0) > 0


def test_a_plan_has_victims_each_once(kind: Typology) -> None:
    for number in CAMPAIGNS:
        victims = Play(kind, defaults(kind), number).campaign.victims
        assert victims or kind.name in FINDS_VICTIMS_LATER
        assert len(set(victims)) == len(victims)


def test_nothing_is_planned_before_the_campaign_starts(kind: Typology) -> None:
    for number in CAMPAIGNS:
        campaign = Play(kind, defaults(kind), number).campaign
        assert campaign.started <= campaign.next_time <= campaign.started + kind.longest_days * 24 * HOUR_US


def test_plans_use_what_the_crew_has(kind: Typology) -> None:
    for number in CAMPAIGNS:
        play = Play(kind, defaults(kind), number)
        assert 0 <= play.campaign.tool < play.crew.devices
        assert play.campaign.entry_point in kind.entry_points
        assert play.campaign.wanted >= 1


def test_planning_asks_nothing_of_the_bank(kind: Typology) -> None:
    assert Play(kind, defaults(kind)).door.asks == []


def test_the_same_draws_make_the_same_campaign(kind: Typology) -> None:
    one, other = ([play.door.asks for play in played(kind, alternate)] for _ in range(2))
    assert one == other


def test_typologies_keep_no_state_of_their_own(kind: Typology) -> None:
    played(kind, alternate)
    assert vars(kind) == {}


# --- acting ---------------------------------------------------------------------------------------------

VERDICTS = pytest.mark.parametrize("verdict", [approve, decline, alternate])


@VERDICTS
def test_every_campaign_ends(kind: Typology, verdict: Verdict) -> None:
    assert all(play.is_over for play in played(kind, verdict))


@pytest.mark.parametrize("code", CARD_CODES)
def test_every_campaign_ends_when_cards_are_declined(kind: Typology, code: str) -> None:
    assert all(play.is_over for play in played(kind, decline, card_code=code))


@pytest.mark.parametrize("reason", REASON_CODES)
def test_every_campaign_ends_when_transfers_are_declined(kind: Typology, reason: str) -> None:
    assert all(play.is_over for play in played(kind, decline, reason=reason))


def test_every_campaign_ends_when_credentials_do_not_work(kind: Typology) -> None:
    assert all(play.is_over for play in played(kind, opens=False))


@VERDICTS
def test_each_act_sets_a_later_time_or_ends(kind: Typology, verdict: Verdict) -> None:
    for number in CAMPAIGNS:
        play = Play(kind, defaults(kind), number, FakeDoor(verdict))
        while not play.is_over:
            before = play.campaign.next_time
            play.act()
            assert play.campaign.next_time == OVER or play.campaign.next_time > before


@VERDICTS
def test_what_an_act_asks_for_is_asked_at_its_time(kind: Typology, verdict: Verdict) -> None:
    for number in CAMPAIGNS:
        play = Play(kind, defaults(kind), number, FakeDoor(verdict))
        while not play.is_over:
            now, said = play.campaign.next_time, len(play.door.asks)
            play.act()
            later = play.campaign.next_time if not play.is_over else 1 << 62
            assert all(now <= ask.time < later for ask in play.door.asks[said:])


@VERDICTS
def test_one_act_asks_for_money_at_most_once(kind: Typology, verdict: Verdict) -> None:
    for play in played(kind, verdict):
        assert len(play.door.payments) <= play.acts


def test_amounts_are_sums_of_money(kind: Typology) -> None:
    asks = [ask for play in played(kind, alternate) for ask in play.door.payments]
    assert asks
    assert all(0.005 < ask.amount < 1e6 or (ask.amount == 0.0 and ask.what == "pay_online") for ask in asks)


def test_victims_are_those_of_the_plan(kind: Typology) -> None:
    for play in played(kind):
        assert {ask.customer for ask in play.door.asks} <= {*play.campaign.victims, *play.campaign.mules}


def test_crews_give_up_on_a_victim_when_their_patience_ends(kind: Typology) -> None:
    for play in played(kind, decline):
        tried = Counter(ask.customer for ask in play.door.payments)
        assert max(tried.values(), default=0) <= play.crew.patience + 1


def test_a_campaign_takes_what_the_pacer_is_told_to_expect(kind: Typology) -> None:
    """Before a bank that declines nothing; what the real one declines is for the pacer to learn."""
    taken = sum(len(play.door.frauds) for play in played(kind)) / len(CAMPAIGNS)
    assert 0.5 < taken / kind.expected_frauds(defaults(kind)) < 2.5


def test_campaigns_seldom_outlast_the_warm_up(kind: Typology) -> None:
    """Days before day 0 that are lived: what lasted longer would be missing on day 0."""
    plays = played(kind)
    days = [(play.door.asks[-1].time - play.campaign.started) / (24 * HOUR_US) for play in plays if play.door.asks]
    assert sum(lasted > kind.longest_days for lasted in days) <= 0.1 * len(days)


# --- state ----------------------------------------------------------------------------------------------


@VERDICTS
def test_a_campaign_continued_from_plain_data_does_the_same(kind: Typology, verdict: Verdict) -> None:
    for number in CAMPAIGNS:
        plain = Play(kind, defaults(kind), number, FakeDoor(verdict), is_stored=True).to_the_end()
        whole = Play(kind, defaults(kind), number, FakeDoor(verdict)).to_the_end()
        assert plain.door.asks == whole.door.asks


@VERDICTS
def test_state_is_the_same_after_plain_data(kind: Typology, verdict: Verdict) -> None:
    for play in played(kind, verdict):
        before = asdict(play.campaign), asdict(play.crew)
        play.store()
        assert (asdict(play.campaign), asdict(play.crew)) == before


# --- adaptation -----------------------------------------------------------------------------------------


def second_payments(kind: Typology, verdict: Verdict) -> dict[int, tuple[Any, Any]]:
    """First and second payment of each campaign that gets so far with its first victim."""
    pairs = {}
    for number in range(1, 300):
        asks = Play(kind, defaults(kind), number, FakeDoor(verdict, card_code="51", reason="AM04")).to_payment(2)
        if len(asks) > 1 and asks[0].customer == asks[1].customer:
            pairs[number] = (asks[0], asks[1])
    return pairs


@pytest.mark.parametrize("name", [name for name in (*BY_NAME, "dummy") if name not in TRIES_ELSEWHERE])
def test_a_decline_makes_the_next_amount_smaller_than_an_approval_does(name: str) -> None:
    kind = typology_named(name)
    declined, approved = second_payments(kind, decline), second_payments(kind, approve)
    both = declined.keys() & approved.keys()
    assert len(both) > 50
    assert all(declined[k][0] == approved[k][0] for k in both)
    falls = [log(declined[k][1].amount / approved[k][1].amount) for k in both]
    assert sum(falls) / len(falls) < -0.1


def test_after_declines_crews_lose_nerve_and_after_approvals_they_gain_it(kind: Typology) -> None:
    declined, approved = (played(kind, verdict) for verdict in (decline, approve))
    assert all(play.crew.nerve < 1 for play in declined if play.door.takings)
    assert all(play.crew.nerve > 1 for play in approved if play.door.takings)


def test_crews_count_what_worked_and_what_did_not(kind: Typology) -> None:
    for play in played(kind, alternate):
        answers = [ask.is_approved for ask in play.door.payments]
        assert (play.crew.successes, play.crew.failures) == (answers.count(True), answers.count(False))


def a_crew() -> Crew:
    return Crew(1, skill=0.5, patience=1, devices=1, shift_hours=0, favourites=[1.0, 1.0, 1.0])


def test_a_crew_goes_where_it_succeeded_and_avoids_where_it_was_declined() -> None:
    crew = a_crew()
    crew.learn(0, approved=True)
    crew.learn(1, approved=False)
    assert crew.favourites[0] > crew.favourites[2] > crew.favourites[1]


@pytest.mark.parametrize("approved", [True, False])
def test_what_is_learned_stays_within_bounds(approved: bool) -> None:
    crew = a_crew()
    for _ in range(1000):
        crew.learn(0, approved=approved)
    assert 0.3 <= crew.nerve <= 2
    assert 1 / 3 - 1e-9 <= crew.favourites[0] <= 3 + 1e-9


def test_a_crew_chooses_in_proportion_to_its_weights() -> None:
    crew = a_crew()
    crew.favourites = [1.0, 0.0, 3.0]
    assert [crew.choose(u) for u in (0.01, 0.24, 0.26, 0.99, 1.0)] == [0, 0, 2, 2, 2]


# --- camouflage and settings ----------------------------------------------------------------------------


def distance_from_usual(kind: Typology, camouflage: float) -> float:
    """Mean distance of first amounts from what the victim usually spends, as |ln ratio|."""
    config = defaults(kind, camouflage=camouflage)
    firsts = [Play(kind, config, number).to_taking() for number in range(1, 300)]
    distances = [abs(log(first.amount / USUAL)) for first in firsts if first]
    assert len(distances) > 100
    return sum(distances) / len(distances)


def test_camouflage_brings_amounts_nearer_to_the_usual(kind: Typology) -> None:
    naive, half, full = (distance_from_usual(kind, camouflage) for camouflage in (0.0, 0.5, 1.0))
    assert naive > half > full
    assert full < 0.85 * naive


def another_value(kind: Typology, name: str) -> Any:
    """The upper end of a setting's range, or the lower one where the upper is the default; of a mix, one kind alone."""
    field = kind.config.model_fields[name]
    shares = field.get_default(call_default_factory=True)
    if isinstance(shares, dict):
        return {max(shares): 1.0}
    limits = {key: value for limit in field.metadata for key, value in vars_of(limit).items()}
    return limits["ge"] if field.default == limits["le"] else limits["le"]


def vars_of(limit: Any) -> dict[str, float]:
    return {key: getattr(limit, key) for key in ("ge", "le") if hasattr(limit, key)}


OWN_SETTINGS = [
    (name, setting)
    for name in [*BY_NAME, "dummy"]
    for setting in typology_named(name).config.model_fields
    if setting == "camouflage" or setting not in TypologyConfig.model_fields  # how much and when is the market's affair
]


def trace(kind: Typology, config: TypologyConfig) -> list[Any]:
    """How many identities are made up, and everything asked of the bank by a few campaigns of which it declines half."""
    plays = [Play(kind, config, number, FakeDoor(alternate)).to_the_end() for number in range(1, 31)]
    return [kind.impostor_share(config), *(play.door.asks for play in plays)]


@pytest.mark.parametrize(("name", "setting"), OWN_SETTINGS)
def test_each_setting_changes_what_is_done(name: str, setting: str) -> None:
    kind = typology_named(name)
    changed = defaults(kind, **{setting: another_value(kind, setting)})
    assert trace(kind, changed) != trace(kind, defaults(kind))


def test_takeovers_need_as_many_wrong_guesses_as_set() -> None:
    kind, mean = BY_NAME["account_takeover"], 1.2
    plays = [Play(kind, defaults(kind, wrong_guesses_mean=mean), number).to_the_end() for number in range(1, 300)]
    victims = sum(len(play.campaign.victims) for play in plays)
    wrong = sum(ask.details == (False,) for play in plays for ask in play.door.asks if ask.what == "log_in")
    assert abs(wrong / victims - mean) < 5 * (mean / victims) ** 0.5


# --- in a real world ------------------------------------------------------------------------------------


def world_with(directory: Path, kind: Typology, pressure: Pressure) -> World:
    """A small world into which the typology has been put by hand, on its first day."""
    world = open_world(directory, customers=200, days=MOST_DAYS)
    config = defaults(kind, **IN_A_HURRY.get(kind.name, {}))
    world.open_market(CriminalMarket(world, kind, config, pressure, crews=3))  # type: ignore[arg-type]
    return world


def test_a_typology_does_its_work_in_a_real_world(kind: Typology, tmp_path: Path) -> None:
    world = world_with(tmp_path, kind, Pressure(40.0 if kind.name in IN_A_HURRY else 8.0))
    try:
        offending: list[OffendingRow] = []
        while not any(row.approved for row in offending) and world.day_number < MOST_DAYS:
            world.step()
            offending += world.book.offending
        assert {row.typology for row in offending} == {kind}
        assert any(row.approved for row in offending)
        books = world.ledger()
        assert books[:, 0].sum() == books[:, 1].sum()
    finally:
        world.close()


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize(
    ("low", "high"), [({"rate_bps": 20}, {"rate_bps": 400}), ({"pressure": 2000}, {"pressure": 40_000})]
)
def test_rate_and_pressure_change_how_many_campaigns_there_are(
    name: str, low: dict[str, float], high: dict[str, float], tmp_path: Path
) -> None:
    started = []
    for asked in (low, high):
        world = open_world(tmp_path, customers=200, days=2, typologies={name: asked})
        world.step()
        started.append(world.markets[0].started)
        world.close()
    assert started[1] > started[0]
