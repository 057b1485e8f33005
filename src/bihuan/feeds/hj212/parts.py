"""Split packets (HJ 212-2017, tables C.49 and C.50): each part is a whole packet with its own QN.

So parts are brought together by device, system, command, data time and number of parts, in any order. Every part
repeats DataTime and is useful alone: what is still incomplete after a while is given out as it is.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from bihuan.feeds.hj212.packet import Piece

PATIENCE = timedelta(seconds=60)  # our choice; the standard names no time


class PartKey(NamedTuple):
    """What the parts of one upload have in common."""

    mn: str
    st: str
    cn: str
    data_time: str
    parts: int


@dataclass(slots=True)
class Upload:
    """Parts of one upload by number; a part sent again takes the place of the first."""

    first_seen: datetime
    parts: dict[int, Piece] = field(default_factory=dict)

    def in_order(self) -> list[Piece]:
        """The parts by their number."""
        return [self.parts[number] for number in sorted(self.parts)]


def part_of(piece: Piece) -> tuple[int, int] | None:
    """(number of parts, number of this part), from the header or, as one vendor does, from CP. None = not split."""
    top = piece.cp["top"]
    header = piece.header
    count = (header["PNUM"] or top.get("PNUM") or "").strip()
    number = (header["PNO"] or top.get("PNO") or "").strip()
    if not (count.isdecimal() and number.isdecimal()):
        return None
    return (int(count), int(number)) if 1 <= int(number) <= int(count) and int(count) > 1 else None


class Collector:
    """Keeps the parts of all devices; survives a reconnect because nothing hangs on the connection."""

    def __init__(self, patience: timedelta = PATIENCE) -> None:
        self._patience = patience
        self._waiting: dict[PartKey, Upload] = {}

    def add(self, piece: Piece, *, now: datetime) -> list[Piece] | None:
        """All parts in order when this one completes the upload; the piece itself when it is not split; else None."""
        part = part_of(piece)
        if part is None:
            return [piece]
        count, number = part
        header, time = piece.header, piece.cp["top"].get("DataTime", "")
        key = PartKey(header["MN"] or "", header["ST"] or "", header["CN"] or "", time, count)
        upload = self._waiting.setdefault(key, Upload(now))
        upload.parts[number] = piece
        if len(upload.parts) < count:
            return None
        return self._waiting.pop(key).in_order()

    def expire(self, *, now: datetime) -> list[list[Piece]]:
        """Uploads that have waited long enough, as far as they came."""
        late = [key for key, upload in self._waiting.items() if now - upload.first_seen >= self._patience]
        return [self._waiting.pop(key).in_order() for key in late]
