"""Over which connection of this process each device was heard last: the way on which requests reach it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bihuan.servers.hj212.receive.connection import Connection


def _nobody(mn: str) -> None:
    """Nobody wants to know."""


@dataclass
class DeviceConnections:
    """came: called with the MN of a device that is on another connection now. gone: of one that has none any more."""

    came: Callable[[str], None] = _nobody
    gone: Callable[[str], None] = _nobody
    held: dict[str, "Connection"] = field(default_factory=dict)

    def put(self, mn: str, connection: "Connection") -> None:
        """The device was heard here."""
        before = self.held.get(mn)
        if before is not None:
            before.devices.discard(mn)
        self.held[mn] = connection
        connection.devices.add(mn)
        self.came(mn)

    def drop(self, mn: str) -> None:
        """The device is not reached over its connection any more; when it is heard there again, it comes anew."""
        connection = self.held.pop(mn, None)
        if connection is not None:
            connection.devices.discard(mn)
            self.gone(mn)

    def end(self, connection: "Connection") -> None:
        """The connection has ended."""
        for mn in list(connection.devices):
            self.drop(mn)

    def transport(self, mn: str) -> asyncio.Transport | None:
        """Where a request to the device can be written; None when it is not connected."""
        connection = self.held.get(mn)
        return None if connection is None or connection.transport.is_closing() else connection.transport
