"""Draws a day of a finished run as docs/day.svg: what customers do, what fraudsters attempt, and one takeover in full.

    python docs/day.py output/quickstart-s42 [2026-01-14]

Without a date it is the working day after the first week that has the most acts of takeover.

Needs nothing but fintxsim. The picture brings its own background and follows the reader's light or dark theme.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from fintxsim import Run, open_run

OUT = Path(__file__).with_name("day.svg")
WIDTH, HEIGHT = 960, 716
LEFT, RIGHT = 64, 936  # of the plots
FLOW_TOP, FLOW_BOTTOM = 112, 262
MONEY_TOP, MONEY_BOTTOM = 326, 532
STORY_TOP = 602
QUARTERS = 96  # quarter hours in a day
LOW, HIGH = 0.0, 4.3  # powers of ten of the amounts shown

GROUPS = (  # from the bottom of the stack
    ("shops and cash machines", "pos atm branch", "c0"),
    ("web shops", "ecom moto", "c1"),
    ("app and web bank", "mobile_app web_bank", "c2"),
    ("salaries, bills, standing orders", "batch", "c3"),
)
TYPOLOGIES = (("stolen_details_cnp", "stolen card details", "f0"), ("account_takeover", "account takeover", "f1"))
EVENTS = {
    "login": "logs in",
    "login_failed": "fails to log in",
    "new_device": "uses a device never seen before",
    "password_reset": "resets the password",
    "sim_swap_signal": "has swapped the SIM card",
    "contact_change": "changes the contact details",
    "new_payee": "adds a payee",
    "limit_change": "raises the limit",
}
MOST_LINES = 9

STYLE = """
text { font-family: -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; font-size: 13px }
text { fill: #1f2328 }
.paper { fill: #ffffff; stroke: #d1d9e0 } .title { font-size: 20px; font-weight: 600 } .head { font-weight: 600 }
.soft { fill: #59636e } .right { text-anchor: end } .middle { text-anchor: middle } .grid { stroke: #d1d9e0 }
.c0 { fill: #2f6f9f } .c1 { fill: #64a6d1 } .c2 { fill: #7fc4b5 } .c3 { fill: #b6bec7 }
.dots { stroke: #8c959f; stroke-width: 2; stroke-linecap: round; stroke-opacity: .5; fill: none }
.f0 { fill: #d9480f; stroke: #d9480f } .f1 { fill: #862e9c; stroke: #862e9c }
.open { fill-opacity: 0; stroke-width: 1.6 }
text.f0, text.f1 { stroke: none }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .paper { fill: #0d1117; stroke: #3d444d } .soft { fill: #9198a1 } .grid { stroke: #3d444d }
.c0 { fill: #3d82b8 } .c1 { fill: #79bce8 } .c2 { fill: #6fb5a5 } .c3 { fill: #656d76 }
.dots { stroke: #9198a1 } .f0 { fill: #ff922b; stroke: #ff922b } .f1 { fill: #da77f2; stroke: #da77f2 }
}
"""


def text(x: float, y: float, words: str, style: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{style}">{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="grid"/>'


def across(hour: float) -> float:
    return LEFT + (RIGHT - LEFT) * hour / 24


def height_of(amount: float) -> float:
    """Place of an amount on the logarithmic scale."""
    share = (math.log10(max(amount, 1.0)) - LOW) / (HIGH - LOW)
    return MONEY_BOTTOM - (MONEY_BOTTOM - MONEY_TOP) * min(share, 1.0)


def rows_of_day(run: Run, date: str) -> pd.DataFrame:
    """The day's transactions with what truth/ says of them, and the bank's local ``hour``."""
    midnight = pd.Timestamp(date, tz=run.manifest.timezone)
    rows = run.transactions(date, midnight + pd.DateOffset(days=1))
    rows["hour"] = (rows["event_time"] - midnight).dt.total_seconds() / 3600
    truth = run.truth(columns=["transaction_id", "is_fraud", "typology", "campaign_id"])
    rows = rows.merge(truth, how="left", on="transaction_id")
    return rows.assign(is_fraud=rows["is_fraud"].eq(True))


def busiest_day(run: Run) -> str:
    """The local date of the working day after the first week that has the most rows of account takeovers."""
    times = run.transactions(columns=["transaction_id", "event_time"]).merge(run.truth(), on="transaction_id")
    takeovers = times.loc[times["typology"] == "account_takeover", "event_time"]
    local = takeovers.dt.tz_convert(run.manifest.timezone)
    later = local >= pd.Timestamp(run.manifest.start_date, tz=run.manifest.timezone) + pd.DateOffset(days=7)
    dates = local[later & (local.dt.strftime("%u") < "6")].dt.strftime("%Y-%m-%d")
    return min(dates.value_counts().items(), key=lambda found: (-found[1], found[0]))[0]


def heading(run: Run, date: str, rows: pd.DataFrame) -> Iterator[str]:
    frauds = rows[rows["is_fraud"]]
    day = pd.Timestamp(date)
    yield text(24, 40, f"{day:%A} {day.day} {day:%B %Y} at an invented bank", "title")
    facts = f"{len(rows):,} transactions; {len(frauds)} of them fraud, {int(frauds['is_approved'].sum())} approved"
    made = f"Scenario {run.manifest.name}, seed {run.manifest.seed}; far more fraud than in life."
    yield text(24, 62, f"{facts}. {made}", "soft")


def axis(top: float, bottom: float, *, labelled: bool) -> Iterator[str]:
    for hour in range(0, 25, 3):
        yield line(across(hour), top, across(hour), bottom)
        if labelled:
            yield text(across(hour), bottom + 18, f"{hour:02d}:00", "soft middle")


def legend(x: float, y: float, entries: list[tuple[str, str]]) -> Iterator[str]:
    for words, style in entries:
        yield f'<rect x="{x:g}" y="{y - 10:g}" width="11" height="11" rx="2" class="{style}"/>'
        yield text(x + 16, y, words, "soft")
        x += 44 + 6.6 * len(words)


def flow(rows: pd.DataFrame) -> Iterator[str]:
    """Transactions per quarter of an hour, stacked by channel."""
    yield text(24, 96, "Per quarter of an hour", "head")
    yield from legend(200, 96, [(words, style) for words, _, style in GROUPS])
    yield from axis(FLOW_TOP, FLOW_BOTTOM, labelled=True)
    slots = (rows["hour"] * 4).astype(int).clip(0, QUARTERS - 1)
    counts = [slots[rows["channel"].isin(names.split())].value_counts() for _, names, _ in GROUPS]
    layers = [[int(count.get(slot, 0)) for slot in range(QUARTERS)] for count in counts]
    top = max(map(sum, zip(*layers, strict=True)))
    scale = (FLOW_BOTTOM - FLOW_TOP) / (1.06 * top)
    floor = [0] * QUARTERS
    for layer, (_, _, style) in zip(layers, GROUPS, strict=True):
        roof = [low + more for low, more in zip(floor, layer, strict=True)]
        yield f'<path class="{style}" d="{band(floor, roof, scale)}"/>'
        floor = roof
    step = 50 if top < 250 else 10 ** int(math.log10(top))
    for count in range(0, top + 1, step):
        yield text(LEFT - 8, FLOW_BOTTOM - count * scale + 4, f"{count}", "soft right")


def band(floor: list[int], roof: list[int], scale: float) -> str:
    """Outline of a layer of the stack, as steps."""
    quarter = (RIGHT - LEFT) / QUARTERS
    there = [f"V{FLOW_BOTTOM - y * scale:.1f}h{quarter:.2f}" for y in roof]
    back = [f"V{FLOW_BOTTOM - y * scale:.1f}h-{quarter:.2f}" for y in reversed(floor)]
    return f"M{LEFT} {FLOW_BOTTOM}{''.join(there)}{''.join(back)}Z"


def money(rows: pd.DataFrame) -> Iterator[str]:
    """Every transaction by time and amount; frauds stand out."""
    yield text(24, 312, "By amount", "head")
    yield from legend(116, 312, [("genuine", "c3"), *((words, style) for _, words, style in TYPOLOGIES)])
    yield text(RIGHT, 312, "filled: approved; hollow: declined", "soft right")
    yield from axis(MONEY_TOP, MONEY_BOTTOM, labelled=True)
    for power in range(5):
        yield line(LEFT, height_of(10**power), RIGHT, height_of(10**power))
        yield text(LEFT - 8, height_of(10**power) + 4, f"€{10**power:,}", "soft right")
    genuine = rows[~rows["is_fraud"]]
    points = zip(genuine["hour"], genuine["amount_billing"], strict=True)
    yield f'<path class="dots" d="{"".join(f"M{across(x):.0f} {height_of(y):.0f}h0" for x, y in points)}"/>'
    for name, _, style in TYPOLOGIES:
        for row in rows[rows["is_fraud"] & (rows["typology"] == name)].itertuples():
            yield mark(across(row.hour), height_of(row.amount_billing), style, approved=row.is_approved)


def mark(x: float, y: float, style: str, *, approved: bool) -> str:
    """A disc for stolen details, a diamond for a takeover: told apart without colour, too."""
    look = style if approved else f"{style} open"
    if style == "f0":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="{look}"/>'
    return f'<path d="M{x:.1f} {y - 5.5:.1f}l5.5 5.5l-5.5 5.5l-5.5 -5.5z" class="{look}"/>'


def acts(run: Run, rows: pd.DataFrame, campaign: int) -> list[tuple[pd.Timestamp, str]]:
    """What a campaign did that day, by time: events on its devices, its transfers and when the bank learned of them."""
    mine = rows[(rows["campaign_id"] == campaign) & rows["is_fraud"].eq(True)]
    events = run.table("data/events", rows["event_time"].min(), rows["event_time"].max())
    own = events["customer_id"].isin(mine["customer_id"]) & events["event_type"].isin(EVENTS)
    strange = events["device_id"].isin(events.loc[own & (events["event_type"] == "new_device"), "device_id"])
    told = [(e.event_time, EVENTS[e.event_type]) for e in events[own & strange].itertuples()]
    told += [(row.event_time, transfer(row)) for row in mine.itertuples()]
    labels = run.table("labels/labels")
    known = labels[labels["transaction_id"].isin(mine["transaction_id"])].head(1)
    zone = run.manifest.timezone
    told += [(e.label_time, f"the bank knows: {e.source.replace('_', ' ')}") for e in known.itertuples()]
    return [(time.tz_convert(zone), words) for time, words in sorted(told)]


def worth_telling(lines: list[tuple[pd.Timestamp, str]]) -> tuple[bool, int, int]:
    """What fits comes first, then what has the most kinds of acts."""
    return len(lines) <= MOST_LINES, len({re.sub("[0-9.,]", "", words) for _, words in lines}), len(lines)


def shortened(lines: list[tuple[pd.Timestamp, str]]) -> list[tuple[pd.Timestamp, str]]:
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], lines[-1]]


def transfer(row: Any) -> str:
    answer = "approved" if row.is_approved else "declined"
    return f"transfers €{row.amount_billing:,.2f}: {answer}"


def story(run: Run, rows: pd.DataFrame) -> Iterator[str]:
    """The takeover of the day with the most to tell, line by line."""
    campaigns = rows.loc[rows["typology"] == "account_takeover", "campaign_id"].unique()
    if not len(campaigns):
        return
    lines = shortened(max((acts(run, rows, campaign) for campaign in campaigns), key=worth_telling))
    yield text(24, STORY_TOP - 22, "One of the takeovers, as the files tell it", "head")
    half = (len(lines) + 1) // 2
    for position, (time, words) in enumerate(lines):
        x, y = 24 + 470 * (position // half), STORY_TOP + 4 + 22 * (position % half)
        style = "open" if "declined" in words else ""
        shown = f"{time:%H:%M}" if f"{time:%F}" == f"{lines[0][0]:%F}" else f"{time.day} {time:%b %H:%M}"
        yield mark(x + 8, y - 4, f"f1 {style}", approved=True) if "transfers" in words else ""
        yield text(x + 88, y, shown, "soft right")
        yield text(x + 100, y, words)


def picture(run: Run, date: str) -> str:
    rows = rows_of_day(run, date)
    parts = [*heading(run, date, rows), *flow(rows), *money(rows), *story(run, rows)]
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    title = "<title>A day of a run: transactions by channel, amounts with frauds, and one account takeover</title>"
    paper = f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="8" class="paper"/>'
    return "\n".join([head, title, f"<style>{STYLE}</style>", paper, *filter(None, parts), "</svg>", ""])


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python docs/day.py RUN [DATE]")
    opened = open_run(sys.argv[1])
    OUT.write_text(picture(opened, sys.argv[2] if len(sys.argv) == 3 else busiest_day(opened)), encoding="utf-8")
