"""Where and when a scenario takes place: geography, merchants, calendar, and the arrays that compiled code reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fintxsim.bank.config import BankConfig, bank_record
from fintxsim.behaviour.config import COUNTRY, WORLD, BehaviourConfig, habit_record
from fintxsim.behaviour.timing import DAY, HOUR_US, event_spacing, hour_tables, opening_table
from fintxsim.clock import Calendar, day_window_us, load_zone, zone_days
from fintxsim.errors import InputError
from fintxsim.institution import BANK, MIXED, Institution, institution_record
from fintxsim.lookalikes.anomalies import AnomaliesConfig
from fintxsim.lookalikes.seasons import MARGIN_DAYS, EpisodeCalendar
from fintxsim.numerics import exp, normal_quantile
from fintxsim.population.categories import CATEGORIES, Price, category_records
from fintxsim.population.currencies import price_level
from fintxsim.population.customers import (
    MONTH_DAYS,
    PopulationConfig,
    category_shares,
    category_tables,
    city_table,
    favourite_tables,
)
from fintxsim.population.merchants import Universe, build_universe
from fintxsim.population.places import (
    Geography,
    destinations_abroad,
    destinations_at_home,
    destinations_of_stripes,
    gravity_table,
    plane_of,
)
from fintxsim.streams import Draws, Purpose, purpose_key

WARM_UP_DAYS = 120  # most days before the first one on which crime can already be under way
NO_ANOMALIES = AnomaliesConfig.model_validate({})


@dataclass(frozen=True)
class Setting:
    """What stays the same all through a run."""

    seed: int
    start: date
    days: int
    population: PopulationConfig
    behaviour: BehaviourConfig
    geography: Geography
    universe: Universe
    calendar: Calendar
    keys: npt.NDArray[np.uint64]
    world: npt.NDArray[np.void]
    spacing: int
    outages_per_day: float
    anomalies: AnomaliesConfig
    episodes: EpisodeCalendar
    institution: Institution

    @property
    def price_level(self) -> float:
        """Units of the home currency that buy what a euro buys in the euro area."""
        return _price_level(self.geography, self.population)

    @cached_property
    def stripe_cities(self) -> npt.NDArray[np.int16]:
        """Cities abroad to which copied stripes are taken."""
        return destinations_of_stripes(self.geography)

    @property
    def minor(self) -> int:
        """Minor units in a unit of the home currency."""
        return int(10 ** int(self.geography.currency_exponent[0]))

    @property
    def start_number(self) -> int:
        """Days from 1970-01-01 to the first day."""
        return (self.start - date(1970, 1, 1)).days

    def date_of(self, day: int) -> date:
        return self.start + timedelta(days=day)

    def window(self, day: int) -> tuple[int, int]:
        """UTC microseconds at which a day begins and ends."""
        return day_window_us(load_zone(self.geography.timezone), self.date_of(day))

    def day_record(self, day: int) -> npt.NDArray[np.void]:
        """One ``DAY`` for the compiled day."""
        when = self.date_of(day)
        record = np.zeros(1, DAY)
        row = record[0]
        row["start"], row["end"] = self.window(day)
        row["spacing"], row["shift"] = self.spacing, self.spacing.bit_length() - 1
        row["number"], row["date"] = day, self.start_number + day
        row["volume"] = self.calendar.season_weight(when) * self._weekday(when) * self._shock(day)
        row["due"] = self.calendar.due_days(when)
        row["weekday"] = when.weekday()
        row["weekend"] = int(not self.calendar.is_business_day(when))
        row["day_of_month"] = when.day
        row["zones"][: len(self.geography.zones)] = zone_days(self.geography.zones, *self.window(day))
        row["due_around"], row["weight_before"] = self.episodes.due_around(when), self.episodes.weight_before(when)
        return record

    def _weekday(self, when: date) -> float:
        return 1.0 + self.behaviour.week * (self.calendar.week_weight(when) - 1.0)

    def _shock(self, day: int) -> float:
        """Weather, events: what makes everybody buy more or less on the same day; half of it lasts into the next."""
        key, sigma = self.keys[Purpose.SHOCK], self.behaviour.daily_shock
        today, before = (normal_quantile(Draws(key, 0, number + 4000).uniform(0)) for number in (day, day - 1))
        return float(exp(sigma * (0.866 * today + 0.5 * before)))


def build_setting(
    *,
    seed: int,
    start: date,
    days: int,
    geography: Geography,
    population: PopulationConfig,
    behaviour: BehaviourConfig,
    bank: BankConfig,
    anomalies: AnomaliesConfig = NO_ANOMALIES,
    institution: Institution = BANK,
) -> Setting:
    """Build everything that a run's days have in common."""
    keys = np.array([purpose_key(seed, purpose) for purpose in range(64)], np.uint64)
    lease = (population.merchant_years_min, population.merchant_years_max)
    universe = build_universe(geography, population.merchants, lease, population.acceptance)
    _require_whole_days(geography.timezone, start, days)
    around = timedelta(days=MARGIN_DAYS)
    first, last = start - timedelta(days=WARM_UP_DAYS) - around, start + timedelta(days=days) + around
    calendar = Calendar(geography.countries[0].code, first, last)
    world = _world(keys, geography, universe, population, behaviour, bank, institution)
    return Setting(
        seed, start, days, population, behaviour, geography, universe, calendar, keys, world,
        event_spacing(population.customers), bank.outages_per_month / MONTH_DAYS, anomalies,
        EpisodeCalendar(calendar, anomalies.active()), institution,
    )  # fmt: skip


