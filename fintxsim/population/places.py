"""Where things happen: countries, cities, zones and currencies of a scenario, and where people shop.

Sixteen countries have real cities (``data/cities.csv``); all of them can be travelled to. Any other home country gets a
synthetic geography: the principal cities that zone.tab of the IANA time zone database names there, and invented
towns around the one whose zone was asked for. Everything here is computed with + - * / and sqrt, so that it
is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import sqrt
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fintxsim.clock import load_zone, near_matches
from fintxsim.errors import InputError
from fintxsim.population.currencies import currency as find_currency
from fintxsim.population.currencies import exchange_rate, read_table

_Scalar = TypeVar("_Scalar", bound=np.generic)

NO_COUNTRY = "ZZ"

KM_PER_DEGREE = 111.195  # of latitude, on a sphere of radius 6 371 km

# Aliases whose target lies in another country, or that name no country at all. Any other alias belongs to
# the country of the zone it stands for.
_ALIAS_COUNTRY = MappingProxyType(
    {
        "Africa/Asmera": "ER",
        "Africa/Timbuktu": "ML",
        "America/Coral_Harbour": "CA",
        "America/Virgin": "VI",
        "Antarctica/South_Pole": "AQ",
        "Atlantic/Jan_Mayen": "SJ",
        "Iceland": "IS",
        "Pacific/Johnston": "UM",
        "Pacific/Ponape": "FM",
        "Pacific/Truk": "FM",
        "Pacific/Yap": "FM",
    }
    | dict.fromkeys(("CET", "EET", "EST", "HST", "MET", "MST", "WET"), NO_COUNTRY)
)

# The synthetic geography, all assumptions: sizes follow Zipf's law, towns lie on a spiral.
_PRINCIPAL_POPULATION = 1_000_000
_TOWNS = 12
_TOWN_SPACING_KM = 9.0  # town k lies 9 * sqrt(k) km away, the last at 31 km
_GOLDEN_COSINE, _GOLDEN_SINE = -0.7373688, 0.6754903  # of the golden angle, 137.5 degrees

# Shopping in person, all assumptions: see gravity_table.
_GRAVITY_SLOTS = 256
_GRAVITY_EXPONENT = 0.7
_GRAVITY_REACH_KM = 8.0
_OWN_CITY_SHARE = 0.6

# Where a stripe without its chip is still paid, of the countries that are listed (assumption). Elsewhere, as in all of
# Europe, machines and tills ask for the chip.
STRIPE_COUNTRIES = frozenset({"IN", "JP", "KE", "TH", "US"})

# Trips abroad, assumptions set by Eurostat's figures: see destinations_abroad.
_TRIP_REACH_KM = 1000.0
_SAME_CURRENCY = 2.0


@dataclass(frozen=True, slots=True)
class Country:
    """A country: ISO 3166-1 alpha-2 code (ZZ for none), English name, ISO 4217 currency."""

    code: str
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class City:
    """A city; coordinates in degrees with 2 decimals."""

    name: str
    country: str
    lat: float
    lon: float
    population: int
    zone: str


@dataclass(frozen=True, eq=False, slots=True)
class Geography:
    """The places of one scenario; the arrays are read-only.

    ``countries`` begins with the home country, ``cities`` with its ``home_cities`` cities, ``currencies`` with the
    home currency. ``city_*`` run along ``cities``, ``country_currency`` along ``countries``, ``currency_exponent`` and
    ``rate_per_home`` (units per unit of the home currency) along ``currencies``. ``city_country``, ``city_zone`` and
    ``country_currency`` are positions in ``countries``, ``zones`` and ``currencies``.
    """

    timezone: str
    countries: tuple[Country, ...]
    cities: tuple[City, ...]
    zones: tuple[str, ...]
    currencies: tuple[str, ...]
    home_cities: int
    city_country: NDArray[np.int16]
    city_zone: NDArray[np.int16]
    city_lat: NDArray[np.float64]
    city_lon: NDArray[np.float64]
    city_population: NDArray[np.float64]
    country_currency: NDArray[np.int16]
    currency_exponent: NDArray[np.int8]
    rate_per_home: NDArray[np.float64]


def build_geography(timezone: str, country: str | None = None, currency: str | None = None) -> Geography:
    """The geography of a bank in ``timezone``.

    The home country is ``country``, or the one that the zone belongs to; a zone that belongs to none (UTC, Etc/GMT+3,
    EST) gives the synthetic country ZZ, which uses the euro. The home currency is ``currency``, or the country's own.
    InputError for a zone, country or currency that does not exist.
    """
    load_zone(timezone)
    home = _home_country(country if country is not None else country_of_zone(timezone), currency)
    countries = (home, *(c for c in _listed_countries() if c.code != home.code))
    home_cities = _home_cities(home.code, timezone)
    cities = (*home_cities, *(c for other in countries[1:] for c in _listed_cities()[other.code]))
    zones = tuple(dict.fromkeys(city.zone for city in cities))
    currencies = tuple(dict.fromkeys(c.currency for c in countries))
    codes = [c.code for c in countries]
    return Geography(
        timezone=timezone,
        countries=countries,
        cities=cities,
        zones=zones,
        currencies=currencies,
        home_cities=len(home_cities),
        city_country=_frozen([codes.index(city.country) for city in cities], np.int16),
        city_zone=_frozen([zones.index(city.zone) for city in cities], np.int16),
        city_lat=_frozen([city.lat for city in cities], np.float64),
        city_lon=_frozen([city.lon for city in cities], np.float64),
        city_population=_frozen([city.population for city in cities], np.float64),
        country_currency=_frozen([currencies.index(c.currency) for c in countries], np.int16),
        currency_exponent=_frozen([find_currency(code).exponent for code in currencies], np.int8),
        rate_per_home=_frozen([exchange_rate(code, home.currency) for code in currencies], np.float64),
    )


def _frozen(values: Sequence[float], dtype: type[_Scalar]) -> NDArray[_Scalar]:
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array


# --- countries -------------------------------------------------------------------------------------


def country_of_zone(timezone: str) -> str:
    """Code of the country that a zone belongs to by zone.tab, or ZZ; InputError for an unknown zone."""
    load_zone(timezone)
    if timezone in _ALIAS_COUNTRY:
        return _ALIAS_COUNTRY[timezone]
    by_zone = {city.zone: city.country for city in _zone_tab()}
    return by_zone.get(timezone) or by_zone.get(_zone_links().get(timezone, ""), NO_COUNTRY)


def _home_country(code: str, currency: str | None) -> Country:
    if code not in _countries():
        raise InputError(
            f"country: {code!r} is not a country; allowed are the two capital letters of ISO 3166-1, such as NL."
            f"{near_matches(code, _countries())} Give one of these codes, or leave it out to follow the time zone."
        )
    found = _countries()[code]
    return found if currency is None else Country(found.code, found.name, find_currency(currency).code)


@cache
def _countries() -> MappingProxyType[str, Country]:
    rows = read_table("countries.csv")
    return MappingProxyType({r["code"]: Country(r["code"], r["name"], r["currency"]) for r in rows})


@cache
def _listed_countries() -> tuple[Country, ...]:
    """Countries with real cities, in file order."""
    return tuple(c for c in _countries().values() if c.code in _listed_cities())


@cache
def _listed_cities() -> MappingProxyType[str, tuple[City, ...]]:
    """Cities of ``data/cities.csv`` by country, largest first."""
    by_country: dict[str, tuple[City, ...]] = {}
    for r in read_table("cities.csv"):
        city = City(r["name"], r["country"], float(r["lat"]), float(r["lon"]), int(r["population"]), r["zone"])
        by_country[city.country] = (*by_country.get(city.country, ()), city)
    return MappingProxyType(by_country)


# --- the tz database's tables ----------------------------------------------------------------------


def _zone_file(name: str) -> list[str]:
    return files("tzdata").joinpath("zoneinfo", name).read_text("utf-8").splitlines()


@cache
def _zone_tab() -> tuple[City, ...]:
    """The principal city of every zone of zone.tab, in file order; its population is not known."""
    rows = [line.split("\t") for line in _zone_file("zone.tab") if not line.startswith("#")]
    return tuple(City(_city_name(zone), code, *_degrees(place), 0, zone) for code, place, zone, *_ in rows)


@cache
def _zone_links() -> MappingProxyType[str, str]:
    """Alias to zone, from the lines ``L zone alias`` of tzdata.zi."""
    rows = [line.split() for line in _zone_file("tzdata.zi") if line.startswith("L ")]
    return MappingProxyType({alias: zone for _, zone, alias in rows})


def _city_name(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def _degrees(place: str) -> tuple[float, float]:
    """Latitude and longitude of an ISO 6709 point: +DDMM+DDDMM or +DDMMSS+DDDMMSS."""
    split = max(place.rfind("+"), place.rfind("-"))
    return _angle(place[:split], 2), _angle(place[split:], 3)


def _angle(text: str, degree_digits: int) -> float:
    digits = text[1:].ljust(degree_digits + 4, "0")
    degrees, minutes, seconds = digits[:degree_digits], digits[degree_digits:-2], digits[-2:]
    size = (int(degrees) * 3600 + int(minutes) * 60 + int(seconds)) / 3600
    return round(-size if text[0] == "-" else size, 2)


# --- synthetic geography ---------------------------------------------------------------------------


def _home_cities(code: str, timezone: str) -> tuple[City, ...]:
    return _listed_cities().get(code) or _synthetic_cities(code, timezone)


def _synthetic_cities(code: str, timezone: str) -> tuple[City, ...]:
    """Principal city, the country's other cities of zone.tab, then the towns; rank r has 1/r of the first's people."""
    zone = _zone_links().get(timezone, timezone)
    known = [city for city in _zone_tab() if city.country == code]
    known.sort(key=lambda city: city.zone not in (timezone, zone))  # stable: only the zone asked for moves up
    principal = known[0] if known else City("Principal City", code, 0.0, 0.0, 0, timezone)
    places = [principal, *known[1:], *_towns_around(principal)]
    return tuple(
        City(c.name, code, c.lat, c.lon, (2 * _PRINCIPAL_POPULATION + rank) // (2 * rank), c.zone)
        for rank, c in enumerate(places, start=1)
    )


def _towns_around(city: City) -> list[City]:
    """Towns on a spiral: each lies a golden angle further round than the one before, which spreads them evenly."""
    north, east = 1.0, 0.0
    towns = []
    for number in range(1, _TOWNS + 1):
        north, east = north * _GOLDEN_COSINE - east * _GOLDEN_SINE, north * _GOLDEN_SINE + east * _GOLDEN_COSINE
        degrees = _TOWN_SPACING_KM * sqrt(number) / KM_PER_DEGREE
        lat = min(max(city.lat + degrees * north, -89.9), 89.9)
        lon = _wrapped(city.lon + degrees * east / max(_cosine(lat), 0.05))
        towns.append(City(f"{city.name} Town {number}", city.country, round(lat, 2), round(lon, 2), 0, city.zone))
    return towns


# --- distances and shopping ------------------------------------------------------------------------


def _wrapped(lon: float) -> float:
    """The same longitude, or difference of longitudes, within -180 to 180."""
    return lon - 360.0 if lon > 180.0 else lon + 360.0 if lon < -180.0 else lon


def _cosine(degrees: float) -> float:
    """Cosine of a latitude by its Taylor series; error below 1e-9. ``math.cos`` depends on the C library."""
    square = (degrees * 0.017453292519943295) * (degrees * 0.017453292519943295)
    total = term = 1.0
    for k in range(1, 8):
        term = -term * square / ((2 * k - 1) * (2 * k))
        total += term
    return total


def plane_of(geography: Geography) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each city, km north of the equator and the length of a degree of longitude in km."""
    lengths = [KM_PER_DEGREE * _cosine(float(lat)) for lat in geography.city_lat]
    return geography.city_lat * KM_PER_DEGREE, np.array(lengths)


