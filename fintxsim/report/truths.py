"""What truth/ says of transactions, batch by batch in step with them, so that it never has to be held whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
from numpy.typing import NDArray

from fintxsim import columns as c
from fintxsim.dataset import Run

_COLUMNS = ["transaction_id", "is_fraud", "is_laundering", "typology", "campaign_id"]

Ints = NDArray[np.int64]

SPARING: dict[str, Any] = {
    "batch_readahead": 1,
    "fragment_readahead": 1,  # with 0 a scan never ends
    "use_threads": False,
    "fragment_scan_options": pads.ParquetFragmentScanOptions(pre_buffer=False),
}
"""How to scan a table so that little of it is in memory. With pyarrow's defaults whole row groups pile up when their
reader is slower than the disk: 7 million rows took 940 MB and take 430 MB, in less CPU time."""

GENUINE, FRAUD, LEG = 0, 1, 2
"""What a row is; a leg launders the proceeds of another crime and counts to neither of the others."""


class Words:
    """Numbers the words of a dictionary column as they turn up, alike over all batches."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)

    def codes(self, column: Any) -> Ints:
        """The number of each row's word; -1 for null."""
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        own = [self.numbers.setdefault(word, len(self.numbers)) for word in encoded.dictionary.to_pylist()]
        return np.array([*own, -1], np.int64)[integers(encoded.indices, -1)]


def integers(column: Any, null: int = 0) -> Ints:
    """Whole numbers, times in microseconds; nulls become ``null``."""
    numbers = column if pa.types.is_int64(column.type) else column.cast(pa.int64())
    return np.asarray(pc.fill_null(numbers, null) if numbers.null_count else numbers, np.int64)


@dataclass(frozen=True, slots=True)
class Told:
    """Per row: what it is, its typology as a number of ``Truths.typologies``, its campaign; -1 where there is none."""

    what: Ints
    typology: Ints
    campaign: Ints


class Truths:
    """Reads truth/transactions along with the transactions: both are in the order of transaction_id."""

    def __init__(self, run: Run) -> None:
        self.typologies = Words()
        self._batches = run.scan(c.TRUTH_TRANSACTIONS.path).to_batches(columns=_COLUMNS, **SPARING)
        self._held = np.zeros((4, 0), np.int64)  # id, what, typology, campaign of rows that were read ahead
        self._is_over = False

    def of(self, ids: Ints) -> Told:
        """What is told of a batch of transactions, given by rising ids."""
        told = np.array([[GENUINE], [-1], [-1]], np.int64).repeat(len(ids), axis=1)
        if len(ids):
            self._read_until(int(ids[-1]))
            self._held = self._held[:, self._held[0] >= ids[0]]
            here = self._held[:, self._held[0] <= ids[-1]]
            at = np.minimum(np.searchsorted(ids, here[0]), len(ids) - 1)
            is_here = ids[at] == here[0]
            told[:, at[is_here]] = here[1:, is_here]
        return Told(*told)

    def _read_until(self, last: int) -> None:
        parts = [self._held]
        while not self._is_over and not (parts[-1].size and parts[-1][0, -1] > last):
            batch = next(self._batches, None)
            self._is_over = batch is None
            if batch is not None:
                parts.append(self._columns(batch))
        self._held = np.concatenate(parts, axis=1)

    def _columns(self, batch: pa.RecordBatch) -> Ints:
        is_fraud, is_leg = (integers(batch.column(name)) for name in ("is_fraud", "is_laundering"))
        what = np.where(is_fraud > 0, FRAUD, np.where(is_leg > 0, LEG, GENUINE))
        typology = self.typologies.codes(batch.column("typology"))
        return np.stack(
            [integers(batch.column("transaction_id")), what, typology, integers(batch.column("campaign_id"), -1)]
        )
