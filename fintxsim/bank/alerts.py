"""The alert queue: what the controls found suspicious, worked by a team whose day has an end.

The worst alert is taken first, of equals the oldest. The analyst asks the customer, so what comes of an alert
depends on whom there is to ask: the victim of a theft says so, the victim of a scam still believes in it, and who
defrauds the bank himself denies it. What is not worked in time expires.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import floor
from operator import attrgetter

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fintxsim.bank.labels.cases import NEVER, Change, Offence, Opinion
from fintxsim.bank.labels.delays import DAY_US, Share, SpanConfig, span
from fintxsim.streams import Draws
from fintxsim.vocabulary import Disposition, Label, LabelSource, ObservationClass

_PER_CUSTOMERS = 100_000.0


class AlertsConfig(BaseModel):
    """Which requests become alerts, and how many analysts there are. Numbers without a source are assumptions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    score: float = Field(
        0.50, gt=0, le=1,
        description="Score from which a request becomes an alert; what the controls refuse always does. By default "
        "about as many do as the team can work.",
    )  # fmt: skip
    daily_capacity: float = Field(
        600.0, ge=0, le=100_000, description="Alerts that the team can work in a day, per 100,000 customers."
    )
    opens_hour: float = Field(8.0, ge=0, le=24, description="Hour of the local day at which the team begins.")
    closes_hour: float = Field(20.0, ge=0, le=24, description="Hour of the local day at which the team stops.")
    expire_days: float = Field(3.0, ge=0.25, le=60, description="Days after which an alert that nobody took expires.")
    miss_share: Share = Field(0.1, description="Share of worked alerts on thefts that are judged genuine.")
    victim_insists_share: Share = Field(
        0.7, description="Share of worked alerts on scams that the victim, who still believes in it, talks away."
    )
    holder_denies_share: Share = Field(
        0.95, description="Share of worked alerts on the holder's own fraud that the holder talks away."
    )
    false_confirm_share: Share = Field(
        0.01, description="Share of worked alerts on genuine requests that are judged fraud, as nobody can be reached."
    )
    cleared_share: Share = Field(
        0.9, description="Share of labels on such genuine requests that are replaced when the customer calls."
    )
    cleared: SpanConfig = Field(default_factory=lambda: span(0.05, 10), description="Days until that call.")
    freeze_days: int = Field(
        3, ge=0, le=365,
        description="Days for which nothing leaves an account after a confirmed alert in which no card, login or "
        "victim was found, or after money sent to it was found to be stolen.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _opens_first(self) -> AlertsConfig:
        if self.opens_hour >= self.closes_hour:
            raise ValueError(f"opens_hour {self.opens_hour:g} is not before closes_hour {self.closes_hour:g}")
        return self


@dataclass(slots=True)
class Alert:
    """A suspicious request. ``time`` (UTC microseconds) identifies its row."""

    time: int
    customer: int
    card_slot: int  # -1: not a card
    approved: bool
    score: float
    luck: float  # of whoever works it, in (0, 1)
    offence: Offence | None = None  # what there is to find out; None: the request is genuine
    closed: int = NEVER  # when it was worked or expired
    disposition: Disposition = Disposition.NOT_WORKED

    @property
    def is_confirmed(self) -> bool:
        return self.disposition == Disposition.CONFIRMED_FRAUD


def judge(config: AlertsConfig, luck: float, observation: ObservationClass | None) -> Disposition:
    """What an analyst makes of a request; None is a genuine one."""
    if observation is None:
        is_confirmed = luck < config.false_confirm_share
    elif observation == ObservationClass.THIRD_PARTY_REPORTED:
        is_confirmed = luck >= config.miss_share
    elif observation == ObservationClass.VICTIM_AUTHORISED:
        is_confirmed = luck >= config.victim_insists_share
    else:
        is_confirmed = luck >= config.holder_denies_share
    return Disposition.CONFIRMED_FRAUD if is_confirmed else Disposition.FALSE_POSITIVE


def cleared(config: AlertsConfig, draws: Draws) -> Change | None:
    """When after a false confirmation the customer puts it right, if ever."""
    heard, delay = draws.next() < config.cleared_share, config.cleared.draw_us(draws)
    return Change(delay, Opinion(Label.GENUINE, LabelSource.CUSTOMER_REPORT)) if heard else None


@dataclass
class AlertQueue:
    """Alerts of all customers."""

    config: AlertsConfig
    customers: int
    _worst: list[tuple[float, int, int, Alert]] = field(default_factory=list)  # a heap; may hold closed ones
    _oldest: deque[Alert] = field(default_factory=deque)  # may hold closed ones
    _open: dict[int, Alert] = field(default_factory=dict)  # by customer

    def __post_init__(self) -> None:
        self._patience = int(self.config.expire_days * DAY_US)  # microseconds

    def __len__(self) -> int:
        """Alerts waiting."""
        return len(self._open)

    def verdict(self, alert: Alert) -> Disposition:
        """What comes of an alert if it is worked, whenever that is."""
        observation = None if alert.offence is None else alert.offence.observation
        return judge(self.config, alert.luck, observation)

    def work(self, fresh: Sequence[Alert], day: int, start: int, end: int) -> list[Alert]:
        """One day of the team, which begins and ends at moments in UTC microseconds.

        ``fresh`` are the day's alerts. Returns those closed, in the order of closing.
        """
        arriving, closed = deque(sorted(fresh, key=attrgetter("time"))), list[Alert]()
        for moment in self._moments(day, start, end):
            if arriving and arriving[0].time < moment:
                self._admit(arriving, moment)
            elif not self._open:
                continue  # nobody waits
            closed += self._expire(moment)
            alert = self._take()
            if alert is not None:
                closed.append(self._close(alert, moment, self.verdict(alert)))
        self._admit(arriving, end)
        return closed + self._expire(end)

    def _moments(self, day: int, start: int, end: int) -> Iterator[int]:
        """When an analyst is free today; the part of an alert that is left over counts for the next day."""
        capacity = self.config.daily_capacity * self.customers / _PER_CUSTOMERS
        count = floor((day + 1) * capacity) - floor(day * capacity)
        hour = (end - start) / 24.0  # an hour of most days
        opens, shift = start + hour * self.config.opens_hour, hour * (self.config.closes_hour - self.config.opens_hour)
        return (int(opens + shift * (k + 0.5) / count) for k in range(count))

    def _admit(self, arriving: deque[Alert], moment: int) -> None:
        """Take in what arrived before a moment; while an alert waits, the customer's next ones are part of it."""
        while arriving and arriving[0].time < moment:
            alert = arriving.popleft()
            waiting = self._open.get(alert.customer)
            if waiting is None:
                self._open[alert.customer] = alert
                self._oldest.append(alert)
                self._rank(alert)
            elif alert.score > waiting.score:
                waiting.score = alert.score
                self._rank(waiting)

    def _rank(self, alert: Alert) -> None:
        heapq.heappush(self._worst, (-alert.score, alert.time, alert.customer, alert))

    def _take(self) -> Alert | None:
        while self._worst:
            alert = heapq.heappop(self._worst)[-1]
            if alert.closed == NEVER:
                return alert
        return None

    def _expire(self, moment: int) -> list[Alert]:
        """Close what was taken by nobody and is too old."""
        patience, late = self._patience, list[Alert]()
        while self._oldest and self._oldest[0].time + patience < moment:
            alert = self._oldest.popleft()
            if alert.closed == NEVER:
                late.append(self._close(alert, alert.time + patience, Disposition.NOT_WORKED))
        return late

    def _close(self, alert: Alert, moment: int, disposition: Disposition) -> Alert:
        alert.closed, alert.disposition = moment, disposition
        del self._open[alert.customer]
        return alert
