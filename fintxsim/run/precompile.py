"""Halve the first start: compile in a second process what a run needs once its first day is planned.

Meanwhile the first compiles how the day is planned. numba compiles under a lock, so threads do not help. The second
process leaves its machine code in the cache on disk, where the first finds it. Nothing is lost if it fails or is too
slow: the first then compiles for itself.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numba
import numpy as np
import pyarrow as pa

from fintxsim.bank import scan
from fintxsim.bank.ledger import empty_books
from fintxsim.bank.velocity import report_account
from fintxsim.behaviour import day as days
from fintxsim.behaviour import evening, requests
from fintxsim.behaviour.config import WORLD
from fintxsim.behaviour.draft import DRAFT, EVENT
from fintxsim.behaviour.timing import DAY
from fintxsim.columns import TABLES
from fintxsim.compiled import is_compiled_before
from fintxsim.digest import ValueDigest
from fintxsim.lookalikes.holiday_abroad import city_on
from fintxsim.lookalikes.today import add_lookalikes
from fintxsim.population import merchants
from fintxsim.population.people import PERSON
from fintxsim.run import rows as r
from fintxsim.streams import draws_of

_KEY, _INT, _FLOAT, _YES = np.uint64(1), 1, 1.0, True


def start_second_process() -> subprocess.Popen[bytes] | None:
    """Begin to compile in a second process, unless it has been done before."""
    if is_compiled_before():
        return None
    command = [sys.executable, "-m", "fintxsim.run.precompile"]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def compile_all() -> None:
    """Compile kernels in the order in which a run comes to need them, for the types they are called with."""
    typeof: Any = numba.typeof
    for kernel, arguments in _calls():
        kernel.compile(tuple(typeof(argument) for argument in arguments))
    for table in TABLES:
        ValueDigest(table.schema()).update(pa.Table.from_pylist([], schema=table.schema()))


def _calls() -> list[tuple[Any, tuple[Any, ...]]]:
    drafts, events, people = np.zeros(1, DRAFT), np.zeros(1, EVENT), np.zeros(1, PERSON)
    day, world, books, longs = np.zeros(1, DAY), np.zeros(1, WORLD), empty_books(), np.zeros(1, np.int64)
    words, floats, wide = np.zeros(1, np.uint64), np.zeros(1), np.zeros((2, 2))
    i8, i2, i1 = np.zeros((2, 2), np.int64), np.zeros((2, 2), np.int16), np.zeros((2, 2), np.int8)
    order = (drafts, people, _INT, _INT, _INT)
    person, today, here = people[0], day[0], world[0]
    return [
        (
            add_lookalikes,
            (drafts, _INT, _INT, events, _INT, _INT, person, _INT, _INT, today, here),
        ),
        (
            days.live_block,
            (
                people, longs, _INT, _INT, drafts, np.zeros(1, days.DIARY), longs, drafts, events, longs, longs, day,
                world, books,
            ),
        ),
        (
            days.attempt,
            (
                people, _INT, drafts, drafts, np.zeros(1, days.DIARY), longs, drafts, events, longs, longs, day,
                world, books,
            ),
        ),
        (
            requests.order_online,
            (
                drafts, people, i8, _INT, _INT, _INT, _INT, _INT, _INT, _FLOAT, _INT, _INT, _INT, _YES, _YES, _YES,
                _FLOAT, _KEY, day, world,
            ),
        ),
        (
            requests.order_in_person,
            (drafts, _INT, _INT, _INT, _INT, _INT, _INT, _FLOAT, _INT, _YES, _KEY, day, world),
        ),
        (
            requests.order_transfer,
            (*order, _INT, _INT, _YES, _INT, _INT, _FLOAT, _INT, _INT, _INT, _INT, _FLOAT, _KEY, day, world),
        ),
        (report_account, (_INT, longs)),
        (city_on, (people, _INT, _INT, _INT, day, world)),
        (
            requests.note_event,
            (
                events, _INT, _INT, _INT, _INT, people, _INT, _INT, _INT, _INT, _INT, _INT, _KEY, day, world,
            ),
        ),
        (days.credit_now, (people, _INT, drafts, books)),
        (
            r.fill_columns,
            (
                drafts, longs, _INT, drafts, _INT, _INT, _INT, _KEY, floats, i8, i2, i1, wide,
                np.zeros((2, 2), np.float32),
            ),
        ),
        (r.fill_events, (events, longs, _INT, _KEY, i8, i2, i1)),
        (r.sort_keys, (drafts, _INT, _INT, longs)),
        (r.sort_keys, (events, _INT, _INT, longs)),
        (r.tokens, (_KEY, _INT, longs)),
        (evening.receive, (people, drafts, books, np.zeros(1, np.int32))),
        (evening.tally, (drafts,)),
        (scan.noteworthy, (drafts, _FLOAT, _KEY, _KEY, _FLOAT, longs, floats, longs)),
        (evening.strangers, (drafts, longs, longs)),
        (evening.strangers, (events, longs, longs)),
        (r.browsers, (longs, np.zeros(1, np.bool_))),
        (evening.part_refunds, (drafts, _INT, drafts, drafts)),
        (merchants.mark_seen, (longs, np.zeros(1, np.int32), i8, words, longs, longs)),
        (merchants.describe, (_KEY, longs, world[0]["lease"], wide)),
        (draws_of, (_KEY, longs, _INT, _INT, wide)),
    ]  # fmt: skip


if __name__ == "__main__":
    compile_all()
