"""How figures look: colours that differ for colour-blind eyes and on light and dark paper, axes, and numbers in words.

Texts, grid and axes take their colours from the page's style sheet, which knows whether the paper is dark.
"""

from __future__ import annotations

import math
import textwrap
from typing import Any

GENUINE = "#4a86b8"
FRAUD = "#d9541e"
LEG = "#8e63b5"
EVENT = "#1f9e77"
BANK = "#b07d12"
MUTED = "#87919b"
SERIES = ("#2f7ec0", "#d9541e", "#1f9e77", "#b07d12", "#8e63b5", "#c2518d", "#6f7a85")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")

_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif'
_GRID = "rgba(128,128,128,0.22)"
_CLEAR = "rgba(0,0,0,0)"


def layout(height: int, **more: Any) -> dict[str, Any]:
    """The layout of a figure that is so many pixels high."""
    hover = {"bgcolor": "#20262d", "bordercolor": "#20262d", "font": {"color": "#ffffff", "size": 13}, "namelength": -1}
    return {
        "height": height, "margin": {"l": 60, "r": 18, "t": 14, "b": 46}, "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR, "font": {"family": _FONT, "size": 13, "color": "#69737d"}, "hoverlabel": hover,
        "showlegend": False, "separators": ".,", "bargap": 0.12,
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "bgcolor": _CLEAR},
    } | more  # fmt: skip


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis; its title names the unit."""
    return {
        "title": {"text": title, "standoff": 10, "font": {"size": 12.5}}, "automargin": True, "zeroline": False,
        "gridcolor": _GRID, "linecolor": _GRID, "ticks": "", "fixedrange": False,
    } | more  # fmt: skip


def log_axis(title: str, low: float, high: float, **more: Any) -> dict[str, Any]:
    """A logarithmic axis from ``low`` to ``high`` with ticks at 1, 2 and 5, or at powers of ten when it is long."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = (1, 2, 5) if last - first <= 3 else (1,)
    ticks = [float(f"{step}e{power}") for power in range(first, last + 1) for step in steps]
    return axis(
        title, type="log", range=[math.log10(low) - 0.03, math.log10(high) + 0.03], tickvals=ticks,
        ticktext=[f"{tick:,.10g}" for tick in ticks],
    ) | more  # fmt: skip


def with_legend() -> dict[str, Any]:
    """The part of a layout that shows a legend above the drawing."""
    return {"showlegend": True, "margin": {"l": 60, "r": 18, "t": 30, "b": 46}}


def wrapped(name: str) -> str:
    """A long name in lines, so that it leaves room for the drawing beside it."""
    return "\n".join(textwrap.wrap(name, 28))


def whole(number: float) -> str:
    """``1,234``."""
    return f"{number:,.0f}"


def rate(number: float) -> str:
    """A rate in bps: ``0.034``, ``3.40``, ``1,234``."""
    if number == 0.0 or not math.isfinite(number):
        return "0"
    return f"{number:,.0f}" if number >= 1000 else f"{number:.2f}" if number >= 1 else f"{number:.2g}"


def percent(share: float) -> str:
    """``12.3 %``, ``0.04 %``; a dash when it is not known."""
    if not math.isfinite(share):
        return "–"
    return f"{100 * share:.1f} %" if share >= 0.0995 else f"{100 * share:.2g} %"


def short(number: float) -> str:
    """``950``, ``12.5 k``, ``3.2 M``, ``1.1 bn``."""
    for size, unit in ((1e9, " bn"), (1e6, " M"), (1e4, " k")):
        if number >= size:
            return f"{number / (1e3 if unit == ' k' else size):.3g}{unit}"
    return f"{number:,.0f}"


def bps(part: float, whole: float) -> float:
    """Parts of ten thousand; not a number of nothing."""
    return 10_000.0 * part / whole if whole else math.nan
