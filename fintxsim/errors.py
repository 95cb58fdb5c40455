"""Every exception of the package, and the exit code each one means on the command line.

    FintxsimError                 70  a bug of ours, unless a subclass says otherwise
    ├── InputError                 2  something the user gave cannot be used
    │   ├── ScenarioError          2  a scenario file or override; carries every problem found
    │   ├── OutputPathError        2  the output directory cannot be used, or the disk is full
    │   └── RunNotFoundError       2  the path is not a finished run
    └── DamagedRunError            1  a finished run whose files do not match its manifest

``SettingsError`` is a ValueError for whoever validates settings: it becomes part of a ScenarioError.

A message names what was given, what is allowed, and ends with what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class FintxsimError(Exception):
    """Base of all errors raised on purpose."""

    exit_code = 70


class InputError(FintxsimError):
    """Something the user gave cannot be used."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a scenario file.

    ``line`` and ``column`` count from 1; 0 means that the place is not known
    (an override on the command line, say). ``path`` is the dotted key.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    source: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        path = f"{self.path}: " if self.path else ""
        text = f"{where}: error: {path}{self.message}"
        if self.source.strip():
            indent = " " * max(self.column - 1, 0)
            text += f"\n    {self.source.rstrip()}\n    {indent}^"
        return text


class ScenarioError(InputError):
    """A scenario cannot be used; ``problems`` lists every mistake found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        ending = f"{count} problem{'s' if count != 1 else ''}; nothing was written. Mend the scenario and run again."
        super().__init__("\n".join([*(str(problem) for problem in self.problems), ending]))


class SettingsError(ValueError):
    """Settings that do not go together. ``problems`` are pairs: the keys below the one that is validated, and what is
    wrong there."""

    def __init__(self, *problems: tuple[tuple[str | int, ...], str]) -> None:
        self.problems = problems
        super().__init__("; ".join(message for _, message in problems))


class OutputPathError(InputError):
    """The output directory cannot be used, or the disk is full."""


class RunNotFoundError(InputError):
    """The path holds no finished run."""


class DamagedRunError(FintxsimError):
    """A finished run whose files do not match its manifest."""

    exit_code = 1
