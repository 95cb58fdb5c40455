"""Knobs of genuine behaviour, and the arrays that the compiled day works on."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from fintxsim.bank.config import BANK
from fintxsim.bank.velocity import KINDS, REPORTED, SLOTS
from fintxsim.behaviour.timing import KNOTS, LOOKALIKES
from fintxsim.institution import INSTITUTION, Institution
from fintxsim.population.categories import CATEGORY
from fintxsim.population.customers import DESTINATIONS, TABLE

Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(ge=0, le=10)]


class BehaviourConfig(BaseModel):
    """How customers behave. Every factor multiplies the documented default behaviour; 0 switches it off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purchases: Factor = Field(1.0, description="Factor on the number of card purchases.")
    favourites: Factor = Field(1.0, description="Factor on the share of purchases made at favourite merchants.")
    routine: Factor = Field(
        1.0, description="Factor on the weekday routine purchase (the usual coffee, the usual fare)."
    )
    online: Factor = Field(1.0, description="Factor on the online share of every category.")
    cash: Factor = Field(1.0, description="Factor on cash withdrawals and deposits.")
    bills: Factor = Field(1.0, le=1.0, description="Share of bills, direct debits and subscriptions that are kept.")
    income: Factor = Field(1.0, description="Factor on salaries, benefits and other income.")
    income_share: Share = Field(
        1.0, description="Share of customers whose income comes to an account here; others' comes elsewhere."
    )
    transfers: Factor = Field(1.0, description="Factor on transfers to other people.")
    top_ups: Factor = Field(1.0, description="Factor on wallet top-ups.")
    logins: Factor = Field(1.0, description="Factor on app and web logins without a payment.")
    trips: Factor = Field(1.0, description="Factor on the number of trips.")
    refunds: Factor = Field(1.0, description="Factor on each category's refund share.")
    bursts: Factor = Field(
        1.0, le=2.0, description="Factor on how unevenly customers spread their purchases over weeks."
    )
    phases: Factor = Field(
        1.0, le=2.0,
        description="Factor on how much a customer's purchases change from one phase of life, of months, to the next.",
    )  # fmt: skip
    price_points: bool = Field(
        True, description="Whether shops set prices at price points, such as .99; without them every sum has any cents."
    )
    week: float = Field(
        1.0, ge=0, le=2, description="Factor on how much the days of the week differ in volume; 0 makes them alike."
    )
    new_payee_share: Share = Field(
        0.12, description="Share of transfers that go to a payee never paid before (assumption)."
    )
    friend_share: Share = Field(
        0.42, description="Share of transfers that go to friends who are customers here (assumption)."
    )
    receipts: Factor = Field(
        0.0, description="Transfers received from people elsewhere for each that is sent to one; most have none here."
    )
    round_share: Share = Field(0.62, description="Share of transfers of a round sum: fives, fifties (assumption).")
    reversal_share: Share = Field(
        0.0015, description="Share of approved card payments reversed within the hour (assumption)."
    )
    retry_share: Share = Field(
        0.55, description="Share of declined card payments that are tried again at once (assumption)."
    )
    switch_share: Share = Field(
        0.35, description="Share of those refused for funds or risk who try again with their other card (assumption)."
    )
    three_ds_share: Share = Field(
        0.62, description="Share of non-exempt e-commerce payments that go through 3-D Secure (assumption)."
    )
    sca_exemption_share: Share = Field(
        1.0,
        description="Factor on the shares of orders exempt from strong authentication; 0 where no law asks for it.",
    )
    address_check_share: Share = Field(
        0.26, description="Share of web orders for which the issuer checks the address (assumption for Europe)."
    )
    unknown_device_share: Share = Field(
        0.12,
        description="Share of web orders by card from a browser that nobody knows: its cookies were cleared, or it is "
        "not the usual one (31 % of users clear cookies within a month, 7 % more than four times, comScore 2007: of "
        "weekly orders one in eight).",
    )
    stored_share: Share = Field(
        0.7, description="Share of a customer's usual web shops that keep the details of his card (assumption)."
    )
    full_repayment_share: Share = Field(
        0.7, description="Share of holders of credit cards who repay all they owe every month (assumption)."
    )
    several_share: Share = Field(
        0.40, description="Share of purchases of several priced articles at once, whose sum ends anyhow (assumption)."
    )
    weekend: Factor = Field(1.0, description="Factor on the number of purchases at weekends and on public holidays.")
    daily_shock: float = Field(
        0.12, ge=0, le=0.6,
        description="Standard deviation of the daily volume shock shared by everybody (assumption; daily card counts "
        "of real data vary .07-.40 beyond chance and weekday).",
    )  # fmt: skip


