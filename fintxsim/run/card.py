"""The run's own papers: a dataset card (README.md) and the list of columns (columns.csv)."""

from __future__ import annotations

import csv
import io
import json

from fintxsim.columns import TABLES, Column, Table
from fintxsim.digest import type_name
from fintxsim.manifest import FraudEntry, Manifest

# Size classes of the Hugging Face hub: upper bound in rows and name.
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
    (10_000_000_000, "1B<n<10B"),
)


def config_name(table: Table) -> str:
    """Name of a table for ``datasets.load_dataset``: truth tables say that they are truth."""
    return f"truth_{table.name}" if table.folder == "truth" else table.name


def dataset_card(manifest: Manifest) -> str:
    """Text of README.md. The manifest must already list the tables."""
    parts = (
        _front_matter(manifest), _about(manifest), _tables(manifest), _loading(), _policy(), _fraud(manifest),
        _lookalikes(manifest), _citing(manifest),
    )  # fmt: skip
    return "\n".join(part for part in parts if part)


def _size_category(rows: int) -> str:
    return next((name for bound, name in _SIZES if rows < bound), "10B<n<100B")


def _front_matter(manifest: Manifest) -> str:
    lines = ["---", "license: cc0-1.0", f"pretty_name: {json.dumps(manifest.name)}", "tags:"]
    lines += [f"- {tag}" for tag in ("synthetic", "tabular", "finance", "transactions", "fraud-detection")]
    lines += ["size_categories:", f"- {_size_category(_rows(manifest, 'data/transactions'))}", "configs:"]
    for table in (table for table in TABLES if _rows(manifest, table.path)):  # datasets cannot load zero rows
        lines += [f"- config_name: {config_name(table)}", f"  data_files: {table.path}/**/*.parquet"]
        lines += ["  default: true"] if table.path == "data/transactions" else []
    return "\n".join([*lines, "---", ""])


def _rows(manifest: Manifest, path: str) -> int:
    entry = manifest.tables.get(path)
    return entry.rows if entry else 0


def _about(manifest: Manifest) -> str:
    return f"""# {manifest.name}

Synthetic transactions of an invented bank, made by fintxsim {manifest.fintxsim_version}: {manifest.days} days from
{manifest.start_date} in {manifest.timezone}, {manifest.currency}, seed {manifest.seed}.
No real person, account, card, merchant or address is in it; names and tokens are invented.

Made by `{manifest.command}`; the same command makes the same values again.
"""


def _tables(manifest: Manifest) -> str:
    rows = [f"| `{table.path}` | {_rows(manifest, table.path):,} | {table.meaning} |" for table in TABLES]
    lines = ["## Tables", "", "| table | rows | what it holds |", "| --- | ---: | --- |", *rows]
    return "\n".join([*lines, "", "Every column is described in `columns.csv`.", ""])


def _loading() -> str:
    return """## Loading

Run these in this directory.

```python
import pandas; transactions = pandas.read_parquet("data/transactions", dtype_backend="pyarrow")
import polars; transactions = polars.read_parquet("data/transactions/**/*.parquet")
import duckdb; transactions = duckdb.sql("SELECT * FROM 'data/transactions/**/*.parquet'")
import datasets; transactions = datasets.load_dataset(".", "transactions", split="train")
import fintxsim; transactions = fintxsim.open_run(".").transactions()
```
"""


def _policy() -> str:
    return """## Labels

- `data/` holds what the bank knew when a request came (`known_at` = request) and what it answered (response). A
  scorer may use the request columns of the row itself, and response columns of earlier rows.
- `labels/` holds what the bank learned, from `label_time` on. It is incomplete, late and sometimes wrong, as in life.
  Train on `fintxsim.open_run(".").labels(as_of=...)`.
- `truth/` holds what the simulator knows. Use it to measure, never to train. A transaction that is absent there is
  plain genuine; one that is there is a crime or a benign look-alike.
"""


def _lookalikes(manifest: Manifest) -> str:
    """Genuine behaviour that looks like fraud; nothing when there is none."""
    if not manifest.anomalies:
        return ""
    rows = [f"| `{a.kind}` | {a.requested_bps:g} | {a.realised_bps:.2f} | {a.rows:,} |" for a in manifest.anomalies]
    head = ["| kind | requested bps | realised bps | rows |", "| --- | ---: | ---: | ---: |"]
    note = "Genuine, but apt to be taken for fraud: `anomaly_kind` in `truth/transactions`. A basis point (bps)"
    return "\n".join(
        ["## Benign look-alikes", "", note, "is one of 10,000 approved transactions.", "", *head, *rows, ""]
    )


def _fraud(manifest: Manifest) -> str:
    """Requested against realised."""
    head = "| typology | requested | bps of count | bps of value | interval | campaigns | victims | frauds | status |"
    rule = "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
    rows = [_fraud_row(entry) for entry in manifest.fraud]
    table = [head, rule, *rows] if rows else ["No typology was on: there is no fraud in this run."]
    return "\n".join(["## Fraud: requested and realised", "", *table, "", _RATES, *_boost(manifest), ""])


_RATES = """Rates count approved frauds among approved transactions, credit sides of transfers left out. A rate within
its interval counts as reached: 5 %, or 1.96 times the square root of the expected count where that is more."""


def _fraud_row(entry: FraudEntry) -> str:
    asked = entry.requested + (f" ({entry.timeline})" if entry.timeline else "")
    interval = "" if entry.low_bps is None else f"{entry.low_bps:.2f} to {entry.high_bps:.2f}"
    status = entry.outcome + (f": {entry.reason}" if entry.reason else "")
    cells = (
        entry.typology, asked, f"{entry.realised_bps_count:.2f}", f"{entry.realised_bps_value:.2f}", interval,
        f"{entry.campaigns:,}", f"{entry.victims:,}", f"{entry.approved_frauds:,}", status,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _boost(manifest: Manifest) -> list[str]:
    if manifest.boost == 1.0:
        return []
    return [
        "",
        f"There is {manifest.boost:g} times as much fraud as the scenario asks for without its boost. To make a score p"
        " that is right for this run right for the run without boost, multiply its odds p / (1 - p) by"
        f" {manifest.prior_odds_factor:.6g} (Elkan 2001; Dal Pozzolo et al. 2015).",
    ]


def _citing(manifest: Manifest) -> str:
    return f"""## Citing

fintxsim {manifest.fintxsim_version}, scenario {manifest.name} (digest {manifest.scenario_digest}), seed
{manifest.seed}. Name the version, the digest and the seed: together they fix every value.
"""


def columns_csv() -> str:
    """Every column of every table, one line each."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ("table", "column", "type", "nullable", "unit", "known_at", "iso", "references", "words", "meaning")
    )
    for table in TABLES:
        writer.writerows(_line(table, column) for column in table)
    return text.getvalue()


def _line(table: Table, column: Column) -> tuple[str, ...]:
    words = " ".join(column.words.texts()) if column.words else ""
    nullable = "yes" if column.nullable else "no"
    kind = type_name(column.type)
    return (
        table.path, column.name, kind, nullable, column.unit,
        column.known_at, column.iso, column.references, words, column.meaning,
    )  # fmt: skip
