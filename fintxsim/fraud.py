"""The fraud section of a scenario, and the books kept of crime for truth/."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fintxsim.errors import SettingsError
from fintxsim.shares import ShareMap
from fintxsim.typologies import TYPOLOGIES
from fintxsim.typologies.account_takeover import AccountTakeoverConfig
from fintxsim.typologies.app_scam import AppScamConfig
from fintxsim.typologies.base import Typology
from fintxsim.typologies.bust_out import BustOutConfig
from fintxsim.typologies.campaign import Campaign
from fintxsim.typologies.card_testing import CardTestingConfig
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import Part
from fintxsim.typologies.friendly_fraud import FriendlyFraudConfig
from fintxsim.typologies.lost_or_stolen_card import LostOrStolenConfig
from fintxsim.typologies.merchant_collusion import MerchantCollusionConfig
from fintxsim.typologies.mule_network import MuleNetworkConfig
from fintxsim.typologies.refund_abuse import RefundAbuseConfig
from fintxsim.typologies.skimming import SkimmingConfig
from fintxsim.typologies.stolen_details_cnp import StolenDetailsConfig
from fintxsim.typologies.structuring import StructuringConfig
from fintxsim.typologies.synthetic_identity import SyntheticIdentityConfig

if TYPE_CHECKING:
    TypologyName = str
else:
    TypologyName = Literal[tuple(typology.name for typology in TYPOLOGIES)]
from fintxsim.vocabulary import FraudParty


class TypologiesConfig(BaseModel):
    """Typologies by name; one that is absent is off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    card_testing: CardTestingConfig | None = Field(None, description="Cards tried at web shops, then spent elsewhere.")
    stolen_details_cnp: StolenDetailsConfig | None = Field(None, description="Stolen card details spent in web shops.")
    lost_or_stolen_card: LostOrStolenConfig | None = Field(None, description="Lost or stolen cards used by others.")
    skimming: SkimmingConfig | None = Field(None, description="Cards copied at a terminal and used elsewhere.")
    account_takeover: AccountTakeoverConfig | None = Field(None, description="Online banking taken over and emptied.")
    app_scam: AppScamConfig | None = Field(None, description="Victims talked into paying, in eight kinds.")
    mule_network: MuleNetworkConfig | None = Field(None, description="Proceeds from outside laundered by mules.")
    structuring: StructuringConfig | None = Field(None, description="Cash paid in below the reporting threshold.")
    bust_out: BustOutConfig | None = Field(None, description="Credit used up within days by a holder who disappears.")
    synthetic_identity: SyntheticIdentityConfig | None = Field(
        None, description="Made-up identities nurtured, then busted out together."
    )
    friendly_fraud: FriendlyFraudConfig | None = Field(None, description="Own purchases disputed after delivery.")
    refund_abuse: RefundAbuseConfig | None = Field(None, description="Refunds that nobody is owed.")
    merchant_collusion: MerchantCollusionConfig | None = Field(
        None, description="A young merchant who charges cards for nothing."
    )

    def sections(self) -> Iterator[tuple[str, TypologyConfig]]:
        """Typologies that have settings, and those settings."""
        for typology in TYPOLOGIES:
            config = getattr(self, typology.name)
            if config is not None:
                yield typology.name, config


Problems = Iterator[tuple[tuple[str | int, ...], str]]


