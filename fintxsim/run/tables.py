"""Arrow tables of a day: transactions, events, dimensions and truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fintxsim import columns as c
from fintxsim.behaviour.draft import DRAFT, EVENT, join
from fintxsim.engine import TOUCHED_WORDS, DayBook
from fintxsim.fraud import CampaignRecord
from fintxsim.population.categories import MCCS
from fintxsim.run import rows as r
from fintxsim.run.buffers import Rotation
from fintxsim.setting import Setting
from fintxsim.streams import Purpose
from fintxsim.tokens import DEVICE
from fintxsim.typologies import TYPOLOGIES
from fintxsim.typologies.base import Typology
from fintxsim.typologies.campaign import Crew
from fintxsim.typologies.config import Change
from fintxsim.vocabulary import Word

BATCH_END_HOURS = 17  # when the day's large-value clearing closes

CHUNK = 4096  # records gathered at a time: 620 kB, which a core's own cache holds

Ints = npt.NDArray[np.int64]


def words(values: Sequence[str]) -> pa.Array[Any]:
    return pa.array(list(values), pa.string())


def closed(vocabulary: type[Word]) -> pa.Array[Any]:
    """Dictionary of a closed enumeration."""
    return words(vocabulary.texts())


def enum(codes: npt.NDArray[Any], dictionary: pa.Array[Any], *, nullable: bool) -> pa.Array[Any]:
    """Dictionary array of codes; -1 is null."""
    width: pa.DataType = pa.int8() if codes.dtype == np.int8 else pa.int16()
    indices = fixed(codes, width, nullable=nullable)
    return pa.DictionaryArray.from_arrays(indices, dictionary, safe=False)


def _buffer(values: Any) -> pa.Buffer:
    """The memory of a numpy array as Arrow sees it."""
    return pa.py_buffer(values)


def fixed(values: npt.NDArray[Any], kind: pa.DataType, *, nullable: bool) -> pa.Array[Any]:
    """Array over a numpy buffer without copying; -1 is null."""
    valid = None
    if nullable:
        valid = _buffer(np.packbits(values >= 0, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [valid, _buffer(values)])


def flag(codes: npt.NDArray[np.int8], *, nullable: bool) -> pa.Array[Any]:
    """Booleans of 0 and 1; -1 is null."""
    valid = _buffer(np.packbits(codes >= 0, bitorder="little")) if nullable else None
    return pa.Array.from_buffers(pa.bool_(), len(codes), [valid, _buffer(np.packbits(codes > 0, bitorder="little"))])


class DayTables:
    """Turns day books into Arrow tables; owns the dictionaries, which are the same all through the run."""

    def __init__(self, setting: Setting) -> None:
        geography = setting.geography
        self.setting = setting
        self.token_key = setting.keys[Purpose.TOKEN]
        self.run_start = setting.window(0)[0]
        self.countries = words([country.code for country in geography.countries])
        self.currencies = words(geography.currencies)
        self.mccs = words(MCCS)
        self._minor = np.array([float(10 ** int(e)) for e in geography.currency_exponent])
        self._scratch = np.empty(CHUNK, DRAFT)
        self._rotation = Rotation()
        self._open = {
            "currency": self.currencies, "billing_currency": self.currencies, "counterparty_country": self.countries,
            "mcc": self.mccs, "merchant_country": self.countries, "ip_country": self.countries,
        }  # fmt: skip

    def transactions(self, book: DayBook) -> Iterator[dict[str, npt.NDArray[Any]]]:
        """Fill the day's transactions in, in time order, a part at a time.

        Yields the columns of each part's rows. When ``is_full`` after that, the transactions must be taken before the
        next part.
        """
        start, end = self.setting.window(book.number)
        rows, keys = _in_order(book.rows, book.buffer, start, DRAFT)
        cleared, next_day = start + BATCH_END_HOURS * r.HOUR_US, self._next_business_day(book.number, end)
        done = 0
        while done < len(keys):
            columns = self._rotation.current
            first, part = columns.used, keys[done : done + columns.room]
            r.fill_columns(
                rows, part, first, self._scratch, self.run_start, cleared, next_day, self.token_key, self._minor,
                *columns.arrays,
            )  # fmt: skip
            columns.used += len(part)
            done += len(part)
            yield columns.columns(first)

    @property
    def held(self) -> int:
        """Transactions filled in and not yet taken."""
        return self._rotation.current.used

    @property
    def is_full(self) -> bool:
        """Whether the transactions must be taken before more can be filled in."""
        return self._rotation.current.room == 0

    def take_transactions(self) -> pa.Table:
        """The transactions filled in since the last time, in memory that is theirs until it is released."""
        return self._assemble(c.TRANSACTIONS, self._rotation.take())

    def release_transactions(self) -> None:
        """The transactions taken first have been written: their memory may be used again."""
        self._rotation.release()

    def events(self, book: DayBook) -> pa.Table:
        start, _ = self.setting.window(book.number)
        events, keys = _in_order(book.events, None, start, EVENT)
        n = len(keys)
        i8, i2, i1 = np.empty((6, n), np.int64), np.empty((1, n), np.int16), np.empty((2, n), np.int8)
        r.fill_events(events, keys, self.run_start, self.token_key, i8, i2, i1)
        names = ("event_id", "event_time", "customer_id", "account_id", "device_id", "ip_id")
        buffers: dict[str, npt.NDArray[Any]] = dict(zip(names, i8, strict=True))
        buffers |= {"ip_country": i2[0], "event_type": i1[0], "channel": i1[1]}
        return self._assemble(c.EVENTS, buffers)

    def campaigns(self, records: Sequence[CampaignRecord], recovered: Mapping[int, int]) -> pa.Table:
        """Campaigns that acted in the run, by number; ``recovered`` holds minor units by number."""
        entries = sorted({entry for typology in TYPOLOGIES for entry in typology.entry_points})
        minor = self._minor[0]
        return make_table(
            c.CAMPAIGNS,
            campaign_id=np.array([record.campaign.number for record in records], np.int64),
            typology=_typologies(record.typology.name for record in records),
            fraudster_id=np.array([record.fraudster for record in records], np.int64),
            start=np.array([record.start for record in records], np.int64),
            prepared_since=pa.array([record.prepared_since for record in records], c.TIME),
            end=pa.array([record.last if record.is_over else None for record in records], c.TIME),
            n_transactions=np.array([record.rows for record in records], np.int64),
            gross=np.array([record.gross / minor for record in records], np.float64),
            net_loss=np.array([record.loss / minor for record in records], np.float64),
            recovered=np.array([recovered.get(record.campaign.number, 0) / minor for record in records], np.float64),
            n_victims=np.array([len(record.victims) for record in records], np.int64),
            kind=_optional([record.campaign.kind or None for record in records]),
            entry_point=enum(
                codes([record.campaign.entry_point for record in records], entries), words(entries), nullable=False
            ),
            fraud_classifier=_optional([record.code("fraud_classifier") for record in records]),
            eba=_optional([record.code("eba") for record in records]),
            uk_finance=_optional([record.code("uk_finance") for record in records]),
            camouflage=np.array([record.campaign.camouflage for record in records], np.float64),
        )

    def actors(self, crews: Sequence[tuple[int, Typology, Crew]]) -> pa.Table:
        """Fraudsters by number."""
        return make_table(
            c.ACTORS,
            fraudster_id=np.array([number for number, _, _ in crews], np.int64),
            typology=_typologies(typology.name for _, typology, _ in crews),
            skill=np.array([crew.skill for _, _, crew in crews], np.float64),
            patience=np.array([crew.patience for _, _, crew in crews], np.int32),
            n_devices=np.array([crew.devices for _, _, crew in crews], np.int32),
        )

    def windows(self, changes: Sequence[tuple[Typology, Change]]) -> pa.Table:
        """Change points in order of time."""
        return make_table(
            c.WINDOWS,
            change_id=np.arange(len(changes)),
            typology=_typologies(typology.name for typology, _ in changes),
            day=np.array([change.day for _, change in changes], np.int32),
            time=np.array([self.setting.window(change.day)[0] for _, change in changes], np.int64),
            factor_before=np.array([change.before for _, change in changes], np.float64),
            factor_after=np.array([change.after for _, change in changes], np.float64),
        )

    def touched(self, customers: Sequence[tuple[int, int]], day: date) -> pa.Table:
        return make_table(
            c.TOUCHED,
            customer_id=np.array([customer + 1 for customer, _ in customers], np.int64),
            first_day=pa.array([day] * len(customers), pa.date32()),
            reason=enum(np.array([reason for _, reason in customers], np.int8), words(TOUCHED_WORDS), nullable=False),
        )

    def tokens(self, kind: int, codes: npt.NDArray[Any]) -> Ints:
        out = codes.astype(np.int64)
        r.tokens(self.token_key, kind, out)
        return out

    def devices(self, codes: Ints, valid_from: Ints, first_seen: npt.NDArray[np.datetime64]) -> pa.Table:
        tokens = self.tokens(DEVICE, codes)
        systems, kinds = ("android", "ios", "linux", "macos", "windows"), ("browser", "phone")
        browser = np.empty(len(codes), np.bool_)
        r.browsers(np.ascontiguousarray(codes, np.int64), browser)
        browser &= not self.setting.institution.has_agents  # wallets are on phones alone
        lot = (tokens * 0x9E3779B1 >> 7) & 1023
        system = np.where(browser, np.array([4, 4, 3, 2], np.int8)[lot % 4], (lot > 560).astype(np.int8))
        return make_table(
            c.DEVICES,
            valid_from=valid_from,
            device_id=tokens,
            os=enum(system.astype(np.int8), words(systems), nullable=False),
            kind=enum(np.where(browser, 0, 1).astype(np.int8), words(kinds), nullable=False),
            first_seen=first_seen,
        )

    def _next_business_day(self, day: int, end: int) -> int:
        """Start of the next business day, UTC microseconds."""
        later = 1
        while not self.setting.calendar.is_business_day(self.setting.date_of(day + later)) and later < 10:
            later += 1
        return end + (later - 1) * 24 * r.HOUR_US

    def _assemble(self, table: c.Table, buffers: dict[str, npt.NDArray[Any]]) -> pa.Table:
        return pa.Table.from_arrays(
            [self._column(column, buffers[column.name]) for column in table], schema=table.schema()
        )

    def _column(self, column: c.Column, values: npt.NDArray[Any]) -> pa.Array[Any]:
        if pa.types.is_dictionary(column.type):
            dictionary = closed(column.words) if column.words else self._open[column.name]
            return enum(values, dictionary, nullable=column.nullable)
        if pa.types.is_boolean(column.type):
            return flag(values, nullable=column.nullable)
        return fixed(values, column.type, nullable=column.nullable)


def _in_order(
    parts: Sequence[npt.NDArray[np.void]], buffer: npt.NDArray[np.void] | None, start: int, dtype: np.dtype[np.void]
) -> tuple[npt.NDArray[np.void], Ints]:
    """All records of a day in one array, and keys that name them in the order of time."""
    whole = buffer if buffer is not None else join(parts, dtype)
    keys = np.empty(sum(map(len, parts)), np.int64)
    done = first = 0
    for part in parts:
        if buffer is not None:
            first = (part.ctypes.data - buffer.ctypes.data) // dtype.itemsize
        r.sort_keys(part, first, start, keys[done : done + len(part)])
        done += len(part)
        first += len(part)
    keys.sort()
    return whole, keys


def make_table(table: c.Table, **values: Any) -> pa.Table:
    """A table from numpy arrays, lists and Arrow arrays by column name, cast to the declared types."""
    arrays = []
    for column in table:
        value = values[column.name]
        if isinstance(value, np.ndarray) and pa.types.is_timestamp(column.type):
            value = pa.array(value.astype("datetime64[us]"), pa.timestamp("us")).cast(column.type)
        arrays.append(value if isinstance(value, pa.Array) else pa.array(value, column.type))
    return pa.Table.from_arrays(arrays, schema=table.schema())


def codes(values: Sequence[str | None], allowed: Sequence[str]) -> npt.NDArray[np.int8]:
    positions = {word: number for number, word in enumerate(allowed)}
    return np.array([-1 if value is None else positions[value] for value in values], np.int8)


def _typologies(names: Any) -> pa.Array[Any]:
    allowed = [typology.name for typology in TYPOLOGIES]
    return enum(codes(list(names), allowed), words(allowed), nullable=False)


def _optional(values: Sequence[str | None]) -> pa.Array[Any]:
    """Dictionary array of a few words, in the order of the alphabet."""
    allowed = sorted({value for value in values if value is not None})
    return enum(codes(values, allowed), words(allowed), nullable=True)
