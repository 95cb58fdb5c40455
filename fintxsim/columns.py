"""Every column of every table of a run, declared once.

The declarations make the Arrow schemas, ``columns.csv``, ``fintxsim describe columns``, the checks of
``fintxsim verify`` and the tests. ``known_at`` says who may use a column:

- ``request``: a scorer, for this very row;
- ``response``: only for later rows;
- ``label``: from the label's own time on;
- ``truth``: the simulator alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa

from fintxsim import vocabulary as v

WordType = type[v.Word]

ENUM = pa.dictionary(pa.int8(), pa.string())
OPEN_ENUM = pa.dictionary(pa.int16(), pa.string())
TIME = pa.timestamp("us", tz="UTC")


class KnownAt(StrEnum):
    REQUEST = "request"
    RESPONSE = "response"
    LABEL = "label"
    TRUTH = "truth"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``words`` lists the allowed values of a closed enumeration."""

    name: str
    type: pa.DataType
    known_at: KnownAt
    meaning: str
    unit: str = ""
    iso: str = ""
    nullable: bool = False
    words: WordType | None = None
    minimum: float | None = None
    references: str = ""

    def field(self) -> pa.Field[Any]:
        return pa.field(self.name, self.type, nullable=self.nullable)


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``time`` is the column that its rows are ordered by, ``key`` the one that is unique."""

    folder: str
    name: str
    meaning: str
    columns: tuple[Column, ...]
    time: str
    key: str

    @property
    def path(self) -> str:
        """Folder of the table's files, relative to the run."""
        return f"{self.folder}/{self.name}"

    def schema(self) -> pa.Schema:
        return pa.schema([column.field() for column in self.columns])

    def names(self, *known_at: KnownAt) -> tuple[str, ...]:
        """Names of the columns known at any of the given times; all of them when none is given."""
        return tuple(c.name for c in self.columns if not known_at or c.known_at in known_at)

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)


_REQUEST, _RESPONSE, _LABEL, _TRUTH = KnownAt.REQUEST, KnownAt.RESPONSE, KnownAt.LABEL, KnownAt.TRUTH


def _word(
    name: str, words: WordType, meaning: str, known_at: KnownAt = _REQUEST, *, iso: str = "", nullable: bool = False
) -> Column:
    return Column(name, ENUM, known_at, meaning, iso=iso, nullable=nullable, words=words)


def _id(
    name: str,
    meaning: str,
    references: str = "",
    known_at: KnownAt = _REQUEST,
    *,
    iso: str = "",
    nullable: bool = False,
) -> Column:
    return Column(name, pa.int64(), known_at, meaning, iso=iso, nullable=nullable, minimum=0, references=references)


def _flag(name: str, meaning: str, known_at: KnownAt = _REQUEST, *, nullable: bool = False) -> Column:
    return Column(name, pa.bool_(), known_at, meaning, nullable=nullable)


def _country(name: str, meaning: str, *, iso: str = "", nullable: bool = False) -> Column:
    return Column(name, OPEN_ENUM, _REQUEST, meaning, unit="ISO 3166-1 alpha-2", iso=iso, nullable=nullable)


def _valid_from(meaning: str = "When the row became true; join as of event_time.") -> Column:
    return Column("valid_from", TIME, _REQUEST, meaning, unit="UTC")


