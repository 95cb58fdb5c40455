"""What each part costs: the flagship without one part at a time, and every column of a transaction by itself.

    python benchmarks/parts.py [--customers 50000] [--days 20] [--repeats 3]

One thread, CPU time. A part's cost is what the run costs less without it, per transaction; the least of the repeats
counts. A column's is the time to write it alone with the run's settings.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from engine import simulate

import fintxsim as fx
from fintxsim.columns import TRANSACTIONS
from fintxsim.run.generate import prepare
from fintxsim.run.parquet import writer_options

FLAGSHIP = Path(__file__).parents[1] / "scenarios" / "retail_bank.yaml"


def variants() -> Iterator[tuple[str, dict[str, object]]]:
    """Names, and scenarios that lack what is named."""
    whole = yaml.safe_load(FLAGSHIP.read_text(encoding="utf-8"))
    yield "as shipped", whole
    yield "without controls and alerts", whole | {"bank": {"controls": "off"}}
    yield "without counters by the hour", whole | {"bank": {"velocity": {"slice_minutes": 1440}}}
    yield "without look-alikes", {key: value for key, value in whole.items() if key != "anomalies"}
    yield "without fraud", {key: value for key, value in whole.items() if key != "fraud"}
    for name, share in whole["fraud"]["mix"].items():
        rest = {key: value / (1.0 - share) for key, value in whole["fraud"]["mix"].items() if key != name}
        rate = whole["fraud"]["total_rate_bps"] * (1.0 - share)
        yield f"without {name}", whole | {"fraud": whole["fraud"] | {"mix": rest, "total_rate_bps": rate}}


def cost(scenario: Path, customers: int, days: int, work: Path, repeats: int) -> float:
    """CPU nanoseconds per transaction."""
    seen = []
    for _ in range(repeats):
        plan = prepare(scenario, work / "run", overrides=[f"population.customers={customers}", f"days={days}"])
        seconds, _, rows = simulate(plan)
        seen.append(1e9 * seconds / rows)
    return min(seen)


def parts(arguments: argparse.Namespace, work: Path) -> None:
    whole = 0.0
    for name, scenario in variants():
        file = work / "scenario.yaml"
        file.write_text(yaml.safe_dump(scenario), encoding="utf-8")
        if not whole:
            cost(file, 2000, 3, work, 1)  # compile
        found = cost(file, arguments.customers, arguments.days, work, arguments.repeats)
        whole = whole or found
        print(f"  {name:32}{found:8.0f} ns a row{whole - found:8.0f} ns less", flush=True)


def columns(run: Path, work: Path) -> None:
    rows = fx.open_run(run).scan().to_table().combine_chunks()
    for column in TRANSACTIONS.columns:
        file, alone = work / "column.parquet", rows.select([column.name])
        options = writer_options(TRANSACTIONS)
        options = {key: _of(value, column.name) for key, value in options.items()}
        started = time.process_time()
        pq.write_table(alone, file, row_group_size=1 << 20, **options)
        spent = 1e9 * (time.process_time() - started) / len(rows)
        print(f"  {column.name:26}{spent:8.1f} ns a row{file.stat().st_size / len(rows):8.2f} B")


def _of(value: object, name: str) -> object:
    """What a writer's option says of one column alone."""
    if isinstance(value, dict):
        return {key: part for key, part in value.items() if key == name}
    return [part for part in value if part == name] if isinstance(value, list) else value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    work = Path(tempfile.mkdtemp(prefix="fintxsim-parts-"))
    try:
        print(f"{arguments.customers:,} customers x {arguments.days} days, one thread")
        parts(arguments, work)
        columns(work / "run", work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
