"""Packets for the tests, made without the code under test, and the examples of the standards."""

import json
from pathlib import Path

from bihuan.feeds.hj212 import Piece, decode_stream

DATA = Path(__file__).parents[2] / "data"

# HJ 212-2017 annex A, worked example: 101 bytes, check value 1C80 (the text beside it misprints 1C08).
EXAMPLE_2017 = (
    b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
    b"CP=&&RtdInterval=30&&1C80\r\n"
)
# HJ 212-2025 annex A.1 (second-hand): 87 bytes, check value 2200.
EXAMPLE_2025 = (
    b"##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&2200\r\n"
)

HEAD_2005 = "ST=31;CN=2011;PW=123456;MN=88888880000001;Flag=0;"
HEAD_2017 = "QN=20240601085857223;ST=31;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=4;"
HEAD_2025 = HEAD_2017.replace("Flag=4", "Flag=8")
CP = "DataTime=20240601085857;a21026-Rtd=18.5,a21026-Flag=N;a34013-Rtd=4.2,a34013-Flag=N"


def crc_of(segment: bytes) -> str:
    """Annex A as it is written there: bit by bit."""
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ byte
        for _ in range(8):
            fell_out = register & 1
            register >>= 1
            if fell_out:
                register ^= 0xA001
    return f"{register:04X}"


def modbus_of(segment: bytes) -> str:
    """CRC-16/MODBUS bit by bit."""
    register = 0xFFFF
    for byte in segment:
        register ^= byte
        for _ in range(8):
            fell_out = register & 1
            register >>= 1
            if fell_out:
                register ^= 0xA001
    return f"{register:04X}"


def pack(
    segment: str | bytes, *, crc: str | None = None, length: str | None = None, end: bytes = b"\r\n"
) -> bytes:
    """A packet round a data segment; single pieces may be given wrong."""
    body = segment.encode() if isinstance(segment, str) else segment
    size = f"{len(body):04d}" if length is None else length
    value = crc_of(body) if crc is None else crc
    return b"##" + size.encode() + body + value.encode() + end


def upload(cp: str = CP, head: str = HEAD_2017) -> str:
    """A data segment."""
    return f"{head}CP=&&{cp}&&"


def decode(data: bytes, **settings: object) -> list[Piece]:
    """All pieces, after a look that they cover the bytes exactly once."""
    pieces = list(decode_stream(data, **settings))  # type: ignore[arg-type]  # settings are the test's own
    place = 0
    for piece in pieces:
        assert piece.offset == place
        assert piece.length > 0
        place += piece.length
    assert place == len(data)
    return pieces


def one(data: bytes, **settings: object) -> Piece:
    """The only piece."""
    (piece,) = decode(data, **settings)
    return piece


def published() -> list[dict[str, object]]:
    """Packets as published in the tests, comments and logs of public repositories of loggers and receivers."""
    lines = (DATA / "hj212_packets.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
