"""A new phone: it is bought, enrolled at the bank, and at once used for payments from a device never seen before."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from fintxsim.behaviour.purchases import has_card_ready
from fintxsim.compiled import Record, compiled
from fintxsim.institution import Service
from fintxsim.lookalikes.base import Crowd, Lookalike, LookalikeConfig
from fintxsim.lookalikes.episodes import row_draws
from fintxsim.lookalikes.parts import (
    OWN,
    around,
    buy,
    can_afford,
    from_phone,
    happen_at,
    money_at_hand,
    note,
    pay_stranger,
    round_sum,
)
from fintxsim.numerics import exp, log, normal_quantile
from fintxsim.population.categories import BY_NAME
from fintxsim.population.people import AT_HOME, phone_code, replace_device
from fintxsim.streams import uniform
from fintxsim.vocabulary import EventType

NUMBER = 3
_PAYMENTS, _DEARER = 0, 1  # knobs
_ENROL, _COUNT = 62, 63
_FIRST_PAYEE = 14  # of the strangers
ONLINE_SHARE = 0.5  # of dear phones are ordered on the web (assumption, as of all electronics)
TRANSFER_SHARE = 0.45  # of the first payments from the new phone (assumption)
_ELECTRONICS = BY_NAME["electronics"]
_CATEGORIES = np.array([BY_NAME[name] for name in ("marketplace", "clothing", "electronics", "digital_media")])


class NewPhoneConfig(LookalikeConfig):
    """Settings of new_phone."""

    payments_per_day: float = Field(
        1.5, ge=0, le=8, description="Payments from the new phone on each of its first days (assumption)."
    )
    price_factor: float = Field(
        5.0, ge=0.2, le=50, description="Factor of the phone's price on the usual prices of electronics (assumption)."
    )


class NewPhone(Lookalike):
    name: ClassVar[str] = "new_phone"
    number: ClassVar[int] = NUMBER
    summary: ClassVar[str] = "A dear phone is bought, enrolled, and used for payments and new payees in its first days."
    resembles: ClassVar[str] = "account takeover from a device never seen before"
    needs: ClassVar[frozenset[Service]] = frozenset({Service.SHOPS, Service.TRANSFERS})
    config: ClassVar[type[LookalikeConfig]] = NewPhoneConfig
    days: ClassVar[tuple[int, int]] = (3, 5)

    def happens_to(self, people: npt.NDArray[np.void], euro: float) -> npt.NDArray[np.bool_]:
        banks_online: npt.NDArray[np.bool_] = people["login_per_day"] > 0
        return banks_online

    def expected_rows(self, config: LookalikeConfig, crowd: Crowd) -> float:
        assert isinstance(config, NewPhoneConfig)
        return (0.9 + 3.0 * 0.86 * config.payments_per_day) * crowd.means

    def knobs(self, config: LookalikeConfig) -> tuple[float, ...]:
        assert isinstance(config, NewPhoneConfig)
        return config.payments_per_day, log(config.price_factor)


@compiled
def live_new_phone(
    diary: npt.NDArray[np.void], n: int, events: npt.NDArray[np.void], size: int, span: int, person: Record,
    customer: int, step: int, length: int, day: Record, w: Record,
) -> tuple[int, int, int]:  # fmt: skip
    """Bought on the first day, in use from the second; on the last day the bank counts it as the customer's own."""
    phone = phone_code(person.phone_owner, person.phone_generation)
    if step == 0 or step == length - 1:
        person.devices[0] = phone
    if step == 0:
        draws = row_draws(customer, NUMBER, day.number, 0, w)
        place = w.n_cities if uniform(draws, OWN) < ONLINE_SHARE else person.city
        dearer = w.lookalikes[NUMBER].knobs[_DEARER]
        buy(diary[n], person, customer, NUMBER, _ELECTRONICS, place, dearer, AT_HOME, draws, day, w)
        return n + has_card_ready(diary[n], person), size, span
    morning = row_draws(customer, NUMBER, day.number, _ENROL, w)
    hour = 7.0 + 2.0 * uniform(morning, OWN)
    if step < length - 1 and person.devices[0] == phone:
        size, span = _enrol(events, size, span, person, customer, hour, uniform(morning, OWN + 1), day, w)
    mean = w.lookalikes[NUMBER].knobs[_PAYMENTS]
    count = around(uniform(row_draws(customer, NUMBER, day.number, _COUNT, w), OWN), mean)
    transfers = 0
    for k in range(count):
        draws = row_draws(customer, NUMBER, day.number, k, w)
        if transfers == 0 and can_afford(person, w) and uniform(draws, OWN) < TRANSFER_SHARE:
            _pay_somebody(diary[n], person, customer, _FIRST_PAYEE + step, draws, day, w)
            transfers = 1
        else:
            _order(diary[n], person, customer, draws, day, w)
        happen_at(diary[n], hour + 1.0 + 13.0 * uniform(draws, OWN + 1), person.city, day, w)
        n += 1
    return n, size, span


@compiled
def _enrol(
    events: npt.NDArray[np.void], size: int, span: int, person: Record, customer: int, hour: float, u: float,
    day: Record, w: Record,
) -> tuple[int, int]:  # fmt: skip
    """The new phone reports to the bank, which takes it for a stranger until it has approved payments from it."""
    replace_device(person, phone_code(person.phone_owner, person.phone_generation), day.number)
    person.phone_owner = customer
    person.phone_generation += 1
    device = phone_code(customer, person.phone_generation)
    generation = person.phone_generation
    return note(events, size, span, EventType.NEW_DEVICE, person, customer, device, hour, u, generation, day, w)


@compiled
def _pay_somebody(
    draft: Record, person: Record, customer: int, payee: int, draws: np.uint64, day: Record, w: Record
) -> None:
    euros = 260.0 * exp(0.9 * normal_quantile(uniform(draws, OWN + 2)) + 0.5 * person.spend)
    amount = round_sum(min(euros * w.bank.euro, 0.6 * money_at_hand(person)), 10.0, w)
    pay_stranger(draft, person, customer, NUMBER, payee, amount, draws, day, w)
    from_phone(draft, person, customer, uniform(draws, OWN + 3), day, w)


@compiled
def _order(draft: Record, person: Record, customer: int, draws: np.uint64, day: Record, w: Record) -> None:
    category = _CATEGORIES[int(uniform(draws, OWN + 2) * _CATEGORIES.shape[0])]
    buy(draft, person, customer, NUMBER, category, w.n_cities, 0.5, AT_HOME, draws, day, w)
    if draft.device >= 0:  # not a telephone order
        from_phone(draft, person, customer, uniform(draws, OWN + 3), day, w)
