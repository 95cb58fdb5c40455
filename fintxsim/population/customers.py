"""Customers at the start of the run: who they are, what they own, what they are used to.

Everything about a customer is drawn by key from (seed, customer), so customer 17 is the same person in a population
of a thousand and of a million. Activity and spending are heavy-tailed across customers: the Gini coefficient of rows
per customer in real data is .38-.65 and of spend .54-.88 (Federal Reserve payment diary, Berka,
Birmingham purchase cards, Sarafu).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator

from fintxsim.compiled import Record, compiled, kernel
from fintxsim.errors import SettingsError
from fintxsim.numerics import exp, log, normal_quantile
from fintxsim.population.categories import CATEGORIES, SEGMENT_FACTORS
from fintxsim.population.merchants import draw_rank, tenant
from fintxsim.population.people import (
    AT_HOME,
    CREDIT,
    CREDIT_CARD,
    CURRENT,
    DEBIT_CARD,
    N_FAVOURITES,
    NO_NIGHT_YET,
    NOT_BLOCKED,
    SAVINGS,
    browser_code,
    phone_code,
    shares_household,
)
from fintxsim.streams import Purpose, stream, uniform
from fintxsim.vocabulary import Segment

AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")
DESTINATIONS = 256  # entries of a table of places to go to
TABLE = 1024  # entries of a quantile table
MONTH_DAYS = 30.4  # of an average month: turns what is set per month into what happens per day
UNKNOWN_LIMIT = 1 << 50  # minor units that can be spent from an account elsewhere: more than anybody does
SECOND_ACCOUNTS = 0.33  # share of customers who pay most with the card of another bank (assumption)
# How much likelier a day out is than a purchase elsewhere by gravity: a part of what is bought on such a day is bought
# at home. Set so that the share of purchases in other towns is that of gravity (measured).
DAYS_OUT = 1.75
ROUTINE_FAVOURITE = 1  # the place of the weekday routine
LEFT_FOR_SECOND = 0.2  # mean share of their purchases that are paid with this bank's: some keep its card in a drawer

_K_PERSON, _K_FAVOURITES, _K_MERCHANT = int(Purpose.PERSON), int(Purpose.FAVOURITES), int(Purpose.MERCHANT)

Share = Annotated[float, Field(ge=0, le=1)]
if TYPE_CHECKING:
    CategoryName = str
else:
    CategoryName = Literal[tuple(category.name for category in CATEGORIES if category.share > 0.0)]


class SegmentConfig(BaseModel):
    """One segment of the customer base. All defaults are assumptions, set so that the whole gives about 48 payments
    a month per active customer (US consumers, Federal Reserve Diary of Consumer Payment Choice 2024)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: Share = Field(description="Share of customers in this segment; the shares of all segments add up to 1.")
    income_median: float = Field(ge=0, le=10_000_000, description="Median net monthly income, in euros of 2024.")
    income_sigma: float = Field(0.4, ge=0, le=2, description="Standard deviation of ln(income).")
    purchases_per_day: float = Field(
        ge=0, le=20, description="Median card purchases per day of who pays by this bank's card and need not save."
    )
    activity_sigma: float = Field(
        1.0, ge=0, le=3, description="Standard deviation of ln(purchases per day) over customers."
    )
    digital: float = Field(ge=0, le=5, description="Factor on each category's online share; 1 is average.")
    cash_per_month: float = Field(ge=0, le=60, description="Cash withdrawals per month.")
    deposits_per_month: float | None = Field(
        None, ge=0, le=60, description="Cash deposits per month; when absent, those usual for the segment."
    )
    transfers_per_month: float = Field(ge=0, le=300, description="Transfers to other people per month.")
    trips_per_year: float = Field(ge=0, le=24, description="Trips of two days and more per year.")
    credit_card_share: Share = Field(description="Share of customers who hold a credit card.")
    savings_share: Share = Field(description="Share of customers who hold a savings account.")