class FraudConfig(BaseModel):
    """How much fraud there is, and of which kinds.

    Either every typology has a rate or pressure of its own, or all share ``total_rate_bps`` by ``mix``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate_basis: Literal["count", "value"] = Field(
        "count", description="What rates are a share of: the number or the value of approved transactions."
    )
    boost: float = Field(
        1.0, gt=0, le=1000,
        description="Factor on every requested rate and pressure, for sets to train on; the manifest has the factor "
        "that corrects scores for it.",
    )  # fmt: skip
    total_rate_bps: float | None = Field(
        None, ge=0, le=5000,
        description="Approved frauds of all typologies together per 10,000 approved transactions (or value), shared "
        "out by mix; instead of rates of their own.",
    )  # fmt: skip
    mix: Annotated[dict[TypologyName, float], ShareMap()] | None = Field(
        None, description="Shares of typologies in total_rate_bps; they add up to 1."
    )
    typologies: TypologiesConfig = Field(default_factory=TypologiesConfig, description="Typologies and their settings.")

    @model_validator(mode="after")
    def _each_has_one_rate(self) -> FraudConfig:
        problems = [*self._total_problems(), *self._section_problems()]
        if problems:
            raise SettingsError(*problems)
        return self

    def _total_problems(self) -> Problems:
        if self.total_rate_bps is not None and self.mix is None:
            yield ("total_rate_bps",), "needs fraud.mix, which says how typologies share it"
        if self.mix is not None and self.total_rate_bps is None:
            yield ("mix",), "needs fraud.total_rate_bps, which it shares out"

    def _section_problems(self) -> Problems:
        for name, config in self.typologies.sections():
            asked = next((key for key in ("rate_bps", "pressure") if getattr(config, key) is not None), None)
            if asked is None and name not in (self.mix or {}):
                yield ("typologies", name), f"give rate_bps or pressure{' or a share in fraud.mix' if self.mix else ''}"
            elif asked is not None and name in (self.mix or {}):
                yield ("typologies", name, asked), f"{name} has a share in fraud.mix as well; give one of the two"
            elif not config.is_off and self.total_rate_bps is not None:
                message = f"fraud.total_rate_bps is the rate of all typologies; give {name} a share in fraud.mix"
                yield ("typologies", name, str(asked)), f"{message} instead"

    def requested(self, typology: Typology) -> TypologyConfig | None:
        """A typology's settings with what is requested of it, its share and the boost worked in; None: it is off."""
        config: TypologyConfig | None = getattr(self.typologies, typology.name)
        share = (self.mix or {}).get(typology.name)
        if share is not None and self.total_rate_bps is not None:
            config = (config or typology.config()).model_copy(update={"rate_bps": share * self.total_rate_bps})
        if config is None or config.is_off:
            return None
        asked = {name: getattr(config, name) for name in ("rate_bps", "pressure")}
        boosted = {name: None if value is None else value * self.boost for name, value in asked.items()}
        return config.model_copy(update=boosted)

    def active(self) -> list[tuple[Typology, TypologyConfig]]:
        """Typologies that are on, with their settings as ``requested`` tells them."""
        chosen = [(typology, self.requested(typology)) for typology in TYPOLOGIES]
        return [(typology, config) for typology, config in chosen if config is not None]


@dataclass(slots=True)
class CampaignRecord:
    """What truth/ keeps of a campaign. Times in UTC microseconds, money in minor units."""

    campaign: Campaign
    typology: Typology
    fraudster: int
    first: int = -1
    last: int = -1
    rows: int = 0
    tries: int = 0  # rows that would have been frauds
    approved: int = 0
    gross: int = 0
    loss: int = 0
    victims: set[int] = field(default_factory=set)
    acts: int = 0
    is_over: bool = False
    turn: int = -1  # when it was called, if it had to be prepared

    @property
    def start(self) -> int:
        """When its crime began: a campaign that is prepared begins when its turn comes."""
        return max(self.turn, self.campaign.started)

    @property
    def prepared_since(self) -> int | None:
        """When its preparation began, if it needed any."""
        return self.campaign.started if self.turn >= 0 else None

    @property
    def party(self) -> FraudParty:
        """Who deceives whom."""
        return self.typology.kind_parties.get(self.campaign.kind, self.typology.fraud_party)

    def code(self, system: str) -> str | None:
        """Class of the campaign in a published classification."""
        typology = self.typology
        codes = typology.codes | typology.kind_codes.get(self.campaign.kind, {})
        return codes.get(system)


class OffendingRow(NamedTuple):
    """One row of truth/transactions; ``time`` identifies the transaction."""

    time: int
    typology: Typology
    party: FraudParty
    part: Part
    campaign: int
    step: int
    fraudster: int
    loss: int
    never_reported: bool
    approved: bool
    billing: int
