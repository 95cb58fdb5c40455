"""A story as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from fintxsim.show.entries import Entry, Kind
from fintxsim.show.story import Person, Story

AROUND = 4  # own rows shown before and after what matters; the others are counted
MARKS = {Kind.OWN: " ", Kind.CRIME: ">", Kind.LEG: "$", Kind.EVENT: "*", Kind.LABEL: "!", Kind.ALERT: "!"}
LEGEND = "> campaign   $ money passed on   * event   ! what the bank learns   (no mark: the customer's own life)"


def lines(story: Story, summary: str, exponent: int) -> Iterator[str]:
    """All lines; ``summary`` says what the typology is, ``exponent`` are the decimals of the run's currency."""
    yield from _facts(story, summary, exponent)
    yield ""
    yield LEGEND
    for number, person in enumerate(story.people, 1):
        yield ""
        yield from _person(person, number, story)
    left = story.victims - len(story.people)
    if left:
        yield ""
        yield f"{left:,} more like this; --people {story.victims} shows them all."


def _facts(story: Story, summary: str, exponent: int) -> Iterator[str]:
    campaign, actor = story.campaign, story.actor
    kind = f", {campaign['kind']}" if campaign.get("kind") else ""
    yield f"campaign {campaign['campaign_id']}: {campaign['typology']}{kind}"
    since, end = campaign.get("prepared_since"), campaign["end"]
    until = f"to {_moment(end, story)}" if end else "and is still under way at the end of the run"
    money = [f"{_money(campaign['gross'], exponent)} tried", f"{_money(campaign['net_loss'], exponent)} taken"]
    if campaign.get("recovered") is not None:
        money.append(f"{_money(campaign['recovered'], exponent)} came back")
    facts = (
        ("what", summary),
        *((scheme, campaign[scheme]) for scheme in ("fraud_classifier", "eba", "uk_finance") if campaign.get(scheme)),
        ("crew", f"fraudster {actor['fraudster_id']}: skill {actor['skill']:.2f}, puts up with {actor['patience']} "
         f"declines in a row, {actor['n_devices']} devices"),
        ("entry point", f"{campaign['entry_point']}; camouflage {campaign['camouflage']:.2f}"),
        *([("prepared", f"since {_moment(since, story)}")] if since else []),
        ("when", f"{_moment(campaign['start'], story)} {until}, {story.timezone}"),
        ("customers", f"{story.victims:,} attacked or acting, {story.mules:,} who pass money on"),
        ("rows", f"{story.tried:,} tried, {story.frauds:,} approved; {story.legs:,} rows pass money on"),
        ("money", ", ".join(money)),
    )  # fmt: skip
    yield from (f"  {name:<17} {value}" for name, value in facts)


def _moment(time: datetime, story: Story) -> str:
    return time.astimezone(ZoneInfo(story.timezone)).strftime("%a %Y-%m-%d %H:%M")


def _money(amount: float, exponent: int) -> str:
    return f"{amount:,.{exponent}f}"


def _person(person: Person, number: int, story: Story) -> Iterator[str]:
    customer = person.customer
    business = ", a business" if customer["is_business"] else ""
    facts = (
        f"customer {customer['customer_id']}", f"{customer['segment']}{business}", customer["age_band"],
        f"income {customer['income_band']}", f"{customer['home_city']} {customer['home_country']}",
        f"here since {customer['customer_since']}",
    )  # fmt: skip
    yield f"{person.role} {number} of {story.victims:,}: {', '.join(facts)}"
    kinds = [f"{account['kind']} {account['account_id']}" for account in person.accounts]
    cards = f"{len(person.cards)} card{'s' if len(person.cards) != 1 else ''}"
    yield f"  accounts: {', '.join(dict.fromkeys(kinds))}; {cards}"
    day = None
    for part in _collapsed(person.entries):
        first = part if isinstance(part, Entry) else part[0]
        if first.time.date() != day:
            day = first.time.date()
            yield f"  {first.time:%a %Y-%m-%d}"
        yield _entry(part) if isinstance(part, Entry) else _many(part)


def _matters(entry: Entry) -> bool:
    return not (entry.kind == Kind.OWN or entry.is_familiar)


def _collapsed(entries: Sequence[Entry]) -> Iterator[Entry | list[Entry]]:
    """Entries; of long stretches of everyday life the middle as a list."""
    stretch: list[Entry] = []
    seen = False
    for entry in entries:
        if not _matters(entry):
            stretch.append(entry)
            continue
        yield from _shortened(stretch, AROUND if seen else 0, AROUND)
        stretch, seen = [], True
        yield entry
    yield from _shortened(stretch, AROUND, 0)


def _shortened(stretch: list[Entry], first: int, last: int) -> Iterator[Entry | list[Entry]]:
    if len(stretch) <= first + last + 1:
        yield from stretch
        return
    end = len(stretch) - last
    yield from stretch[:first]
    yield stretch[first:end]
    yield from stretch[end:]


def _many(entries: list[Entry]) -> str:
    rows = [entry for entry in entries if entry.kind == Kind.OWN]
    paid = [entry for entry in rows if entry.approved and entry.amount is not None]
    flows = {"out": [e for e in paid if (e.amount or 0.0) < 0], "in": [e for e in paid if (e.amount or 0.0) > 0]}
    money = [f"{_sum(part)} {way}" for way, part in flows.items() if part]
    declined = len(rows) - len(paid)
    parts = [f"{len(rows)} rows of everyday life"] if rows else []
    logins = len(entries) - len(rows)
    parts += [f"{logins} login{'s' if logins != 1 else ''}"] if logins else []
    tail = [*money, *([f"{declined} declined"] if declined else [])]
    until = entries[-1].time.strftime("%a %H:%M")
    return f"      ... {' and '.join(parts)} until {until}" + (f": {', '.join(tail)}" if tail else "")


def _sum(entries: list[Entry]) -> str:
    totals: dict[str, float] = {}
    for entry in entries:
        totals[entry.currency] = totals.get(entry.currency, 0.0) + abs(entry.amount or 0.0)
    return " + ".join(f"{total:,.2f} {currency}" for currency, total in totals.items())


def _entry(entry: Entry) -> str:
    amount = "" if entry.amount is None else f"{entry.amount:+,.2f} {entry.currency}"
    indent = "    " * entry.hop
    hop = f"hop {entry.hop} " if entry.hop else ""
    parts = [part for part in (f"{hop}{entry.what}", entry.who, _answer(entry)) if part]
    return f"  {MARKS[entry.kind]} {entry.time:%H:%M:%S} {amount:>16}  {indent}{' | '.join(parts)}".rstrip()


def _answer(entry: Entry) -> str:
    """The bank's answer; that an everyday row was approved goes without saying."""
    return "" if entry.kind in (Kind.OWN, Kind.LEG) and entry.answer == "approved" else entry.answer
