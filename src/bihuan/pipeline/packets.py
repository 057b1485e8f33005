"""Journal entries of loggers -> rows of the long table: the flow of packets on one page.

The receiver journals a packet and answers it; what is here reads the journal later, in the background, in an export,
or after a crash. The table's commit carries the journal position, so each entry is stored exactly once.
"""

import re
import zlib
from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate, groupby, islice
from typing import Any, NamedTuple

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.devices import COLUMNS, KEY
from bihuan.archive.journal import Entry
from bihuan.archive.lock import WAIT_SECONDS
from bihuan.domain.timeaxis import CST
from bihuan.feeds.hj212 import Piece, decode_stream
from bihuan.feeds.hj212.cp import NINES, Shape, stands_for_none

ACCEPTED = "hj212:"
CIPHER = "hj212-cipher:"  # as it came; its plain form is the entry behind it
PARKED = "hj212-parked:"
REFUSED = "hj212-refused:"

BATCH = 20_000
YEARS = range(1990, 2100)  # a DataTime outside is a broken clock; the row is kept under the time of receipt
DATA_TIME, QN, RECEIPT, POL_ID = "DataTime", "QN", "received", "PolId"

_PARTS = ("PNUM", "PNO")
"""They count the packets of one message; some senders write them into CP."""
_TIME = re.compile(r"\s*(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d{3})?)?")
_RECORD = {
    n: COLUMNS[n] for n in ("site", "start", "cn", "st", "edition", "time_from", "received", "journal")
}
_FIELD = {
    "record": pl.Int64(),
    "alike": pl.Boolean(),
    **{n: COLUMNS[n] for n in ("code", "field", "value", "flag", "subject")},
}
_LOG = r"(?s)^\s*//.*//\s*$"


class Plan(NamedTuple):
    """Of a shape of CP: its records, each with the place of its DataTime, and its rows.

    A row has its record, code (empty: a key without one), field, and the places of its value, of its Flag, and of the
    PolId that says what it is about. repeats: some key comes more than once.
    """

    repeats: bool
    times: tuple[int | None, ...]
    records: tuple[int, ...]
    codes: tuple[str, ...]
    fields: tuple[str, ...]
    values: tuple[int, ...]
    flags: tuple[int | None, ...]
    subjects: tuple[int | None, ...]


def plan_of(shape: Shape) -> Plan:
    """Which values become rows: all but DataTime, Flag where it stands beside a field of its code, and the numbers of parts.

    Each further DataTime begins a record. A PolId speaks of what follows it, the only one of a packet of all.
    """
    names = [field if code is None else "" for code, field in shape.places]
    times = [n for n, name in enumerate(names) if name.upper() == DATA_TIME.upper()]
    subjects = [n for n, name in enumerate(names) if name == POL_ID]
    records = [max(0, bisect(times, n) - 1) for n in range(len(names))]
    flags, measured = _flags(shape, records)
    rows, came = [], Counter[tuple[int, str | None, str]]()
    for n, (code, field) in enumerate(shape.places):
        group = records[n], code
        beside = flags.get(group, [])
        counts_parts = code is None and field.upper() in _PARTS
        if n not in times and not counts_parts and not (n in beside and group in measured):
            nth = came[*group, field]
            came[*group, field] += 1
            flag = beside[min(nth, len(beside) - 1)] if beside else None
            subject = None if n in subjects else _subject_of(subjects, n)
            rows.append((records[n], code or "", field, n, flag, subject))
    repeats = len(set(shape.keys)) < len(shape.keys)
    return Plan(repeats, tuple(times) or (None,), *(tuple(zip(*rows, strict=True)) or ((),) * 6))


_Group = tuple[int, str | None]


def _flags(shape: Shape, records: Sequence[int]) -> tuple[dict[_Group, list[int]], set[_Group]]:
    """By record and code: the places of Flag, and which have other fields too."""
    flags: dict[_Group, list[int]] = {}
    measured = set()
    for n, (code, field) in enumerate(shape.places):
        if code is not None and field == "Flag":
            flags.setdefault((records[n], code), []).append(n)
        else:
            measured.add((records[n], code))
    return flags, measured


def _subject_of(subjects: list[int], n: int) -> int | None:
    """The place of the PolId that speaks of the value at a place."""
    before = bisect(subjects, n)
    if before:
        return subjects[before - 1]
    return subjects[0] if len(subjects) == 1 else None


@lru_cache(maxsize=50_000)  # devices send at the same moments
def read_time(text: str | None) -> datetime | None:
    """An instant from YYYYMMDDhhmm[ss[zzz]] in China Standard Time; None when it cannot be one."""
    match = _TIME.match(text or "")
    if not match or int(match[1]) not in YEARS:
        return None
    year, month, day, hour, minute, second, milli = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, milli * 1000, tzinfo=CST).astimezone(UTC)
    except ValueError:
        return None


def time_of(sent: str | None, qn: str | None, received: datetime) -> tuple[datetime, str]:
    """The data time of a record and where it was read: DataTime, else QN, else the receipt."""
    for text, origin in ((sent, DATA_TIME), (qn, QN)):
        moment = read_time(text)
        if moment is not None:
            return moment, origin
    return received, RECEIPT


def _says_itself(sent: str) -> bool:
    """Is it the data time of its rows, and no text that would be lost?"""
    return _TIME.fullmatch(sent) is not None and read_time(sent) is not None


def _is_whole(data: bytes) -> bool:
    """Is it one packet in the standard's form, as far as its ends say? Such ones can be read one behind another."""
    digits = data[2:6]
    return data[:2] == b"##" and digits.isdigit() and int(digits) == len(data) - 12 and data[-2:] == b"\r\n"


