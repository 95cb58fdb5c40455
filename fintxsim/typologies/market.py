"""What criminals can know without asking the bank: whose data is for sale, and which shops there are."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple, Protocol

from fintxsim.streams import Draws


class Wanted(IntEnum):
    """What makes a customer worth picking."""

    ONLINE = 0  # active online, so that data leaks more often
    ANYBODY = 1
    CREDIT = 2  # has a credit card
    SAVER = 3  # has money on a savings account
    BUSINESS = 4  # a self-employed or small business
    ELDERLY = 5  # more often old
    NEEDY = 6  # young or poor: who lends an account to others
    IMPOSTOR = 7  # one of the typology's own made-up identities, see ``Typology.impostor_share``
    COMPANY = 8  # a small business with a staff


class StolenCard(NamedTuple):
    """A card in somebody's hands: stolen, copied, or a cardholder's own."""

    customer: int
    slot: int
    generation: int
    quality: float  # 0 the full set of details to 1 a bare number
    has_address: bool
    usual: float  # typical amount of the victim in euros, for whoever wants to imitate it


class Shop(NamedTuple):
    """A merchant that anybody can find."""

    merchant: int  # engine code
    category: str  # name in population.categories
    country: int  # 0: the home country
    city: int  # -1: a web shop
    terminal: int = -1  # a certain till or machine, or any


class Sighting(NamedTuple):
    """Somebody types a PIN and can be watched."""

    time: int
    city: int


class Market(Protocol):
    """What criminals can know without asking the bank: whose data is for sale, which shops there are."""

    def pick_customers(self, draws: Draws, count: int, wanted: Wanted = Wanted.ONLINE) -> list[int]:
        """Customers, each once; fewer than ``count``, but one at least, when there are not so many."""

    def pick_residents(self, draws: Draws, count: int, wanted: Wanted, city: int) -> list[int]:
        """The same among those who live in a city, where there may be nobody."""

    def stolen_card(self, customer: int, draws: Draws, *, slot: int | None = None) -> StolenCard:
        """Card details as they are sold; always the same slot for the same customer unless one is given."""

    def own_card(self, customer: int, *, credit: bool) -> StolenCard:
        """A card in its holder's own hands; the debit card when there is no credit card."""

    def web_shop(self, draws: Draws, category: str, *, foreign: bool = False, asks_cvv: bool | None = None) -> Shop:
        """A web shop, the well-known ones more often, a foreign one where other people buy abroad.

        With ``asks_cvv`` False one that does not ask for the CVV.
        """

    @property
    def has_cash(self) -> bool:
        """Whether accounts here can be emptied as cash."""

    @property
    def has_transfers(self) -> bool:
        """Whether money can come to accounts here from accounts elsewhere."""

    @property
    def banks_are_open(self) -> bool:
        """Whether today is a working day in the home country."""

    @property
    def pays_stripes(self) -> bool:
        """Whether machines and tills of the home country still pay a stripe without its chip."""

    def shop_in(self, draws: Draws, category: str, city: int) -> Shop:
        """A shop or, for ``cash_machine``, a machine in a city, or an agent where they stand in for machines."""

    def young_shop(self, draws: Draws, category: str, *, online: bool, most_days: int) -> Shop:
        """A little-known merchant of the home country that opened in the last ``most_days`` days."""

    def favourite_shop(self, customer: int, draws: Draws) -> Shop:
        """A place where the customer often buys."""

    def is_forgotten(self, until: int) -> bool:
        """Whether what is over by a moment lies so long before the run that nothing of it is felt there.

        Before day 0 a plan that is forgotten need not be made: it can leave the campaign over.
        """

    def busy_terminal(self, draws: Draws, category: str) -> Shop:
        """A till or machine in the home country that many customers use."""

    def watch(self, shop: Shop) -> None:
        """From today on take note of the cards that are read at a terminal (a skimmer is put on it)."""

    def cards_seen(self, shop: Shop, since: int) -> list[tuple[int, int, int]]:
        """(customer, slot, time) of the cards read at a watched terminal since a moment, by time, each once."""

    def whereabouts(self, customer: int, time: int) -> int:
        """The city where the customer is: at home, on a trip, or today in another town."""

    def next_pin(self, customer: int, slot: int, after: int) -> Sighting | None:
        """When and where the customer next types a card's PIN today; None if he will not, and before day 0."""

    def another_city(self, draws: Draws, city: int, *, abroad: bool) -> int:
        """Another city that people travel to; abroad, one of a country that still pays a stripe without its chip."""

    def local_time(self, customer: int, date_us: int, hour: float, *, city: int = -1) -> int:
        """UTC microseconds of an hour of the day, where the customer lives or in a city, that holds ``date_us``."""

    def daytime(self, u: float, *, online: bool = True) -> float:
        """Hour of day at quantile ``u`` of ordinary activity, online or in shops."""
