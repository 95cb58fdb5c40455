"""What people buy: merchant categories with their code, ticket, timing and habits.

``share`` is the category's part of all purchases, ``median`` (in euros of 2024) and ``sigma`` (of ln amount)
describe the ticket of an average customer at an average merchant. Shares, medians and sigmas of grocery,
general merchandise, petrol, fast food, restaurants, services and entertainment follow the US Federal
Reserve's Diary of Consumer Payment Choice 2017-19 (general merchandise 25 %, 31 USD, 1.19; grocery 25 %,
28 USD, 1.13; petrol 15 %, 28 USD, .80; fast food 15 %, 9.6 USD, .80; restaurant 9 %, 30 USD, .72; services
3 %, 29 USD, 1.34; entertainment 2 %, 25 USD, 1.37), split over the MCCs they consist of; petrol is halved for
European travel habits. The split, online shares, people per merchant and refund rates are assumptions: a
merchant for every 45 people, since besides shops in the street there are stalls, canteens, drivers and others who work
alone. Codes are those of ISO 18245.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt


class Hours(IntEnum):
    """Hour-of-day profile of a category; the curves are in behaviour.timing."""

    SHOP = 0
    MORNING = 1
    MEALS = 2
    DINNER = 3
    NIGHT = 4
    COMMUTE = 5
    OFFICE = 6
    ONLINE = 7
    LEISURE = 8
    CASH = 9


class Price(IntEnum):
    """How a category sets prices."""

    BASKET = 0  # a sum of many items: any cents
    CHARM = 1  # .99, .95, .90
    MENU = 2  # a short list, half-euro steps: the usual coffee costs the same each time
    ROUND = 3  # whole units, tens and fifties
    FIXED = 4  # one or two prices per merchant
    METERED = 5  # measured: any cents, some customers stop at round amounts
    FARE = 6  # a few prices per merchant, never charm prices


@dataclass(frozen=True, slots=True)
class Category:
    name: str
    mcc: str
    share: float
    median: float
    sigma: float
    online_share: float
    people_per_merchant: int
    hours: Hours
    price: Price
    refund_share: float
    weekend: float  # purchases on a weekend day relative to a weekday
    favourite: float  # weight among favourites
    risky: bool = False  # goods easily resold or turned into cash


_H, _P = Hours, Price

CATEGORIES: tuple[Category, ...] = (
    Category("grocery", "5411", 0.200, 24, 0.95, 0.03, 400, _H.SHOP, _P.BASKET, 0.009, 1.10, 2.6),
    Category("convenience", "5499", 0.045, 7.5, 0.70, 0.00, 500, _H.SHOP, _P.BASKET, 0.0045, 1.00, 1.5),
    Category("bakery", "5462", 0.040, 5.4, 0.60, 0.00, 1000, _H.MORNING, _P.MENU, 0.0015, 1.10, 1.5),
    Category("fast_food", "5814", 0.120, 9.2, 0.70, 0.12, 400, _H.MEALS, _P.MENU, 0.0045, 1.00, 1.9),
    Category("restaurant", "5812", 0.070, 29, 0.72, 0.03, 400, _H.DINNER, _P.MENU, 0.003, 1.35, 0.6),
    Category("bar", "5813", 0.025, 13, 0.80, 0.00, 600, _H.NIGHT, _P.MENU, 0.0015, 1.50, 0.6),
    Category("fuel", "5541", 0.060, 44, 0.62, 0.00, 3000, _H.COMMUTE, _P.METERED, 0.0015, 0.90, 1.2),
    Category("transit", "4111", 0.050, 3.3, 0.62, 0.10, 25000, _H.COMMUTE, _P.FARE, 0.006, 0.55, 2.0),
    Category("taxi", "4121", 0.012, 16, 0.60, 0.40, 600, _H.NIGHT, _P.METERED, 0.009, 1.25, 0.2),
    Category("parking", "7523", 0.030, 4.2, 0.75, 0.25, 2500, _H.SHOP, _P.METERED, 0.003, 0.90, 0.5),
    Category("pharmacy", "5912", 0.030, 13, 0.85, 0.06, 3000, _H.SHOP, _P.CHARM, 0.015, 0.55, 0.5),
    Category("clothing", "5651", 0.035, 38, 0.85, 0.38, 600, _H.SHOP, _P.CHARM, 0.225, 1.20, 0.3, True),
    Category("shoes", "5661", 0.008, 62, 0.60, 0.38, 3000, _H.SHOP, _P.CHARM, 0.225, 1.20, 0.0, True),
    Category("department_store", "5311", 0.030, 33, 1.10, 0.15, 10000, _H.SHOP, _P.CHARM, 0.09, 1.20, 0.7),
    Category("discount_store", "5310", 0.035, 12, 0.80, 0.02, 3000, _H.SHOP, _P.CHARM, 0.0225, 1.05, 1.1),
    Category("electronics", "5732", 0.012, 80, 1.25, 0.50, 3000, _H.SHOP, _P.CHARM, 0.105, 1.05, 0.0, True),
    Category("home_improvement", "5200", 0.022, 33, 1.10, 0.15, 1500, _H.SHOP, _P.CHARM, 0.06, 1.25, 0.2),
    Category("furniture", "5712", 0.006, 130, 1.20, 0.30, 4000, _H.SHOP, _P.CHARM, 0.06, 1.25, 0.0),
    Category("books", "5942", 0.010, 17, 0.70, 0.45, 5000, _H.SHOP, _P.CHARM, 0.03, 1.05, 0.1),
    Category("sports", "5941", 0.008, 44, 0.90, 0.35, 4000, _H.SHOP, _P.CHARM, 0.12, 1.10, 0.0),
    Category("hairdresser", "7230", 0.012, 34, 0.60, 0.02, 600, _H.OFFICE, _P.MENU, 0.0015, 0.60, 0.0),
    Category("florist", "5992", 0.006, 22, 0.60, 0.15, 1500, _H.SHOP, _P.ROUND, 0.003, 1.05, 0.0),
    Category("liquor", "5921", 0.010, 17, 0.75, 0.08, 3000, _H.SHOP, _P.CHARM, 0.0045, 1.15, 0.2),
    Category("doctor", "8011", 0.010, 42, 1.20, 0.10, 800, _H.OFFICE, _P.BASKET, 0.009, 0.10, 0.0),
    Category("dentist", "8021", 0.004, 85, 0.95, 0.05, 2000, _H.OFFICE, _P.BASKET, 0.006, 0.05, 0.0),
    Category("hotel", "7011", 0.011, 125, 0.80, 0.60, 1500, _H.LEISURE, _P.BASKET, 0.09, 1.10, 0.0),
    Category("airline", "4511", 0.003, 170, 0.90, 0.97, 400000, _H.ONLINE, _P.BASKET, 0.075, 0.90, 0.0, True),
    Category("travel_agency", "4722", 0.003, 310, 1.00, 0.85, 30000, _H.ONLINE, _P.BASKET, 0.075, 0.95, 0.0, True),
    Category("entertainment", "7832", 0.014, 19, 0.90, 0.45, 6000, _H.LEISURE, _P.MENU, 0.009, 1.60, 0.1),
    Category("attractions", "7991", 0.006, 27, 1.00, 0.40, 3000, _H.LEISURE, _P.ROUND, 0.018, 1.90, 0.0),
    Category("digital_media", "5815", 0.028, 9.0, 0.75, 1.00, 300000, _H.ONLINE, _P.FIXED, 0.018, 1.05, 0.6),
    Category("digital_games", "5816", 0.016, 10, 1.00, 1.00, 300000, _H.ONLINE, _P.FIXED, 0.018, 1.15, 0.3),
    Category("software", "5734", 0.005, 22, 1.00, 0.95, 200000, _H.ONLINE, _P.FIXED, 0.03, 0.80, 0.0, True),
    Category("marketplace", "5399", 0.066, 26, 1.10, 0.97, 3000, _H.ONLINE, _P.CHARM, 0.12, 0.95, 1.8, True),
    Category("food_delivery", "5811", 0.014, 24, 0.50, 0.95, 4000, _H.DINNER, _P.BASKET, 0.018, 1.35, 0.4),
    Category("gift_cards", "5947", 0.005, 27, 0.70, 0.70, 20000, _H.ONLINE, _P.ROUND, 0.015, 1.00, 0.0, True),
    Category("charity", "8398", 0.006, 10, 1.00, 0.75, 8000, _H.ONLINE, _P.ROUND, 0.003, 0.90, 0.0),
    Category("mobile_top_up", "4814", 0.008, 15, 0.50, 0.90, 200000, _H.ONLINE, _P.ROUND, 0.006, 1.00, 0.2),
    Category("gambling", "7995", 0.007, 20, 1.05, 0.92, 100000, _H.ONLINE, _P.ROUND, 0.003, 1.30, 0.1, True),
    Category("quasi_cash", "6051", 0.002, 95, 1.20, 1.00, 300000, _H.ONLINE, _P.ROUND, 0.003, 1.00, 0.0, True),
    Category("government", "9399", 0.006, 46, 1.20, 0.60, 20000, _H.OFFICE, _P.ROUND, 0.009, 0.15, 0.0),
    Category("car_service", "7538", 0.009, 150, 1.00, 0.03, 1200, _H.OFFICE, _P.BASKET, 0.009, 0.30, 0.0),
    Category("veterinary", "0742", 0.003, 65, 0.90, 0.02, 6000, _H.OFFICE, _P.BASKET, 0.0045, 0.25, 0.0),
    Category("postal", "4215", 0.006, 9.5, 0.80, 0.35, 6000, _H.OFFICE, _P.BASKET, 0.009, 0.40, 0.0),
    # Not bought but used: cash machines, and the wallet and telecom firms that bill through a card.
    Category("cash_machine", "6011", 0.0, 60, 0.60, 0.00, 2500, _H.CASH, _P.ROUND, 0, 0.95, 0.0),
    Category("wallet_top_up", "6540", 0.0, 30, 0.70, 1.00, 400000, _H.ONLINE, _P.ROUND, 0, 1.00, 0.0),
    Category("telecom", "4899", 0.0, 24, 0.40, 1.00, 200000, _H.ONLINE, _P.FIXED, 0, 1.00, 0.0),
    Category("gym", "7997", 0.0, 27, 0.35, 1.00, 60000, _H.ONLINE, _P.FIXED, 0, 1.00, 0.0),
    # Agents of mobile money, who change cash for it: 395,000 for the 54 million people of Kenya (Kenya National Bureau
    # of Statistics, Economic Survey 2025).
    Category("cash_agent", "6010", 0.0, 20, 0.90, 0.00, 140, _H.CASH, _P.ROUND, 0, 0.95, 0.0),
)

BY_NAME: dict[str, int] = {category.name: number for number, category in enumerate(CATEGORIES)}
MCCS: tuple[str, ...] = tuple(category.mcc for category in CATEGORIES)
CASH_MACHINE = BY_NAME["cash_machine"]
WALLET_TOP_UP = BY_NAME["wallet_top_up"]
TELECOM = BY_NAME["telecom"]
GYM = BY_NAME["gym"]
DIGITAL_MEDIA = BY_NAME["digital_media"]
CASH_AGENT = BY_NAME["cash_agent"]
ON_WEB_ALONE = 1e9  # instead of an online share: whoever buys, buys on the web

CATEGORY = np.dtype(
    [
        ("log_median", "f8"),
        ("sigma", "f8"),
        ("online_share", "f8"),
        ("refund_share", "f8"),
        ("hours", "i4"),
        ("price", "i4"),
        ("risky", "i4"),
        ("pad", "i4"),
    ],
    align=True,
)

# How a segment's choice of categories departs from the average: factors on ``share`` (assumptions).
SEGMENT_FACTORS: dict[str, dict[str, float]] = {
    "student": {"fast_food": 1.6, "bar": 2.0, "fuel": 0.3, "transit": 1.8, "digital_games": 2.0, "hotel": 0.4,
                "home_improvement": 0.2, "furniture": 0.4, "pharmacy": 0.6, "car_service": 0.2},
    "salaried": {},
    "self_employed": {"fuel": 1.5, "parking": 1.4, "postal": 1.6, "software": 1.6, "restaurant": 1.2},
    "retiree": {"pharmacy": 2.2, "doctor": 2.0, "transit": 0.5, "bar": 0.4, "digital_games": 0.1, "gambling": 0.8,
                "bakery": 1.5, "fast_food": 0.4, "marketplace": 0.6, "florist": 1.6},
    "affluent": {"restaurant": 1.6, "hotel": 2.0, "airline": 2.0, "travel_agency": 1.5, "taxi": 1.5},
    "small_business": {"fuel": 1.8, "home_improvement": 2.5, "postal": 4.0, "software": 5.0,
                       "marketplace": 1.4, "bar": 0.3, "clothing": 0.4, "parking": 1.6, "restaurant": 1.3},
}  # fmt: skip


def category_records(price_level: float, *, on_web_alone: bool = False) -> npt.NDArray[np.void]:
    """The categories as an array of ``CATEGORY``; ``price_level`` is units of the home currency per euro."""
    from fintxsim.numerics import log

    records = np.zeros(len(CATEGORIES), CATEGORY)
    for record, category in zip(records, CATEGORIES, strict=True):
        record["log_median"] = log(category.median * price_level)
        record["sigma"] = category.sigma
        record["online_share"] = ON_WEB_ALONE if on_web_alone else category.online_share
        record["refund_share"] = category.refund_share
        record["hours"] = category.hours
        record["price"] = category.price
        record["risky"] = category.risky
    return records
