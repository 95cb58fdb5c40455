"""The open universe of merchants: a latent, heavy-tailed crowd, drawn by key and made real when first used.

A merchant is a code: place, category, rank and generation packed in 45 bits. Nothing about it is stored: its
price level, opening hours, terminals and name follow from the code by keyed draws. A place is a city or, after the
last city, the web shops of a country. Within one place and category the popularity of rank r falls like
(r + q)**-1.125, which gives rows per merchant a power-law tail of exponent 1.89 (1.77-1.88 in Sarafu
and Birmingham purchase card data), while q
keeps the largest shop of a town from taking everything. How many there are follows from the people who live there, not
from how many of them bank here: a larger bank meets more of them, and must not come to know them all, or nobody would
be met once. So they are many.

Merchants open and close: each rank has a lease of its own length; when it ends, a new generation moves in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fintxsim.compiled import compiled, kernel
from fintxsim.errors import InputError
from fintxsim.population.categories import CATEGORIES
from fintxsim.population.places import Geography
from fintxsim.streams import mix, stream, uniform

N_CATEGORIES = len(CATEGORIES)
HEAD = 6.0  # q of the popularity law, in ranks (assumption: the largest of a town's shops takes about 4 %)
BYTES_PER_MERCHANT = 8  # what the run remembers of each: which generations and terminals it has seen
MEMORY_LIMIT_BYTES = 256 << 20
MAX_TERMINALS = 8
_REGION = 3.0  # inhabitants of a city's surroundings, itself included, for each of its own: the listed cities hold
# about a third of a country's people
_WEB_SHOPS = 2.0  # web shops for each shop in the street that sells as much there (assumption: they need no street;
# the Dutch, 18 million, have more than a hundred thousand)
_FOUND_ABROAD = 0.4  # of the merchants of other countries, those that visitors ever come upon (assumption)
_RANK_BITS, _CATEGORY_BITS, _GENERATION_BITS = 22, 6, 6
_TRIES_WITHOUT_CVV = 64  # of shops of which one in sixteen does not ask: 98 % find one
_LEASE_EPOCH_DAY = 7305  # leases are counted from 1990-01-01, in days since 1970-01-01


@dataclass(frozen=True)
class Universe:
    """How many merchants there are, by place and category.

    ``sizes`` and ``offsets`` have shape (places, categories); ``offsets`` numbers every rank of every place.
    """

    sizes: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    total: int
    n_cities: int
    lease_min_days: float
    lease_max_days: float


def build_universe(
    geography: Geography, local: int | None, lease_years: tuple[float, float], acceptance: float = 1.0
) -> Universe:
    """Count the merchants of every place.

    ``local`` is the number of merchants in the home country's cities, or None to derive it from their inhabitants;
    ``lease_years`` the shortest and longest life of a merchant; ``acceptance`` the share of them where one can pay.
    InputError when remembering them takes too much memory.
    """
    n_cities, n_places = len(geography.cities), len(geography.cities) + len(geography.countries)
    people = np.zeros(n_places)
    people[:n_cities] = _REGION * geography.city_population
    for city, country in enumerate(geography.city_country):
        people[n_cities + country] += people[city]
    per_merchant = np.array([float(c.people_per_merchant) for c in CATEGORIES])
    sells = np.empty((n_places, N_CATEGORIES))
    sells[:n_cities] = [min(1.0, 1.0 - c.online_share + 0.05) for c in CATEGORIES]
    sells[n_cities:] = [_WEB_SHOPS * c.online_share for c in CATEGORIES]
    exact = people[:, None] / per_merchant * sells
    exact *= acceptance
    exact[np.concatenate([geography.city_country, np.arange(len(geography.countries))]) > 0] *= _FOUND_ABROAD
    if local is not None:
        exact[: geography.home_cities] *= local / exact[: geography.home_cities].sum()
    total = int(exact.sum())
    if total * BYTES_PER_MERCHANT > MEMORY_LIMIT_BYTES:
        raise InputError(
            f"population.merchants: {local or total:,} merchants need {total * BYTES_PER_MERCHANT >> 20} MiB, more "
            f"than the {MEMORY_LIMIT_BYTES >> 20} MiB allowed. Ask for fewer merchants."
        )
    sizes = np.clip(np.floor(exact), 1, (1 << _RANK_BITS) - 1).astype(np.int64)
    total = int(sizes.sum())
    offsets = (np.cumsum(sizes.ravel()) - sizes.ravel()).reshape(sizes.shape)
    year = 365.25
    return Universe(sizes, offsets, total, n_cities, lease_years[0] * year, lease_years[1] * year)


@compiled
def pack(place: int, category: int, rank: int, generation: int) -> int:
    return (((place << _CATEGORY_BITS | category) << _RANK_BITS | rank) << _GENERATION_BITS) | generation


@kernel
def place_of(code: int) -> int:
    return code >> (_CATEGORY_BITS + _RANK_BITS + _GENERATION_BITS)


@kernel
def category_of(code: int) -> int:
    return (code >> (_RANK_BITS + _GENERATION_BITS)) & ((1 << _CATEGORY_BITS) - 1)


@kernel
def rank_of(code: int) -> int:
    return (code >> _GENERATION_BITS) & ((1 << _RANK_BITS) - 1)


@compiled
def generation_of(code: int) -> int:
    return code & ((1 << _GENERATION_BITS) - 1)


def categories_and_places(codes: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The same of many codes, for the control plane."""
    above = codes >> (_RANK_BITS + _GENERATION_BITS)
    return above & ((1 << _CATEGORY_BITS) - 1), above >> _CATEGORY_BITS


