"""Transfers: to friends, to known and new payees, out of one's own savings; wallet top-ups."""

from __future__ import annotations

from fintxsim.population.categories import WALLET_TOP_UP, Hours
from fintxsim.streams import Purpose
from fintxsim.vocabulary import Channel, CvvResult, Direction, EntryMode, NameMatch, Rail, ScaExemption, TransactionType
from tests.oracle import codes
from tests.oracle.arithmetic import exp, floor, normal_quantile
from tests.oracle.draws import Stream, habit
from tests.oracle.merchants import find, pick_terminal
from tests.oracle.online import banking_channel, choose_device, network, on_rail
from tests.oracle.purchases import challenge, use_card
from tests.oracle.records import CURRENT, DEBIT_CARD, NULL, SAVINGS, Draft, Record, Scene
from tests.oracle.timing import offset_at, time_of_day, to_utc

_TOP_UP, _OWN, _RECEIPT = 40, 41, 48  # ordinals within the day
_MOST_PAYEES = 3999
_FOREIGN_PAYEES = 0.03  # share of them
_PAYEE_COUNTRIES = -1  # number of a stream that lasts for life


def _in_session(scene: Scene, ordinal: int) -> tuple[Draft, Stream]:
    luck = scene.of_today(Purpose.TRANSFER, ordinal)
    draft = Draft(scene.number, scene.bank_luck(160 + ordinal))
    open_session(draft, scene, luck)
    return draft, luck


def open_session(draft: Draft, scene: Scene, luck: Stream) -> None:
    """A payment in the app or on the web, by the clock of where the customer is."""
    draft.device = choose_device(scene, luck.uniform(0))
    draft.ip, draft.ip_country = network(scene, draft.device, luck.uniform(1))
    draft.channel = banking_channel(scene, draft.device)
    draft.session = luck.session(2)
    local = time_of_day(scene.world, Hours.ONLINE, scene.day.weekend, luck.uniform(3))
    draft.time = to_utc(scene.day, scene.clock, local)
    draft.offset = offset_at(scene.clock, draft.time)
    draft.type = TransactionType.TRANSFER


def plan_transfer(scene: Scene, ordinal: int) -> Draft:
    """A transfer to a friend at this bank or a payee elsewhere."""
    draft, luck = _in_session(scene, ordinal)
    _choose_payee(draft, scene, luck.uniform(4), luck.uniform(5))
    draft.name_match = _confirm_name(draft, luck.uniform(9))
    _choose_sum(draft, scene, luck)
    draft.rail = on_rail(scene, Rail.INSTANT if luck.uniform(8) < 0.58 else Rail.ACCOUNT_TO_ACCOUNT)
    if _needs_wire(draft, scene):
        draft.rail = Rail.WIRE
    return draft


def _needs_wire(draft: Draft, scene: Scene) -> bool:
    """What is more than 150 euros leaves the currency area by wire."""
    abroad = scene.world.countries[draft.counterparty_country]
    return bool(abroad.currency != scene.home.currency and draft.billing > 150.0 * scene.world.bank.euro)


def _choose_payee(draft: Draft, scene: Scene, u: float, v: float) -> None:
    """A friend, a known payee or a new one; the bank settles whether he is new when the payment reaches it."""
    person = scene.person
    draft.counterparty_country = 0
    if u < scene.world.habits.friend_share and person.friend_count > 0:
        k = int(v * v * v * person.friend_count)  # some friends far more often than others
        draft.friend, draft.transfer = person.friends[k], 0
        draft.counterparty = codes.account(draft.friend, CURRENT)
        draft.payee_new = 1 - (person.friends_known >> k & 1)
        return
    is_known = person.payees > 0 and u < 1.0 - scene.world.habits.new_payee_share
    number = int(v * v * v * person.payees) if is_known else person.payees
    draft.counterparty = codes.payee(scene.number, number)
    draft.counterparty_country = _country_of_payee(scene, number)
    draft.payee_new = int(not is_known)


def _country_of_payee(scene: Scene, number: int) -> int:
    """Where a payee's account is: home for most, and for life."""
    u = scene.stream(Purpose.TRANSFER, _PAYEE_COUNTRIES).uniform(number)
    foreign_countries = scene.world.n_countries - 1
    if scene.institution.rail != NULL or foreign_countries == 0 or u >= _FOREIGN_PAYEES:
        return 0
    return 1 + int(u / _FOREIGN_PAYEES * foreign_countries)


def recognise_payee(person: Record, draft: Draft) -> None:
    """Who was new when the day was planned may have been paid since."""
    if draft.payee_new == 1 and _knows(person, draft):
        draft.payee_new, draft.name_match = 0, NameMatch.MATCH


def _knows(person: Record, draft: Draft) -> bool:
    if draft.friend == NULL:
        return codes.payee(draft.customer, 0) <= draft.counterparty < codes.payee(draft.customer, person.payees)
    friend_number = _friend_number(person, draft)
    return friend_number is not None and bool(person.friends_known >> friend_number & 1)


