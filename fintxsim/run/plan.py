"""A checked scenario and where its run will be; nothing here needs Mesa."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fintxsim import __version__
from fintxsim.behaviour.volume import relative_volume
from fintxsim.errors import DamagedRunError, RunNotFoundError
from fintxsim.manifest import read_manifest
from fintxsim.population.places import build_geography
from fintxsim.scenario.dump import scenario_digest
from fintxsim.scenario.load import load_scenario
from fintxsim.scenario.model import Scenario
from fintxsim.setting import Setting, build_setting

ROWS_PER_CUSTOMER_DAY = 1.7  # of the default behaviour, for estimates


@dataclass(frozen=True)
class Plan:
    """A checked scenario and where its run will be."""

    scenario: Scenario
    warnings: tuple[str, ...]
    path: Path
    command: str
    setting: Setting

    @property
    def expected_rows(self) -> int:
        """About how many transactions the run will have."""
        scenario = self.scenario
        volume = relative_volume(scenario.population, scenario.behaviour, scenario.kind)
        return int(scenario.population.customers * scenario.days * ROWS_PER_CUSTOMER_DAY * volume)

    @property
    def digest(self) -> str:
        return scenario_digest(self.scenario)

    def already_done(self) -> bool:
        """Whether a finished run of this very scenario, seed and version is at the path."""
        try:
            manifest = read_manifest(self.path)
        except (RunNotFoundError, DamagedRunError):
            return False
        return manifest.scenario_digest == self.digest and manifest.fintxsim_version == __version__


def prepare(
    source: str | Path,
    output: str | Path | None = None,
    *,
    overrides: Sequence[str] = (),
    seed: int | None = None,
    days: int | None = None,
    scale: float | None = None,
) -> Plan:
    """Load and check a scenario; ``scale`` multiplies the number of customers.

    ScenarioError or InputError if it is unusable.
    """
    chosen = list(overrides)
    chosen += [f"seed={seed}"] if seed is not None else []
    chosen += [f"days={days}"] if days is not None else []
    if scale is not None:
        base = load_scenario(source, Scenario, overrides=chosen).value.population.customers
        chosen.append(f"population.customers={max(round(base * scale), 0)}")
    loaded = load_scenario(source, Scenario, overrides=chosen)
    scenario = loaded.value
    path = Path(output) if output is not None else Path("output") / f"{scenario.name}-s{scenario.seed}"
    words = ["fintxsim", "generate", str(source)]
    for override in chosen:
        words += ["--set", override]
    return Plan(scenario, loaded.warnings, path, shlex.join(words), setting_of(scenario))


def setting_of(scenario: Scenario) -> Setting:
    """The setting of a scenario; InputError if the places or the merchants are impossible."""
    geography = build_geography(scenario.timezone, scenario.country, scenario.currency)
    return build_setting(
        seed=scenario.seed, start=scenario.start_date, days=scenario.days, geography=geography,
        population=scenario.population, behaviour=scenario.behaviour, bank=scenario.bank, anomalies=scenario.anomalies,
        institution=scenario.kind,
    )  # fmt: skip
