"""What each typology does, in numbers, beside what has been published of its real counterpart.

    python benchmarks/typologies.py [NAME ...] [--customers N] [--days N] [--seeds N]

Runs the shipped scenario of each typology and prints one line per typology, and per kind where there are kinds:
campaigns started per million customers and day as asked for and as they began, and the rate in bps that came of them;
campaigns, victims, approved frauds; median, mean and 95th percentile of their amounts, and the mean loss of a victim of
a campaign; median hours from the first to the last fraud of a campaign, and of a victim of it; share of attempts
declined, median days until a label, share of the loss recovered.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

import fintxsim as fx
from fintxsim.dataset import Run
from fintxsim.typologies import TYPOLOGIES

# Published figures, with their sources; what is not here nobody has published.
PUBLISHED = {
    "card_testing": "0-5 a try; a third of enumerated cards see fraud within 5 days (Visa)",
    "stolen_details_cnp": "2-6 a card; mean 154 GBP (UK Finance 2024), 87 EUR (EBA/ECB H1 2023)",
    "lost_or_stolen_card": "about 450 over a run (UK Finance)",
    "skimming": "about 200 cards an event (FICO 2023), 2-5 % of them used",
    "account_takeover": "minutes to hours",
    "app_scam": "mean case 550 (purchase), 8.8k (romance), 10-19k (investment), 11.4k (a false bank, 2018) GBP "
    "(UK Finance 2023-24); cases of months are cut short by the ends of a run",
    "mule_network": "at least 90 % passed on within hours, 2-10 % kept a hop",
    "structuring": "deposits just under 10,000",
    "bust_out": "months of good conduct, then days",
    "synthetic_identity": "mean charge-off about 15,000 USD (Federal Reserve 2019)",
    "friendly_fraud": "mean dispute about 76 USD (Mastercard 2025)",
    "refund_abuse": "0-90 days after the purchase",
    "merchant_collusion": "weeks to months",
}
HEAD = ("typology", "asked", "began", "bps", "campaigns", "victims", "frauds", "median", "mean", "p95", "a victim",
        "hours", "of one", "declined", "label days", "recovered")  # fmt: skip
LAYOUT = "{:22}" + "{:>7}{:>7}{:>6}" + "{:>10}" + "{:>8}" * 8 + "{:>9}{:>11}{:>10}"
RUN_SPACE = 10**12  # between the ids of one run and those of the next
CASE = ["campaign_id", "customer_id"]


def measure(name: str, customers: int | None, days: int | None, seed: int, work: Path) -> Run:
    overrides = {} if customers is None else {"population.customers": customers}
    path = work / f"{name}-{seed}"
    return fx.generate(
        name, path, days=days, seed=seed, overrides=[f"{key}={value}" for key, value in overrides.items()]
    )


def rows_of(run: Run) -> pd.DataFrame:
    """Offending rows with their campaign's kind and the time of their first label."""
    wanted = ["transaction_id", "event_time", "amount_billing", "is_approved", "customer_id"]
    truth = run.truth()
    rows = truth[truth["is_fraud"]].merge(run.transactions(columns=wanted), on="transaction_id")
    rows = rows.merge(run.truth("campaigns")[["campaign_id", "kind", "net_loss", "recovered"]], on="campaign_id")
    labels = run.table("labels/labels", columns=["transaction_id", "label_time"])
    return rows.merge(labels.groupby("transaction_id", as_index=False).min(), on="transaction_id", how="left")


def hours(approved: pd.DataFrame, by: str | list[str]) -> float:
    """Median hours from the first to the last fraud of a group."""
    times = approved.groupby(by)["event_time"]
    return float(((times.max() - times.min()) / pd.Timedelta(hours=1)).median())


def asked(name: str, runs: list[Run]) -> tuple[str, str, str]:
    """Pressure asked for, pressure that came, and the rate that came of it, on average over runs."""
    entries = [entry for run in runs for entry in run.manifest.fraud if entry.typology == name]
    wanted = entries[0].requested_pressure or 0.0
    began = sum(entry.pressure for entry in entries) / len(entries)
    bps = sum(entry.realised_bps_count for entry in entries) / len(entries)
    return f"{wanted:,.0f}", f"{began:,.0f}", f"{bps:.1f}"


def line(name: str, rows: pd.DataFrame, pressure: tuple[str, str, str] = ("", "", "")) -> tuple[str, ...]:
    """One line of the table."""
    approved = rows[rows["is_approved"]]
    amounts = approved["amount_billing"]
    delays = (approved["label_time"] - approved["event_time"]).dropna() / pd.Timedelta(days=1)
    campaigns = rows.drop_duplicates("campaign_id")
    lost = campaigns["net_loss"].sum()
    return (
        name, *pressure, f"{len(campaigns):,}", f"{rows['customer_id'].nunique():,}", f"{len(approved):,}",
        f"{amounts.median():,.0f}", f"{amounts.mean():,.0f}", f"{amounts.quantile(0.95):,.0f}",
        f"{approved.groupby(CASE)['amount_billing'].sum().mean():,.0f}",
        f"{hours(approved, 'campaign_id'):,.1f}", f"{hours(approved, CASE):,.1f}",
        f"{1.0 - len(approved) / len(rows):.2f}", f"{delays.median():.1f}" if len(delays) else "never",
        f"{campaigns['recovered'].sum() / lost:.2f}" if lost else "",
    )  # fmt: skip


def table(name: str, runs: list[Run]) -> Iterator[tuple[str, ...]]:
    """Lines of a typology and of its kinds, over several runs of the same scenario."""
    parts = [rows_of(run) for run in runs]
    for number, part in enumerate(parts):
        part[CASE] += number * RUN_SPACE  # another run's campaign and customer of the same number are others
    rows = pd.concat(parts, ignore_index=True)
    yield line(name, rows, asked(name, runs))
    for kind in sorted(rows["kind"].dropna().unique()):
        yield line(f"  {kind}", rows[rows["kind"] == kind])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=[typology.name for typology in TYPOLOGIES])
    parser.add_argument("--customers", type=int)
    parser.add_argument("--days", type=int)
    parser.add_argument("--seeds", type=int, default=1)
    arguments = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="fintxsim-typologies-"))
    try:
        print(LAYOUT.format(*HEAD))
        for name in arguments.names:
            runs = [measure(name, arguments.customers, arguments.days, seed, work) for seed in range(arguments.seeds)]
            for cells in table(name, runs):
                print(LAYOUT.format(*cells))
            print(f"    published: {PUBLISHED[name]}", flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
