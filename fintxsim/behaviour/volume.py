"""How many rows customers are set to bring, foretold from settings alone: a first guess for whoever plans ahead."""

from __future__ import annotations

from fintxsim.behaviour.bills import Contract
from fintxsim.behaviour.config import BehaviourConfig
from fintxsim.institution import BANK, Institution, Service
from fintxsim.numerics import exp
from fintxsim.population.customers import MONTH_DAYS, PopulationConfig, SegmentConfig

_CONTRACTS, _INCOMES, _CHARGES = 5.9, 1.9, 1.3  # a month, of a bank's customer of default behaviour
_PAID_HERE = 0.45  # of the purchases that customers are set to make, as measured in runs of default behaviour
_LEAST_TICKET = 20.0  # euros of a mean purchase
_USUAL_POPULATION, _USUAL_BEHAVIOUR = PopulationConfig(customers=1), BehaviourConfig()


def relative_volume(population: PopulationConfig, behaviour: BehaviourConfig, institution: Institution) -> float:
    """Rows of a customer, in those of a bank's customer of default behaviour."""
    return _rows_per_day(population, behaviour, institution) / _rows_per_day(_USUAL_POPULATION, _USUAL_BEHAVIOUR, BANK)


def _rows_per_day(population: PopulationConfig, behaviour: BehaviourConfig, institution: Institution) -> float:
    segments = population.segments.values()
    done = sum(segment.share * _done_per_day(segment, behaviour, institution) for segment in segments)
    return done + _agreed_per_day(behaviour, institution)


def _done_per_day(segment: SegmentConfig, behaviour: BehaviourConfig, institution: Institution) -> float:
    """Purchases, transfers and cash."""
    rows = _bought_per_day(segment, behaviour, institution)
    if not institution.on_web_alone:
        rows += 0.15 * min(behaviour.routine, 1.0)
        rows += behaviour.cash * (segment.cash_per_month + (segment.deposits_per_month or 0.3)) / MONTH_DAYS
    if Service.TRANSFERS in institution.services:
        received = behaviour.friend_share + (1.0 - behaviour.friend_share) * behaviour.receipts
        rows += behaviour.transfers * segment.transfers_per_month / MONTH_DAYS * (1.0 + received)
    return rows


def _bought_per_day(segment: SegmentConfig, behaviour: BehaviourConfig, institution: Institution) -> float:
    """Purchases: where the income is seen it sets a limit, and some of them are paid with another bank's card."""
    wanted = behaviour.purchases * segment.purchases_per_day * float(exp(0.5 * min(segment.activity_sigma, 2.0) ** 2))
    if "income" in institution.unseen:
        return wanted
    return min(_PAID_HERE * wanted, segment.income_median / (MONTH_DAYS * _LEAST_TICKET))


def _agreed_per_day(behaviour: BehaviourConfig, institution: Institution) -> float:
    """Contracts, incomes and what the institution charges."""
    kinds = [kind for kind in Contract if institution.agreements >> kind & 1]
    rows = _CONTRACTS * behaviour.bills * min(len(kinds) / 10.0, 1.0)
    rows += 1.0 if institution.is_repaid else 0.0
    if "income" not in institution.unseen:
        rows += _INCOMES * behaviour.income_share * (behaviour.income > 0.0)
    return (rows + (_CHARGES if institution.has_fees else 0.0)) / MONTH_DAYS
