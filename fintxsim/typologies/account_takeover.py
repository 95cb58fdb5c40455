"""Online banking taken over with phished credentials, and emptied to accounts that the crew controls."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from pydantic import Field

from fintxsim.institution import Service
from fintxsim.streams import Draws
from fintxsim.typologies.agenda import next_hour
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import HOUR_US, MINUTE_US, OVER, Campaign, Crew, Errand
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Answer, Door
from fintxsim.typologies.laundering import (
    INSTANT_LIMIT,
    LANES,
    REFUSED,
    SMALLEST_SUM,
    ProceedsConfig,
    Task,
    awake,
    begin,
    enlist,
    fresh_tools,
    go_on,
    lane,
    move_on,
    now_due,
    paid,
    pass_proceeds_on,
)
from fintxsim.typologies.market import Market
from fintxsim.typologies.sizes import counted, sum_within
from fintxsim.vocabulary import FraudParty, ObservationClass, Rail

RAILS = (Rail.INSTANT, Rail.ACCOUNT_TO_ACCOUNT)  # what crews learn to prefer or avoid

_CRUMBS = 50.0  # euros for which it is not worth being noticed (assumption)
_MOST_GUESSES = 60
_UNKNOWN_PAYEE = frozenset({"AC04", "AC06"})  # the account paid does not exist or is closed: try another one at once


class Stage(IntEnum):
    """How far the attack on the current victim has come."""

    GUESSING = 0
    INSIDE = 1
    DRAINING = 2


class AccountTakeoverConfig(ProceedsConfig):
    """Settings of account_takeover."""

    victims_mean: float = Field(
        2.0,
        ge=1,
        le=50,
        description="Mean number of customers whose credentials one wave of phishing brings (assumption).",
    )
    wrong_guesses_mean: float = Field(
        1.2, ge=0, le=20, description="Mean failed logins before the right one (assumption)."
    )
    sim_swap_share: float = Field(
        0.2, ge=0, le=1, description="Share of takeovers that begin with a SIM swap (assumption)."
    )
    contact_change_share: float = Field(
        0.45, ge=0, le=1, description="Share of takeovers in which contact details are changed (assumption)."
    )
    savings_share: float = Field(
        0.4, ge=0, le=1,
        description="Share of takeovers in which savings are first moved to the current account (assumption).",
    )  # fmt: skip
    wait_hours_mean: float = Field(
        5.0, ge=0, le=240, description="Mean hours from the login to the first transfer (assumption)."
    )
    drain_share: float = Field(
        0.55,
        gt=0,
        le=1,
        description="Share of what is left that a naive transfer takes on average; camouflage lowers it (assumption).",
    )
    transfers_max: int = Field(5, ge=1, le=50, description="Most transfers wanted from one victim.")


class AccountTakeover(Typology):
    name: ClassVar[str] = "account_takeover"
    number: ClassVar[int] = 5
    summary: ClassVar[str] = (
        "Phished credentials open customers' online banks, which are emptied through mules within hours."
    )
    codes: ClassVar[dict[str, str | None]] = {
        "fraud_classifier": "unauthorized party / digital takeover",
        "eba": "issuance of a payment order by the fraudster",
        "uk_finance": "remote banking",
    }
    config: ClassVar[type[TypologyConfig]] = AccountTakeoverConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.THIRD_PARTY
    observation_class: ClassVar[ObservationClass] = ObservationClass.THIRD_PARTY_REPORTED
    entry_points: ClassVar[tuple[str, ...]] = ("phishing", "malware", "sim_swap")
    expected_amount: ClassVar[float] = 1900.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.TRANSFERS})
    longest_days: ClassVar[int] = 8
    usual_days: ClassVar[tuple[float, float] | None] = (0.2, 4.0)

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, AccountTakeoverConfig)
        return config.victims_mean * 0.8 * (1.0 + config.transfers_max) / 2.0

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number,
            skill=draws.next(),
            patience=1 + draws.below(3),
            devices=1 + draws.below(4),
            shift_hours=0 if draws.next() < 0.75 else (draws.below(10) - 3) % 24,
            favourites=[draws.between(0.5, 1.5) for _ in RAILS],
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, AccountTakeoverConfig)
        campaign.victims = market.pick_customers(draws, counted(config.victims_mean, draws.next(), 100))
        campaign.tool = draws.below(crew.devices)
        swapped = draws.next() < config.sim_swap_share
        campaign.entry_point = "sim_swap" if swapped else self.entry_points[draws.below(2)]
        campaign.hides = draws.next() < 0.5 + 0.45 * max(crew.skill, campaign.camouflage)
        fresh_tools(campaign)
        enlist(campaign, crew, config, market, draws)
        self._next_victim(campaign, config, draws)
        begin(campaign, self._working_hour(campaign.started, campaign, crew, market, draws))

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, AccountTakeoverConfig)
        errand = now_due(campaign)
        if errand.what != Task.MAIN:
            pass_proceeds_on(errand, campaign, crew, config, market, door, draws)
        else:
            then = self._attack(campaign, crew, config, market, door, draws)
            if then != OVER:
                campaign.send(Errand(then, Task.MAIN, campaign.victims[campaign.current]))
        go_on(campaign, draws)

    def _attack(
        self, campaign: Campaign, crew: Crew, config: AccountTakeoverConfig, market: Market, door: Door, draws: Draws
    ) -> int:
        """One step of the attack; returns the time of the next, or OVER after the last victim."""
        if campaign.stage == Stage.GUESSING:
            then = self._log_in(campaign, door, draws)
        elif campaign.stage == Stage.INSIDE:
            then = self._prepare(campaign, config, door, draws)
        else:
            then = self._drain(campaign, crew, config, market, door, draws)
        if then != OVER:
            victim = campaign.victims[campaign.current]
            return awake(then, victim, market, draws, shift_hours=crew.shift_hours)
        campaign.current += 1
        if campaign.current == len(campaign.victims):
            return OVER
        self._next_victim(campaign, config, draws)
        if draws.next() < 0.4 + 0.5 * crew.skill:
            campaign.change_tools()
        soon = campaign.next_time + int(draws.between(0.1, 6.0) * HOUR_US)
        return self._working_hour(soon, campaign, crew, market, draws)

    def _next_victim(self, campaign: Campaign, config: AccountTakeoverConfig, draws: Draws) -> None:
        campaign.stage = Stage.GUESSING
        campaign.taken = campaign.declines = 0
        campaign.place = draws.below(LANES)
        campaign.wanted = 1 + draws.below(config.transfers_max)
        campaign.note = float(int(config.wrong_guesses_mean * 2.0 * draws.next() + draws.next()))

    def _log_in(self, campaign: Campaign, door: Door, draws: Draws) -> int:
        """Try what was phished: names and codes are mistyped, or the victim was; then it works or it does not."""
        right = campaign.note < 1.0
        if door.log_in(campaign.victims[campaign.current], campaign.next_time, succeeds=right):
            campaign.declines = 0
            campaign.stage = Stage.INSIDE
            return campaign.next_time + int(draws.between(1, 6) * MINUTE_US)
        campaign.note -= 1.0
        campaign.declines += 1
        if right or campaign.declines > _MOST_GUESSES:
            return OVER
        return campaign.next_time + int(draws.between(0.3, 4) * MINUTE_US)

    def _prepare(self, campaign: Campaign, config: AccountTakeoverConfig, door: Door, draws: Draws) -> int:
        """Change the contact details so that no warning comes through, pull the savings; wait, or strike at once."""
        victim, time = campaign.victims[campaign.current], campaign.next_time
        if draws.next() < config.contact_change_share:
            door.change_contact(victim, time, sim_swap=campaign.entry_point == "sim_swap")
        if draws.next() < config.savings_share:
            savings = door.balance(victim, savings=True) * draws.between(0.4, 1.0)
            if savings > 2.0 * SMALLEST_SUM:
                door.move_savings(victim, time + int(draws.between(5, 50) * 1e6), sum_within(savings, draws.next()))
        wait = config.wait_hours_mean * 4.0 * draws.next() * draws.next()
        campaign.stage = Stage.DRAINING
        return time + int(wait * HOUR_US) + int(draws.between(1, 5) * MINUTE_US)

    def _drain(
        self, campaign: Campaign, crew: Crew, config: AccountTakeoverConfig, market: Market, door: Door, draws: Draws
    ) -> int:
        """One transfer of part of what is left."""
        victim = campaign.victims[campaign.current]
        amount = self._sum(door.balance(victim), campaign, crew, config, draws)
        if amount < _CRUMBS:
            return OVER
        rail = crew.choose(draws.next()) if amount < INSTANT_LIMIT else 1
        payee = lane(campaign, crew, campaign.place)
        answer = door.transfer(
            victim, campaign.next_time, payee, amount, rail=RAILS[rail], pass_challenge=0.35 + 0.5 * crew.skill
        )
        crew.learn(rail, approved=answer.approved)
        paid(payee, amount, answer, campaign, crew, config, market, draws)
        return self._after(answer, campaign, crew, draws)

    def _sum(
        self, available: float, campaign: Campaign, crew: Crew, config: AccountTakeoverConfig, draws: Draws
    ) -> float:
        """The more camouflage, the less at a time; much less after every decline."""
        share = min(config.drain_share * draws.between(0.5, 1.5) * crew.nerve, 0.98)
        wanted = available * share * (1.0 - 0.5 * campaign.camouflage) * 0.6**campaign.declines
        return sum_within(wanted, draws.next())

    def _after(self, answer: Answer, campaign: Campaign, crew: Crew, draws: Draws) -> int:
        """Go on, soon or later; after a decline perhaps to another account; leave the victim when it is enough."""
        if answer.approved:
            campaign.taken += 1
            campaign.declines = 0
        else:
            campaign.declines += 1
            if answer.code in _UNKNOWN_PAYEE or draws.next() < 0.4 + 0.4 * crew.skill:
                campaign.place += 1
            if answer.code == REFUSED:
                move_on(campaign, crew)
        if campaign.taken >= campaign.wanted or campaign.declines > crew.patience:
            return OVER
        hurried = draws.next() < (0.6 if answer.approved else 0.4)
        return campaign.next_time + int(draws.between(2, 25) * MINUTE_US if hurried else draws.between(2, 12) * HOUR_US)

    def _working_hour(self, after: int, campaign: Campaign, crew: Crew, market: Market, draws: Draws) -> int:
        """When the crew begins with a victim: while people are about, or by its own clock if it does not care."""
        shift_hours = 0 if draws.next() < campaign.camouflage else crew.shift_hours
        hour = (market.daytime(draws.next()) + shift_hours) % 24
        return next_hour(market, campaign.victims[campaign.current], after, hour)