@compiled
def draw_rank(u: float, size: int) -> int:
    """Rank of the merchant chosen among ``size``: inverse of the popularity law, by square roots alone."""
    x = 1.0 / (1.0 - u * (1.0 - beyond(float(size))))
    x *= x
    x *= x
    return min(int(HEAD * (x * x - 1.0)), size - 1)


@kernel
def beyond(rank: float) -> float:
    """Share of the visits that go to merchants of this rank and beyond, in an endless universe."""
    return 1.0 / np.sqrt(np.sqrt(np.sqrt(1.0 + rank / HEAD)))


def popularity(rank: int, size: float) -> float:
    """Share of the visits that the merchant of a rank gets among ``size``."""
    return float((beyond(float(rank)) - beyond(rank + 1.0)) / (1.0 - beyond(size)))


@compiled
def tenant(
    key: np.uint64, place: int, category: int, rank: int, date_number: int, lease: npt.NDArray[np.float64]
) -> int:
    """Code of whoever holds a rank on a date (days since 1970). ``lease``: shortest and longest, in days."""
    code = pack(place, category, rank, 0)
    length, phase = _lease(key, code, lease)
    return code | min(int((date_number - _LEASE_EPOCH_DAY + phase) / length), (1 << _GENERATION_BITS) - 1)


@compiled
def _lease(key: np.uint64, code: int, lease: npt.NDArray[np.float64]) -> tuple[float, float]:
    state = mix(key ^ np.uint64(code))
    length = lease[0] + (lease[1] - lease[0]) * uniform(state, 0)
    return length, uniform(state, 1) * length


@compiled
def opened_day(key: np.uint64, code: int, lease: npt.NDArray[np.float64]) -> int:
    """Date (days since 1970) on which the merchant opened."""
    generation = generation_of(code)
    length, phase = _lease(key, code - generation, lease)
    return int(np.ceil(generation * length - phase)) + _LEASE_EPOCH_DAY


@kernel
def profile(key: np.uint64, code: int) -> np.uint64:
    """State of the stream that everything about one merchant is drawn from."""
    return stream(key, code, 1)


(
    PROFILE_PRICE, PROFILE_HOURS, PROFILE_TERMINALS, PROFILE_LAT, PROFILE_LON, PROFILE_NAME, PROFILE_ACQUIRER,
    PROFILE_MENU, PROFILE_CVV, PROFILE_BILLS,
) = (
    0, 3, 4, 5, 6, 7, 10, 11, 13, 14,
)  # fmt: skip
_FIRST_READER = 20  # and one for each terminal


@compiled
def price_level(state: np.uint64) -> float:
    """Log of a merchant's prices against its category's, about normal with standard deviation 0.4."""
    return 0.8 * (uniform(state, 0) + uniform(state, 1) + uniform(state, 2) - 1.5)


