"""Frames of one connection, whose bytes come in any cuts."""

from bihuan.feeds.hj212.framing import Frame, Unlock, frames


class Splitter:
    """Frames of a connection: bytes come in any cuts, a packet is given out as soon as its check value is there."""

    def __init__(self, unlock: Unlock | None = None) -> None:
        self._unlock = unlock
        self._rest = b""
        self._base = 0
        self._line_open = False

    def feed(self, chunk: bytes) -> list[Frame]:
        """Frames that are complete with this chunk. Their places count from the beginning of the connection."""
        return self._placed(chunk, final=False)

    def close(self) -> list[Frame]:
        """What is left when the connection ends."""
        return self._placed(b"", final=True)

    def _placed(self, chunk: bytes, *, final: bool) -> list[Frame]:
        before = self._base + len(self._rest)
        data, found = self.cut(chunk, final=final)
        base = before + len(chunk) - len(data)
        return [f._replace(start=f.start + base, end=f.end + base) for f in found]

    def cut(self, chunk: bytes = b"", *, final: bool = False) -> tuple[bytes, list[Frame]]:
        """Bytes with what was left before, and the frames that are complete in them; `final`: the connection ends.

        The places of the frames are those in the bytes given out.
        """
        data = self._rest + chunk
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
        self._rest = data[end:]
        self._base += end
        return data, found
