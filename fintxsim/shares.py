"""Maps of shares: parts of a whole that must add up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

SHARE_TOLERANCE = 1e-6
"""How far the sum may be off (assumption): more than rounding, less than a typing mistake."""


@dataclass(frozen=True, slots=True)
class ShareMap:
    """Marks ``Annotated[dict[str, float], ShareMap()]``: shares of at least 0 that add up to ``total``.

    A scenario that extends another replaces such a map as a whole, since half of one set of
    shares and half of another mean nothing. Keys are sorted, so that the order in the file
    can never matter.
    """

    total: float = 1.0

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.checked, handler(source))

    def checked(self, shares: dict[Any, float]) -> dict[Any, float]:
        """The map with sorted keys; ValueError, in words for the user, when it is no split of the whole."""
        negative = sorted(str(key) for key, share in shares.items() if share < 0)
        if negative:
            raise ValueError(f"shares must be 0 or more; mend {', '.join(negative)}")
        total = math.fsum(shares.values())
        # Written so that a sum that is not a number fails too.
        if not abs(total - self.total) <= SHARE_TOLERANCE:
            raise ValueError(f"shares must add up to {self.total:g}; these add up to {total:.7g}")
        return dict(sorted(shares.items(), key=lambda item: str(item[0])))
