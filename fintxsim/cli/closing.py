"""What a finished run says of itself: requested against realised fraud and look-alikes, and the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fintxsim.cli.show import aligned, counted, duration
from fintxsim.manifest import AnomalyEntry, BookEntry, FraudEntry, Manifest

_HEAD = (
    "typology", "requested", "count bps", "value bps", "interval bps", "campaigns", "victims", "frauds", "status",
)  # fmt: skip
_NUMBERS = range(1, 8)
_ANOMALY_HEAD = ("look-alike", "requested bps", "count bps", "interval bps", "rows", "status")


def closing(manifest: Manifest, seconds: float) -> list[str]:
    """Lines for the end of a run."""
    rows = manifest.tables["data/transactions"].rows if "data/transactions" in manifest.tables else 0
    size = sum(file.bytes for file in manifest.files) / 1e6
    pace = f"; {rows / seconds:,.0f} rows/s" if seconds > 0 else ""
    return [
        f"{counted(rows, 'transaction')} in {duration(seconds)}{pace}; {size:,.1f} MB.",
        *fraud_table(manifest.fraud),
        *_boost(manifest),
        *anomaly_table(manifest.anomalies),
        *(ledger_line(currency, books, manifest) for currency, books in _by_currency(manifest.ledger)),
    ]


def fraud_table(entries: tuple[FraudEntry, ...]) -> list[str]:
    """A line per typology, and below it on which days it was on, and why a rate was not reached."""
    if not entries:
        return ["no typology is on: a run without fraud."]
    head, *lines = aligned([_HEAD, *map(_cells, entries)], right=_NUMBERS)
    return [head, *(text for line, entry in zip(lines, entries, strict=True) for text in (line, *_notes(entry)))]


def anomaly_table(entries: tuple[AnomalyEntry, ...]) -> list[str]:
    """A line per kind of look-alike, and below it why a rate was not reached."""
    if not entries:
        return []
    rows = [
        (
            entry.kind, f"{entry.requested_bps:g}", f"{entry.realised_bps:.2f}",
            f"{entry.low_bps:.2f}..{entry.high_bps:.2f}", f"{entry.rows:,}", entry.status.replace("_", " "),
        )
        for entry in entries
    ]  # fmt: skip
    head, *lines = aligned([_ANOMALY_HEAD, *rows], right=range(1, 5))
    return [head, *(text for line, entry in zip(lines, entries, strict=True) for text in (line, *_reason(entry)))]


def _reason(entry: AnomalyEntry) -> Iterator[str]:
    if entry.reason:
        yield f"    {entry.reason}"


def _notes(entry: FraudEntry) -> Iterator[str]:
    if entry.timeline:
        yield f"    campaigns begin {entry.timeline}{_over_all_days(entry)}"
    if entry.reason:
        yield f"    {entry.reason}"


def _over_all_days(entry: FraudEntry) -> str:
    """What a rate that was requested on some days only comes to."""
    if entry.low_bps is None or entry.high_bps is None:
        return ""
    return f"; of all days that makes {(entry.low_bps + entry.high_bps) / 2.0:.2f} bps"


def _boost(manifest: Manifest) -> Iterator[str]:
    if manifest.boost != 1.0:
        yield (
            f"boost {manifest.boost:g} is in what was requested; to undo it in a score, multiply its odds by "
            f"{manifest.prior_odds_factor:.4g}."
        )


def _cells(entry: FraudEntry) -> tuple[str, ...]:
    return (
        entry.typology, entry.requested, f"{entry.realised_bps_count:.2f}", f"{entry.realised_bps_value:.2f}",
        _interval(entry), f"{entry.campaigns:,}", f"{entry.victims:,}", f"{entry.approved_frauds:,}",
        entry.outcome,
    )  # fmt: skip


def _interval(entry: FraudEntry) -> str:
    return "-" if entry.low_bps is None or entry.high_bps is None else f"{entry.low_bps:.2f}..{entry.high_bps:.2f}"


def _by_currency(books: tuple[BookEntry, ...]) -> Iterable[tuple[str, list[BookEntry]]]:
    currencies = dict.fromkeys(book.currency for book in books)
    return [(currency, [book for book in books if book.currency == currency]) for currency in currencies]


def ledger_line(currency: str, books: list[BookEntry], manifest: Manifest) -> str:
    """Whether the books of a currency balance, and how much moved."""
    debits, credits = sum(book.debits_minor for book in books), sum(book.credits_minor for book in books)
    exponent = manifest.currency_exponents.get(currency, 2)
    moved = f"ledger: {currency} {debits / 10**exponent:,.{exponent}f} moved through {counted(len(books), 'book')}"
    if debits == credits:
        return f"{moved}; debits equal credits."
    gap = f"{abs(debits - credits) / 10**exponent:,.{exponent}f}"
    return f"{moved}; DEBITS DIFFER FROM CREDITS by {gap}: please report this bug."
