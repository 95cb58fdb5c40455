"""What each rule control adds to the score of a request.

Points are assumptions, set so that a few genuine requests in a thousand are stepped up. 0 switches a rule off.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

Points = Annotated[float, Field(ge=0, le=1)]


class RulesConfig(BaseModel):
    """Points of every rule, between 0 and 1; the score of a request is what all rules add up to, 1 at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    new_device: Points = Field(0.30, description="A device from which nothing was approved before.")
    foreign_address: Points = Field(0.16, description="A network address in another country.")
    hot_merchant: Points = Field(0.18, description="A merchant at whom much was refused in the last slice of time.")
    hot_device: Points = Field(0.30, description="The same for the device.")
    hot_address: Points = Field(0.12, description="The same for the network address.")
    hot_card_range: Points = Field(0.08, description="The same for the range of card numbers.")
    amount_above_usual: Points = Field(0.07, description="An amount over 4 times the card's usual one.")
    amount_far_above: Points = Field(0.16, description="An amount over 9 times the usual one, instead.")
    amount_beyond: Points = Field(0.30, description="An amount over 25 times the usual one, instead.")
    velocity: Points = Field(0.07, description="Each use of the card from the third within an hour on, 5 at most.")
    declines: Points = Field(0.12, description="Each decline of the card within the last hour, 3 at most.")
    impossible_travel: Points = Field(0.35, description="In person in two countries within an hour.")
    risky_category: Points = Field(0.08, description="A merchant category with much fraud.")
    address_mismatch: Points = Field(0.10, description="A billing address that does not match.")
    no_cvv: Points = Field(0.06, description="A card number typed without its verification value.")
    foreign_shop: Points = Field(0.08, description="A remote purchase in another country.")
    reported_payee: Points = Field(0.60, description="A payee whose account was named in a report of fraud.")
    new_payee: Points = Field(0.10, description="A payee who was paid for the first time today or never before.")
    new_payee_amount: Points = Field(0.10, description="More than 300 euros to such a payee, on top.")
    new_payee_large: Points = Field(0.22, description="More than 1,000 euros to such a payee, instead.")
    new_payee_drains: Points = Field(
        0.12, description="More than 300 euros to such a payee and over 4/5 of the balance, on top."
    )
    payee_mismatch: Points = Field(0.16, description="Confirmation of payee says that the name does not match.")
    payee_abroad: Points = Field(0.10, description="A new payee in another country.")


RULES = np.dtype([(name, "f8") for name in RulesConfig.model_fields])


def rules_record(config: RulesConfig) -> Any:
    """The points as one ``RULES``."""
    return np.array([tuple(getattr(config, name) for name in RulesConfig.model_fields)], RULES)[0]
