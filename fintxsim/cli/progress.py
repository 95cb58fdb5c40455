"""How far a run is: a bar on a terminal, a line per tenth elsewhere, or nothing."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from fintxsim.cli.show import duration, note

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

SIMULATING = "simulating"
_LINES = 10


class Step(Protocol):
    """What the engine tells after each day: days done, rows and seconds so far."""

    @property
    def day(self) -> int: ...
    @property
    def days(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def phase(self) -> str: ...


@dataclass
class Meter:
    """Rate and time left, since the first simulated day: what came before says nothing about the days to come."""

    first: Step | None = None

    def tell(self, step: Step) -> str:
        """``1,200,000 rows, 450,000 rows/s, 12 s left``."""
        if step.phase != SIMULATING:
            return step.phase
        if self.first is None:
            self.first = step
        seconds, days = step.seconds - self.first.seconds, step.day - self.first.day
        if seconds <= 0 or days <= 0:
            return f"{step.rows:,} rows"
        left = seconds / days * (step.days - step.day)
        return f"{step.rows:,} rows, {(step.rows - self.first.rows) / seconds:,.0f} rows/s, {duration(left)} left"


class Display:
    """Shows nothing; the others show more. Use it as a context manager and as the engine's callback."""

    def __call__(self, step: Step) -> None:
        """Take note of a step."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""


class Lines(Display):
    """A line per change of phase and per tenth of the days."""

    def __init__(self) -> None:
        self._meter = Meter()
        self._phase = ""
        self._tenth = 0

    def __call__(self, step: Step) -> None:
        told = self._meter.tell(step)
        if step.phase != SIMULATING:
            if step.phase != self._phase:
                note(f"{step.phase} ...")
            self._phase = step.phase
            return
        tenth = step.day * _LINES // max(step.days, 1)
        if tenth > self._tenth:
            self._tenth = tenth
            note(f"day {step.day} of {step.days} ({100 * step.day // step.days} %): {told}")


class Live(Display):
    """A bar that redraws itself and disappears at the end."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._meter = Meter()
        self._bar: Bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("days  {task.fields[told]}", markup=False),
            console=Console(file=sys.stderr),
            transient=True,
        )
        self._task: TaskID = self._bar.add_task("starting", total=None, told="")

    def __call__(self, step: Step) -> None:
        told = self._meter.tell(step)
        self._bar.update(
            self._task, description=step.phase, total=step.days, completed=max(step.day, 0),
            told=told if step.phase == SIMULATING else "",
        )  # fmt: skip

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def display(*, quiet: bool, terminal: str) -> Display:
    """The display that fits; ``terminal`` is the value of TERM."""
    if quiet:
        return Display()
    return Live() if sys.stderr.isatty() and terminal not in ("", "dumb") else Lines()
