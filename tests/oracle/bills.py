"""Agreements, income, and what the bank itself charges and pays."""

from __future__ import annotations

from fintxsim.behaviour.bills import Contract
from fintxsim.population.categories import DIGITAL_MEDIA, Hours
from fintxsim.streams import Purpose
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
from tests.oracle import codes
from tests.oracle.arithmetic import exp, normal_quantile
from tests.oracle.draws import Stream
from tests.oracle.merchants import category_of, pick_terminal, profile
from tests.oracle.online import banking_channel, on_rail, own_device
from tests.oracle.purchases import use_card
from tests.oracle.records import CREDIT, CREDIT_CARD, CURRENT, DEBIT_CARD, NULL, SAVINGS, Draft, Record, Scene
from tests.oracle.timing import HOUR, offset_at, time_of_day, to_utc

_EMPLOYER, _FEE_CLASS = -7, -8  # numbers of streams that last for life
_CARD_LIFE_DAYS = 1460
_BEGAN = 400


def _at(draft: Draft, scene: Scene, local: float) -> None:
    """Set the time by the clock at home."""
    draft.time = to_utc(scene.day, scene.home_zone, local)
    draft.offset = offset_at(scene.home_zone, draft.time)


def _booked(scene: Scene, draw: int = 0) -> Draft:
    """A row that the bank books by itself."""
    draft = Draft(scene.number, draw)
    draft.rail, draft.channel = on_rail(scene, Rail.ACCOUNT_TO_ACCOUNT), Channel.BATCH
    return draft


def plan_contract(scene: Scene, contract: Record, ordinal: int) -> Draft | None:
    """The month's payment under a contract, mostly collected before six in the morning; None if nothing is to pay."""
    luck = scene.of_today(Purpose.BILL, ordinal)
    draft = _booked(scene, scene.bank_luck(64 + ordinal))
    draft.type, draft.recurring = TransactionType.DIRECT_DEBIT, 1
    draft.counterparty, draft.counterparty_country, draft.payee_new = contract.creditor, 0, 0
    draft.amount = _sum_of_month(contract, luck)
    _at(draft, scene, (0.3 + 5.5 * luck.uniform(0)) * HOUR)
    _particulars(draft, scene, contract, luck)
    draft.billing = draft.amount
    return draft if draft.amount > 0 else None


def _sum_of_month(contract: Record, luck: Stream) -> int:
    if contract.variation > 0.0 and contract.kind not in (Contract.CARD_REPAYMENT, Contract.LINE_REPAYMENT):
        return int(contract.amount * exp(contract.variation * normal_quantile(luck.uniform(1))) + 0.5)
    return int(contract.amount)


def _particulars(draft: Draft, scene: Scene, contract: Record, luck: Stream) -> None:
    """What is particular to a kind of contract; all others are direct debits."""
    person = scene.person
    if scene.institution.repaid and contract.kind != Contract.SUBSCRIPTION:
        _repaid_from_elsewhere(draft, scene, contract)
        return
    if scene.institution.pushes:
        _push_bill(draft, scene, luck, is_bill=contract.kind != Contract.RENT)
        return
    match contract.kind:
        case Contract.RENT:
            draft.type = TransactionType.TRANSFER
        case Contract.TAX:
            _push_bill(draft, scene, luck, is_bill=True)
        case Contract.CHEQUE:
            draft.type, draft.channel, draft.recurring = TransactionType.BILL_PAYMENT, Channel.BRANCH, 0
            draft.rail = Rail.CHEQUE
            _at(draft, scene, time_of_day(scene.world, Hours.OFFICE, 0, luck.uniform(2)))
        case Contract.SAVING:  # the agreed sum, and half of what is to spare, in tens of euros
            _between_own_accounts(draft, scene)
            tens = max(int(10.0 * scene.world.bank.euro), 1)
            draft.amount += max(person.balance[CURRENT] - int(1.1 * person.income), 0) // 2 // tens * tens
        case Contract.CARD_REPAYMENT:  # a share of what is owed
            _between_own_accounts(draft, scene)
            draft.amount = int(-person.balance[CREDIT] * contract.variation)
        case Contract.SUBSCRIPTION:
            _charge_stored_card(draft, scene, contract, luck)
            if draft.category == DIGITAL_MEDIA:  # within an hour of the time of day at which it began
                began = scene.stream(Purpose.CONTRACTS, 0).uniform(_BEGAN + contract.day)
                _at(draft, scene, time_of_day(scene.world, Hours.ONLINE, 0, began) + HOUR * luck.uniform(0))
            elif profile(scene.world, draft.merchant).uniform(14) >= 0.25:  # three firms in four bill in the morning
                _at(draft, scene, (6.0 + 6.0 * luck.uniform(0)) * HOUR)


