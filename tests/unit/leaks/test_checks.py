"""What particular checks find, and what they leave alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tests.unit.leaks.conftest import Auditor, failed, words
from tests.unit.leaks.tables import honest, in_order


def bad(table: pd.DataFrame) -> np.ndarray:
    return np.asarray(table["fraud"] == 1)


def outcome(report: object, check: str) -> tuple[str, str]:
    result = report[check]  # type: ignore[index]
    return str(result.outcome), result.reason


# --- identifiers ----------------------------------------------------------------------------------------


def devices(
    table: pd.DataFrame, fraud: Callable[[np.ndarray], object], genuine: Callable[[np.ndarray], object]
) -> pd.DataFrame:
    """A device for each customer, numbered from 0 by victims and by others, and written by two functions."""
    owner = np.unique(table["customer"], return_inverse=True)[1]
    victims = np.unique(owner[bad(table)])
    own = np.asarray(fraud(np.searchsorted(victims, owner)), object)
    return table.assign(device=np.where(bad(table), own, np.asarray(genuine(owner), object)))


RNG = np.random.default_rng(4)
ANYWHERE = RNG.permutation(10**6)
IDS = {
    "a range of their own": (lambda i: 2 * 10**6 + ANYWHERE[i], lambda i: ANYWHERE[1000 + i], "order of device"),
    "side by side": (lambda i: 500_000 + i, lambda i: ANYWHERE[1000 + i], "neighbour of device|gap of device"),
    "even numbers": (
        lambda i: ANYWHERE[i] * 10 + 4,
        lambda i: ANYWHERE[1000 + i] * 10 + i % 10,
        "last digit of device",
    ),
    "fewer digits": (lambda i: 10**4 + 7 * i, lambda i: 10**5 + ANYWHERE[1000 + i], "digits of device"),
}


@pytest.mark.parametrize("name", IDS)
def test_ids_of_frauds_that_look_otherwise_are_a_leak(audited: Auditor, table: pd.DataFrame, name: str) -> None:
    fraud, genuine, text = IDS[name]
    spoilt = devices(table, fraud, genuine)
    report = audited(spoilt.assign(device=spoilt["device"].astype("int64")))
    assert any(part in words(report, "id order") for part in text.split("|"))


TEXTS = {
    "another beginning": ("dx{:06d}", "dv{:06d}", "beginning of device"),
    "another length": ("dv{:08d}", "dv{:06d}", "length of device"),
    "another pattern": ("dv-{:06d}", "dv{:07d}", "pattern of device"),
    "another ending": ("{:06d}z", "{:06d}y", "ending of device"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_ids_of_frauds_that_are_written_otherwise_are_a_leak(audited: Auditor, table: pd.DataFrame, name: str) -> None:
    fraud, genuine, text = TEXTS[name]
    spoilt = devices(
        table,
        lambda i: [fraud.format(n) for n in ANYWHERE[i].tolist()],
        lambda i: [genuine.format(n) for n in ANYWHERE[1000 + i].tolist()],
    )
    assert text in words(audited(spoilt), "id order")


def test_devices_that_only_frauds_have_are_no_leak(audited: Auditor, table: pd.DataFrame) -> None:
    spoilt = devices(table, lambda i: ANYWHERE[i], lambda i: ANYWHERE[1000 + i])
    assert failed(audited(spoilt.assign(device=spoilt["device"].astype("int64")))) == set()


def test_a_number_out_of_the_order_of_rows_is_a_leak(audited: Auditor, table: pd.DataFrame) -> None:
    late = table["payment"] + np.where(bad(table), 10**7, 0)
    assert "place among the rows of payment" in words(audited(table.assign(payment=late)), "id order")


def test_merchants_with_more_customers_are_defrauded_more_often(audited: Auditor, table: pd.DataFrame) -> None:
    """The busiest merchant has the lowest number; that its number says so is no leak."""
    numbers = table["merchant"].str.removeprefix("Shop ").astype(int)
    assert words(audited(table.assign(merchant=numbers), ids=["merchant"]), "id order") == ""


# --- nulls, decimals ------------------------------------------------------------------------------------


def test_a_null_that_follows_from_the_channel_is_no_leak(audited: Auditor, table: pd.DataFrame) -> None:
    """Four in five frauds are online, and only online payments have a device."""
    assert table["device"].isna().mean() > 0.7
    assert table.loc[bad(table), "device"].isna().mean() < 0.3
    assert failed(audited(table)) == set()


def test_a_null_that_follows_from_a_value_that_can_be_null_is_no_leak(audited: Auditor, table: pd.DataFrame) -> None:
    """A payee's name is checked when the payee is new; frauds pay to new payees, one genuine transfer in eight does."""
    rng = np.random.default_rng(1)
    is_new = pd.array(np.where(bad(table), True, rng.random(len(table)) < 0.02), "boolean")
    is_new[rng.random(len(table)) < 0.3] = pd.NA
    match = pd.Series(np.where(is_new.to_numpy(bool, na_value=False), "match", None), dtype=object)
    assert words(audited(table.assign(is_new=is_new, match=match)), "nulls") == ""


