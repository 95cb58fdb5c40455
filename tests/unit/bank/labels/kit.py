"""Many cases of one observation class, and shares of them."""

from __future__ import annotations

from datetime import date
from math import sqrt
from typing import Any

from fintxsim.bank.labels.book import open_case
from fintxsim.bank.labels.cases import NEVER, Case, Change, Fraud, Offence, Opinion, Way
from fintxsim.bank.labels.config import LabelsConfig
from fintxsim.bank.labels.delays import DAY_US
from fintxsim.bank.labels.hours import Hours
from fintxsim.clock import Calendar, load_zone
from fintxsim.streams import Draws, Purpose, purpose_key
from fintxsim.vocabulary import ObservationClass

CASES = 20_000
KEY = purpose_key(1, Purpose.LABEL)
NOW = 1_767_265_200_000_000
CENTS = 100
CALENDAR = Calendar("NL", date(2025, 6, 1), date(2032, 12, 31))
HOURS = Hours(load_zone("Europe/Amsterdam"), CALENDAR, KEY)

SILENCE = {
    ObservationClass.THIRD_PARTY_REPORTED: ("third_party", "never_reported_share"),
    ObservationClass.VICTIM_AUTHORISED: ("victim_authorised", "never_reported_share"),
    ObservationClass.FIRST_PARTY_DISPUTE: ("first_party", "settled_share"),
    ObservationClass.DEFERRED: ("deferred", "unnoticed_share"),
    ObservationClass.ACQUIRER_OBSERVED: ("acquirer", "unnoticed_share"),
    ObservationClass.LAUNDERING: ("laundering", "unnoticed_share"),
    ObservationClass.MERCHANT_ONLY: ("merchant", "unreported_share"),
}


def labels_config(**sections: Any) -> LabelsConfig:
    return LabelsConfig.model_validate(sections)


def nobody_silent() -> LabelsConfig:
    """The defaults, but that every case is heard of."""
    sections: dict[str, Any] = {section: {silence: 0.0} for section, silence in SILENCE.values()}
    sections["third_party"]["account_never_reported_share"] = 0.0
    return labels_config(**sections)


def many_cases(
    observation: ObservationClass, config: LabelsConfig, way: Way = Way.CARD_REMOTE, kind: str = "", count: int = CASES
) -> list[Case]:
    fraud, slot = Fraud(NOW, 100 * CENTS, way), -1 if way == Way.ACCOUNT else 0
    offence = Offence(50, kind, observation, 7, slot, fraud, True, True)
    return [open_case(config, HOURS, Draws(KEY, k, 0), offence, 0) for k in range(count)]


def second_thoughts(observation: ObservationClass, opinion: Opinion, config: LabelsConfig) -> list[Change]:
    """How the bank changes its mind about many rows of one opinion; those that it does not are left out."""
    settings = config.of(observation)
    changes = (settings.think_again(Draws(KEY, k, 1), opinion) for k in range(CASES))
    return [change for change in changes if change is not None]


def delay_days(case: Case) -> float:
    """The delay as drawn, before nights and weekends are waited for."""
    return case.delay / DAY_US


def is_silent(case: Case) -> bool:
    return case.report_time == NEVER


def within_5_standard_errors(count: int, share: float, of: int = CASES) -> bool:
    return abs(count - of * share) <= 5 * sqrt(of * share * (1 - share))