def _repaid_from_elsewhere(draft: Draft, scene: Scene, contract: Record) -> None:
    """A share of what is owed comes from the holder's account at another bank."""
    draft.type, draft.direction, draft.payee_new = TransactionType.TRANSFER, Direction.CREDIT, NULL
    draft.account = CREDIT if contract.kind == Contract.CARD_REPAYMENT else CURRENT
    draft.amount = int(-scene.person.balance[draft.account] * contract.variation)


def _push_bill(draft: Draft, scene: Scene, luck: Stream, *, is_bill: bool) -> None:
    draft.type, draft.recurring = TransactionType.BILL_PAYMENT if is_bill else TransactionType.TRANSFER, 0
    _at(draft, scene, time_of_day(scene.world, Hours.ONLINE, scene.day.weekend, luck.uniform(2)))
    _pay_at_home(draft, scene, luck)


def _pay_at_home(draft: Draft, scene: Scene, luck: Stream) -> None:
    """A session at home: at the computer, or on the phone of who has none."""
    draft.device = own_device(scene, at_browser=bool(scene.person.has_browser))
    draft.channel = banking_channel(scene, draft.device)
    draft.ip, draft.ip_country = codes.home_address(scene.number), scene.world.city_country[scene.person.city]
    draft.session = luck.session(5)


def _between_own_accounts(draft: Draft, scene: Scene) -> None:
    draft.type, draft.transfer, draft.friend = TransactionType.TRANSFER, 0, scene.number


def _charge_stored_card(draft: Draft, scene: Scene, contract: Record, luck: Stream) -> None:
    """A card charged by the merchant; for two months after a renewal some shops still try the old one."""
    person = scene.person
    draft.type, draft.rail, draft.channel = TransactionType.PURCHASE, Rail.CARD, Channel.ECOM
    draft.entry, draft.on_file, draft.cvv = EntryMode.ON_FILE, 1, CvvResult.NOT_PROVIDED
    draft.three_ds, draft.eci, draft.sca = ThreeDS.NONE, Eci._07, ScaExemption.RECURRING
    draft.counterparty, draft.counterparty_country, draft.payee_new = NULL, NULL, NULL
    draft.merchant, draft.category, draft.merchant_country = contract.creditor, category_of(contract.creditor), 0
    draft.terminal = pick_terminal(scene.world, draft.merchant, luck.uniform(3))
    slot = CREDIT_CARD if person.has_credit and contract.day % 2 == 0 else DEBIT_CARD
    use_card(draft, scene, slot)
    card_age_days = _CARD_LIFE_DAYS - (person.card_expiry_day[slot] - scene.day.number)
    if card_age_days < 60 and draft.card > 0 and luck.uniform(4) < 1.0 - scene.world.bank.on_file_updated_share:
        draft.card -= 1


def plan_income(scene: Scene, ordinal: int) -> Draft:
    """Salary or benefit on pay day; for the self-employed, a customer's payment."""
    luck = scene.of_today(Purpose.BILL, 40 + ordinal)
    draft = _booked(scene)
    draft.direction, draft.counterparty_country = Direction.CREDIT, 0
    income = scene.person.income * scene.world.habits.income
    if scene.person.pay_day > 0:
        _salary(draft, scene, income, luck)
    else:
        _takings(draft, scene, income, luck)
    draft.amount = draft.billing = max(draft.amount, 1)
    return draft


