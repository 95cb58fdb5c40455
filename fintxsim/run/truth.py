"""Rows of truth/transactions: crimes as they were acted, and look-alikes as the day's transactions show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fintxsim import columns as c
from fintxsim.fraud import OffendingRow
from fintxsim.lookalikes import LOOKALIKES
from fintxsim.run.tables import Ints, closed, enum, fixed, flag, make_table, words
from fintxsim.typologies import TYPOLOGIES
from fintxsim.vocabulary import Direction, FraudParty, ObservationClass, Role

NUMBERS = 16  # that kinds of look-alikes can have
_TYPOLOGIES = [typology.name for typology in TYPOLOGIES]
_KINDS = [kind.name for kind in LOOKALIKES]
_POSITIONS = np.full(NUMBERS, -1, np.int8)  # of each number in the list of kinds
_POSITIONS[[kind.number for kind in LOOKALIKES]] = range(len(LOOKALIKES))


@dataclass(frozen=True)
class LookalikeRows:
    """The rows of look-alikes, in order of time."""

    times: Ints
    numbers: npt.NDArray[np.int8]  # of their kinds
    counted: npt.NDArray[np.bool_]  # approved, and not the credit side of a transfer: what rates count

    @classmethod
    def joined(cls, parts: Sequence[LookalikeRows]) -> LookalikeRows:
        """The parts of a day, which are in order of time, as one."""
        return cls(
            np.concatenate([np.zeros(0, np.int64), *(part.times for part in parts)]),
            np.concatenate([np.zeros(0, np.int8), *(part.numbers for part in parts)]),
            np.concatenate([np.zeros(0, np.bool_), *(part.counted for part in parts)]),
        )

    def tally(self) -> Ints:
        """Rows, and counted rows, by number of the kind: shape (2, NUMBERS)."""
        both = [np.bincount(part, minlength=NUMBERS) for part in (self.numbers, self.numbers[self.counted])]
        return np.array(both, np.int64)


def lookalike_rows(today: Mapping[str, npt.NDArray[Any]], crimes: Sequence[OffendingRow]) -> LookalikeRows:
    """The look-alikes among the columns of a day's transactions; what is a crime is no look-alike."""
    at = np.flatnonzero(today["anomaly"])
    at = at[~np.isin(today["event_time"][at], [row.time for row in crimes])]
    is_credit = (today["direction"][at] == Direction.CREDIT) & (today["transfer_id"][at] >= 0)
    counted = (today["is_approved"][at] > 0) & ~is_credit
    return LookalikeRows(today["event_time"][at], today["anomaly"][at], counted)


class _Merged:
    """Crimes and look-alikes in order of time."""

    def __init__(self, crimes: Sequence[OffendingRow], lookalikes: LookalikeRows) -> None:
        self._crimes, self._others = crimes, len(lookalikes.times)
        times = np.concatenate([np.array([row.time for row in crimes], np.int64), lookalikes.times])
        self._order = np.argsort(times, kind="stable")
        self.times = times[self._order]
        kinds = np.concatenate([np.full(len(crimes), -1, np.int8), _POSITIONS[lookalikes.numbers]])
        self.kinds = kinds[self._order]

    def of_crime(self, value: Callable[[OffendingRow], Any], dtype: Any, otherwise: float = -1) -> npt.NDArray[Any]:
        """A value of each crime; ``otherwise``, which is null unless it is 0, for each look-alike."""
        values = np.array([value(row) for row in self._crimes], dtype)
        both: npt.NDArray[Any] = np.concatenate([values, np.full(self._others, otherwise, dtype)])
        return both[self._order]

    def flag(self, value: Callable[[OffendingRow], bool], *, nullable: bool = False) -> pa.Array[Any]:
        """Booleans of crimes; null or false for a look-alike."""
        return flag(self.of_crime(value, np.int8, -1 if nullable else 0), nullable=nullable)

    def word(self, value: Callable[[OffendingRow], int], dictionary: pa.Array[Any]) -> pa.Array[Any]:
        """Words of crimes by their position in a dictionary; null for a look-alike."""
        return enum(self.of_crime(value, np.int8), dictionary, nullable=True)

    def number(self, value: Callable[[OffendingRow], int], dtype: Any, kind: pa.DataType) -> pa.Array[Any]:
        """Whole numbers of crimes; null for a look-alike."""
        return fixed(self.of_crime(value, dtype), kind, nullable=True)


def truth_table(crimes: Sequence[OffendingRow], lookalikes: LookalikeRows, run_start: int, minor: float) -> pa.Table:
    """Crimes and look-alikes of a day. What a column says of crimes alone is null for a look-alike.

    ``run_start`` is the first microsecond of day 0, ``minor`` minor units in a unit of the home currency.
    """
    rows = _Merged(crimes, lookalikes)
    is_anomaly = rows.kinds >= 0
    return make_table(
        c.TRUTH_TRANSACTIONS,
        transaction_id=rows.times - run_start + 1,
        is_fraud=rows.flag(lambda row: row.part.is_fraud),
        typology=rows.word(lambda row: _TYPOLOGIES.index(row.typology.name), words(_TYPOLOGIES)),
        campaign_id=rows.number(lambda row: row.campaign, np.int64, pa.int64()),
        campaign_step=rows.number(lambda row: row.step, np.int32, pa.int32()),
        role=rows.word(lambda row: row.part.role, closed(Role)),
        fraud_party=rows.word(lambda row: row.party, closed(FraudParty)),
        is_laundering=rows.flag(lambda row: row.part.is_laundering),
        fraudster_id=rows.number(lambda row: row.fraudster, np.int64, pa.int64()),
        authorised_party=rows.flag(lambda row: row.part.authorised_party, nullable=True),
        observation_class=rows.word(lambda row: row.typology.observation_class, closed(ObservationClass)),
        is_anomaly=is_anomaly,
        anomaly_kind=enum(rows.kinds, words(_KINDS), nullable=True),
        loss_amount=pa.array(rows.of_crime(lambda row: row.loss / minor, np.float64), mask=is_anomaly),
        never_reported=rows.flag(lambda row: row.never_reported),
    )
