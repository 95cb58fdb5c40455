"""``fintxsim check``: is this scenario usable, and what would it make?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fintxsim.cli.guard import DONE, INPUT
from fintxsim.cli.options import AsJson, Changes, Source
from fintxsim.cli.show import about, counted, note, result, result_json
from fintxsim.errors import InputError, ScenarioError

if TYPE_CHECKING:
    from fintxsim.run.plan import Plan


def check(
    source: Source,
    changes: Changes = None,
    resolved: Annotated[bool, typer.Option("--resolved", help="Print every setting, defaults included.")] = False,
    as_json: AsJson = False,
) -> int:
    """Validate a scenario.

    Every mistake is shown with its line and column. Exit code 0: usable; 2: not.
    """
    from fintxsim.run.plan import prepare

    try:
        plan = prepare(source, overrides=changes or ())
    except InputError as error:
        if not as_json:
            raise
        result_json({"ok": False, "problems": problems_of(error), "warnings": []})
        return INPUT
    if as_json:
        result_json(_facts(plan) | ({"resolved": _settings(plan)} if resolved else {}))
    else:
        _tell(source, plan, resolved=resolved)
    return DONE


def _tell(source: str, plan: Plan, *, resolved: bool) -> None:
    from fintxsim.scenario.dump import dump_resolved

    for warning in plan.warnings:
        note(warning)
    (note if resolved else result)(f"{source}: ok: {promise(plan)}")
    if resolved:
        result(dump_resolved(plan.scenario).rstrip())


def promise(plan: Plan) -> str:
    """What a scenario makes, in a line."""
    scenario = plan.scenario
    customers, days = counted(scenario.population.customers, "customer"), counted(scenario.days, "day")
    rows = f"about {about(plan.expected_rows)} transactions"
    return f"{scenario.name}: {customers}, {days} from {scenario.start_date}, {rows}, seed {scenario.seed}"


def problems_of(error: InputError) -> list[dict[str, Any]]:
    """Each problem by its parts; line and column are 0 where there is none."""
    if not isinstance(error, ScenarioError):
        return [{"file": "", "line": 0, "column": 0, "path": "", "message": str(error)}]
    keys = ("file", "line", "column", "path", "message")
    return [{key: getattr(problem, key) for key in keys} for problem in error.problems]


def _facts(plan: Plan) -> dict[str, Any]:
    scenario = plan.scenario
    return {
        "ok": True,
        "problems": [],
        "warnings": list(plan.warnings),
        "name": scenario.name,
        "seed": scenario.seed,
        "start_date": scenario.start_date.isoformat(),
        "days": scenario.days,
        "customers": scenario.population.customers,
        "expected_transactions": plan.expected_rows,
    }


def _settings(plan: Plan) -> Any:
    return plan.scenario.model_dump(mode="json", round_trip=True)
