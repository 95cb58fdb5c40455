"""What the engine knows of a customer: one fixed-width record each, the rows of a customer block.

Money is in minor units of the home currency. ``*_code`` fields are engine codes (see ``tokens``). Days are counted
from the first day of the run (day 0); negative days lie before it.
"""

from __future__ import annotations

import numpy as np

from fintxsim.compiled import Record, compiled, kernel
from fintxsim.streams import mix

N_FAVOURITES = 8
MAX_FRIENDS = 8
N_CONTRACTS = 10
CURRENT, SAVINGS, CREDIT = 0, 1, 2  # account slots
DEBIT_CARD, CREDIT_CARD = 0, 1  # card slots

CARD_OK, CARD_LOST, CARD_STOLEN, CARD_RESTRICTED = 0, 1, 2, 3  # answers 00, 41, 43, 62

PERSON = np.dtype(
    [
        ("income", "i8"),  # net per month
        ("balance", "i8", (3,)),
        ("limit", "i8", (3,)),  # overdraft of the current account, 0, credit limit
        ("card_day_spent", "i8", (2,)),
        ("devices", "i8", (4,)),  # the last four devices that the bank saw approved
        ("old_device", "i8"),  # the phone or computer that was replaced last
        ("last_card_time", "i8"),
        ("last_payee", "i8"),  # account of the payee who was new last
        ("last_payee_time", "i8"),  # when that was
        ("arrival", "i8"),  # moment before which the customer is on a journey today; 0: on none
        ("activity", "f4"),  # purchases on an average day
        ("spend", "f4"),  # log of the personal price scale
        ("digital", "f4"),  # factor on a category's online share
        ("loyalty", "f4"),  # share of purchases at favourites
        ("contactless", "f4"),
        ("credit_share", "f4"),  # share of card payments on the credit card
        ("cash_per_day", "f4"),
        ("deposit_per_day", "f4"),
        ("transfer_per_day", "f4"),
        ("login_per_day", "f4"),
        ("top_up_per_day", "f4"),
        ("burst", "f4"),  # 0 steady to 2.4 very bursty
        ("spell_days", "f4"),  # length of a pause or a burst
        ("trip_every_days", "f4"),  # 0: never travels
        ("abroad", "f4"),  # share of trips that leave the country
        ("routine", "f4"),  # chance of the weekday routine purchase
        ("usual_log_amount", "f4"),  # running mean of ln(card amount), for the bank's controls
        ("spell_factor", "f4"),  # today's pause or burst, kept while the spell lasts
        ("spell", "i4"),  # its number
        ("routine_price", "f4"),  # about what it costs, in units priced like one euro
        ("routine_minute", "i4"),
        ("card_expiry_day", "i4", (2,)),
        ("card_back_day", "i4", (2,)),  # day on which a replacement arrives; NOT_BLOCKED if none is on its way
        ("due_mask", "u4"),  # days of the month with a contract, bit k = day k
        ("payees", "i4"),  # payees at other banks known so far
        ("friends", "i4", (MAX_FRIENDS,)),  # customers to whom money is sent
        ("friend_count", "i4"),
        ("window_start", "i4"),  # look-alikes: first day of the window that ``episode_days`` is about
        ("episode_days", "u4"),  # bit k: an episode is under way on day k of the window
        ("city", "i2"),
        ("second_town", "i2"),  # where the customer often is besides; the same as ``city``: nowhere
        ("stayed", "i2"),  # city of the last night: a trip's, or AT_HOME; see behaviour.outings
        ("town", "i2"),  # of today's outing, or AT_HOME
        ("leaves", "i2"),  # minutes of the local day of that outing: leaves home, arrives, departs, is back
        ("arrives", "i2"),
        ("departs", "i2"),
        ("returns", "i2"),
        ("card_generation", "i2", (2,)),
        ("card_day_count", "i2", (2,)),
        ("recent_declines", "i2"),
        ("recent_attempts", "i2"),
        ("last_country", "i2"),
        ("phone_generation", "i2"),
        ("browser_generation", "i2"),
        ("lookalikes", "u2"),  # bit k: the look-alike number k can happen to the customer
        ("segment", "i1"),
        ("age_band", "i1"),
        ("pay_day", "i1"),  # day of the month of salary or benefits; 0: irregular income
        ("has_savings", "i1"),
        ("has_credit", "i1"),
        ("has_browser", "i1"),
        ("card_status", "i1", (2,)),
        ("pin_failures", "i1", (2,)),
        ("friends_known", "u1"),  # bit k: friend k has been paid before
        ("card_taken", "i1", (2,)),  # the card is in somebody else's hands
        ("impostor", "i1"),  # number of the typology whose crews made this identity up; 0: a real person
        ("frozen_until", "i4"),  # day before which nothing leaves the accounts
        ("replaced_day", "i4"),  # when that was
        ("phone_owner", "i4"),  # customer whose phone this one uses
        ("address", "i4"),  # customer at whose address this one lives
        ("paid_elsewhere", "i1"),  # income does not come to this institution
        ("touched", "i1"),  # a campaign may have changed this customer's rows
    ],
    align=True,
)

