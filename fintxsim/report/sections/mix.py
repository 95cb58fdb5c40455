"""Where payments are made and what is bought, and how much of it is fraud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fintxsim.report import look
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Figure, Section, Trace
from fintxsim.report.tallies import Shares
from fintxsim.report.truths import FRAUD, GENUINE
from fintxsim.show.meanings import MERCHANTS

_MOST_FREQUENT, _MOST_FRAUD = 12, 8  # merchant categories that are drawn


@dataclass(frozen=True, slots=True)
class _Line:
    """Approved genuine payments and frauds of a word."""

    name: str
    genuine: float
    frauds: float
    value: float
    fraud_value: float

    @property
    def by_count(self) -> float:
        return look.bps(self.frauds, self.genuine + self.frauds)

    @property
    def by_value(self) -> float:
        return look.bps(self.fraud_value, self.value + self.fraud_value)


def mix(facts: Facts) -> Section:
    tallies = facts.tallies
    channels = sorted(_lines(tallies.by_channel, list(tallies.channels)), key=lambda line: -line.genuine)
    mccs = sorted(_lines(tallies.by_mcc, [mcc_name(code) for code in tallies.mccs]), key=lambda line: -line.genuine)
    if not channels:
        return Section("mix", "Channels and merchants", ["No payment was approved."])
    drawn = _drawn(mccs)
    text = "The number beside a fraud bar is the fraud rate by count of that row, in bps."
    figures = [_figure("channels", "channel", f"Approved payments by channel{_OF}", channels, channels)]
    if mccs:
        left_out = f" Drawn are {len(drawn)} of {len(mccs)}; the table has all." if len(drawn) < len(mccs) else ""
        caption = f"Approved card payments by merchant category code (MCC){_OF}{left_out}"
        figures.append(_figure("mccs", "merchant category", caption, drawn, mccs))
    return Section("mix", "Channels and merchants", [text, *figures])


_OF = ", in per cent of genuine payments and of frauds."


def mcc_name(code: str) -> str:
    """``5411 grocery stores``."""
    return f"{code} {MERCHANTS[code]}" if code in MERCHANTS else code


def _lines(shares: Shares, names: Sequence[str]) -> list[_Line]:
    rows, value = shares.rows.counts, shares.value.counts
    return [
        _Line(name, rows[GENUINE, k], rows[FRAUD, k], value[GENUINE, k], value[FRAUD, k])
        for k, name in enumerate(names)
        if k < rows.shape[1] and rows[(GENUINE, FRAUD), k].sum()
    ]


def _drawn(lines: list[_Line]) -> list[_Line]:
    """The most frequent words and those with most fraud, in the order of frequency."""
    worst = sorted(lines, key=lambda line: -line.frauds)[:_MOST_FRAUD]
    return [line for k, line in enumerate(lines) if k < _MOST_FREQUENT or (line in worst and line.frauds)]


def _figure(key: str, noun: str, caption: str, drawn: list[_Line], lines: list[_Line]) -> Figure:
    genuine, frauds = (max(sum(each), 1.0) for each in (
        [line.genuine for line in lines], [line.frauds for line in lines],
    ))  # fmt: skip
    names = [look.wrapped(line.name) for line in drawn]
    top = [100.0 * share for line in drawn for share in (line.genuine / genuine, line.frauds / frauds)]
    return Figure(
        id=f"figure-{key}",
        label=f"Share of each {noun} among genuine payments and among frauds, with the fraud rate.",
        caption=caption,
        data=[
            _bars("genuine", names, [100 * line.genuine / genuine for line in drawn], look.GENUINE, None),
            _bars("fraud", names, [100 * line.frauds / frauds for line in drawn], look.FRAUD,
                  [f"{look.rate(line.by_count)} bps" for line in drawn]),
        ],
        layout=look.layout(
            90 + 38 * len(drawn), barmode="group", bargap=0.28, bargroupgap=0.06,
            xaxis=look.axis("per cent of each kind", ticksuffix=" %", range=[0, 1.22 * max(top)]),
            yaxis=look.axis(autorange="reversed", showgrid=False, type="category"), **look.with_legend(),
        ),
        head=(noun, "genuine", "frauds", "fraud, bps of count", "fraud, bps of value"),
        rows=[
            (
                line.name, look.whole(line.genuine), look.whole(line.frauds), look.rate(line.by_count),
                look.rate(line.by_value),
            )
            for line in lines
        ],
        right=(1, 2, 3, 4),
    )  # fmt: skip


def _bars(name: str, names: list[str], shares: list[float], colour: str, texts: list[str] | None) -> Trace:
    bars: Trace = {
        "type": "bar", "orientation": "h", "name": name, "y": names, "x": np.round(shares, 4).tolist(),
        "marker": {"color": colour}, "hovertemplate": "%{y}<br>" + name + ": %{x:.2f} %<extra></extra>",
    }  # fmt: skip
    written = {"text": texts, "textposition": "outside", "cliponaxis": False, "textfont": {"size": 11.5}}
    return bars | written if texts else bars