def _default_segments() -> dict[str, SegmentConfig]:
    def row(
        share: float, income: float, sigma: float, buys: float, digital: float, cash: float, pays: float, trips: float,
        credit: float, saves: float,
    ) -> SegmentConfig:  # fmt: skip
        return SegmentConfig(
            share=share, income_median=income, income_sigma=sigma, purchases_per_day=buys, digital=digital,
            cash_per_month=cash, transfers_per_month=pays, trips_per_year=trips, credit_card_share=credit,
            savings_share=saves,
        )  # fmt: skip

    return {
        "student": row(0.12, 950, 0.35, 1.15, 1.35, 0.9, 5.0, 1.2, 0.10, 0.45),
        "salaried": row(0.44, 2550, 0.40, 1.30, 1.05, 1.2, 3.2, 1.6, 0.38, 0.70),
        "self_employed": row(0.09, 2900, 0.60, 1.30, 1.10, 1.5, 5.0, 1.5, 0.45, 0.60),
        "retiree": row(0.22, 1750, 0.38, 0.80, 0.55, 2.6, 1.5, 1.4, 0.30, 0.78),
        "affluent": row(0.07, 6200, 0.45, 1.75, 1.20, 1.0, 4.0, 3.5, 0.80, 0.92),
        "small_business": row(0.06, 7500, 0.80, 1.45, 1.10, 1.6, 16.0, 0.8, 0.50, 0.40),
    }


class PopulationConfig(BaseModel):
    """Who banks here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    customers: int = Field(ge=1, le=16_000_000, description="Number of customers of the bank.")
    foreign_share: Share = Field(0.0, description="Share of customers who live in other countries.")
    price_level: float = Field(
        1.0, gt=0, le=10,
        description="What costs a euro in the euro area costs so many euros here; multiplies all sums in euros.",
    )  # fmt: skip
    categories: dict[CategoryName, Annotated[float, Field(ge=0, le=100)]] = Field(
        default_factory=dict, description="Factors on how often customers buy in a category, by its name; else 1."
    )
    merchants: int | None = Field(
        None, ge=1, le=1_000_000_000,
        description="Merchants in the home country's cities; derived from their inhabitants when absent.",
    )  # fmt: skip
    acceptance: float = Field(
        1.0, gt=0, le=1, description="Share of merchants where one can pay from this institution's accounts."
    )
    merchant_years_min: float = Field(
        4.0, ge=2, le=50, description="Shortest life of a merchant, in years (assumption)."
    )
    merchant_years_max: float = Field(
        20.0, ge=2, le=100, description="Longest life of a merchant, in years (assumption)."
    )
    segments: dict[str, SegmentConfig] = Field(
        default_factory=_default_segments, description="Segments by name; shares add up to 1."
    )

    @model_validator(mode="after")
    def _shares_add_up(self) -> PopulationConfig:
        unknown = sorted(set(self.segments) - set(Segment.texts()))
        if unknown:
            raise ValueError(f"unknown segment {unknown[0]!r}; allowed: {', '.join(Segment.texts())}")
        total = sum(segment.share for segment in self.segments.values())
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"the shares of the segments add up to {total:.6g}; they must add up to 1")
        return self

    @model_validator(mode="after")
    def _somebody_buys_something(self) -> PopulationConfig:
        if all(self.categories.get(category.name, 1.0) == 0.0 for category in CATEGORIES if category.share > 0.0):
            raise SettingsError((("categories",), "nothing is left to buy; leave one category a factor above 0"))
        return self


SEGMENT = np.dtype(
    [
        ("log_income", "f8"), ("income_sigma", "f8"), ("log_activity", "f8"), ("activity_sigma", "f8"),
        ("digital", "f8"), ("cash_per_day", "f8"), ("transfer_per_day", "f8"), ("trip_every_days", "f8"),
        ("credit_share", "f8"), ("savings_share", "f8"), ("cumulative", "f8"), ("wealth", "f8"),
        ("deposit_per_day", "f8"), ("age_low", "f8"), ("age_high", "f8"), ("paid", "f8"), ("log_reference", "f8"),
    ]
)  # fmt: skip

# What the configuration does not vary (assumptions): wealth in monthly incomes, cash deposits per month, age range
# as positions in AGE_BANDS, and how income comes: 1 salary or benefit on a fixed day, 0 irregular.
_FIXED = {
    "student": (0.5, 0.05, 0.0, 1.6, 1.0),
    "salaried": (1.5, 0.05, 0.6, 5.0, 1.0),
    "self_employed": (2.0, 0.5, 1.0, 5.4, 0.0),
    "retiree": (4.0, 0.05, 4.6, 7.0, 1.0),
    "affluent": (6.0, 0.05, 1.6, 6.4, 1.0),
    "small_business": (2.0, 4.0, 1.0, 5.4, 0.0),
}


def segment_records(config: PopulationConfig, price_level: float) -> npt.NDArray[np.void]:
    """The segments as an array of ``SEGMENT`` in the order of the vocabulary; absent ones are never drawn."""
    records = np.zeros(len(Segment), SEGMENT)
    cumulative = 0.0
    for word in Segment:
        segment = config.segments.get(word.text)
        record = records[word]
        cumulative += segment.share if segment else 0.0
        record["cumulative"] = cumulative
        record["log_reference"] = log(2000.0 * price_level)
        if segment is None:
            continue
        wealth, deposits, age_low, age_high, paid = _FIXED[word.text]
        record["log_income"] = log(max(segment.income_median * price_level, 1.0))
        record["income_sigma"] = segment.income_sigma
        record["log_activity"] = log(max(segment.purchases_per_day, 1e-9))
        record["activity_sigma"] = segment.activity_sigma
        record["digital"] = segment.digital
        record["cash_per_day"] = segment.cash_per_month / MONTH_DAYS
        record["transfer_per_day"] = segment.transfers_per_month / MONTH_DAYS
        record["trip_every_days"] = 365.25 / segment.trips_per_year if segment.trips_per_year > 0 else 0.0
        record["credit_share"], record["savings_share"] = segment.credit_card_share, segment.savings_share
        deposits = deposits if segment.deposits_per_month is None else segment.deposits_per_month
        record["wealth"], record["deposit_per_day"] = wealth, deposits / MONTH_DAYS
        record["age_low"], record["age_high"], record["paid"] = age_low, age_high, paid
    return records


def _quantiles(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
    """Table of ``TABLE`` equally likely entries whose values have shares in proportion to ``weights``."""
    cumulative = np.cumsum(weights) / weights.sum()
    return np.searchsorted(cumulative, (np.arange(TABLE) + 0.5) / TABLE).clip(0, len(weights) - 1).astype(np.int16)


def category_shares(config: PopulationConfig, *, on_web_alone: bool = False) -> npt.NDArray[np.float64]:
    """Each category's part of all purchases, up to a factor; ``on_web_alone``: of those on the web."""
    share = np.array([c.share * config.categories.get(c.name, 1.0) for c in CATEGORIES])
    return share * np.array([c.online_share for c in CATEGORIES]) if on_web_alone else share


