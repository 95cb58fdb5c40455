"""How a command ends: every exception becomes an exit code and a message, none a traceback on the screen.

0    done
1    checked, and the answer is no
2    what the user gave cannot be used (typer gives usage errors the same code)
70   a bug of ours
130  Ctrl-C
"""

from __future__ import annotations

import errno
import functools
import io
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any, ParamSpec, TextIO

from fintxsim import __version__
from fintxsim.cli.show import note
from fintxsim.errors import FintxsimError, ScenarioError

DONE, NO, INPUT, BUG, INTERRUPTED = 0, 1, 2, 70, 130
DEBUG_VARIABLE = "FINTXSIM_DEBUG"

_MACHINE_SAYS_NO = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.EMFILE, errno.ENFILE,
    errno.EIO, errno.ENAMETOOLONG,
}  # fmt: skip
"""Errors of the system that are no bug: the disk is full, a directory is protected, a name is too long."""

P = ParamSpec("P")


def guarded(command: Callable[P, int]) -> Callable[P, None]:
    """A command that returns its exit code, as one that exits with it whatever happens inside."""

    @functools.wraps(command)
    def ended(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
            sys.stdout.flush()
        except BaseException as error:
            code = exit_code(error)
        sys.exit(code)

    return ended


def exit_code(error: BaseException) -> int:
    """Tell the user what went wrong; the code to exit with. SystemExit passes through."""
    if isinstance(error, SystemExit):
        raise error
    if isinstance(error, KeyboardInterrupt):
        note("interrupted; nothing was left behind.")
        return INTERRUPTED
    if isinstance(error, FintxsimError) and error.exit_code != BUG:
        note(str(error) if isinstance(error, ScenarioError) else f"error: {error}")
        return error.exit_code
    if isinstance(error, OSError) and error.errno in _MACHINE_SAYS_NO:
        where = f"{error.filename}: " if error.filename else ""
        note(f"error: {where}{error.strerror}; mend that and run again.")
        return INPUT
    if isinstance(error, MemoryError):
        note("error: out of memory; ask for fewer customers (--scale 0.1) or use a larger machine.")
        return INPUT
    return _bug(error)


def _bug(error: BaseException) -> int:
    """Name the error in one line and keep its traceback where the user can find it."""
    text = "".join(traceback.format_exception(error))
    if is_debugging():
        note(text)
    what = " ".join(str(error).split())
    note(
        f"bug: {type(error).__name__}: {what} (fintxsim {__version__}); {_where_saved(text)}. "
        "Please report it with the command that you ran."
    )
    return BUG


def is_debugging() -> bool:
    return os.environ.get(DEBUG_VARIABLE, "") not in ("", "0")


def _where_saved(text: str) -> str:
    if is_debugging():
        return "the traceback is above"
    try:
        descriptor, path = tempfile.mkstemp(prefix="fintxsim-traceback-", suffix=".txt", text=True)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return f"run again with {DEBUG_VARIABLE}=1 to see the traceback"
    return f"the traceback is in {path}"


class _Pipe(io.FileIO):
    """A stream whose reader may go away, as in ``| head``: what nobody reads is dropped.

    Another error is raised once; what Python still tries to write when it ends is dropped then too.
    """

    is_over = False

    def write(self, data: Any) -> int:
        if self.is_over:
            return len(memoryview(data))
        try:
            return super().write(data)
        except OSError as error:
            self.is_over = True
            if isinstance(error, BrokenPipeError):
                return len(memoryview(data))
            raise


def forgiving(stream: TextIO | None) -> TextIO:
    """The stream, forgiving a reader that left and characters that its encoding lacks; a closed one takes anything."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError, AttributeError):  # replaced by a test
        return stream
    stream.flush()
    buffer = io.BufferedWriter(_Pipe(descriptor, "w", closefd=False))
    return io.TextIOWrapper(
        buffer, stream.encoding, errors="backslashreplace", line_buffering=stream.isatty() or stream is sys.stderr
    )