HABITS = np.dtype([(name, "f8") for name in BehaviourConfig.model_fields])

COUNTRY = np.dtype(
    [
        ("currency", "i8"),
        ("rate", "f8"),  # units of the local currency per unit of the home currency
        ("minor", "f8"),  # minor units in a unit of the local currency
        ("step", "f8"),  # minor units in the sum that is priced like one euro: 1 EUR, 100 JPY, 100 INR
    ]
)


# One kind of benign look-alike, by its number; see lookalikes.
LOOKALIKE = np.dtype(
    [
        ("per_day", "f8"),  # expected episodes per day of a customer to whom it can happen; 0: off
        ("shortest", "i8"),  # days of an episode
        ("longest", "i8"),
        ("anchor", "i8"),  # on which days it can begin: lookalikes.base.Anchor
        ("returned", "f8"),  # share of its purchases that are brought back together, 0: as any other
        ("knobs", "f8", (4,)),  # the kind's own settings
    ]
)

MAX_CITIES, MAX_COUNTRIES, MAX_CATEGORIES = 512, 32, 64

# Everything a customer's day depends on that is not the customer: one record, alike for all blocks; only the engine
# writes to it, between slices of the day. Compiled code gets it as one pointer. A tuple of arrays would be copied, a
# kilobyte at a time, at every call.
WORLD = np.dtype(
    [
        ("keys", "u8", (64,)),  # by streams.Purpose
        ("habits", HABITS),
        ("bank", BANK),
        ("institution", INSTITUTION),
        ("categories", CATEGORY, (MAX_CATEGORIES,)),
        ("countries", COUNTRY, (MAX_COUNTRIES,)),
        ("lookalikes", LOOKALIKE, (LOOKALIKES,)),
        ("n_countries", "i8"),
        ("n_cities", "i8"),
        ("lease", "f8", (2,)),  # shortest and longest life of a merchant, days
        ("hours", "f8", (10, 2, KNOTS + 1)),  # local time by curve, weekday or weekend, quantile
        ("opening", "i8", (10, 2)),
        ("category_table", "i2", (6, 2, TABLE)),  # by segment, weekday or weekend
        ("favourite_table", "i2", (6, TABLE)),
        ("city_table", "i2", (TABLE,)),  # home cities
        ("city_country", "i2", (MAX_CITIES,)),
        ("city_zone", "i2", (MAX_CITIES,)),
        ("city_north_km", "f8", (MAX_CITIES,)),  # from the equator
        ("city_lon", "f8", (MAX_CITIES,)),  # degrees
        ("city_degree_km", "f8", (MAX_CITIES,)),  # length of a degree of longitude there
        ("gravity", "i2", (MAX_CITIES, DESTINATIONS)),  # where the people of a home city shop
        ("abroad", "i2", (DESTINATIONS,)),  # where trips go
        ("domestic", "i2", (DESTINATIONS,)),
        (
            "hot",
            "u1",
            (KINDS * SLOTS,),
        ),  # entities at which much was refused, see bank.velocity
        ("reported", "i8", (REPORTED,)),  # accounts named in reports of fraud, see bank.velocity
        ("sizes", "i4", (MAX_CITIES + MAX_COUNTRIES, MAX_CATEGORIES)),  # merchants by place and category
    ],
    align=True,
)


def habit_record(config: BehaviourConfig, institution: Institution) -> npt.NDArray[np.void]:
    """The knobs as an array of one ``HABITS``; habits that leave no trace at the institution are 0."""
    record = np.zeros(1, HABITS)
    for name in BehaviourConfig.model_fields:
        record[0][name] = 0.0 if name in institution.unseen else getattr(config, name)
    return record