TRANSACTIONS = Table(
    "data",
    "transactions",
    "One row per authorisation or posting, approved or not.",
    (
        _id("transaction_id", "Number of the row, in event order; the same in twin worlds.", iso="DE37"),
        Column("event_time", TIME, _REQUEST, "When the request reached the bank.", unit="UTC", iso="DE7"),
        Column(
            "utc_offset_minutes",
            pa.int16(),
            _REQUEST,
            "Add it to event_time for the payer's local time.",
            unit="minutes",
            iso="DE12-13",
        ),
        _word("transaction_type", v.TransactionType, "What the row is for.", iso="DE3"),
        _word("rail", v.Rail, "The system that carries the money."),
        _word("channel", v.Channel, "Where the request was made.", iso="DE22/25"),
        _word("entry_mode", v.EntryMode, "How the card was read; none off the card rail.", iso="DE22"),
        Column(
            "amount",
            pa.float64(),
            _REQUEST,
            "Amount in the transaction's currency; 0 only for account_verification.",
            unit="major units of currency",
            iso="DE4",
            minimum=0.0,
        ),
        Column("currency", OPEN_ENUM, _REQUEST, "Currency of amount.", unit="ISO 4217", iso="DE49"),
        _word("direction", v.Direction, "Debit or credit, seen from account_id.", iso="CdtDbtInd"),
        _id(
            "transfer_id",
            "Joins the two sides of an on-us transfer: the debit side's transaction_id.",
            nullable=True,
        ),
        _id(
            "original_transaction_id",
            "The row that a refund or reversal undoes; null when it lies before the first day.",
            "transactions.transaction_id",
            iso="DE90",
            nullable=True,
        ),
        Column(
            "amount_billing",
            pa.float64(),
            _REQUEST,
            "Amount in the account's currency.",
            unit="major units of billing_currency",
            iso="DE6",
            minimum=0.0,
        ),
        Column("billing_currency", OPEN_ENUM, _REQUEST, "Currency of the account.", unit="ISO 4217", iso="DE51"),
        _id("customer_id", "Holder of the account.", "customers.customer_id"),
        _id("account_id", "Account that is debited or credited.", "accounts.account_id", iso="DE102"),
        _id("card_id", "Card used; null off the card rail.", "cards.card_id", iso="DE2", nullable=True),
        _id(
            "counterparty_account_id",
            "Other account of a transfer, here or at another bank.",
            iso="CdtrAcct",
            nullable=True,
        ),
        _country("counterparty_country", "Country of the counterparty's account.", nullable=True),
        _flag("payee_is_new", "First payment of this account to this payee.", nullable=True),
        _word("payee_name_match", v.NameMatch, "Confirmation of payee.", nullable=True),
        _id("merchant_id", "Merchant or cash machine operator.", "merchants.merchant_id", iso="DE42", nullable=True),
        _id("terminal_id", "Terminal or web shop front.", "terminals.terminal_id", iso="DE41", nullable=True),
        Column("mcc", OPEN_ENUM, _REQUEST, "Merchant category code.", unit="ISO 18245", iso="DE18", nullable=True),
        _country("merchant_country", "Country of the merchant.", iso="DE43", nullable=True),
        _id("device_id", "Device that made the request.", "devices.device_id", nullable=True),
        _id("ip_id", "Token of the network address.", nullable=True),
        _country("ip_country", "Country of the network address.", nullable=True),
        _id("session_id", "Token of the app or web session.", nullable=True),
        _flag("is_recurring", "Initiated by the merchant or by a standing agreement."),
        _flag("is_card_on_file", "Card details were stored with the merchant."),
        _word("avs_result", v.AvsResult, "Address verification.", nullable=True),
        _word("cvv_result", v.CvvResult, "Card verification value.", nullable=True),
        _word("three_ds", v.ThreeDS, "3-D Secure outcome; null off e-commerce.", nullable=True),
        _word("eci", v.Eci, "Electronic commerce indicator.", nullable=True),
        _word("sca_exemption", v.ScaExemption, "Exemption asked from strong authentication.", nullable=True),
        _word("response_code", v.ResponseCode, "Answer on the card rail.", _RESPONSE, iso="DE39", nullable=True),
        _word("reason_code", v.ReasonCode, "Why an account rail refused.", _RESPONSE, iso="StsRsnInf", nullable=True),
        _flag("is_approved", "The bank approved or posted the row.", _RESPONSE),
        Column(
            "settled_time", TIME, _RESPONSE, "When the money was settled; null if declined.", unit="UTC", nullable=True
        ),
        Column(
            "incumbent_score",
            pa.float32(),
            _RESPONSE,
            "Risk score of the simulated bank's own controls.",
            unit="0..1",
            minimum=0.0,
        ),
        _word("incumbent_action", v.IncumbentAction, "What those controls asked for.", _RESPONSE),
    ),
    time="event_time",
    key="transaction_id",
)

EVENTS = Table(
    "data",
    "events",
    "Non-monetary events: logins, new devices, new payees, changes of contact, limits and cards.",
    (
        _id("event_id", "Number of the event, in event order; the same in twin worlds."),
        Column("event_time", TIME, _REQUEST, "When it happened.", unit="UTC"),
        _word("event_type", v.EventType, "What happened."),
        _id("customer_id", "Customer it happened to.", "customers.customer_id"),
        _id("account_id", "Account concerned, if one is.", "accounts.account_id", nullable=True),
        _id("device_id", "Device used.", "devices.device_id", nullable=True),
        _id("ip_id", "Token of the network address.", nullable=True),
        _country("ip_country", "Country of the network address.", nullable=True),
        _word("channel", v.Channel, "Where it happened."),
    ),
    time="event_time",
    key="event_id",
)

