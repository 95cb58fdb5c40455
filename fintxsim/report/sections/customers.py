"""Three customers' payments over time, with the fraud that befell them or that they committed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fintxsim import columns as c
from fintxsim.report import look
from fintxsim.report.choice import Drawn, Row, matching
from fintxsim.report.excerpt import LIFE_DAYS
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Figure, Section, Trace

_MOST_LINES = 120  # of the table below a drawing
_KINDS = (
    ("money out", look.GENUINE, "circle", 7),
    ("money in", look.EVENT, "triangle-up", 8),
    ("declined", look.MUTED, "x-thin-open", 8),
    ("fraud, approved", look.FRAUD, "diamond", 12),
    ("fraud, declined", look.FRAUD, "diamond-open", 11),
)


def customers(facts: Facts) -> Section | None:
    if not facts.lives:
        return None
    text = (
        f"Customers of the drawn campaigns that took most, up to {LIFE_DAYS} days before and after: each payment by "
        "its amount. Whoever defrauds or is defrauded also lives a normal life."
    )
    return Section("customers", "Customers", [text, *(_figure(facts, *life) for life in facts.lives)])


def _figure(facts: Facts, customer: int, drawn: Drawn) -> Figure:
    rows = _payments(facts, customer)
    person = _person(facts, customer)
    currency = facts.manifest.currency
    return Figure(
        id=f"figure-customer-{customer}",
        label=f"Payments of customer {customer} over time by amount, frauds marked.",
        caption=f"Customer {customer}{person}: {look.whole(len(rows))} payments, in campaign {drawn.campaign} "
        f"({drawn.typology}).",
        data=[trace for kind in _KINDS for trace in _trace(kind, rows)],
        layout=look.layout(
            300, hovermode="closest", xaxis=look.axis(type="date"),
            yaxis=look.log_axis(f"amount in {currency}, log scale", *_reach(rows)),
            **look.with_legend(),
        ),
        head=("time", "kind", "payment", f"amount, {currency}", "merchant or payee"),
        rows=list(_lines(rows)),
        right=(3,),
    )  # fmt: skip


def _reach(rows: list[Row]) -> tuple[float, float]:
    amounts = [row["amount_billing"] for row in rows if row["amount_billing"] > 0] or [1.0]
    return min(amounts) / 1.5, max(amounts) * 1.5


def _person(facts: Facts, customer: int) -> str:
    rows = matching(facts.excerpt, c.CUSTOMERS, "customer_id", [customer], ("segment", "age_band", "home_city"))
    return "".join(f", {rows[0][name]}" for name in ("segment", "age_band", "home_city")) if rows else ""


def _payments(facts: Facts, customer: int) -> list[Row]:
    """Rows of a customer with the kind they are drawn as, the bank's local time and the other side's name."""
    rows: list[Row] = matching(facts.excerpt, c.TRANSACTIONS, "customer_id", [customer], c.TRANSACTIONS.names())
    frauds = _frauds(facts, rows)
    names = _merchants(facts, rows)
    zone = ZoneInfo(facts.manifest.timezone)
    return [
        row | {"kind": _kind(row, row["transaction_id"] in frauds), "local": _local(row["event_time"], zone),
               "with": names.get(row["merchant_id"], _payee(row))}
        for row in rows
    ]  # fmt: skip


def _frauds(facts: Facts, rows: list[Row]) -> set[int]:
    ids = [row["transaction_id"] for row in rows]
    told = matching(facts.excerpt, c.TRUTH_TRANSACTIONS, "transaction_id", ids, ("transaction_id", "is_fraud"))
    return {row["transaction_id"] for row in told if row["is_fraud"]}


def _merchants(facts: Facts, rows: list[Row]) -> dict[Any, str]:
    ids = [row["merchant_id"] for row in rows if row["merchant_id"] is not None]
    return {
        row["merchant_id"]: row["name"]
        for row in matching(facts.excerpt, c.MERCHANTS, "merchant_id", ids, ("merchant_id", "name"))
    }


def _payee(row: Row) -> str:
    other = row["counterparty_account_id"]
    return "" if other is None else f"account {other}"


def _kind(row: Row, is_fraud: bool) -> str:
    if is_fraud:
        return "fraud, approved" if row["is_approved"] else "fraud, declined"
    if not row["is_approved"]:
        return "declined"
    return "money in" if row["direction"] == "credit" else "money out"


def _local(time: datetime, zone: ZoneInfo) -> str:
    return time.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _trace(kind: tuple[str, str, str, int], rows: list[Row]) -> Iterator[Trace]:
    name, colour, symbol, size = kind
    mine = [row for row in rows if row["kind"] == name and row["amount_billing"] > 0]
    if mine:
        yield {
            "type": "scatter", "mode": "markers", "name": name, "x": [row["local"] for row in mine],
            "y": [row["amount_billing"] for row in mine],
            "customdata": [" | ".join(filter(None, (_what(row), row["with"]))) for row in mine],
            "marker": {
                "color": colour, "symbol": symbol, "size": size, "opacity": 0.95 if "fraud" in name else 0.6,
                "line": {"width": 1.6, "color": colour},
            },
            "hovertemplate": "%{x|%a %Y-%m-%d %H:%M}<br>%{y:,.2f}<br>%{customdata}<extra>" + name + "</extra>",
        }  # fmt: skip


def _what(row: Row) -> str:
    return f"{row['transaction_type'].replace('_', ' ')}, {row['channel'].replace('_', ' ')}"


def _lines(rows: list[Row]) -> Iterator[tuple[str, ...]]:
    """Frauds and the payments around them, in order of time."""
    near = sorted(range(len(rows)), key=lambda k: ("fraud" not in rows[k]["kind"], k))[:_MOST_LINES]
    for k in sorted(near):
        row = rows[k]
        yield row["local"], row["kind"], _what(row), f"{row['amount_billing']:,.2f}", row["with"]
    if len(rows) > _MOST_LINES:
        yield "", "", f"{len(rows) - _MOST_LINES:,} more payments", "", ""
