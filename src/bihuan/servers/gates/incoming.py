"""The body of a request on its way in."""

from collections.abc import Mapping, MutableMapping
from typing import Any

from bihuan.servers.gates.answers import Receive

MOST_READ_ON = 16 * 1024 * 1024


class Incoming:
    """What the sender still sends; knows whether its end has come."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def receive(self) -> MutableMapping[str, Any]:
        """The next piece."""
        message = await self._receive()
        self._ended = not message.get("more_body")
        return message

    async def read_on(self, headers: Mapping[str, str]) -> None:
        """Let the rest of a refused body come and forget it: who still sends would not read the answer. Not of a huge one."""
        length = headers.get("content-length", "0")
        left = int(length) if length.isdecimal() and len(length) < 12 else MOST_READ_ON + 1
        while not self._ended and 0 < left <= MOST_READ_ON:
            left -= len((await self.receive()).get("body", b""))
