from __future__ import annotations

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fintxsim import columns as c
from fintxsim.errors import FintxsimError, OutputPathError
from fintxsim.manifest import Manifest, read_manifest
from fintxsim.run import parquet
from fintxsim.run.store import RunStore

FIELDS: dict[str, Any] = {
    "fintxsim_version": "0.1.0", "versions": {}, "command": "c", "name": "x", "seed": 1, "scenario_digest": "d",
    "timezone": "UTC", "start_date": "2026-01-01", "days": 1, "end_time": "e", "currency": "EUR",
    "currency_exponents": {"EUR": 2}, "approved_transactions": 0, "approved_value": 0.0,
}  # fmt: skip
MANIFEST = Manifest(**FIELDS)


def devices(first: int, count: int = 1) -> pa.Table:
    rows = [
        {"valid_from": 0, "device_id": first + i, "os": "x", "kind": "phone", "first_seen": 1} for i in range(count)
    ]
    return pa.Table.from_pylist(rows, schema=c.DEVICES.schema())


def write(path: Path, *, overwrite: bool = False, seed: int = 1) -> Path:
    with RunStore.open(path, overwrite=overwrite) as store:
        store.append(c.DEVICES, devices(1), "a.parquet")
        return store.finish(MANIFEST.model_copy(update={"seed": seed}))


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def test_a_finished_run_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "run")
    assert names(tmp_path) == ["run"]


def test_nothing_is_at_the_target_before_finish(tmp_path: Path) -> None:
    with RunStore.open(tmp_path / "run") as store:
        store.append(c.DEVICES, devices(1), "a.parquet")
        assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), RunStore.open(tmp_path / "run") as store:
        store.append(c.DEVICES, devices(1), "a.parquet")
        raise error
    assert names(tmp_path) == []


def test_every_declared_table_has_a_file(tmp_path: Path) -> None:
    run = write(tmp_path / "run")
    assert all(pq.read_schema(run / t.path / _only(run / t.path)).equals(t.schema()) for t in c.TABLES)


def _only(folder: Path) -> str:
    (name,) = names(folder)
    return name


def test_appends_to_one_name_make_one_file(tmp_path: Path) -> None:
    with RunStore.open(tmp_path / "run") as store:
        for first, name in ((1, "a.parquet"), (2, "a.parquet"), (3, "b.parquet")):
            store.append(c.DEVICES, devices(first), name)
        run = store.finish(MANIFEST)
    assert [entry.rows for entry in read_manifest(run).files_of(c.DEVICES.path)] == [2, 1]


def test_the_values_of_a_table_do_not_depend_on_its_files(tmp_path: Path) -> None:
    digests = set()
    for name, files in (("one", "aaa"), ("three", "abc")):
        with RunStore.open(tmp_path / name) as store:
            for i, file in enumerate(files):
                store.append(c.DEVICES, devices(i), f"{file}.parquet")
            digests.add(store.complete(MANIFEST).tables[c.DEVICES.path].values)
    assert len(digests) == 1


def test_names_of_files_must_rise(tmp_path: Path) -> None:
    with RunStore.open(tmp_path / "run") as store:
        store.append(c.DEVICES, devices(1), "b.parquet")
        with pytest.raises(FintxsimError, match="names of files must rise"):
            store.append(c.DEVICES, devices(2), "a.parquet")


def test_file_names_may_have_folders(tmp_path: Path) -> None:
    with RunStore.open(tmp_path / "run") as store:
        store.append(c.DEVICES, devices(1), "date=2026-01-01/0.parquet")
        run = store.finish(MANIFEST)
    assert (run / "data/devices/date=2026-01-01/0.parquet").is_file()


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "", "manifest.json"])
def test_paths_outside_the_run_are_refused(tmp_path: Path, path: str) -> None:
    with RunStore.open(tmp_path / "run") as store, pytest.raises(FintxsimError, match="not a path inside the run"):
        store.add_text(path, "x")


def test_a_text_can_be_replaced(tmp_path: Path) -> None:
    with RunStore.open(tmp_path / "run") as store:
        store.add_text("README.md", "old")
        store.add_text("README.md", "new")
        run = store.finish(MANIFEST)
    assert [(e.path, e.bytes) for e in read_manifest(run).files if e.table is None] == [("README.md", 3)]
    assert (run / "README.md").read_text() == "new"


def test_threads_can_write_different_tables(tmp_path: Path) -> None:
    with RunStore.open(tmp_path / "run") as store:

        def append(table: c.Table) -> None:
            for _ in range(20):
                store.append(table, table.schema().empty_table(), "a.parquet")

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(append, c.TABLES))
        run = store.finish(MANIFEST)
    assert len(read_manifest(run).files) == len(c.TABLES)