def few_transfers(table: pd.DataFrame) -> pd.DataFrame:
    """Two dozen frauds, all of them transfers that go out; of those alone a name is checked, but for a few orders."""
    rng = np.random.default_rng(3)
    rows = table[~bad(table) | (bad(table).cumsum() <= 24)].reset_index(drop=True)
    word = np.where(rng.random(len(rows)) < 0.3, 0, rng.integers(1, 20, len(rows)))
    kind = pd.Series(np.where(bad(rows), 0, word)).map("kind {}".format)
    way = pd.Series(np.where(bad(rows) | (rng.random(len(rows)) < 0.5), "out", "in"))
    checked = (kind == "kind 0") & (way == "out") & (bad(rows) | (rng.random(len(rows)) < 0.97))
    return rows.assign(kind=kind, way=way, match=pd.Series(np.where(checked, "match", None), dtype=object))


def test_a_null_that_follows_from_two_columns_together_is_no_leak_however_few_the_frauds(
    audited: Auditor, table: pd.DataFrame
) -> None:
    assert words(audited(few_transfers(table)), "nulls") == ""


def test_a_value_that_frauds_have_where_others_have_none_is_a_leak_however_few_they_are(
    audited: Auditor, table: pd.DataFrame
) -> None:
    rows = few_transfers(table)
    rows.loc[bad(rows), "way"] = "in"
    assert words(audited(rows), "nulls").startswith("match is null")


