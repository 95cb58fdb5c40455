"""The fraud section of a scenario, and the books kept of crime for truth/."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from fintxsim.typologies import TYPOLOGIES
from fintxsim.typologies.account_takeover import AccountTakeoverConfig
from fintxsim.typologies.app_scam import AppScamConfig
from fintxsim.typologies.base import Campaign, Part, Typology, TypologyConfig
from fintxsim.typologies.bust_out import BustOutConfig
from fintxsim.typologies.card_testing import CardTestingConfig
from fintxsim.typologies.friendly_fraud import FriendlyFraudConfig
from fintxsim.typologies.lost_or_stolen_card import LostOrStolenConfig
from fintxsim.typologies.merchant_collusion import MerchantCollusionConfig
from fintxsim.typologies.mule_network import MuleNetworkConfig
from fintxsim.typologies.refund_abuse import RefundAbuseConfig
from fintxsim.typologies.skimming import SkimmingConfig
from fintxsim.typologies.stolen_details_cnp import StolenDetailsConfig
from fintxsim.typologies.structuring import StructuringConfig
from fintxsim.typologies.synthetic_identity import SyntheticIdentityConfig


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

    def active(self) -> list[tuple[Typology, TypologyConfig]]:
        """Typologies that are on, with their settings."""
        chosen = [(typology, getattr(self, typology.name)) for typology in TYPOLOGIES]
        return [(typology, config) for typology, config in chosen if config is not None and not config.is_off]


class FraudConfig(BaseModel):
    """How much fraud there is, and of which kinds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate_basis: Literal["count", "value"] = Field(
        "count", description="What rate_bps is a share of: the number or the value of approved transactions."
    )
    typologies: TypologiesConfig = Field(default_factory=TypologiesConfig, description="Typologies and their settings.")


@dataclass(slots=True)
class CampaignRecord:
    """What truth/ keeps of a campaign. Times in UTC microseconds, money in minor units."""

    campaign: Campaign
    typology: Typology
    fraudster: int
    first: int = -1
    last: int = -1
    rows: int = 0
    approved: int = 0
    gross: int = 0
    loss: int = 0
    victims: set[int] = field(default_factory=set)
    acts: int = 0
    is_over: bool = False

    def code(self, system: str) -> str | None:
        """Class of the campaign in a published classification."""
        typology = self.typology
        codes = typology.codes | typology.kind_codes.get(self.campaign.kind, {})
        return codes.get(system)


@dataclass(frozen=True, slots=True)
class OffendingRow:
    """One row of truth/transactions; ``time`` identifies the transaction."""

    time: int
    typology: Typology
    part: Part
    campaign: int
    step: int
    fraudster: int
    loss: int
    never_reported: bool
    approved: bool
    billing: int