def squared_distance_km2(a: City, b: City) -> float:
    """Square of the distance on the plane that touches the globe midway; good to 1 % within a country.

    The square, because that is what the gravity formula needs.
    """
    north = (a.lat - b.lat) * KM_PER_DEGREE
    east = _wrapped(a.lon - b.lon) * KM_PER_DEGREE * _cosine((a.lat + b.lat) / 2.0)
    return north * north + east * east


def _power(value: float, exponent: float) -> float:
    """``value ** exponent`` for an exponent in 0..1, to 1e-5: a product of repeated square roots, which are exact."""
    result, root = 1.0, value
    for _ in range(20):
        root = sqrt(root)
        exponent *= 2.0
        if exponent >= 1.0:
            result *= root
            exponent -= 1.0
    return result


def gravity_table(geography: Geography) -> NDArray[np.int16]:
    """Where people of each home city shop in person: 256 equally likely destinations, shape (home_cities, 256).

    A home city attracts in proportion to population**0.7 / (1 + (distance / 8 km)**2), and at least 60 % of the
    shopping stays in the own city. Assumption; the form is that of gravity models of retail.
    """
    homes = geography.cities[: geography.home_cities]
    pulls = [_power(float(city.population), _GRAVITY_EXPONENT) for city in homes]
    return np.array([_destinations(origin, homes, pulls) for origin in range(len(homes))], dtype=np.int16)


