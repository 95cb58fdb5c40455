"""The labels section of a scenario: one part per observation class."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from fintxsim.bank.labels.classes import (
    AcquirerConfig,
    DeferredConfig,
    FirstPartyConfig,
    LaunderingConfig,
    MerchantConfig,
    MistakenConfig,
    Observation,
    ThirdPartyConfig,
    VictimAuthorisedConfig,
)
from fintxsim.vocabulary import ObservationClass

SECTIONS = {
    ObservationClass.THIRD_PARTY_REPORTED: "third_party",
    ObservationClass.VICTIM_AUTHORISED: "victim_authorised",
    ObservationClass.FIRST_PARTY_DISPUTE: "first_party",
    ObservationClass.DEFERRED: "deferred",
    ObservationClass.ACQUIRER_OBSERVED: "acquirer",
    ObservationClass.LAUNDERING: "laundering",
    ObservationClass.MERCHANT_ONLY: "merchant",
}


class LabelsConfig(BaseModel):
    """How labels come about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    third_party: ThirdPartyConfig = Field(
        default_factory=ThirdPartyConfig, description="Cards, details and accounts stolen by others."
    )
    victim_authorised: VictimAuthorisedConfig = Field(
        default_factory=VictimAuthorisedConfig, description="Scams, in which the victim pays."
    )
    first_party: FirstPartyConfig = Field(default_factory=FirstPartyConfig, description="False claims of cardholders.")
    deferred: DeferredConfig = Field(
        default_factory=DeferredConfig, description="Credit that was never meant to be repaid."
    )
    acquirer: AcquirerConfig = Field(default_factory=AcquirerConfig, description="Merchants who collude.")
    laundering: LaunderingConfig = Field(default_factory=LaunderingConfig, description="Accounts that launder money.")
    merchant: MerchantConfig = Field(default_factory=MerchantConfig, description="Refunds that are abused.")
    mistaken: MistakenConfig = Field(
        default_factory=MistakenConfig, description="Genuine payments that are taken for fraud."
    )
    matured_days: int = Field(
        90, ge=1, le=540, description="Age in days from which a row that nobody complained about counts as genuine."
    )

    def of(self, observation: ObservationClass) -> Observation:
        """The settings of a class."""
        section: Observation = getattr(self, SECTIONS[observation])
        return section
