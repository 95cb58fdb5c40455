"""Agreements: rent, utilities, insurance, loans, subscriptions, savings plans, card repayments; income; fees and
interest.

Bills fall 1.7 times as often on days 1 to 5 of the month as on others; a payment due on a weekend or holiday is
made on the next business day; a card is charged on any day. Firms that sell on the web alone charge at the hour at
which the subscription began, which is how billing platforms anchor a cycle (Stripe's documentation of billing
cycles), gyms and telephone companies in a run of their own, at night or in the morning. Some subscriptions are charged
every week. Amounts are shares of income or typical sums in euros (assumptions).
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from fintxsim.behaviour.draft import banking_channel, clear, on_rail
from fintxsim.behaviour.purchases import SESSION_MASK, own_device, use_card
from fintxsim.behaviour.timing import HOUR_US, offset_at, time_of_day, to_utc
from fintxsim.compiled import Record, compiled, kernel
from fintxsim.numerics import exp, normal_quantile
from fintxsim.population.categories import DIGITAL_MEDIA, GYM, TELECOM, Hours
from fintxsim.population.merchants import PROFILE_BILLS, draw_rank, profile, rank_of, tenant, terminals_of
from fintxsim.population.people import (
    CREDIT,
    CREDIT_CARD,
    CURRENT,
    DEBIT_CARD,
    N_CONTRACTS,
    SAVINGS,
    account_code,
    creditor_code,
    payee_code,
    recently_renewed,
)
from fintxsim.streams import Purpose, bits, stream, uniform
from fintxsim.vocabulary import (
    Channel,
    CvvResult,
    Direction,
    Eci,
    EntryMode,
    Rail,
    ScaExemption,
    ThreeDS,
    TransactionType,
)

_K_BILL, _K_CONTRACTS, _K_MERCHANT = int(Purpose.BILL), int(Purpose.CONTRACTS), int(Purpose.MERCHANT)
_K_AUTHORISE = int(Purpose.AUTHORISE)
_OFFICE, _ONLINE = int(Hours.OFFICE), int(Hours.ONLINE)
MONTHLY_SAVING, MONTHLY_RENT = 0.08, 0.27
_REPAYS = 275  # ordinal of the draw
WEEKLY_SHARE = 0.12  # share of subscriptions to media that are charged every week (assumption)
_ANY_DAY = np.uint32(0xFFFFFFFF)
BILLS_AT_NIGHT = 0.25  # share of firms that charge stored cards at night, the others before noon (assumption: of real
# card-not-present payments .075-.105 are made from midnight to six, subscriptions included; MultiMAuS and ULB)
_OWN_BANK = 4095  # number of the account elsewhere from which credit lines are repaid
_SIGNED_UP = 400  # ordinals of the draws of the hours at which subscriptions began, by day of the month


class Contract(IntEnum):
    NONE = 0
    RENT = 1
    ENERGY = 2
    INSURANCE = 3
    TELECOM = 4
    LOAN = 5
    TAX = 6
    SUBSCRIPTION = 7
    SAVING = 8
    CARD_REPAYMENT = 9
    CHEQUE = 10
    LINE_REPAYMENT = 11  # of the first credit line, where a customer can have two


@kernel
def signed(
    people: npt.NDArray[np.void],
    contracts: npt.NDArray[np.void],
    first: int,
    world: npt.NDArray[np.void],
    date: int,
) -> None:
    """Contracts of the customers ``first``, ``first + 1``, ...; ``date`` in days since 1970."""
    w = world[0]
    keep = w.habits.bills
    for i in range(people.shape[0]):
        person = people[i]
        draws = stream(w.keys[_K_CONTRACTS], first + i, 0)
        euro = w.bank.euro
        size = 0
        for kind in range(1, 11):
            if size >= N_CONTRACTS or (w.institution.agreements >> kind) & 1 == 0:
                continue
            if uniform(draws, 100 + kind) >= _holds(kind, person) * keep:
                continue
            _sign(contracts[i, size], kind, person, first + i, draws, kind, euro, w, date)
            size += 1
        if w.institution.repaid:
            size = _sign_repayments(contracts[i], size, person, first + i, draws, euro, w, date)
        extra = 2 if person.segment != 3 else 1
        if (w.institution.agreements >> Contract.SUBSCRIPTION) & 1 == 0:
            extra = 0
        for k in range(extra):
            if size < N_CONTRACTS and uniform(draws, 120 + k) < 0.45 * person.digital * keep:
                _sign(contracts[i, size], Contract.SUBSCRIPTION, person, first + i, draws, 20 + k, euro, w, date)
                size += 1
        for k in range(size):
            person.due_mask |= _ANY_DAY if contracts[i, k].weekly else np.uint32(1 << contracts[i, k].day)


@compiled
def _sign_repayments(
    contracts: npt.NDArray[np.void], size: int, person: Record, customer: int, draws: np.uint64, euro: float,
    w: Record, date: int,
) -> int:  # fmt: skip
    """Credit lines are repaid month by month."""
    _sign(contracts[size], Contract.LINE_REPAYMENT, person, customer, draws, Contract.LINE_REPAYMENT, euro, w, date)
    if person.has_credit == 0:
        return size + 1
    _sign(contracts[size + 1], Contract.CARD_REPAYMENT, person, customer, draws, Contract.CARD_REPAYMENT, euro, w, date)
    return size + 2


@compiled
def _repays_all(draws: np.uint64, w: Record) -> bool:
    """Whether a customer pays back all that is owed every month; ``draws`` are those of his contracts."""
    return uniform(draws, _REPAYS) < w.habits.full_repayment_share


@compiled
def _holds(kind: int, person: Record) -> float:
    """Chance that a customer has an agreement of a kind."""
    student = person.segment == 0
    if kind == Contract.RENT:
        return 0.55 if not student else 0.7
    if kind == Contract.ENERGY:
        return 0.85 if not student else 0.2
    if kind == Contract.INSURANCE:
        return 0.8
    if kind == Contract.TELECOM:
        return 0.85
    if kind == Contract.LOAN:
        return 0.28 if not student else 0.05
    if kind == Contract.TAX:
        return 0.45 if not student else 0.05
    if kind == Contract.SUBSCRIPTION:
        return min(0.7 * person.digital, 0.95)
    if kind == Contract.SAVING:
        return 0.5 if person.has_savings else 0.0
    if kind == Contract.CARD_REPAYMENT:
        return 1.0 if person.has_credit else 0.0
    return 0.06 if person.segment >= 3 else 0.005


@compiled
def _sign(
    contract: Record, kind: int, person: Record, customer: int, draws: np.uint64, number: int, euro: float,
    w: Record, date: int,
) -> None:  # fmt: skip
    base = 200 + number * 8
    contract.kind = kind
    contract.day = _bill_day(uniform(draws, base), person.pay_day)
    scale = exp(0.45 * normal_quantile(uniform(draws, base + 1)))
    contract.creditor = creditor_code(0, int(900.0 * uniform(draws, base + 2) ** 3) + 1000 * kind)
    income = float(person.income)
    if kind == Contract.RENT:
        contract.amount = int(MONTHLY_RENT * income * min(scale, 1.6) / (5.0 * euro) + 1.0) * int(5.0 * euro)
        contract.creditor = creditor_code(0, 100_000 + customer // 6)  # landlords have several tenants
    elif kind == Contract.ENERGY:
        contract.amount, contract.variation = int((28.0 * euro + 0.03 * income) * scale), 0.18
    elif kind == Contract.INSURANCE:
        contract.amount = int(62.0 * euro * scale)
    elif kind == Contract.TELECOM:
        contract.amount, contract.variation = int(31.0 * euro * scale), 0.06 if uniform(draws, base + 3) < 0.4 else 0.0
    elif kind == Contract.LOAN:
        contract.amount = int(0.08 * income * scale)
    elif kind == Contract.TAX:
        contract.amount = int(0.03 * income * scale)
    elif kind == Contract.SAVING:
        contract.amount = int(MONTHLY_SAVING * income * scale / (10.0 * euro) + 1.0) * int(10.0 * euro)
        contract.creditor = account_code(customer, SAVINGS)
    elif kind == Contract.CARD_REPAYMENT or kind == Contract.LINE_REPAYMENT:
        contract.creditor = account_code(customer, CREDIT)
        if w.institution.repaid:
            contract.creditor = payee_code(customer, _OWN_BANK)
        contract.variation = 1.0 if _repays_all(draws, w) else 0.25  # share of the balance repaid
    elif kind == Contract.CHEQUE:
        contract.amount, contract.variation = int(70.0 * euro * scale), 0.5
    else:
        _subscribe(contract, draws, base, euro, w, date)


@compiled
def _subscribe(contract: Record, draws: np.uint64, base: int, euro: float, w: Record, date: int) -> None:
    """A card subscription: the provider is one of a few well-known web firms, its price a list price."""
    u = uniform(draws, base + 3)
    category = DIGITAL_MEDIA if u < 0.62 else TELECOM if u < 0.82 else GYM
    place = w.n_cities
    rank = draw_rank(uniform(draws, base + 4), w.sizes[place, category])
    contract.creditor = tenant(w.keys[_K_MERCHANT], place, category, rank, date, w.lease)
    v = uniform(draws, base + 5)
    whole = 4 + int(v * 9.0) if category == DIGITAL_MEDIA else 15 + int(v * 5.0) * 5
    contract.weekly = category == DIGITAL_MEDIA and uniform(draws, base + 7) < WEEKLY_SHARE
    if contract.weekly:
        whole = 1 + int(v * 5.0)
    contract.amount = int((whole + 0.99) * euro) if uniform(draws, base + 6) < 0.7 else int(whole * euro)


@compiled
def _bill_day(u: float, pay_day: int) -> int:
    """Day of the month, 1-28: days 1-5 are 1.7 times as likely; half of the salaried pay in the week after pay day."""
    if pay_day > 0 and u < 0.5:
        return (pay_day + int(u * 14.0)) % 28 + 1
    left = (u - 0.5) * 2.0 if pay_day > 0 else u
    early = 5.0 * 1.7 / (5.0 * 1.7 + 23.0)
    return 1 + int(left / early * 5.0) if left < early else 6 + int((left - early) / (1.0 - early) * 23.0)


@compiled
def falls_due(contract: Record, day: Record) -> bool:
    """Whether a contract's payment is made today."""
    if contract.weekly:
        return (day.number + contract.day) % 7 == 0
    if contract.kind == Contract.SUBSCRIPTION:
        return contract.day == day.day_of_month
    return contract.kind > 0 and (np.uint32(1) << np.uint32(contract.day)) & day.due != 0