CUSTOMERS = Table(
    "data",
    "customers",
    "Customers of the bank; append-only change rows.",
    (
        _valid_from(),
        _id("customer_id", "Number of the customer."),
        _word("segment", v.Segment, "Segment of the bank's customer base."),
        Column("age_band", ENUM, _REQUEST, "Age band; that of the owner for a business.", unit="years"),
        Column("customer_since", pa.date32(), _REQUEST, "Start of the relationship."),
        _country("home_country", "Country of residence."),
        Column("home_city", OPEN_ENUM, _REQUEST, "City of residence."),
        Column("home_lat", pa.float64(), _REQUEST, "Coarse latitude of the home.", unit="degrees, 2 decimals"),
        Column("home_lon", pa.float64(), _REQUEST, "Coarse longitude of the home.", unit="degrees, 2 decimals"),
        _id("address_id", "Token of the address given; those who live together share one."),
        _id("phone_id", "Token of the telephone number given."),
        Column("income_band", ENUM, _REQUEST, "Net monthly income band.", unit="account currency"),
        _flag("is_business", "Held by a business."),
    ),
    time="valid_from",
    key="customer_id",
)

ACCOUNTS = Table(
    "data",
    "accounts",
    "Accounts; append-only change rows.",
    (
        _valid_from(),
        _id("account_id", "Token of the account."),
        _id("customer_id", "Holder.", "customers.customer_id"),
        _word("kind", v.AccountKind, "Current, savings or credit account, wallet, or external: kept at another bank."),
        Column("opened", pa.date32(), _REQUEST, "Date of opening."),
        Column(
            "limit",
            pa.float64(),
            _REQUEST,
            "Arranged overdraft of a current account, credit limit of a credit account; 0 of an external one.",
            unit="major units of currency",
            minimum=0.0,
        ),
        Column("currency", OPEN_ENUM, _REQUEST, "Currency of the account.", unit="ISO 4217"),
    ),
    time="valid_from",
    key="account_id",
)

CARDS = Table(
    "data",
    "cards",
    "Cards, one row when issued; a replacement is a new card.",
    (
        _valid_from("When the card was issued, or the first day for cards issued before."),
        _id("card_id", "Token of the card."),
        _id("account_id", "Account it draws on.", "accounts.account_id"),
        _id("customer_id", "Holder.", "customers.customer_id"),
        Column("scheme", ENUM, _REQUEST, "Card scheme; invented names."),
        Column("funding", ENUM, _REQUEST, "debit or credit."),
        Column("bin_token", pa.int32(), _REQUEST, "Token of the issuer identification number.", minimum=0.0),
        Column("issued", pa.date32(), _REQUEST, "Date of issue."),
        Column("expires", pa.date32(), _REQUEST, "Expiry printed on the card, last day of a month."),
    ),
    time="valid_from",
    key="card_id",
)

MERCHANTS = Table(
    "data",
    "merchants",
    "Merchants, one row when the bank first sees them.",
    (
        _valid_from("When the bank first saw the merchant."),
        _id("merchant_id", "Token of the merchant."),
        Column("name", pa.string(), _REQUEST, "Invented name."),
        Column("mcc", OPEN_ENUM, _REQUEST, "Merchant category code.", unit="ISO 18245"),
        Column("opened", pa.date32(), _REQUEST, "Date of opening."),
        _country("country", "Country of the merchant."),
        Column("city", OPEN_ENUM, _REQUEST, "City; null for a web shop.", nullable=True),
        Column("lat", pa.float64(), _REQUEST, "Latitude.", unit="degrees", nullable=True),
        Column("lon", pa.float64(), _REQUEST, "Longitude.", unit="degrees", nullable=True),
        _flag("is_online", "Sells over the internet only."),
        Column("acquirer", ENUM, _REQUEST, "Acquiring bank; invented names."),
    ),
    time="valid_from",
    key="merchant_id",
)

TERMINALS = Table(
    "data",
    "terminals",
    "Terminals, one row when the bank first sees them.",
    (
        _valid_from("When the bank first saw the terminal."),
        _id("terminal_id", "Token of the terminal."),
        _id("merchant_id", "Merchant it stands at.", "merchants.merchant_id"),
        Column("kind", ENUM, _REQUEST, "pos, atm or web."),
        Column("lat", pa.float64(), _REQUEST, "Latitude.", unit="degrees", nullable=True),
        Column("lon", pa.float64(), _REQUEST, "Longitude.", unit="degrees", nullable=True),
    ),
    time="valid_from",
    key="terminal_id",
)

