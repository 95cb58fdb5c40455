"""Who passed whose money on.

The legs of a campaign are followed from account to account: an account that got money from another one of the campaign
is one hop further than it. Who pays before he got anything from the others is where the money comes in: it may come
back to him, and then he is still the first. What is known are transfers within the bank.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass
class Trail:
    """``hops`` and ``origins`` by account; an account without an entry got nothing from another one."""

    hops: dict[int, int] = field(default_factory=dict)
    origins: dict[int, set[int]] = field(default_factory=dict)  # customers whose money, or whose victims' money, it is

    def hop(self, account: int) -> int:
        return self.hops.get(account, 0)

    def origin(self, row: Row) -> set[int]:
        """Customers with whom the money of a row began its way."""
        return self.origins.get(row["account_id"], {row["customer_id"]})


def follow(rows: Iterable[Row]) -> Trail:
    """The trail of a campaign's approved rows, in order of time."""
    trail, sides = Trail(), dict[int, Row]()
    for row in rows:
        sides[row["transaction_id"]] = row
        payer = sides.get(row["transfer_id"]) if row["direction"] == "credit" else None
        if payer is None or payer["account_id"] == row["account_id"]:
            continue
        account = row["account_id"]
        trail.hops.setdefault(payer["account_id"], 0)
        trail.hops.setdefault(account, trail.hop(payer["account_id"]) + 1)
        trail.origins.setdefault(account, set()).update(trail.origin(payer))
    return trail
