"""The words of every closed enumeration, once, with the small integer that stands for each inside the engine.

A member's value is its position in the Arrow dictionary of the column; its text is what the
files hold. Names follow ISO 8583 and ISO 20022 where those have one.
"""

from __future__ import annotations

from enum import IntEnum


class Word(IntEnum):
    """A word of a closed vocabulary; ``text`` is its spelling in the files."""

    @property
    def text(self) -> str:
        return self.name.lower()

    @classmethod
    def texts(cls) -> tuple[str, ...]:
        """Spellings in the order of the integer codes."""
        return tuple(word.text for word in cls)


class CodeWord(Word):
    """A word spelled as a code of a standard: the leading underscore of its name is dropped."""

    @property
    def text(self) -> str:
        return self.name.removeprefix("_")


class TransactionType(Word):
    PURCHASE = 0
    CASH_WITHDRAWAL = 1
    CASH_DEPOSIT = 2
    TRANSFER = 3
    DIRECT_DEBIT = 4
    BILL_PAYMENT = 5
    SALARY = 6
    TOP_UP = 7
    REFUND = 8
    REVERSAL = 9
    FEE = 10
    INTEREST = 11
    ACCOUNT_VERIFICATION = 12


class Rail(Word):
    CARD = 0
    ACCOUNT_TO_ACCOUNT = 1
    INSTANT = 2
    WIRE = 3
    WALLET = 4
    CASH = 5
    CHEQUE = 6


class Channel(Word):
    POS = 0
    ECOM = 1
    MOTO = 2
    ATM = 3
    MOBILE_APP = 4
    WEB_BANK = 5
    BRANCH = 6
    BATCH = 7


class EntryMode(Word):
    CHIP = 0
    CONTACTLESS = 1
    MAGSTRIPE = 2
    FALLBACK = 3
    MANUAL = 4
    ECOM = 5
    ON_FILE = 6
    NONE = 7


class Direction(Word):
    DEBIT = 0
    CREDIT = 1


class NameMatch(Word):
    """Confirmation of payee: how well the name given fits the account's holder."""

    MATCH = 0
    CLOSE = 1
    NO_MATCH = 2
    UNAVAILABLE = 3


class AvsResult(Word):
    """Address verification: full, partial or no match, or not supported by the issuer or merchant."""

    MATCH = 0
    PARTIAL = 1
    NO_MATCH = 2
    UNAVAILABLE = 3


class CvvResult(Word):
    MATCH = 0
    NO_MATCH = 1
    NOT_PROVIDED = 2


class ThreeDS(Word):
    NONE = 0
    FRICTIONLESS = 1
    CHALLENGED = 2
    FAILED = 3
    ATTEMPTED = 4


class Eci(CodeWord):
    """Electronic commerce indicator: 05 authenticated, 06 attempted, 07 not authenticated."""

    _05 = 0
    _06 = 1
    _07 = 2


class ScaExemption(Word):
    """Exemption from strong customer authentication (PSD2 RTS, articles 10-18)."""

    NONE = 0
    LOW_VALUE = 1
    TRANSACTION_RISK = 2
    RECURRING = 3
    TRUSTED_BENEFICIARY = 4


class ResponseCode(CodeWord):
    """ISO 8583 DE39."""

    _00 = 0
    _05 = 1
    _14 = 2
    _41 = 3
    _43 = 4
    _51 = 5
    _54 = 6
    _55 = 7
    _57 = 8
    _59 = 9
    _61 = 10
    _62 = 11
    _63 = 12
    _65 = 13
    _75 = 14
    _82 = 15
    _91 = 16
    _96 = 17


class ReasonCode(CodeWord):
    """ISO 20022 external status reasons of account rails (StsRsnInf)."""

    AC04 = 0
    AC06 = 1
    AG01 = 2
    AM02 = 3
    AM04 = 4
    FR01 = 5


class IncumbentAction(Word):
    """What the simulated bank's own controls asked for."""

    APPROVE = 0
    STEP_UP = 1
    DECLINE = 2
    BLOCK = 3


class EventType(Word):
    LOGIN = 0
    LOGIN_FAILED = 1
    PASSWORD_RESET = 2
    NEW_DEVICE = 3
    NEW_PAYEE = 4
    CONTACT_CHANGE = 5
    LIMIT_CHANGE = 6
    CARD_REISSUE = 7
    SIM_SWAP_SIGNAL = 8


class Segment(Word):
    STUDENT = 0
    SALARIED = 1
    SELF_EMPLOYED = 2
    RETIREE = 3
    AFFLUENT = 4
    SMALL_BUSINESS = 5


class AccountKind(Word):
    """External: at another bank; of the account behind a card only its token is known."""

    CURRENT = 0
    SAVINGS = 1
    CREDIT = 2
    WALLET = 3
    EXTERNAL = 4


class Label(Word):
    """What the bank believes of a row; disputed: contested or suspected, and not settled."""

    FRAUD = 0
    GENUINE = 1
    DISPUTED = 2


class LabelSource(Word):
    CUSTOMER_REPORT = 0
    ALERT_CONFIRMED = 1
    CHARGEBACK = 2
    MERCHANT_REPORT = 3
    NETWORK_REPORT = 4
    RECALL_REQUEST = 5
    SUSPICIOUS_ACTIVITY = 6
    CREDIT_LOSS = 7


class Disposition(Word):
    """How an alert ended."""

    CONFIRMED_FRAUD = 0
    FALSE_POSITIVE = 1
    NOT_WORKED = 2


class FraudParty(Word):
    """Who deceives whom."""

    THIRD_PARTY = 0
    VICTIM_AUTHORISED = 1
    FIRST_PARTY = 2
    MERCHANT = 3
    LAUNDERING = 4


class Role(Word):
    """The part that the row's customer plays in the campaign; a perpetrator acts on his own account."""

    VICTIM = 0
    MULE = 1
    HERDER = 2
    COLLUSIVE_MERCHANT = 3
    TESTER = 4
    PERPETRATOR = 5


class ObservationClass(Word):
    """How the bank can come to know of the fraud at all (after Dhama, arXiv 2605.31257)."""

    THIRD_PARTY_REPORTED = 0
    VICTIM_AUTHORISED = 1
    FIRST_PARTY_DISPUTE = 2
    DEFERRED = 3
    ACQUIRER_OBSERVED = 4
    LAUNDERING = 5
    MERCHANT_ONLY = 6
