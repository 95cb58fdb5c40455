"""What a row costs: CPU time per transaction, by phase, against writing the same tables from memory.

    python benchmarks/engine.py [--customers 200000] [--days 10] [--repeat 3] [--long 40] [--json FILE]

Runs the flagship on one thread, then writes the very tables it made from memory, once with the same settings and
once with pyarrow's defaults, in the same process; all of it several times, of which the quickest count: on a machine
that others use, too, single times differ by half. Ratios are what to quote; absolute times depend on the machine.
Peak memory and the cost of a longer run are taken from two more runs in processes of their own, one four times as long
as the other: what is done once, before the first day, weighs less there.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from fintxsim.columns import TABLES
from fintxsim.run.generate import Plan, _Session, prepare
from fintxsim.run.parquet import writer_options
from fintxsim.run.store import RunStore


def plan_for(customers: int, days: int, path: Path) -> Plan:
    return prepare("retail_bank", path, overrides=[f"population.customers={customers}", f"days={days}"])


def simulate(plan: Plan) -> tuple[float, dict[str, float], int]:
    """CPU seconds, seconds by phase, and rows of one run on one thread."""
    cpu = time.process_time()
    with RunStore.open(plan.path, overwrite=True) as store:
        session = _Session(plan, store, 1, lambda _: None)
        settled = time.process_time()
        session.play()
    total = time.process_time() - cpu
    phases = {"settle": settled - cpu} | session.timings
    return total, phases, session.rows


def write_from_memory(run: Path, target: Path) -> tuple[float, float, int]:
    """CPU seconds to write all tables of a run, with our settings and with pyarrow's defaults; bytes by ours."""
    tuned = default = 0.0
    size = 0
    for table in TABLES:
        rows = ds.dataset(run / table.path, format="parquet").to_table().combine_chunks()
        file = target / "table.parquet"
        cpu = time.process_time()
        pq.write_table(rows, file, row_group_size=1 << 20, **writer_options(table))
        tuned += time.process_time() - cpu
        size += file.stat().st_size
        cpu = time.process_time()
        pq.write_table(rows, file)
        default += time.process_time() - cpu
        del rows
    return tuned, default, size


def run_alone(customers: int, days: int) -> tuple[float, float]:
    """Peak resident megabytes, and CPU nanoseconds a row, of a run in a process of its own."""
    command = [sys.executable, __file__, "--alone", f"{customers}:{days}"]
    peak, cost = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(peak), float(cost)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=3, help="times that everything is done")
    parser.add_argument("--long", type=int, default=40, help="days of the long run; 0 to leave it out")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    work = Path(tempfile.mkdtemp(prefix="fintxsim-benchmark-"))
    try:
        if arguments.alone:
            customers, days = map(int, arguments.alone.split(":"))
            total, _, rows = simulate(plan_for(customers, days, work / "run"))
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1e9 * total / rows)
            return
        result = measure(arguments.customers, arguments.days, arguments.repeat, arguments.long, work)
        if arguments.json:
            arguments.json.write_text(json.dumps(result, indent=2))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def measure(customers: int, days: int, repeat: int, long: int, work: Path) -> dict[str, Any]:
    simulate(plan_for(3000, 3, work / "warm"))  # compile
    runs, writes = [], []
    for _ in range(repeat):
        runs.append(simulate(plan_for(customers, days, work / "run")))
        writes.append(write_from_memory(work / "run", work))
    total, phases, rows = min(runs, key=lambda run: run[0])
    tuned, default, size = (min(column) for column in zip(*writes, strict=True))
    per_row = 1e9 / rows
    print(f"{customers:,} customers x {days} days: {rows:,} transactions on one thread")
    print(f"  {'simulated and written':24}{total * per_row:8.0f} ns CPU a row")
    for phase, seconds in phases.items():
        print(f"    {phase:22}{seconds * per_row:8.0f} ns  {100 * seconds / total:5.1f} %")
    print(f"  {'written from memory':24}{tuned * per_row:8.0f} ns  same settings, {size / rows:.1f} B a row")
    print(f"  {'':24}{default * per_row:8.0f} ns  pyarrow's defaults")
    print(
        f"  ratio to the tuned write {total / tuned:.2f} (at most 3.2), "
        f"to the default write {total / default:.2f} (at most 1.5)"
    )
    result = {"rows": rows, "ns": total * per_row, "tuned": tuned * per_row, "default": default * per_row,
              "phases": {phase: seconds * per_row for phase, seconds in phases.items()}}  # fmt: skip
    if long:
        (short_peak, _), (long_peak, cost) = run_alone(customers, days), run_alone(customers, long)
        print(f"  peak memory {short_peak:.0f} MB for {days} days, {long_peak:.0f} MB for {long} days")
        print(f"  {long} days: {cost:.0f} ns CPU a row, {cost / result['tuned']:.2f} times the tuned write")
        result |= {"peak_mb": short_peak, "peak_long_mb": long_peak, "ns_long": cost}
    return result


if __name__ == "__main__":
    main()