@compiled
def plan_contract(
    draft: Record, contract: Record, person: Record, customer: int, ordinal: int, day: Record, w: Record,
) -> bool:  # fmt: skip
    """The payment that falls due under a contract; False if there is nothing to pay."""
    clear(draft)
    draws = stream(w.keys[_K_BILL], customer, day.number * 64 + ordinal)
    draft.draw = stream(w.keys[_K_AUTHORISE], customer, day.number * 256 + 64 + ordinal)
    draft.customer = customer
    zone = day.zones[w.city_zone[person.city]]
    draft.time = to_utc(day, zone, (0.3 + 5.5 * uniform(draws, 0)) * HOUR_US)
    draft.amount = contract.amount
    draft.channel = Channel.BATCH
    draft.rail = Rail.ACCOUNT_TO_ACCOUNT
    draft.recurring = 1
    draft.payee_new = 0
    draft.counterparty = contract.creditor
    draft.counterparty_country = 0
    repayment = contract.kind == Contract.CARD_REPAYMENT or contract.kind == Contract.LINE_REPAYMENT
    if contract.variation > 0.0 and not repayment:
        draft.amount = int(contract.amount * exp(contract.variation * normal_quantile(uniform(draws, 1))) + 0.5)
    _arrange(draft, contract, person, customer, draws, day, zone, w)
    draft.billing = draft.amount
    draft.offset = offset_at(zone, draft.time)
    return draft.amount > 0


