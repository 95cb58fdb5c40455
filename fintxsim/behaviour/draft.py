"""What customers and criminals want: drafts of rows, before and after the bank has answered.

A draft is one fixed-width record, so that a day's rows are gathered in time order with two or three cache lines each.
Small integers are positions in the vocabularies; -1 stands for null. Money is in minor units.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fintxsim.compiled import Record, compiled
from fintxsim.population.people import is_browser
from fintxsim.vocabulary import Channel, Direction, EntryMode, IncumbentAction, Rail, TransactionType

CONFIRMS_TRANSFER = 0.96  # chance that a holder confirms a payment in the bank's own app, or knows the PIN (assumption)
# The same when a shop's page asks by 3-D Secure: 24 % of challenged orders failed in Europe (CMSPI, July 2021), and of
# all orders that PSD2 covers, challenged or not, 85.5 % went through (Netcetera 2021). Some of those failed are frauds.
CONFIRMS_ORDER = 0.84

DRAFT = np.dtype(
    [
        ("time", "i8"),  # UTC microseconds since 1970
        ("amount", "i8"),
        ("billing", "i8"),
        ("merchant", "i8"),
        ("counterparty", "i8"),
        ("original", "i8"),  # time of the row that this one undoes
        ("transfer", "i8"),  # time of the debit side of an on-us transfer
        ("device", "i8"),
        ("ip", "i8"),
        ("session", "i8"),
        ("draw", "u8"),  # stream of the bank's luck with this row
        ("score", "f4"),
        ("pass_challenge", "f4"),  # chance that whoever acts passes strong authentication
        ("customer", "i4"),
        ("friend", "i4"),  # customer credited by an on-us transfer
        ("card", "i4"),  # card generation, with the slot in card_slot
        ("next", "i4"),  # the customer's next entry today, as its place among the block's rows; -1: none
        ("offset", "i2"),  # minutes
        ("category", "i2"),
        ("merchant_country", "i2"),
        ("counterparty_country", "i2"),
        ("ip_country", "i2"),
        ("currency", "i2"),
        ("account", "i1"),
        ("card_slot", "i1"),
        ("type", "i1"),
        ("rail", "i1"),
        ("channel", "i1"),
        ("entry", "i1"),
        ("direction", "i1"),
        ("payee_new", "i1"),
        ("name_match", "i1"),
        ("avs", "i1"),
        ("cvv", "i1"),
        ("three_ds", "i1"),
        ("eci", "i1"),
        ("sca", "i1"),
        ("response", "i1"),
        ("reason", "i1"),
        ("action", "i1"),
        ("approved", "i1"),
        ("recurring", "i1"),
        ("on_file", "i1"),
        ("attempt", "i1"),  # 0 first try, 1 retry
        ("new_device", "i1"),  # the device is not one that the bank knows
        ("anomaly", "i1"),  # number of the kind of look-alike that it is part of, 0 none
        ("terminal", "i1"),
        ("hot", "i1"),  # what is hot about the request, see bank.velocity
        ("delivered", "i1"),  # a credit that another customer has had at once, before the day's messages cross
        ("pad", "i1"),
    ],
    align=True,
)

EVENT = np.dtype(
    [
        ("time", "i8"),
        ("device", "i8"),
        ("ip", "i8"),
        ("customer", "i4"),
        ("ip_country", "i2"),
        ("account", "i1"),
        ("kind", "i1"),
        ("detail", "i4"),  # of a new phone or card: its generation (and 256 times the card's slot)
        ("channel", "i1"),
    ],
    align=True,
)


def join(parts: Sequence[npt.NDArray[np.void]], dtype: np.dtype[np.void]) -> npt.NDArray[np.void]:
    """All records one after the other. As bytes: numpy would promote and copy field by field."""
    whole = np.empty(sum(len(part) for part in parts), dtype)
    target, at = whole.view(np.uint8), 0
    for part in parts:
        size = len(part) * dtype.itemsize
        target[at : at + size] = np.ascontiguousarray(part).view(np.uint8)
        at += size
    return whole


@compiled
def on_rail(usual: int, w: Record) -> int:
    """The usual rail of a payment, or the one that all payments of the institution take."""
    return usual if w.institution.rail < 0 else w.institution.rail


@compiled
def banking_channel(device: int, w: Record) -> int:
    """Browsers reach the web bank, phones the app; a wallet is on the phone alone."""
    return Channel.WEB_BANK if is_browser(device) and w.institution.agents == 0 else Channel.MOBILE_APP


@compiled
def clear(draft: Record) -> None:
    """An empty draft of a debit of the current account, nothing known, nothing answered."""
    draft.merchant = -1
    draft.counterparty = -1
    draft.original = -1
    draft.transfer = -1
    draft.device = -1
    draft.ip = -1
    draft.session = -1
    draft.draw = 0
    draft.score = 0.0
    draft.pass_challenge = CONFIRMS_TRANSFER
    draft.friend = -1
    draft.card = -1
    draft.terminal = 0
    draft.category = -1
    draft.merchant_country = -1
    draft.counterparty_country = -1
    draft.ip_country = -1
    draft.currency = 0
    draft.account = 0
    draft.card_slot = -1
    draft.type = TransactionType.PURCHASE
    draft.rail = Rail.CARD
    draft.channel = Channel.POS
    draft.entry = EntryMode.NONE
    draft.direction = Direction.DEBIT
    draft.payee_new = -1
    draft.name_match = -1
    draft.avs = -1
    draft.cvv = -1
    draft.three_ds = -1
    draft.eci = -1
    draft.sca = -1
    draft.response = -1
    draft.reason = -1
    draft.action = IncumbentAction.APPROVE
    draft.approved = 0
    draft.recurring = 0
    draft.on_file = 0
    draft.attempt = 0
    draft.new_device = 0
    draft.anomaly = 0
    draft.delivered = 0
    draft.hot = 0
    draft.next = -1
