"""Draws what a bank learns of fraud as docs/labels.svg: when labels come, and what they say in the end.

    python docs/labels.py output/quickstart-s42

Needs nothing but fintxsim. The picture brings its own background and follows the reader's light or dark theme.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pandas as pd

from fintxsim import Run, open_run
from fintxsim.labelling import GENUINE

OUT = Path(__file__).with_name("labels.svg")
WIDTH = 960
LEFT, RIGHT = 64, 936  # of the plot
TOP, BOTTOM = 112, 322
ROWS_TOP, ROW = 396, 30  # first line of the table and the distance between lines
BAR_LEFT, BAR_RIGHT = 396, 716
FIRST_DAYS, LAST_DAYS = 1 / 24, 365.0
TICKS = ((1 / 24, "1 hour"), (1.0, "1 day"), (7.0, "1 week"), (30.0, "1 month"), (90.0, "3 months"), (365.0, "1 year"))

CLASSES = {  # observation class: how it is called here, colour, dashes
    "third_party_reported": ("stolen from a third party", "k0", ""),
    "victim_authorised": ("the victim paid: scams", "k1", "7 3"),
    "first_party_dispute": ("false claims", "k2", "2 3"),
    "deferred": ("never meant to repay", "k3", "10 3 2 3"),
    "acquirer_observed": ("colluding merchants", "k4", "4 2"),
    "laundering": ("laundering", "k5", "1 3"),
    "merchant_only": ("abused refunds", "k6", "12 4"),
}
ENDS = (("called_fraud", "fraud", "e0"), ("called_disputed", "disputed", "e1"), ("called_genuine", "genuine", "e2"))

STYLE = """
text { font-family: -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; font-size: 13px }
text { fill: #1f2328 }
.paper { fill: #ffffff; stroke: #d1d9e0 } .title { font-size: 20px; font-weight: 600 } .head { font-weight: 600 }
.soft { fill: #59636e } .right { text-anchor: end } .middle { text-anchor: middle } .grid { stroke: #d1d9e0 }
.curve { fill: none; stroke-width: 2.4; stroke-linejoin: round }
.k0 { stroke: #d9480f } .k1 { stroke: #1971c2 } .k2 { stroke: #862e9c } .k3 { stroke: #2b8a3e }
.k4 { stroke: #a15c00 } .k5 { stroke: #0b7285 } .k6 { stroke: #c2255c }
.e0 { fill: #d9480f } .e1 { fill: #f0b37e } .e2 { fill: #2f6f9f } .e3 { fill: #e3e8ed }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .paper { fill: #0d1117; stroke: #3d444d } .soft { fill: #9198a1 } .grid { stroke: #3d444d }
.k0 { stroke: #ff922b } .k1 { stroke: #74c0fc } .k2 { stroke: #da77f2 } .k3 { stroke: #69db7c }
.k4 { stroke: #ffd43b } .k5 { stroke: #66d9e8 } .k6 { stroke: #faa2c1 }
.e0 { fill: #e8590c } .e1 { fill: #b5794a } .e2 { fill: #4c9bd4 } .e3 { fill: #2a3038 }
}
"""


def text(x: float, y: float, words: str, style: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{style}">{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="grid"/>'


def across(days: float) -> float:
    """Place of a delay on the logarithmic scale."""
    span = math.log(LAST_DAYS / FIRST_DAYS)
    share = math.log(min(max(days, FIRST_DAYS), LAST_DAYS) / FIRST_DAYS) / span
    return LEFT + (RIGHT - LEFT) * share


def height_of(share: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * share


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def delay(days: float) -> str:
    """A delay in the unit in which one would say it."""
    if math.isnan(days):
        return ""
    return f"{days * 24:.0f} hours" if days < 2 else f"{days:.0f} days"


def heading(run: Run, report: pd.DataFrame) -> Iterator[str]:
    yield text(24, 40, "When a bank learns of fraud, and what it then believes", "title")
    frauds = int(report.loc[report.index != GENUINE, "approved"].sum())
    made = f"{run.manifest.days} days of scenario {run.manifest.name}, seed {run.manifest.seed}"
    yield text(24, 62, f"{frauds:,} approved frauds in {made}. Delays are assumptions.", "soft")


def plot(frauds: pd.DataFrame) -> Iterator[str]:
    """Share of the frauds of each class that have had a label after some time."""
    yield text(24, 96, "Share of approved frauds with a label, by time since the transaction", "head")
    for days, words in TICKS:
        yield line(across(days), TOP, across(days), BOTTOM)
        anchor = "right" if days == LAST_DAYS else "middle"
        yield text(across(days), BOTTOM + 18, words, f"soft {anchor}")
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        yield line(LEFT, height_of(share), RIGHT, height_of(share))
        yield text(LEFT - 8, height_of(share) + 4, percent(share), "soft right")
    for name, (_, style, dashes) in CLASSES.items():
        mine = frauds[frauds["observation_class"] == name]
        if len(mine):
            yield f'<path class="curve {style}" stroke-dasharray="{dashes}" d="{curve(mine["delay_days"])}"/>'


def curve(delays: pd.Series[float]) -> str:
    """The share that has been labelled, as steps; a few hundred steps are enough to see."""
    times, count = sorted(delays.dropna()), len(delays)
    told = range(1, len(times) + 1)
    stride = max(len(times) // 300, 1)
    steps = [
        f"H{across(t):.1f}V{height_of(k / count):.1f}" for t, k in zip(times, told, strict=True) if k % stride == 0
    ]
    last = f"V{height_of(len(times) / count):.1f}H{RIGHT}"
    return f"M{LEFT} {BOTTOM}{''.join(steps)}{last}"


def table(report: pd.DataFrame) -> Iterator[str]:
    """A line per class: what became of its frauds, and how long it took."""
    y = ROWS_TOP - 24
    yield text(24, y, "In the end", "head")
    x = BAR_LEFT
    for words, style in [*((words, style) for _, words, style in ENDS), ("no label", "e3")]:
        yield f'<rect x="{x:g}" y="{y - 10:g}" width="11" height="11" rx="2" class="{style}"/>'
        yield text(x + 16, y, words, "soft")
        x += 30 + 7.4 * len(words)
    yield text(352, y, "frauds", "soft right")
    yield text(816, y, "median delay", "soft right")
    yield text(RIGHT, y, "90 % within", "soft right")
    names = [name for name in CLASSES if name in report.index]
    for position, name in enumerate(names):
        yield from table_line(name, report.loc[name], ROWS_TOP + ROW * position)
    yield text(24, ROWS_TOP + ROW * len(names) + 8, mistakes(report.loc[GENUINE]), "soft")


def table_line(name: str, row: pd.Series[float], y: float) -> Iterator[str]:
    words, style, dashes = CLASSES[name]
    yield f'<path class="curve {style}" stroke-dasharray="{dashes}" d="M24 {y - 4:g}h44"/>'
    yield text(80, y, words)
    yield text(352, y, f"{row['approved']:,.0f}", "soft right")
    yield f'<rect x="{BAR_LEFT}" y="{y - 13:g}" width="{BAR_RIGHT - BAR_LEFT}" height="17" class="e3"/>'
    x = float(BAR_LEFT)
    for column, _, end in ENDS:
        width = (BAR_RIGHT - BAR_LEFT) * row[column]
        yield f'<rect x="{x:.1f}" y="{y - 13:g}" width="{width:.1f}" height="17" class="{end}"/>' if width > 0 else ""
        x += width
    yield text(816, y, delay(row["median_days"]), "right")
    yield text(RIGHT, y, delay(row["p90_days"]), "right")


def mistakes(row: pd.Series[float]) -> str:
    """What became of the genuine rows."""
    rows, stays, cleared = (round(row["approved"] * share) for share in (1.0, row["called_fraud"], row["reversed"]))
    return f"Genuine rows called fraud: {stays + cleared:,} of {rows:,}. Put right later: {cleared:,}."


def picture(run: Run) -> str:
    report, frauds = run.label_report(), run.labelled_frauds()
    parts = [*heading(run, report), *plot(frauds), *table(report)]
    height = ROWS_TOP + ROW * len(report)
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    title = "<title>Per kind of fraud: how soon it is labelled, how much of it ever is, and what the labels say</title>"
    paper = f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="8" class="paper"/>'
    return "\n".join([head, title, f"<style>{STYLE}</style>", paper, *filter(None, parts), "</svg>", ""])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/labels.py RUN")
    OUT.write_text(picture(open_run(sys.argv[1])), encoding="utf-8")
