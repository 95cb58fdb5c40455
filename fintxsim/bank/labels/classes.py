"""How frauds become labels, per observation class (after Dhama, arXiv 2605.31257): who speaks, when, what is said, and
whether the bank changes its mind.

``hear`` decides for a case, ``think_again`` for each of its labelled rows. Each takes a fixed number of draws in a
fixed order, so that a share that is changed moves no delay.

The label ``disputed`` means that the row is contested or suspected and nobody has settled it: the bank neither
calls it fraud nor lets it pass.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from fintxsim.bank.labels.cases import NEVER, Change, Claim, Opinion, Scope, Way
from fintxsim.bank.labels.delays import DAY_US, DelayConfig, Share, SpanConfig, mixture, span
from fintxsim.streams import Draws
from fintxsim.vocabulary import Label, LabelSource

FRAUD, GENUINE, DISPUTED = Label.FRAUD, Label.GENUINE, Label.DISPUTED
CONTEST = span(5, 45)  # the schemes give merchants 30 (Visa) to 45 days (Mastercard) to answer a chargeback


class Observation(BaseModel, ABC):
    """What all classes have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stops_access: ClassVar[bool] = False  # a report of fraud makes the bank block the card or reset the credentials
    is_recovered: ClassVar[bool] = False  # the bank tries to get the money back
    scope: ClassVar[Scope] = Scope.CUSTOMER

    @abstractmethod
    def hear(self, draws: Draws, way: Way, kind: str = "") -> Change:
        """When after its first fraud the bank hears of a case, and what it then believes.

        ``way`` is that of the first fraud, ``kind`` the campaign's.
        """

    def think_again(self, draws: Draws, opinion: Opinion) -> Change | None:
        """What the bank believes later of a row that it labelled as told, and how long after; None: the same."""
        return None


def _unless(silent: bool, delay: int, opinion: Opinion) -> Change:
    return Change(NEVER if silent else delay, opinion)


_CHARGEBACK = Opinion(FRAUD, LabelSource.CHARGEBACK, Claim.NOT_MINE)


class ThirdPartyConfig(Observation):
    """Stolen cards, card details and accounts: the victim, the card network or the victim's chargeback tells."""

    stops_access: ClassVar[bool] = True
    is_recovered: ClassVar[bool] = True

    never_reported_share: Share = Field(
        0.1, description="Share of stolen cards and card details that nobody ever reports (assumption)."
    )
    account_never_reported_share: Share = Field(
        0.02, description="The same of taken-over accounts, whose holders see what is gone (assumption)."
    )
    card_delay: DelayConfig = Field(
        default_factory=DelayConfig, description="Delays of stolen cards and card details (assumption)."
    )
    account_delay: DelayConfig = Field(
        default_factory=lambda: mixture(0.7, 0.27, 0.03, 0.0),
        description="Delays of taken-over accounts, noticed at the next login (assumption).",
    )
    overturned_share: Share = Field(
        0.03, description="Share of chargebacks that the merchant overturns although it was fraud (assumption)."
    )

    def hear(self, draws: Draws, way: Way, kind: str = "") -> Change:
        is_account = way == Way.ACCOUNT
        silent = draws.next() < (self.account_never_reported_share if is_account else self.never_reported_share)
        delay = (self.account_delay if is_account else self.card_delay).draw_us(draws)
        u = draws.next()
        opinion = Opinion(FRAUD, LabelSource.CUSTOMER_REPORT)
        if is_account:
            if u > 0.8:
                opinion = Opinion(FRAUD, LabelSource.RECALL_REQUEST, Claim.NOT_MINE)
        elif delay < DAY_US and u < 0.4:
            opinion = Opinion(FRAUD, LabelSource.NETWORK_REPORT)
        elif delay > 7 * DAY_US:
            opinion = _CHARGEBACK
        return _unless(silent, delay, opinion)

    def think_again(self, draws: Draws, opinion: Opinion) -> Change | None:
        overturned, delay = draws.next() < self.overturned_share, CONTEST.draw_us(draws)
        if opinion.source != LabelSource.CHARGEBACK or not overturned:
            return None
        return Change(delay, Opinion(GENUINE, LabelSource.MERCHANT_REPORT))


# How long victims go on believing: callers are seen through when they hang up, lovers after months.
PROMPT_KINDS = frozenset({"impersonation_bank", "impersonation_other", "ceo"})
ENDURING_KINDS = frozenset({"romance", "investment"})


