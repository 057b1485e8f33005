"""The journal (台账): whatever arrives is appended here, flushed to disk, and only then answered or parsed.

A position is the byte offset of a record in the whole journal; it only grows. Each record:
magic, checksum, time, length of source, length of data, source, data (little endian).
"""

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from pathlib import Path
from typing import BinaryIO

from bihuan.archive.lock import only_one
from bihuan.errors import BihuanError

MAGIC = b"BHJ1"
HEADER = struct.Struct("<4sIqHQ")
CHECKSUM, BODY = struct.Struct("<I"), struct.Struct("<qHQ")
SEGMENT = 64 * 1024 * 1024
MARK = "end"  # file beside the segments: the last one's name and good end
FIRST = 16  # the first position; 0 never names an entry


class JournalDamaged(BihuanError):
    """An entry that was once written cannot be read: restore the file from a backup."""


@dataclass(frozen=True)
class Entry:
    """One thing that arrived: raw bytes, from whom, when."""

    position: int
    source: str
    received: datetime
    data: bytes


def _pack(entries: Sequence[tuple[str, bytes, datetime]]) -> tuple[list[int], list[bytes]]:
    """Sizes of the records, and the pieces that they consist of."""
    sizes: list[int] = []
    pieces: list[bytes] = []
    at, micros = None, 0
    for source, data, received in entries:
        if received is not at:  # what came together has one time
            at, micros = received, int(received.timestamp() * 1_000_000)
        name = source.encode()
        body = BODY.pack(micros, len(name), len(data)) + name
        checksum = CHECKSUM.pack(zlib.crc32(data, zlib.crc32(body)))
        sizes.append(len(MAGIC) + CHECKSUM.size + len(body) + len(data))
        pieces += (MAGIC, checksum, body, data)
    return sizes, pieces


def _read_one(file: BinaryIO, position: int) -> tuple[Entry, int] | None:
    """The entry at the file's place and its size; None when it is torn or there is none."""
    head = file.read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    magic, checksum, micros, name_length, length = HEADER.unpack(head)
    if magic != MAGIC:
        return None
    rest = file.read(name_length + length)
    if len(rest) < name_length + length or zlib.crc32(head[8:] + rest) != checksum:
        return None
    received = datetime.fromtimestamp(micros / 1_000_000, UTC)
    entry = Entry(position, rest[:name_length].decode(), received, rest[name_length:])
    return entry, HEADER.size + len(rest)


