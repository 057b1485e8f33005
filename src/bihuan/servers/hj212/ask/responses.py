"""Packets of a device that answer a request which was sent to it."""

from typing import NamedTuple, Protocol

from bihuan.feeds.hj212 import Piece

ANSWERS = frozenset({"9011", "9012", "9013"})


class Writer(Protocol):
    """Where a packet for a device can be written."""

    def write(self, data: bytes) -> None:
        """Send it, without waiting."""


class Response(NamedTuple):
    """The parts of a packet that can answer a request. top: the fields of CP that belong to no factor."""

    cn: str
    qn: str | None
    top: dict[str, str]


def response_in(piece: Piece, asked_cn: str) -> Response | None:
    """The packet as a response to a request by this command; None when it is about something else."""
    cn = (piece.head.fields.get("CN") or "").strip()
    return Response(cn, piece.qn, piece.cp["top"]) if cn in ANSWERS or cn == asked_cn else None


def code_of(top: dict[str, str], key: str) -> int | None:
    """A number of CP's top level, whatever its capitals."""
    found = {name.upper(): value for name, value in top.items()}.get(key.upper(), "").strip()
    return int(found) if found.isdecimal() else None