def test_a_null_that_frauds_have_more_often_is_a_leak(audited: Auditor, table: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    missing = rng.random(len(table)) < np.where(bad(table), 0.6, 0.05)
    report = audited(table.assign(note=np.where(missing, None, "seen")))
    assert words(report, "nulls").startswith("note is null: average precision 0.1")
    assert failed(report) == {"nulls"}


@pytest.mark.parametrize("decimals", [3, 0])
def test_other_decimals_are_a_leak(audited: Auditor, table: pd.DataFrame, decimals: int) -> None:
    odd = table["amount"] + 0.001 if decimals else np.ceil(table["amount"])
    report = audited(table.assign(amount=np.where(bad(table), odd, table["amount"])))
    assert "of amount: average precision" in words(report, "decimals")


def test_round_sums_that_go_with_the_channel_are_no_leak(audited: Auditor, table: pd.DataFrame) -> None:
    is_online = table["channel"] == "online"
    rounded = np.where(is_online, np.ceil(table["amount"] / 10) * 10, table["amount"])
    assert words(audited(table.assign(amount=rounded)), "decimals") == ""


# --- time -----------------------------------------------------------------------------------------------


def test_fractions_of_seconds_for_frauds_alone_are_a_leak(audited: Auditor, table: pd.DataFrame) -> None:
    whole = table["time"].dt.floor("s")
    report = audited(table.assign(time=whole.where(~bad(table), table["time"])))
    assert words(report, "seconds").startswith("digits of time")


def test_frauds_at_the_hours_of_everybody_are_no_leak(audited: Auditor, table: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    hours = table.loc[~bad(table) & (table["channel"] == "online"), "time"].sample(
        len(table), replace=True, random_state=1
    )
    clock = hours.reset_index(drop=True) - hours.reset_index(drop=True).dt.normalize()
    time = table["time"].where(~bad(table), table["time"].dt.normalize() + clock)
    moved = in_order(table.assign(time=time, noise=rng.random(len(table))))
    report = audited(moved)
    assert failed(report) == set()
    assert float(report["hours"].measured.split()[0]) == pytest.approx(1.0, abs=0.25)


def test_even_frauds_among_even_payments_tell_nothing(audited: Auditor, table: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    micros = pd.to_timedelta(rng.integers(0, 86_400 * 10**6, len(table)), unit="us")
    report = audited(in_order(table.assign(time=table["time"].dt.normalize() + micros)))
    assert outcome(report, "hours") == ("not applicable", "genuine rows are spread evenly over the day themselves")


def test_few_frauds_say_little_about_their_hours(audited: Auditor) -> None:
    assert outcome(audited(honest(victims=8)), "hours")[0] == "not evaluated"


def test_times_in_steps_have_no_hours_but_an_order(audited: Auditor, table: pd.DataFrame) -> None:
    step = (table["time"].dt.day_of_year).astype("int64")
    report = audited(table.assign(time=step).sort_values(["time", "fraud"], ignore_index=True))
    assert [outcome(report, check)[0] for check in ("seconds", "hours", "fraud days")] == ["not applicable"] * 3
    assert words(report, "row order").startswith("place among rows of the same time")


def test_frauds_at_the_end_of_the_table_are_a_leak(audited: Auditor, table: pd.DataFrame) -> None:
    appended = table.sort_values("fraud", kind="stable", ignore_index=True)
    for time in ("time", None):
        assert words(audited(appended, time=time), "row order").startswith("place in the table")


def test_rows_of_a_time_of_their_own_have_no_place(audited: Auditor, table: pd.DataFrame) -> None:
    """Nine genuine rows in ten share their time, and no fraud does."""
    shared = ~bad(table) & (np.arange(len(table)) % 10 > 0)
    report = audited(in_order(table.assign(time=table["time"].where(~shared, table["time"].dt.floor("2h")))))
    assert report["row order"].measured == "place among rows of the same time: 0 frauds have one"
    assert words(report, "row order") == ""


def test_a_stretch_without_fraud_needs_many_frauds_to_be_told(audited: Auditor) -> None:
    reason = "the frauds are of 15 campaigns or entities; 16 are needed"
    assert outcome(audited(honest(victims=15)), "label coverage") == ("not evaluated", reason)


# --- customers ------------------------------------------------------------------------------------------


def test_victims_who_do_nothing_else_are_a_leak(audited: Auditor, table: pd.DataFrame) -> None:
    strangers = np.where(bad(table), table["customer"] + 10**10, table["customer"])
    report = audited(table.assign(customer=strangers))
    assert words(report, "entities").startswith(
        "customer: 100 of 100 with fraud have no genuine row, 0 % would by chance"
    )


def test_one_victim_in_ten_who_does_nothing_else_is_no_leak(audited: Auditor, table: pd.DataFrame) -> None:
    few = bad(table) & (table["customer"] % 10 == 0)
    assert words(audited(table.assign(customer=table["customer"] + np.where(few, 10**10, 0))), "entities") == ""


def test_customers_with_hardly_a_row_each_cannot_be_compared(audited: Auditor, table: pd.DataFrame) -> None:
    report = audited(table.assign(customer=np.arange(len(table))))
    assert outcome(report, "entities") == ("not evaluated", "customer: too few rows each to compare")


def test_days_of_fraud_need_payments_on_other_days(audited: Auditor, table: pd.DataFrame) -> None:
    reason = outcome(audited(table.assign(customer=np.arange(len(table)))), "fraud days")[1]
    assert reason == "genuine rows are expected on too few days of fraud (customer: 0.0 of 300)"


def test_customers_may_be_named_by_text(audited: Auditor, table: pd.DataFrame) -> None:
    named = table.assign(customer="c" + table["customer"].astype(str))
    assert audited(named)["fraud days"].measured == audited(table)["fraud days"].measured


# --- first appearances ----------------------------------------------------------------------------------


def cities(table: pd.DataFrame, announced: int, seed: int = 1) -> pd.DataFrame:
    """A city for each row; so many of eighty appear for the first time in a fraud and are usual afterwards."""
    rng = np.random.default_rng(seed)
    names = np.array([f"city {chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(80)], object)
    place = rng.integers(0, 80 - announced, len(table))
    frauds = np.flatnonzero(bad(table))[:: max(1, 300 // max(announced, 1))][:announced]
    for number, row in enumerate(frauds.tolist()):
        after = np.arange(len(table)) > row
        place = np.where(after & (rng.random(len(table)) < 0.012), 80 - announced + number, place)
        place[row] = 80 - announced + number
    return table.assign(city=names[place])


def test_words_that_frauds_bring_in_are_a_leak(audited: Auditor, table: pd.DataFrame) -> None:
    found = words(audited(cities(table, 40)), "first appearance")
    assert found.startswith("city: 40 of 80 words first appear with a fraud")


def test_words_that_anybody_brings_in_are_no_leak(audited: Auditor, table: pd.DataFrame) -> None:
    assert words(audited(cities(table, 0)), "first appearance") == ""


def test_words_that_one_victim_brings_in_are_no_leak(audited: Auditor, table: pd.DataFrame) -> None:
    spoilt = cities(table, 40)
    first = spoilt.drop_duplicates("city").index
    chosen = spoilt.index.isin(first) & bad(spoilt)
    assert words(audited(spoilt.assign(customer=spoilt["customer"].mask(chosen, 77))), "first appearance") == ""


def test_without_words_there_are_no_first_appearances(audited: Auditor, table: pd.DataFrame) -> None:
    report = audited(table.drop(columns="merchant"))
    assert outcome(report, "first appearance") == ("not applicable", "no column has 20 different words")


# --- what cannot be told --------------------------------------------------------------------------------


def test_fewer_than_twenty_frauds_evaluate_nothing(audited: Auditor) -> None:
    report = audited(honest(victims=6))
    assert {r.outcome for r in report.results} == {"not evaluated"}
    assert report["one rule"].reason == "18 frauds; 20 are needed"
    assert report.failed


def test_frauds_of_four_victims_evaluate_nothing(audited: Auditor, table: pd.DataFrame) -> None:
    four = table["customer"].where(~bad(table), np.arange(len(table)) % 4)
    report = audited(table.assign(customer=four))
    assert report["nulls"].reason == "the frauds are of 4 campaigns or entities; 5 are needed"


def test_a_bare_table_is_judged_by_what_it_has(audited: Auditor, table: pd.DataFrame) -> None:
    bare = table[["channel", "category", "fraud"]]
    report = audited(bare, ids=[], time=None, entities=[])
    told = {r.name: r.reason for r in report.results if r.outcome == "not applicable"}
    assert told == {
        "pairs": "there are no two columns of numbers",
        "id order": "no column of ids is named",
        "nulls": "nothing is missing, or always missing",
        "decimals": "there is no column of numbers other than codes",
        "seconds": "no column of times is named",
        "hours": "no column of times is named",
        "fraud days": "no column of customers, accounts or cards is named",
        "entities": "no column of customers, accounts or cards is named",
        "label coverage": "no column of times is named",
        "first appearance": "no column has 20 different words",
    }
    assert not report.failed


def test_more_columns_of_numbers_than_can_be_paired_are_not_passed(audited: Auditor, table: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    more = pd.DataFrame(rng.normal(size=(len(table), 24)), columns=[f"v{i}" for i in range(24)])
    report = audited(pd.concat([table, more], axis=1))
    assert outcome(report, "pairs") == ("not evaluated", "of 27 columns of numbers only 24 were paired")


def test_ids_of_few_frauds_cannot_be_compared(audited: Auditor, table: pd.DataFrame) -> None:
    report = audited(table.drop(columns=["payment", "device"]), ids=["channel"], entities=[])
    assert outcome(report, "id order") == ("not evaluated", "no column has 20 ids of frauds and as many others")


def test_owners_that_no_row_has_are_no_leak(audited: Auditor, table: pd.DataFrame) -> None:
    """A run without cards has a column of nulls."""
    empty = table.assign(card=pd.array([pd.NA] * len(table), "Int64"))
    assert failed(audited(empty, entities=["customer", "card"])) == set()
