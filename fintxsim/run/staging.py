"""The directory in which a run grows, beside the place where it will be.

For a run ``output/x`` these names are used in ``output``: ``.x.lock``, held with flock so that it dies with its
process; ``.x.partial-<pid>``, the growing run; ``.x.replaced``, the old run for the moment of the exchange.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from pathlib import Path

from fintxsim.errors import OutputPathError
from fintxsim.manifest import MANIFEST_NAME, is_beside


class Staging:
    """A locked staging directory for one target. ``publish`` or ``discard`` ends its life."""

    def __init__(self, target: Path) -> None:
        """Lock the target and make an empty directory. OutputPathError when that cannot be done."""
        self.target = target
        self._lock_path = target.with_name(f".{target.name}.lock")
        self._replaced = target.with_name(f".{target.name}.replaced")
        self.path = target.with_name(f".{target.name}.partial-{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._lock = self._acquire()
            self._clear_remains()
            self.path.mkdir()
        except OSError as error:
            reason = error.strerror or error
            raise OutputPathError(
                f"{target}: cannot write in {target.parent}: {reason}; choose another output directory with -o."
            ) from error

    def _acquire(self) -> int:
        """Take the lock of the target; the file may vanish between opening and locking it."""
        while True:
            lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                raise OutputPathError(
                    f"{self.target}: another process is writing this run; wait for it or choose another output "
                    "directory with -o."
                ) from None
            if _is_same_file(lock, self._lock_path):
                return lock
            os.close(lock)

    def _clear_remains(self) -> None:
        """Whoever left these is dead: this process holds the lock."""
        if self._replaced.exists() and not self.target.exists():
            os.replace(self._replaced, self.target)
        prefix = f".{self.target.name}.partial-"
        stale = [path for path in self.target.parent.iterdir() if path.name.startswith(prefix)]
        for path in [*stale, self._replaced]:
            shutil.rmtree(path, ignore_errors=True)

    def publish(self) -> None:
        """Give the staging directory the target's name; a run that was there is restored when that fails."""
        sync_directories(self.path)
        existed = self.target.exists()
        if existed:
            os.replace(self.target, self._replaced)
        try:
            os.replace(self.path, self.target)
        except BaseException:
            if existed:
                os.replace(self._replaced, self.target)
            raise
        _sync(self.target.parent)
        shutil.rmtree(self._replaced, ignore_errors=True)
        self._release()

    def discard(self) -> None:
        """Remove the staging directory and let go of the lock."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._release()

    def _release(self) -> None:
        self._lock_path.unlink(missing_ok=True)
        os.close(self._lock)


def _is_same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _sync(directory: Path) -> None:
    """Wait until the names in a directory are on the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directories(root: Path) -> None:
    """Wait until the names of all files under a directory are on the disk."""
    for directory, _, _ in os.walk(root):
        _sync(Path(directory))


def require_replaceable(target: Path, *, overwrite: bool) -> None:
    """OutputPathError unless a run may be put at the target: nothing, an empty directory or, to overwrite, a run."""
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputPathError(f"{target}: is a file; choose another output directory with -o.")
    names = sorted(path.name for path in target.iterdir())
    if not names:
        return
    listed = _listed_files(target)
    if listed is None:
        shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        raise OutputPathError(
            f"{target}: the directory holds {shown}, which is not a run; choose another output directory with -o."
        )
    if not overwrite:
        raise OutputPathError(
            f"{target}: a finished run is there; replace it with --overwrite or choose another directory with -o."
        )
    _require_only_listed(target, listed)


def _listed_files(target: Path) -> set[str] | None:
    """Files that belong to the run at the target; None when no run is there. A damaged run still counts."""
    try:
        fields = json.loads((target / MANIFEST_NAME).read_bytes())
        if "fintxsim_version" not in fields:
            return None
        return {MANIFEST_NAME, *(str(entry["path"]) for entry in fields["files"])}
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _require_only_listed(target: Path, listed: set[str]) -> None:
    """Files that the run does not own are never removed with it."""
    for path in sorted(target.rglob("*")):
        name = path.relative_to(target).as_posix()
        if not path.is_dir() and name not in listed and not is_beside(name):
            raise OutputPathError(
                f"{target}: {name} does not belong to the run and would be lost; move it away, then use --overwrite."
            )