class VictimAuthorisedConfig(Observation):
    """Scams: the victim paid, is ashamed or still believes, and may be told that it is his own fault."""

    is_recovered: ClassVar[bool] = True

    never_reported_share: Share = Field(
        0.4,
        description="Share of victims who never tell the bank (assumption; 15 % told the police, ONS CSEW 2018/19).",
    )
    refused_share: Share = Field(
        0.15, description="Share of reports that the bank takes for a quarrel and books as disputed (assumption)."
    )
    prompt: DelayConfig = Field(
        default_factory=lambda: mixture(0.55, 0.30, 0.10, 0.05),
        description="Delays of impersonation and ceo scams (assumption).",
    )
    waiting: DelayConfig = Field(
        default_factory=lambda: mixture(0.05, 0.30, 0.45, 0.20),
        description="Delays of purchase, advance_fee and invoice scams: something does not come (assumption).",
    )
    enduring: DelayConfig = Field(
        default_factory=lambda: mixture(0.02, 0.08, 0.30, 0.60),
        description="Delays of romance and investment scams (assumption).",
    )

    def hear(self, draws: Draws, way: Way, kind: str = "") -> Change:
        silent = draws.next() < self.never_reported_share
        delays = self.prompt if kind in PROMPT_KINDS else self.enduring if kind in ENDURING_KINDS else self.waiting
        delay = delays.draw_us(draws)
        label = DISPUTED if draws.next() < self.refused_share else FRAUD
        opinion = Opinion(label, LabelSource.CUSTOMER_REPORT)
        if draws.next() < 0.3 and way == Way.ACCOUNT and delay < 7 * DAY_US:  # soon enough to ask for it back
            opinion = Opinion(label, LabelSource.RECALL_REQUEST, Claim.NOT_MINE)
        return _unless(silent, delay, opinion)


class FirstPartyConfig(Observation):
    """False claims: the cardholder disputes what he bought. The label is wrong about who did it, until contested."""

    scope: ClassVar[Scope] = Scope.ROW
    stops_access: ClassVar[bool] = True
    is_recovered: ClassVar[bool] = True

    settled_share: Share = Field(
        0.1, description="Share of false claims that the merchant pays itself; the bank never hears (assumption)."
    )
    delay: DelayConfig = Field(
        default_factory=lambda: mixture(0.02, 0.18, 0.50, 0.30),
        description="Delays of disputes, which come after delivery (assumption).",
    )
    fraud_claim_share: Share = Field(
        0.6, description="Share that claims not to have paid at all, label fraud; the others, disputed (assumption)."
    )
    never_came_share: Share = Field(
        0.65,
        description="Of those others, the share that says of a remote purchase that it never came, not that it is not "
        "as described (assumption); of what they bought in person all say the latter.",
    )
    contested_share: Share = Field(
        0.21, description="Share of disputes that merchants contest (Mastercard 2025: 0.21; vendors: up to 0.7)."
    )
    won_share: Share = Field(
        0.54, description="Share of contested disputes that merchants win (United States, Datos Insights 2025)."
    )

    def hear(self, draws: Draws, way: Way, kind: str = "") -> Change:
        silent = draws.next() < self.settled_share
        delay, denies, u = self.delay.draw_us(draws), draws.next() < self.fraud_claim_share, draws.next()
        # What was carried out of a shop cannot have got lost on the way.
        never_came = way == Way.CARD_REMOTE and u < self.never_came_share
        claim = Claim.NOT_RECEIVED if never_came else Claim.NOT_AS_DESCRIBED
        return _unless(silent, delay, _CHARGEBACK if denies else Opinion(DISPUTED, LabelSource.CHARGEBACK, claim))

    def think_again(self, draws: Draws, opinion: Opinion) -> Change | None:
        contested, won = draws.next() < self.contested_share, draws.next() < self.won_share
        delay = CONTEST.draw_us(draws)
        return Change(delay, Opinion(GENUINE, LabelSource.MERCHANT_REPORT)) if contested and won else None


