"""How to cite the run."""

from __future__ import annotations

from fintxsim.markup import tag
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Section


def citing(facts: Facts) -> Section:
    m = facts.manifest
    text = (
        f"fintxsim {m.fintxsim_version}: synthetic transactions, scenario {m.name} (digest {m.scenario_digest}), "
        f"seed {m.seed}, {m.days} days from {m.start_date}."
    )
    why = "Version, digest of the scenario and seed together fix every value. No real person, account or card is in it."
    return Section("citing", "How to cite", [tag("pre", text), why])
