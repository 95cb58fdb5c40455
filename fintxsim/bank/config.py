"""The bank's own settings: limits, controls, alerts, blocking and reissue, and what it gets back."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from fintxsim.bank.alerts import AlertsConfig
from fintxsim.bank.recovery import RecoveryConfig
from fintxsim.bank.rules import RULES, RulesConfig, rules_record
from fintxsim.bank.velocity import VelocityConfig

Share = Annotated[float, Field(ge=0, le=1)]


class BankConfig(BaseModel):
    """How the bank authorises. Numbers without a source are assumptions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    controls: Literal["strict", "rules", "off"] = Field(
        "rules", description="Fraud controls: rules with a score; strict lowers both scores by a fifth; or off."
    )
    rules: RulesConfig = Field(
        default_factory=RulesConfig, description="Points that each rule control adds to a request's score."
    )
    step_up_score: Share = Field(0.45, description="Score from which strong authentication is asked for.")
    decline_score: Share = Field(0.72, description="Score from which the request is declined.")
    contactless_limit: float = Field(
        50.0, gt=0, le=1000,
        description="Largest contactless payment without PIN, in euros (PSD2 RTS article 11: 50).",
    )  # fmt: skip
    card_day_limit: float = Field(
        2500.0, gt=0, le=1_000_000, description="Spending limit per card and day, in euros; grows with income."
    )
    card_day_count: int = Field(30, ge=1, le=1000, description="Approved requests per card and day before code 65.")
    wrong_pin_share: Share = Field(0.008, description="Share of PIN entries by the cardholder that are wrong.")
    wrong_details_share: Share = Field(
        0.08, description="Share of typed card details that are wrong, code 14 or 82 (assumption)."
    )
    issuer_refused_share: Share = Field(
        0.05, description="Share of requests that lack funds at the card's own bank; an acquirer's alone (assumption)."
    )
    outages_per_month: float = Field(1.5, ge=0, le=300, description="Short outages of the issuer per month (code 91).")
    velocity: VelocityConfig = Field(
        default_factory=VelocityConfig, description="Counters per merchant, device, address and card range."
    )
    reissue_days_min: int = Field(2, ge=0, le=60, description="Fewest days until a replacement card arrives.")
    reissue_days_max: int = Field(7, ge=0, le=90, description="Most days until a replacement card arrives.")
    on_file_updated_share: Share = Field(
        0.7, description="Share of charges to a stored card that was replaced for which the shop has the new number."
    )
    alerts: AlertsConfig = Field(
        default_factory=AlertsConfig, description="Which requests analysts look at, and how many analysts there are."
    )
    recovery: RecoveryConfig = Field(
        default_factory=RecoveryConfig, description="How much of what was stolen comes back."
    )


STRICT = 0.8  # factor on the scores of strict controls

BANK = np.dtype(
    [
        ("controls", "f8"),
        ("step_up_score", "f8"),
        ("decline_score", "f8"),
        ("contactless_limit", "f8"),  # minor units
        ("card_day_limit", "f8"),  # minor units
        ("card_day_count", "f8"),
        ("wrong_pin_share", "f8"),
        ("wrong_details_share", "f8"),
        ("on_file_updated_share", "f8"),
        ("issuer_refused_share", "f8"),  # 0 where the accounts are known
        ("euro", "f8"),  # minor units of the home currency in one euro
        ("outage_start", "f8"),
        ("outage_end", "f8"),
        ("rules", RULES),
    ]
)


AS_SET = (
    "step_up_score", "decline_score", "card_day_count", "wrong_pin_share", "wrong_details_share",
    "on_file_updated_share",
)  # fmt: skip


def bank_record(config: BankConfig, euro_minor: float, *, external: bool = False) -> npt.NDArray[np.void]:
    """The settings as an array of one ``BANK``; ``euro_minor`` is minor units of the home currency per euro,
    ``external`` whether the accounts are kept elsewhere."""
    record = np.zeros(1, BANK)
    row = record[0]
    row["controls"] = 0.0 if config.controls == "off" else 1.0
    for name in AS_SET:
        row[name] = getattr(config, name)
    if config.controls == "strict":
        row["step_up_score"] *= STRICT
        row["decline_score"] *= STRICT
    row["contactless_limit"] = config.contactless_limit * euro_minor
    row["card_day_limit"] = config.card_day_limit * euro_minor
    row["euro"] = euro_minor
    row["rules"] = rules_record(config.rules)
    row["issuer_refused_share"] = config.issuer_refused_share if external else 0.0
    return record
