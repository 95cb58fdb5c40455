"""Which campaigns and customers are drawn, and that an excerpt tells the same as the run."""

from __future__ import annotations

from typing import Any

import pytest

from fintxsim import columns as c
from fintxsim.dataset import Run
from fintxsim.report.choice import MOST_ROWS, Drawn, choose, customers_to_show, telling
from fintxsim.report.facts import PEOPLE, Facts
from fintxsim.show.story import tell


def campaign(number: int, rows: int, **changes: Any) -> dict[str, Any]:
    return {"campaign_id": number, "typology": "x", "end": 1, "n_transactions": rows, "net_loss": 9.0} | changes


def test_the_campaign_drawn_is_longer_than_most_but_not_the_longest() -> None:
    assert telling([campaign(k, k) for k in range(1, 21)])["campaign_id"] == 18


@pytest.mark.parametrize(
    "unsuitable", [{"net_loss": 0.0}, {"n_transactions": MOST_ROWS + 1}, {"end": None}], ids=["loss", "rows", "end"]
)
def test_unsuitable_campaigns_are_drawn_only_when_there_is_no_other(unsuitable: dict[str, Any]) -> None:
    worse = [campaign(k, 20, **unsuitable) for k in range(5)]
    assert telling([*worse, campaign(9, 1)])["campaign_id"] == 9
    assert telling(worse)["campaign_id"] < 5


def test_a_campaign_that_took_nothing_is_worse_than_a_long_one() -> None:
    assert telling([campaign(1, 5, net_loss=0.0), campaign(2, 500, end=None)])["campaign_id"] == 2


def test_there_is_one_campaign_per_typology(run: Run) -> None:
    assert [each.typology for each in choose(run)] == [entry.typology for entry in run.manifest.fraud]


def test_acts_and_customers_are_those_of_truth(run: Run) -> None:
    truth, rows = run.truth(), run.transactions(columns=["transaction_id", "customer_id"])
    for each in choose(run):
        ids = truth.loc[truth["campaign_id"] == each.campaign, "transaction_id"]
        assert each.acts == sorted(ids)
        assert set(each.customers) == set(rows.loc[rows["transaction_id"].isin(ids), "customer_id"])


def test_customers_to_show_are_different_and_of_those_who_lost_most() -> None:
    drawn = [Drawn(k, "x", loss=float(k), offender=offender) for k, offender in enumerate([1, 2, 3, 3, None, 4])]
    assert [(customer, each.campaign) for customer, each in customers_to_show(drawn)] == [(4, 5), (3, 3), (2, 1)]


def test_an_excerpt_tells_the_same_stories_as_the_run(run: Run, facts: Facts) -> None:
    assert len(facts.stories) == 3
    for story in facts.stories:
        assert story == tell(run, story.campaign["campaign_id"], people=PEOPLE)


def test_an_excerpt_is_small_and_reads_other_tables_from_the_run(run: Run, facts: Facts) -> None:
    assert 0 < facts.excerpt.scan().count_rows() < run.scan().count_rows() / 10
    assert facts.excerpt.scan(c.ACTORS.path).count_rows() == run.scan(c.ACTORS.path).count_rows()


def test_lives_reach_beyond_the_campaign(facts: Facts) -> None:
    customer, drawn = facts.lives[0]
    times = [
        round(row["event_time"].timestamp() * 1e6)
        for row in facts.excerpt.scan().to_table().to_pylist()
        if row["customer_id"] == customer
    ]
    assert min(times) < drawn.first_us - 5 * 86_400_000_000
