"""Imports go one way, and what is compiled lies where a change of it is noticed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from fintxsim.compiled import COMPILED_SOURCES
from fintxsim.lookalikes import LOOKALIKES
from fintxsim.typologies import TYPOLOGIES

PACKAGE = Path(__file__).parents[1] / "fintxsim"

# From the top: a part imports from itself and from layers below it. Parts of one layer do not know each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("cli",),
    ("run", "verify"),
    ("report",),
    ("show",),
    ("leaks", "fidelity"),
    ("engine", "dataset"),
    ("agents", "bank_agents"),
    ("contest", "scenario"),
    ("setting", "fraud", "day"),
    ("lookalikes", "typologies", "pacing", "stock"),
    ("behaviour",),
    ("bank",),
    ("population",),
    (
        "clock",
        "columns",
        "digest",
        "fields",
        "institution",
        "labelling",
        "manifest",
        "memory",
        "numerics",
        "shares",
        "streams",
        "table_files",
        "tokens",
    ),
    ("compiled", "vocabulary"),
    ("errors", "outcomes", "suggest"),
    ("markup",),
)
# What puts a customer's day together lies beside the habits that it is made of, but knows the look-alikes too.
THE_DAY = ("behaviour.plan", "behaviour.day", "behaviour.theft", "behaviour.block_day")
JUDGES = ("dataset", "fidelity", "leaks", "report", "show", "verify")
SEEN_BY_JUDGES = {
    *JUDGES, "labelling", "manifest", "digest", "columns", "vocabulary", "compiled", "errors", "outcomes", "suggest",
    "markup", "table_files",
}  # fmt: skip
RANK = {part: len(LAYERS) - level for level, parts in enumerate(LAYERS) for part in parts}


class Import(NamedTuple):
    """``file`` imports ``name`` from the module ``source``; ``source`` is a path in dots below the package."""

    file: str
    source: str
    name: str
    for_types_only: bool
    at_the_top: bool


def part_of(file_or_module: str) -> str:
    """The layer's part that a file or module of the package belongs to; empty for the package itself."""
    module = file_or_module.replace("/", ".").removesuffix(".py")
    part = "day" if module in THE_DAY else module.split(".")[0]
    return {"__init__": "", "__main__": "cli"}.get(part, part)


def trees() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        yield file.relative_to(PACKAGE).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def imports_in(file: str, tree: ast.Module) -> Iterator[Import]:
    typing_only = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and ast.unparse(test.test) == "TYPE_CHECKING"
        for node in ast.walk(test)
    }
    for node in ast.walk(tree):
        modules = [(alias.name, "") for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            modules = [(node.module or "", alias.name) for alias in node.names]
        for module, name in modules:
            yield Import(file, module, name, id(node) in typing_only, node in tree.body)


EVERY_IMPORT = [found for file, tree in trees() for found in imports_in(file, tree)]


def ours() -> Iterator[tuple[str, str, Import]]:
    """(part, imported part, import) within the package; the imported part of the package itself is empty."""
    for found in EVERY_IMPORT:
        if found.source == "fintxsim":
            yield part_of(found.file), found.name if found.name in RANK else "", found
        elif found.source.startswith("fintxsim."):
            source = found.source.removeprefix("fintxsim.")
            module = f"{source}.{found.name}"
            yield part_of(found.file), part_of(module if module in THE_DAY else source), found


def test_every_part_of_the_package_has_a_layer() -> None:
    assert {part_of(file) for file, _ in trees()} - {""} == set(RANK)


def test_imports_go_down() -> None:
    upward = [
        found
        for part, imported, found in ours()
        if part and imported and part != imported and RANK[part] <= RANK[imported] and not found.for_types_only
    ]
    assert upward == []


def test_agents_know_the_world_by_its_type_alone() -> None:
    upward = {
        (part, imported)
        for part, imported, found in ours()
        if part and imported and RANK[part] < RANK[imported] and found.for_types_only
    }
    assert upward == {("agents", "engine"), ("bank_agents", "engine")}


def test_of_the_package_itself_only_the_version_is_imported() -> None:
    assert {found.name for _, imported, found in ours() if not imported} <= {"__version__"}


def test_the_package_itself_imports_parts_only_when_asked() -> None:
    assert [found for part, _, found in ours() if not part and not found.for_types_only] == []


def test_relative_imports_are_not_used() -> None:
    assert [found for found in EVERY_IMPORT if not found.source] == []


@pytest.mark.parametrize("judge", JUDGES)
def test_who_judges_a_run_sees_nothing_of_the_simulator(judge: str) -> None:
    reach, before = {judge}, set[str]()
    while reach != before:
        before = set(reach)
        reach |= {imported for part, imported, _ in ours() if part in before and imported}
    assert reach <= SEEN_BY_JUDGES


def test_only_agents_and_engine_import_mesa() -> None:
    assert {found.file for found in EVERY_IMPORT if found.source.split(".")[0] == "mesa"} == {
        "agents.py",
        "bank_agents.py",
        "engine.py",
    }


@pytest.mark.parametrize(
    ("folder", "kinds"),
    [("typologies", [kind.name for kind in TYPOLOGIES]), ("lookalikes", [kind.name for kind in LOOKALIKES])],
)
def test_kinds_do_not_import_each_other(folder: str, kinds: list[str]) -> None:
    files = {f"{folder}/{kind}.py" for kind in kinds}
    siblings = {f"fintxsim.{folder}", *(f"fintxsim.{folder}.{kind}" for kind in kinds)}
    assert files <= {file for file, _ in trees()}
    assert [found for found in EVERY_IMPORT if found.file in files and found.source in siblings] == []


def test_randomness_comes_from_streams_alone() -> None:
    modules = {found.file for found in EVERY_IMPORT if found.source.split(".")[0] in ("random", "secrets")}
    calls = {file for file, tree in trees() for node in ast.walk(tree) if ast.unparse(node) == "np.random"}
    assert modules | calls == set()


def has_compiled_code(tree: ast.Module) -> bool:
    decorators = (d for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for d in node.decorator_list)
    return any(ast.unparse(decorator) in ("kernel", "compiled") for decorator in decorators)


def is_compiled_source(file: str) -> bool:
    return any(file == source or file.startswith(f"{source}/") for source in COMPILED_SOURCES)


COMPILED = [file for file, tree in trees() if has_compiled_code(tree)]


def test_compiled_code_was_found() -> None:
    assert {"behaviour/day.py", "streams.py", "run/rows.py"} <= set(COMPILED)


def test_compiled_code_lies_where_its_changes_are_noticed() -> None:
    assert [file for file in COMPILED if not is_compiled_source(file)] == []


def test_what_compiled_code_reads_lies_there_too() -> None:
    """Constants of other modules become part of the machine code; exceptions are no constants."""
    sources = {(found.file, found.source) for found in EVERY_IMPORT if found.file in COMPILED and found.at_the_top}
    modules = {(file, source.removeprefix("fintxsim.")) for file, source in sources if source.startswith("fintxsim.")}
    files = {(file, module.replace(".", "/")) for file, module in modules if module != "errors"}
    assert [(file, path) for file, path in files if not any(map(is_compiled_source, (path, f"{path}.py")))] == []


def test_numba_is_imported_only_where_code_is_compiled() -> None:
    importers = {found.file for found in EVERY_IMPORT if found.source.split(".")[0] == "numba"}
    assert importers <= {"compiled.py", "run/precompile.py"}
