"""Whatever a scenario asks for, its run passes every check of ``verify``.

Money is conserved, keys are unique, nothing is ahead of its time.
"""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fintxsim.behaviour.config import BehaviourConfig
from fintxsim.errors import InputError, ScenarioError
from fintxsim.population.block import BLOCK
from fintxsim.run.generate import generate
from fintxsim.verify import CHECKS, Outcome, verify_run

NOTHING = dict.fromkeys(BehaviourConfig.model_fields, 0) | {"price_points": False}
EVERYTHING = {name: 1 if name.endswith("_share") else 10 for name in BehaviourConfig.model_fields} | {
    "bills": 1, "bursts": 2, "phases": 2, "week": 2, "daily_shock": 0.6, "price_points": True
}  # fmt: skip
EXTREME_SEGMENT = {
    "share": 1.0, "income_median": 0, "income_sigma": 2, "purchases_per_day": 20, "activity_sigma": 1.5, "digital": 5,
    "cash_per_month": 60, "transfers_per_month": 300, "trips_per_year": 24, "credit_card_share": 1, "savings_share": 1,
}  # fmt: skip
CRIME = {"stolen_details_cnp": {"rate_bps": 100}, "account_takeover": {"rate_bps": 100}}
SIEGE = {"stolen_details_cnp": {"pressure": 200_000}, "account_takeover": {"pressure": 200_000}}

# start, days, customers, and what else is odd.
ODD: dict[str, tuple[str, int, int, dict[str, Any]]] = {
    "one_customer_one_day": ("2026-01-01", 1, 1, {}),
    "three_customers": ("2026-01-01", 20, 3, {}),
    "five_customers_two_years": ("2026-01-01", 740, 5, {}),
    "one_more_than_a_block": ("2026-01-01", 1, BLOCK + 1, {}),
    "yen_without_decimals": ("2026-01-20", 12, 120, {"timezone": "Asia/Tokyo"}),
    "dinar_with_three_decimals": ("2026-01-20", 12, 120, {"timezone": "Asia/Bahrain"}),
    "rupee_half_hour_zone": ("2026-01-20", 12, 120, {"timezone": "Asia/Kolkata"}),
    "quarter_hour_zone": ("2026-01-20", 12, 120, {"timezone": "Asia/Kathmandu"}),
    "shilling": ("2026-01-20", 12, 120, {"timezone": "Africa/Nairobi"}),
    "dollars_in_berlin": ("2026-01-20", 12, 120, {"timezone": "Europe/Berlin", "currency": "USD"}),
    "no_country_at_all": ("2026-01-20", 12, 120, {"timezone": "UTC"}),
    "country_without_listed_cities": ("2026-01-20", 12, 120, {"timezone": "Asia/Tashkent"}),
    "furthest_east": ("2026-01-20", 5, 120, {"timezone": "Pacific/Kiritimati"}),
    "furthest_west": ("2026-01-20", 5, 120, {"timezone": "Etc/GMT+12"}),
    "new_york_loses_an_hour": ("2026-03-05", 6, 150, {"timezone": "America/New_York"}),
    "new_york_gains_an_hour": ("2026-10-29", 6, 150, {"timezone": "America/New_York"}),
    "auckland_gains_an_hour": ("2026-04-02", 6, 150, {"timezone": "Pacific/Auckland"}),
    "midnight_that_does_not_exist": ("2026-03-06", 5, 150, {"timezone": "America/Havana"}),
    "half_an_hour_of_summer": ("2026-04-02", 6, 150, {"timezone": "Australia/Lord_Howe"}),
    "two_hours_of_summer": ("2026-03-27", 5, 150, {"timezone": "Antarctica/Troll"}),
    "europe_loses_an_hour": ("2026-03-27", 5, 200, {}),
    "the_short_day_alone": ("2026-03-29", 1, 200, {}),
    "europe_gains_an_hour": ("2026-10-23", 5, 200, {}),
    "the_long_day_alone": ("2026-10-25", 1, 200, {}),
    "leap_day": ("2028-02-27", 4, 200, {}),
    "last_day_of_the_month": ("2026-01-31", 1, 200, {}),
    "first_day_of_the_month": ("2026-02-01", 1, 200, {}),
    "turn_of_the_year": ("2026-12-30", 4, 200, {}),
    "every_factor_zero": ("2026-01-25", 10, 150, {"behaviour": NOTHING}),
    "every_factor_highest": ("2026-01-25", 6, 100, {"behaviour": EVERYTHING}),
    "controls_off": ("2026-01-25", 10, 150, {"bank": {"controls": "off"}}),
    "controls_decline_all": ("2026-01-25", 10, 150, {"bank": {"decline_score": 0.0}}),
    "nobody_remembers_the_pin": ("2026-01-25", 10, 150, {"bank": {"wrong_pin_share": 1, "wrong_details_share": 1}}),
    "no_spending_allowed": ("2026-01-25", 10, 150, {"bank": {"card_day_limit": 0.01, "card_day_count": 1}}),
    "always_out_of_order": ("2026-01-25", 10, 150, {"bank": {"outages_per_month": 300}}),
    "cards_back_at_once": ("2026-01-25", 10, 150, {"bank": {"reissue_days_min": 0, "reissue_days_max": 0}}),
    "nobody_reports": ("2026-01-25", 10, 150, {"labels": {"third_party": {"never_reported_share": 1}}}),
    "everybody_disputes": ("2026-01-25", 10, 150, {"labels": {"mistaken": {"per_million": 100_000}}}),
    "no_analysts": ("2026-01-25", 10, 150, {"bank": {"alerts": {"daily_capacity": 0}}}),
    "everything_is_an_alert": ("2026-01-25", 10, 150, {"bank": {"alerts": {"score": 0.001, "daily_capacity": 100_000, "false_confirm_share": 1}}}),
    "one_merchant": ("2026-01-25", 10, 150, {"population": {"merchants": 1}}),
    "merchants_come_and_go": (
        "2026-01-25", 10, 150, {"population": {"merchant_years_min": 2, "merchant_years_max": 2}}
    ),
    "one_segment_without_income": ("2026-01-25", 6, 100, {"population": {"segments": {"student": EXTREME_SEGMENT}}}),
    "everybody_under_attack": ("2026-01-25", 4, 150, {"fraud": {"typologies": SIEGE}}),
    "no_crime": ("2026-01-25", 10, 150, {"fraud": {}}),
    "smallest_seed": ("2026-01-25", 3, 100, {"seed": 0}),
    "largest_seed": ("2026-01-25", 3, 100, {"seed": 2**63 - 1}),
    "long_ago": ("1995-06-01", 3, 100, {}),
    "far_ahead": ("2080-06-01", 3, 100, {}),
}  # fmt: skip


