"""Files that hold no scenario at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from fintxsim.errors import InputError, Problem, ScenarioError
from fintxsim.scenario.nodes import plain
from fintxsim.scenario.reading import read_document
from fintxsim.scenario.yaml12 import MAX_BYTES


def refusal(path: Path, data: bytes) -> Problem:
    path.write_bytes(data)
    with pytest.raises(ScenarioError) as caught:
        read_document(path)
    (problem,) = caught.value.problems
    return problem


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfname: x\n")
    root, _ = read_document(tmp_path / "a.yaml")
    assert (plain(root), root.place.column) == ({"name": "x"}, 1)


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"name: x\n#" + b"-" * (MAX_BYTES - 9))
    assert plain(read_document(tmp_path / "a.yaml")[0]) == {"name": "x"}


def test_a_larger_file_is_refused(tmp_path: Path) -> None:
    assert "larger than 1024 KiB" in refusal(tmp_path / "a.yaml", b"#" * (MAX_BYTES + 1)).message


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [(b"a: \xff", 1, 4), (b"\xfea", 1, 1), (b"a: 1\n\x80", 2, 1), (b"a: 1\nb: \xc3\xa9\xc3", 2, 5)],
)
def test_bytes_that_are_not_utf_8_are_placed(tmp_path: Path, data: bytes, line: int, column: int) -> None:
    problem = refusal(tmp_path / "a.yaml", data)
    assert (problem.line, problem.column) == (line, column)
    assert problem.message.startswith("not UTF-8: byte 0x")


def test_utf_16_is_refused(tmp_path: Path) -> None:
    assert "not UTF-8" in refusal(tmp_path / "a.yaml", "name: x\n".encode("utf-16")).message


@pytest.mark.parametrize("data", [b"", b"\n\n", b"# nothing\n", b"---\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path: Path, data: bytes) -> None:
    assert refusal(tmp_path / "a.yaml", data).message == "the file is empty; begin with `name: my_scenario`"


@pytest.mark.parametrize("data", [b"- a\n- b\n", b"just text\n", b"42\n"])
def test_a_top_level_that_is_no_mapping_is_refused(tmp_path: Path, data: bytes) -> None:
    problem = refusal(tmp_path / "a.yaml", data)
    assert (problem.line, "the top level must be a mapping" in problem.message) == (1, True)


def test_a_null_byte_is_refused(tmp_path: Path) -> None:
    assert "character U+0000 is not allowed" in refusal(tmp_path / "a.yaml", b"name: \0\n").message


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(InputError, match="is not a regular file"):
        read_document(tmp_path / "pipe.yaml")


def test_a_file_that_cannot_be_opened_is_an_input_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any, **_named: Any) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.yaml").write_text("name: x\n")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        read_document(tmp_path / "a.yaml")


def test_the_name_of_a_file_is_safe_to_print(tmp_path: Path) -> None:
    assert refusal(tmp_path / "\x1b[31m.yaml", b"").file.isprintable()
