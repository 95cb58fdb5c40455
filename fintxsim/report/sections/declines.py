"""Why requests were declined."""

from __future__ import annotations

from dataclasses import dataclass

from fintxsim.report import look
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Figure, Section, Trace
from fintxsim.report.tallies import Numbers
from fintxsim.report.truths import FRAUD, GENUINE
from fintxsim.show.meanings import REASONS, RESPONSES

_RAILS = (("response_code", RESPONSES), ("reason_code", REASONS))


@dataclass(frozen=True, slots=True)
class _Reason:
    """A reason of a rail with how often it came among genuine requests and among frauds of that rail."""

    name: str
    counts: tuple[float, float]
    asked: tuple[float, float]

    @property
    def per_ten_thousand(self) -> tuple[float, ...]:
        return tuple(look.bps(count, of) for count, of in zip(self.counts, self.asked, strict=True))


def declines(facts: Facts) -> Section:
    found = [reason for rail in _RAILS for reason in _reasons(facts, *rail)]
    found.sort(key=lambda reason: -reason.counts[0])
    text = (
        "Two digits are response codes of the card rail (ISO 8583), letters are reasons of account rails (ISO 20022). "
        "Rates are per 10,000 requests of the same rail."
    )
    return Section("declines", "Declines", [text, _figure(found)] if found else ["Nothing was declined."])


def _reasons(facts: Facts, column: str, meanings: dict[str, str]) -> list[_Reason]:
    counts, asked = facts.tallies.declines[column].counts, facts.tallies.asked[column].counts
    return [
        _Reason(f"{code} {meanings.get(code, '')}".rstrip(), _pair(counts[:, k]), _pair(asked))
        for k, code in enumerate(facts.tallies.reasons[column])
        if k < counts.shape[1] and counts[:, k].sum()
    ]


def _pair(values: Numbers) -> tuple[float, float]:
    return float(values[GENUINE]), float(values[FRAUD])


def _figure(reasons: list[_Reason]) -> Figure:
    drawn = [share for reason in reasons for share in reason.per_ten_thousand if share > 0]
    return Figure(
        id="figure-declines",
        label="How often each reason for a decline comes among genuine requests and among frauds.",
        caption="Declines per 10,000 requests, genuine ones and frauds, on a logarithmic scale. A missing mark: never.",
        data=[
            _marks("genuine", reasons, 0, look.GENUINE, "circle"),
            _marks("fraud", reasons, 1, look.FRAUD, "diamond"),
        ],
        layout=look.layout(
            90 + 34 * len(reasons),
            xaxis=look.log_axis("per 10,000 requests, log scale", min(drawn) / 1.3, max(drawn) * 1.3),
            yaxis=look.axis(autorange="reversed", type="category"), **look.with_legend(),
        ),
        head=("reason", "genuine", "per 10,000", "frauds", "per 10,000"),
        rows=[
            (
                reason.name,
                *(
                    cell
                    for count, share in zip(reason.counts, reason.per_ten_thousand, strict=True)
                    for cell in (look.whole(count), look.rate(share))
                ),
            )
            for reason in reasons
        ],
        right=(1, 2, 3, 4),
    )  # fmt: skip


def _marks(name: str, reasons: list[_Reason], which: int, colour: str, symbol: str) -> Trace:
    return {
        "type": "scatter", "mode": "markers", "name": name, "y": [look.wrapped(reason.name) for reason in reasons],
        "x": [reason.per_ten_thousand[which] or None for reason in reasons],
        "customdata": [reason.counts[which] for reason in reasons],
        "marker": {"color": colour, "symbol": symbol, "size": 10},
        "hovertemplate": "%{y}<br>" + name + ": %{x:,.2f} per 10,000, %{customdata:,.0f} in all<extra></extra>",
    }  # fmt: skip
