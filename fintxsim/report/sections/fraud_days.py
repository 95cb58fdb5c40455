"""Fraud day by day, typology by typology, with the change points of the scenario."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fintxsim.report import look
from fintxsim.report.choice import Row
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Figure, Layout, Section, Trace
from fintxsim.report.sections.volume import dates
from fintxsim.report.tallies import Numbers

_ROW, _MARGIN = 84, 96  # pixels
_GAP = 0.32  # of a row, for its name
_OFF, _MORE, _LESS = "rgba(128,128,128,0.20)", "rgba(217,84,30,0.13)", "rgba(74,134,184,0.15)"


def fraud_days(facts: Facts) -> Section | None:
    names = [entry.typology for entry in facts.manifest.fraud if entry.campaigns or _changes(facts, entry.typology)]
    if not names:
        return None
    days, counts = dates(facts), {name: _counts(facts, name) for name in names}
    return Section("fraud-days", "Fraud per day", [_TEXT, _figure(facts, names, days, counts)])


_TEXT = (
    "Each typology has its own scale. Frauds come in campaigns: days with many and days with none are to be expected "
    "where campaigns are few."
)


def _counts(facts: Facts, name: str) -> Numbers:
    """Frauds of a typology, by day, declined and approved."""
    counts, known = facts.tallies.fraud_days.counts, facts.tallies.typologies
    code = known.index(name) if name in known else counts.shape[1]
    return counts[:, code] if code < counts.shape[1] else np.zeros((len(counts), 2))


def _figure(facts: Facts, names: list[str], days: list[str], counts: dict[str, Numbers]) -> Figure:
    return Figure(
        id="figure-fraud-days",
        label="Approved and declined frauds per day, a row per typology, with the days on which its pace changed.",
        caption="Frauds per day. Shaded: days on which the scenario switches a typology off (grey) or changes its "
        "pace (tinted, with the factor).",
        data=[trace for k, name in enumerate(names) for trace in _bars(k, days, counts[name])],
        layout=look.layout(
            _MARGIN + _ROW * len(names), barmode="stack", hovermode="x unified", bargap=0.1,
            xaxis=look.axis(type="date", anchor=_axis(len(names) - 1), range=[f"{days[0]}T00:00", f"{days[-1]}T23:59"]),
            shapes=[shape for k, name in enumerate(names) for shape in _shades(facts, name, k)],
            annotations=[*_titles(names), *(a for k, name in enumerate(names) for a in _factors(facts, name, k))],
            **_rows(len(names)), **look.with_legend(),
        ),
        head=("day", *(text for name in names for text in (name, "declined"))),
        rows=[(day, *_cells([counts[name][k] for name in names])) for k, day in enumerate(days)],
        right=range(1, 2 * len(names) + 1),
    )  # fmt: skip


def _cells(counts: list[Numbers]) -> Iterator[str]:
    return (look.whole(number) for declined, approved in counts for number in (approved, declined))


def _rows(number: int) -> Layout:
    """An axis per typology, one below the other."""
    return {
        _axis(k).replace("y", "yaxis"): look.axis(
            domain=[1.0 - (k + 1.0) / number, 1.0 - (k + _GAP) / number], rangemode="tozero", nticks=3, tickformat=",d",
        )
        for k in range(number)
    }  # fmt: skip


def _bars(number: int, days: list[str], counts: Numbers) -> list[Trace]:
    bar = {"type": "bar", "x": days, "yaxis": _axis(number), "showlegend": number == 0, "hovertemplate": "%{y:,.0f}"}
    return [
        bar | {"name": "approved", "legendgroup": "a", "y": counts[:, 1].tolist(), "marker": {"color": look.FRAUD}},
        bar | {"name": "declined", "legendgroup": "d", "y": counts[:, 0].tolist(), "marker": {"color": look.MUTED}},
    ]


def _titles(names: list[str]) -> list[Trace]:
    """The name of each typology above the left end of its row."""
    return [
        {
            "text": name, "x": 0, "y": 1, "xref": "paper", "yref": f"{_axis(k)} domain", "xanchor": "left",
            "yanchor": "bottom", "showarrow": False, "font": {"size": 12.5},
        }
        for k, name in enumerate(names)
    ]  # fmt: skip


def _axis(number: int) -> str:
    return "y" if number == 0 else f"y{number + 1}"


def _changes(facts: Facts, name: str) -> list[Row]:
    return [row for row in facts.changes if row["typology"] == name]


def spans(changes: list[Row], days: int) -> list[tuple[int, int, float]]:
    """First day, end and factor of each span of a typology's pace; days are counted from 0."""
    if not changes:
        return []
    edges = [0, *(row["day"] for row in changes), days]
    factors = [changes[0]["factor_before"], *(row["factor_after"] for row in changes)]
    pairs = zip(edges, edges[1:], factors, strict=False)
    return [(first, min(end, days), factor) for first, end, factor in pairs if first < min(end, days)]


def _shaded(facts: Facts, name: str) -> list[tuple[str, str, float]]:
    """Local midnights between which the pace is not the usual one, with its factor."""
    days = [*dates(facts), ""]
    found = [span for span in spans(_changes(facts, name), facts.manifest.days) if span[2] != 1.0]
    return [(f"{days[first]}T00:00", f"{days[end - 1]}T23:59", factor) for first, end, factor in found]


def _shades(facts: Facts, name: str, number: int) -> list[Trace]:
    return [
        {
            "type": "rect", "xref": "x", "yref": f"{_axis(number)} domain", "x0": first, "x1": end, "y0": 0, "y1": 1,
            "line": {"width": 0}, "layer": "below",
            "fillcolor": _OFF if factor == 0.0 else _MORE if factor > 1.0 else _LESS,
        }
        for first, end, factor in _shaded(facts, name)
    ]  # fmt: skip


def _factors(facts: Facts, name: str, number: int) -> list[Trace]:
    return [
        {
            "text": "off" if factor == 0.0 else f"×{factor:g}", "x": first, "y": 1, "xref": "x",
            "yref": f"{_axis(number)} domain", "xanchor": "left", "yanchor": "bottom", "showarrow": False,
            "font": {"size": 11.5},
        }
        for first, _, factor in _shaded(facts, name)
    ]  # fmt: skip
