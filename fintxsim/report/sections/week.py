"""When in the week payments and frauds come, on the payer's own clock."""

from __future__ import annotations

import numpy as np

from fintxsim.report import look
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Figure, Section, Trace
from fintxsim.report.tallies import Numbers
from fintxsim.report.truths import FRAUD, GENUINE

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT = tuple(day[:3] for day in _DAYS)


def week(facts: Facts) -> Section:
    counts = facts.tallies.week.counts
    parts = [("genuine", counts[GENUINE], "74,134,184"), ("fraud", counts[FRAUD], "217,84,30")]
    parts = [part for part in parts if part[1].sum()]
    figures = [_figure(name, values.reshape(7, 24), colour) for name, values, colour in parts]
    text = (
        "All requests, approved or not, on the clock where the payer is. Stronger colours mean more of them; the "
        "strongest also stands for the few hours above. Spread evenly, an hour of the week would have 0.6 %."
    )
    return Section("week", "Hours and weekdays", [text, *figures])


def _figure(name: str, counts: Numbers, colour: str) -> Figure:
    shares = 100.0 * counts / counts.sum()
    return Figure(
        id=f"figure-week-{name}",
        label=f"Heat map of {name} requests by weekday and hour of the day, in per cent of all {name} requests.",
        caption=f"{name.capitalize()} requests: each hour of the week, in per cent of {look.whole(counts.sum())}.",
        data=[_heat(shares, counts, colour)],
        layout=look.layout(
            240, margin={"l": 48, "r": 10, "t": 10, "b": 44},
            xaxis=look.axis("hour of the day, local time of the payer", dtick=3, showgrid=False),
            yaxis=look.axis(autorange="reversed", showgrid=False),
        ),
        head=("weekday", "hour", "requests", "share"),
        rows=[
            (day, f"{hour:02d}–{hour + 1:02d} h", look.whole(counts[k, hour]), f"{shares[k, hour]:.2f} %")
            for k, day in enumerate(_DAYS)
            for hour in range(24)
        ],
        right=(2, 3),
    )  # fmt: skip


def _heat(shares: Numbers, counts: Numbers, colour: str) -> Trace:
    most = float(np.quantile(shares, 0.985)) or float(shares.max())  # a burst or the first of a month hides no pattern
    scale = [[0, f"rgba({colour},0.02)"], [1, f"rgba({colour},1)"]]
    return {
        "type": "heatmap", "z": shares.tolist(), "x": list(range(24)), "y": list(_SHORT), "colorscale": scale,
        "zmin": 0, "zmax": most,
        "customdata": counts.tolist(), "xgap": 1.5, "ygap": 1.5,
        "colorbar": {"thickness": 10, "outlinewidth": 0, "ticksuffix": " %", "len": 1.05, "nticks": 4},
        "hovertemplate": "%{y} %{x}–%{x} h: %{z:.2f} %, %{customdata:,.0f} requests<extra></extra>",
    }  # fmt: skip
