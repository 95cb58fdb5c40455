"""Opens a finished run.

Frames have types that do not depend on the rows at hand: a column that can be null is ``Int64`` or ``boolean``
of pandas where its numbers are whole or its values true and false, so that ids never become floats; all other
columns have numpy's types. Words are categories, in the order of the vocabulary when it is closed. Times
are UTC. A time without a zone, given as an argument, is local time of the bank.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as pads

from fintxsim import columns as c
from fintxsim import labelling
from fintxsim import vocabulary as v
from fintxsim.errors import DamagedRunError, InputError
from fintxsim.manifest import FraudEntry, Manifest, read_manifest
from fintxsim.markup import table as html_table
from fintxsim.markup import tag

When = str | dt.date | dt.datetime | pd.Timestamp


_NULLABLE: dict[pa.DataType, Any] = {
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def open_run(path: Path | str) -> Run:
    """Open a finished run; only its manifest is read. RunNotFoundError, DamagedRunError."""
    place = Path(path)
    return Run(place, read_manifest(place))


class Run:
    """A finished run. ``manifest`` says what it is; rows are read when asked for."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest

    def __repr__(self) -> str:
        entry = self.manifest.tables.get(c.TRANSACTIONS.path)
        rows = entry.rows if entry else 0
        return (
            f"<Run {self.manifest.name}, seed {self.manifest.seed}, {self.manifest.days} days, {rows:,} transactions>"
        )

    def _repr_html_(self) -> str:
        """For notebooks: what the run is, and its fraud as requested and realised."""
        head = ("typology", "requested", "count, bps", "value, bps", "frauds", "outcome")
        told = html_table(head, map(_fraud_line, self.manifest.fraud), range(2, 5))
        return tag("div", tag("p", repr(self)), told)

    def scan(self, table: str = c.TRANSACTIONS.path) -> pads.Dataset:
        """A pyarrow dataset over the files of a table. InputError for an unknown table."""
        declared = _declared(table)
        paths = [self.path / entry.path for entry in self.manifest.files_of(declared.path)]
        missing = [path for path in paths if not path.is_file()]
        if missing or not paths:
            what = f"{missing[0]} is missing" if missing else f"no file of {table} is listed"
            raise DamagedRunError(f"{self.path}: {what}; see `fintxsim verify`, then generate the run anew.")
        return pads.dataset([str(path) for path in paths], schema=declared.schema(), format="parquet")

    def table(
        self,
        table: str,
        start: When | None = None,
        end: When | None = None,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Rows of ``folder/name`` with ``start <= time < end``, in the order of the run.

        InputError for an unknown table or column, or a span of time for a table that is not ordered by time.
        """
        declared = _declared(table)
        names = _known_columns(declared, columns)
        wanted = self._between(declared, start, end)
        return to_frame(self.scan(table).to_table(columns=names, filter=wanted), declared)

    def transactions(
        self, start: When | None = None, end: When | None = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Rows of data/transactions with ``start <= event_time < end``: request and response columns."""
        return self.table(c.TRANSACTIONS.path, start, end, columns)

    def features(self, start: When | None = None, end: When | None = None) -> pd.DataFrame:
        """What a scorer may see of each transaction itself: the request columns alone."""
        return self.transactions(start, end, c.TRANSACTIONS.names(c.KnownAt.REQUEST))

    def truth(self, table: str = "transactions", columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Rows of truth/<table>: to measure with, never to train on."""
        return self.table(f"truth/{table}", columns=columns)

    def labels(self, as_of: When | None = None, matured_days: int | None = None) -> pd.DataFrame:
        """What the bank believed at ``as_of``, one row per labelled or matured transaction, by transaction_id.

        Columns transaction_id, label, source, label_time. Of several labels the last one known counts. An approved
        transaction that nobody spoke of for ``matured_days`` is genuine, with a null source. Without ``as_of``
        everything that ever became known counts, and every transaction has matured.
        """
        moment = None if as_of is None else self._utc(as_of)
        spoken = _last_labels(self.table(c.LABELS.path), moment)
        matured = self._matured(moment, self.manifest.matured_days if matured_days is None else matured_days)
        silent = matured[~matured["transaction_id"].isin(spoken["transaction_id"])]
        both = pd.concat([spoken, silent], ignore_index=True)
        return both.sort_values("transaction_id", ignore_index=True)

    def alerts(self, as_of: When | None = None) -> pd.DataFrame:
        """Rows of labels/alerts that were known at ``as_of``: alerts that had been worked or had expired by then."""
        moment, alerts = None if as_of is None else self._utc(as_of), self.table(c.ALERTS.path)
        return alerts if moment is None else alerts[alerts["closed"] <= moment].reset_index(drop=True)

    def label_report(self) -> pd.DataFrame:
        """How late, how complete and how right the labels are: a line per observation class, see ``labelling``."""
        frauds, truth, labels = self.labelled_frauds(), self.truth(), self.table(c.LABELS.path)
        criminal = truth.loc[truth["is_fraud"] | truth["is_laundering"], "transaction_id"]
        mistaken = labels[~labels["transaction_id"].isin(criminal)]
        return labelling.report(frauds, mistaken, self.manifest.approved_transactions - len(frauds))

    def labelled_frauds(self) -> pd.DataFrame:
        """Every approved fraud with its first and last label, and the delay of the first in days."""
        truth = self.truth()
        wanted = pads.field("is_approved") & pads.field("transaction_id").isin(truth["transaction_id"].to_list())
        rows = self.scan().to_table(columns=["transaction_id", "event_time"], filter=wanted)
        return labelling.frauds_with_labels(truth, to_frame(rows, c.TRANSACTIONS), self.table(c.LABELS.path))

    def _matured(self, moment: pd.Timestamp | None, days: int) -> pd.DataFrame:
        """Approved transactions that are old enough at the moment, as genuine labels."""
        wait = pd.Timedelta(days=days)
        wanted = pads.field("is_approved")
        if moment is not None:
            wanted &= pads.field("event_time") <= _scalar(moment - wait)
        rows = to_frame(self.scan().to_table(columns=["transaction_id", "event_time"], filter=wanted), c.TRANSACTIONS)
        label = v.Label.GENUINE.text
        return pd.DataFrame(
            {
                "transaction_id": rows["transaction_id"],
                "label": _constant(label, v.Label, len(rows)),
                "source": _constant(None, v.LabelSource, len(rows)),
                "label_time": rows["event_time"] + wait,
            }
        )

    def _between(self, table: c.Table, start: When | None, end: When | None) -> Any:
        """A filter on the table's time; None when all rows are wanted."""
        if start is None and end is None:
            return None
        if table[table.time].type != c.TIME:
            raise InputError(f"{table.path} is not ordered by time; leave out start and end.")
        field = pads.field(table.time)
        wanted: Any = None if start is None else field >= _scalar(self._utc(start))
        if end is None:
            return wanted
        before = field < _scalar(self._utc(end))
        return before if wanted is None else wanted & before

    def _utc(self, when: When) -> pd.Timestamp:
        """A point of time; without a zone it is the bank's local time. InputError when it cannot be read."""
        try:
            moment = pd.Timestamp(when)
            local = moment.tz_localize(ZoneInfo(self.manifest.timezone)) if moment.tzinfo is None else moment
        except ValueError as error:
            raise InputError(f"{when!r} is not a point of time ({error}); write for example 2026-01-31.") from None
        return local.tz_convert("UTC")


def _fraud_line(entry: FraudEntry) -> tuple[str, ...]:
    rates = (f"{rate:.2f}" for rate in (entry.realised_bps_count, entry.realised_bps_value))
    return entry.typology, entry.requested, *rates, f"{entry.approved_frauds:,}", entry.outcome


def _scalar(moment: pd.Timestamp) -> Any:
    return pa.scalar(moment.to_pydatetime(), c.TIME)


def _declared(path: str) -> c.Table:
    try:
        return c.table(path)
    except KeyError:
        known = ", ".join(table.path for table in c.TABLES)
        raise InputError(f"no table {path!r}; the tables are {known}.") from None


def _known_columns(table: c.Table, columns: Sequence[str] | None) -> list[str]:
    names = table.names()
    unknown = [name for name in columns or () if name not in names]
    if unknown:
        raise InputError(f"no column {unknown[0]!r} in {table.path}; its columns are {', '.join(names)}.")
    return list(names if columns is None else columns)


def _last_labels(labels: pd.DataFrame, moment: pd.Timestamp | None) -> pd.DataFrame:
    """The label that counts for each transaction at a moment; superseded ones are left out."""
    known = labels if moment is None else labels[labels["label_time"] <= moment]
    standing = known[~known["label_id"].isin(known["supersedes"].dropna())]
    last = standing.sort_values(["label_time", "label_id"]).drop_duplicates("transaction_id", keep="last")
    return last[["transaction_id", "label", "source", "label_time"]]


def to_frame(rows: pa.Table, table: c.Table) -> pd.DataFrame:
    """A pandas frame of a table's rows, with the types that the module's docstring promises."""
    unified = rows.unify_dictionaries()
    names = unified.schema.names
    series = {name: _series(unified.column(name), table[name]) for name in names}
    return pd.DataFrame(series, columns=names)


def _series(column: pa.ChunkedArray[Any], declared: c.Column) -> pd.Series[Any]:
    if declared.words is not None:
        return pd.Series(_categories(column.to_pandas().array, declared.words))
    mapper = _NULLABLE.get if declared.nullable else None
    return column.to_pandas(types_mapper=mapper, date_as_object=False)


def _constant(text: str | None, words: type[v.Word], rows: int) -> Any:
    """A column of one word, or of nulls."""
    texts: Any = words.texts()
    code = -1 if text is None else texts.index(text)
    return pd.Categorical.from_codes(np.full(rows, code, np.int8), categories=pd.Index(texts))


def _categories(values: Any, words: type[v.Word]) -> pd.Categorical:
    """All words of a closed vocabulary, so that frames of different days agree."""
    categorical: pd.Categorical = pd.Categorical(values).set_categories(list(words.texts()))
    return categorical
