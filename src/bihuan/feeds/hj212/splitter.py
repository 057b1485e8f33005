"""Frames of one connection, whose bytes come in any cuts."""

from bihuan.feeds.hj212.framing import Frame, Unlock, frames


class Splitter:
    """Frames of a connection: bytes come in any cuts, a packet is given out as soon as its check value is there."""

    def __init__(self, unlock: Unlock | None = None) -> None:
        self._unlock = unlock
        self._rest = b""
        self._base = 0
        self._line_open = False

    @property
    def begun(self) -> int:
        """Where the bytes begin that are kept because their packet is not complete."""
        return self._base

    def feed(self, chunk: bytes) -> list[Frame]:
        """Frames that are complete with this chunk. Their places count from the beginning of the connection."""
        return self._take(self._rest + chunk, final=False)

    def close(self) -> list[Frame]:
        """What is left when the connection ends."""
        return self._take(self._rest, final=True)

    def _take(self, data: bytes, *, final: bool) -> list[Frame]:
        if self._line_open:  # CR LF of a packet that was already given out
            kept = data.lstrip(b"\r\n \t")
            self._base += len(data) - len(kept)
            data = kept
        found = list(frames(data, final=final, unlock=self._unlock))
        end = found[-1].end if found else 0
        if found:
            self._line_open = found[-1].reason != "noise"
        elif data:
            self._line_open = False
        moved = [f._replace(start=f.start + self._base, end=f.end + self._base) for f in found]
        self._rest = data[end:]
        self._base += end
        return moved
