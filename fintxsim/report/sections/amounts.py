"""How large payments and frauds are."""

from __future__ import annotations

import numpy as np

from fintxsim.report import look
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Figure, Section, Trace
from fintxsim.report.tallies import BINS_PER_DECADE, Numbers, bin_edges
from fintxsim.report.truths import FRAUD, GENUINE

_NOUNS = {"genuine": "genuine payment", "fraud": "fraud"}


def amounts(facts: Facts) -> Section:
    counts, edges = facts.tallies.amounts.counts, bin_edges()
    used = np.flatnonzero(counts.sum(0))
    if not len(used):
        return Section("amounts", "Amounts", ["No payment was approved."])
    here = slice(int(used[0]), int(used[-1]) + 1)
    shown = [(name, counts[what]) for name, what in (("genuine", GENUINE), ("fraud", FRAUD)) if counts[what].sum()]
    medians = [f"the median {_NOUNS[name]} is about {facts.money(median(edges, each))}" for name, each in shown]
    text = f"Of approved payments, {' and '.join(medians)}."
    return Section("amounts", "Amounts", [text, _figure(facts, shown, edges, here)])


def median(edges: Numbers, counts: Numbers) -> float:
    """The median of a histogram, taken within its bin on the log scale."""
    reached = np.cumsum(counts)
    middle = reached[-1] / 2.0
    k = int(np.searchsorted(reached, middle))
    before = reached[k - 1] if k else 0.0
    within = (middle - before) / counts[k]
    return float(edges[k] * (edges[k + 1] / edges[k]) ** within)


def _figure(facts: Facts, shown: list[tuple[str, Numbers]], edges: Numbers, here: slice) -> Figure:
    shares = {name: 100.0 * counts / counts.sum() for name, counts in shown}
    currency = facts.manifest.currency
    colours = {"genuine": look.GENUINE, "fraud": look.FRAUD}
    return Figure(
        id="figure-amounts",
        label="How amounts of approved genuine payments and frauds are spread, on a logarithmic scale.",
        caption=f"Approved payments by amount, in per cent of each kind; {BINS_PER_DECADE} steps make a factor of ten.",
        data=[_steps(name, shares[name][here], edges[here.start : here.stop + 1], colours[name]) for name, _ in shown],
        layout=look.layout(
            320, hovermode="x unified", xaxis=look.log_axis(f"amount in {currency}, log scale", *_seen(shares, edges)),
            yaxis=look.axis("per cent of payments", rangemode="tozero", ticksuffix=" %"), **look.with_legend(),
        ),
        head=(f"from, {currency}", f"to, {currency}", *(text for name, _ in shown for text in (name, "share"))),
        rows=[
            (
                _amount(edges[k]), _amount(edges[k + 1]),
                *(cell for name, counts in shown for cell in (look.whole(counts[k]), f"{shares[name][k]:.2f} %")),
            )
            for k in range(here.start, here.stop)
        ],
        right=range(2 + 2 * len(shown)),
    )  # fmt: skip


def _seen(shares: dict[str, Numbers], edges: Numbers) -> tuple[float, float]:
    """Amounts between which more than a trace of the payments lies."""
    worth = np.flatnonzero(np.maximum.reduce(list(shares.values())) > 0.02)
    return float(edges[worth[0]]), float(edges[worth[-1] + 1])


def _amount(value: float) -> str:
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"


def _steps(name: str, shares: Numbers, edges: Numbers, colour: str) -> Trace:
    """A histogram as a line of steps; each step is told at the middle of its bin."""
    middles = np.sqrt(edges[:-1] * edges[1:])
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": middles.tolist(), "y": shares.tolist(),
        "line": {"shape": "hvh", "color": colour, "width": 2.2, "dash": "solid" if name == "genuine" else "dash"},
        "fill": "tozeroy", "fillcolor": "rgba(74,134,184,0.14)" if name == "genuine" else "rgba(217,84,30,0.10)",
        "hovertemplate": "%{y:.2f} %",
    }  # fmt: skip
