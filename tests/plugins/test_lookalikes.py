"""What every look-alike must do, tried on each of the package."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pydantic import ValidationError

from fintxsim.behaviour.timing import LOOKALIKES as NUMBERS
from fintxsim.dataset import Run
from fintxsim.engine import World
from fintxsim.lookalikes import LOOKALIKES
from fintxsim.lookalikes.base import Crowd, Lookalike, LookalikeConfig
from fintxsim.lookalikes.episodes import WINDOW
from fintxsim.verify import verify_run
from fintxsim.vocabulary import Direction, IncumbentAction, TransactionType
from tests.statistical.claims import Share
from tests.worlds.kit import CNP, TAKEOVER, make, open_world

Array = npt.NDArray[Any]

CUSTOMERS, DAYS = 2000, 31
ROWS_PER_CUSTOMER_DAY = 1.6
EPISODES = 120  # wanted of the kind under test, in the month
# A bank that declines some of whatever looks like fraud. It has no analysts: whose alert they reach depends on all others.
WARY = {"step_up_score": 0.3, "decline_score": 0.6, "alerts": {"daily_capacity": 0}}
TYPICAL = Crowd(CUSTOMERS, purchases_per_day=0.9)
EVERY_KIND = pytest.mark.parametrize("kind", LOOKALIKES, ids=lambda kind: kind.name)
EVERY_SETTING = pytest.mark.parametrize(
    ("kind", "setting"),
    [
        pytest.param(kind, name, id=f"{kind.name}.{name}")
        for kind in LOOKALIKES
        for name in kind.config.model_fields
        if name != "rate_bps"
    ],
)


def defaults(kind: Lookalike, **changes: Any) -> LookalikeConfig:
    return kind.config.model_validate({"rate_bps": 10} | changes)


# --- declarations ---------------------------------------------------------------------------------------


@EVERY_KIND
def test_names_are_words_with_underscores(kind: Lookalike) -> None:
    assert re.fullmatch(r"[a-z][a-z_]*", kind.name)


def test_names_and_numbers_are_unique() -> None:
    names, numbers = {kind.name for kind in LOOKALIKES}, {kind.number for kind in LOOKALIKES}
    assert len(names) == len(numbers) == len(LOOKALIKES) == 10


@EVERY_KIND
def test_numbers_have_a_place_in_the_world(kind: Lookalike) -> None:
    assert 0 < kind.number < NUMBERS


@EVERY_KIND
def test_the_summary_is_one_sentence(kind: Lookalike) -> None:
    assert re.fullmatch(r"[A-Z][^.!?\n]{20,160}\.", kind.summary)


@EVERY_KIND
def test_it_says_which_fraud_it_is_taken_for(kind: Lookalike) -> None:
    assert re.fullmatch(r"[a-z][^.\n]{8,80}", kind.resembles)


@EVERY_KIND
def test_it_is_off_unless_a_rate_is_given(kind: Lookalike) -> None:
    assert kind.config.model_validate({}).is_off
    assert not defaults(kind).is_off


@EVERY_KIND
@pytest.mark.parametrize("wrong", [{"rate_bps": -1}, {"rate_bps": 5001}, {"rate": 3}])
def test_wrong_settings_are_refused(kind: Lookalike, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        kind.config.model_validate(wrong)


@EVERY_KIND
def test_an_episode_fits_into_a_window(kind: Lookalike) -> None:
    shortest, longest = kind.days
    assert 1 <= shortest <= longest < WINDOW / 2


@EVERY_KIND
def test_an_episode_brings_more_than_one_row(kind: Lookalike) -> None:
    assert 1.5 < kind.expected_rows(defaults(kind), TYPICAL) < 60


@EVERY_KIND
def test_compiled_code_has_room_for_its_numbers(kind: Lookalike) -> None:
    assert len(kind.knobs(defaults(kind))) <= 4


@EVERY_KIND
def test_a_share_of_what_is_bought_is_returned_or_none(kind: Lookalike) -> None:
    assert 0 <= kind.returned_share(defaults(kind)) <= 1


# --- lives with and without it --------------------------------------------------------------------------

_lived: dict[str, Array] = {}
_had_episodes: dict[int, set[int]] = {}  # customers, by the id of the rows of their world


def with_episodes(world: World) -> set[int]:
    """Who has an episode today, which may keep him at home even if nothing comes of it."""
    people = world.people
    into = world.day_number - people["window_start"]
    is_known = (into >= 0) & (into < WINDOW)
    bits = people["episode_days"] >> np.where(is_known, into, 0).astype(np.uint32)
    return set(np.flatnonzero(is_known & (bits & 1 == 1)).tolist())


@pytest.fixture(scope="module")
def rows_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Array]:
    """All rows of a month, with some anomalies; made once for each."""

    def rows(customers: int = CUSTOMERS, **anomalies: dict[str, Any]) -> Array:
        key = f"{customers} {sorted(anomalies.items())}"
        if key not in _lived:
            directory = tmp_path_factory.mktemp("lived")
            world = open_world(directory, customers=customers, days=DAYS, anomalies=anomalies, bank=WARY)
            parts: list[Array] = []
            episodic: set[int] = set()
            for _ in range(DAYS):
                world.step()
                parts += [part.copy() for part in world.book.rows]
                episodic |= with_episodes(world)
            world.close()
            _lived[key] = np.concatenate(parts)
            _had_episodes[id(_lived[key])] = episodic
        return _lived[key]

    return rows


def rate_for(kind: Lookalike, episodes: float, customers: int = CUSTOMERS) -> float:
    """The rate that asks for so many episodes in the month."""
    rows = kind.expected_rows(defaults(kind), TYPICAL)
    return 1e4 * episodes * rows / (ROWS_PER_CUSTOMER_DAY * customers * DAYS)


@pytest.fixture
def plain(rows_with: Callable[..., Array]) -> Array:
    return rows_with()


@pytest.fixture
def once(rows_with: Callable[..., Array], kind: Lookalike) -> Array:
    return rows_with(**{kind.name: {"rate_bps": rate_for(kind, EPISODES)}})


@pytest.fixture
def twice(rows_with: Callable[..., Array], kind: Lookalike) -> Array:
    return rows_with(**{kind.name: {"rate_bps": 2 * rate_for(kind, EPISODES)}})


def mine(rows: Array) -> Array:
    """The rows of look-alikes."""
    found: Array = rows[rows["anomaly"] > 0]
    return found


def episodes(rows: Array) -> set[tuple[int, int]]:
    """Who had one, and in which stretch of two months: once in each, for almost everybody."""
    return set(
        zip(mine(rows)["customer"].tolist(), (mine(rows)["time"] // (62 * 86_400 * 10**6)).tolist(), strict=True)
    )


def reached(*worlds: Array) -> set[int]:
    """Customers who had an episode in any of the worlds, and whose money may therefore be other than in the others.

    Money is handed on from friend to friend, and whoever asks where much was refused may be refused as well.
    """
    known = {customer for rows in worlds for customer in _had_episodes[id(rows)]}
    known |= {customer for rows in worlds for customer in mine(rows)["customer"].tolist()}  # of before the month, too
    known |= {customer for rows in worlds for customer in rows[rows["hot"] > 0]["customer"].tolist()}
    sent = [row for rows in worlds for row in rows[(rows["friend"] >= 0) & (rows["direction"] == Direction.DEBIT)]]
    before = -1
    while len(known) != before:
        before = len(known)
        known |= {int(row["friend"]) for row in sent if int(row["customer"]) in known}
    return known


def of_others(rows: Array, known: set[int]) -> Array:
    """Rows of everybody else, in order of time."""
    others = rows[~np.isin(rows["customer"], list(known))]
    names = [name for name in rows.dtype.names or () if name not in ("next", "pad")]
    ordered: Array = others[np.argsort(others["time"])][names]
    return ordered


def test_a_rate_of_zero_adds_nothing(rows_with: Callable[..., Array], plain: Array) -> None:
    off = rows_with(**{kind.name: {"rate_bps": 0} for kind in LOOKALIKES})
    assert len(mine(off)) == 0
    assert np.array_equal(of_others(off, set()), of_others(plain, set()))


@EVERY_KIND
def test_its_rows_are_labelled_with_its_number(once: Array, kind: Lookalike) -> None:
    assert set(mine(once)["anomaly"].tolist()) == {kind.number}


@EVERY_KIND
def test_about_as_much_happens_as_was_asked_for(once: Array, kind: Lookalike) -> None:
    counted = once[(once["approved"] > 0) & ~((once["direction"] == Direction.CREDIT) & (once["transfer"] >= 0))]
    realised = 1e4 * len(mine(counted)) / len(counted)
    chance = 5 * sqrt(1.3 / EPISODES)
    assert realised == pytest.approx(rate_for(kind, EPISODES), rel=0.10 + chance)


@EVERY_KIND
def test_some_of_its_rows_are_approved_and_some_declined(twice: Array, kind: Lookalike) -> None:
    assert set(mine(twice)["approved"].tolist()) == {0, 1}


@EVERY_KIND
def test_twice_the_rate_gives_the_same_episodes_and_as_many_more(once: Array, twice: Array, kind: Lookalike) -> None:
    few, many = episodes(once), episodes(twice)
    assert len(few - many) <= 0.02 * len(few)  # money that is gone by then can stop an episode
    assert len(many) / len(few) == pytest.approx(2.0, rel=5 * sqrt(1.0 / len(few)))


@EVERY_KIND
def test_twice_the_rate_leaves_other_customers_alone(once: Array, twice: Array, kind: Lookalike) -> None:
    known = reached(once, twice)
    theirs = of_others(once, known)
    assert len(set(theirs["customer"].tolist())) > 200
    assert np.array_equal(theirs, of_others(twice, known))


@EVERY_KIND
def test_without_it_other_customers_live_the_same_life(once: Array, plain: Array, kind: Lookalike) -> None:
    known = reached(once, plain)
    assert np.array_equal(of_others(once, known), of_others(plain, known))


@EVERY_KIND
def test_the_bank_finds_it_more_suspicious_than_plain_life(twice: Array, kind: Lookalike) -> None:
    asked = twice[twice["direction"] == Direction.DEBIT]
    suspicious = asked["action"] > IncumbentAction.APPROVE
    is_mine = asked["anomaly"] > 0
    assert share(suspicious[is_mine]).is_more_than(share(suspicious[~is_mine]), factor=1.5)


def share(flags: Array) -> Share:
    value = float(flags.mean())
    return Share(value, sqrt(max(value * (1 - value), 1e-9) / len(flags)))


@EVERY_KIND
def test_what_follows_from_a_row_is_labelled_alike(twice: Array, kind: Lookalike) -> None:
    """Reversals, refunds, and the other side of a transfer."""
    label = dict(zip(twice["time"].tolist(), twice["anomaly"].tolist(), strict=True))
    causes = np.where(twice["original"] >= 0, twice["original"], twice["transfer"])
    pairs = [(label[t], label[c]) for t, c in zip(twice["time"].tolist(), causes.tolist(), strict=True) if c in label]
    assert len(pairs) > 1000
    assert [pair for pair in pairs if pair[0] != pair[1]] == []


@EVERY_SETTING
def test_every_setting_changes_some_row(rows_with: Callable[..., Array], kind: Lookalike, setting: str) -> None:
    value = getattr(kind.config.model_validate({}), setting)
    changed = value + 1 if isinstance(value, int) else value * 1.1 if value < 1 else value * 1.25
    rate = {"rate_bps": rate_for(kind, 60, customers=300)}
    with_default = rows_with(customers=300, **{kind.name: rate})
    with_another = rows_with(customers=300, **{kind.name: rate | {setting: changed}})
    assert len(mine(with_default)) > 60
    assert not np.array_equal(of_others(with_default, set()), of_others(with_another, set()))


# --- what is particular to a kind -----------------------------------------------------------------------


@pytest.fixture
def named(rows_with: Callable[..., Array]) -> Callable[[str], Array]:
    """Rows of the one kind of a name in the month of twice its rate."""

    def rows(name: str) -> Array:
        kind = next(kind for kind in LOOKALIKES if kind.name == name)
        return mine(rows_with(**{name: {"rate_bps": 2 * rate_for(kind, EPISODES)}}))

    return rows


def days_of(rows: Array) -> Array:
    """Local days since 1970."""
    days: Array = (rows["time"] + rows["offset"].astype(np.int64) * 60_000_000) // (86_400 * 10**6)
    return days


def test_holidays_are_abroad(named: Callable[[str], Array]) -> None:
    rows = named("holiday_abroad")
    in_person = rows[(rows["merchant"] >= 0) & (rows["device"] < 0) & (rows["type"] == TransactionType.PURCHASE)]
    assert (in_person["merchant_country"] > 0).mean() > 0.95  # the others are telephone orders
    assert (rows["type"] == TransactionType.CASH_WITHDRAWAL).sum() > 50


def test_a_new_phone_pays_before_the_bank_knows_it(named: Callable[[str], Array]) -> None:
    rows = named("new_phone")
    assert rows["new_device"].mean() > 0.2


def test_gift_cards_cost_round_sums(named: Callable[[str], Array]) -> None:
    rows = named("gift_card_season")
    bought = rows[rows["type"] == TransactionType.PURCHASE]
    assert set(bought["amount"].tolist()) == {2000, 2500, 5000, 10_000, 15_000}


def test_a_collection_is_paid_on_whole(named: Callable[[str], Array]) -> None:
    rows = named("crowdfunding_fan_in")
    complete = 0
    for customer in set(rows["customer"].tolist()):
        his = rows[rows["customer"] == customer]
        paid = his[his["direction"] == Direction.DEBIT]
        received = his[his["direction"] == Direction.CREDIT]
        assert len(set(received["counterparty"].tolist())) == len(received)
        complete += len(paid) == 1 and paid["billing"].sum() == received["billing"].sum()
    assert complete > 100


def test_one_merchant_takes_the_whole_festival(named: Callable[[str], Array]) -> None:
    rows = named("festival_merchant")
    paid = rows[rows["type"] == TransactionType.PURCHASE]
    merchants = defaultdict[tuple[int, int], set[int]](set)
    visitors = defaultdict[tuple[int, int], set[int]](set)
    for merchant, customer, day in zip(
        paid["merchant"].tolist(), paid["customer"].tolist(), days_of(paid), strict=True
    ):
        weekend = merchant >> 34, int(day + 3) // 7
        merchants[weekend].add(merchant)
        visitors[weekend].add(customer)
    assert {len(found) for found in merchants.values()} == {1}
    assert max(len(found) for found in visitors.values()) > 10


def test_several_refunds_come_on_one_day(named: Callable[[str], Array]) -> None:
    rows = named("refund_season")
    refunds = rows[rows["type"] == TransactionType.REFUND]
    days = days_of(refunds)
    per_day = np.unique(np.stack([refunds["customer"], days]), axis=1, return_counts=True)[1]
    assert per_day.mean() > 2.0


def test_a_car_costs_thousands_and_goes_to_somebody_new(named: Callable[[str], Array]) -> None:
    rows = named("car_payee")
    paid = rows[rows["payee_new"] == 1]
    assert len(paid) > 100
    assert np.median(paid["billing"]) > 300_000


# --- truth ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A month with everything: look-alikes at three times the flagship's rates, and fraud."""
    mix = {kind.name: {"rate_bps": 90} for kind in LOOKALIKES}
    fraud = {CNP: {"rate_bps": 60}, TAKEOVER: {"rate_bps": 40}}
    return make(tmp_path_factory.mktemp("everything"), customers=1500, days=DAYS, anomalies=mix, typologies=fraud)


