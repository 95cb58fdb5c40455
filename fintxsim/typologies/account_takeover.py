"""Online banking taken over with phished credentials, and emptied to accounts that the crew controls."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from pydantic import Field

from fintxsim.streams import Draws
from fintxsim.typologies.base import (
    DAY_US,
    HOUR_US,
    MINUTE_US,
    Campaign,
    Crew,
    Door,
    Market,
    Payee,
    Typology,
    TypologyConfig,
)
from fintxsim.vocabulary import FraudParty, ObservationClass, Rail


class Stage(IntEnum):
    GUESSING = 0
    INSIDE = 1
    DRAINING = 2


class AccountTakeoverConfig(TypologyConfig):
    """Settings of account_takeover."""

    wrong_guesses_mean: float = Field(
        1.2, ge=0, le=20, description="Mean failed logins before the right one (assumption)."
    )
    sim_swap_share: float = Field(
        0.2, ge=0, le=1, description="Share of takeovers that begin with a SIM swap (assumption)."
    )
    contact_change_share: float = Field(
        0.45, ge=0, le=1, description="Share of takeovers in which contact details are changed (assumption)."
    )
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
        "Phished credentials open a customer's online bank, which is emptied to new payees within hours."
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
    expected_amount: ClassVar[float] = 700.0
    longest_days: ClassVar[int] = 5
    usual_days: ClassVar[tuple[float, float] | None] = (0.0, 1.8)

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, AccountTakeoverConfig)
        return 0.8 * (1.0 + config.transfers_max) / 2.0

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number,
            skill=draws.next(),
            patience=1 + draws.below(3),
            devices=1 + draws.below(4),
            shift_hours=0 if draws.next() < 0.7 else draws.below(24),
            favourites=[draws.between(0.5, 1.5) for _ in range(2)],
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, AccountTakeoverConfig)
        campaign.victims = market.pick_customers(draws, 1)
        campaign.tool = draws.below(crew.devices)
        swapped = draws.next() < config.sim_swap_share
        campaign.entry_point = "sim_swap" if swapped else self.entry_points[draws.below(2)]
        campaign.wanted = 1 + draws.below(config.transfers_max)
        campaign.note = float(int(config.wrong_guesses_mean * 2.0 * draws.next() + draws.next()))
        campaign.stage = Stage.GUESSING
        campaign.hides = draws.next() < 0.5 + 0.45 * max(crew.skill, campaign.camouflage)
        campaign.rotation = campaign.number % 1000 * 16
        hour = (market.daytime(draws.next()) + crew.shift_hours) % 24
        wanted = market.local_time(campaign.victims[0], campaign.started, hour)
        campaign.next_time = wanted if wanted >= campaign.started else wanted + DAY_US

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, AccountTakeoverConfig)
        if campaign.stage == Stage.GUESSING:
            self._log_in(campaign, config, crew, door, draws)
        elif campaign.stage == Stage.INSIDE:
            self._prepare(campaign, config, crew, door, draws)
        else:
            self._drain(campaign, config, crew, door, draws)

    def _log_in(self, campaign: Campaign, config: AccountTakeoverConfig, crew: Crew, door: Door, draws: Draws) -> None:
        right = campaign.note < 1.0
        inside = door.log_in(
            campaign.victims[0],
            campaign.next_time,
            succeeds=right,
        )
        if not inside:
            campaign.note -= 1.0
            campaign.declines += 1
            if right or campaign.declines > 60:
                campaign.over()
                return
            campaign.next_time += int(draws.between(0.3, 4) * MINUTE_US)
            return
        campaign.declines = 0
        campaign.stage = Stage.INSIDE
        campaign.next_time += int(draws.between(1, 6) * MINUTE_US)

    def _prepare(self, campaign: Campaign, config: AccountTakeoverConfig, crew: Crew, door: Door, draws: Draws) -> None:
        """Look around; change the contact details so that no warning reaches the victim; wait, or strike at once."""
        if draws.next() < config.contact_change_share:
            door.change_contact(
                campaign.victims[0], campaign.next_time, sim_swap=campaign.entry_point == "sim_swap",
            )  # fmt: skip
        wait = config.wait_hours_mean * 4.0 * draws.next() * draws.next()
        campaign.stage = Stage.DRAINING
        campaign.next_time += int(wait * HOUR_US) + int(draws.between(1, 5) * MINUTE_US)

    def _drain(self, campaign: Campaign, config: AccountTakeoverConfig, crew: Crew, door: Door, draws: Draws) -> None:
        """One transfer of part of what is left; smaller after a decline, to another account when that does not help."""
        available = door.balance(campaign.victims[0])
        share = min(config.drain_share * draws.between(0.5, 1.5) * crew.nerve, 0.98)
        amount = self._sum(available * share, campaign, draws)
        if amount < 20.0:
            campaign.over()
            return
        rail = crew.choose(draws.next())
        payee = Payee(ordinal=campaign.number // 6 * 4 + min(campaign.declines, 3))
        answer = door.transfer(
            campaign.victims[0], campaign.next_time, payee, amount,
            rail=Rail.INSTANT if rail == 0 else Rail.ACCOUNT_TO_ACCOUNT, pass_challenge=0.35 + 0.5 * crew.skill,
        )  # fmt: skip
        crew.learn(rail, approved=answer.approved)
        if answer.approved:
            campaign.taken += 1
            campaign.declines = 0
        else:
            campaign.declines += 1
        if campaign.taken >= campaign.wanted or campaign.declines > crew.patience:
            campaign.over()
            return
        hurried = draws.next() < 0.6
        campaign.next_time += int(draws.between(2, 25) * MINUTE_US if hurried else draws.between(2, 12) * HOUR_US)

    def _sum(self, wanted: float, campaign: Campaign, draws: Draws) -> float:
        """Criminals name sums as everybody does; the more camouflage, the less they take at a time."""
        amount = wanted * (1.0 - 0.5 * campaign.camouflage) * 0.6**campaign.declines
        u = draws.next()
        grain = 50.0 if amount > 300.0 and u < 0.55 else 10.0 if amount > 60.0 and u < 0.75 else 0.01
        return int(amount / grain) * grain
