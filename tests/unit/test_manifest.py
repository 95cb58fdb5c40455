from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from fintxsim.errors import DamagedRunError, RunNotFoundError
from fintxsim.manifest import (
    MANIFEST_NAME,
    FileEntry,
    Manifest,
    read_manifest,
    to_json,
    write_atomically,
    write_manifest,
)


def manifest(**changes: object) -> Manifest:
    fields = {
        "fintxsim_version": "0.1.0", "versions": {"b": "2", "a": "1"}, "command": "fintxsim generate x", "name": "x",
        "seed": 1, "scenario_digest": "d", "timezone": "UTC", "start_date": "2026-01-01", "days": 1,
        "end_time": "2026-01-02T00:00:00Z", "currency": "EUR", "currency_exponents": {"EUR": 2},
        "approved_transactions": 0, "approved_value": 0.0,
    }  # fmt: skip
    return Manifest.model_validate(fields | changes)


def entry(path: str) -> FileEntry:
    return FileEntry(path=path, table="data/cards", rows=0, bytes=1, sha256="0" * 64, values="v")


def test_a_manifest_survives_the_disk(tmp_path: Path) -> None:
    written = manifest(files=(entry("data/cards/a.parquet"),))
    write_manifest(tmp_path, written)
    assert read_manifest(tmp_path) == written


def test_writing_leaves_no_temporary_file(tmp_path: Path) -> None:
    write_manifest(tmp_path, manifest())
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST_NAME]


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a.txt", "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "old")]


def test_equal_manifests_give_equal_text() -> None:
    assert to_json(manifest(versions={"a": "1", "b": "2"})) == to_json(manifest())


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError, match="surprise"):
        manifest(surprise=1)


def test_a_manifest_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        manifest().seed = 2


def test_files_of_a_table_come_in_the_order_of_their_paths() -> None:
    files = (entry("data/cards/b.parquet"), entry("data/cards/a.parquet"))
    assert [f.path[-9] for f in manifest(files=files).files_of("data/cards")] == ["a", "b"]


def test_an_absent_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError, match="nothing is there"):
        read_manifest(tmp_path / "gone")


def test_a_file_is_not_a_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunNotFoundError, match="it is a file"):
        read_manifest(tmp_path / "file")


def test_an_empty_directory_is_not_a_run(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError, match="the directory is empty"):
        read_manifest(tmp_path)


def test_what_a_directory_holds_instead_is_named(tmp_path: Path) -> None:
    for name in "abcdef":
        (tmp_path / name).touch()
    with pytest.raises(RunNotFoundError, match="holds a, b, c, d, e, ..., but no manifest.json"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("text", [b"{", b"[]", b"\xff", b'{"format_version": 1, "seed": "many"}'])
def test_a_broken_manifest_is_damage(tmp_path: Path, text: bytes) -> None:
    (tmp_path / MANIFEST_NAME).write_bytes(text)
    with pytest.raises(DamagedRunError, match=r"manifest.json: damaged: .*generate the run anew"):
        read_manifest(tmp_path)


def test_another_format_is_not_read(tmp_path: Path) -> None:
    fields = json.loads(to_json(manifest())) | {"format_version": 99}
    (tmp_path / MANIFEST_NAME).write_text(json.dumps(fields))
    with pytest.raises(RunNotFoundError, match="format 99, this fintxsim reads format 1"):
        read_manifest(tmp_path)