def _destinations(origin: int, homes: Sequence[City], pulls: Sequence[float]) -> list[int]:
    """Quantiles at (slot + 1/2) / 256 of the shares: first the own city's, then the others' in their order."""
    shares = _shares(origin, homes, pulls)
    order = [origin, *(city for city in range(len(homes)) if city != origin)]
    slots, place, reached = [], 0, shares[origin]
    for slot in range(_GRAVITY_SLOTS):
        while (slot + 0.5) / _GRAVITY_SLOTS > reached and place < len(order) - 1:
            place += 1
            reached += shares[order[place]]
        slots.append(order[place])
    return slots


def _shares(origin: int, homes: Sequence[City], pulls: Sequence[float]) -> list[float]:
    reach = _GRAVITY_REACH_KM * _GRAVITY_REACH_KM
    weights = [
        pull / (1.0 + squared_distance_km2(homes[origin], city) / reach)
        for city, pull in zip(homes, pulls, strict=True)
    ]
    others = 0.0
    for city, weight in enumerate(weights):  # not sum(), which adds floats differently from Python 3.12 on
        others += weight if city != origin else 0.0
    own_share = max(weights[origin] / (weights[origin] + others), _OWN_CITY_SHARE)
    return [own_share if i == origin else (1.0 - own_share) * w / others for i, w in enumerate(weights)]


