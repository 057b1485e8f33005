"""Frames of one connection, whose bytes come in any cuts."""

from bihuan.feeds.hj212.ends import Unlock
from bihuan.feeds.hj212.framing import Frame, frames

QUIET = 0.1
"""Seconds of silence after which what came is read as it stands; a network that stalls for longer changes nothing either."""
_BLANK = b"\r\n \t"


def _is_whole(frame: Frame, data: bytes) -> bool:
    """Has all of it come, as far as one can see? A check value that does not fit may not be all there."""
    if frame.reason is None:
        return not {"crc_missing", "end_missing"} <= {*frame.marks}
    return frame.reason in ("crc", "encrypted") and data[frame.end - 1 : frame.end] == b"\n"


class Splitter:
    """Frames of a connection. They are those of the whole stream, wherever it is cut.

    A packet is given out as soon as its line end is there. What waits for more bytes, because a length is too great or a
    line end is missing, is given out by `quiet`, when nothing has come for a while.
    """

    def __init__(self, unlock: Unlock | None = None) -> None:
        self._unlock = unlock
        self._before = b""  # the last byte that was given out
        self._rest = b""
        self._base = 0
        self._line_open = False

    @property
    def waits(self) -> bool:
        """Is something unfinished?"""
        return bool(self._rest)

    def feed(self, chunk: bytes) -> list[Frame]:
        """Frames that are complete with this chunk. Their places count from the beginning of the connection."""
        return self._placed(chunk, final=False)

    def close(self) -> list[Frame]:
        """What is left when the connection ends."""
        return self._placed(b"", final=True)

    def _placed(self, chunk: bytes, *, final: bool) -> list[Frame]:
        whole = self._base + len(self._rest) + len(chunk)
        data, found = self.cut(chunk, final=final)
        base = whole - len(data)
        return [f._replace(start=f.start + base, end=f.end + base) for f in found]

    def cut(self, chunk: bytes = b"", *, final: bool = False) -> tuple[bytes, list[Frame]]:
        """Bytes with what was left before, and the frames that are complete in them; `final`: the connection ends.

        The places of the frames are those in the bytes given out.
        """
        data = self._data(chunk)
        return data, self._taken(
            data, list(frames(data, len(self._before), final=final, unlock=self._unlock))
        )

    def quiet(self) -> tuple[bytes, list[Frame]]:
        """The same when the sender says nothing more for now: up to the last packet that is whole as it stands."""
        data = self._data(b"")
        found = list(frames(data, len(self._before), unlock=self._unlock))
        while found and not _is_whole(found[-1], data):
            found.pop()
        return data, self._taken(data, found)

    def _data(self, chunk: bytes) -> bytes:
        """The last byte given out, and what comes behind it."""
        rest = self._rest + chunk
        if self._line_open:  # blank signs behind a packet that was already given out
            kept = rest.lstrip(_BLANK)
            if len(kept) < len(rest):
                self._before = rest[len(rest) - len(kept) - 1 :][:1]
                self._base += len(rest) - len(kept)
                rest = kept
        self._rest = rest
        return self._before + rest

    def _taken(self, data: bytes, found: list[Frame]) -> list[Frame]:
        """Keep what is behind the last frame for later."""
        if found:
            self._line_open = found[-1].reason != "noise"
            end = found[-1].end
            self._base += end - len(self._before)
            self._before, self._rest = data[end - 1 : end], data[end:]
        elif self._rest:
            self._line_open = False
        return found
