"""Countries, cities and zones of a scenario, and where people shop."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fintxsim.clock import load_zone, zone_names
from fintxsim.errors import InputError
from fintxsim.population import places
from fintxsim.population.currencies import currencies, read_table
from fintxsim.population.places import (
    City,
    Geography,
    build_geography,
    country_of_zone,
    destinations_abroad,
    destinations_at_home,
    destinations_of_stripes,
    gravity_table,
)
from fintxsim.population.places import squared_distance_km2 as squared_distance

ANY_ZONE = st.sampled_from(sorted(zone_names()))
COUNTRY_CODES = [row["code"] for row in read_table("countries.csv")]


def principal(geography: Geography) -> City:
    return geography.cities[0]


# --- the tables


def test_coordinates_have_two_decimals_and_lie_on_the_globe():
    for row in read_table("cities.csv"):
        assert len(row["lat"].partition(".")[2]) == len(row["lon"].partition(".")[2]) == 2
        assert abs(float(row["lat"])) < 70
        assert abs(float(row["lon"])) <= 180


def test_city_names_are_ascii_and_unique_within_a_country():
    keys = [(row["country"], row["name"]) for row in read_table("cities.csv")]
    assert len(keys) == len(set(keys))
    assert all(name.isascii() and name == name.strip() for _, name in keys)


def test_every_listed_country_has_cities_enough_largest_first():
    geography = build_geography("Europe/Amsterdam")
    for country in geography.countries:
        sizes = [city.population for city in geography.cities if city.country == country.code]
        assert sizes == sorted(sizes, reverse=True)
        assert len(sizes) >= (25 if country.code in ("NL", "DE", "GB", "FR", "US") else 8)


def test_every_city_lies_in_a_zone_of_its_country():
    for city in build_geography("Europe/Amsterdam").cities:
        assert country_of_zone(city.zone) == city.country


def test_every_country_has_an_active_currency():
    assert {row["currency"] for row in read_table("countries.csv")} <= set(currencies())


def test_country_codes_are_unique():
    assert len(COUNTRY_CODES) == len(set(COUNTRY_CODES)) == 250


# --- which country


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Amsterdam", "NL"),
        ("Asia/Calcutta", "IN"),
        ("US/Eastern", "US"),
        ("Africa/Asmera", "ER"),
        ("Iceland", "IS"),
        ("Asia/Ho_Chi_Minh", "VN"),
        ("UTC", "ZZ"),
        ("Etc/GMT+3", "ZZ"),
        ("EST", "ZZ"),
    ],
)
def test_a_zone_names_its_country(zone, country):
    assert country_of_zone(zone) == country
    assert build_geography(zone).countries[0].code == country


def test_an_explicit_country_overrides_the_zone():
    assert build_geography("UTC", "KE").countries[0].code == "KE"


def test_the_home_currency_is_the_country_s_own_unless_given():
    assert build_geography("Asia/Tokyo").currencies[0] == "JPY"
    assert build_geography("Asia/Tokyo", currency="USD").currencies[0] == "USD"


def test_an_unknown_zone_is_refused():
    with pytest.raises(InputError, match="Did you mean Asia/Tokyo"):
        build_geography("Asia/Tokio")


def test_an_unknown_country_is_refused_with_near_matches():
    with pytest.raises(InputError, match=r"country: 'nl' is not a country.*Did you mean NL"):
        build_geography("Europe/Amsterdam", "nl")


def test_an_empty_country_is_not_the_same_as_none():
    with pytest.raises(InputError, match="country: ''"):
        build_geography("Europe/Amsterdam", "")


def test_an_unknown_currency_is_refused():
    with pytest.raises(InputError, match="currency: 'EURO'"):
        build_geography("Europe/Amsterdam", currency="EURO")


# --- the arrays


def test_home_comes_first_and_the_others_follow_in_file_order():
    codes = [country.code for country in build_geography("Europe/London").countries]
    assert codes == ["GB", *(code for code in COUNTRY_CODES[:16] if code != "GB")]


def test_arrays_agree_with_the_tuples():
    g = build_geography("America/Sao_Paulo")
    assert [g.countries[i].code for i in g.city_country] == [city.country for city in g.cities]
    assert [g.zones[i] for i in g.city_zone] == [city.zone for city in g.cities]
    assert [g.currencies[i] for i in g.country_currency] == [country.currency for country in g.countries]
    assert [(lat, lon) for lat, lon in zip(g.city_lat, g.city_lon, strict=True)] == [(c.lat, c.lon) for c in g.cities]
    assert g.city_population.tolist() == [city.population for city in g.cities]
    assert g.currency_exponent.tolist() == [currencies()[code].exponent for code in g.currencies]


def test_arrays_have_the_declared_types_and_cannot_be_changed():
    g = build_geography("Europe/Amsterdam")
    types = {name: getattr(g, name).dtype for name in Geography.__slots__ if isinstance(getattr(g, name), np.ndarray)}
    assert types == {
        "city_country": np.int16,
        "city_zone": np.int16,
        "city_lat": np.float64,
        "city_lon": np.float64,
        "city_population": np.float64,
        "country_currency": np.int16,
        "currency_exponent": np.int8,
        "rate_per_home": np.float64,
    }
    assert not any(getattr(g, name).flags.writeable for name in types)


def test_the_home_currency_is_worth_itself():
    g = build_geography("Asia/Tokyo")
    assert g.rate_per_home[0] == 1.0
    assert g.rate_per_home[g.currencies.index("EUR")] == 1 / 163.85


@settings(max_examples=100, deadline=None)
@given(ANY_ZONE)
def test_every_zone_yields_a_geography(zone):
    g = build_geography(zone)
    assert g.home_cities >= 8
    assert {city.country for city in g.cities[: g.home_cities]} == {g.countries[0].code}
    assert g.countries[0].code not in {city.country for city in g.cities[g.home_cities :]}
    assert len(set(g.cities)) == len(g.cities)
    assert np.all(np.abs(g.city_lat) <= 90)
    assert np.all(np.abs(g.city_lon) <= 180)
    assert np.all(g.city_population > 0)
    assert np.all(g.rate_per_home > 0)
    assert all(load_zone(name) for name in g.zones)


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_every_country_can_be_home(code):
    assert build_geography("UTC", code).home_cities >= 8


# --- synthetic geographies


def test_a_country_that_is_not_listed_begins_with_its_principal_city():
    city = principal(build_geography("Europe/Bratislava"))
    assert (city.name, city.country, city.lat, city.lon) == ("Bratislava", "SK", 48.15, 17.12)


def test_the_zone_asked_for_decides_the_principal_city():
    assert principal(build_geography("Asia/Vladivostok")).name == "Vladivostok"
    assert principal(build_geography("America/Buenos_Aires")).name == "Buenos Aires"


def test_southern_and_western_coordinates_are_negative():
    city = principal(build_geography("America/Argentina/Ushuaia"))
    assert (city.lat, city.lon) == (-54.8, -68.3)


def test_synthetic_sizes_follow_zipf_s_law():
    g = build_geography("Europe/Bratislava")
    assert [c.population for c in g.cities[:4]] == [1_000_000, 500_000, 333_333, 250_000]


def test_towns_lie_around_the_principal_city_in_its_zone():
    g = build_geography("Europe/Bratislava")
    towns = g.cities[1 : g.home_cities]
    assert {town.zone for town in towns} == {"Europe/Bratislava"}
    assert all(8.5 < sqrt(squared_distance(g.cities[0], town)) < 32.5 for town in towns)


def test_a_zone_without_a_country_keeps_its_own_time():
    g = build_geography("Etc/GMT+3")
    assert {city.zone for city in g.cities[: g.home_cities]} == {"Etc/GMT+3"}


def test_towns_cross_the_date_line_without_leaving_the_globe():
    g = build_geography("Pacific/Wallis")
    assert g.city_lon[: g.home_cities].min() >= -180


def test_synthetic_places_do_not_move():
    towns = build_geography("Europe/Bratislava").cities[1:4]
    assert [(t.lat, t.lon) for t in towns] == [(48.09, 17.2), (48.16, 16.95), (48.24, 17.29)]


# --- shopping


def great_circle_km(a: City, b: City) -> float:
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_a - lat_b) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(a.lon - b.lon) / 2) ** 2
    return 2 * 6371 * asin(sqrt(half))


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Europe/Berlin", "Asia/Tokyo", "Africa/Nairobi"])
def test_distances_agree_with_the_great_circle(zone):
    g = build_geography(zone)
    for city in g.cities[1 : g.home_cities]:
        assert sqrt(squared_distance(g.cities[0], city)) == pytest.approx(great_circle_km(g.cities[0], city), rel=0.01)


def test_distance_is_short_across_the_date_line():
    east, west = (City("", "FJ", -17.0, lon, 1, "Pacific/Fiji") for lon in (179.9, -179.9))
    assert sqrt(squared_distance(east, west)) == pytest.approx(21.3, abs=0.1)


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/New_York", "Europe/Moscow", "UTC"])
def test_at_least_60_percent_shop_in_their_own_city(zone):
    g = build_geography(zone)
    table = gravity_table(g)
    assert table.shape == (g.home_cities, 256)
    assert table.dtype == np.int16
    own = (table == np.arange(g.home_cities)[:, None]).mean(axis=1)
    assert own.min() >= 0.6


def test_people_of_a_suburb_shop_in_the_big_city_nearby_before_a_far_one():
    g = build_geography("Europe/Amsterdam")
    names = [city.name for city in g.cities[: g.home_cities]]
    delft = gravity_table(g)[names.index("Delft")].tolist()
    counts = {name: delft.count(names.index(name)) for name in ("The Hague", "Rotterdam", "Amsterdam", "Maastricht")}
    assert counts["The Hague"] > counts["Rotterdam"] > counts["Amsterdam"] > counts["Maastricht"]


def test_shares_follow_the_gravity_formula():
    g = build_geography("Europe/Amsterdam")
    homes = g.cities[: g.home_cities]
    pull = [c.population**0.7 / (1 + squared_distance(homes[0], c) / 64) for c in homes]
    slots = np.bincount(gravity_table(g)[0], minlength=len(homes))
    assert np.abs(slots - 256 * np.array(pull) / sum(pull)).max() <= 1.0


# --- trips


def trips_abroad(zone: str) -> dict[str, float]:
    """Share of the trips abroad by country."""
    geography = build_geography(zone)
    countries = geography.city_country[destinations_abroad(geography)]
    return {country.code: float((countries == number).mean()) for number, country in enumerate(geography.countries)}


def test_the_dutch_go_to_countries_nearby_and_seldom_leave_europe():
    """Eurostat: three in four trips abroad of EU residents end in the EU."""
    share = trips_abroad("Europe/Amsterdam")
    assert share["NL"] == 0.0
    assert share["DE"] > share["FR"] > share["IT"] > share["TR"]
    assert sum(share[code] for code in ("DE", "BE", "FR", "ES", "IT")) == pytest.approx(0.8, abs=0.05)
    assert sum(share[code] for code in ("US", "CA", "BR", "JP", "IN", "TH", "AU", "KE")) < 0.05


def test_nearness_is_as_seen_from_home():
    assert trips_abroad("America/New_York")["CA"] > 0.5
    assert trips_abroad("Asia/Kolkata")["TH"] > trips_abroad("Europe/Amsterdam")["TH"]


@given(ANY_ZONE)
@settings(max_examples=40, deadline=None)
def test_trips_abroad_leave_the_country_and_others_do_not(zone):
    geography = build_geography(zone)
    assert (geography.city_country[destinations_abroad(geography)] > 0).all()
    assert (destinations_at_home(geography) < geography.home_cities).all()


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Europe/Vienna", "America/New_York"])
def test_stripes_are_taken_to_where_people_travel_and_stripes_are_paid(zone: str) -> None:
    geography = build_geography(zone)
    cities = destinations_of_stripes(geography)
    countries = {geography.countries[number].code for number in geography.city_country[cities]}
    assert countries <= places.STRIPE_COUNTRIES - {geography.countries[0].code}
    assert set(cities.tolist()) <= set(destinations_abroad(geography).tolist())


def test_where_nobody_travels_to_a_country_that_pays_stripes_they_are_taken_to_any(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places, "STRIPE_COUNTRIES", frozenset())
    geography = build_geography("Europe/Amsterdam")
    assert destinations_of_stripes(geography).tolist() == destinations_abroad(geography).tolist()
