"""What single chapters tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fintxsim.dataset import Run
from fintxsim.population.categories import MCCS
from fintxsim.report import look
from fintxsim.report.facts import Facts
from fintxsim.report.figures import Figure, Section
from fintxsim.report.sections.amounts import amounts, median
from fintxsim.report.sections.campaigns import STYLES, campaigns
from fintxsim.report.sections.customers import customers
from fintxsim.report.sections.declines import declines
from fintxsim.report.sections.fraud_days import fraud_days, spans
from fintxsim.report.sections.glance import glance
from fintxsim.report.sections.labels import labels
from fintxsim.report.sections.mix import mcc_name, mix
from fintxsim.report.sections.remake import remake
from fintxsim.report.sections.volume import dates, volume
from fintxsim.report.sections.week import week
from fintxsim.report.tallies import bin_edges
from fintxsim.report.truths import FRAUD, GENUINE
from fintxsim.show.entries import Kind
from fintxsim.show.meanings import MERCHANTS


def figure(section: Section | None, key: str = "") -> Figure:
    """The figure of a section, or the one whose id contains the key."""
    assert section is not None
    return next(each for each in section.figures if key in each.id)


def number(text: object) -> float:
    return float(str(text).split()[0].replace(",", ""))


def column(table: Figure, name: str) -> list[float]:
    at = list(table.head).index(name)
    return [number(row[at]) for row in table.rows]


# --- at a glance, days, weeks ---------------------------------------------------------------------------


def test_rates_that_were_not_reached_are_marked_and_explained(facts: Facts) -> None:
    entries = facts.manifest.fraud
    missed = entries[0].model_copy(update={"status": "not_reached", "reason": "too few victims"})
    run = Run(facts.run.path, facts.manifest.model_copy(update={"fraud": (missed, *entries[1:])}))
    changed = Facts(**{**{k: getattr(facts, k) for k in facts.__dataclass_fields__}, "run": run})
    html = glance(changed).html()
    assert "not reached</span>" in html
    assert "too few victims" in html
    assert figure(glance(changed)).data[-1]["marker"]["symbol"][0] == "x"


def test_boost_tells_how_to_undo_it(facts: Facts) -> None:
    run = Run(facts.run.path, facts.manifest.model_copy(update={"boost": 5.0, "prior_odds_factor": 0.1986}))
    changed = Facts(**{**{k: getattr(facts, k) for k in facts.__dataclass_fields__}, "run": run})
    assert "5 times as much fraud" in glance(changed).html()
    assert "0.1986" in glance(changed).html()


def test_days_are_those_of_the_run(facts: Facts) -> None:
    assert dates(facts)[0] == "2026-03-20"
    assert len(dates(facts)) == 24 == len(figure(volume(facts)).rows)


def test_frauds_per_day_are_those_of_the_manifest(facts: Facts) -> None:
    table = figure(fraud_days(facts))
    for k, entry in enumerate(facts.manifest.fraud):
        assert sum(number(row[1 + 2 * k]) for row in table.rows) == entry.approved_frauds


def test_windows_of_the_scenario_are_drawn(facts: Facts) -> None:
    shapes = figure(fraud_days(facts)).layout["shapes"]
    drawn = {(shape["yref"], shape["x0"], shape["x1"]) for shape in shapes}
    assert drawn == {
        ("y domain", "2026-03-25T00:00", "2026-03-28T23:59"),  # the wave of stolen_details_cnp
        ("y domain", "2026-04-09T00:00", "2026-04-12T23:59"),  # and its end
        ("y2 domain", "2026-03-20T00:00", "2026-03-22T23:59"),  # account_takeover has not begun
    }
    texts = [note["text"] for note in figure(fraud_days(facts)).layout["annotations"]]
    assert sorted(texts) == sorted([entry.typology for entry in facts.manifest.fraud] + ["×2", "off", "off"])


def change(day: int, before: float, after: float) -> dict[str, object]:
    return {"day": day, "factor_before": before, "factor_after": after}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], []),
        ([change(3, 0.0, 1.0)], [(0, 3, 0.0), (3, 10, 1.0)]),
        ([change(0, 0.0, 2.0), change(4, 2.0, 1.0)], [(0, 4, 2.0), (4, 10, 1.0)]),
        ([change(12, 1.0, 0.0)], [(0, 10, 1.0)]),
    ],
)
def test_change_points_are_spans(changes: list[dict[str, object]], expected: list[tuple[int, int, float]]) -> None:
    assert spans(changes, 10) == expected


def test_shares_of_the_week_add_up(facts: Facts) -> None:
    for each in week(facts).figures:
        assert len(each.rows) == 168
        assert sum(column(each, "share")) == pytest.approx(100.0, abs=0.9)


# --- amounts, channels, merchants, declines -------------------------------------------------------------


def test_the_median_of_a_histogram_is_that_of_its_values(facts: Facts) -> None:
    rows = facts.run.transactions(
        columns=["transaction_id", "is_approved", "amount_billing", "direction", "transfer_id"]
    )
    truth = facts.run.truth(columns=["transaction_id", "is_fraud"])
    frauds = set(truth.loc[truth["is_fraud"], "transaction_id"])
    kept = rows["is_approved"] & ~(rows["direction"].eq("credit") & rows["transfer_id"].notna())
    is_fraud = rows["transaction_id"].isin(frauds)
    for what, mine in ((GENUINE, ~is_fraud), (FRAUD, is_fraud)):
        exact = rows.loc[kept & mine & (rows["amount_billing"] > 0), "amount_billing"].median()
        assert median(bin_edges(), facts.tallies.amounts.counts[what]) == pytest.approx(exact, rel=0.1)


def test_amounts_of_both_kinds_are_counted(facts: Facts) -> None:
    table = figure(amounts(facts))
    assert sum(column(table, "genuine")) == facts.tallies.amounts.counts[GENUINE].sum()
    assert sum(column(table, "fraud")) == facts.tallies.amounts.counts[FRAUD].sum()


def test_fraud_rates_of_channels_are_of_all_their_payments(facts: Facts) -> None:
    table = figure(mix(facts), "channels")
    for _, genuine, frauds, rate, _ in table.rows:
        share = 1e4 * number(frauds) / (number(genuine) + number(frauds))
        assert number(rate) == pytest.approx(share, rel=0.06, abs=0.006)
    assert sum(column(table, "frauds")) == sum(entry.approved_frauds for entry in facts.manifest.fraud)


def test_merchant_categories_are_drawn_in_part_and_told_in_full(facts: Facts) -> None:
    table = figure(mix(facts), "mccs")
    rows = facts.run.transactions(columns=["mcc", "is_approved"])
    assert len(table.rows) == rows.loc[rows["is_approved"], "mcc"].nunique()
    assert len(table.data[0]["y"]) < len(table.rows)
    assert "the table has all" in str(table.caption)


def test_every_merchant_category_has_a_name() -> None:
    assert set(MCCS) == set(MERCHANTS)
    assert mcc_name("5411") == "5411 grocery stores"
    assert mcc_name("9999") == "9999"


def test_every_decline_has_a_reason(facts: Facts) -> None:
    rows = facts.run.transactions(columns=["is_approved", "direction", "transfer_id"])
    kept = ~(rows["direction"].eq("credit") & rows["transfer_id"].notna())
    counts = [value for grid in facts.tallies.declines.values() for value in grid.counts.ravel().tolist()]
    assert sum(counts) == (kept & ~rows["is_approved"]).sum()
    assert len(figure(declines(facts)).rows) > 5


# --- labels, campaigns, customers -----------------------------------------------------------------------


def test_labels_are_those_of_the_run(facts: Facts) -> None:
    pd.testing.assert_frame_equal(facts.labels, facts.run.label_report())


def test_curves_end_where_the_table_does(facts: Facts) -> None:
    table = figure(labels(facts))
    for trace, row in zip(table.data, table.rows, strict=True):
        assert trace["y"] == sorted(trace["y"])
        assert trace["y"][-1] == pytest.approx(100.0 * facts.labels.loc[str(row[0]).replace(" ", "_"), "labelled"])


def test_all_acts_of_a_drawn_campaign_are_marked(facts: Facts) -> None:
    section = campaigns(facts)
    for story in facts.stories:
        drawn = figure(section, f"campaign-{story.campaign['campaign_id']}")
        crimes = {e.row["transaction_id"] for p in story.people for e in p.entries if e.kind is Kind.CRIME}
        marks = [len(trace["x"]) for trace in drawn.data if trace["name"].startswith("acts")]
        assert sum(marks) == len(crimes) > 0


def test_every_kind_of_entry_has_a_style_of_its_own() -> None:
    assert set(STYLES) == set(Kind)
    assert len({style.symbol for style in STYLES.values()}) == len(STYLES)


def test_the_bank_is_the_last_lane(facts: Facts) -> None:
    lanes = [
        figure(campaigns(facts), str(s.campaign["campaign_id"])).layout["yaxis"]["categoryarray"] for s in facts.stories
    ]
    assert any("the bank" in each for each in lanes)
    assert all(each.index("the bank") == 0 for each in lanes if "the bank" in each)  # drawn from below


def test_customers_have_their_frauds_marked(facts: Facts) -> None:
    section = customers(facts)
    assert len(facts.lives) == 3
    truth = facts.run.truth(columns=["transaction_id", "is_fraud"])
    frauds = set(truth.loc[truth["is_fraud"], "transaction_id"])
    for customer, _ in facts.lives:
        rows = [row for row in facts.excerpt.scan().to_table().to_pylist() if row["customer_id"] == customer]
        expected = sum(row["transaction_id"] in frauds and row["amount_billing"] > 0 for row in rows)
        drawn = figure(section, f"customer-{customer}").data
        assert sum(len(trace["x"]) for trace in drawn if trace["name"].startswith("fraud")) == expected > 0


def test_the_command_names_the_settings_and_the_digests(facts: Facts) -> None:
    html = remake(facts).html()
    assert "fintxsim generate scenario.resolved.yaml -o ../page-again" in html
    assert facts.manifest.command.split()[1] in html
    assert all(entry.values in html for entry in facts.manifest.tables.values())


# --- numbers in words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.0341, "0.034"), (3.456, "3.46"), (1234.5, "1,234"), (float("nan"), "0")]
)
def test_rates_are_as_exact_as_they_are_large(value: float, text: str) -> None:
    assert look.rate(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0 %"), (0.123, "12.3 %"), (0.00042, "0.042 %"), (float("nan"), "–")]
)
def test_shares_are_told_in_per_cent(value: float, text: str) -> None:
    assert look.percent(value) == text


@pytest.mark.parametrize(("value", "text"), [(950, "950"), (12_345, "12.3 k"), (3.21e6, "3.21 M"), (1.05e9, "1.05 bn")])
def test_large_sums_are_short(value: float, text: str) -> None:
    assert look.short(value) == text


def test_a_log_axis_has_ticks_of_one_two_and_five_or_of_tens() -> None:
    near, far = look.log_axis("x", 2.0, 40.0), look.log_axis("x", 0.01, 10_000.0)
    assert near["ticktext"] == ["1", "2", "5", "10", "20", "50", "100", "200", "500"]
    assert far["ticktext"][:3] == ["0.01", "0.1", "1"]
    assert near["range"][0] < np.log10(2.0) < np.log10(40.0) < near["range"][1]
