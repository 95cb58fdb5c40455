"""Whether look-alikes reach their rates: rows foretold against rows that came, per preset and per kind.

    python benchmarks/lookalikes.py [SCENARIO ...] [--customers 6000] [--days 60] [--seeds 4] [--rate BPS]

The first line of a preset is plain life, the base of all rates: approved rows a day as foretold from what the customers
are, against those that came. Then, for each kind, the rate asked for and the one that came, on average over seeds, and
their ratio; with --rate every kind is asked for at that rate, so that chance has less of a say. Then the base is taken
out of it: rows of the kind against those foretold, and the standard error of that ratio; and the runs whose closing
table says "reached". Where rows are off by more than chance allows, the kind's ``expected_rows`` has to be measured
anew; where plain life is, a constant of ``lookalikes/rates.py``. Winter is quieter than the year: --days 364 is fair.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from statistics import mean, stdev

import fintxsim as fx
from fintxsim.lookalikes.rates import BPS, NOT_PLAIN, plain_rows_per_day
from fintxsim.run.generate import _Session, prepare
from fintxsim.run.store import RunStore

PRESETS = ("retail_bank", "card_issuer_us", "instant_payments", "mobile_money", "ecommerce_acquirer")
PLAIN = "plain life, rows a day"
Seen = tuple[
    float, float, float, bool
]  # asked for or foretold, came, rows in relation to those foretold; was it reached


def measure(scenario: str, arguments: argparse.Namespace, seed: int, work: Path) -> dict[str, Seen]:
    """What was asked for and what came, by kind, and of plain life."""
    overrides = [f"population.customers={arguments.customers}"]
    plan = prepare(scenario, work / "run", days=arguments.days, seed=seed, overrides=overrides)
    if arguments.rate is not None:
        kinds = [kind.name for kind, _ in plan.setting.anomalies.active()]
        overrides += [f"anomalies.{kind}.rate_bps={arguments.rate}" for kind in kinds]
        plan = prepare(scenario, work / "run", days=arguments.days, seed=seed, overrides=overrides)
    with RunStore.open(plan.path, overwrite=True) as store:
        session = _Session(plan, store, 1, lambda _: None)
        world, setting = session.world, session.world.setting.world[0]
        signed = sum(int((agent.block.contracts["kind"] > 0).sum()) for agent in world.blocks)
        foretold = plain_rows_per_day(world.people, signed, setting["habits"], setting["institution"])
        session.play()
    manifest = fx.open_run(plan.path).manifest
    others = sum(e.approved_rows for e in manifest.anomalies) + sum(e.approved_frauds for e in manifest.fraud)
    came = (manifest.approved_transactions - others) / arguments.days
    rows = (1.0 + NOT_PLAIN) * foretold * arguments.days / BPS  # of a kind, for each basis point
    kinds = {
        e.kind: (e.requested_bps, e.realised_bps, e.approved_rows / e.requested_bps / rows, e.status == "reached")
        for e in manifest.anomalies
    }
    return {PLAIN: (foretold, came, came / foretold, True)} | kinds


def lines(seen: dict[str, list[Seen]]) -> None:
    for name, values in seen.items():
        asked, came, ratios, reached = zip(*values, strict=True)
        error = stdev(ratios) / len(ratios) ** 0.5 if len(ratios) > 1 else float("nan")
        print(
            f"  {name:26}{mean(asked):>11,.1f}{mean(came):>11,.1f}{mean(came) / mean(asked):>9.3f}"
            f"{mean(ratios):>9.3f}{error:>9.3f}{sum(reached):>6} of {len(reached)}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenarios", nargs="*", default=list(PRESETS))
    parser.add_argument("--customers", type=int, default=6000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--rate", type=float, help="basis points of every kind, instead of the scenario's")
    arguments = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="fintxsim-lookalikes-"))
    print(f"  {'':26}{'asked':>11}{'came':>11}{'ratio':>9}{'rows':>9}{'+- s.e.':>9}{'reached':>11}")
    try:
        for scenario in arguments.scenarios:
            seeds = [measure(scenario, arguments, seed, work) for seed in range(arguments.seeds)]
            print(scenario)
            lines({name: [seed[name] for seed in seeds] for name in seeds[0]})
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
