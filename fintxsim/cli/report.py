"""``fintxsim report``: a run as a page to read in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fintxsim.cli.guard import DONE
from fintxsim.cli.show import note, result

_OUTPUT = "Where the page goes; report.html in the run when left out."


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Directory of a finished run.", show_default=False)],
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help=_OUTPUT)] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> int:
    """Make a page of a run: an HTML file that needs no network and nothing beside it.

    It reads the files of the run, measures its realism and audits it for leaks. Prints where the page is.
    """
    from fintxsim.dataset import open_run
    from fintxsim.report import write_report

    page = write_report(open_run(run), output)
    result(str(page))
    if open_it:
        _open(page)
    return DONE


def _open(page: Path) -> None:
    import webbrowser

    if not webbrowser.open(page.absolute().as_uri()):
        note(f"{page}: no browser was found; open the file in one.")
