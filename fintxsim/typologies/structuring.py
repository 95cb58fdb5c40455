"""Cash paid in just under the sum that has to be reported, by several people on several days, and then sent away.

Banks in the United States report cash above 10,000 USD (31 CFR 1010.311), and to stay below on purpose is an offence
(31 USC 5324); in the EU 10,000 EUR in cash is where dealers check their customers (Directive (EU) 2015/849, article 2)
and, from 2027, where cash ends (Regulation (EU) 2024/1624, article 80). Banks look at sums below it for that reason.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from fintxsim.institution import Service
from fintxsim.streams import Draws
from fintxsim.typologies.agenda import next_daytime, next_hour
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US, Campaign, Crew, Errand
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Door, Hand, Payee
from fintxsim.typologies.laundering import HOLDER_PASSES, INSTANT_LIMIT, elsewhere, go_on, now_due
from fintxsim.typologies.market import Market, Wanted
from fintxsim.typologies.sizes import counted, log_normal, sum_within
from fintxsim.vocabulary import FraudParty, ObservationClass, Rail, Role

_DEPOSIT, _SEND = 10, 11  # errands
_SMALLEST = 500.0  # euros worth sending
_MOST_ACCOUNTS = 6
_MOST_DEPOSITS = 20  # into one account


class StructuringConfig(TypologyConfig):
    """Settings of structuring."""

    threshold: float = Field(
        10_000.0, ge=500, le=1_000_000, description="Euros in cash from which a deposit is reported (31 CFR 1010.311)."
    )
    gap_median: float = Field(
        0.08, ge=0.001, le=0.5,
        description="Median distance of a naive deposit from the threshold, as a share of it; camouflage makes it up "
        "to six times as much (assumption).",
    )  # fmt: skip
    accounts_mean: float = Field(2.0, ge=1, le=6, description="Mean number of people who pay in (assumption).")
    deposits_mean: float = Field(
        4.0, ge=1, le=20, description="Mean number of deposits into each account by a naive crew (assumption)."
    )
    days_between: float = Field(
        1.6, ge=0.1, le=30, description="Mean days between two deposits into an account (assumption)."
    )
    business_share: float = Field(
        0.6, ge=0, le=1, description="Share of campaigns that use accounts of small businesses (assumption)."
    )
    abroad_share: float = Field(
        0.25, ge=0, le=1, description="Share of campaigns that send the money abroad (assumption)."
    )


class Structuring(Typology):
    name: ClassVar[str] = "structuring"
    number: ClassVar[int] = 8
    summary: ClassVar[str] = "Cash is paid in just under the reporting threshold on several days, and then sent away."
    codes: ClassVar[dict[str, str | None]] = {"fraud_classifier": None, "eba": None, "uk_finance": None}
    config: ClassVar[type[TypologyConfig]] = StructuringConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.LAUNDERING
    observation_class: ClassVar[ObservationClass] = ObservationClass.LAUNDERING
    role: ClassVar[Role] = Role.PERPETRATOR
    authorised_party: ClassVar[bool] = True
    entry_points: ClassVar[tuple[str, ...]] = ("cash_business", "couriers")
    expected_amount: ClassVar[float] = 9_500.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.TRANSFERS, Service.CASH})
    longest_days: ClassVar[int] = 40
    usual_days: ClassVar[tuple[float, float] | None] = (0.5, 20.0)

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, StructuringConfig)
        return config.accounts_mean * (0.8 * config.deposits_mean + 1.5)

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number, skill=draws.next(), patience=1 + draws.below(3), devices=1, shift_hours=0, favourites=[1.0]
        )  # fmt: skip

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, StructuringConfig)
        in_business = draws.next() < config.business_share
        count = counted(config.accounts_mean, draws.next(), _MOST_ACCOUNTS)
        campaign.victims = market.pick_customers(draws, count, Wanted.BUSINESS if in_business else Wanted.NEEDY)
        campaign.wanted = len(campaign.victims)
        campaign.entry_point = self.entry_points[0 if in_business else 1]
        median = config.gap_median * (1.0 + 5.0 * campaign.camouflage)
        campaign.note = log_normal(median, 0.6, draws.next())  # how far from the threshold these people stay
        campaign.place = draws.below(4) + (4 if draws.next() < config.abroad_share else 0)
        for account in campaign.victims:
            self._plan_account(account, campaign, crew, config, market, draws)
        campaign.next_time = campaign.errands[0].time

    def _plan_account(
        self, account: int, campaign: Campaign, crew: Crew, config: StructuringConfig, market: Market, draws: Draws
    ) -> None:
        """Deposits on several days, and when the money is to leave."""
        time = campaign.started + int(draws.next() * 2.0 * DAY_US)
        mean = config.deposits_mean * (1.0 - 0.4 * campaign.camouflage)
        for _ in range(counted(mean, draws.next(), _MOST_DEPOSITS)):
            time = self._counter(account, time, market, draws)
            campaign.send(Errand(time, _DEPOSIT, account, self._just_under(campaign, crew, config, draws)))
            time += int(config.days_between * draws.between(0.1, 1.9) * DAY_US)
        leave = next_daytime(market, account, time + HOUR_US, draws.next())
        campaign.send(Errand(leave, _SEND, account))

    def _counter(self, account: int, after: int, market: Market, draws: Draws) -> int:
        """A moment when the branch is open: a working day, mostly around noon (assumption)."""
        time = next_hour(market, account, after, 8.5 + 4.5 * (draws.next() + draws.next()))
        days_to_monday = 7 - (time // DAY_US + 3) % 7  # 1970-01-01 was a Thursday
        return time + days_to_monday * DAY_US if days_to_monday <= 2 else time

    def _just_under(self, campaign: Campaign, crew: Crew, config: StructuringConfig, draws: Draws) -> float:
        """Counted notes that stay below the threshold, nearer to it the bolder the crew."""
        gap = min(log_normal(campaign.note / crew.nerve, 0.6, draws.next()), 0.9)
        step = 50.0 if draws.next() < 0.3 else 5.0
        return max(int(config.threshold * (1.0 - gap) / step), 1) * step

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        errand = now_due(campaign)
        if errand.what == _DEPOSIT:
            self._deposit(errand, campaign, market, door)
        else:
            self._send(errand, campaign, crew, market, door, draws)
        go_on(campaign, draws)

    def _deposit(self, errand: Errand, campaign: Campaign, market: Market, door: Door) -> None:
        """Pay in, on a public holiday a day later, and remember how much this account will have to send."""
        if not market.banks_are_open:
            campaign.send(errand._replace(time=campaign.next_time + DAY_US))
            return
        answer = door.deposit_cash(errand.customer, campaign.next_time, errand.amount)
        if not answer.approved:
            return
        for at, other in enumerate(campaign.errands):
            if other.what == _SEND and other.customer == errand.customer:
                campaign.errands[at] = other._replace(amount=other.amount + errand.amount)

    def _send(self, errand: Errand, campaign: Campaign, crew: Crew, market: Market, door: Door, draws: Draws) -> None:
        """Most of it goes to one account at once; cautious crews send it in parts, on other days."""
        rest = min(errand.amount, door.balance(errand.customer))
        if rest < _SMALLEST:
            return
        parts = errand.hop or 1 + int(8.0 * campaign.camouflage * draws.next())
        wanted = rest / parts * draws.between(0.85, 0.99) * 0.6**errand.note
        amount = sum_within(wanted, draws.next())
        fast = amount < INSTANT_LIMIT and draws.next() < 0.5
        answer = door.transfer(
            errand.customer, campaign.next_time, self._payee(campaign), amount,
            rail=Rail.INSTANT if fast else Rail.ACCOUNT_TO_ACCOUNT, pass_challenge=HOLDER_PASSES, by=Hand.HOLDER,
        )  # fmt: skip
        crew.learn(0, approved=answer.approved)
        if answer.approved and parts > 1:
            rest -= amount
            self._send_later(errand._replace(amount=rest, hop=parts - 1, note=0.0), 1.5, campaign, market, draws)
        elif not answer.approved and errand.note < crew.patience:
            campaign.place += draws.next() < 0.4
            self._send_later(errand._replace(hop=parts, note=errand.note + 1.0), 0.6, campaign, market, draws)

    def _send_later(self, errand: Errand, days: float, campaign: Campaign, market: Market, draws: Draws) -> None:
        """At another hour, about so many days later."""
        after = campaign.next_time + int(days * draws.between(0.3, 1.7) * DAY_US)
        campaign.send(errand._replace(time=next_daytime(market, errand.customer, after, draws.next())))

    def _payee(self, campaign: Campaign) -> Payee:
        """One account for all who pay in: at another bank, or abroad; the next one after a decline."""
        number = campaign.place % 8
        return elsewhere(campaign, number, is_foreign=number >= 4)
