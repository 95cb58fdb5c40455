"""A row, an event, a label or an alert as an entry of a story."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from fintxsim.show.meanings import REASONS, RESPONSES

Row = dict[str, Any]

WORTH_TELLING = 0.1  # scores of everyday life are lower


class Kind(StrEnum):
    OWN = "own"  # the customer's own life
    CRIME = "crime"  # the campaign's rows
    LEG = "leg"  # of them, those that pass money on
    EVENT = "event"
    LABEL = "label"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline. ``amount`` is signed: negative is money out."""

    time: datetime  # the bank's local time
    kind: Kind
    what: str
    who: str = ""  # the other side: a merchant, an account
    answer: str = ""
    amount: float | None = None
    currency: str = ""
    approved: bool = True
    hop: int = 0
    is_familiar: bool = False  # an everyday event from a device that the customer uses
    row: Row = field(default_factory=dict)  # what the file says


def of_transaction(
    row: Row, kind: Kind, hop: int, merchants: dict[int, Row], strange: Collection[int] = ()
) -> Entry:  # fmt: skip
    """A transaction, whoever made it; ``strange`` are devices that are not the customer's."""
    sign = 1.0 if row["direction"] == "credit" else -1.0
    who = ", ".join(part for part in (_who(row, merchants), _device(row, strange)) if part)
    return Entry(
        row["event_time"], kind, _what(row), who, _answer(row), sign * row["amount"], row["currency"],
        row["is_approved"], hop, row=row,
    )  # fmt: skip


def _device(row: Row, strange: Collection[int]) -> str:
    return f"unknown device {row['device_id']}" if row["device_id"] in strange else ""


def _what(row: Row) -> str:
    """Type and manner, without what goes without saying."""
    how = row["entry_mode"] if row["rail"] == "card" else row["rail"]
    parts = [row["transaction_type"], how, row["channel"]]
    return " ".join(dict.fromkeys(part for part in parts if part not in ("none", "account_to_account", "batch")))


def _who(row: Row, merchants: dict[int, Row]) -> str:
    merchant = merchants.get(row["merchant_id"] or -1)
    if merchant is not None:
        place = "online " if merchant["is_online"] else f"{merchant['city']} " if merchant["city"] else ""
        return f"{merchant['name']} ({row['mcc']}), {place}{merchant['country']}"
    if row["counterparty_account_id"] is None:
        return ""
    way = "from" if row["direction"] == "credit" else "to"
    known = "new payee" if row["payee_is_new"] else ""
    match = row["payee_name_match"] if row["payee_name_match"] not in (None, "match") else ""
    notes = ", ".join(note for note in (known, f"name {match}" if match else "") if note)
    return f"{way} account {row['counterparty_account_id']} {row['counterparty_country']}" + (
        f" ({notes})" if notes else ""
    )


def _answer(row: Row) -> str:
    """What the bank said, and what its controls thought of it."""
    code = row["response_code"] or row["reason_code"]
    meaning = RESPONSES.get(code or "") or REASONS.get(code or "", "")
    said = "approved" if row["is_approved"] else f"declined {code or ''} {meaning}".rstrip()
    score = f"score {row['incumbent_score']:.2f}" if row["incumbent_score"] >= WORTH_TELLING else ""
    action = row["incumbent_action"] if row["incumbent_action"] != "approve" else ""
    secure = f"3-D Secure {row['three_ds']}" if row["three_ds"] not in (None, "none") else ""
    return ", ".join(part for part in (said, score, action, secure) if part)


def of_event(row: Row, strange: Collection[int]) -> Entry:
    """An event; ``strange`` are devices that are not the customer's."""
    where = f"from {row['ip_country']}" if row["ip_country"] else ""
    device = _device(row, strange)
    channel = row["channel"] if row["channel"] != "batch" else ""
    what = " ".join(part for part in (row["event_type"], channel, where) if part)
    everyday = row["event_type"] == "login" and not device
    return Entry(row["event_time"], Kind.EVENT, what, device, is_familiar=everyday, row=row)


def of_label(row: Row, count: int) -> Entry:
    """What the bank learned of some rows at once."""
    reason = f", reason {row['reason_code']}" if row["reason_code"] else ""
    what = f"the bank learns of {count} row{'s' if count != 1 else ''}: {row['label']} ({row['source']}{reason})"
    return Entry(row["label_time"], Kind.LABEL, what, row=row)


def of_alert(row: Row) -> list[Entry]:
    """An alert is raised, and later closed."""
    raised = Entry(row["created"], Kind.ALERT, f"alert {row['alert_id']} is raised", row=row)
    closed = row["worked"] or row.get("closed")
    if closed is None:
        return [raised]
    by = "an analyst decides" if row["worked"] else "nobody looks at it in time"
    return [raised, Entry(closed, Kind.ALERT, f"alert {row['alert_id']}: {by}: {row['disposition']}", row=row)]
