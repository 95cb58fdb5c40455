from __future__ import annotations

import csv
import io

import yaml

from fintxsim import columns as c
from fintxsim.manifest import AnomalyEntry, TableEntry
from fintxsim.run.card import columns_csv, dataset_card
from tests.unit.conftest import small_manifest

MANIFEST = small_manifest(tables={table.path: TableEntry(rows=12_345, values="v") for table in c.TABLES})
CARD = dataset_card(MANIFEST)
FRONT = yaml.safe_load(CARD.split("---")[1])


def test_every_table_has_a_configuration_of_its_own() -> None:
    assert len({config["config_name"] for config in FRONT["configs"]}) == len(c.TABLES)


def test_no_configuration_mixes_folders() -> None:
    assert [config["data_files"] for config in FRONT["configs"]] == [f"{t.path}/**/*.parquet" for t in c.TABLES]


def test_a_table_without_rows_has_no_configuration() -> None:
    front = yaml.safe_load(dataset_card(small_manifest()).split("---")[1])
    assert front["configs"] is None


def test_transactions_are_the_default() -> None:
    assert [config["config_name"] for config in FRONT["configs"] if config.get("default")] == ["transactions"]


def test_the_size_is_that_of_the_transactions() -> None:
    assert FRONT["size_categories"] == ["10K<n<100K"]


def test_the_card_names_the_command_and_every_table() -> None:
    assert all(text in CARD for text in (MANIFEST.command, "12,345", *(f"`{table.path}`" for table in c.TABLES)))


def test_the_list_of_columns_has_every_column() -> None:
    lines = list(csv.DictReader(io.StringIO(columns_csv())))
    assert [(line["table"], line["column"]) for line in lines] == [(t.path, col.name) for t in c.TABLES for col in t]


def test_the_card_names_look_alikes_if_there_are_any() -> None:
    entry = AnomalyEntry(
        kind="new_phone", requested_bps=25, realised_bps=24.5, rows=1234, approved_rows=1000, expected=1020,
        low_bps=22.5, high_bps=27.5, status="reached",
    )  # fmt: skip
    assert "look-alikes\n" not in CARD
    assert "| `new_phone` | 25 | 24.50 | 1,234 |" in dataset_card(small_manifest(anomalies=(entry,)))
