"""What a packet says of a request that was sent to its device."""

from typing import NamedTuple, Protocol

from bihuan.feeds.hj212 import Piece

ANSWERS = frozenset({"9011", "9012", "9013"})


class Outlet(Protocol):
    """Where a packet for a device can be written."""

    def write(self, data: bytes) -> None:
        """Send it, without waiting."""


class Said(NamedTuple):
    """A packet of a device, as far as a request can be meant by it. top: what CP says outside of factors."""

    cn: str
    qn: str | None
    top: dict[str, str]


def said_in(piece: Piece, asked_cn: str) -> Said | None:
    """What a packet says of a request by this command; None when it is about something else."""
    cn = (piece.head.fields.get("CN") or "").strip()
    return Said(cn, piece.qn, piece.cp["top"]) if cn in ANSWERS or cn == asked_cn else None


def code_of(top: dict[str, str], key: str) -> int | None:
    """A number of CP's top level, whatever its capitals."""
    found = {name.upper(): value for name, value in top.items()}.get(key.upper(), "").strip()
    return int(found) if found.isdecimal() else None