CONTRACT = np.dtype(
    [
        ("amount", "i8"),
        ("creditor", "i8"),  # account code, or merchant code of a card subscription
        ("variation", "f4"),  # standard deviation of ln amount from month to month
        ("kind", "i1"),
        ("day", "i1"),  # day of the month, 1-28
        ("rail", "i1"),
        ("weekly", "i1"),  # a subscription charged every week, not every month
    ],
    align=True,
)

AT_HOME = -1  # instead of a city
NO_NIGHT_YET = -2  # before day 0
NOT_BLOCKED = -1_000_000  # before any day of a run
CARD_YEARS_DAYS = 1460  # a card is good for four years
RENEWAL_DAYS = 60  # how long merchants may still hold the card before


@compiled
def recently_renewed(person: Record, slot: int, day_number: int) -> bool:
    """Whether the card replaced another one so lately that merchants may still hold the old one."""
    newest = person.card_expiry_day[slot] - day_number > CARD_YEARS_DAYS - RENEWAL_DAYS
    return newest and person.card_generation[slot] > 0


@compiled
def is_in_hand(person: Record, slot: int) -> bool:
    """Whether the holder has the card with him: not taken, and not lost and reported."""
    if person.card_taken[slot] == 1:
        return False
    return person.card_back_day[slot] == NOT_BLOCKED or person.card_status[slot] != CARD_LOST


@compiled
def replace_device(person: Record, old: int, day_number: int) -> None:
    """Remember what was in use until today."""
    person.old_device = old
    person.replaced_day = day_number


# Codes: 48-bit integers with an owner and a slot, turned into tokens in the files.
_FOREIGN = 1 << 46  # accounts at other banks
STRANGER = 1 << 46  # devices that are not enrolled by a customer


@compiled
def account_code(customer: int, slot: int) -> int:
    """Code of an account of this bank."""
    return customer * 4 + slot


def customer_of(account: int) -> int:
    """Whose account of this bank a code is; -1 if it is kept elsewhere, or no code."""
    return account // 4 if 0 <= account < _FOREIGN else -1


@compiled
def payee_code(customer: int, ordinal: int) -> int:
    """Code of an account at another bank that a customer found for himself."""
    return _FOREIGN + (customer << 14) + ordinal


@compiled
def creditor_code(country: int, number: int) -> int:
    """Code of the account of a utility, landlord, employer or other well-known payee."""
    return _FOREIGN + (1 << 45) + country * 1_000_000 + number


@kernel
def outside_code(owner: int, ordinal: int) -> int:
    """Code of an account at another bank that a criminal controls; from the pool of everybody's payees."""
    return _FOREIGN + (1 << 44) + (owner << 14) + ordinal


@compiled
def card_code(customer: int, slot: int, generation: int) -> int:
    return (customer << 9) | (slot << 8) | (generation & 255)


@compiled
def shares_household(customer: int) -> bool:
    """Whether a customer lives with his neighbour in the numbering: half of them do (assumption)."""
    return bool(mix(np.uint64(customer >> 1)) & np.uint64(1) == np.uint64(1))


@compiled
def phone_code(customer: int, generation: int) -> int:
    return (customer << 9) | (generation & 255)


@compiled
def browser_code(customer: int, generation: int) -> int:
    """A computer at home; households share one."""
    owner = (customer >> 1) << 1 if shares_household(customer) else customer
    return (owner << 9) | 256 | (generation & 255)


@compiled
def guest_code(customer: int, day: int) -> int:
    """A device used for one day: at work, in a hotel, a friend's."""
    return STRANGER + (1 << 45) + (customer << 12) + (day & 4095)


def is_guest(device: int) -> bool:
    return device >= STRANGER + (1 << 45)


@kernel
def outside_device_code(owner: int, ordinal: int) -> int:
    """A device that belongs to no customer."""
    return STRANGER + (owner << 14) + (ordinal & 16383)


@compiled
def is_browser(device: int) -> bool:
    """Kind of a device: a browser or a phone with the app."""
    if device >= STRANGER:
        return int(mix(np.uint64(device)) % np.uint64(5)) < 3
    return (device >> 8) & 1 == 1


@compiled
def home_ip_code(customer: int) -> int:
    """Address of a household's connection."""
    return customer >> 1 if shares_household(customer) else (1 << 30) + customer


@kernel
def mobile_ip_code(lot: np.uint64) -> int:
    """One of the addresses behind which a carrier puts its customers."""
    return (1 << 46) + int(lot & np.uint64(2047))


@compiled
def roaming_ip_code(city: int, lot: np.uint64) -> int:
    """An address in a visited city: hotel, carrier, cafe."""
    return (1 << 46) + (1 << 45) + (city << 10) + int(lot & np.uint64(1023))


@kernel
def tunnel_ip_code(country: int, lot: np.uint64) -> int:
    """The exit of a virtual private network in a country: the same few for everybody, criminals included."""
    return (1 << 46) + (1 << 44) + (country << 8) + int(lot & np.uint64(255))
