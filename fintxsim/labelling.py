"""How late, how complete and how right labels are, per observation class: what a run's labels make of its truth.

All labels that ever came count: a run goes on telling labels after its last day, so none is cut off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from fintxsim.vocabulary import Label, ObservationClass

DAYS = (1, 7, 30, 90)
GENUINE = "genuine"  # the line of the rows that are no fraud
DAY_SECONDS = 86_400.0


def first_and_last(labels: pd.DataFrame) -> pd.DataFrame:
    """Per labelled transaction: its first label and when, its last one, and whether it was replaced."""
    ordered = labels.sort_values(["label_time", "label_id"])
    first, last = (ordered.drop_duplicates("transaction_id", keep=keep) for keep in ("first", "last"))
    both = first.set_index("transaction_id")[["label_time", "label"]].rename(columns={"label": "first"})
    both["last"] = last.set_index("transaction_id")["label"]
    both["reversed"] = both["first"].astype(str) != both["last"].astype(str)
    return both.reset_index()


def frauds_with_labels(truth: pd.DataFrame, times: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Approved frauds, each with what became of it.

    ``truth`` is truth/transactions; ``times`` holds transaction_id and event_time of the approved ones among its rows.
    Columns observation_class, delay_days (missing: never labelled), first, last, reversed.
    """
    frauds = truth.loc[truth["is_fraud"], ["transaction_id", "observation_class"]].merge(times, on="transaction_id")
    told = frauds.merge(first_and_last(labels), on="transaction_id", how="left")
    told["delay_days"] = (told["label_time"] - told["event_time"]).dt.total_seconds() / DAY_SECONDS
    told["reversed"] = told["reversed"].eq(True)
    return told.drop(columns=["label_time", "event_time"])


def report(frauds: pd.DataFrame, mistaken: pd.DataFrame, genuine: int) -> pd.DataFrame:
    """One line per observation class that occurs, in the order of the vocabulary, and one of the genuine rows.

    ``frauds`` come from ``frauds_with_labels``; ``mistaken`` are the labels of genuine rows, of which there are
    ``genuine`` approved ones. Shares are of the approved rows of the line: labelled in the end and within some days;
    called fraud, genuine or disputed in the end; reversed, when the last label says something else than the first.
    Delays are those of the first label, in days.
    """
    classes = [word.text for word in ObservationClass if (frauds["observation_class"] == word.text).any()]
    lines = {name: _delays(mine) | _ends(mine, len(mine)) for name, mine in _parts(frauds, classes)}
    lines[GENUINE] = _ends(first_and_last(mistaken), genuine)
    table = pd.DataFrame.from_dict(lines, orient="index").rename_axis("observation_class")
    return table[["approved", "labelled", *(name for name in table if name not in ("approved", "labelled"))]]


def _parts(frauds: pd.DataFrame, classes: Iterable[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    return ((name, frauds[frauds["observation_class"] == name]) for name in classes)


def _delays(frauds: pd.DataFrame) -> dict[str, float]:
    delays = frauds["delay_days"]
    within = {f"within_{days}d": float((delays <= days).mean()) for days in DAYS}
    return within | {"median_days": float(delays.median()), "p90_days": float(delays.quantile(0.9))}


def _ends(rows: pd.DataFrame, approved: int) -> dict[str, float]:
    """Where the labels of a line with so many approved rows end; rows without one may be left out."""
    last, of = rows["last"], max(approved, 1)
    ends = {f"called_{word.text}": float((last == word.text).sum()) / of for word in Label}
    return {
        "approved": approved, "labelled": float(last.notna().sum()) / of, **ends,
        "reversed": float(rows["reversed"].sum()) / of,
    }  # fmt: skip
