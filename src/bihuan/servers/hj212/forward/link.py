"""A connection to the platform above: packets out, its answers in (HJ 212-2017, 6.6)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bihuan.errors import BihuanError
from bihuan.feeds.hj212 import Piece, read_piece
from bihuan.feeds.hj212.framing import Frame
from bihuan.feeds.hj212.splitter import QUIET, Splitter
from bihuan.loggers.forward import Target, Upload

TAKEN = 0
"""The outcome of an upload that is accepted; others are the QnRtn of its refusal."""

ANSWERS = frozenset({"9013", "9014"})
REQUEST_ANSWER, AGREED = "9011", 1
READ = 1 << 16


class LinkDown(BihuanError):
    """The connection ended, or nothing is answered any more: connect again later."""


@dataclass(frozen=True)
class Waits:
    """Seconds. connect; answer and resends: HJ 212-2017 table 1; pause: after a lost connection, doubled up to longest."""

    connect: float = 10.0
    answer: float = 10.0
    resends: int = 3
    pause: float = 1.0
    longest: float = 60.0


def field_of(piece: Piece, name: str) -> str:
    """A header field without blanks."""
    return (piece.header[name] or "").strip()


def code_of(piece: Piece, key: str) -> int | None:
    """A number of CP's top level; None when there is none."""
    text = str(piece.cp["top"].get(key, "")).strip()
    return int(text) if text.isdecimal() else None


def _accepted(frames: Sequence[Frame]) -> list[Piece]:
    return [piece for piece in map(read_piece, frames) if piece.accepted]


class Link:
    """One connection. requests: what came from above that is no answer, until somebody takes it out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, waits: Waits) -> None:
        self._reader, self._writer, self._waits = reader, writer, waits
        self._splitter = Splitter()
        self.requests: list[Piece] = []

    async def send(self, data: bytes) -> None:
        """Raises LinkDown when the target takes nothing."""
        self._writer.write(data)
        try:
            async with asyncio.timeout(self._waits.answer * (1 + self._waits.resends)):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise LinkDown(f"the target takes nothing ({error or 'time-out'})") from error

    async def pieces(self, seconds: float) -> list[Piece] | None:
        """What comes next; None when nothing comes in so many seconds. Raises LinkDown at the end of the connection."""
        if self._splitter.waits:
            data = await self._read(QUIET)
            _, frames = self._splitter.quiet() if data is None else self._splitter.cut(data)
            if frames or data is not None:
                return _accepted(frames)
        data = await self._read(seconds)
        return None if data is None else _accepted(self._splitter.cut(data)[1])

    async def _read(self, seconds: float) -> bytes | None:
        try:
            async with asyncio.timeout(seconds):
                data = await self._reader.read(READ)
        except TimeoutError:
            return None
        except OSError as error:
            raise LinkDown(str(error)) from error
        if not data:
            raise LinkDown("the target has closed the connection")
        return data

    async def exchange(self, uploads: Sequence[Upload]) -> tuple[dict[int, int], LinkDown | None]:
        """Send, and send again what is not answered: the outcome by number, and whether the connection was lost."""
        outcomes: dict[int, int] = {}
        try:
            for _ in range(1 + self._waits.resends):
                open_ones = [number for number in range(len(uploads)) if number not in outcomes]
                if not open_ones:
                    break
                await self.send(b"".join(uploads[number].packet for number in open_ones))
                while len(outcomes) < len(uploads):
                    pieces = await self.pieces(self._waits.answer)
                    if pieces is None:
                        break
                    for piece in pieces:
                        self._note(piece, uploads, outcomes)
        except LinkDown as down:
            return outcomes, down
        return outcomes, None

    def _note(self, piece: Piece, uploads: Sequence[Upload], outcomes: dict[int, int]) -> None:
        cn, code = field_of(piece, "CN"), code_of(piece, "QnRtn")
        if cn in ANSWERS:
            outcome = TAKEN
        elif cn == REQUEST_ANSWER and code is not None and code != AGREED:
            outcome = code
        else:
            self.requests.append(piece)
            return
        qn, mn = (piece.qn or "").strip(), field_of(piece, "MN")
        same = [n for n, upload in enumerate(uploads) if upload.qn == qn and n not in outcomes]
        named = [n for n in same if uploads[n].above == mn]
        for number in (named or same)[:1]:
            outcomes[number] = outcome


@asynccontextmanager
async def connected(target: Target, waits: Waits) -> AsyncIterator[Link]:
    """A connection to the target. Raises LinkDown."""
    try:
        async with asyncio.timeout(waits.connect):
            reader, writer = await asyncio.open_connection(target.host, target.port)
    except (OSError, TimeoutError) as error:
        raise LinkDown(f"{target.host}:{target.port}: {error or 'time-out'}") from error
    try:
        yield Link(reader, writer, waits)
    finally:
        writer.close()
