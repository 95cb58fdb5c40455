"""Where scenarios are: a path of the user's, or one that is shipped, from any working directory."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from fintxsim.errors import InputError
from fintxsim.suggest import closest, listed

_PACKAGE = Path(__file__).resolve().parent.parent
_SUFFIX = ".yaml"


def shipped_scenarios(package: Path = _PACKAGE) -> dict[str, Path]:
    """Name -> file of every shipped scenario, by name; empty when none is installed."""
    directory = _shipped_directory(package)
    files = sorted(directory.glob(f"*{_SUFFIX}")) if directory else []
    return {file.stem: file for file in files}


def _shipped_directory(package: Path) -> Path | None:
    """``_scenarios`` inside the package (a wheel), else ``scenarios`` in the repository (an editable install)."""
    inside = package / "_scenarios"
    if inside.is_dir():
        return inside
    return package.parent / "scenarios" if _is_repository(package.parent, package.name) else None


def _is_repository(directory: Path, name: str) -> bool:
    """Whether this is the project's source tree, and not site-packages with a stranger's ``scenarios``."""
    try:
        project = tomllib.loads((directory / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(project.get("project", {}).get("name") == name)


def find_scenario(name_or_path: str | Path, shipped: Mapping[str, Path] | None = None) -> Path:
    """The file of a scenario; InputError, with near matches, when there is none.

    A file at the path wins over a shipped scenario of that name, a directory does not:
    it can be no scenario.
    """
    catalogue = shipped_scenarios() if shipped is None else shipped
    text = str(name_or_path)
    path = Path(name_or_path)
    if text and os.path.exists(path) and not (os.path.isdir(path) and text in catalogue):
        if os.path.isdir(path):
            raise InputError(f"{path} is a directory; give a scenario file inside it.")
        return path
    if text in catalogue:
        return catalogue[text]
    near = closest(path.stem, catalogue)
    question = f"; did you mean {near}?" if near else "."
    raise InputError(f"no scenario {text!r}{question} Give a path, or one of: {listed(catalogue)}.")
