"""How late and how complete labels are, per observation class."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from fintxsim import labelling
from fintxsim.markup import Html, table, tag
from fintxsim.report import look
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Figure, Section, Trace
from fintxsim.report.tallies import Numbers

_HOUR = 1.0 / 24.0
_POINTS = 120
_TICKS = {
    _HOUR: "1 hour",
    0.25: "6 hours",
    1.0: "1 day",
    7.0: "1 week",
    30.0: "1 month",
    90.0: "3 months",
    365.0: "1 year",
}
_HEAD = (
    "observation class", "approved", "labelled", "median, days", "90 %, days", "called fraud", "genuine", "disputed",
    "reversed",
)  # fmt: skip
_TOLD = (1, 7, 30, 90, 365)  # days, in the table beside the figure


def labels(facts: Facts) -> Section:
    classes = [name for name in facts.labels.index if name != labelling.GENUINE]
    text = (
        "What the bank learns of approved frauds: from customers, merchants, card networks and its own analysts. "
        "Labels come late, some never, and some are wrong. All that ever came count, also those after the last day."
    )
    figure = [_figure(facts.frauds, classes)] if classes else []
    return Section("labels", "Labels", [text, *figure, tag("div", _report(facts.labels), class_="wide")])


def _report(lines: pd.DataFrame) -> Html:
    """How labels end, a line per observation class and one of the genuine rows."""
    return table(_HEAD, [_line(str(name), row) for name, row in lines.iterrows()], range(1, 9))


def _line(name: str, row: pd.Series[float]) -> tuple[str, ...]:
    days = (_days(row.get(key, math.nan)) for key in ("median_days", "p90_days"))
    ends = (look.percent(row[key]) for key in ("called_fraud", "called_genuine", "called_disputed", "reversed"))
    return name.replace("_", " "), look.whole(row["approved"]), look.percent(row["labelled"]), *days, *ends


def _days(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:,.1f}"


def _figure(frauds: pd.DataFrame, classes: list[str]) -> Figure:
    delays = {name: _delays(frauds, name) for name in classes}
    last = max((float(each[0].max()) for each in delays.values() if len(each[0])), default=1.0)
    grid = np.geomspace(_HOUR, max(last, 2.0), _POINTS)
    ticks = {days: text for days, text in _TICKS.items() if days <= grid[-1] * 1.3}
    return Figure(
        id="figure-labels",
        label="Share of approved frauds that have a label, by the time since the fraud, a line per observation class.",
        caption="Share of approved frauds with a first label, whatever it says, within a time after the fraud. Where a "
        "line ends is how much of a class is ever labelled.",
        data=list(_curves(delays, grid)),
        layout=look.layout(
            360,
            xaxis=look.axis("time since the fraud, log scale", type="log", tickvals=list(ticks),
                            ticktext=list(ticks.values())),
            yaxis=look.axis("labelled", range=[0, 101], ticksuffix=" %"), **look.with_legend(),
        ),
        head=("observation class", "approved frauds", *(f"within {days} d" for days in _TOLD), "ever"),
        rows=[_shares(name, *each) for name, each in delays.items()],
        right=range(1, 3 + len(_TOLD)),
    )  # fmt: skip


def _delays(frauds: pd.DataFrame, name: str) -> tuple[Numbers, int]:
    """Sorted delays in days of the frauds that were labelled, and how many frauds there are."""
    mine = frauds.loc[frauds["observation_class"] == name, "delay_days"]
    return np.sort(mine.dropna().to_numpy()), len(mine)


def _within(delays: Numbers, count: int, days: float) -> float:
    return float(np.searchsorted(delays, days, "right")) / count


def _shares(name: str, delays: Numbers, count: int) -> tuple[str, ...]:
    within = (look.percent(_within(delays, count, days)) for days in (*_TOLD, math.inf))
    return name.replace("_", " "), look.whole(count), *within


def _curves(delays: dict[str, tuple[Numbers, int]], grid: Numbers) -> Iterator[Trace]:
    for k, (name, (sorted_days, count)) in enumerate(delays.items()):
        text = name.replace("_", " ")
        yield {
            "type": "scatter", "mode": "lines", "name": text, "x": grid.tolist(),
            "y": [100.0 * _within(sorted_days, count, days) for days in grid.tolist()],
            "line": {"color": look.SERIES[k], "dash": look.DASHES[k], "width": 2.3},
            "hovertemplate": text + ": %{y:.1f} % within %{x:.2g} days<extra></extra>",
        }  # fmt: skip