# --- trips -----------------------------------------------------------------------------------------


def destinations_abroad(geography: Geography) -> NDArray[np.int16]:
    """Cities that people travel to in other countries, 256 equally likely entries.

    A city attracts in proportion to population**0.5 / (1 + (distance / 1000 km)**2), and twice as much where the
    home currency is used (assumptions; distance from the largest home city). Of Europeans' trips abroad three in four
    end in the EU and most in a country nearby (Eurostat, tourism trips of 2014: 18.8 of 25.0 % of all trips): this
    gives the Dutch four in five, and one in thirty beyond Europe.
    """
    principal, reach = geography.cities[0], _TRIP_REACH_KM * _TRIP_REACH_KM
    weights = np.zeros(len(geography.cities))
    for number, city in enumerate(geography.cities[geography.home_cities :], start=geography.home_cities):
        is_near = geography.country_currency[geography.city_country[number]] == 0
        pull = sqrt(city.population) * (_SAME_CURRENCY if is_near else 1.0)
        weights[number] = pull / (1.0 + squared_distance_km2(principal, city) / reach)
    return _equally_likely(weights)


def destinations_of_stripes(geography: Geography) -> NDArray[np.int16]:
    """Those of ``destinations_abroad`` where copied stripes are paid: thieves travel like others. All if none is."""
    cities = destinations_abroad(geography)
    is_paid = np.array([country.code in STRIPE_COUNTRIES for country in geography.countries])
    paid: NDArray[np.int16] = cities[is_paid[geography.city_country[cities]]]
    return paid if len(paid) else cities


def destinations_at_home(geography: Geography) -> NDArray[np.int16]:
    """Cities that people travel to in their own country, 256 equally likely entries: large ones more often."""
    return _equally_likely(np.sqrt(geography.city_population[: geography.home_cities]))


def _equally_likely(weights: NDArray[np.float64]) -> NDArray[np.int16]:
    """Quantiles at (slot + 1/2) / 256 of the cities in their order."""
    cumulative = np.cumsum(weights) / weights.sum()
    slots = (np.arange(_GRAVITY_SLOTS) + 0.5) / _GRAVITY_SLOTS
    return np.searchsorted(cumulative, slots).clip(0, len(weights) - 1).astype(np.int16)