def wrong_with(start: str, days: int, customers: int, rest: dict[str, Any]) -> list[str]:
    """Generate and verify: a line for each check that does not pass."""
    text: dict[str, Any] = {"name": "odd", "start_date": start, "days": days, "fraud": {"typologies": CRIME}} | rest
    text["population"] = {"customers": customers} | rest.get("population", {})
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "odd.yaml")
        path.write_text(yaml.safe_dump(text), encoding="utf-8")
        report = verify_run(generate(path, Path(directory, "run")).path, leaks=False)
    assert len(report.results) == len(CHECKS)
    return [
        f"{result.name}: {result.reason or '; '.join(map(str, result.findings[:3]))}"
        for result in report.results
        if result.outcome is not Outcome.PASS
    ]


@pytest.mark.parametrize("name", ODD)
def test_an_odd_scenario_passes_every_check(name: str) -> None:
    assert wrong_with(*ODD[name]) == []


@pytest.mark.parametrize(
    ("start", "days", "zone"),
    [
        pytest.param("1971-06-01", 2, "Europe/Amsterdam", id="before_the_merchants"),
        pytest.param("1985-06-01", 2, "Europe/Amsterdam", id="merchants_opened_later"),
        pytest.param("2011-12-30", 2, "Pacific/Apia", id="first_day_that_was_left_out"),
        pytest.param("2011-12-29", 3, "Pacific/Apia", id="a_day_that_was_left_out_on_the_way"),
    ],
)
def test_a_day_that_cannot_be_simulated_is_refused_or_simulated_well(start: str, days: int, zone: str) -> None:
    try:
        found = wrong_with(start, days, 2000, {"timezone": zone})
    except (InputError, ScenarioError):
        return
    assert found == []


ZONES = (
    "Europe/Amsterdam",
    "America/New_York",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Africa/Nairobi",
    "America/Sao_Paulo",
)
FACTORS = st.dictionaries(
    st.sampled_from([name for name in BehaviourConfig.model_fields if not name.endswith(("_share", "_shock", "_points"))]),
    st.floats(0.0, 1.0), max_size=4,
)  # fmt: skip
RATES = st.floats(0.0, 500.0)  # what any population can carry
STARTS = st.integers(0, 3000).map(lambda after: (date(2018, 1, 1) + timedelta(days=after)).isoformat())


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    start=STARTS, days=st.integers(1, 5), customers=st.integers(1, 60), zone=st.sampled_from(ZONES),
    seed=st.integers(0, 2**63 - 1), behaviour=FACTORS, stolen=RATES, takeover=RATES,
)  # fmt: skip
def test_any_scenario_passes_every_check(
    start: str,
    days: int,
    customers: int,
    zone: str,
    seed: int,
    behaviour: dict[str, float],
    stolen: float,
    takeover: float,
) -> None:
    crime = {"stolen_details_cnp": {"rate_bps": stolen}, "account_takeover": {"rate_bps": takeover}}
    rest = {"timezone": zone, "seed": seed, "behaviour": behaviour, "fraud": {"typologies": crime}}
    assert wrong_with(start, days, customers, rest) == []
