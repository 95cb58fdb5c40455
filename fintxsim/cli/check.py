"""``fintxsim check``: is this scenario usable, and what would it make?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fintxsim.cli.guard import DONE, INPUT
from fintxsim.cli.options import AsJson, Changes, Source
from fintxsim.cli.show import about, counted, note, result, result_json
from fintxsim.errors import InputError, ScenarioError

if TYPE_CHECKING:
    from fintxsim.scenario.load import Loaded
    from fintxsim.scenario.model import Scenario


def check(
    source: Source,
    changes: Changes = None,
    resolved: Annotated[bool, typer.Option("--resolved", help="Print every setting, defaults included.")] = False,
    as_json: AsJson = False,
) -> int:
    """Validate a scenario; every mistake is shown with its line and column."""
    try:
        loaded = load(source, changes or ())
    except InputError as error:
        if not as_json:
            raise
        result_json({"ok": False, "problems": problems_of(error), "warnings": []})
        return INPUT
    if as_json:
        result_json(_facts(loaded) | ({"resolved": _settings(loaded.value)} if resolved else {}))
        return DONE
    for warning in loaded.warnings:
        note(warning)
    (note if resolved else result)(f"{source}: ok: {promise(loaded.value)}")
    if resolved:
        from fintxsim.scenario.dump import dump_resolved

        result(dump_resolved(loaded.value).rstrip())
    return DONE


def load(source: str, changes: list[str] | tuple[str, ...]) -> Loaded[Scenario]:
    """The scenario of a file or name. InputError."""
    from fintxsim.scenario.load import load_scenario
    from fintxsim.scenario.model import Scenario

    return load_scenario(source, Scenario, overrides=changes)


def expected_rows(scenario: Scenario) -> int:
    """Transactions that the scenario will make, within a third or so."""
    from fintxsim.run.generate import expected_rows as guess

    return guess(scenario)


def promise(scenario: Scenario) -> str:
    """What a scenario makes, in a line."""
    customers = counted(scenario.population.customers, "customer")
    days = counted(scenario.days, "day")
    rows = about(expected_rows(scenario))
    return f"{scenario.name}: {customers}, {days} from {scenario.start_date}, about {rows} transactions, seed {scenario.seed}"


def problems_of(error: InputError) -> list[dict[str, Any]]:
    """Each problem by its parts; line and column are 0 where there is none."""
    if not isinstance(error, ScenarioError):
        return [{"file": "", "line": 0, "column": 0, "path": "", "message": str(error)}]
    return [
        {"file": p.file, "line": p.line, "column": p.column, "path": p.path, "message": p.message} for p in error.problems
    ]


def _facts(loaded: Loaded[Scenario]) -> dict[str, Any]:
    scenario = loaded.value
    return {
        "ok": True,
        "problems": [],
        "warnings": list(loaded.warnings),
        "name": scenario.name,
        "seed": scenario.seed,
        "start_date": scenario.start_date.isoformat(),
        "days": scenario.days,
        "customers": scenario.population.customers,
        "expected_transactions": expected_rows(scenario),
        "sources": [str(path) for path in loaded.sources],
    }


def _settings(scenario: Scenario) -> Any:
    return scenario.model_dump(mode="json", round_trip=True)