@kernel
def find_shop(
    key: np.uint64, place: int, category: int, size: int, date_number: int, lease: npt.NDArray[np.float64],
    without_cvv: bool, state: np.uint64,
) -> int:  # fmt: skip
    """Code of a merchant, the well-known ones more often; ``without_cvv``: one that does not ask for the CVV, if one is
    found. Such shops are talked about where details are sold, so nearly always."""
    code = 0
    for k in range(_TRIES_WITHOUT_CVV if without_cvv else 1):
        code = tenant(key, place, category, draw_rank(uniform(state, k), size), date_number, lease)
        if not without_cvv or not asks_for_cvv(profile(key, code)):
            break
    return code


@kernel
def find_young_shop(
    key: np.uint64, place: int, category: int, size: int, date_number: int, lease: npt.NDArray[np.float64],
    most_days: int, state: np.uint64,
) -> int:  # fmt: skip
    """Code of a little-known merchant that opened in the last ``most_days`` days; the youngest found when none did."""
    best, youngest = -1, 1 << 40
    for k in range(1024):
        rank = min(int((0.1 + 0.9 * uniform(state, k)) * size), size - 1)
        code = tenant(key, place, category, rank, date_number, lease)
        age = date_number - opened_day(key, code, lease)
        if age < youngest:
            best, youngest = code, age
        if age <= most_days:
            break
    return best


@kernel
def terminals_of(state: np.uint64, rank: int) -> int:
    """Number of tills: the popular ones have more."""
    return 1 + int(uniform(state, PROFILE_TERMINALS) * (7.0 if rank < 8 else 3.0 if rank < 64 else 1.6))


@compiled
def reads_stripe(merchant_state: np.uint64, terminal: int, is_abroad: bool) -> bool:
    """An old terminal, or one with a worn chip reader: whoever does not tap swipes (assumption: a third abroad, where
    some countries came late to chips, one in fifty at home)."""
    return uniform(merchant_state, _FIRST_READER + terminal) < (0.35 if is_abroad else 0.02)


@compiled
def asks_for_cvv(merchant_state: np.uint64) -> bool:
    """Some web shops never ask for the card verification value (assumption: one in sixteen)."""
    return uniform(merchant_state, PROFILE_CVV) > 0.06


@kernel
def mark_seen(
    codes: npt.NDArray[np.int64],
    terminals: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    seen: npt.NDArray[np.uint64],
    new_merchants: npt.NDArray[np.int64],
    new_terminals: npt.NDArray[np.int64],
) -> tuple[int, int]:
    """Rows whose merchant, and whose terminal, the bank has not met before.

    ``codes`` (-1 for none) and ``terminals`` are in time order. ``seen`` has one word for each rank of each place: one
    byte for each of eight successive generations, one bit for each terminal. The row numbers are written to
    ``new_merchants`` and ``new_terminals``; their counts are returned.
    """
    merchants = tills = 0
    for row in range(codes.shape[0]):
        code = codes[row]
        if code < 0:
            continue
        slot = offsets[place_of(code), category_of(code)] + rank_of(code)
        shift = np.uint64((generation_of(code) & 7) * 8)
        known = seen[slot]
        bit = np.uint64(1) << (shift + np.uint64(terminals[row]))
        if known & bit:
            continue
        if (known >> shift) & np.uint64(255) == np.uint64(0):
            new_merchants[merchants] = row
            merchants += 1
        seen[slot] = known | bit
        new_terminals[tills] = row
        tills += 1
    return merchants, tills


@kernel
def describe(
    key: np.uint64, codes: npt.NDArray[np.int64], lease: npt.NDArray[np.float64], out: npt.NDArray[np.float64]
) -> None:
    """What can be said of merchants, one column each: opening date (days since 1970), place north and east, three parts
    of the name, acquirer; all but the first are uniforms. ``out`` has shape (7, merchants)."""
    for k in range(codes.shape[0]):
        state = profile(key, codes[k])
        out[0, k] = opened_day(key, codes[k], lease)
        out[1, k] = uniform(state, PROFILE_LAT)
        out[2, k] = uniform(state, PROFILE_LON)
        out[3, k] = uniform(state, PROFILE_NAME)
        out[4, k] = uniform(state, PROFILE_NAME + 1)
        out[5, k] = uniform(state, PROFILE_NAME + 2)
        out[6, k] = uniform(state, PROFILE_ACQUIRER)
