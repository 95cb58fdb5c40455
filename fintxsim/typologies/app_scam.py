"""Victims who are talked into paying: authorised push payment scams, in the eight kinds that UK Finance counts.

Whoever pays is the genuine customer at the usual device. Asked by the bank to confirm a payment, some begin to doubt
and break off; the others confirm it as they always do. What gives the scam away is the payee, the sums and their order.
A kind is a script: whom it is told to, how much is asked for at first and then, how fast, and how long victims go on
paying. Nobody can pay more than he owns.

Figures per kind are UK Finance's: cases and losses of 2023 (purchase 156,516 cases, 85.9 million GBP; investment
10,226, 107.8; romance 4,160, 36.5; 232,429 cases in all), mean losses of 2018 (impersonation of a bank 11,402 GBP,
other 7,504) and of 2024 (CEO about 50,000). How a loss divides into payments, and all else, is an assumption.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field

from fintxsim.institution import Service
from fintxsim.numerics import log
from fintxsim.shares import ShareMap
from fintxsim.streams import Draws
from fintxsim.typologies.agenda import hour_of, next_daytime
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import DAY_US, HOUR_US, MINUTE_US, Campaign, Crew, Errand
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Answer, Door, Hand, Payee
from fintxsim.typologies.kinds import draw_kind
from fintxsim.typologies.laundering import (
    HOLDER_PASSES,
    INSTANT_LIMIT,
    REFUSED,
    SMALLEST_SUM,
    ProceedsConfig,
    Task,
    enlist,
    fresh_tools,
    go_on,
    lane,
    move_on,
    now_due,
    paid,
    pass_proceeds_on,
)
from fintxsim.typologies.market import Market, Wanted
from fintxsim.typologies.sizes import between_in_log, counted, log_normal, named_sum
from fintxsim.vocabulary import FraudParty, NameMatch, ObservationClass, Rail, Role

ScamKind = Literal[
    "purchase", "investment", "romance", "advance_fee", "invoice_and_mandate", "ceo", "impersonation_bank",
    "impersonation_other",
]  # fmt: skip
RAILS = (Rail.INSTANT, Rail.ACCOUNT_TO_ACCOUNT)

_MOST_PAYMENTS = 40  # from one victim
_PASSED_ON_DAYS = 2.0  # by which mules have sent on most of what they got
_WARNED = "AG01"  # the payment was not confirmed when the bank asked
_INVOICE = "invoice_and_mandate"  # the kind that is about one sum
_SAME_CALL_HOURS = 1.0  # in which the victim is still on the telephone
_CALLS_FROM, _CALLS_UNTIL = 8.0, 22.0  # hours at which people answer (assumption)
_WRONG_NAMES = 0.55  # share of payments to a false supplier or chief at which the bank says so (assumption)


class Step(IntEnum):
    """Errands of a scam beside those of laundering."""

    ASK = Task.MAIN  # a victim pays, or first fetches the savings
    PAY = 10  # a victim who has fetched the savings pays


class Hours(IntEnum):
    """When victims are told what to do."""

    ONLINE = 0  # at any hour at which people are online
    AWAKE = 1  # by telephone or in messages that want an answer
    OFFICE = 2  # at work, or by callers who pretend to be at theirs


class Script(NamedTuple):
    """How a kind of scam goes. Sums in euros as asked for by a naive crew."""

    wanted: Wanted  # whom it is told to
    victims: float  # mean number of victims at the same time
    spread_days: float  # days over which they fall for it
    first: float  # median of the first payment
    sigma: float  # standard deviation of its logarithm
    jump: float  # the second payment in relation to the first
    growth: float  # every later payment in relation to the one before
    goes_on: float  # chance of another payment after each
    gap_hours: tuple[float, float]  # between payments
    savings: float  # chance that savings are fetched for a payment
    hours: Hours
    approach: tuple[str, ...]  # entry points, each as likely

    @property
    def in_one_call(self) -> bool:
        """Whether all of it is over before the victim hangs up."""
        return self.gap_hours[1] < 10.0

    @property
    def afterwards_us(self) -> int:
        """Time after a first payment in which nine of ten victims pay for the last time and the money is passed on."""
        payments = min(log(0.1) / log(self.goes_on), _MOST_PAYMENTS)
        return int((payments * sum(self.gap_hours) / 48.0 + _PASSED_ON_DAYS) * DAY_US)


_ONLINE = ("social_media", "social_media", "fake_website", "text_message", "email", "phone_call")
_MESSAGES = ("text_message", "social_media", "phone_call", "phone_call", "fake_website")
_BY_PHONE = ("phone_call", "phone_call", "text_message")
_AT_WORK = ("email", "email", "email", "phone_call")

# Of the figures only the resulting means have sources, see above; they are met at the default camouflage.
SCRIPTS: dict[str, Script] = {
    "purchase": Script(Wanted.ONLINE, 2.6, 12, 470, 1.1, 0.5, 1.0, 0.08, (4, 90), 0.15, Hours.ONLINE, _ONLINE),
    "investment": Script(Wanted.SAVER, 1.6, 20, 380, 0.5, 9.0, 1.1, 0.77, (40, 220), 0.85, Hours.ONLINE, _ONLINE),
    "romance": Script(Wanted.SAVER, 1.2, 20, 520, 0.8, 1.2, 1.08, 0.91, (72, 330), 0.8, Hours.ONLINE, _ONLINE[:3]),
    "advance_fee": Script(Wanted.NEEDY, 1.8, 15, 420, 1.0, 1.6, 1.3, 0.45, (12, 120), 0.25, Hours.ONLINE, _ONLINE),
    "invoice_and_mandate": Script(
        Wanted.BUSINESS, 1.3, 10, 8000, 0.9, 1.0, 1.0, 0.25, (160, 720), 0.6, Hours.OFFICE, _AT_WORK[:3]
    ),
    "ceo": Script(Wanted.COMPANY, 1.0, 1, 24000, 0.7, 1.2, 1.0, 0.5, (0.5, 26), 0.8, Hours.OFFICE, _AT_WORK),
    "impersonation_bank": Script(
        Wanted.SAVER, 1.4, 5, 5500, 0.6, 1.0, 1.0, 0.7, (0.1, 0.6), 0.9, Hours.OFFICE, _BY_PHONE
    ),
    "impersonation_other": Script(
        Wanted.ELDERLY, 1.6, 7, 4000, 0.8, 1.1, 1.0, 0.58, (0.3, 30), 0.6, Hours.AWAKE, _MESSAGES
    ),
}  # fmt: skip

KINDS: dict[ScamKind, float] = {
    "purchase": 0.673, "investment": 0.044, "romance": 0.018, "advance_fee": 0.11, "invoice_and_mandate": 0.014,
    "ceo": 0.003, "impersonation_bank": 0.046, "impersonation_other": 0.092,
}  # fmt: skip


def _codes(how: str, name: str) -> dict[str, str | None]:
    return {"fraud_classifier": f"authorized party / {how}", "uk_finance": f"authorised push payment / {name}"}


_GOODS, _TRUST = "products and services", "relationship and trust"


class AppScamConfig(ProceedsConfig):
    """Settings of app_scam."""

    kinds: Annotated[dict[ScamKind, float], ShareMap()] = Field(
        default=KINDS,
        description="Share of campaigns of each kind, adding up to 1 (purchase, investment and romance: UK Finance's "
        "cases of 2023; the split of the rest: assumption).",
    )
    persuasion: float = Field(
        1.0, ge=0.1, le=10, description="Factor on the sums that victims are asked for (assumption)."
    )
    heeds_warning_share: float = Field(
        0.3, ge=0, le=1,
        description="Share of victims who break off when the bank asks them to confirm a payment (assumption; a third "
        "of adults say that they read such warnings: Opinium for Tunic Pay, 2024).",
    )  # fmt: skip


class AppScam(Typology):
    name: ClassVar[str] = "app_scam"
    number: ClassVar[int] = 6
    summary: ClassVar[str] = "Victims are talked into paying new payees, once for goods that never come or for months."
    codes: ClassVar[dict[str, str | None]] = {
        "fraud_classifier": "authorized party / products and services",
        "eba": "manipulation of the payer",
        "uk_finance": "authorised push payment",
    }
    kinds: ClassVar[tuple[str, ...]] = tuple(SCRIPTS)
    kind_codes: ClassVar[dict[str, dict[str, str | None]]] = {
        "purchase": _codes(_GOODS, "purchase"),
        "investment": _codes(_GOODS, "investment"),
        "romance": _codes(_TRUST, "romance"),
        "advance_fee": _codes(_GOODS, "advance fee"),
        "invoice_and_mandate": _codes(_TRUST, "invoice and mandate"),
        "ceo": _codes(_TRUST, "CEO"),
        "impersonation_bank": _codes(_TRUST, "impersonation: police or bank staff"),
        "impersonation_other": _codes(_TRUST, "impersonation: other"),
    }
    config: ClassVar[type[TypologyConfig]] = AppScamConfig
    fraud_party: ClassVar[FraudParty] = FraudParty.VICTIM_AUTHORISED
    observation_class: ClassVar[ObservationClass] = ObservationClass.VICTIM_AUTHORISED
    role: ClassVar[Role] = Role.VICTIM
    authorised_party: ClassVar[bool] = True
    # UK Finance 2023: three cases in four begin online, one in six by telephone or text message.
    entry_points: ClassVar[tuple[str, ...]] = ("social_media", "fake_website", "phone_call", "text_message", "email")
    expected_amount: ClassVar[float] = 1250.0
    needs: ClassVar[frozenset[Service]] = frozenset({Service.TRANSFERS})
    longest_days: ClassVar[int] = 120
    usual_days: ClassVar[tuple[float, float] | None] = (0.0, 35.0)

    def expected_frauds(self, config: TypologyConfig) -> float:
        assert isinstance(config, AppScamConfig)
        brought = ((share, SCRIPTS[kind]) for kind, share in sorted(config.kinds.items()))
        return sum(share * script.victims / (1.0 - script.goes_on) for share, script in brought)

    def recruit(self, number: int, draws: Draws) -> Crew:
        return Crew(
            number,
            skill=draws.next(),
            patience=1 + draws.below(3),
            devices=1 + draws.below(4),
            shift_hours=0,
            favourites=[1.6 * draws.between(0.6, 1.4), draws.between(0.6, 1.4)],
        )

    def plan(self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, draws: Draws) -> None:
        assert isinstance(config, AppScamConfig)
        campaign.kind = draw_kind(config.kinds, self.kinds, draws.next())
        script = SCRIPTS[campaign.kind]
        if market.is_forgotten(campaign.started + int(script.spread_days * DAY_US) + script.afterwards_us):
            campaign.over()
            return
        campaign.victims = market.pick_customers(draws, counted(script.victims, draws.next(), 40), script.wanted)
        campaign.wanted, campaign.place = len(campaign.victims), campaign.number
        campaign.tool = draws.below(crew.devices)
        campaign.entry_point = self._approach(script, draws)
        fresh_tools(campaign)
        enlist(campaign, crew, config, market, draws)
        for position, victim in enumerate(campaign.victims):
            later = draws.next() * script.spread_days * DAY_US if position else 0.0
            time = self._suitable(victim, campaign.started + int(later), script, market, draws)
            campaign.send(Errand(time, Step.ASK, victim, self._first_sum(victim, campaign, config, market, draws)))
        campaign.next_time = campaign.errands[0].time
        if market.is_forgotten(campaign.errands[-1].time + script.afterwards_us):
            campaign.over()

    def act(
        self, campaign: Campaign, crew: Crew, config: TypologyConfig, market: Market, door: Door, draws: Draws
    ) -> None:
        assert isinstance(config, AppScamConfig)
        errand = now_due(campaign)
        if errand.what not in (Step.ASK, Step.PAY):
            pass_proceeds_on(errand, campaign, crew, config, market, door, draws)
        elif self._is_at_work(errand, campaign, market):
            self._persuade(errand, campaign, crew, config, market, door, draws)
        else:
            campaign.send(errand._replace(time=campaign.next_time + DAY_US))
        go_on(campaign, draws)

    def _approach(self, script: Script, draws: Draws) -> str:
        """How the victims are reached."""
        return script.approach[draws.below(len(script.approach))]

    def _first_sum(self, victim: int, campaign: Campaign, config: AppScamConfig, market: Market, draws: Draws) -> float:
        """What is asked for first; cautious crews ask for something nearer to what the victim usually spends."""
        script = SCRIPTS[campaign.kind]
        wanted = log_normal(script.first, script.sigma, draws.next()) * config.persuasion
        usual = market.own_card(victim, credit=False).usual
        return between_in_log(wanted, usual, 0.25 * campaign.camouflage)

    def _persuade(
        self, errand: Errand, campaign: Campaign, crew: Crew, config: AppScamConfig, market: Market, door: Door,
        draws: Draws,
    ) -> None:  # fmt: skip
        """A victim is asked for money: fetches savings if it takes them, pays, and is asked again.

        Who has seen through it, or was told by the bank, has hung up.
        """
        script, victim, wanted = SCRIPTS[campaign.kind], errand.customer, errand.amount * crew.nerve
        if not door.still_believes(victim):
            return
        there = door.balance(victim)
        if errand.what == Step.ASK and wanted > 0.8 * there and draws.next() < script.savings:
            savings = door.balance(victim, savings=True)
            if savings > SMALLEST_SUM:
                missing = wanted if script.in_one_call else wanted - 0.5 * there
                self._fetch_savings(errand, missing, savings, campaign, door, draws)
                return
        amount = self._sum(errand, wanted, there, campaign, draws)
        if there < 2.0 * SMALLEST_SUM or amount > there or amount < 0.15 * wanted:
            if not script.in_one_call:
                self._ask_again(errand, draws.between(20.0, 200.0), campaign, crew, market, draws)
            return
        rail = crew.choose(draws.next()) if amount < INSTANT_LIMIT else 1
        payee = self._payee(errand, campaign, crew, draws)
        confirms = HOLDER_PASSES * (1.0 - config.heeds_warning_share)
        answer = door.transfer(
            victim, campaign.next_time, payee, amount, rail=RAILS[rail], pass_challenge=confirms, by=Hand.HOLDER
        )
        crew.learn(rail, approved=answer.approved)
        paid(payee, amount, answer, campaign, crew, config, market, draws)
        self._next(errand, answer, campaign, crew, market, draws)

    def _is_at_work(self, errand: Errand, campaign: Campaign, market: Market) -> bool:
        """Whether nothing speaks against today: those who are told at work are not on a public holiday."""
        script = SCRIPTS[campaign.kind]
        goes_on = errand.what == Step.PAY or (script.in_one_call and errand.hop > 0)
        return script.hours != Hours.OFFICE or goes_on or market.banks_are_open

    def _wish(self, answer: Answer, campaign: Campaign, crew: Crew) -> float:
        """The wish that led to a payment which was refused; an invoice says what it says."""
        return answer.amount / (1.0 if campaign.kind == _INVOICE else crew.nerve)

    def _sum(self, errand: Errand, wanted: float, there: float, campaign: Campaign, draws: Draws) -> float:
        """What is paid: what was asked for, as far as the money goes. An invoice that was refused stays the same."""
        if campaign.kind == _INVOICE and errand.note > 0.0:
            return errand.amount
        return named_sum(min(wanted, 0.9 * there), draws.next())

    def _fetch_savings(
        self, errand: Errand, missing: float, savings: float, campaign: Campaign, door: Door, draws: Draws
    ) -> None:
        """The victim moves what is missing, or more, to the current account, and pays some minutes later."""
        amount = min(named_sum(missing * draws.between(1.0, 2.5), draws.next()), savings)
        door.move_savings(errand.customer, campaign.next_time, amount, by=Hand.HOLDER)
        soon = campaign.next_time + int(draws.between(2, 25) * MINUTE_US)
        campaign.send(errand._replace(time=soon, what=Step.PAY))

    def _payee(self, errand: Errand, campaign: Campaign, crew: Crew, draws: Draws) -> Payee:
        """The account that this victim is given: the same as long as it works, shared with the next victim."""
        payee = lane(campaign, crew, campaign.place + campaign.victims.index(errand.customer) // 2)
        if campaign.kind not in (_INVOICE, "ceo") or payee.is_foreign or errand.hop:
            return payee
        return replace(payee, match=NameMatch.NO_MATCH if draws.next() < _WRONG_NAMES else NameMatch.UNAVAILABLE)

    def _next(
        self, errand: Errand, answer: Answer, campaign: Campaign, crew: Crew, market: Market, draws: Draws
    ) -> None:
        """After a payment perhaps a larger one; after a decline less, perhaps to another account; or that was all.

        Who breaks off when the bank asks has begun to doubt, and pays no more.
        """
        script = SCRIPTS[campaign.kind]
        if answer.code == _WARNED:
            return
        if not answer.approved:
            hours = draws.between(0.1, 0.7) if draws.next() < 0.6 else draws.between(3.0, 30.0)
            campaign.place += draws.next() < 0.5
            if answer.code == REFUSED:
                move_on(campaign, crew)
            tried = errand._replace(amount=self._wish(answer, campaign, crew))
            self._ask_again(tried, hours, campaign, crew, market, draws)
            return
        if draws.next() >= script.goes_on or errand.hop + 1 >= _MOST_PAYMENTS:
            return
        amount = errand.amount * (script.growth if errand.hop else script.jump) * draws.between(0.7, 1.3)
        time = campaign.next_time + int(draws.between(*script.gap_hours) * HOUR_US)
        if not script.in_one_call:
            time = self._suitable(errand.customer, time, script, market, draws)
        campaign.send(Errand(time, Step.ASK, errand.customer, amount, errand.hop + 1))

    def _ask_again(
        self, errand: Errand, hours: float, campaign: Campaign, crew: Crew, market: Market, draws: Draws
    ) -> None:
        """Try again later with a smaller sum, or with the same invoice, unless it has failed too often."""
        if errand.note >= crew.patience:
            return
        time = campaign.next_time + int(hours * HOUR_US)
        if hours > _SAME_CALL_HOURS:
            time = self._suitable(errand.customer, time, SCRIPTS[campaign.kind], market, draws)
        amount = errand.amount * (1.0 if campaign.kind == _INVOICE else draws.between(0.4, 0.8))
        campaign.send(errand._replace(time=time, what=Step.ASK, amount=amount, note=errand.note + 1.0))

    def _suitable(self, victim: int, after: int, script: Script, market: Market, draws: Draws) -> int:
        """An hour at which the victim can be reached; telephone callers and invoices keep to working days."""
        time = next_daytime(market, victim, after, draws.next(), online=script.hours != Hours.OFFICE)
        if script.hours == Hours.AWAKE:
            return self._awake(victim, time, market, draws)
        days_to_monday = 7 - (time // DAY_US + 3) % 7  # 1970-01-01 was a Thursday
        return time + days_to_monday * DAY_US if script.hours == Hours.OFFICE and days_to_monday <= 2 else time

    def _awake(self, victim: int, time: int, market: Market, draws: Draws) -> int:
        """The moment itself, or some hour of the next day if it is late or early."""
        hour = hour_of(market, victim, time)
        if _CALLS_FROM <= hour < _CALLS_UNTIL:
            return time
        wait = (_CALLS_FROM - hour) % 24.0 + draws.next() * (_CALLS_UNTIL - _CALLS_FROM)
        return time + int(wait * HOUR_US)