def test_nothing_can_be_added_to_a_finished_run(tmp_path: Path) -> None:
    with RunStore.open(tmp_path / "run") as store:
        store.finish(MANIFEST)
        with pytest.raises(FintxsimError, match="the run is finished"):
            store.append(c.DEVICES, devices(1), "a.parquet")


def test_a_file_at_the_target_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    with pytest.raises(OutputPathError, match="is a file"):
        RunStore.open(tmp_path / "run")


@pytest.mark.parametrize("manifest", [None, b"[]", b"{}", b"\xff", b'{"fintxsim_version": "1"}'])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_directory_that_is_not_a_run_is_refused(tmp_path: Path, manifest: bytes | None, overwrite: bool) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").touch()
    if manifest is not None:
        (tmp_path / "run" / "manifest.json").write_bytes(manifest)
    with pytest.raises(OutputPathError, match=r"holds .*thesis.txt, which is not a run"):
        RunStore.open(tmp_path / "run", overwrite=overwrite)


def test_an_empty_directory_is_used(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    write(tmp_path / "run")
    assert names(tmp_path) == ["run"]


def test_a_finished_run_is_not_replaced_unasked(tmp_path: Path) -> None:
    write(tmp_path / "run")
    with pytest.raises(OutputPathError, match="--overwrite"):
        RunStore.open(tmp_path / "run")


def test_a_finished_run_is_replaced_when_asked(tmp_path: Path) -> None:
    write(tmp_path / "run")
    write(tmp_path / "run", overwrite=True, seed=2)
    assert (read_manifest(tmp_path / "run").seed, names(tmp_path)) == (2, ["run"])


def test_a_run_stays_when_its_successor_fails(tmp_path: Path) -> None:
    write(tmp_path / "run")
    with pytest.raises(ValueError), RunStore.open(tmp_path / "run", overwrite=True) as store:
        store.append(c.DEVICES, devices(1), "a.parquet")
        raise ValueError
    assert (read_manifest(tmp_path / "run").seed, names(tmp_path)) == (1, ["run"])


def test_files_that_the_run_does_not_own_are_never_removed(tmp_path: Path) -> None:
    (write(tmp_path / "run") / "scores.csv").touch()
    with pytest.raises(OutputPathError, match=r"scores.csv does not belong to the run"):
        RunStore.open(tmp_path / "run", overwrite=True)


@pytest.mark.parametrize("name", ["report.html", ".report.html.4711.tmp"])
def test_a_page_is_replaced_with_its_run(tmp_path: Path, name: str) -> None:
    (write(tmp_path / "run") / name).touch()
    write(tmp_path / "run", overwrite=True, seed=2)
    assert name not in names(tmp_path / "run")


def test_a_run_is_restored_when_the_exchange_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "run")
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if ".partial-" in Path(source).name:
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(OutputPathError, match="Input/output error"):
        write(tmp_path / "run", overwrite=True, seed=2)
    assert (read_manifest(tmp_path / "run").seed, names(tmp_path)) == (1, ["run"])


def test_a_run_that_was_moved_aside_by_a_dead_process_comes_back(tmp_path: Path) -> None:
    os.replace(write(tmp_path / "run"), tmp_path / ".run.replaced")
    with RunStore.open(tmp_path / "run"):
        assert read_manifest(tmp_path / "run").seed == 1


def test_two_writers_of_one_run_are_refused(tmp_path: Path) -> None:
    with (
        RunStore.open(tmp_path / "run"),
        pytest.raises(OutputPathError, match="another process is writing this run"),
    ):
        RunStore.open(tmp_path / "run")


def test_the_remains_of_a_killed_process_are_cleared(tmp_path: Path) -> None:
    program = (
        f"import os; from fintxsim.run.store import RunStore; RunStore.open({str(tmp_path / 'run')!r}); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    left = names(tmp_path)
    write(tmp_path / "run")
    assert (len(left), names(tmp_path)) == (2, ["run"])


def test_a_parent_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputPathError, match="cannot write in"):
        RunStore.open(tmp_path / "file" / "run")


def test_a_full_disk_says_what_is_needed_and_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: parquet.HashingFile, data: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    message = r"disk is full: data/devices/a.parquet needs up to .* MB are free"
    monkeypatch.setattr(parquet, "BUFFER_ROWS", 1)
    monkeypatch.setattr(parquet, "_WRITE_BYTES", 1)
    monkeypatch.setattr(parquet.HashingFile, "write", full)
    with pytest.raises(OutputPathError, match=message), RunStore.open(tmp_path / "run") as store:
        store.append(c.DEVICES, devices(1), "a.parquet")
    assert names(tmp_path) == []


def test_the_error_of_a_disk_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: parquet.HashingFile, data: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(parquet.HashingFile, "write", broken)
    with pytest.raises(OutputPathError, match="cannot write data/.*: Input/output error"):
        write(tmp_path / "run")
    assert names(tmp_path) == []
