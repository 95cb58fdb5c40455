"""Hours of the day at which something is said: customers speak when they are awake, clerks book in office hours.

What would be said at another time waits until the morning after, or until the next working day: nothing comes earlier,
and a delay grows by no more than a night or a weekend. Hours are local ones of the bank's zone.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from fintxsim.bank.labels.delays import HOUR_US
from fintxsim.clock import Calendar, instant_us, local_time
from fintxsim.streams import Draws
from fintxsim.vocabulary import LabelSource

LONGEST_WAIT_DAYS = 2000  # from the last day of a run to its last label: two delays of two years, and what they wait
_WAIT = 2  # day number of the streams of moments that are put off
_DAY = timedelta(days=1)


class Shift(NamedTuple):
    """When a source speaks. All numbers are assumptions."""

    opens: int  # hour of the day
    closes: int
    catches_up: float  # hours from the opening over which what has waited is spread
    is_office: bool = False  # closed on weekends and public holidays
    odd_share: float = 0.0  # of what would come while it is closed, the share that does


AWAKE = Shift(7, 23, 3.0, odd_share=0.1)
FRAUD_TEAM = Shift(8, 20, 2.0)
OFFICE = Shift(9, 17, 8.0, is_office=True)

SHIFTS = {
    LabelSource.CUSTOMER_REPORT: AWAKE,
    LabelSource.RECALL_REQUEST: AWAKE,  # asked for as soon as the customer calls
    LabelSource.ALERT_CONFIRMED: FRAUD_TEAM,
    LabelSource.NETWORK_REPORT: FRAUD_TEAM,
    LabelSource.CHARGEBACK: OFFICE,
    LabelSource.MERCHANT_REPORT: OFFICE,
    LabelSource.SUSPICIOUS_ACTIVITY: OFFICE,
    LabelSource.CREDIT_LOSS: OFFICE,
}


class Hours:
    """``calendar`` reaches LONGEST_WAIT_DAYS beyond the run; ``key`` is that of the streams of moments."""

    def __init__(self, zone: ZoneInfo, calendar: Calendar, key: np.uint64) -> None:
        self._zone, self._calendar, self._key = zone, calendar, key

    def next(self, source: LabelSource, at_us: int) -> int:
        """When a source says what it would say at an instant, in UTC microseconds: then, or when it can."""
        shift, local = SHIFTS[source], local_time(self._zone, at_us)
        today = local.date()
        if shift.opens <= local.hour < shift.closes and self._works(shift, today):
            return at_us
        luck = Draws(self._key, at_us, _WAIT)
        if luck.next() < shift.odd_share:
            return at_us
        day = today if local.hour < shift.opens else today + _DAY
        while not self._works(shift, day):
            day += _DAY
        opens = instant_us(datetime.combine(day, time(shift.opens), self._zone))
        return max(at_us, opens + int(shift.catches_up * luck.next() * HOUR_US))

    def _works(self, shift: Shift, day: date) -> bool:
        return not shift.is_office or self._calendar.is_business_day(day)