class Rows:
    """Collects rows by columns. Plans are kept by the shape that devices share."""

    def __init__(self) -> None:
        self._plans: dict[int, tuple[Shape, Plan]] = {}
        self._records: dict[str, list[Any]] = {name: [] for name in _RECORD}
        self._fields: dict[str, list[Any]] = {name: [] for name in _FIELD}
        self._count = 0

    def _plan(self, shape: Shape) -> Plan:
        kept = self._plans.get(id(shape))  # the shape is kept beside its plan, so its id stays its own
        if kept is None:
            kept = self._plans[id(shape)] = (shape, plan_of(shape))
        return kept[1]

    def add(self, entries: Sequence[Entry]) -> None:
        """Take the packets of journal entries: those that are whole packets together, others each alone."""
        for whole, run in groupby(entries, lambda entry: _is_whole(entry.data)):
            if whole:
                self._take(list(run))
            else:
                for entry in run:
                    self._take([entry])

    def _take(self, entries: list[Entry]) -> None:
        ends = accumulate(len(entry.data) for entry in entries)
        behind = zip(entries, ends, strict=True)
        entry, end = next(behind)
        for piece in decode_stream(b"".join(one.data for one in entries)):
            while piece.offset >= end:
                entry, end = next(behind)
            if piece.accepted:
                self._add(piece, entry)

    def _add(self, piece: Piece, entry: Entry) -> None:
        plan, values, first = self._plan(piece.shape), piece.values, self._count
        for at in plan.times:
            self._add_record(piece, entry, None if at is None else values[at])
        fields, count = self._fields, len(plan.codes)
        fields["record"] += [first] * count if self._count == first + 1 else [first + n for n in plan.records]
        fields["alike"] += [plan.repeats] * count
        fields["code"] += plan.codes
        fields["field"] += plan.fields
        fields["value"] += [values[at] for at in plan.values]
        fields["flag"] += [None if at is None else values[at] for at in plan.flags]
        fields["subject"] += ["" if at is None else values[at].strip() for at in plan.subjects]
        for number, at in enumerate(plan.times):
            if at is not None and not (number in plan.records and _says_itself(values[at])):
                said = (first + number, plan.repeats, "", DATA_TIME, values[at], None, "")
                for column, value in zip(fields.values(), said, strict=True):
                    column.append(value)

    def _add_record(self, piece: Piece, entry: Entry, sent: str | None) -> None:
        header = piece.head.fields
        start, origin = time_of(sent, piece.qn, entry.received)
        mn, cn, st = ((header.get(name) or "").strip() for name in ("MN", "CN", "ST"))
        said = (mn, start, cn, st, piece.edition, origin, entry.received, entry.position)
        for column, value in zip(self._records.values(), said, strict=True):
            column.append(value)
        self._count += 1

    def frame(self) -> pl.DataFrame:
        """The rows. `place` tells those apart that have all else in common: the place among them, of a log its text."""
        records = pl.DataFrame(self._records, schema=_RECORD).with_row_index("record")
        fields = pl.DataFrame(self._fields, schema=_FIELD)
        both = fields.join(records.with_columns(pl.col("record").cast(pl.Int64)), on="record", how="left")
        number = pl.col("value").str.strip_chars().cast(pl.Float64, strict=False)
        with_exponent = fields.filter(pl.col("value").str.contains("[eE]"))["value"].unique()
        none = [value for value in with_exponent if stands_for_none(value)]
        no_number = pl.col("value").str.contains(f"^(?:{NINES.pattern})$") | pl.col("value").is_in(none)
        measured = number.is_finite() & ~no_number
        rows = both.with_columns(number=pl.when(measured).then(number), place=pl.lit(0, pl.Int64))
        is_log = pl.col("value").str.contains(_LOG)
        alike = pl.col("alike") | is_log
        return pl.concat([rows.filter(~alike), _told_apart(rows.filter(alike), is_log)]).select(list(COLUMNS))


def _told_apart(rows: pl.DataFrame, is_log: pl.Expr) -> pl.DataFrame:
    """Rows that may have the same key, with the `place` that tells them apart."""
    place = pl.int_range(pl.len()).over([*KEY[:-1], "journal"])
    texts = [zlib.crc32(text.encode()) for text in rows["value"]]
    checksum = pl.Series("checksum", texts, pl.Int64)
    return rows.with_columns(
        place=pl.when(is_log).then(checksum).otherwise(place),
    ).unique([*KEY, "journal"], maintain_order=True)


def rows_of(entries: Sequence[Entry]) -> pl.DataFrame:
    """Rows of the long table from journal entries."""
    rows = Rows()
    rows.add(entries)
    return rows.frame()


def store_some(archive: Archive, most: int = BATCH, wait: float = WAIT_SECONDS) -> int:
    """Store the next pending entries; returns how many there were. Raises NothingDone (lock held too long).

    Refused and parked entries and cipher text give no rows; they are passed so that they are not read again.
    """
    devices = archive.devices
    with archive.writing(wait):
        entries = list(islice(devices.journal.entries(after=devices.parts.stored()), most))
        if entries:
            accepted = [e for e in entries if e.source.startswith(ACCEPTED)]
            devices.store(rows_of(accepted), entries[-1].position)
            devices.compact()
    return len(entries)


def store_all(archive: Archive) -> int:
    """Store everything that is pending; returns how many entries."""
    stored = 0
    while some := store_some(archive):
        stored += some
    return stored
