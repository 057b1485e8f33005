"""Packets of loggers, in the three editions, with the deviations of each device.

Well-formed ones are framed as the standard says; what departs from it is written here, on purpose apart from any reader.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bihuan.feeds.hj212 import sm4
from bihuan.feeds.hj212.crc import crc_text, modbus
from bihuan.feeds.hj212.encode import flag_value
from bihuan.simulate.plants.calendar import CST
from bihuan.simulate.plants.dialects import ENCRYPTED_PRINTED, Dialect
from bihuan.simulate.plants.register import Device

SYSTEM = "91"
CP_BYTES = 940
Item = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Packet:
    """One packet; qn: its request number, None when it sends none (2005)."""

    cn: str
    qn: str | None
    data: bytes


def stamp(instant: datetime, *, milli: bool = False) -> str:
    """YYYYMMDDhhmmss[zzz] in China Standard Time."""
    local = instant.astimezone(CST)
    text = local.strftime("%Y%m%d%H%M%S")
    return f"{text}{local.microsecond // 1000:03d}" if milli else text


def upload(
    device: Device,
    dialect: Dialect,
    qns: Iterable[str],
    cn: str,
    data_time: str | None,
    items: Sequence[Item],
    *,
    answer: bool = True,
    again: bool = False,
    password: str | None = None,
) -> list[Packet]:
    """A record as one packet, or as parts when it is too long. again: a record that was kept during a cut (RF=1, 2025)."""
    if "datatime_ms" in dialect and data_time is not None:
        data_time += "000"
    parts = [list(items)] if "oversize" in dialect else _split(items)
    packets = []
    for number, (part, qn) in enumerate(zip(parts, qns, strict=False), 1):
        fields = _header(device, dialect, qn, cn, password or device.password)
        fields.append(
            (
                "Flag",
                flag_value(
                    device.edition, answer=answer, parts=len(parts) > 1 and "part_in_cp" not in dialect
                ),
            )
        )
        top = [] if data_time is None else [[("DataTime", data_time)]]
        if len(parts) > 1:
            numbers = _part(dialect, len(parts), number)
            if "part_in_cp" in dialect:
                top = [numbers, *top]
            else:
                fields += numbers
        if again and device.edition == 2025:
            fields.append(("RF", "1"))
        segment = _segment(dialect, fields, [*top, *part])
        sent_qn = qn if dialect.qn and "qn_empty" not in dialect else None
        packets.append(Packet(cn, sent_qn, framed(dialect, segment, encrypt=sm4.encrypts(cn))))
    return packets


def reply(device: Device, qn: str | None, cn: str, content: str, *, password: str | None = None) -> Packet:
    """9011, 9012 and the like: they carry the QN of the request and are never odd, so that the platform knows them."""
    head = "" if qn is None else f"QN={qn};"
    text = f"{head}ST={SYSTEM};CN={cn};PW={password or device.password};MN={device.mn};Flag={flag_value(device.edition)};"
    segment = f"{text}CP=&&{content}&&".encode()
    return Packet(cn, qn, b"##%04d%s%s\r\n" % (len(segment), segment, crc_text(segment)))


def _split(items: Sequence[Item]) -> list[list[Item]]:
    parts: list[list[Item]] = [[]]
    size = 0
    for item in items:
        length = sum(len(f"{k}={v}".encode()) + 1 for k, v in item)
        if parts[-1] and size + length > CP_BYTES - 60:
            parts.append([])
            size = 0
        parts[-1].append(item)
        size += length
    return parts


def _header(device: Device, dialect: Dialect, qn: str, cn: str, password: str) -> list[tuple[str, str]]:
    fields = [("ST", device.system), ("CN", cn), ("PW", password), ("MN", device.mn)]
    if "qn_empty" in dialect:
        return [("QN", ""), *fields]
    return [("QN", qn), *fields] if dialect.qn else fields


def _part(dialect: Dialect, count: int, number: int) -> list[tuple[str, str]]:
    width = 3 if "part_padded" in dialect else 1
    both = [("PNUM", f"{count:0{width}d}"), ("PNO", f"{number:0{width}d}")]
    return both[::-1] if "part_order" in dialect else both


def _segment(dialect: Dialect, fields: Sequence[tuple[str, str]], items: Sequence[Item]) -> bytes:
    named = [("FLAG" if k == "Flag" and "key_case" in dialect else k, v) for k, v in fields]
    head = ";".join(f"{k}={v}" + (" " if k == "Flag" and "blanks" in dialect else "") for k, v in named)
    if "header_separator" in dialect:
        head = head.replace(";MN=", ";,MN=")
    between = "," if "commas_only" in dialect else ";"
    content = between.join(",".join(f"{k}={v}" for k, v in item) for item in items)
    tail = ";" if "trailing_separator" in dialect and content else ""
    return f"{head};CP=&&{content}{tail}&&".encode()


def framed(dialect: Dialect, segment: bytes, *, encrypt: bool) -> bytes:
    """Length, segment, check value and end, as the device writes them; encrypted where it has a key."""
    length = b"%d" % len(segment) if "length_digits" in dialect else b"%04d" % len(segment)
    before = b";" if "semicolon_after_length" in dialect else b""
    after = b";" if "semicolon_before_crc" in dialect else b""
    body = segment
    if encrypt and dialect.key is not None:
        body = _encrypted(segment, dialect.key, printed=ENCRYPTED_PRINTED in dialect)
    return b"".join((b"##", length, before, body, after, _crc(dialect, segment), _end(dialect)))


def _encrypted(segment: bytes, key: bytes, *, printed: bool) -> bytes:
    body = sm4.encrypt(segment, key)
    if not printed:
        return body
    head, opened, text = body.partition(b"CP=&&")
    text = text[:-2]
    whole = len(text) - len(text) % 16
    shown = b"{" + b",".join(b"0x%02X" % byte for byte in text[:whole]) + b"}"
    return head + opened + (shown if whole else b"") + text[whole:] + b"&&"


def _crc(dialect: Dialect, segment: bytes) -> bytes:
    if "crc_lowercase" in dialect:
        return crc_text(segment).lower()
    if "crc_modbus" in dialect:
        return b"%04X" % modbus(segment)
    if "crc_modbus_swapped" in dialect:
        value = modbus(segment)
        return b"%02X%02X" % (value & 0xFF, value >> 8)
    return crc_text(segment)


def _end(dialect: Dialect) -> bytes:
    if "end_lf" in dialect:
        return b"\n"
    if "end_missing" in dialect:
        return b""
    return b"\r\n  \r\n" if "end_blanks" in dialect else b"\r\n"
