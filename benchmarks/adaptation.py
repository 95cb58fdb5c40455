"""Whether fraudsters and losses answer to the bank: one pressure, and no controls, rules, or strict ones.

    python benchmarks/adaptation.py [NAME ...] [--customers 2000] [--days 30] [--seeds 3] [--pressure 3000]

For each typology, worlds that differ in ``bank.controls`` alone. Printed are means over seeds: attempts per campaign,
median amount asked for, share approved, different targets (category and rail) per campaign, and the loss per campaign.
The last two columns compare the loss with that of the world of the same seed without controls: the mean difference in
per cent, and its standard error. Worlds of one seed share their luck, so that this is much surer than the losses are.
Made-up identities are few in a small bank: for synthetic_identity take --customers 8000 --days 60.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from statistics import mean, stdev

import yaml

import fintxsim as fx
from fintxsim.typologies import TYPOLOGIES

CONTROLS = ("off", "rules", "strict")
HEAD = ("typology", "controls", "attempts", "asked", "approved", "targets", "loss", "to off %", "+- s.e.")
LAYOUT = "{:22}{:>9}{:>10}{:>9}{:>10}{:>9}{:>10}{:>10}{:>9}"


def measure(name: str, controls: str, seed: int, arguments: argparse.Namespace, work: Path) -> dict[str, float]:
    scenario = {
        "name": "adaptation", "start_date": "2026-01-01", "days": arguments.days,
        "population": {"customers": arguments.customers}, "bank": {"controls": controls},
        "fraud": {"typologies": {name: {"pressure": arguments.pressure}}},
    }  # fmt: skip
    file = work / "adaptation.yaml"
    file.write_text(yaml.safe_dump(scenario), encoding="utf-8")
    run = fx.generate(file, work / f"{name}-{controls}-{seed}", seed=seed)
    truth = run.truth()
    wanted = ["transaction_id", "amount_billing", "is_approved", "mcc", "rail"]
    rows = truth[truth["is_fraud"]].merge(run.transactions(columns=wanted), on="transaction_id")
    campaigns = max(len(run.truth("campaigns")), 1)
    targets = rows.astype({"mcc": str, "rail": str}).drop_duplicates(["campaign_id", "mcc", "rail"])
    return {
        "attempts": len(rows) / campaigns, "asked": float(rows["amount_billing"].median()),
        "approved": float(rows["is_approved"].mean()), "targets": len(targets) / campaigns,
        "loss": float(rows["loss_amount"].sum()) / campaigns,
    }  # fmt: skip


def compare(name: str, arguments: argparse.Namespace, work: Path) -> None:
    without: list[dict[str, float]] = []
    for controls in CONTROLS:
        seen = [measure(name, controls, seed, arguments, work) for seed in range(arguments.seeds)]
        without = without or seen
        pairs = [(one["loss"], other["loss"]) for one, other in zip(seen, without, strict=True) if other["loss"] > 0.0]
        changes = [100.0 * (loss / other - 1.0) for loss, other in pairs] or [float("nan")]
        error = stdev(changes) / len(changes) ** 0.5 if len(changes) > 1 else float("nan")
        means = {key: mean(one[key] for one in seen) for key in seen[0]}
        print(
            LAYOUT.format(
                name, controls, f"{means['attempts']:.1f}", f"{means['asked']:.0f}", f"{means['approved']:.2f}",
                f"{means['targets']:.1f}", f"{means['loss']:,.0f}", f"{mean(changes):+.1f}", f"{error:.1f}",
            ),
            flush=True,
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=[typology.name for typology in TYPOLOGIES])
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--pressure", type=float, default=3000.0, help="campaigns per million customer-days")
    arguments = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="fintxsim-adaptation-"))
    print(LAYOUT.format(*HEAD))
    try:
        for name in arguments.names:
            compare(name, arguments, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
