"""Merchants by code: (place, category, rank, generation); all else follows by keyed draws."""

from __future__ import annotations

import math

from fintxsim.streams import Purpose
from tests.oracle.draws import Stream, mix, stream
from tests.oracle.records import Record, Scene

_RANKS, _GENERATIONS, _CATEGORIES = 1 << 22, 1 << 6, 1 << 6
_HEAD = 6.0
_FIRST_LEASE_DATE = 7305  # 1990-01-01


def pack(place: int, category: int, rank: int, generation: int) -> int:
    return ((place * _CATEGORIES + category) * _RANKS + rank) * _GENERATIONS + generation


def generation_of(code: int) -> int:
    return code % _GENERATIONS


def rank_of(code: int) -> int:
    return code // _GENERATIONS % _RANKS


def category_of(code: int) -> int:
    return code // (_GENERATIONS * _RANKS) % _CATEGORIES


def place_of(code: int) -> int:
    return code // (_GENERATIONS * _RANKS * _CATEGORIES)


def is_online(code: int, world: Record) -> bool:
    """Places after the cities are the web shops of a country."""
    return place_of(code) >= int(world.n_cities)


def opened_date(world: Record, code: int) -> int:
    """The first date of a merchant's lease, in days since 1970."""
    generation = generation_of(code)
    luck = Stream(mix(world.keys[Purpose.MERCHANT] ^ (code - generation)))
    shortest, longest = world.lease
    length = shortest + (longest - shortest) * luck.uniform(0)
    return math.ceil(generation * length - luck.uniform(1) * length) + _FIRST_LEASE_DATE


def draw_rank(u: float, size: int) -> int:
    """The popularity of rank r falls like (r + 6)**-1.125."""
    farthest = 1.0 - 1.0 / math.sqrt(math.sqrt(math.sqrt(1.0 + size / _HEAD)))
    x = 1.0 / (1.0 - u * farthest)
    x *= x
    x *= x
    return min(int(_HEAD * (x * x - 1.0)), size - 1)


def tenant(world: Record, place: int, category: int, rank: int, date: int) -> int:
    """Whoever holds a rank on a date: each rank has leases of its own length, one after the other."""
    code = pack(place, category, rank, 0)
    luck = Stream(mix(world.keys[Purpose.MERCHANT] ^ code))
    shortest, longest = world.lease
    length = shortest + (longest - shortest) * luck.uniform(0)
    phase = luck.uniform(1) * length
    return code + min(int((date - _FIRST_LEASE_DATE + phase) / length), _GENERATIONS - 1)


def find(scene: Scene, place: int, category: int, u: float, date: int) -> int:
    """A merchant of a place and category, by fame."""
    rank = draw_rank(u, scene.world.sizes[place][category])
    return tenant(scene.world, place, category, rank, date)


def profile(world: Record, code: int) -> Stream:
    """What everything about one merchant is drawn from."""
    return stream(world.keys[Purpose.MERCHANT], code, 1)


def reads_stripe(world: Record, code: int, terminal: int, *, is_abroad: bool) -> bool:
    """Whether a terminal cannot read chips: each has a draw of its own from 20 on."""
    return profile(world, code).uniform(20 + terminal) < (0.35 if is_abroad else 0.02)


def price_level(merchant: Stream) -> float:
    """Log of its prices against its category's: three uniforms make nearly a normal."""
    return 0.8 * (merchant.uniform(0) + merchant.uniform(1) + merchant.uniform(2) - 1.5)


def pick_terminal(world: Record, code: int, u: float) -> int:
    """One of the merchant's tills; the popular ones have more."""
    most = 7.0 if rank_of(code) < 8 else 3.0 if rank_of(code) < 64 else 1.6
    return int(u * (1 + int(profile(world, code).uniform(4) * most)))


def asks_for_cvv(merchant: Stream) -> bool:
    """Six web shops in a hundred never do."""
    return merchant.uniform(13) > 0.06