DEVICES = Table(
    "data",
    "devices",
    "Phones and browsers, one row when the bank first sees them.",
    (
        _valid_from("When the bank first saw the device."),
        _id("device_id", "Token of the device."),
        Column("os", ENUM, _REQUEST, "Operating system."),
        Column("kind", ENUM, _REQUEST, "phone or browser."),
        Column("first_seen", pa.date32(), _REQUEST, "Date it was first seen; before the first day for old devices."),
    ),
    time="valid_from",
    key="device_id",
)

LABELS = Table(
    "labels",
    "labels",
    "What the bank learned and when; append-only.",
    (
        _id("label_id", "Number of the label, in the order of label_time.", known_at=_LABEL),
        _id("transaction_id", "Row that the label is about.", "transactions.transaction_id", known_at=_LABEL),
        Column("label_time", TIME, _LABEL, "When the bank knew.", unit="UTC"),
        _word("label", v.Label, "What the bank believes.", _LABEL),
        _word("source", v.LabelSource, "Who told it.", _LABEL),
        Column("reason_code", ENUM, _LABEL, "Reason given with a dispute.", nullable=True),
        _id("supersedes", "Label that this one replaces.", "labels.label_id", known_at=_LABEL, nullable=True),
    ),
    time="label_time",
    key="label_id",
)

ALERTS = Table(
    "labels",
    "alerts",
    "The analysts' queue: one row per alert, written when it is closed; append-only.",
    (
        _id("alert_id", "Number of the alert, in the order of closed.", known_at=_LABEL),
        _id("transaction_id", "Request that raised it.", "transactions.transaction_id", known_at=_LABEL),
        Column("created", TIME, _LABEL, "When it was raised: the time of the request.", unit="UTC"),
        Column("worked", TIME, _LABEL, "When an analyst decided; null if nobody did.", unit="UTC", nullable=True),
        Column("closed", TIME, _LABEL, "When it was worked, or expired.", unit="UTC"),
        _word("disposition", v.Disposition, "What the analyst decided.", _LABEL),
    ),
    time="closed",
    key="alert_id",
)

TRUTH_TRANSACTIONS = Table(
    "truth",
    "transactions",
    "Frauds and labelled anomalies; a transaction that is absent is plain genuine.",
    (
        _id("transaction_id", "Row in data/transactions.", "transactions.transaction_id", known_at=_TRUTH),
        _flag("is_fraud", "An offending row, approved or not.", _TRUTH),
        Column("typology", ENUM, _TRUTH, "Typology of the campaign.", nullable=True),
        _id("campaign_id", "Campaign that made the row.", "campaigns.campaign_id", known_at=_TRUTH, nullable=True),
        Column("campaign_step", pa.int32(), _TRUTH, "Ordinal of the row in its campaign.", nullable=True),
        _word("role", v.Role, "Part of the row's customer.", _TRUTH, nullable=True),
        _word("fraud_party", v.FraudParty, "Who deceives whom.", _TRUTH, nullable=True),
        _flag("is_laundering", "Moves the proceeds of another crime.", _TRUTH),
        _id("fraudster_id", "Fraudster who acted.", "actors.fraudster_id", known_at=_TRUTH, nullable=True),
        _flag("authorised_party", "The account's own holder initiated the crime.", _TRUTH, nullable=True),
        _word("observation_class", v.ObservationClass, "How the bank can come to know.", _TRUTH, nullable=True),
        _flag("is_anomaly", "A benign look-alike.", _TRUTH),
        Column("anomaly_kind", ENUM, _TRUTH, "Kind of benign look-alike.", nullable=True),
        Column(
            "loss_amount",
            pa.float64(),
            _TRUTH,
            "Money taken by the crime; 0 if declined.",
            unit="major units of billing_currency",
            nullable=True,
            minimum=0.0,
        ),
        _flag("never_reported", "Nobody will report it: only an alert can bring it to light.", _TRUTH),
    ),
    time="transaction_id",
    key="transaction_id",
)

