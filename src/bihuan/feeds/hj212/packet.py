"""Pieces of a stream as records: header, flag and content of each packet, or the reason why there is none."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from bihuan.feeds.hj212 import sm4
from bihuan.feeds.hj212.cp import EMPTY, NO_KEYS, Shape, as_dict, read_content, value_marks
from bihuan.feeds.hj212.deviations import breaks_structure
from bihuan.feeds.hj212.editions import HEADER_KEYS, SEGMENT_BYTES, Flag
from bihuan.feeds.hj212.ends import Stream, Unlock
from bihuan.feeds.hj212.framing import Frame, frames
from bihuan.feeds.hj212.header import Header, fields_behind, read_header

_CP = re.compile(rb"(?:^|[;,])\s*(?P<key>[Cc][Pp])(?P<blank>\s*)=(?P<open>&&)?&?")
_AMPERSANDS = 2  # of the closing &&, when nothing else in the text has any
_new = tuple.__new__  # the constructor of a NamedTuple costs as much as reading the header
_NOTHING = Header({}, Flag(None, False, False), 0, ())


class Piece(NamedTuple):
    """One packet or broken piece of the stream.

    offset, length: where it stands. reason: None when accepted, else a name of deviations.REASONS.
    marks: the deviations of its form and its keys. encrypted: CP travelled as SM4 cipher text.
    shape, values: the content by columns, for those who store it; `cp` is the same by names.
    """

    offset: int
    length: int
    reason: str | None
    marks: tuple[str, ...]
    encrypted: bool
    qn: str | None
    head: Header
    shape: Shape
    values: Sequence[str]

    @property
    def accepted(self) -> bool:
        """Is it a packet that the profile takes?"""
        return self.reason is None

    @property
    def deviations(self) -> tuple[str, ...]:
        """Names of deviations.DEVIATIONS: of the form, of the keys, and of single values."""
        return self.marks + value_marks(self.values)

    @property
    def edition(self) -> int | None:
        """2005, 2017 or 2025; None when there is no header."""
        return self.head.edition or None

    @property
    def flag(self) -> Flag:
        """Version, A and D."""
        return self.head.flag

    @property
    def header(self) -> dict[str, str | None]:
        """The header fields as sent; None = not sent."""
        fields: dict[str, str | None] = dict.fromkeys(HEADER_KEYS)
        fields |= self.head.fields
        fields["QN"] = self.qn
        return fields

    @property
    def cp(self) -> dict[str, Any]:
        """`top`, `factors` and, when keys came more than once, `repeated`."""
        return as_dict(self.shape, self.values)

    def as_record(self) -> dict[str, Any]:
        """The line of `bihuan hj212 decode`."""
        return {
            "offset": self.offset,
            "length": self.length,
            "accepted": self.accepted,
            "reason": self.reason,
            "deviations": list(self.deviations),
            "edition": self.edition,
            "encrypted": self.encrypted,
            "header": self.header,
            "flag": self.flag._asdict(),
            "cp": self.cp,
        }


def read_piece(frame: Frame, *, strict: bool = False) -> Piece:
    """Read the segment of a frame. Broken pieces give what can be read of them."""
    start, end, segment, marks, reason, encrypted = frame
    if reason == "noise":
        return Piece(start, end - start, reason, (), False, None, _NOTHING, NO_KEYS, [])
    head, opened, text = segment.partition(b";CP=&&")
    if opened and text[-2:] == b"&&" and text.count(b"&") == _AMPERSANDS:
        text = text[:-2]
    else:
        head, text, of_cp = _cut(segment)
        marks += of_cp
    qn, header, of_qn = read_header(head)
    shape, values, of_content = EMPTY if reason == "encrypted" else read_content(text, header.last_shape)
    if shape.shared:
        header.last_shape = shape
    marks = marks + of_qn + header.marks + of_content
    if len(segment) > SEGMENT_BYTES:
        marks += ("segment_oversize",)
    if len(marks) > 1:
        marks = tuple(dict.fromkeys(marks))
    if strict and reason is None and breaks_structure(marks):
        reason = "strict"
    return _new(Piece, (start, end - start, reason, marks, encrypted, qn, header, shape, values))


def _cut(segment: bytes) -> tuple[bytes, bytes, tuple[str, ...]]:
    """Header and content of a segment whose CP is not written as it should be, or holds && itself.

    Header fields that stand behind CP belong to the header.
    """
    match = _CP.search(segment)
    if match is None:
        return segment.rstrip(b"&"), b"", ("cp_missing",)
    marks = ["blanks"] if match["blank"] else []
    marks += ["key_case"] if match["key"] != b"CP" else []
    marks += [] if match["open"] else ["cp_unopened"]
    head, text = segment[: match.start()], segment[match.end() :]
    behind = fields_behind(text)
    if behind is not None:
        fields = b";".join(part for part in (head, behind["fields"].rstrip(b";, ")) if part)
        return fields, text[: behind.start()], (*marks, "header_behind_cp")
    last = text.rfind(b"&&")
    if last < 0:
        return head, text, (*marks, "cp_unclosed")
    marks += ["cp_tail"] if text[last + 2 :].strip() else []
    return head, text[:last], tuple(marks)


def decode_stream(data: Stream, *, strict: bool = False, sm4_key: bytes | None = None) -> Iterator[Piece]:
    """All pieces of a stream of bytes: packets of any edition, garbage and cuts.

    Every byte belongs to exactly one piece. sm4_key: 16 bytes, for packets of the 2025 edition with encrypted CP.
    strict: refuse what breaks the form of the packet. Never raises, whatever the bytes are.
    """
    unlock: Unlock | None = None if sm4_key is None else lambda segment: sm4.decrypt(segment, sm4_key)
    for frame in frames(data, unlock=unlock):
        yield read_piece(frame, strict=strict)