@compiled
def _arrange(
    draft: Record, contract: Record, person: Record, customer: int, draws: np.uint64, day: Record,
    zone: npt.NDArray[np.int64], w: Record,
) -> None:  # fmt: skip
    """What is particular to a kind of contract."""
    kind = contract.kind
    draft.type = TransactionType.DIRECT_DEBIT
    if kind == Contract.RENT:
        draft.type = TransactionType.TRANSFER
    if kind == Contract.TAX or w.institution.pushes:
        if kind != Contract.RENT:
            draft.type = TransactionType.BILL_PAYMENT
        draft.rail = on_rail(draft.rail, w)
        draft.channel = Channel.WEB_BANK
        draft.recurring = 0
        draft.time = to_utc(day, zone, time_of_day(w.hours, _ONLINE, day.weekend, uniform(draws, 2)))
        own_device(draft, person, customer, 0.0, 0.0, -1, day.number, w)
        draft.channel = banking_channel(draft.device, w)
        draft.session = np.int64(bits(draws, 5) & SESSION_MASK)
    elif kind == Contract.CHEQUE:
        draft.type = TransactionType.BILL_PAYMENT
        draft.rail = Rail.CHEQUE
        draft.channel = Channel.BRANCH
        draft.recurring = 0
        draft.time = to_utc(day, zone, time_of_day(w.hours, _OFFICE, 0, uniform(draws, 2)))
    elif kind == Contract.SAVING:
        draft.type = TransactionType.TRANSFER
        draft.transfer = 0
        draft.friend = customer
        spare = person.balance[CURRENT] - int(1.1 * person.income)
        step = max(int(10.0 * w.bank.euro), 1)
        draft.amount += max(spare, 0) // 2 // step * step
    elif w.institution.repaid and kind != Contract.SUBSCRIPTION:
        draft.type = TransactionType.TRANSFER
        draft.direction = Direction.CREDIT
        draft.payee_new = -1
        draft.account = CREDIT if kind == Contract.CARD_REPAYMENT else CURRENT
        draft.amount = int(-person.balance[draft.account] * contract.variation)
    elif kind == Contract.CARD_REPAYMENT:
        draft.type = TransactionType.TRANSFER
        draft.transfer = 0
        draft.friend = customer
        draft.amount = int(-person.balance[CREDIT] * contract.variation)
    elif kind == Contract.SUBSCRIPTION:
        _charge_card(draft, contract, person, draws, day, w)
        draft.time = to_utc(day, zone, _charged_at(draft.merchant, draft.category, contract, customer, draws, w))


