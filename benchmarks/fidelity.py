"""How like real data a scenario is: facts of several seeds and sizes, side by side with their bands.

    python benchmarks/fidelity.py [SCENARIO] [--customers N ...] [--days N] [--seeds N] [--scope NAME] [--set KEY=VALUE]

Makes a run of the scenario for every number of customers and every seed, prints the value of each fact with what
became of it (blank: inside the widened band, ! outside, - not judged), and then what the measurement itself took.
`--customers 5000 50000 500000` tells what depends on size; such runs take room, so each is removed when it is measured.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fintxsim as fx
from fintxsim.fidelity import FactResult, FidelityReport
from fintxsim.fidelity.report import between, number, pair

MARKS = {"pass": " ", "fail": "!", "not evaluated": "-", "not applicable": "-"}


@dataclass(frozen=True)
class Measurement:
    """A run and what measuring it took."""

    customers: int
    seed: int
    rows: int
    report: FidelityReport
    seconds: float


def measure(arguments: argparse.Namespace, customers: int | None, seed: int, work: Path) -> Measurement:
    path = work / f"{customers}-{seed}"
    overrides = [*arguments.set, *([f"population.customers={customers}"] if customers else [])]
    run = fx.generate(arguments.scenario, path, days=arguments.days, seed=seed, overrides=overrides)
    begun = time.perf_counter()
    report = fx.measure_fidelity(run, scope=arguments.scope)
    taken = time.perf_counter() - begun
    count = run.manifest.tables["data/customers"].rows if customers is None else customers
    rows = run.manifest.tables["data/transactions"].rows
    shutil.rmtree(path)
    return Measurement(count, seed, rows, report, taken)


def table(measured: list[Measurement]) -> Iterator[tuple[str, ...]]:
    """A line per fact."""
    yield ("fact", *(f"{m.customers:,} s{m.seed}" for m in measured), "band", "widened", "what it is")
    for fact in measured[0].report.facts:
        cells = (cell(m.report[fact.id]) for m in measured)
        bands = (between(pair(fact.low, fact.high)), between(pair(fact.low_wide, fact.high_wide)))
        yield (fact.id, *cells, *bands, fact.metric)


def cell(fact: FactResult) -> str:
    return f"{number(fact.value) or 'none'}{MARKS[fact.outcome]}"


def outcome(measured: list[Measurement]) -> Iterator[tuple[str, ...]]:
    """How many facts pass, fail, and are not judged; and what the measurement took."""
    yield ("passed", *(str(m.report.passed) for m in measured), "", "", "facts inside their widened bands")
    yield ("failed", *(str(m.report.failed) for m in measured), "", "", "facts outside")
    yield ("rows", *(f"{m.rows / 1e6:.2f} M" for m in measured), "", "", "transactions of the run")
    yield ("speed", *(f"{m.rows / m.seconds / 1e6:.2f} M" for m in measured), "", "", "of these, measured per second")
    peak = f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"
    yield ("peak", peak, *("" for _ in measured[1:]), "", "", "memory of this process, which made the runs too")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", nargs="?", default="retail_bank")
    parser.add_argument("--customers", type=int, nargs="+", default=[None])
    parser.add_argument("--days", type=int)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--scope")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    arguments = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="fintxsim-fidelity-"))
    try:
        measured = [
            measure(arguments, customers, seed, work)
            for customers in arguments.customers
            for seed in range(1, arguments.seeds + 1)
        ]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    lines = [*table(measured), *outcome(measured)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (
            text.rjust(width) if i else text.ljust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join([*list(cells)[:-1], line[-1]]).rstrip())


if __name__ == "__main__":
    main()