class Journal:
    """Append-only segments `<first position>.log` in a folder. Several processes may append and read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._checked: tuple[Path, int] | None = None

    def segments(self) -> list[Path]:
        """Segment files, oldest first."""
        return sorted(self.folder.glob("*.log"))

    def append(self, source: str, data: bytes, received: datetime) -> int:
        """Append one entry, on disk when this returns. Returns its position."""
        return self.append_many([(source, data, received)])[0]

    def append_many(self, entries: Sequence[tuple[str, bytes, datetime]]) -> list[int]:
        """Append a group with one flush to disk; either all of them are kept or (a full disk) none."""
        sizes, pieces = _pack(entries)
        blob = b"".join(pieces)
        with only_one(self.folder / "lock"):
            segment, end = self._open_end()
            self._write(segment, end, blob)
            self._mark(segment, end + len(blob))
        return list(accumulate(sizes, initial=int(segment.stem) + end))[:-1]

    def _write(self, segment: Path, end: int, blob: bytes) -> None:
        with segment.open("r+b") as file:
            file.seek(end)
            try:
                file.write(blob)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), end)
                raise

    def _open_end(self) -> tuple[Path, int]:
        """The segment to append to and its good end; a torn tail (a killed writer) is put aside and cut."""
        segments = self.segments()
        if not segments:
            return self._new_segment(FIRST), 0
        segment = segments[-1]
        size = segment.stat().st_size
        if not self._is_good(segment, size):
            end = self._good_end(segment)
            if end < size:
                self._cut(segment, end)
            size = end
        if size >= SEGMENT:
            return self._new_segment(int(segment.stem) + size), 0
        return segment, size

    def _mark(self, segment: Path, end: int) -> None:
        """Remember the good end, also for other processes that append: they need not read what this one wrote.

        Written after the flush, so it never runs ahead of what is on disk.
        """
        self._checked = (segment, end)
        mark = os.open(self.folder / MARK, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.pwrite(mark, b"%s %020d" % (segment.stem.encode(), end), 0)
        finally:
            os.close(mark)

    def _is_good(self, segment: Path, size: int) -> bool:
        """Is the segment known to be whole? At a process's first append it never is: the disk may have been damaged."""
        return self._checked is not None and (
            self._checked == (segment, size) or self._marked_end(segment) == size
        )

    def _marked_end(self, segment: Path) -> int | None:
        """The good end of the segment as the last writer left it; None when its mark is of another one, or damaged."""
        try:
            said = (self.folder / MARK).read_bytes()
        except FileNotFoundError:
            return None
        name, _, end = said.partition(b" ")
        return int(end) if name == segment.stem.encode() and end.isdigit() else None

    def _new_segment(self, first: int) -> Path:
        segment = self.folder / f"{first:020d}.log"
        segment.touch()
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return segment

    def _good_end(self, segment: Path) -> int:
        end = 0
        with segment.open("rb") as file:
            while found := _read_one(file, 0):
                end += found[1]
        return end

    def _cut(self, segment: Path, end: int) -> None:
        # The cut bytes are kept beside: if they are not a torn tail but a damaged disk, nothing is lost.
        with segment.open("r+b") as file:
            file.seek(end)
            (self.folder / f"{int(segment.stem) + end:020d}.cut").write_bytes(file.read())
            file.truncate(end)
            os.fsync(file.fileno())

    def read(self, position: int) -> Entry:
        """The entry at a position. Raises JournalDamaged when there is none that can be read."""
        holding = [s for s in self.segments() if int(s.stem) <= position]
        if holding:
            with holding[-1].open("rb") as file:
                file.seek(position - int(holding[-1].stem))
                if found := _read_one(file, position):
                    return found[0]
        raise JournalDamaged(f"no readable journal entry at {position}; restore the journal from a backup")

    def entries(self, after: int = 0, source: str = "") -> Iterator[Entry]:
        """Entries with a position beyond `after` whose source begins with `source`, oldest first."""
        segments = self.segments()
        for i, segment in enumerate(segments):
            first = int(segment.stem)
            if i + 1 < len(segments) and int(segments[i + 1].stem) <= after:
                continue
            with segment.open("rb") as file:
                position = self._place(file, first, after)
                while found := _read_one(file, position):
                    if position > after and found[0].source.startswith(source):
                        yield found[0]
                    position += found[1]

    @staticmethod
    def _place(file: BinaryIO, first: int, after: int) -> int:
        """Where to begin to read: at the entry `after` when it lies here, else at the segment's first."""
        if after > first:
            file.seek(after - first)
            if _read_one(file, after):
                file.seek(after - first)
                return after
            file.seek(0)
        return first

    def drop_before(self, moment: datetime, stored: int) -> int:
        """Delete whole old segments: all entries received before `moment` and not beyond `stored`."""
        dropped = 0
        segments = self.segments()
        for segment, following in pairwise(segments):
            entries = list(self.entries_of(segment))
            if int(following.stem) > stored + 1 and any(e.position > stored for e in entries):
                break
            if any(e.received >= moment for e in entries):
                break
            segment.unlink()
            dropped += 1
        return dropped

    def entries_of(self, segment: Path) -> Iterator[Entry]:
        """Entries of one segment."""
        position = int(segment.stem)
        with segment.open("rb") as file:
            while found := _read_one(file, position):
                yield found[0]
                position += found[1]
