"""The commands put together."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from fintxsim import __version__
from fintxsim.cli.audit import audit
from fintxsim.cli.campaign import campaign
from fintxsim.cli.check import check
from fintxsim.cli.describe import describe
from fintxsim.cli.fidelity import fidelity
from fintxsim.cli.generate import generate
from fintxsim.cli.guard import DEBUG_VARIABLE, exit_code, forgiving, guarded
from fintxsim.cli.init import init
from fintxsim.cli.verify import verify

COMMANDS = (init, check, generate, verify, audit, fidelity, describe)

# Plain help and plain errors: what the user typed is never read as markup.
app = typer.Typer(
    name="fintxsim", no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)
for command in COMMANDS:
    app.command()(guarded(command))
show = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make parts of a finished run readable.")
show.command()(guarded(campaign))
app.add_typer(show, name="show")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"fintxsim {__version__}")
        raise typer.Exit


@app.callback()
def fintxsim(
    version: Annotated[  # noqa: ARG001 (its callback has used it)
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help=f"Show the traceback of a bug; so does {DEBUG_VARIABLE}=1.")
    ] = False,
) -> None:
    """Simulate the transactions of a bank's customers, with labelled fraud.

    A first run: fintxsim generate quickstart
    """
    if debug:
        os.environ[DEBUG_VARIABLE] = "1"


def main() -> None:
    """Run the command line of this process; always ends in SystemExit."""
    sys.stdout, sys.stderr = forgiving(sys.stdout), forgiving(sys.stderr)
    try:
        app(prog_name="fintxsim")
    except Exception as error:
        sys.exit(exit_code(error))
    except KeyboardInterrupt as error:
        sys.exit(exit_code(error))