CAMPAIGNS = Table(
    "truth",
    "campaigns",
    "Campaigns that acted during the run.",
    (
        _id("campaign_id", "Number of the campaign.", known_at=_TRUTH),
        Column("typology", ENUM, _TRUTH, "Typology."),
        _id("fraudster_id", "Fraudster who ran it.", "actors.fraudster_id", known_at=_TRUTH),
        Column("start", TIME, _TRUTH, "When its crime began; may lie before the first day.", unit="UTC"),
        Column(
            "prepared_since",
            TIME,
            _TRUTH,
            "When its preparation began, weeks before the crime; null if none is needed.",
            unit="UTC",
            nullable=True,
        ),
        Column("end", TIME, _TRUTH, "When it was over; null if under way on the last day.", unit="UTC", nullable=True),
        Column("n_transactions", pa.int64(), _TRUTH, "Rows in the run, declined ones included.", minimum=0.0),
        Column("gross", pa.float64(), _TRUTH, "Value attempted.", unit="major units", minimum=0.0),
        Column("net_loss", pa.float64(), _TRUTH, "Value approved.", unit="major units", minimum=0.0),
        Column("recovered", pa.float64(), _TRUTH, "Part of net_loss that came back.", unit="major units", minimum=0.0),
        Column("n_victims", pa.int64(), _TRUTH, "Customers attacked.", minimum=0.0),
        Column("kind", ENUM, _TRUTH, "Variant of the typology.", nullable=True),
        Column("entry_point", ENUM, _TRUTH, "How the criminals got in."),
        Column("fraud_classifier", ENUM, _TRUTH, "Class of the FraudClassifier model.", nullable=True),
        Column("eba", ENUM, _TRUTH, "Type in the European Banking Authority's fraud reporting.", nullable=True),
        Column("uk_finance", ENUM, _TRUTH, "Category of UK Finance.", nullable=True),
        Column("camouflage", pa.float64(), _TRUTH, "0 naive to 1 imitating the victim.", unit="0..1", minimum=0.0),
    ),
    time="campaign_id",
    key="campaign_id",
)

ACTORS = Table(
    "truth",
    "actors",
    "Fraudsters who acted during the run.",
    (
        _id("fraudster_id", "Number of the fraudster.", known_at=_TRUTH),
        Column("typology", ENUM, _TRUTH, "What the fraudster does."),
        Column("skill", pa.float64(), _TRUTH, "0 clumsy to 1 skilled.", unit="0..1", minimum=0.0),
        Column("patience", pa.int32(), _TRUTH, "Declines in a row that the fraudster puts up with.", minimum=0.0),
        Column("n_devices", pa.int32(), _TRUTH, "Devices owned.", minimum=0.0),
    ),
    time="fraudster_id",
    key="fraudster_id",
)

WINDOWS = Table(
    "truth",
    "windows",
    "Change points: when a typology begins, pauses, stops, or changes its pace.",
    (
        _id("change_id", "Number of the change, in order of time.", known_at=_TRUTH),
        Column("typology", ENUM, _TRUTH, "Typology that changes."),
        Column("day", pa.int32(), _TRUTH, "Local day of the run, the first is 0.", minimum=0.0),
        Column("time", TIME, _TRUTH, "When that day begins.", unit="UTC"),
        Column(
            "factor_before",
            pa.float64(),
            _TRUTH,
            "Factor on what is requested until then; 0 is off.",
            unit="times",
            minimum=0.0,
        ),
        Column(
            "factor_after",
            pa.float64(),
            _TRUTH,
            "Factor on what is requested from then on; 0 is off.",
            unit="times",
            minimum=0.0,
        ),
    ),
    time="time",
    key="change_id",
)

TOUCHED = Table(
    "truth",
    "touched",
    "Customers whose rows a campaign may have changed: directly, through others or through the analysts.",
    (
        _id("customer_id", "Customer.", "customers.customer_id", known_at=_TRUTH),
        Column("first_day", pa.date32(), _TRUTH, "First local day that may differ."),
        Column(
            "reason",
            ENUM,
            _TRUTH,
            "attacked; others: through transfers or counters of those attacked; alert: through the analysts' queue.",
        ),
    ),
    time="first_day",
    key="customer_id",
)

TABLES: tuple[Table, ...] = (
    TRANSACTIONS,
    EVENTS,
    CUSTOMERS,
    ACCOUNTS,
    CARDS,
    MERCHANTS,
    TERMINALS,
    DEVICES,
    LABELS,
    ALERTS,
    TRUTH_TRANSACTIONS,
    CAMPAIGNS,
    ACTORS,
    WINDOWS,
    TOUCHED,
)


def table(path: str) -> Table:
    """The table at ``folder/name``; KeyError when there is none."""
    for candidate in TABLES:
        if candidate.path == path:
            return candidate
    raise KeyError(path)
