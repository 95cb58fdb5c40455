"""How stolen money is passed on: mules, what they keep, how long they take, and where it leaves the bank's sight.

A campaign is paid on a few *lanes*, each one account: a mule's at this bank, or one elsewhere, of which nothing more is
seen. A mule at this bank keeps a few per cent and passes the rest on in one to three parts: to another mule, to an
account elsewhere or abroad, to a crypto exchange, or as cash. What is to be done next is an errand, the typology's own
plan included, so that the plan and the money move side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from pydantic import Field

from fintxsim.streams import Draws
from fintxsim.typologies.agenda import hour_of
from fintxsim.typologies.campaign import DAY_US, HOUR_US, MINUTE_US, Campaign, Crew, Errand
from fintxsim.typologies.config import TypologyConfig
from fintxsim.typologies.door import MULE_LEG, Answer, Door, Hand, Part, Payee
from fintxsim.typologies.market import Market, Wanted
from fintxsim.typologies.sizes import log_normal, sum_within
from fintxsim.vocabulary import EntryMode, Rail

LANES = 6  # accounts on which a campaign can be paid
MOST_HOPS = 5  # accounts of this bank that the same money goes through (published cases: one to five)
SMALLEST_SUM = 20.0  # euros for which nobody bothers
INSTANT_LIMIT = 10_000.0  # euros that instant transfers carry, as every customer is told
HOLDER_PASSES = 0.96  # chance that the account's own holder passes a challenge, as in ordinary payments

_BEDTIME, _GETS_UP = 1.2, 6.8  # hours (assumption)
_HERD = 16  # accounts that a crew can have at this bank; older ones have been closed (assumption)
_VETERANS = 0.6  # share of a campaign's mules who have worked for the crew before (assumption)
_HERDS_ITSELF = 0.65  # skill from which a crew runs its mules' accounts with its own devices (assumption)
_WHOLE = 0.55  # chance that all that is left is sent at once (assumption)
_NOT_DIVIDED = 250.0  # euros below which it always is (assumption)
REFUSED = "FR01"  # answer to a payment that the bank takes for fraud
_FROZEN = frozenset({"AC06", "41", "43", "62"})  # answers after which an account is of no use any more
_PAYERS = 8192  # accounts elsewhere from this number on send money, those below get it
_STRIDE = 17  # from the accounts of one period to those of the next; no power of two, by which accounts could be sorted
_ONE_ABROAD_IN = 18  # lanes that lead elsewhere (assumption)
_MOVES = 53  # from one period's accounts to those to which a crew moves; far enough to be nobody's of these months
_PERIOD_DAYS = 10  # how long a crew uses the same accounts elsewhere (assumption)


class Task(IntEnum):
    """What an errand is: a step of the typology's plan, or which part of received money is sent on."""

    MAIN = 0
    FIRST_PART = 1
    SECOND_PART = 2
    LAST_PART = 3


class Way(IntEnum):
    """Where passed-on money goes."""

    ONWARD = 0  # to another account at this bank
    ELSEWHERE = 1
    ABROAD = 2
    CRYPTO = 3
    CASH = 4


# How money leaves (assumptions: Europol's reports on mules name all four and count none).
_EXITS = ((Way.ELSEWHERE, 0.46), (Way.ABROAD, 0.1), (Way.CRYPTO, 0.16), (Way.CASH, 0.28))
_USUAL_BY_CARD = {Way.CRYPTO: 500.0, Way.CASH: 190.0}  # median euros at a time (assumption)
_MOST_AS_CASH = 1500.0  # euros worth queueing for at machines


class MuleConfig(TypologyConfig):
    """Settings of a typology whose money goes through mules."""

    dwell_minutes_median: float = Field(
        45.0, ge=1, le=2880,
        description="Median minutes that money stays with a mule; four in five pass it on within hours (assumption).",
    )  # fmt: skip


