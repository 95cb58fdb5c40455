"""The story of a campaign, told from the files of a run made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fintxsim import vocabulary as v
from fintxsim.dataset import Run, open_run
from fintxsim.errors import InputError
from fintxsim.show.entries import Entry, Kind
from fintxsim.show.listing import campaigns
from fintxsim.show.meanings import REASONS, RESPONSES
from fintxsim.show.story import Story, _Lives, tell
from fintxsim.show.text import lines
from fintxsim.show.trail import follow
from tests.unit.conftest import Tables, minutes, small_manifest, write_run
from tests.unit.show.kit import CAMPAIGN, crime, event, moved, story_tables

Maker = Callable[..., Run]


@pytest.fixture
def make(tmp_path: Path) -> Maker:
    """Writes the run; takes changes to its tables."""

    def made(**changes: Any) -> Run:
        tables: Tables = story_tables() | {name.replace("__", "/"): rows for name, rows in changes.items()}
        return open_run(write_run(tmp_path / "run", tables, small_manifest()))

    return made


@pytest.fixture
def story(make: Maker) -> Story:
    return tell(make(), CAMPAIGN)


def of(story: Story, *kinds: Kind) -> list[Entry]:
    return [entry for entry in story.people[0].entries if entry.kind in kinds]


def printed(story: Story) -> str:
    return "\n".join(lines(story, "Somebody is robbed.", 2))


# --- what is told ---------------------------------------------------------------------------------------


def test_the_facts_are_those_of_truth(story: Story) -> None:
    assert (story.campaign["typology"], story.campaign["recovered"], story.actor["skill"]) == (
        "account_takeover",
        250.5,
        0.25,
    )
    assert (story.tried, story.frauds, story.legs, story.victims, story.mules) == (2, 1, 4, 1, 2)


def test_the_middle_of_it_is_the_victim_and_no_mule(story: Story) -> None:
    (person,) = story.people
    assert (person.customer["customer_id"], person.role) == (1, "victim")


def test_the_victim_is_as_the_bank_knew_him_when_it_began(story: Story) -> None:
    assert story.people[0].customer["home_city"] == "Utrecht"


def test_the_campaigns_rows_are_marked_and_all_there(story: Story) -> None:
    assert [entry.row["transaction_id"] for entry in of(story, Kind.CRIME)] == [100, 200]
    assert [entry.row["transaction_id"] for entry in of(story, Kind.LEG)] == [201, 300, 301, 400]


def test_legs_say_how_far_the_money_has_come(story: Story) -> None:
    assert [entry.hop for entry in of(story, Kind.LEG)] == [1, 1, 2, 2]


def test_money_out_is_negative_and_money_in_positive(story: Story) -> None:
    assert [entry.amount for entry in of(story, Kind.CRIME, Kind.LEG)] == [-40.0, -900.0, 900.0, -855.0, 855.0, -800.0]


def test_the_banks_answer_is_told_with_its_meaning(story: Story) -> None:
    declined, approved = of(story, Kind.CRIME)
    assert declined.answer == "declined 05 do not honour, score 0.81, decline, 3-D Secure challenged"
    assert approved.answer == "approved, score 0.10"
    assert approved.who == "to account 12 NL (new payee, name no_match)"


def test_purchases_name_the_merchant(story: Story) -> None:
    assert of(story, Kind.OWN)[0].who == "Bakery Blom (0742), NL"


def test_the_victims_own_life_is_there_some_days_before_and_after(story: Story) -> None:
    times = [entry.row["event_time"] for entry in of(story, Kind.OWN)]
    attack = of(story, Kind.CRIME)[0].row["event_time"]
    assert (max(times) - attack).days >= 1
    assert min(times) < attack
    assert {entry.row["customer_id"] for entry in of(story, Kind.OWN)} == {1}


def test_fewer_days_show_less_of_it(make: Maker) -> None:
    run = make()
    assert 0 < len(of(tell(run, CAMPAIGN, days=0.25), Kind.OWN)) < len(of(tell(run, CAMPAIGN), Kind.OWN))


def test_what_strangers_did_is_told_from_the_customers_own_habits(story: Story) -> None:
    strange = [entry.what for entry in of(story, Kind.EVENT) if entry.who]
    assert strange == [
        "login_failed web_bank from JP", "new_device web_bank from JP", "login web_bank from JP", "new_payee web_bank from JP",
    ]  # fmt: skip
    assert {entry.who for entry in of(story, Kind.EVENT)} == {"", "unknown device 66"}
    assert [entry.what for entry in of(story, Kind.EVENT) if entry.is_familiar] == ["login web_bank from NL"] * 3
    assert "card_reissue" in [entry.what for entry in of(story, Kind.EVENT)]


def test_what_strangers_did_without_a_line_in_truth_is_told_from_the_customers_own(make: Maker) -> None:
    """The savings, say, that they fetched."""
    tables = story_tables()
    own = next(row for row in tables["data/transactions"] if row["transaction_id"] == 1024)
    rows = [row | {"device_id": 66} if row is own else row for row in tables["data/transactions"]]
    told = {
        entry.row["transaction_id"]: entry.who for entry in of(tell(make(data__transactions=rows), CAMPAIGN), Kind.OWN)
    }
    assert "unknown device 66" in told.pop(1024)
    assert not [who for who in told.values() if "unknown" in who]


def test_a_device_from_before_the_campaign_is_the_customers_although_he_does_not_pay_with_it(make: Maker) -> None:
    events = [*story_tables()["data/events"], event(10, 400, "login", 52)]
    devices = story_tables()["data/devices"]
    known = devices[0] | {"device_id": 52}
    story = tell(make(data__events=events, data__devices=[*devices, known]), CAMPAIGN)
    assert [entry.who for entry in of(story, Kind.EVENT) if entry.row["device_id"] == 52] == [""]


def test_labels_of_one_report_are_one_entry_when_the_bank_learns_of_them(story: Story) -> None:
    (label,) = of(story, Kind.LABEL)
    assert label.what == "the bank learns of 2 rows: fraud (customer_report, reason 10.4)"
    assert label.row["label_time"].minute == (8 * 60 + 1) % 60


def test_labels_of_another_day_are_another_entry(make: Maker) -> None:
    labels = story_tables()["labels/labels"]
    labels[1] = labels[1] | {"label_time": labels[1]["label_time"].replace(day=20)}
    told = of(tell(make(labels__labels=labels), CAMPAIGN), Kind.LABEL)
    assert [entry.what.split(":")[0] for entry in told] == ["the bank learns of 1 row"] * 2


def test_alerts_are_told_when_they_are_raised_and_when_they_end(story: Story) -> None:
    assert [entry.what for entry in of(story, Kind.ALERT)] == [
        "alert 9 is raised", "alert 8 is raised", "alert 8: an analyst decides: confirmed_fraud",
        "alert 9: nobody looks at it in time: not_worked",
    ]  # fmt: skip


def test_entries_are_in_order_of_time_and_in_local_time(story: Story) -> None:
    times = [entry.time for entry in story.people[0].entries]
    assert times == sorted(times)
    assert {str(time.tzinfo) for time in times} == {"Europe/Amsterdam"}


def test_a_campaign_that_only_passes_money_on_has_somebody_in_the_middle_too(make: Maker) -> None:
    rows = [row | {"is_fraud": False} for row in story_tables()["truth/transactions"]]
    assert [p.customer["customer_id"] for p in tell(make(truth__transactions=rows), CAMPAIGN).people] == [1]


def test_only_so_many_people_are_read(make: Maker) -> None:
    truth = [*story_tables()["truth/transactions"], crime(5000, 9, "victim")]
    told = tell(make(truth__transactions=sorted(truth, key=lambda row: row["transaction_id"])), CAMPAIGN, people=1)
    assert (told.victims, len(told.people)) == (2, 1)


def test_an_unknown_campaign_is_refused(make: Maker) -> None:
    with pytest.raises(InputError, match=r"no campaign 5; `fintxsim show campaign RUN` lists them\."):
        tell(make(), 5)


def test_a_campaign_without_its_fraudster_is_refused(make: Maker) -> None:
    actors = [story_tables()["truth/actors"][0] | {"fraudster_id": 1}]
    with pytest.raises(InputError, match=r"no fraudster 50000001; the run is damaged\."):
        tell(make(truth__actors=actors), CAMPAIGN)


def test_as_data_nothing_is_left_out(story: Story) -> None:
    plain = json.loads(json.dumps(story.plain()))
    assert len(plain["people"][0]["entries"]) == len(story.people[0].entries)
    assert plain["campaign"]["start"].startswith("2026-01-03T")
    assert plain["people"][0]["entries"][0]["row"]["customer_id"] == 1


# --- how money is followed ------------------------------------------------------------------------------


def test_money_that_comes_back_is_where_it_came_from() -> None:
    rows = [*moved(1, 0, 10.0, 1, 2), *moved(3, 1, 9.0, 2, 1)]
    trail = follow(rows)
    assert (trail.hop(11), trail.hop(12)) == (0, 1)
    assert trail.origin(rows[2]) == {1}


def test_of_money_that_goes_in_circles_the_first_account_is_in_the_middle(make: Maker) -> None:
    tables = story_tables()
    rows = [*tables["data/transactions"], *moved(600, 2 * 24 * 60 + 60, 7.0, 3, 1)]
    truth = [row | {"is_fraud": True} for row in tables["truth/transactions"]]
    truth += [crime(600, 6, "mule", is_fraud=True), crime(601, 7, "mule", is_fraud=True)]
    told = tell(
        make(data__transactions=sorted(rows, key=lambda row: row["event_time"]), truth__transactions=truth), CAMPAIGN
    )
    assert [person.customer["customer_id"] for person in told.people] == [1]


def test_money_of_several_people_in_one_account_belongs_to_all_of_them() -> None:
    rows = [*moved(1, 0, 10.0, 1, 3), *moved(3, 1, 9.0, 2, 3), *moved(5, 2, 18.0, 3, 4)]
    assert follow(rows).origin(rows[5]) == {1, 2}


def test_a_transfer_to_oneself_is_no_hop() -> None:
    assert follow(moved(1, 0, 10.0, 1, 1)).hops == {}


def test_who_gets_money_of_others_keeps_acts_of_his_own() -> None:
    rows = [*moved(1, 0, 10.0, 1, 2), *moved(3, 1, 9.0, 3, 1)]
    run: Any = SimpleNamespace(manifest=SimpleNamespace(timezone="UTC"))
    lives = _Lives(run, rows[0]["event_time"], rows, {}, follow(rows), timedelta(days=1), [1])
    assert rows[0] in lives._acts[1]
    assert lives._span(1)[0] == rows[0]["event_time"] - timedelta(days=1)


# --- how it looks ---------------------------------------------------------------------------------------


def test_the_facts_come_first(story: Story) -> None:
    head = printed(story).split("victim 1 of 1")[0]
    assert head.startswith("campaign 50000007: account_takeover\n  what              Somebody is robbed.\n")
    for text in (
        "fraud_classifier  unauthorized party", "eba               issuance of a payment order by the fraudster",
        "crew              fraudster 50000001: skill 0.25, puts up with 3 declines in a row, 2 devices",
        "entry point       phishing; camouflage 0.50", "Sat 2026-01-03 07:30 to Sat 2026-01-03 09:50, Europe/Amsterdam",
        "1 attacked or acting, 2 who pass money on", "2 tried, 1 approved; 4 rows pass money on",
        "940.00 tried, 900.00 taken, 250.50 came back",
    ):  # fmt: skip
        assert text in head


def test_a_campaign_that_is_not_over_says_so(make: Maker) -> None:
    open_end = [story_tables()["truth/campaigns"][0] | {"end": None}]
    assert "still under way" in printed(tell(make(truth__campaigns=open_end), CAMPAIGN))


def test_a_kind_is_told_if_there_is_one(make: Maker) -> None:
    one = [story_tables()["truth/campaigns"][0] | {"kind": "romance"}]
    assert printed(tell(make(truth__campaigns=one), CAMPAIGN)).startswith(
        "campaign 50000007: account_takeover, romance\n"
    )


def test_marks_tell_the_campaign_from_life(story: Story) -> None:
    text = printed(story)
    assert "  > 08:55:00       -40.00 EUR  purchase ecom | Bakery Blom" in text
    assert "  > 09:10:00      -900.00 EUR  transfer instant web_bank | to account 12 NL" in text
    assert "  $ 09:10:00      +900.00 EUR      hop 1 transfer instant web_bank | from account 11 NL" in text
    assert "  $ 09:50:00      -800.00 EUR          hop 2 cash_withdrawal chip atm | Bakery Blom" in text
    assert "  * 08:01:00                   new_device web_bank from JP | unknown device 66" in text
    assert "  ! 09:01:00                   the bank learns of 2 rows" in text
    assert "    11:00:00       -35.00 EUR  purchase chip pos | Bakery Blom" in text


def test_long_stretches_of_everyday_life_are_counted(story: Story) -> None:
    text = printed(story)
    own = of(story, Kind.OWN)
    shown = sum(line.startswith("    ") and "purchase chip pos" in line for line in text.splitlines())
    counted = [line for line in text.splitlines() if "rows of everyday life" in line]
    assert shown < len(own)
    assert shown + sum(int(line.split("...")[1].split()[0]) for line in counted) == len(own)
    assert any("EUR out" in line for line in counted)


def test_more_people_than_are_shown_are_announced(make: Maker) -> None:
    truth = [*story_tables()["truth/transactions"], crime(5000, 9, "victim")]
    run = make(truth__transactions=sorted(truth, key=lambda row: row["transaction_id"]))
    assert printed(tell(run, CAMPAIGN, people=1)).endswith("\n1 more like this; --people 2 shows them all.")


# --- meanings -------------------------------------------------------------------------------------------


def test_every_answer_of_the_bank_has_a_meaning() -> None:
    assert set(RESPONSES) == set(v.ResponseCode.texts())
    assert set(REASONS) == set(v.ReasonCode.texts())


# --- the list -------------------------------------------------------------------------------------------


def test_a_campaign_is_a_line_with_what_came_of_it(make: Maker) -> None:
    (line,) = campaigns(make())
    assert (line.campaign_id, line.typology, line.kind) == (CAMPAIGN, "account_takeover", None)
    assert (line.victims, line.attempts, line.frauds, line.loss) == (1, 2, 1, 900.0)
    assert str(line.start) == "2026-01-03 07:30:00+01:00"


def test_campaigns_of_one_typology_can_be_listed(make: Maker) -> None:
    run = make()
    assert len(campaigns(run, "account_takeover")) == 1
    with pytest.raises(InputError, match=r"no campaign of 'skimming'; it has campaigns of account_takeover\."):
        campaigns(run, "skimming")


def test_a_run_without_campaigns_has_an_empty_list(make: Maker) -> None:
    run = make(truth__campaigns=[], truth__transactions=[])
    assert campaigns(run) == []
    with pytest.raises(InputError, match="it has campaigns of no kind"):
        campaigns(run, "skimming")


def test_what_was_prepared_says_since_when(make: Maker) -> None:
    (campaign,) = story_tables()["truth/campaigns"]
    prepared = campaign | {"prepared_since": minutes(0)}
    assert "prepared          since" in printed(tell(make(truth__campaigns=[prepared]), CAMPAIGN))


def test_of_what_needs_no_preparation_none_is_told(story: Story) -> None:
    assert "prepared" not in printed(story)
