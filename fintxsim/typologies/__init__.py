"""Kinds of fraud: one file each, named in one tuple."""

from fintxsim.typologies.account_takeover import AccountTakeover
from fintxsim.typologies.app_scam import AppScam
from fintxsim.typologies.base import Typology
from fintxsim.typologies.bust_out import BustOut
from fintxsim.typologies.card_testing import CardTesting
from fintxsim.typologies.friendly_fraud import FriendlyFraud
from fintxsim.typologies.lost_or_stolen_card import LostOrStolenCard
from fintxsim.typologies.merchant_collusion import MerchantCollusion
from fintxsim.typologies.mule_network import MuleNetwork
from fintxsim.typologies.refund_abuse import RefundAbuse
from fintxsim.typologies.skimming import Skimming
from fintxsim.typologies.stolen_details_cnp import StolenDetailsCnp
from fintxsim.typologies.structuring import Structuring
from fintxsim.typologies.synthetic_identity import SyntheticIdentity

TYPOLOGIES: tuple[Typology, ...] = (
    CardTesting(),
    StolenDetailsCnp(),
    LostOrStolenCard(),
    Skimming(),
    AccountTakeover(),
    AppScam(),
    MuleNetwork(),
    Structuring(),
    BustOut(),
    SyntheticIdentity(),
    FriendlyFraud(),
    RefundAbuse(),
    MerchantCollusion(),
)


def typology(name: str) -> Typology:
    """The typology of a name; KeyError when there is none."""
    for candidate in TYPOLOGIES:
        if candidate.name == name:
            return candidate
    raise KeyError(name)