def test_every_kind_is_in_truth(run: Run) -> None:
    found = set(run.truth()["anomaly_kind"].dropna().astype(str))
    assert found == {kind.name for kind in LOOKALIKES}


def test_no_look_alike_is_a_crime(run: Run) -> None:
    truth = run.truth()
    benign = truth[truth["is_anomaly"]]
    assert not (benign["is_fraud"] | benign["is_laundering"] | benign["never_reported"]).any()
    about_crime = ("typology", "campaign_id", "campaign_step", "role", "fraud_party", "fraudster_id",
                   "authorised_party", "observation_class", "loss_amount")  # fmt: skip
    assert benign[list(about_crime)].isna().all(axis=None)


def test_a_crime_has_no_kind_of_look_alike(run: Run) -> None:
    truth = run.truth()
    crimes = truth[~truth["is_anomaly"]]
    assert len(crimes) > 100
    assert crimes["anomaly_kind"].isna().all()
    assert crimes[["typology", "campaign_id", "role", "loss_amount"]].notna().all(axis=None)


def test_truth_is_in_order_of_time(run: Run) -> None:
    assert run.truth()["transaction_id"].is_monotonic_increasing


def test_what_the_manifest_says_of_look_alikes_is_so(run: Run) -> None:
    assert [entry.kind for entry in run.manifest.anomalies] == [kind.name for kind in LOOKALIKES]
    assert verify_run(Path(run.path))["anomalies"].findings == ()
    assert {entry.requested_bps for entry in run.manifest.anomalies} == {90.0}