class DeferredConfig(Observation):
    """Bust-outs and made-up identities: nobody complains, and what is not repaid is booked as a credit loss."""

    unnoticed_share: Share = Field(
        0.4,
        description="Share of cases whose loss is booked to the account alone; no row is labelled (assumption).",
    )
    written_off: SpanConfig = Field(
        default_factory=lambda: span(90, 180),
        description="Days until the loss is booked: credit card debt is charged off at 180 days past due (US FFIEC).",
    )
    corrected_share: Share = Field(
        0.2, description="Share of disputed rows that a review later calls fraud (assumption)."
    )
    correction: SpanConfig = Field(
        default_factory=lambda: span(30, 120), description="Days from the booking to the review (assumption)."
    )

    def hear(self, draws: Draws, way: Way, kind: str = "") -> Change:
        silent = draws.next() < self.unnoticed_share
        return _unless(silent, self.written_off.draw_us(draws), Opinion(DISPUTED, LabelSource.CREDIT_LOSS))

    def think_again(self, draws: Draws, opinion: Opinion) -> Change | None:
        corrected, delay = draws.next() < self.corrected_share, self.correction.draw_us(draws)
        return Change(delay, Opinion(FRAUD, LabelSource.CREDIT_LOSS)) if corrected else None


class AcquirerConfig(Observation):
    """Colluding merchants: the merchant disappears, chargebacks pile up, and the acquirer tells of all its sales."""

    scope: ClassVar[Scope] = Scope.CAMPAIGN

    unnoticed_share: Share = Field(0.3, description="Share of merchants who are never found out (assumption).")
    delay: SpanConfig = Field(
        default_factory=lambda: span(30, 120), description="Days from the last sale to the report (assumption)."
    )

    def hear(self, draws: Draws, way: Way, kind: str = "") -> Change:
        silent = draws.next() < self.unnoticed_share
        return _unless(silent, self.delay.draw_us(draws), Opinion(FRAUD, LabelSource.NETWORK_REPORT))


class LaunderingConfig(Observation):
    """Laundering: a suspicious activity report at most, and few of those are ever confirmed."""

    unnoticed_share: Share = Field(0.6, description="Share of accounts that nobody suspects (assumption).")
    delay: SpanConfig = Field(
        default_factory=lambda: span(14, 120),
        description="Days from an account's first laundering row to the report (assumption).",
    )
    confirmed_share: Share = Field(
        0.1,
        description="Share of suspected rows that are confirmed (about 10 % of reports are followed up, Europol 2017).",
    )
    confirmation: SpanConfig = Field(
        default_factory=lambda: span(30, 180), description="Days from the report to its confirmation (assumption)."
    )

    def hear(self, draws: Draws, way: Way, kind: str = "") -> Change:
        silent = draws.next() < self.unnoticed_share
        return _unless(silent, self.delay.draw_us(draws), Opinion(DISPUTED, LabelSource.SUSPICIOUS_ACTIVITY))

    def think_again(self, draws: Draws, opinion: Opinion) -> Change | None:
        confirmed, delay = draws.next() < self.confirmed_share, self.confirmation.draw_us(draws)
        return Change(delay, Opinion(FRAUD, LabelSource.SUSPICIOUS_ACTIVITY)) if confirmed else None


class MerchantConfig(Observation):
    """Abused refunds: the merchant bears the loss, and seldom tells the bank."""

    unreported_share: Share = Field(0.85, description="Share of cases that the merchant keeps to itself (assumption).")
    delay: SpanConfig = Field(
        default_factory=lambda: span(7, 60), description="Days from the first refund to the report (assumption)."
    )

    def hear(self, draws: Draws, way: Way, kind: str = "") -> Change:
        silent = draws.next() < self.unreported_share
        return _unless(silent, self.delay.draw_us(draws), Opinion(FRAUD, LabelSource.MERCHANT_REPORT))


class MistakenConfig(Observation):
    """Genuine payments that their cardholder does not recognise: a child's, a forgotten subscription, an odd name."""

    stops_access: ClassVar[bool] = True

    per_million: float = Field(
        200.0, ge=0, le=100_000,
        description="Genuine remote card payments in a million that are disputed as fraud (assumption).",
    )  # fmt: skip
    delay: SpanConfig = Field(
        default_factory=lambda: span(2, 40), description="Days until the statement is read (assumption)."
    )
    cleared_share: Share = Field(
        0.7, description="Share of these labels that are later replaced by genuine (assumption)."
    )

    def hear(self, draws: Draws, way: Way, kind: str = "") -> Change:
        return Change(self.delay.draw_us(draws), _CHARGEBACK)

    def think_again(self, draws: Draws, opinion: Opinion) -> Change | None:
        cleared, u, delay = draws.next() < self.cleared_share, draws.next(), CONTEST.draw_us(draws)
        by = LabelSource.CUSTOMER_REPORT if u < 0.5 else LabelSource.MERCHANT_REPORT
        return Change(delay, Opinion(GENUINE, by)) if cleared else None