class ProceedsConfig(MuleConfig):
    """Settings of a typology whose proceeds are passed on."""

    mules_here_share: float = Field(
        0.3, ge=0, le=1, description="Share of receiving accounts that are kept at this bank (assumption)."
    )
    layering_share: float = Field(
        0.45, ge=0, le=1,
        description="Chance that a mule sends money to another mule of this bank, if there is one, instead of out "
        "(assumption).",
    )  # fmt: skip


# --- the agenda -----------------------------------------------------------------------------------------


def begin(campaign: Campaign, time: int) -> None:
    """Put the first step of the plan on the agenda."""
    campaign.send(Errand(time, Task.MAIN, campaign.victims[0]))
    campaign.next_time = time


def now_due(campaign: Campaign) -> Errand:
    """The errand for which an act was called."""
    errand = campaign.due_errand()
    assert errand is not None, "a campaign acts when an errand is due"
    return errand


def go_on(campaign: Campaign, draws: Draws) -> None:
    """Wait for the next errand; whoever has several to do needs a minute for each."""
    campaign.go_on(pause_us=int(draws.between(0.2, 1.5) * MINUTE_US))


def awake(time: int, customer: int, market: Market, draws: Draws, *, shift_hours: int = 0) -> int:
    """The moment itself, or some time in the morning if whoever acts sleeps then; crews can live on another clock."""
    hour = (hour_of(market, customer, time) - shift_hours) % 24.0
    if not _BEDTIME < hour < _GETS_UP:
        return time
    return time + int((_GETS_UP - hour + 3.5 * draws.next()) * HOUR_US)


def fresh_tools(campaign: Campaign) -> None:
    """Each campaign has devices of its own, so that one that is found out does not give away the others."""
    campaign.rotation = campaign.number % 1000 * 16


# --- accounts -------------------------------------------------------------------------------------------


def enlist(campaign: Campaign, crew: Crew, config: ProceedsConfig, market: Market, draws: Draws) -> None:
    """Choose the mules at this bank: each lane is one by chance, and some have worked for the crew before."""
    wanted = sum(draws.next() < config.mules_here_share for _ in range(LANES))
    recruit_mules(campaign, crew, market, draws, wanted)


def recruit_mules(campaign: Campaign, crew: Crew, market: Market, draws: Draws, wanted: int) -> None:
    """Add mules who are neither victims nor there already; there can be fewer than wanted."""
    campaign.accounts = crew.accounts
    for _ in range(wanted):
        veterans = [mule for mule in crew.mules if mule not in campaign.mules and mule not in campaign.victims]
        if veterans and draws.next() < _VETERANS:
            mule = veterans[draws.below(len(veterans))]
        else:
            mule = market.pick_customers(draws, 1, Wanted.NEEDY)[0]
        if mule in campaign.mules or mule in campaign.victims:
            continue
        campaign.mules.append(mule)
        if mule not in crew.mules:
            crew.mules.append(mule)
    del crew.mules[:-_HERD]


def lane(campaign: Campaign, crew: Crew, number: int) -> Payee:
    """The account of a lane: mules of this bank first, then accounts elsewhere, of which now and then one is abroad."""
    number %= LANES
    if number < len(campaign.mules) and campaign.mules[number] in crew.mules:
        return Payee(customer=campaign.mules[number])
    is_foreign = ((crew.number + _period(campaign)) * LANES + number) % _ONE_ABROAD_IN == 0  # for all its campaigns
    return elsewhere(campaign, number, is_foreign=is_foreign)


def elsewhere(campaign: Campaign, number: int, *, is_foreign: bool) -> Payee:
    """One of 16 accounts that the crew has elsewhere these days; they serve several campaigns."""
    return Payee(ordinal=_period(campaign) * _STRIDE + number, is_foreign=is_foreign)


