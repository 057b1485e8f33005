"""Journal entries of loggers -> rows of the long table: the flow of packets on one page.

The receiver journals a packet and answers it; what is here reads the journal later, in the background, in an export,
or after a crash. The table's commit carries the journal position, so each entry is stored exactly once.
"""

import re
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
PARKED = "hj212-parked:"
REFUSED = "hj212-refused:"

BATCH = 20_000
YEARS = range(1990, 2100)  # a DataTime outside is a broken clock; the row is kept under the time of receipt
DATA_TIME, QN, RECEIPT = "DataTime", "QN", "received"

_TIME = re.compile(r"\s*(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d{3})?)?")
_PACKET = {
    n: COLUMNS[n] for n in ("site", "start", "cn", "st", "edition", "time_from", "received", "journal")
}
_FIELD = {"packet": pl.Int64(), **{n: COLUMNS[n] for n in ("code", "field", "value", "flag")}}


class Plan(NamedTuple):
    """Of a shape of CP, for each factor field: code, name, the place of its value, the place of the code's Flag."""

    codes: tuple[str, ...]
    fields: tuple[str, ...]
    values: tuple[int, ...]
    flags: tuple[int | None, ...]


def plan_of(shape: Shape) -> Plan:
    """Which values become rows. Flag stands beside its code's fields; a code that sent nothing else has a row for it."""
    places = {place: number for number, place in enumerate(shape.places) if place[0] is not None}
    flags = {code: number for (code, field), number in places.items() if field == "Flag"}
    full = {code for code, field in places if field != "Flag"}
    rows = [
        (code, field, number, flags.get(code))
        for (code, field), number in places.items()
        if code is not None and (field != "Flag" or code not in full)
    ]
    return Plan(*zip(*rows, strict=True)) if rows else Plan((), (), (), ())


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


def time_of(piece: Piece, received: datetime) -> tuple[datetime, str]:
    """The data time of a packet and where it was read: DataTime, else QN, else the receipt."""
    sent = None if piece.shape.data_time is None else piece.values[piece.shape.data_time]
    for text, origin in ((sent, DATA_TIME), (piece.qn, QN)):
        moment = read_time(text)
        if moment is not None:
            return moment, origin
    return received, RECEIPT


def _is_whole(data: bytes) -> bool:
    """Is it one packet in the standard's form, as far as its ends say? Such ones can be read one behind another."""
    digits = data[2:6]
    return data[:2] == b"##" and digits.isdigit() and int(digits) == len(data) - 12 and data[-2:] == b"\r\n"


class Rows:
    """Collects rows by columns. Plans are kept by the shape that devices share."""

    def __init__(self) -> None:
        self._plans: dict[int, tuple[Shape, Plan]] = {}
        self._packets: dict[str, list[Any]] = {name: [] for name in _PACKET}
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
        header, plan, values = piece.head.fields, self._plan(piece.shape), piece.values
        start, origin = time_of(piece, entry.received)
        mn, cn, st = ((header.get(name) or "").strip() for name in ("MN", "CN", "ST"))
        said = (mn, start, cn, st, piece.edition, origin, entry.received, entry.position)
        for column, value in zip(self._packets.values(), said, strict=True):
            column.append(value)
        fields = self._fields
        fields["packet"] += [self._count] * len(plan.codes)
        fields["code"] += plan.codes
        fields["field"] += plan.fields
        fields["value"] += [values[at] for at in plan.values]
        fields["flag"] += [None if at is None else values[at] for at in plan.flags]
        self._count += 1

    def frame(self) -> pl.DataFrame:
        """The rows, each key of a packet once (of a repeated key the last counts)."""
        packets = pl.DataFrame(self._packets, schema=_PACKET).with_row_index("packet")
        fields = pl.DataFrame(self._fields, schema=_FIELD)
        both = fields.join(packets.with_columns(pl.col("packet").cast(pl.Int64)), on="packet", how="left")
        number = pl.col("value").str.strip_chars().cast(pl.Float64, strict=False)
        with_exponent = fields.filter(pl.col("value").str.contains("[eE]"))["value"].unique()
        none = [value for value in with_exponent if stands_for_none(value)]
        no_number = pl.col("value").str.contains(f"^(?:{NINES.pattern})$") | pl.col("value").is_in(none)
        measured = number.is_finite() & ~no_number
        rows = both.with_columns(number=pl.when(measured).then(number))
        return rows.select(list(COLUMNS)).unique([*KEY, "journal"], keep="last", maintain_order=True)


def rows_of(entries: Sequence[Entry]) -> pl.DataFrame:
    """Rows of the long table from journal entries."""
    rows = Rows()
    rows.add(entries)
    return rows.frame()


def store_some(archive: Archive, most: int = BATCH, wait: float = WAIT_SECONDS) -> int:
    """Store the next pending entries; returns how many there were. Raises NothingDone (lock held too long).

    Refused and parked entries give no rows; they are passed so that they are not read again.
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
