"""A campaign with the lives of the customers around it, as the files tell it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.dataset as pads

from fintxsim import columns as c
from fintxsim.dataset import Run
from fintxsim.errors import InputError
from fintxsim.show.entries import Entry, Kind, Row, of_alert, of_event, of_label, of_transaction
from fintxsim.show.trail import Trail, follow

ALERTS = "labels/alerts"  # read if the run has them
_AT_ONCE = timedelta(hours=1)  # labels of one report


@dataclass(frozen=True, slots=True)
class Person:
    """A customer in the middle of a campaign. ``entries`` are in order of time, legs of his money among them."""

    customer: Row  # as of the start of the campaign
    role: str
    accounts: list[Row]
    cards: list[Row]
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Story:
    """``campaign`` and ``actor`` are rows of truth/; ``frauds`` and ``legs`` count its rows in the run."""

    campaign: Row
    actor: Row
    timezone: str
    tried: int
    frauds: int
    legs: int
    people: list[Person]  # the first of them
    victims: int  # all of them
    mules: int

    def plain(self) -> Any:
        """Everything as data for JSON, nothing left out."""
        return _plain(asdict(self))


def tell(run: Run, number: int, *, people: int = 3, days: float = 3.0) -> Story:
    """The story of a campaign, with the lives of its first victims some days before and after.

    InputError when there is no such campaign.
    """
    campaign = _one(run, c.CAMPAIGNS, number, "campaign", "`fintxsim show campaign RUN` lists them")
    truth = {row["transaction_id"]: row for row in _rows(run, c.TRUTH_TRANSACTIONS.path, "campaign_id", [number])}
    acts = _rows(run, c.TRANSACTIONS.path, "transaction_id", sorted(truth))
    trail = follow(row for row in acts if row["is_approved"])
    middle = _people_in_the_middle(acts, truth, trail)
    lives = _Lives(
        run,
        campaign.get("prepared_since") or campaign["start"],
        acts,
        truth,
        trail,
        timedelta(days=days),
        middle[:people],
    )
    frauds = [row for row in acts if truth[row["transaction_id"]]["is_fraud"]]
    return Story(
        campaign=campaign,
        actor=_one(run, c.ACTORS, campaign["fraudster_id"], "fraudster", "the run is damaged"),
        timezone=run.manifest.timezone,
        tried=len(frauds),
        frauds=sum(row["is_approved"] for row in frauds),
        legs=sum(row["is_laundering"] and not row["is_fraud"] for row in truth.values()),
        people=lives.people(),
        victims=len(middle),
        mules=len({row["customer_id"] for row in acts} - set(middle)),
    )


def _people_in_the_middle(acts: Sequence[Row], truth: dict[int, Row], trail: Trail) -> list[int]:
    """Customers with whom it begins: victims, or whoever acts; those that only got money from them are left out."""
    hops: dict[int, int] = {}
    frauds = [row for row in acts if truth[row["transaction_id"]]["is_fraud"]]
    for row in frauds or acts:
        hop = trail.hop(row["account_id"])
        hops[row["customer_id"]] = min(hop, hops.get(row["customer_id"], hop))
    first = min(hops.values(), default=0)
    return [customer for customer, hop in hops.items() if hop == first]


class _Lives:
    """Reads what is known of a few customers around a campaign."""

    def __init__(
        self, run: Run, start: datetime, acts: list[Row], truth: dict[int, Row], trail: Trail, margin: timedelta,
        customers: list[int],
    ) -> None:  # fmt: skip
        self._run, self._start, self._truth, self._trail, self._customers = run, start, truth, trail, customers
        self._zone, self._margin = ZoneInfo(run.manifest.timezone), margin
        self._acts = {
            who: [row for row in acts if who in {row["customer_id"], *trail.origin(row)}] for who in customers
        }

    def people(self) -> list[Person]:
        """Each customer with his life."""
        own = [row for row in self._around(c.TRANSACTIONS) if row["transaction_id"] not in self._truth]
        events = self._around(c.EVENTS)
        shown = own + [row for acts in self._acts.values() for row in acts]
        self._merchants = {row["merchant_id"]: row for row in self._about(c.MERCHANTS, "merchant_id", shown)}
        self._seen = {
            row["device_id"]: row["first_seen"] for row in self._about(c.DEVICES, "device_id", [*shown, *events])
        }
        told = self._learned(shown)
        facts = {table: self._about(table, "customer_id", shown) for table in (c.CUSTOMERS, c.ACCOUNTS, c.CARDS)}
        return [self._person(customer, own, events, told, facts) for customer in self._customers]

    def _about(self, table: c.Table, column: str, rows: Iterable[Row]) -> list[Row]:
        wanted = sorted({row[column] for row in rows if row[column] is not None})
        return _rows(self._run, table.path, column, wanted)

    def _span(self, customer: int) -> tuple[datetime, datetime]:
        times = [row["event_time"] for row in self._acts[customer]]
        return min(times) - self._margin, max(times) + self._margin

    def _around(self, table: c.Table) -> list[Row]:
        """Rows or events of the customers while the campaign touches them, and some days before and after."""
        found: list[Row] = []
        for customer in self._customers:
            first, last = (pa.scalar(moment, c.TIME) for moment in self._span(customer))
            time = pads.field("event_time")
            wanted = (pads.field("customer_id") == customer) & (time >= first) & (time <= last)
            found += self._run.scan(table.path).to_table(filter=wanted).to_pylist()
        return found

    def _learned(self, shown: list[Row]) -> dict[int, list[Entry]]:
        """Labels and alerts by customer; rows that the bank learns of within the hour are one entry."""
        whose = {row["transaction_id"]: row["customer_id"] for row in shown}
        told: dict[int, list[Entry]] = {}
        together: dict[tuple[Any, ...], list[Row]] = {}
        for row in _rows(self._run, c.LABELS.path, "transaction_id", sorted(whose)):
            key = whose[row["transaction_id"]], row["label"], row["source"]
            since = together[key][0]["label_time"] if key in together else row["label_time"]
            if row["label_time"] - since > _AT_ONCE:
                rows = together.pop(key)
                told.setdefault(key[0], []).append(of_label(rows[0], len(rows)))
            together.setdefault(key, []).append(row)
        for key, rows in together.items():
            told.setdefault(key[0], []).append(of_label(rows[0], len(rows)))
        if ALERTS in self._run.manifest.tables:
            for row in _rows(self._run, ALERTS, "transaction_id", sorted(whose)):
                told.setdefault(whose[row["transaction_id"]], []).extend(of_alert(row))
        return told

    def _person(
        self, customer: int, own: list[Row], events: list[Row], told: dict[int, list[Entry]],
        facts: dict[c.Table, list[Row]],
    ) -> Person:  # fmt: skip
        mine = [row for row in own if row["customer_id"] == customer]
        acts = self._acts[customer]
        strange = self._strange(customer, mine, events)
        entries = [of_transaction(row, Kind.OWN, 0, self._merchants, strange) for row in mine]
        entries += [self._act(row) for row in acts]
        entries += [of_event(row, strange) for row in events if row["customer_id"] == customer]
        entries += [entry for each in {row["customer_id"]: 0 for row in acts} for entry in told.get(each, [])]
        begins = acts[0]["event_time"]
        return Person(
            customer=_as_of([row for row in facts[c.CUSTOMERS] if row["customer_id"] == customer], begins),
            role=self._truth[next(row["transaction_id"] for row in acts if row["customer_id"] == customer)]["role"],
            accounts=[row for row in facts[c.ACCOUNTS] if row["customer_id"] == customer],
            cards=[row for row in facts[c.CARDS] if row["customer_id"] == customer],
            entries=[replace(entry, time=entry.time.astimezone(self._zone)) for entry in sorted(entries, key=_when)],
        )

    def _act(self, row: Row) -> Entry:
        truth = self._truth[row["transaction_id"]]
        kind = Kind.CRIME if truth["is_fraud"] else Kind.LEG
        return of_transaction(row | {"truth": truth}, kind, self._trail.hop(row["account_id"]), self._merchants)

    def _strange(self, customer: int, own: list[Row], events: list[Row]) -> set[int]:
        """Devices that are not the customer's: robbed with, or new since it began and never used otherwise."""
        acts = [row for row in self._acts[customer] if row["customer_id"] == customer]
        by_others = {row["device_id"] for row in acts if not self._truth[row["transaction_id"]]["authorised_party"]}
        familiar = {row["device_id"] for row in own} - by_others
        since = self._start.astimezone(self._zone).date()
        used = {row["device_id"] for row in [*acts, *own, *(r for r in events if r["customer_id"] == customer)]} - {
            None
        }
        return {device for device in used - familiar if device in by_others or self._seen.get(device, since) >= since}


def _when(entry: Entry) -> tuple[datetime, int, float]:
    """Order of time; of two sides of a transfer the payer's first."""
    return entry.time, entry.hop, entry.amount or 0.0


def _as_of(rows: list[Row], moment: datetime) -> Row:
    """The change row that was valid at a moment, or the first."""
    valid = [row for row in rows if row["valid_from"] <= moment]
    return (valid or rows[:1])[-1]


def _rows(run: Run, table: str, column: str, values: Sequence[int]) -> list[Row]:
    """Rows whose whole number is one of the values (sorted), in the order of the table."""
    if not values:
        return []
    field, low, high = pads.field(column), values[0], values[-1]
    wanted = (field >= low) & (field <= high) & field.isin(pa.array(values, pa.int64()))  # the bounds skip row groups
    rows: list[Row] = run.scan(table).to_table(filter=wanted).to_pylist()
    return rows


def _one(run: Run, table: c.Table, key: int, noun: str, help_: str) -> Row:
    rows = _rows(run, table.path, table.key, [key])
    if not rows:
        raise InputError(f"{run.path}: no {noun} {key}; {help_}.")
    return rows[0]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