def _salary(draft: Draft, scene: Scene, income: float, luck: Stream) -> None:
    """The employer is the same for life; some employers pay many customers."""
    draft.type, draft.recurring = TransactionType.SALARY, 1
    u = scene.stream(Purpose.BILL, _EMPLOYER).uniform(0)
    draft.counterparty = codes.creditor(20_000 + int(4000.0 * (u * u * u)))
    draft.amount = int(income * _share_of_usual_salary(luck.uniform(0)))
    _at(draft, scene, (0.2 + 6.5 * luck.uniform(1)) * HOUR)


def _share_of_usual_salary(u: float) -> float:
    """One month in seven brings a deduction, overtime or a bonus."""
    return 1.0 if u < 0.86 else 0.95 + 0.9 * (u - 0.86)


def _takings(draft: Draft, scene: Scene, income: float, luck: Stream) -> None:
    """One of about 6.6 payments a month, from one of forty business partners."""
    draft.type = TransactionType.TRANSFER
    if scene.institution.rail == NULL and luck.uniform(2) < 0.04:
        draft.rail, draft.channel = Rail.CHEQUE, Channel.BRANCH
    elif luck.uniform(3) < 0.3:
        draft.rail = on_rail(scene, Rail.INSTANT)
    u = luck.uniform(4)
    draft.counterparty = codes.payee(scene.number, 4000 + int(40.0 * (u * u)))
    draft.amount = int(income / 6.6 * exp(0.8 * normal_quantile(luck.uniform(0)) - 0.32))
    _at(draft, scene, time_of_day(scene.world, Hours.OFFICE, 0, luck.uniform(1)))


FEE, INTEREST_PAID, INTEREST_OWED = range(3)


def plan_bank_charge(scene: Scene, charge: int) -> Draft | None:
    """On the first of the month: the account fee, interest on savings, interest owed on a credit or overdraft."""
    luck = scene.of_today(Purpose.BILL, 44 + charge)
    person = scene.person
    draft = _booked(scene, luck.state)
    draft.type = TransactionType.FEE if charge == FEE else TransactionType.INTEREST
    if charge == FEE:
        draft.amount = _account_fee(scene) if scene.institution.fees else 0
    elif scene.institution.repaid:
        draft.account = CREDIT if charge == INTEREST_PAID else CURRENT
        draft.amount = _interest_of_revolvers(scene, draft.account)
    elif charge == INTEREST_PAID:
        draft.account, draft.direction = SAVINGS, Direction.CREDIT
        draft.amount = int(person.balance[SAVINGS] * 0.0012) if person.has_savings else 0
    else:
        draft.account = CREDIT if person.balance[CREDIT] < 0 else CURRENT
        draft.amount = int(-min(person.balance[draft.account], 0) * 0.009)
    draft.billing = draft.amount
    _at(draft, scene, (0.05 + 0.2 * luck.uniform(0)) * HOUR)
    return draft if draft.amount > 0 else None


def _interest_of_revolvers(scene: Scene, account: int) -> int:
    """A twelfth of 21.5 % of what is owed by those who do not repay all."""
    repays_all = scene.stream(Purpose.CONTRACTS, 0).uniform(275) < scene.world.habits.full_repayment_share
    owed = max(-scene.person.balance[account], 0)
    return 0 if repays_all else int(owed * (0.215 / 12.0))


def _account_fee(scene: Scene) -> int:
    """Half of the customers pay 1.95, 2.95 or 3.95 euros a month."""
    u = scene.stream(Purpose.BILL, _FEE_CLASS).uniform(0)
    return int((1.95 + int(u * 6.0)) * scene.world.bank.euro) if u < 0.5 else 0
