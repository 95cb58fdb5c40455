"""How the package compiles: once for each function, and with a way in for Python where Python needs one."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import fintxsim
from fintxsim.compiled import _Helper, compiled, kernel

PACKAGE = Path(fintxsim.__file__).parent


@compiled
def _double(x: float) -> float:
    return 2.0 * x


@compiled
def _next_one(k: int) -> int:
    return k + 1


@kernel
def _many_calls(numbers: np.ndarray) -> float:
    small, wide = np.int8(3), np.uint16(4)
    numbers[0] = _double(numbers[0]) + _double(np.float32(1.5)) + _double(2.0)
    return _next_one(1) + _next_one(2) + _next_one(small) + _next_one(wide)


def test_a_function_is_compiled_once_whatever_constants_and_widths_it_is_called_with() -> None:
    assert _many_calls(np.ones(1)) == 2 + 3 + 4 + 5
    assert len(_double.overloads) == len(_next_one.overloads) == 1


def test_a_helper_can_be_called_from_python_all_the_same() -> None:
    assert _double(3.0) == 6.0
    assert _many_calls(np.ones(1)) == 14.0
    assert _double(3.0) == 6.0


def _control_plane(tree: ast.AST) -> Iterator[ast.AST]:
    """Everything but the bodies of compiled functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef) and any(
            ast.unparse(d) in ("compiled", "kernel") for d in node.decorator_list
        ):
            continue
        yield node
        yield from _control_plane(node)


def _calls_of_helpers(file: Path) -> list[str]:
    name = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    module = None if name.endswith("__main__") else importlib.import_module(name)
    called = (n.func for n in _control_plane(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.Call))
    return [
        f"{file.relative_to(PACKAGE)}:{function.lineno} {ast.unparse(function)}"
        for function in called
        if isinstance(getattr(module, ast.unparse(function), None), _Helper)
    ]


def test_the_control_plane_calls_kernels_alone_which_need_not_be_compiled_at_each_start() -> None:
    assert [call for file in sorted(PACKAGE.rglob("*.py")) for call in _calls_of_helpers(file)] == []
