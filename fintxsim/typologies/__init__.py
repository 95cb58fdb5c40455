"""Kinds of fraud: one file each, named in one tuple."""

from fintxsim.typologies.account_takeover import AccountTakeover
from fintxsim.typologies.app_scam import AppScam
from fintxsim.typologies.base import Typology
from fintxsim.typologies.mule_network import MuleNetwork
from fintxsim.typologies.card_testing import CardTesting
from fintxsim.typologies.lost_or_stolen_card import LostOrStolenCard
from fintxsim.typologies.skimming import Skimming
from fintxsim.typologies.stolen_details_cnp import StolenDetailsCnp
from fintxsim.typologies.structuring import Structuring

TYPOLOGIES: tuple[Typology, ...] = (StolenDetailsCnp(), AccountTakeover(), AppScam(), MuleNetwork(), Structuring())
TYPOLOGIES: tuple[Typology, ...] = (
    CardTesting(),
    StolenDetailsCnp(),
    LostOrStolenCard(),
    Skimming(),
    AccountTakeover(),
)


def typology(name: str) -> Typology:
    """The typology of a name; KeyError when there is none."""
    for candidate in TYPOLOGIES:
        if candidate.name == name:
            return candidate
    raise KeyError(name)
