"""A scenario file to text, and an unreadable one to a clear error."""

from __future__ import annotations

import os
from pathlib import Path

from fintxsim.errors import InputError
from fintxsim.scenario.nodes import MapNode, Place, Source, printable
from fintxsim.scenario.yaml12 import MAX_BYTES, Composed, compose, stop


def read_document(path: Path) -> tuple[MapNode, Composed]:
    """The top-level mapping of a file and all that was noticed.

    InputError when it is no readable file; ScenarioError at once when its content is not one YAML mapping.
    """
    composed = compose(_decode(_read(path), path), printable(str(path)))
    root = composed.root
    if root is None or not isinstance(root, MapNode):
        empty = root is None or getattr(root, "text", None) == ""
        place = Place(composed.source, 1, 1) if root is None else root.place
        found = "the file is empty" if empty else "the top level must be a mapping of keys to values"
        stop(place, (), f"{found}; begin with `name: my_scenario`")
    return root, composed


def _source(path: Path) -> Source:
    return Source(printable(str(path)))


def _read(path: Path) -> bytes:
    # A pipe or a device could block or never end.
    if not os.path.isfile(path):
        raise InputError(f"{path} is not a regular file; save the scenario to a file first.")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}; check its permissions.") from error
    if len(data) > MAX_BYTES:
        stop(Place(_source(path)), (), f"larger than {MAX_BYTES // 1024} KiB; a scenario is a few KiB of settings")
    return data


def _decode(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace").splitlines(keepends=True) or [""]
        line = len(before) + before[-1].endswith("\n")
        column = 1 if before[-1].endswith("\n") else len(before[-1]) + 1
        message = f"not UTF-8: byte 0x{data[error.start]:02X} at offset {error.start}; save the file as UTF-8"
        stop(Place(_source(path), line, column), (), message)
