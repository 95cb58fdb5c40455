"""How many payments a day has."""

from __future__ import annotations

import datetime as dt

from fintxsim.report import look
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Figure, Section, Trace
from fintxsim.report.tallies import Numbers, Tallies


def dates(facts: Facts) -> list[str]:
    """Local days of the run, ISO 8601."""
    first = dt.date.fromisoformat(facts.manifest.start_date)
    return [(first + dt.timedelta(days=k)).isoformat() for k in range(facts.manifest.days)]


def volume(facts: Facts) -> Section:
    days, (declined, approved) = dates(facts), facts.tallies.days.counts.T
    figure = Figure(
        id="figure-volume",
        label="Payments per day, approved and declined.",
        caption=f"Requests by local day, {facts.manifest.timezone}; a transfer within the bank counts once.",
        data=[_bars("approved", days, approved, look.GENUINE), _bars("declined", days, declined, look.BANK)],
        layout=look.layout(
            300, barmode="stack", hovermode="x unified", xaxis=look.axis(type="date"),
            yaxis=look.axis("payments per day", rangemode="tozero", tickformat=",d"), **look.with_legend(),
        ),
        head=("day", "approved", "declined"),
        rows=[(day, look.whole(a), look.whole(d)) for day, a, d in zip(days, approved, declined, strict=True)],
        right=(1, 2),
    )  # fmt: skip
    return Section("volume", "Payments per day", [_sentence(facts.tallies), figure])


def _bars(name: str, days: list[str], counts: Numbers, colour: str) -> Trace:
    return {
        "type": "bar", "name": name, "x": days, "y": counts.tolist(), "marker": {"color": colour},
        "hovertemplate": "%{y:,.0f}",
    }  # fmt: skip


def _sentence(tallies: Tallies) -> str:
    declined, approved = tallies.days.counts.sum(0)
    per_day = (declined + approved) / max(len(tallies.days.counts), 1)
    share = look.percent(declined / max(declined + approved, 1.0))
    return f"{look.whole(per_day)} requests on an average day; {share} of all requests were declined."
