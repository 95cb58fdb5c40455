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


def fraud_section(**changes: object) -> str:
    return dataset_card(small_manifest(**changes)).split("## Fraud: requested and realised")[1].split("## Citing")[0]


def test_the_card_tells_what_was_requested_and_what_came() -> None:
    (row,) = [line for line in fraud_section().splitlines() if line.startswith("| stolen_details_cnp")]
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        "stolen_details_cnp", "3000 bps of count", "3333.33", "7692.13", "1000.00 to 5000.00", "1", "0", "1", "reached",
    ]  # fmt: skip


def test_the_card_tells_on_which_days_and_why_not() -> None:
    (entry,) = MANIFEST.fraud
    missed = entry.model_copy(update={"timeline": "on days 3 to 9", "status": "not_reached", "reason": "too short"})
    section = fraud_section(fraud=(missed,))
    assert "| 3000 bps of count (on days 3 to 9) |" in section
    assert "| requested, not reached: too short |" in section


def test_a_pressure_has_no_interval_in_the_card() -> None:
    (entry,) = MANIFEST.fraud
    open_loop = {
        "requested_bps": None,
        "requested_pressure": 40.0,
        "low_bps": None,
        "high_bps": None,
        "status": "open_loop",
    }
    assert "| pressure 40 | 3333.33 | 7692.13 |  |" in fraud_section(fraud=(entry.model_copy(update=open_loop),))


def test_a_run_without_fraud_says_so() -> None:
    assert "No typology was on" in fraud_section(fraud=())


def test_the_card_explains_a_boost_in_two_sentences() -> None:
    section = fraud_section(boost=5.0, prior_odds_factor=0.198)
    assert "There is 5 times as much fraud as the scenario asks for without its boost. " in section
    assert "multiply its odds p / (1 - p) by 0.198 (Elkan 2001; Dal Pozzolo et al. 2015)." in section


def test_without_a_boost_the_card_has_no_word_of_one() -> None:
    assert "odds" not in fraud_section()


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