def _period(campaign: Campaign) -> int:
    """Number of the accounts elsewhere that the crew uses these days, or since it moved."""
    return (campaign.started // (_PERIOD_DAYS * DAY_US) + _MOVES * campaign.accounts) % (_PAYERS // _STRIDE)


def move_on(campaign: Campaign, crew: Crew) -> None:
    """Use fresh accounts elsewhere: a payment to those so far was refused, so somebody may have complained of them."""
    crew.accounts += 1
    campaign.accounts = crew.accounts


def unrelated_payer(draws: Draws) -> int:
    """Number of an account elsewhere that sends money and has nothing to do with the others."""
    return _PAYERS + draws.below(_PAYERS)


def burn(campaign: Campaign, crew: Crew, customer: int) -> None:
    """An account that works no more: what is on it is lost, nothing is planned with it, and tools are changed."""
    campaign.errands = [errand for errand in campaign.errands if errand.customer != customer]
    campaign.change_tools()
    if customer in crew.mules:
        crew.mules.remove(customer)


def hand_of(crew: Crew) -> Hand:
    """Who works a mule's account: the mule, or a crew that has been given the credentials."""
    return Hand.CREW if crew.skill > _HERDS_ITSELF else Hand.HOLDER


# --- money ----------------------------------------------------------------------------------------------


def paid(
    payee: Payee, amount: float, answer: Answer, campaign: Campaign, crew: Crew, config: MuleConfig, market: Market,
    draws: Draws, hop: int = 0,
) -> None:  # fmt: skip
    """Money has been sent to an account: if it is a mule's at this bank, he passes it on later."""
    if answer.approved and payee.customer >= 0:
        arrive(payee.customer, amount, campaign, crew, config, market, draws, hop)


def arrive(
    customer: int, amount: float, campaign: Campaign, crew: Crew, config: MuleConfig, market: Market, draws: Draws,
    hop: int,
) -> None:  # fmt: skip
    """Money is there: 2 to 8 % stays, more when the rest is rounded; what came before and still waits goes along."""
    to_send = amount * (1.0 - draws.between(0.02, 0.08))
    for at, errand in enumerate(campaign.errands):
        if errand.customer == customer and errand.hop == hop and Task.MAIN < errand.what <= Task.LAST_PART:
            campaign.errands[at] = errand._replace(amount=errand.amount + to_send)
            return
    minutes = max(log_normal(config.dwell_minutes_median, 1.0, draws.next()), 1.0)
    errand = Errand(campaign.next_time, Task.FIRST_PART, customer, to_send, hop)
    _put_off(errand, minutes, campaign, market, draws, hand_of(crew))


def _put_off(errand: Errand, minutes: float, campaign: Campaign, market: Market, draws: Draws, by: Hand) -> None:
    """Do something in so many minutes, or in the morning if the account's holder sleeps then."""
    time = campaign.next_time + int(minutes * MINUTE_US)
    if by == Hand.HOLDER:
        time = awake(time, errand.customer, market, draws)
    campaign.send(errand._replace(time=time))


def pass_proceeds_on(
    errand: Errand, campaign: Campaign, crew: Crew, config: ProceedsConfig, market: Market, door: Door, draws: Draws
) -> None:
    """A mule's errand in a campaign whose proceeds these are: on to a mule further down, or out."""
    following: Sequence[int] = ()
    if errand.hop < MOST_HOPS - 1 and draws.next() < config.layering_share:
        later = campaign.mules[campaign.mules.index(errand.customer) + 1 :]
        following = [mule for mule in later if mule in crew.mules]
    pass_on(errand, campaign, crew, config, market, door, draws, following=following, by=hand_of(crew))


def pass_on(
    errand: Errand, campaign: Campaign, crew: Crew, config: MuleConfig, market: Market, door: Door, draws: Draws, *,
    following: Sequence[int], by: Hand, part: Part = MULE_LEG,
) -> Answer | None:  # fmt: skip
    """Send one part of what has arrived to one of ``following``, or out; None when there is nothing left to send.

    After a decline the rest is tried again, less of it and another way; after too many the account is given up.
    """
    rest = min(errand.amount, door.balance(errand.customer))
    if rest < SMALLEST_SUM:
        return None
    whole = errand.note == 0.0 and (errand.what == Task.LAST_PART or rest < _NOT_DIVIDED or draws.next() < _WHOLE)
    wanted = rest * (1.0 if whole else draws.between(0.3, 0.7)) * 0.5**errand.note
    way = Way.ONWARD if following else _way_out(rest, errand.customer, campaign.next_time, draws, market)
    if way in _USUAL_BY_CARD:
        wanted = min(wanted, log_normal(_USUAL_BY_CARD[way], 0.6, draws.next()))
    amount = sum_within(max(wanted, SMALLEST_SUM), draws.next())
    if way >= Way.CRYPTO:
        payee, answer = None, _spend(way, errand.customer, amount, campaign, market, door, draws, by, part)
    else:
        payee = _next_account(way, following, campaign, draws)
        answer = _transfer(errand.customer, payee, amount, campaign, door, draws, by, part)
    if not answer.approved:
        _declined(errand, answer, campaign, crew, market, draws, by)
        return answer
    if payee is not None:
        paid(payee, amount, answer, campaign, crew, config, market, draws, errand.hop + 1)
    if rest - amount > max(0.05 * rest, SMALLEST_SUM):
        left = errand._replace(what=min(errand.what + 1, Task.LAST_PART), amount=rest - amount, note=0.0)
        _put_off(left, draws.between(3, 12 if way == Way.CASH else 90), campaign, market, draws, by)
    return answer


def _way_out(rest: float, customer: int, time: int, draws: Draws, market: Market) -> Way:
    """How money leaves; what is too much for machines, comes at night or is not paid out as cash is transferred."""
    u = draws.next()
    for way, share in _EXITS:
        u -= share
        if u < 0.0:
            fits = rest <= _MOST_AS_CASH and market.has_cash and hour_of(market, customer, time) > _GETS_UP
            return way if way != Way.CASH or fits else Way.ELSEWHERE
    return Way.ELSEWHERE


def _next_account(way: Way, following: Sequence[int], campaign: Campaign, draws: Draws) -> Payee:
    if way == Way.ONWARD:
        return Payee(customer=following[draws.below(len(following))])
    number = 8 + draws.below(6) if way == Way.ELSEWHERE else 14 + draws.below(2)
    return elsewhere(campaign, number, is_foreign=way == Way.ABROAD)


def _transfer(
    customer: int, payee: Payee, amount: float, campaign: Campaign, door: Door, draws: Draws, by: Hand, part: Part
) -> Answer:
    hurried = amount < INSTANT_LIMIT and draws.next() < 0.75
    return door.transfer(
        customer, campaign.next_time, payee, amount, rail=Rail.INSTANT if hurried else Rail.ACCOUNT_TO_ACCOUNT,
        pass_challenge=HOLDER_PASSES if by == Hand.HOLDER else 0.85, by=by, part=part,
    )  # fmt: skip


def _spend(
    way: Way, customer: int, amount: float, campaign: Campaign, market: Market, door: Door, draws: Draws, by: Hand,
    part: Part,
) -> Answer:  # fmt: skip
    """Cash from a machine nearby, or coins from an exchange, with the mule's own debit card."""
    card, time = market.own_card(customer, credit=False), campaign.next_time
    if way == Way.CASH:
        machine = market.shop_in(draws, "cash_machine", market.whereabouts(customer, time))
        return door.pay_in_person(card, time, machine, amount, entry=EntryMode.CHIP, knows_pin=True, part=part)
    exchange = market.web_shop(draws, "quasi_cash", foreign=draws.next() < 0.4)
    return door.pay_online(card, time, exchange, amount, has_cvv=True, by=by, part=part)


def _declined(
    errand: Errand, answer: Answer, campaign: Campaign, crew: Crew, market: Market, draws: Draws, by: Hand
) -> None:
    """Try again later, or give the account up."""
    if answer.code in _FROZEN or errand.note >= crew.patience:
        burn(campaign, crew, errand.customer)
        return
    if answer.code == REFUSED:
        move_on(campaign, crew)
    minutes = draws.between(4, 50) if draws.next() < 0.7 else draws.between(120, 840)
    _put_off(errand._replace(note=errand.note + 1.0), minutes, campaign, market, draws, by)
