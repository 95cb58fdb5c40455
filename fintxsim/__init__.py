"""fintxsim: an agent-based simulator of financial transactions with labelled fraud.

Public names; each is imported when first used, so that ``import fintxsim`` and ``fintxsim --help`` stay quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fintxsim.dataset import Run, open_run
    from fintxsim.errors import (
        DamagedRunError,
        FintxsimError,
        InputError,
        OutputPathError,
        Problem,
        RunNotFoundError,
        ScenarioError,
    )
    from fintxsim.fidelity import FidelityReport, measure_fidelity
    from fintxsim.leaks.auditing import AuditReport, audit
    from fintxsim.run.generate import generate
    from fintxsim.verify import VerifyReport, verify_run

__version__ = "0.1.0"

__all__ = [
    "AuditReport",
    "DamagedRunError",
    "FidelityReport",
    "FintxsimError",
    "InputError",
    "OutputPathError",
    "Problem",
    "Run",
    "RunNotFoundError",
    "ScenarioError",
    "VerifyReport",
    "__version__",
    "audit",
    "generate",
    "measure_fidelity",
    "open_run",
    "verify_run",
]

_HOMES = {
    "fintxsim.dataset": ("Run", "open_run"),
    "fintxsim.errors": (
        "DamagedRunError", "FintxsimError", "InputError", "OutputPathError", "Problem", "RunNotFoundError",
        "ScenarioError",
    ),
    "fintxsim.fidelity": ("FidelityReport", "measure_fidelity"),
    "fintxsim.leaks.auditing": ("AuditReport", "audit"),
    "fintxsim.run.generate": ("generate",),
    "fintxsim.verify": ("VerifyReport", "verify_run"),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """A public name, from the module that defines it."""
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module 'fintxsim' has no attribute {name!r}; its names are {', '.join(__all__)}.")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