def remember_payee(person: Record, draft: Draft) -> None:
    """Once a payment is approved, its payee is no longer new."""
    if draft.payee_new != 1:
        return
    person.last_payee, person.last_payee_time = draft.counterparty, draft.time
    if draft.friend != NULL:
        friend_number = _friend_number(person, draft)
        if friend_number is not None:
            person.friends_known |= 1 << friend_number
    elif draft.counterparty == codes.payee(draft.customer, person.payees):
        person.payees = min(person.payees + 1, _MOST_PAYEES)


def _friend_number(person: Record, draft: Draft) -> int | None:
    friends = person.friends[: person.friend_count]
    return friends.index(draft.friend) if draft.friend in friends else None


def _confirm_name(draft: Draft, u: float) -> int:
    if not draft.payee_new:
        return NameMatch.MATCH
    if draft.counterparty_country > 0 or u > 0.985:
        return NameMatch.UNAVAILABLE
    return NameMatch.MATCH if u < 0.86 else NameMatch.CLOSE if u < 0.95 else NameMatch.NO_MATCH


def _choose_sum(draft: Draft, scene: Scene, luck: Stream) -> None:
    """People send round sums, shares of bills, and now and then a large one; a known payee often gets the same again."""
    size, kind = luck.uniform(6), luck.uniform(7)
    if draft.payee_new == 0 and luck.uniform(10) < 0.35:
        own = habit(draft.customer, draft.counterparty)
        size, kind = 0.1 + 0.6 * own.uniform(0), own.uniform(1)
    z = normal_quantile(size)
    level = 3.4 + (0.8 if draft.payee_new == 1 else 0.0) + (1.2 if draft.counterparty_country > 0 else 0.0)
    euros = exp(level + 0.9 * scene.person.spend + 1.25 * z)
    units = euros * scene.world.bank.euro / scene.home.step
    round_share = scene.world.habits.round_share
    if kind < round_share + 0.14:
        grain = 1.0
        if kind < round_share:
            grain = 5.0 if units < 100.0 else 50.0 if units < 1000.0 else 100.0
        units = max(floor(units / grain + 0.5), 1.0) * grain
    hundredths = floor(units * 100.0 + 0.5)
    draft.amount = draft.billing = max(int(hundredths * (scene.home.step / 100.0) + 0.5), 1)


def plan_receipt(scene: Scene, ordinal: int) -> Draft:
    """Money from one of the people elsewhere who are sent some."""
    luck = scene.of_today(Purpose.TRANSFER, _RECEIPT + ordinal)
    draft = Draft(scene.number)
    draft.type, draft.direction, draft.channel = TransactionType.TRANSFER, Direction.CREDIT, Channel.BATCH
    draft.rail = on_rail(scene, Rail.INSTANT if luck.uniform(8) < 0.58 else Rail.ACCOUNT_TO_ACCOUNT)
    v = luck.uniform(5)
    draft.counterparty = codes.payee(scene.number, int(v * v * max(scene.person.payees, 1)))
    draft.counterparty_country = 0
    _choose_sum(draft, scene, luck)
    local = time_of_day(scene.world, Hours.ONLINE, scene.day.weekend, luck.uniform(3))
    draft.time = to_utc(scene.day, scene.home_zone, local)
    draft.offset = offset_at(scene.home_zone, draft.time)
    return draft


def plan_own_transfer(scene: Scene, amount: int) -> Draft:
    """Pull money from the savings account when the current one runs low."""
    draft, _ = _in_session(scene, _OWN)
    move_savings(draft, amount)
    return draft


def move_savings(draft: Draft, amount: int) -> None:
    """From one's own savings to one's own current account."""
    draft.rail, draft.account = Rail.INSTANT, SAVINGS
    draft.friend, draft.transfer = draft.customer, 0
    draft.counterparty, draft.counterparty_country = codes.account(draft.customer, CURRENT), 0
    draft.payee_new, draft.name_match = 0, NameMatch.MATCH
    draft.amount = draft.billing = amount


def plan_top_up(scene: Scene) -> Draft:
    """Load an e-wallet: from the account over the wallet rail, or with the card."""
    draft, luck = _in_session(scene, _TOP_UP)
    u = luck.uniform(4)
    units = 10.0 * (1 + int(5.0 * (u * u))) if luck.uniform(5) < 0.8 else 100.0
    draft.type = TransactionType.TOP_UP
    draft.amount = draft.billing = int(units * scene.home.step + 0.5)
    draft.merchant = find(scene, scene.world.n_cities, WALLET_TOP_UP, luck.uniform(6), scene.day.date)
    draft.category, draft.merchant_country = WALLET_TOP_UP, 0
    draft.terminal = pick_terminal(scene.world, draft.merchant, luck.uniform(7))
    if luck.uniform(8) < 0.5:
        draft.rail = Rail.WALLET
        return draft
    draft.channel, draft.entry = Channel.ECOM, EntryMode.ECOM
    draft.cvv, draft.sca = CvvResult.MATCH, ScaExemption.NONE
    challenge(draft, luck.uniform(9))
    use_card(draft, scene, DEBIT_CARD)
    return draft
