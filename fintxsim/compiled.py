"""How the package compiles: two decorators over numba, and one cache that cannot go stale.

``compiled`` marks a small function that other compiled functions call; ``kernel`` marks one that Python
calls, keeps its machine code on disk and releases the GIL.

Reference counting is off (``_nrt=False``): compiled code never allocates, it works on buffers that Python hands it.
With it on, counting references took 70 % of the time of a customer's day.

numba decides by a file's own date whether its cached code is still good, and so misses a change in a
function that lives in another file. The cache directory is therefore named after a digest of every file that
holds compiled code: change any, and everything is compiled anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache, cached_property, update_wrapper
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

import numba
from numba.core.registry import CPUDispatcher

F = TypeVar("F", bound=Callable[..., Any])

Record: TypeAlias = Any
"""One record of a structured array inside compiled code: fields are attributes, writing to one writes to the array."""

_OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
_PACKAGE = Path(__file__).parent
COMPILED_SOURCES = (
    "bank", "behaviour", "lookalikes", "population", "compiled.py", "digest.py", "institution.py", "numerics.py",
    "run/rows.py", "streams.py", "tokens.py", "vocabulary.py",
)  # fmt: skip


@cache
def source_digest() -> str:
    """Digest of the sources that hold compiled code, and of numba's version: 16 hex digits."""
    digest = hashlib.sha256(numba.__version__.encode())
    roots = [_PACKAGE / name for name in COMPILED_SOURCES]
    for path in sorted(file for root in roots for file in (root.rglob("*.py") if root.is_dir() else [root])):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def cache_directory() -> Path:
    """Where compiled kernels are kept: beside the package, or in the user's cache if that is read-only."""
    for base in (_PACKAGE / "__pycache__", Path.home() / ".cache" / "fintxsim", Path(tempfile.gettempdir())):
        directory = base / f"kernels-{source_digest()}"
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(directory, os.W_OK):
            _forget_others(directory)
            return directory
    return Path(tempfile.mkdtemp(prefix="fintxsim-kernels-"))


def _forget_others(directory: Path) -> None:
    """Machine code of sources that are no more."""
    for other in directory.parent.glob("kernels-*"):
        if other != directory:
            shutil.rmtree(other, ignore_errors=True)


class _Dispatcher(CPUDispatcher):
    """A compiled function that is compiled once for all callers within compiled code.

    By itself numba compiles a function anew for each constant that is passed to it and for each width of whole numbers:
    a third of the time of a first start.
    """

    def get_call_template(self, args: Any, kws: Any) -> Any:
        plain = {name: _plain(kind) for name, kind in kws.items()}
        return super().get_call_template(tuple(map(_plain, args)), plain)


class _Helper(_Dispatcher):
    """Has no way in for Python, which takes longer to compile than most helpers do. Python gets one when it asks."""

    def __call__(self, *arguments: Any) -> Any:
        return self._for_python(*arguments)

    @cached_property
    def _for_python(self) -> Any:
        return numba.njit(**_OPTIONS)(self.py_func)


def _plain(kind: Any) -> Any:
    """The type as which an argument is passed: no constants, and 64 bits for numbers."""
    types: Any = numba.types
    kind = types.unliteral(kind)
    if isinstance(kind, types.Integer) and kind != types.uint64:
        return types.int64
    return types.float64 if kind == types.float32 else kind


def compiled(function: F) -> F:
    """A helper that only compiled code calls (and tests)."""
    options = {"nopython": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, **_OPTIONS}
    return cast(F, update_wrapper(_Helper(function, targetoptions=options), function))


def kernel(function: F) -> F:
    """A function that Python calls, and compiled code can: cached on disk, runs without the GIL."""
    dispatcher = _Dispatcher(function, targetoptions={"nopython": True, "nogil": True, **_OPTIONS})
    config: Any = numba.core.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_directory())
    try:
        dispatcher.enable_caching()
    finally:
        config.CACHE_DIR = before
    return cast(F, update_wrapper(dispatcher, function))


def is_compiled_before() -> bool:
    """Whether an earlier process left machine code of a customer's day for these sources."""
    return any(cache_directory().rglob("*.live_block*.nbc"))
