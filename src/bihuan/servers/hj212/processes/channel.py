"""Messages between two processes of the receiver, over a pair of sockets that the parent made: a name and its content."""

import asyncio
import pickle
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

from bihuan.servers.hj212.limits import Limits

LENGTH = struct.Struct("<I")

Message = tuple[str, tuple[Any, ...]]


class Task(NamedTuple):
    """What the leading process says first. talks: devices of which something is asked, and by which command."""

    data: Path
    host: str
    port: int
    everyone: bool
    limits: Limits
    talks: dict[str, str]


class Channel:
    """Messages are read by the process that made them or its child, and by nobody else; so they may be pickled."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, name: str, *content: Any) -> None:
        """Send, without waiting; nothing when the other side has ended."""
        if not self._writer.is_closing():
            data = pickle.dumps((name, content), pickle.HIGHEST_PROTOCOL)
            self._writer.write(LENGTH.pack(len(data)) + data)

    async def receive(self) -> Message | None:
        """What the other side sends next; None when it has ended."""
        try:
            (size,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
            message: Message = pickle.loads(await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        return message

    async def messages(self) -> AsyncIterator[Message]:
        """What the other side sends, until it ends."""
        while message := await self.receive():
            yield message

    async def close(self) -> None:
        """End, after all that was sent has gone."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return


async def open_channel(end: socket.socket) -> Channel:
    """A channel over this end of the pair."""
    return Channel(*await asyncio.open_unix_connection(sock=end))
