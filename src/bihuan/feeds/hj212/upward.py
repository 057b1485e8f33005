"""Packets received from a device, as they are sent on to the next platform: its edition, password and name of the device.

CP keeps its text; only factors that are not wanted are left out, and what is longer than the standard allows is split
into parts (HJ 212-2017, 6.3.2). A packet whose QN is missing gets one from its data time, always the same.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bihuan.feeds.hj212 import sm4
from bihuan.feeds.hj212.editions import QN_DIGITS, SEGMENT_BYTES
from bihuan.feeds.hj212.encode import CP_BYTES, CP_BYTES_OPEN, build, content, flag_value
from bihuan.feeds.hj212.packet import Piece

Item = list[tuple[str, str]]
QN_FORM = "%Y%m%d%H%M%S%f"
HEADER_ROOM = len("QN=;ST=31;CN=2011;PW=;MN=;Flag=11;PNUM=9999;PNO=9999;RF=1;CP=&&&&") + QN_DIGITS
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Address:
    """How a device is named above. codes: the only factors that are sent; empty = all. key: SM4, for 2025."""

    mn: str
    password: str
    edition: int
    codes: frozenset[str] = frozenset()
    key: bytes | None = None


def sent_on(piece: Piece, to: Address, otherwise: str) -> list[tuple[str, bytes]]:
    """QN and packet, one or several parts; none when no wanted factor is in it. Each asks for an answer.

    otherwise: the QN of a packet that has none of its own (17 digits). Raises CannotBuild.
    """
    items = _items(piece, to.codes)
    if items is None:
        return []
    said = {name: (value or "").strip() for name, value in piece.header.items()}
    qn = (piece.qn or "").strip()
    qn = qn if len(qn) == QN_DIGITS and qn.isascii() and qn.isdigit() else otherwise
    room = SEGMENT_BYTES - HEADER_ROOM - len(to.mn) - len(to.password)
    texts = list(_texts(items, piece.shape.data_time is not None, min(room, CP_BYTES - CP_BYTES_OPEN)))
    already = bool(said["PNUM"] and said["PNO"])
    key = to.key if to.edition == 2025 and sm4.encrypts(said["CN"]) else None
    packets = []
    for number, (one, text) in enumerate(zip(_qns(qn, len(texts)), texts, strict=True), 1):
        split = already or len(texts) > 1
        fields = {"QN": one, "ST": said["ST"], "CN": said["CN"], "PW": to.password, "MN": to.mn}
        fields["Flag"] = flag_value(to.edition, answer=True, parts=split)
        if split:
            parts = (said["PNUM"], said["PNO"]) if len(texts) == 1 else (str(len(texts)), str(number))
            fields |= dict(zip(("PNUM", "PNO"), parts, strict=True))
        if said["RF"] and to.edition == 2025:
            fields["RF"] = "1"
        packets.append((one, build(fields, text, key=key)))
    return packets


def _items(piece: Piece, codes: Collection[str]) -> list[Item] | None:
    """Pairs of one factor that stand together are one item. None: factors were there, and none of them is wanted."""
    items: list[Item] = []
    before: str | None = None
    left_out = kept = False
    for key, (code, _), value in zip(piece.shape.keys, piece.shape.places, piece.values, strict=True):
        if code is not None and codes and code not in codes:
            left_out = True
            continue
        kept = kept or code is not None
        if items and code is not None and code == before:
            items[-1].append((key, value))
        else:
            items.append([(key, value)])
        before = code
    return None if left_out and not kept else items


def _texts(items: Sequence[Item], begins_with_time: bool, room: int) -> Iterator[str]:
    """CP of one packet, or of several of at most `room` bytes that each repeat the first item (DataTime)."""
    head, open_ones = (items[:1], list(items[1:])) if begins_with_time else ([], list(items))
    part = list(head)
    for item in open_ones:
        if len(part) > len(head) and len(content([*part, item]).encode()) > room:
            yield content(part)
            part = list(head)
        part.append(item)
    yield content(part)


def _qns(qn: str, count: int) -> list[str]:
    """Every part has a QN of its own (tables C.49 and C.50): a millisecond apart."""
    if count == 1:
        return [qn]
    first = datetime.strptime(f"{qn}000", QN_FORM)  # noqa: DTZ007 - local time, as it is sent
    return [f"{first + n * MILLISECOND:{QN_FORM}}"[:QN_DIGITS] for n in range(count)]
