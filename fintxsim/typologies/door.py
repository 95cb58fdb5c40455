"""What criminals can do at the bank, and all that they see of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, Protocol

from fintxsim.typologies.market import Shop, StolenCard
from fintxsim.vocabulary import EntryMode, NameMatch, Rail, Role


class Hand(IntEnum):
    """Whose device and network a request comes from."""

    CREW = 0  # the criminals' own tools
    HOLDER = 1  # the account's own holder, at the usual phone or computer


@dataclass(frozen=True, slots=True)
class Part:
    """What truth/ says of a row: who its customer is in the campaign, and what the row is.

    ``is_fraud`` rows count towards the rate. ``is_laundering`` without ``is_fraud`` moves the proceeds of this very
    campaign. A part that is neither (``BYSTANDER``) leaves no line in truth/: the row belongs to the story, not to the
    crime.
    """

    role: Role
    is_fraud: bool = True
    is_laundering: bool = False
    authorised_party: bool = False


BYSTANDER = Part(Role.VICTIM, is_fraud=False)
MULE_LEG = Part(Role.MULE, is_fraud=False, is_laundering=True, authorised_party=True)


class Answer(NamedTuple):
    """What a criminal sees of the bank's answer."""

    approved: bool
    code: str  # response or reason code
    time: int = 0  # when the request was made, to the microsecond; names the row
    amount: float = 0.0  # euros asked for in the end: a shop has prices of its own


@dataclass(frozen=True, slots=True)
class Payee:
    """Where money is sent: an account of a customer of this bank, or one of the crew's accounts elsewhere."""

    customer: int = -1
    ordinal: int = 0  # of the crew's accounts elsewhere: the same number is the same account
    is_foreign: bool = False  # elsewhere means abroad
    match: NameMatch | None = None  # what confirmation of payee says; None: as it turns out


class Door(Protocol):
    """The way into the bank, the same for everybody. Amounts in euros; times in UTC microseconds.

    ``part`` says what truth/ keeps of the row; left out, the typology's own ``role``.
    """

    def pay_online(
        self, card: StolenCard, time: int, shop: Shop, amount: float, *, has_cvv: bool,
        pass_challenge: float | None = None, is_stored: bool = False, by: Hand = Hand.CREW, part: Part | None = None,
    ) -> Answer:  # fmt: skip
        """An order at a web shop. With ``amount`` 0 only a verification of the card.

        ``pass_challenge``: chance that a challenge is passed; None: the holder answers it, as often as anybody.
        ``is_stored``: in a customer's account that the crew has opened there, and in which the card is on file.
        """

    def pay_in_person(
        self, card: StolenCard, time: int, shop: Shop, amount: float, *, entry: EntryMode, knows_pin: bool,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        """A payment at a till or, at a cash machine, a withdrawal. Chip and machines ask for the PIN."""

    def transfer(
        self, customer: int, time: int, payee: Payee, amount: float, *, rail: Rail, pass_challenge: float,
        by: Hand = Hand.CREW, part: Part | None = None,
    ) -> Answer:  # fmt: skip
        """Money from a current account. To a customer of this bank it is there at once."""

    def move_savings(self, customer: int, time: int, amount: float, *, by: Hand = Hand.CREW) -> Answer:
        """Move money from the savings to the current account; no line in truth/."""

    def receive(
        self, customer: int, time: int, payer: int, amount: float, *, rail: Rail, credit: bool = False,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        """Money from account number ``payer`` of those the crew has elsewhere, to the current or ``credit`` account."""

    def bounce(
        self, customer: int, time: int, payer: int, amount: float, *, original: int, rail: Rail, credit: bool = False,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        """Take money back that was received at time ``original``: it turns out not to be covered."""

    def deposit_cash(self, customer: int, time: int, amount: float, *, part: Part | None = None) -> Answer:
        """Cash paid in at a branch."""

    def refund(
        self, card: StolenCard, time: int, shop: Shop, amount: float, *, original: int | None = None,
        part: Part | None = None,
    ) -> Answer:  # fmt: skip
        """A merchant sends money to a card, for the payment at time ``original`` or for none."""

    def take_card(self, customer: int, slot: int, time: int) -> bool:
        """The card is no longer in its holder's hands, who cannot pay in person with it until it is replaced.

        False if there is no such card in the purse: it was taken before, or blocked and not replaced yet.
        """

    def log_in(self, customer: int, time: int, *, succeeds: bool) -> bool:
        """Try credentials with the crew's tools; False if they are wrong or no longer work."""

    def change_contact(self, customer: int, time: int, *, sim_swap: bool) -> None:
        """Change phone number or e-mail, so that warnings go elsewhere."""

    def raise_limit(self, customer: int, time: int, factor: float) -> None:
        """The holder asks for more credit, and gets it: the limit of the credit account grows by a factor."""

    def still_believes(self, customer: int) -> bool:
        """Whether the victim of a scam still listens: who has told the bank of it does not."""

    def stop_repaying(self, customer: int) -> None:
        """From now on the holder pays nothing back to the credit account: the bank will have to write it off."""

    def balance(self, customer: int, *, savings: bool = False) -> float:
        """Money available on the current account, or on the savings account: what the online bank shows."""

    def credit_left(self, customer: int) -> float:
        """What can still be spent on the credit account."""