@compiled
def _charged_at(merchant: int, category: int, contract: Record, customer: int, draws: np.uint64, w: Record) -> float:
    """Local time of day, in microseconds, at which a subscription is charged."""
    u = uniform(draws, 0)
    if category == DIGITAL_MEDIA:
        signed_up = uniform(stream(w.keys[_K_CONTRACTS], customer, 0), _SIGNED_UP + contract.day)
        return time_of_day(w.hours, _ONLINE, 0, signed_up) + HOUR_US * u
    if uniform(profile(w.keys[_K_MERCHANT], merchant), PROFILE_BILLS) < BILLS_AT_NIGHT:
        return (0.3 + 5.5 * u) * HOUR_US
    return (6.0 + 6.0 * u) * HOUR_US


@compiled
def _charge_card(draft: Record, contract: Record, person: Record, draws: np.uint64, day: Record, w: Record) -> None:
    """A stored card charged by the merchant, who may still hold one that has been replaced."""
    draft.type = TransactionType.PURCHASE
    draft.rail = Rail.CARD
    draft.channel = Channel.ECOM
    draft.entry = EntryMode.ON_FILE
    draft.on_file = 1
    draft.payee_new = -1
    draft.counterparty = -1
    draft.counterparty_country = -1
    draft.merchant = contract.creditor
    draft.category = (contract.creditor >> 28) & 63
    draft.merchant_country = 0
    state = profile(w.keys[_K_MERCHANT], draft.merchant)
    draft.terminal = int(uniform(draws, 3) * terminals_of(state, rank_of(draft.merchant)))
    draft.cvv = CvvResult.NOT_PROVIDED
    draft.three_ds, draft.eci, draft.sca = ThreeDS.NONE, Eci._07, ScaExemption.RECURRING
    slot = CREDIT_CARD if person.has_credit and contract.day % 2 == 0 else DEBIT_CARD
    use_card(draft, person, slot)
    if recently_renewed(person, slot, day.number) and uniform(draws, 4) < 1.0 - w.bank.on_file_updated_share:
        draft.card -= 1


