"""What people look for first: how much there is, how much of it is fraud, and whether that is what was asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from fintxsim import columns as c
from fintxsim.manifest import FraudEntry, Manifest
from fintxsim.markup import Html, joined, table, tag
from fintxsim.report import look
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Figure, Section, Trace

_RATES = (
    "Rates are approved frauds among approved transactions, credit sides of transfers left out, in basis points (bps): "
    "1 bps is one of 10,000. A rate counts as reached within 5 %, or within 1.96 times the square root of the "
    "expected count where that is more."
)


def glance(facts: Facts) -> Section:
    manifest = facts.manifest
    content: list[object] = [tag("dl", joined(_tile(*tile) for tile in _tiles(facts)), class_="tiles")]
    content += [_warning(text) for text in manifest.warnings]
    content += list(_fraud(manifest))
    if manifest.anomalies:
        content += [tag("h3", "Benign look-alikes"), _lookalikes(manifest)]
    return Section("glance", "At a glance", content)


def _tile(name: str, value: str, more: str) -> Html:
    return tag("div", tag("dt", name), tag("dd", value), tag("dd", more, class_="soft"))


def _tiles(facts: Facts) -> Iterator[tuple[str, str, str]]:
    m = facts.manifest
    first = dt.date.fromisoformat(m.start_date)
    last = first + dt.timedelta(days=m.days - 1)
    frauds, taken = sum(e.approved_frauds for e in m.fraud), sum(e.approved_fraud_value for e in m.fraud)
    yield "Transactions", look.whole(facts.tallies.rows), f"{look.whole(m.approved_transactions)} approved payments"
    yield "Span", _days(m.days), f"{first} to {last}, {m.timezone}"
    yield "Fraud by count", f"{look.rate(look.bps(frauds, m.approved_transactions))} bps", f"{look.whole(frauds)} approved"
    yield "Fraud by value", f"{look.rate(look.bps(taken, m.approved_value))} bps", f"{m.currency} {look.short(taken)}"
    yield "Approved value", f"{m.currency} {look.short(m.approved_value)}", "money moved by approved payments"
    yield "Customers", look.whole(facts.customers), f"{look.whole(facts.rows(c.ACCOUNTS))} rows of accounts"
    yield "Campaigns", look.whole(facts.rows(c.CAMPAIGNS)), f"of {len([e for e in m.fraud if e.campaigns])} typologies"
    yield "Labels", look.whole(facts.rows(c.LABELS)), f"{look.whole(facts.rows(c.ALERTS))} alerts"


def _days(count: int) -> str:
    return f"{count:,} day{'' if count == 1 else 's'}"


def _warning(text: str) -> Html:
    return tag("p", text, class_="warning")


def _fraud(manifest: Manifest) -> Iterator[object]:
    yield tag("h3", "Fraud: requested and realised")
    if not manifest.fraud:
        yield tag("p", "No typology was on: there is no fraud in this run.")
        return
    head = ("typology", "requested", "count, bps", "value, bps", "reached from to, bps", "campaigns", "victims", "frauds", "outcome")
    yield tag("div", table(head, map(_line, manifest.fraud), range(2, 8)), class_="wide")
    yield tag("p", _RATES, class_="soft")
    if manifest.boost != 1.0:
        yield tag("p", _boost(manifest))
    yield _figure(manifest)


def _line(entry: FraudEntry) -> tuple[object, ...]:
    asked = joined([entry.requested, tag("small", entry.timeline)] if entry.timeline else [entry.requested], " ")
    outcome = joined([_mark(entry), entry.outcome], " ")
    return (
        tag("code", entry.typology), asked, look.rate(entry.realised_bps_count), look.rate(entry.realised_bps_value),
        _interval(entry), look.whole(entry.campaigns), look.whole(entry.victims), look.whole(entry.approved_frauds),
        joined([outcome, tag("small", entry.reason)], " ") if entry.reason else outcome,
    )  # fmt: skip


def _mark(entry: FraudEntry) -> Html:
    sign, kind = {"reached": ("✓", "good"), "not_reached": ("✗", "bad")}.get(entry.status, ("·", "soft"))
    return tag("span", sign, class_=kind, aria_hidden="true")


def _interval(entry: FraudEntry) -> str:
    if entry.low_bps is None or entry.high_bps is None:
        return "–"
    return f"{look.rate(entry.low_bps)} – {look.rate(entry.high_bps)}"


def _boost(manifest: Manifest) -> str:
    return (
        f"There is {manifest.boost:g} times as much fraud as the scenario asks for without its boost. Multiply the odds "
        f"of a score that is right for this run by {manifest.prior_odds_factor:.4g} to undo it."
    )


def _lookalikes(manifest: Manifest) -> Html:
    head = ("look-alike", "requested, bps", "realised, bps", "reached from to, bps", "rows", "outcome")
    rows = [
        (
            tag("code", entry.kind), look.rate(entry.requested_bps), look.rate(entry.realised_bps),
            f"{look.rate(entry.low_bps)} – {look.rate(entry.high_bps)}", look.whole(entry.rows),
            joined([entry.status.replace("_", " "), tag("small", entry.reason)], " ") if entry.reason else entry.status,
        )
        for entry in manifest.anomalies
    ]  # fmt: skip
    return tag("div", table(head, rows, range(1, 5)), class_="wide")


def _figure(manifest: Manifest) -> Figure:
    """What counts as reached as a bar, what came as a dot."""
    shown = [entry for entry in manifest.fraud if entry.realised_bps_count > 0 or entry.low_bps]
    by_value = any(entry.rate_basis == "value" for entry in shown)
    measure = "value" if by_value else "count"
    came = [entry.realised_bps_value if by_value else entry.realised_bps_count for entry in shown]
    return Figure(
        id="figure-rates",
        label=f"For each typology the requested interval and the realised rate, in bps of {measure}.",
        caption="Bar: rates that count as reached. Dot: the realised rate. A typology without a bar was asked for a "
        "pressure, so that its rate is a result.",
        data=[*_bars(shown), _dots(shown, came)],
        layout=look.layout(
            70 + 30 * len(shown),
            xaxis=look.axis(f"bps of {measure}, log scale", type="log"),
            yaxis=look.axis(autorange="reversed", type="category", categoryorder="array",
                            categoryarray=[entry.typology for entry in shown]),
            barmode="overlay", bargap=0.55,
        ),
        head=("typology", "from, bps", "to, bps", f"realised, bps of {measure}"),
        rows=[
            (e.typology, "–" if e.low_bps is None else look.rate(e.low_bps),
             "–" if e.high_bps is None else look.rate(e.high_bps), look.rate(rate))
            for e, rate in zip(shown, came, strict=True)
        ],
        right=(1, 2, 3),
    )  # fmt: skip


def _bars(entries: list[FraudEntry]) -> list[Trace]:
    """One line per interval: bars on a log axis need no base."""
    return [
        {
            "type": "scatter", "mode": "lines", "x": [max(e.low_bps or 0.0, 1e-3), e.high_bps], "y": [e.typology] * 2,
            "line": {"width": 11, "color": "rgba(128,140,150,0.38)"}, "hoverinfo": "skip",
        }
        for e in entries
        if e.high_bps is not None and e.high_bps > 0
    ]  # fmt: skip


def _dots(entries: list[FraudEntry], came: list[float]) -> Trace:
    missed = [entry.status == "not_reached" for entry in entries]
    return {
        "type": "scatter", "mode": "markers", "x": [rate or None for rate in came], "y": [e.typology for e in entries],
        "customdata": [e.requested for e in entries],
        "marker": {
            "size": 11, "color": [look.FRAUD if no else look.GENUINE for no in missed],
            "symbol": ["x" if no else "circle" for no in missed],
        },
        "hovertemplate": "%{y}<br>requested: %{customdata}<br>realised: %{x:.2f} bps<extra></extra>",
    }  # fmt: skip
