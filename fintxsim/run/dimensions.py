"""Dimension tables: customers, accounts, cards and devices at the start, what is new each day after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fintxsim import columns as c
from fintxsim.behaviour.draft import EVENT, join
from fintxsim.engine import DayBook, World
from fintxsim.population import merchants as m
from fintxsim.population.categories import CASH_MACHINE, CATEGORIES
from fintxsim.population.customers import AGE_BANDS
from fintxsim.population.people import CARD_YEARS_DAYS, CREDIT, RENEWAL_DAYS, STRANGER
from fintxsim.population.schemes import SCHEME_LOT, SCHEMES
from fintxsim.run.tables import DayTables, Ints, closed, enum, make_table, words
from fintxsim.streams import Purpose, draws_of
from fintxsim.tokens import ACCOUNT, ADDRESS, CARD, MERCHANT, PHONE, TERMINAL
from fintxsim.vocabulary import AccountKind, EventType, Segment

Dates = npt.NDArray[np.datetime64]


ACQUIRERS = ("Acquira", "Nordpay", "Tillbank", "Merchantia", "Paylane")
INCOME_BANDS = ("under 1000", "1000-1999", "2000-2999", "3000-4999", "5000-9999", "10000 and more")
_INCOME_EDGES = np.array([1000, 2000, 3000, 5000, 10000])
_BINS = 24  # issuer identification numbers of the bank

# Invented names: a first and a second part, and a word for the trade.
_FIRST = (
    "Al",
    "Bel",
    "Cor",
    "Dal",
    "Er",
    "Fen",
    "Gal",
    "Hol",
    "Is",
    "Jor",
    "Kal",
    "Lun",
    "Mar",
    "Nor",
    "Ol",
    "Pel",
    "Quin",
    "Ros",
    "Sil",
    "Tor",
    "Ul",
    "Ver",
    "Wil",
    "Xan",
    "Yar",
    "Zel",
)
_SECOND = (
    "andra",
    "brook",
    "cane",
    "dorn",
    "evo",
    "field",
    "gard",
    "heim",
    "ina",
    "jona",
    "kera",
    "lith",
    "mora",
    "nessa",
    "ova",
    "pera",
    "rond",
    "sta",
    "tessa",
    "vale",
)
_LAST = ("", " & Co", " Group", " Center", " Direct", " House", " Point", " One")


class Dimensions:
    """Writes what the bank knows of customers, accounts, cards, devices, merchants and terminals."""

    def __init__(self, world: World, tables: DayTables) -> None:
        self.world, self.tables, self.setting = world, tables, world.setting
        geography = self.setting.geography
        self._shared: set[int] = set()  # computers at home enrolled in the run: a household may enrol one twice
        names = [city.name for city in geography.cities]
        unique = sorted(set(names))  # there is a London in England and one in Ontario
        self._cities = words(unique)
        self._city_words = np.array([unique.index(name) for name in names], np.int16)
        self._names = words([name.replace("_", " ").title() for name in (category.name for category in CATEGORIES)])

    def at_start(self, rows: int = 65_536) -> Iterator[tuple[c.Table, pa.Table]]:
        """The tables as of day 0, in parts of about ``rows`` customers."""
        for first in range(0, len(self.world.people), rows):
            people = self.world.people[first : first + rows]
            numbers = np.arange(first, first + len(people))
            yield c.CUSTOMERS, self._customers(people, numbers)
            yield c.ACCOUNTS, self._accounts(people, numbers)
            yield c.CARDS, self._cards(people, numbers)
            if not self.setting.institution.is_external:  # an acquirer knows devices once they have paid
                yield c.DEVICES, self._devices(people, numbers)

    def met(self, codes: Ints, terminals: npt.NDArray[np.int8], times: Ints) -> Iterator[tuple[c.Table, pa.Table]]:
        """Merchants and terminals that the bank meets for the first time; the arrays are those of the next rows."""
        new = np.empty(len(codes), np.int64), np.empty(len(codes), np.int64)
        counts = m.mark_seen(
            codes, terminals.astype(np.int32), self.setting.universe.offsets, self.world.merchants.seen, *new
        )
        shops, tills = (array[:count] for array, count in zip(new, counts, strict=True))
        yield c.MERCHANTS, self._merchants(codes[shops], times[shops])
        yield c.TERMINALS, self._terminals(codes[tills], terminals[tills].astype(np.int64), times[tills])

    def _customers(self, people: npt.NDArray[np.void], numbers: Ints) -> pa.Table:
        geography = self.setting.geography
        city = people["city"].astype(np.int64)
        jitter = self._uniforms(Purpose.PERSON, numbers, 60, 4)
        # About ten kilometres around the city's centre, and no finer than a kilometre.
        lat = geography.city_lat[city] + 0.12 * (jitter[0] + jitter[1] - 1.0)
        lon = geography.city_lon[city] + 0.18 * (jitter[2] + jitter[3] - 1.0)
        level = self.setting.world[0]["bank"]["euro"]
        bands = np.searchsorted(_INCOME_EDGES, people["income"] / level, side="right").astype(np.int8)
        since = self._days_before(30 + self._tenure(people, numbers))
        return make_table(
            c.CUSTOMERS,
            valid_from=self._day_zero(len(numbers)),
            customer_id=numbers + 1,
            segment=enum(people["segment"].copy(), closed(Segment), nullable=False),
            age_band=enum(people["age_band"].copy(), words(AGE_BANDS), nullable=False),
            customer_since=since,
            home_country=enum(geography.city_country[city].astype(np.int16), self.tables.countries, nullable=False),
            home_city=enum(self._city_words[people["city"]], self._cities, nullable=False),
            home_lat=np.round(lat, 2),
            home_lon=np.round(lon, 2),
            address_id=self.tables.tokens(ADDRESS, people["address"]),
            phone_id=self.tables.tokens(PHONE, people["phone_owner"]),
            income_band=enum(bands, words(INCOME_BANDS), nullable=False),
            is_business=people["segment"] == Segment.SMALL_BUSINESS,
        )

    def _tenure(self, people: npt.NDArray[np.void], numbers: Ints) -> npt.NDArray[np.float64]:
        """Days as a customer: 20 years at most, and since the age of 16; of a made-up identity, two years."""
        most = np.minimum(365.25 * np.array([4, 12, 20, 20, 20, 20, 20])[people["age_band"]], 7300.0)
        most = np.where(people["impostor"] > 0, 700.0, most)
        days: npt.NDArray[np.float64] = most * self._uniforms(Purpose.PERSON, numbers, 64, 1)[0]
        return days

    def _accounts(self, people: npt.NDArray[np.void], numbers: Ints) -> pa.Table:
        held = np.stack([np.ones(len(people), bool), people["has_savings"] > 0, people["has_credit"] > 0], axis=1)
        who, slot = np.nonzero(held)
        limits, tenure = people["limit"][who, slot], self._tenure(people, numbers)[who]
        return self._account_rows(numbers[who], tenure, slot, limits, self._day_zero(len(who)))

    def _account_rows(
        self, numbers: Ints, tenure: npt.NDArray[np.float64], slot: Ints, limits: Ints, valid_from: Ints
    ) -> pa.Table:
        """Rows of accounts, one for each entry of the arrays; tenure of the customer in days, limits in minor units."""
        n, kinds = len(numbers), np.array(self.setting.institution.accounts, np.int8)[slot]
        limits = np.where(kinds == AccountKind.EXTERNAL, 0, limits)
        opened = np.take_along_axis(self._uniforms(Purpose.PERSON, numbers, 66, 3), slot[None, :], axis=0)[0]
        return make_table(
            c.ACCOUNTS,
            valid_from=valid_from,
            account_id=self.tables.tokens(ACCOUNT, numbers * 4 + slot),
            customer_id=numbers + 1,
            kind=enum(kinds, closed(AccountKind), nullable=False),
            opened=self._days_before(30 + opened * tenure),
            limit=limits / self.setting.minor,
            currency=enum(np.zeros(n, np.int16), self.tables.currencies, nullable=False),
        )

    def _cards(self, people: npt.NDArray[np.void], numbers: Ints) -> pa.Table:
        """Cards in use on day 0, those they replaced lately, which some merchants still hold, and those in use at any
        time on the days before day 0 on which crime was under way."""
        held = np.stack([np.ones(len(people), bool), people["has_credit"] > 0], axis=1)
        held &= self.setting.institution.has_cards
        newest = people["card_generation"].astype(np.int64)
        oldest = self.world.first_generations[numbers]
        renewed = people["card_expiry_day"] > CARD_YEARS_DAYS - RENEWAL_DAYS
        oldest = np.where(renewed & (newest > 0), np.minimum(oldest, newest - 1), oldest)
        tables = [
            self._issued(people, numbers, held & (newest - ago >= oldest), ago)
            for ago in range(int((newest - oldest).max(initial=0)) + 1)
        ]
        return pa.concat_tables(tables)

    def _issued(self, people: npt.NDArray[np.void], numbers: Ints, which: npt.NDArray[np.bool_], ago: int) -> pa.Table:
        """The cards ``which``, or those that many generations ``ago``."""
        who, slot = np.nonzero(which)
        expires = people["card_expiry_day"][who, slot] - CARD_YEARS_DAYS * ago
        issued = self._days_before(np.maximum(CARD_YEARS_DAYS - expires, 1))
        generation = people["card_generation"][who, slot].astype(np.int64) - ago
        return self._card_rows(numbers[who], slot, generation, self._day_zero(len(who)), issued)

    def _card_rows(self, numbers: Ints, slot: Ints, generation: Ints, valid_from: Ints, issued: Dates) -> pa.Table:
        tokens = self.tables.tokens(CARD, numbers << 9 | slot << 8 | generation & 255)
        lot = self._uniforms(Purpose.PERSON, numbers, SCHEME_LOT, 2)
        scheme = (lot[0] * len(SCHEMES)).astype(np.int8)
        funding = np.maximum(slot, int(self.setting.institution.always_credit))
        return make_table(
            c.CARDS,
            valid_from=valid_from,
            card_id=tokens,
            account_id=self.tables.tokens(ACCOUNT, numbers * 4 + 2 * slot),
            customer_id=numbers + 1,
            scheme=enum(scheme, words(SCHEMES), nullable=False),
            funding=enum(funding.astype(np.int8), words(("debit", "credit")), nullable=False),
            bin_token=(100 * scheme.astype(np.int32) + 50 * slot.astype(np.int32) + (lot[1] * _BINS).astype(np.int32)),
            issued=issued,
            expires=_end_of_month(issued + CARD_YEARS_DAYS),
        )

    def _devices(self, people: npt.NDArray[np.void], numbers: Ints) -> pa.Table:
        browsers = people["devices"][people["has_browser"] > 0, 1]
        browsers = browsers[browsers >> 9 >= numbers[0]]  # a computer shared with the part before is there already
        phones = people["phone_owner"].astype(np.int64) << 9 | people["phone_generation"] & 255  # not all trusted yet
        codes = np.sort(np.concatenate([people["devices"][:, 0], phones, browsers]))
        codes = codes[np.diff(codes, prepend=-1) > 0]  # np.unique would hash them first, in ten times the time
        ages = self._uniforms(Purpose.DEVICE, codes, 0, 1)[0]
        return self.tables.devices(codes, self._day_zero(len(codes)), self._days_before(1 + 900 * ages))

    def _merchants(self, codes: Ints, times: Ints) -> pa.Table:
        geography, n_cities = self.setting.geography, self.setting.universe.n_cities
        key, lease = self.setting.keys[Purpose.MERCHANT], self.setting.world[0]["lease"]
        attributes = np.empty((7, len(codes)))
        m.describe(key, codes, lease, attributes)
        place, category = codes >> 34, codes >> 28 & 63
        online = place >= n_cities
        spot = np.where(online, 0, place)
        city = np.where(online, np.int16(-1), self._city_words[spot])
        country = np.where(online, place - n_cities, geography.city_country[spot]).astype(np.int16)
        lat, lon = self._around(spot, attributes[1], attributes[2])
        return make_table(
            c.MERCHANTS,
            valid_from=times,
            merchant_id=self.tables.tokens(MERCHANT, codes),
            name=self._merchant_names(category, attributes[3:6]),
            mcc=enum(category.astype(np.int16), self.tables.mccs, nullable=False),
            opened=pa.array(attributes[0].astype(np.int32), pa.int32()).cast(pa.date32()),
            country=enum(country, self.tables.countries, nullable=False),
            city=enum(city, self._cities, nullable=True),
            lat=pa.array(lat, mask=online),
            lon=pa.array(lon, mask=online),
            is_online=online,
            acquirer=enum((attributes[6] * len(ACQUIRERS)).astype(np.int8), words(ACQUIRERS), nullable=False),
        )

    def _merchant_names(self, category: Ints, lots: npt.NDArray[np.float64]) -> Any:
        join: Any = pc.binary_join_element_wise

        def pick(parts: tuple[str, ...], lot: npt.NDArray[np.float64]) -> Any:
            return words(parts).take(pa.array((lot * len(parts)).astype(np.int64), pa.int64()))

        trade = self._names.take(pa.array(category, pa.int64()))
        first, second, last = (pick(parts, lot) for parts, lot in zip((_FIRST, _SECOND, _LAST), lots, strict=True))
        return join(join(join(first, second, ""), trade, " "), last, "")

    def _terminals(self, codes: Ints, numbers: Ints, times: Ints) -> pa.Table:
        n_cities = self.setting.universe.n_cities
        attributes = np.empty((7, len(codes)))
        m.describe(self.setting.keys[Purpose.MERCHANT], codes, self.setting.world[0]["lease"], attributes)
        place, category = codes >> 34, codes >> 28 & 63
        online = place >= n_cities
        lat, lon = self._around(np.where(online, 0, place), attributes[1], attributes[2])
        kind = np.where(online, 2, np.where(category == CASH_MACHINE, 1, 0)).astype(np.int8)
        return make_table(
            c.TERMINALS,
            valid_from=times,
            terminal_id=self.tables.tokens(TERMINAL, codes * m.MAX_TERMINALS + numbers),
            merchant_id=self.tables.tokens(MERCHANT, codes),
            kind=enum(kind, words(("pos", "atm", "web")), nullable=False),
            lat=pa.array(lat, mask=online),
            lon=pa.array(lon, mask=online),
        )

    def of_day(self, book: DayBook) -> Iterator[tuple[c.Table, pa.Table]]:
        """New phones and cards, as the day's events tell, and devices of strangers, all in order of time."""
        parts = [part[part["detail"] > 0] for part in book.events]
        events = join(parts, EVENT)
        today = np.datetime64(self.setting.date_of(book.number), "D")
        enrolled = events[events["kind"] == EventType.NEW_DEVICE]
        seen = self._first_seen(enrolled) | book.strangers
        codes = np.array(sorted(seen, key=lambda code: (seen[code], code)), np.int64)
        times = np.array([seen[code] for code in codes.tolist()], np.int64)
        yield c.DEVICES, self.tables.devices(codes, times, np.full(len(codes), today))
        cards = events[events["kind"] == EventType.CARD_REISSUE]
        numbers, detail = cards["customer"].astype(np.int64), cards["detail"].astype(np.int64)
        midnight = np.full(len(cards), self.setting.window(book.number)[0])
        yield c.CARDS, self._card_rows(numbers, detail >> 8, detail & 255, midnight, np.full(len(cards), today))
        yield c.ACCOUNTS, self._changed_limits(book.limits)

    def _changed_limits(self, limits: list[tuple[int, int, int]]) -> pa.Table:
        """Credit accounts whose limit was raised today."""
        changes = np.array(sorted(limits), np.int64).reshape(-1, 3)
        numbers = changes[:, 1]
        tenure = self._tenure(self.world.people[numbers], numbers)
        slots = np.full(len(numbers), CREDIT)
        return self._account_rows(numbers, tenure, slots, changes[:, 2], changes[:, 0])

    def _first_seen(self, enrolled: npt.NDArray[np.void]) -> dict[int, int]:
        """Customers' new devices; a household's shared computer may be enrolled twice, on different days even."""
        seen: dict[int, int] = {}
        for device, time in zip(enrolled["device"].tolist(), enrolled["time"].tolist(), strict=True):
            if device not in self._shared:
                seen.setdefault(device, time)
        self._shared.update(device for device in seen if device < STRANGER and device >> 8 & 1)
        return seen

    def _around(self, city: Ints, north: npt.NDArray[np.float64], east: npt.NDArray[np.float64]) -> tuple[Any, Any]:
        """Coordinates within a few kilometres of a city's centre, 4 decimals."""
        geography = self.setting.geography
        return (
            np.round(geography.city_lat[city] + 0.1 * (north - 0.5), 4),
            np.round(geography.city_lon[city] + 0.15 * (east - 0.5), 4),
        )

    def _uniforms(self, purpose: Purpose, agents: Ints, first: int, count: int) -> npt.NDArray[np.float64]:
        """Draws number ``first`` ... of each agent's stream, shape (count, agents)."""
        out = np.empty((count, len(agents)))
        draws_of(self.setting.keys[purpose], np.ascontiguousarray(agents, np.int64), 0, first, out)
        return out

    def _days_before(self, days: npt.NDArray[Any]) -> Dates:
        """Dates that many days before the first one."""
        return np.datetime64(self.setting.start, "D") - days.astype(np.int64)

    def _day_zero(self, n: int) -> Ints:
        return np.full(n, self.setting.window(0)[0], np.int64)


def _end_of_month(days: Dates) -> Dates:
    return (days.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
