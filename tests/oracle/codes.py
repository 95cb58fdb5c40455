"""Codes of accounts, devices and addresses: 48-bit integers with an owner and a slot."""

from __future__ import annotations

_ELSEWHERE = 1 << 46  # accounts at other banks; among addresses, the mobile networks'
_WELL_KNOWN = 1 << 45


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


def browser(customer: int) -> int:
    return customer * 512 + 256


def is_phone(device: int) -> bool:
    return device // 256 % 2 == 0


def home_address(customer: int) -> int:
    return 4 * customer


def mobile_address(customer: int, week: int) -> int:
    return _ELSEWHERE + 2 * (customer * 4096 + week % 4096)