def _require_whole_days(timezone: str, start: date, days: int) -> None:
    """InputError if the calendar of the zone leaves out one of the days, as Samoa's did in 2011."""
    zone = load_zone(timezone)
    for number in range(-WARM_UP_DAYS, days):
        day = start + timedelta(days=number)
        begins, ends = day_window_us(zone, day)
        if ends - begins < 12 * HOUR_US:
            raise InputError(
                f"start_date: {timezone} had no {day}; choose a start_date at least {WARM_UP_DAYS} days later."
            )


def _world(
    keys: npt.NDArray[np.uint64], geography: Geography, universe: Universe, population: PopulationConfig,
    behaviour: BehaviourConfig, bank: BankConfig, institution: Institution,
) -> npt.NDArray[np.void]:  # fmt: skip
    """One ``WORLD``."""
    level, web = _price_level(geography, population), institution.on_web_alone
    minor = 10.0 ** int(geography.currency_exponent[0])
    n_cities, n_countries = len(geography.cities), len(geography.countries)
    record = np.zeros(1, WORLD)
    row = record[0]
    row["keys"] = keys
    row["institution"] = institution_record(institution)[0]
    row["habits"] = habit_record(behaviour, institution)[0]
    if web:
        row["habits"]["online"] = 1.0
    row["bank"] = bank_record(bank, level * minor, external=institution.is_external)[0]
    row["categories"][: len(CATEGORIES)] = category_records(level, on_web_alone=web)
    if not behaviour.price_points:
        row["categories"]["price"] = Price.BASKET
    row["countries"][:n_countries] = _country_records(geography)
    row["n_cities"], row["n_countries"] = n_cities, n_countries
    row["lease"] = universe.lease_min_days, universe.lease_max_days
    row["hours"], row["opening"] = hour_tables(), opening_table()
    shares = category_shares(population, on_web_alone=web)
    row["category_table"], row["favourite_table"] = category_tables(shares), favourite_tables(shares)
    row["city_table"] = city_table(_inhabitants(geography, population.foreign_share))
    row["city_country"][:n_cities], row["city_zone"][:n_cities] = geography.city_country, geography.city_zone
    row["city_north_km"][:n_cities], row["city_degree_km"][:n_cities] = plane_of(geography)
    row["city_lon"][:n_cities] = geography.city_lon
    row["gravity"][: geography.home_cities] = gravity_table(geography)
    row["gravity"][geography.home_cities : n_cities] = np.arange(geography.home_cities, n_cities)[:, None]
    row["domestic"] = destinations_at_home(geography)
    row["abroad"] = row["domestic"] if institution.rail != MIXED else destinations_abroad(geography)
    row["sizes"][: len(universe.sizes), : len(CATEGORIES)] = universe.sizes
    return record


def _price_level(geography: Geography, population: PopulationConfig) -> float:
    return price_level(geography.currencies[0]) * population.price_level


def _inhabitants(geography: Geography, foreign_share: float) -> npt.NDArray[np.float64]:
    """Weights of the cities where customers live: those abroad have a share together, by their size."""
    home = np.arange(len(geography.cities)) < geography.home_cities
    if foreign_share == 0.0 or home.all():
        return geography.city_population[: geography.home_cities]
    people = geography.city_population
    scale = np.where(home, (1.0 - foreign_share) / people[home].sum(), foreign_share / people[~home].sum())
    weights: npt.NDArray[np.float64] = people * scale
    return weights


def _country_records(geography: Geography) -> npt.NDArray[np.void]:
    records = np.zeros(len(geography.countries), COUNTRY)
    for record, number in zip(records, geography.country_currency, strict=True):
        code = geography.currencies[number]
        record["currency"] = number
        record["rate"] = geography.rate_per_home[number]
        record["minor"] = 10.0 ** int(geography.currency_exponent[number])
        record["step"] = record["minor"] * _round_power_of_ten(price_level(code))
    return records


def _round_power_of_ten(level: float) -> float:
    """The power of ten nearest to a euro's worth of a currency, by ratio."""
    power = 1.0
    while level > power * 3.1623:
        power *= 10.0
    return power
