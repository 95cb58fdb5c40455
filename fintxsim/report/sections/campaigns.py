"""One campaign of each typology, drawn: its victims' days, its acts, the money on its way, and what the bank did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fintxsim.markup import Html, tag
from fintxsim.report import look
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Figure, Section, Trace
from fintxsim.show.entries import Entry, Kind
from fintxsim.show.story import Story

_MOST_LINES = 80  # of the table below a drawing
_BEFORE, _AFTER = timedelta(hours=30), timedelta(hours=30)  # shown around the acts
_LANE, _MARGIN = 42, 124  # pixels
_BANK = "the bank"
_BELOW = 1_000  # places that are kept for people


@dataclass(frozen=True, slots=True)
class Style:
    """How entries of a kind are drawn."""

    name: str
    colour: str
    symbol: str
    size: float


_OWN = Style("everyday payments", look.GENUINE, "circle", 7)
_TRIED = Style("acts, declined", look.FRAUD, "x-thin-open", 10)
STYLES: dict[Kind, Style] = {
    Kind.OWN: _OWN,
    Kind.EVENT: Style("logins and changes", look.EVENT, "triangle-up-open", 9),
    Kind.CRIME: Style("acts, approved", look.FRAUD, "diamond", 11),
    Kind.LEG: Style("money passed on", look.LEG, "square", 9),
    Kind.ALERT: Style("alerts", look.BANK, "hexagram-open", 11),
    Kind.LABEL: Style("labels", look.BANK, "star", 11),
}
_ORDER = (*STYLES.values(), _TRIED)


@dataclass(frozen=True, slots=True)
class _Mark:
    """An entry in the lane where it is drawn."""

    lane: str
    place: int  # of the lane from the top
    entry: Entry
    style: Style


def campaigns(facts: Facts) -> Section | None:
    if not facts.stories:
        return None
    text = (
        "One campaign of each typology, longer than most of its kind, with up to three of the customers it began with. "
        "Times are the bank's. Drag to look closer, double-click to see all."
    )
    parts = [part for story in facts.stories for part in _campaign(facts, story)]
    return Section("campaigns", "Campaigns", [text, *parts])


def _campaign(facts: Facts, story: Story) -> Iterator[object]:
    kind = f", {story.campaign['kind']}" if story.campaign.get("kind") else ""
    yield tag("h3", tag("code", story.campaign["typology"]), kind)
    yield _facts(facts, story)
    yield _figure(story)


def _facts(facts: Facts, story: Story) -> Html:
    campaign = story.campaign
    start = campaign["start"].astimezone(ZoneInfo(story.timezone))
    parts = [
        f"Campaign {campaign['campaign_id']} began on {start:%A %Y-%m-%d at %H:%M} through {campaign['entry_point']}",
        f"{_counted(story.tried, 'attempt')}, {story.frauds:,} approved",
        f"{facts.money(campaign['net_loss'])} taken, {facts.money(campaign['recovered'])} came back",
        f"{_counted(story.victims, 'customer')} attacked or acting"
        + (f", {_counted(story.mules, 'other')} passing money on" if story.mules else ""),
        f"camouflage {campaign['camouflage']:.2f}, skill of the crew {story.actor['skill']:.2f}",
    ]
    command = tag("code", f"fintxsim show campaign {campaign['campaign_id']} RUN")
    return tag("p", "; ".join(parts), ". In full: ", command, class_="soft")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _marks(story: Story) -> list[_Mark]:
    """Every entry in its lane, in order of time; what several customers share is drawn once."""
    found = [
        _mark(person.role, number, entry) for number, person in enumerate(story.people, 1) for entry in person.entries
    ]
    unique = {(mark.lane, mark.entry.time, mark.entry.what, mark.entry.who, mark.entry.amount): mark for mark in found}
    return sorted(unique.values(), key=lambda mark: mark.entry.time)


def _mark(role: str, number: int, entry: Entry) -> _Mark:
    style = STYLES[entry.kind] if entry.approved or entry.kind != Kind.CRIME else _TRIED
    if entry.kind in (Kind.LABEL, Kind.ALERT):
        return _Mark(_BANK, 2 * _BELOW, entry, style)
    if entry.hop:
        return _Mark(f"mules, hop {entry.hop}", _BELOW + entry.hop, entry, style)
    return _Mark(f"{role.replace('_', ' ')} {number}", number, entry, style)


def _lanes(marks: list[_Mark]) -> list[str]:
    """People first, then mules by hop, the bank last."""
    places = {mark.lane: mark.place for mark in marks}
    return sorted(places, key=places.__getitem__)


def _figure(story: Story) -> Figure:
    marks = _marks(story)
    lanes = _lanes(marks)
    number = story.campaign["campaign_id"]
    first, last = _window(marks)
    later = sum(mark.entry.time > last for mark in marks)
    return Figure(
        id=f"figure-campaign-{number}",
        label=f"Timeline of campaign {number}, {story.campaign['typology']}: a lane per customer, per hop of mules and "
        "for the bank.",
        caption=f"{_counted(later, 'entry').replace('entrys', 'entries')} after the right edge, mostly what the bank "
        "learned later: double-click to see them." if later else "All entries are within the drawing.",
        data=[trace for style in _ORDER for trace in _trace(style, marks)],
        layout=look.layout(
            _MARGIN + _LANE * len(lanes), hovermode="closest",
            xaxis=look.axis(type="date", range=[_local(first), _local(last)]),
            yaxis=look.axis(type="category", categoryorder="array", categoryarray=lanes[::-1],
                            range=[-0.6, len(lanes) - 0.4], fixedrange=True),
            **look.with_legend(),
        ),
        head=("time", "who", "what", "amount", "with", "answer"),
        rows=list(_rows(marks)),
        right=(3,),
    )  # fmt: skip


def _window(marks: list[_Mark]) -> tuple[datetime, datetime]:
    """What is shown at first: the acts and a day around them."""
    acts = [mark.entry.time for mark in marks if mark.entry.kind in (Kind.CRIME, Kind.LEG)]
    times = acts or [mark.entry.time for mark in marks]
    return min(times) - _BEFORE, max(times) + _AFTER


def _local(time: datetime) -> str:
    """Local time as Plotly reads it: without a zone."""
    return time.strftime("%Y-%m-%d %H:%M:%S")


def _trace(style: Style, marks: list[_Mark]) -> Iterator[Trace]:
    mine = [mark for mark in marks if mark.style == style]
    if mine:
        yield {
            "type": "scatter", "mode": "markers", "name": style.name, "x": [_local(mark.entry.time) for mark in mine],
            "y": [mark.lane for mark in mine], "customdata": [_told(mark.entry) for mark in mine],
            "marker": {
                "color": style.colour, "symbol": style.symbol, "size": style.size,
                "opacity": 0.6 if style == _OWN else 0.95, "line": {"width": 1.6, "color": style.colour},
            },
            "hovertemplate": "%{x|%a %Y-%m-%d %H:%M:%S}<br>%{customdata}<extra></extra>",
        }  # fmt: skip


def _told(entry: Entry) -> str:
    return " | ".join(part for part in (_money(entry), entry.what, entry.who, entry.answer) if part)


def _money(entry: Entry) -> str:
    return "" if entry.amount is None else f"{entry.amount:+,.2f} {entry.currency}"


def _rows(marks: list[_Mark]) -> Iterator[tuple[str, ...]]:
    """What matters first: of a long story everyday life is left out of the table, and then what comes last."""
    told = marks if len(marks) <= _MOST_LINES else [mark for mark in marks if mark.style != _OWN]
    for mark in told[:_MOST_LINES]:
        entry = mark.entry
        yield _local(entry.time), mark.lane, entry.what, _money(entry), entry.who, entry.answer
    left = len(marks) - len(told[:_MOST_LINES])
    if left:
        yield "", "", f"{left:,} more entries, everyday life among them", "", "", ""