@compiled
def plan_income(
    draft: Record, person: Record, customer: int, ordinal: int, day: Record,
    w: Record,
) -> None:  # fmt: skip
    """Salary or benefit on pay day; for the self-employed, a customer's payment."""
    clear(draft)
    draws = stream(w.keys[_K_BILL], customer, day.number * 64 + 40 + ordinal)
    draft.customer = customer
    draft.rail = Rail.ACCOUNT_TO_ACCOUNT
    draft.channel = Channel.BATCH
    draft.direction = Direction.CREDIT
    zone = day.zones[w.city_zone[person.city]]
    if person.pay_day > 0:
        draft.type = TransactionType.SALARY
        draft.recurring = 1
        draft.counterparty = creditor_code(
            0, 20_000 + int(4000.0 * uniform(stream(w.keys[_K_BILL], customer, -7), 0) ** 3)
        )
        draft.amount = int(person.income * w.habits.income * (_overtime(uniform(draws, 0))))
        local = (0.2 + 6.5 * uniform(draws, 1)) * HOUR_US
    else:
        draft.type = TransactionType.TRANSFER
        cheque = uniform(draws, 2) < 0.04 and w.institution.rail < 0
        draft.rail = Rail.CHEQUE if cheque else Rail.INSTANT if uniform(draws, 3) < 0.3 else Rail.ACCOUNT_TO_ACCOUNT
        draft.channel = Channel.BRANCH if cheque else Channel.BATCH
        draft.counterparty = payee_code(customer, 4000 + int(40.0 * uniform(draws, 4) ** 2))
        draft.amount = int(person.income * w.habits.income / 6.6 * exp(0.8 * normal_quantile(uniform(draws, 0)) - 0.32))
        local = time_of_day(w.hours, _OFFICE, 0, uniform(draws, 1))
    draft.counterparty_country = 0
    draft.rail = on_rail(draft.rail, w)
    draft.amount = max(draft.amount, 1)
    draft.billing = draft.amount
    draft.time = to_utc(day, zone, local)
    draft.offset = offset_at(zone, draft.time)


@compiled
def _overtime(u: float) -> float:
    """Six salaries of seven are as always; the others have overtime, a bonus or a deduction in them."""
    return 1.0 if u < 0.86 else 0.95 + 0.9 * (u - 0.86)


@compiled
def plan_bank_charge(
    draft: Record, person: Record, customer: int, ordinal: int, day: Record,
    w: Record,
) -> bool:  # fmt: skip
    """On the first of the month: 0 the account fee, 1 interest on savings, 2 interest owed on a credit or overdraft.

    Of two credit lines: 1 interest owed on the second, 2 on the first.
    """
    clear(draft)
    draws = stream(w.keys[_K_BILL], customer, day.number * 64 + 44 + ordinal)
    draft.draw = draws
    draft.customer = customer
    draft.rail = on_rail(Rail.ACCOUNT_TO_ACCOUNT, w)
    draft.channel = Channel.BATCH
    draft.type = TransactionType.FEE if ordinal == 0 else TransactionType.INTEREST
    if ordinal == 0:
        fee = uniform(stream(w.keys[_K_BILL], customer, -8), 0)
        draft.amount = int((1.95 + int(fee * 6.0)) * w.bank.euro) if fee < 0.5 and w.institution.fees else 0
    elif w.institution.repaid:
        draft.account = CREDIT if ordinal == 1 else CURRENT
        draft.amount = _interest_on_line(person, draft.account, customer, w)
    elif ordinal == 1:
        draft.account = SAVINGS
        draft.direction = Direction.CREDIT
        draft.amount = int(person.balance[SAVINGS] * 0.0012) if person.has_savings else 0
    else:
        draft.account = CREDIT if person.balance[CREDIT] < 0 else CURRENT
        draft.amount = int(-min(person.balance[draft.account], 0) * 0.009)
    draft.billing = draft.amount
    zone = day.zones[w.city_zone[person.city]]
    draft.time = to_utc(day, zone, (0.05 + 0.2 * uniform(draws, 0)) * HOUR_US)
    draft.offset = offset_at(zone, draft.time)
    return draft.amount > 0


@compiled
def _interest_on_line(person: Record, account: int, customer: int, w: Record) -> int:
    """A month's interest at 21.5 % a year, the rate of US card accounts in 2024 (Federal Reserve, G.19); none for
    those who repay all they owe."""
    if _repays_all(stream(w.keys[_K_CONTRACTS], customer, 0), w):
        return 0
    return int(-min(person.balance[account], 0) * (0.215 / 12.0))