def category_tables(share: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
    """Category of a purchase, shape (segments, 2: weekday or weekend, TABLE)."""
    tables = np.zeros((len(Segment), 2, TABLE), np.int16)
    weekend = np.array([c.weekend for c in CATEGORIES])
    for word in Segment:
        factor = np.array([SEGMENT_FACTORS[word.text].get(c.name, 1.0) for c in CATEGORIES])
        tables[word, 0] = _quantiles(share * factor)
        tables[word, 1] = _quantiles(share * factor * weekend)
    return tables


def favourite_tables(share: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
    """Category of a favourite merchant, shape (segments, TABLE)."""
    weight = np.array([c.favourite for c in CATEGORIES]) * share
    if not weight.any():  # nobody gets used to what is left to buy
        weight = share
    return np.stack(
        [
            _quantiles(weight * np.array([SEGMENT_FACTORS[word.text].get(c.name, 1.0) for c in CATEGORIES]))
            for word in Segment
        ]
    )


def city_table(population: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
    """Home city of a customer, shape (TABLE,)."""
    return _quantiles(population)


@kernel
def born(
    people: npt.NDArray[np.void],
    favourites: npt.NDArray[np.int64],
    first: int,
    segments: npt.NDArray[np.void],
    world: npt.NDArray[np.void],
    date: int,
    minor: float,
) -> None:
    """Fill the records of the customers ``first``, ``first + 1``, ... and their favourite merchants.

    ``date`` is the first day, in days since 1970; ``minor`` the minor units in a unit of the home currency.
    """
    w = world[0]
    for i in range(people.shape[0]):
        customer = first + i
        person = people[i]
        draws = stream(w.keys[_K_PERSON], customer, 0)
        _identity(person, draws, segments, w)
        _habits(person, draws, segments[person.segment])
        _accounts(person, draws, segments[person.segment], minor)
        _by_institution(person, draws, minor, w)
        _cards(person, draws, customer)
        if w.institution.agents:
            person.has_browser = 0
            person.devices[1] = -1
        state = stream(w.keys[_K_FAVOURITES], customer, 0)
        for j in range(N_FAVOURITES):
            favourites[i, j] = choose_favourite(person, state, j, date, w)


@compiled
def choose_favourite(person: Record, state: np.uint64, ordinal: int, date: int, w: Record) -> int:
    """Code of a merchant that a customer gets used to: at home, in the second town, or on the web."""
    base = ordinal * 4
    category = int(w.favourite_table[person.segment, int(uniform(state, base) * TABLE)])
    online = uniform(state, base + 1) < w.categories[category].online_share * person.digital * w.habits.online
    place = w.n_cities if online else person.city
    if not online and (
        ordinal == ROUTINE_FAVOURITE or town_for(person.city, uniform(state, base + 2), w) != person.city
    ):
        place = person.second_town
    rank = draw_rank(uniform(state, base + 3), w.sizes[place, category])
    return tenant(w.keys[_K_MERCHANT], place, category, rank, date, w.lease)


@compiled
def town_for(city: int, u: float, w: Record) -> int:
    """Where somebody who lives in a city spends a day: mostly there, else by size and distance."""
    return int(w.gravity[city, int((1.0 - (1.0 - u) / DAYS_OUT) * DESTINATIONS)])


@compiled
def _identity(person: Record, draws: np.uint64, segments: npt.NDArray[np.void], w: Record) -> None:
    u = uniform(draws, 0)
    segment = 0
    while segment < segments.shape[0] - 1 and u > segments[segment].cumulative:
        segment += 1
    person.segment = segment
    person.city = w.city_table[int(uniform(draws, 1) * TABLE)]
    person.second_town = town_for(person.city, uniform(draws, 43), w)
    person.stayed, person.town = NO_NIGHT_YET, AT_HOME
    row = segments[segment]
    person.age_band = int(row.age_low + (row.age_high - row.age_low) * uniform(draws, 2))


@compiled
def _habits(person: Record, draws: np.uint64, segment: Record) -> None:
    wealth = normal_quantile(uniform(draws, 3))
    person.income = int(exp(segment.log_income + segment.income_sigma * wealth))
    active = normal_quantile(uniform(draws, 4))
    person.activity = min(exp(segment.log_activity + segment.activity_sigma * active), 14.0)
    # Four fifths of the income difference show in prices paid; thrift is personal; who buys often buys smaller.
    thrift = normal_quantile(uniform(draws, 5))
    person.spend = (
        0.2
        + 0.8 * (segment.log_income - segment.log_reference + segment.income_sigma * wealth)
        + 0.5 * thrift
        - 0.12 * active
    )
    person.digital = segment.digital * exp(0.5 * normal_quantile(uniform(draws, 6)))
    person.loyalty = 0.32 + 0.6 * uniform(draws, 7)
    person.contactless = 0.35 + 0.6 * uniform(draws, 8)
    person.credit_share = 0.15 + 0.7 * uniform(draws, 9)
    cash = exp(0.7 * normal_quantile(uniform(draws, 10)) - 0.25)
    person.cash_per_day = segment.cash_per_day * cash
    person.deposit_per_day = segment.deposit_per_day * cash
    person.transfer_per_day = segment.transfer_per_day * exp(0.8 * normal_quantile(uniform(draws, 11)) - 0.32)
    person.login_per_day = min(0.22 * person.digital, 1.5)
    person.top_up_per_day = 0.02 * person.digital if uniform(draws, 12) < 0.25 else 0.0
    _live_within_means(person, segment, 0.1 + 0.8 * uniform(draws, 42))
    u = uniform(draws, 13)
    person.burst = 2.4 * u * np.sqrt(u)
    person.spell_days = 3.0 + 27.0 * uniform(draws, 14)
    if segment.trip_every_days > 0.0 and uniform(draws, 15) < 0.8:
        person.trip_every_days = max(segment.trip_every_days * exp(0.5 * normal_quantile(uniform(draws, 16))), 30.0)
    person.abroad = 0.25 + 0.5 * uniform(draws, 17)
    _routine(person, draws)
    left = uniform(draws, 41) / SECOND_ACCOUNTS
    if left < 1.0:
        person.activity *= 3.0 * LEFT_FOR_SECOND * left * left
        person.routine *= 3.0 * LEFT_FOR_SECOND * left * left
    person.usual_log_amount = -1.0


@compiled
def _routine(person: Record, draws: np.uint64) -> None:
    """Three customers in ten buy the same thing on one to four weekdays of five: a coffee or a fare on the way to work
    for about 3 euros, or a lunch for about 8 (assumptions)."""
    person.routine = 0.2 + 0.6 * uniform(draws, 18) if uniform(draws, 19) < 0.3 else 0.0
    about, dearer = normal_quantile(uniform(draws, 20)), normal_quantile(uniform(draws, 21))
    if uniform(draws, 40) < 0.62:
        person.routine_minute = int(478.0 + 48.0 * about)
        person.routine_price = 3.2 * exp(0.35 * dearer)
    else:
        person.routine_minute = int(752.0 + 42.0 * about)
        person.routine_price = 8.0 * exp(0.3 * dearer)


@compiled
def _live_within_means(person: Record, segment: Record, share: float) -> None:
    """Who would spend more than a share of his income with cards buys cheaper, and less often. Assumptions: a mean
    ticket of 28 euros; four fifths of the excess are saved, two thirds of it by price, for who shops every day buys
    small things."""
    euros = person.income / exp(segment.log_reference) * 2000.0
    wanted = person.activity * MONTH_DAYS * 28.0 * exp(float(person.spend))
    if wanted > share * euros:
        excess = log(wanted / max(share * euros, 1.0))
        person.activity *= exp(-0.28 * excess)
        person.spend -= 0.52 * excess


@compiled
def _accounts(person: Record, draws: np.uint64, segment: Record, minor: float) -> None:
    income = max(person.income, 1)
    person.pay_day = (
        1 + int(uniform(draws, 23) * 28.0) if uniform(draws, 22) < 0.15 else _usual_pay_day(uniform(draws, 23))
    )
    if segment.paid == 0.0:
        person.pay_day = 0
    person.has_savings = uniform(draws, 24) < segment.savings_share
    person.has_credit = uniform(draws, 25) < segment.credit_share
    cushion = exp(0.9 * normal_quantile(uniform(draws, 26)) - 0.4)
    person.balance[CURRENT] = int(income * (0.25 + 0.75 * uniform(draws, 27)) * cushion * minor)
    if person.has_savings:
        person.balance[SAVINGS] = int(income * segment.wealth * exp(1.1 * normal_quantile(uniform(draws, 28))) * minor)
    if uniform(draws, 29) < 0.55:
        person.limit[CURRENT] = int((income * (0.2 + 0.8 * uniform(draws, 30))) / 100.0) * int(100 * minor)
    if person.has_credit:
        person.limit[CREDIT] = (1 + int(income * (0.8 + 1.7 * uniform(draws, 31)) / 500.0)) * int(500 * minor)
        person.balance[CREDIT] = -int(person.limit[CREDIT] * 0.3 * uniform(draws, 32))
    person.income = int(income * minor)


@compiled
def _by_institution(person: Record, draws: np.uint64, minor: float, w: Record) -> None:
    """What becomes of the accounts where they are not those of a bank."""
    person.paid_elsewhere = uniform(draws, 41) >= w.habits.income_share
    income = person.income / minor
    if w.institution.counter == 0:
        person.deposit_per_day = 0.0
    if w.institution.repaid or w.institution.external or w.institution.agents:
        person.has_savings, person.balance[SAVINGS] = 0, 0
    if w.institution.pushes:
        person.has_credit, person.balance[CREDIT], person.limit[CREDIT] = 0, 0, 0
    if w.institution.repaid:
        person.limit[CURRENT] = (1 + int(income * (0.8 + 1.7 * uniform(draws, 30)) / 500.0)) * int(500 * minor)
        person.balance[CURRENT] = -int(person.limit[CURRENT] * 0.3 * uniform(draws, 27))
    elif w.institution.agents:  # little is kept in a wallet, and none is lent
        person.limit[CURRENT] = 0
        person.balance[CURRENT] //= 4
    elif w.institution.external:
        for account in (CURRENT, CREDIT):
            person.balance[account], person.limit[account] = 0, UNKNOWN_LIMIT


@compiled
def _usual_pay_day(u: float) -> int:
    """Salaries cluster on the 25th, the end of the month and its first days (assumption)."""
    if u < 0.40:
        return 25
    if u < 0.55:
        return 23 + int((u - 0.40) * 20.0)
    if u < 0.80:
        return 27 + int((u - 0.55) * 8.0)
    return 1 + int((u - 0.80) * 20.0)


@compiled
def _cards(person: Record, draws: np.uint64, customer: int) -> None:
    for slot in (DEBIT_CARD, CREDIT_CARD):
        person.card_expiry_day[slot] = int(1460 * uniform(draws, 33 + slot))
        person.card_generation[slot] = int(3 * uniform(draws, 35 + slot))
        person.card_back_day[slot] = NOT_BLOCKED
    person.has_browser = uniform(draws, 37) < 0.75
    person.phone_owner = customer
    person.address = (customer >> 1) << 1 if shares_household(customer) else customer
    person.phone_generation = int(4 * uniform(draws, 38))
    person.devices[0] = phone_code(customer, person.phone_generation)
    person.devices[1] = browser_code(customer, 0) if person.has_browser else -1
    person.devices[2] = -1
    person.devices[3] = -1
    person.payees = 2 + int(10 * uniform(draws, 39))
    person.last_country = -1
    person.frozen_until = NOT_BLOCKED
    person.old_device = -1
    person.replaced_day = NOT_BLOCKED
