"""The first difference between a compiled and a plain row, told so that a reader can go and look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.oracle.records import Customer, Draft, Event, plain

Array = npt.NDArray[Any]


def first_difference(kernel: Array, oracle: Sequence[Draft | Event], where: str) -> str | None:
    """None if all rows are alike. Rows are compared in the order of their times, which are distinct for each customer."""
    kernel = kernel[np.lexsort((kernel["time"], kernel["customer"]))]
    oracle = sorted(oracle, key=lambda thing: (thing.customer, thing.time))
    for number, (record, thing) in enumerate(zip(kernel, oracle, strict=False)):
        for name in _names(kernel):
            ours, theirs = getattr(thing, name), record[name].item()
            if ours != theirs:
                return f"{where}, customer {thing.customer}, row {number}: {_told(name, theirs, ours)}"
    if len(kernel) != len(oracle):
        return f"{where}: {len(kernel)} rows in the kernel, {len(oracle)} in the oracle"
    return None


def _told(name: str, theirs: Any, ours: Any) -> str:
    return f"{name} is {theirs!r} in the kernel, {ours!r} in the oracle"


def _names(array: Array) -> list[str]:
    return [name for name in array.dtype.names or () if name not in ("pad", "next")]


MEMORY = {
    "arrival",
    "arrives",
    "departs",
    "leaves",
    "returns",
    "spell",
    "spell_factor",
    "window_start",
    "episode_days",
    "stayed",
    "town",
}  # what the kernel keeps so as not to compute it again


def first_different_person(people: Array, favourites: Array, customers: Sequence[Customer]) -> str | None:
    for record, merchants, customer in zip(people, favourites, customers, strict=True):
        if merchants.tolist() != customer.favourites:
            return f"customer {customer.number}: {_told('favourites', merchants.tolist(), customer.favourites)}"
        theirs = vars(plain(record))
        for name, ours in vars(customer.person).items():
            if name not in MEMORY and theirs[name] != ours:
                return f"customer {customer.number}: {_told(name, theirs[name], ours)}"
    return None


def as_array(draft: Draft, dtype: Any) -> Array:
    """A draft as an array of one record."""
    array = np.zeros(1, dtype)
    for name in _names(array):
        array[0][name] = getattr(draft, name)
    return array
