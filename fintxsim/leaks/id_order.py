"""Identifiers: their order, range, contiguity and format tell nothing. Their values are not looked at.

What is judged is ids, not rows: an id is a fraud's if any of its rows is one. Ids of as many rows, seen first in rows
of the same kind, are compared, for a merchant with many customers is defrauded more often.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fintxsim.leaks.base import Candidate, Judgement, LeakCheck, judged
from fintxsim.leaks.bins import binned
from fintxsim.leaks.cases import Cases
from fintxsim.leaks.evidence import FRAUDS_NEEDED, GROUPS_NEEDED
from fintxsim.leaks.features import Feature
from fintxsim.leaks.frames import Flags, Floats, Frame, Ints, Numbers, Values, Words, words_of
from fintxsim.leaks.gates import form_gate
from fintxsim.leaks.subject import CannotTellError, NothingToCheckError, Subject

_RISING = 0.9
"""Ids of which so many are greater than the one before are numbered in the order of rows."""

_BEGINNING = 2


@dataclass(frozen=True, slots=True)
class _Units:
    """The different ids of a column in rising order.

    ``start`` is the first row of each, ``told_by`` the row that says of which kind it is: its first fraud, if any.
    """

    name: str
    distinct: Any
    fraud: Flags
    rows: Ints
    start: Ints
    told_by: Ints


class IdOrder(LeakCheck):
    name: ClassVar[str] = "id order"
    meaning: ClassVar[str] = "ids of frauds have the order, range, gaps and format of everybody's"
    is_form: ClassVar[bool] = True

    def judge(self, table: Subject) -> Judgement:
        table.require_frauds()
        if not table.ids:
            raise NothingToCheckError("no column of ids is named")
        units = [_units(table.frame, name) for name in table.ids]
        judgements = [_judged(table, unit) for unit in units if _is_enough(table, unit)]
        if not judgements:
            raise CannotTellError(f"no column has {FRAUDS_NEEDED} ids of frauds and as many others")
        findings = tuple(leak for judgement in judgements for leak in judgement.findings)
        return Judgement(findings, f"{len(judgements)} of {len(units)} columns of ids")


def written(name: str, *, is_text: bool) -> Feature:
    """How an id is written: how a text begins, how many digits a number has."""

    def read(frame: Frame) -> Values:
        codes, distinct = frame.ids(name)
        if is_text:
            begin = _beginnings(distinct)
            return Words(np.append(begin.codes, np.int32(-1))[codes], begin.texts)
        return Numbers(np.append(_digits(distinct), np.nan)[codes])

    return Feature(f"{'beginning' if is_text else 'digits'} of {name}", (name,), read)


def _units(frame: Frame, name: str) -> _Units:
    codes, distinct = frame.ids(name)
    known = np.flatnonzero(codes >= 0)
    frauds = known[frame.fraud[known]]
    start = np.zeros(len(distinct), np.int64)
    start[codes[known[::-1]]] = known[::-1]
    told_by = start.copy()
    told_by[codes[frauds[::-1]]] = frauds[::-1]
    fraud = np.bincount(codes[frauds], minlength=len(distinct)) > 0
    return _Units(name, distinct, fraud, np.bincount(codes[known], minlength=len(distinct)), start, told_by)


def _is_enough(table: Subject, units: _Units) -> bool:
    groups = table.group[units.told_by[units.fraud]]
    few = (groups >= 0).all() and len(np.unique(groups)) < GROUPS_NEEDED
    return int(units.fraud.sum()) >= FRAUDS_NEEDED and int((~units.fraud).sum()) >= FRAUDS_NEEDED and not few


def _judged(table: Subject, units: _Units) -> Judgement:
    size = np.floor(np.log2(units.rows)).astype(np.int64)
    levels = [size, *(kind[units.told_by] * (int(size.max()) + 1) + size for kind in table.kinds)]
    cases = Cases(units.fraud, table.group[units.told_by], table.sample.weight, levels)
    candidates = [Candidate(f"{name} of {units.name}", units.name, binned(values)) for name, values in _forms(units)]
    return judged(candidates, cases, cases.matched, form_gate(cases.base), table.place)


def _forms(units: _Units) -> Iterator[tuple[str, Values]]:
    """Everything about ids that is no value: their place, their gaps, how they are written."""
    count = len(units.distinct)
    seen = np.empty(count, np.int64)
    seen[np.argsort(units.start, kind="stable")] = np.arange(count)
    if (np.diff(seen) > 0).mean() >= _RISING:
        yield "place among the rows", Numbers((np.arange(count) - seen).astype(np.float64))
    else:
        yield "order", Numbers(np.arange(count, dtype=np.float64))
        yield "neighbour", Words(np.concatenate([[0], units.fraud[:-1]]).astype(np.int32), ["genuine", "fraud"])
    yield from _text_forms(units.distinct) if _is_text(units.distinct) else _number_forms(units.distinct)


def _number_forms(distinct: Any) -> Iterator[tuple[str, Values]]:
    numbers = np.asarray(distinct, np.float64)
    yield "digits", Numbers(_digits(distinct))
    yield "last digit", Numbers(np.abs(numbers) % 10.0)
    steps = np.diff(numbers, prepend=-np.inf, append=np.inf)
    yield "gap", Numbers(np.floor(np.log2(np.maximum(np.minimum(steps[:-1], steps[1:]), 1e-9))))


def _text_forms(distinct: Any) -> Iterator[tuple[str, Values]]:
    texts = pa.array(distinct, pa.string())
    yield "beginning", _beginnings(distinct)
    yield "length", Numbers(np.asarray(pc.utf8_length(texts), np.float64))
    yield "ending", words_of(pc.utf8_slice_codeunits(texts, -1))
    letters = pc.replace_substring_regex(texts, "\\p{L}+", "A")
    yield "pattern", words_of(pc.replace_substring_regex(letters, "[0-9]+", "9"))


def _beginnings(distinct: Any) -> Words:
    return words_of(pc.utf8_slice_codeunits(pa.array(distinct, pa.string()), 0, _BEGINNING))


def _digits(distinct: Any) -> Floats:
    size = np.abs(np.asarray(distinct, np.float64))
    return np.asarray(np.floor(np.log10(np.maximum(size, 1.0))) + 1.0)


def _is_text(distinct: Any) -> bool:
    return len(distinct) > 0 and isinstance(distinct[0], str)
