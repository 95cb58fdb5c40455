"""First appearances of words: a new word must not be announced by a fraud."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from fintxsim.leaks.base import Judgement, Leak, LeakCheck
from fintxsim.leaks.evidence import FRAUDS_NEEDED, effective, nats_needed, poisson_nats
from fintxsim.leaks.frames import Frame, Words
from fintxsim.leaks.gates import FORM_LIFT
from fintxsim.leaks.subject import NothingToCheckError, Subject


class FirstAppearance(LeakCheck):
    name: ClassVar[str] = "first appearance"
    meaning: ClassVar[str] = "words do not appear for the first time with a fraud"

    def judge(self, table: Subject) -> Judgement:
        table.require_frauds()
        columns = [name for name in table.behaviour if _has_enough_words(table, name)]
        if not columns:
            raise NothingToCheckError(f"no column has {FRAUDS_NEEDED} different words")
        leaks = tuple(leak for name in columns for leak in _leaks(table, name, len(columns)))
        return Judgement(leaks, f"columns of at least {FRAUDS_NEEDED} words: {', '.join(columns)}")


def _has_enough_words(table: Subject, name: str) -> bool:
    values = table.frame.values(name)
    return isinstance(values, Words) and len(values.texts) >= FRAUDS_NEEDED


@dataclass(slots=True)
class _Word:
    """Rows of a word. ``owner`` is that of its first row, if that is a fraud."""

    frauds: int = 0
    rows: int = 0
    owner: Any = None


def _leaks(table: Subject, name: str, looks: int) -> list[Leak]:
    """Compared with the share of frauds among all rows of the words."""
    words = _counted(table, name)
    owners = [word.owner for word in words.values() if word.owner is not None]
    seen, expected = len(owners), sum(word.frauds / word.rows for word in words.values())
    worth = effective(np.array(list(Counter(owners).values()), np.float64)) / max(seen, 1)
    nats = poisson_nats(seen, expected) * worth
    if seen < FRAUDS_NEEDED or seen <= FORM_LIFT * expected or nats < nats_needed(looks):
        return []
    text = f"{name}: {seen} of {len(words)} words first appear with a fraud, {expected:.1f} would by chance"
    return [Leak(text, table.place, column=name)]


def _counted(table: Subject, name: str) -> dict[str, _Word]:
    words: dict[str, _Word] = defaultdict(_Word)
    entities = table.roles.entities[:1]
    for number, frame in enumerate(table.frames([name, *entities])):
        values = frame.values(name)
        assert isinstance(values, Words)
        rows = np.bincount(values.codes + 1, minlength=len(values.texts) + 1)[1:].tolist()
        frauds = np.bincount(values.codes[frame.fraud] + 1, minlength=len(values.texts) + 1)[1:].tolist()
        used, first = np.unique(values.codes, return_index=True)
        for code, row in zip(used.tolist(), first.tolist(), strict=True):
            if code >= 0:
                word = words[values.texts[code]]
                if not word.rows and frame.fraud[row]:
                    word.owner = _owner(frame, row, entities, number)
                word.rows, word.frauds = word.rows + rows[code], word.frauds + frauds[code]
    return words


def _owner(frame: Frame, row: int, entities: tuple[str, ...], number: int) -> Any:
    """Campaign or entity of a row; the row itself when neither is known."""
    if frame.group[row] >= 0:
        return int(frame.group[row])
    return frame.rows.column(entities[0])[row].as_py() if entities else (number, row)
