"""The manifest of a run: what it is, how to make it again, and every file with its digests.

It is written last. A directory without one is not a finished run.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fintxsim.errors import DamagedRunError, RunNotFoundError

MANIFEST_NAME = "manifest.json"
REPORT_NAME = "report.html"
FORMAT_VERSION = 1


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileEntry(_Frozen):
    """One file. ``table``, ``rows`` and ``values`` are null when it is not part of a table."""

    path: str = Field(description="Relative to the run, with forward slashes.")
    table: str | None = Field(default=None, description="Table as folder/name.")
    rows: int | None = Field(default=None, ge=0)
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    values: str | None = Field(default=None, description="Digest of the values, see fintxsim.digest.")


class TableEntry(_Frozen):
    """All files of a table together, in the order of their paths."""

    rows: int = Field(ge=0)
    values: str = Field(description="Digest of the values; does not depend on how rows are spread over files.")


class FraudEntry(_Frozen):
    """What was asked of a typology and what came of it. Rates count approved debit rows."""

    typology: str
    requested_bps: float | None = Field(
        default=None, description="While on, with share and boost worked in; null when a pressure was requested."
    )
    rate_basis: Literal["count", "value"] = "count"
    requested_pressure: float | None = Field(default=None, description="Campaigns per million customer-days.")
    timeline: str = Field(default="", description="When campaigns may begin, in words; empty: on every day.")
    pressure: float = Field(description="Campaigns started per million customer-days.")
    campaigns: int = Field(ge=0, description="Rows of truth/campaigns.")
    victims: int = Field(default=0, ge=0, description="Customers attacked, or who attack, each counted once.")
    approved_frauds: int = Field(ge=0)
    approved_fraud_value: float = Field(ge=0, description="Major units of the run's currency.")
    expected: float | None = Field(
        default=None, description="Count or value that was requested, as the basis says; on a timeline what could come."
    )
    realised_bps_count: float
    realised_bps_value: float
    low_bps: float | None = Field(default=None, description="Lower end of the tolerance interval.")
    high_bps: float | None = Field(default=None, description="Upper end of the tolerance interval.")
    status: Literal["reached", "not_reached", "off", "open_loop"]
    reason: str = ""

    @property
    def requested(self) -> str:
        """What was requested, in words."""
        if self.requested_bps is not None:
            return f"{self.requested_bps:g} bps of {self.rate_basis}"
        return "off" if self.requested_pressure is None else f"pressure {self.requested_pressure:g}"

    @property
    def outcome(self) -> str:
        """The status, in words."""
        return "requested, not reached" if self.status == "not_reached" else self.status.replace("_", " ")


class AnomalyEntry(_Frozen):
    """What was asked of a kind of look-alike and what came of it. Rates count approved debit rows, and credits from
    other banks."""

    kind: str
    requested_bps: float
    realised_bps: float
    rows: int = Field(ge=0, description="Rows of truth/transactions, declined ones and credit sides among them.")
    approved_rows: int = Field(ge=0, description="Those that the rate counts.")
    expected: float = Field(ge=0, description="Approved rows that the requested rate asks for.")
    low_bps: float = Field(description="Lower end of the tolerance interval.")
    high_bps: float = Field(description="Upper end of the tolerance interval.")
    status: Literal["reached", "not_reached"]
    reason: str = ""


class BookEntry(_Frozen):
    """One book of the ledger, in minor units of its currency. closing = opening + credits - debits."""

    book: str
    currency: str
    opening_minor: int
    debits_minor: int
    credits_minor: int
    closing_minor: int


class Manifest(_Frozen):
    """Everything about a run. Nothing but ``created`` depends on when or where it was made."""

    format_version: int = FORMAT_VERSION
    fintxsim_version: str
    versions: dict[str, str] = Field(description="Python and the libraries that the values can depend on.")
    command: str = Field(description="The command that makes the run again.")
    created: str | None = Field(default=None, description="UTC; nothing else depends on it.")
    name: str
    seed: int
    scenario_digest: str
    timezone: str
    start_date: str = Field(description="First local day, ISO 8601.")
    days: int = Field(ge=1)
    end_time: str = Field(description="UTC of the end of the last local day, ISO 8601.")
    currency: str
    currency_exponents: dict[str, int] = Field(description="Decimals of every currency that occurs.")
    approved_transactions: int = Field(ge=0, description="Approved rows, credit sides of transfers left out.")
    approved_value: float = Field(ge=0, description="Their amount_billing, major units.")
    boost: float = Field(default=1.0, gt=0, description="Factor on every requested rate and pressure.")
    prior_odds_factor: float = Field(
        default=1.0, gt=0,
        description="Multiply the odds p / (1 - p) of a score that is right for this run by it to get those without "
        "boost: (1 - s) / (boost - s), s the share of approved frauds (Elkan 2001; Dal Pozzolo et al. 2015).",
    )  # fmt: skip
    matured_days: int = Field(default=90, ge=1, description="Age from which an unlabelled row counts as genuine.")
    fraud: tuple[FraudEntry, ...] = ()
    anomalies: tuple[AnomalyEntry, ...] = ()
    ledger: tuple[BookEntry, ...] = ()
    warnings: tuple[str, ...] = ()
    tables: dict[str, TableEntry] = Field(default_factory=dict)
    files: tuple[FileEntry, ...] = ()

    def files_of(self, table: str) -> tuple[FileEntry, ...]:
        """Files of a table, in the order of their paths, which is the order of its rows."""
        return tuple(sorted((file for file in self.files if file.table == table), key=lambda file: file.path))


def to_json(manifest: Manifest) -> str:
    """Fields in their declared order, maps by key: equal manifests give equal text."""
    fields = manifest.model_dump(mode="json")
    for name in ("versions", "currency_exponents", "tables"):
        fields[name] = dict(sorted(fields[name].items()))
    return json.dumps(fields, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def is_beside(name: str) -> bool:
    """Whether a file of a run, by its relative path, is made from the others, so that the manifest does not list it.

    That is the page, and what is left when the writing of a page was broken off.
    """
    return name == REPORT_NAME or (name.startswith(f".{REPORT_NAME}.") and name.endswith(".tmp") and "/" not in name)


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that a reader finds the old or the new one, never a part. Raises OSError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_manifest(run: Path, manifest: Manifest) -> None:
    """Write ``manifest.json`` into a directory. Raises OSError."""
    write_atomically(run / MANIFEST_NAME, to_json(manifest))


def read_manifest(run: Path) -> Manifest:
    """Read ``manifest.json``.

    RunNotFoundError when the path is not a finished run or another version of fintxsim wrote it;
    DamagedRunError when the manifest cannot be understood.
    """
    try:
        text = (run / MANIFEST_NAME).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise RunNotFoundError(_not_a_run(run)) from None
    except UnicodeDecodeError as error:
        raise _damaged(run, f"not UTF-8 text ({error.reason})") from None
    return _parse(run, text)


def _parse(run: Path, text: str) -> Manifest:
    try:
        fields = json.loads(text)
    except ValueError as error:
        raise _damaged(run, str(error)) from None
    version = fields.get("format_version") if isinstance(fields, dict) else None
    if isinstance(version, int) and version != FORMAT_VERSION:
        raise RunNotFoundError(
            f"{run}: the run has format {version}, this fintxsim reads format {FORMAT_VERSION}; "
            "read it with the version that wrote it, or generate it anew."
        )
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise _damaged(run, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _damaged(run: Path, what: str) -> DamagedRunError:
    return DamagedRunError(f"{run / MANIFEST_NAME}: damaged: {what}; generate the run anew.")


def _not_a_run(run: Path) -> str:
    """Says what is there instead of a run."""
    if not run.exists():
        found = "nothing is there"
    elif not run.is_dir():
        found = "it is a file"
    else:
        names = sorted(entry.name for entry in run.iterdir())
        shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        found = f"the directory holds {shown}, but no {MANIFEST_NAME}" if names else "the directory is empty"
    return f"{run}: not a finished run: {found}; give the directory that `fintxsim generate` printed."
