"""Seconds of the minute, and how finely a time is written."""

from __future__ import annotations

from typing import ClassVar

from fintxsim.leaks.base import Judgement, LeakCheck
from fintxsim.leaks.features import fraction, minute, second
from fintxsim.leaks.form import judged_form
from fintxsim.leaks.subject import Subject


class Seconds(LeakCheck):
    name: ClassVar[str] = "seconds"
    meaning: ClassVar[str] = "minutes, seconds and fractions of seconds tell nothing"
    is_form: ClassVar[bool] = True

    def judge(self, table: Subject) -> Judgement:
        table.require_clock()
        table.require_frauds()
        time = table.roles.time
        return judged_form(table, [second(time), minute(time), fraction(time)])
