"""What people look for first: how much there is, how much of it is fraud, and whether that is what was asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from fintxsim import columns as c
from fintxsim.manifest import AnomalyEntry, FraudEntry, Manifest
from fintxsim.markup import Html, joined, table, tag
from fintxsim.report import look
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Figure, Section, Trace

_HEAD = (
    "typology",
    "requested",
    "count, bps",
    "value, bps",
    "interval, bps",
    "campaigns",
    "victims",
    "frauds",
    "outcome",
)
_RATES = (
    "Rates are approved frauds among approved transactions, credit sides of transfers left out, in basis points (bps): "
    "1 bps is one of 10,000. A rate within its interval counts as reached: 5 %, or 1.96 times the square root of "
    "the expected count where that is more."
)


def glance(facts: Facts) -> Section:
    manifest = facts.manifest
    content: list[object] = [tag("dl", joined(_tile(*tile) for tile in _tiles(facts)), class_="tiles")]
    content += [_warning(text) for text in manifest.warnings]
    content += list(_fraud(manifest))
    if manifest.anomalies:
        content += [tag("h3", "Benign look-alikes"), *_lookalikes(manifest)]
    return Section("glance", "At a glance", content)


def _tile(name: str, value: str, more: str) -> Html:
    return tag("div", tag("dt", name), tag("dd", value), tag("dd", more, class_="soft"))


def _tiles(facts: Facts) -> Iterator[tuple[str, str, str]]:
    m = facts.manifest
    first = dt.date.fromisoformat(m.start_date)
    last = first + dt.timedelta(days=m.days - 1)
    frauds, taken = sum(e.approved_frauds for e in m.fraud), sum(e.approved_fraud_value for e in m.fraud)
    by_count, by_value = look.bps(frauds, m.approved_transactions), look.bps(taken, m.approved_value)
    yield "Transactions", look.whole(facts.tallies.rows), f"{look.whole(m.approved_transactions)} approved payments"
    yield "Span", _days(m.days), f"{first} to {last}, {m.timezone}"
    yield (
        "Fraud by count",
        f"{look.rate(by_count)} bps",
        f"{look.whole(frauds)} approved",
    )
    yield "Fraud by value", f"{look.rate(by_value)} bps", f"{m.currency} {look.short(taken)}"
    yield "Approved value", f"{m.currency} {look.short(m.approved_value)}", "money moved by approved payments"
    yield "Customers", look.whole(facts.customers), f"{look.whole(facts.rows(c.CARDS))} cards"
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
    yield tag("div", table(_HEAD, map(_line, manifest.fraud), range(2, 8)), class_="wide")
    yield from _notes([(entry.typology, _note(entry)) for entry in manifest.fraud])
    yield tag("p", _RATES, class_="soft")
    if manifest.boost != 1.0:
        yield tag("p", _boost(manifest))
    yield _figure(manifest)


def _notes(notes: list[tuple[str, str]]) -> Iterator[Html]:
    """Below a table: on which days a typology was on, and why a rate was not reached."""
    told = [tag("li", tag("code", name), ": ", note) for name, note in notes if note]
    if told:
        yield tag("ul", joined(told), class_="soft")


def _note(entry: FraudEntry) -> str:
    parts = [f"campaigns begin {entry.timeline}"] if entry.timeline else []
    return "; ".join([*parts, entry.reason] if entry.reason else parts)


def _line(entry: FraudEntry) -> tuple[object, ...]:
    return (
        tag("code", entry.typology), tag("span", entry.requested, class_="outcome"),
        look.rate(entry.realised_bps_count), look.rate(entry.realised_bps_value),
        _interval(entry), look.whole(entry.campaigns), look.whole(entry.victims), look.whole(entry.approved_frauds),
        _outcome(entry),
    )  # fmt: skip


def _outcome(entry: FraudEntry | AnomalyEntry) -> Html:
    return tag("span", joined([_mark(entry), entry.status.replace("_", " ")], " "), class_="outcome")


def _mark(entry: FraudEntry | AnomalyEntry) -> Html:
    sign, kind = {"reached": ("✓", "good"), "not_reached": ("✗", "bad")}.get(entry.status, ("·", "soft"))
    return tag("span", sign, class_=kind, aria_hidden="true")


def _interval(entry: FraudEntry) -> str:
    if entry.low_bps is None or entry.high_bps is None:
        return "–"
    return f"{look.rate(entry.low_bps)} – {look.rate(entry.high_bps)}"


def _boost(manifest: Manifest) -> str:
    return (
        f"There is {manifest.boost:g} times as much fraud as the scenario asks for without its boost. Multiply the "
        f"odds of a score that is right for this run by {manifest.prior_odds_factor:.4g} to undo it."
    )


def _lookalikes(manifest: Manifest) -> Iterator[Html]:
    head = ("look-alike", "requested, bps", "realised, bps", "interval, bps", "rows", "outcome")
    rows = [
        (
            tag("code", entry.kind), look.rate(entry.requested_bps), look.rate(entry.realised_bps),
            f"{look.rate(entry.low_bps)} – {look.rate(entry.high_bps)}", look.whole(entry.rows),
            _outcome(entry),
        )
        for entry in manifest.anomalies
    ]  # fmt: skip
    yield tag("div", table(head, rows, range(1, 5)), class_="wide")
    yield from _notes([(entry.kind, entry.reason) for entry in manifest.anomalies])


def _figure(manifest: Manifest) -> Figure:
    """What counts as reached as a bar, what came as a dot."""
    shown = [entry for entry in manifest.fraud if entry.realised_bps_count > 0 or entry.low_bps]
    by_value = any(entry.rate_basis == "value" for entry in shown)
    measure = "value" if by_value else "count"
    came = [entry.realised_bps_value if by_value else entry.realised_bps_count for entry in shown]
    return Figure(
        id="figure-rates",
        label=f"For each typology the interval and the realised rate, in bps of {measure}.",
        caption="Bar: rates that count as reached. Dot: the realised rate, a cross where it was not reached; where "
        "there is neither, nothing came. Without a bar a pressure was asked for, so that the rate is a result.",
        data=[*_bars(shown), _dots(shown, came)],
        layout=look.layout(
            70 + 30 * len(shown),
            xaxis=look.log_axis(f"bps of {measure}, log scale", *_reach(shown, came)),
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


def _reach(entries: list[FraudEntry], came: list[float]) -> tuple[float, float]:
    """The least and the greatest rate drawn; what is next to nothing is at the left edge."""
    rates = [
        rate for entry, found in zip(entries, came, strict=True) for rate in (entry.low_bps, entry.high_bps, found)
    ]
    known = [rate for rate in rates if rate is not None and rate > 0.01]
    return (min(known) / 1.1, max(known) * 1.1) if known else (0.1, 10.0)


def _bars(entries: list[FraudEntry]) -> list[Trace]:
    """One line per interval: bars on a log axis need no base."""
    return [
        {
            "type": "scatter", "mode": "lines", "x": [max(e.low_bps or 0.0, 0.001), e.high_bps], "y": [e.typology] * 2,
            "line": {"width": 11, "color": "rgba(128,140,150,0.38)"}, "hoverinfo": "skip",
        }
        for e in entries
        if e.high_bps
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
