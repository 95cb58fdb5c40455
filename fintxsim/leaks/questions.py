"""Three yes-or-no questions to any columns: a conjunction such as a night hour and a high amount."""

from __future__ import annotations

from typing import ClassVar

from fintxsim.leaks.base import Judgement, Leak, LeakCheck, level, told
from fintxsim.leaks.bins import binned
from fintxsim.leaks.evidence import nats_needed
from fintxsim.leaks.frames import is_number
from fintxsim.leaks.gates import questions_gate
from fintxsim.leaks.id_order import written
from fintxsim.leaks.pairs import pair_features
from fintxsim.leaks.scores import REGIONS, questions_score
from fintxsim.leaks.subject import Subject


class Questions(LeakCheck):
    name: ClassVar[str] = "three questions"
    meaning: ClassVar[str] = "no three yes-or-no questions find most frauds and little else"

    def judge(self, table: Subject) -> Judgement:
        table.require_frauds()
        rows = table.thin
        equal = pair_features(table.numbers, ratios=False)
        ids = (written(name, is_text=not is_number(table.source.schema.field(name).type)) for name in table.ids)
        features = [*table.features, *equal, *ids]
        columns = [binned(feature.read(rows.frame)) for feature in features]
        names = [feature.name for feature in features]
        score = questions_score(rows.cases, rows.cases.plain, columns, names)
        base = rows.cases.base
        gate = questions_gate(base)
        leak = Leak(told("three questions", score, gate, base), table.place)
        found = (leak,) if score.exceeds(gate, nats_needed(REGIONS)) else ()
        return Judgement(found, f"{score.text}: {level(score, gate, base)}")
