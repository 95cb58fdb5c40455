"""``fintxsim show campaign``: a readable timeline of victim, mules and bank."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fintxsim.cli.guard import DONE
from fintxsim.cli.options import AsJson
from fintxsim.cli.show import aligned, note, result, result_json
from fintxsim.errors import InputError

if TYPE_CHECKING:
    from fintxsim.dataset import Run

_WORDS = (
    "Number of a campaign and directory of a run, in either order. Without a number: all campaigns of the run, a line "
)
_WORDS += "each. Without a run: the newest one in output/."


def campaign(
    words: Annotated[list[str] | None, typer.Argument(metavar="[ID] [RUN]", help=_WORDS, show_default=False)] = None,
    people: Annotated[int, typer.Option(min=1, max=1000, help="How many victims are shown with their lives.")] = 3,
    days: Annotated[float, typer.Option(min=0, max=365, help="Days of their lives shown before and after.")] = 3.0,
    typology: Annotated[str | None, typer.Option(metavar="NAME", help="List campaigns of one typology.")] = None,
    as_json: AsJson = False,
) -> int:
    """Show a campaign: victims, mules, the bank, act by act.

    It reads the files of a finished run: what the bank saw beside what truth/ says of it.
    """
    from fintxsim.dataset import open_run

    number, place = _understood(words or [])
    run = open_run(place or _newest(Path("output")))
    if place is None:
        note(f"{run.path}: the newest run in output/.")
    if number is None:
        _list(run, typology, as_json=as_json)
    else:
        _tell(run, number, people, days, as_json=as_json)
    return DONE


def _understood(words: list[str]) -> tuple[int | None, Path | None]:
    """Which word is the number, and which the run."""
    numbers = [word for word in words if word.isascii() and word.isdigit()]
    places = [word for word in words if word not in numbers]
    if len(numbers) > 1 or len(places) > 1:
        raise InputError(f"{' '.join(words)}: give the number of one campaign and the directory of one run.")
    return int(numbers[0]) if numbers else None, Path(places[0]) if places else None


def _newest(directory: Path) -> Path:
    """The run in a directory that was finished last."""
    manifests = sorted(directory.glob("*/manifest.json"), key=lambda file: (file.stat().st_mtime_ns, str(file)))
    if not manifests:
        raise InputError(
            f"no run was given and {directory}/ has none; give the directory that `fintxsim generate` printed."
        )
    return manifests[-1].parent


def _list(run: Run, typology: str | None, *, as_json: bool) -> None:
    from fintxsim.show.listing import campaigns

    found = campaigns(run, typology)
    if as_json:
        result_json([asdict(each) | {"start": each.start.isoformat()} for each in found])
        return
    decimals = run.manifest.currency_exponents.get(run.manifest.currency, 2)
    head = ("campaign", "typology", "kind", "start", "victims", "tried", "frauds", f"loss {run.manifest.currency}")
    rows = [
        (
            str(each.campaign_id), each.typology, each.kind or "-", f"{each.start:%Y-%m-%d %H:%M}", f"{each.victims:,}",
            f"{each.attempts:,}", f"{each.frauds:,}", f"{each.loss:,.{decimals}f}",
        )
        for each in found
    ]  # fmt: skip
    result("\n".join(aligned([head, *rows], right=(0, 4, 5, 6, 7))))


def _tell(run: Run, number: int, people: int, days: float, *, as_json: bool) -> None:
    from fintxsim.cli.catalogue import typologies
    from fintxsim.scenario.nodes import printable
    from fintxsim.show.story import tell
    from fintxsim.show.text import lines

    story = tell(run, number, people=people, days=days)
    if as_json:
        result_json(story.plain())
        return
    summary = next((item["summary"] for item in typologies() if item["name"] == story.campaign["typology"]), "")
    exponent = run.manifest.currency_exponents.get(run.manifest.currency, 2)
    result("\n".join(printable(line) for line in lines(story, summary, exponent)))
