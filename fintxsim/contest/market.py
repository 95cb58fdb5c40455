"""Where criminals get victims, cards and shops; implements ``typologies.market.Market``."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.block_day import BlockDay
from fintxsim.behaviour.purchases import ANYWHERE_ON_THE_WEB, AT_HOME_ON_THE_WEB
from fintxsim.behaviour.timing import DAY_US, HOUR_US, KNOTS
from fintxsim.contest.regulars import Regulars
from fintxsim.contest.watch import CardRead, Watchlist
from fintxsim.fields import Fields
from fintxsim.institution import Service
from fintxsim.lookalikes.holiday_abroad import city_on
from fintxsim.numerics import exp
from fintxsim.population.block import BLOCK
from fintxsim.population.categories import BY_NAME, CASH_MACHINE, CATEGORIES, Hours
from fintxsim.population.customers import MONTH_DAYS
from fintxsim.population.impostors import Impostors
from fintxsim.population.merchants import (
    MAX_TERMINALS,
    categories_and_places,
    category_of,
    find_shop,
    find_young_shop,
    place_of,
    popularity,
    profile,
    rank_of,
    terminals_of,
)
from fintxsim.population.people import CREDIT_CARD, DEBIT_CARD, SAVINGS
from fintxsim.population.places import STRIPE_COUNTRIES
from fintxsim.setting import Setting
from fintxsim.streams import Draws, Purpose, draws_of
from fintxsim.typologies.market import Shop, Sighting, StolenCard, Wanted
from fintxsim.vocabulary import Segment

_TRIES = 40  # per customer wanted
_OLD, _YOUNG = 5, 1  # age bands from 65 years on, and up to 25
REMEMBERED_DAYS = 10  # before day 0: of what was over by then nothing is felt in the run
BUSY_HERE = 0.1  # purchases a day at an acquirer's shops from which a card's details leak as often as any (assumption)
ENOUGH_SAVED = 12.0  # months of income on a savings account that make somebody worth any trouble (assumption)
REGULAR_VISITS_PER_MONTH = 4.0  # of a customer at a cash machine or shop that he knows (assumption)


class StreetMarket:
    """One day's market. Only for what cannot be known from outside it looks into the customers' records.

    ``of`` are the fields of ``people``, all customers.
    """

    def __init__(
        self, setting: Setting, people: npt.NDArray[np.void], of: Fields, days: list[BlockDay],
        day: npt.NDArray[np.void], watchlist: Watchlist, regulars: Regulars, impostors: Impostors, typology: int = 0,
    ) -> None:  # fmt: skip
        self._setting, self._people, self._days, self._day = setting, people, days, day
        self._of, self._key = of, setting.keys[Purpose.MERCHANT]
        self._watchlist, self._regulars, self._impostors, self._typology = watchlist, regulars, impostors, typology
        self._world, self._universe = setting.world[0], setting.universe
        self._lease, self._euro = self._world["lease"], float(self._world["bank"]["euro"])
        self._start, self._number, self._date = (int(day[0][name]) for name in ("start", "number", "date"))
        self._is_working_day = int(day[0]["weekend"]) == 0
        self._zones, self._city_zone = day[0]["zones"], setting.geography.city_zone
        hours = self._world["hours"]
        self._curves = hours[Hours.SHOP, 0], hours[Hours.ONLINE, 0]

    def of(self, typology: int) -> StreetMarket:
        """The same market, for the crews of one typology."""
        market = copy(self)
        market._typology = typology
        return market

    def pick_customers(self, draws: Draws, count: int, wanted: Wanted = Wanted.ONLINE) -> list[int]:
        """Customers, each once; the fitting ones more often. Somebody at random when nobody fits."""
        if wanted == Wanted.IMPOSTOR and (taken := self._impostors.take(self._typology, count, draws)):
            return taken
        everybody = range(len(self._people))
        return self._pick(draws, count, wanted, everybody) or [draws.below(len(everybody))]

    def pick_residents(self, draws: Draws, count: int, wanted: Wanted, city: int) -> list[int]:
        residents = self._regulars.of_town(city)
        return self._pick(draws, count, wanted, residents) if len(residents) else []

    def _pick(
        self, draws: Draws, count: int, wanted: Wanted, candidates: Sequence[int] | npt.NDArray[np.int64]
    ) -> list[int]:
        picked: dict[int, None] = {}
        for _ in range(_TRIES * count):
            customer = int(candidates[draws.below(len(candidates))])
            if draws.next() < self._fit(customer, wanted):
                picked[customer] = None
                if len(picked) == count:
                    break
        return list(picked)

    def _fit(self, customer: int, wanted: Wanted) -> float:
        """How likely a customer is to be taken when come across."""
        of = self._of
        if wanted == Wanted.ONLINE:
            is_external = self._setting.institution.is_external
            busy = min(float(of["activity"][customer]) / BUSY_HERE, 1.0) if is_external else 1.0
            return busy * min(0.25 + 0.5 * float(of["digital"][customer]), 1.0)
        if wanted == Wanted.CREDIT:
            return float(of["has_credit"][customer])
        if wanted == Wanted.SAVER:
            enough = ENOUGH_SAVED * float(of["income"][customer])
            return min(float(of["balance"][customer, SAVINGS]) / max(enough, 1.0), 1.0)
        if wanted == Wanted.BUSINESS:
            return 1.0 if of["segment"][customer] in (Segment.SELF_EMPLOYED, Segment.SMALL_BUSINESS) else 0.02
        if wanted == Wanted.COMPANY:
            return float(of["segment"][customer] == Segment.SMALL_BUSINESS)
        if wanted == Wanted.ELDERLY:
            return 1.0 if of["age_band"][customer] >= _OLD else 0.15
        if wanted == Wanted.NEEDY:
            is_young = of["age_band"][customer] <= _YOUNG or of["segment"][customer] == Segment.STUDENT
            return 1.0 if is_young else 0.12
        return 1.0

    def stolen_card(self, customer: int, draws: Draws, *, slot: int | None = None) -> StolenCard:
        u = Draws(self._setting.keys[Purpose.STOLEN_DATA], customer, 0)
        wants_credit = u.uniform(0) < 0.45 if slot is None else slot == CREDIT_CARD
        held = CREDIT_CARD if wants_credit and self._of["has_credit"][customer] else DEBIT_CARD
        generation = int(self._of["card_generation"][customer, held])
        return StolenCard(customer, held, generation, u.uniform(1), u.uniform(2) < 0.75, self._usual(customer))

    def own_card(self, customer: int, *, credit: bool) -> StolenCard:
        slot = CREDIT_CARD if credit and self._of["has_credit"][customer] else DEBIT_CARD
        generation = int(self._of["card_generation"][customer, slot])
        return StolenCard(customer, slot, generation, 0.0, True, self._usual(customer))

    def _usual(self, customer: int) -> float:
        logarithm = float(self._of["usual_log_amount"][customer])
        return float(exp(logarithm)) / self._euro if logarithm > 0 else 15.0

    def web_shop(self, draws: Draws, category: str, *, foreign: bool = False, asks_cvv: bool | None = None) -> Shop:
        country = self._country_of_web_shop(draws) if foreign and len(self._setting.geography.countries) > 1 else 0
        return self._find(draws, self._universe.n_cities + country, BY_NAME[category], without_cvv=asks_cvv is False)

    def _country_of_web_shop(self, draws: Draws) -> int:
        """Abroad where honest customers buy, too: mostly nearby and in large countries, now and then anywhere."""
        countries, far = len(self._setting.geography.countries), 1.0 - ANYWHERE_ON_THE_WEB
        far *= (countries - 1) / countries  # the rest of those for whom distance does not matter buy at home
        if draws.next() * (ANYWHERE_ON_THE_WEB - AT_HOME_ON_THE_WEB + far) < far:
            return 1 + draws.below(countries - 1)
        abroad = self._world["abroad"]
        return int(self._setting.geography.city_country[abroad[draws.below(len(abroad))]])

    @property
    def has_cash(self) -> bool:
        return Service.CASH in self._setting.institution.services

    @property
    def has_transfers(self) -> bool:
        return Service.TRANSFERS in self._setting.institution.services

    @property
    def banks_are_open(self) -> bool:
        return self._is_working_day

    @property
    def pays_stripes(self) -> bool:
        return self._setting.geography.countries[0].code in STRIPE_COUNTRIES

    def shop_in(self, draws: Draws, category: str, city: int) -> Shop:
        if category == "cash_machine" and self._setting.institution.has_agents:
            category = "cash_agent"
        return self._find(draws, city, BY_NAME[category])

    def _find(self, draws: Draws, place: int, category: int, *, without_cvv: bool = False) -> Shop:
        size = int(self._universe.sizes[place, category])
        state = np.uint64(draws.bits(1_000_000 + draws.below(1 << 20)))
        code = find_shop(
            self._key, place, category, size, self._date, self._lease, without_cvv, state,
        )  # fmt: skip
        return self._shop(int(code))

    def young_shop(self, draws: Draws, category: str, *, online: bool, most_days: int) -> Shop:
        number = BY_NAME[category]
        home = draws.below(self._setting.geography.home_cities)
        place = self._universe.n_cities if online else home
        state = np.uint64(draws.bits(1_000_000 + draws.below(1 << 20)))
        code = find_young_shop(
            self._key, place, number, int(self._universe.sizes[place, number]), self._date, self._lease, most_days,
            state,
        )  # fmt: skip
        return self._shop(int(code))

    def favourite_shop(self, customer: int, draws: Draws) -> Shop:
        mine = self._favourites(customer)
        u = draws.next()
        return self._shop(int(mine[int(u * u * len(mine))]))

    def _favourites(self, customer: int) -> npt.NDArray[np.int64]:
        favourites: npt.NDArray[np.int64] = self._days[customer // BLOCK].block.favourites[customer % BLOCK]
        return favourites

    def is_forgotten(self, until: int) -> bool:
        return until < self._setting.window(-REMEMBERED_DAYS)[0]

    def busy_terminal(self, draws: Draws, category: str) -> Shop:
        """Where people in a large town go: a customer's favourite of the category, or a machine near his home."""
        number = BY_NAME[category]
        for _ in range(0 if number == CASH_MACHINE else 200):
            mine = self._favourites(draws.below(len(self._people)))
            categories, places = categories_and_places(mine)
            fitting = mine[(categories == number) & (places < self._universe.n_cities)]
            if len(fitting):
                return self._till(self._shop(int(fitting[0])), draws)
        city = int(self._of["city"][draws.below(len(self._people))])
        return self._till(self._find(draws, city, number), draws)

    def _till(self, shop: Shop, draws: Draws) -> Shop:
        state = np.uint64(profile(self._key, shop.merchant))
        tills = int(terminals_of(state, rank_of(shop.merchant)))
        return Shop(shop.merchant, shop.category, shop.country, shop.city, draws.below(tills))

    def watch(self, shop: Shop) -> None:
        self._watchlist.watch(shop.merchant * MAX_TERMINALS + shop.terminal)

    def cards_seen(self, shop: Shop, since: int) -> list[CardRead]:
        """Cards seen since day 0, after the regulars who must have come by before it, when nobody was looking."""
        day_zero = self._setting.window(0)[0]
        before = self._reads_before(shop, since, min(self._start, day_zero)) if since < day_zero else []
        seen = self._watchlist.seen.get(shop.merchant * MAX_TERMINALS + shop.terminal, ())
        first: dict[tuple[int, int], int] = {}
        for customer, slot, time in [*before, *(read for read in seen if read[2] >= since)]:
            first.setdefault((customer, slot), time)
        return [(customer, slot, time) for (customer, slot), time in first.items()]

    def _reads_before(self, shop: Shop, since: int, until: int) -> list[CardRead]:
        """Who would have used a terminal between two moments before day 0, and when, in order of time."""
        key, days = self._setting.keys[Purpose.STOLEN_DATA], (until - since) / DAY_US
        state = np.uint64(profile(self._key, shop.merchant))
        tills = int(terminals_of(state, rank_of(shop.merchant)))
        known = self._known_to(shop)
        luck = np.empty((3, len(known)))
        draws_of(key, known, shop.merchant, 0, luck)
        visits = REGULAR_VISITS_PER_MONTH * days / MONTH_DAYS / tills
        came = luck[0] < 1.0 - float(exp(-visits))
        by_credit = (self._of["has_credit"][known] > 0) & (luck[1] < 0.3)
        slots = np.where(by_credit, CREDIT_CARD, DEBIT_CARD)
        times = since + (luck[2] * (until - since)).astype(np.int64)
        reads = zip(known[came].tolist(), slots[came].tolist(), times[came].tolist(), strict=True)
        return sorted(reads, key=lambda read: (read[2], read[0]))

    def _known_to(self, shop: Shop) -> npt.NDArray[np.int64]:
        """Customers who have a shop among their favourites; of a cash machine, its share of the town."""
        if BY_NAME[shop.category] == CASH_MACHINE:
            near = self._regulars.of_town(shop.city)
            size = float(self._universe.sizes[shop.city, CASH_MACHINE])
            luck = np.empty((1, len(near)))
            draws_of(self._setting.keys[Purpose.STOLEN_DATA], near, shop.merchant, 3, luck)
            known: npt.NDArray[np.int64] = near[luck[0] < 3.0 * popularity(int(rank_of(shop.merchant)), size)]
            return known
        return self._regulars.of_shop(shop.merchant)

    def whereabouts(self, customer: int, time: int) -> int:
        number = self._number + (time - self._start) // DAY_US
        local = time - self.local_time(customer, time, 0.0)
        return int(city_on(self._people, customer, number, local, self._day, self._setting.world))

    def next_pin(self, customer: int, slot: int, after: int) -> Sighting | None:
        seen = self._days[customer // BLOCK].next_with_pin(customer % BLOCK, slot, after)
        return seen and Sighting(seen[0], int(place_of(seen[1])))

    def another_city(self, draws: Draws, city: int, *, abroad: bool) -> int:
        table = self._setting.stripe_cities if abroad else self._world["domestic"]
        for _ in range(16):
            other = int(table[draws.below(len(table))])
            if other != city:
                return other
        return city

    def local_time(self, customer: int, date_us: int, hour: float, *, city: int = -1) -> int:
        zone = self._city_zone[self._of["city"][customer] if city < 0 else city]
        offset = int(self._zones[zone, 0]) * 60_000_000
        midnight = (date_us + offset) // DAY_US * DAY_US - offset
        return midnight + int(hour * HOUR_US)

    def daytime(self, u: float, *, online: bool = True) -> float:
        curve = self._curves[online]
        x = u * KNOTS
        k = int(x)
        return float(curve[k] + (x - k) * (curve[k + 1] - curve[k])) / HOUR_US

    def _shop(self, code: int) -> Shop:
        place, n_cities = int(place_of(code)), self._universe.n_cities
        category = CATEGORIES[int(category_of(code))].name
        if place >= n_cities:
            return Shop(code, category, place - n_cities, -1)
        return Shop(code, category, int(self._setting.geography.city_country[place]), place)
