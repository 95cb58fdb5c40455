"""How numbers are written: decimals, cents, zeros at the end."""

from __future__ import annotations

from typing import ClassVar

from fintxsim.leaks.base import Judgement, LeakCheck
from fintxsim.leaks.features import cents, decimals, zeros
from fintxsim.leaks.form import judged_form
from fintxsim.leaks.subject import NothingToCheckError, Subject


class Decimals(LeakCheck):
    name: ClassVar[str] = "decimals"
    meaning: ClassVar[str] = "decimals, cents and round sums are as frequent among frauds as among rows of their kind"
    is_form: ClassVar[bool] = True

    def judge(self, table: Subject) -> Judgement:
        table.require_frauds()
        if not table.numbers:
            raise NothingToCheckError("there is no column of numbers other than codes")
        return judged_form(table, [of(name) for name in table.numbers for of in (decimals, cents, zeros)])
