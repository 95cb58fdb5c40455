"""``fintxsim init``: writes a starter scenario."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Annotated

import typer

from fintxsim.cli.guard import DONE
from fintxsim.cli.show import note, result
from fintxsim.errors import InputError

DEFAULT_BASE = "quickstart"


def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")] = Path("scenario.yaml"),
    base: Annotated[str, typer.Option("--from", metavar="NAME", help="Shipped scenario to start from.")] = DEFAULT_BASE,
) -> int:
    """Write a starter scenario.

    Beside it goes the schema that lets editors complete and check it.
    """
    from fintxsim.cli.starter import SCHEMA_NAME, starter_schema, starter_text
    from fintxsim.manifest import write_atomically
    from fintxsim.scenario.load import load_scenario
    from fintxsim.scenario.model import Scenario

    schema = file.with_name(SCHEMA_NAME)
    _require_free(file, schema)
    _require_shipped(base)
    text = starter_text(file, base, load_scenario(base, Scenario).value)
    write_atomically(schema, starter_schema())
    write_atomically(file, text)
    result(str(file))
    note(f"{schema}: the schema for your editor.")
    note(f"next: edit {shlex.quote(str(file))}, then: fintxsim check {shlex.quote(str(file))}")
    return DONE


def _require_free(file: Path, schema: Path) -> None:
    """InputError unless the two files can be written without losing anything."""
    if not file.parent.is_dir():
        raise InputError(f"{file.parent}: is not a directory; make it first, or give another file.")
    if file.exists() or file.is_symlink():
        raise InputError(f"{file}: is already there and was left as it is; give another file name.")
    if file.name == schema.name:
        raise InputError(f"{file}: is the name of the schema; give a file name that ends in .yaml.")
    if schema.exists() and not _is_ours(schema):
        raise InputError(f"{schema}: is no schema of ours and was left as it is; move it, or choose another directory.")


def _is_ours(schema: Path) -> bool:
    try:
        content = json.loads(schema.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("title") == "Scenario"


def _require_shipped(name: str) -> None:
    from fintxsim.scenario.find import shipped_scenarios
    from fintxsim.suggest import hint

    known = shipped_scenarios()
    if name not in known:
        raise InputError(f"--from: no shipped scenario {name!r}{hint(name, known)}. See `fintxsim describe scenarios`.")
