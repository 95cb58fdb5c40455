"""Networks of mules who launder proceeds from outside: money comes in from unrelated payers and leaves within hours.

The shapes are AMLSim's (fan-in, fan-out, cycle, bipartite, stack, scatter-gather, gather-scatter). Each is a row of
layers of accounts: what arrives in one layer is passed on to accounts of the next, and from the last layer it leaves.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from fintxsim.institution import Service
from fintxsim.shares import ShareMap
from fintxsim.streams import Draws
from fintxsim.typologies.agenda import next_daytime
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, Campaign, Crew, Errand
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Door, Hand, Part
from fintxsim.typologies.kinds import draw_kind
from fintxsim.typologies.laundering import (
    MuleConfig,
    arrive,
    fresh_tools,
    go_on,
    hand_of,
    now_due,
    pass_on,
    recruit_mules,
    unrelated_payer,
)
from fintxsim.typologies.market import Market
from fintxsim.typologies.sizes import between_in_log, counted, exponential, log_normal, named_sum
from fintxsim.vocabulary import FraudParty, ObservationClass, Rail, Role

Shape = Literal["fan_in", "fan_out", "cycle", "bipartite", "stack", "scatter_gather", "gather_scatter"]

SHAPES: dict[Shape, float] = {
    "fan_in": 0.24, "fan_out": 0.2, "cycle": 0.08, "bipartite": 0.12, "stack": 0.1, "scatter_gather": 0.14,
    "gather_scatter": 0.12,
}  # fmt: skip
LEG = Part(Role.MULE, is_laundering=True, authorised_party=True)
HERDER_LEG = Part(Role.HERDER, is_laundering=True, authorised_party=True)

_CENTRE = {"fan_in": 1, "fan_out": 0, "scatter_gather": 2, "gather_scatter": 1}  # layer of the herder's own account
_RECEIVE = 10  # an errand: money comes in from outside
_MOST_PAYMENTS_IN = 12  # that one account gets from outside
_ROWS_PER_PAYMENT_IN = 3.0  # frauds, beside one per account; fitted to campaigns of a small world
_FEWEST, _MOST = 3, 12  # accounts of a network
_RECRUITING_DAYS, _LONGEST_RECRUITING_DAYS = 4.0, 14.0  # mean and longest; networks wait for proceeds (assumption)
_RECRUITING, _READY, _AT_WORK = range(3)  # stages of a campaign


class MuleNetworkConfig(MuleConfig):
    """Settings of mule_network."""

    shapes: Annotated[dict[Shape, float], ShareMap()] = Field(
        default=SHAPES, description="Share of campaigns of each shape, adding up to 1 (assumption)."
    )
    accounts_mean: float = Field(
        5.5, ge=3, le=12, description="Mean number of accounts of this bank in a network (assumption)."
    )
    payments_in_mean: float = Field(
        2.0,
        ge=1,
        le=12,
        description="Mean number of payments from outside to each receiving account (assumption).",
    )
    amount_median: float = Field(
        1_600.0, ge=1, le=100_000,
        description="Median payment from outside, in euros; the mean of naive crews is then near that of fraudulent "
        "credit transfers in the EU, over 2,000 EUR (EBA and ECB 2025).",
    )  # fmt: skip


def layers(shape: str, accounts: list[int]) -> list[list[int]]:
    """The accounts of a network, layer by layer; with too few accounts some layers are missing."""
    n = len(accounts)
    if shape == "cycle":
        return [[account] for account in accounts[:4]] + [accounts[:1]]
    widths = {
        "fan_in": (n - 1, 1),
        "fan_out": (1, n - 1),
        "bipartite": (n // 2, n - n // 2),
        "stack": (n // 3, n // 3, n - 2 * (n // 3)),
        "scatter_gather": (1, n - 2, 1),
        "gather_scatter": ((n - 1) // 2, 1, n - 1 - (n - 1) // 2),
    }[shape]
    cut, at = [], 0
    for width in widths:
        cut.append(accounts[at : at + max(width, 0)])
        at += max(width, 0)
    return [layer for layer in cut if layer]


class MuleNetwork(Typology):
    name: ClassVar[str] = "mule_network"
    number: ClassVar[int] = 7
    summary: ClassVar[str] = "Proceeds from outside pass through networks of mules within hours, and leave as they can."
    codes: ClassVar[dict[str, str | None]] = {"fraud_classifier": None, "eba": None, "uk_finance": None}
    kinds: ClassVar[tuple[str, ...]] = tuple(SHAPES)
    config: ClassVar[type[TypologyConfig]] = MuleNetworkConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.LAUNDERING
    observation_class: ClassVar[ObservationClass] = ObservationClass.LAUNDERING
    role: ClassVar[Role] = Role.MULE
    authorised_party: ClassVar[bool] = True
    entry_points: ClassVar[tuple[str, ...]] = ("job_offer", "social_media", "acquaintance", "bought_account")
    expected_amount: ClassVar[float] = 650.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.TRANSFERS})
    longest_days: ClassVar[int] = 28
    ready_days: ClassVar[int] = 14
    usual_days: ClassVar[tuple[float, float] | None] = (0.4, 2.2)

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, MuleNetworkConfig)
        return config.accounts_mean * (1.7 + 1.1 * config.payments_in_mean)

    def size(self, campaign: Campaign, config: TypologyConfig) -> float:
        assert isinstance(config, MuleNetworkConfig)
        passed_on = _ROWS_PER_PAYMENT_IN * len(campaign.errands) + len(campaign.victims)
        return passed_on / self.expected_frauds(config)

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number,
            skill=draws.next(),
            patience=1 + draws.below(3),
            devices=1 + draws.below(5),
            shift_hours=0,
            favourites=[1.0],
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, MuleNetworkConfig)
        campaign.kind = draw_kind(config.shapes, self.kinds, draws.next())
        campaign.entry_point = self.entry_points[draws.below(4)]
        campaign.tool = draws.below(crew.devices)
        campaign.hides = draws.next() < 0.5 + 0.45 * max(crew.skill, campaign.camouflage)
        fresh_tools(campaign)
        wanted = min(_FEWEST - 1 + counted(config.accounts_mean - _FEWEST + 1.0, draws.next(), 100), _MOST)
        recruit_mules(campaign, crew, market, draws, wanted)
        campaign.victims = list(campaign.mules)
        campaign.wanted = len(campaign.victims)
        first = layers(campaign.kind, campaign.victims)[0]
        for account in first:
            self._expect(account, len(first), campaign, config, market, draws)
        recruiting = min(exponential(_RECRUITING_DAYS, draws.next()), _LONGEST_RECRUITING_DAYS)
        campaign.next_time = campaign.started + int(recruiting * DAY_US)

    def _announce(self, campaign: Campaign, market: Market, draws: Draws) -> None:
        """Its turn has come: the money that was agreed on is on its way, a day or two from now."""
        campaign.stage = _AT_WORK
        agreed, campaign.errands = campaign.errands, []
        for errand in agreed:
            moment = errand.time + campaign.next_time - campaign.started
            campaign.send(errand._replace(time=next_daytime(market, errand.customer, moment, draws.next())))
        campaign.go_on()

    def _expect(
        self, account: int, width: int, campaign: Campaign, config: MuleNetworkConfig, market: Market, draws: Draws
    ) -> None:
        """Agree on the payments that an account will get from outside; a lone one gets more."""
        mean = config.payments_in_mean * (1.0 if width > 1 else 1.8)
        usual = market.own_card(account, credit=False).usual
        for _ in range(counted(mean, draws.next(), _MOST_PAYMENTS_IN)):
            amount = log_normal(config.amount_median, 0.9, draws.next())
            amount = named_sum(between_in_log(amount, usual, 0.25 * campaign.camouflage), draws.next())
            campaign.send(Errand(campaign.started + int(draws.next() * 1.5 * DAY_US), _RECEIVE, account, amount))

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, MuleNetworkConfig)
        if campaign.stage == _RECRUITING:
            campaign.stage = _READY
            campaign.wait()
            return
        if campaign.stage == _READY:
            self._announce(campaign, market, draws)
            return
        errand = now_due(campaign)
        if errand.what == _RECEIVE:
            self._receive(errand, campaign, crew, config, market, door, draws)
        else:
            self._pass_on(errand, campaign, crew, config, market, door, draws)
        go_on(campaign, draws)

    def _receive(
        self, errand: Errand, campaign: Campaign, crew: Crew, config: MuleNetworkConfig, market: Market, door: Door,
        draws: Draws,
    ) -> None:  # fmt: skip
        """Money from somebody elsewhere who was robbed or deceived, or is a mule himself."""
        rail = Rail.INSTANT if draws.next() < 0.7 else Rail.ACCOUNT_TO_ACCOUNT
        part, _ = self._part(errand, campaign, crew)
        answer = door.receive(
            errand.customer, campaign.next_time, unrelated_payer(draws), errand.amount, rail=rail, part=part
        )
        if answer.approved:
            arrive(errand.customer, errand.amount, campaign, crew, config, market, draws, hop=0)

    def _pass_on(
        self, errand: Errand, campaign: Campaign, crew: Crew, config: MuleNetworkConfig, market: Market, door: Door,
        draws: Draws,
    ) -> None:  # fmt: skip
        """One part of what has arrived goes to the next layer, or out."""
        below = layers(campaign.kind, campaign.victims)[errand.hop + 1 :]
        following = [account for account in below[0] if account in crew.mules] if below else []
        part, by = self._part(errand, campaign, crew)
        answer = pass_on(
            errand, campaign, crew, config, market, door, draws, following=following, by=by, part=part
        )  # fmt: skip
        if answer is not None:
            crew.learn(0, approved=answer.approved)

    def _part(self, errand: Errand, campaign: Campaign, crew: Crew) -> tuple[Part, Hand]:
        """Whose account it is: where everything comes together, or goes out from, that of the herder."""
        if _CENTRE.get(campaign.kind) == errand.hop and len(campaign.victims) >= _FEWEST:
            return HERDER_LEG, Hand.CREW
        return LEG, hand_of(crew)
