"""Codes of accounts, devices and addresses: 48-bit integers with an owner and a slot."""

from __future__ import annotations

from tests.oracle.draws import mix

_ELSEWHERE = 1 << 46  # accounts at other banks, devices that nobody has enrolled, addresses that many share
_WELL_KNOWN = 1 << 45
_SINGLES = 1 << 30  # addresses of those who live alone


def account(customer: int, kind: int) -> int:
    return 4 * customer + kind


def owner_of(account_code: int) -> int:
    return account_code // 4


def kind_of(account_code: int) -> int:
    return account_code % 4


def payee(customer: int, number: int) -> int:
    """An account at another bank that a customer found for himself."""
    return _ELSEWHERE + customer * 16384 + number


def creditor(number: int) -> int:
    """The account of a utility, landlord or employer at home."""
    return _ELSEWHERE + _WELL_KNOWN + number


def phone(customer: int, generation: int) -> int:
    return customer * 512 + generation % 256


def browser(customer: int, generation: int) -> int:
    """The computer at home, which a household shares."""
    owner = customer - customer % 2 if _shares_household(customer) else customer
    return owner * 512 + 256 + generation % 256


def guest(customer: int, day: int) -> int:
    """A device that a customer uses for a day and that nobody has enrolled."""
    return _ELSEWHERE + _WELL_KNOWN + customer * 4096 + day % 4096


def is_browser(device: int) -> bool:
    """Of the devices that nobody has enrolled, three in five are computers."""
    return mix(device) % 5 < 3 if device >= _ELSEWHERE else device // 256 % 2 == 1


def _shares_household(customer: int) -> bool:
    """Half of the customers live with the one before or after them."""
    return mix(customer // 2) % 2 == 1


def home_address(customer: int) -> int:
    return customer // 2 if _shares_household(customer) else _SINGLES + customer


def carrier_address(lot: int) -> int:
    """One of the few addresses behind which a carrier puts its customers."""
    return _ELSEWHERE + lot % 2048


def visitor_address(city: int, lot: int) -> int:
    return _ELSEWHERE + _WELL_KNOWN + city * 1024 + lot % 1024


def tunnel_exit(country: int, lot: int) -> int:
    return _ELSEWHERE + _WELL_KNOWN // 2 + country * 256 + lot % 256
